//! Invariant 6: a code is on a door only from its lead before the booking to its margin after; one that
//! is there outside that, or may be, alarms until verified gone.
//!
//! By the journal: each window is what door and booking give, a lock is told to set within it, a slot
//! has one code at a time, and what was not gone by the end of its window alarmed. By the locks' own
//! log: whatever a lock truly held, in a slot of ours, lay within such a window or an alarm.

use std::collections::{BTreeMap, HashMap};

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, CodeId, DoorId,
    rooms::{Bridge, DoorEvent, Event, Lock},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    history::{Place, Record},
    lines::LockLine,
    report::{Findings, Verdict},
};

/// Between what a lock does and the clock that writes it down.
const CLOCKS: SignedDuration = SignedDuration::from_secs(2);
/// How long an alarm may take that no process was there to raise at once.
const TO_ALARM: SignedDuration = SignedDuration::from_mins(2);

#[derive(Debug)]
struct Code {
    door: DoorId,
    slot: u16,
    /// When it may be on the lock; every window it had.
    windows: Vec<Interval>,
    /// Until when it may be there, once it is to go.
    until: Timestamp,
    /// From when on it may be on the lock.
    set: Option<Timestamp>,
    alarmed: Option<Timestamp>,
    gone: Option<Timestamp>,
    place: Place,
}

#[derive(Debug, Default)]
pub(crate) struct Codes {
    bookings: HashMap<BookingId, Interval>,
    locks: HashMap<DoorId, Lock>,
    codes: BTreeMap<CodeId, Code>,
    /// The live code of each slot.
    slots: HashMap<(DoorId, u16), CodeId>,
    /// When something was last written down.
    last: Option<(Timestamp, Place)>,
    seen: Vec<LockLine>,
    findings: Findings,
}

impl Codes {
    pub(crate) fn seen(&mut self, line: LockLine) {
        self.seen.push(line);
    }

    pub(crate) fn record(&mut self, place: &Place, record: &Record<Event>) {
        for (at, event) in (0_u32..).zip(&record.events) {
            match event {
                Event::Booked { booking, span, .. }
                | Event::Requested { booking, span, .. }
                | Event::Approved { booking, span, .. }
                | Event::Moved { booking, span, .. } => {
                    self.bookings.insert(*booking, *span);
                }
                Event::Door(event) => {
                    if let Some(what) = self.door(place, record.at, event) {
                        self.findings.add(place, Some(at), what);
                    }
                }
                _ => {}
            }
        }
        self.last = Some((record.at, place.clone()));
    }

    fn door(&mut self, place: &Place, now: Timestamp, event: &DoorEvent) -> Option<String> {
        match event {
            DoorEvent::Set { door, what, .. } => {
                match &what.lock {
                    Some(lock) => self.locks.insert(*door, lock.clone()),
                    None => self.locks.remove(door),
                };
                None
            }
            DoorEvent::Planned { code, door, booking, slot, window, .. } => {
                let planned = Code {
                    door: *door,
                    slot: *slot,
                    windows: vec![*window],
                    until: window.end(),
                    set: None,
                    alarmed: None,
                    gone: None,
                    place: place.clone(),
                };
                self.codes.insert(*code, planned);
                let before = self.slots.insert((*door, *slot), *code);
                if before.is_some_and(|before| self.codes[&before].gone.is_none()) {
                    return Some(format!("{code} has a slot that another code has"));
                }
                self.wrong_window(*door, *booking, *window)
                    .map(|what| format!("{code} may be on the door {what}"))
            }
            DoorEvent::Kept { code, window, .. } => {
                let known = self.codes.get_mut(code)?;
                known.windows.push(*window);
                known.until = window.end();
                None
            }
            DoorEvent::Setting { code } => {
                let known = self.codes.get_mut(code)?;
                known.set = known.set.or(Some(now));
                let within = known.windows.iter().any(|it| it.start() <= now && now < it.end());
                (!within).then(|| format!("{code} is put on the lock outside its window"))
            }
            DoorEvent::Removing { code, until, .. } => {
                let known = self.codes.get_mut(code)?;
                let late = *until > known.until;
                known.until = known.until.min(*until);
                late.then(|| format!("{code} may stay for longer than it might before"))
            }
            DoorEvent::Overstayed { code } | DoorEvent::Back { code } => {
                let known = self.codes.get_mut(code)?;
                known.alarmed = known.alarmed.or(Some(now));
                known.gone = None;
                None
            }
            DoorEvent::Removed { code, .. } => {
                let known = self.codes.get_mut(code)?;
                known.gone = Some(now);
                let silent = known.set.is_some()
                    && known.alarmed.is_none()
                    && now.duration_since(known.until) > TO_ALARM;
                silent.then(|| format!("{code} stayed until {now} and nobody was alarmed"))
            }
            _ => None,
        }
    }

