//! Each rule of a letting regulation (utleiereglement) by its name: what it needs to know goes in,
//! nothing or the objection comes out.

use dugnad_calendar::Interval;
use dugnad_events::{
    Code,
    rooms::{Applicant, Application, Period, Quota},
};
use jiff::{
    SignedDuration, Timestamp, ToSpan as _,
    civil::{Date, DateTime, Time},
};

/// A letting rule that says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// Who may book.
    #[error("applicants of the kind `{}` may not book here", or_none(applicant.as_ref()))]
    ApplicantNotAdmitted {
        /// The kind they named, if any.
        applicant: Option<Code>,
    },
    /// What they may book for.
    #[error("`{applicant}` may not book here for `{}`", or_none(purpose.as_ref()))]
    PurposeNotAdmitted {
        /// Their kind.
        applicant: Code,
        /// What for, if they said.
        purpose: Option<Code>,
    },
    /// How early they may book.
    #[error("`{applicant}` may book this day from {opens} on")]
    NotYetOpen {
        /// Their kind.
        applicant: Code,
        /// The first day on which they may.
        opens: Date,
    },
    /// How late one may book.
    #[error("book at least {minutes} minutes before the start")]
    LeadTooShort {
        /// The least.
        minutes: u32,
    },
    /// How far ahead one may book.
    #[error("this can be booked {days} days ahead, until {until}")]
    BeyondHorizon {
        /// The most.
        days: u16,
        /// The first instant that is too late.
        until: Timestamp,
    },
    /// How short a booking may be.
    #[error("a booking lasts at least {minutes} minutes here")]
    TooShort {
        /// The least.
        minutes: u32,
    },
    /// How long a booking may be.
    #[error("a booking lasts at most {minutes} minutes here")]
    LongerThanLet {
        /// The most.
        minutes: u32,
    },
    /// When a booking may start.
    #[error("bookings start at every {minutes} minutes from midnight here")]
    OffGrid {
        /// The step.
        minutes: u16,
    },
    /// How many bookings one applicant may have.
    #[error("{limit} bookings a {} is the most for one applicant", word(*period))]
    QuotaOfBookings {
        /// The most.
        limit: u32,
        /// In this.
        period: Period,
    },
    /// How long one applicant may have rooms.
    #[error("{limit} minutes a {} are the most for one applicant; {used} are used", word(*period))]
    QuotaOfMinutes {
        /// The most.
        limit: u32,
        /// In this.
        period: Period,
        /// What they have.
        used: i64,
    },
    /// Who answers for what happens.
    #[error("an adult (18+) must be in charge")]
    AdultRequired {
        /// The age that they must have reached.
        age: u8,
    },
    /// What one must agree to.
    #[error("version {version} of the terms must be accepted")]
    TermsNotAccepted {
        /// The one in force.
        version: u32,
    },
    /// The price list has a hole.
    #[error("the price list says nothing about {at}")]
    NoPrice {
        /// The first local time that no row matches.
        at: DateTime,
    },
}

impl Objection {
    /// Whether it is against booking so far ahead.
    pub(in crate::model) fn is_of_looking_ahead(&self) -> bool {
        matches!(self, Self::NotYetOpen { .. } | Self::BeyondHorizon { .. })
    }

    /// The rule's name for machines, `UPPER_SNAKE_CASE`; it never changes.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::ApplicantNotAdmitted { .. } => "APPLICANT_NOT_ADMITTED",
            Self::PurposeNotAdmitted { .. } => "PURPOSE_NOT_ADMITTED",
            Self::NotYetOpen { .. } => "NOT_YET_OPEN",
            Self::LeadTooShort { .. } => "LEAD_TOO_SHORT",
            Self::BeyondHorizon { .. } => "BEYOND_HORIZON",
            Self::TooShort { .. } => "TOO_SHORT",
            Self::LongerThanLet { .. } => "LONGER_THAN_LET",
            Self::OffGrid { .. } => "OFF_GRID",
            Self::QuotaOfBookings { .. } => "QUOTA_OF_BOOKINGS",
            Self::QuotaOfMinutes { .. } => "QUOTA_OF_MINUTES",
            Self::AdultRequired { .. } => "ADULT_REQUIRED",
            Self::TermsNotAccepted { .. } => "TERMS_NOT_ACCEPTED",
            Self::NoPrice { .. } => "NO_PRICE",
        }
    }
}

fn or_none(code: Option<&Code>) -> &str {
    code.map_or("(none)", Code::as_str)
}

/// The period, as people and programs read it.
pub(crate) fn word(period: Period) -> &'static str {
    match period {
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
        Period::Year => "year",
    }
}

type Verdict = Result<(), Objection>;

/// The class that the applicant named, with its place in the order of priority.
pub(super) fn class<'a>(
    applicants: &'a [Applicant],
    application: &Application,
) -> Option<(usize, &'a Applicant)> {
    let kind = application.applicant.as_ref()?;
    applicants.iter().enumerate().find(|(_, applicant)| applicant.kind == *kind)
}

