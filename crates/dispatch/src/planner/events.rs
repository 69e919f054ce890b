//! What happens, and what follows at once.
//!
//! An event changes facts and limits, then [`Planner::settle`] makes the plan keep them again.
//! Every event first moves the time on; a time before the last one is taken for the last one.

use crate::{
    RequestIx, Vehicle, VehicleIx, Visit, Window,
    planner::{EventError, Outcome, Planner, Standing},
};

pub(super) type Happened = Result<Outcome, EventError>;

impl Planner {
    /// Calls a request off, and its way home with it. A vehicle under way to it goes on to the
    /// door.
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
        if let Some(there) = self.problem.requests[request as usize].return_of.take() {
            self.homes[there as usize] = None;
        }
        if let Some(v) = self.take_out(request) {
            self.settle(v, Vec::new(), outcome);
        }
        self.standings[request as usize] = becomes;
        if let Some(home) = self.homes[request as usize].take()
            && matches!(self.standings[home as usize], Standing::Planned(_) | Standing::Waiting)
        {
            self.call_off(home, Standing::Cancelled, outcome);
            outcome.cancelled.push(home);
        }
    }

    /// A vehicle does nothing from `from` on. Who is aboard then, or planned for later, goes to
    /// others where that is possible; who is aboard now, if it is out now, is stranded.
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

    /// A vehicle is back, or its shift, seats, skills or breaks have changed: it is now as `with`
    /// says. Of one that is in service the start and what is frozen stay as they are.
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

    /// After what is known of a vehicle has changed.
    pub(super) fn refresh(&mut self, v: VehicleIx) -> Happened {
        let before = self.standings.clone();
        let mut outcome = Outcome::default();
        let frozen = self.problem.vehicles[v as usize].frozen.clone();
        for done in frozen {
            if let Visit::Dropoff(r) = done.visit {
                self.keep_return(r, &mut outcome);
            }
        }
        self.hold(v);
        self.relay(v);
        self.settle(v, Vec::new(), &mut outcome);
        self.freeze(v);
        self.hold(v);
        self.finish(&before, outcome)
    }

    /// A traveller cannot be picked up before `until`. The vehicle waits if nobody else suffers
    /// from it; else the traveller goes with another, or later.
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
        self.keep_return(request, &mut outcome);
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

    pub(super) fn known_vehicle(&self, v: VehicleIx) -> Result<(), EventError> {
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
}
