//! Who may see whose details, for what, and who did.
//!
//! Invariant 7: of people one sees only what one's role may see. A reading is an event before
//! anything is shown.

use std::{collections::VecDeque, sync::Arc};

use dugnad_events::volunteers::{Event, Purpose, Scope};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::{Office, People, PersonView, record::Record};
use crate::model::{Page, Refusal, today};

/// The readings kept of a person; older ones stay in the journal.
const MOST_READS: usize = 1000;

/// How much of a person somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// In a list: no details.
    Facts,
    /// In a list for staff: what they receive, no details.
    Received,
    /// Details alone.
    Details,
    /// Details, and what they receive.
    Receiver,
    /// Everything but what only a coordinator sees.
    Own,
    /// Everything.
    All,
}

impl Sight {
    pub(super) fn shows_details(self) -> bool {
        matches!(self, Self::Details | Self::Receiver | Self::Own | Self::All)
    }

    pub(super) fn shows_giving(self) -> bool {
        matches!(self, Self::Facts | Self::Own | Self::All)
    }

    pub(super) fn shows_receiving(self) -> bool {
        !matches!(self, Self::Details)
    }
}

/// One reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Who read.
    pub by: Uuid,
    /// When.
    pub at: Timestamp,
    /// What for.
    pub purpose: Purpose,
    /// A resource name; may be empty. Shared by all whom one call showed.
    pub about: Arc<str>,
}

/// The last readings of one person.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Reads {
    /// How many there ever were: the last one's number.
    count: u64,
    /// The oldest first.
    last: VecDeque<Read>,
}

impl Reads {
    fn push(&mut self, read: Read) {
        if self.last.len() == MOST_READS {
            self.last.pop_front();
        }
        self.last.push_back(read);
        self.count += 1;
    }

    /// The newest first, each with its number.
    pub(super) fn newest(&self) -> impl Iterator<Item = (u64, &Read)> {
        (0..=self.count).rev().zip(self.last.iter().rev())
    }
}

pub(super) fn read(
    people: &People,
    cx: &Context,
    of: Vec<PersonId>,
    office: Office,
    purpose: Purpose,
    about: String,
) -> Result<Vec<Event>, Refusal> {
    let day = today(cx.now);
    let mut shown = Vec::with_capacity(of.len());
    for person in of {
        let Ok(record) = people.record(person) else { continue };
        if sight(record, person, cx.caller.id, office, purpose, day).is_none() {
            return Err(Refusal::NotYours(person));
        }
        shown.push(person);
    }
    if shown.is_empty() {
        return Ok(Vec::new());
    }
    let (by, at) = (cx.caller.id, cx.now);
    Ok(vec![Event::DetailsRead { people: shown, by, at, purpose, about }])
}

/// What of a person `caller` may see for the purpose on the day; `None`: nothing.
fn sight(
    record: &Record,
    person: PersonId,
    caller: Uuid,
    office: Office,
    purpose: Purpose,
    day: Date,
) -> Option<Sight> {
    use Purpose::{Contact, Export, FollowUp, Matching, Notice, Own, Register, Representation};
    match (office, purpose) {
        (_, Own) => (caller == person.0).then_some(Sight::Own),
        (Office::Coordinator, Export) => Some(Sight::All),
        (_, Export) => (caller == person.0).then_some(Sight::Own),
        (_, Representation) => {
            let may = record.represented_by(PersonId(caller), day)?;
            may.scope.contains(&Scope::Details).then_some(Sight::Receiver)
        }
        (Office::Staff, Matching | Contact | FollowUp | Register) => {
            let reachable = !record.speaks_for.is_empty() || !record.contact_of.is_empty();
            let receives = record.receiver.is_some().then_some(Sight::Receiver);
            receives.or(reachable.then_some(Sight::Details))
        }
        (Office::Coordinator, Matching | Contact | FollowUp | Register) => Some(Sight::All),
        (Office::Service, Notice | Contact) => Some(Sight::Details),
        _ => None,
    }
}

impl People {
    /// A person as `caller` may see them for the purpose. To be asked after the reading was
    /// recorded.
    ///
    /// # Errors
    /// `NotFound`, `PersonErased` or `NotYours`.
    pub fn show(
        &self,
        person: PersonId,
        caller: Uuid,
        office: Office,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<PersonView, Refusal> {
        let record = self.record(person)?;
        let day = today(now);
        let sight = sight(record, person, caller, office, purpose, day);
        Ok(record.view(person, sight.ok_or(Refusal::NotYours(person))?, day))
    }

    /// Who read a person's details, the newest first, each with its number, from the one before
    /// `before` on.
    ///
    /// # Errors
    /// `NotFound` or `PersonErased`.
    pub fn reads(
        &self,
        person: PersonId,
        before: Option<u64>,
        size: usize,
    ) -> Result<Page<(u64, Read), u64>, Refusal> {
        let newest = self.record(person)?.reads.newest();
        let rest = newest.skip_while(|(number, _)| before.is_some_and(|it| *number >= it));
        Ok(Page::of(rest.map(|(number, read)| (number, read.clone())), size, |(number, _)| *number))
    }

    pub(super) fn details_read(
        &mut self,
        people: &[PersonId],
        by: Uuid,
        at: Timestamp,
        purpose: Purpose,
        about: &str,
    ) {
        let about: Arc<str> = about.into();
        for person in people {
            let about = about.clone();
            self.change(*person, |record| record.reads.push(Read { by, at, purpose, about }));
        }
    }
}
