//! What activities want, as it is kept: met or not, and which of the unmet are to be tried again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dugnad_calendar::Interval;
use dugnad_events::{BookingId, OccurrenceId, activities::VenueWant, rooms::Event};
use dugnad_vault::PersonId;
use jiff::{SignedDuration, Timestamp};

use super::super::State;

/// No buffer around a booking is longer.
const AROUND: SignedDuration = SignedDuration::from_hours(24);

/// What activities want, each by the booking that came, or may come, of it.
#[derive(Debug, Default, PartialEq)]
pub(in crate::model) struct Venues {
    all: HashMap<BookingId, VenueWant>,
    about: BTreeMap<OccurrenceId, BTreeSet<BookingId>>,
    /// Those that were refused, as they were asked for.
    unmet: BTreeMap<u64, BookingId>,
    /// Those of them that may be met by now.
    due: BTreeSet<u64>,
    asked: u64,
}

impl Venues {
    pub(super) fn get(&self, booking: BookingId) -> Option<&VenueWant> {
        self.all.get(&booking)
    }

    pub(super) fn has(&self, booking: BookingId) -> bool {
        self.all.contains_key(&booking)
    }

    pub(super) fn about(&self, about: OccurrenceId) -> impl Iterator<Item = BookingId> {
        self.about.get(&about).into_iter().flatten().copied()
    }

    pub(super) fn unmet(&self) -> usize {
        self.unmet.len()
    }

    /// The first that is to be tried again.
    pub(super) fn due(&self) -> Option<&VenueWant> {
        let first = self.due.first()?;
        self.all.get(self.unmet.get(first)?)
    }

    /// At once, if there is anything to be tried again.
    pub(in crate::model) fn deadline(&self) -> Option<Timestamp> {
        self.due.first().map(|_| Timestamp::MIN)
    }

    /// A booking that it is to take the place of may be moved: then that is what came of it.
    fn wanted(&mut self, want: &VenueWant) {
        for booking in want.instead_of.iter().copied().chain([want.want.booking()]) {
            self.met(booking);
            self.all.insert(booking, want.clone());
            self.about.entry(want.about).or_default().insert(booking);
        }
    }

    fn met(&mut self, booking: BookingId) {
        let place = self.unmet.iter().find(|(_, it)| **it == booking).map(|(place, _)| *place);
        if let Some(place) = place {
            self.unmet.remove(&place);
            self.due.remove(&place);
        }
    }

    fn refused(&mut self, booking: BookingId) {
        let known = self.unmet.iter().find(|(_, it)| **it == booking).map(|(place, _)| *place);
        match known {
            Some(place) => drop(self.due.remove(&place)),
            None if self.all.contains_key(&booking) => {
                self.asked += 1;
                self.unmet.insert(self.asked, booking);
            }
            None => {}
        }
    }

    fn left(&mut self, booking: BookingId) {
        self.met(booking);
        let Some(want) = self.all.remove(&booking) else { return };
        if let Some(of) = self.about.get_mut(&want.about) {
            of.remove(&booking);
            if of.is_empty() {
                self.about.remove(&want.about);
            }
        }
    }

    fn forget(&mut self, person: PersonId) {
        let theirs = self.all.iter().filter(|(_, want)| want.details.person() == person);
        let theirs: Vec<_> = theirs.map(|(booking, _)| *booking).collect();
        for booking in theirs {
            self.left(booking);
        }
    }

    /// Something became free around then; `None`: at any time.
    fn freed(&mut self, span: Option<Interval>) {
        let around = |span: Interval| {
            let start = span.start().saturating_sub(AROUND).unwrap_or(Timestamp::MIN);
            let end = span.end().saturating_add(AROUND).unwrap_or(Timestamp::MAX);
            Interval::new(start, end).unwrap_or(span)
        };
        let span = span.map(around);
        let concerns = |want: &VenueWant| span.is_none_or(|span| span.overlaps(&want.span));
        let due = self.unmet.iter().filter(|(_, id)| self.all.get(id).is_some_and(concerns));
        self.due.extend(due.map(|(place, _)| *place));
    }
}

impl State {
    /// What an event frees, before it does.
    pub(in crate::model) fn venues_see(&mut self, event: &Event) {
        if self.venues.unmet.is_empty() {
            return;
        }
        let span = match event {
            Event::Cancelled { booking, .. } | Event::Moved { booking, .. } => {
                let Some(booking) = self.bookings.get(*booking) else { return };
                Some(booking.span)
            }
            Event::RoomReopened { closure } => self.closed_during(*closure),
            Event::RoomRegistered { .. }
            | Event::FacilityHoursSet { .. }
            | Event::RoomHoursSet { .. }
            | Event::LettingRulesSet { .. }
            | Event::StockSet { .. } => None,
            _ => return,
        };
        self.venues.freed(span);
    }

    /// What became of what activities want.
    pub(in crate::model) fn venues_hear(&mut self, event: &Event) {
        match event {
            Event::VenueWanted { want } => self.venues.wanted(want),
            Event::VenueRefused { want, .. } => self.venues.refused(want.booking()),
            Event::Booked { booking, .. } | Event::Requested { booking, .. } => {
                self.venues.met(*booking);
            }
            Event::Cancelled { booking, .. } => self.venues.left(*booking),
            Event::VenuesLeft { bookings } => {
                bookings.iter().for_each(|booking| self.venues.left(*booking));
            }
            Event::PersonErased { person, .. } => self.venues.forget(*person),
            _ => {}
        }
    }
}
