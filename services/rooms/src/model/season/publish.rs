//! Publishing: a slot of the draft becomes a series, each date held against everything that is booked
//! and closed, and against the letting rules.

use dugnad_events::{
    SeasonRoundId,
    rooms::{Event, Pattern, SeasonEvent, SeasonRound, SeasonSlot, Skipped},
};
use dugnad_ledger::Context;
use jiff::{
    ToSpan as _,
    civil::{Date, DateTime},
};

use super::{
    super::{Name, Refusal as Refused, State, series},
    Refusal, SeasonApplied, event,
};

/// One that is published already stays as it is.
pub(super) fn grant(
    state: &State,
    cx: &Context,
    id: SeasonRoundId,
    at: u32,
) -> Result<Vec<Event>, Refused> {
    let round = state.existing_round(id)?;
    let draft = round.draft.as_ref().ok_or(Refusal::NoDraft(id))?;
    let found = draft.grants.get(&at).zip(round.slot(at));
    let (grant, slot) = found.ok_or(Refused::NotFound(Name::SeasonSlot(id, at)))?;
    if grant.outcome.is_some() {
        return Ok(Vec::new());
    }
    let applied = state.season_application(grant.application);
    let applied = applied.ok_or(Refusal::NotLive(grant.application))?;
    let mut made = made(state, cx, &round.facts, slot, applied)?;
    let (series, skipped) = (made.series, std::mem::take(&mut made.skipped));
    made.events.push(event(SeasonEvent::GrantPublished { round: id, slot: at, series, skipped }));
    Ok(made.events)
}

/// Only once every slot is.
pub(super) fn done(state: &State, id: SeasonRoundId) -> Result<Vec<Event>, Refused> {
    let round = state.existing_round(id)?;
    let draft = round.draft.as_ref().ok_or(Refusal::NoDraft(id))?;
    if round.published {
        return Ok(Vec::new());
    }
    match draft.grants.iter().find(|(_, grant)| grant.outcome.is_none()) {
        Some((slot, _)) => Err(Refused::NotFound(Name::SeasonSlot(id, *slot))),
        None => Ok(vec![event(SeasonEvent::Published { round: id })]),
    }
}

fn made(
    state: &State,
    cx: &Context,
    round: &SeasonRound,
    slot: &SeasonSlot,
    applied: &SeasonApplied,
) -> Result<series::Made, Refused> {
    let Some(first) = first_day(round, slot) else { return Ok(series::Made::default()) };
    let pattern = pattern(round, slot, first, applied.facts.minutes);
    // Whoever it is about is gone: nobody can be reached about it.
    let Some(details) = applied.details.clone() else {
        let reason = "PERSON_ERASED".to_owned();
        let message = "whoever was to be reached about it is gone".to_owned();
        let skipped = vec![Skipped { start: pattern.start, reason, message }];
        return Ok(series::Made { skipped, ..series::Made::default() });
    };
    let (_, room) = state
        .rooms
        .find(slot.room)
        .map(|ix| (ix, &state.rooms[ix]))
        .ok_or(Refused::NotFound(Name::RoomId(slot.room)))?;
    series::for_season(state, cx, room, pattern, details, applied.by, &applied.facts.says)
}

fn first_day(round: &SeasonRound, slot: &SeasonSlot) -> Option<Date> {
    let weekday = i64::from(round.first.weekday().to_monday_zero_offset());
    let ahead = (i64::from(slot.weekday) - weekday).rem_euclid(7);
    Some(round.first.saturating_add(ahead.days())).filter(|first| *first <= round.last)
}

fn pattern(round: &SeasonRound, slot: &SeasonSlot, first: Date, minutes: u16) -> Pattern {
    let weeks = round.last.since(first).map_or(0, |span| span.get_days()) / 7 + 1;
    let on = |day: Date| -> DateTime {
        let (hour, minute) = (slot.start / 60, slot.start % 60);
        // Both fit: a day has 24 hours of 60 minutes.
        day.at(hour as i8, minute as i8, 0, 0)
    };
    let left_out = round.left_out.iter().filter(|day| {
        day.weekday().to_monday_zero_offset() == slot.weekday as i8
            && (first..=round.last).contains(*day)
    });
    Pattern {
        start: on(first),
        minutes,
        rrule: format!("FREQ=WEEKLY;COUNT={weeks}"),
        exdates: left_out.map(|day| on(*day)).collect(),
    }
}
