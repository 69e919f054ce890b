//! Puts answers together.

use dugnad_events::rides::{self, Base, Load, Moment, Span, Way};
use dugnad_proto::rides::v1 as pb;
use jiff::{Timestamp, civil::Date};

use crate::{
    dispatcher::{InTheWay, NoRide},
    model::{self, Ride, Shift, Standing, State, Visit},
};

pub(super) fn stamp(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.as_second(), nanos: 0 }
}

pub(super) fn instant(day: Date, at: Moment) -> prost_types::Timestamp {
    stamp(model::instant(day, at))
}

pub(super) fn window(day: Date, span: Span) -> pb::Window {
    pb::Window { from: Some(instant(day, span.from)), until: Some(instant(day, span.until)) }
}

fn seconds(seconds: i32) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds: seconds.into(), nanos: 0 })
}

fn location(at: dugnad_events::volunteers::Location) -> pb::Location {
    pb::Location { lat_e6: at.lat, lon_e6: at.lon }
}

pub(super) fn load(load: Load) -> pb::Load {
    pb::Load {
        seats: load.seats.into(),
        wheelchairs: load.wheelchairs.into(),
        walkers: load.walkers.into(),
        child_seats: load.child_seats.into(),
        boxes: load.boxes.into(),
    }
}

fn names<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

pub(super) fn rules(rules: &rides::Rules) -> pb::Rules {
    pb::Rules {
        slack: seconds(rules.slack),
        wait: seconds(rules.wait),
        horizon_days: rules.horizon_days.into(),
        refund_ore_per_km: rules.ore_per_km as i32,
        driver_kinds: names(&rules.driver_kinds),
    }
}

pub(super) fn vehicle(id: dugnad_events::VehicleId, facts: &rides::Vehicle) -> pb::Vehicle {
    let at = |base: &Base| match base {
        Base::At(at) => Some(location(*at)),
        Base::Home(_) => None,
    };
    let owner = match &facts.start {
        Base::Home(home) => home.person().to_string(),
        Base::At(_) => String::new(),
    };
    pb::Vehicle {
        name: id.to_string(),
        title: facts.name.clone(),
        configurations: facts.configurations.iter().copied().map(load).collect(),
        has: names(&facts.has),
        start: at(&facts.start),
        end: facts.end.as_ref().and_then(at),
        owner,
        retired: !facts.in_use,
    }
}

pub(super) fn driver(person: dugnad_vault::PersonId, facts: &rides::Driver) -> pb::Driver {
    pb::Driver {
        person: person.to_string(),
        employed: facts.employed,
        can: names(&facts.can),
        refuses: names(&facts.refuses),
        vehicle: facts.vehicle.map(|it| it.to_string()).unwrap_or_default(),
        inactive: !facts.active,
    }
}

pub(super) fn shift(shift: &Shift, now: Timestamp) -> pb::Shift {
    let day = shift.facts.day;
    let open = shift.is_open(model::moment(day, now));
    let state = if open { pb::ShiftState::Open } else { pb::ShiftState::Closed };
    let pause = |pause: &rides::Pause| pb::Pause {
        begins: Some(window(day, pause.begins)),
        lasts: seconds(pause.lasts),
    };
    pb::Shift {
        name: shift.id.to_string(),
        vehicle: shift.facts.vehicle.to_string(),
        driver: shift.facts.driver.to_string(),
        hours: Some(window(day, Span { from: shift.facts.hours.from, until: shift.until })),
        pauses: shift.pauses.iter().map(pause).collect(),
        state: state.into(),
        day: day.to_string(),
        assignment: shift.facts.assignment.map(|it| it.to_string()).unwrap_or_default(),
    }
}

pub(super) fn spot(spot: rides::Spot) -> pb::Spot {
    pb::Spot { at: Some(location(spot.at)), address: spot.address }
}

pub(super) fn traveller(
    person: dugnad_vault::PersonId,
    facts: &rides::Traveller,
    home: Option<rides::Home>,
) -> pb::Traveller {
    let (home, note) = home.map(|home| (spot(home.spot), home.note)).unzip();
    pb::Traveller {
        person: person.to_string(),
        home,
        load: Some(load(facts.load)),
        needs: names(&facts.needs),
        refuses: names(&facts.refuses),
        boarding: seconds(facts.service[0]),
        alighting: seconds(facts.service[1]),
        longest_aboard: seconds(facts.longest),
        note: note.unwrap_or_default(),
    }
}

