//! Evening shifts (tilsynsvakt): derived from bookings, filled through matching, and what happens on
//! them.
//!
//! A booking that is made, moved or given back marks its building's day; the next tick derives that
//! day alone. A shift that goes on keeps its id: who comes is asked about the change, not anew about
//! everything. Who comes is matching's to say; here it is only heard.
//!
//! Keeps true: outside the instant before the tick, the live shifts to come are those that the
//! bookings call for by the rules.

mod derive;
mod duty;
mod hosts;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dugnad_events::{
    AssignmentId, FacilityId, NeedId, ShiftId,
    rooms::{Event, LogKind, ShiftEvent, ShiftFacts, ShiftRules, Unhosted},
};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Page, Refusal as Refused, State};

pub use duty::MOST_LOGGED;

/// The most kinds that staff one building.
pub const MOST_STAFFING: usize = 8;
/// The most of one kind that come to one shift.
pub const MOST_HOSTS: u32 = 20;
/// The furthest ahead that shifts are planned: matching takes no need further ahead.
pub const FURTHEST_SHIFT_DAYS: u16 = 300;
/// However late a shift was planned or lost somebody, so long is looked for a host before it alarms.
const GRACE: SignedDuration = SignedDuration::from_hours(2);
/// Days that one tick derives at most: the next comes at once.
const MOST_DAYS_AT_ONCE: usize = 50;

/// What can be asked about shifts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Write how shifts follow from a building's bookings.
    SetRules {
        /// The building.
        facility: FacilityId,
        /// From now on.
        rules: Box<ShiftRules>,
    },
    /// Matching says who comes.
    Found {
        /// To the need of a shift, or to another.
        need: NeedId,
        /// By which assignment.
        assignment: AssignmentId,
        /// Who.
        person: PersonId,
    },
    /// Matching says who does not come after all.
    Lost {
        /// To shifts, or to other things.
        assignments: Vec<AssignmentId>,
    },
    /// Write something down.
    Log {
        /// Of which shift.
        shift: ShiftId,
        /// What kind of thing.
        kind: LogKind,
        /// Whom it is about.
        about: Option<PersonId>,
        /// In words.
        text: Sealed<String>,
        /// Whether it is the caller's office; otherwise they must host.
        office: bool,
    },
    /// Hand over to another guard.
    HandOver {
        /// Which shift.
        shift: ShiftId,
        /// To whom.
        to: PersonId,
        /// What they must know.
        text: Option<Sealed<String>>,
    },
    /// Take over what was handed over to the caller.
    TakeOver {
        /// Which shift.
        shift: ShiftId,
    },
    /// Say that somebody did not come.
    NoShow {
        /// Which shift.
        shift: ShiftId,
        /// Who, by their assignment.
        assignment: AssignmentId,
        /// Whether it is the caller's office; otherwise they must host.
        office: bool,
    },
}

/// A rule about shifts that says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Only who hosts may.
    #[error("you do not host {0}")]
    NotAHost(ShiftId),
    /// It was handed over to somebody else.
    #[error("{by} has {shift}: only they can hand it over")]
    NotInCharge {
        /// Which.
        shift: ShiftId,
        /// Who has it.
        by: PersonId,
    },
    /// A shift is handed over to who can be there.
    #[error("{person} hosts nothing in this building that day: hand over to who does")]
    NotAmongHosts {
        /// Who.
        person: PersonId,
    },
    /// Nobody handed over to the caller.
    #[error("nobody has handed over {0} to you")]
    NotHandedOver(ShiftId),
    /// It lies ahead.
    #[error("{shift} begins at {start}: nobody can have missed it before")]
    NotBegun {
        /// Which.
        shift: ShiftId,
        /// When it begins.
        start: Timestamp,
    },
    /// No booking calls for it any more.
    #[error("{0} is dropped: no booking calls for it any more")]
    Dropped(ShiftId),
}

impl Refusal {
    /// The rule's name for machines, `UPPER_SNAKE_CASE`; it never changes.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotAHost(_) => "NOT_A_HOST",
            Self::NotInCharge { .. } => "NOT_IN_CHARGE",
            Self::NotAmongHosts { .. } => "NOT_AMONG_HOSTS",
            Self::NotHandedOver(_) => "NOT_HANDED_OVER",
            Self::NotBegun { .. } => "SHIFT_NOT_BEGUN",
            Self::Dropped(_) => "SHIFT_DROPPED",
        }
    }
}

