//! Simulated locks behind their bridges: they hold codes, and lose, delay, repeat and misstate what is
//! said, and go away for a day. The faults follow from a seed and the times of the messages.
//!
//! They speak in topics and payloads, over any wire: [`over_mqtt`] puts them behind a real broker.
//! What a lock truly holds is [`SimLock::holds`].

mod nuki_hub;
mod over_mqtt;
mod zigbee2mqtt;

use std::{collections::BTreeMap, ops::Range};

use crate::sim::Seeded;

pub use over_mqtt::{LocksOverMqtt, over_mqtt};

/// How often each thing goes wrong, in percent.
#[derive(Clone, Copy, Debug)]
pub struct LockFaults {
    /// A message, to or from a lock, is lost.
    pub lost: u64,
    /// It comes twice.
    pub twice: u64,
    /// The longest that one takes, in milliseconds.
    pub slow_ms: u64,
    /// The lock says that it did what it was told, and did not.
    pub lies: u64,
}

impl LockFaults {
    /// Nothing goes wrong, and nothing takes time.
    pub const NONE: Self = Self { lost: 0, twice: 0, slow_ms: 0, lies: 0 };
}

/// In which format a lock speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// zigbee2mqtt: `<topic>/set`, `<topic>/get`, `<topic>`.
    Zigbee2mqtt,
    /// nuki_hub: `<topic>/lock/…`.
    NukiHub,
}

/// One lock behind its bridge.
#[derive(Clone, Debug)]
pub struct SimLock {
    topic: String,
    format: Format,
    /// What it holds: digits by slot.
    held: BTreeMap<u16, String>,
    /// When it is not there, in milliseconds; and whether what is sent meanwhile is kept for it.
    away: Vec<Range<i64>>,
    keeps: bool,
    next_id: u64,
    /// Nuki's own names: slot by name.
    ids: BTreeMap<u64, u16>,
}

impl SimLock {
    /// A lock that speaks on `topic`, and holds a code of the staff's in slot 1.
    pub fn new(topic: &str, format: Format) -> Self {
        let held = [(1, "staff".to_owned())].into();
        let (away, ids) = (Vec::new(), BTreeMap::new());
        Self { topic: topic.to_owned(), format, held, away, keeps: false, next_id: 100, ids }
    }

    /// The same, away then; `keeps`: what is sent meanwhile reaches it when it is back.
    #[must_use]
    pub fn away(mut self, when: Vec<Range<i64>>, keeps: bool) -> Self {
        (self.away, self.keeps) = (when, keeps);
        self
    }

    /// The digits that open, by slot: what the lock truly holds.
    pub fn holds(&self) -> &BTreeMap<u16, String> {
        &self.held
    }

    /// Where it speaks.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The topics that it hears on.
    pub fn hears(&self) -> Vec<String> {
        match self.format {
            Format::Zigbee2mqtt => zigbee2mqtt::HEARS,
            Format::NukiHub => nuki_hub::HEARS,
        }
        .iter()
        .map(|topic| format!("{}/{topic}", self.topic))
        .collect()
    }

    fn is_away(&self, at: i64) -> Option<i64> {
        self.away.iter().find(|when| when.contains(&at)).map(|when| when.end)
    }
}

/// What is said on a topic.
pub type Said = (String, Vec<u8>);

/// That a lock began or ceased to hold a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The lock's topic.
    pub lock: String,
    /// Where in it.
    pub slot: u16,
    /// Whether it holds one now.
    pub holds: bool,
}

/// Many locks and the way to and from them.
pub struct SimLocks {
    locks: Vec<SimLock>,
    hears: BTreeMap<String, usize>,
    faults: LockFaults,
    random: Seeded,
    /// Under way, by when they arrive.
    to_locks: BTreeMap<(i64, u64), (usize, Said)>,
    from_locks: BTreeMap<(i64, u64), Said>,
    /// Messages, in all, so that no two are one.
    count: u64,
    struck: u64,
    /// Messages to locks by topic.
    topics: BTreeMap<String, u64>,
    /// What nobody has taken yet.
    changes: Vec<Change>,
}

