//! People: givers and receivers, who speaks for whom, and who may know it.
//!
//! What is personal lies sealed here; no rule looks inside. What is in clear is what a rule or
//! another service needs: codes of the municipality's lists, days, ids.
//!
//! Invariant 8: from an erasure on nothing of the person is left here but that they were erased.

mod codes;
mod command;
mod export;
mod leaving;
mod listing;
mod reads;
mod record;
mod register;
mod representatives;
mod suggest;
mod terms;
mod units;
mod view;

use std::collections::BTreeMap;

use dugnad_events::{
    Code, UnitId,
    volunteers::{Details, Event, List, Retention},
};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::Timestamp;

use super::{Refusal, State};
use leaving::Times;
use record::Record;
use terms::Terms;
use units::Unit;

pub use command::{Change, Command, New, NewDetails, NewUnit, Office, Update};
pub use export::Exported;
pub use listing::{Filter, Part};
pub use reads::{Read, Sight};
pub use record::Stage;
pub use suggest::{Suggested, suggestions};
pub use view::{Availability, PersonView, UnitView};

/// Everyone, and the lists of words that describe them.
#[derive(Debug, Default, PartialEq)]
pub struct People {
    people: BTreeMap<PersonId, Entry>,
    /// In the order of their erasure.
    erased: Vec<PersonId>,
    terms: BTreeMap<List, Terms>,
    units: BTreeMap<UnitId, Unit>,
    retention: Retention,
    times: Times,
}

#[derive(Debug, PartialEq)]
enum Entry {
    Known(Box<Record>),
    Erased,
}

pub(super) fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refusal> {
    let people = &state.people;
    match command {
        Command::SetTerms { list, terms } => terms::set(people, list, terms),
        Command::Register(new) => register::register(people, cx, *new),
        Command::Admit { person } => register::admit(people, cx, person),
        Command::Update(update) => register::update(people, cx, *update),
        Command::SetAvailability { person, zone, hours } => {
            register::set_availability(people, person, zone, *hours)
        }
        Command::SetPause { person, pause } => register::set_pause(people, person, pause),
        Command::SetSupport { person, support } => register::set_support(people, person, support),
        Command::Leave { person, office } => leaving::leave(people, cx, person, office),
        Command::SetRepresentative { person, representative, representation } => {
            representatives::set(people, cx, person, representative, representation)
        }
        Command::EndRepresentative { person, representative } => {
            representatives::end(people, person, representative)
        }
        Command::SetUnit(unit) => units::set(people, cx, unit),
        Command::Read { people: of, office, purpose, about } => {
            Ok(reads::read(people, cx, of, office, purpose, about)?)
        }
        Command::Erase { person } => Ok(leaving::erase(people, person)),
        Command::SetRetention { retention } => Ok(leaving::set_retention(people, retention)),
    }
}

/// What the clock brings about.
pub(super) fn due(state: &State, now: Timestamp) -> Vec<Event> {
    leaving::due(&state.people, super::today(now))
}

impl People {
    /// That the person is in the register.
    ///
    /// # Errors
    /// `NotFound`, or `PersonErased`.
    pub fn knows(&self, person: PersonId) -> Result<(), Refusal> {
        self.record(person).map(|_| ())
    }

    /// Whether the code is in the municipality's list; in an empty list every code is.
    #[must_use]
    pub fn term(&self, list: List, code: &Code) -> bool {
        self.terms.get(&list).is_none_or(|terms| terms.offers(code))
    }

    /// Everyone who was erased, from the `seen`th on, in the order of their erasure.
    #[must_use]
    pub fn erased_since(&self, seen: usize) -> &[PersonId] {
        self.erased.get(seen..).unwrap_or_default()
    }

    /// When the clock next brings something about.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        leaving::deadline(self).map(super::begins)
    }

    /// Name and how to be reached, sealed; `None`: not in the register.
    pub(crate) fn details(&self, person: PersonId) -> Option<&Sealed<Details>> {
        self.record(person).ok().map(|record| &record.details)
    }

    fn record(&self, person: PersonId) -> Result<&Record, Refusal> {
        match self.people.get(&person) {
            Some(Entry::Known(record)) => Ok(record),
            Some(Entry::Erased) => Err(Refusal::PersonErased(person)),
            None => Err(Refusal::NotFound(person.to_string())),
        }
    }

    /// Changes what is known of somebody, and when the clock comes for them.
    fn change(&mut self, person: PersonId, change: impl FnOnce(&mut Record)) {
        let Some(Entry::Known(record)) = self.people.get_mut(&person) else { return };
        let before = record.kept_since();
        change(record);
        self.times.refile(person, before, record.kept_since());
    }

    /// As [`Self::change`], of what an etag stands for.
    fn revise(&mut self, person: PersonId, change: impl FnOnce(&mut Record)) {
        self.change(person, |record| {
            record.revision = record.revision.saturating_add(1);
            change(record);
        });
    }

    /// Takes in what concerns this part.
    pub(super) fn hear(&mut self, event: &Event) {
        match event {
            Event::TermsSet { list, terms } => {
                self.terms.entry(*list).or_default().replace(terms);
            }
            Event::RetentionSet { retention } => self.retention = *retention,
            Event::PersonRegistered { person, .. } => {
                let Some(record) = Record::new(event) else { return };
                self.times.refile(*person, None, record.kept_since());
                self.people.insert(*person, Entry::Known(Box::new(record)));
            }
            Event::DetailsChanged { person, details, gender, .. } => {
                self.revise(*person, |record| {
                    record.details = details.clone();
                    record.gender = *gender;
                });
            }
            Event::GiverSet { person, giver } => {
                self.revise(*person, |record| record.set_giver(giver.clone()));
            }
            Event::ReceiverSet { person, receiver } => {
                self.revise(*person, |record| record.receiver.clone_from(receiver));
            }
            Event::PersonAdmitted { person, .. } => self.revise(*person, Record::admitted),
            Event::PersonLeft { person, on } => {
                self.revise(*person, |record| record.left = Some(*on));
            }
            Event::AvailabilitySet { person, zone, hours } => {
                let (zone, hours) = (zone.clone(), hours.clone());
                self.revise(*person, |it| it.availability = Some(Availability { zone, hours }));
            }
            Event::PauseSet { person, pause } => {
                self.revise(*person, |record| record.pause = *pause);
            }
            Event::SupportSet { person, support } => {
                self.revise(*person, |record| record.support.clone_from(support));
            }
            Event::RepresentativeSet { person, representative, representation } => {
                self.representative_set(*person, *representative, representation.clone());
            }
            Event::RepresentativeEnded { person, representative } => {
                self.representative_ended(*person, *representative);
            }
            Event::UnitSet { unit, name, area, contact, deputy } => {
                self.unit_set(*unit, name, area.clone(), *contact, *deputy);
            }
            Event::DetailsRead { people, by, at, purpose, about } => {
                self.details_read(people, *by, *at, *purpose, about);
            }
            Event::PersonErased { person, .. } => self.person_erased(*person),
            _ => {}
        }
    }
}
