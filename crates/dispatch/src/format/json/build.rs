//! From the form to the problem.

use std::collections::HashMap;

use crate::{
    Break, Done, Invalid, Limit, Matrix, Objective, PlaceIx, Problem, Promise, Request, Stop,
    Vehicle, Weights,
};

use super::{
    Document, Ids, Ways,
    form::{MatrixForm, ObjectiveForm, ProblemForm, RequestForm, StopForm, Travel, VehicleForm},
    ids::{self, Index},
    no, plan,
    text::{Counts, Place},
};

/// Resolves all names, asks for the ways, and validates the whole.
pub(super) fn document(form: &ProblemForm, ways: Option<Ways<'_>>) -> Result<Document, Invalid> {
    for (field, size, most) in [
        ("requests", form.requests.len(), Limit::REQUESTS),
        ("vehicles", form.vehicles.len(), Limit::VEHICLES),
    ] {
        if size > most {
            return no(field, format!("{size} are more than {most}"));
        }
    }
    let request_ids: Vec<String> = form.requests.iter().map(|form| form.id.clone()).collect();
    let vehicle_ids: Vec<String> = form.vehicles.iter().map(|form| form.id.clone()).collect();
    let mut builder = Builder {
        requests: Index::new("requests", &request_ids)?,
        vehicles: Index::new("vehicles", &vehicle_ids)?,
        places: Places::new(form)?,
        kinds: kinds(form)?,
        skills: Vec::new(),
    };
    let mut vehicles = Vec::with_capacity(form.vehicles.len());
    for (v, form) in form.vehicles.iter().enumerate() {
        vehicles.push(builder.vehicle(&format!("vehicles[{v}]"), form)?);
    }
    let mut requests = Vec::with_capacity(form.requests.len());
    for (r, form) in form.requests.iter().enumerate() {
        requests.push(builder.request(&format!("requests[{r}]"), form)?);
    }
    let mut apart = Vec::with_capacity(form.apart.len());
    for (at, [one, other]) in form.apart.iter().enumerate() {
        let find = |id: &str, side| builder.requests.find(&format!("apart[{at}][{side}]"), id);
        apart.push((find(one, 0)?, find(other, 1)?));
    }
    let Builder { places, kinds, skills, .. } = builder;
    let matrix = places.matrix(form, ways)?;
    let places = places.names;
    let objective = objective(&form.objective);
    let problem = Problem { matrix, requests, vehicles, apart, objective, present: None };
    let ids = Ids { requests: request_ids, vehicles: vehicle_ids, places, kinds, skills };
    let mut document = Document { problem, ids };
    if let Some(present) = &form.present {
        let present = plan::routes(&document, "present.", present)?;
        document.problem.present = Some(present);
    }
    document.problem.validate()?;
    Ok(document)
}

fn objective(form: &ObjectiveForm) -> Objective {
    match form {
        ObjectiveForm::VehiclesThenDistance => Objective::VehiclesThenDistance,
        ObjectiveForm::Distance => Objective::Distance,
        ObjectiveForm::Weighted(weights) => Objective::Weighted(Weights {
            vehicle_time: weights.vehicle_time,
            distance: weights.distance,
            aboard: weights.aboard,
            waiting_aboard: weights.waiting_aboard,
            change: weights.change,
        }),
    }
}

/// The kinds of load that vehicles have seats for; without vehicles, those that requests ask for.
fn kinds(form: &ProblemForm) -> Result<Vec<String>, Invalid> {
    let mut kinds: Vec<String> = Vec::new();
    let mut add = |counts: &Counts, field: String| {
        for (kind, _) in &counts.0 {
            if !kinds.contains(kind) {
                kinds.push(kind.clone());
            }
        }
        if kinds.len() <= Limit::DIMENSIONS {
            return Ok(());
        }
        no(field, format!("is one kind of load more than {}", Limit::DIMENSIONS))
    };
    for (v, vehicle) in form.vehicles.iter().enumerate() {
        for (at, seats) in vehicle.seats.iter().enumerate() {
            add(seats, format!("vehicles[{v}].seats[{at}]"))?;
        }
    }
    if form.vehicles.is_empty() {
        add(&Counts(vec![(SEAT.into(), 1)]), String::new())?;
        for (r, request) in form.requests.iter().enumerate() {
            if let Some(load) = &request.load {
                add(load, format!("requests[{r}].load"))?;
            }
        }
    }
    Ok(kinds)
}

/// What a request takes up if it does not say.
const SEAT: &str = "seat";

struct Builder<'a> {
    requests: Index<'a>,
    vehicles: Index<'a>,
    places: Places,
    kinds: Vec<String>,
    skills: Vec<String>,
}