/// Who may book, and what for. An empty list admits anybody.
pub(super) fn who_may_book(applicants: &[Applicant], application: &Application) -> Verdict {
    if applicants.is_empty() {
        return Ok(());
    }
    let Some((_, class)) = class(applicants, application) else {
        let applicant = application.applicant.clone();
        return Err(Objection::ApplicantNotAdmitted { applicant });
    };
    let purpose = application.purpose.as_ref();
    if class.purposes.is_empty() || purpose.is_some_and(|it| class.purposes.contains(it)) {
        return Ok(());
    }
    let (applicant, purpose) = (class.kind.clone(), purpose.cloned());
    Err(Objection::PurposeNotAdmitted { applicant, purpose })
}

/// From when on the applicant's class may book a day: the first classes may before the others.
pub(super) fn booking_opens(
    applicants: &[Applicant],
    application: &Application,
    today: Date,
    start: Date,
) -> Verdict {
    let Some((_, class)) = class(applicants, application) else { return Ok(()) };
    let Some(days) = class.opens_days else { return Ok(()) };
    let opens = start.saturating_sub(i64::from(days).days());
    if today >= opens {
        return Ok(());
    }
    Err(Objection::NotYetOpen { applicant: class.kind.clone(), opens })
}

/// How long before the start one must have asked.
pub(super) fn lead(minutes: u32, now: Timestamp, start: Timestamp) -> Verdict {
    let enough = start.duration_since(now) >= SignedDuration::from_mins(minutes.into());
    if enough { Ok(()) } else { Err(Objection::LeadTooShort { minutes }) }
}

/// How far ahead one may book.
pub(super) fn horizon(days: u16, now: Timestamp, end: Timestamp) -> Verdict {
    let ahead = SignedDuration::from_hours(i64::from(days) * 24);
    let until = now.saturating_add(ahead).unwrap_or(Timestamp::MAX);
    if end <= until { Ok(()) } else { Err(Objection::BeyondHorizon { days, until }) }
}

/// The shortest booking.
pub(super) fn shortest(minutes: u32, span: Interval) -> Verdict {
    let long = span.seconds() >= i64::from(minutes) * 60;
    if long { Ok(()) } else { Err(Objection::TooShort { minutes }) }
}

/// The longest booking.
pub(super) fn longest(minutes: u32, span: Interval) -> Verdict {
    let short = span.seconds() <= i64::from(minutes) * 60;
    if short { Ok(()) } else { Err(Objection::LongerThanLet { minutes }) }
}

/// At what local times bookings start; 0: at any.
pub(super) fn start_grid(minutes: u16, start: Time) -> Verdict {
    let step = i32::from(minutes) * 60;
    let second =
        (i32::from(start.hour()) * 60 + i32::from(start.minute())) * 60 + i32::from(start.second());
    if step == 0 || second % step == 0 { Ok(()) } else { Err(Objection::OffGrid { minutes }) }
}

/// What one applicant has in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) bookings: u32,
    pub(super) seconds: i64,
}

/// How much one applicant may have in a period, the booking asked for included.
pub(super) fn quota(quota: &Quota, used: Used, span: Interval) -> Verdict {
    let period = quota.period;
    if let Some(limit) = quota.bookings.filter(|limit| used.bookings >= *limit) {
        return Err(Objection::QuotaOfBookings { limit, period });
    }
    let seconds = used.seconds + span.seconds();
    match quota.minutes.filter(|limit| seconds > i64::from(*limit) * 60) {
        Some(limit) => Err(Objection::QuotaOfMinutes { limit, period, used: used.seconds / 60 }),
        None => Ok(()),
    }
}

/// The local dates of the period that `date` lies in: the first, and the first after.
pub(super) fn dates(period: Period, date: Date) -> (Date, Date) {
    let monday = i64::from(date.weekday().to_monday_zero_offset());
    let (first, length) = match period {
        Period::Day => (date, 1.day()),
        Period::Week => (date.saturating_sub(monday.days()), 7.days()),
        Period::Month => (date.first_of_month(), 1.month()),
        Period::Year => (date.first_of_year(), 1.year()),
    };
    (first, first.saturating_add(length))
}

/// Whether somebody of age answers for what happens.
pub(super) fn adult_in_charge(required: bool, application: &Application) -> Verdict {
    let named = application.adult_in_charge || !required;
    if named { Ok(()) } else { Err(Objection::AdultRequired { age: 18 }) }
}

/// Whether the terms in force were accepted.
pub(super) fn terms_accepted(version: u32, application: &Application) -> Verdict {
    let accepted = version == 0 || application.accepted_terms == version;
    if accepted { Ok(()) } else { Err(Objection::TermsNotAccepted { version }) }
}

#[cfg(test)]
mod tests;
