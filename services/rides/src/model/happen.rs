//! What happens, and who loses their place by it. The fact is true whatever a solver says: it is
//! committed first, together with the promises that became loose; the dispatcher looks for places
//! then.

use dugnad_events::{
    Code, RideId, ShiftId,
    rides::{Cancelling, Closing, Event, Moment, Report, Visit},
};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::Timestamp;

use super::{
    Refusal, State,
    close::close,
    command::{Happening, or_now},
    day::{Shift, Standing},
    settle::{Overlay, Why},
    time,
};

type Decided = Result<Vec<Event>, Refusal>;

pub(super) fn happened(state: &State, cx: &Context, what: Happening) -> Decided {
    match what {
        Happening::Stop { shift, visit, report, at, proof, office } => {
            let shift = state.own_shift(cx, shift, office)?;
            report_stop(state, cx, shift, visit, (report, at), proof)
        }
        Happening::NoShow { shift, ride, at, office } => {
            let shift = state.own_shift(cx, shift, office)?;
            no_show(state, cx, shift, ride, at)
        }
        Happening::Late { shift, by, office } => {
            let shift = state.own_shift(cx, shift, office)?;
            late(state, cx, shift, by)
        }
        Happening::Cancel { ride, reason, office } => cancel(state, cx, ride, reason, office),
        Happening::Free { about } => Ok(free(state, cx, &about)),
        Happening::VehicleOut { vehicle, from, until, office } => {
            if !state.vehicles.contains_key(&vehicle) {
                return Err(Refusal::NotFound(vehicle.to_string()));
            }
            let theirs = |shift: &Shift| shift.facts.vehicle == vehicle;
            let caller = PersonId(cx.caller.id);
            let mut shifts = between(state, cx, from, until, theirs);
            if !office {
                shifts.retain(|id| state.shifts[id].facts.driver == caller);
                if shifts.is_empty() {
                    return Err(Refusal::NotYours(vehicle.to_string()));
                }
            }
            Ok(close(state, cx, &shifts, from, &Closing::VehicleOut))
        }
        Happening::DriverOut { driver, from, until } => {
            let theirs = |shift: &Shift| shift.facts.driver == driver;
            let shifts = between(state, cx, from, until, theirs);
            Ok(close(state, cx, &shifts, from, &Closing::DriverIll))
        }
    }
}

/// Shifts that have not ended by a time and begin before another, the days in order.
fn between(
    state: &State,
    cx: &Context,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    of: impl Fn(&Shift) -> bool,
) -> Vec<ShiftId> {
    let from = from.unwrap_or(cx.now).max(cx.now);
    let first = time::service_day(from);
    let last = until.map_or(first, time::service_day).max(first);
    let days = state.days.range(first..=last).flat_map(|(_, day)| &day.shifts);
    let concerned = |shift: &Shift| {
        let day = shift.facts.day;
        shift.is_open(time::moment(day, from))
            && time::instant(day, shift.until.max(shift.back)) > from
            && until.is_none_or(|until| time::instant(day, shift.facts.hours.from) <= until)
    };
    let found = days.filter_map(|id| state.shifts.get(id));
    found.filter(|shift| of(shift) && concerned(shift)).map(|shift| shift.id).collect()
}

fn report_stop(
    state: &State,
    cx: &Context,
    shift: &Shift,
    visit: Visit,
    (report, at): (Report, Option<Timestamp>),
    proof: Option<Sealed<String>>,
) -> Decided {
    let day = shift.facts.day;
    let now = time::moment(day, cx.now);
    if !shift.is_open(now) {
        return Err(Refusal::ShiftClosed(shift.id));
    }
    let at = reported_at(shift, now, or_now(at, day, now))?;
    let wrong = |problem| Refusal::NotAtStop { shift: shift.id, problem };
    let place = shift.find(visit).ok_or_else(|| wrong("it has no such stop"))?;
    let stop = &shift.stops[place];
    if stop.left.is_some() || shift.stops[place + 1..].iter().any(super::day::Stop::is_reported) {
        return Err(wrong("it has left it"));
    }
    if report == Report::Arrived && stop.arrived.is_some() {
        return Err(wrong("it was there already"));
    }
    if let Visit::Dropoff(ride) = visit
        && shift.find(Visit::Pickup(ride)).is_none()
    {
        return Err(wrong("nobody is aboard"));
    }
    let fact = Event::Reported { shift: shift.id, visit, report, at, proof };
    let why = Why::new("LATE", "the vehicle is late");
    Ok(follow(state, now, shift, fact, &why))
}

