//! Making a part known: assigned or offered, or dropped with the rules that say no.

use dugnad_events::{
    AssignmentId, OfferId, PlanId,
    matching::{Event, Party, PlanOutcome, PlanRule},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;

use super::{Part, Stage, planned_rule};
use crate::model::{Refusal, State, assignment, offer, rules::Judge, time};

pub(super) fn part(
    state: &State,
    cx: &Context,
    plan: PlanId,
    at: u32,
    confirmed: bool,
) -> Result<Vec<Event>, Refusal> {
    let held = state.plan(plan)?;
    if held.stage == Stage::Published {
        return Err(Refusal::NotADraft(plan));
    }
    let part = state.plan_part(held, at)?;
    let (Some(person), None) = (part.facts.person, &part.outcome) else { return Ok(Vec::new()) };
    let outcome = if confirmed {
        assigned(state, cx, plan, part, person)
    } else {
        offered(state, cx, part, person)
    };
    let (mut events, outcome) = match outcome {
        Ok(done) => done,
        Err(refusal) => (Vec::new(), PlanOutcome::Dropped(rules(&refusal))),
    };
    events.push(Event::PlanPartPublished { plan, part: at, outcome });
    Ok(events)
}

fn assigned(
    state: &State,
    cx: &Context,
    of: PlanId,
    part: &Part,
    person: PersonId,
) -> Result<(Vec<Event>, PlanOutcome), Refusal> {
    let (need, slot) = (part.facts.need, part.facts.slot);
    let mut events = assignment::assign(state, cx, need, slot, person, part.anyway)?;
    let Some(Event::Assigned { plan, .. }) = events.first_mut() else {
        return Ok((events, PlanOutcome::Dropped(vec![already("comes to it already")])));
    };
    *plan = Some(of);
    Ok((events, PlanOutcome::Assigned(AssignmentId(cx.id(0)))))
}

fn offered(
    state: &State,
    cx: &Context,
    part: &Part,
    person: PersonId,
) -> Result<(Vec<Event>, PlanOutcome), Refusal> {
    let (need, slot) = (part.facts.need, part.facts.slot);
    state.not_erased(person)?;
    let posted = state.live_need(need)?;
    let dropped = |text| Ok((Vec::new(), PlanOutcome::Dropped(vec![already(text)])));
    if posted.missing(slot as usize) == 0 {
        return Err(Refusal::Full { need, heads: posted.facts.heads });
    }
    offer::firm(state, cx.now, posted, slot as usize, person)?;
    let judge = Judge::new(state, cx.now, &posted.facts, slot as usize);
    let judge = judge.beside(posted.who(slot as usize));
    let why = judge.why_not(person);
    if !part.anyway && !why.is_empty() {
        return Err(Refusal::RuledOut { person, rules: why });
    }
    if posted.silenced.contains(&person) {
        return dropped("has said no to it");
    }
    if state.is_asked_then(person, need, judge.windows()) {
        return dropped("has been asked for it, or for something at that time");
    }
    let minutes = state.policy(&posted.facts.kind).answer_minutes;
    let start = posted.start(slot as usize).unwrap_or(cx.now);
    let id = OfferId(cx.id(0));
    let offered = Event::Offered {
        offer: id,
        need,
        slot,
        to: Party::Person(person),
        waited: false,
        at: cx.now,
        expires: time::after(cx.now, minutes).min(start),
    };
    Ok((vec![offered], PlanOutcome::Offered(id)))
}

fn already(text: &str) -> PlanRule {
    PlanRule { name: "ALREADY".to_owned(), text: text.to_owned() }
}

/// What keeps a part from being made known.
fn rules(refusal: &Refusal) -> Vec<PlanRule> {
    match refusal {
        Refusal::RuledOut { rules, .. } => rules.iter().map(planned_rule).collect(),
        other => {
            let text = format!("cannot come: {other}");
            vec![PlanRule { name: other.reason().to_owned(), text }]
        }
    }
}
