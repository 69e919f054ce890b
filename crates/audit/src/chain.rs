//! Invariant 2, by the journals alone: no commit is missing or changed, each decodes, and what one
//! service says it heard of another stands there so.

use std::collections::HashMap;

use dugnad_journal::{Hash, Link, Partition, Stored};

use crate::{
    history::{Place, Record},
    report::{Findings, Verdict},
};

#[derive(Debug, Default)]
pub(crate) struct Chain {
    /// The hash of every commit, by number from 1.
    hashes: HashMap<Partition, Vec<Hash>>,
    /// How far a history was taken in by another, the last time it said so.
    heard: HashMap<(Partition, Partition), (Place, u64, u32)>,
    /// What was said to be heard, to be looked up once all histories were read.
    said: Vec<(Place, Partition, u64, Hash)>,
    commits: u64,
    findings: Findings,
}

impl Chain {
    pub(crate) fn link(&mut self, partition: &Partition, stored: &Stored) {
        self.commits += 1;
        let place = Place::new(partition, stored.number);
        let hashes = self.hashes.entry(partition.clone()).or_default();
        let before = hashes.last().copied().unwrap_or(Hash::NONE);
        let next = hashes.len() as u64 + 1;
        match Link::read(&stored.body) {
            Ok(link) if link.number != stored.number || link.number != next => {
                let what = format!("commit {} lies where {next} is to be", link.number);
                self.findings.add(&place, None, what);
            }
            Ok(link) if link.before != before => {
                self.findings.add(&place, None, "it does not follow on the commit before");
            }
            Ok(_) => {}
            Err(error) => self.findings.add(&place, None, format!("it is no commit: {error}")),
        }
        hashes.push(stored.hash());
    }

    pub(crate) fn damaged(&mut self, place: &Place, what: &str) {
        self.findings.add(place, None, what);
    }

    /// What is heard goes on, and never back.
    pub(crate) fn heard<E>(&mut self, place: &Place, record: &Record<E>) {
        let Some(reached) = &record.reached else { return };
        let key = (place.partition.clone(), reached.partition.clone());
        let now = (reached.number, reached.events);
        if let Some((_, number, events)) = self.heard.get(&key)
            && now < (*number, *events)
        {
            let from = &reached.partition;
            let what = format!("heard commit {} of {from} after commit {number}", reached.number);
            self.findings.add(place, Some(0), what);
        }
        self.heard.insert(key, (place.clone(), now.0, now.1));
        self.said.push((place.clone(), reached.partition.clone(), reached.number, reached.hash));
    }

    pub(crate) fn conclude(&mut self) -> Verdict {
        for (place, from, number, hash) in std::mem::take(&mut self.said) {
            let at = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
            let there = self.hashes.get(&from).and_then(|hashes| hashes.get(at?));
            let what = match there {
                Some(there) if *there == hash => continue,
                Some(_) => format!("heard another commit {number} of {from} than is there"),
                None => format!("heard commit {number} of {from}, which is not there"),
            };
            self.findings.add(&place, Some(0), what);
        }
        let mut verdict = Verdict::new(2, "nothing lost", "lost or changed");
        verdict.count(self.commits, "commits");
        verdict.count(self.hashes.len() as u64, "histories");
        verdict.take(std::mem::take(&mut self.findings));
        verdict
    }
}
