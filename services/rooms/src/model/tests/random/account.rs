//! The same events, counted slowly.

use std::collections::BTreeMap;

use dugnad_events::{
    AssignmentId, ClosureId, SeasonApplicationId, SeasonRoundId, ShiftId, WaitId,
    rooms::{Charge, SeasonEvent, ShiftEvent, Terms},
};

use super::super::*;

/// The slow account: what lives, and what belongs to what.
#[derive(Default)]
pub(super) struct Account {
    /// What has its room.
    live: BTreeMap<BookingId, (RoomId, Interval)>,
    /// Chairs that go with a booking, a request or what was one.
    chairs: BTreeMap<BookingId, u32>,
    asked: BTreeMap<BookingId, (RoomId, Interval)>,
    paid: BTreeMap<BookingId, i64>,
    stock: u32,
    waiting: BTreeMap<WaitId, (RoomId, Interval)>,
    closures: BTreeMap<ClosureId, (RoomId, Interval)>,
    rooms: BTreeMap<RoomId, (Option<RoomId>, RoomTraits)>,
    pub(super) booked: Vec<BookingId>,
    pub(super) series: Vec<SeriesId>,
    /// Open ones.
    pub(super) requests: Vec<BookingId>,
    pub(super) waits: Vec<WaitId>,
    pub(super) closed: Vec<ClosureId>,
    /// What calls for a shift.
    pub(super) confirmed: BTreeMap<BookingId, Interval>,
    /// With their revisions.
    pub(super) shifts: Vec<(ShiftId, u32)>,
    pub(super) hosting: Vec<AssignmentId>,
    pub(super) rounds: Vec<SeasonRoundId>,
    pub(super) applications: Vec<SeasonApplicationId>,
}

