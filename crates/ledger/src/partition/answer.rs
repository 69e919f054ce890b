//! Answers that are certain now: from memory, or, for a repeat, read back from the journal.

use std::sync::Arc;

use dugnad_journal::{Journal, Partition};
use uuid::Uuid;

use super::message::{Execute, Prepared};
use crate::{
    Accepted, Error,
    commit::{Commit, Record},
    model::Model,
};

/// Sends what was prepared. Repeats are read from the journal aside, so that nobody waits for them.
pub(super) fn answer<M: Model>(
    journal: &Arc<dyn Journal>,
    partition: &Partition,
    execute: Execute<M>,
    prepared: Vec<Prepared<M>>,
) {
    if prepared.iter().any(|prepared| matches!(prepared, Prepared::Repeat(_))) {
        tokio::spawn(read_back(journal.clone(), partition.clone(), execute, prepared));
        return;
    }
    let outcomes = prepared
        .into_iter()
        .filter_map(|prepared| match prepared {
            Prepared::Done(outcome) => Some(outcome),
            Prepared::Repeat(_) => None,
        })
        .collect();
    // The caller may be gone: what was accepted stays accepted.
    let _ = execute.reply.send(Ok(outcomes));
}

async fn read_back<M: Model>(
    journal: Arc<dyn Journal>,
    partition: Partition,
    execute: Execute<M>,
    prepared: Vec<Prepared<M>>,
) {
    let mut outcomes = Vec::with_capacity(prepared.len());
    for (prepared, (ask, _)) in prepared.into_iter().zip(&execute.asks) {
        let outcome = match prepared {
            Prepared::Done(outcome) => outcome,
            Prepared::Repeat(position) => {
                first_answer::<M>(&*journal, &partition, position, ask.request_id.uuid())
                    .await
                    .map_err(Error::Unavailable)
            }
        };
        outcomes.push(outcome);
    }
    let _ = execute.reply.send(Ok(outcomes));
}

async fn first_answer<M: Model>(
    journal: &dyn Journal,
    partition: &Partition,
    position: u64,
    request: Uuid,
) -> Result<Accepted<M::Event>, String> {
    let page = journal.read(partition, position, 1).await.map_err(|e| e.to_string())?;
    let stored = page.first().filter(|stored| stored.number == position);
    let stored = stored.ok_or_else(|| format!("commit {position} of {partition} is not there"))?;
    let commit = Commit::<Record<M::Event, M::Command>>::read(&stored.body)
        .map_err(|e| format!("commit {position} of {partition} does not decode: {e}"))?;
    commit
        .records
        .into_iter()
        .find(|record| record.request_id == request)
        .map(|record| Accepted { position, at: record.at, events: record.events.into() })
        .ok_or_else(|| format!("request {request} is not in commit {position} of {partition}"))
}
