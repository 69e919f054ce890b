//! Tailing the global order: one cursor over the whole file, dealt out by partition.

use std::{collections::HashMap, sync::Arc};

use futures::{StreamExt, stream::BoxStream};
use rusqlite::{Connection, OptionalExtension, Row, params};
use tokio::sync::mpsc;

use super::{Shared, error::on_read, file::Partitions, reader::accept};
use crate::{
    Followed, Link, Partition, Positions, ReadError, Service,
    chain::{Chain, ahead, damaged},
};

/// Read at a time: bounds what waits for a slow follower.
const BATCH_BYTES: usize = 1024 * 1024;
/// Batches waiting for a slow follower.
const BATCHES: usize = 2;

type Item = Result<Followed, ReadError>;

pub(super) fn follow(
    shared: Arc<Shared>,
    service: Service,
    after: Positions,
) -> BoxStream<'static, Item> {
    let (items, given) = mpsc::channel(BATCHES);
    tokio::spawn(async move {
        if let Err(error) = run(&shared, service, after, &items).await {
            let _ = items.send(vec![Err(error)]).await;
        }
    });
    let batches = tokio_stream::wrappers::ReceiverStream::new(given);
    batches.flat_map(futures::stream::iter).boxed()
}

/// Until the follower or the journal is gone.
async fn run(
    shared: &Shared,
    service: Service,
    after: Positions,
    items: &mpsc::Sender<Vec<Item>>,
) -> Result<(), ReadError> {
    let mut tip = shared.tips.of(&service);
    let there_at_start = *tip.borrow_and_update();
    let partitions = shared.partitions.clone();
    let mut cursor = shared
        .readers
        .run(move |c| Cursor::begin(c, service, after, partitions, there_at_start))
        .await?;
    let mut caught_up = false;
    loop {
        let until = *tip.borrow_and_update();
        while cursor.next <= until {
            let (batch, moved) = shared.readers.run(move |c| Ok(cursor.batch(c, until))).await?;
            cursor = moved;
            let broken = matches!(batch.last(), Some(Err(_)));
            let gone = !batch.is_empty() && items.send(batch).await.is_err();
            if gone || broken {
                return Ok(());
            }
        }
        if !caught_up && cursor.next > there_at_start {
            caught_up = true;
            if items.send(vec![Ok(Followed::CaughtUp)]).await.is_err() {
                return Ok(());
            }
        }
        tokio::select! {
            changed = tip.changed() => if changed.is_err() { return Ok(()) },
            () = items.closed() => return Ok(()),
        }
    }
}

/// How far a follower is.
struct Cursor {
    service: Service,
    after: Positions,
    partitions: Arc<Partitions>,
    /// By partition id; of this service only. `None`: of another one.
    chains: HashMap<i64, Option<(Partition, Chain)>>,
    /// The next global sequence.
    next: u64,
}

impl Cursor {
    /// At the earliest commit that is not yet seen.
    fn begin(
        connection: &Connection,
        service: Service,
        after: Positions,
        partitions: Arc<Partitions>,
        tip: u64,
    ) -> Result<Self, ReadError> {
        let mut find = connection
            .prepare_cached("SELECT seq FROM commits WHERE partition = ?1 AND number = ?2")
            .map_err(|e| on_read(&e))?;
        let mut seq_of = |id: i64, number: u64| match i64::try_from(number) {
            Ok(number) => {
                find.query_row(params![id, number], |row| row.get::<_, u64>(0)).optional()
            }
            Err(_) => Ok(None),
        };
        // The index alone gave the place: one flipped bit in it, and following would begin too late.
        let mut there = connection
            .prepare_cached(
                "SELECT partition = ?2 AND number = ?3 FROM commits NOT INDEXED WHERE seq = ?1",
            )
            .map_err(|e| on_read(&e))?;
        let mut next = tip.saturating_add(1);
        for partition in partitions.of(&service) {
            let Some(id) = partitions.id(&partition) else { continue };
            let seen = after.get(&partition).copied().unwrap_or(0);
            let first = seen.saturating_add(1);
            match seq_of(id, first).map_err(|e| on_read(&e))? {
                Some(seq) => {
                    let same = there.query_row(params![seq, id, first], |row| row.get(0));
                    if same.optional().map_err(|e| on_read(&e))? != Some(true) {
                        return Err(damaged(&partition, first, "the index names another place"));
                    }
                    next = next.min(seq);
                }
                // A partition is known from its first commit on.
                None if seen == 0 => return Err(damaged(&partition, first, "it is missing")),
                None if seq_of(id, seen).map_err(|e| on_read(&e))?.is_some() => {}
                None => return Err(ahead(&partition, seen)),
            }
        }
        let gone = |(partition, seen): &(&Partition, &u64)| {
            **seen > 0 && partition.service == service && partitions.id(partition).is_none()
        };
        if let Some((partition, seen)) = after.iter().find(gone) {
            return Err(ahead(partition, *seen));
        }
        Ok(Self { service, after, partitions, chains: HashMap::new(), next })
    }

