//! Bookings as the state keeps them: what is free, what an event makes of them, what is shown.

use dugnad_calendar::{Closed, Interval};
use dugnad_events::{
    BookingId, RoomId, SeriesId,
    rooms::{BookingDetails, Cause, Charge, Terms},
};
use dugnad_vault::Sealed;
use jiff::{ToSpan as _, civil::Date};
use uuid::Uuid;

use super::{
    super::{BookingView, Name, Refusal, State, When, charges::Why, register::Ix, room::Room},
    Booking, Standing, Taking, instant, seconds,
};

impl State {
    pub(in crate::model) fn existing_booking(
        &self,
        id: BookingId,
    ) -> Result<(Ix<Booking>, &Booking), Refusal> {
        let ix = self.bookings.find(id).ok_or(Refusal::NotFound(Name::Booking(id)))?;
        Ok((ix, &self.bookings[ix]))
    }

    /// The span that is meant: for a day, from its first opening to its last closing.
    pub(in crate::model) fn span(&self, room: &Room, when: When) -> Result<Interval, Refusal> {
        let date = match when {
            When::Span(span) => return Ok(span),
            When::Day(date) => date,
        };
        let (facility, hours) = self.hours_of(room);
        let midnight = |date: Date| facility.zone.to_timestamp(date.at(0, 0, 0, 0)).ok();
        let open = midnight(date)
            .zip(midnight(date.saturating_add(1.day())))
            .and_then(|(start, end)| Interval::new(start, end).ok())
            .map(|day| hours.open_within(&facility.zone, day))
            .unwrap_or_default();
        let ends = open.first().zip(open.last());
        let span = ends.and_then(|(first, last)| Interval::new(first.start(), last.end()).ok());
        let reason = || hours.exceptions.get(&date).map(|it| it.reason.clone()).unwrap_or_default();
        span.ok_or_else(|| Refusal::Closed(Closed { date, reason: reason() }))
    }

    /// The buffers may lie outside the opening hours; the booking may not.
    pub(in crate::model) fn open_at(&self, room: &Room, span: Interval) -> Result<(), Refusal> {
        let (facility, hours) = self.hours_of(room);
        Ok(hours.covers(&facility.zone, span)?)
    }

    /// Invariant 1: no two live bookings claim the same part of a hall, buffers included; and none
    /// lies where it is closed. Once `gone` have given theirs back, and `taken` are taken.
    pub(in crate::model) fn free(
        &self,
        room: &Room,
        span: Interval,
        gone: &[Ix<Booking>],
        taken: &[Taking],
    ) -> Result<(), Refusal> {
        let wanted = room.claim(span);
        for relative in room.relatives.iter().map(|ix| &self.rooms[*ix]) {
            if let Some(claim) = relative.occupancy.in_the_way(&wanted, gone) {
                return Err(Refusal::Taken {
                    room: relative.name,
                    by: self.bookings[claim.by].id,
                    until: instant(claim.end),
                });
            }
            if let Some(closure) = relative.closures.during(span) {
                return Err(closure.refusal(relative.name));
            }
        }
        let other = taken.iter().find(|other| {
            let wanted = if other.closure { seconds(span) } else { wanted.clone() };
            let overlap = wanted.start < other.claim.end && other.claim.start < wanted.end;
            overlap && room.relatives.contains(&other.room)
        });
        match other {
            Some(other) => Err(Refusal::SlotFree { room: self.rooms[other.room].name }),
            None => Ok(()),
        }
    }

    /// Puts a booking into the register; its claim comes with its standing.
    pub(in crate::model) fn booking_made(&mut self, made: Made<'_>) -> Option<Ix<Booking>> {
        let room = self.rooms.find(made.room)?;
        let booking = Booking {
            id: made.id,
            room,
            span: made.span,
            by: made.by,
            details: made.details.cloned(),
            earlier: None,
            series: made.series.and_then(|id| self.series.find(id)),
            standing: made.standing,
            terms: made.terms.map(|terms| Box::new(terms.clone())),
            revision: 1,
        };
        let series = booking.series;
        let organisation = made.terms.and_then(|terms| terms.application.organisation);
        let (claims, until) = (booking.standing.claims(), booking.standing.until());
        let ix = self.bookings.add(made.id, booking);
        if let Some(details) = made.details {
            self.bookings[ix].earlier = self.people.booked(details.person(), ix);
        }
        if let Some(series) = series {
            self.series[series].bookings.push(ix);
        }
        if claims {
            self.claim(ix);
        }
        if let Some(until) = until {
            self.due.insert_booking(until, ix);
        }
        self.calendars.booked(ix, made.by, organisation);
        self.count_for_applicant(ix);
        self.calls_for_shifts(ix);
        Some(ix)
    }

