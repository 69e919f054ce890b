//! Vehicles, rides and what is done, each as the engine has it.

use dugnad_dispatch::{
    Break, Done, Limit, Objective, Promise, Request, Stop, Vehicle, Visit, Weights, Window,
};
use dugnad_door::{Invalid, Within as _, field};
use dugnad_proto::rides::v1 as pb;
use pb::{solve_done::Visit as DoneVisit, solve_options, solve_visit::Visit as SeenVisit};

use super::Asked;

const LONGEST_LABEL: usize = 64;
/// As many as the engine has bits for.
const MOST_SKILLS: usize = 64;
/// Of one kind, in one vehicle or of one ride.
const MOST_OF_A_KIND: u32 = 1_000;
const HOURS: u32 = 24;
/// The only kind where none is named.
const SEAT: &str = "seat";

/// Skills by name: each is a bit.
#[derive(Debug, Default)]
pub(super) struct Skills(Vec<String>);

impl Skills {
    fn read(&mut self, names: &[String]) -> Result<u64, Invalid> {
        let mut bits = 0;
        for (at, name) in field::at_most("skills", names, MOST_SKILLS)?.iter().enumerate() {
            let name = field::label("", name, LONGEST_LABEL).within_item("skills", at)?;
            let known = self.0.iter().position(|known| known == name);
            let bit = known.unwrap_or(self.0.len());
            if bit == MOST_SKILLS {
                let problem = format!("is one skill more than {MOST_SKILLS} in all");
                return Err(Invalid::new("", problem)).within_item("skills", at);
            }
            if known.is_none() {
                self.0.push(name.to_owned());
            }
            bits |= 1 << bit;
        }
        Ok(bits)
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.0
    }
}

pub(super) fn hour(hour: u32) -> Result<u8, Invalid> {
    let hour = u8::try_from(hour).ok().filter(|hour| u32::from(*hour) < HOURS);
    hour.ok_or_else(|| Invalid::new("hour", "must be from 0 to 23"))
}

pub(super) fn kinds(kinds: &[String]) -> Result<Vec<String>, Invalid> {
    for (at, kind) in field::at_most("kinds", kinds, Limit::DIMENSIONS)?.iter().enumerate() {
        field::label("", kind, LONGEST_LABEL).within_item("kinds", at)?;
        if kinds[..at].contains(kind) {
            return Err(Invalid::new("", "stands there twice")).within_item("kinds", at);
        }
    }
    Ok(if kinds.is_empty() { vec![SEAT.to_owned()] } else { kinds.to_vec() })
}

pub(super) fn objective(options: &pb::SolveOptions) -> Result<Objective, Invalid> {
    use solve_options::Objective as Asked;
    let asked = Asked::try_from(options.objective);
    match asked.map_err(|_| Invalid::new("objective", "is none that is known"))? {
        Asked::Distance => Ok(Objective::Distance),
        Asked::VehiclesThenDistance => Ok(Objective::VehiclesThenDistance),
        Asked::Unspecified | Asked::Weighted => Ok(Objective::Weighted(weights(options))),
    }
}

/// As those of the JSON form: a second of a vehicle is the unit.
fn weights(options: &pb::SolveOptions) -> Weights {
    match options.weights {
        Some(pb::SolveWeights { vehicle_time, distance, aboard, waiting_aboard, change }) => {
            Weights { vehicle_time, distance, aboard, waiting_aboard, change }
        }
        None => Weights {
            vehicle_time: 1.0,
            distance: 0.04,
            aboard: 0.2,
            waiting_aboard: 0.3,
            change: 300.0,
        },
    }
}

fn window(window: Option<&pb::SolveWindow>) -> Window {
    let Window { earliest: always, latest: never } = Window::ALWAYS;
    let of = |window: &pb::SolveWindow| Window {
        earliest: window.earliest.unwrap_or(always),
        latest: window.latest.unwrap_or(never),
    };
    window.map_or(Window::ALWAYS, of)
}

impl Asked {
    fn counts(&self, field: &str, counts: &[u32]) -> Result<Vec<u16>, Invalid> {
        let kinds = self.kinds.len();
        let wrong = || {
            let problem = format!("must be {kinds} numbers of at most {MOST_OF_A_KIND}");
            Invalid::new(field, problem)
        };
        let count = |&count: &u32| {
            let count = u16::try_from(count).ok().filter(|&n| u32::from(n) <= MOST_OF_A_KIND);
            count.ok_or_else(wrong)
        };
        if counts.len() != kinds {
            return Err(wrong());
        }
        counts.iter().map(count).collect()
    }

