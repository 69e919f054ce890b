//! What happens, and what follows at once.
//!
//! An event changes facts and limits, then [`Planner::settle`] makes the plan keep them again. Every
//! event first moves the time on; a time before the last one is taken for the last one.

use crate::{
    PlaceIx, RequestIx, Vehicle, VehicleIx, Visit, Window,
    planner::{EventError, Outcome, Planner, Standing},
    problem::Done,
};

/// What a driver reports of a visit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Report {
    /// Its service began at this time.
    Began(f64),
    /// It ended, and the vehicle goes on.
    Ended(f64),
}

type Happened = Result<Outcome, EventError>;

impl Planner {
    /// Moves the time on: what the vehicles have begun or set out for by now is frozen.
    /// `O(visits²)` a vehicle at most.
    pub fn advance(&mut self, now: f64) {
        if now > self.now {
            self.now = now;
        }
        for v in 0..self.slots.len() as VehicleIx {
            self.freeze(v);
            self.hold(v);
        }
    }

    /// Freezes what a vehicle has begun, or is under way to, if all goes as planned.
    fn freeze(&mut self, v: VehicleIx) {
        let slot = &self.slots[v as usize];
        if !slot.is_used() {
            return;
        }
        let frozen = &mut self.problem.vehicles[v as usize].frozen;
        let before = frozen.len();
        for at in before..slot.visits.len() {
            let [from, to] = [at + 1, at + 2].map(|node| slot.network.places[node]);
            let way = match slot.visits[at] {
                Visit::Break(_) => 0.0,
                _ => self.problem.matrix.time(from, to),
            };
            let begin = slot.times.begins[at];
            if begin - way > self.now {
                break;
            }
            frozen.push(Done { visit: slot.visits[at], began: Some(begin) });
        }
        if frozen.len() > before {
            self.relay(v);
            self.version += 1;
        }
        self.stand(v);
    }

    /// Nobody sets out to anything new before now, nor before the vehicle is free again.
    fn hold(&mut self, v: VehicleIx) {
        let vehicle = &mut self.problem.vehicles[v as usize];
        vehicle.not_before = vehicle.not_before.max(self.now).max(self.held[v as usize]);
        let slot = &mut self.slots[v as usize];
        let at = vehicle.frozen.len();
        if at < slot.visits.len() {
            let [from, to] = [at + 1, at + 2].map(|node| slot.network.places[node]);
            let way = match slot.visits[at] {
                Visit::Break(_) => 0.0,
                _ => self.problem.matrix.time(from, to),
            };
            slot.network.delay(at + 2, vehicle.not_before + way);
        }
    }

    /// Brings the standings of a vehicle's frozen requests up to now.
    pub(super) fn stand(&mut self, v: VehicleIx) {
        for done in &self.problem.vehicles[v as usize].frozen {
            let has_begun = done.began.is_some_and(|began| began <= self.now);
            let (r, becomes) = match done.visit {
                Visit::Pickup(r) => (r, Standing::Aboard(v)),
                Visit::Dropoff(r) => (r, Standing::Done(v)),
                Visit::Break(_) => continue,
            };
            let standing = &mut self.standings[r as usize];
            if has_begun && standing.is_served() && *standing != Standing::Done(v) {
                *standing = becomes;
            }
        }
    }

    /// Calls a request off, and its way home with it. A vehicle under way to it goes on to the door.
    ///
    /// # Errors
    /// When it is unknown, aboard, or past.
    pub fn cancel(&mut self, request: RequestIx, now: f64) -> Happened {
        self.advance(now);
        let standing = self.known(request)?;
        match standing {
            Standing::Waiting | Standing::Planned(_) => {}
            _ => return Err(EventError::Standing(request, standing)),
        }
        let before = self.standings.clone();
        let mut outcome = Outcome::default();
        self.call_off(request, Standing::Cancelled, &mut outcome);
        self.finish(&before, outcome)
    }

    /// Nobody was there to be picked up: the vehicle goes on now, and there is no way home.
    ///
    /// # Errors
    /// When it is unknown, or the vehicle has not set out to it, or has dropped it off.
    pub fn no_show(&mut self, request: RequestIx, now: f64) -> Happened {
        self.advance(now);
        let standing = self.known(request)?;
        let (Standing::Planned(v) | Standing::Aboard(v)) = standing else {
            return Err(EventError::Standing(request, standing));
        };
        if self.done_at(v, Visit::Pickup(request)).is_none() {
            return Err(EventError::Standing(request, standing));
        }
        let before = self.standings.clone();
        let mut outcome = Outcome::default();
        self.call_off(request, Standing::NoShow, &mut outcome);
        self.finish(&before, outcome)
    }