impl Builder<'_> {
    fn counts(&self, field: &str, counts: &Counts) -> Result<Vec<u16>, Invalid> {
        let mut numbers = vec![0; self.kinds.len()];
        for (kind, count) in &counts.0 {
            let Some(at) = self.kinds.iter().position(|known| known == kind) else {
                let known = self.kinds.join(", ");
                return no(field, format!("no vehicle has seats of kind {kind:?}; known: {known}"));
            };
            numbers[at] = *count;
        }
        Ok(numbers)
    }

    fn skills(&mut self, field: &str, names: &[String]) -> Result<u64, Invalid> {
        let mut bits = 0;
        for name in names {
            let at = self.skills.iter().position(|known| known == name).unwrap_or_else(|| {
                self.skills.push(name.clone());
                self.skills.len() - 1
            });
            match 1u64.checked_shl(at as u32) {
                Some(bit) => bits |= bit,
                None => return no(field, "there are more than 64 skills"),
            }
        }
        Ok(bits)
    }

    fn stop(&mut self, field: &str, form: &StopForm) -> Result<Stop, Invalid> {
        let place = self.places.find(&format!("{field}.place"), &form.place)?;
        Ok(Stop { place, window: form.window.0, service: form.service })
    }

    fn request(&mut self, field: &str, form: &RequestForm) -> Result<Request, Invalid> {
        let one = Counts(vec![(SEAT.into(), 1)]);
        let load = self.counts(&format!("{field}.load"), form.load.as_ref().unwrap_or(&one))?;
        let find = |index: &Index<'_>, name: &str, id: &Option<String>| {
            id.as_ref().map(|id| index.find(&format!("{field}.{name}"), id)).transpose()
        };
        let pinned = find(&self.vehicles, "pinned", &form.pinned)?;
        let return_of = find(&self.requests, "return_of", &form.return_of)?;
        let promise = form.promise.as_ref();
        Ok(Request {
            pickup: self.stop(&format!("{field}.pickup"), &form.pickup)?,
            dropoff: self.stop(&format!("{field}.dropoff"), &form.dropoff)?,
            load,
            max_ride: form.max_ride.unwrap_or(f64::INFINITY),
            skills: self.skills(&format!("{field}.skills"), &form.skills)?,
            price: form.price,
            priority: form.priority,
            release: form.release.unwrap_or(f64::NEG_INFINITY),
            pinned,
            return_of,
            promise: promise.map(|form| Promise { pickup: form.pickup.0, dropoff: form.dropoff.0 }),
        })
    }

    fn vehicle(&mut self, field: &str, form: &VehicleForm) -> Result<Vehicle, Invalid> {
        let mut frozen = Vec::with_capacity(form.frozen.len());
        for (at, done) in form.frozen.iter().enumerate() {
            let field = format!("{field}.frozen[{at}]");
            let (pickup, dropoff) = (done.pickup.as_ref(), done.dropoff.as_ref());
            let visit = ids::visit(&field, &self.requests, pickup, dropoff, done.pause)?;
            frozen.push(Done { visit, began: done.began });
        }
        let mut seats = Vec::with_capacity(form.seats.len());
        for (at, counts) in form.seats.iter().enumerate() {
            seats.push(self.counts(&format!("{field}.seats[{at}]"), counts)?);
        }
        let end = form.end.as_ref();
        let end = end.map(|end| self.places.find(&format!("{field}.end"), end)).transpose()?;
        let pauses = form.breaks.iter();
        Ok(Vehicle {
            start: self.places.find(&format!("{field}.start"), &form.start)?,
            end,
            shift: form.shift.0,
            max_duration: form.max_duration.unwrap_or(f64::INFINITY),
            breaks: pauses.map(|form| Break { window: form.window.0, lasts: form.lasts }).collect(),
            seats,
            skills: self.skills(&format!("{field}.skills"), &form.skills)?,
            fixed_cost: form.fixed_cost,
            frozen,
            not_before: form.not_before.unwrap_or(f64::NEG_INFINITY),
        })
    }
}

/// The places of the matrix, or the points between which ways have to be found.
struct Places {
    names: Vec<String>,
    at: HashMap<String, PlaceIx>,
    points: Vec<[f64; 2]>,
    /// Per point, the field that names it first.
    fields: Vec<String>,
    has_matrix: bool,
}

