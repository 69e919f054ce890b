//! Who speaks for whom, and who was erased. Invariant 8: from an erasure on nothing here can show the
//! person again, and nothing new is kept about them.

use std::collections::{BTreeSet, HashMap, HashSet};

use dugnad_events::{
    OrganisationId, SignupId,
    activities::{Activity as Facts, Organiser},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use uuid::Uuid;

use super::{Refusal, State};

/// The zone of all our municipalities.
pub(super) const HERE: &str = "Europe/Oslo";

/// What is known of people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct People {
    pub(super) contacts: HashMap<OrganisationId, Vec<PersonId>>,
    /// Who may sign up whom until which day: by receiver and representative.
    pub(super) speaks: HashMap<(PersonId, PersonId), Option<Date>>,
    pub(super) erased: HashSet<PersonId>,
    /// Everybody's sign-ups, ever.
    pub(super) signed: HashMap<PersonId, BTreeSet<SignupId>>,
}

impl People {
    pub(super) fn is_erased(&self, person: PersonId) -> bool {
        self.erased.contains(&person)
    }

    pub(super) fn not_erased(&self, person: PersonId) -> Result<(), Refusal> {
        if self.is_erased(person) { Err(Refusal::PersonErased(person)) } else { Ok(()) }
    }

    /// Whether `caller` may sign `person` up: themselves, or with consent to that.
    #[must_use]
    pub fn speaks_for(&self, caller: PersonId, person: PersonId, now: Timestamp) -> bool {
        let today = TimeZone::get(HERE).unwrap_or(TimeZone::UTC).to_datetime(now).date();
        let covers = |until: &Option<Date>| until.is_none_or(|until| today <= until);
        caller == person || self.speaks.get(&(person, caller)).is_some_and(covers)
    }

    pub(super) fn may_sign_up(&self, cx: &Context, person: PersonId) -> Result<(), Refusal> {
        let caller = PersonId(cx.caller.id);
        let may = self.speaks_for(caller, person, cx.now);
        if may { Ok(()) } else { Err(Refusal::NotRepresented(person)) }
    }

    /// Everybody's sign-ups, ever.
    #[must_use]
    pub fn signups_of(&self, person: PersonId) -> Vec<SignupId> {
        self.signed.get(&person).into_iter().flatten().copied().collect()
    }

    /// Whom a person may sign up, beside themselves.
    pub fn represented_by(&self, caller: PersonId) -> impl Iterator<Item = PersonId> {
        let speaks = self.speaks.keys().filter(move |(_, speaks)| *speaks == caller);
        speaks.map(|(person, _)| *person)
    }

    fn contacts(&self, organisation: OrganisationId) -> &[PersonId] {
        self.contacts.get(&organisation).map_or(&[], Vec::as_slice)
    }

    pub(super) fn forget(&mut self, person: PersonId) {
        self.signed.remove(&person);
        self.speaks.retain(|(receiver, speaks), _| *receiver != person && *speaks != person);
        for contacts in self.contacts.values_mut() {
            contacts.retain(|it| *it != person);
        }
        self.erased.insert(person);
    }
}

impl State {
    /// Whether a caller plans in an organiser's name, without an office to do so for anybody.
    #[must_use]
    pub fn plans_for(&self, caller: Uuid, organiser: Organiser) -> bool {
        match organiser {
            Organiser::Municipality => false,
            Organiser::Organisation(it) => self.people.contacts(it).contains(&PersonId(caller)),
        }
    }

    pub(super) fn may_plan(
        &self,
        cx: &Context,
        organiser: Organiser,
        office: bool,
        what: impl FnOnce() -> String,
    ) -> Result<(), Refusal> {
        if office || self.plans_for(cx.caller.id, organiser) {
            Ok(())
        } else {
            Err(Refusal::NotYours(what()))
        }
    }

    /// Whom to tell about what is missing.
    pub(super) fn organisers(&self, facts: &Facts, by: Uuid) -> Vec<PersonId> {
        match facts.organiser {
            Organiser::Organisation(it) => self.people.contacts(it).to_vec(),
            Organiser::Municipality if by.is_nil() => Vec::new(),
            Organiser::Municipality => vec![PersonId(by)],
        }
    }
}
