//! What can be asked of the rooms. The api checks the form of the fields; the rules are elsewhere.

use dugnad_calendar::{Interval, OpeningHours};
use dugnad_events::{
    BookingId, FacilityId, RoomId, RoomName, SeriesId,
    rooms::{BookingDetails, Pattern, RoomTraits},
};
use dugnad_vault::{PersonId, Sealed};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One intent of a caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Put a building into the register.
    RegisterFacility {
        /// What people call it.
        name: String,
        /// IANA name of its time zone.
        zone: String,
        /// When it is open.
        hours: OpeningHours,
    },
    /// Replace a building's opening hours.
    SetFacilityHours {
        /// Which.
        facility: FacilityId,
        /// From now on.
        hours: OpeningHours,
    },
    /// Put a room, or a part of one, into the register.
    RegisterRoom {
        /// The building it is in.
        facility: FacilityId,
        /// The room of the same building that it is a part of.
        parent: Option<RoomId>,
        /// What it is like.
        traits: RoomTraits,
    },
    /// Replace a room's opening hours with its own.
    SetRoomHours {
        /// Which.
        room: RoomName,
        /// From now on.
        hours: OpeningHours,
    },
    /// Take a room.
    Book {
        /// The room.
        room: RoomName,
        /// When, without buffers.
        span: Interval,
        /// What for and whom to reach.
        details: Sealed<BookingDetails>,
    },
    /// Take another time, another room, or both.
    Move {
        /// Which.
        booking: BookingId,
        /// `None`: the room stays.
        room: Option<RoomName>,
        /// `None`: the time stays.
        span: Option<Interval>,
        /// Only if the booking still has this revision.
        seen: Option<u32>,
    },
    /// Give a room back. A booking that is cancelled already stays as it is.
    Cancel {
        /// Which.
        booking: BookingId,
        /// Why; no personal data.
        reason: String,
        /// Only if the booking still has this revision.
        seen: Option<u32>,
    },
    /// Take a room again and again.
    BookSeries {
        /// The room.
        room: RoomName,
        /// How it recurs.
        pattern: Pattern,
        /// What for and whom to reach.
        details: Sealed<BookingDetails>,
        /// What happens to dates that cannot be had.
        clashes: ClashPolicy,
    },
    /// Give back the live bookings of a series that are not over and start at or after `from`.
    CancelSeries {
        /// Which.
        series: SeriesId,
        /// `None`: all of it.
        from: Option<Timestamp>,
        /// Why; no personal data.
        reason: String,
    },
    /// Drop all that is sealed for a person, for good.
    ErasePerson {
        /// Who.
        person: PersonId,
    },
}

/// What happens to the dates of a series that cannot be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClashPolicy {
    /// One refuses the whole series.
    #[default]
    AllOrNothing,
    /// They are left out and listed with their reason.
    Skip,
}