    /// What comes next up to sequence `until`, and the cursor behind it. An `Err` is the last item.
    fn batch(mut self, connection: &Connection, until: u64) -> (Vec<Item>, Self) {
        let mut items = Vec::new();
        if let Err(error) = self.fill(connection, until, &mut items) {
            items.push(Err(error));
        }
        (items, self)
    }

    fn fill(
        &mut self,
        connection: &Connection,
        until: u64,
        items: &mut Vec<Item>,
    ) -> Result<(), ReadError> {
        let failed = |e: rusqlite::Error| on_read(&e);
        // What lies in between is other services': their bodies are not read.
        let mut heads = connection
            .prepare_cached(
                "SELECT seq, partition FROM commits \
                 WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq",
            )
            .map_err(failed)?;
        let mut whole = connection
            .prepare_cached("SELECT partition, number, hash, body FROM commits WHERE seq = ?1")
            .map_err(failed)?;
        let mut rows = heads.query(params![self.next, until]).map_err(failed)?;
        let mut bytes = 0;
        while bytes < BATCH_BYTES && self.next <= until {
            let row = rows.next().map_err(failed)?;
            let seq = row.map(|row| row.get::<_, u64>(0)).transpose().map_err(failed)?;
            let (Some(row), Some(seq)) = (row, seq.filter(|seq| *seq == self.next)) else {
                return Err(ReadError::Broken(format!("commit {} of all is missing", self.next)));
            };
            self.next += 1;
            let id = row.get(1).map_err(failed)?;
            if !self.is_followed(id)? {
                continue;
            }
            let mut found = whole.query(params![seq]).map_err(failed)?;
            let Some(row) = found.next().map_err(failed)? else {
                return Err(ReadError::Broken(format!("commit {seq} of all is missing")));
            };
            if let Some((size, item)) = self.deal(id, row)? {
                bytes += size;
                items.push(Ok(item));
            }
        }
        Ok(())
    }

    /// Whether the partition with this id is of the service.
    fn is_followed(&mut self, id: i64) -> Result<bool, ReadError> {
        if !self.chains.contains_key(&id) {
            let chain = self.chain(id)?;
            self.chains.insert(id, chain);
        }
        Ok(matches!(self.chains.get(&id), Some(Some(_))))
    }

    /// The followed partition's row as an item, if it is not yet seen, and its size.
    fn deal(&mut self, id: i64, row: &Row<'_>) -> Result<Option<(usize, Followed)>, ReadError> {
        let Some(Some((partition, chain))) = self.chains.get_mut(&id) else { return Ok(None) };
        let number: u64 = row.get(1).map_err(|e| on_read(&e))?;
        if number < chain.next() {
            // Seen before, unless a flipped bit made its number smaller: the body knows it too.
            let body = row.get_ref(3).ok().and_then(|body| body.as_blob().ok()).unwrap_or_default();
            return match Link::read(body) {
                Ok(link) if link.number == number => Ok(None),
                _ => Err(damaged(partition, number, "its row names another number")),
            };
        }
        let stored = accept(chain, partition, id, row)?;
        Ok(Some((stored.body.len(), Followed::Commit(partition.clone(), stored))))
    }

    fn chain(&self, id: i64) -> Result<Option<(Partition, Chain)>, ReadError> {
        let Some(partition) = self.partitions.name(id) else {
            return Err(ReadError::Broken(format!("partition {id} has no name")));
        };
        if partition.service != self.service {
            return Ok(None);
        }
        let next = self.after.get(&partition).copied().unwrap_or(0).saturating_add(1);
        Ok(Some((partition, Chain::at(next))))
    }
}
