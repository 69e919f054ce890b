//! What drivers report.

use crate::{
    VehicleIx, Visit,
    planner::{EventError, Planner, events::Happened, limits::service_of},
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

impl Planner {
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
    pub(super) fn push_on(&mut self, v: VehicleIx, place: usize) {
        let slot = &self.slots[v as usize];
        for at in place + 1..self.problem.vehicles[v as usize].frozen.len() {
            let before = self.problem.vehicles[v as usize].frozen[at - 1];
            let service = service_of(&self.problem, v, before.visit);
            let way = slot.way_to(&self.problem.matrix, at);
            let done = &mut self.problem.vehicles[v as usize].frozen[at];
            if let (Some(before), Some(began)) = (before.began, &mut done.began) {
                *began = began.max(before + service + way);
            }
        }
    }
}