/// An evening shift.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// Its id.
    pub id: ShiftId,
    /// The building.
    pub facility: FacilityId,
    /// The local day it belongs to.
    pub day: Date,
    /// What it is.
    pub facts: ShiftFacts,
    /// Goes up with each change, from 1.
    pub revision: u32,
    /// No booking calls for it any more.
    pub dropped: bool,
    /// Who comes.
    pub hosts: BTreeMap<AssignmentId, Host>,
    /// What followed, if too few were found by the deadline.
    pub unhosted: Option<Unhosted>,
    /// Who has it, once it was handed over.
    pub in_charge: Option<PersonId>,
    /// A handover that waits to be taken: from whom, and to whom.
    pub handover: Option<(PersonId, PersonId)>,
    /// What was written down, as it came.
    pub log: Vec<Entry>,
    /// When it alarms if too few are found.
    due: Option<Timestamp>,
}

/// Somebody who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host {
    /// Who.
    pub person: PersonId,
    /// Whether they did not.
    pub missed: bool,
}

/// Something written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Who wrote it.
    pub by: Uuid,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Wrote,
    /// In words; `None`: nothing, or whoever it was about was erased.
    pub text: Option<Sealed<String>>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrote {
    /// A note or a deviation, and whom it is about.
    Log(LogKind, Option<PersonId>),
    /// A handover, and to whom.
    Handover(PersonId),
}

/// All shifts.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Shifts {
    rules: BTreeMap<FacilityId, ShiftRules>,
    all: HashMap<ShiftId, Shift>,
    of_day: BTreeMap<(FacilityId, Date), Vec<ShiftId>>,
    /// What the clock brings.
    agenda: BTreeSet<(Timestamp, Due)>,
    of_need: HashMap<NeedId, ShiftId>,
    of_assignment: HashMap<AssignmentId, ShiftId>,
    /// Where somebody hosts or hosted, wrote or was written about.
    of_person: BTreeMap<PersonId, BTreeSet<ShiftId>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// A building's day is to be derived.
    Day(FacilityId, Date),
    /// A shift must have been filled.
    Deadline(ShiftId),
}

pub(super) fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refused> {
    match command {
        Command::SetRules { facility, rules } => set_rules(state, cx, facility, rules),
        Command::Found { need, assignment, person } => {
            Ok(hosts::found(state, need, assignment, person))
        }
        Command::Lost { assignments } => Ok(hosts::lost(state, cx, &assignments)),
        Command::Log { shift, kind, about, text, office } => {
            duty::log(state, cx, shift, kind, about, text, office)
        }
        Command::HandOver { shift, to, text } => duty::hand_over(state, cx, shift, to, text),
        Command::TakeOver { shift } => duty::take_over(state, cx, shift),
        Command::NoShow { shift, assignment, office } => {
            duty::no_show(state, cx, shift, assignment, office)
        }
    }
}

fn set_rules(
    state: &State,
    cx: &Context,
    facility: FacilityId,
    rules: Box<ShiftRules>,
) -> Result<Vec<Event>, Refused> {
    let building = state.facilities.existing(facility)?;
    if state.shifts.rules.get(&facility) == Some(&*rules) {
        return Ok(Vec::new());
    }
    let from = building.zone.to_datetime(cx.now).date();
    Ok(vec![event(ShiftEvent::RulesSet { facility, from, rules })])
}

/// What is due: days to derive, or one shift that nobody hosts.
pub(super) fn tick(state: &State, cx: &Context) -> Vec<Event> {
    let due = state.shifts.agenda.iter().take_while(|(at, _)| *at <= cx.now).map(|(_, due)| *due);
    let mut derived = derive::Derived::new(state, cx);
    for due in due.take(MOST_DAYS_AT_ONCE) {
        match due {
            Due::Day(facility, day) => derived.day(facility, day),
            Due::Deadline(shift) if derived.events.is_empty() => {
                return hosts::deadline(state, cx, shift);
            }
            Due::Deadline(_) => break,
        }
    }
    derived.events
}

fn event(event: ShiftEvent) -> Event {
    Event::Shift(event)
}

impl Shift {
    /// Whether enough come.
    #[must_use]
    pub fn is_filled(&self) -> bool {
        self.coming() >= self.facts.heads
    }

    fn coming(&self) -> u32 {
        self.hosts.values().filter(|host| !host.missed).count() as u32
    }

    /// Whether the person comes, or came.
    #[must_use]
    pub fn is_hosted_by(&self, person: PersonId) -> bool {
        self.hosts.values().any(|host| host.person == person && !host.missed)
    }
}

