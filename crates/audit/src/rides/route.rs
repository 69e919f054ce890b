//! One route held against what is promised: stop by stop, as a stranger with a watch would.

use std::collections::HashMap;

use dugnad_events::{
    RideId, ShiftId,
    rides::{Load, Moment, Planned, Visit},
};

use super::{Driven, Rides, Standing};

/// A second that rounding may make.
const ROUNDING: Moment = 1;

/// What has been seen of a route so far.
#[derive(Default)]
struct Watch {
    /// When the last stop was over.
    free: Option<Moment>,
    /// Driving since then that a pause put off.
    owed: Moment,
    aboard: Load,
    /// When each got in, and whether they got out.
    got_in: HashMap<RideId, (Moment, bool)>,
}

impl Rides {
    /// The first thing that a shift's route breaks.
    pub(super) fn wrong_with_route(&self, id: ShiftId) -> Option<String> {
        let shift = self.shifts.get(&id)?;
        let visits = &shift.route.visits;
        let reported = visits.iter().rposition(|it| shift.reported.contains_key(&it.visit));
        let done = reported.map_or(0, |at| at + 1);
        let mut watch = Watch::default();
        for (at, stop) in visits.iter().enumerate() {
            let told = self.ride_of(stop.visit).map(|ride| (ride, at < done));
            let wrong = match (stop.visit, told) {
                (Visit::Pause(n), _) => watch.pauses(shift, n, stop, at < done),
                (_, None) => Some("is of nobody who is known".to_owned()),
                (_, Some((ride, done))) => watch.visits(shift, ride, stop, done),
            };
            if let Some(wrong) = wrong {
                return Some(format!("stop {at} {wrong}"));
            }
        }
        let forgotten = watch.got_in.iter().filter(|(_, (_, out))| !out);
        let mut forgotten: Vec<_> =
            forgotten.filter(|(ride, _)| self.rides[ride].standing == Standing::Promised).collect();
        forgotten.sort();
        if let Some((ride, _)) = forgotten.first() {
            return Some(format!("{ride} gets in and never out"));
        }
        watch.comes_back(shift)
    }

    fn ride_of(&self, visit: Visit) -> Option<&super::Promised> {
        match visit {
            Visit::Pickup(ride) | Visit::Dropoff(ride) => self.rides.get(&ride),
            Visit::Pause(_) => None,
        }
    }
}

impl Watch {
    fn pauses(&mut self, shift: &Driven, n: u8, stop: &Planned, done: bool) -> Option<String> {
        let pause = shift.facts.pauses.get(usize::from(n));
        let (Some(pause), Some(latest)) = (pause, shift.pauses.get(usize::from(n))) else {
            return Some("is a pause that there is not".to_owned());
        };
        if stop.begins > latest + ROUNDING {
            return Some("is a pause that begins too late".to_owned());
        }
        if !done && self.free.is_some_and(|free| stop.begins + ROUNDING < free) {
            return Some("is a pause that begins before the stop before it ends".to_owned());
        }
        if self.aboard != Load::default() {
            return Some("is a pause with somebody aboard".to_owned());
        }
        self.owed += stop.leg;
        let left = shift.reported.get(&stop.visit).copied().flatten();
        self.free = Some(left.unwrap_or(stop.begins + pause.lasts));
        None
    }

