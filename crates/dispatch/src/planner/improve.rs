//! Making the plan better in the background, inside the promises.
//!
//! A [`Job`] is a copy of the problem as it is: promises are windows, what is under way is frozen,
//! what is over is left out. Any solver may work on it for as long as it likes while the planner
//! goes on answering. What comes back is taken in parts: vehicles that exchange requests belong
//! together, and each such group is checked against the present, brought up to date (what was
//! cancelled falls out, what is new is put in) and adopted if it is still allowed and still
//! cheaper.

use crate::{
    Budget, Options, Plan, Problem, RequestIx, Route, VehicleIx, Visit,
    planner::{
        Planner, Standing,
        explain::{self, MOST_VISITS},
        search::Fleet,
        slot::Slot,
    },
    solve,
};

/// What must be saved for a change to be worth it.
const WORTHWHILE: f64 = 1e-6;

/// A problem to be solved while the planner goes on.
#[derive(Clone, Debug)]
pub struct Job {
    /// The problem; [`Problem::present`] is the plan in force, and a plan to start from.
    pub problem: Problem,
    /// The planner's numbers of its requests.
    requests: Vec<RequestIx>,
    version: u64,
}

/// What was taken of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Adopted {
    /// Requests that another vehicle serves from now on, within their promise.
    pub moved: Vec<(RequestIx, VehicleIx)>,
    /// Requests that waited and are promised a ride now.
    pub gained: Vec<(RequestIx, crate::Promise)>,
    /// Groups of vehicles whose part of the answer no longer holds, or no longer saves anything.
    pub dropped: Vec<Vec<VehicleIx>>,
    /// Whether anything had happened since the job was made.
    pub is_stale: bool,
    /// What the plan cost before, and costs now.
    pub cost: [f64; 2],
}

impl Job {
    /// The planner's number of each of the problem's requests.
    #[must_use]
    pub fn requests(&self) -> &[RequestIx] {
        &self.requests
    }
}

impl Planner {
    /// The problem as it is now, for a solver. `O(places² + requests)`: it is a copy.
    #[must_use]
    pub fn job(&self) -> Job {
        let mut requests: Vec<RequestIx> = (self.slots.iter().flat_map(|slot| &slot.visits))
            .filter_map(|visit| match *visit {
                Visit::Pickup(r) => Some(r),
                Visit::Dropoff(_) | Visit::Break(_) => None,
            })
            .collect();
        requests.extend((0..self.problem.requests.len() as RequestIx).filter(|&r| self.is_open(r)));
        requests.sort_unstable();
        let mut number = vec![None; self.problem.requests.len()];
        for (at, &r) in requests.iter().enumerate() {
            number[r as usize] = Some(at as RequestIx);
        }
        let mut problem = Problem {
            matrix: self.problem.matrix.clone(),
            requests: requests.iter().map(|&r| self.problem.requests[r as usize].clone()).collect(),
            vehicles: self.problem.vehicles.clone(),
            apart: Vec::new(),
            objective: self.problem.objective,
            present: None,
        };
        for request in &mut problem.requests {
            // Who has been brought there must be brought home. Where neither has begun both have their
            // promise, and nothing is gained by moving them together.
            let has_begun = |there: &RequestIx| self.is_under_way(*there);
            request.return_of =
                request.return_of.filter(has_begun).and_then(|there| number[there as usize]);
        }
        let both =
            |&(a, b): &(RequestIx, RequestIx)| Some((number[a as usize]?, number[b as usize]?));
        problem.apart = self.problem.apart.iter().filter_map(both).collect();
        let renumber = |visit: Visit| renumbered(visit, |r| number[r as usize]);
        for vehicle in &mut problem.vehicles {
            for done in &mut vehicle.frozen {
                done.visit = renumber(done.visit).unwrap_or(done.visit);
            }
        }
        let routes = self.plan().routes.into_iter();
        let routes = routes.map(|route| route.into_iter().filter_map(renumber).collect());
        problem.present = Some(Plan { routes: routes.collect() });
        Job { problem, requests, version: self.version }
    }

    /// Improves the plan for as long as the budget allows, and takes what is better. `seed` and
    /// budget decide the answer.
    pub fn improve(&mut self, seed: u64, budget: &dyn Budget) -> Adopted {
        let job = self.job();
        let options = Options { seed, threads: 1, start: job.problem.present.clone() };
        let answer = solve(&job.problem, &options, budget, &|_| {});
        self.adopt(&job, &answer.plan)
    }

    /// Whether a request waits for a ride and could be given one by a solver.
    fn is_open(&self, r: RequestIx) -> bool {
        self.standings[r as usize] == Standing::Waiting && self.is_free(r)
    }