impl Account {
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::RoomRegistered { room, parent, traits, .. } => {
                self.rooms.insert(*room, (*parent, traits.clone()));
            }
            Event::Booked { booking, room, span, terms, charge, .. } => {
                self.confirmed.insert(*booking, *span);
                self.live.insert(*booking, (*room, *span));
                self.booked.push(*booking);
                self.agreed(*booking, terms.as_deref());
                self.pay(*booking, charge.as_ref());
                assert_eq!(self.paid[booking], terms.as_ref().map_or(0, |terms| terms.oere));
            }
            Event::Held { booking, room, span, wait, .. } => {
                self.live.insert(*booking, (*room, *span));
                self.booked.push(*booking);
                wait.map(|wait| self.waiting.remove(&wait).expect("who waits is offered it"));
            }
            Event::Requested { booking, room, span, terms, holds, .. } => {
                let book = if *holds { &mut self.live } else { &mut self.asked };
                book.insert(*booking, (*room, *span));
                self.booked.push(*booking);
                self.requests.push(*booking);
                self.agreed(*booking, Some(terms));
            }
            Event::Approved { booking, span, charge, .. } => {
                self.confirmed.insert(*booking, *span);
                self.requests.retain(|open| open != booking);
                self.live.extend(self.asked.remove(booking).map(|slot| (*booking, slot)));
                self.pay(*booking, charge.as_ref());
            }
            Event::Moved { booking, from, room, span, terms, charge, .. } => {
                self.confirmed.insert(*booking, *span);
                let before = self.live.insert(*booking, (*room, *span));
                assert_eq!(before.map(|(room, _)| room), Some(*from));
                self.pay(*booking, charge.as_ref());
                assert_eq!(self.paid[booking], terms.as_ref().map_or(0, |terms| terms.oere));
            }
            Event::Cancelled { booking, charge, cause, .. } => {
                self.confirmed.remove(booking);
                self.live.remove(booking);
                self.asked.remove(booking);
                self.requests.retain(|open| open != booking);
                self.pay(*booking, charge.as_ref());
                let whole = matches!(cause, Cause::Displaced | Cause::RoomClosed | Cause::Unhosted);
                assert!(!whole || self.paid[booking] == 0, "paid back in full");
            }
            Event::RoomClosed { closure, room, span, .. } => {
                self.closures.insert(*closure, (*room, *span));
                self.closed.push(*closure);
            }
            Event::RoomReopened { closure } => drop(self.closures.remove(closure)),
            Event::WaitBegan { wait, room, span, .. } => {
                self.waiting.insert(*wait, (*room, *span));
                self.waits.push(*wait);
            }
            Event::WaitEnded { wait, .. } => drop(self.waiting.remove(wait)),
            Event::StockSet { count, .. } => self.stock = *count,
            Event::SeriesBooked { series, .. } => self.series.push(*series),
            Event::Shift(ShiftEvent::Planned { shift, .. }) => self.shifts.push((*shift, 1)),
            Event::Shift(ShiftEvent::Changed { shift, revision, .. }) => {
                let known = self.shifts.iter_mut().find(|(known, _)| known == shift);
                let known = known.expect("it was planned");
                assert_eq!(known.1 + 1, *revision, "one by one");
                known.1 = *revision;
            }
            Event::Shift(ShiftEvent::Dropped { shift, revision }) => {
                let place = self.shifts.iter().position(|known| *known == (*shift, *revision));
                self.shifts.remove(place.expect("it lived, with that revision"));
            }
            Event::Shift(ShiftEvent::HostFound { assignment, .. }) => {
                self.hosting.push(*assignment);
            }
            Event::Season(SeasonEvent::RoundSet { round, .. }) => self.rounds.push(*round),
            Event::Season(SeasonEvent::Applied { application, .. }) => {
                self.applications.push(*application);
            }
            _ => {}
        }
    }

    fn agreed(&mut self, booking: BookingId, terms: Option<&Terms>) {
        let equipment = terms.map(|terms| &terms.application.equipment);
        let chairs = equipment.and_then(|all| all.first()).map_or(0, |claim| claim.count);
        self.chairs.insert(booking, chairs);
    }

    fn pay(&mut self, booking: BookingId, charge: Option<&Charge>) {
        let paid = self.paid.entry(booking).or_default();
        *paid += charge.map_or(0, |charge| charge.oere);
        assert!(*paid >= 0, "more is paid back than was paid");
    }

    fn belongs_to(&self, part: RoomId, whole: RoomId) -> bool {
        part == whole || self.rooms[&part].0.is_some_and(|next| self.belongs_to(next, whole))
    }

    fn related(&self, a: RoomId, b: RoomId) -> bool {
        self.belongs_to(a, b) || self.belongs_to(b, a)
    }

    fn clash(&self, (a, when_a): (RoomId, Interval), (b, when_b): (RoomId, Interval)) -> bool {
        let claim = |room: RoomId, span: Interval| {
            let (_, traits) = &self.rooms[&room];
            let (before, after) = (traits.minutes_before, traits.minutes_after);
            (
                span.start().as_second() - i64::from(before) * 60,
                span.end().as_second() + i64::from(after) * 60,
            )
        };
        let ((start_a, end_a), (start_b, end_b)) = (claim(a, when_a), claim(b, when_b));
        self.related(a, b) && start_a < end_b && start_b < end_a
    }

    pub(super) fn assert_invariants(&self, now: Timestamp) {
        for (a, wanted) in &self.live {
            for (b, held) in self.live.range(..a) {
                assert!(!self.clash(*wanted, *held), "{a} and {b} share a part");
            }
            // What was over when the room was closed stays as it was.
            assert!(wanted.1.end() <= now || !self.is_closed(*wanted), "{a} has a closed room");
            assert!(self.chairs_at(wanted.1) <= self.stock || wanted.1.end() <= now, "chairs");
        }
        for (wait, wanted) in &self.waiting {
            let begun = wanted.1.start() <= now;
            assert!(begun || !self.is_free(*wanted), "{wait} is for a slot that is free");
        }
    }

    /// Claimed when `span` starts: the most is claimed when some booking starts.
    fn chairs_at(&self, span: Interval) -> u32 {
        let at = |other: &Interval| other.start() <= span.start() && span.start() < other.end();
        let there = self.live.iter().filter(|(_, (_, other))| at(other));
        there.map(|(booking, _)| self.chairs.get(booking).copied().unwrap_or(0)).sum()
    }

    fn is_closed(&self, (room, span): (RoomId, Interval)) -> bool {
        self.closures
            .values()
            .any(|(other, closed)| self.related(room, *other) && span.overlaps(closed))
    }

    pub(super) fn is_free(&self, wanted: (RoomId, Interval)) -> bool {
        !self.is_closed(wanted) && !self.live.values().any(|held| self.clash(wanted, *held))
    }
}
