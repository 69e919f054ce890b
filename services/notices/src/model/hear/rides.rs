//! Rides: what was promised and what became of it, to whoever rides; what they drive, to drivers;
//! what fell out, to those on duty.

use dugnad_calendar::Interval;
use dugnad_events::{
    NoticeId, RideId, ShiftId,
    notices::{Fact, Matter, Urgency, What, Whose, Withdrawal},
    rides::{
        Broken, Cancelling, Closing, Event, Promise, Ride, Route, Shift, Span, instant, service_day,
    },
};
use dugnad_vault::PersonId;
use jiff::{SignedDuration, civil::Date};

use super::{Steps, Telling, more, of};
use crate::model::Held;

/// That nobody comes.
const OFF: [&str; 2] = ["ride-off", "delivery-off"];
/// Drivers hear of changes to what they drive from so long before they set out.
const NEAR: SignedDuration = SignedDuration::from_hours(12);

pub(super) fn hear(steps: &mut Steps<'_>, event: &Event) {
    match event {
        Event::RidePromised { ride, facts, promise, by, .. } => {
            promised(steps, *ride, facts, promise, facts.traveller.0 == *by);
        }
        Event::PromiseBroken { ride, why } => broken(steps, *ride, why),
        Event::RideCancelled { ride, why } => cancelled(steps, *ride, why),
        Event::NoShow { ride, .. } => {
            if let Some(was) = steps.over(ride) {
                let template = either(&was, "ride-no-show", "delivery-missed");
                steps.tell(was.whose, of(ride, &was, template));
            }
        }
        Event::RideStranded { ride } => {
            let matter = steps.state.matters.get(&ride.to_string()).map(|it| it.matter.clone());
            let (what, span) = matter.map(|it| (it.what, it.span)).unwrap_or_default();
            // Until somebody has seen to it, whenever it was to have been.
            let until = Some(jiff::Timestamp::MAX);
            let telling = Telling { what, span, until, ..Telling::about(ride) };
            steps.alarm(Telling { template: "ride-stranded", ..telling });
        }
        Event::OrderSet { order, facts, .. } => {
            let matter = matter(steps, facts.ride.traveller, What::Ride, None);
            steps.matter(order, Matter { own: true, ..matter });
        }
        Event::OrderEnded { order, .. } => {
            if let Some(was) = steps.over(order) {
                steps.tell(was.whose, of(order, &was, "order-ended"));
            }
        }
        Event::DateRefused { order, day, reason, .. } => {
            let Some(held) = steps.state.matters.get(&order.to_string()) else { return };
            let matter = held.matter.clone();
            let until = Some(instant(*day, NOON));
            let mut telling = of(order, &matter, "ride-refused");
            telling.more = more("reason", reason);
            telling.more.insert("dates".to_owned(), day.to_string());
            steps.tell(matter.whose, Telling { until, ..telling });
        }
        Event::AnswerRefused { about, person, reason, .. } => {
            super::answer_refused(steps, about, *person, reason);
        }
        other => of_drivers(steps, other),
    }
}

/// What drivers, and those on duty, must hear.
fn of_drivers(steps: &mut Steps<'_>, event: &Event) {
    match event {
        Event::ShiftSet { shift, facts } => shift_set(steps, *shift, facts),
        Event::ShiftClosed { shift, why, .. } => closed(steps, *shift, why),
        Event::RouteSet { shift, route } => route_set(steps, *shift, route),
        Event::DriverWithoutVehicle { assignment, span, .. } => {
            let (template, what) = ("drive-without-vehicle", Some(What::Driving));
            let span = Some(*span);
            steps.tell_duty(Telling { template, what, span, ..Telling::about(assignment) });
        }
        _ => {}
    }
}

const NOON: i32 = 12 * 3600;

fn interval(day: Date, span: Span) -> Option<Interval> {
    let (from, until) = (instant(day, span.from), instant(day, span.until));
    Interval::new(from, until.max(from.checked_add(SignedDuration::from_mins(1)).ok()?)).ok()
}

/// Who rides waits to be fetched; what is brought is awaited itself.
fn awaited(what: &Option<What>, promise: &Promise) -> Span {
    if *what == Some(What::Delivery) { promise.dropoff } else { promise.pickup }
}

fn either(matter: &Matter, ride: &'static str, delivery: &'static str) -> &'static str {
    if matter.what == Some(What::Delivery) { delivery } else { ride }
}

fn matter(steps: &Steps<'_>, who: PersonId, what: What, span: Option<Interval>) -> Matter {
    let (whose, at) = (Whose::Person(who), steps.cx.now);
    Matter { whose, what: Some(what), span, own: false, remind: false, at, of: None }
}

/// What comes by a standing order, or is brought, is not announced one by one.
fn promised(steps: &mut Steps<'_>, id: RideId, ride: &Ride, promise: &Promise, own: bool) {
    let what = if ride.delivery { What::Delivery } else { What::Ride };
    let span = awaited(&Some(what.clone()), promise);
    let matter = matter(steps, ride.traveller, what, interval(ride.day, span));
    // Who was told that nobody comes hears that somebody does.
    let off = |id: &NoticeId| {
        let kept = steps.state.notices.get(id);
        kept.is_some_and(|it| OFF.contains(&it.facts.template.as_str()))
    };
    let regained = steps.state.holding(&id.to_string()).iter().any(off);
    let quietly = !regained && (ride.order.is_some() || ride.delivery);
    let matter = Matter { own: own || quietly, remind: !ride.delivery, ..matter };
    steps.void(id, Withdrawal::Superseded);
    if !quietly {
        let urgency = if own && !regained { Urgency::Info } else { Urgency::Normal };
        let told = of(id, &matter, either(&matter, "ride-promised", "delivery-changed"));
        let more = more("reason", "PLAN_CHANGED");
        steps.tell(matter.whose, Telling { urgency, more, ..told });
    }
    steps.matter(id, matter);
}

