//! What notices keeps of other services, so that it can say what something is called and whom it
//! concerns.

use dugnad_calendar::Interval;
use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::DateTime};
use serde::{Deserialize, Serialize};

use super::Matter;
use crate::{
    ActivityId, AssignmentId, BookingId, Code, CodeId, DoorId, FacilityId, NeedId, OccurrenceId,
    OrganisationId, RoomId, SeasonApplicationId, SeasonRoundId, ShiftId, rooms::Digits,
};

/// Something heard from another service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Something holds, or holds in another way than before.
    Matter {
        /// Its resource name.
        name: String,
        /// From now on.
        matter: Box<Matter>,
    },
    /// It holds no more.
    Over {
        /// Its resource name.
        name: String,
    },
    /// A need for help, which offers and assignments are of.
    Need {
        /// Which.
        need: NeedId,
        /// Of what kind.
        kind: Code,
        /// The first window of each of its times.
        times: Vec<Interval>,
        /// The resource name of what it is for; empty: nothing else.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        about: String,
    },
    /// A need is no more.
    NeedOver {
        /// Which.
        need: NeedId,
    },
    /// What kinds of need are called, all of them: code, bokmål, English.
    Kinds {
        /// The words.
        words: Vec<(Code, String, String)>,
    },
    /// What a building is called.
    Facility {
        /// Which.
        facility: FacilityId,
        /// Its name.
        name: String,
    },
    /// What a room is called, and where it is.
    Room {
        /// Which.
        room: RoomId,
        /// The building.
        facility: FacilityId,
        /// Its name.
        name: String,
    },
    /// Who speaks for an organisation; nobody: it is no more.
    Contacts {
        /// Which.
        organisation: OrganisationId,
        /// The contact person and who stands in.
        people: Vec<PersonId>,
    },
    /// The register has something new on how to reach somebody.
    Changed {
        /// Who.
        person: PersonId,
    },
    /// An evening shift.
    Shift {
        /// Which.
        shift: ShiftId,
        /// What kind of need it is filled as.
        kind: Code,
        /// The building.
        facility: FacilityId,
        /// When.
        span: Interval,
        /// How many come.
        heads: u32,
    },
    /// Somebody comes to an evening shift, or does not.
    Host {
        /// Which shift.
        shift: ShiftId,
        /// By which place in matching.
        assignment: AssignmentId,
        /// Whether they come.
        comes: bool,
    },
    /// How people get through a door.
    Door {
        /// Which.
        door: DoorId,
        /// Its name.
        name: String,
        /// The building.
        facility: FacilityId,
        /// A code is told from so many minutes before its booking.
        shown_minutes: u16,
    },
    /// A code serves a booking.
    DoorCode {
        /// Which.
        code: CodeId,
        /// The door.
        door: DoorId,
        /// The booking.
        booking: BookingId,
        /// Until when it may be on the lock.
        until: Timestamp,
        /// What is keyed in, under the key of whoever booked.
        digits: Sealed<Digits>,
        /// Whether the lock holds it.
        works: bool,
    },
    /// What an activity is called, and where it is held if not in a room.
    Activity {
        /// Which.
        activity: ActivityId,
        /// Its title.
        title: String,
        /// Where; empty: in a room.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        place: String,
    },
    /// One date of an activity.
    Occurrence {
        /// Which.
        occurrence: OccurrenceId,
        /// Of which activity.
        activity: ActivityId,
        /// When.
        span: Interval,
        /// In which room, if one is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomId>,
    },
    /// What a season's round is called.
    SeasonRound {
        /// Which.
        round: SeasonRoundId,
        /// Its name.
        name: String,
    },
    /// Who has slots in a round's draft: those of `None` have nobody.
    SeasonGrants {
        /// Which round.
        round: SeasonRoundId,
        /// Whether these are all that there are.
        all: bool,
        /// Slot and application.
        slots: Vec<(u32, Option<SeasonApplicationId>)>,
    },
    /// A slot was made known.
    SeasonSlot {
        /// Of which round.
        round: SeasonRoundId,
        /// Which.
        slot: u32,
        /// Whether any of its dates is booked.
        booked: bool,
        /// Local starts that could not be had, the first of them.
        skipped: Vec<DateTime>,
    },
    /// What a driver's shift does, as a digest.
    Route {
        /// Which shift.
        shift: ShiftId,
        /// A digest of its stops in order.
        stops: u64,
    },
    /// Somebody is gone for good.
    Erased {
        /// Who.
        person: PersonId,
    },
}
