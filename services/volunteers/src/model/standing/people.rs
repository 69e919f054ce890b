//! What is kept of each person: nobody who is not in the register, nothing once they are erased.

use std::collections::{BTreeMap, BTreeSet};

use dugnad_eligibility::Standing;
use dugnad_events::{
    HoursId, SessionId,
    volunteers::{Event, Hours, Pause},
};
use dugnad_vault::PersonId;
use jiff::civil::Date;
use uuid::Uuid;

use super::{ConcernKey, FollowUpKey, Note, Standings, Thanks};

/// All that this part holds of one person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    /// What a role's requirements look at.
    pub standing: Standing,
    /// Whether they can be asked at all.
    pub presence: Presence,
    /// To whom the check was shown.
    pub check_to: Option<Uuid>,
    /// Sessions they have a place in, and whether they came, once it was written down.
    pub sessions: BTreeMap<SessionId, Option<bool>>,
    /// By day.
    pub hours: BTreeMap<(Date, HoursId), Hours>,
    /// By age.
    pub thanks: Vec<Thanks>,
    /// Their talks.
    pub(super) follow_ups: BTreeSet<FollowUpKey>,
    /// About them.
    pub(super) concerns: BTreeSet<ConcernKey>,
    /// About them, by age.
    pub(super) notes: Vec<Note>,
}

/// Whether somebody takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// The day a coordinator took them in.
    pub admitted: Option<Date>,
    /// The last day, once they left.
    pub left: Option<Date>,
    /// While they rest.
    pub pause: Option<Pause>,
}

impl Presence {
    fn hear(&mut self, event: &Event) {
        match event {
            Event::PersonAdmitted { on, .. } => {
                (self.admitted, self.left) = (self.admitted.or(Some(*on)), None);
            }
            Event::PersonLeft { on, .. } => self.left = Some(*on),
            Event::PauseSet { pause, .. } => self.pause = *pause,
            _ => {}
        }
    }
}

impl Person {
    /// By when the next talk is due.
    #[must_use]
    pub fn next_follow_up(&self) -> Option<Date> {
        self.follow_ups.first().filter(|(held, ..)| !held).map(|(_, due, _)| *due)
    }

    /// Makes what happened to this person part of what is known.
    fn hear(&mut self, event: &Event) {
        self.standing.hear(event);
        self.presence.hear(event);
        match event {
            Event::CheckShown { to, .. } => self.check_to = Some(*to),
            Event::CheckWithdrawn { .. } => self.check_to = None,
            Event::AttendanceRecorded { session, came, .. } => {
                if let Some(seen) = self.sessions.get_mut(session) {
                    *seen = Some(*came);
                }
            }
            Event::HoursLogged { entry, hours, .. } => {
                self.hours.insert((hours.day, *entry), hours.clone());
            }
            Event::HoursStruck { entry, .. } => self.hours.retain(|(_, id), _| id != entry),
            Event::Thanked { by, on, text, .. } => {
                self.thanks.push(Thanks { by: *by, on: *on, text: text.clone() });
            }
            Event::NoteWritten { note, by, text, at, .. } => {
                self.notes.push(Note { id: *note, by: *by, at: *at, text: text.clone() });
            }
            _ => {}
        }
    }
}

impl Standings {
    pub(super) fn hear_of_person(&mut self, event: &Event) {
        if let Event::PersonRegistered { person, .. } = event {
            self.people.entry(*person).or_default();
        }
        if let Some(person) = about(event).and_then(|person| self.people.get_mut(&person)) {
            person.hear(event);
        }
    }

    /// Invariant 8: nothing stays that could show them.
    pub(super) fn person_erased(&mut self, person: PersonId) {
        let Some(gone) = self.people.remove(&person) else { return };
        for session in gone.sessions.keys() {
            if let Some(session) = self.sessions.get_mut(session) {
                session.joined.remove(&person);
            }
        }
        for key in gone.follow_ups {
            self.follow_ups_by_due.remove(&key);
            self.follow_ups.remove(&key.2);
        }
        for (.., concern) in gone.concerns {
            self.concern_removed(concern);
        }
    }
}

/// Whose standing an event is about.
fn about(event: &Event) -> Option<PersonId> {
    match event {
        Event::PersonRegistered { person, .. }
        | Event::DetailsChanged { person, .. }
        | Event::PersonAdmitted { person, .. }
        | Event::PersonLeft { person, .. }
        | Event::PauseSet { person, .. }
        | Event::CheckShown { person, .. }
        | Event::CheckWithdrawn { person }
        | Event::ConfidentialitySigned { person, .. }
        | Event::AttendanceRecorded { person, .. }
        | Event::CertificateIssued { person, .. }
        | Event::CertificateRevoked { person, .. }
        | Event::CardAccepted { person, .. }
        | Event::HoursLogged { person, .. }
        | Event::HoursStruck { person, .. }
        | Event::Thanked { person, .. }
        | Event::NoteWritten { about: person, .. } => Some(*person),
        _ => None,
    }
}
