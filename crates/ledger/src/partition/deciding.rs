//! What the writer does with one message: receipts, clock, deadlines, the model's decision.

use std::time::Duration;

use dugnad_journal::{Hash, Link, Partition, Stored};
use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    core::{Reaction, TooLarge},
    message::{Execute, Foreign, Message, Prepared, Sum, Waiting},
    operation::blocking,
    writer::{Stop, Writer},
};
use crate::{
    Accepted, Ask, Error, Outcome,
    alarm::alarm,
    clock,
    commit::{Digest, Reached, RecordRef},
    digest::digest,
    model::{Caller, Context, ForeignCommit, ForeignEvent, Model, RequestId, Source},
    receipts::Known,
};

/// An irrelevant foreign event is not written down one by one: this many commits may be read again.
const UNRECORDED: u64 = 256;

/// An id younger than this is taken for the first try of its request.
const FRESH_MS: i64 = 1000;

impl<M: Model> Writer<M> {
    pub(super) fn handle(&mut self, message: Message<M>) {
        match message {
            Message::Execute(execute) => self.execute(execute),
            Message::Look(mut question) => {
                if question.abandoned() {
                } else if passed(question.deadline()) {
                    question.answer(Some(Error::Expired));
                } else if let Some(why) = &self.away {
                    question.answer(Some(Error::Unavailable(why.clone())));
                } else {
                    question.look(&self.core.state, self.now());
                    self.batches.wait(Waiting::Look(question));
                }
            }
            Message::Digest(reply) => {
                if let Some(why) = &self.away {
                    return drop(reply.send(Err(Error::Unavailable(why.clone()))));
                }
                let position = self.batches.close(self.last_launched());
                let digest = blocking(|| digest(&self.core.state));
                let taken = Some((position, digest));
                self.batches.wait(Waiting::Look(Box::new(Sum { taken, reply })));
            }
            Message::Reached(reply) => {
                let _ = reply.send(self.core.reached.values().cloned().collect());
            }
        }
    }

    fn execute(&mut self, execute: Execute<M>) {
        if execute.reply.is_closed() {
            return;
        }
        if passed(execute.deadline) {
            return execute.fail(Error::Expired);
        }
        if let Some(why) = self.away.clone().or_else(|| self.clock_fault()) {
            return execute.fail(Error::Unavailable(why));
        }
        let now = self.now();
        let prepared: Vec<_> = execute
            .asks
            .iter()
            .map(|(ask, digest)| self.decide(now, &execute.caller, ask, *digest))
            .collect();
        self.tally.add(&prepared);
        self.batches.wait(Waiting::Execute(execute, prepared));
    }

    fn decide(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        ask: &Ask<M::Command>,
        digest: Digest,
    ) -> Prepared<M> {
        let id = ask.request_id;
        let refused = match self.core.receipts.look(id, digest, now) {
            Known::New => None,
            Known::Repeat(position) => return Prepared::Repeat(position),
            Known::OtherBody => Some(Error::OtherBody(id)),
            Known::TooOld => Some(Error::TooOld(id)),
            Known::FromTheFuture => Some(Error::FromTheFuture(id)),
        };
        Prepared::Done(match refused {
            Some(error) => Err(error),
            None => self.decide_new(now, caller, ask, digest),
        })
    }

    fn decide_new(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        ask: &Ask<M::Command>,
        digest: Digest,
    ) -> Outcome<M> {
        let request = ask.request_id.uuid();
        let cx = Context { now, caller: caller.clone(), request };
        let decided = M::decide(&self.core.state, &cx, ask.command.clone());
        if decided.as_ref().map_or(true, Vec::is_empty) {
            self.fence_off_earlier_tries(now, ask.request_id);
        }
        let events = decided.map_err(Error::Refused)?;
        if events.is_empty() {
            return Ok(Accepted { position: self.core.durable, at: now, events: [].into() });
        }
        let record = RecordRef {
            request_id: request,
            caller: caller.id,
            at: now,
            digest: Some(digest),
            events: &events,
            reached: None,
            parked: &[],
            settled: &[],
        };
        let mut drafts = self.batches.drafts(self.last_launched(), &self.shared.room);
        let position = self
            .core
            .write(&mut drafts, &record)
            .map_err(|TooLarge(bytes)| Error::TooLarge { bytes })?;
        self.core.accept(ask.request_id, digest, position, &events);
        Ok(Accepted { position, at: now, events: events.into() })
    }