    /// Takes the room, and the equipment, that the booking says.
    fn claim(&mut self, ix: Ix<Booking>) {
        let booking = &self.bookings[ix];
        let room = &mut self.rooms[booking.room];
        room.occupancy.take(room.claim(booking.span), ix);
        if let Some(terms) = &booking.terms {
            let wanted = &terms.application.equipment;
            self.stock.take(room.name.facility, wanted, booking.span, ix);
        }
    }

    fn unclaim(&mut self, ix: Ix<Booking>) {
        let booking = &self.bookings[ix];
        let room = &mut self.rooms[booking.room];
        room.occupancy.give_back(&room.claim(booking.span));
        if let Some(terms) = &booking.terms {
            let wanted = &terms.application.equipment;
            self.stock.give_back(room.name.facility, wanted, ix);
        }
    }

    pub(in crate::model) fn approved(
        &mut self,
        id: BookingId,
        revision: u32,
        charge: Option<&Charge>,
    ) {
        let Some(ix) = self.bookings.find(id) else { return };
        let booking = &mut self.bookings[ix];
        let before = std::mem::replace(&mut booking.standing, Standing::Confirmed);
        booking.revision = revision;
        if let Some(until) = before.until() {
            self.due.remove_booking(until, ix);
        }
        if !before.claims() {
            self.claim(ix);
        }
        self.charges.add(charge, ix, Why::Booked);
        self.calls_for_shifts(ix);
    }

    pub(in crate::model) fn moved(
        &mut self,
        id: BookingId,
        room: RoomId,
        span: Interval,
        revision: u32,
        terms: Option<&Terms>,
    ) -> Option<Ix<Booking>> {
        let (ix, to) = self.bookings.find(id).zip(self.rooms.find(room))?;
        self.discount_for_applicant(ix);
        self.calls_for_shifts(ix);
        self.unclaim(ix);
        let booking = &mut self.bookings[ix];
        (booking.room, booking.span, booking.revision) = (to, span, revision);
        if let Some(terms) = terms {
            booking.terms = Some(Box::new(terms.clone()));
        }
        self.claim(ix);
        self.count_for_applicant(ix);
        self.calls_for_shifts(ix);
        Some(ix)
    }

    pub(in crate::model) fn booking_ended(
        &mut self,
        id: BookingId,
        reason: &str,
        cause: Cause,
        charge: Option<&Charge>,
    ) {
        let Some(ix) = self.bookings.find(id) else { return };
        self.discount_for_applicant(ix);
        self.calls_for_shifts(ix);
        let booking = &mut self.bookings[ix];
        let ended = Standing::Ended { cause, reason: reason.into() };
        let before = std::mem::replace(&mut booking.standing, ended);
        booking.revision += 1;
        if before.claims() {
            self.unclaim(ix);
        }
        if let Some(until) = before.until() {
            self.due.remove_booking(until, ix);
        }
        if !matches!(before, Standing::Held { .. }) {
            // A hold was none that anybody would list.
            let booking = &self.bookings[ix];
            let start = booking.span.start().as_second();
            self.rooms[booking.room].occupancy.remember(start, ix);
        }
        self.charges.add(charge, ix, Why::Ended(cause));
    }

    pub(in crate::model) fn booking_view(&self, booking: &Booking) -> BookingView {
        let series = booking.series.map(|ix| &self.series[ix]);
        let details = booking.details.as_ref();
        BookingView {
            id: booking.id,
            room: self.rooms[booking.room].name,
            span: booking.span,
            standing: booking.standing.clone(),
            details: details.or_else(|| series.and_then(|it| it.details.as_ref())).cloned(),
            by: booking.by,
            series: series.map(|it| it.id),
            terms: booking.terms.clone(),
            revision: booking.revision,
        }
    }

    /// `O(1)`.
    pub fn booking(&self, id: BookingId) -> Option<BookingView> {
        self.bookings.get(id).map(|booking| self.booking_view(booking))
    }
}

/// What an event says of a booking that it brought.
pub(in crate::model) struct Made<'a> {
    pub(in crate::model) id: BookingId,
    pub(in crate::model) room: RoomId,
    pub(in crate::model) span: Interval,
    pub(in crate::model) by: Uuid,
    pub(in crate::model) details: Option<&'a Sealed<BookingDetails>>,
    pub(in crate::model) series: Option<SeriesId>,
    pub(in crate::model) terms: Option<&'a Terms>,
    pub(in crate::model) standing: Standing,
}
