//! Drafts: the question that the engine is asked, its answer held against the rules, and what a person
//! changes of it.

use std::collections::{BTreeMap, BTreeSet};

use dugnad_events::{
    OrganisationId, SeasonApplicationId, SeasonRoundId,
    rooms::{Event, SeasonEvent, SeasonFigures, SeasonGrant, SeasonSlot, SeasonWish},
};
use dugnad_ledger::Context;
use jiff::Timestamp;

use super::{
    super::{Name, Refusal as Refused, State},
    Draft, Refusal, Round, SeasonApplied, Stage,
    apply::{is_of, within_quota},
    event, meet,
};

/// All that an allocation is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The draft that it would replace; 0: none.
    pub revision: u32,
    /// What is let.
    pub slots: Vec<SeasonSlot>,
    /// Who wants it.
    pub asks: Vec<Asks>,
}

/// One application, as the engine sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asks {
    /// Which.
    pub application: SeasonApplicationId,
    /// The place of its class in the order of priority: the best of those in the wished rooms' rules.
    pub class: u32,
    /// Times a week.
    pub times: u32,
    /// How many times a week the organisation's earlier applications ask for.
    pub before: u32,
    /// In order.
    pub wishes: Vec<SeasonWish>,
    /// What it keeps.
    pub pinned: Vec<u32>,
}

pub(super) fn adopt(
    state: &State,
    cx: &Context,
    id: SeasonRoundId,
    seen: u32,
    figures: SeasonFigures,
    grants: Vec<SeasonGrant>,
) -> Result<Vec<Event>, Refused> {
    let round = state.existing_round(id)?;
    closed(round, cx.now)?;
    if round.revision() != seen {
        return Err(Refusal::DraftChanged { round: id, revision: round.revision() }.into());
    }
    let mut had = BTreeMap::new();
    for grant in &grants {
        may_have(state, round, &had, grant.slot, grant.application)?;
        had.insert(grant.slot, grant.application);
    }
    let revision = seen + 1;
    Ok(vec![event(SeasonEvent::Allocated { round: id, revision, figures, grants })])
}

/// Whether a round can be allocated.
fn closed(round: &Round, now: Timestamp) -> Result<(), Refused> {
    let (id, closes) = (round.id, round.facts.closes);
    match round.stage(now) {
        Stage::Upcoming | Stage::Open => Err(Refusal::NotClosed { round: id, closes }.into()),
        Stage::Closed | Stage::Allocated => Ok(()),
        Stage::Publishing | Stage::Published => Err(Refusal::IsPublished(id).into()),
    }
}

pub(super) fn set_grant(
    state: &State,
    id: SeasonRoundId,
    slot: u32,
    application: Option<SeasonApplicationId>,
    pinned: bool,
) -> Result<Vec<Event>, Refused> {
    let (round, draft) = editable(state, id)?;
    if round.slot(slot).is_none() {
        return Err(Refused::NotFound(Name::SeasonSlot(id, slot)));
    }
    let pinned = pinned && application.is_some();
    let had = draft.grants.get(&slot).map(|grant| (grant.application, grant.pinned));
    if had == application.map(|application| (application, pinned)) {
        return Ok(Vec::new());
    }
    if let Some(new) = application.filter(|new| had.is_none_or(|(had, _)| had != *new)) {
        may_have(state, round, &applications(draft), slot, new)?;
    }
    Ok(vec![edited(id, draft.revision + 1, slot, application, pinned)])
}

pub(super) fn move_grant(
    state: &State,
    id: SeasonRoundId,
    from: u32,
    to: u32,
) -> Result<Vec<Event>, Refused> {
    let (round, draft) = editable(state, id)?;
    let grant = draft.grants.get(&from).ok_or(Refused::NotFound(Name::SeasonSlot(id, from)))?;
    if from == to {
        return Ok(Vec::new());
    }
    let mut had = applications(draft);
    had.remove(&from);
    may_have(state, round, &had, to, grant.application)?;
    Ok(vec![
        edited(id, draft.revision + 1, from, None, false),
        edited(id, draft.revision + 2, to, Some(grant.application), true),
    ])
}