    /// On a shared journal an earlier try of a request may still be on its way there from another
    /// process, perhaps a dead one, and would land after "refused" was said. An id that is not fresh
    /// may have been tried before: then the answer rides with a commit, though an empty one, and
    /// what was sent on the position before cannot land any more.
    fn fence_off_earlier_tries(&mut self, now: Timestamp, id: RequestId) {
        let age = now.as_millisecond() - id.millis();
        if self.shared.journal.shared() && age > FRESH_MS {
            self.batches.fence();
        }
    }

    /// Takes in a commit of another service, and first any before it that were not taken in yet.
    ///
    /// # Errors
    /// When one cannot be taken in: skipping it would be worse than stopping.
    pub(super) async fn take_in(&mut self, foreign: Foreign) -> Result<(), Stop> {
        let Foreign { from, commit } = foreign;
        loop {
            let next = self.core.reached.get(&from).map_or(0, |reached| reached.number) + 1;
            if commit.number <= next {
                break;
            }
            let missed = self.read_until_there(&from, next).await?;
            if missed.first().is_none_or(|first| first.number != next) {
                return Err(another_history(&from, next));
            }
            for missed in missed.into_iter().filter(|missed| missed.number < commit.number) {
                self.take_in_next(&from, missed)?;
            }
        }
        self.take_in_next(&from, commit)
    }

    fn take_in_next(&mut self, from: &Partition, stored: Stored) -> Result<(), Stop> {
        let number = stored.number;
        let hash = stored.hash();
        let link = Link::read(&stored.body).map_err(|e| unreadable(from, number, &e))?;
        let first = match self.core.reached.get(from) {
            Some(reached) if number < reached.number => return Ok(()),
            Some(reached) if number == reached.number && hash == reached.hash => reached.events,
            Some(reached) if number == reached.number + 1 && link.before == reached.hash => 0,
            None if number == 1 && link.before == Hash::NONE => 0,
            _ => return Err(another_history(from, number)),
        };
        let events = M::read_foreign(&from.service, &ForeignCommit(&stored.body))
            .map_err(|e| unreadable(from, number, &e))?;
        let now = self.now();
        let mut taken = 0;
        let mut wrote = false;
        for (at, event) in events {
            let source = Source { partition: from.clone(), number, hash, index: taken };
            taken += 1;
            if source.index >= first {
                wrote |= self.react(now, &ForeignEvent { source, at, event })?;
            }
        }
        wrote |=
            self.reach(now, Reached { partition: from.clone(), number, hash, events: taken })?;
        wrote |= self.retry_parked(now)?;
        if wrote {
            self.batches.wait(Waiting::Foreign(Foreign { from: from.clone(), commit: stored }));
        }
        Ok(())
    }

    /// Whether anything came of it.
    fn react(&mut self, now: Timestamp, event: &ForeignEvent<M::Foreign>) -> Result<bool, Stop> {
        let Source { partition, number, hash, index } = event.source.clone();
        let reached = Reached { partition, number, hash, events: index + 1 };
        let reaction = self.core.react(now, event, reached);
        if reaction.events.is_empty() && reaction.parked.is_empty() {
            return Ok(false);
        }
        self.write_reaction(now, &reaction)
    }

