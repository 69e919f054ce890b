//! One shift held against the oracle: a problem with one vehicle whose ways are the legs of its own
//! route.
//!
//! Invariant 5: what passes here keeps every promise, seat, longest time aboard and shift. No place is
//! known here and no way is searched for; the oracle shares no code with the planner.

use dugnad_dispatch::{
    Break, Fault, Matrix, Objective, Plan, Problem, Request, Stop as End, Times, Vehicle,
    Visit as Do, Weights, Window, oracle, schedule,
};
use dugnad_events::{
    RideId,
    rides::{Load, Moment, Span, Visit},
};

use super::day::{Ride, Shift, Standing, Stop};

/// What the engine weighs: a second of a vehicle, of somebody aboard, and of waiting with somebody
/// aboard; and a metre.
pub const OBJECTIVE: Objective = Objective::Weighted(Weights {
    vehicle_time: 1.0,
    distance: 0.05,
    aboard: 0.5,
    waiting_aboard: 0.5,
    change: 0.0,
});
/// The most stops of one shift.
pub const MOST_STOPS: usize = 200;

/// Looks rides up.
pub(super) type Find<'a> = &'a dyn Fn(RideId) -> Option<&'a Ride>;

/// The kinds of place in a vehicle, as the engine counts them.
#[must_use]
pub fn places(load: Load) -> Vec<u16> {
    vec![load.seats, load.wheelchairs, load.walkers, load.child_seats, load.boxes]
}

/// A window as the engine knows it.
#[must_use]
pub fn window(span: Span) -> Window {
    Window { earliest: span.from.into(), latest: span.until.into() }
}

/// A ride for the engine, its limits what it is promised. `ends` are its two places.
#[must_use]
pub fn request(ride: &Ride, ends: [u32; 2]) -> Request {
    let end = |at: usize, span: Span| End {
        place: ends[at],
        window: window(span),
        service: ride.facts.service[at].into(),
    };
    Request {
        pickup: end(0, ride.promise.pickup),
        dropoff: end(1, ride.promise.dropoff),
        load: places(ride.facts.load),
        max_ride: ride.longest.into(),
        skills: 0,
        price: None,
        priority: ride.facts.priority,
        release: f64::NEG_INFINITY,
        pinned: None,
        return_of: None,
        promise: None,
    }
}

/// A vehicle for the engine. `ends` are where it starts and where it must be at the end.
#[must_use]
pub fn vehicle(shift: &Shift, now: Moment, start: u32, end: Option<u32>) -> Vehicle {
    let pause = |pause: &dugnad_events::rides::Pause| Break {
        window: window(pause.begins),
        lasts: pause.lasts.into(),
    };
    Vehicle {
        start,
        end,
        shift: window(Span { from: shift.from, until: shift.until }),
        max_duration: f64::INFINITY,
        breaks: shift.pauses.iter().map(pause).collect(),
        seats: shift.vehicle.configurations.iter().copied().map(places).collect(),
        skills: 0,
        fixed_cost: 0.0,
        frozen: Vec::new(),
        not_before: now.max(shift.held).into(),
    }
}

/// Somebody who is picked up by nobody: the vehicle only goes to the door, as it had set out to.
#[must_use]
pub fn is_ghost(ride: &Ride) -> bool {
    matches!(ride.standing, Standing::Cancelled | Standing::NoShow)
}

/// Makes of a ride's request one of a ghost: it takes no place and keeps no window.
pub fn haunt(request: &mut Request) {
    request.pickup = End { service: 0.0, window: Window::ALWAYS, ..request.pickup };
    request.dropoff = request.pickup;
    request.load.iter_mut().for_each(|load| *load = 0);
    request.max_ride = f64::INFINITY;
}

/// How long a stop took, or takes.
#[must_use]
pub fn service(stop: &Stop, rides: &dyn Fn(RideId) -> [i32; 2], pauses: &[i32]) -> i32 {
    stop.left.map_or_else(
        || match stop.visit {
            Visit::Pickup(ride) => rides(ride)[0],
            Visit::Dropoff(ride) => rides(ride)[1],
            Visit::Pause(at) => pauses.get(usize::from(at)).copied().unwrap_or_default(),
        },
        |left| left - stop.begins,
    )
}

/// A shift as a problem of one vehicle, the plan in force for it, and its times.
pub(super) struct Line {
    problem: Problem,
    plan: Plan,
    times: Times,
    /// Which of the engine's visits each stop is.
    at: Vec<usize>,
}

