//! Drafts: the question that the engine is asked, its answer held against the rules, and what a person
//! changes of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dugnad_events::{
    Code, OrganisationId, RoomId, SeasonApplicationId, SeasonRoundId,
    rooms::{Application, Event, SeasonEvent, SeasonFigures, SeasonGrant, SeasonSlot, SeasonWish},
};
use dugnad_ledger::Context;
use jiff::Timestamp;

use super::{
    super::{Name, Refusal as Refused, State},
    Draft, Refusal, Round, SeasonApplied, Stage,
    apply::within_quota,
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
    let mut had = Had::default();
    for grant in &grants {
        had.may_have(state, round, grant.slot, grant.application)?;
        had.add(state, grant.slot, grant.application);
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
        Had::of(state, draft, None).may_have(state, round, slot, new)?;
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
    Had::of(state, draft, Some(from)).may_have(state, round, to, grant.application)?;
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

/// What all have so far.
#[derive(Default)]
struct Had {
    by_slot: HashMap<u32, SeasonApplicationId>,
    slots_of: HashMap<SeasonApplicationId, Vec<u32>>,
    of_organisation: HashMap<Option<OrganisationId>, u32>,
}

impl Had {
    fn of(state: &State, draft: &Draft, without: Option<u32>) -> Self {
        let mut had = Self::default();
        for (slot, grant) in draft.grants.iter().filter(|(slot, _)| Some(**slot) != without) {
            had.add(state, *slot, grant.application);
        }
        had
    }

    fn add(&mut self, state: &State, slot: u32, id: SeasonApplicationId) {
        self.by_slot.insert(slot, id);
        self.slots_of.entry(id).or_default().push(slot);
        let organisation = state.season_application(id).and_then(SeasonApplied::organisation);
        *self.of_organisation.entry(organisation).or_default() += 1;
    }

    /// Whether an application may have a slot beside that.
    fn may_have(
        &self,
        state: &State,
        round: &Round,
        at: u32,
        id: SeasonApplicationId,
    ) -> Result<(), Refused> {
        let live = state.season_application(id).filter(|it| !it.withdrawn && it.round == round.id);
        let applied = live.ok_or(Refusal::NotLive(id))?;
        state.suits(round, at, &applied.facts)?;
        if let Some(by) = self.by_slot.get(&at) {
            return Err(Refusal::SlotGranted { slot: at, by: *by }.into());
        }
        let used = self.of_organisation.get(&applied.organisation()).copied().unwrap_or(0);
        within_quota(round, &applied.facts.says, used, 1)?;
        let meets = |with: &u32| {
            let pair = round.slot(at).zip(round.slot(*with));
            pair.is_some_and(|(one, other)| meet(one, other))
        };
        let theirs = self.slots_of.get(&id).into_iter().flatten().copied();
        match theirs.into_iter().find(meets) {
            Some(with) => Err(Refusal::TimesClash { application: id, with }.into()),
            None => Ok(()),
        }
    }
}

/// The places of applications' classes in the order of priority.
pub(super) struct Ranks<'a> {
    state: &'a State,
    now: Timestamp,
    round: &'a Round,
    /// By room and class: few of either.
    known: HashMap<(RoomId, Option<Code>), Option<u32>>,
}

impl<'a> Ranks<'a> {
    pub(super) fn new(state: &'a State, now: Timestamp, round: &'a Round) -> Self {
        Self { state, now, round, known: HashMap::new() }
    }

    /// The best place of the application's class in the rules of the rooms that it wishes for.
    pub(super) fn of(&mut self, applied: &SeasonApplied) -> u32 {
        let wishes = applied.facts.wishes.iter();
        let rooms = wishes.filter_map(|wish| self.round.slot(wish.slot)).map(|slot| slot.room);
        let rooms: BTreeSet<RoomId> = rooms.collect();
        let ranks = rooms.into_iter().filter_map(|room| self.in_room(room, &applied.facts.says));
        ranks.min().unwrap_or(0)
    }

    fn in_room(&mut self, room: RoomId, says: &Application) -> Option<u32> {
        let (state, now) = (self.state, self.now);
        let rank = || state.rooms.get(room).and_then(|room| state.class_rank(now, room, says));
        *self.known.entry((room, says.applicant.clone())).or_insert_with(rank)
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
        let mut ranks = Ranks::new(self, now, round);
        let asks = self.live_applications(round).map(|applied| {
            let asked = applied.organisation().map(|of| before.entry(of).or_default());
            let earlier = asked.as_ref().map_or(0, |asked| **asked);
            if let Some(asked) = asked {
                *asked += applied.facts.times;
            }
            Asks {
                application: applied.id,
                class: ranks.of(applied),
                times: applied.facts.times,
                before: earlier,
                wishes: applied.facts.wishes.clone(),
                pinned: pinned.remove(&applied.id).unwrap_or_default(),
            }
        });
        let asks = asks.collect();
        Ok(Question { revision: round.revision(), slots: round.facts.slots.clone(), asks })
    }
}
