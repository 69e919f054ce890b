//! Invariant 5.

use dugnad_events::{
    RideId, ShiftId, VehicleId,
    rides::{
        Base, Broken, Event, Load, Moment, Pause, Planned, Promise, Report, Ride, Route, Shift,
        Span, Vehicle, Visit,
    },
    volunteers::Location,
};
use dugnad_vault::PersonId;
use jiff::civil::date;

use super::{Told, id, noon, sealed};

const SHIFT: ShiftId = ShiftId(uuid::Uuid::nil());

fn ride(n: u64) -> RideId {
    RideId(id(n))
}

fn span(from: Moment, until: Moment) -> Span {
    Span { from, until }
}

/// A car with two seats, from 1000 to 9000, with a pause.
fn town() -> Told {
    let mut rides = Told::of("rides");
    let at = Base::At(Location { lat: 0, lon: 0 });
    let facts = Vehicle {
        name: "Bil".to_owned(),
        configurations: vec![Load { seats: 2, ..Default::default() }],
        has: Vec::new(),
        start: at.clone(),
        end: Some(at),
        in_use: true,
    };
    rides.says([Event::VehicleSet { vehicle: VehicleId(id(8)), facts }]);
    let facts = Shift {
        day: date(2026, 12, 1),
        vehicle: VehicleId(id(8)),
        driver: PersonId(id(7)),
        hours: span(1_000, 9_000),
        pauses: vec![Pause { begins: span(1_000, 8_000), lasts: 100 }],
        assignment: None,
    };
    rides.says([Event::ShiftSet { shift: SHIFT, facts }]);
    rides
}

/// Fetched between 2000 and 3000, there by 5000, a minute to get in and out.
pub(super) fn promised(n: u64, longest: i32) -> Event {
    let facts = Ride {
        day: date(2026, 12, 1),
        traveller: PersonId(id(n)),
        way: sealed(),
        pickup: span(0, 9_000),
        dropoff: span(0, 9_000),
        service: [60, 60],
        load: Load { seats: 1, ..Default::default() },
        needs: Vec::new(),
        refuses: Vec::new(),
        longest,
        priority: 0,
        delivery: false,
        about: String::new(),
        return_of: None,
        order: None,
    };
    let promise = Promise { pickup: span(2_000, 3_000), dropoff: span(2_000, 5_000) };
    Event::RidePromised { ride: ride(n), facts, promise, shift: SHIFT, by: id(9), at: noon() }
}

fn is_pause(stop: &Planned) -> bool {
    matches!(stop.visit, Visit::Pause(_))
}

fn stop(visit: Visit, begins: Moment, leg: i32) -> Planned {
    Planned { visit, begins, leg, metres: 0 }
}

fn route(visits: Vec<Planned>) -> Event {
    let back = visits.last().map_or(1_000, |last| last.begins + 100 + 500);
    let route = Route { leaves: 1_000, visits, back, last_leg: 500, last_metres: 0 };
    Event::RouteSet { shift: SHIFT, route }
}

/// Fetches the first, then the second, and brings them in that order; then pauses.
fn good() -> Vec<Planned> {
    vec![
        stop(Visit::Pickup(ride(1)), 2_000, 900),
        stop(Visit::Pickup(ride(2)), 2_400, 300),
        stop(Visit::Dropoff(ride(1)), 3_000, 500),
        stop(Visit::Dropoff(ride(2)), 3_600, 500),
        stop(Visit::Pause(0), 3_700, 0),
    ]
}

/// Fetches and brings the first alone.
fn alone() -> Vec<Planned> {
    let second = [Visit::Pickup(ride(2)), Visit::Dropoff(ride(2))];
    good().into_iter().filter(|stop| !second.contains(&stop.visit)).collect()
}

#[test]
fn a_route_that_keeps_every_promise_is_as_it_must_be() {
    let mut rides = town();
    rides.says([promised(1, 2_000), promised(2, 2_000), route(good())]);

    let found = rides.ends();

    assert!(found.only(5).is_empty(), "{found:?}");
    assert_eq!(found.of(5).counted[..2], [(2, "rides promised"), (1, "routes")]);
}

#[test]
fn whatever_a_route_breaks_is_found() {
    type Break = fn(&mut Vec<Planned>);
    let breaks: [(Break, &str); 10] = [
        (|it| it[0].begins = 1_990, "comes earlier"),
        (|it| it[3].begins = 5_500, "comes later"),
        (|it| it[1].begins = 2_300, "before the vehicle can be there"),
        (|it| it.swap(0, 2), "who never got in"),
        (
            |it| it.retain(|stop| stop.visit != Visit::Dropoff(ride(1)) && !is_pause(stop)),
            "never out",
        ),
        (|it| it.insert(1, stop(Visit::Pickup(ride(1)), 2_100, 0)), "fetches"),
        (|it| it.insert(4, stop(Visit::Dropoff(ride(2)), 3_660, 0)), "twice"),
        (|it| it.swap(4, 3), "with somebody aboard"),
        (|it| it[4].begins = 8_100, "begins too late"),
        (|it| it[4].visit = Visit::Pause(3), "a pause that there is not"),
    ];
    for (breaks, what) in breaks {
        let mut visits = good();
        breaks(&mut visits);
        if !what.contains("be there") {
            visits.iter_mut().for_each(|stop| stop.leg = 0);
        }
        let mut rides = town();
        rides.says([promised(1, 9_000), promised(2, 9_000), route(visits)]);

        let found = rides.ends();

        assert!(found.of(5).findings.iter().any(|it| it.what.contains(what)), "{what}: {found:?}");
    }
}

#[test]
fn a_place_too_few_and_a_ride_too_long_are_found() {
    let mut rides = town();
    let mut three = good();
    three.insert(2, stop(Visit::Pickup(ride(3)), 2_500, 40));
    three.insert(4, stop(Visit::Dropoff(ride(3)), 3_200, 40));
    rides.says([promised(1, 9_000), promised(2, 9_000), promised(3, 9_000), route(three)]);
    assert!(rides.ends().only(5)[0].contains("there is no place"));

    let mut rides = town();
    rides.says([promised(1, 900), promised(2, 9_000), route(good())]);
    assert!(rides.ends().only(5)[0].contains("aboard for too long"));
}

#[test]
fn a_promise_that_no_route_keeps_is_found() {
    let mut rides = town();
    rides.says([promised(1, 9_000), promised(2, 9_000), route(alone())]);

    assert_eq!(rides.ends().only(5).len(), 2);
}

#[test]
fn what_a_driver_reports_may_be_late_if_it_is_told_and_early_anyhow() {
    let why = Broken {
        reason: "LATE".to_owned(),
        text: "the vehicle is late".to_owned(),
        instead: Some(Promise { pickup: span(2_000, 3_300), dropoff: span(2_000, 5_000) }),
    };
    let told = Event::PromiseBroken { ride: ride(1), why };
    for (left, told, found) in [(1_900, None, 0), (3_300, None, 1), (3_300, Some(told), 0)] {
        let mut rides = town();
        rides.says([promised(1, 9_000), route(alone())]);
        let (visit, report) = (Visit::Pickup(ride(1)), Report::Left);
        let reported = Event::Reported { shift: SHIFT, visit, report, at: left, proof: None };
        let mut later = alone();
        later[0].begins = left;
        let late = (left - 2_060).max(0);
        later[1..].iter_mut().for_each(|stop| stop.begins += late);
        let all = [reported].into_iter().chain(told).chain([route(later)]);
        rides.says(all);

        let report = rides.ends();

        assert_eq!(report.of(5).found, found, "{left}: {report:?}");
    }
}
