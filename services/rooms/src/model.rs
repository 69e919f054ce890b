//! Rooms: who may hold a room, and when.
//!
//! This module is the whole rule book and nothing else. It reads no clock, draws no random number
//! and opens no socket: time, identifiers and other facts from outside arrive in the [`Context`].
//! `decide` and `evolve` are therefore shared unchanged by replay, simulation and production.
//!
//! Invariant 1: no two live bookings claim the same part of a hall at the same time, buffers
//! included. Invariant 9: replaying the events gives the state that is running now.

mod availability;
mod booking;
mod command;
mod facility;
mod grid;
mod listing;
mod occupancy;
mod people;
mod refusal;
mod register;
mod room;
mod series;
#[cfg(test)]
mod tests;
mod view;

use dugnad_events::{rooms::Event, volunteers};
use dugnad_ledger::{Context, ForeignEvent, Model};

use crate::react;

pub use booking::{FURTHEST_AHEAD_DAYS, LONGEST_BOOKING_DAYS};
pub use command::{ClashPolicy, Command};
pub use facility::MOST_FACILITIES;
pub use refusal::{Name, Refusal};
pub use room::{LONGEST_BUFFER_MINUTES, MOST_LEVELS, MOST_ROOMS, MOST_ROOMS_OF_A_FACILITY};
pub use series::{LONGEST_OF_A_SERIES_MINUTES, MOST_DATES};
pub use view::{
    Available, BookingFilter, BookingKey, BookingView, FacilityView, Page, RoomView, Search,
    SeriesView,
};

/// The longest span that one search looks at.
pub const LONGEST_SEARCH_DAYS: i64 = 92;

/// The rules of the rooms service.
pub enum Rooms {}

/// The rooms of one municipality.
#[derive(Debug, Default, PartialEq)]
pub struct State {
    facilities: facility::Facilities,
    rooms: room::Rooms,
    bookings: booking::Bookings,
    series: series::AllSeries,
    people: people::People,
}

impl Model for Rooms {
    const SERVICE: &'static str = "rooms";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Foreign = volunteers::Event;

    fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::RegisterFacility { name, zone, hours } => {
                facility::register(state, cx, name, zone, hours)
            }
            Command::SetFacilityHours { facility, hours } => {
                facility::set_hours(state, facility, hours)
            }
            Command::RegisterRoom { facility, parent, traits } => {
                room::register(state, cx, facility, parent, traits)
            }
            Command::SetRoomHours { room, hours } => room::set_hours(state, room, hours),
            Command::Book { room, span, details } => booking::book(state, cx, room, span, details),
            Command::Move { booking, room, span, seen } => {
                booking::move_to(state, cx.now, booking, room, span, seen)
            }
            Command::Cancel { booking, reason, seen } => {
                booking::cancel(state, cx.now, booking, reason, seen)
            }
            Command::BookSeries { room, pattern, details, clashes } => {
                series::book(state, cx, room, pattern, details, clashes)
            }
            Command::CancelSeries { series, from, reason } => {
                series::cancel(state, cx.now, series, from, &reason)
            }
            Command::ErasePerson { person } => Ok(people::erase(state, person)),
        }
    }

    fn react(_state: &State, event: &ForeignEvent<volunteers::Event>) -> Vec<Command> {
        react::to(&event.event)
    }

    /// An event about something unknown changes nothing; none such is ever decided.
    fn evolve(state: &mut State, event: &Event) {
        match event {
            Event::FacilityRegistered { facility, name, zone, hours } => {
                state.facilities.registered(*facility, name, zone, hours);
            }
            Event::FacilityHoursSet { facility, hours } => {
                state.facilities.hours_set(*facility, hours);
            }
            Event::RoomRegistered { room, facility, parent, traits } => {
                state.room_registered(*room, *facility, *parent, traits);
            }
            Event::RoomHoursSet { room, hours } => state.room_hours_set(*room, hours),
            Event::Booked { booking, room, span, by, details, series } => {
                state.booked(*booking, *room, *span, *by, details.as_ref(), *series);
            }
            Event::Moved { booking, room, span, revision, .. } => {
                state.moved(*booking, *room, *span, *revision);
            }
            Event::Cancelled { booking, reason } => state.cancelled(*booking, reason),
            Event::SeriesBooked { series, room, pattern, by, details, skipped } => {
                state.series_booked(*series, *room, pattern, *by, details, skipped);
            }
            Event::PersonErased { person, .. } => state.person_erased(*person),
        }
    }
}
