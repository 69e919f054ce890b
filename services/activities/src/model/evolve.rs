//! Makes events part of the state: what they say, and the indexes that find it again.

use dugnad_events::{
    AssignmentId, BookingId, NeedId, OccurrenceId, RideId,
    activities::{Event, Fact, Origin, What},
};
use jiff::Timestamp;

use super::{Activity, Occurrence, State};

/// An event about something unknown changes nothing; none such is ever decided.
pub(super) fn evolve(state: &mut State, event: &Event) {
    match event {
        Event::ActivityCreated { activity, origin, at: _, facts, schedule, contact } => {
            let by = match origin {
                Origin::Asked { by } => *by,
                _ => uuid::Uuid::nil(),
            };
            let (facts, contact) = ((**facts).clone(), contact.clone());
            let (schedule, occurrences) = (schedule.clone(), Vec::new());
            let made = Activity { facts, by, schedule, contact, occurrences };
            state.activities.insert(*activity, made);
        }
        Event::ActivityChanged { activity, origin: _, at: _, facts, contact } => {
            if let Some(known) = state.activities.get_mut(activity) {
                known.facts = (**facts).clone();
                if let Some(contact) = contact {
                    known.contact = Some(contact.clone());
                }
            }
        }
        Event::Occurrence { occurrence, origin, at, what } => {
            state.step(*occurrence, origin, *at, what);
        }
        Event::Heard { fact } => state.hear(fact),
        // It leaves all as it was.
        Event::AnswerRefused { .. } => {}
    }
}

impl State {
    fn step(&mut self, id: OccurrenceId, origin: &Origin, at: Timestamp, what: &What) {
        if let What::Planned { activity, span } = what {
            self.occurrences.insert(id, Occurrence::planned(id, *activity, *span));
            if let Some(activity) = self.activities.get_mut(activity) {
                activity.occurrences.push(id);
            }
        }
        let Some(occurrence) = self.occurrences.get_mut(&id) else { return };
        self.by_start.remove(&(occurrence.span.start(), id));
        occurrence.due().map(|due| self.agenda.remove(&(due, id)));
        occurrence.take(at, origin, what);
        self.by_start.insert((occurrence.span.start(), id));
        occurrence.due().map(|due| self.agenda.insert((due, id)));
        match occurrence.stage.is_open() && occurrence.lacks_asking() {
            true => self.unasked.insert(id),
            false => self.unasked.remove(&id),
        };
        self.index(id, what);
    }

    /// What is asked of others can be found by what they will call it, until it is released.
    fn index(&mut self, id: OccurrenceId, what: &What) {
        match what {
            What::VenueWanted(want) => {
                self.bookings.insert(want.want.booking(), id);
            }
            What::VenueReleased { bookings } => {
                for booking in bookings {
                    self.bookings.remove(booking);
                }
            }
            What::HelpersWanted { want, .. } => {
                self.needs.insert(want.need(), id);
            }
            What::HelpersReleased { need } => {
                self.needs.remove(need);
            }
            What::HelperCame { need, assignment } => {
                self.assignments.insert(*assignment, (id, *need));
            }
            What::HelperLeft { assignment, .. } => {
                self.assignments.remove(assignment);
            }
            What::RideWanted(want) => {
                self.rides.insert(want.want.ride(), (id, want.want));
            }
            What::RidesReleased { rides } => {
                for ride in rides {
                    self.rides.remove(&ride.ride());
                }
            }
            What::SignedUp { signup, person, .. } => {
                self.signups.insert(*signup, id);
                self.people.signed.entry(*person).or_default().insert(*signup);
            }
            _ => {}
        }
    }

    fn hear(&mut self, fact: &Fact) {
        match fact {
            Fact::Contacts { organisation, people } => {
                self.people.contacts.insert(*organisation, people.clone());
            }
            Fact::Representative { person, representative, may, until } => {
                let key = (*person, *representative);
                match may {
                    true => self.people.speaks.insert(key, *until),
                    false => self.people.speaks.remove(&key),
                };
            }
            Fact::Erased(person) => {
                for activity in self.activities.values_mut() {
                    activity.forget(*person);
                }
                self.occurrences.values_mut().for_each(|it| it.forget(*person));
                self.people.forget(*person);
            }
            Fact::Facility { facility, name } => {
                self.facilities.insert(*facility, name.clone());
            }
            Fact::Room { room, facility, name } => {
                self.rooms.insert(*room, (*facility, name.clone()));
            }
        }
    }

    /// Whether a fact changes nothing.
    pub(super) fn knows(&self, fact: &Fact) -> bool {
        match fact {
            Fact::Contacts { organisation, people } => {
                let known = self.people.contacts.get(organisation);
                known.map_or(people.is_empty(), |known| known == people)
            }
            Fact::Representative { person, representative, may, until } => {
                // Who was erased is not written down again.
                let gone = [person, representative].iter().any(|it| self.people.is_erased(**it));
                let known = self.people.speaks.get(&(*person, *representative));
                gone || known == may.then_some(until)
            }
            Fact::Erased(person) => self.people.is_erased(*person),
            Fact::Facility { facility, name } => self.facilities.get(facility) == Some(name),
            Fact::Room { room, facility, name } => {
                self.rooms.get(room).is_some_and(|(at, known)| at == facility && known == name)
            }
        }
    }

    /// Whether a booking is, or may become, that of an occurrence.
    pub(crate) fn is_ours(&self, booking: BookingId) -> bool {
        self.bookings.contains_key(&booking)
    }

    /// Whether a need is still wanted by an occurrence.
    pub(crate) fn is_wanted(&self, need: NeedId) -> bool {
        self.needs.contains_key(&need)
    }

    /// Whether a ride is still wanted by an occurrence.
    pub(crate) fn is_ride_wanted(&self, ride: RideId) -> bool {
        self.rides.contains_key(&ride)
    }

    /// Whether a place is that of somebody who comes to help us.
    pub(crate) fn helps_us(&self, assignment: AssignmentId) -> bool {
        self.assignments.contains_key(&assignment)
    }

    /// Whether helpers are wanted whom matching could not ask for.
    pub(crate) fn lacks_asking(&self) -> bool {
        !self.unasked.is_empty()
    }
}
