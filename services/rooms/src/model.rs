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
pub mod calendar;
mod charges;
mod closure;
mod command;
mod displace;
pub mod door;
mod due;
mod facility;
mod grid;
mod letting;
mod listing;
mod occupancy;
mod people;
mod quote;
mod refusal;
mod register;
mod request;
mod room;
mod season;
mod series;
mod shift;
mod stock;
#[cfg(test)]
mod tests;
mod venue;
mod view;
mod waiting;

use std::collections::HashMap;

use dugnad_events::{ClosureId, rooms::Event};
use dugnad_journal::Service;
use dugnad_ledger::{Context, ForeignCommit, ForeignEvent, Model, Unreadable};
use jiff::Timestamp;

use crate::react;
use booking::{Made, Target};

pub use booking::{FURTHEST_AHEAD_DAYS, LONGEST_BOOKING_DAYS, Standing};
pub use charges::{ChargeView, Why};
pub use command::{ClashPolicy, Command, When};
pub use displace::MOST_AFFECTED;
pub use facility::MOST_FACILITIES;
pub(crate) use letting::word;
pub use letting::{MOST_DOCUMENTS, Objection, Price, PricedRow};
pub use quote::{Quote, QuoteFor};
pub use refusal::{Name, Refusal};
pub use request::MOST_HOLDS;
pub use room::{LONGEST_BUFFER_MINUTES, MOST_LEVELS, MOST_ROOMS, MOST_ROOMS_OF_A_FACILITY};
pub use season::{
    Asks, Command as SeasonCommand, Draft, Grant, LONGEST_SEASON_DAYS, MOST_APPLICATIONS,
    MOST_ROUNDS, MOST_SLOTS, MOST_TIMES, Outcome, Question, Refusal as SeasonRefusal, Round,
    SeasonApplied, Stage, Unmet, WhyNot,
};
pub use series::{LONGEST_OF_A_SERIES_MINUTES, MOST_DATES};
pub use shift::{
    Command as ShiftCommand, Entry, FURTHEST_SHIFT_DAYS, Host, MOST_HOSTS, MOST_LOGGED,
    MOST_STAFFING, Refusal as ShiftRefusal, Shift, Wrote,
};
pub use stock::MOST_ITEMS;
pub use venue::Command as VenueCommand;
pub use view::{
    Available, BookingFilter, BookingKey, BookingView, ClosureView, FacilityView, Page, RoomView,
    Search, SeriesView, WaitState, WaitView,
};
pub use waiting::MOST_WAITING;

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
    letting: letting::Letting,
    stock: stock::Stock,
    charges: charges::Charges,
    waiting: waiting::Waiting,
    due: due::AllDue,
    seasons: season::Seasons,
    shifts: shift::Shifts,
    doors: door::Doors,
    calendars: calendar::Calendars,
    venues: venue::Venues,
    /// Where each closure lies: its room, and its place there.
    closures: HashMap<ClosureId, (register::Ix<room::Room>, Timestamp)>,
}

impl Model for Rooms {
    const SERVICE: &'static str = "rooms";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Foreign = react::Foreign;

    fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refusal> {
        let mut events = match command {
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
            Command::Apply { room, when, details, application, hold } => {
                booking::apply(state, cx, room, when, details, *application, hold)
            }
            Command::Hold { room, span } => request::hold(state, cx, room, span),
            Command::Approve { booking } => request::approve(state, cx, booking),
            Command::Deny { booking, reason } => request::deny(state, cx, booking, &reason),
            Command::Displace { room, when, details, application, reason } => {
                displace::displace(state, cx, room, when, details, *application, &reason)
            }
            Command::CloseRoom { room, span, reason } => {
                closure::close(state, cx, room, span, reason)
            }
            Command::ReopenRoom { closure } => closure::reopen(state, closure),
            Command::JoinWait { room, span } => waiting::join(state, cx, room, span),
            Command::LeaveWait { wait } => waiting::leave(state, cx, wait),
            Command::SetLettingRules { scope, from, rules } => {
                letting::set(state, scope, from, rules)
            }
            Command::SetStock { facility, item, count } => {
                stock::set(state, cx.now, facility, item, count)
            }
            Command::Tick => Ok(tick(state, cx)),
            Command::Move { booking, room, span, seen, as_staff } => {
                booking::move_to(state, cx, booking, Target { room, span, as_staff }, seen)
            }
            Command::Cancel { booking, reason, seen } => {
                booking::cancel(state, cx, booking, &reason, seen)
            }
            Command::BookSeries { room, pattern, details, clashes, application } => {
                series::book(state, cx, room, pattern, details, clashes, &application)
            }
            Command::CancelSeries { series, from, reason } => {
                series::cancel(state, cx, series, from, &reason)
            }
            Command::Venue(command) => Ok(venue::decide(state, cx, command)),
            Command::ApproveSeries { series } => series::approve(state, cx, series),
            Command::DenySeries { series, reason } => series::deny(state, cx, series, &reason),
            Command::Season(command) => season::decide(state, cx, command),
            Command::Shift(command) => shift::decide(state, cx, command),
            Command::Calendar(command) => calendar::decide(state, cx, command),
            Command::ErasePerson { person } => Ok(people::erase(state, person)),
            Command::Door(command) => door::decide(state, cx, command),
        }?;
        door::follow(state, cx.now, &mut events);
        Ok(events)
    }

