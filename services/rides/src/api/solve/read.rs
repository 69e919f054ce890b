//! Gathers a problem from messages: each field within its bounds and named where it is not.
//!
//! Names become numbers at once; therefore what names something comes after it. What only the whole
//! problem can show (a way home that begins too soon) is the engine's to find, in its own words for
//! the field, which are put into ours.

mod parts;
mod ways;

use dugnad_dispatch::{
    Objective, Options, Plan, Problem, Request, RequestIx, Vehicle, format::json::Ids as Names,
};
use dugnad_door::{
    Invalid, Within as _,
    solving::{Effort, Ids, at_most},
};
use dugnad_proto::rides::v1 as pb;
use tonic::Status;

use crate::ways::Ways;
use parts::Skills;
use ways::Rows;

/// Their matrix takes 144 MB.
const MOST_PLACES: usize = 3_000;
const MOST_VEHICLES: usize = 1_000;
const MOST_RIDES: usize = 10_000;
const MOST_APART: usize = 100_000;
/// Each ride twice, and each vehicle's breaks.
const MOST_VISITS: usize = 2 * MOST_RIDES + MOST_VEHICLES * dugnad_dispatch::Limit::BREAKS;

/// A problem as far as it has come in.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) effort: Effort,
    seed: u64,
    explain: bool,
    hour: u8,
    kinds: Vec<String>,
    objective: Objective,
    skills: Skills,
    places: Ids,
    locations: Vec<Option<pb::Location>>,
    rows: Rows,
    vehicle_ids: Ids,
    vehicles: Vec<Vehicle>,
    ride_ids: Ids,
    rides: Vec<Request>,
    apart: Vec<(RequestIx, RequestIx)>,
    /// By vehicle: where each of its done visits stood among all.
    done_at: Vec<Vec<usize>>,
    done: usize,
    present: Option<Plan>,
    /// Routes of the present plan, and their visits.
    routes: (usize, usize),
}

/// A whole problem, and what its caller calls its parts.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) problem: Problem,
    pub(super) options: Options,
    pub(super) ids: Names,
    /// Places that no road is near.
    pub(super) off_road: Vec<usize>,
    pub(super) explain: bool,
}

impl Asked {
    pub(super) fn begin(options: &pb::SolveOptions) -> Result<Self, Status> {
        let effort = Effort::read(options.threads, options.budget, options.steps);
        Ok(Self {
            effort: effort.within("options")?,
            seed: options.seed,
            explain: options.explain,
            hour: parts::hour(options.hour).within("options")?,
            kinds: parts::kinds(&options.kinds).within("options")?,
            objective: parts::objective(options).within("options")?,
            skills: Skills::default(),
            places: Ids::default(),
            locations: Vec::new(),
            rows: Rows::default(),
            vehicle_ids: Ids::default(),
            vehicles: Vec::new(),
            ride_ids: Ids::default(),
            rides: Vec::new(),
            apart: Vec::new(),
            done_at: Vec::new(),
            done: 0,
            present: None,
            routes: (0, 0),
        })
    }

    /// One more message; its options were taken from it if it is the first.
    pub(super) fn take(&mut self, message: pb::SolveRequest) -> Result<(), Status> {
        if message.options.is_some() {
            return Err(Invalid::new("options", "must stand in the first message only").into());
        }
        at_most("places", self.locations.len() + message.places.len(), MOST_PLACES)?;
        at_most("vehicles", self.vehicles.len() + message.vehicles.len(), MOST_VEHICLES)?;
        at_most("rides", self.rides.len() + message.rides.len(), MOST_RIDES)?;
        at_most("apart", self.apart.len() + message.apart.len(), MOST_APART)?;
        at_most("done", self.done + message.done.len(), MOST_VISITS)?;
        for place in message.places {
            let at = self.locations.len();
            self.place(place).within_item("places", at)?;
        }
        for row in message.rows {
            let at = self.rows.count();
            self.rows.take(row, &self.places, self.locations.len()).within_item("rows", at)?;
        }
        for vehicle in message.vehicles {
            let at = self.vehicles.len();
            self.vehicle(vehicle).within_item("vehicles", at)?;
        }
        for ride in message.rides {
            let at = self.rides.len();
            self.ride(ride).within_item("rides", at)?;
        }
        for apart in &message.apart {
            let at = self.apart.len();
            self.apart(apart).within_item("apart", at)?;
        }
        for done in message.done {
            let at = self.done;
            self.done(&done).within_item("done", at)?;
            self.done += 1;
        }
        for route in message.present {
            let at = self.routes.0;
            at_most("present.visits", self.routes.1 + route.visits.len(), MOST_VISITS)?;
            self.routes.1 += route.visits.len();
            self.route(&route).within_item("present", at)?;
            self.routes.0 += 1;
        }
        Ok(())
    }

