//! What the clock brings: the deadlines of holds, requests and places in waiting lists.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{booking::Booking, register::Ix, waiting::Wait};

/// What ends by the clock, the soonest first.
#[derive(Debug, Default, PartialEq)]
pub(super) struct AllDue(BTreeSet<(Timestamp, Due)>);

/// What has a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// A hold or a request.
    Booking(Ix<Booking>),
    /// A place in a waiting list.
    Wait(Ix<Wait>),
}

impl AllDue {
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.0.first().map(|(at, _)| *at)
    }

    pub(super) fn passed(&self, now: Timestamp) -> impl Iterator<Item = Due> {
        self.0.iter().take_while(move |(at, _)| *at <= now).map(|(_, due)| *due)
    }

    /// Holds and requests, by deadline.
    pub(super) fn bookings(&self) -> impl Iterator<Item = Ix<Booking>> {
        self.0.iter().filter_map(|(_, due)| match due {
            Due::Booking(ix) => Some(*ix),
            Due::Wait(_) => None,
        })
    }

    pub(super) fn insert_booking(&mut self, until: Timestamp, ix: Ix<Booking>) {
        self.0.insert((until, Due::Booking(ix)));
    }

    pub(super) fn remove_booking(&mut self, until: Timestamp, ix: Ix<Booking>) {
        self.0.remove(&(until, Due::Booking(ix)));
    }

    pub(super) fn insert_wait(&mut self, until: Timestamp, ix: Ix<Wait>) {
        self.0.insert((until, Due::Wait(ix)));
    }

    pub(super) fn remove_wait(&mut self, until: Timestamp, ix: Ix<Wait>) {
        self.0.remove(&(until, Due::Wait(ix)));
    }
}
