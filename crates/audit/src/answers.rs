//! Invariants 2 and 3, by the clients: what was accepted is in the journal, once; what was refused
//! is not; a repeat got the first answer.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use dugnad_journal::Partition;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    history::{Place, Record},
    lines::{ClientLine, Outcome},
    report::{Findings, Verdict},
};

/// What its client was told of a request.
#[derive(Debug)]
struct Told {
    call: String,
    /// The names in the first answer that accepted it.
    accepted: Option<Vec<String>>,
    /// What the last answer that said anything refused it with.
    refused: Option<String>,
    /// Where it is.
    found: Option<Place>,
}

#[derive(Debug, Default)]
pub(crate) struct Answers {
    told: HashMap<(Partition, Uuid), Told>,
    /// What answers named, and whether it was seen.
    named: HashMap<(Partition, Uuid), bool>,
    seen: HashMap<Partition, HashSet<Uuid>>,
    accepted: u64,
    repeats: u64,
    refused: u64,
    findings: Findings,
}

impl Answers {
    pub(crate) fn told(&mut self, line: ClientLine) {
        let key = (line.partition.clone(), line.request_id);
        let place = Place::new(&line.partition, 0);
        let call = line.call;
        let told = match self.told.entry(key) {
            Entry::Occupied(told) => told.into_mut(),
            Entry::Vacant(new) => {
                new.insert(Told { call, accepted: None, refused: None, found: None })
            }
        };
        let what = match (line.outcome, &told.accepted) {
            (Outcome::Unknown, _) => return,
            (Outcome::Accepted, None) => {
                let ids = line.names.iter().flat_map(|name| ids(name));
                self.named.extend(ids.map(|id| ((line.partition.clone(), id), false)));
                (told.accepted, told.refused) = (Some(line.names), None);
                return;
            }
            (Outcome::Refused, None) => {
                told.refused = Some(line.reason);
                return;
            }
            (Outcome::Accepted, Some(first)) => {
                self.repeats += 1;
                if *first == line.names {
                    return;
                }
                format!("first answered with {first:?}, then with {:?}", line.names)
            }
            (Outcome::Refused, Some(_)) => format!("accepted, then refused: {}", line.reason),
        };
        let what = format!("{} under {}: {what}", told.call, line.request_id);
        self.findings.add(&place, None, what);
    }

    /// No id stands over two records; what a client was told of is in the record of its id.
    pub(crate) fn record<E: Serialize>(&mut self, place: &Place, record: &Record<E>) {
        let id = record.request_id;
        let seen = match self.seen.get_mut(&place.partition) {
            Some(seen) => seen,
            None => self.seen.entry(place.partition.clone()).or_default(),
        };
        if !seen.insert(id) {
            self.findings.add(place, Some(0), format!("request {id} was done before"));
        }
        if self.told.is_empty() {
            return;
        }
        let Ok(bytes) = rmp_serde::to_vec_named(&record.events) else { return };
        let mut here = HashSet::new();
        for id in bytes.windows(16).filter_map(|window| Uuid::from_slice(window).ok()) {
            if let Some(seen) = self.named.get_mut(&(place.partition.clone(), id)) {
                *seen = true;
                here.insert(id);
            }
        }
        let Some(told) = self.told.get_mut(&(place.partition.clone(), id)) else { return };
        told.found = Some(place.clone());
        for name in told.accepted.iter().flatten() {
            if !ids(name).all(|id| here.contains(&id)) {
                let what = format!("{} was answered with {name}, which is not here", told.call);
                self.findings.add(place, Some(0), what);
            }
        }
    }

    /// Whether all that an answer named stands in the history: a service that plans aside, such as
    /// rides, writes under ids of its own what it names after the request's.
    fn is_named(&self, partition: &Partition, names: &[String]) -> bool {
        let seen = |id| self.named.get(&(partition.clone(), id)).copied().unwrap_or_default();
        !names.is_empty() && names.iter().flat_map(|name| ids(name)).all(seen)
    }

    pub(crate) fn conclude(&mut self) -> Verdict {
        for ((partition, id), told) in std::mem::take(&mut self.told) {
            let nowhere = Place::new(&partition, 0);
            self.accepted += u64::from(told.accepted.is_some());
            self.refused += u64::from(told.refused.is_some());
            match (told.accepted, told.refused, told.found) {
                (Some(names), _, None) if !self.is_named(&partition, &names) => {
                    let what = format!("{} under {id} was accepted and is not here", told.call);
                    self.findings.add(&nowhere, None, what);
                }
                (None, Some(reason), Some(place)) => {
                    let what = format!("{} under {id} was refused: {reason}", told.call);
                    self.findings.add(&place, Some(0), what);
                }
                _ => {}
            }
        }
        let requests = self.seen.values().map(|seen| seen.len() as u64).sum();
        let mut verdict = Verdict::new(3, "each request once", "wrong");
        verdict.count(requests, "requests done");
        verdict.count(self.accepted, "told to clients");
        verdict.count(self.refused, "refused");
        verdict.count(self.repeats, "repeated answers");
        verdict.take(std::mem::take(&mut self.findings));
        verdict
    }
}

/// The ids in a resource name.
fn ids(name: &str) -> impl Iterator<Item = Uuid> {
    name.split('/').filter_map(|part| Uuid::try_parse(part).ok())
}
