//! What happens to rooms: facilities, rooms and their parts, bookings and series, holds, requests and
//! waiting lists, closures, letting rules and equipment.

use dugnad_calendar::{Interval, OpeningHours};
use dugnad_vault::{PersonId, Sealed};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

mod calendar;
mod door;
mod letting;
mod season;
mod shift;

pub use calendar::*;
pub use door::*;
pub use letting::*;
pub use season::*;
pub use shift::*;

use crate::{
    BookingId, ClosureId, Code, FacilityId, OccurrenceId, RoomId, SeriesId, WaitId,
    activities::{VenueWant, WantId},
};

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
        /// What was agreed, where letting rules or equipment are concerned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terms: Option<Box<Terms>>,
        /// What is to be paid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        charge: Option<Charge>,
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
        /// What is agreed from now on, where it has terms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terms: Option<Box<Terms>>,
        /// The difference in price.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        charge: Option<Charge>,
    },
    /// A booking, a request or a hold is none any more: the room was given back.
    Cancelled {
        /// Which booking.
        booking: BookingId,
        /// Why; no personal data.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        /// What led to it.
        #[serde(default, skip_serializing_if = "Cause::is_asked")]
        cause: Cause,
        /// What is to be paid back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        charge: Option<Charge>,
    },
    /// A room is held for somebody who has not yet booked it. It is theirs alone to book until then.
    Held {
        /// The hold, named like the booking that it may become.
        booking: BookingId,
        /// The room.
        room: RoomId,
        /// When, without buffers.
        span: Interval,
        /// For whom.
        by: Uuid,
        /// Until when.
        until: Timestamp,
        /// Who waited for the slot and is offered it now; else they asked for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wait: Option<WaitId>,
    },
    /// Somebody asked for a room whose bookings the municipality says yes or no to.
    Requested {
        /// The request, named like the booking that it may become.
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
        /// The series it belongs to, which was asked for before it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        series: Option<SeriesId>,
        /// What is agreed if it is approved.
        terms: Box<Terms>,
        /// It lapses if nobody has answered.
        until: Timestamp,
        /// Whether nobody else can have the slot meanwhile.
        holds: bool,
    },
    /// A request became a booking.
    Approved {
        /// Which.
        booking: BookingId,
        /// The room.
        room: RoomId,
        /// When, without buffers.
        span: Interval,
        /// Who said yes.
        by: Uuid,
        /// The booking's revision from now on.
        revision: u32,
        /// What is to be paid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        charge: Option<Charge>,
    },
    /// A booking made room for another; its `Cancelled` came just before. Whoever had it is to be
    /// told.
    Displaced {
        /// Which.
        booking: BookingId,
        /// Who had it.
        whom: Uuid,
        /// What took its place.
        by: BookingId,
        /// The room.
        room: RoomId,
        /// When it was, without buffers.
        span: Interval,
        /// Times of the same room and length that are free, the nearest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        instead: Vec<Interval>,
    },
    /// An activity wants a room. It is kept until the activity lets go of it, so that the booking that
    /// comes of it finds another room when its own is closed, and a want that could not be met is met
    /// when something becomes free.
    VenueWanted {
        /// What it wants.
        want: Box<VenueWant>,
    },
    /// Activities want these no more; what was booked for them is given back by events of its own.
    VenuesLeft {
        /// Named after what was wanted.
        bookings: Vec<BookingId>,
    },
    /// What an activity wanted cannot be had, for now.
    VenueRefused {
        /// What it wanted.
        want: WantId,
        /// For which occurrence.
        about: OccurrenceId,
        /// `UPPER_SNAKE_CASE`.
        reason: String,
        /// For a person to read.
        message: String,
    },
    /// A room was closed for a while; what it displaces is moved or cancelled by events of its own.
    RoomClosed {
        /// Its id.
        closure: ClosureId,
        /// The room; its parts and wholes cannot be had either.
        room: RoomId,
        /// When.
        span: Interval,
        /// Who closed it.
        by: Uuid,
        /// Why; shown to people.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// A closure was taken back.
    RoomReopened {
        /// Which.
        closure: ClosureId,
    },
    /// Somebody waits for a slot that is taken.
    WaitBegan {
        /// Their place in the queue; the earlier goes first.
        wait: WaitId,
        /// The room.
        room: RoomId,
        /// When, without buffers.
        span: Interval,
        /// Who.
        by: Uuid,
    },
    /// Somebody waits no more, and was offered nothing.
    WaitEnded {
        /// Their place in the queue.
        wait: WaitId,
        /// Why.
        cause: WaitEnd,
    },
    /// Letting rules were written. Bookings made stand under those that they were made under.
    LettingRulesSet {
        /// For what.
        scope: Scope,
        /// The first local date on which they hold.
        from: Date,
        /// All of them: they take the place of what the scope had.
        rules: Box<LettingRules>,
    },
    /// How many pieces of a kind of equipment a building has.
    StockSet {
        /// The building.
        facility: FacilityId,
        /// What.
        item: Code,
        /// How many.
        count: u32,
    },
    /// A room was taken, or asked for, again and again. A `Booked` or `Requested` follows for each date
    /// that could be had.
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
    /// Something in season allocation.
    Season(SeasonEvent),
    /// Something about evening shifts.
    Shift(ShiftEvent),
    /// Of calendars that others read, and that came from others.
    Calendar(CalendarEvent),
    /// A person is gone from here for good: details sealed for them are dropped, bookings stand.
    PersonErased {
        /// Who.
        person: PersonId,
        /// How many bookings lost their details.
        #[serde(default)]
        bookings: u32,
    },
    /// A door was set up, or a code on one went a step.
    Door(DoorEvent),
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
