//! From a building's day of bookings to its shifts.

use dugnad_calendar::Interval;
use dugnad_events::{
    FacilityId, ShiftId,
    rooms::{Event, ShiftEvent, ShiftFacts, ShiftHours, ShiftRules},
};
use dugnad_ledger::Context;
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

use super::{
    super::{
        State,
        booking::{Booking, Standing, instant},
        register::Ix,
    },
    Due, GRACE, Shift, Shifts, after, event,
};

/// Days that are derived in one decision.
pub(super) struct Derived<'a> {
    state: &'a State,
    cx: &'a Context,
    pub(super) events: Vec<Event>,
    named: u32,
}

impl<'a> Derived<'a> {
    pub(super) fn new(state: &'a State, cx: &'a Context) -> Self {
        Self { state, cx, events: Vec::new(), named: 0 }
    }

    /// What has passed stays as it was.
    pub(super) fn day(&mut self, facility: FacilityId, day: Date) {
        let state = self.state;
        let rules = state.shifts.rules.get(&facility);
        let building = state.facilities.all.get(facility);
        if let Some((rules, building)) = rules.zip(building)
            && day >= building.zone.to_datetime(self.cx.now).date()
        {
            let spans = spans(rules, &building.zone, state.calling(facility, day, rules));
            let mut kinds: Vec<_> = rules.staffing.iter().map(|it| (&it.kind, it.heads)).collect();
            let gone = state.shifts.of(facility, day).map(|shift| &shift.facts.kind);
            let gone = gone.filter(|kind| !rules.staffing.iter().any(|it| it.kind == **kind));
            kinds.extend(gone.map(|kind| (kind, 0)));
            kinds.sort_unstable();
            kinds.dedup();
            for (kind, heads) in kinds {
                let spans = if heads == 0 { &[][..] } else { &spans };
                let facts = |span: &Interval| ShiftFacts { kind: kind.clone(), heads, span: *span };
                let had = state.shifts.of(facility, day);
                let had = had.filter(|shift| !shift.dropped && shift.facts.kind == *kind).collect();
                self.kind(facility, day, had, spans.iter().map(facts).collect());
            }
        }
        self.events.push(event(ShiftEvent::Derived { facility, day }));
    }

    /// A shift goes on where one of the same kind is wanted at the same time, else where most of it
    /// is.
    fn kind(
        &mut self,
        facility: FacilityId,
        day: Date,
        mut had: Vec<&Shift>,
        mut wanted: Vec<ShiftFacts>,
    ) {
        let now = self.cx.now;
        had.sort_by_key(|shift| (shift.facts.span.start(), shift.id));
        wanted.retain(|facts| match had.iter().position(|shift| shift.facts == *facts) {
            Some(same) => {
                had.remove(same);
                false
            }
            None => facts.span.end() > now,
        });
        for facts in wanted {
            let shared = |shift: &&Shift| overlap(shift.facts.span, facts.span);
            let most = had.iter().enumerate().max_by_key(|(n, shift)| (shared(shift), !n));
            match most.filter(|(_, shift)| shared(shift) > 0).map(|(n, _)| n) {
                Some(n) => {
                    let shift = had.remove(n);
                    let (shift, revision) = (shift.id, shift.revision + 1);
                    self.events.push(event(ShiftEvent::Changed {
                        shift,
                        revision,
                        facts,
                        at: now,
                    }));
                }
                None => {
                    let shift = ShiftId(self.cx.id(self.named));
                    self.named += 1;
                    let planned = ShiftEvent::Planned { shift, facility, day, facts, at: now };
                    self.events.push(event(planned));
                }
            }
        }
        let to_come = had.into_iter().filter(|shift| shift.facts.span.end() > now);
        self.events.extend(
            to_come.map(|shift| {
                event(ShiftEvent::Dropped { shift: shift.id, revision: shift.revision })
            }),
        );
    }
}

/// Seconds.
fn overlap(one: Interval, other: Interval) -> i64 {
    let (start, end) = (one.start().max(other.start()), one.end().min(other.end()));
    (end.as_second() - start.as_second()).max(0)
}

/// From before the first to after the last of bookings that are near each other, split evenly where
/// that is too long.
fn spans(rules: &ShiftRules, zone: &TimeZone, bookings: Vec<Interval>) -> Vec<Interval> {
    let minutes = |minutes: u16| i64::from(minutes) * 60;
    let within = |span: &Interval| {
        let hours = &rules.hours;
        hours.is_empty() || hours.iter().any(|it| holds(it, zone, span.start()))
    };
    let mut around: Vec<(i64, i64)> = bookings
        .iter()
        .filter(|span| within(span))
        .map(|span| (span.start().as_second(), span.end().as_second()))
        .map(|(start, end)| {
            (start - minutes(rules.before_minutes), end + minutes(rules.after_minutes))
        })
        .collect();
    around.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (start, end) in around {
        match merged.last_mut().filter(|last| start - last.1 <= minutes(rules.merge_minutes)) {
            Some(last) => last.1 = last.1.max(end),
            None => merged.push((start, end)),
        }
    }
    let longest = minutes(rules.longest_minutes).max(60);
    let split = merged.into_iter().flat_map(|(start, end)| {
        let pieces = (end - start + longest - 1) / longest;
        let cut = move |n: i64| start + ((end - start) * n / pieces) / 60 * 60;
        (0..pieces).map(move |n| (cut(n), if n + 1 == pieces { end } else { cut(n + 1) }))
    });
    split.filter_map(|(start, end)| Interval::new(instant(start), instant(end)).ok()).collect()
}

