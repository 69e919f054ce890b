//! The one writer of a partition: decides what arrives, commits in groups, answers when it is certain.
//!
//! One operation is in flight at a time, an append or (with nothing to write) a confirmation of the
//! partition's last number. What arrives meanwhile is decided at once on the state as it will be, and
//! rides in the next. An answer leaves only when an operation that *began after it was prepared* has
//! come back: so it never shows what is not durable, nor, on a shared journal, the past.

use std::{sync::Arc, time::Duration};

use dugnad_journal::{Partition, ReadError, Stored};
use futures::{FutureExt as _, future::BoxFuture};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};

use super::{
    Shared,
    answer::answer,
    batch::{Batch, Batches},
    core::{Core, decode},
    message::{Foreign, Message, Waiting},
    operation::{Landed, append, backoff, blocking, confirm, read, read_and_decode},
};
use crate::{Error, alarm::alarm, commit::Reached, metrics::Tally, model::Model};

pub(crate) struct Writer<M: Model> {
    pub(super) shared: Arc<Shared>,
    pub(super) core: Core<M>,
    pub(super) batches: Batches<M>,
    flight: Option<Flight<M>>,
    /// Why nothing is decided at present, while the journal does not answer.
    pub(super) away: Option<String>,
    /// No timer before this, after one that led to nothing.
    pub(super) quiet_until: Option<Instant>,
    /// Timers run since the start.
    pub(super) ticks: u64,
    pub(super) tally: Tally,
    /// Whether there was a large message among the last.
    pub(super) large: bool,
    /// Whether any handle is left.
    pub(super) open: bool,
    pub(super) mailbox: mpsc::UnboundedReceiver<Message<M>>,
    foreign: mpsc::Receiver<Foreign>,
}

/// The operation in flight and who waits for it.
struct Flight<M: Model> {
    batch: Batch<M>,
    /// What is being appended; `None`: a confirmation.
    commit: Option<Stored>,
    done: BoxFuture<'static, Landed>,
    began: std::time::Instant,
    tries: u32,
}

/// Why a partition serves no more until it is started anew.
pub(super) struct Stop(pub(super) String);

impl<M: Model> Writer<M> {
    pub(crate) fn new(
        shared: Arc<Shared>,
        partition: Partition,
        mailbox: mpsc::UnboundedReceiver<Message<M>>,
        foreign: mpsc::Receiver<Foreign>,
    ) -> Self {
        let core = Core::new(partition, shared.receipts);
        Self {
            shared,
            core,
            batches: Batches::default(),
            flight: None,
            away: None,
            quiet_until: None,
            ticks: 0,
            tally: Tally::default(),
            large: false,
            open: true,
            mailbox,
            foreign,
        }
    }

    /// Serves until every handle is gone and everything accepted is durable.
    pub(crate) async fn run(mut self) {
        if let Err(Stop(why)) = self.serve().await {
            alarm("partition", &format!("{} has stopped: {why}", self.core.partition));
            self.refuse(&why);
            self.refuse_for_ever(why).await;
        }
    }

    async fn serve(&mut self) -> Result<(), Stop> {
        self.catch_up().await?;
        self.check_sources().await?;
        while self.open || self.has_work() {
            self.turn().await?;
            self.serve_apart()?;
        }
        Ok(())
    }

    /// Whether anything waits to be written or answered.
    pub(super) fn has_work(&self) -> bool {
        self.flight.is_some() || !self.batches.is_empty()
    }

    /// Sends out what is ready, and waits for one thing to happen.
    pub(super) async fn turn(&mut self) -> Result<(), Stop> {
        if self.flight.is_none() && !self.batches.is_empty() {
            self.gather().await;
            self.launch();
        }
        let wake = self.wake();
        let open = self.open;
        let takes_foreign = open && self.away.is_none() && self.clock_fault().is_none();
        tokio::select! {
            biased;
            landed = landing(&mut self.flight) => self.land(landed).await?,
            message = self.mailbox.recv(), if open => match message {
                Some(message) => self.drain(message),
                None => self.open = false,
            },
            Some(foreign) = self.foreign.recv(), if takes_foreign => self.take_in(foreign).await?,
            () = sleep_until(wake), if open => self.tick()?,
        }
        Ok(())
    }

