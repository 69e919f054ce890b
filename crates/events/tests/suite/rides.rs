//! One of each event of rides.

use dugnad_events::{
    AssignmentId, Code, FacilityId, NeedId, NoticeId, OccurrenceId, RideId, RoomId, RoomName,
    ShiftId, StandingOrderId, VehicleId,
    activities::{Outside, Place, WantId, Way},
    rides::{
        Base, Broken, Cancelling, Closing, Driver, Entrance, Event, Heard, Load, Pause, Planned,
        Promise, Report, Ride, Route, Rules, Shift, Span, Spot, StandingOrder, Traveller, Vehicle,
        Visit, Wanted,
    },
    volunteers::Location,
};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};

use super::{id, sealed, span};

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

fn day() -> Date {
    "2026-12-01".parse().unwrap()
}

fn at() -> Timestamp {
    "2026-12-01T17:00:00Z".parse().unwrap()
}

fn person() -> PersonId {
    PersonId(id(1))
}

fn location() -> Location {
    Location { lat: 59_744_000, lon: 10_204_500 }
}

fn hours(from: i32) -> Span {
    Span { from, until: from + 1_800 }
}

fn promise() -> Promise {
    Promise { pickup: hours(30_000), dropoff: hours(31_000) }
}

fn load() -> Load {
    Load { seats: 2, wheelchairs: 1, walkers: 1, child_seats: 1, boxes: 3 }
}

fn facts() -> Ride {
    Ride {
        day: day(),
        traveller: person(),
        way: sealed(),
        pickup: hours(29_000),
        dropoff: hours(31_000),
        service: [120, 60],
        load: load(),
        needs: vec![code("ramp")],
        refuses: vec![PersonId(id(2))],
        longest: 3_600,
        priority: 7,
        delivery: true,
        about: "activities/1".into(),
        return_of: Some(RideId(id(3))),
        order: Some(StandingOrderId(id(4))),
    }
}

/// The least that a ride says.
fn plain() -> Ride {
    Ride {
        needs: Vec::new(),
        refuses: Vec::new(),
        about: String::new(),
        return_of: None,
        order: None,
        ..facts()
    }
}

fn route() -> Route {
    let ride = RideId(id(5));
    let visits = [Visit::Pickup(ride), Visit::Dropoff(ride), Visit::Pause(0)];
    let planned = |visit| Planned { visit, begins: 30_000, leg: 600, metres: 9_000 };
    let visits = visits.into_iter().map(planned).collect();
    Route { leaves: 29_000, visits, back: 33_000, last_leg: 300, last_metres: 4_000 }
}

pub(super) fn samples() -> Vec<(&'static str, Event)> {
    [data(), of_shifts(), of_rides(), of_orders(), heard(), wanted()].concat()
}

fn data() -> Vec<(&'static str, Event)> {
    let rules = Rules {
        slack: 600,
        wait: 1_200,
        horizon_days: 7,
        ore_per_km: 400,
        driver_kinds: vec![code("driver")],
    };
    let vehicle = |start, end| Vehicle {
        name: "Minibuss 1".into(),
        configurations: vec![load(), Load::default()],
        has: vec![code("ramp")],
        start,
        end,
        in_use: true,
    };
    let base = Base::At(location());
    let set = |facts| Event::VehicleSet { vehicle: VehicleId(id(6)), facts };
    let driver = Driver {
        employed: true,
        can: vec![code("stairs")],
        refuses: vec![PersonId(id(2))],
        vehicle: Some(VehicleId(id(6))),
        active: true,
    };
    vec![
        ("", Event::RulesSet { rules }),
        ("open", set(vehicle(base.clone(), Some(base)))),
        ("home", set(vehicle(Base::Home(sealed()), None))),
        ("", Event::DriverSet { driver: person(), facts: driver }),
    ]
}

fn of_shifts() -> Vec<(&'static str, Event)> {
    let shift = ShiftId(id(7));
    let facts = |pauses, assignment| Shift {
        day: day(),
        vehicle: VehicleId(id(6)),
        driver: person(),
        hours: Span { from: 28_000, until: 50_000 },
        pauses,
        assignment,
    };
    let pause = Pause { begins: hours(40_000), lasts: 1_800 };
    let closed = |why| Event::ShiftClosed { shift, from: 36_000, why };
    let full = facts(vec![pause], Some(AssignmentId(id(8))));
    let ride = RideId(id(5));
    let reported = |visit, report, proof| Event::Reported { shift, visit, report, at: 1, proof };
    vec![
        ("full", Event::ShiftSet { shift, facts: full }),
        ("plain", Event::ShiftSet { shift, facts: facts(Vec::new(), None) }),
        ("vehicle_out", closed(Closing::VehicleOut)),
        ("driver_ill", closed(Closing::DriverIll)),
        ("withdrawn", closed(Closing::Withdrawn)),
        ("driver_erased", closed(Closing::DriverErased)),
        ("asked", closed(Closing::Asked(code("snow")))),
        ("", Event::ShiftOverran { shift, until: 51_000 }),
        ("", Event::PauseMoved { shift, pause: 0, until: 42_000 }),
        ("", Event::ShiftHeld { shift, until: 36_000 }),
        ("", Event::RouteSet { shift, route: route() }),
        ("arrived", reported(Visit::Pickup(ride), Report::Arrived, None)),
        ("left", reported(Visit::Dropoff(ride), Report::Left, Some(sealed()))),
        ("pause", reported(Visit::Pause(0), Report::Left, None)),
    ]
}