/// Late, at another time, or not at all: the first two hold from now on.
fn broken(steps: &mut Steps<'_>, id: RideId, why: &Broken) {
    let name = id.to_string();
    let Some(Held { matter: held, known, .. }) = steps.state.matters.get(&name).cloned() else {
        return;
    };
    let more = more("reason", &why.reason);
    let Some(promise) = &why.instead else {
        steps.over(id);
        let template = either(&held, "ride-off", "delivery-off");
        let told = Telling { more: more.clone(), ..of(id, &held, template) };
        steps.tell(held.whose, told);
        // Somebody may yet find another way to fetch them.
        steps.tell_duty(Telling { more, urgency: Urgency::Urgent, ..of(id, &held, "ride-lost") });
        return;
    };
    let Some(day) = held.span.map(|it| service_day(it.start())) else { return };
    let span = awaited(&held.what, promise);
    let same = interval(day, span) == held.span;
    let now = Matter { span: interval(day, span), at: steps.cx.now, ..held };
    steps.void(id, Withdrawal::Superseded);
    let of_ride = match why.reason.as_str() {
        // They have not heard of the first promise yet.
        _ if !known => "ride-promised",
        // They are fetched, or were, as promised, and are there later.
        _ if same => "ride-longer",
        "LATE" => "ride-late",
        _ => "ride-changed",
    };
    let template = either(&now, of_ride, "delivery-changed");
    // Who is aboard, or waits at the door, hears it until they were to be there.
    let until = Some(instant(day, promise.dropoff.until));
    steps.tell(now.whose, Telling { more, until, ..of(id, &now, template) });
    steps.matter(id, now);
}

fn cancelled(steps: &mut Steps<'_>, id: RideId, why: &Cancelling) {
    let Some(was) = steps.over(id) else { return };
    let template = match why {
        // They are told so once, of the order.
        Cancelling::OrderEnded | Cancelling::TravellerErased => return,
        Cancelling::Asked(_) | Cancelling::NoWayThere | Cancelling::Freed => {
            either(&was, "ride-cancelled", "delivery-cancelled")
        }
    };
    steps.tell(was.whose, of(id, &was, template));
}

/// Who got it by way of matching has been told there.
fn shift_set(steps: &mut Steps<'_>, id: ShiftId, shift: &Shift) {
    let matched = shift.assignment.is_some();
    let matter = matter(steps, shift.driver, What::Driving, interval(shift.day, shift.hours));
    let matter = Matter { own: matched, remind: !matched, ..matter };
    if let Some(before) = steps.over(id).filter(|it| it.whose != matter.whose) {
        steps.tell(before.whose, of(id, &before, "drive-off"));
    }
    if !matched {
        steps.tell(matter.whose, of(id, &matter, "drive"));
    }
    steps.matter(id, matter);
}

fn closed(steps: &mut Steps<'_>, id: ShiftId, why: &Closing) {
    let Some(was) = steps.state.matters.get(&id.to_string()).map(|it| it.matter.clone()) else {
        return;
    };
    steps.over(id);
    let (to_driver, reason) = match why {
        Closing::VehicleOut => (true, Some("VEHICLE_OUT")),
        Closing::DriverIll => (true, Some("DRIVER_ILL")),
        Closing::Asked(_) => (true, None),
        // Matching has told them, or they are no more.
        Closing::Withdrawn | Closing::DriverErased => (false, Some("DRIVER_GONE")),
    };
    if to_driver {
        steps.tell(was.whose, of(id, &was, "drive-off"));
    }
    if let Some(reason) = reason {
        let telling = Telling { more: more("reason", reason), ..of(id, &was, "drive-out") };
        let until = was.span.map(|it| it.end());
        steps.tell_duty(Telling { until, urgency: Urgency::Urgent, ..telling });
    }
}

/// A driver hears that the stops ahead are others than before once that is near; newer news takes
/// the place of older.
fn route_set(steps: &mut Steps<'_>, id: ShiftId, route: &Route) {
    let stops = digest(route);
    let known = steps.state.known.routes.get(&id).copied();
    let Some(matter) = steps.state.matters.get(&id.to_string()).map(|it| it.matter.clone()) else {
        return;
    };
    if known == Some(stops) {
        return;
    }
    steps.fact(Fact::Route { shift: id, stops });
    let Some(span) = matter.span else { return };
    if span.start().duration_since(steps.cx.now) > NEAR || span.end() <= steps.cx.now {
        return;
    }
    // On the road they must hear it now; before that it is in what they read when they set out.
    let urgency = if span.start() <= steps.cx.now { Urgency::Urgent } else { Urgency::Info };
    steps.void_kinds(id, &["drive-changed"], Withdrawal::Superseded);
    let telling = Telling { until: Some(span.end()), ..of(id, &matter, "drive-changed") };
    steps.tell(matter.whose, Telling { urgency, ..telling });
}

/// Of the stops in their order; when they are is no change that a driver must hear of by itself.
fn digest(route: &Route) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for stop in &route.visits {
        hasher.update(format!("{:?};", stop.visit).as_bytes());
    }
    let [a, b, c, d, e, f, g, h, ..] = *hasher.finalize().as_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}
