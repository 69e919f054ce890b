//! Answers: what the door shows of people, units and words. What is sealed is still sealed.

use dugnad_calendar::OpeningHours;
use dugnad_events::{
    Code, UnitId,
    volunteers::{Details, Event, Gender, Giver, Pause, Receiver, Representation},
};
use dugnad_vault::{PersonId, Sealed};
use jiff::civil::Date;

use super::{Stage, reads::Sight, record::Record};

/// When a giver can come.
#[derive(Clone, Debug, PartialEq)]
pub struct Availability {
    /// IANA name.
    pub zone: String,
    /// In that zone.
    pub hours: OpeningHours,
}

/// A person, as far as the caller may see.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonView {
    /// Who.
    pub id: PersonId,
    /// Goes up with each change.
    pub revision: u32,
    /// As it is today.
    pub stage: Stage,
    /// The day they came.
    pub registered: Date,
    /// The day they left.
    pub left: Option<Date>,
    /// Name and how to be reached.
    pub details: Option<Sealed<Details>>,
    /// If they told, and with `details` only.
    pub gender: Option<Gender>,
    /// What they give.
    pub giver: Option<Giver>,
    /// What they receive.
    pub receiver: Option<Receiver>,
    /// `None`: always.
    pub availability: Option<Availability>,
    /// Their rest.
    pub pause: Option<Pause>,
    /// What they need support with.
    pub support: Option<Sealed<String>>,
    /// Who speaks for them today.
    pub representatives: Vec<(PersonId, Representation)>,
}

/// A unit.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitView {
    /// Which.
    pub id: UnitId,
    /// What people call it.
    pub name: String,
    /// In which area.
    pub area: Option<Code>,
    /// `None`: was erased.
    pub contact: Option<PersonId>,
    /// Who stands in.
    pub deputy: Option<PersonId>,
}

impl PersonView {
    /// Somebody as they were when they were written down; `None` if the event is another one.
    #[must_use]
    pub fn registered(event: &Event) -> Option<Self> {
        let Event::PersonRegistered { person, on, .. } = event else { return None };
        Record::new(event).map(|record| record.view(*person, Sight::Own, *on))
    }
}

impl Record {
    /// What of it `sight` shows, on the day.
    pub(super) fn view(&self, id: PersonId, sight: Sight, today: Date) -> PersonView {
        let gives = sight.shows_giving();
        let receives = sight.shows_receiving();
        let speak = self.representatives.keys().filter_map(|who| {
            let representation = self.represented_by(*who, today)?;
            Some((*who, representation.clone()))
        });
        let speak = speak.filter(|_| receives && sight.shows_details());
        PersonView {
            id,
            revision: self.revision,
            stage: self.stage(today),
            registered: self.registered,
            left: self.left,
            details: sight.shows_details().then(|| self.details.clone()),
            gender: self.gender.filter(|_| sight.shows_details()),
            giver: self.giver.clone().filter(|_| gives),
            receiver: self.receiver.clone().filter(|_| receives),
            availability: self.availability.clone().filter(|_| gives),
            pause: self.pause.filter(|_| gives),
            support: self.support.clone().filter(|_| sight == Sight::All),
            representatives: speak.collect(),
        }
    }
}