    /// Takes from a plan for `job` what still holds and is better than what is in force.
    pub fn adopt(&mut self, job: &Job, plan: &Plan) -> Adopted {
        let mut adopted = Adopted {
            is_stale: job.version != self.version,
            cost: [self.cost(); 2],
            ..Adopted::default()
        };
        if plan.routes.len() != self.slots.len() {
            return adopted;
        }
        let wanted = self.brought_up_to_date(job, plan);
        for group in self.groups(&wanted) {
            if group.iter().all(|&v| wanted[v as usize] == self.slots[v as usize].visits) {
                continue;
            }
            if !self.adopt_group(&group, &wanted, &mut adopted) {
                adopted.dropped.push(group);
            }
        }
        adopted.cost[1] = self.cost();
        if !adopted.moved.is_empty() || adopted.cost[0] != adopted.cost[1] {
            self.version += 1;
        }
        adopted
    }

    /// The routes of a plan in the planner's numbers, behind what is frozen now, without what has
    /// gone or is aboard elsewhere.
    fn brought_up_to_date(&self, job: &Job, plan: &Plan) -> Vec<Route> {
        let mut seen = vec![false; 2 * self.problem.requests.len()];
        let mut fresh = |visit: &Visit| match *visit {
            Visit::Pickup(r) => !std::mem::replace(&mut seen[2 * r as usize], true),
            Visit::Dropoff(r) => !std::mem::replace(&mut seen[2 * r as usize + 1], true),
            Visit::Break(_) => true,
        };
        let mut wanted: Vec<Route> = Vec::new();
        for vehicle in &self.problem.vehicles {
            let frozen: Route = vehicle.frozen.iter().map(|done| done.visit).collect();
            frozen.iter().for_each(|visit| {
                fresh(visit);
            });
            wanted.push(frozen);
        }
        let known = |visit: Visit| renumbered(visit, |r| job.requests.get(r as usize).copied());
        for (v, route) in plan.routes.iter().enumerate() {
            let frozen = wanted[v].clone();
            let is_here = |visit: &Visit| match *visit {
                Visit::Break(b) => {
                    (b as usize) < self.problem.vehicles[v].breaks.len() && !frozen.contains(visit)
                }
                // Who is aboard here can only get out here.
                Visit::Dropoff(r) if frozen.contains(&Visit::Pickup(r)) => true,
                Visit::Pickup(r) | Visit::Dropoff(r) => {
                    matches!(self.standings[r as usize], Standing::Planned(_) | Standing::Waiting)
                        && !self.is_under_way(r)
                }
            };
            let rest: Vec<Visit> = route.iter().filter_map(|&visit| known(visit)).collect();
            let rest: Vec<Visit> =
                rest.into_iter().filter(is_here).filter(|visit| fresh(visit)).collect();
            wanted[v].extend(rest);
        }
        for (v, route) in (0..).zip(&mut wanted) {
            if !crate::oracle::is_used(route) {
                *route = super::slot::skeleton(&self.problem, v);
            }
        }
        wanted
    }

    /// Whether a vehicle has set out to a planned request.
    fn is_under_way(&self, r: RequestIx) -> bool {
        match self.standings[r as usize] {
            Standing::Planned(v) => self.done_at(v, Visit::Pickup(r)).is_some(),
            _ => false,
        }
    }

    /// Vehicles that exchange requests, directly or by others, in order.
    fn groups(&self, wanted: &[Route]) -> Vec<Vec<VehicleIx>> {
        let mut leader: Vec<usize> = (0..wanted.len()).collect();
        fn find(leader: &mut [usize], mut v: usize) -> usize {
            while leader[v] != v {
                leader[v] = leader[leader[v]];
                v = leader[v];
            }
            v
        }
        for (v, route) in wanted.iter().enumerate() {
            for visit in route {
                let Visit::Pickup(r) = *visit else { continue };
                if let Standing::Planned(now) = self.standings[r as usize] {
                    let (a, b) = (find(&mut leader, v), find(&mut leader, now as usize));
                    leader[a.max(b)] = a.min(b);
                }
            }
        }
        let mut groups = vec![Vec::new(); wanted.len()];
        for v in 0..wanted.len() {
            groups[find(&mut leader, v)].push(v as VehicleIx);
        }
        groups.retain(|group: &Vec<VehicleIx>| !group.is_empty());
        groups
    }

