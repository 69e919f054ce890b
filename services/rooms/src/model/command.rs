//! What can be asked of the rooms. The api checks the form of the fields; the rules are elsewhere.

use dugnad_calendar::{Interval, OpeningHours};
use dugnad_events::{
    BookingId, ClosureId, Code, FacilityId, RoomId, RoomName, SeriesId, WaitId,
    rooms::{Application, BookingDetails, LettingRules, Pattern, RoomTraits, Scope},
};
use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{calendar, door, season, shift};

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
    /// Take a room, with all that the letting rules may want to know; or ask for it, where they want
    /// a person's answer.
    Apply {
        /// The room.
        room: RoomName,
        /// When.
        when: When,
        /// What for and whom to reach.
        details: Sealed<BookingDetails>,
        /// Who, what for, and what with.
        application: Box<Application>,
        /// What the caller holds, and turns into this booking.
        hold: Option<BookingId>,
    },
    /// Keep a slot for the caller while they fill in a form.
    Hold {
        /// The room.
        room: RoomName,
        /// When, without buffers.
        span: Interval,
    },
    /// Say yes to a request.
    Approve {
        /// Which.
        booking: BookingId,
    },
    /// Say no to a request.
    Deny {
        /// Which.
        booking: BookingId,
        /// Why; no personal data.
        reason: String,
    },
    /// Take a room for the municipality, whoever has it.
    Displace {
        /// The room.
        room: RoomName,
        /// When.
        when: When,
        /// What for and whom to reach.
        details: Sealed<BookingDetails>,
        /// What with.
        application: Box<Application>,
        /// Shown to whom it displaces.
        reason: String,
    },
    /// Close a room for a while, with all that follows.
    CloseRoom {
        /// Which.
        room: RoomName,
        /// When.
        span: Interval,
        /// Shown to people.
        reason: String,
    },
    /// Take a closure back.
    ReopenRoom {
        /// Which.
        closure: ClosureId,
    },
    /// Wait for a slot that is taken.
    JoinWait {
        /// The room.
        room: RoomName,
        /// When, without buffers.
        span: Interval,
    },
    /// Wait no more.
    LeaveWait {
        /// Which place.
        wait: WaitId,
    },
    /// Write letting rules.
    SetLettingRules {
        /// For what.
        scope: Scope,
        /// The first local date on which they hold.
        from: Date,
        /// All of them.
        rules: Box<LettingRules>,
    },
    /// Say how many pieces of a kind of equipment a building has.
    SetStock {
        /// The building.
        facility: FacilityId,
        /// What.
        item: Code,
        /// How many.
        count: u32,
    },
    /// What the clock brings. The ledger's own.
    Tick,
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
        /// On behalf of the municipality: where it would have to say yes, it does.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        as_staff: bool,
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
        /// Who, what for, and what with.
        #[serde(default, skip_serializing_if = "says_nothing")]
        application: Box<Application>,
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
    /// What an activity wants of us.
    Venue(super::VenueCommand),
    /// Say yes to what of a series is still a request.
    ApproveSeries {
        /// Which.
        series: SeriesId,
    },
    /// Say no to it.
    DenySeries {
        /// Which.
        series: SeriesId,
        /// Why; no personal data.
        reason: String,
    },
    /// Something in season allocation.
    Season(season::Command),
    /// Something about evening shifts.
    Shift(shift::Command),
    /// Of calendars.
    Calendar(calendar::Command),
    /// Drop all that is sealed for a person, for good.
    ErasePerson {
        /// Who.
        person: PersonId,
    },
    /// About a door, or a code on one.
    Door(door::Command),
}

/// So that a plain series reads as it did before there were letting rules.
fn says_nothing(application: &Application) -> bool {
    *application == Application::default()
}

/// When a room is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// Then, without buffers.
    Span(Interval),
    /// All of a local day, from its first opening to its last closing.
    Day(Date),
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
