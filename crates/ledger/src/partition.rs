//! One partition: a mailbox, and behind it the only task that touches the state.

mod answer;
mod batch;
mod core;
mod deciding;
mod intake;
mod message;
mod operation;
mod room;
mod writer;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use dugnad_journal::{Journal, Partition};
use tokio::sync::{Semaphore, mpsc};

pub(crate) use core::{Core, decode};
pub(crate) use message::{Execute, Foreign, Look, Message, Prepared};
pub(crate) use room::Room;
use writer::Writer;

use crate::{
    clock::{Clock, Skew},
    metrics::Metrics,
    model::Model,
};

/// How many foreign commits wait before their stream is held up.
const FOREIGN: usize = 64;

/// What a partition's writer shares with its handles.
pub(crate) struct Shared {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) skew: Skew,
    pub(crate) metrics: Metrics,
    pub(crate) queued: Queued,
    /// All partitions' of the ledger.
    pub(crate) room: Arc<Room>,
    /// How many of the ledger's partitions may yet have a thread to themselves.
    pub(crate) threads: Arc<Semaphore>,
    /// Sets this process's commits apart from any other's.
    pub(crate) writer: u64,
    /// The most request ids to remember.
    pub(crate) receipts: usize,
}

/// How many asks wait, against a limit.
pub(crate) struct Queued {
    now: AtomicUsize,
    most: usize,
    gauge: metrics::Gauge,
}

impl Queued {
    pub(crate) fn new(most: usize, gauge: metrics::Gauge) -> Self {
        Self { now: AtomicUsize::new(0), most, gauge }
    }

    /// Takes room for `weight` more, if there is.
    fn add(&self, weight: usize) -> bool {
        let before = self.now.fetch_add(weight, Ordering::Relaxed);
        let fits = before + weight <= self.most;
        if !fits {
            self.sub(weight);
        }
        fits
    }

    fn sub(&self, weight: usize) {
        let before = self.now.fetch_sub(weight, Ordering::Relaxed);
        self.gauge.set(u32::try_from(before.saturating_sub(weight)).unwrap_or(u32::MAX));
    }
}

/// The way to a partition's writer.
pub(crate) struct Mailbox<M: Model> {
    shared: Arc<Shared>,
    sender: mpsc::UnboundedSender<Message<M>>,
    foreign: mpsc::Sender<Foreign>,
}

/// Why a message was not taken.
pub(crate) enum NotTaken {
    Full,
    /// The writer is gone.
    Gone,
}

impl<M: Model> Mailbox<M> {
    /// A mailbox and the writer behind it, to be run as a task.
    pub(crate) fn new(shared: Shared, partition: Partition) -> (Self, Writer<M>) {
        let shared = Arc::new(shared);
        let (sender, mailbox) = mpsc::unbounded_channel();
        let (foreign, foreign_mailbox) = mpsc::channel(FOREIGN);
        let writer = Writer::new(shared.clone(), partition, mailbox, foreign_mailbox);
        (Self { shared, sender, foreign }, writer)
    }

    pub(crate) fn send(&self, message: Message<M>) -> Result<(), NotTaken> {
        let weight = message.weight();
        if !self.shared.queued.add(weight) {
            return Err(NotTaken::Full);
        }
        self.sender.send(message).map_err(|_| {
            self.shared.queued.sub(weight);
            NotTaken::Gone
        })
    }

    /// Hands over a foreign commit; waits while the writer has enough of them.
    pub(crate) async fn send_foreign(&self, foreign: Foreign) -> Result<(), NotTaken> {
        self.foreign.send(foreign).await.map_err(|_| NotTaken::Gone)
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.sender.is_closed()
    }
}