/// When something was reported: not ahead of now, nor before what was reported before.
fn reported_at(shift: &Shift, now: Moment, at: Moment) -> Result<Moment, Refusal> {
    let last = shift.stops.iter().filter_map(|stop| stop.left.or(stop.arrived)).max();
    let problem = match last {
        _ if at > now => "must not lie in the future",
        Some(last) if at < last => "must not lie before what was reported last",
        _ => return Ok(at),
    };
    Err(Refusal::Invalid { field: "at", problem: problem.to_owned() })
}

/// A fact of one shift, and what becomes of it then.
fn follow(state: &State, now: Moment, shift: &Shift, fact: Event, why: &Why) -> Vec<Event> {
    let mut overlay = Overlay::new(state);
    let mut next = shift.clone();
    apply(&mut overlay, &mut next, &fact);
    let mut events = vec![fact];
    events.extend(overlay.settle(&mut next, now, why));
    events
}

/// What a fact changes, as replay does it.
fn apply(overlay: &mut Overlay<'_>, shift: &mut Shift, fact: &Event) {
    match fact {
        Event::Reported { visit, report, at, .. } => {
            let window = match *visit {
                Visit::Pickup(ride) => overlay.change(ride).map(|ride| &mut ride.promise.pickup),
                Visit::Dropoff(ride) => overlay.change(ride).map(|ride| &mut ride.promise.dropoff),
                Visit::Pause(_) => None,
            };
            shift.reported(*visit, *report, *at, window);
        }
        Event::NoShow { ride, at } => {
            shift.no_show(*ride, *at);
            if let Some(ride) = overlay.change(*ride) {
                ride.standing = Standing::NoShow;
            }
        }
        Event::RideCancelled { ride, .. } => {
            if let Some(ride) = overlay.change(*ride) {
                ride.standing = Standing::Cancelled;
            }
        }
        _ => {}
    }
}

fn late(state: &State, cx: &Context, shift: &Shift, by: i32) -> Decided {
    let now = time::moment(shift.facts.day, cx.now);
    if !shift.is_open(now) {
        return Err(Refusal::ShiftClosed(shift.id));
    }
    let mut overlay = Overlay::new(state);
    let mut next = shift.clone();
    let begun = next.begun(now);
    let mut events = Vec::new();
    // One that is under way arrives later; one that stands goes on later.
    match begun.checked_sub(1).map(|at| &mut next.stops[at]) {
        Some(stop) if !stop.is_reported() && stop.begins > now => {
            stop.leg += by;
            stop.begins += by;
        }
        _ => {
            let until = now.max(next.held) + by;
            next.held = until;
            events.push(Event::ShiftHeld { shift: shift.id, until });
        }
    }
    let why = Why::new("LATE", "the vehicle is late");
    events.extend(overlay.settle(&mut next, now, &why));
    Ok(events)
}

fn no_show(
    state: &State,
    cx: &Context,
    shift: &Shift,
    id: RideId,
    at: Option<Timestamp>,
) -> Decided {
    let day = shift.facts.day;
    let now = time::moment(day, cx.now);
    if !shift.is_open(now) {
        return Err(Refusal::ShiftClosed(shift.id));
    }
    let at = reported_at(shift, now, or_now(at, day, now))?;
    let wrong = |problem| Refusal::NotAtStop { shift: shift.id, problem };
    let place = shift.find(Visit::Pickup(id)).ok_or_else(|| wrong("it has no such stop"))?;
    let ride = state.ride(id)?;
    if ride.standing != Standing::Promised || shift.stops[place].left.is_some() {
        return Err(wrong("it has left it"));
    }
    if place >= shift.begun(now) {
        return Err(wrong("it has not set out to it"));
    }
    let fact = Event::NoShow { ride: id, at };
    let home = homes_of(state, cx, id);
    let mut events = vec![fact.clone()];
    events.extend(home.iter().map(cancelled));
    let gone: Vec<RideId> = home.iter().map(|(ride, _)| *ride).collect();
    let others = shifts_of(state, &gone).into_iter().filter(|other| *other != shift.id);
    events.extend(without(state, cx, shift.id, &gone, Some(&fact)));
    for other in others {
        events.extend(without(state, cx, other, &gone, None));
    }
    Ok(events)
}

/// The way home of a ride that is not driven falls away with it.
fn homes_of(state: &State, cx: &Context, there: RideId) -> Vec<(RideId, Cancelling)> {
    let home = state.rides.get(&there).and_then(|ride| ride.home);
    let open = |home: &RideId| {
        let ride = &state.rides[home];
        state.can_be_called_off(*home, time::moment(ride.facts.day, cx.now))
    };
    home.filter(open).map(|home| (home, Cancelling::NoWayThere)).into_iter().collect()
}

