//! Equipment: how many pieces a building has, and which bookings have claimed them when.
//!
//! Keeps true: at no time do live bookings claim more of an item than there is.

use std::{collections::BTreeMap, ops::Range};

use dugnad_calendar::Interval;
use dugnad_events::{
    Code, FacilityId,
    rooms::{Claim, Event},
};
use jiff::Timestamp;

use super::{Refusal, State, booking::Booking, register::Ix};

/// The most kinds of equipment of one municipality, each building's counted.
pub const MOST_ITEMS: usize = 50_000;

/// All equipment, by building and kind.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Stock(BTreeMap<(FacilityId, Code), Item>);

#[derive(Debug, Default, PartialEq)]
struct Item {
    count: u32,
    claims: BTreeMap<Ix<Booking>, Claimed>,
    /// How many are claimed from each time (seconds since 1970) on, where the number changes. Every
    /// booking asks this; bookings begin on the hour or its quarters, so a day has few such times
    /// however many bookings it has.
    levels: BTreeMap<i64, u64>,
}

/// Some pieces, for a while.
#[derive(Debug, PartialEq)]
struct Claimed {
    /// Seconds since 1970.
    span: Range<i64>,
    count: u64,
}

pub(super) fn set(
    state: &State,
    now: Timestamp,
    facility: FacilityId,
    item: Code,
    count: u32,
) -> Result<Vec<Event>, Refusal> {
    state.facilities.existing(facility)?;
    let Some(known) = state.stock.0.get(&(facility, item.clone())) else {
        if state.stock.0.len() >= MOST_ITEMS {
            return Err(Refusal::TooMany { what: "kinds of equipment", limit: MOST_ITEMS });
        }
        return Ok(vec![Event::StockSet { facility, item, count }]);
    };
    if known.count == count {
        return Ok(Vec::new());
    }
    let claimed = known.claimed(now.as_second()..i64::MAX, &[]);
    if claimed > u64::from(count) {
        return Err(Refusal::StockClaimed { item, claimed });
    }
    Ok(vec![Event::StockSet { facility, item, count }])
}

impl Item {
    /// The most that is claimed at once within `span`, but by `gone`. `O(log n + k)` in the times within
    /// it at which the number changes.
    fn claimed(&self, span: Range<i64>, gone: &[Ix<Booking>]) -> u64 {
        let gone: Vec<&Claimed> = gone.iter().filter_map(|by| self.claims.get(by)).collect();
        let without = |at: i64, level: u64| {
            let back =
                gone.iter().filter(|claim| claim.span.contains(&at)).map(|claim| claim.count);
            level.saturating_sub(back.sum())
        };
        let inside = self.levels.range(span.clone()).map(|(at, level)| without(*at, *level));
        // Where one of `gone` ends and as much begins, the number does not change, yet what is left does.
        let ends = gone.iter().map(|claim| claim.span.end).filter(|end| span.contains(end));
        let after = ends.map(|end| without(end, self.level(end)));
        let first = without(span.start, self.level(span.start));
        inside.chain(after).fold(first, u64::max)
    }

    fn level(&self, at: i64) -> u64 {
        self.levels.range(..=at).next_back().map_or(0, |(_, level)| *level)
    }

    fn take(&mut self, by: Ix<Booking>, claim: Claimed) {
        self.give_back(by);
        self.change(&claim.span, |level| level.saturating_add(claim.count));
        self.claims.insert(by, claim);
    }

    fn give_back(&mut self, by: Ix<Booking>) {
        if let Some(claim) = self.claims.remove(&by) {
            self.change(&claim.span, |level| level.saturating_sub(claim.count));
        }
    }

    /// Leaves a time in `levels` only where the number does change.
    fn change(&mut self, span: &Range<i64>, change: impl Fn(u64) -> u64) {
        for edge in [span.start, span.end] {
            let level = self.level(edge);
            self.levels.insert(edge, level);
        }
        self.levels.range_mut(span.clone()).for_each(|(_, level)| *level = change(*level));
        for edge in [span.start, span.end] {
            if self.level(edge) == self.level(edge - 1) {
                self.levels.remove(&edge);
            }
        }
    }
}

