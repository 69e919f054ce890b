//! Plans of a period: drafted, changed, pinned, published part by part.
//!
//! The long computation is elsewhere: what comes in here is held against the present once more. A draft
//! comes in several commits and is seen by nobody until all of it is there. Published parts go the way
//! of every assignment and offer, one command each, so that each sees those before it.
//!
//! Invariant 4 holds through plans too: nothing is assigned past [`assignment::assign`].

mod publish;
#[cfg(test)]
mod tests;

use dugnad_events::{
    AssignmentId, NeedId, PlanId,
    matching::{Event, PlanFigures, PlanOutcome, PlanPart, PlanReason, PlanRule, PlanScope},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Refusal, State, WhyNot, people::Person, rules::Judge};

/// The most plans that are kept; the oldest goes first.
pub const MOST_PLANS: usize = 20;
/// The most places of one plan.
pub const MOST_PARTS: usize = 50_000;
/// The longest period.
pub const LONGEST_DAYS: i64 = 92;
/// The most kinds that a plan can be narrowed to.
pub const MOST_PLAN_KINDS: usize = 50;

/// What can be asked of plans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlanCommand {
    /// Whether a period can be planned; changes nothing.
    Begin {
        /// What is to be planned.
        scope: PlanScope,
    },
    /// Take in a draft; its parts follow.
    Draft {
        /// Which.
        plan: PlanId,
        /// What was planned.
        scope: PlanScope,
        /// The position that it was made on.
        based_on: u64,
        /// How large it is, and how good.
        figures: PlanFigures,
    },
    /// Take in the next parts of a draft.
    AddParts {
        /// Which.
        plan: PlanId,
        /// How many came before.
        from: u32,
        /// The next.
        parts: Vec<PlanPart>,
        /// Whether the draft is whole now.
        last: bool,
    },
    /// Put somebody else into a part, or nobody.
    ChangePart {
        /// Of which plan.
        plan: PlanId,
        /// Which, from 0.
        part: u32,
        /// Whom.
        person: Option<PersonId>,
        /// Although it goes beyond what they said of their own time and way.
        anyway: bool,
    },
    /// Keep a part as it is when the period is planned anew.
    PinPart {
        /// Of which plan.
        plan: PlanId,
        /// Which, from 0.
        part: u32,
        /// From now on.
        pinned: bool,
    },
    /// Make a part known.
    PublishPart {
        /// Of which plan.
        plan: PlanId,
        /// Which, from 0.
        part: u32,
        /// Whether they are assigned; otherwise they are asked.
        confirmed: bool,
    },
    /// All parts are known.
    Published {
        /// Of which plan.
        plan: PlanId,
    },
    /// Forget a draft.
    Discard {
        /// Which.
        plan: PlanId,
    },
}

/// How far a plan has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Parts are still missing.
    Coming,
    /// Whole, and known to nobody.
    Draft,
    /// A part of it is known.
    Publishing,
    /// All of it is known.
    Published,
}

/// A plan of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Which.
    pub id: PlanId,
    /// Who asked for it.
    pub by: Uuid,
    /// When it was drafted.
    pub at: Timestamp,
    /// What was planned.
    pub scope: PlanScope,
    /// The position that it was made on.
    pub based_on: u64,
    /// How large it is, and how good.
    pub figures: PlanFigures,
    /// How far it has come.
    pub stage: Stage,
    /// Its places.
    pub parts: Vec<Part>,
}

/// A place in a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// As it was drafted or changed.
    pub facts: PlanPart,
    /// Whether a coordinator went beyond what the person said of their own time and way.
    pub anyway: bool,
    /// What became of it.
    pub outcome: Option<PlanOutcome>,
}

/// The plans of one municipality, the oldest first.
#[derive(Debug, Default, PartialEq)]
pub struct Plans(Vec<Plan>);

impl Plans {
    /// A plan that is whole.
    #[must_use]
    pub fn get(&self, id: PlanId) -> Option<&Plan> {
        self.0.iter().find(|plan| plan.id == id && plan.stage != Stage::Coming)
    }

