//! A period's open places against all people: the problem that the engine solves, and what comes of it.
//!
//! Pure: what was copied out of the state in, a draft out. Edges are the best candidates of each time,
//! costs their points turned round; an open place is dearer than any way to fill it, and each further
//! place of one person is dearer than the one before. What the engine cannot see (weeks that are full, times with many
//! windows, who must not meet) the rule book says afterwards: such a pair is [`Question::bar`]red and the
//! rest solved again.

mod draft;
pub(crate) mod gather;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use dugnad_assign::{
    Answer, Budget, Edge, Fairness, Need, NeedIx, Options, Person, PersonIx, Problem, Progress,
    Travel, Window, candidates::Point, solve,
};
use dugnad_calendar::Interval;
use dugnad_events::matching::{PlanFigures, PlanRule};
use dugnad_vault::PersonId;

use crate::model::{Reason, minutes};

use gather::Time;

pub(crate) use draft::draft;

/// What an open place costs: more than anything that fills it.
const OPEN: i64 = 100_000;
/// What somebody without a point costs; points take from it.
const FILLED: i64 = 1_000;
/// What each further place of one person in the plan costs more than the one before.
const FURTHER: i64 = 6;
/// Steps of that; the last one repeats.
const STEPS: i64 = 20;
/// Places between which the engine is told the way; with more, the rule book alone knows it.
const MOST_PLACES: usize = 256;

/// Somebody who suits a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suits {
    pub(crate) person: PersonId,
    /// More is better.
    pub(crate) score: i64,
    pub(crate) reasons: Vec<Reason>,
}

/// Somebody whom rules keep from a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Barred {
    pub(crate) person: PersonId,
    pub(crate) rules: Vec<PlanRule>,
}

/// A time of a need with places to fill, and who suits.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) time: Time,
    pub(crate) places: u32,
    /// By start; one of many is for the rule book alone.
    pub(crate) windows: Vec<Interval>,
    pub(crate) point: Option<Point>,
    pub(crate) suits: Vec<Suits>,
    /// Whether nobody else suits.
    pub(crate) all: bool,
    /// Who nearly does, or did until the rule book saw the whole plan.
    pub(crate) barred: Vec<Barred>,
}

/// All that a plan is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Question {
    pub(crate) openings: Vec<Opening>,
    /// How many places in the plan somebody takes at most; others take any number.
    pub(crate) most: HashMap<PersonId, u32>,
}

/// A question as the engine sees it: people by number, in the order of their ids.
#[derive(Debug)]
pub(crate) struct Posed {
    pub(crate) problem: Problem,
    pub(crate) people: Vec<PersonId>,
}

/// Who takes which time: the time's place in the question, and the person.
pub(crate) type Pairs = Vec<(u32, PersonId)>;

impl Question {
    /// Takes a pair out because rules keep it apart.
    pub(crate) fn bar(&mut self, opening: u32, barred: Barred) {
        let Some(opening) = self.openings.get_mut(opening as usize) else { return };
        opening.suits.retain(|suits| suits.person != barred.person);
        opening.barred.push(barred);
    }

    /// The engine's problem.
    ///
    /// # Errors
    /// Only for numbers past the engine's limits.
    pub(crate) fn pose(&self) -> Result<Posed, dugnad_assign::Invalid> {
        let mut numbers: BTreeMap<PersonId, PersonIx> = BTreeMap::new();
        let all = self.openings.iter().flat_map(|opening| &opening.suits);
        numbers.extend(all.map(|suits| (suits.person, 0)));
        (0..).zip(numbers.values_mut()).for_each(|(n, number)| *number = n);
        let people: Vec<PersonId> = numbers.keys().copied().collect();
        let person = |id: &PersonId| Person {
            capacity: self.most.get(id).copied().unwrap_or(u32::MAX),
            max_load: None,
            pinned: Vec::new(),
            round: 0,
        };
        let (travel, places) = self.travel();
        let mut edges = Vec::with_capacity(self.edges());
        for (need, opening) in (0..).zip(&self.openings) {
            edges.extend(opening.suits.iter().map(|suits| Edge {
                need,
                person: numbers[&suits.person],
                cost: (FILLED - suits.score).clamp(-OPEN / 2, OPEN / 2),
                load: 0,
            }));
        }
        let needs = self.openings.iter().map(|opening| Need {
            heads: opening.places,
            window: window(&opening.windows),
            place: opening.point.and_then(|point| places.get(&point).copied()),
            open_cost: OPEN,
        });
        let people_of = people.iter().map(person).collect();
        let steps = (0..STEPS).map(|n| n * FURTHER).collect();
        let problem = Problem::new(needs.collect(), people_of, edges)?
            .with_travel(travel)?
            .with_fairness(Fairness::Needs(steps))?;
        Ok(Posed { problem, people })
    }

    /// Pairs that are looked at.
    pub(crate) fn edges(&self) -> usize {
        self.openings.iter().map(|opening| opening.suits.len()).sum()
    }

    fn travel(&self) -> (Travel, HashMap<Point, u32>) {
        let mut points = Vec::new();
        let mut places = HashMap::new();
        for point in self.openings.iter().filter_map(|opening| opening.point) {
            places.entry(point).or_insert_with(|| {
                points.push(point);
                points.len() as u32 - 1
            });
        }
        if points.len() > MOST_PLACES {
            return (Travel::default(), HashMap::new());
        }
        let from = |from: &Point| points.iter().map(|to| minutes(Some(*from), Some(*to))).collect();
        let minutes = points.iter().flat_map(|point| -> Vec<u32> { from(point) }).collect();
        (Travel { places: points.len() as u32, minutes }, places)
    }
}

/// Solves within the budget, from what was found before.
pub(crate) fn answer(
    posed: &Posed,
    before: &Pairs,
    budget: &dyn Budget,
    progress: &(dyn Fn(Progress) + Sync),
) -> Answer {
    let number = |pair: &(u32, PersonId)| -> Option<(NeedIx, PersonIx)> {
        let person = posed.people.binary_search(&pair.1).ok()?;
        Some((pair.0, person as PersonIx))
    };
    let start = before.iter().filter_map(number).collect();
    solve(&posed.problem, &Options { start, ..Options::default() }, budget, progress)
}

impl Posed {
    /// The answer's pairs by their ids.
    pub(crate) fn pairs(&self, answer: &Answer) -> Pairs {
        let id = |&(need, person): &(NeedIx, PersonIx)| (need, self.people[person as usize]);
        answer.pairs.iter().map(id).collect()
    }

    /// How large it is, and how good so far.
    pub(crate) fn figures(&self, now: Progress) -> PlanFigures {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let places = self.problem.needs().iter().map(|need| need.heads).sum::<u32>();
        let open = u32::try_from(now.open_places).unwrap_or(u32::MAX);
        PlanFigures {
            needs: count(self.problem.needs().len()),
            places,
            filled: places.saturating_sub(open),
            people: count(self.people.len()),
            edges: count(self.problem.edges().len()),
            cost: now.cost,
            bound: now.bound,
        }
    }
}

/// In minutes; of a time with many windows the rule book must judge.
fn window(windows: &[Interval]) -> Option<Window> {
    let [one] = windows else { return None };
    let start = one.start().as_second().div_euclid(60);
    let end = one.end().as_second();
    Some(Window { start, end: end.div_euclid(60) + i64::from(end % 60 != 0) })
}