    /// Puts a group's routes in force if they hold, serve all who are promised, and save something.
    fn adopt_group(
        &mut self,
        group: &[VehicleIx],
        wanted: &[Route],
        adopted: &mut Adopted,
    ) -> bool {
        let mut missing = Vec::new();
        let (mut gained, mut moved) = (Vec::new(), Vec::new());
        for &v in group {
            for visit in &self.slots[v as usize].visits {
                if let Visit::Pickup(r) = *visit
                    && !group.iter().any(|&u| wanted[u as usize].contains(visit))
                {
                    missing.push(r);
                }
            }
        }
        let old: Vec<(VehicleIx, Slot)> = group
            .iter()
            .map(|&v| {
                let slot = self.lay(v, wanted[v as usize].clone());
                (v, std::mem::replace(&mut self.slots[v as usize], slot))
            })
            .collect();
        let holds = group.iter().all(|&v| self.is_sound(v))
            && missing.iter().all(|&r| self.put_in(group, r));
        let [before, after] = [
            old.iter().map(|(_, slot)| worth(&self.problem, slot)).sum::<f64>(),
            group.iter().map(|&v| worth(&self.problem, &self.slots[v as usize])).sum::<f64>(),
        ];
        for &v in group {
            for visit in &self.slots[v as usize].visits {
                let Visit::Pickup(r) = *visit else { continue };
                match self.standings[r as usize] {
                    Standing::Waiting => gained.push((r, v)),
                    Standing::Planned(was) if was != v => moved.push((r, v)),
                    _ => {}
                }
            }
        }
        if !holds || (gained.is_empty() && after > before - WORTHWHILE) {
            for (v, slot) in old {
                self.slots[v as usize] = slot;
            }
            return false;
        }
        for &(r, v) in moved.iter().chain(&gained) {
            self.standings[r as usize] = Standing::Planned(v);
        }
        for (r, v) in gained {
            adopted.gained.push((r, self.promise(r, v)));
        }
        adopted.moved.extend(moved);
        true
    }

    /// Puts a request that the answer does not know into one of a group's routes.
    fn put_in(&mut self, group: &[VehicleIx], r: RequestIx) -> bool {
        let Self { problem, slots, apart, work, .. } = self;
        let fleet = Fleet { problem, slots, apart };
        let Some(found) = fleet.cheapest_of(group.iter().copied(), r, work) else { return false };
        let slot = self.lay(found.v, found.visits);
        self.slots[found.v as usize] = slot;
        true
    }

    /// Whether a vehicle's route keeps every limit.
    fn is_sound(&self, v: VehicleIx) -> bool {
        let slot = &self.slots[v as usize];
        let vehicle = &self.problem.vehicles[v as usize];
        let dimensions = self.problem.dimensions();
        let mut aboard: Vec<RequestIx> = Vec::new();
        let mut breaks = 0;
        for (at, &visit) in slot.visits.iter().enumerate() {
            match visit {
                Visit::Pickup(r) => {
                    let apart = &self.apart[r as usize];
                    let is_fit =
                        at < vehicle.frozen.len() || explain::unfit(&self.problem, v, r).is_none();
                    if !is_fit || aboard.iter().any(|other| apart.contains(other)) {
                        return false;
                    }
                    aboard.push(r);
                    let load = &slot.network.loads[(at + 2) * dimensions..][..dimensions];
                    let fits =
                        |seats: &Vec<u16>| load.iter().zip(seats).all(|(&l, &s)| l <= s.into());
                    if !vehicle.seats.iter().any(fits) {
                        return false;
                    }
                }
                Visit::Dropoff(r) => match aboard.iter().position(|&other| other == r) {
                    Some(at) => drop(aboard.swap_remove(at)),
                    None => return false,
                },
                Visit::Break(b) => {
                    if b != breaks || !aboard.is_empty() {
                        return false;
                    }
                    breaks += 1;
                }
            }
        }
        aboard.is_empty()
            && breaks as usize == vehicle.breaks.len()
            && slot.visits.len() <= MOST_VISITS
            && slot.network.holds
    }
}

/// What a vehicle's part of the plan is worth, where vehicles count before all else.
fn worth(problem: &Problem, slot: &Slot) -> f64 {
    const VEHICLE: f64 = 1e9;
    match problem.objective {
        crate::Objective::VehiclesThenDistance if slot.is_used() => slot.cost + VEHICLE,
        _ => slot.cost,
    }
}

fn renumbered(visit: Visit, number: impl Fn(RequestIx) -> Option<RequestIx>) -> Option<Visit> {
    Some(match visit {
        Visit::Pickup(r) => Visit::Pickup(number(r)?),
        Visit::Dropoff(r) => Visit::Dropoff(number(r)?),
        Visit::Break(_) => visit,
    })
}
