//! Doors: what opens them, told to whoever booked and in time; and a person, when a lock does not do
//! as told.
//!
//! What is keyed in stands nowhere here but sealed: it is opened when it is sent.

use dugnad_events::{
    BookingId, CodeId, DoorId, NoticeId,
    notices::{Event as Own, Fact, Notice, Urgency, What, Whose, Withdrawal},
    rooms::{DoorEvent, Removal, Said},
};
use dugnad_vault::PersonId;
use jiff::SignedDuration;

use super::super::{Steps, Telling, more, of};
use crate::model::{known::DoorCode, outbox::Kept};

/// That a booking has no code that works: to those on duty, and to whoever booked.
const LATE: [&str; 2] = ["door-late", "door-by-hand"];

pub(super) fn hear(steps: &mut Steps<'_>, event: &DoorEvent) {
    match event {
        DoorEvent::Set { door, what, .. } => {
            let (door, name, facility) = (*door, what.name.clone(), what.facility);
            let shown_minutes = what.lock.as_ref().map_or(0, |it| it.shown_minutes);
            steps.fact(Fact::Door { door, name, facility, shown_minutes });
        }
        DoorEvent::Planned { code, door, booking, window, digits, .. } => {
            let (door, booking, until) = (*door, *booking, window.end());
            let known = DoorCode { door, booking, until, digits: digits.clone(), works: false };
            keep(steps, *code, known);
        }
        DoorEvent::Kept { code, booking, window } => {
            let Some(known) = steps.state.known.codes.get(code).cloned() else { return };
            let known = DoorCode { booking: *booking, until: window.end(), ..known };
            if known.works {
                tell(steps, *code, &known);
            }
            keep(steps, *code, known);
        }
        DoorEvent::Confirmed { code, said: Said::Holds } => {
            let Some(known) = steps.state.known.codes.get(code).cloned() else { return };
            let known = DoorCode { works: true, ..known };
            steps.void(code, Withdrawal::Over);
            steps.void_kinds(known.booking, &LATE, Withdrawal::Over);
            tell(steps, *code, &known);
            keep(steps, *code, known);
        }
        DoorEvent::Lost { code } => {
            let Some(known) = steps.state.known.codes.get(code).cloned() else { return };
            untold(steps, known.booking);
            keep(steps, *code, DoorCode { works: false, ..known });
        }
        DoorEvent::Removing { code, why, .. } => removing(steps, *code, *why),
        DoorEvent::Removed { code, .. } => {
            steps.void(code, Withdrawal::Over);
            steps.fact(Fact::Over { name: code.to_string() });
        }
        DoorEvent::Resumed { code, .. } => steps.void(code, Withdrawal::Over),
        DoorEvent::Suspended { code, .. } => alarm(steps, *code, "door-stuck"),
        DoorEvent::Overstayed { code } => alarm(steps, *code, "door-overstayed"),
        DoorEvent::Late { door, booking, guards, .. } => late(steps, *door, *booking, guards),
        DoorEvent::LateOver { booking, .. } => {
            steps.void_kinds(booking, &LATE, Withdrawal::Over);
        }
        DoorEvent::Confirmed { .. } | DoorEvent::Setting { .. } | DoorEvent::Back { .. } => {}
    }
}

fn keep(steps: &mut Steps<'_>, code: CodeId, known: DoorCode) {
    let DoorCode { door, booking, until, digits, works } = known;
    steps.fact(Fact::DoorCode { code, door, booking, until, digits, works });
}