fn holds(hours: &ShiftHours, zone: &TimeZone, start: Timestamp) -> bool {
    let local = zone.to_datetime(start);
    let weekday = local.weekday().to_monday_zero_offset();
    let minute =
        u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
    hours.weekdays & (1 << weekday) != 0 && (hours.from..hours.to).contains(&minute)
}

impl State {
    /// The bookings of a building that begin on a local day.
    pub(super) fn begin_on(
        &self,
        facility: FacilityId,
        day: Date,
    ) -> impl Iterator<Item = (Ix<Booking>, &Booking)> {
        let building = self.facilities.all.get(facility);
        let midnight = |zone: &TimeZone, day: Date| {
            zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX).as_second()
        };
        building.into_iter().flat_map(move |building| {
            let first = midnight(&building.zone, day);
            let after = midnight(&building.zone, day.saturating_add(1.day()));
            let rooms = building.rooms.values().map(|ix| &self.rooms[*ix]);
            let claims = rooms.flat_map(move |room| room.occupancy.overlapping(first..after));
            claims
                .map(|claim| (claim.by, &self.bookings[claim.by]))
                .filter(move |(_, it)| (first..after).contains(&it.span.start().as_second()))
                .filter(|(_, booking)| booking.standing == Standing::Confirmed)
        })
    }

    /// Those of them that call for a shift.
    fn calling(&self, facility: FacilityId, day: Date, rules: &ShiftRules) -> Vec<Interval> {
        let calls = |booking: &Booking| {
            let terms = booking.terms.as_deref();
            let purpose = terms.and_then(|terms| terms.application.purpose.as_ref());
            rules.purposes.is_empty() || purpose.is_some_and(|it| rules.purposes.contains(it))
        };
        let bookings = self.begin_on(facility, day).map(|(_, booking)| booking);
        bookings.filter(|booking| calls(booking)).map(|booking| booking.span).collect()
    }

    /// The local days from `from` on, on which something is booked in a building.
    pub(super) fn booked_days(&self, facility: FacilityId, from: Date) -> Vec<Date> {
        let Some(building) = self.facilities.all.get(facility) else { return Vec::new() };
        let first = building.zone.to_timestamp(from.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN);
        let rooms = building.rooms.values().map(|ix| &self.rooms[*ix]);
        let claims = rooms.flat_map(|room| {
            room.occupancy.overlapping(first.as_second()..Timestamp::MAX.as_second())
        });
        let starts = claims.map(|claim| self.bookings[claim.by].span.start());
        starts.map(|start| building.zone.to_datetime(start).date()).collect()
    }

    /// A booking came or is about to go: its day is to be derived, as soon as it is near enough.
    pub(in crate::model) fn calls_for_shifts(&mut self, ix: Ix<Booking>) {
        let booking = &self.bookings[ix];
        if self.shifts.rules.is_empty() || booking.standing != Standing::Confirmed {
            return;
        }
        let building = &self.facilities.all[self.rooms[booking.room].facility];
        let day = building.zone.to_datetime(booking.span.start()).date();
        self.mark(building.id, day);
    }

    pub(super) fn mark(&mut self, facility: FacilityId, day: Date) {
        if let Some(due) = self.derived_from(facility, day) {
            self.shifts.agenda.insert((due, Due::Day(facility, day)));
        }
    }

    pub(super) fn day_derived(&mut self, facility: FacilityId, day: Date) {
        if let Some(due) = self.derived_from(facility, day) {
            self.shifts.agenda.remove(&(due, Due::Day(facility, day)));
        }
    }

    /// From when on a day is near enough; `None`: the building has no shifts.
    fn derived_from(&self, facility: FacilityId, day: Date) -> Option<Timestamp> {
        let rules = self.shifts.rules.get(&facility)?;
        let zone = &self.facilities.all.get(facility)?.zone;
        let from = day.saturating_sub(i64::from(rules.horizon_days).days());
        Some(zone.to_timestamp(from.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN))
    }
}

impl Shifts {
    pub(super) fn planned(
        &mut self,
        id: ShiftId,
        facility: FacilityId,
        day: Date,
        facts: &ShiftFacts,
        at: Timestamp,
    ) {
        let shift = Shift {
            id,
            facility,
            day,
            facts: facts.clone(),
            revision: 1,
            dropped: false,
            hosts: Default::default(),
            unhosted: None,
            in_charge: None,
            handover: None,
            log: Vec::new(),
            due: None,
        };
        self.all.insert(id, shift);
        self.of_day.entry((facility, day)).or_default().push(id);
        self.of_need.insert(id.need(1), id);
        self.arm(id, after(at, GRACE));
    }

    /// Who comes is known by the need of the revision before, until matching says otherwise.
    pub(super) fn changed(
        &mut self,
        id: ShiftId,
        revision: u32,
        facts: &ShiftFacts,
        at: Timestamp,
    ) {
        let Some(shift) = self.all.get_mut(&id) else { return };
        shift.facts = facts.clone();
        shift.revision = revision;
        shift.unhosted = None;
        self.of_need.insert(id.need(revision), id);
        self.arm(id, after(at, GRACE));
    }
}
