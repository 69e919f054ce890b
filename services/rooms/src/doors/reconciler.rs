//! What to tell a lock, what to ask it, and when to believe it. No I/O and no clock in here.
//!
//! A bridge answers a command with what it hopes, messages are late or come twice, and a lock that is
//! away gets old commands when it is back. So:
//!
//! * Only an answer counts that came after a question, asked [`Pace::settle`] after the last command:
//!   by then the command's own echo has passed.
//! * A slot counts as empty only when no command to set it can still be under way: the lock was heard
//!   a `settle` after the last one, and another `settle` has gone by since.
//! * After a restart nothing is known: it is asked first, and both waits begin anew.
//!
//! What does not come about is tried again with a longer and longer pause, jittered; after
//! [`Pace::tries`] somebody is told, and it goes on seldom, or when the lock is heard again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dugnad_events::{CodeId, DoorId, rooms::Said};
use jiff::{SignedDuration, Timestamp};

use super::bridge::Heard;
use crate::model::door::{CodeWork, Step, Want};

/// How patient it is.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Twice as long as a message may take to or from a lock that is there.
    pub settle: SignedDuration,
    /// How long an answer is waited for.
    pub answer: SignedDuration,
    /// The first pause; each next is twice as long.
    pub pause: SignedDuration,
    /// How often it is tried until somebody is told.
    pub tries: u32,
    /// How often it is tried after that.
    pub seldom: SignedDuration,
}

impl Pace {
    /// For locks that take up to `settle` for a command and its answer.
    #[must_use]
    pub fn of(settle: SignedDuration) -> Self {
        let (answer, pause) = (settle / 4, settle / 4);
        Self { settle, answer, pause, tries: 3, seldom: settle * 15 }
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    /// The lock is to hold the code.
    Set { work: CodeWork, known: Vec<u64> },
    /// The lock is to let go of it.
    Clear { door: DoorId, slot: u16, known: Vec<u64> },
    /// The lock is to say what is in the slot.
    Read { door: DoorId, slot: u16 },
    /// The ledger is to be told.
    Step { code: CodeId, step: Step },
    /// A lock said something of a slot that nothing was wanted of.
    Unasked { door: DoorId, slot: u16, said: Said },
}

/// All locks of a municipality, and the codes that are not as they should be.
#[derive(Debug)]
pub(super) struct Reconciler {
    pace: Pace,
    random: fastrand::Rng,
    locks: HashMap<DoorId, Lock>,
    jobs: HashMap<CodeId, Job>,
    by_slot: HashMap<(DoorId, u16), CodeId>,
    wake: BTreeSet<(Timestamp, CodeId)>,
}

#[derive(Debug, Default)]
struct Lock {
    reads_first: bool,
    heard: Option<Timestamp>,
    slots: BTreeMap<u16, Slot>,
}

/// What is known of a slot since the start.
#[derive(Debug, Default)]
struct Slot {
    /// What the lock said last, and its own names of what it holds; `None`: not heard since the last
    /// command.
    said: Option<(Said, Vec<u64>)>,
    /// Whether it was worked on since the start.
    begun: bool,
    /// A command to set it that may still be under way.
    loose: Option<Loose>,
}

#[derive(Clone, Copy, Debug)]
struct Loose {
    sent: Timestamp,
    /// When the lock was first heard a `settle` after that.
    heard: Option<Timestamp>,
}

#[derive(Debug)]
struct Job {
    work: CodeWork,
    phase: Phase,
    tries: u32,
    said: Said,
    at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// To be begun, or begun again.
    New,
    /// To be asked, for nothing is known of what came before.
    Unknown,
    /// The lock was told.
    Told,
    /// The lock was asked; whether it had been told before.
    Asked { told: bool },
    /// The ledger was told.
    Recorded,
}

impl Reconciler {
    pub(super) fn new(pace: Pace, seed: u64) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        let (locks, jobs) = (HashMap::new(), HashMap::new());
        Self { pace, random, locks, jobs, by_slot: HashMap::new(), wake: BTreeSet::new() }
    }

    /// Which locks there are, and whether each is to be read before it is told anything.
    pub(super) fn locks(&mut self, all: impl Iterator<Item = (DoorId, bool)>) {
        let mut before = std::mem::take(&mut self.locks);
        for (door, reads_first) in all {
            let lock = before.remove(&door).unwrap_or_default();
            self.locks.insert(door, Lock { reads_first, ..lock });
        }
    }

