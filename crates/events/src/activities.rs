//! What happens to activities: planned, arranged by way of the other services, signed up for, held.
//!
//! What is said of an activity is public and stands in clear. People stand here by their ids alone;
//! whom to reach about the venue is sealed under that person's key.
//!
//! Activities asks other services by events of its own ([`What::VenueWanted`] and its like). Whoever
//! answers names what it makes after the [`WantId`], so that each answer finds its way back and every
//! step is done once.

mod data;
mod step;

use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    ActivityId, FacilityId, NoticeId, OccurrenceId, OrganisationId, RoomId, rooms::BookingDetails,
};

pub use data::{Activity, Helpers, Organiser, Outside, Rides, Schedule, Venue, VenueWish};
pub use step::{Notice, Origin, Place, RideWant, VenueWant, WantId, Way, What};

/// What happened in the activities of one municipality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// An activity was written down. Its dates follow, each an occurrence.
    ActivityCreated {
        /// Its id.
        activity: ActivityId,
        /// Who did, and when.
        origin: Origin,
        /// When.
        at: Timestamp,
        /// All that is said of it.
        facts: Box<Activity>,
        /// On which dates.
        schedule: Schedule,
        /// Whom to reach about the venue; rooms shows it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<Sealed<BookingDetails>>,
    },
    /// What is said of an activity changed.
    ActivityChanged {
        /// Which.
        activity: ActivityId,
        /// Who did.
        origin: Origin,
        /// When.
        at: Timestamp,
        /// From now on.
        facts: Box<Activity>,
        /// Whom to reach; `None`: as before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<Sealed<BookingDetails>>,
    },
    /// Something happened to one date of an activity.
    Occurrence {
        /// Which.
        occurrence: OccurrenceId,
        /// What led to it.
        origin: Origin,
        /// When.
        at: Timestamp,
        /// What.
        what: What,
    },
    /// What somebody answered to a notice cannot be done: whoever told them tells them so.
    AnswerRefused {
        /// To which notice.
        notice: NoticeId,
        /// Who.
        person: PersonId,
        /// The resource name of what it was about.
        about: String,
        /// `UPPER_SNAKE_CASE`.
        reason: String,
    },
    /// Another service said something that counts here.
    Heard {
        /// What.
        fact: Fact,
    },
}

/// Something heard that counts here: ids and public names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Who may act for an organisation; none: it is no more.
    Contacts {
        /// Which.
        organisation: OrganisationId,
        /// The contact person and who stands in.
        people: Vec<PersonId>,
    },
    /// Who may sign somebody up.
    Representative {
        /// The receiver.
        person: PersonId,
        /// Who speaks.
        representative: PersonId,
        /// Whether they may, by the receiver's consent.
        may: bool,
        /// The last day; `None`: until it is withdrawn.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// Somebody is gone for good.
    Erased(PersonId),
    /// What a building is called.
    Facility {
        /// Which.
        facility: FacilityId,
        /// What people call it.
        name: String,
    },
    /// Where a room is, and what it is called.
    Room {
        /// Which.
        room: RoomId,
        /// The building it is in.
        facility: FacilityId,
        /// What people call it.
        name: String,
    },
}