    /// All that are whole, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = &Plan> {
        self.0.iter().rev().filter(|plan| plan.stage != Stage::Coming)
    }

    fn part(&mut self, plan: PlanId, part: u32) -> Option<&mut Part> {
        let plan = self.0.iter_mut().find(|it| it.id == plan)?;
        plan.parts.get_mut(part as usize)
    }

    /// Of who was erased no plan says anything any more.
    pub(super) fn forget(&mut self, person: PersonId) {
        let id = person.to_string();
        for part in self.0.iter_mut().flat_map(|plan| &mut plan.parts) {
            let facts = &mut part.facts;
            if facts.person == Some(person) {
                (facts.person, facts.pinned) = (None, false);
                facts.reasons.clear();
            }
            facts.ways.retain(|way| {
                way.person != person && !way.rules.iter().any(|rule| rule.text.contains(&id))
            });
        }
    }

    /// Makes an event about a plan part of the plans.
    pub(super) fn evolve(&mut self, event: &Event) {
        match event {
            Event::PlanDrafted { plan, by, at, scope, based_on, figures } => {
                self.0.retain(|it| it.id != *plan);
                if self.0.len() >= MOST_PLANS {
                    self.0.remove(0);
                }
                let (scope, stage) = (scope.clone(), Stage::Coming);
                let (id, by, at, based_on, figures) = (*plan, *by, *at, *based_on, *figures);
                let parts = Vec::new();
                self.0.push(Plan { id, by, at, scope, based_on, figures, stage, parts });
            }
            Event::PlanPartsAdded { plan, parts } => {
                let new = parts.iter().cloned();
                let new = new.map(|facts| Part { facts, anyway: false, outcome: None });
                if let Some(plan) = self.0.iter_mut().find(|it| it.id == *plan) {
                    plan.parts.extend(new);
                }
            }
            Event::PlanReady { plan } => self.ready(*plan),
            Event::PlanPartChanged { plan, part, person, reasons, anyway } => {
                if let Some(part) = self.part(*plan, *part) {
                    part.facts.person = *person;
                    part.facts.reasons.clone_from(reasons);
                    part.anyway = *anyway;
                }
            }
            Event::PlanPartPinned { plan, part, pinned } => {
                if let Some(part) = self.part(*plan, *part) {
                    part.facts.pinned = *pinned;
                }
            }
            Event::PlanPartPublished { plan, part, outcome } => {
                if let Some(part) = self.part(*plan, *part) {
                    part.outcome = Some(outcome.clone());
                }
                self.reach(*plan, Stage::Publishing);
            }
            Event::PlanPublished { plan } => self.reach(*plan, Stage::Published),
            Event::PlanDiscarded { plan } => self.0.retain(|it| it.id != *plan),
            _ => {}
        }
    }

    fn ready(&mut self, id: PlanId) {
        self.reach(id, Stage::Draft);
        let of = self.get(id).and_then(|plan| plan.scope.replaces);
        if let Some(old) = of {
            self.0.retain(|it| it.id != old || it.stage != Stage::Draft);
        }
    }

    fn reach(&mut self, id: PlanId, stage: Stage) {
        if let Some(plan) = self.0.iter_mut().find(|it| it.id == id) {
            plan.stage = stage;
        }
    }
}

pub(super) fn decide(
    state: &State,
    cx: &Context,
    command: PlanCommand,
) -> Result<Vec<Event>, Refusal> {
    match command {
        PlanCommand::Begin { scope } => begin(state, cx.now, &scope).map(|()| Vec::new()),
        PlanCommand::Draft { plan, scope, based_on, figures } => {
            begin(state, cx.now, &scope)?;
            if state.plans.get(plan).is_some() {
                return Err(Refusal::NotADraft(plan));
            }
            let (by, at) = (cx.caller.id, cx.now);
            Ok(vec![Event::PlanDrafted { plan, by, at, scope, based_on, figures }])
        }
        PlanCommand::AddParts { plan, from, parts, last } => add(state, plan, from, parts, last),
        PlanCommand::ChangePart { plan, part, person, anyway } => {
            change(state, cx.now, plan, part, person, anyway)
        }
        PlanCommand::PinPart { plan, part, pinned } => {
            let held = state.plan_part(state.draft(plan)?, part)?;
            let same = held.facts.pinned == pinned;
            Ok(if same { Vec::new() } else { vec![Event::PlanPartPinned { plan, part, pinned }] })
        }
        PlanCommand::PublishPart { plan, part, confirmed } => {
            publish::part(state, cx, plan, part, confirmed)
        }
        PlanCommand::Published { plan } => match state.plan(plan)?.stage {
            Stage::Published => Ok(Vec::new()),
            _ => Ok(vec![Event::PlanPublished { plan }]),
        },
        PlanCommand::Discard { plan } => {
            state.draft(plan)?;
            Ok(vec![Event::PlanDiscarded { plan }])
        }
    }
}

fn begin(state: &State, now: Timestamp, scope: &PlanScope) -> Result<(), Refusal> {
    if scope.period.end() <= now {
        return Err(Refusal::Past { start: scope.period.end() });
    }
    let longest = SignedDuration::from_hours(LONGEST_DAYS * 24);
    if scope.period.seconds() > longest.as_secs() {
        let problem = format!("must not be longer than {LONGEST_DAYS} days");
        return Err(Refusal::Invalid { field: "period", problem });
    }
    if scope.kinds.len() > MOST_PLAN_KINDS {
        return Err(Refusal::TooMany { what: "kinds", limit: MOST_PLAN_KINDS });
    }
    scope.replaces.map_or(Ok(()), |old| state.draft(old).map(|_| ()))
}

