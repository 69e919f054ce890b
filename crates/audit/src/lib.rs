//! The auditor: recomputes from the journals, and from what others wrote down beside them, what must
//! always be true (invariants 1–6 and 9, that nothing stays half arranged, that no more come than have
//! a place, and that each is told once).
//!
//! It knows the published language (`dugnad-events`) and how commits hang together
//! (`dugnad-journal`), and nothing of the services or the ledger: what they decide by, it reckons
//! anew, in other words. Pure: facts in, findings out. A commit that does not decode is a finding,
//! never a panic. Memory grows with what is live and with 16 bytes a request; of findings only the
//! first [`report::MOST_SHOWN`] of each kind are kept, the others counted.

mod answers;
mod chain;
mod claims;
mod codes;
mod digests;
mod guests;
mod history;
mod lifts;
mod lines;
mod people;
mod places;
pub mod report;
mod rides;
#[cfg(test)]
mod tests;
mod told;
mod wants;

use std::collections::BTreeMap;

use dugnad_events::{notices, rides as driven, volunteers};
use dugnad_journal::{Partition, Stored, Tenant};
use serde::de::DeserializeOwned;

pub use lines::{BadLine, ClientLine, DigestLine, LockLine, Outcome, read_line};
pub use report::{Finding, Report, Verdict};

use history::{Place, Record};

/// Takes facts in and says at the end what they come to.
#[derive(Default)]
pub struct Audit {
    chain: chain::Chain,
    answers: answers::Answers,
    digests: digests::Digests,
    towns: BTreeMap<Tenant, Town>,
    settled: bool,
}

/// What is reckoned for one municipality.
#[derive(Default)]
struct Town {
    claims: claims::Claims,
    places: places::Places,
    rides: rides::Rides,
    codes: codes::Codes,
    wants: wants::Wants,
    lifts: lifts::Lifts,
    guests: guests::Guests,
    told: told::Told,
}

impl Audit {
    /// That nothing is under way any more: what was asked of another service must have been answered.
    pub fn settled(&mut self) {
        self.settled = true;
    }

    /// What a client wrote down. All of it comes before the first commit.
    pub fn client(&mut self, line: ClientLine) {
        self.answers.told(line);
    }

    /// What a lock truly held; of each lock in the order of time.
    pub fn lock(&mut self, line: LockLine) {
        let tenant = line.lock.split('/').next().unwrap_or_default();
        if let Ok(tenant) = Tenant::new(tenant) {
            self.towns.entry(tenant).or_default().codes.seen(line);
        }
    }

    /// A digest that a running service printed, and what replay up to there gives.
    pub fn digest(&mut self, said: &DigestLine, replayed: Option<&str>) {
        self.digests.compare(said, replayed);
    }

    /// The next commit of a partition, from its first on. `O(its events · log state)`.
    pub fn commit(&mut self, partition: &Partition, stored: &Stored) {
        self.chain.link(partition, stored);
        match partition.service.as_str() {
            "rooms" => self.read(partition, stored, |town, place, record| {
                town.claims.record(place, record);
                town.codes.record(place, record);
                town.wants.of_rooms(place, record);
            }),
            "matching" => self.read(partition, stored, |town, place, record| {
                town.places.record(place, record);
                town.wants.of_matching(place, record);
            }),
            "rides" => self.read::<driven::Event>(partition, stored, |town, place, record| {
                town.rides.record(place, record);
                town.lifts.of_rides(place, record);
            }),
            "activities" => self.read(partition, stored, |town, place, record| {
                town.wants.of_activities(place, record);
                town.lifts.of_activities(place, record);
                town.guests.record(place, record);
                town.told.of_activities(place, record);
            }),
            "volunteers" => self.read::<volunteers::Event>(partition, stored, |_, _, _| {}),
            "notices" => self.read::<notices::Event>(partition, stored, |town, place, record| {
                town.told.of_notices(place, record);
            }),
            _ => {}
        }
    }

    /// That a partition cannot be read from a commit on.
    pub fn damaged(&mut self, partition: &Partition, number: u64, what: &str) {
        self.chain.damaged(&Place::new(partition, number), what);
    }

    fn read<E: DeserializeOwned + serde::Serialize>(
        &mut self,
        partition: &Partition,
        stored: &Stored,
        take: impl Fn(&mut Town, &Place, &Record<E>),
    ) {
        let mut place = Place::new(partition, stored.number);
        let commit = match history::read::<E>(&stored.body) {
            Ok(commit) => commit,
            Err(error) => {
                return self.chain.damaged(&place, &format!("it does not decode: {error}"));
            }
        };
        let town = self.towns.entry(partition.tenant.clone()).or_default();
        for record in &commit.records {
            self.chain.heard(&place, record);
            self.answers.record(&place, record);
            take(town, &place, record);
            place.event += u32::try_from(record.events.len()).unwrap_or(u32::MAX);
        }
    }

    /// What it all comes to: one verdict an invariant, in their order.
    #[must_use]
    pub fn conclude(mut self) -> Report {
        let mut verdicts = vec![Verdict::new(1, "no double booking", "overlaps")];
        verdicts.push(self.chain.conclude());
        verdicts.push(self.answers.conclude());
        verdicts.push(Verdict::new(4, "nobody placed past a rule", "past a rule"));
        verdicts.push(Verdict::new(5, "no promise broken by choice", "broken"));
        verdicts.push(Verdict::new(6, "no code outside its window", "outside"));
        verdicts.push(self.digests.conclude());
        verdicts.push(Verdict::unnumbered("nothing half arranged", "left"));
        verdicts.push(Verdict::unnumbered("no more come than have a place", "wrong"));
        verdicts.push(Verdict::unnumbered("each told once of what holds", "wrong"));
        for (tenant, town) in self.towns {
            town.claims.conclude(&mut verdicts[0]);
            town.places.conclude(&mut verdicts[3]);
            town.rides.conclude(&mut verdicts[4]);
            town.codes.conclude(tenant.as_str(), &mut verdicts[5]);
            town.wants.conclude(&mut verdicts[7], self.settled);
            town.lifts.conclude(&mut verdicts[7], self.settled);
            town.guests.conclude(&mut verdicts[8], self.settled);
            town.told.conclude(&mut verdicts[9], self.settled);
        }
        Report { verdicts }
    }
}
