//! Candidates: who suits a need best, each with the reasons, and who does not, with the rules.
//!
//! The index names who may suit, best first; the rule book judges each. The list is fetched in
//! growing pieces until enough are found, so a rule that the index does not know costs time and never
//! a candidate.

use dugnad_assign::candidates::{Candidate, Term, Wanted};
use dugnad_events::{
    Code,
    matching::{Need, Weights},
};
use dugnad_vault::PersonId;
use jiff::civil::Date;

use super::{
    State,
    people::Person,
    pool::POINT,
    rules::{Judge, WhyNot},
    time,
};

/// How many are fetched at first for each one wanted.
const FIRST: usize = 2;
/// How much longer each next piece is.
const GROWS: usize = 4;

/// Somebody who suits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// Who.
    pub person: PersonId,
    /// The sum of the reasons' points; more is better.
    pub score: i64,
    /// What it is made of.
    pub reasons: Vec<Reason>,
    /// The local day on which they were last asked; of equals, the longest ago comes first.
    pub last_asked: Option<Date>,
}

/// A part of a score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its name for machines, `UPPER_SNAKE_CASE`; it never changes.
    pub name: &'static str,
    /// What it adds.
    pub points: i64,
    /// For a person to read; goes on after "This person …".
    pub text: String,
}

/// Somebody who does not suit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// Who.
    pub person: PersonId,
    /// Every rule that keeps them from it, never none.
    pub rules: Vec<WhyNot>,
}

/// What a search comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Best first.
    pub ranked: Vec<Ranked>,
    /// Those whom fewest rules keep from it first.
    pub missed: Vec<Missed>,
}

impl State {
    /// The `k` who suit a time of a need best, and up to `misses` who nearly do. `skip` says whom to
    /// leave out altogether.
    #[must_use]
    pub fn find(
        &self,
        facts: &Need,
        judge: &Judge<'_>,
        k: usize,
        misses: usize,
        skip: &dyn Fn(PersonId) -> bool,
    ) -> Found {
        let mut found = Found::default();
        let wanted = self.pool.wanted(self, facts, judge);
        let mut judged = 0;
        let mut fetch = k * FIRST + 8;
        loop {
            let top = self.pool.top(fetch, &wanted);
            for candidate in &top[judged.min(top.len())..] {
                if found.ranked.len() == k {
                    break;
                }
                self.sort_in(candidate, facts, judge, misses, skip, &mut found);
            }
            judged = top.len();
            if found.ranked.len() == k || top.len() < fetch {
                break;
            }
            fetch *= GROWS;
        }
        self.add_misses(&wanted, judge, misses, skip, &mut found.missed);
        found
    }

    fn sort_in(
        &self,
        candidate: &Candidate,
        facts: &Need,
        judge: &Judge<'_>,
        misses: usize,
        skip: &dyn Fn(PersonId) -> bool,
        found: &mut Found,
    ) {
        let Some(person) = self.numbered(candidate.person) else { return };
        let Some(known) = self.people.get(person) else { return };
        if skip(person) {
            return;
        }
        let rules = judge.judge(person, known);
        if rules.is_empty() {
            found.ranked.push(self.ranked(candidate, person, known, facts));
        } else if found.missed.len() < misses {
            found.missed.push(Missed { person, rules });
        }
    }

    fn add_misses(
        &self,
        wanted: &Wanted,
        judge: &Judge<'_>,
        misses: usize,
        skip: &dyn Fn(PersonId) -> bool,
        missed: &mut Vec<Missed>,
    ) {
        if misses > 0 {
            let near = self.pool.nearest(misses * 2, wanted);
            for person in near.into_iter().filter_map(|key| self.numbered(key)) {
                if skip(person) || missed.iter().any(|it| it.person == person) {
                    continue;
                }
                let rules = judge.why_not(person);
                if !rules.is_empty() {
                    missed.push(Missed { person, rules });
                }
            }
        }
        missed.sort_by_key(|it| it.rules.len());
        missed.truncate(misses);
    }

    fn numbered(&self, key: u64) -> Option<PersonId> {
        self.people.id(u32::try_from(key).ok()?)
    }

    fn ranked(
        &self,
        candidate: &Candidate,
        person: PersonId,
        known: &Person,
        facts: &Need,
    ) -> Ranked {
        let weights = facts.want.weights.unwrap_or(self.policy(&facts.kind).weights);
        let terms = candidate.terms.iter();
        let mut reasons: Vec<_> =
            terms.flat_map(|term| reasons(*term, known, facts, weights)).collect();
        let last_asked = known.last_asked.map(time::day);
        let asked = last_asked
            .map_or("was never asked".to_owned(), |day| format!("was last asked on {day}"));
        reasons.push(Reason { name: "LAST_ASKED", points: 0, text: asked });
        let score = reasons.iter().map(|reason| reason.points).sum();
        Ranked { person, score, reasons, last_asked }
    }
}

/// A term of the index, in the codes' own words.
fn reasons(term: Term, known: &Person, facts: &Need, weights: Weights) -> Vec<Reason> {
    let points = (term.points() as f64 / f64::from(POINT)).round() as i64;
    let giver = known.giver.as_deref();
    let shared = |asked: &[Code], has: Option<&Vec<Code>>| -> Vec<String> {
        let both = asked.iter().filter(|it| has.is_some_and(|has| has.contains(it)));
        both.map(ToString::to_string).collect()
    };
    let one = |name, text| vec![Reason { name, points, text }];
    match term {
        Term::Distance { metres, .. } => {
            let km = f64::from(metres) / 1000.0;
            one("DISTANCE", format!("sets out {km:.1} km away"))
        }
        Term::Interests { .. } => {
            let codes = shared(&facts.want.interests, giver.map(|it| &it.interests));
            let wishes = giver.is_some_and(|it| it.wants.contains(&facts.kind));
            let each = i64::from(weights.interest);
            let wish = wishes.then(|| Reason {
                name: "WISH",
                points: each,
                text: format!("wishes for {}", facts.kind),
            });
            let both = (!codes.is_empty()).then(|| Reason {
                name: "INTERESTS",
                points: each * codes.len() as i64,
                text: format!("shares an interest in {}", codes.join(", ")),
            });
            both.into_iter().chain(wish).collect()
        }
        Term::Languages { .. } => {
            let codes = shared(&facts.want.rather_languages, giver.map(|it| &it.languages));
            one("LANGUAGES", format!("speaks {}", codes.join(", ")))
        }
        Term::Gender { .. } => one("GENDER", "is of the wished gender".to_owned()),
        Term::Before { .. } => one("BEFORE", "has helped this person before".to_owned()),
        Term::Load { .. } => match known.assignments.len() {
            0 => Vec::new(),
            taken => one("LOAD", format!("has taken {taken} places that are to come")),
        },
    }
}
