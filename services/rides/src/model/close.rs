//! Shifts that do nothing more from a time on, and who is left standing by it.

use dugnad_events::{
    ShiftId,
    rides::{Broken, Closing, Event, Moment, Visit},
};
use dugnad_ledger::Context;
use jiff::Timestamp;

use super::{
    State,
    command::closing_words,
    day::{Shift, Standing, Stop},
    settle::{Overlay, Why},
    time,
};

/// Shifts do nothing more from a time on. Who is aboard then, if it is now, is stranded; who has no
/// place any more keeps their promise for now.
pub(super) fn close(
    state: &State,
    cx: &Context,
    shifts: &[ShiftId],
    from: Option<Timestamp>,
    why: &Closing,
) -> Vec<Event> {
    let mut events = Vec::new();
    for id in shifts {
        let Some(shift) = state.shifts.get(id) else { continue };
        let now = time::moment(shift.facts.day, cx.now);
        let from = from.map_or(now, |from| time::moment(shift.facts.day, from)).max(now);
        events.push(Event::ShiftClosed { shift: *id, from, why: why.clone() });
        let (reason, text) = closing_words(why);
        if from > now {
            let mut next = shift.clone();
            next.until = next.until.min(from).max(next.facts.hours.from);
            next.closed = Some((from, why.clone()));
            let mut overlay = Overlay::new(state);
            events.extend(overlay.settle(&mut next, now, &Why::new(reason, text)));
        } else {
            stop_now(state, shift, now, (reason, text), &mut events);
        }
    }
    events
}

fn stop_now(
    state: &State,
    shift: &Shift,
    now: Moment,
    (reason, text): (&'static str, &'static str),
    events: &mut Vec<Event>,
) {
    let there = |visit: Visit| {
        shift.find(visit).is_some_and(|at| {
            let stop = &shift.stops[at];
            let reported = shift.stops[at..].iter().any(Stop::is_reported);
            reported || stop.begins <= now && at < shift.begun(now)
        })
    };
    let mut stranded = Vec::new();
    for stop in &shift.stops {
        let Visit::Pickup(ride) = stop.visit else { continue };
        let serves = state
            .rides
            .get(&ride)
            .is_some_and(|ride| matches!(ride.standing, Standing::Promised | Standing::Aboard));
        if !serves || there(Visit::Dropoff(ride)) {
            continue;
        }
        if there(stop.visit) {
            stranded.push(ride);
        } else {
            events.push(Why::new(reason, text).loosens(ride));
        }
    }
    let mut next = shift.clone();
    next.stops.retain(|stop| there(stop.visit));
    next.back = next.stops.last().map_or(next.facts.hours.from, |stop| stop.begins.max(now));
    (next.last_leg, next.last_metres) = (0, 0);
    events.push(Event::RouteSet { shift: shift.id, route: next.route() });
    for ride in stranded {
        let why = Broken { reason: reason.to_owned(), text: text.to_owned(), instead: None };
        events.push(Event::PromiseBroken { ride, why });
        events.push(Event::RideStranded { ride });
    }
}