    /// Notes a commit as taken in; on disk only now and then when nothing came of it.
    fn reach(&mut self, now: Timestamp, reached: Reached) -> Result<bool, Stop> {
        self.core.reached.insert(reached.partition.clone(), reached.clone());
        if !reached.number.is_multiple_of(UNRECORDED) {
            return Ok(false);
        }
        let name = format!("reached {}/{}", reached.partition, reached.number);
        self.write_reaction(
            now,
            &Reaction {
                request: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()),
                events: Vec::new(),
                reached: Some(reached),
                parked: Vec::new(),
                settled: Vec::new(),
            },
        )
    }

    fn retry_parked(&mut self, now: Timestamp) -> Result<bool, Stop> {
        let mut wrote = false;
        for parked in self.core.parked.clone() {
            if let Some(reaction) = self.core.retry(now, &parked) {
                wrote |= self.write_reaction(now, &reaction)?;
            }
        }
        Ok(wrote)
    }

    fn write_reaction(&mut self, now: Timestamp, reaction: &Reaction<M>) -> Result<bool, Stop> {
        let mut drafts = self.batches.drafts(self.last_launched(), &self.shared.room);
        self.core.write_reaction(&mut drafts, now, reaction).map(|_| true).map_err(
            |TooLarge(bytes)| {
                let what = "a reaction past the limit of one commit";
                Stop(format!("{what}: {bytes} bytes of events"))
            },
        )
    }

    /// Runs what is due. A timer that led to nothing is tried again in a second, not at once for ever.
    pub(super) fn tick(&mut self) -> Result<(), Stop> {
        if !self.run_due()? {
            self.quiet_until = Some(Instant::now() + Duration::from_secs(1));
        }
        Ok(())
    }

    /// The model's own deadline, and what was parked long enough. Whether anything came of it.
    fn run_due(&mut self) -> Result<bool, Stop> {
        if self.away.is_some() || self.clock_fault().is_some() {
            return Ok(false);
        }
        let now = self.now();
        let retried = self.retry_parked(now)?;
        let due = M::deadline(&self.core.state).filter(|due| *due <= now);
        let (Some(due), Some(command)) = (due, M::tick()) else { return Ok(retried) };
        // Several may ride in one commit, due at the same time: each names things of its own.
        self.ticks += 1;
        let (last, ticks) = (self.last_launched(), self.ticks);
        let name = format!("tick {}/{last}/{due}/{ticks}", self.core.partition);
        let request = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        match self.core.decide_own(now, request, command) {
            Ok(events) if events.is_empty() => Ok(retried),
            Ok(events) => {
                let (reached, parked, settled) = (None, Vec::new(), Vec::new());
                self.write_reaction(now, &Reaction { request, events, reached, parked, settled })
            }
            Err(refusal) => {
                alarm("timer", &format!("the timer due at {due} was refused: {refusal}"));
                Ok(retried)
            }
        }
    }

    /// When to look at the timers next.
    pub(super) fn wake(&self) -> Instant {
        let parked = self.core.parked.iter().map(|parked| parked.until);
        let due = M::deadline(&self.core.state).into_iter().chain(parked).min();
        let far = Instant::now() + Duration::from_secs(3600);
        let Some(due) = due else { return far };
        let left =
            Duration::try_from(due.duration_since(self.shared.clock.now())).unwrap_or_default();
        let at = Instant::now().checked_add(left).unwrap_or(far).min(far);
        self.quiet_until.map_or(at, |quiet| at.max(quiet))
    }

    /// Time as the rules see it: never before the partition's last record.
    fn now(&self) -> Timestamp {
        clock::now(&*self.shared.clock).max(self.core.last_at)
    }

    /// Why the clock cannot be trusted, if it cannot.
    pub(super) fn clock_fault(&self) -> Option<String> {
        let wall = self.shared.clock.now();
        let last = self.core.last_at;
        if last.duration_since(wall) > clock::TOLERANCE {
            return Some(format!("the clock says {wall}, but the last record was made at {last}"));
        }
        self.shared.skew.get()
    }
}

fn passed(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| deadline <= Instant::now())
}

fn another_history(from: &Partition, number: u64) -> Stop {
    Stop(format!(
        "commit {number} of {from} does not follow on what was taken in before: the sender was \
         restored from a copy, or is another one"
    ))
}

fn unreadable(from: &Partition, number: u64, e: &dyn std::error::Error) -> Stop {
    Stop(format!("commit {number} of {from}: {e}"))
}
