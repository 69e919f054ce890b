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
    /// By each day (UTC, since 1970) that they touch.
    claims: BTreeMap<(i64, Ix<Booking>), Claimed>,
}

/// Some pieces, for a while.
#[derive(Debug, PartialEq)]
struct Claimed {
    /// Seconds since 1970.
    span: Range<i64>,
    count: u32,
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
    /// The most that is claimed at once within `span`, but by `gone`. `O(k log k)` in the claims of
    /// the days that it touches.
    fn claimed(&self, span: Range<i64>, gone: &[Ix<Booking>]) -> u64 {
        let first = day(span.start);
        let around = self.claims.range((first, Ix::FIRST)..(day(span.end) + 1, Ix::FIRST));
        let mut changes: Vec<(i64, i64)> = Vec::new();
        for ((at, by), Claimed { span: Range { start, end }, count }) in around {
            // One of several days counts on the first that is looked at.
            let once = *at == day(*start).max(first);
            if once && *end > span.start && *start < span.end && !gone.contains(by) {
                changes.extend([(*start, i64::from(*count)), (*end, -i64::from(*count))]);
            }
        }
        // What is given back comes before what is taken at the same time.
        changes.sort_unstable();
        let running = changes.iter().scan(0_i64, |sum, (_, change)| {
            *sum += change;
            Some(*sum)
        });
        running.max().and_then(|most| u64::try_from(most).ok()).unwrap_or(0)
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
            for day in days(span) {
                known.claims.insert((day, by), Claimed { span: seconds(span), count: *count });
            }
        }
    }

    pub(super) fn give_back(
        &mut self,
        facility: FacilityId,
        wanted: &[Claim],
        span: Interval,
        by: Ix<Booking>,
    ) {
        for Claim { item, .. } in wanted {
            if let Some(known) = self.0.get_mut(&(facility, item.clone())) {
                for day in days(span) {
                    known.claims.remove(&(day, by));
                }
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

fn day(second: i64) -> i64 {
    second.div_euclid(24 * 60 * 60)
}

/// The days that it touches: at most as many as one booking may last, and one.
fn days(span: Interval) -> std::ops::RangeInclusive<i64> {
    day(span.start().as_second())..=day(span.end().as_second())
}

fn seconds(span: Interval) -> Range<i64> {
    span.start().as_second()..span.end().as_second()
}