pub(super) fn entrance(facility: dugnad_events::FacilityId, at: rides::Spot) -> pb::Entrance {
    pb::Entrance { facility: facility.to_string(), spot: Some(spot(at)) }
}

fn state_of(standing: Standing) -> pb::RideState {
    match standing {
        Standing::Promised => pb::RideState::Promised,
        Standing::Loose => pb::RideState::Loose,
        Standing::Unserved => pb::RideState::Unserved,
        Standing::Aboard => pb::RideState::Aboard,
        Standing::Done => pb::RideState::Done,
        Standing::Cancelled => pb::RideState::Cancelled,
        Standing::NoShow => pb::RideState::NoShow,
        Standing::Stranded => pb::RideState::Stranded,
    }
}

/// A ride without what is sealed.
pub(super) fn ride(
    state: &State,
    id: dugnad_events::RideId,
    ride: &Ride,
    now: Timestamp,
) -> pb::Ride {
    let facts = &ride.facts;
    let day = facts.day;
    let standing = state.standing(id, model::moment(day, now)).unwrap_or(ride.standing);
    let trip = pb::Trip {
        traveller: facts.traveller.to_string(),
        load: Some(load(facts.load)),
        needs: names(&facts.needs),
        refuses: names(&facts.refuses),
        boarding: seconds(facts.service[0]),
        alighting: seconds(facts.service[1]),
        longest_aboard: seconds(facts.longest),
        priority: facts.priority.into(),
        about: facts.about.clone(),
        ..pb::Trip::default()
    };
    let promised = standing != Standing::Unserved;
    let planned = |visit| {
        let shift = state.shifts.get(&ride.shift?)?;
        let stop = &shift.stops[shift.find(visit)?];
        standing.is_live().then(|| instant(day, stop.begins))
    };
    let broken = ride.broken.as_ref();
    pb::Ride {
        name: id.to_string(),
        trip: Some(trip),
        state: state_of(standing).into(),
        day: day.to_string(),
        pickup: promised.then(|| window(day, ride.promise.pickup)),
        dropoff: promised.then(|| window(day, ride.promise.dropoff)),
        shift: ride.shift.map(|it| it.to_string()).unwrap_or_default(),
        return_of: facts.return_of.map(|it| it.to_string()).unwrap_or_default(),
        standing_order: facts.order.map(|it| it.to_string()).unwrap_or_default(),
        delivery: facts.delivery,
        broken_reason: broken.map(|it| it.reason.clone()).unwrap_or_default(),
        broken_text: broken.map(|it| it.text.clone()).unwrap_or_default(),
        pickup_expected: planned(Visit::Pickup(id)),
        dropoff_expected: planned(Visit::Dropoff(id)),
    }
}

/// A ride as it was when it was first promised: what a repeated request is answered with.
pub(super) fn first(
    state: &State,
    id: dugnad_events::RideId,
    known: &Ride,
    now: Timestamp,
) -> pb::Ride {
    let day = known.facts.day;
    pb::Ride {
        state: pb::RideState::Promised.into(),
        pickup: Some(window(day, known.first.pickup)),
        dropoff: Some(window(day, known.first.dropoff)),
        shift: String::new(),
        broken_reason: String::new(),
        broken_text: String::new(),
        pickup_expected: None,
        dropoff_expected: None,
        ..ride(state, id, known, now)
    }
}

/// Adds what was opened.
pub(super) fn opened(mut ride: pb::Ride, way: Option<Way>) -> pb::Ride {
    if let (Some(trip), Some(way)) = (&mut ride.trip, way) {
        trip.from = Some(spot(way.from));
        trip.to = Some(spot(way.to));
        trip.note = way.note;
    }
    ride
}

pub(super) fn refusal(no: NoRide, day: Date) -> pb::RideRefusal {
    let obstacle = |it: InTheWay| pb::Obstacle {
        shift: it.shift.to_string(),
        vehicle_title: it.title,
        reasons: it.reasons.into_iter().map(ToOwned::to_owned).collect(),
        text: it.text,
    };
    pb::RideRefusal {
        reason: no.reason.to_owned(),
        text: no.text,
        obstacles: no.obstacles.into_iter().map(obstacle).collect(),
        nearest_pickup: no.nearest.map(|promise| window(day, promise.pickup)),
        nearest_dropoff: no.nearest.map(|promise| window(day, promise.dropoff)),
        is_way_home: no.is_way_home,
    }
}
