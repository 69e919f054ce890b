//! Rooms: who may hold a room, and when.
//!
//! This module is the whole rule book and nothing else. It reads no clock, draws no random number
//! and opens no socket: time, identifiers and other facts from outside arrive in the [`Context`].
//! `decide` and `evolve` are therefore shared unchanged by replay, simulation and production.
//!
//! Invariant 1: no two live bookings claim the same part of a hall at the same time, buffers
//! included. Invariant 9: replaying the events gives the state that is running now.

mod command;
mod refusal;
mod view;

use dugnad_events::{BookingId, FacilityId, RoomId, RoomName, SeriesId, rooms::Event};
use dugnad_ledger::{Context, Model, Nothing};
use jiff::Timestamp;

pub use command::{ClashPolicy, Command};
pub use refusal::{Name, Refusal};
pub use view::{
    Available, BookingFilter, BookingKey, BookingView, FacilityView, Page, RoomView, Search,
    SeriesView,
};

/// The longest span that one search looks at.
pub const LONGEST_SEARCH_DAYS: i64 = 92;

/// The rules of the rooms service.
pub enum Rooms {}

impl Model for Rooms {
    const SERVICE: &'static str = "rooms";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Foreign = Nothing;

    fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refusal> {
        todo!()
    }

    fn evolve(state: &mut State, event: &Event) {
        todo!()
    }
}

/// The rooms of one municipality.
#[derive(Debug, Default, PartialEq)]
pub struct State {}

impl State {
    /// `O(1)`.
    pub fn facility(&self, id: FacilityId) -> Option<FacilityView> {
        todo!()
    }
    /// By name, then id, after the one given. `O(log n + size)`.
    pub fn facilities(
        &self,
        after: Option<FacilityId>,
        size: usize,
    ) -> Page<FacilityView, FacilityId> {
        todo!()
    }
    /// `O(1)`.
    pub fn room(&self, name: RoomName) -> Option<RoomView> {
        todo!()
    }
    /// Of one facility or of all, by facility, name and id, after the one given. `O(log n + size)`.
    pub fn rooms(
        &self,
        of: Option<FacilityId>,
        after: Option<RoomId>,
        size: usize,
    ) -> Page<RoomView, RoomId> {
        todo!()
    }
    /// `O(1)`.
    pub fn booking(&self, id: BookingId) -> Option<BookingView> {
        todo!()
    }
    /// By start, after the one given; `None`: no such room. `O((size + relatives) log n)`.
    pub fn bookings(
        &self,
        filter: &BookingFilter,
        after: Option<BookingKey>,
        size: usize,
    ) -> Option<Page<BookingView, BookingKey>> {
        todo!()
    }
    /// `O(its bookings)`.
    pub fn series(&self, id: SeriesId) -> Option<SeriesView> {
        todo!()
    }
    /// Rooms with free windows, in the order of [`State::rooms`], after the one given.
    pub fn search(
        &self,
        now: Timestamp,
        search: &Search,
        after: Option<RoomId>,
        size: usize,
    ) -> Page<Available, RoomId> {
        todo!()
    }
}
