//! The online planner: a plan in force, and an answer at once to everything that happens.
//!
//! A [`Planner`] holds a [`Problem`] and a [`Plan`] for it. Time arrives with each event, never
//! from a clock. A request is promised a pickup and a drop-off window on the cheapest vehicle that
//! can take it without breaking a promise made before, or refused with what stands in the way on
//! each vehicle and the nearest windows that would work. What the world breaks (a vehicle falls
//! out, a traveller is late) is repaired at once; a promise that cannot be kept is reported at
//! once. What can be made better in the background is: [`Planner::job`] copies the problem, any
//! solver works on it, and [`Planner::adopt`] takes from the answer what still holds.
//!
//! What has begun or is under way, the leg a vehicle is on included, is frozen: without a report, a
//! vehicle is taken to do what it is planned to, and to leave just in time for the next visit.
//! A visit that came to nothing (nobody at the door) stays in the plan as a stop without load, for
//! that is where the vehicle is.
//!
//! Invariant 1: the plan in force keeps every limit of [`Planner::problem`], whatever happened; a
//! limit that the world broke is widened to what is possible, and that was reported.
//! Invariant 2: a promise, once made, is a limit; only what the world did widens it.
//! Invariant 3: the same events give the same answers.
//!
//! Absent: who is told, and how; the way of a vehicle between two places.

mod clock;
mod detour;
mod events;
mod explain;
mod gaps;
mod improve;
mod limits;
mod nearby;
mod network;
mod outcome;
mod places;
mod reason;
mod repair;
mod reports;
mod search;
mod slot;
mod standing;
mod stops;
mod triangle;
mod widen;

pub use self::{
    improve::{Adopted, Job},
    outcome::{Broken, Outcome},
    reason::{Nearest, Obstacle, Reason},
    reports::Report,
    standing::{EventError, Promised, Refused, Standing},
};

use crate::{
    Invalid, Limit, Plan, Problem, Promise, Request, RequestIx, Route, VehicleIx, Visit, Window,
    oracle::Fault,
    planner::{
        search::{Fleet, Insertion, Workspace},
        slot::Slot,
    },
    schedule::Times,
};

/// A plan in force.
#[derive(Clone, Debug)]
pub struct Planner {
    problem: Problem,
    slots: Vec<Slot>,
    standings: Vec<Standing>,
    /// Who may not ride with whom, both ways.
    apart: Vec<Vec<RequestIx>>,
    /// The way home of each way there.
    homes: Vec<Option<RequestIx>>,
    /// Until when a vehicle is held up where it is.
    held: Vec<f64>,
    /// How far a promised window reaches to both sides of the planned time.
    slack: f64,
    now: f64,
    version: u64,
    work: Workspace,
}

/// Why there can be no planner for a problem.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Unusable {
    /// The problem itself is contradictory.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The plan in force is not allowed.
    #[error("the plan in force is not allowed: {}", said(.0))]
    Faults(Vec<Fault>),
}

impl Planner {
    /// A planner for a problem and the plan in force for it, [`Problem::present`] (nobody is served
    /// where there is none). `slack` is how far a promised window reaches to both sides of the
    /// planned time. Requests that are not in the plan wait: see [`Planner::ask_again`].
    ///
    /// # Errors
    /// When the problem is contradictory or the plan not allowed.
    pub fn new(mut problem: Problem, slack: f64) -> Result<Self, Unusable> {
        problem.validate()?;
        let plan = problem.present.take().unwrap_or_else(|| Plan {
            routes: (0..).zip(&problem.vehicles).map(|(v, _)| slot::frozen(&problem, v)).collect(),
        });
        crate::oracle::check(&problem, &plan).map_err(Unusable::Faults)?;
        let requests = problem.requests.len();
        let mut this = Self {
            slots: Vec::new(),
            standings: vec![Standing::Waiting; requests],
            apart: vec![Vec::new(); requests],
            homes: vec![None; requests],
            held: vec![f64::NEG_INFINITY; problem.vehicles.len()],
            slack,
            now: f64::NEG_INFINITY,
            version: 0,
            work: Workspace::default(),
            problem,
        };
        for &(a, b) in &this.problem.apart {
            this.apart[a as usize].push(b);
            this.apart[b as usize].push(a);
        }
        for (r, request) in this.problem.requests.iter().enumerate() {
            if let Some(there) = request.return_of {
                this.homes[there as usize] = Some(r as RequestIx);
            }
        }
        for (v, route) in (0..).zip(plan.routes) {
            for &visit in &route {
                if let Visit::Pickup(r) = visit {
                    this.standings[r as usize] = Standing::Planned(v);
                }
            }
            let slot = this.lay(v, route);
            this.slots.push(slot);
        }
        for v in 0..this.slots.len() as VehicleIx {
            this.stand(v);
        }
        Ok(this)
    }

