//! From an answer to a draft: a part for each place, with the reasons, and for each open one what would
//! fill it.

use std::collections::HashMap;

use dugnad_assign::{
    Answer, NeedIx, PersonIx,
    explain::{self, Explainer, Limit},
};
use dugnad_events::matching::{PlanPart, PlanReason, PlanRule, PlanWay};
use dugnad_vault::PersonId;

use super::{Barred, FILLED, Posed, Question};
use crate::model::Reason;

/// What is said of an open place.
const MOST_WAYS: usize = 3;

/// The parts of a draft, in the order of the openings; of a time the filled places come first.
pub(crate) fn draft(question: &Question, posed: &Posed, answer: &Answer) -> Vec<PlanPart> {
    let rules = Rules::of(question);
    let explainer = Explainer::new(&posed.problem, answer).ok();
    let explainer = explainer.map(|it| it.with_barred(rules.barred(question, posed)));
    let mut parts = Vec::new();
    for (n, opening) in (0..).zip(&question.openings) {
        let of_need = |pair: &(NeedIx, PersonIx)| pair.0.cmp(&n);
        let from = answer.pairs.partition_point(|pair| of_need(pair).is_lt());
        let pairs = answer.pairs[from..].iter().take_while(|pair| of_need(pair).is_eq());
        let people: Vec<PersonId> =
            pairs.map(|&(_, person)| posed.people[person as usize]).collect();
        let part = |person, reasons, ways| PlanPart {
            need: opening.time.need,
            slot: opening.time.slot,
            person,
            pinned: false,
            reasons,
            ways,
        };
        for person in &people {
            let suits = opening.suits.iter().find(|suits| suits.person == *person);
            let reasons = suits.map(|suits| suits.reasons.iter().map(reason).collect());
            parts.push(part(Some(*person), reasons.unwrap_or_default(), Vec::new()));
        }
        for place in people.len()..opening.places as usize {
            let ways = (place == people.len()).then_some(explainer.as_ref()).flatten();
            let ways = ways.map(|it| rules.ways(question, posed, it, n)).unwrap_or_default();
            parts.push(part(None, Vec::new(), ways));
        }
    }
    parts
}

fn reason(reason: &Reason) -> PlanReason {
    let Reason { name, points, text } = reason;
    PlanReason { name: (*name).to_owned(), points: *points, text: text.clone() }
}

/// Every rule that is named in a question, by number.
struct Rules<'a> {
    all: Vec<&'a PlanRule>,
    numbers: HashMap<&'a PlanRule, u32>,
}

impl<'a> Rules<'a> {
    fn of(question: &'a Question) -> Self {
        let mut rules = Self { all: Vec::new(), numbers: HashMap::new() };
        let barred = question.openings.iter().flat_map(|opening| &opening.barred);
        for rule in barred.flat_map(|barred| &barred.rules) {
            let next = rules.all.len() as u32;
            if *rules.numbers.entry(rule).or_insert(next) == next {
                rules.all.push(rule);
            }
        }
        rules
    }

    fn barred(&self, question: &Question, posed: &Posed) -> Vec<explain::Barred> {
        let openings = (0..).zip(&question.openings).map(|(n, it)| (n, &it.barred));
        let pair = |need: NeedIx, barred: &Barred| {
            let person = posed.people.binary_search(&barred.person).ok()? as PersonIx;
            let rules = barred.rules.iter().map(|rule| self.numbers[rule]).collect();
            Some(explain::Barred { need, person, rules, cost: FILLED, load: 0 })
        };
        openings
            .flat_map(|(need, barred)| barred.iter().filter_map(move |it| pair(need, it)))
            .collect()
    }

    /// Who could take an open place if which rules gave way, the fewest first.
    fn ways(
        &self,
        question: &Question,
        posed: &Posed,
        explainer: &Explainer<'_>,
        need: NeedIx,
    ) -> Vec<PlanWay> {
        let mut ways: Vec<PlanWay> = explainer
            .fill(need)
            .into_iter()
            .filter(|one| !one.limits.is_empty())
            .take(MOST_WAYS)
            .map(|one| PlanWay {
                person: posed.people[one.person as usize],
                rules: one.limits.iter().map(|limit| self.rule(question, limit)).collect(),
            })
            .collect();
        // Whoever takes nothing else in the plan is not among the engine's people.
        let opening = &question.openings[need as usize];
        let others = opening.barred.iter();
        let others = others.filter(|it| posed.people.binary_search(&it.person).is_err());
        ways.extend(others.map(|it| PlanWay { person: it.person, rules: it.rules.clone() }));
        ways.sort_by_key(|way| way.rules.len());
        ways.truncate(MOST_WAYS);
        ways
    }

    fn rule(&self, question: &Question, limit: &Limit) -> PlanRule {
        let said = |name: &str, text: String| PlanRule { name: name.to_owned(), text };
        match limit {
            Limit::Rule { rule } => self.all[*rule as usize].clone(),
            Limit::Clash { with } => {
                let need = question.openings[*with as usize].time.need;
                said("BUSY", format!("comes to {need} at that time in this plan"))
            }
            Limit::Capacity { by } => {
                said("TOO_MUCH", format!("takes {} places in this plan and no more", by.len()))
            }
            // No loads are posed, an open place is dearer than any way to fill it, and a time with an
            // open place is not full.
            Limit::Full { .. } | Limit::Load { .. } | Limit::Price { .. } => {
                said("PRICE", "costs more than it is worth".to_owned())
            }
        }
    }
}
