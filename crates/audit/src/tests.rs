//! Each check is seen to find what it is there for, on journals made here that no service would write.

mod answers;
mod bookings;
mod doors;
mod driving;
mod evenings;
mod guests;
mod placing;

use dugnad_calendar::Interval;
use dugnad_journal::{Hash, Partition, Stored};
use dugnad_vault::Sealed;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::{Audit, Report, Verdict, history};

#[derive(Serialize)]
struct Written<'a, E> {
    number: u64,
    before: Hash,
    records: &'a [WrittenRecord<E>],
}

#[derive(Serialize)]
struct WrittenRecord<E> {
    request_id: Uuid,
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    at: Timestamp,
    events: Vec<E>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<WrittenReached>,
}

#[derive(Clone, Serialize)]
struct WrittenReached {
    partition: Partition,
    number: u64,
    hash: Hash,
    events: u32,
}

/// A history that is written as it goes into the audit.
struct Told {
    audit: Audit,
    partition: Partition,
    number: u64,
    before: Hash,
    now: Timestamp,
}

impl Told {
    fn of(service: &str) -> Self {
        Self::going_on(Audit::default(), service)
    }

    /// Another service's history beside what was told.
    fn going_on(audit: Audit, service: &str) -> Self {
        let partition = Partition::parse(&format!("dugnad.{service}.drammen")).unwrap();
        Self { audit, partition, number: 0, before: Hash::NONE, now: noon() }
    }

    /// One record, a minute later, in a commit of its own; its request's id.
    fn says<E: Serialize>(&mut self, events: impl IntoIterator<Item = E>) -> Uuid {
        self.now += SignedDuration::from_mins(1);
        let request_id = id(1_000_000 + self.number);
        self.writes(request_id, events.into_iter().collect(), None);
        request_id
    }

    fn writes<E: Serialize>(
        &mut self,
        request_id: Uuid,
        events: Vec<E>,
        reached: Option<WrittenReached>,
    ) {
        let records = [WrittenRecord { request_id, at: self.now, events, reached }];
        let (number, before) = (self.number + 1, self.before);
        let body = rmp_serde::to_vec_named(&Written { number, before, records: &records }).unwrap();
        let stored = Stored { number, body: body.into() };
        (self.number, self.before) = (number, stored.hash());
        self.audit.commit(&self.partition.clone(), &stored);
    }

    fn ends(self) -> Report {
        self.audit.conclude()
    }
}

impl Report {
    fn of(&self, number: u8) -> &Verdict {
        self.verdicts.iter().find(|verdict| verdict.number == Some(number)).unwrap()
    }

    /// What was found, in words; every other invariant holds.
    #[track_caller]
    fn only(&self, number: u8) -> Vec<&str> {
        let others = self.verdicts.iter().filter(|verdict| verdict.number != Some(number));
        others.for_each(|verdict| assert_eq!(verdict.found, 0, "{verdict}"));
        self.of(number).findings.iter().map(|finding| finding.what.as_str()).collect()
    }
}

fn id(n: u64) -> Uuid {
    Uuid::from_u128(n.into())
}

fn noon() -> Timestamp {
    "2026-12-01T12:00:00Z".parse().unwrap()
}

/// From `start` to `end`, in minutes from noon.
fn span(start: i64, end: i64) -> Interval {
    let at = |minutes| noon() + SignedDuration::from_mins(minutes);
    Interval::new(at(start), at(end)).unwrap()
}

/// As the journal holds it; nobody can open it.
fn sealed<T>() -> Sealed<T> {
    serde_json::from_value(serde_json::json!({ "person": id(1), "sealed": b"sealed" })).unwrap()
}

#[test]
fn an_empty_journal_has_nothing_wrong() {
    let report = Audit::default().conclude();

    assert_eq!(report.found(), 0);
    let numbers: Vec<_> = report.verdicts.iter().map(|verdict| verdict.number).collect();
    assert_eq!(numbers[..7], [1, 2, 3, 4, 5, 6, 9].map(Some));
}

#[test]
fn a_commit_that_does_not_decode_is_found_and_the_audit_goes_on() {
    let mut rooms = Told::of("rooms");
    rooms.says(["not an event of rooms"]);

    let found = rooms.ends();

    assert!(found.only(2)[0].starts_with("it does not decode"), "{found:?}");
    assert!(history::read::<u8>(b"\xc1").is_err());
}