    fn find_place(&self, field: &str, id: &str) -> Result<u32, Invalid> {
        self.places.find(field, id, "places")
    }

    pub(super) fn read_vehicle(&mut self, asked: &pb::SolveVehicle) -> Result<Vehicle, Invalid> {
        let breaks = field::at_most("breaks", &asked.breaks, Limit::BREAKS)?.iter();
        let of = |pause: &pb::SolveBreak| Break {
            window: window(pause.window.as_ref()),
            lasts: pause.lasts,
        };
        let seats = field::at_most("seats", &asked.seats, Limit::CONFIGURATIONS)?;
        if seats.is_empty() {
            return Err(Invalid::new("seats", "must have at least 1 item"));
        }
        let seats = seats
            .iter()
            .enumerate()
            .map(|(at, seats)| self.counts("counts", &seats.counts).within_item("seats", at));
        Ok(Vehicle {
            start: self.find_place("start", &asked.start)?,
            end: match asked.end.as_str() {
                "" => None,
                end => Some(self.find_place("end", end)?),
            },
            shift: window(asked.shift.as_ref()),
            max_duration: asked.max_duration.unwrap_or(f64::INFINITY),
            breaks: breaks.map(of).collect(),
            seats: seats.collect::<Result<_, _>>()?,
            skills: self.skills.read(&asked.skills)?,
            fixed_cost: asked.fixed_cost,
            frozen: Vec::new(),
            not_before: asked.not_before.unwrap_or(f64::NEG_INFINITY),
        })
    }

    pub(super) fn read_ride(&mut self, asked: &pb::SolveRide) -> Result<Request, Invalid> {
        let stop = |name: &str, stop: Option<&pb::SolveStop>| {
            let stop = field::required(name, stop)?;
            let place = self.find_place("place", &stop.place).within(name)?;
            let window = window(stop.window.as_ref());
            Ok::<_, Invalid>(Stop { place, window, service: stop.service })
        };
        let priority = u8::try_from(asked.priority);
        let promise = asked.promise.as_ref();
        Ok(Request {
            pickup: stop("pickup", asked.pickup.as_ref())?,
            dropoff: stop("dropoff", asked.dropoff.as_ref())?,
            load: match asked.load[..] {
                [] => (0..self.kinds.len()).map(|kind| u16::from(kind == 0)).collect(),
                ref load => self.counts("load", load)?,
            },
            max_ride: asked.max_ride.unwrap_or(f64::INFINITY),
            skills: self.skills.read(&asked.skills)?,
            price: asked.price,
            priority: priority.map_err(|_| Invalid::new("priority", "must be at most 255"))?,
            release: asked.release.unwrap_or(f64::NEG_INFINITY),
            pinned: match asked.pinned.as_str() {
                "" => None,
                id => Some(self.vehicle_ids.find("pinned", id, "vehicles")?),
            },
            return_of: match asked.return_of.as_str() {
                "" => None,
                id => Some(self.ride_ids.find("return_of", id, "rides")?),
            },
            promise: promise.map(|promise| Promise {
                pickup: window(promise.pickup.as_ref()),
                dropoff: window(promise.dropoff.as_ref()),
            }),
        })
    }

    pub(super) fn done(&mut self, done: &pb::SolveDone) -> Result<(), Invalid> {
        let vehicle = self.vehicle_ids.find("vehicle", &done.vehicle, "vehicles")? as usize;
        let visit = done.visit.as_ref().map(|visit| match visit.clone() {
            DoneVisit::Pickup(id) => SeenVisit::Pickup(id),
            DoneVisit::Dropoff(id) => SeenVisit::Dropoff(id),
            DoneVisit::Pause(at) => SeenVisit::Pause(at),
        });
        let visit = self.read_visit(vehicle, visit.as_ref())?;
        self.vehicles[vehicle].frozen.push(Done { visit, began: done.began });
        self.done_at[vehicle].push(self.done);
        Ok(())
    }

    pub(super) fn read_visit(
        &self,
        vehicle: usize,
        visit: Option<&SeenVisit>,
    ) -> Result<Visit, Invalid> {
        match field::required("visit", visit)? {
            SeenVisit::Pickup(id) => self.ride_ids.find("pickup", id, "rides").map(Visit::Pickup),
            SeenVisit::Dropoff(id) => {
                self.ride_ids.find("dropoff", id, "rides").map(Visit::Dropoff)
            }
            SeenVisit::Pause(at) if (*at as usize) < self.vehicles[vehicle].breaks.len() => {
                Ok(Visit::Break(*at))
            }
            SeenVisit::Pause(_) => Err(Invalid::new("pause", "is none of the vehicle's breaks")),
        }
    }
}