fn of_rides() -> Vec<(&'static str, Event)> {
    let (ride, shift, by) = (RideId(id(5)), ShiftId(id(7)), id(9));
    let promised = |facts| {
        let promise = promise();
        Event::RidePromised { ride, facts, promise, shift, by, at: at() }
    };
    let broken = |instead| {
        let (reason, text) = ("VEHICLE_OUT".to_owned(), "the vehicle is out".to_owned());
        Event::PromiseBroken { ride, why: Broken { reason, text, instead } }
    };
    let cancelled = |why| Event::RideCancelled { ride, why };
    let (reason, text) = ("LATE".to_owned(), "the vehicle is late".to_owned());
    vec![
        ("full", promised(facts())),
        ("plain", promised(plain())),
        ("", Event::RideMoved { ride, shift }),
        ("", Event::RideLoosened { ride, reason, text }),
        ("instead", broken(Some(promise()))),
        ("nobody", broken(None)),
        ("", Event::RideLengthened { ride, longest: 4_000 }),
        ("asked", cancelled(Cancelling::Asked(code("ill")))),
        ("no_way_there", cancelled(Cancelling::NoWayThere)),
        ("freed", cancelled(Cancelling::Freed)),
        ("order_ended", cancelled(Cancelling::OrderEnded)),
        ("traveller_erased", cancelled(Cancelling::TravellerErased)),
        ("", Event::NoShow { ride, at: 30_000 }),
        ("", Event::RideStranded { ride }),
    ]
}

fn of_orders() -> Vec<(&'static str, Event)> {
    let (order, by) = (StandingOrderId(id(4)), id(9));
    let rrule = "FREQ=WEEKLY;COUNT=4".to_owned();
    let facts =
        StandingOrder { ride: facts(), home: Some(Box::new(plain())), rrule, until: Some(day()) };
    let (reason, text) = ("NO_SHIFT".to_owned(), "nobody drives".to_owned());
    vec![
        ("", Event::OrderSet { order, facts, by }),
        ("", Event::OrderEnded { order, on: day() }),
        ("", Event::OrderExpanded { order, through: day() }),
        ("", Event::DateRefused { order, day: day(), reason, text }),
    ]
}

fn heard() -> Vec<(&'static str, Event)> {
    let (need, assignment) = (NeedId(id(10)), AssignmentId(id(8)));
    let refused = Event::AnswerRefused {
        notice: NoticeId(id(9)),
        person: person(),
        about: "rides/1".into(),
        reason: "RIDE_NOT_OPEN".into(),
    };
    vec![
        ("", Event::NeedHeard { need, slots: vec![vec![span()]] }),
        ("", Event::DriverWithoutVehicle { assignment, driver: person(), span: span() }),
        ("", Event::DriverNotWaiting { assignment }),
        ("", Event::PersonErased { person: person() }),
        ("", refused),
    ]
}

fn wanted() -> Vec<(&'static str, Event)> {
    let ride = WantId(id(11)).ride();
    let room = RoomName { facility: FacilityId(id(12)), room: RoomId(id(13)) };
    let wanted = |place, areas| {
        let (about, way, companion) = (OccurrenceId(id(14)), Way::There, true);
        let wanted = Wanted { about, traveller: person(), companion, way, at: at(), place, areas };
        Event::RideWanted { ride, wanted: Box::new(wanted) }
    };
    let outside = Outside { place: "Torget".into(), at: Some(location()) };
    let (reason, text) = ("NO_HOME".to_owned(), "where they live is not known".to_owned());
    let traveller = Traveller {
        home: sealed(),
        load: load(),
        needs: vec![code("ramp")],
        refuses: vec![PersonId(id(2))],
        service: [120, 60],
        longest: 3_600,
    };
    let spot = Spot { at: location(), address: "Torget 1".into() };
    let entrance = Entrance { facility: room.facility, spot };
    let receiver = |area, needs| Heard::Receiver { person: person(), area, needs };
    let speaks = |may, until| Heard::Representative {
        person: person(),
        representative: PersonId(id(2)),
        may,
        until,
    };
    let heard = |heard| Event::Heard { heard };
    vec![
        ("", Event::TravellerSet { person: person(), facts: traveller }),
        ("", Event::EntranceSet { entrance }),
        ("room", wanted(Place::Room(room), vec![code("bragernes")])),
        ("outside", wanted(Place::Outside(outside), Vec::new())),
        ("", Event::RideRefused { ride, reason, text }),
        ("", Event::WantReleased { ride }),
        ("receiver", heard(receiver(Some(code("bragernes")), vec![code("ramp")]))),
        ("receiver_plain", heard(receiver(None, Vec::new()))),
        ("representative", heard(speaks(true, Some(day())))),
        ("representative_plain", heard(speaks(false, None))),
    ]
}
