//! What must hold of a problem before anything is planned.
//!
//! Only what is contradictory or unbounded is refused here: a request that nobody can serve is a
//! fact to be explained, not an error.

use super::{Invalid, Limit, Objective, Problem, Request, Stop, Vehicle, Window};
use crate::Visit;

type Checked = Result<(), Invalid>;

fn no(field: impl Into<String>, problem: impl Into<String>) -> Checked {
    Err(Invalid { field: field.into(), problem: problem.into() })
}

impl Problem {
    /// Kinds of load; all requests and seats have this many.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.requests
            .first()
            .map(|request| request.load.len())
            .or_else(|| {
                self.vehicles.iter().find_map(|vehicle| vehicle.seats.first()).map(Vec::len)
            })
            .unwrap_or(0)
    }

    /// Checks everything. `O(places² + requests + vehicles)`.
    ///
    /// # Errors
    /// The first field that does not hold.
    pub fn validate(&self) -> Checked {
        self.validate_sizes()?;
        self.validate_matrix()?;
        self.validate_objective()?;
        for (r, request) in self.requests.iter().enumerate() {
            self.validate_request(r, request)?;
        }
        for (v, vehicle) in self.vehicles.iter().enumerate() {
            self.validate_vehicle(v, vehicle)?;
        }
        let requests = self.requests.len();
        match self
            .apart
            .iter()
            .position(|&(a, b)| a == b || a as usize >= requests || b as usize >= requests)
        {
            Some(at) => no(format!("apart[{at}]"), "does not name two requests"),
            None => self.validate_present(),
        }
    }

    fn validate_present(&self) -> Checked {
        let Some(present) = &self.present else { return Ok(()) };
        for (v, route) in present.routes.iter().enumerate() {
            let is_unknown = |visit: &Visit| match *visit {
                Visit::Pickup(r) | Visit::Dropoff(r) => r as usize >= self.requests.len(),
                Visit::Break(_) => false,
            };
            if let Some(at) = route.iter().position(is_unknown) {
                return no(format!("present.routes[{v}][{at}]"), "names no request");
            }
        }
        Ok(())
    }

    fn validate_sizes(&self) -> Checked {
        for (field, size, most) in [
            ("requests", self.requests.len(), Limit::REQUESTS),
            ("vehicles", self.vehicles.len(), Limit::VEHICLES),
            ("matrix.places", self.matrix.places, Limit::PLACES),
            ("requests[0].load", self.dimensions(), Limit::DIMENSIONS),
        ] {
            if size > most {
                return no(field, format!("{size} are more than {most}"));
            }
        }
        Ok(())
    }

    fn validate_matrix(&self) -> Checked {
        let cells = self.matrix.places * self.matrix.places;
        for (field, values, may_be_empty) in [
            ("matrix.seconds", &self.matrix.seconds, false),
            ("matrix.metres", &self.matrix.metres, true),
        ] {
            if values.len() != cells && !(may_be_empty && values.is_empty()) {
                return no(field, format!("has {} cells; {cells} are wanted", values.len()));
            }
            if let Some(at) = values.iter().position(|&value| !is_amount(value)) {
                return no(format!("{field}[{at}]"), "is not a time or distance of 0 or more");
            }
        }
        Ok(())
    }

    fn validate_objective(&self) -> Checked {
        let Objective::Weighted(weights) = self.objective else { return Ok(()) };
        for (name, weight) in [
            ("vehicle_time", weights.vehicle_time),
            ("distance", weights.distance),
            ("aboard", weights.aboard),
            ("waiting_aboard", weights.waiting_aboard),
            ("change", weights.change),
        ] {
            if !weight.is_finite() || weight < 0.0 {
                return no(format!("objective.weighted.{name}"), "is not a cost of 0 or more");
            }
        }
        Ok(())
    }

    pub(crate) fn validate_request(&self, r: usize, request: &Request) -> Checked {
        let field = |name: &str| format!("requests[{r}].{name}");
        self.validate_stop(&field("pickup"), &request.pickup)?;
        self.validate_stop(&field("dropoff"), &request.dropoff)?;
        if request.load.len() != self.dimensions() {
            return no(field("load"), format!("must have {} numbers", self.dimensions()));
        }
        if !is_amount(request.max_ride) {
            return no(field("max_ride"), "is not a time of 0 or more");
        }
        if request.price.is_some_and(|price| !price.is_finite() || price < 0.0) {
            return no(field("price"), "is not a cost of 0 or more");
        }
        if !is_time(request.release) || request.release == f64::INFINITY {
            return no(field("release"), "is not a time");
        }
        if request.pinned.is_some_and(|vehicle| vehicle as usize >= self.vehicles.len()) {
            return no(field("pinned"), "is no vehicle");
        }
        if let Some(promise) = request.promise {
            validate_window(&field("promise.pickup"), promise.pickup)?;
            validate_window(&field("promise.dropoff"), promise.dropoff)?;
        }
        self.validate_return(r, request)
    }

    /// The windows alone must keep the order of a way there and a way home, so that no plan of one
    /// vehicle depends on the times of another.
    fn validate_return(&self, r: usize, request: &Request) -> Checked {
        let Some(out) = request.return_of else { return Ok(()) };
        let field = format!("requests[{r}].return_of");
        let Some(there) = self.requests.get(out as usize) else {
            return no(field, "is no request");
        };
        if out as usize == r || there.return_of.is_some() {
            return no(field, "is not a way there");
        }
        let arrived = there.dropoff.window.latest + there.dropoff.service;
        if arrived > request.pickup.window.earliest {
            return no(
                field,
                "could begin before the way there has ended: its pickup must open at or after the \
                 latest drop-off, service included",
            );
        }
        Ok(())
    }

    fn validate_stop(&self, field: &str, stop: &Stop) -> Checked {
        if stop.place as usize >= self.matrix.places {
            return no(format!("{field}.place"), "is no place of the matrix");
        }
        if !is_amount(stop.service) || stop.service.is_infinite() {
            return no(format!("{field}.service"), "is not a time of 0 or more");
        }
        validate_window(&format!("{field}.window"), stop.window)
    }

    pub(crate) fn validate_vehicle(&self, v: usize, vehicle: &Vehicle) -> Checked {
        let field = |name: &str| format!("vehicles[{v}].{name}");
        let places = self.matrix.places;
        if vehicle.start as usize >= places {
            return no(field("start"), "is no place of the matrix");
        }
        if vehicle.end.is_some_and(|end| end as usize >= places) {
            return no(field("end"), "is no place of the matrix");
        }
        validate_window(&field("shift"), vehicle.shift)?;
        for (name, value) in
            [("max_duration", vehicle.max_duration), ("fixed_cost", vehicle.fixed_cost)]
        {
            if !is_amount(value) {
                return no(field(name), "is not 0 or more");
            }
        }
        if !is_time(vehicle.not_before) || vehicle.not_before == f64::INFINITY {
            return no(field("not_before"), "is not a time");
        }
        if vehicle.breaks.len() > Limit::BREAKS || vehicle.seats.len() > Limit::CONFIGURATIONS {
            return no(
                format!("vehicles[{v}]"),
                format!(
                    "has more than {} breaks or {} seat configurations",
                    Limit::BREAKS,
                    Limit::CONFIGURATIONS
                ),
            );
        }
        for (b, pause) in vehicle.breaks.iter().enumerate() {
            validate_window(&format!("vehicles[{v}].breaks[{b}].window"), pause.window)?;
            if !is_amount(pause.lasts) || pause.lasts.is_infinite() {
                return no(
                    format!("vehicles[{v}].breaks[{b}].lasts"),
                    "is not a time of 0 or more",
                );
            }
        }
        if vehicle.seats.iter().any(|seats| seats.len() != self.dimensions()) {
            return no(field("seats"), format!("must have {} numbers each", self.dimensions()));
        }
        self.validate_frozen(v, vehicle)
    }

    fn validate_frozen(&self, v: usize, vehicle: &Vehicle) -> Checked {
        let mut seen = Vec::new();
        for (at, done) in vehicle.frozen.iter().enumerate() {
            let field = format!("vehicles[{v}].frozen[{at}]");
            let known = match done.visit {
                Visit::Pickup(r) => (r as usize) < self.requests.len(),
                Visit::Dropoff(r) => seen.contains(&Visit::Pickup(r)),
                Visit::Break(b) => (b as usize) < vehicle.breaks.len(),
            };
            if !known || seen.contains(&done.visit) {
                return no(field, "is unknown, stands twice, or is a drop-off before its pickup");
            }
            if done.began.is_some_and(|began| !is_time(began) || began.is_infinite()) {
                return no(field, "did not begin at a time");
            }
            seen.push(done.visit);
        }
        Ok(())
    }
}

fn validate_window(field: &str, window: Window) -> Checked {
    let Window { earliest, latest } = window;
    if !is_time(earliest) || !is_time(latest) {
        return no(field, format!("[{earliest}, {latest}] is not a time and a later time"));
    }
    if earliest == f64::INFINITY || latest == f64::NEG_INFINITY || window.is_empty() {
        return no(field, format!("[{earliest}, {latest}] ends before it begins"));
    }
    Ok(())
}

/// Infinite, or near enough to 0 to reckon with.
fn is_time(value: f64) -> bool {
    value.is_infinite() || value.abs() <= Limit::TIME
}

fn is_amount(value: f64) -> bool {
    is_time(value) && value >= 0.0
}