fn cancel(state: &State, cx: &Context, id: RideId, reason: Code, office: bool) -> Decided {
    let ride = state.ride(id)?;
    let is_theirs = state.speaks_for(PersonId(cx.caller.id), ride.facts.traveller, cx.now);
    if !office && !is_theirs {
        return Err(Refusal::NotYours(id.to_string()));
    }
    let now = time::moment(ride.facts.day, cx.now);
    if !state.can_be_called_off(id, now) {
        let standing = state.standing_words(id, now);
        return Err(Refusal::RideNotOpen { ride: id, standing });
    }
    let mut gone = vec![(id, Cancelling::Asked(reason))];
    gone.extend(homes_of(state, cx, id));
    Ok(call_off(state, cx, &gone))
}

/// Calls rides off where nobody is aboard yet; nothing of those for whom it is too late.
pub(super) fn call_off(state: &State, cx: &Context, rides: &[(RideId, Cancelling)]) -> Vec<Event> {
    let mut gone: Vec<(RideId, Cancelling)> = Vec::new();
    for (id, why) in rides {
        let Some(ride) = state.rides.get(id) else { continue };
        let now = time::moment(ride.facts.day, cx.now);
        if state.can_be_called_off(*id, now) && gone.iter().all(|(other, _)| other != id) {
            gone.push((*id, why.clone()));
        }
    }
    let mut events: Vec<Event> = gone.iter().map(cancelled).collect();
    let gone: Vec<RideId> = gone.into_iter().map(|(id, _)| id).collect();
    for shift in shifts_of(state, &gone) {
        events.extend(without(state, cx, shift, &gone, None));
    }
    events
}

fn cancelled((ride, why): &(RideId, Cancelling)) -> Event {
    Event::RideCancelled { ride: *ride, why: why.clone() }
}

/// Which shifts serve rides, each once.
fn shifts_of(state: &State, rides: &[RideId]) -> Vec<ShiftId> {
    let mut shifts = Vec::new();
    for ride in rides.iter().filter_map(|id| state.rides.get(id)) {
        if ride.standing == Standing::Promised
            && let Some(shift) = ride.shift.filter(|shift| !shifts.contains(shift))
        {
            shifts.push(shift);
        }
    }
    shifts
}

/// A shift without some rides, and with what happened to it. To whom it had set out it goes all the
/// same.
fn without(
    state: &State,
    cx: &Context,
    shift: ShiftId,
    gone: &[RideId],
    fact: Option<&Event>,
) -> Vec<Event> {
    let Some(shift) = state.shifts.get(&shift) else { return Vec::new() };
    let now = time::moment(shift.facts.day, cx.now);
    let mut overlay = Overlay::new(state);
    let mut next = shift.clone();
    if let Some(fact) = fact {
        apply(&mut overlay, &mut next, fact);
    }
    for ride in gone {
        let cancelled = Event::RideCancelled { ride: *ride, why: Cancelling::Freed };
        apply(&mut overlay, &mut next, &cancelled);
    }
    let begun = next.begun(now);
    let set_out = |visit: Visit| next.stops[..begun].iter().any(|stop| stop.visit == visit);
    let ghosts: Vec<RideId> =
        gone.iter().copied().filter(|ride| set_out(Visit::Pickup(*ride))).collect();
    next.leave_out(|stop| match stop.visit {
        Visit::Pickup(ride) => gone.contains(&ride) && !ghosts.contains(&ride),
        Visit::Dropoff(ride) => gone.contains(&ride),
        Visit::Pause(_) => false,
    });
    let why = match fact {
        Some(_) => Why::new("LATE", "the vehicle is late"),
        None => Why::new("PLAN_CHANGED", "the way has become longer"),
    };
    overlay.settle(&mut next, now, &why)
}

fn free(state: &State, cx: &Context, about: &str) -> Vec<Event> {
    let rides = state.days.range(time::service_day(cx.now)..).flat_map(|(_, day)| &day.rides);
    let of_it = rides.copied().filter(|id| {
        state.rides.get(id).is_some_and(|ride| !about.is_empty() && ride.facts.about == about)
    });
    let mut all: Vec<RideId> = of_it.collect();
    let homes = all.iter().filter_map(|id| state.rides.get(id)?.home).collect::<Vec<_>>();
    all.extend(homes);
    let all: Vec<_> = all.into_iter().map(|id| (id, Cancelling::Freed)).collect();
    call_off(state, cx, &all)
}

impl State {
    fn own_shift(&self, cx: &Context, id: ShiftId, office: bool) -> Result<&Shift, Refusal> {
        let shift = self.shifts.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))?;
        if office || shift.facts.driver == PersonId(cx.caller.id) {
            Ok(shift)
        } else {
            Err(Refusal::NotYours(id.to_string()))
        }
    }
}