/// The code to whoever booked, no sooner than the door's rule says.
fn tell(steps: &mut Steps<'_>, id: CodeId, code: &DoorCode) {
    let name = code.booking.to_string();
    let (Some(held), Some(door)) =
        (steps.state.matters.get(&name), steps.state.known.doors.get(&code.door))
    else {
        return;
    };
    let matter = held.matter.clone();
    let Some(span) = matter.span else { return };
    let shown = SignedDuration::from_mins(i64::from(door.shown_minutes));
    let due = span.start().checked_sub(shown).ok();
    let told = of_codes(steps, code.booking).any(|(_, it)| {
        let same = it.facts.more.get("of") == Some(&id.to_string()) && it.facts.span == Some(span);
        same && !it.stage.is_live()
    });
    if told {
        return;
    }
    steps.void_kinds(&name, &[Notice::DOOR_CODE], Withdrawal::Superseded);
    let (until, more) = (Some(span.end()), more("of", id));
    let telling = of(&name, &matter, Notice::DOOR_CODE);
    let what = Some(What::Named(code.door.to_string()));
    steps.tell(matter.whose, Telling { what, due, until, more, ..telling });
}

/// What is to be said, or was, of a booking's codes and holds.
fn of_codes<'a>(
    steps: &Steps<'a>,
    booking: BookingId,
) -> impl Iterator<Item = (NoticeId, &'a Kept)> {
    let state = steps.state;
    let all = state.holding(&booking.to_string()).into_iter();
    let all = all.filter_map(|id| Some((id, state.notices.get(&id)?)));
    all.filter(|(_, it)| it.facts.is_door_code())
}

/// What has not left yet is not said; who has it need not hear it twice if it works again.
fn untold(steps: &mut Steps<'_>, booking: BookingId) {
    let notices: Vec<_> =
        of_codes(steps, booking).filter(|(_, it)| it.stage.is_live()).map(|(id, _)| id).collect();
    if !notices.is_empty() {
        steps.events.push(Own::Withdrawn { notices, why: Withdrawal::Over });
    }
}

/// Whoever was told a code that holds no more is told so, unless their booking itself is no more or
/// over.
fn removing(steps: &mut Steps<'_>, id: CodeId, why: Removal) {
    let Some(code) = steps.state.known.codes.get(&id).cloned() else { return };
    let told = steps.state.has_told(&code.booking.to_string(), Notice::DOOR_CODE);
    // When it is over, what was said of it is too; nobody needs to hear that.
    steps.void_kinds(code.booking, &[Notice::DOOR_CODE], Withdrawal::Over);
    if why != Removal::Door || !told {
        return;
    }
    let Some(held) = steps.state.matters.get(&code.booking.to_string()) else { return };
    let matter = held.matter.clone();
    let what = Some(What::Named(code.door.to_string()));
    steps.tell(matter.whose, Telling { what, ..of(code.booking, &matter, "door-changed") });
}

/// Somebody must open by hand: who is on duty in the building hears it, and who is on duty for all;
/// whoever booked hears that it is known.
fn late(steps: &mut Steps<'_>, door: DoorId, booking: BookingId, guards: &[PersonId]) {
    let held = steps.state.matters.get(&booking.to_string());
    let matter = held.map(|it| it.matter.clone());
    let what = Some(What::Named(door.to_string()));
    let span = matter.as_ref().and_then(|it| it.span);
    let (template, until) = ("door-late", span.map(|it| it.end()));
    let alarm = || {
        let telling = Telling { template, span, until, ..Telling::about(booking) };
        Telling { what: what.clone(), urgency: Urgency::Urgent, ..telling }
    };
    for guard in guards {
        steps.tell(Whose::Person(*guard), alarm());
    }
    steps.alarm(alarm());
    if let Some(matter) = matter {
        let urgency = Urgency::Urgent;
        let telling = of(booking, &matter, "door-by-hand");
        steps.tell(matter.whose, Telling { what, until, urgency, ..telling });
    }
}

fn alarm(steps: &mut Steps<'_>, id: CodeId, template: &'static str) {
    let Some(code) = steps.state.known.codes.get(&id) else { return };
    let what = Some(What::Named(code.door.to_string()));
    steps.alarm(Telling { template, what, ..Telling::about(id) });
}