impl Stock {
    /// Whether all of `wanted` is there throughout `span` once `gone` have given theirs back.
    pub(super) fn enough(
        &self,
        facility: FacilityId,
        wanted: &[Claim],
        span: Interval,
        gone: &[Ix<Booking>],
    ) -> Result<(), Refusal> {
        for Claim { item, count } in wanted {
            let free = self.free(facility, item, span, gone);
            if u64::from(*count) > free {
                let item = item.clone();
                return Err(Refusal::StockShort { item, wanted: *count, free });
            }
        }
        Ok(())
    }

    fn free(&self, facility: FacilityId, item: &Code, span: Interval, gone: &[Ix<Booking>]) -> u64 {
        let Some(known) = self.0.get(&(facility, item.clone())) else { return 0 };
        u64::from(known.count).saturating_sub(known.claimed(seconds(span), gone))
    }

    pub(super) fn set(&mut self, facility: FacilityId, item: &Code, count: u32) {
        self.0.entry((facility, item.clone())).or_default().count = count;
    }

    pub(super) fn take(
        &mut self,
        facility: FacilityId,
        wanted: &[Claim],
        span: Interval,
        by: Ix<Booking>,
    ) {
        for Claim { item, count } in wanted {
            let known = self.0.entry((facility, item.clone())).or_default();
            known.take(by, Claimed { span: seconds(span), count: u64::from(*count) });
        }
    }

    pub(super) fn give_back(&mut self, facility: FacilityId, wanted: &[Claim], by: Ix<Booking>) {
        for Claim { item, .. } in wanted {
            if let Some(known) = self.0.get_mut(&(facility, item.clone())) {
                known.give_back(by);
            }
        }
    }
}

impl State {
    /// A building's equipment by name: how many there are, and how many are free throughout `span`.
    pub fn equipment(&self, facility: FacilityId, span: Interval) -> Vec<(Code, u32, u64)> {
        let of_facility = self.stock.0.iter().filter(|((of, _), _)| *of == facility);
        of_facility
            .map(|((_, item), known)| {
                let free = self.stock.free(facility, item, span, &[]);
                (item.clone(), known.count, free)
            })
            .collect()
    }
}

fn seconds(span: Interval) -> Range<i64> {
    span.start().as_second()..span.end().as_second()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Seen when a booking was moved: the one right after it, of as much, was not counted.
    #[test]
    fn a_claim_that_begins_where_one_that_is_gone_ends_still_counts() {
        let mut item = Item::default();
        item.take(Ix::nth(1), Claimed { span: 18..28, count: 3 });
        item.take(Ix::nth(2), Claimed { span: 28..29, count: 3 });

        assert_eq!(item.claimed(19..29, &[Ix::nth(1)]), 3);
    }

    proptest! {
        /// Claims taken, taken anew and given back, beside counting at each minute.
        #[test]
        fn what_is_claimed_at_most_is_what_counting_finds(
            steps in proptest::collection::vec((0..6u32, 0..30i64, 1..12i64, 0..5u64), 1..40),
            asked in (0..30i64, 1..12i64),
            gone in 0..6u32,
        ) {
            let (mut item, mut live) = (Item::default(), BTreeMap::new());
            for (by, from, length, count) in steps {
                let span = from..from + length;
                if count == 0 {
                    item.give_back(Ix::nth(by));
                    live.remove(&by);
                } else {
                    item.take(Ix::nth(by), Claimed { span: span.clone(), count });
                    live.insert(by, (span, count));
                }
            }
            let asked = asked.0..asked.0 + asked.1;

            let found = item.claimed(asked.clone(), &[Ix::nth(gone)]);

            let others = || live.iter().filter(|(by, _)| **by != gone).map(|(_, claim)| claim);
            let at = |at: i64| others().filter(|(span, _)| span.contains(&at)).map(|(_, n)| n).sum();
            prop_assert_eq!(found, asked.map(at).max().unwrap_or(0));
            (0..6).for_each(|by| item.give_back(Ix::nth(by)));
            prop_assert_eq!(item, Item::default());
        }
    }
}