fn edited(
    round: SeasonRoundId,
    revision: u32,
    slot: u32,
    application: Option<SeasonApplicationId>,
    pinned: bool,
) -> Event {
    event(SeasonEvent::GrantSet { round, revision, slot, application, pinned })
}

fn editable(state: &State, id: SeasonRoundId) -> Result<(&Round, &Draft), Refused> {
    let round = state.existing_round(id)?;
    let draft = round.draft.as_ref().ok_or(Refusal::NoDraft(id))?;
    let known = draft.grants.values().any(|grant| grant.outcome.is_some());
    if round.published || known {
        return Err(Refusal::IsPublished(id).into());
    }
    Ok((round, draft))
}

type Had = BTreeMap<u32, SeasonApplicationId>;

fn applications(draft: &Draft) -> Had {
    draft.grants.iter().map(|(slot, grant)| (*slot, grant.application)).collect()
}

/// Whether an application may have a slot beside what all `had` already.
fn may_have(
    state: &State,
    round: &Round,
    had: &Had,
    at: u32,
    id: SeasonApplicationId,
) -> Result<(), Refused> {
    let live = state.season_application(id).filter(|it| !it.withdrawn && it.round == round.id);
    let applied = live.ok_or(Refusal::NotLive(id))?;
    state.suits(round, at, &applied.facts)?;
    if let Some(by) = had.get(&at) {
        return Err(Refusal::SlotGranted { slot: at, by: *by }.into());
    }
    let organisation = |id: &SeasonApplicationId| {
        state.season_application(*id).is_some_and(|it| is_of(it, applied.organisation()))
    };
    let used = had.values().filter(|id| organisation(id)).count();
    within_quota(round, &applied.facts.says, u32::try_from(used).unwrap_or(u32::MAX), 1)?;
    let slot = round.slot(at);
    let meets =
        |with: &u32| slot.zip(round.slot(*with)).is_some_and(|(one, other)| meet(one, other));
    let theirs = had.iter().filter(|(_, other)| **other == id).map(|(with, _)| *with);
    match theirs.into_iter().find(meets) {
        Some(with) => Err(Refusal::TimesClash { application: id, with }.into()),
        None => Ok(()),
    }
}

impl State {
    /// What the engine is asked about a round.
    ///
    /// # Errors
    /// If it cannot be allocated now.
    pub fn season_question(&self, now: Timestamp, id: SeasonRoundId) -> Result<Question, Refused> {
        let round = self.existing_round(id)?;
        closed(round, now)?;
        let mut pinned: BTreeMap<SeasonApplicationId, Vec<u32>> = BTreeMap::new();
        for (slot, grant) in round.draft.iter().flat_map(|draft| &draft.grants) {
            if grant.pinned {
                pinned.entry(grant.application).or_default().push(*slot);
            }
        }
        let mut before: BTreeMap<OrganisationId, u32> = BTreeMap::new();
        let asks = self.live_applications(round).map(|applied| {
            let asked = applied.organisation().map(|of| before.entry(of).or_default());
            let earlier = asked.as_ref().map_or(0, |asked| **asked);
            if let Some(asked) = asked {
                *asked += applied.facts.times;
            }
            Asks {
                application: applied.id,
                class: self.class_of(now, round, applied),
                times: applied.facts.times,
                before: earlier,
                wishes: applied.facts.wishes.clone(),
                pinned: pinned.remove(&applied.id).unwrap_or_default(),
            }
        });
        let asks = asks.collect();
        Ok(Question { revision: round.revision(), slots: round.facts.slots.clone(), asks })
    }

    /// The best place of the application's class in the rules of the rooms that it wishes for.
    pub(super) fn class_of(&self, now: Timestamp, round: &Round, applied: &SeasonApplied) -> u32 {
        let wished = applied.facts.wishes.iter().filter_map(|wish| round.slot(wish.slot));
        let rooms: BTreeSet<_> = wished.map(|slot| slot.room).collect();
        let rooms = rooms.into_iter().filter_map(|room| self.rooms.get(room));
        let ranks = rooms.filter_map(|room| self.class_rank(now, room, &applied.facts.says));
        ranks.min().unwrap_or(0)
    }
}