impl Places {
    fn new(form: &ProblemForm) -> Result<Self, Invalid> {
        let mut places = Self {
            names: Vec::new(),
            at: HashMap::new(),
            points: Vec::new(),
            fields: Vec::new(),
            has_matrix: form.matrix.is_some(),
        };
        if let Some(matrix) = &form.matrix {
            if !form.places.is_empty() {
                return no("places", "are given by the matrix already");
            }
            places.names.clone_from(&matrix.places);
            for (at, name) in (0..).zip(&matrix.places) {
                if places.at.insert(name.clone(), at).is_some() {
                    return no(format!("matrix.places[{at}]"), format!("{name:?} stands twice"));
                }
            }
        }
        for (at, place) in form.places.iter().enumerate() {
            places.add(&format!("places[{at}].at"), place.id.clone(), place.at)?;
        }
        Ok(places)
    }

    fn add(&mut self, field: &str, name: String, point: [f64; 2]) -> Result<PlaceIx, Invalid> {
        let [longitude, latitude] = point;
        if !(-180.0..=180.0).contains(&longitude) || !(-90.0..=90.0).contains(&latitude) {
            return no(field, format!("[{longitude}, {latitude}] is no [longitude, latitude]"));
        }
        if self.names.len() == Limit::PLACES {
            return no(field, format!("is one place more than {}", Limit::PLACES));
        }
        let at = self.names.len() as PlaceIx;
        if self.at.insert(name.clone(), at).is_some() {
            return no(field, format!("{name:?} is a place already"));
        }
        self.names.push(name);
        self.points.push(point);
        self.fields.push(field.into());
        Ok(at)
    }

    fn find(&mut self, field: &str, place: &Place) -> Result<PlaceIx, Invalid> {
        match place {
            Place::Named(name) => match self.at.get(name) {
                Some(&at) => Ok(at),
                None => no(field, format!("{name:?} is none of the places")),
            },
            Place::At(_) if self.has_matrix => no(field, "must be one of the matrix's places"),
            Place::At(point) => {
                let name = format!("{},{}", point[0], point[1]);
                match self.at.get(&name) {
                    Some(&at) => Ok(at),
                    None => self.add(field, name, *point),
                }
            }
        }
    }

    fn matrix(&self, form: &ProblemForm, ways: Option<Ways<'_>>) -> Result<Matrix, Invalid> {
        if let Some(matrix) = &form.matrix {
            return rows_of(matrix);
        }
        let Some(ways) = ways else { return great_circle(&self.points, form.travel) };
        ways(&self.points).or_else(|none| {
            no(self.fields.get(none.point).map_or("places", String::as_str), none.problem)
        })
    }
}

fn rows_of(form: &MatrixForm) -> Result<Matrix, Invalid> {
    let places = form.places.len();
    if places > Limit::PLACES {
        return no("matrix.places", format!("{places} are more than {}", Limit::PLACES));
    }
    let cells = |field: &str, rows: &[Vec<Option<f64>>]| {
        if rows.len() != places {
            return no(field, format!("has {} rows for {places} places", rows.len()));
        }
        let mut cells = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let field = format!("{field}[{at}]");
            if row.len() != places {
                return no(field, format!("has {} columns for {places} places", row.len()));
            }
            if let Some(column) = row.iter().position(|cell| cell.is_some_and(|cell| cell < 0.0)) {
                return no(format!("{field}[{column}]"), "is less than 0");
            }
            cells.extend(row.iter().map(|cell| cell.unwrap_or(f64::INFINITY)));
        }
        Ok(cells)
    };
    let seconds = cells("matrix.seconds", &form.seconds)?;
    let metres = match form.metres.is_empty() {
        true => Vec::new(),
        false => cells("matrix.metres", &form.metres)?,
    };
    Ok(Matrix { places, seconds, metres })
}

/// Great circles (haversine) times a factor, driven at one speed. Whole seconds.
fn great_circle(points: &[[f64; 2]], travel: Travel) -> Result<Matrix, Invalid> {
    const EARTH: f64 = 6_371_008.8;
    for (field, value) in [("travel.speed_kmh", travel.speed_kmh), ("travel.factor", travel.factor)]
    {
        if !value.is_finite() || value <= 0.0 {
            return no(field, "is not more than 0");
        }
    }
    let way = |from: &[f64; 2], to: &[f64; 2]| {
        let half = |at: usize| ((to[at] - from[at]).to_radians() / 2.0).sin().powi(2);
        let latitudes = from[1].to_radians().cos() * to[1].to_radians().cos();
        2.0 * EARTH * (half(1) + latitudes * half(0)).min(1.0).sqrt().asin() * travel.factor
    };
    let ways = points.iter().flat_map(|from| points.iter().map(move |to| way(from, to)));
    let metres: Vec<f64> = ways.collect();
    let seconds = metres.iter().map(|way| (way * 3.6 / travel.speed_kmh).round()).collect();
    Ok(Matrix { places: points.len(), seconds, metres })
}