impl Shifts {
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.agenda.first().map(|(at, _)| *at)
    }

    fn of(&self, facility: FacilityId, day: Date) -> impl Iterator<Item = &Shift> {
        let ids = self.of_day.get(&(facility, day)).into_iter().flatten();
        ids.filter_map(|id| self.all.get(id))
    }

    /// When a shift must have been filled; nothing is waited for before `earliest`.
    fn must_be_filled(&self, shift: &Shift, earliest: Timestamp) -> Option<Timestamp> {
        let rules = self.rules.get(&shift.facility)?;
        let deadline = rules.deadline?;
        let needed =
            |it: &dugnad_events::rooms::Staffing| it.required && it.kind == shift.facts.kind;
        if shift.dropped || shift.is_filled() || !rules.staffing.iter().any(needed) {
            return None;
        }
        let start = shift.facts.span.start();
        let by = start.saturating_sub(SignedDuration::from_hours(deadline.hours.into()));
        Some(by.unwrap_or(Timestamp::MIN).max(earliest.min(start)))
    }

    fn arm(&mut self, id: ShiftId, earliest: Timestamp) {
        let Some(shift) = self.all.get(&id) else { return };
        let due = self.must_be_filled(shift, earliest);
        let Some(shift) = self.all.get_mut(&id) else { return };
        if let Some(before) = std::mem::replace(&mut shift.due, due) {
            self.agenda.remove(&(before, Due::Deadline(id)));
        }
        self.agenda.extend(due.map(|due| (due, Due::Deadline(id))));
    }
}

fn after(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

impl State {
    pub(super) fn shift_evolve(&mut self, event: &ShiftEvent) {
        match event {
            ShiftEvent::RulesSet { facility, from, rules } => {
                self.shift_rules_set(*facility, *from, rules);
            }
            ShiftEvent::Planned { shift, facility, day, facts, at } => {
                self.shifts.planned(*shift, *facility, *day, facts, *at);
            }
            ShiftEvent::Changed { shift, revision, facts, at } => {
                self.shifts.changed(*shift, *revision, facts, *at);
            }
            ShiftEvent::Dropped { shift, .. } => {
                if let Some(known) = self.shifts.all.get_mut(shift) {
                    known.dropped = true;
                }
                self.shifts.arm(*shift, Timestamp::MIN);
            }
            ShiftEvent::Derived { facility, day } => self.day_derived(*facility, *day),
            other => self.shifts.happened(other),
        }
    }

    fn shift_rules_set(&mut self, facility: FacilityId, from: Date, rules: &ShiftRules) {
        self.shifts.agenda.retain(|(_, due)| !matches!(due, Due::Day(of, _) if *of == facility));
        self.shifts.rules.insert(facility, rules.clone());
        let planned = self.shifts.of_day.range((facility, from)..=(facility, Date::MAX));
        let mut days: BTreeSet<Date> = planned.map(|((_, day), _)| *day).collect();
        days.extend(self.booked_days(facility, from));
        for day in days {
            self.mark(facility, day);
            let ids: Vec<_> = self.shifts.of(facility, day).map(|shift| shift.id).collect();
            for id in ids {
                if self.shifts.all.get(&id).is_some_and(|shift| shift.unhosted.is_none()) {
                    self.shifts.arm(id, Timestamp::MIN);
                }
            }
        }
    }

    /// One shift. `O(1)`.
    pub fn shift(&self, id: ShiftId) -> Option<Shift> {
        self.shifts.all.get(&id).cloned()
    }

    /// How shifts follow from a building's bookings.
    pub fn shift_rules(&self, facility: FacilityId) -> Option<ShiftRules> {
        self.shifts.rules.get(&facility).cloned()
    }

    /// A building's shifts from one local day up to another, by day, start and id, after the one given
    /// (none, if there is no such). `O(log n)` and those before it on its day.
    pub fn shifts(
        &self,
        facility: FacilityId,
        days: std::ops::RangeInclusive<Date>,
        after: Option<ShiftId>,
        size: usize,
    ) -> Page<Shift, ShiftId> {
        let last = match after.map(|id| self.shifts.all.get(&id)) {
            None => None,
            Some(None) => return Page::empty(),
            Some(shift) => shift,
        };
        let from = last.map_or(*days.start(), |shift| shift.day.max(*days.start()));
        if from > *days.end() {
            return Page::empty();
        }
        let key = |shift: &Shift| (shift.day, shift.facts.span.start(), shift.id);
        let within = self.shifts.of_day.range((facility, from)..=(facility, *days.end()));
        let sorted = within.flat_map(|((facility, day), _)| {
            let mut of_day: Vec<&Shift> = self.shifts.of(*facility, *day).collect();
            of_day.sort_by_key(|shift| key(shift));
            of_day
        });
        let rest = sorted.filter(|shift| last.is_none_or(|last| key(shift) > key(last)));
        Page::of(rest.cloned(), size, |shift| shift.id)
    }

    /// Where somebody hosts or hosted, wrote or was written about, by id.
    pub fn shifts_about(&self, person: PersonId) -> Vec<Shift> {
        let ids = self.shifts.of_person.get(&person).into_iter().flatten();
        ids.filter_map(|id| self.shift(*id)).collect()
    }

    fn existing_shift(&self, id: ShiftId) -> Result<&Shift, Refused> {
        self.shifts.all.get(&id).ok_or(Refused::NotFound(super::Name::Shift(id)))
    }
}