    /// Sends the next batch out, if nothing is in flight.
    fn launch(&mut self) {
        if self.flight.is_some() {
            return;
        }
        let Some(mut batch) = self.batches.next() else { return };
        self.shared.metrics.decided(&mut self.tally);
        let journal = self.shared.journal.clone();
        let partition = self.core.partition.clone();
        let (commit, done) = if batch.is_commit() {
            let commit =
                batch.draft.seal(self.core.durable + 1, self.core.hash, self.shared.writer);
            let done = append(journal, partition, commit.clone(), Duration::ZERO).boxed();
            self.shared.metrics.commit_records.record(f64::from(batch.draft.count()));
            (Some(commit), done)
        } else if self.shared.journal.shared() {
            (None, confirm(journal, partition, Duration::ZERO).boxed())
        } else {
            // Nobody else writes: what is durable here is the present.
            return self.release(batch.waiting);
        };
        let began = std::time::Instant::now();
        self.flight = Some(Flight { batch, commit, done, began, tries: 0 });
    }

    async fn land(&mut self, landed: Landed) -> Result<(), Stop> {
        let Some(mut flight) = self.flight.take() else { return Ok(()) };
        match landed {
            Landed::Appended => {
                let commit = flight.commit.expect("only an append is appended");
                self.shared.metrics.append_seconds.record(flight.began.elapsed());
                self.core.durable = commit.number;
                self.core.hash = commit.hash();
                self.back();
                self.release(flight.batch.waiting);
                drop(flight.done);
                self.shared.room.give(commit.body);
            }
            Landed::Confirmed(last) => {
                self.back();
                let number = last.as_ref().map_or(0, |last| last.number);
                if number > self.core.durable {
                    return self.redecide(flight.batch).await;
                }
                let same = last.is_none_or(|last| last.hash() == self.core.hash);
                if number < self.core.durable || !same {
                    return Err(Stop(format!(
                        "the journal's last commit is {number}, but commit {} was answered for: it \
                         was restored from an older copy, or replaced",
                        self.core.durable
                    )));
                }
                self.release(flight.batch.waiting);
            }
            Landed::Lost => {
                self.shared.metrics.conflicts.increment(1);
                return self.redecide(flight.batch).await;
            }
            Landed::Away(why) => {
                if self.away.is_none() {
                    tracing::warn!(partition = %self.core.partition, %why, "the journal is away");
                }
                unknown(&mut flight.batch.waiting, &why);
                self.away = Some(why);
                self.retry(flight);
            }
            Landed::Broken(why) => {
                unknown(&mut flight.batch.waiting, &why);
                return Err(Stop(why));
            }
        }
        Ok(())
    }

    fn release(&self, waiting: Vec<Waiting<M>>) {
        for waits in waiting {
            match waits {
                Waiting::Execute(execute, prepared) => {
                    answer(&self.shared.journal, &self.core.partition, execute, prepared);
                }
                Waiting::Look(question) => question.answer(None),
                Waiting::Foreign(_) => {}
            }
        }
    }

    /// The same bytes again, with the same expected position, until an ack or a conflict.
    fn retry(&mut self, mut flight: Flight<M>) {
        flight.tries += 1;
        let wait = backoff(flight.tries);
        let journal = self.shared.journal.clone();
        let partition = self.core.partition.clone();
        flight.done = match flight.commit.clone() {
            Some(commit) => append(journal, partition, commit, wait).boxed(),
            None => confirm(journal, partition, wait).boxed(),
        };
        self.flight = Some(flight);
    }

    fn back(&mut self) {
        if self.away.take().is_some() {
            tracing::info!(partition = %self.core.partition, "the journal is back");
        }
    }

    /// Someone else wrote: takes in what they wrote, and decides again what waits.
    async fn redecide(&mut self, failed: Batch<M>) -> Result<(), Stop> {
        let polluted = !failed.draft.is_empty() || self.batches.has_records();
        let mut waiting = failed.waiting;
        waiting.extend(self.batches.take_waiting());
        self.batches = Batches::default();
        if polluted {
            let known = self.core.durable;
            self.core = Core::new(self.core.partition.clone(), self.shared.receipts);
            self.catch_up().await?;
            if self.core.durable < known {
                let why = format!("commit {known} was answered for and is gone from the journal");
                unknown(&mut waiting, &why);
                return Err(Stop(why));
            }
        } else {
            self.catch_up().await?;
        }
        for waits in waiting {
            match waits {
                Waiting::Execute(execute, _) => self.handle(Message::Execute(execute)),
                Waiting::Look(question) => self.handle(Message::Look(question)),
                Waiting::Foreign(foreign) => self.take_in(foreign).await?,
            }
        }
        Ok(())
    }

