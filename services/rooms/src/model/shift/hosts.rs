//! Who comes to a shift, as matching says, and what follows when nobody does.

use std::collections::BTreeSet;

use dugnad_events::{
    AssignmentId, FacilityId, NeedId, ShiftId,
    rooms::{Cause, Event, ShiftEvent, Unhosted},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::Timestamp;

use super::{
    super::{
        State,
        booking::{Booking, ended},
        displace::{MOST_AFFECTED, paid_back},
        register::Ix,
        waiting,
    },
    Entry, GRACE, Host, Shift, Shifts, Wrote, after, event,
};

/// What a released booking's owner reads.
const RELEASED: &str = "nobody was found who opens and locks";

/// An assignment to something else is none of ours.
pub(super) fn found(
    state: &State,
    need: NeedId,
    assignment: AssignmentId,
    person: PersonId,
) -> Vec<Event> {
    let shift = state.shifts.of_need.get(&need).and_then(|id| state.shifts.all.get(id));
    let Some(shift) = shift.filter(|it| !it.dropped) else { return Vec::new() };
    if shift.hosts.contains_key(&assignment) || state.people.not_erased(person).is_err() {
        return Vec::new();
    }
    vec![event(ShiftEvent::HostFound { shift: shift.id, assignment, person })]
}

pub(super) fn lost(state: &State, cx: &Context, assignments: &[AssignmentId]) -> Vec<Event> {
    let ours = assignments.iter().filter_map(|assignment| {
        let shift = *state.shifts.of_assignment.get(assignment)?;
        Some(event(ShiftEvent::HostLost { shift, assignment: *assignment, at: cx.now }))
    });
    ours.collect()
}

/// Too few were found in time. Where nobody was, the rule's consequence follows in the same commit;
/// where some were, somebody is told.
pub(super) fn deadline(state: &State, cx: &Context, id: ShiftId) -> Vec<Event> {
    let Some(shift) = state.shifts.all.get(&id) else { return Vec::new() };
    let rule = state.shifts.rules.get(&shift.facility).and_then(|rules| rules.deadline);
    let hosts = shift.coming();
    let then = rule.filter(|_| hosts == 0).map_or(Unhosted::Warn, |rule| rule.then);
    unhosted(state, cx, shift, then)
}

pub(super) fn unhosted(state: &State, cx: &Context, shift: &Shift, then: Unhosted) -> Vec<Event> {
    let beginning: Vec<Ix<Booking>> = state.beginning_in(shift);
    let mut events = vec![event(ShiftEvent::Unhosted {
        shift: shift.id,
        at: cx.now,
        hosts: shift.coming(),
        then,
        bookings: beginning.iter().map(|ix| state.bookings[*ix].id).collect(),
    })];
    if then == Unhosted::Release {
        let gone: Vec<_> = beginning
            .into_iter()
            .filter(|ix| state.bookings[*ix].span.start() > cx.now)
            .take(MOST_AFFECTED)
            .collect();
        events.extend(gone.iter().map(|ix| {
            let booking = &state.bookings[*ix];
            ended(booking, Cause::Unhosted, RELEASED, paid_back(booking, cx.now))
        }));
        events.extend(waiting::offers(state, cx, &gone, Vec::new()));
    }
    events
}

impl State {
    /// Who hosts in a building at a time; who took over, first.
    pub(in crate::model) fn on_duty(&self, facility: FacilityId, at: Timestamp) -> Vec<PersonId> {
        let Some(building) = self.facilities.all.get(facility) else { return Vec::new() };
        let day = building.zone.to_datetime(at).date();
        // A shift of the day before may go on past midnight.
        let days = [day, day.yesterday().unwrap_or(day)];
        let mut found = Vec::new();
        for shift in days.into_iter().flat_map(|day| self.shifts.of(facility, day)) {
            let span = shift.facts.span;
            if shift.dropped || !(span.start()..span.end()).contains(&at) {
                continue;
            }
            let hosts = shift.hosts.values().filter(|host| !host.missed).map(|host| host.person);
            found.extend(shift.in_charge.into_iter().chain(hosts));
        }
        let mut known = BTreeSet::new();
        found.retain(|person| known.insert(*person));
        found
    }

    fn beginning_in(&self, shift: &Shift) -> Vec<Ix<Booking>> {
        let span = shift.facts.span;
        let begins = |it: &Booking| (span.start()..span.end()).contains(&it.span.start());
        let of_day = self.begin_on(shift.facility, shift.day);
        of_day.filter(|(_, booking)| begins(booking)).map(|(ix, _)| ix).collect()
    }
}

impl Shifts {
    pub(super) fn happened(&mut self, event: &ShiftEvent) {
        match event {
            ShiftEvent::HostFound { shift, assignment, person } => {
                self.host_found(*shift, *assignment, *person);
            }
            ShiftEvent::HostLost { shift, assignment, at } => {
                self.of_assignment.remove(assignment);
                if let Some(known) = self.all.get_mut(shift) {
                    known.hosts.remove(assignment);
                    known.unhosted = None;
                }
                self.arm(*shift, after(*at, GRACE));
            }
            ShiftEvent::Unhosted { shift, then, .. } => self.alarmed(*shift, *then),
            ShiftEvent::Logged { shift, by, at, kind, about, text } => {
                let what = Wrote::Log(*kind, *about);
                self.wrote(*shift, Entry { by: *by, at: *at, what, text: Some(text.clone()) });
            }
            ShiftEvent::HandedOver { shift, by, to, at, text } => {
                let what = Wrote::Handover(*to);
                self.wrote(*shift, Entry { by: by.0, at: *at, what, text: text.clone() });
                if let Some(known) = self.all.get_mut(shift) {
                    known.handover = Some((*by, *to));
                }
            }
            ShiftEvent::TakenOver { shift, by, .. } => {
                if let Some(known) = self.all.get_mut(shift) {
                    known.in_charge = Some(*by);
                    known.handover = None;
                }
            }
            ShiftEvent::NoShow { shift, assignment, .. } => {
                let known = self.all.get_mut(shift);
                if let Some(host) = known.and_then(|it| it.hosts.get_mut(assignment)) {
                    host.missed = true;
                }
            }
            // Evolved where the state as a whole is at hand.
            ShiftEvent::RulesSet { .. }
            | ShiftEvent::Planned { .. }
            | ShiftEvent::Changed { .. }
            | ShiftEvent::Dropped { .. }
            | ShiftEvent::Derived { .. } => {}
        }
    }

    fn host_found(&mut self, id: ShiftId, assignment: AssignmentId, person: PersonId) {
        let Some(shift) = self.all.get_mut(&id) else { return };
        shift.hosts.insert(assignment, Host { person, missed: false });
        self.of_assignment.insert(assignment, id);
        self.of_person.entry(person).or_default().insert(id);
        self.arm(id, Timestamp::MIN);
    }

    /// Alarmed once, until somebody is lost again or it changes.
    fn alarmed(&mut self, id: ShiftId, then: Unhosted) {
        let Some(shift) = self.all.get_mut(&id) else { return };
        shift.unhosted = Some(then);
        if let Some(due) = shift.due.take() {
            self.agenda.remove(&(due, super::Due::Deadline(id)));
        }
    }

    fn wrote(&mut self, id: ShiftId, entry: Entry) {
        let Some(shift) = self.all.get_mut(&id) else { return };
        let mut about = vec![PersonId(entry.by)];
        about.extend(match entry.what {
            Wrote::Log(_, about) => about,
            Wrote::Handover(to) => Some(to),
        });
        shift.log.push(entry);
        for person in about {
            self.of_person.entry(person).or_default().insert(id);
        }
    }

    /// Nothing here leads to the person any more.
    pub(in crate::model) fn forget(&mut self, person: PersonId) {
        for id in self.of_person.remove(&person).unwrap_or_default() {
            let Some(shift) = self.all.get_mut(&id) else { continue };
            let theirs: Vec<_> = shift.hosts.iter().filter(|(_, it)| it.person == person).collect();
            let theirs: Vec<AssignmentId> = theirs.into_iter().map(|(id, _)| *id).collect();
            for assignment in &theirs {
                shift.hosts.remove(assignment);
                self.of_assignment.remove(assignment);
            }
            shift.in_charge = shift.in_charge.filter(|it| *it != person);
            shift.handover = shift.handover.filter(|(by, to)| *by != person && *to != person);
            for entry in &mut shift.log {
                forget_in(entry, person);
            }
            if !theirs.is_empty() {
                self.arm(id, Timestamp::MIN);
            }
        }
    }
}

fn forget_in(entry: &mut Entry, person: PersonId) {
    if entry.by == person.0 {
        entry.by = uuid::Uuid::nil();
    }
    entry.text = entry.text.take().filter(|text| text.person() != person);
    entry.what = match entry.what {
        Wrote::Log(kind, Some(about)) if about == person => Wrote::Log(kind, None),
        Wrote::Handover(to) if to == person => Wrote::Handover(PersonId(uuid::Uuid::nil())),
        same => same,
    };
}
