//! That each cause has one notice and each notice one message: what activities say that somebody is to
//! be told is told once, nothing is sent that holds no more or was sent before, and nobody is forgotten.

mod sent;

use std::collections::{BTreeMap, HashMap, HashSet};

use dugnad_events::{
    OccurrenceId, SignupId,
    activities::{Event as OfActivities, Fact, Notice, Origin, What},
    notices::Event as OfNotices,
};
use dugnad_vault::PersonId;
use jiff::Timestamp;

use crate::{
    history::{Place, Record},
    report::{Findings, Verdict},
};

/// What a notice is about, and which one it is.
type Kind = (String, &'static str);

/// All that activities' events lead to, by the words of each. Reminders are of the clock, and whether
/// somebody who leaves is told so depends on whether they knew that they came.
const COUNTED: [&str; 11] = [
    "signed-up",
    "invited",
    "waiting",
    "place-offered",
    "place-lapsed",
    "ride-none",
    "activity-cancelled",
    "activity-moved",
    "activity-venue",
    "activity-missing",
    "venue-proposed",
];

#[derive(Debug, Default)]
pub(crate) struct Told {
    /// How often each is to be told, and where that stood last.
    due: BTreeMap<Kind, (Place, u64)>,
    /// How often each was.
    made: BTreeMap<Kind, (Place, u64)>,
    /// Who comes to what, or waits, or is offered a place.
    coming: HashMap<(OccurrenceId, PersonId), SignupId>,
    persons: HashMap<SignupId, PersonId>,
    ends: HashMap<OccurrenceId, Timestamp>,
    /// Sign-ups of those who were erased, to whom nothing need be said.
    erased: HashSet<PersonId>,
    sent: sent::Sent,
    last: Timestamp,
    findings: Findings,
}

impl Told {
    pub(crate) fn of_activities(&mut self, place: &Place, record: &Record<OfActivities>) {
        self.last = self.last.max(record.at);
        for (at, event) in (0_u32..).zip(&record.events) {
            let place = Place { event: place.event + at, ..place.clone() };
            match event {
                OfActivities::Occurrence { occurrence, origin, what, .. } => {
                    self.step(&place, *occurrence, origin, what);
                }
                OfActivities::Heard { fact: Fact::Erased(person) } => {
                    self.erased.insert(*person);
                }
                _ => {}
            }
        }
    }

    fn step(&mut self, place: &Place, id: OccurrenceId, origin: &Origin, what: &What) {
        match what {
            What::Planned { span, .. } | What::Moved { span } => {
                self.ends.insert(id, span.end());
            }
            What::SignedUp { signup, person, waits, .. } => {
                self.coming.insert((id, *person), *signup);
                self.persons.insert(*signup, *person);
                let own = matches!(origin, Origin::Asked { by } if *by == person.0);
                let kind = match (waits, own) {
                    (true, _) => "waiting",
                    (false, true) => "signed-up",
                    (false, false) => "invited",
                };
                self.is_due(place, signup.to_string(), kind);
            }
            What::PlaceOffered { signup, .. } => {
                self.is_due(place, signup.to_string(), "place-offered");
            }
            What::PlaceTaken { signup } => self.is_due(place, signup.to_string(), "signed-up"),
            What::PlaceLapsed { signup } => {
                self.is_due(place, signup.to_string(), "place-lapsed");
                self.leaves(id, *signup);
            }
            What::Withdrawn { signup } => self.leaves(id, *signup),
            What::Told { people, notice } => {
                for person in people {
                    self.told(place, (id, *person), notice);
                }
            }
            _ => {}
        }
    }

    fn told(&mut self, place: &Place, who: (OccurrenceId, PersonId), notice: &Notice) {
        let kind = match notice {
            Notice::Cancelled { .. } => "activity-cancelled",
            Notice::Moved { .. } => "activity-moved",
            Notice::VenueChanged => "activity-venue",
            Notice::RideRefused { .. } => "ride-none",
            Notice::VenueProposed { .. } => {
                return self.is_due(place, who.0.to_string(), "venue-proposed");
            }
            Notice::Missing => return self.is_due(place, who.0.to_string(), "activity-missing"),
            // They are told with the place itself.
            Notice::PlaceOffered { .. } | Notice::PlaceLapsed => return,
        };
        if let Some(signup) = self.coming.get(&who) {
            self.is_due(place, signup.to_string(), kind);
        }
    }

    fn is_due(&mut self, place: &Place, about: String, kind: &'static str) {
        self.due.entry((about, kind)).or_insert_with(|| (place.clone(), 0)).1 += 1;
    }

    fn leaves(&mut self, occurrence: OccurrenceId, signup: SignupId) {
        if let Some(person) = self.persons.get(&signup) {
            self.coming.remove(&(occurrence, *person));
        }
    }

    pub(crate) fn of_notices(&mut self, place: &Place, record: &Record<OfNotices>) {
        self.last = self.last.max(record.at);
        for (at, event) in (0_u32..).zip(&record.events) {
            if let OfNotices::Made { facts, .. } = event
                && let Some(kind) = COUNTED.iter().find(|it| **it == facts.template.as_str())
            {
                let new = || (Place { event: place.event + at, ..place.clone() }, 0);
                self.made.entry((facts.about.clone(), *kind)).or_insert_with(new).1 += 1;
            }
            if let Some(wrong) = self.sent.event(place, event) {
                self.findings.add(place, Some(at), wrong);
            }
        }
    }

    pub(crate) fn conclude(mut self, verdict: &mut Verdict, settled: bool) {
        verdict.count(self.due.values().map(|(_, many)| many).sum(), "causes in activities");
        self.sent.count(self.last, verdict);
        for (kind, (place, made)) in &self.made {
            let due = self.due.get(kind).map_or(0, |(_, due)| *due);
            // A notice of matching or rooms about what activities never spoke of is none of these.
            if *made > due && self.is_ours(&kind.0) {
                let what = format!("{}: told {} {made} times for {due}", kind.0, kind.1);
                self.findings.add(place, Some(0), what);
            }
        }
        if settled {
            for (kind, (place, due)) in &self.due {
                let made = self.made.get(kind).map_or(0, |(_, made)| *made);
                if made < *due && !self.need_not_hear(&kind.0) {
                    let what = format!("{}: told {} {made} times for {due}", kind.0, kind.1);
                    self.findings.add(place, Some(0), what);
                }
            }
            self.sent.forgotten(self.last, &mut self.findings);
        }
        verdict.take(self.findings);
    }

    fn is_ours(&self, about: &str) -> bool {
        let signup = about.parse().is_ok_and(|id: SignupId| self.persons.contains_key(&id));
        signup || about.parse().is_ok_and(|id: OccurrenceId| self.ends.contains_key(&id))
    }

    /// Whoever is erased; and nobody, once it is over.
    fn need_not_hear(&self, about: &str) -> bool {
        let person = about.parse().ok().and_then(|id: SignupId| self.persons.get(&id));
        let over = |id: OccurrenceId| self.ends.get(&id).is_some_and(|end| *end <= self.last);
        person.is_some_and(|it| self.erased.contains(it)) || about.parse().is_ok_and(over)
    }
}
