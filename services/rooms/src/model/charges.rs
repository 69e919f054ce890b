//! The basis for invoices and refunds: what is to be paid and paid back, in the order in which it
//! arose. What was listed once never changes.

use dugnad_events::{
    BookingId, Code, OrganisationId,
    rooms::{Cause, Charge},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Page, State, booking::Booking, register::Ix};

/// All rows, in the order in which they arose.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Charges(Vec<Row>);

#[derive(Debug, PartialEq)]
struct Row {
    charge: Charge,
    booking: Ix<Booking>,
    why: Why,
}

/// What led to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The booking was made, or approved.
    Booked,
    /// It moved, and costs more or less.
    Moved,
    /// It is none any more.
    Ended(Cause),
}

/// One row of the basis for invoices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeView {
    /// Its place, from 0.
    pub number: u64,
    /// When it arose.
    pub at: Timestamp,
    /// The booking.
    pub booking: BookingId,
    /// Who asked for it.
    pub by: Uuid,
    /// In whose name.
    pub organisation: Option<OrganisationId>,
    /// The applicant's class.
    pub applicant: Option<Code>,
    /// What for, as a class.
    pub purpose: Option<Code>,
    /// To be paid; negative: to be paid back.
    pub oere: i64,
    /// The municipality's own.
    pub vat: Option<Code>,
    /// What led to it.
    pub why: Why,
}

impl Charges {
    pub(super) fn add(&mut self, charge: Option<&Charge>, booking: Ix<Booking>, why: Why) {
        let charge = charge.cloned();
        self.0.extend(charge.map(|charge| Row { charge, booking, why }));
    }
}

impl State {
    pub(super) fn charge(&mut self, of: Option<Ix<Booking>>, charge: Option<&Charge>, why: Why) {
        if let Some(booking) = of {
            self.charges.add(charge, booking, why);
        }
    }

    /// What arose from `from` up to `to`, after row `after`. `O(log n + size)`.
    pub fn charges(
        &self,
        from: Timestamp,
        to: Timestamp,
        after: Option<u64>,
        size: usize,
    ) -> Page<ChargeView, u64> {
        let rows = &self.charges.0;
        // Records are never before the one before them.
        let place = |at: Timestamp| rows.partition_point(|row| row.charge.at < at);
        let next = after.map_or(0, |after| usize::try_from(after + 1).unwrap_or(usize::MAX));
        let (first, last) = (place(from).max(next), place(to));
        let within = rows.iter().enumerate().take(last).skip(first);
        Page::of(within.map(|(n, row)| self.charge_view(n, row)), size, |row| row.number)
    }

    fn charge_view(&self, number: usize, row: &Row) -> ChargeView {
        let booking = &self.bookings[row.booking];
        let application = booking.terms.as_deref().map(|terms| &terms.application);
        ChargeView {
            number: number as u64,
            at: row.charge.at,
            booking: booking.id,
            by: booking.by,
            organisation: application.and_then(|it| it.organisation),
            applicant: application.and_then(|it| it.applicant.clone()),
            purpose: application.and_then(|it| it.purpose.clone()),
            oere: row.charge.oere,
            vat: row.charge.vat.clone(),
            why: row.why,
        }
    }
}
