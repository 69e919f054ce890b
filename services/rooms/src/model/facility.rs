//! Facilities (anlegg): buildings with a time zone and opening hours.

use std::{collections::BTreeMap, ops::Bound};

use dugnad_calendar::OpeningHours;
use dugnad_events::{FacilityId, RoomId, rooms::Event};
use dugnad_ledger::Context;
use jiff::tz::TimeZone;

use super::{
    FacilityView, Name, Page, Refusal, State,
    register::{Ix, Register},
    room::Room,
};

/// The most facilities of one municipality.
pub const MOST_FACILITIES: usize = 10_000;

/// One building.
#[derive(Debug, PartialEq)]
pub(super) struct Facility {
    pub(super) id: FacilityId,
    pub(super) name: String,
    zone_name: String,
    pub(super) zone: TimeZone,
    pub(super) hours: OpeningHours,
    /// By name.
    pub(super) rooms: BTreeMap<(String, RoomId), Ix<Room>>,
}

/// All buildings.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Facilities {
    pub(super) all: Register<FacilityId, Facility>,
    by_name: BTreeMap<(String, FacilityId), Ix<Facility>>,
}

pub(super) fn register(
    state: &State,
    cx: &Context,
    name: String,
    zone: String,
    hours: OpeningHours,
) -> Result<Vec<Event>, Refusal> {
    if state.facilities.all.len() >= MOST_FACILITIES {
        return Err(Refusal::TooMany { what: "facilities", limit: MOST_FACILITIES });
    }
    known_zone(&zone)?;
    Ok(vec![Event::FacilityRegistered { facility: FacilityId(cx.id(0)), name, zone, hours }])
}

pub(super) fn set_hours(
    state: &State,
    facility: FacilityId,
    hours: OpeningHours,
) -> Result<Vec<Event>, Refusal> {
    let now = &state.facilities.existing(facility)?.hours;
    if *now == hours {
        return Ok(Vec::new());
    }
    Ok(vec![Event::FacilityHoursSet { facility, hours }])
}

fn known_zone(name: &str) -> Result<TimeZone, Refusal> {
    TimeZone::get(name).map_err(|_| Refusal::Invalid {
        field: "facility.time_zone",
        problem: format!("`{name}` is no IANA time zone, such as `Europe/Oslo`"),
    })
}

impl Facilities {
    pub(super) fn existing(&self, id: FacilityId) -> Result<&Facility, Refusal> {
        self.all.get(id).ok_or(Refusal::NotFound(Name::Facility(id)))
    }

    pub(super) fn registered(
        &mut self,
        id: FacilityId,
        name: &str,
        zone_name: &str,
        hours: &OpeningHours,
    ) {
        let facility = Facility {
            id,
            name: name.to_owned(),
            zone_name: zone_name.to_owned(),
            // `register` has seen it; the time zone database is compiled in and only grows.
            zone: known_zone(zone_name).unwrap_or(TimeZone::UTC),
            hours: hours.clone(),
            rooms: BTreeMap::new(),
        };
        let ix = self.all.add(id, facility);
        self.by_name.insert((name.to_owned(), id), ix);
    }

    pub(super) fn hours_set(&mut self, id: FacilityId, hours: &OpeningHours) {
        if let Some(ix) = self.all.find(id) {
            self.all[ix].hours = hours.clone();
        }
    }

    /// By name, then id, from `first` on.
    pub(super) fn from<'a>(
        &'a self,
        first: Bound<&Facility>,
    ) -> impl Iterator<Item = &'a Facility> + use<'a> {
        let key = first.map(|facility| (facility.name.clone(), facility.id));
        self.by_name.range((key, Bound::Unbounded)).map(|(_, ix)| &self.all[*ix])
    }
}

impl Facility {
    /// As IANA calls it.
    pub(super) fn zone_name(&self) -> &str {
        &self.zone_name
    }

    pub(super) fn view(&self) -> FacilityView {
        FacilityView {
            id: self.id,
            name: self.name.clone(),
            zone: self.zone_name.clone(),
            hours: self.hours.clone(),
        }
    }
}

impl State {
    /// `O(1)`.
    pub fn facility(&self, id: FacilityId) -> Option<FacilityView> {
        self.facilities.all.get(id).map(Facility::view)
    }

    /// By name, then id, after the one given (none, if there is no such). `O(log n + size)`.
    pub fn facilities(
        &self,
        after: Option<FacilityId>,
        size: usize,
    ) -> Page<FacilityView, FacilityId> {
        let first = match after.map(|id| self.facilities.all.get(id)) {
            None => Bound::Unbounded,
            Some(Some(facility)) => Bound::Excluded(facility),
            Some(None) => return Page::empty(),
        };
        Page::of(self.facilities.from(first).map(Facility::view), size, |facility| facility.id)
    }
}
