//! The services beside notices: each says what a test wants said, and a marker that notices has heard
//! it.

use dugnad_events::{
    ActivityId, FacilityId, NeedId, OrganisationId, ShiftId, activities, matching, rides, rooms,
    volunteers,
};
use dugnad_harness::{
    Ground,
    ground::{Said, Speaker},
};
use dugnad_notices::model::State;
use uuid::Uuid;

use crate::{
    evenings,
    town::{Town, person},
    travels,
};

/// One of each.
pub(crate) struct Beside {
    matching: Speaker<matching::Event>,
    rooms: Speaker<rooms::Event>,
    volunteers: Speaker<volunteers::Event>,
    rides: Speaker<rides::Event>,
    activities: Speaker<activities::Event>,
}

impl Beside {
    pub(crate) fn on(ground: &Ground) -> Self {
        Self {
            matching: ground.speaker(),
            rooms: ground.speaker(),
            volunteers: ground.speaker(),
            rides: ground.speaker(),
            activities: ground.speaker(),
        }
    }
}

/// Whose stream an event goes by.
pub(crate) trait Told: Said {
    fn of(beside: &Beside) -> &Speaker<Self>;
    /// Something of which nobody is told.
    fn marker(town: &Town, id: Uuid) -> Self;
    /// Whether notices has heard it.
    fn is_heard(state: &State, id: Uuid) -> bool;
}

impl Told for matching::Event {
    fn of(beside: &Beside) -> &Speaker<Self> {
        &beside.matching
    }

    fn marker(town: &Town, id: Uuid) -> Self {
        town.need_for(NeedId(id), "visit", town.span(1), "")
    }

    fn is_heard(state: &State, id: Uuid) -> bool {
        state.known.needs.contains_key(&NeedId(id))
    }
}

impl Told for rooms::Event {
    fn of(beside: &Beside) -> &Speaker<Self> {
        &beside.rooms
    }

    fn marker(_: &Town, id: Uuid) -> Self {
        let (name, zone) = ("Kulturhuset".to_owned(), "Europe/Oslo".to_owned());
        let (facility, hours) = (FacilityId(id), Default::default());
        Self::FacilityRegistered { facility, name, zone, hours }
    }

    fn is_heard(state: &State, id: Uuid) -> bool {
        state.known.facilities.contains_key(&FacilityId(id))
    }
}

impl Told for volunteers::Event {
    fn of(beside: &Beside) -> &Speaker<Self> {
        &beside.volunteers
    }

    fn marker(_: &Town, id: Uuid) -> Self {
        let (contact, deputy) = (person("contact"), None);
        Self::ContactSet { organisation: OrganisationId(id), contact, deputy }
    }

    fn is_heard(state: &State, id: Uuid) -> bool {
        state.known.contacts.contains_key(&OrganisationId(id))
    }
}

impl Told for rides::Event {
    fn of(beside: &Beside) -> &Speaker<Self> {
        &beside.rides
    }

    fn marker(town: &Town, id: Uuid) -> Self {
        travels::shift(town, ShiftId(id), "driver", 24, true)
    }

    fn is_heard(state: &State, id: Uuid) -> bool {
        state.matters.contains_key(&ShiftId(id).to_string())
    }
}

impl Told for activities::Event {
    fn of(beside: &Beside) -> &Speaker<Self> {
        &beside.activities
    }

    fn marker(town: &Town, id: Uuid) -> Self {
        evenings::activity(town, ActivityId(id), "Markør")
    }

    fn is_heard(state: &State, id: Uuid) -> bool {
        state.known.activities.contains_key(&ActivityId(id))
    }
}