    fn visits(
        &mut self,
        shift: &Driven,
        ride: &super::Promised,
        stop: &Planned,
        done: bool,
    ) -> Option<String> {
        let earliest = match self.free {
            Some(free) => free + self.owed + stop.leg,
            None => shift.route.leaves + stop.leg,
        };
        self.owed = 0;
        if !done && stop.begins + ROUNDING < earliest {
            return Some("begins before the vehicle can be there".to_owned());
        }
        let is_pickup = matches!(stop.visit, Visit::Pickup(_));
        let service = ride.facts.service[usize::from(!is_pickup)];
        let left = shift.reported.get(&stop.visit).copied().flatten();
        let ghost = ride.standing == Standing::Over && is_pickup && left.is_none();
        let over = left.unwrap_or(stop.begins + if ghost { 0 } else { service });
        self.free = Some(over);
        let (Visit::Pickup(id) | Visit::Dropoff(id)) = stop.visit else { return None };
        let live = ride.standing == Standing::Promised;
        let window = if is_pickup { ride.promise.pickup } else { ride.promise.dropoff };
        if live && stop.begins > window.until + ROUNDING {
            return Some(format!("comes later than {id} was promised"));
        }
        if live && !done && stop.begins + ROUNDING < window.from {
            return Some(format!("comes earlier than {id} was promised"));
        }
        if is_pickup { self.gets_in(shift, ride, id, over) } else { self.gets_out(ride, id, stop) }
    }

    fn gets_in(
        &mut self,
        shift: &Driven,
        ride: &super::Promised,
        id: RideId,
        over: Moment,
    ) -> Option<String> {
        if self.got_in.insert(id, (over, false)).is_some() {
            return Some(format!("fetches {id} twice"));
        }
        if ride.standing != Standing::Promised {
            return None;
        }
        self.aboard = sum(self.aboard, ride.facts.load);
        let fits = shift.configurations.iter().any(|most| fits(self.aboard, *most));
        (!fits).then(|| format!("takes {id} aboard, and there is no place"))
    }

    fn gets_out(&mut self, ride: &super::Promised, id: RideId, stop: &Planned) -> Option<String> {
        match self.got_in.get_mut(&id) {
            None => return Some(format!("lets {id} out, who never got in")),
            Some((_, true)) => return Some(format!("lets {id} out twice")),
            Some((since, out)) => {
                *out = true;
                let live = ride.standing == Standing::Promised;
                if live && stop.begins - *since > ride.longest + ROUNDING {
                    return Some(format!("comes when {id} was aboard for too long"));
                }
                if live {
                    self.aboard = less(self.aboard, ride.facts.load);
                }
            }
        }
        None
    }

    /// At its end in time. What a closed shift does was cut off by the world.
    fn comes_back(&self, shift: &Driven) -> Option<String> {
        let drives = shift.route.visits.iter().any(|it| !matches!(it.visit, Visit::Pause(_)));
        if !drives || shift.closed {
            return None;
        }
        let earliest = self.free? + self.owed + shift.route.last_leg;
        if shift.route.back + ROUNDING < earliest {
            return Some("it is back before it can be".to_owned());
        }
        let late = shift.route.back > shift.until + ROUNDING;
        let early = shift.reported.is_empty() && shift.route.leaves < shift.facts.hours.from;
        (late || early).then(|| "it drives outside its hours".to_owned())
    }
}

fn sum(one: Load, other: Load) -> Load {
    Load {
        seats: one.seats.saturating_add(other.seats),
        wheelchairs: one.wheelchairs.saturating_add(other.wheelchairs),
        walkers: one.walkers.saturating_add(other.walkers),
        child_seats: one.child_seats.saturating_add(other.child_seats),
        boxes: one.boxes.saturating_add(other.boxes),
    }
}

fn less(one: Load, other: Load) -> Load {
    Load {
        seats: one.seats.saturating_sub(other.seats),
        wheelchairs: one.wheelchairs.saturating_sub(other.wheelchairs),
        walkers: one.walkers.saturating_sub(other.walkers),
        child_seats: one.child_seats.saturating_sub(other.child_seats),
        boxes: one.boxes.saturating_sub(other.boxes),
    }
}

fn fits(load: Load, most: Load) -> bool {
    load.seats <= most.seats
        && load.wheelchairs <= most.wheelchairs
        && load.walkers <= most.walkers
        && load.child_seats <= most.child_seats
        && load.boxes <= most.boxes
}