    /// Takes a request and its way home out of the plan for good.
    fn call_off(&mut self, request: RequestIx, becomes: Standing, outcome: &mut Outcome) {
        if let Some(v) = self.take_out(request) {
            self.settle(v, Vec::new(), outcome);
        }
        self.standings[request as usize] = becomes;
        if let Some(home) = self.homes[request as usize]
            && matches!(self.standings[home as usize], Standing::Planned(_) | Standing::Waiting)
        {
            self.problem.requests[home as usize].return_of = None;
            self.call_off(home, Standing::Cancelled, outcome);
            outcome.cancelled.push(home);
        }
    }

    /// A vehicle does nothing from `from` on. Who is aboard then, or planned for later, goes to others
    /// where that is possible; who is aboard now, if it is out now, is stranded.
    ///
    /// # Errors
    /// When it is unknown, or `from` is no time.
    pub fn vehicle_out(&mut self, v: VehicleIx, from: f64, now: f64) -> Happened {
        self.advance(now);
        self.known_vehicle(v)?;
        if from.is_nan() {
            return Err(EventError::Time);
        }
        let before = self.standings.clone();
        let mut outcome = Outcome::default();
        if from > self.now {
            let shift = &mut self.problem.vehicles[v as usize].shift;
            shift.latest = shift.latest.min(from).max(shift.earliest);
            self.relay(v);
            self.settle(v, Vec::new(), &mut outcome);
        } else {
            let loose = self.empty(v, &mut outcome);
            self.problem.vehicles[v as usize].seats.clear();
            self.relay(v);
            self.settle(v, loose, &mut outcome);
        }
        self.finish(&before, outcome)
    }

    /// A vehicle is back, or its shift, seats, skills or breaks have changed: it is now as `with` says.
    /// Of one that is in service the start and what is frozen stay as they are.
    ///
    /// # Errors
    /// When it is unknown, `with` contradicts the problem or what is aboard, or has begun anything.
    pub fn vehicle_changed(&mut self, v: VehicleIx, with: Vehicle, now: f64) -> Happened {
        self.advance(now);
        self.known_vehicle(v)?;
        let was = &self.problem.vehicles[v as usize];
        let (is_out, dimensions) = (was.seats.is_empty(), self.problem.dimensions());
        let begun = was.frozen.iter().any(|done| match done.visit {
            Visit::Break(b) => with.breaks.get(b as usize) != was.breaks.get(b as usize),
            _ => false,
        });
        let mut with = Vehicle { frozen: was.frozen.clone(), ..with };
        if !is_out {
            with.start = was.start;
        }
        with.not_before = with.not_before.max(self.now);
        let was = std::mem::replace(&mut self.problem.vehicles[v as usize], with);
        let valid = self.problem.validate_vehicle(v as usize, &self.problem.vehicles[v as usize]);
        if valid.is_err() || begun || !self.aboard_fit(v, dimensions) {
            self.problem.vehicles[v as usize] = was;
            return Err(EventError::Vehicle(v));
        }
        let before = self.standings.clone();
        let mut outcome = Outcome::default();
        self.held[v as usize] = f64::NEG_INFINITY;
        let loose = self.strip(v, &mut outcome);
        self.settle(v, loose, &mut outcome);
        self.finish(&before, outcome)
    }

    /// Whether what is frozen fits the vehicle.
    fn aboard_fit(&self, v: VehicleIx, dimensions: usize) -> bool {
        let (slot, vehicle) = (&self.slots[v as usize], &self.problem.vehicles[v as usize]);
        (0..vehicle.frozen.len()).all(|at| {
            let aboard = &slot.network.loads[(at + 2) * dimensions..][..dimensions];
            let fits = |seats: &Vec<u16>| aboard.iter().zip(seats).all(|(&a, &s)| a <= s.into());
            vehicle.seats.iter().any(fits)
        })
    }

