//! Which requests were accepted, so that a repeat gets the first answer and is never done twice.
//!
//! Built from the journal alone (ids and the `at` of records), so that every replay remembers, and
//! forgets, the same. An id at or below the floor is never executed: whether it was is not known.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::{commit::Digest, model::RequestId};

/// How long a request is remembered, in journal time.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How far ahead of the clock an id may lie: a wrong clock must not push the others below the floor.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// What is known of a request id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Not accepted so far: decide it.
    New,
    /// Accepted in this commit: answer with that.
    Repeat(u64),
    /// Accepted with another body.
    OtherBody,
    /// Past what is remembered.
    TooOld,
    /// More than a day ahead.
    FromTheFuture,
}

#[derive(Debug)]
pub(crate) struct Receipts {
    most: usize,
    kept: BTreeMap<RequestId, (u64, Digest)>,
    /// The largest id that was dropped for room.
    floor: Option<RequestId>,
}

impl Receipts {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, kept: BTreeMap::new(), floor: None }
    }

    pub(crate) fn look(&self, id: RequestId, digest: Digest, now: Timestamp) -> Known {
        match self.kept.get(&id) {
            Some((position, first)) if *first == digest => Known::Repeat(*position),
            Some(_) => Known::OtherBody,
            None if self.floor.is_some_and(|floor| id <= floor) => Known::TooOld,
            None if id.millis() < millis(now - KEPT) => Known::TooOld,
            None if id.millis() > millis(now + AHEAD) => Known::FromTheFuture,
            None => Known::New,
        }
    }

    /// Remembers an accepted request, and forgets what is too old or too many by then.
    pub(crate) fn keep(&mut self, id: RequestId, position: u64, digest: Digest, at: Timestamp) {
        self.kept.insert(id, (position, digest));
        while self.kept.len() > self.most {
            let dropped = self.kept.pop_first().map(|(id, _)| id);
            self.floor = self.floor.max(dropped);
        }
        let oldest = millis(at - KEPT);
        while let Some(first) = self.kept.first_entry().filter(|e| e.key().millis() < oldest) {
            first.remove();
        }
    }
}

fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;
    const START: i64 = 1_800_000_000_000;

    fn id(millis: i64) -> RequestId {
        let bits = (u128::try_from(millis).unwrap() << 80) | (7 << 76) | (2 << 62);
        RequestId::new(Uuid::from_u128(bits)).unwrap()
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    #[test]
    fn a_repeat_is_known_and_another_body_under_its_id_too() {
        let mut receipts = Receipts::new(10);
        receipts.keep(id(START), 4, Digest([1; 16]), at(START));

        assert_eq!(receipts.look(id(START), Digest([1; 16]), at(START)), Known::Repeat(4));
        assert_eq!(receipts.look(id(START), Digest([2; 16]), at(START)), Known::OtherBody);
        assert_eq!(receipts.look(id(START + 1), Digest([1; 16]), at(START)), Known::New);
    }

    #[test]
    fn an_id_dropped_for_room_is_refused_and_never_new_again() {
        let mut receipts = Receipts::new(2);
        for n in 0..3 {
            receipts.keep(id(START + n), 1, Digest([0; 16]), at(START));
        }

        assert_eq!(receipts.look(id(START), Digest([0; 16]), at(START)), Known::TooOld);
        assert_eq!(receipts.look(id(START - 1), Digest([0; 16]), at(START)), Known::TooOld);
        assert_eq!(receipts.look(id(START + 1), Digest([0; 16]), at(START)), Known::Repeat(1));
    }

    #[test]
    fn an_id_is_remembered_for_thirty_days_and_refused_afterwards() {
        let mut receipts = Receipts::new(10);
        receipts.keep(id(START), 1, Digest([0; 16]), at(START));
        let look = |receipts: &Receipts, now| receipts.look(id(START), Digest([0; 16]), at(now));

        receipts.keep(id(START + 30 * DAY), 2, Digest([0; 16]), at(START + 30 * DAY));
        assert_eq!(look(&receipts, START + 30 * DAY), Known::Repeat(1));

        receipts.keep(id(START + 31 * DAY), 3, Digest([0; 16]), at(START + 31 * DAY));
        assert_eq!(look(&receipts, START + 31 * DAY), Known::TooOld);
    }

    #[test]
    fn an_id_more_than_a_day_ahead_is_refused() {
        let receipts = Receipts::new(10);
        let look = |millis| receipts.look(id(millis), Digest([0; 16]), at(START));

        assert_eq!(look(START + DAY), Known::New);
        assert_eq!(look(START + DAY + 1), Known::FromTheFuture);
    }
}