impl Line {
    /// `None`: a ride is not known, a pause does not exist, or there are too many stops.
    pub(super) fn new(shift: &Shift, rides: Find<'_>, now: Moment) -> Option<Self> {
        if shift.stops.len() > MOST_STOPS {
            return None;
        }
        let end = shift.vehicle.end.is_some().then(|| shift.stops.len() as u32 + 1);
        let mut line = Self {
            problem: Problem {
                matrix: legs(shift),
                requests: Vec::new(),
                vehicles: vec![vehicle(shift, now, 0, end)],
                apart: Vec::new(),
                objective: OBJECTIVE,
                present: None,
            },
            plan: Plan { routes: vec![Vec::new()] },
            times: Times::default(),
            at: Vec::new(),
        };
        line.lay_pauses(shift);
        let mut known: Vec<RideId> = Vec::new();
        let mut pauses = 0;
        let begun = shift.begun(now);
        for (at, stop) in shift.stops.iter().enumerate() {
            let place = at as u32 + 1;
            line.at.push(line.plan.routes[0].len());
            match stop.visit {
                Visit::Pickup(id) => {
                    let ride = rides(id)?;
                    let r = known.len() as u32;
                    known.push(id);
                    let mut request = request(ride, [place, place]);
                    if is_ghost(ride) {
                        haunt(&mut request);
                    }
                    if let Some(left) = stop.left {
                        request.pickup.service = (left - stop.begins).into();
                    }
                    line.problem.requests.push(request);
                    line.visit(Do::Pickup(r), stop, at < begun || is_ghost(ride));
                    if is_ghost(ride) {
                        line.visit(Do::Dropoff(r), stop, true);
                        let service = line.problem.requests[r as usize].pickup.service;
                        let times = &mut line.times.begins;
                        *times.last_mut()? += service;
                        line.problem.vehicles[0].frozen.last_mut()?.began = times.last().copied();
                    }
                }
                Visit::Dropoff(id) => {
                    let r = known.iter().position(|&other| other == id)?;
                    let dropoff = &mut line.problem.requests[r].dropoff;
                    dropoff.place = place;
                    if let Some(left) = stop.left {
                        dropoff.service = (left - stop.begins).into();
                    }
                    line.visit(Do::Dropoff(r as u32), stop, at < begun);
                }
                Visit::Pause(_) => {
                    line.visit(Do::Break(pauses), stop, at < begun);
                    pauses += 1;
                }
            }
        }
        line.times.start = shift.leaves.into();
        line.times.end = shift.back.into();
        Some(line)
    }

    /// Only the pauses that the route takes, in its order: one that was over before the vehicle was
    /// ever used was taken where it stood.
    fn lay_pauses(&mut self, shift: &Shift) {
        let all = std::mem::take(&mut self.problem.vehicles[0].breaks);
        let taken = shift.stops.iter().filter_map(|stop| match stop.visit {
            Visit::Pause(at) => {
                let mut pause = *all.get(usize::from(at))?;
                if let Some(left) = stop.left {
                    pause.lasts = (left - stop.begins).into();
                }
                Some(pause)
            }
            _ => None,
        });
        self.problem.vehicles[0].breaks = taken.collect();
    }

    fn visit(&mut self, visit: Do, stop: &Stop, is_frozen: bool) {
        self.plan.routes[0].push(visit);
        self.times.begins.push(stop.begins.into());
        if is_frozen {
            let began = Some(stop.begins.into());
            // A ghost is never left out, and so neither is what comes before it.
            let frozen = &mut self.problem.vehicles[0].frozen;
            for at in frozen.len()..self.plan.routes[0].len() - 1 {
                let began = Some(self.times.begins[at]);
                frozen.push(dugnad_dispatch::Done { visit: self.plan.routes[0][at], began });
            }
            frozen.push(dugnad_dispatch::Done { visit, began });
        }
    }

    /// Whether the shift keeps every limit at the times it has.
    pub(super) fn holds(&self) -> Result<(), String> {
        self.problem.validate().map_err(|invalid| invalid.to_string())?;
        let times = std::slice::from_ref(&self.times);
        oracle::check_times(&self.problem, &self.plan, times).map(drop).map_err(said)
    }

    /// The best times for the same stops, if there are any that keep every limit.
    pub(super) fn best(&self) -> Option<(Moment, Vec<Moment>, Moment)> {
        self.problem.validate().ok()?;
        let routes = schedule(&self.problem, &self.plan).ok()?;
        let times = &routes.first()?.times;
        if times.begins.len() != self.plan.routes[0].len() {
            return None;
        }
        let begins = self.at.iter().map(|&at| times.begins[at].round() as Moment).collect();
        Some((times.start.round() as Moment, begins, times.end.round() as Moment))
    }
}

/// The ways between stops that follow each other; no other is known. A pause has no place: the leg
/// to it is driven behind it.
fn legs(shift: &Shift) -> Matrix {
    let places = shift.stops.len() + 2;
    let mut matrix = Matrix {
        places,
        seconds: vec![f64::INFINITY; places * places],
        metres: vec![0.0; places * places],
    };
    let mut way = |from: usize, to: usize, seconds: i32, metres: u32| {
        matrix.seconds[from * places + to] = seconds.max(0).into();
        matrix.metres[from * places + to] = metres.into();
    };
    let (mut from, mut seconds, mut metres) = (0, 0, 0);
    for (at, stop) in shift.stops.iter().enumerate() {
        seconds += stop.leg;
        metres += stop.metres;
        if !matches!(stop.visit, Visit::Pause(_)) {
            way(from, at + 1, seconds, metres);
            way(at + 1, at + 1, 0, 0);
            (from, seconds, metres) = (at + 1, 0, 0);
        }
    }
    way(from, places - 1, seconds + shift.last_leg, metres + shift.last_metres);
    matrix
}

fn said(faults: Vec<Fault>) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
