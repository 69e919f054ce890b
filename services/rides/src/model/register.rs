//! Vehicles, drivers and their shifts.

use dugnad_calendar::Interval;
use dugnad_events::{
    AssignmentId, ShiftId, VehicleId,
    rides::{Driver, Event, Shift as Facts, Span, Vehicle},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;

use super::{Refusal, State, day::Shift, propose::plannable, time};

/// The most vehicles, in use or not.
pub const MOST_VEHICLES: usize = 2_000;
/// The most drivers.
pub const MOST_DRIVERS: usize = 5_000;
/// The most shifts of one day.
pub const MOST_SHIFTS: usize = 1_000;

pub(super) fn set_vehicle(
    state: &State,
    cx: &Context,
    vehicle: Option<VehicleId>,
    facts: Vehicle,
) -> Result<Vec<Event>, Refusal> {
    let vehicle = match vehicle {
        Some(known) if !state.vehicles.contains_key(&known) => {
            return Err(Refusal::NotFound(known.to_string()));
        }
        Some(known) => known,
        None if state.vehicles.len() >= MOST_VEHICLES => {
            return Err(Refusal::TooMany { what: "vehicles", limit: MOST_VEHICLES });
        }
        None => VehicleId(cx.id(0)),
    };
    Ok(vec![Event::VehicleSet { vehicle, facts }])
}

/// A driver is told of, and gets the shifts that waited for a vehicle of theirs.
pub(super) fn set_driver(
    state: &State,
    cx: &Context,
    driver: PersonId,
    facts: Driver,
) -> Result<Vec<Event>, Refusal> {
    state.not_erased(driver)?;
    if let Some(vehicle) = facts.vehicle.filter(|it| !state.vehicles.contains_key(it)) {
        return Err(Refusal::NotFound(vehicle.to_string()));
    }
    if !state.drivers.contains_key(&driver) && state.drivers.len() >= MOST_DRIVERS {
        return Err(Refusal::TooMany { what: "drivers", limit: MOST_DRIVERS });
    }
    let mut shifts = Vec::new();
    let waits = state.without_vehicle.iter().filter(|(_, (waits, _))| *waits == driver);
    for (assignment, (_, spans)) in waits {
        for (vehicle, span) in facts.vehicle.iter().flat_map(|it| spans.iter().map(|s| (*it, *s))) {
            let id = ShiftId(cx.id(shifts.len() as u32));
            let shift = of_span(span, vehicle, driver, *assignment);
            if may_drive(state, cx, Some(&facts), &shift).is_ok() {
                shifts.push(Event::ShiftSet { shift: id, facts: shift });
            }
        }
    }
    let mut events = vec![Event::DriverSet { driver, facts }];
    events.extend(shifts);
    Ok(events)
}

/// The shift of a time that matching gave a place for.
pub(super) fn of_span(
    span: Interval,
    vehicle: VehicleId,
    driver: PersonId,
    assignment: AssignmentId,
) -> Facts {
    let day = time::service_day(span.start());
    let at = |at| time::moment(day, at);
    let hours = Span { from: at(span.start()), until: at(span.end()) };
    Facts { day, vehicle, driver, hours, pauses: Vec::new(), assignment: Some(assignment) }
}

pub(super) fn set_shift(state: &State, cx: &Context, facts: Facts) -> Result<Vec<Event>, Refusal> {
    may_drive(state, cx, state.drivers.get(&facts.driver), &facts)?;
    Ok(vec![Event::ShiftSet { shift: ShiftId(cx.id(0)), facts }])
}

fn may_drive(
    state: &State,
    cx: &Context,
    driver: Option<&Driver>,
    facts: &Facts,
) -> Result<(), Refusal> {
    state.not_erased(facts.driver)?;
    plannable(cx.now, facts.day)?;
    let vehicle = state.vehicles.get(&facts.vehicle);
    let vehicle = vehicle.ok_or_else(|| Refusal::NotFound(facts.vehicle.to_string()))?;
    if !vehicle.in_use {
        return Err(Refusal::VehicleRetired(facts.vehicle));
    }
    let driver = driver.ok_or_else(|| Refusal::NotFound(facts.driver.to_string()))?;
    if !driver.active {
        return Err(Refusal::DriverInactive(facts.driver));
    }
    let day = state.days.get(&facts.day);
    if day.is_some_and(|day| day.shifts.len() >= MOST_SHIFTS) {
        return Err(Refusal::TooMany { what: "shifts a day", limit: MOST_SHIFTS });
    }
    let now = time::moment(facts.day, cx.now);
    if facts.hours.until <= now {
        let problem = "must not be over".to_owned();
        return Err(Refusal::Invalid { field: "shift.hours", problem });
    }
    overlaps(state, facts)
}

/// That vehicle and driver have no other shift then.
fn overlaps(state: &State, facts: &Facts) -> Result<(), Refusal> {
    let shifts = state.days.get(&facts.day).into_iter().flat_map(|day| &day.shifts);
    let shifts = shifts.filter_map(|id| state.shifts.get(id));
    let at_once = |shift: &&Shift| {
        let from = shift.facts.hours.from;
        let until = shift.closed.as_ref().map_or(shift.until, |(from, _)| shift.until.min(*from));
        from < facts.hours.until && facts.hours.from < until
    };
    for shift in shifts.filter(at_once) {
        let what = if shift.facts.vehicle == facts.vehicle {
            facts.vehicle.to_string()
        } else if shift.facts.driver == facts.driver {
            facts.driver.to_string()
        } else {
            continue;
        };
        return Err(Refusal::ShiftOverlaps { what, by: shift.id });
    }
    Ok(())
}