    /// Reads and replays until the journal has no more. Waits as long as the journal is away.
    async fn catch_up(&mut self) -> Result<(), Stop> {
        let began = std::time::Instant::now();
        let first = self.core.durable;
        let partition = self.core.partition.clone();
        let stop = |e: ReadError| Stop(e.to_string());
        let page = self.read_until_there(&partition, first + 1).await?;
        let mut next = page.last().map(|last| last.number + 1);
        let mut page = decode(&partition, &page).map_err(stop)?;
        while let Some(from) = next {
            // The next page is read and decoded while this one is replayed.
            let journal = self.shared.journal.clone();
            let ahead = tokio::spawn(read_and_decode::<M>(journal, partition.clone(), from));
            blocking(|| self.core.replay(page)).map_err(stop)?;
            (page, next) = match ahead.await {
                Ok(Ok(ahead)) => ahead,
                Ok(Err(damage @ (ReadError::Damaged { .. } | ReadError::Broken(_)))) => {
                    return Err(stop(damage));
                }
                Ok(Err(ReadError::Unavailable(_))) | Err(_) => {
                    let page = self.read_until_there(&partition, from).await?;
                    let next = page.last().map(|last| last.number + 1);
                    (decode(&partition, &page).map_err(stop)?, next)
                }
            };
        }
        let position = self.core.durable;
        if position > first {
            let millis = began.elapsed().as_millis();
            tracing::info!(%partition, position, millis, "caught up with the journal");
        }
        Ok(())
    }

    /// A sender restored from an older copy lacks, or has replaced, what was taken in from it.
    async fn check_sources(&mut self) -> Result<(), Stop> {
        for reached in self.core.reached.values().cloned().collect::<Vec<_>>() {
            let page = self.read_until_there(&reached.partition, reached.number).await?;
            if page.first().is_none_or(|stored| stored.hash() != reached.hash) {
                let Reached { partition, number, hash, .. } = reached;
                return Err(Stop(format!(
                    "commit {number} ({hash}) of {partition} was taken in and is not there now: \
                     this follower is ahead of a sender that was restored from an older copy"
                )));
            }
        }
        Ok(())
    }

    /// A page from `from` on. Waits as long as the journal is away, and says so to callers.
    pub(super) async fn read_until_there(
        &mut self,
        partition: &Partition,
        from: u64,
    ) -> Result<Vec<Stored>, Stop> {
        let mut tries = 0;
        loop {
            match read(self.shared.journal.clone(), partition.clone(), from).await {
                Ok(page) => {
                    self.back();
                    return Ok(page);
                }
                Err(ReadError::Unavailable(why)) => {
                    self.refuse(&why);
                    self.away = Some(why);
                    tries += 1;
                    sleep(backoff(tries)).await;
                }
                Err(damage) => return Err(Stop(damage.to_string())),
            }
        }
    }

    /// The number of the last commit that was sent out.
    pub(super) fn last_launched(&self) -> u64 {
        let in_flight = self.flight.as_ref().is_some_and(|flight| flight.commit.is_some());
        self.core.durable + u64::from(in_flight)
    }

    /// Says "not known" to whoever waits or is queued, while the journal is away.
    fn refuse(&mut self, why: &str) {
        self.batches.each_waiting(|waiting| unknown(waiting, why));
        while let Ok(message) = self.mailbox.try_recv() {
            self.shared.queued.sub(message.weight());
            message.fail(Error::Unavailable(why.to_owned()));
        }
    }

    /// A stopped partition answers at once, and never writes.
    async fn refuse_for_ever(&mut self, why: String) {
        loop {
            tokio::select! {
                message = self.mailbox.recv() => match message {
                    Some(message) => {
                        self.shared.queued.sub(message.weight());
                        message.fail(Error::Unavailable(format!("stopped: {why}")));
                    }
                    None => return,
                },
                // Dropped, not skipped: what is not recorded as reached is followed again at a start.
                Some(_) = self.foreign.recv() => {}
            }
        }
    }
}

/// Tells callers that the outcome is not known. A foreign commit stays: its record may land yet.
fn unknown<M: Model>(waiting: &mut Vec<Waiting<M>>, why: &str) {
    for waits in std::mem::take(waiting) {
        match waits {
            Waiting::Execute(execute, _) => execute.fail(Error::Unavailable(why.to_owned())),
            Waiting::Look(question) => question.answer(Some(Error::Unavailable(why.to_owned()))),
            foreign @ Waiting::Foreign(_) => waiting.push(foreign),
        }
    }
}

async fn landing<M: Model>(flight: &mut Option<Flight<M>>) -> Landed {
    match flight {
        Some(flight) => (&mut flight.done).await,
        None => std::future::pending().await,
    }
}
