//! Whose details lie here, and who was erased. Invariant 8: from an erasure on nothing here can
//! show the person again, and nothing new is kept about them.

use std::collections::HashMap;

use dugnad_events::rooms::Event;
use dugnad_vault::PersonId;

use super::{
    BookingView, Refusal, SeriesView, State, booking::Booking, register::Ix, series::Series,
};

/// Everyone a booking or series was ever about.
#[derive(Debug, Default, PartialEq)]
pub(super) struct People(HashMap<PersonId, Person>);

pub(super) fn erase(state: &State, person: PersonId) -> Vec<Event> {
    if state.people.not_erased(person).is_err() {
        return Vec::new();
    }
    let of_series =
        state.series_of(person).map(|ix| state.series[ix].bookings.len()).sum::<usize>();
    let bookings = state.bookings_of(person).count() + of_series;
    vec![Event::PersonErased { person, bookings: u32::try_from(bookings).unwrap_or(u32::MAX) }]
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Person {
    /// Each points at the one before it, so that erasing looks at nobody else's.
    Known {
        last_booking: Option<Ix<Booking>>,
        last_series: Option<Ix<Series>>,
    },
    Erased,
}

impl People {
    pub(super) fn not_erased(&self, person: PersonId) -> Result<(), Refusal> {
        match self.0.get(&person) {
            Some(Person::Erased) => Err(Refusal::PersonErased(person)),
            _ => Ok(()),
        }
    }

    /// The person's booking before this one.
    pub(super) fn booked(&mut self, person: PersonId, ix: Ix<Booking>) -> Option<Ix<Booking>> {
        match self.known(person) {
            Person::Known { last_booking, .. } => last_booking.replace(ix),
            Person::Erased => None,
        }
    }

    /// The person's series before this one.
    pub(super) fn series_booked(&mut self, person: PersonId, ix: Ix<Series>) -> Option<Ix<Series>> {
        match self.known(person) {
            Person::Known { last_series, .. } => last_series.replace(ix),
            Person::Erased => None,
        }
    }

    fn erased(&self) -> impl Iterator<Item = PersonId> {
        let people = self.0.iter();
        people.filter(|(_, person)| **person == Person::Erased).map(|(id, _)| *id)
    }

    fn known(&mut self, person: PersonId) -> &mut Person {
        let nothing_yet = Person::Known { last_booking: None, last_series: None };
        self.0.entry(person).or_insert(nothing_yet)
    }
}

impl State {
    /// Everyone who was erased, in no order. `O(people)`.
    pub fn erased(&self) -> Vec<PersonId> {
        self.people.erased().collect()
    }

    /// The bookings made alone that name the person, the latest made first.
    pub fn bookings_about(&self, person: PersonId) -> Vec<BookingView> {
        self.bookings_of(person).map(|ix| self.booking_view(&self.bookings[ix])).collect()
    }

    /// The series that name the person, the latest made first.
    pub fn series_about(&self, person: PersonId) -> Vec<SeriesView> {
        self.series_of(person).filter_map(|ix| self.series(self.series[ix].id)).collect()
    }

    pub(super) fn bookings_of(&self, person: PersonId) -> impl Iterator<Item = Ix<Booking>> {
        let last = match self.people.0.get(&person) {
            Some(Person::Known { last_booking, .. }) => *last_booking,
            _ => None,
        };
        std::iter::successors(last, |ix| self.bookings[*ix].earlier)
    }

    pub(super) fn series_of(&self, person: PersonId) -> impl Iterator<Item = Ix<Series>> {
        let last = match self.people.0.get(&person) {
            Some(Person::Known { last_series, .. }) => *last_series,
            _ => None,
        };
        std::iter::successors(last, |ix| self.series[*ix].earlier)
    }

    pub(super) fn person_erased(&mut self, person: PersonId) {
        for ix in self.bookings_of(person).collect::<Vec<_>>() {
            self.bookings[ix].details = None;
        }
        for ix in self.series_of(person).collect::<Vec<_>>() {
            self.series[ix].details = None;
        }
        self.shifts.forget(person);
        self.seasons.forget(person);
        self.people.0.insert(person, Person::Erased);
        self.calendars.person_erased(person);
    }
}
