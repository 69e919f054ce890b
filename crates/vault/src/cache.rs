//! Keys in memory. Once a person is marked erased here, no late answer brings the key back.

use std::{
    collections::HashMap,
    sync::{RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use crate::{PersonId, PersonKey};

#[derive(Clone)]
pub(crate) enum Cached {
    Known(PersonKey),
    Erased,
}

/// By tenant, so that looking needs no new string.
type People = HashMap<Box<str>, HashMap<PersonId, Cached>>;

#[derive(Default)]
pub(crate) struct Cache(RwLock<People>);

impl Cache {
    pub(crate) fn get(&self, tenant: &str, person: PersonId) -> Option<Cached> {
        self.read().get(tenant)?.get(&person).cloned()
    }

    /// Keeps `key`, unless something is there already; returns what is there then.
    pub(crate) fn keep(&self, tenant: &str, person: PersonId, key: PersonKey) -> Cached {
        let mut people = self.write();
        let people = people.entry(tenant.into()).or_default();
        people.entry(person).or_insert(Cached::Known(key)).clone()
    }

    pub(crate) fn erase(&self, tenant: &str, person: PersonId) {
        self.write().entry(tenant.into()).or_default().insert(person, Cached::Erased);
    }

    /// Drops every key, so that each is read from the store again.
    pub(crate) fn forget_known(&self) {
        for people in self.write().values_mut() {
            people.retain(|_, cached| matches!(cached, Cached::Erased));
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, People> {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn write(&self) -> RwLockWriteGuard<'_, People> {
        self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
