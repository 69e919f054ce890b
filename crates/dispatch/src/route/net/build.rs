//! Making the compact form: windows merged, facts fixed, limits sharpened by each other.

use super::{Car, Load, NONE, NOWHERE, Net, Node, NodeIx, Rider, VISITS};
use crate::{Objective, Vehicle, Visit, Window};

impl Net<'_> {
    pub(super) fn add_requests(&mut self) {
        let requests = &self.problem.requests;
        let present = self.problem.present.as_ref().map(|plan| plan.vehicles(requests.len()));
        for (r, request) in requests.iter().enumerate() {
            let (mut pickup, mut dropoff) = (request.pickup.window, request.dropoff.window);
            if let Some(promise) = request.promise {
                pickup = pickup.and(promise.pickup);
                dropoff = dropoff.and(promise.dropoff);
            }
            self.nodes.push(Node {
                place: request.pickup.place,
                window: finite(pickup),
                service: request.pickup.service,
                gate: request.release,
                ride: f64::INFINITY,
                past: false,
            });
            self.nodes.push(Node {
                place: request.dropoff.place,
                window: finite(dropoff),
                service: request.dropoff.service,
                gate: f64::NEG_INFINITY,
                ride: request.pickup.service + request.max_ride,
                past: false,
            });
            let mut load = Load::default();
            load[..request.load.len()].copy_from_slice(&request.load);
            self.riders.push(Rider {
                load,
                skills: request.skills,
                pinned: request.pinned.unwrap_or(NONE),
                present: present.as_ref().and_then(|of| of[r]).unwrap_or(NONE),
            });
        }
    }

    pub(super) fn add_vehicles(&mut self) {
        let is_open = |vehicle: &Vehicle| vehicle.shift.earliest.is_infinite();
        let horizon = if self.problem.vehicles.iter().any(is_open) { self.horizon() } else { 0.0 };
        let rides = self.problem.requests.iter().any(|request| request.max_ride.is_finite());
        let plain = !rides && !self.timed && self.dimensions <= 1 && self.problem.apart.is_empty();
        let mut frozen_once = vec![false; self.nodes.len()];
        for (v, vehicle) in self.problem.vehicles.iter().enumerate() {
            let first = self.nodes.len() as NodeIx;
            for pause in &vehicle.breaks {
                self.nodes.push(Node {
                    place: NOWHERE,
                    window: finite(pause.window),
                    service: pause.lasts,
                    gate: f64::NEG_INFINITY,
                    ride: f64::INFINITY,
                    past: false,
                });
            }
            let frozen = self.freeze(v, first, &mut frozen_once);
            let seats: Vec<Load> = vehicle
                .seats
                .iter()
                .map(|seats| {
                    let mut load = Load::default();
                    load[..seats.len()].copy_from_slice(seats);
                    load
                })
                .collect();
            let class = self.class_of(v);
            let earliest = vehicle.shift.earliest;
            self.cars.push(Car {
                start: vehicle.start,
                end: vehicle.end.unwrap_or(NOWHERE),
                shift: finite(Window {
                    earliest: if earliest.is_finite() { earliest } else { horizon },
                    latest: vehicle.shift.latest,
                }),
                max_duration: vehicle.max_duration,
                most: seats.iter().map(|seats| u32::from(seats[0])).max().unwrap_or(0),
                seats,
                skills: vehicle.skills,
                fixed_cost: match self.problem.objective {
                    Objective::Weighted(_) => vehicle.fixed_cost,
                    Objective::VehiclesThenDistance | Objective::Distance => 0.0,
                },
                not_before: vehicle.not_before,
                frozen,
                breaks: first..self.nodes.len() as NodeIx,
                class,
                plain: plain && vehicle.max_duration.is_infinite() && vehicle.breaks.is_empty(),
            });
        }
        self.tighten(&frozen_once);
    }

    /// What the longest ride implies of the other window makes the filters sharper.
    fn tighten(&mut self, frozen: &[bool]) {
        for dropoff in (1..frozen.len()).step_by(VISITS as usize) {
            let ride = self.nodes[dropoff].ride;
            if frozen[dropoff] || ride.is_infinite() {
                continue;
            }
            let earliest = self.nodes[dropoff].window.earliest - ride;
            let pickup = &mut self.nodes[dropoff - 1].window;
            pickup.earliest = pickup.earliest.max(earliest);
            let latest = pickup.latest + ride;
            let dropoff = &mut self.nodes[dropoff].window;
            dropoff.latest = dropoff.latest.min(latest);
        }
    }

    /// The frozen visits of vehicle `v` as nodes; what began is held to when it did, and the facts
    /// stand even where a window says otherwise.
    fn freeze(&mut self, v: usize, first_break: NodeIx, once: &mut [bool]) -> Vec<NodeIx> {
        let mut frozen = Vec::new();
        for done in &self.problem.vehicles[v].frozen {
            let node = match done.visit {
                Visit::Pickup(r) => r * VISITS,
                Visit::Dropoff(r) => r * VISITS + 1,
                Visit::Break(b) => first_break + b,
            };
            if once.get_mut(node as usize).is_some_and(|once| std::mem::replace(once, true)) {
                continue;
            }
            if let Some(began) = done.began {
                let node = &mut self.nodes[node as usize];
                node.window = Window { earliest: began, latest: began };
                node.gate = f64::NEG_INFINITY;
                node.past = true;
            }
            frozen.push(node);
        }
        frozen
    }

    fn class_of(&self, v: usize) -> u32 {
        let vehicles = &self.problem.vehicles;
        let alone = !vehicles[v].frozen.is_empty()
            || (self.weights.change > 0.0 && self.problem.present.is_some());
        if alone {
            return v as u32;
        }
        // Fleets come in runs of equal vehicles: comparing with a few before finds nearly all.
        let near = v.saturating_sub(8)..v;
        near.rev()
            .find(|&other| vehicles[other] == vehicles[v])
            .map_or(v as u32, |other| self.cars[other].class)
    }

    /// A time so early that leaving before it helps nobody: from there every place can be driven to,
    /// without a wait, before the first time that is named at all.
    fn horizon(&self) -> f64 {
        let longest =
            self.seconds.iter().copied().filter(|time| time.is_finite()).fold(0.0, f64::max);
        let mut drive = longest;
        let mut first: f64 = 0.0;
        for node in &self.nodes {
            drive += longest + node.service;
            for bound in [node.window.earliest, node.window.latest, node.gate] {
                if bound.is_finite() && bound < f64::MAX {
                    first = first.min(bound);
                }
            }
        }
        for vehicle in &self.problem.vehicles {
            for bound in [vehicle.shift.latest, vehicle.not_before] {
                if bound.is_finite() {
                    first = first.min(bound);
                }
            }
            for pause in &vehicle.breaks {
                drive += pause.lasts;
                for bound in [pause.window.earliest, pause.window.latest] {
                    if bound.is_finite() {
                        first = first.min(bound);
                    }
                }
            }
            for began in vehicle.frozen.iter().filter_map(|done| done.began) {
                first = first.min(began);
            }
        }
        first - drive
    }
}

/// No upper end is infinite, so that unreachable is never in time.
fn finite(window: Window) -> Window {
    Window { earliest: window.earliest, latest: window.latest.min(f64::MAX) }
}
