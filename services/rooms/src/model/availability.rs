//! Which rooms are free, and when: the opening hours less what is claimed, with the searcher's own
//! buffers kept.

use std::ops::Range;

use dugnad_calendar::{Interval, OpeningHours};
use dugnad_events::RoomId;
use jiff::Timestamp;

use super::{
    Available, Page, Search, State,
    booking::{Booking, instant},
    facility::Facility,
    grid::Free,
    register::Ix,
    room::Room,
};

impl State {
    /// Rooms with a free window of the wanted length, in the order of [`State::rooms`], after the one
    /// given (none, if there is no such).
    ///
    /// `O(log n)` and 6 words a day for a room without such a window, and the claims within the span
    /// for one that may have it, up to the end of the page.
    pub fn search(
        &self,
        now: Timestamp,
        search: &Search,
        after: Option<RoomId>,
        size: usize,
    ) -> Page<Available, RoomId> {
        let wanted = search.seconds.unwrap_or_else(|| search.span.seconds()).max(1);
        let (start, end) = (search.span.start().as_second(), search.span.end().as_second());
        // Nothing can be booked that begins before now.
        let start = start.max(now.as_second() + i64::from(now.subsec_nanosecond() > 0));
        let last = match after.map(|id| self.rooms.get(id)) {
            None => None,
            Some(None) => return Page::empty(),
            Some(room) => room,
        };
        let Some(span) = interval(&(start..end)).filter(|span| span.seconds() >= wanted) else {
            return Page::empty();
        };
        let mut finder = Finder::new(self, span, wanted);
        let mut suiting = self.rooms_after(last).filter(|room| suits(room, search));
        let mut items = Vec::new();
        while items.len() < size {
            let Some(room) = suiting.next() else { return Page { items, next: None } };
            let windows = finder.free_windows(room);
            if !windows.is_empty() {
                items.push(Available { room: self.room_view(room), windows });
            }
        }
        let next = suiting.next().and(items.last()).map(|found| found.room.name.room);
        Page { items, next }
    }
}

impl State {
    /// The windows of at least so many seconds within `span` in which one room is free once `gone`
    /// have given theirs back.
    pub(super) fn free_windows(
        &self,
        room: &Room,
        span: Interval,
        seconds: i64,
        gone: &[Ix<Booking>],
    ) -> Vec<Interval> {
        Finder { gone, ..Finder::new(self, span, seconds) }.free_windows(room)
    }
}

/// Large enough, with all that is asked for.
fn suits(room: &Room, search: &Search) -> bool {
    let traits = &room.traits;
    traits.capacity >= search.capacity
        && search.accessibility.iter().all(|need| traits.accessibility.contains(need))
        && search.equipment.iter().all(|need| traits.equipment.contains(need))
}

/// One search, with what its rooms share.
struct Finder<'a> {
    state: &'a State,
    span: Interval,
    wanted: i64,
    /// These are in nobody's way.
    gone: &'a [Ix<Booking>],
    /// The last opening hours met: rooms of a facility mostly share them.
    open: Option<Open<'a>>,
    /// Kept for their memory.
    blocked: Vec<Range<i64>>,
    free: Free,
}

/// Opening hours, and what they come to within the span searched.
struct Open<'a> {
    facility: &'a Facility,
    hours: &'a OpeningHours,
    windows: Vec<Range<i64>>,
    quarters: Free,
}

impl<'a> Finder<'a> {
    fn new(state: &'a State, span: Interval, wanted: i64) -> Self {
        let (blocked, free) = (Vec::new(), Free::default());
        Self { state, span, wanted, gone: &[], open: None, blocked, free }
    }

    fn free_windows(&mut self, room: &'a Room) -> Vec<Interval> {
        let open = self.open_windows(room);
        // The coarse picture knows of none that are gone.
        let found = if !self.gone.is_empty() || self.may_have_one(room, &open) {
            self.find_blocked(room);
            let free = left_over(&open.windows, &self.blocked, self.wanted);
            free.iter().filter_map(interval).collect()
        } else {
            Vec::new()
        };
        self.open = Some(open);
        found
    }

