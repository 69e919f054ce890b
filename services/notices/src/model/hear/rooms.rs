//! Rooms: bookings, requests, what is held, and what takes a booking's place; evening shifts, doors
//! and season allocation below.

mod door;
mod season;
mod shift;

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, RoomId,
    notices::{Fact, Matter, Urgency, What, Whose, Withdrawal},
    rooms::{Cause, Event},
};
use dugnad_vault::PersonId;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Steps, Telling, more, of};

pub(super) fn hear(steps: &mut Steps<'_>, event: &Event) {
    match event {
        Event::FacilityRegistered { facility, name, .. } => {
            steps.fact(Fact::Facility { facility: *facility, name: name.clone() });
        }
        Event::RoomRegistered { room, facility, traits, .. } => {
            let (room, facility, name) = (*room, *facility, traits.name.clone());
            steps.fact(Fact::Room { room, facility, name });
        }
        Event::Booked { booking, room, span, by, series, .. } => {
            let booked = Matter { remind: true, ..matter(steps, *room, *span, *by) };
            // A series is confirmed once, and not date by date.
            if series.is_none() {
                let info = Telling { urgency: Urgency::Info, ..of(booking, &booked, "booked") };
                steps.tell(booked.whose, info);
            }
            steps.matter(booking, booked);
        }
        Event::SeriesBooked { series, room, by, .. } => {
            let (template, urgency) = ("booked-series", Urgency::Info);
            let what = Some(What::Room(*room));
            let telling = Telling { template, urgency, what, ..Telling::about(series) };
            steps.tell(Whose::Person(PersonId(*by)), telling);
        }
        Event::Held { booking, room, span, by, until, wait } => {
            let held = matter(steps, *room, *span, *by);
            if wait.is_some() {
                let until = Some(*until);
                steps.tell(held.whose, Telling { until, ..of(booking, &held, "room-free") });
            }
            steps.matter(booking, held);
        }
        Event::Requested { booking, room, span, by, .. } => {
            let asked = matter(steps, *room, *span, *by);
            let info = Telling { urgency: Urgency::Info, ..of(booking, &asked, "requested") };
            steps.tell(asked.whose, info);
            steps.matter(booking, asked);
        }
        Event::Approved { booking, room, span, .. } => {
            changed(steps, *booking, *room, *span, "approved");
        }
        Event::Moved { booking, room, span, .. } => {
            changed(steps, *booking, *room, *span, "moved");
        }
        Event::Cancelled { booking, cause, .. } => {
            let Some(was) = steps.over(booking) else { return };
            let (template, urgency) = match cause {
                Cause::Asked => ("cancelled", Urgency::Info),
                Cause::Denied => ("denied", Urgency::Normal),
                Cause::Lapsed => ("lapsed", Urgency::Normal),
                Cause::RoomClosed => ("room-closed", Urgency::Normal),
                Cause::Unhosted => ("unhosted", Urgency::Normal),
                // What came of it is told by an event of its own.
                Cause::TakenUp | Cause::Displaced => return,
            };
            steps.tell(was.whose, Telling { urgency, ..of(booking, &was, template) });
        }
        Event::Displaced { booking, whom, room, span, instead, .. } => {
            let was = matter(steps, *room, *span, *whom);
            let free = instead.iter().take(3).map(|it| it.start().to_string());
            let free = free.collect::<Vec<_>>().join(" ");
            let more = more("instead", free);
            steps.tell(was.whose, Telling { more, ..of(booking, &was, "displaced") });
        }
        Event::Shift(event) => shift::hear(steps, event),
        Event::Door(event) => door::hear(steps, event),
        Event::Season(event) => season::hear(steps, event),
        _ => {}
    }
}

/// Whoever made it knows of it.
fn matter(steps: &Steps<'_>, room: RoomId, span: Interval, by: Uuid) -> Matter {
    Matter {
        whose: Whose::Person(PersonId(by)),
        what: Some(What::Room(room)),
        span: Some(span),
        own: true,
        remind: false,
        at: steps.cx.now,
        of: None,
    }
}

/// A booking is so from now on. They must hear it before it was to begin, and before it begins.
fn changed(
    steps: &mut Steps<'_>,
    booking: BookingId,
    room: RoomId,
    span: Interval,
    template: &'static str,
) {
    let Some(held) = steps.state.matters.get(&booking.to_string()) else { return };
    let before: Option<Timestamp> = held.matter.span.as_ref().map(Interval::start);
    let Whose::Person(PersonId(by)) = held.matter.whose else { return };
    let now = Matter { remind: true, ..matter(steps, room, span, by) };
    steps.void(booking, Withdrawal::Superseded);
    let until = before.into_iter().chain([span.start()]).filter(|it| *it > steps.cx.now).min();
    let more = before.map(|it| more("before", it)).unwrap_or_default();
    steps.tell(now.whose, Telling { until, more, ..of(booking, &now, template) });
    steps.matter(booking, now);
}
