//! A season's slots against its applications: the problem that the assignment engine solves, and what
//! comes of it.
//!
//! Pure: what was copied out of the state in, grants out. Slots are the engine's needs, applications
//! its people, classes of applicants its rounds: the first class gets as much as it can before the
//! next is looked at. An open slot is dearer than any way to fill it; each further slot of a club is
//! dearer than the one before, whichever of its groups has it: a group's slots begin where those that
//! the club's earlier groups ask for end.

use dugnad_assign::{
    Answer, Budget, Edge, Fairness, Need, Options, Person, Problem, Progress, Window, solve,
};
use dugnad_events::rooms::{SeasonFigures, SeasonGrant, SeasonSlot, SeasonWish};

use crate::model::{Asks, Question};

/// What an open slot costs: more than anything that fills it.
const OPEN: i64 = 100_000;
/// What a second wish costs more than a first.
const SECOND: i64 = 500;
/// What each place further down the list costs.
const PLACE: i64 = 10;
/// What each further slot of one club costs more than the one before: more than any wish.
const FURTHER: i64 = 1_000;
/// Steps of that; the last one repeats.
const STEPS: i64 = 20;

/// A question as the engine sees it: slots and applications by their places in it.
#[derive(Debug)]
pub(crate) struct Posed {
    question: Question,
    problem: Problem,
}

impl Posed {
    /// # Errors
    /// Only for numbers past the engine's limits.
    pub(crate) fn of(question: Question) -> Result<Self, dugnad_assign::Invalid> {
        let needs = question.slots.iter().map(need).collect();
        let people = question.asks.iter().map(person).collect();
        let edges = (0..).zip(&question.asks).flat_map(|(n, asks)| edges(n, asks)).collect();
        let steps = (0..STEPS).map(|n| n * FURTHER).collect();
        let problem = Problem::new(needs, people, edges)?.with_fairness(Fairness::Needs(steps))?;
        Ok(Self { question, problem })
    }

    pub(crate) fn solve(
        &self,
        budget: &dyn Budget,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Answer {
        solve(&self.problem, &Options::default(), budget, progress)
    }

    /// The draft that the answer would take the place of.
    pub(crate) fn revision(&self) -> u32 {
        self.question.revision
    }

    /// Who gets what, by slot.
    pub(crate) fn grants(&self, answer: &Answer) -> Vec<SeasonGrant> {
        let grant = |&(slot, person): &(u32, u32)| {
            let asks = &self.question.asks[person as usize];
            let pinned = asks.pinned.contains(&slot);
            SeasonGrant { slot, application: asks.application, pinned }
        };
        answer.pairs.iter().map(grant).collect()
    }

    /// How large it is, and how good so far.
    pub(crate) fn figures(&self, now: Progress) -> SeasonFigures {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let slots = count(self.question.slots.len());
        SeasonFigures {
            slots,
            granted: slots.saturating_sub(u32::try_from(now.open_places).unwrap_or(u32::MAX)),
            applications: count(self.question.asks.len()),
            wishes: count(self.question.asks.iter().map(|asks| asks.wishes.len()).sum()),
            cost: now.cost,
            bound: now.bound,
        }
    }
}

fn need(slot: &SeasonSlot) -> Need {
    let start = i64::from(slot.weekday) * 1440 + i64::from(slot.start);
    let window = Window { start, end: start + i64::from(slot.minutes) };
    Need { heads: 1, window: Some(window), place: None, open_cost: OPEN }
}

/// A person may have given it more than it asked for.
fn person(asks: &Asks) -> Person {
    let pinned = u32::try_from(asks.pinned.len()).unwrap_or(u32::MAX);
    Person {
        capacity: asks.times.max(pinned),
        max_load: None,
        pinned: asks.pinned.clone(),
        round: asks.class,
    }
}

/// Its wishes, and what it keeps that it did not wish for.
fn edges(person: u32, asks: &Asks) -> Vec<Edge> {
    let before = i64::from(asks.before).min(STEPS) * FURTHER;
    let edge = |need, cost| Edge { need, person, cost: before + cost, load: 0 };
    let wished = (0..).zip(&asks.wishes).map(|(place, SeasonWish { slot, second })| {
        edge(*slot, place * PLACE + if *second { SECOND } else { 0 })
    });
    let wished_for = |slot: &u32| asks.wishes.iter().any(|wish| wish.slot == *slot);
    let kept = asks.pinned.iter().filter(|slot| !wished_for(slot)).map(|slot| edge(*slot, 0));
    wished.chain(kept).collect()
}

#[cfg(test)]
mod tests;