    /// What is wanted now: all of it. `O(codes)`.
    pub(super) fn want(&mut self, now: Timestamp, codes: Vec<CodeWork>) {
        let mut before = std::mem::take(&mut self.jobs);
        self.by_slot.clear();
        self.wake.clear();
        for work in codes {
            let code = work.code;
            let job = match before.remove(&code) {
                Some(job) => self.again(now, job, work),
                None => self.begin(now, work),
            };
            self.by_slot.insert((job.work.door, job.work.slot), code);
            self.wake.insert((job.at, code));
            self.jobs.insert(code, job);
        }
    }

    fn begin(&mut self, now: Timestamp, work: CodeWork) -> Job {
        let lock = self.locks.entry(work.door).or_default();
        let unsent = work.want == Want::Set { unsent: true };
        let slot = lock.slots.entry(work.slot).or_default();
        let known = std::mem::replace(&mut slot.begun, true);
        let (phase, at) = if unsent || known {
            (Phase::New, now)
        } else {
            // Somebody before us may have sent anything just now.
            slot.loose = Some(Loose { sent: now, heard: None });
            (Phase::Unknown, now + self.pace.settle)
        };
        // What is not to be there is told to go at once; what it says to that is looked at later.
        let at = if work.want == Want::Gone { now } else { at };
        Job { work, phase, tries: 0, said: Said::Nothing, at }
    }

    /// A job goes on as it was, or begins anew if something else is wanted.
    fn again(&mut self, now: Timestamp, job: Job, work: CodeWork) -> Job {
        let told_somebody = CodeWork { suspended: true, ..job.work.clone() };
        if work == job.work || work == told_somebody {
            return Job { work, ..job };
        }
        let resumed = job.work.suspended && !work.suspended;
        let tries = if resumed || job.work.want != work.want { 0 } else { job.tries };
        Job { work, phase: Phase::New, tries, at: now, said: job.said }
    }