fn add(
    state: &State,
    plan: PlanId,
    from: u32,
    parts: Vec<PlanPart>,
    last: bool,
) -> Result<Vec<Event>, Refusal> {
    let coming = state.plans.0.iter().find(|it| it.id == plan && it.stage == Stage::Coming);
    let coming = coming.ok_or_else(|| Refusal::NotFound(plan.to_string()))?;
    if coming.parts.len() != from as usize {
        let problem = format!("must be {}: so many parts have come", coming.parts.len());
        return Err(Refusal::Invalid { field: "from", problem });
    }
    if coming.parts.len() + parts.len() > MOST_PARTS {
        return Err(Refusal::TooMany { what: "parts", limit: MOST_PARTS });
    }
    let parts = vec![Event::PlanPartsAdded { plan, parts }];
    Ok(parts.into_iter().chain(last.then_some(Event::PlanReady { plan })).collect())
}

fn change(
    state: &State,
    now: Timestamp,
    id: PlanId,
    at: u32,
    person: Option<PersonId>,
    anyway: bool,
) -> Result<Vec<Event>, Refusal> {
    let plan = state.draft(id)?;
    let part = state.plan_part(plan, at)?;
    let changed =
        |reasons| vec![Event::PlanPartChanged { plan: id, part: at, person, reasons, anyway }];
    let Some(person) = person else { return Ok(changed(Vec::new())) };
    state.not_erased(person)?;
    let PlanPart { need, slot, .. } = part.facts;
    let posted = state.live_need(need)?;
    if let Some(start) = posted.start(slot as usize).filter(|start| *start <= now) {
        return Err(Refusal::Past { start });
    }
    let others = (0..).zip(&plan.parts).filter(|(n, _)| *n != at).map(|(_, part)| &part.facts);
    let theirs = others.clone().filter(|it| it.person == Some(person));
    let theirs: Vec<_> = theirs.map(|it| (it.need, it.slot)).collect();
    let beside = others.filter(|it| (it.need, it.slot) == (need, slot)).filter_map(|it| it.person);
    let rules = state.why_not_planned(now, (need, slot), person, &theirs, beside, anyway);
    if !rules.is_empty() {
        return Err(Refusal::RuledOut { person, rules });
    }
    let text = "was chosen by a coordinator".to_owned();
    Ok(changed(vec![PlanReason { name: "CHOSEN".to_owned(), points: 0, text }]))
}

/// What stands for every place in a plan that is not an assignment yet.
const PLANNED: AssignmentId = AssignmentId(Uuid::nil());

impl State {
    fn plan(&self, id: PlanId) -> Result<&Plan, Refusal> {
        self.plans.get(id).ok_or_else(|| Refusal::NotFound(id.to_string()))
    }

    fn draft(&self, id: PlanId) -> Result<&Plan, Refusal> {
        let plan = self.plan(id)?;
        if plan.stage == Stage::Draft { Ok(plan) } else { Err(Refusal::NotADraft(id)) }
    }

    fn plan_part<'p>(&self, plan: &'p Plan, part: u32) -> Result<&'p Part, Refusal> {
        let name = || Refusal::NotFound(format!("{}/parts/{part}", plan.id));
        plan.parts.get(part as usize).ok_or_else(name)
    }

    /// Every rule that keeps a person from a time, as if a plan's other parts stood: `theirs` are the
    /// person's own, `beside` those who take other places of the time. `anyway`: only the firm ones.
    #[must_use]
    pub fn why_not_planned(
        &self,
        now: Timestamp,
        (need, slot): (NeedId, u32),
        person: PersonId,
        theirs: &[(NeedId, u32)],
        beside: impl IntoIterator<Item = PersonId>,
        anyway: bool,
    ) -> Vec<WhyNot> {
        let (Some(need), Some(known)) = (self.needs.get(&need), self.people.get(person)) else {
            return vec![WhyNot::Unknown];
        };
        let judge = Judge::new(self, now, &need.facts, slot as usize);
        let judge = judge.beside(need.who(slot as usize).chain(beside));
        let known = self.as_planned(known, theirs);
        if anyway { judge.firm(person, &known, None) } else { judge.judge(person, &known) }
    }

    /// A person as they would be with these times taken on.
    #[must_use]
    pub fn as_planned(&self, known: &Person, theirs: &[(NeedId, u32)]) -> Person {
        let mut known = known.clone();
        for (need, slot) in theirs {
            let Some(need) = self.needs.get(need) else { continue };
            let point = self.areas.of(need.facts.place.as_ref());
            if let Some(slot) = need.facts.slots.get(*slot as usize) {
                known.take(PLANNED, &slot.windows, point);
            }
        }
        known
    }
}

/// A rule as a plan keeps it.
#[must_use]
pub fn planned_rule(why: &WhyNot) -> PlanRule {
    let text = match why {
        WhyNot::Busy { by, .. } if *by == PLANNED => {
            "comes to something else at that time in this plan".to_owned()
        }
        WhyNot::Travel { by, minutes, gap } if *by == PLANNED => {
            format!("needs {minutes} minutes from or to what they do next in this plan, has {gap}")
        }
        other => other.to_string(),
    };
    PlanRule { name: why.reason().to_owned(), text }
}