    /// A vehicle is `by` late: on its way, in its service, or where it stands.
    ///
    /// # Errors
    /// When it is unknown, or `by` is no span.
    pub fn vehicle_late(&mut self, v: VehicleIx, by: f64, now: f64) -> Happened {
        self.advance(now);
        self.known_vehicle(v)?;
        if !(by.is_finite() && by >= 0.0) {
            return Err(EventError::Time);
        }
        let services: Vec<f64> = self.slots[v as usize].network.services.clone();
        let now = self.now;
        let frozen = &mut self.problem.vehicles[v as usize].frozen;
        let mut free = now;
        let mut is_under_way = false;
        for (at, done) in frozen.iter_mut().enumerate() {
            let Some(began) = &mut done.began else { continue };
            if *began > now {
                *began += by;
                is_under_way = true;
            }
            free = free.max(*began + services[at + 2]);
        }
        if !is_under_way {
            let held = &mut self.held[v as usize];
            *held = held.max(free + by);
        }
        self.refresh(v)
    }

    /// A driver reports a visit. What comes before it on the route is taken to be done.
    ///
    /// # Errors
    /// When the vehicle has no such visit, or the time lies ahead or before the visit began.
    pub fn progress(&mut self, v: VehicleIx, visit: Visit, report: Report, now: f64) -> Happened {
        self.advance(now);
        self.known_vehicle(v)?;
        let (Report::Began(at) | Report::Ended(at)) = report;
        if !at.is_finite() || at > self.now {
            return Err(EventError::Time);
        }
        let slot = &self.slots[v as usize];
        let place = slot.visits.iter().position(|&other| other == visit);
        let place = place.filter(|_| slot.is_used()).ok_or(EventError::Visit(v))?;
        let frozen = &mut self.problem.vehicles[v as usize].frozen;
        for before in frozen.len()..=place {
            let planned = slot.times.begins[before].min(at);
            frozen.push(Done { visit: slot.visits[before], began: Some(planned) });
        }
        let began = &mut frozen[place].began;
        match report {
            Report::Began(at) => *began = Some(at),
            Report::Ended(at) => {
                let since = began.filter(|&began| began <= at).unwrap_or(at);
                *began = Some(since);
                self.set_service(v, visit, at - since);
            }
        }
        self.push_on(v, place);
        self.refresh(v)
    }

    /// How long a visit took.
    fn set_service(&mut self, v: VehicleIx, visit: Visit, takes: f64) {
        match visit {
            Visit::Pickup(r) => self.problem.requests[r as usize].pickup.service = takes,
            Visit::Dropoff(r) => self.problem.requests[r as usize].dropoff.service = takes,
            Visit::Break(b) => {
                self.problem.vehicles[v as usize].breaks[b as usize].lasts = takes;
            }
        }
    }

    /// What is frozen after `place` begins no earlier than it can after that.
    fn push_on(&mut self, v: VehicleIx, place: usize) {
        let slot = &self.slots[v as usize];
        for at in place + 1..self.problem.vehicles[v as usize].frozen.len() {
            let before = self.problem.vehicles[v as usize].frozen[at - 1];
            let service = super::limits::window_of(&self.problem, v, before.visit).1;
            let [from, to] = [at + 1, at + 2].map(|node| slot.network.places[node]);
            let way = match slot.visits[at] {
                Visit::Break(_) => 0.0,
                _ => self.problem.matrix.time(from, to),
            };
            let done = &mut self.problem.vehicles[v as usize].frozen[at];
            if let (Some(before), Some(began)) = (before.began, &mut done.began) {
                *began = began.max(before + service + way);
            }
        }
    }

    /// After what is known of a vehicle has changed.
    fn refresh(&mut self, v: VehicleIx) -> Happened {
        let before = self.standings.clone();
        let mut outcome = Outcome::default();
        self.hold(v);
        self.relay(v);
        self.settle(v, Vec::new(), &mut outcome);
        self.freeze(v);
        self.hold(v);
        self.finish(&before, outcome)
    }

    /// A traveller cannot be picked up before `until`. The vehicle waits if nobody else suffers from
    /// it; else the traveller goes with another, or later.
    ///
    /// # Errors
    /// When it is unknown, or not waiting to be picked up, or `until` is no time.
    pub fn traveller_late(&mut self, request: RequestIx, until: f64, now: f64) -> Happened {
        self.advance(now);
        let standing = self.known(request)?;
        let Standing::Planned(v) = standing else {
            return Err(EventError::Standing(request, standing));
        };
        if !until.is_finite() {
            return Err(EventError::Time);
        }
        let before = self.standings.clone();
        let mut outcome = Outcome::default();
        let under_way = self.done_at(v, Visit::Pickup(request));
        self.postpone(request, until);
        if let Some(at) = under_way {
            let frozen = self.problem.vehicles[v as usize].frozen.clone();
            let began = &mut self.problem.vehicles[v as usize].frozen[at].began;
            *began = began.map(|began| began.max(until));
            self.push_on(v, at);
            self.relay(v);
            if !self.slots[v as usize].network.holds {
                self.problem.vehicles[v as usize].frozen = frozen;
                self.relay(v);
                let loose = if self.leave_stop(v, request) { vec![request] } else { Vec::new() };
                self.settle(v, loose, &mut outcome);
            }
        } else {
            self.relay(v);
            self.settle(v, Vec::new(), &mut outcome);
        }
        let promise = self.problem.requests[request as usize].promise;
        outcome.postponed = promise.map(|promise| (request, promise));
        self.finish(&before, outcome)
    }

