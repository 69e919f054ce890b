//! A journal in memory that fails by a seed: answers get lost, writes land late, reads and appends
//! find it away, everything takes its time. What it never does is lose or change a commit.
//!
//! Run it on a current-thread runtime with paused time: the same seed then gives the same run.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use dugnad_journal::{
    AppendError, Followed, Journal, MAX_COMMIT_BYTES, Partition, Positions, ReadError, Service,
    Stored,
};
use futures::{StreamExt as _, stream::BoxStream};
use tokio::sync::watch;

/// How often each thing goes wrong, in percent.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    /// The append is not taken, and says so as "away".
    pub not_taken: u64,
    /// The append landed, and its answer is lost.
    pub lost_answer: u64,
    /// The append is answered as "away" and lands only later, if its place is still free.
    pub late: u64,
    /// A read or a confirmation finds the journal away.
    pub no_read: u64,
    /// The longest that an operation takes, in milliseconds.
    pub slow_ms: u64,
}

impl Faults {
    /// Nothing goes wrong.
    pub const NONE: Self = Self { not_taken: 0, lost_answer: 0, late: 0, no_read: 0, slow_ms: 0 };
    /// A bad day.
    pub const MANY: Self =
        Self { not_taken: 10, lost_answer: 15, late: 10, no_read: 10, slow_ms: 40 };
}

/// splitmix64: enough for choosing faults, and the same on every machine.
#[derive(Clone, Debug)]
pub struct Seeded(u64);

impl Seeded {
    /// Starts the sequence of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which must not be 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound
    }
}

struct State {
    commits: BTreeMap<Partition, Vec<Stored>>,
    random: Seeded,
    faults: Faults,
    /// What went wrong so far, so that a test can show that something did.
    struck: u64,
}

/// A handle on the simulated journal. Clones are other processes' handles on the same one.
#[derive(Clone)]
pub struct SimJournal {
    state: Arc<Mutex<State>>,
    changed: watch::Sender<u64>,
}

impl SimJournal {
    /// An empty journal whose faults follow from `seed`.
    pub fn new(seed: u64, faults: Faults) -> Self {
        let (commits, random) = (BTreeMap::new(), Seeded::new(seed));
        let state = State { commits, random, faults, struck: 0 };
        Self { state: Arc::new(Mutex::new(state)), changed: watch::Sender::new(0) }
    }

    /// From now on nothing goes wrong.
    pub fn heal(&self) {
        self.state().faults = Faults::NONE;
    }

    /// How often something went wrong.
    pub fn struck(&self) -> u64 {
        self.state().struck
    }

    /// Everything that was appended to a partition.
    pub fn commits(&self, partition: &Partition) -> Vec<Stored> {
        self.state().commits.get(partition).cloned().unwrap_or_default()
    }

    /// Puts back an older copy: what came after commit `number` is gone.
    pub fn restore(&self, partition: &Partition, number: u64) {
        if let Some(commits) = self.state().commits.get_mut(partition) {
            commits.retain(|commit| commit.number <= number);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take_time(&self) {
        let wait = {
            let mut state = self.state();
            let slow = state.faults.slow_ms;
            if slow == 0 { 0 } else { state.random.below(slow) }
        };
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }

    fn strikes(&self, percent: impl Fn(&Faults) -> u64) -> bool {
        let mut state = self.state();
        let strikes = percent(&state.faults) > state.random.below(100);
        state.struck += u64::from(strikes);
        strikes
    }

    fn land(&self, partition: &Partition, commit: Stored) -> Result<(), AppendError> {
        let mut state = self.state();
        let commits = state.commits.entry(partition.clone()).or_default();
        if commits.len() as u64 + 1 != commit.number {
            return Err(AppendError::Conflict);
        }
        commits.push(commit);
        self.changed.send_modify(|n| *n += 1);
        Ok(())
    }

    /// Commits after the given positions, and the positions with them taken.
    fn news(&self, service: &Service, after: &mut Positions) -> Vec<(Partition, Stored)> {
        let state = self.state();
        let of_service = state.commits.iter().filter(|(p, _)| p.service == *service);
        let mut news = Vec::new();
        for (partition, commits) in of_service {
            let seen = after.entry(partition.clone()).or_default();
            for commit in commits.iter().filter(|commit| commit.number > *seen) {
                news.push((partition.clone(), commit.clone()));
            }
            *seen = (*seen).max(commits.len() as u64);
        }
        news
    }
}

fn away() -> ReadError {
    ReadError::Unavailable("the simulation says so".to_owned())
}

#[async_trait]
impl Journal for SimJournal {
    async fn append(&self, partition: &Partition, commit: Stored) -> Result<(), AppendError> {
        if commit.body.len() > MAX_COMMIT_BYTES {
            return Err(AppendError::TooLarge { bytes: commit.body.len() });
        }
        self.take_time().await;
        let lost = || Err(AppendError::Unavailable("the simulation says so".to_owned()));
        if self.strikes(|faults| faults.not_taken) {
            return lost();
        }
        if self.strikes(|faults| faults.late) {
            let (journal, partition) = (self.clone(), partition.clone());
            tokio::spawn(async move {
                journal.take_time().await;
                // Its place may be taken by then: that is the point.
                let _ = journal.land(&partition, commit);
            });
            return lost();
        }
        let landed = self.land(partition, commit);
        if self.strikes(|faults| faults.lost_answer) {
            return lost();
        }
        self.take_time().await;
        landed
    }

    async fn read(
        &self,
        partition: &Partition,
        from: u64,
        max_bytes: usize,
    ) -> Result<Vec<Stored>, ReadError> {
        self.take_time().await;
        if self.strikes(|faults| faults.no_read) {
            return Err(away());
        }
        let mut bytes = 0;
        let fits = |commit: &Stored| {
            let first = bytes == 0;
            bytes += commit.body.len();
            first || bytes <= max_bytes
        };
        let commits = self.commits(partition).into_iter();
        Ok(commits.skip_while(|commit| commit.number < from).take_while(fits).collect())
    }

    async fn last(&self, partition: &Partition) -> Result<Option<Stored>, ReadError> {
        self.take_time().await;
        if self.strikes(|faults| faults.no_read) {
            return Err(away());
        }
        let last = self.state().commits.get(partition).and_then(|all| all.last().cloned());
        self.take_time().await;
        Ok(last)
    }

    async fn partitions(&self, service: &Service) -> Result<Vec<Partition>, ReadError> {
        let state = self.state();
        Ok(state.commits.keys().filter(|p| p.service == *service).cloned().collect())
    }

    async fn follow(
        &self,
        service: &Service,
        after: Positions,
    ) -> Result<BoxStream<'static, Result<Followed, ReadError>>, ReadError> {
        let (journal, service) = (self.clone(), service.clone());
        let start = (journal, service, after, self.changed.subscribe(), true);
        let pages = futures::stream::unfold(
            start,
            |(journal, service, mut after, mut changed, first)| async move {
                if !first {
                    changed.changed().await.ok()?;
                }
                journal.take_time().await;
                changed.mark_unchanged();
                let news = journal.news(&service, &mut after);
                let mut page: Vec<_> = news
                    .into_iter()
                    .map(|(partition, commit)| Ok(Followed::Commit(partition, commit)))
                    .collect();
                if first {
                    page.push(Ok(Followed::CaughtUp));
                }
                let next = (journal, service, after, changed, false);
                Some((futures::stream::iter(page), next))
            },
        );
        Ok(pages.flatten().boxed())
    }

    fn shared(&self) -> bool {
        true
    }
}