    /// The whole problem, checked. Takes as long as its ways take to be looked up.
    pub(super) fn build(self, ways: &dyn Ways) -> Result<Given, Invalid> {
        let mut present = self.present;
        if let Some(plan) = &mut present {
            // Vehicles may have come after it.
            plan.routes.resize(self.vehicles.len(), Vec::new());
        }
        let start = present.clone();
        let options = Options { seed: self.seed, threads: self.effort.threads, start };
        let places = self.places.into_names();
        let (matrix, off_road) = match self.rows.is_empty() {
            true => ways::look_up(ways, &self.locations, self.hour)?,
            false => (self.rows.matrix(&places)?, Vec::new()),
        };
        let problem = Problem {
            matrix,
            requests: self.rides,
            vehicles: self.vehicles,
            apart: self.apart,
            objective: self.objective,
            present,
        };
        problem.validate().map_err(|wrong| in_our_words(&wrong, &self.done_at))?;
        Ok(Given {
            problem,
            options,
            ids: Names {
                requests: self.ride_ids.into_names(),
                vehicles: self.vehicle_ids.into_names(),
                places,
                kinds: self.kinds,
                skills: self.skills.into_names(),
            },
            off_road,
            explain: self.explain,
        })
    }

    fn place(&mut self, place: pb::SolvePlace) -> Result<(), Invalid> {
        self.places.add(place.id)?;
        self.locations.push(place.at);
        Ok(())
    }

    fn apart(&mut self, apart: &pb::SolveApart) -> Result<(), Invalid> {
        let one = self.ride_ids.find("one", &apart.one, "rides")?;
        let other = self.ride_ids.find("other", &apart.other, "rides")?;
        if one == other {
            return Err(Invalid::new("other", "is the same ride"));
        }
        self.apart.push((one, other));
        Ok(())
    }

    fn vehicle(&mut self, vehicle: pb::SolveVehicle) -> Result<(), Invalid> {
        let read = self.read_vehicle(&vehicle)?;
        self.vehicle_ids.add(vehicle.id)?;
        self.vehicles.push(read);
        self.done_at.push(Vec::new());
        Ok(())
    }

    fn ride(&mut self, ride: pb::SolveRide) -> Result<(), Invalid> {
        let read = self.read_ride(&ride)?;
        self.ride_ids.add(ride.id)?;
        self.rides.push(read);
        Ok(())
    }

    fn route(&mut self, route: &pb::SolveRoute) -> Result<(), Invalid> {
        let vehicle = self.vehicle_ids.find("vehicle", &route.vehicle, "vehicles")? as usize;
        let visit = |(at, visit): (usize, &pb::SolveVisit)| {
            self.read_visit(vehicle, visit.visit.as_ref()).within_item("visits", at)
        };
        let visits: Vec<_> =
            route.visits.iter().enumerate().map(visit).collect::<Result<_, _>>()?;
        let plan = self.present.get_or_insert_default();
        plan.routes.resize(self.vehicles.len(), Vec::new());
        if !plan.routes[vehicle].is_empty() {
            return Err(Invalid::new("vehicle", format!("{:?} stands there twice", route.vehicle)));
        }
        plan.routes[vehicle] = visits;
        Ok(())
    }
}

/// The engine names its own fields.
fn in_our_words(wrong: &dugnad_dispatch::Invalid, done_at: &[Vec<usize>]) -> Invalid {
    let ours = match &*wrong.field {
        theirs if theirs.starts_with("requests") => theirs.replacen("requests", "rides", 1),
        theirs => frozen(theirs, done_at)
            .unwrap_or_else(|| theirs.replacen("objective.weighted", "options.weights", 1)),
    };
    Invalid::new(ours, wrong.problem.clone())
}

/// `vehicles[2].frozen[0]` as `done[7]`.
fn frozen(theirs: &str, done_at: &[Vec<usize>]) -> Option<String> {
    let (vehicle, at) = theirs.strip_prefix("vehicles[")?.split_once("].frozen[")?;
    let (vehicle, at): (usize, usize) =
        (vehicle.parse().ok()?, at.strip_suffix(']')?.parse().ok()?);
    Some(format!("done[{}]", done_at.get(vehicle)?.get(at)?))
}