    /// Moves what a request is promised so that its pickup can begin at `until`.
    fn postpone(&mut self, r: RequestIx, until: f64) {
        let home = self.homes[r as usize].map(|home| self.problem.requests[home as usize].pickup);
        let slack = self.slack;
        let request = &mut self.problem.requests[r as usize];
        let mut promise = request.promise.unwrap_or(crate::Promise {
            pickup: request.pickup.window,
            dropoff: request.dropoff.window,
        });
        let late = (until + slack - promise.pickup.latest).max(0.0);
        let widen = |window: &mut Window, latest: f64| window.latest = window.latest.max(latest);
        if promise.pickup.latest < until {
            promise.pickup.latest += late;
            promise.dropoff.latest += late;
            if let Some(home) = home {
                let before_home = home.window.earliest - request.dropoff.service;
                promise.dropoff.latest =
                    promise.dropoff.latest.min(before_home).max(promise.dropoff.earliest);
            }
        }
        promise.pickup.earliest = promise.pickup.earliest.max(until);
        widen(&mut request.pickup.window, promise.pickup.latest);
        widen(&mut request.dropoff.window, promise.dropoff.latest);
        request.promise = Some(promise);
    }

    fn known(&self, request: RequestIx) -> Result<Standing, EventError> {
        self.standing(request).ok_or(EventError::NoRequest(request))
    }

    fn known_vehicle(&self, v: VehicleIx) -> Result<(), EventError> {
        if (v as usize) < self.slots.len() { Ok(()) } else { Err(EventError::NoVehicle(v)) }
    }

    /// Where among a vehicle's frozen visits one stands.
    pub(super) fn done_at(&self, v: VehicleIx, visit: Visit) -> Option<usize> {
        self.problem.vehicles[v as usize].frozen.iter().position(|done| done.visit == visit)
    }

    /// Adds what has moved, and counts the change.
    fn finish(&mut self, before: &[Standing], mut outcome: Outcome) -> Happened {
        for (r, &was) in (0..).zip(before) {
            if let (Standing::Planned(was), Standing::Planned(is)) =
                (was, self.standings[r as usize])
                && was != is
                && !outcome.breaks_promise(r)
            {
                outcome.moved.push((r, is));
            }
        }
        self.version += 1;
        Ok(outcome)
    }

    /// Adds a place to the matrix: times and distances to all places so far and from them, its own
    /// excluded. `O(places²)`. Distances are not looked at where the matrix has none.
    ///
    /// # Errors
    /// When there are too few or too many numbers, or too many places.
    pub fn add_place(
        &mut self,
        ways: [&[f64]; 2],
        lengths: [&[f64]; 2],
    ) -> Result<PlaceIx, EventError> {
        let places = self.problem.matrix.places;
        let whole = |[to, from]: [&[f64]; 2]| {
            [to, from].iter().all(|row| {
                row.len() == places && row.iter().all(|time| !time.is_nan() && *time >= 0.0)
            })
        };
        let has_lengths = !self.problem.matrix.metres.is_empty();
        if places >= crate::Limit::PLACES || !whole(ways) || has_lengths && !whole(lengths) {
            return Err(EventError::Place);
        }
        let matrix = &mut self.problem.matrix;
        matrix.seconds = widened(&matrix.seconds, places, ways);
        if has_lengths {
            matrix.metres = widened(&matrix.metres, places, lengths);
        }
        matrix.places += 1;
        Ok(places as PlaceIx)
    }
}

/// A square with one more row and column.
fn widened(cells: &[f64], places: usize, [to, from]: [&[f64]; 2]) -> Vec<f64> {
    let mut wide = Vec::with_capacity((places + 1) * (places + 1));
    for (row, &last) in cells.chunks_exact(places.max(1)).zip(from) {
        wide.extend_from_slice(row);
        wide.push(last);
    }
    wide.extend_from_slice(to);
    wide.push(0.0);
    wide
}
