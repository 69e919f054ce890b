//! Who has claimed one room, and when. Claims are half-open spans of whole seconds since 1970,
//! buffers included; claims of one room never overlap (its share of invariant 1).

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::{booking::Booking, register::Ix};

/// The claims of one room's own bookings; those of its relatives are theirs.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Occupancy {
    /// By start.
    claims: BTreeMap<i64, Claim>,
    /// What was cancelled claims nothing, and can still be listed: by the booking's start.
    cancelled: BTreeSet<(i64, Ix<Booking>)>,
}

/// One booking's claim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Claim {
    pub(super) end: i64,
    pub(super) by: Ix<Booking>,
}

impl Occupancy {
    pub(super) fn take(&mut self, span: Range<i64>, by: Ix<Booking>) {
        let before = self.claims.insert(span.start, Claim { end: span.end, by });
        debug_assert!(before.is_none(), "two claims begin at {}", span.start);
    }

    pub(super) fn give_back(&mut self, span: &Range<i64>) {
        self.claims.remove(&span.start);
    }

    /// Gives back and remembers who had it.
    pub(super) fn cancel(&mut self, span: &Range<i64>, start: i64, by: Ix<Booking>) {
        self.give_back(span);
        self.cancelled.insert((start, by));
    }

    /// The last claim that overlaps `span`, other than that of `except`. `O(log n)`.
    pub(super) fn in_the_way(
        &self,
        span: &Range<i64>,
        except: Option<Ix<Booking>>,
    ) -> Option<Claim> {
        self.claims
            .range(..span.end)
            .rev()
            .map(|(_, claim)| *claim)
            .take_while(|claim| claim.end > span.start)
            .find(|claim| Some(claim.by) != except)
    }

    /// The claims that overlap `span`, by start. `O(log n)` and each.
    pub(super) fn overlapping(&self, span: Range<i64>) -> impl Iterator<Item = (i64, Claim)> {
        // Claims do not overlap each other: only the last that begins before can reach in.
        let before = self.claims.range(..span.start).next_back();
        let first = before.filter(|(_, claim)| claim.end > span.start);
        first.into_iter().chain(self.claims.range(span)).map(|(start, claim)| (*start, *claim))
    }

    /// Cancelled bookings that would start within `starts`, by start, then age.
    pub(super) fn cancelled(&self, starts: Range<i64>) -> impl Iterator<Item = (i64, Ix<Booking>)> {
        self.cancelled.range((starts.start, Ix::FIRST)..(starts.end, Ix::FIRST)).copied()
    }
}
