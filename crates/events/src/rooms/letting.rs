//! Letting rules (utleiereglement) as a municipality writes them, what an applicant says about
//! themselves, and what comes of both: a price, its refunds, and the edition that holds for a
//! booking.
//!
//! Money is whole øre. Minutes of a day are counted by the clock on the wall.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{Code, FacilityId, OrganisationId, RoomId};

/// What a set of letting rules is for. The nearest that has a section wins: the room, the wholes it
/// is a part of, its facility, the municipality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    /// All rooms.
    Municipality,
    /// The rooms of one building.
    Facility(FacilityId),
    /// One room and its parts.
    Room(RoomId),
}

/// One document of letting rules. A section that is not there is that of the next wider scope; one
/// that nobody has allows everything, free of charge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LettingRules {
    /// Who may book, first the class that goes first; empty: anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applicants: Option<Vec<Applicant>>,
    /// The least minutes from asking to the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_minutes: Option<u32>,
    /// The shortest booking, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortest_minutes: Option<u32>,
    /// The longest booking, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_minutes: Option<u32>,
    /// Bookings start at multiples of this many minutes from midnight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid_minutes: Option<u16>,
    /// A booking ends at most this many days from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizon_days: Option<u16>,
    /// All of them hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quotas: Option<Vec<Quota>>,
    /// Whether an adult (18+) must say that they are in charge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adult_in_charge: Option<bool>,
    /// The version of the terms that must be accepted; 0: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms: Option<u32>,
    /// The first row that matches an hour prices it; empty: free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<Vec<PriceRow>>,
    /// What a cancellation costs; empty: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<Vec<Deadline>>,
    /// Whether a person of the municipality says yes or no to each booking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handling: Option<Handling>,
    /// How long a slot is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holding: Option<Holding>,
}

/// A class of applicants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    /// Its name, as `children-youth`.
    pub kind: Code,
    /// What they may book for; empty: anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<Code>,
    /// They may book from so many days before the start; `None`: from ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_days: Option<u16>,
}

/// How much one applicant may have in one period, of what the rules' own scope covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Whom it binds; `None`: everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant: Option<Code>,
    /// What is counted together: bookings that start in it, by the local date.
    pub period: Period,
    /// At most so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bookings: Option<u32>,
    /// At most so long together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// A stretch of the local calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// From midnight to midnight.
    Day,
    /// From Monday on.
    Week,
    /// Of the calendar.
    Month,
    /// Of the calendar.
    Year,
}

/// One row of the price list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRow {
    /// `None`: whoever it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant: Option<Code>,
    /// `None`: whatever for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Code>,
    /// Monday is bit 0.
    pub weekdays: u8,
    /// Minutes from midnight.
    pub from: u16,
    /// Minutes from midnight; 1440 is the end of the day.
    pub to: u16,
    /// Whole øre; 0 is free.
    pub oere: i64,
    /// For what.
    pub per: Per,
    /// The municipality's own VAT code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<Code>,
}

/// What an amount is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Each hour, by the minute.
    Hour,
    /// The booking, however long.
    Booking,
}

/// From so long before the start on, a cancellation keeps this much of the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Before the start.
    pub hours: u32,
    /// Thousandths of the price, 1000 at most.
    pub per_mille: u16,
}

/// How requests are dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handling {
    /// Whether a booking is first a request.
    pub required: bool,
    /// Whether an open request holds its slot.
    pub holds: bool,
    /// Unanswered so long, it lapses; at the start in any case.
    pub answer_minutes: u32,
}

/// How long slots are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// While a form is filled in.
    pub form_minutes: u32,
    /// For the first of a waiting list.
    pub offer_minutes: u32,
}

/// What an applicant says when they book. No personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Application {
    /// Their class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applicant: Option<Code>,
    /// In whose name; not verified here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
    /// What for, as a class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Code>,
    /// That an adult (18+) is in charge.
    #[serde(skip_serializing_if = "is_false")]
    pub adult_in_charge: bool,
    /// The version of the terms that they accepted; 0: none.
    #[serde(skip_serializing_if = "is_zero")]
    pub accepted_terms: u32,
    /// What they need of the building's equipment, each item once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub equipment: Vec<Claim>,
}

/// Some pieces of one kind of equipment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What, as `projector`.
    pub item: Code,
    /// How many, from 1.
    pub count: u32,
}

/// Which letting rules hold for a booking, for good: those known when it was made, of them the
/// latest that were in force on that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// How many documents there were.
    pub known: u32,
    /// The local date on which the booking was made.
    pub on: Date,
}

/// What was agreed about a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Under these rules.
    pub edition: Edition,
    /// What the applicant said.
    #[serde(default)]
    pub application: Application,
    /// Whole øre.
    #[serde(default)]
    pub oere: i64,
    /// Of the first row of the price list that counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<Code>,
    /// What a late move has already forfeited: no cancellation gives it back.
    #[serde(default)]
    pub kept: i64,
}

/// One row of the basis for invoices and refunds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// When it arose.
    pub at: Timestamp,
    /// To be paid; negative: to be paid back. Never 0.
    pub oere: i64,
    /// The municipality's own VAT code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<Code>,
}

/// Why a booking is none any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Somebody gave it back.
    #[default]
    Asked,
    /// The municipality said no to a request.
    Denied,
    /// Nobody answered the request, or took the slot that was held, in time.
    Lapsed,
    /// What was held became a booking of its own.
    TakenUp,
    /// Something else took its place.
    Displaced,
    /// The room was closed.
    RoomClosed,
    /// Nobody was found who opens and locks.
    Unhosted,
}

impl Cause {
    /// The usual one, which the journal leaves out.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        *self == Self::Asked
    }
}

/// Why somebody waits no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitEnd {
    /// They left.
    Left,
    /// The time waited for has begun.
    Passed,
    /// The room was closed.
    RoomClosed,
}

// Serde calls both with a reference.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for references")]
fn is_false(value: &bool) -> bool {
    !value
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for references")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}