    /// What is wrong with a window, by the lock's lead and margin.
    fn wrong_window(
        &self,
        door: DoorId,
        booking: BookingId,
        window: Interval,
    ) -> Option<&'static str> {
        let Some(lock) = self.locks.get(&door) else { return Some("without a lock") };
        let Some(span) = self.bookings.get(&booking) else { return Some("for no booking") };
        let minutes = |minutes: u16| SignedDuration::from_mins(minutes.into());
        let lead = span.start().duration_since(window.start());
        let margin = window.end().duration_since(span.end());
        if lead > minutes(lock.lead_minutes) {
            return Some("before its lead");
        }
        (margin > minutes(lock.margin_minutes)).then_some("after its margin")
    }

    pub(crate) fn conclude(mut self, tenant: &str, verdict: &mut Verdict) {
        if let Some((last, _)) = &self.last {
            for (id, code) in &self.codes {
                let there = code.set.is_some() && code.gone.is_none() && code.alarmed.is_none();
                if there && last.duration_since(code.until) > TO_ALARM {
                    let what = format!("{id} was to go by {} and nobody was alarmed", code.until);
                    self.findings.add(&code.place, None, what);
                }
            }
        }
        let held = self.held();
        verdict.count(self.codes.len() as u64, "codes");
        verdict.count(self.locks.len() as u64, "locks");
        verdict.count(held.len() as u64, "spans on a lock");
        for (line, until) in held {
            if let Some(what) = self.not_let(tenant, &line, until) {
                let place = self.last.as_ref().map(|(_, place)| place.clone());
                let place = place.unwrap_or_else(|| nowhere(tenant));
                let what = format!("{} held a code in slot {} {what}", line.lock, line.slot);
                self.findings.add(&place, None, what);
            }
        }
        verdict.take(self.findings);
    }

    /// From when to when each slot of each lock held a code, by the locks' log.
    fn held(&mut self) -> Vec<(LockLine, Timestamp)> {
        let seen = std::mem::take(&mut self.seen);
        let recorded = self.last.as_ref().map(|(at, _)| *at);
        let end = seen.iter().map(|line| line.at).chain(recorded).max().unwrap_or_default();
        let mut open: BTreeMap<(String, u16), LockLine> = BTreeMap::new();
        let mut held = Vec::new();
        for line in seen {
            let key = (line.lock.clone(), line.slot);
            match (line.holds, open.remove(&key)) {
                (true, before) => {
                    open.insert(key, before.unwrap_or(line));
                }
                (false, Some(since)) => held.push((since, line.at)),
                (false, None) => {}
            }
        }
        held.extend(open.into_values().map(|since| (since, end)));
        held
    }

    /// Why a lock must not have held what it held.
    fn not_let(&self, tenant: &str, line: &LockLine, until: Timestamp) -> Option<String> {
        let is_this = |lock: &Lock| topic(tenant, lock) == line.lock;
        let is_ours = |lock: &Lock| (lock.first_slot..=lock.last_slot).contains(&line.slot);
        if !self.locks.values().any(|lock| is_this(lock) && is_ours(lock)) {
            return None;
        }
        let on_lock = |code: &&Code| self.locks.get(&code.door).is_some_and(is_this);
        let mut of_slot = self.codes.values().filter(|it| it.slot == line.slot).filter(on_lock);
        if of_slot.any(|code| code.covers(line.at, until)) {
            return None;
        }
        Some(format!("from {} to {until}, in no code's window and no alarm", line.at))
    }
}

impl Code {
    /// Whether the code, or an alarm, explains that something was on the lock all that time.
    fn covers(&self, from: Timestamp, until: Timestamp) -> bool {
        let Some(set) = self.set else { return false };
        let opens = self.windows.iter().map(Interval::start).min().unwrap_or(set).max(set);
        let ends = match (self.gone, self.alarmed) {
            (Some(gone), _) => gone,
            (None, Some(_)) => return opens <= from + CLOCKS,
            (None, None) => self.until,
        };
        opens <= from + CLOCKS && until <= ends + CLOCKS
    }
}

/// Where a lock speaks, as rooms knows it.
fn topic(tenant: &str, lock: &Lock) -> String {
    match lock.bridge {
        Bridge::Zigbee2mqtt => format!("{tenant}/{}/{}", lock.base, lock.name),
        Bridge::NukiHub => format!("{tenant}/{}", lock.base),
    }
}

fn nowhere(tenant: &str) -> Place {
    let partition = dugnad_journal::Partition::parse(&format!("dugnad.rooms.{tenant}"));
    Place::new(&partition.expect("a tenant's name makes a partition's"), 0)
}
