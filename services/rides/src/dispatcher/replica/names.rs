//! A plan by the names of shifts and rides: while a solver works, the replica goes on, and another one may
//! take the answer in.

use std::collections::HashMap;

use dugnad_dispatch::{Plan, RequestIx, Visit as Do, planner::Job};
use dugnad_events::{RideId, ShiftId};

use super::Replica;
use crate::model::Visit;

impl Replica {
    /// The names of its rides, shifts and pauses, for when it has gone on.
    pub(in crate::dispatcher) fn names(&self) -> Names {
        Names {
            rides: self.rides.clone(),
            shifts: self.shifts.iter().map(|shift| shift.id).collect(),
            pauses: self.pauses.clone(),
        }
    }

    /// The same back, for a job of this one. What is not known any more is left out.
    pub(in crate::dispatcher) fn plan(&self, job: &Job, named: &Named) -> Plan {
        let numbers: HashMap<RideId, RequestIx> =
            (0..).zip(job.requests()).map(|(at, &r)| (self.rides[r as usize], at)).collect();
        let routes = self.shifts.iter().enumerate().map(|(v, shift)| {
            let visits = named.iter().find(|(id, _)| *id == shift.id).map(|(_, visits)| visits);
            let visit = |visit: &Visit| match visit {
                Visit::Pickup(ride) => Some(Do::Pickup(*numbers.get(ride)?)),
                Visit::Dropoff(ride) => Some(Do::Dropoff(*numbers.get(ride)?)),
                Visit::Pause(at) => {
                    let b = self.pauses[v].iter().position(|pause| pause == at)?;
                    Some(Do::Break(b as u32))
                }
            };
            visits.into_iter().flatten().filter_map(visit).collect()
        });
        Plan { routes: routes.collect() }
    }
}

/// The names of a replica's rides, shifts and pauses.
#[derive(Debug)]
pub(in crate::dispatcher) struct Names {
    rides: Vec<RideId>,
    shifts: Vec<ShiftId>,
    pauses: Vec<Vec<u8>>,
}

impl Names {
    /// A solver's plan by the names of shifts and rides: another replica may take it in.
    pub(in crate::dispatcher) fn named(&self, job: &Job, plan: &Plan) -> Named {
        let ride = |r: RequestIx| self.rides[job.requests()[r as usize] as usize];
        let visit = |v: usize, visit: &Do| match *visit {
            Do::Pickup(r) => Visit::Pickup(ride(r)),
            Do::Dropoff(r) => Visit::Dropoff(ride(r)),
            Do::Break(b) => Visit::Pause(self.pauses[v][b as usize]),
        };
        let routes = self.shifts.iter().zip(&plan.routes).enumerate();
        routes
            .map(|(v, (shift, route))| (*shift, route.iter().map(|it| visit(v, it)).collect()))
            .collect()
    }
}

/// What each shift does.
pub(in crate::dispatcher) type Named = Vec<(ShiftId, Vec<Visit>)>;
