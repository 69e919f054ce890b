//! What a file calls things.

use std::collections::HashMap;

use crate::{
    Invalid, PlaceIx, RequestIx, VehicleIx, Visit,
    oracle::{Names, Numbers},
};

use super::no;

/// The names of a file, each list in the order of the problem's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// Of requests.
    pub requests: Vec<String>,
    /// Of vehicles.
    pub vehicles: Vec<String>,
    /// Of places; those that have none are called by their coordinates.
    pub places: Vec<String>,
    /// Of the kinds of load.
    pub kinds: Vec<String>,
    /// Of the skills, lowest bit first.
    pub skills: Vec<String>,
}

/// Times as on a clock that starts with the problem's, as long as that makes sense.
impl Names for Ids {
    fn request(&self, request: RequestIx) -> String {
        self.requests.get(request as usize).cloned().unwrap_or_else(|| Numbers.request(request))
    }

    fn vehicle(&self, vehicle: VehicleIx) -> String {
        self.vehicles.get(vehicle as usize).cloned().unwrap_or_else(|| Numbers.vehicle(vehicle))
    }

    fn place(&self, place: PlaceIx) -> String {
        self.places.get(place as usize).cloned().unwrap_or_else(|| Numbers.place(place))
    }

    fn load(&self, aboard: &[u32]) -> String {
        let kinds = self.kinds.iter().zip(aboard).filter(|&(_, &count)| count > 0);
        kinds.map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>().join(" and ")
    }

    fn time(&self, time: f64) -> String {
        const TWO_DAYS: f64 = 172_800.0;
        if !(0.0..TWO_DAYS).contains(&time) {
            return Numbers.time(time);
        }
        let seconds = time.round() as u32;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        match seconds {
            0 => format!("{hours:02}:{minutes:02}"),
            _ => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        }
    }

    fn span(&self, span: f64) -> String {
        if span < 60.0 {
            return format!("{} s", span.round());
        }
        format!("{} min", (span / 6.0).round() / 10.0)
    }
}

/// Finds what an id names.
pub(super) struct Index<'a> {
    what: &'static str,
    at: HashMap<&'a str, u32>,
}

impl<'a> Index<'a> {
    /// No id may name two things. `what` they are, as in `requests[3].id`.
    pub(super) fn new(what: &'static str, ids: &'a [String]) -> Result<Self, Invalid> {
        let mut at = HashMap::with_capacity(ids.len());
        for (ix, id) in (0..).zip(ids) {
            if let Some(first) = at.insert(id.as_str(), ix) {
                let problem = format!("{id:?} is the id of {what}[{first}] already");
                return no(format!("{what}[{ix}].id"), problem);
            }
        }
        Ok(Self { what, at })
    }

    pub(super) fn find(&self, field: &str, id: &str) -> Result<u32, Invalid> {
        match self.at.get(id) {
            Some(&ix) => Ok(ix),
            None => no(field, format!("{id:?} is none of the {}", self.what)),
        }
    }
}

/// Just one of a pickup, a drop-off and a break.
pub(super) fn visit(
    field: &str,
    requests: &Index<'_>,
    pickup: Option<&String>,
    dropoff: Option<&String>,
    pause: Option<u32>,
) -> Result<Visit, Invalid> {
    match (pickup, dropoff, pause) {
        (Some(id), None, None) => Ok(Visit::Pickup(requests.find(&format!("{field}.pickup"), id)?)),
        (None, Some(id), None) => {
            Ok(Visit::Dropoff(requests.find(&format!("{field}.dropoff"), id)?))
        }
        (None, None, Some(index)) => Ok(Visit::Break(index)),
        _ => no(field, "must have one of pickup, dropoff and break"),
    }
}
