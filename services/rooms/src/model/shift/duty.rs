//! What happens on a shift: the log, deviations, handing over, and who did not come.

use dugnad_events::{
    AssignmentId, ShiftId,
    rooms::{Event, LogKind, ShiftEvent, Unhosted},
};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};

use super::{
    super::{Name, Refusal as Refused, State},
    Refusal, Shift, event, hosts,
};

/// The most entries in the log of one shift.
pub const MOST_LOGGED: usize = 200;

pub(super) fn log(
    state: &State,
    cx: &Context,
    id: ShiftId,
    kind: LogKind,
    about: Option<PersonId>,
    text: Sealed<String>,
    office: bool,
) -> Result<Vec<Event>, Refused> {
    let shift = hosted(state, cx, id, office)?;
    state.people.not_erased(text.person())?;
    room_for_more(shift)?;
    let (by, at) = (cx.caller.id, cx.now);
    Ok(vec![event(ShiftEvent::Logged { shift: id, by, at, kind, about, text })])
}

/// To somebody who hosts in the same building on the same day.
pub(super) fn hand_over(
    state: &State,
    cx: &Context,
    id: ShiftId,
    to: PersonId,
    text: Option<Sealed<String>>,
) -> Result<Vec<Event>, Refused> {
    let shift = hosted(state, cx, id, false)?;
    let by = PersonId(cx.caller.id);
    state.people.not_erased(by)?;
    if let Some(other) = shift.in_charge.filter(|it| *it != by) {
        return Err(Refusal::NotInCharge { shift: id, by: other }.into());
    }
    let hosts = |shift: &Shift| !shift.dropped && shift.is_hosted_by(to);
    if to == by || !state.shifts.of(shift.facility, shift.day).any(hosts) {
        return Err(Refusal::NotAmongHosts { person: to }.into());
    }
    room_for_more(shift)?;
    Ok(vec![event(ShiftEvent::HandedOver { shift: id, by, to, at: cx.now, text })])
}

pub(super) fn take_over(state: &State, cx: &Context, id: ShiftId) -> Result<Vec<Event>, Refused> {
    let shift = state.existing_shift(id)?;
    let by = PersonId(cx.caller.id);
    match shift.handover {
        Some((_, to)) if to == by => {
            Ok(vec![event(ShiftEvent::TakenOver { shift: id, by, at: cx.now })])
        }
        _ if shift.in_charge == Some(by) => Ok(Vec::new()),
        _ => Err(Refusal::NotHandedOver(id).into()),
    }
}

/// Said by the municipality, or by somebody else who came. If nobody is left, it alarms.
pub(super) fn no_show(
    state: &State,
    cx: &Context,
    id: ShiftId,
    assignment: AssignmentId,
    office: bool,
) -> Result<Vec<Event>, Refused> {
    let shift = hosted(state, cx, id, office)?;
    let host = shift.hosts.get(&assignment);
    let host = host.ok_or(Refused::NotFound(Name::Assignment(assignment)))?;
    let start = shift.facts.span.start();
    if cx.now < start {
        return Err(Refusal::NotBegun { shift: id, start }.into());
    }
    if host.missed {
        return Ok(Vec::new());
    }
    let (by, at) = (cx.caller.id, cx.now);
    let mut events = vec![event(ShiftEvent::NoShow { shift: id, assignment, by, at })];
    if shift.coming() <= 1 {
        let mut without = shift.clone();
        without.hosts.clear();
        events.extend(hosts::unhosted(state, cx, &without, Unhosted::Warn));
    }
    Ok(events)
}

/// A live shift that the caller hosts, or has the office for.
fn hosted<'a>(
    state: &'a State,
    cx: &Context,
    id: ShiftId,
    office: bool,
) -> Result<&'a Shift, Refused> {
    let shift = state.existing_shift(id)?;
    if !office && !shift.is_hosted_by(PersonId(cx.caller.id)) {
        return Err(Refusal::NotAHost(id).into());
    }
    if shift.dropped {
        return Err(Refusal::Dropped(id).into());
    }
    Ok(shift)
}

fn room_for_more(shift: &Shift) -> Result<(), Refused> {
    if shift.log.len() >= MOST_LOGGED {
        return Err(Refused::TooMany { what: "entries in one log", limit: MOST_LOGGED });
    }
    Ok(())
}
