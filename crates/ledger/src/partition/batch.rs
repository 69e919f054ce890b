//! What rides in one commit, and who waits for it.

use std::collections::VecDeque;

use super::room::Room;
use crate::{commit::Draft, model::Model, partition::message::Waiting};

/// A commit being filled, and those whose answer it carries. Without records it carries only answers.
pub(crate) struct Batch<M: Model> {
    pub(crate) draft: Draft,
    pub(crate) waiting: Vec<Waiting<M>>,
    /// It goes out as a commit even without records: see [`Batches::fence`].
    fence: bool,
}

impl<M: Model> Default for Batch<M> {
    fn default() -> Self {
        Self { draft: Draft::default(), waiting: Vec::new(), fence: false }
    }
}

impl<M: Model> Batch<M> {
    pub(crate) fn is_empty(&self) -> bool {
        self.draft.is_empty() && self.waiting.is_empty()
    }

    pub(crate) fn is_commit(&self) -> bool {
        self.fence || !self.draft.is_empty()
    }
}

/// The batches after the one in flight. Only the last is open; all before it are full.
pub(crate) struct Batches<M: Model>(VecDeque<Batch<M>>);

impl<M: Model> Default for Batches<M> {
    fn default() -> Self {
        Self(VecDeque::from([Batch::default()]))
    }
}

impl<M: Model> Batches<M> {
    /// To push records: `in_flight_or_durable` is the number before the first batch's.
    pub(crate) fn drafts<'a>(
        &'a mut self,
        in_flight_or_durable: u64,
        room: &'a Room,
    ) -> Drafts<'a, M> {
        Drafts { batches: &mut self.0, base: in_flight_or_durable, room }
    }

    /// Waits for everything decided so far.
    pub(crate) fn wait(&mut self, waiting: Waiting<M>) {
        self.open().waiting.push(waiting);
    }

    /// Lets the open batch take up a number whatever it holds, so that an append which another
    /// process sent before and nobody heard of can no longer land.
    pub(crate) fn fence(&mut self) {
        self.open().fence = true;
    }

    /// Lets nothing more ride with what was decided so far. The number of the commit after which the
    /// state is as it is now.
    pub(crate) fn close(&mut self, in_flight_or_durable: u64) -> u64 {
        if self.open().is_commit() {
            self.0.push_back(Batch::default());
        }
        in_flight_or_durable + self.0.len() as u64 - 1
    }

    /// The next to go out, if there is anything.
    pub(crate) fn next(&mut self) -> Option<Batch<M>> {
        if self.0.front().is_none_or(Batch::is_empty) {
            return None;
        }
        let next = self.0.pop_front();
        if self.0.is_empty() {
            self.0.push_back(Batch::default());
        }
        next
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(Batch::is_empty)
    }

    /// Takes everyone who waits; the records stay.
    pub(crate) fn take_waiting(&mut self) -> Vec<Waiting<M>> {
        self.0.iter_mut().flat_map(|batch| std::mem::take(&mut batch.waiting)).collect()
    }

    pub(crate) fn each_waiting(&mut self, mut each: impl FnMut(&mut Vec<Waiting<M>>)) {
        self.0.iter_mut().for_each(|batch| each(&mut batch.waiting));
    }

    /// How many records the next to go out holds.
    pub(crate) fn records(&self) -> usize {
        self.0.front().map_or(0, |next| next.draft.count() as usize)
    }

    pub(crate) fn has_records(&self) -> bool {
        self.0.iter().any(|batch| !batch.draft.is_empty())
    }

    fn open(&mut self) -> &mut Batch<M> {
        if self.0.is_empty() {
            self.0.push_back(Batch::default());
        }
        self.0.back_mut().expect("there is always an open batch")
    }
}

/// Where encoded records go.
pub(crate) struct Drafts<'a, M: Model> {
    batches: &'a mut VecDeque<Batch<M>>,
    base: u64,
    room: &'a Room,
}

impl<M: Model> Drafts<'_, M> {
    /// Puts the record into the open commit, or a new one if that is full. The commit's number.
    pub(crate) fn push(&mut self, record: &[u8]) -> u64 {
        if self.batches.back().is_none_or(|batch| !batch.draft.fits(record)) {
            self.batches.push_back(Batch::default());
        }
        let open = self.batches.back_mut().expect("one was just made sure of");
        if open.draft.is_empty() {
            open.draft = Draft::within(self.room.take());
        }
        open.draft.push(record);
        self.base + self.batches.len() as u64
    }
}
