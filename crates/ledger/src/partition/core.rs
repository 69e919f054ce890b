//! A partition's present, without any waiting: replaying commits, and deciding on top of them.
//!
//! Everything here is synchronous and touches only memory, so that the writer around it can be read
//! as a sequence of steps, and replay runs the very code that production runs.

use std::collections::HashMap;

use dugnad_journal::{Hash, Partition, ReadError, Stored};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    alarm::alarm,
    commit::{Commit, Digest, Draft, Parked, Reached, Record, RecordRef},
    model::{Caller, Context, ForeignEvent, Model, RequestId, Source},
    partition::batch::Drafts,
    receipts::Receipts,
};

/// What replay and decisions have made of the journal so far.
pub(crate) struct Core<M: Model> {
    pub(crate) partition: Partition,
    pub(crate) state: M::State,
    /// The last commit known to be in the journal.
    pub(crate) durable: u64,
    pub(crate) hash: Hash,
    /// When the last record was made.
    pub(crate) last_at: Timestamp,
    pub(crate) receipts: Receipts,
    pub(crate) reached: HashMap<Partition, Reached>,
    pub(crate) parked: Vec<Parked<M::Command>>,
    /// The record being encoded; kept for its allocation.
    scratch: Vec<u8>,
}

/// One foreign event and what came of it.
#[derive(Debug)]
pub(crate) struct Reaction<M: Model> {
    pub(crate) request: Uuid,
    pub(crate) events: Vec<M::Event>,
    pub(crate) reached: Option<Reached>,
    pub(crate) parked: Vec<Parked<M::Command>>,
    pub(crate) settled: Vec<(Source, u32)>,
}

/// A commit read and decoded, not yet part of the state.
pub(crate) struct Decoded<M: Model> {
    number: u64,
    hash: Hash,
    commit: Commit<Record<M::Event, M::Command>>,
}

/// Decodes a page: half the work of replay, and free of the state, so that it can run ahead.
///
/// # Errors
/// Names the commit that does not decode.
pub(crate) fn decode<M: Model>(
    partition: &Partition,
    page: &[Stored],
) -> Result<Vec<Decoded<M>>, ReadError> {
    let decode = |stored: &Stored| {
        let commit = Commit::read(&stored.body)
            .map_err(|e| damaged(partition, stored.number, &format!("does not decode: {e}")))?;
        Ok(Decoded { number: stored.number, hash: stored.hash(), commit })
    };
    page.iter().map(decode).collect()
}

fn damaged(partition: &Partition, number: u64, what: &str) -> ReadError {
    ReadError::Damaged { partition: partition.clone(), number, what: what.to_owned() }
}

/// A record past what one commit can take.
#[derive(Debug)]
pub(crate) struct TooLarge(pub(crate) usize);

