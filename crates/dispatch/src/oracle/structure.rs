//! Who does what: everything that can be judged without looking at the time.

use crate::{Plan, Problem, RequestIx, Vehicle, VehicleIx, Visit};

use super::{Fault, is_used};

/// All faults but those of time. `O(visits × those aboard)`.
pub(super) fn check(problem: &Problem, plan: &Plan) -> Vec<Fault> {
    if plan.routes.len() != problem.vehicles.len() {
        return vec![Fault::Routes { found: plan.routes.len(), wanted: problem.vehicles.len() }];
    }
    let mut faults = unknown(problem, plan);
    if !faults.is_empty() {
        return faults;
    }
    let mut picked_up = vec![false; problem.requests.len()];
    for ((v, route), vehicle) in (0..).zip(&plan.routes).zip(&problem.vehicles) {
        let mut reader = Reader { problem, vehicle, v, aboard: Vec::new(), faults: Vec::new() };
        for &visit in route {
            if let Visit::Pickup(r) = visit
                && std::mem::replace(&mut picked_up[r as usize], true)
            {
                reader.faults.push(Fault::Twice { vehicle: v, visit });
            }
            reader.read(visit);
        }
        reader.end(route);
        faults.append(&mut reader.faults);
    }
    faults.extend(half_returns(problem, &picked_up));
    faults
}

fn unknown(problem: &Problem, plan: &Plan) -> Vec<Fault> {
    let known = |v: usize, visit: &Visit| match *visit {
        Visit::Pickup(r) | Visit::Dropoff(r) => (r as usize) < problem.requests.len(),
        Visit::Break(b) => (b as usize) < problem.vehicles[v].breaks.len(),
    };
    let mut faults = Vec::new();
    for (v, route) in plan.routes.iter().enumerate() {
        if let Some(at) = route.iter().position(|visit| !known(v, visit)) {
            faults.push(Fault::Unknown { vehicle: v as VehicleIx, at });
        }
    }
    faults
}

fn half_returns(problem: &Problem, served: &[bool]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (home, request) in (0..).zip(&problem.requests) {
        let Some(there) = request.return_of else { continue };
        match (served[there as usize], served[home as usize]) {
            (true, false) => faults.push(Fault::HalfReturn { served: there, missing: home }),
            (false, true) => faults.push(Fault::HalfReturn { served: home, missing: there }),
            _ => {}
        }
    }
    faults
}

/// Reads one route from its start to its end.
struct Reader<'a> {
    problem: &'a Problem,
    vehicle: &'a Vehicle,
    v: VehicleIx,
    aboard: Vec<RequestIx>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn read(&mut self, visit: Visit) {
        let vehicle = self.v;
        match visit {
            Visit::Pickup(r) => self.picks_up(r),
            Visit::Dropoff(r) => match self.aboard.iter().position(|&aboard| aboard == r) {
                Some(at) => {
                    self.aboard.swap_remove(at);
                }
                None => self.faults.push(Fault::NoPickup { vehicle, request: r }),
            },
            Visit::Break(index) => {
                if let Some(&request) = self.aboard.first() {
                    self.faults.push(Fault::BreakAboard { vehicle, index, request });
                }
            }
        }
    }

    fn picks_up(&mut self, r: RequestIx) {
        let (problem, vehicle) = (self.problem, self.v);
        let request = &problem.requests[r as usize];
        if request.skills & !self.vehicle.skills != 0 {
            self.faults.push(Fault::Skills { vehicle, request: r });
        }
        if let Some(to) = request.pinned.filter(|&to| to != vehicle) {
            self.faults.push(Fault::Pinned { vehicle, request: r, to });
        }
        for &other in &self.aboard {
            if problem.apart.contains(&(r, other)) || problem.apart.contains(&(other, r)) {
                self.faults.push(Fault::Apart { vehicle, one: other, other: r });
            }
        }
        self.aboard.push(r);
        let mut aboard = vec![0u32; problem.dimensions()];
        for &r in &self.aboard {
            for (sum, load) in aboard.iter_mut().zip(&problem.requests[r as usize].load) {
                *sum += u32::from(*load);
            }
        }
        let fits =
            |seats: &Vec<u16>| seats.iter().zip(&aboard).all(|(&seats, &sum)| sum <= seats.into());
        if !self.vehicle.seats.iter().any(fits) {
            self.faults.push(Fault::Load { vehicle, visit: Visit::Pickup(r), aboard });
        }
    }

    fn end(&mut self, route: &[Visit]) {
        let vehicle = self.v;
        for &request in &self.aboard {
            self.faults.push(Fault::NoDropoff { vehicle, request });
        }
        for (at, done) in self.vehicle.frozen.iter().enumerate() {
            if route.get(at) != Some(&done.visit) {
                self.faults.push(Fault::Frozen { vehicle, at, wanted: done.visit });
                break;
            }
        }
        let mut next = 0;
        for (at, &visit) in route.iter().enumerate() {
            let Visit::Break(index) = visit else { continue };
            if route[..at].contains(&visit) {
                self.faults.push(Fault::Twice { vehicle, visit });
            } else if index > next {
                self.faults.push(Fault::BreakOrder { vehicle, index });
            }
            next = next.max(index + 1);
        }
        if is_used(route) && (next as usize) < self.vehicle.breaks.len() {
            self.faults.push(Fault::BreakMissing { vehicle, index: next });
        }
    }
}