    /// The problem as it is now: promises, facts, and limits that the world widened.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The problem, for whoever wants its matrix for the next planner.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        self.problem
    }

    /// The plan in force.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let routes = (0..).zip(&self.slots).map(|(v, slot)| slot.route(&self.problem, v));
        Plan { routes: routes.collect() }
    }

    /// What the plan in force says of one vehicle, if there is such a one.
    #[must_use]
    pub fn route(&self, vehicle: VehicleIx) -> Option<Route> {
        let slot = self.slots.get(vehicle as usize)?;
        Some(slot.route(&self.problem, vehicle))
    }

    /// When a vehicle does what, if it is used.
    #[must_use]
    pub fn times(&self, vehicle: VehicleIx) -> Option<&Times> {
        let slot = self.slots.get(vehicle as usize)?;
        slot.is_used().then_some(&slot.times)
    }

    /// What has become of a request.
    #[must_use]
    pub fn standing(&self, request: RequestIx) -> Option<Standing> {
        self.standings.get(request as usize).copied()
    }

    /// What the plan in force costs.
    #[must_use]
    pub fn cost(&self) -> f64 {
        self.slots.iter().map(|slot| slot.cost).sum()
    }

    /// Promises a request a ride, or says why not. `O(visits²)` a vehicle, in practice far less.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then but the time.
    pub fn insert(&mut self, request: Request, now: f64) -> Result<Promised, Refused> {
        self.insert_apart(request, &[], now)
    }

    /// The same for somebody who may not ride with some others.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn insert_apart(
        &mut self,
        request: Request,
        apart: &[RequestIx],
        now: f64,
    ) -> Result<Promised, Refused> {
        self.advance(now);
        self.take_in(request, apart)
    }

    fn take_in(&mut self, request: Request, apart: &[RequestIx]) -> Result<Promised, Refused> {
        let r = self.admit(request, apart)?;
        let answer = self.place(r);
        if answer.is_err() {
            self.forget_last();
        }
        answer
    }

    /// A way there and a way home (whose `return_of` is set here): both, or neither.
    ///
    /// # Errors
    /// [`Refused`], by the one that does not fit.
    pub fn insert_return(
        &mut self,
        there: Request,
        mut home: Request,
        now: f64,
    ) -> Result<[Promised; 2], Refused> {
        let there = self.insert(there, now)?;
        home.return_of = Some(there.request);
        // The time stands still between the two: nobody sets out before both are promised.
        match self.take_in(home, &[]) {
            Ok(home) => Ok([there, home]),
            Err(refused) => {
                self.take_out(there.request);
                self.forget_last();
                Err(refused)
            }
        }
    }

    /// Tries a waiting request again: one that was in the problem but not in its plan, or whose
    /// promise was broken.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn ask_again(&mut self, request: RequestIx, now: f64) -> Result<Promised, Refused> {
        self.advance(now);
        if self.standing(request) != Some(Standing::Waiting) {
            return Err(Refused::NotWaiting(request));
        }
        self.place(request)
    }

    /// Why a request cannot be served now, vehicle by vehicle, and the nearest windows that would
    /// work.
    fn refusal(&mut self, r: RequestIx) -> Refused {
        let allowed = self.allowed_shift(r);
        let Self { problem, slots, apart, work, .. } = self;
        let fleet = Fleet { problem, slots, apart };
        let (obstacles, nearest) = fleet.explain(r, allowed, work);
        Refused::Nobody { obstacles, nearest }
    }

    /// Puts a known request into the plan and promises it its windows.
    fn place(&mut self, r: RequestIx) -> Result<Promised, Refused> {
        let Self { problem, slots, apart, work, .. } = self;
        let Some(found) = (Fleet { problem, slots, apart }).cheapest(r, work) else {
            return Err(self.refusal(r));
        };
        if let Some(price) = self.problem.requests[r as usize].price
            && found.price.cost > price
        {
            return Err(Refused::TooDear { cost: found.price.cost, price });
        }
        Ok(self.commit(r, found))
    }

    fn commit(&mut self, r: RequestIx, found: Insertion) -> Promised {
        let v = found.v;
        let slot = self.lay(v, found.visits);
        self.slots[v as usize] = slot;
        self.standings[r as usize] = Standing::Planned(v);
        self.version += 1;
        let promise = self.promise(r, v);
        Promised { request: r, vehicle: v, promise, cost: found.price.cost }
    }

    /// Promises the planned times, with slack, within what was asked; they bind from here on.
    fn promise(&mut self, r: RequestIx, v: VehicleIx) -> Promise {
        let [pickup, dropoff] = self.planned(r, v);
        let around = |time: f64| Window { earliest: time - self.slack, latest: time + self.slack };
        let request = &self.problem.requests[r as usize];
        let promise = request.promise.unwrap_or(Promise {
            pickup: around(pickup).and(request.pickup.window),
            dropoff: around(dropoff).and(request.dropoff.window),
        });
        if request.promise.is_none() {
            self.problem.requests[r as usize].promise = Some(promise);
            self.relay(v);
        }
        promise
    }

    /// When a request is planned to be picked up and dropped off.
    fn planned(&self, r: RequestIx, v: VehicleIx) -> [f64; 2] {
        let slot = &self.slots[v as usize];
        [Visit::Pickup(r), Visit::Dropoff(r)].map(|wanted| {
            let at = slot.visits.iter().position(|&visit| visit == wanted);
            at.map_or(f64::NAN, |at| slot.times.begins[at])
        })
    }

    /// Takes a request into the problem.
    fn admit(&mut self, request: Request, apart: &[RequestIx]) -> Result<RequestIx, Refused> {
        let r = self.problem.requests.len();
        if r >= Limit::REQUESTS {
            return Err(Refused::TooMany);
        }
        if self.problem.requests.is_empty() {
            let wanted = self.problem.dimensions();
            if self.problem.vehicles.iter().any(|v| !v.seats.is_empty())
                && request.load.len() != wanted
            {
                let problem = format!("must have {wanted} numbers");
                return Err(Invalid { field: "load".into(), problem }.into());
            }
        }
        if let Some(there) = request.return_of {
            self.hold_to_promise(there);
        }
        self.problem.requests.push(request);
        let checked = self.problem.validate_request(r, &self.problem.requests[r]);
        let known = apart.iter().all(|&other| (other as usize) < r);
        let there = self.problem.requests[r].return_of;
        let taken = there.is_some_and(|there| {
            self.homes.get(there as usize).is_none_or(Option::is_some)
                || !self.standings[there as usize].is_served()
        });
        if checked.is_err() || !known || taken {
            self.problem.requests.pop();
            checked?;
            let field = if known { "return_of" } else { "apart" };
            let problem = "is no request that this one can be tied to".into();
            return Err(Invalid { field: field.into(), problem }.into());
        }
        let r = r as RequestIx;
        self.standings.push(Standing::Waiting);
        self.apart.push(apart.to_vec());
        self.homes.push(None);
        for &other in apart {
            self.apart[other as usize].push(r);
            self.problem.apart.push((other, r));
        }
        if let Some(there) = there {
            self.homes[there as usize] = Some(r);
        }
        Ok(r)
    }

    /// A way there is over when it was promised to be, however late its traveller might have come.
    fn hold_to_promise(&mut self, there: RequestIx) {
        if let Some(there) = self.problem.requests.get_mut(there as usize)
            && let Some(promise) = there.promise
        {
            let window = &mut there.dropoff.window;
            window.latest = window.latest.min(promise.dropoff.latest);
        }
    }

    /// Undoes the last [`Self::admit`].
    fn forget_last(&mut self) {
        let Some(request) = self.problem.requests.pop() else { return };
        let r = self.problem.requests.len() as RequestIx;
        self.standings.pop();
        self.homes.pop();
        for other in self.apart.pop().unwrap_or_default() {
            self.apart[other as usize].retain(|&a| a != r);
        }
        self.problem.apart.retain(|&(a, b)| a != r && b != r);
        if let Some(there) = request.return_of {
            self.homes[there as usize] = None;
        }
    }

    /// Lays out a route of a vehicle.
    fn lay(&mut self, v: VehicleIx, visits: Vec<Visit>) -> Slot {
        Slot::of(&self.problem, v, visits, &mut self.work.room.limits)
    }

    /// Lays a vehicle's route out again, after its limits changed.
    fn relay(&mut self, v: VehicleIx) {
        let visits = std::mem::take(&mut self.slots[v as usize].visits);
        self.slots[v as usize] = self.lay(v, visits);
    }

    /// How far a request's windows may be shifted without overtaking its way there or home.
    fn allowed_shift(&self, r: RequestIx) -> Window {
        let request = &self.problem.requests[r as usize];
        let earliest = request.return_of.map_or(f64::NEG_INFINITY, |there| {
            let there = &self.problem.requests[there as usize].dropoff;
            there.window.latest + there.service - request.pickup.window.earliest
        });
        let latest = self.homes[r as usize].map_or(f64::INFINITY, |home| {
            let arrived = request.dropoff.window.latest + request.dropoff.service;
            self.problem.requests[home as usize].pickup.window.earliest - arrived
        });
        Window { earliest, latest }
    }
}

fn said<T: std::fmt::Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join("; ")
}

/// Why a plan leaves a request out: what stands in the way on each vehicle. Empty if nothing does.
///
/// # Panics Not on a validated problem, a plan that the oracle allows, and one of the problem's
/// requests that the plan does not serve.
#[must_use]
pub fn why_unserved(problem: &Problem, plan: &Plan, request: RequestIx) -> Vec<Obstacle> {
    let mut work = Workspace::default();
    let mut apart = vec![Vec::new(); problem.requests.len()];
    for &(a, b) in &problem.apart {
        apart[a as usize].push(b);
        apart[b as usize].push(a);
    }
    let slots: Vec<Slot> = (0..)
        .zip(&plan.routes)
        .map(|(v, route)| Slot::of(problem, v, route.clone(), &mut work.room.limits))
        .collect();
    let fleet = Fleet { problem, slots: &slots, apart: &apart };
    if fleet.cheapest(request, &mut work).is_some() {
        return Vec::new();
    }
    fleet.explain(request, Window { earliest: 0.0, latest: 0.0 }, &mut work).0
}