impl SimLocks {
    /// Locks whose faults follow from `seed`.
    pub fn new(locks: Vec<SimLock>, seed: u64, faults: LockFaults) -> Self {
        let hears = locks.iter().enumerate();
        let hears = hears.flat_map(|(n, lock)| lock.hears().into_iter().map(move |it| (it, n)));
        Self {
            hears: hears.collect(),
            locks,
            faults,
            random: Seeded::new(seed),
            to_locks: BTreeMap::new(),
            from_locks: BTreeMap::new(),
            count: 0,
            struck: 0,
            topics: BTreeMap::new(),
            changes: Vec::new(),
        }
    }

    /// What locks began and ceased to hold since this was last asked.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// From now on nothing goes wrong.
    pub fn heal(&mut self) {
        self.set_faults(LockFaults::NONE);
    }

    /// From now on this goes wrong.
    pub fn set_faults(&mut self, faults: LockFaults) {
        self.faults = faults;
    }

    /// From now on a lock is away then, and never else; what is sent meanwhile is lost.
    pub fn set_away(&mut self, lock: usize, when: Range<i64>) {
        self.locks[lock].away = vec![when];
    }

    /// The locks, with what each holds.
    pub fn locks(&self) -> &[SimLock] {
        &self.locks
    }

    /// How often something went wrong.
    pub fn struck(&self) -> u64 {
        self.struck
    }

    /// Every topic that anything was sent on.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.keys().map(String::as_str)
    }

    /// How often something was sent on a topic.
    pub fn sent(&self, topic: &str) -> u64 {
        self.topics.get(topic).copied().unwrap_or_default()
    }

    /// Sends to a lock at `now`, in milliseconds; it arrives later, or not at all.
    pub fn send(&mut self, now: i64, topic: &str, payload: &[u8]) {
        *self.topics.entry(topic.to_owned()).or_default() += 1;
        let Some(lock) = self.hears.get(topic).copied() else { return };
        for at in self.arrivals(now) {
            self.count += 1;
            self.to_locks.insert((at, self.count), (lock, (topic.to_owned(), payload.to_vec())));
        }
    }

    /// Lets the time come to `now`, and gives what has arrived from the locks by then.
    pub fn advance(&mut self, now: i64) -> Vec<Said> {
        while let Some(first) = self.to_locks.first_entry().filter(|it| it.key().0 <= now) {
            let ((at, _), (lock, said)) = first.remove_entry();
            self.arrived(at, lock, said);
        }
        let mut arrived = Vec::new();
        while let Some(first) = self.from_locks.first_entry().filter(|it| it.key().0 <= now) {
            arrived.push(first.remove());
        }
        arrived
    }

    fn arrived(&mut self, at: i64, lock: usize, said: Said) {
        if let Some(back) = self.locks[lock].is_away(at) {
            self.struck += 1;
            if self.locks[lock].keeps {
                self.count += 1;
                let late =
                    back + i64::try_from(self.random.below(1 + self.faults.slow_ms)).unwrap_or(0);
                self.to_locks.insert((late, self.count), (lock, said));
            }
            return;
        }
        let lies = self.strikes(self.faults.lies);
        let of = &mut self.locks[lock];
        let before: Vec<u16> = of.held.keys().copied().collect();
        let answers = match of.format {
            Format::Zigbee2mqtt => zigbee2mqtt::hear(of, &said, lies),
            Format::NukiHub => nuki_hub::hear(of, &said, lies),
        };
        let gone = before.iter().filter(|slot| !of.held.contains_key(slot));
        let came = of.held.keys().filter(|slot| !before.contains(slot));
        let change = |slot: &u16, holds| Change { lock: of.topic.clone(), slot: *slot, holds };
        self.changes.extend(gone.map(|slot| change(slot, false)));
        self.changes.extend(came.map(|slot| change(slot, true)));
        for answer in answers {
            for at in self.arrivals(at) {
                self.count += 1;
                self.from_locks.insert((at, self.count), answer.clone());
            }
        }
    }

    /// When copies of a message sent at `now` arrive.
    fn arrivals(&mut self, now: i64) -> Vec<i64> {
        if self.strikes(self.faults.lost) {
            return Vec::new();
        }
        let copies = if self.strikes(self.faults.twice) { 2 } else { 1 };
        let slow = 1 + self.faults.slow_ms;
        (0..copies).map(|_| now + i64::try_from(self.random.below(slow)).unwrap_or(0)).collect()
    }

    fn strikes(&mut self, percent: u64) -> bool {
        let strikes = percent > self.random.below(100);
        self.struck += u64::from(strikes);
        strikes
    }
}