    /// What is to be done by the clock.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Act> {
        let mut acts = Vec::new();
        while let Some((at, code)) = self.wake.first().copied().filter(|(at, _)| *at <= now) {
            self.wake.remove(&(at, code));
            let Some(mut job) = self.jobs.remove(&code) else { continue };
            self.turn(now, &mut job, &mut acts);
            // Never twice at one instant.
            job.at = job.at.max(now + SignedDuration::from_millis(1));
            self.wake.insert((job.at, code));
            self.jobs.insert(code, job);
        }
        acts
    }

    fn turn(&mut self, now: Timestamp, job: &mut Job, acts: &mut Vec<Act>) {
        let (code, door, slot) = (job.work.code, job.work.door, job.work.slot);
        match job.phase {
            Phase::New if job.work.want == (Want::Set { unsent: true }) => {
                acts.push(Act::Step { code, step: Step::Setting });
                job.phase = Phase::New;
                job.at = now + self.pace.answer;
            }
            Phase::New | Phase::Recorded => self.tell(now, job, acts),
            Phase::Unknown if job.work.want == Want::Gone => self.tell(now, job, acts),
            Phase::Unknown | Phase::Told => {
                acts.push(Act::Read { door, slot });
                job.phase = Phase::Asked { told: job.phase == Phase::Told };
                job.at = now + self.pace.answer;
            }
            Phase::Asked { .. } => self.failed(now, job, Said::Nothing, acts),
        }
    }

    fn tell(&mut self, now: Timestamp, job: &mut Job, acts: &mut Vec<Act>) {
        let lock = self.locks.entry(job.work.door).or_default();
        let reads_first = lock.reads_first;
        let slot = lock.slots.entry(job.work.slot).or_default();
        let (door, at) = (job.work.door, job.work.slot);
        if reads_first && slot.said.is_none() {
            acts.push(Act::Read { door, slot: at });
            job.phase = Phase::Asked { told: false };
            job.at = now + self.pace.answer;
            return;
        }
        let known = slot.said.take().map(|(_, known)| known).unwrap_or_default();
        match job.work.want {
            Want::Set { .. } => {
                slot.loose = Some(Loose { sent: now, heard: None });
                acts.push(Act::Set { work: job.work.clone(), known });
            }
            Want::Gone => acts.push(Act::Clear { door, slot: at, known }),
        }
        job.phase = Phase::Told;
        job.at = now + self.pace.settle;
    }

    /// Once more, later; and somebody is told when it was enough.
    fn failed(&mut self, now: Timestamp, job: &mut Job, said: Said, acts: &mut Vec<Act>) {
        let code = job.work.code;
        (job.phase, job.said) = (Phase::New, said);
        job.tries = job.tries.saturating_add(1);
        if job.tries >= self.pace.tries {
            if !job.work.suspended {
                acts.push(Act::Step { code, step: Step::Suspended(said) });
            }
            job.at = now + self.jittered(self.pace.seldom);
        } else {
            job.at = now + self.jittered(self.pace.pause * (1 << (job.tries - 1).min(10)));
        }
    }

    /// Between three quarters and five quarters of it.
    fn jittered(&mut self, pause: SignedDuration) -> SignedDuration {
        let millis = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX / 2);
        SignedDuration::from_millis(millis * 3 / 4 + self.random.i64(0..=millis / 2))
    }

    /// What a lock said, at `now`.
    pub(super) fn hear(&mut self, now: Timestamp, door: DoorId, heard: Vec<Heard>) -> Vec<Act> {
        let mut acts = Vec::new();
        let settle = self.pace.settle;
        let lock = self.locks.entry(door).or_default();
        let silent = lock.heard.is_none_or(|last| now >= last + self.pace.seldom);
        lock.heard = Some(now);
        for loose in lock.slots.values_mut().filter_map(|slot| slot.loose.as_mut()) {
            if loose.heard.is_none() && now >= loose.sent + settle {
                loose.heard = Some(now);
            }
        }
        if silent {
            self.back(now, door);
        }
        for said in heard {
            match said {
                Heard::Slot { slot, said, known } => {
                    self.slot(now, door, slot, said, known, &mut acts);
                }
                Heard::Refused => self.refused(door),
            }
        }
        acts
    }

    /// A lock that was not heard for long is heard: what waits for it need not wait any more.
    fn back(&mut self, now: Timestamp, door: DoorId) {
        let of_door = self.jobs.values().filter(|job| job.work.door == door);
        let waiting = |job: &&Job| job.phase == Phase::New && job.tries > 0;
        let mut codes: Vec<_> = of_door.filter(waiting).map(|job| job.work.code).collect();
        codes.sort_unstable();
        for code in codes {
            let Some(job) = self.jobs.get_mut(&code) else { continue };
            self.wake.remove(&(job.at, code));
            job.at = now;
            self.wake.insert((now, code));
        }
    }

    /// Remembered for whoever is told; the next answer says how it is.
    fn refused(&mut self, door: DoorId) {
        for job in self.jobs.values_mut().filter(|job| job.work.door == door) {
            job.said = Said::Refused;
        }
    }

    fn slot(
        &mut self,
        now: Timestamp,
        door: DoorId,
        slot: u16,
        said: Said,
        known: Vec<u64>,
        acts: &mut Vec<Act>,
    ) {
        let lock = self.locks.entry(door).or_default();
        let reads_first = lock.reads_first;
        let of = lock.slots.entry(slot).or_default();
        let news = of.said.as_ref().is_none_or(|(before, _)| *before != said);
        of.said = Some((said, known));
        let aged = of
            .loose
            .is_none_or(|loose| loose.heard.is_some_and(|heard| now >= heard + self.pace.settle));
        let Some(code) = self.by_slot.get(&(door, slot)).copied() else {
            if news {
                acts.push(Act::Unasked { door, slot, said });
            }
            return;
        };
        let Some(mut job) = self.jobs.remove(&code) else { return };
        self.wake.remove(&(job.at, code));
        if let Phase::Asked { told } = job.phase {
            match (job.work.want, said) {
                (Want::Set { .. }, Said::Holds) if told || !reads_first => {
                    acts.push(Act::Step { code, step: Step::Confirmed });
                    (job.phase, job.at) = (Phase::Recorded, now + self.pace.seldom);
                }
                (Want::Gone, Said::Empty) if aged => {
                    acts.push(Act::Step { code, step: Step::Gone });
                    (job.phase, job.at) = (Phase::Recorded, now + self.pace.answer);
                }
                // It may yet come: to be asked once more when it no longer can.
                (Want::Gone, Said::Empty) => {
                    (job.phase, job.at) = (Phase::Told, now + self.pace.settle);
                }
                // Now it is known what it holds, it can be told.
                _ if !told => self.tell(now, &mut job, acts),
                _ => self.failed(now, &mut job, said, acts),
            }
        }
        self.wake.insert((job.at, code));
        self.jobs.insert(code, job);
    }
}
