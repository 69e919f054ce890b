//! What other services said: who was erased, and whom matching gave a place as a driver.

use dugnad_events::{
    AssignmentId, NeedId, NoticeId, RideId,
    rides::{Cancelling, Closing, Event},
};
use dugnad_ledger::{Caller, Context};
use dugnad_vault::PersonId;

use super::{
    Refusal, State,
    close::close,
    command::{Fact, Happening},
    happen::{call_off, happened},
    register::{of_span, set_shift},
    time, wants,
};

/// The most needs for drivers that are remembered.
const MOST_NEEDS: usize = 20_000;

pub(super) fn hear(state: &State, cx: &Context, fact: Fact) -> Vec<Event> {
    match fact {
        Fact::Erased(person) => erased(state, cx, person),
        Fact::Need { need, kind, slots } => {
            let is_for_us = state.rules.driver_kinds.contains(&kind);
            let fits = state.needs.len() < MOST_NEEDS;
            if is_for_us && fits { vec![Event::NeedHeard { need, slots }] } else { Vec::new() }
        }
        Fact::Assigned { assignment, need, slot, person } => {
            assigned(state, cx, assignment, need, slot, person)
        }
        Fact::Unassigned(assignments) => {
            let shifts = assignments.iter().filter_map(|it| state.of_assignments.get(it)).flatten();
            let open = shifts.copied().filter(|id| {
                state
                    .shifts
                    .get(id)
                    .is_some_and(|it| it.is_open(time::moment(it.facts.day, cx.now)))
            });
            let waiting = assignments.iter().filter(|it| state.without_vehicle.contains_key(it));
            let mut events: Vec<Event> =
                waiting.map(|it| Event::DriverNotWaiting { assignment: *it }).collect();
            let open: Vec<_> = open.collect();
            events.extend(close(state, cx, &open, None, &Closing::Withdrawn));
            events
        }
        Fact::Wanted { ride, wanted } => wants::want(state, cx, ride, *wanted),
        Fact::Released(rides) => wants::release(state, cx, &rides),
        Fact::Said(heard) => wants::hear(state, heard),
        Fact::Car { person, seats } => car(state, person, seats),
        Fact::CannotRide { notice, person, ride } => cannot_ride(state, cx, notice, person, ride),
    }
}

/// Done in their own name. Nobody waits for a refusal, so it is an event: whoever told them tells
/// them that too.
fn cannot_ride(
    state: &State,
    cx: &Context,
    notice: NoticeId,
    person: PersonId,
    ride: RideId,
) -> Vec<Event> {
    let caller = Caller { tenant: cx.caller.tenant.clone(), id: person.0 };
    let cx = Context { caller, ..cx.clone() };
    let reason = "none-given".parse().expect("it is a code");
    let cancel = Happening::Cancel { ride, reason, office: false };
    happened(state, &cx, cancel).unwrap_or_else(|refusal| {
        let (about, reason) = (ride.to_string(), refusal.name().to_owned());
        vec![Event::AnswerRefused { notice, person, about, reason }]
    })
}

fn erased(state: &State, cx: &Context, person: PersonId) -> Vec<Event> {
    if state.erased.contains(&person) {
        return Vec::new();
    }
    let today = time::service_day(cx.now);
    let rides = state.by_person.get(&person).into_iter().flatten();
    let to_come = rides.filter(|(day, _)| *day >= today);
    let gone: Vec<_> = to_come.map(|(_, id)| (*id, Cancelling::TravellerErased)).collect();
    let mut events = wants::release_all_of(state, person);
    events.push(Event::PersonErased { person });
    events.extend(call_off(state, cx, &gone));
    let orders = state.orders.iter().filter(|(_, order)| {
        order.facts.ride.traveller == person && order.facts.until.is_none_or(|it| it >= today)
    });
    events.extend(orders.map(|(id, _)| Event::OrderEnded { order: *id, on: today }));
    let shifts = state.days.range(today..).flat_map(|(_, day)| &day.shifts);
    let theirs = shifts.copied().filter(|id| {
        state.shifts.get(id).is_some_and(|it| {
            let now = time::moment(it.facts.day, cx.now);
            it.facts.driver == person && it.is_open(now) && it.until > now
        })
    });
    let theirs: Vec<_> = theirs.collect();
    events.extend(close(state, cx, &theirs, None, &Closing::DriverErased));
    events
}

fn assigned(
    state: &State,
    cx: &Context,
    assignment: AssignmentId,
    need: NeedId,
    slot: u32,
    person: PersonId,
) -> Vec<Event> {
    let windows = state.needs.get(&need).and_then(|slots| slots.get(slot as usize));
    let mut events = Vec::new();
    for (n, span) in (0..).zip(windows.into_iter().flatten()) {
        let vehicle = state.drivers.get(&person).and_then(|driver| driver.vehicle);
        let made = vehicle.ok_or(()).and_then(|vehicle| {
            let facts = of_span(*span, vehicle, person, assignment);
            // Each window is a shift of its own, and has an id of its own.
            let cx = Context { request: cx.id(n), ..cx.clone() };
            set_shift(state, &cx, facts).map_err(|_: Refusal| ())
        });
        let without = Event::DriverWithoutVehicle { assignment, driver: person, span: *span };
        events.extend(made.unwrap_or_else(|()| vec![without]));
    }
    events
}

/// A volunteer has a car, or none any more: what they drive in rides follows where it is theirs alone.
fn car(state: &State, person: PersonId, seats: Option<u8>) -> Vec<Event> {
    let Some(driver) = state.drivers.get(&person) else { return Vec::new() };
    let Some(id) = driver.vehicle else { return Vec::new() };
    let Some(vehicle) = state.vehicles.get(&id) else { return Vec::new() };
    let is_theirs = matches!(&vehicle.start, dugnad_events::rides::Base::Home(home)
        if home.person() == person);
    if !is_theirs || vehicle.in_use == seats.is_some() {
        return Vec::new();
    }
    let mut facts = vehicle.clone();
    facts.in_use = seats.is_some();
    vec![Event::VehicleSet { vehicle: id, facts }]
}
