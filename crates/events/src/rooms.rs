//! What happens to rooms: facilities, rooms and their parts, bookings and series.

use dugnad_calendar::{Interval, OpeningHours};
use dugnad_vault::{PersonId, Sealed};
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{BookingId, FacilityId, RoomId, SeriesId};

/// What happened in the rooms of one municipality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A building came into the register.
    FacilityRegistered {
        /// Its id.
        facility: FacilityId,
        /// What people call it.
        name: String,
        /// IANA name of its time zone.
        zone: String,
        /// When it is open.
        hours: OpeningHours,
    },
    /// A building's opening hours were replaced. Bookings made stand as they are.
    FacilityHoursSet {
        /// Which.
        facility: FacilityId,
        /// From now on.
        hours: OpeningHours,
    },
    /// A room, or a part of one, came into the register.
    RoomRegistered {
        /// Its id.
        room: RoomId,
        /// The building it is in.
        facility: FacilityId,
        /// The room it is a part of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<RoomId>,
        /// What it is like.
        traits: RoomTraits,
    },
    /// A room's own opening hours were replaced. Bookings made stand as they are.
    RoomHoursSet {
        /// Which.
        room: RoomId,
        /// From now on.
        hours: OpeningHours,
    },
    /// A room was taken for a span of time.
    Booked {
        /// Its id.
        booking: BookingId,
        /// The room.
        room: RoomId,
        /// When, without buffers.
        span: Interval,
        /// Who asked for it.
        by: Uuid,
        /// What for and whom to reach. `None`: what the series says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Sealed<BookingDetails>>,
        /// The series it belongs to, which was booked before it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        series: Option<SeriesId>,
    },
    /// A booking went to another time, another room, or both.
    Moved {
        /// Which.
        booking: BookingId,
        /// Where it was before: whoever looks at that room must hear that it left.
        from: RoomId,
        /// Where it is now.
        room: RoomId,
        /// When it is now, without buffers.
        span: Interval,
        /// The booking's revision from now on.
        revision: u32,
    },
    /// A room was given back.
    Cancelled {
        /// Which booking.
        booking: BookingId,
        /// Why; no personal data.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// A room was taken again and again. A `Booked` follows for each date that could be had.
    SeriesBooked {
        /// Its id.
        series: SeriesId,
        /// The room.
        room: RoomId,
        /// How it recurs.
        pattern: Pattern,
        /// Who asked for it.
        by: Uuid,
        /// What for and whom to reach.
        details: Sealed<BookingDetails>,
        /// Dates that could not be had.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        skipped: Vec<Skipped>,
    },
    /// A person is gone from here for good: details sealed for them are dropped, bookings stand.
    PersonErased {
        /// Who.
        person: PersonId,
        /// How many bookings lost their details.
        #[serde(default)]
        bookings: u32,
    },
}

/// What a room is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomTraits {
    /// What people call it.
    pub name: String,
    /// People.
    pub capacity: u32,
    /// Lower-case words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equipment: Vec<String>,
    /// How it can be reached and used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accessibility: Vec<Accessibility>,
    /// Minutes kept free before each booking.
    #[serde(default)]
    pub minutes_before: u16,
    /// Minutes kept free after each booking.
    #[serde(default)]
    pub minutes_after: u16,
    /// Takes the place of the facility's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<OpeningHours>,
}

/// Something a room can be reached or used with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accessibility {
    /// No steps on the way in.
    StepFree,
    /// A lift where there are floors.
    Lift,
    /// A toilet for wheelchair users.
    AccessibleToilet,
    /// Sound straight into hearing aids.
    HearingLoop,
    /// Parking for people with a permit.
    AccessibleParking,
}

/// How a series recurs, in the facility's local time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// The first local start.
    pub start: DateTime,
    /// Length of each in minutes by the clock on the wall, also over a change of summer time.
    pub minutes: u16,
    /// RFC 5545 recurrence rule, without `RRULE:`.
    pub rrule: String,
    /// Local starts to leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exdates: Vec<DateTime>,
}

/// A date of a series that could not be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The local start.
    pub start: DateTime,
    /// UPPER_SNAKE_CASE.
    pub reason: String,
    /// For people to read.
    pub message: String,
}

/// What a booking is for and whom to reach about it: sealed before it comes near a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingDetails {
    /// What for.
    pub purpose: String,
    /// Whom to reach.
    pub contact: Contact,
}

/// Whom to reach about a booking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// What they are called.
    pub display_name: String,
    /// Where they can be called.
    pub phone: String,
    /// Where they can be written to.
    pub email: String,
}
