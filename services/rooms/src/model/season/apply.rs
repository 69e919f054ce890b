//! Applying: which wishes can be wished, for how much, and by whom.

use dugnad_calendar::Interval;
use dugnad_events::{
    OrganisationId, SeasonApplicationId, SeasonRoundId,
    rooms::{Application, BookingDetails, Event, SeasonApplication, SeasonEvent},
};
use dugnad_ledger::Context;
use dugnad_vault::Sealed;
use jiff::Timestamp;

use super::{
    super::{Name, Refusal as Refused, State, room::Room},
    MOST_APPLICATIONS, Refusal, Round, SeasonApplied, Stage, event,
};

pub(super) fn apply(
    state: &State,
    cx: &Context,
    id: SeasonRoundId,
    facts: Box<SeasonApplication>,
    details: Sealed<BookingDetails>,
) -> Result<Vec<Event>, Refused> {
    let round = state.existing_round(id)?;
    open(round, cx.now)?;
    state.people.not_erased(details.person())?;
    if round.applications.len() >= MOST_APPLICATIONS {
        let what = "applications in one round";
        return Err(Refused::TooMany { what, limit: MOST_APPLICATIONS });
    }
    let mut wished = std::collections::BTreeSet::new();
    for wish in &facts.wishes {
        if !wished.insert(wish.slot) {
            let problem = format!("slot {} is wished for twice", wish.slot);
            return Err(Refused::Invalid { field: "application.wishes", problem });
        }
        let room = state.suits(round, wish.slot, &facts)?;
        state.admits(cx.now, room, &facts.says)?;
    }
    let asked = |it: &SeasonApplied| it.facts.times;
    let used = state.live_applications(round).filter(|it| is_of(it, facts.says.organisation));
    within_quota(round, &facts.says, used.map(asked).sum(), facts.times)?;
    let (application, by) = (SeasonApplicationId(cx.id(0)), cx.caller.id);
    Ok(vec![event(SeasonEvent::Applied { application, round: id, by, facts, details })])
}

/// One that is none any more stays as it is.
pub(super) fn withdraw(
    state: &State,
    cx: &Context,
    id: SeasonApplicationId,
    office: bool,
) -> Result<Vec<Event>, Refused> {
    let name = Name::SeasonApplication(id);
    let applied = state.season_application(id).ok_or(Refused::NotFound(name))?;
    if !office && applied.by != cx.caller.id {
        return Err(Refused::NotYours(name));
    }
    if applied.withdrawn {
        return Ok(Vec::new());
    }
    open(state.existing_round(applied.round)?, cx.now)?;
    Ok(vec![event(SeasonEvent::Withdrawn { application: id })])
}

fn open(round: &Round, now: Timestamp) -> Result<(), Refused> {
    if round.stage(now) == Stage::Open {
        return Ok(());
    }
    let (opens, closes) = (round.facts.opens, round.facts.closes);
    Err(Refusal::NotOpen { round: round.id, opens, closes }.into())
}

pub(super) fn is_of(applied: &SeasonApplied, organisation: Option<OrganisationId>) -> bool {
    applied.organisation() == organisation
}

/// How many slots a week one organisation may have.
pub(super) fn within_quota(
    round: &Round,
    says: &Application,
    used: u32,
    more: u32,
) -> Result<(), Refused> {
    let quotas = round.facts.quotas.iter();
    let binding = quotas.filter(|it| it.applicant.is_none() || it.applicant == says.applicant);
    match binding.map(|quota| quota.slots).min().filter(|limit| used + more > *limit) {
        Some(limit) => Err(Refusal::Quota { limit, used }.into()),
        None => Ok(()),
    }
}

impl State {
    /// The room of a slot that is long and large enough.
    pub(super) fn suits(
        &self,
        round: &Round,
        at: u32,
        facts: &SeasonApplication,
    ) -> Result<&Room, Refused> {
        let none = || Refused::NotFound(Name::SeasonSlot(round.id, at));
        let slot = round.slot(at).ok_or_else(none)?;
        let room = self.rooms.get(slot.room).ok_or_else(none)?;
        if slot.minutes < facts.minutes {
            return Err(Refusal::SlotTooShort { slot: at, minutes: slot.minutes }.into());
        }
        if room.traits.capacity < facts.persons {
            let capacity = room.traits.capacity;
            return Err(Refusal::RoomTooSmall { slot: at, capacity }.into());
        }
        Ok(room)
    }

    /// Until the season is published, those who apply in it do not book its rooms directly, where its
    /// round says so.
    pub(in crate::model) fn not_around_a_season(
        &self,
        now: Timestamp,
        room: &Room,
        span: Interval,
        says: &Application,
    ) -> Result<(), Refused> {
        if says.organisation.is_none() {
            return Ok(());
        }
        let zone = &self.facilities.all[room.facility].zone;
        let day = zone.to_datetime(span.start()).date();
        let rounds = self.seasons.barring.iter().filter_map(|id| self.seasons.rounds.get(id));
        let mut pending = rounds.filter(|round| {
            let facts = &round.facts;
            let lets = |ix| facts.slots.iter().any(|slot| self.rooms.find(slot.room) == Some(ix));
            now >= facts.opens
                && (facts.first..=facts.last).contains(&day)
                && self.live_applications(round).any(|it| is_of(it, says.organisation))
                && room.relatives.iter().any(|ix| lets(*ix))
        });
        match pending.next() {
            Some(round) => Err(Refusal::RoundPending(round.id).into()),
            None => Ok(()),
        }
    }
}
