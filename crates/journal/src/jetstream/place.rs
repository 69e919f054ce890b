//! Which stream sequence a commit number has.
//!
//! What is learned from appends and reads is remembered, a little of it, and never believed: the
//! message found there must carry the number. Else it is searched for through the leader.

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
};

use super::{Shared, api::Message, none_if_no_message, stream};
use crate::{Partition, ReadError, chain::damaged};

/// Places remembered a partition, beside its last.
const REMEMBERED: usize = 8;

/// A commit's number and its stream sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) sequence: u64,
}

/// What is remembered of every partition.
#[derive(Default)]
pub(super) struct Places(Mutex<HashMap<Partition, Known>>);

#[derive(Default)]
struct Known {
    last: Option<Place>,
    /// How far readers came: where one stops, the next read begins.
    read: VecDeque<Place>,
}

impl Places {
    fn with<T>(&self, partition: &Partition, work: impl FnOnce(&mut Known) -> T) -> T {
        let mut places = self.0.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(known) = places.get_mut(partition) {
            return work(known);
        }
        work(places.entry(partition.clone()).or_default())
    }

    /// Where commit `number` lies, if that is remembered.
    pub(super) fn of(&self, partition: &Partition, number: u64) -> Option<Place> {
        self.with(partition, |known| {
            known.last.iter().chain(&known.read).find(|place| place.number == number).copied()
        })
    }

    pub(super) fn appended(&self, partition: &Partition, number: u64, sequence: u64) {
        self.with(partition, |known| known.last = Some(Place { number, sequence }));
    }

    pub(super) fn read(&self, partition: &Partition, place: Place) {
        self.with(partition, |known| {
            // A reader on its way moves its mark instead of leaving a trail.
            known.read.retain(|mark| mark.number + 1 != place.number && *mark != place);
            if known.read.len() == REMEMBERED {
                known.read.pop_front();
            }
            known.read.push_back(place);
        });
    }

    pub(super) fn forget(&self, partition: &Partition) {
        self.with(partition, |known| *known = Known::default());
    }

    /// A sequence at which commit `number` is the partition's next, if what we remember holds.
    fn hint(&self, partition: &Partition, number: u64) -> Option<u64> {
        let before = number.checked_sub(1)?;
        let exact = || self.of(partition, number).map(|place| place.sequence);
        let after = || self.of(partition, before).map(|place| place.sequence + 1);
        if before == 0 { Some(1) } else { exact().or_else(after) }
    }
}

/// The message of commit `number`; `None` if it lies past the partition's end.
pub(super) async fn find(
    shared: &Shared,
    partition: &Partition,
    number: u64,
) -> Result<Option<Message>, ReadError> {
    if let Some(hint) = shared.places.hint(partition, number)
        && let Some(message) = next(shared, partition, hint).await?
        && message.place(partition)?.number == number
    {
        return Ok(Some(message));
    }
    let Some(last) = shared.last_message(partition).await? else { return Ok(None) };
    let end = last.place(partition)?;
    if number >= end.number {
        return Ok((number == end.number).then_some(last));
    }
    search(shared, partition, number, end).await.map(Some)
}

async fn next(
    shared: &Shared,
    partition: &Partition,
    sequence: u64,
) -> Result<Option<Message>, ReadError> {
    let stream = stream::name(&partition.service);
    none_if_no_message(shared.api.next_message(&stream, partition, sequence).await)
}

/// Looks between the stream's start and `end`, first where the number would lie if the partition's
/// commits were spread evenly, else in the middle: `O(log sequences)` requests.
async fn search(
    shared: &Shared,
    partition: &Partition,
    number: u64,
    end: Place,
) -> Result<Message, ReadError> {
    let missing = || damaged(partition, number, "it is missing in the stream");
    // The commit lies after `low` and before `high`, in sequences.
    let (mut low, mut high) = (Place { number: 0, sequence: 0 }, end);
    let mut evenly = true;
    while low.sequence + 1 < high.sequence {
        let width = high.sequence - low.sequence;
        let share = (number - low.number) as f64 / (high.number - low.number).max(1) as f64;
        let step = if evenly { (width as f64 * share) as u64 } else { width / 2 };
        let at = low.sequence + step.clamp(1, width - 1);
        evenly = !evenly;
        let message = next(shared, partition, at).await?.ok_or_else(missing)?;
        let found = message.place(partition)?;
        if found.number == number {
            return Ok(message);
        }
        if found.number < number {
            low = found;
        } else {
            // Nothing of this partition lies between `at` and what was found.
            high = Place { number: found.number, sequence: at };
        }
    }
    Err(missing())
}