    fn may_have_one(&mut self, room: &Room, open: &Open<'_>) -> bool {
        self.free.copy(&open.quarters);
        for relative in &room.relatives {
            self.free.without(&self.state.rooms[*relative].occupancy.grid);
        }
        self.free.may_fit(self.wanted)
    }

    /// What a booking here may not touch: each claim, widened by the buffers that it would need.
    fn find_blocked(&mut self, room: &Room) {
        let (before, after) = room.buffers();
        let around = room.claim(self.span);
        self.blocked.clear();
        for relative in &room.relatives {
            let claims = self.state.rooms[*relative].occupancy.overlapping(around.clone());
            claims.filter(|claim| !self.gone.contains(&claim.by)).for_each(|claim| {
                let (start, end) = (claim.start - after, claim.end + before);
                match self.blocked.last_mut() {
                    // A full day is one long claim.
                    Some(last) if (last.start..=last.end).contains(&start) => {
                        last.end = last.end.max(end);
                    }
                    _ => self.blocked.push(start..end),
                }
            });
        }
        for relative in &room.relatives {
            let closures = self.state.rooms[*relative].closures.within(self.span);
            let seconds = closures.map(|it| it.start().as_second()..it.end().as_second());
            self.blocked.extend(seconds);
        }
        if !self.blocked.is_sorted_by_key(|claim| claim.start) {
            // Stable, since it is quick with rows that are sorted each.
            self.blocked.sort_by_key(|claim| claim.start);
        }
    }

    fn open_windows(&mut self, room: &'a Room) -> Open<'a> {
        let (facility, hours) = self.state.hours_of(room);
        let known = self.open.take().filter(|known| {
            std::ptr::eq(known.hours, hours)
                || (known.facility.zone == facility.zone && known.hours == hours)
        });
        known.unwrap_or_else(|| {
            let open = hours.open_within(&facility.zone, self.span);
            let seconds = |span: &Interval| span.start().as_second()..span.end().as_second();
            let windows: Vec<_> = open.iter().map(seconds).collect();
            Open { facility, hours, quarters: Free::of(&windows), windows }
        })
    }
}

/// What `blocked` (by start) leaves of `windows` (apart, by start) in pieces of at least `wanted`.
fn left_over(windows: &[Range<i64>], blocked: &[Range<i64>], wanted: i64) -> Vec<Range<i64>> {
    let mut free = Vec::new();
    let mut next = 0;
    for window in windows {
        let mut from = window.start;
        while let Some(claim) = blocked.get(next).filter(|claim| claim.start < window.end) {
            if claim.start - from >= wanted {
                free.push(from..claim.start);
            }
            from = from.max(claim.end);
            if claim.end > window.end {
                break; // It may reach into the next window.
            }
            next += 1;
        }
        if window.end - from >= wanted {
            free.push(from..window.end);
        }
    }
    free
}

fn interval(seconds: &Range<i64>) -> Option<Interval> {
    Interval::new(instant(seconds.start), instant(seconds.end)).ok()
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    fn left_over(windows: &[(i64, i64)], blocked: &[(i64, i64)], wanted: i64) -> Vec<Range<i64>> {
        let ranges = |spans: &[(i64, i64)]| -> Vec<Range<i64>> {
            spans.iter().map(|(start, end)| *start..*end).collect()
        };
        super::left_over(&ranges(windows), &ranges(blocked), wanted)
    }

    #[test]
    fn a_claim_across_two_windows_takes_from_both() {
        assert_eq!(left_over(&[(0, 10), (20, 30)], &[(8, 22)], 1), vec![0..8, 22..30]);
    }

    #[test]
    fn claims_of_relatives_may_lie_over_each_other() {
        let free = left_over(&[(0, 10), (20, 35)], &[(0, 9), (2, 4), (5, 21), (25, 26)], 2);
        assert_eq!(free, vec![21..25, 26..35]);
    }

    #[test]
    fn a_piece_that_is_too_short_is_not_offered() {
        let free = left_over(&[(0, 20)], &[(3, 6), (9, 11)], 4);
        assert_eq!(free.first(), Some(&(11..20)));
        assert_eq!(free.len(), 1);
    }
}