    fn deadline(state: &State) -> Option<Timestamp> {
        let shifts = state.shifts.deadline();
        [state.due.next(), shifts, state.doors.next_due(), state.venues.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    fn tick() -> Option<Command> {
        Some(Command::Tick)
    }

    fn read_foreign(
        service: &Service,
        commit: &ForeignCommit<'_>,
    ) -> Result<Vec<(Timestamp, react::Foreign)>, Unreadable> {
        react::read(service, commit)
    }

    fn react(_state: &State, event: &ForeignEvent<react::Foreign>) -> Vec<Command> {
        react::to(&event.event)
    }

    /// An event about something unknown changes nothing; none such is ever decided.
    fn evolve(state: &mut State, event: &Event) {
        state.venues_see(event);
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
            Event::Booked { booking, room, span, by, details, series, terms, charge } => {
                let made = state.booking_made(Made {
                    id: *booking,
                    room: *room,
                    span: *span,
                    by: *by,
                    details: details.as_ref(),
                    series: *series,
                    terms: terms.as_deref(),
                    standing: Standing::Confirmed,
                });
                state.charge(made, charge.as_ref(), Why::Booked);
            }
            Event::Held { booking, room, span, by, until, wait } => {
                let made = state.booking_made(Made {
                    id: *booking,
                    room: *room,
                    span: *span,
                    by: *by,
                    details: None,
                    series: None,
                    terms: None,
                    standing: Standing::Held { until: *until },
                });
                if let (Some(made), Some(wait)) = (made, wait) {
                    state.wait_offered(*wait, made);
                }
            }
            Event::Requested { booking, room, span, by, details, series, terms, until, holds } => {
                state.booking_made(Made {
                    id: *booking,
                    room: *room,
                    span: *span,
                    by: *by,
                    details: details.as_ref(),
                    series: *series,
                    terms: Some(terms.as_ref()),
                    standing: Standing::Requested { until: *until, holds: *holds },
                });
            }
            Event::Approved { booking, revision, charge, .. } => {
                state.approved(*booking, *revision, charge.as_ref());
            }
            Event::Moved { booking, room, span, revision, terms, charge, .. } => {
                let moved = state.moved(*booking, *room, *span, *revision, terms.as_deref());
                state.charge(moved, charge.as_ref(), Why::Moved);
            }
            Event::Cancelled { booking, reason, cause, charge } => {
                state.booking_ended(*booking, reason, *cause, charge.as_ref());
            }
            Event::Displaced { .. }
            | Event::VenueWanted { .. }
            | Event::VenuesLeft { .. }
            | Event::VenueRefused { .. } => {}
            Event::RoomClosed { closure, room, span, reason, .. } => {
                state.room_closed(*closure, *room, *span, reason);
            }
            Event::RoomReopened { closure } => state.room_reopened(*closure),
            Event::WaitBegan { wait, room, span, by } => {
                state.wait_began(*wait, *room, *span, *by);
            }
            Event::WaitEnded { wait, cause } => state.wait_ended(*wait, *cause),
            Event::LettingRulesSet { scope, from, rules } => state.rules_set(*scope, *from, rules),
            Event::StockSet { facility, item, count } => state.stock.set(*facility, item, *count),
            Event::SeriesBooked { series, room, pattern, by, details, skipped } => {
                state.series_booked(*series, *room, pattern, *by, details, skipped);
            }
            Event::Season(event) => state.season_evolve(event),
            Event::Shift(event) => state.shift_evolve(event),
            Event::Calendar(event) => state.calendars.evolve(event),
            Event::PersonErased { person, .. } => state.person_erased(*person),
            Event::Door(event) => state.door_event(event),
        }
        state.venues_hear(event);
        state.doors_hear(event);
    }
}

/// One kind after the other: each looks at what the one before has given back.
fn tick(state: &State, cx: &Context) -> Vec<Event> {
    let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= cx.now);
    if is_due(state.due.next()) {
        request::tick(state, cx)
    } else if is_due(state.doors.next_due()) {
        door::tick(state, cx.now)
    } else if is_due(state.venues.deadline()) {
        venue::due(state, cx)
    } else {
        shift::tick(state, cx)
    }
}