impl<M: Model> Core<M> {
    pub(crate) fn new(partition: Partition, receipts: usize) -> Self {
        Self {
            partition,
            state: M::State::default(),
            durable: 0,
            hash: Hash::NONE,
            last_at: Timestamp::UNIX_EPOCH,
            receipts: Receipts::new(receipts),
            reached: HashMap::new(),
            parked: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Takes in decoded commits that follow on what is known.
    ///
    /// # Errors
    /// Names the commit that does not hang on the one before.
    pub(crate) fn replay(&mut self, page: Vec<Decoded<M>>) -> Result<(), ReadError> {
        for Decoded { number, hash, commit } in page {
            if commit.number != self.durable + 1 || number != commit.number {
                return Err(damaged(&self.partition, number, "is not the next number"));
            }
            if commit.before != self.hash {
                return Err(damaged(&self.partition, number, "does not follow on the one before"));
            }
            for record in commit.records {
                self.take(record, number);
            }
            self.durable = number;
            self.hash = hash;
        }
        Ok(())
    }

    fn take(&mut self, record: Record<M::Event, M::Command>, number: u64) {
        for event in &record.events {
            M::evolve(&mut self.state, event);
        }
        if let (Some(digest), Ok(id)) = (record.digest, RequestId::new(record.request_id)) {
            self.receipts.keep(id, number, digest, record.at);
        }
        self.last_at = self.last_at.max(record.at);
        self.follow(record.reached, record.parked, &record.settled);
    }

    fn follow(
        &mut self,
        reached: Option<Reached>,
        parked: Vec<Parked<M::Command>>,
        settled: &[(Source, u32)],
    ) {
        if let Some(reached) = reached {
            self.reached.insert(reached.partition.clone(), reached);
        }
        self.parked
            .retain(|p| !settled.iter().any(|(s, i)| *s == p.source && *i == p.command_index));
        self.parked.extend(parked);
    }

    /// Encodes a record into the open draft. Its events are made part of the state by the caller.
    ///
    /// # Errors
    /// When no commit could take it; nothing was written then.
    pub(crate) fn write(
        &mut self,
        drafts: &mut Drafts<'_, M>,
        record: &RecordRef<'_, M::Event, M::Command>,
    ) -> Result<u64, TooLarge> {
        self.scratch.clear();
        rmp_serde::encode::write_named(&mut self.scratch, record)
            .expect("events encode: they are plain data");
        if self.scratch.len() > Draft::MOST {
            return Err(TooLarge(self.scratch.len()));
        }
        self.last_at = self.last_at.max(record.at);
        Ok(drafts.push(&self.scratch))
    }

    /// Makes the events of a caller's request part of the state, and remembers the request.
    pub(crate) fn accept(
        &mut self,
        id: RequestId,
        digest: Digest,
        number: u64,
        events: &[M::Event],
    ) {
        for event in events {
            M::evolve(&mut self.state, event);
        }
        self.receipts.keep(id, number, digest, self.last_at);
    }

    /// Decides what the ledger itself asks (timers, followers), and makes it part of the state.
    ///
    /// # Errors
    /// The rule that says no.
    pub(crate) fn decide_own(
        &mut self,
        now: Timestamp,
        request: Uuid,
        command: M::Command,
    ) -> Result<Vec<M::Event>, M::Refusal> {
        let caller = Caller { tenant: self.partition.tenant.clone(), id: Uuid::nil() };
        let events = M::decide(&self.state, &Context { now, caller, request }, command)?;
        for event in &events {
            M::evolve(&mut self.state, event);
        }
        Ok(events)
    }

    /// Decides all that one foreign event calls for; evolves a step at a time so that each command
    /// sees what the one before did.
    pub(crate) fn react(
        &mut self,
        now: Timestamp,
        event: &ForeignEvent<M::Foreign>,
        reached: Reached,
    ) -> Reaction<M> {
        let source = &event.source;
        let name = format!("{}/{}/{}", source.partition, source.number, source.index);
        let request = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        let mut reaction = Reaction {
            request,
            events: Vec::new(),
            reached: Some(reached),
            parked: Vec::new(),
            settled: Vec::new(),
        };
        for (index, command) in (0_u32..).zip(M::react(&self.state, event)) {
            let id = Uuid::new_v5(&request, &index.to_be_bytes());
            match self.decide_own(now, id, command.clone()) {
                Ok(events) => reaction.events.extend(events),
                Err(refusal) => match M::park(&refusal) {
                    Some(patience) => reaction.parked.push(Parked {
                        source: source.clone(),
                        command_index: index,
                        command,
                        until: now + patience,
                    }),
                    None => self.tell_refused(source, &refusal, &mut reaction.events),
                },
            }
        }
        self.follow(reaction.reached.clone(), reaction.parked.clone(), &[]);
        reaction
    }

    /// Tries a parked command again. `None`: it still waits.
    pub(crate) fn retry(
        &mut self,
        now: Timestamp,
        parked: &Parked<M::Command>,
    ) -> Option<Reaction<M>> {
        let source = &parked.source;
        let name = format!(
            "{}/{}/{}/{}",
            source.partition, source.number, source.index, parked.command_index
        );
        let request = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        let mut events = Vec::new();
        match self.decide_own(now, request, parked.command.clone()) {
            Ok(decided) => events = decided,
            Err(refusal) if now < parked.until && M::park(&refusal).is_some() => return None,
            Err(refusal) => self.tell_refused(source, &refusal, &mut events),
        }
        let settled = vec![(source.clone(), parked.command_index)];
        self.follow(None, Vec::new(), &settled);
        Some(Reaction { request, events, reached: None, parked: Vec::new(), settled })
    }

    fn tell_refused(&mut self, source: &Source, refusal: &M::Refusal, into: &mut Vec<M::Event>) {
        match M::refused(source, refusal) {
            Some(event) => {
                M::evolve(&mut self.state, &event);
                into.push(event);
            }
            None => alarm("refused", &format!("what {source:?} called for was refused: {refusal}")),
        }
    }

    /// Encodes a reaction whose events are part of the state already.
    ///
    /// # Errors
    /// When no commit could take it; the state is then ahead of the journal.
    pub(crate) fn write_reaction(
        &mut self,
        drafts: &mut Drafts<'_, M>,
        now: Timestamp,
        reaction: &Reaction<M>,
    ) -> Result<u64, TooLarge> {
        let record = RecordRef {
            request_id: reaction.request,
            caller: Uuid::nil(),
            at: now,
            digest: None,
            events: &reaction.events,
            reached: reaction.reached.clone(),
            parked: &reaction.parked,
            settled: &reaction.settled,
        };
        self.write(drafts, &record)
    }
}
