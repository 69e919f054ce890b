//! One ordered consumer for a whole service, dealt out by subject.
//!
//! Kept true: each number of a partition once, in order, whatever the consumer repeats: it is begun
//! anew after each reconnect, and async-nats may begin it at the stream's start.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_nats::jetstream::{
    self,
    consumer::{DeliverPolicy, pull},
};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use tokio::sync::watch;

use super::{Shared, api::Fault, place, stream};
use crate::{
    Followed, Link, Partition, Positions, ReadError, Service,
    chain::{Chain, ahead, damaged},
};

/// Up to as many positions are looked up to begin at the earliest; past it, at the stream's start.
const LOOKED_UP: usize = 1_000;
/// Lookups at once.
const LOOKUPS: usize = 16;
/// Between two tries to begin the consumer.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(200);

type Item = Result<Followed, ReadError>;

pub(super) async fn follow(
    shared: Arc<Shared>,
    service: Service,
    after: Positions,
) -> Result<BoxStream<'static, Item>, ReadError> {
    let stream = stream::name(&service);
    let there_at_start =
        shared.api.stream_info(&stream).await.map_err(Fault::on_read)?.state.last_seq;
    let next = begin_at(&shared, &stream, &after, there_at_start).await?;
    let connections = shared.connections.clone();
    let follower = Follower {
        shared,
        stream,
        after,
        chains: HashMap::new(),
        next,
        there_at_start: Some(there_at_start),
        connections,
        consumer: None,
        ended: false,
    };
    Ok(futures::stream::unfold(follower, Follower::step).boxed())
}

/// The sequence of the earliest commit not yet seen.
async fn begin_at(
    shared: &Shared,
    stream: &str,
    after: &Positions,
    last: u64,
) -> Result<u64, ReadError> {
    if after.is_empty() || after.len() > LOOKED_UP {
        return Ok(1);
    }
    // Owned, since a stream of futures over borrowed pairs is not `Send` for every lifetime.
    let positions: Vec<(Partition, u64)> = after.iter().map(|(p, n)| (p.clone(), *n)).collect();
    let lookups = positions
        .into_iter()
        .map(|(partition, seen)| async move { unseen_at(shared, &partition, seen).await });
    let end = last.saturating_add(1);
    let earliest = futures::stream::iter(lookups)
        .buffer_unordered(LOOKUPS)
        .try_fold(end, |a, b| std::future::ready(Ok(a.min(b.unwrap_or(end)))))
        .await?;
    let subjects = shared.api.subjects(stream).await.map_err(Fault::on_read)?;
    let seen = |subject: &String| Partition::parse(subject).is_ok_and(|p| after.contains_key(&p));
    Ok(if subjects.iter().all(seen) { earliest } else { 1 })
}

/// The sequence of the commit after `seen`, if it is there.
async fn unseen_at(
    shared: &Shared,
    partition: &Partition,
    seen: u64,
) -> Result<Option<u64>, ReadError> {
    if let Some(message) = place::find(shared, partition, seen.saturating_add(1)).await? {
        return Ok(Some(message.sequence));
    }
    if seen > 0 && place::find(shared, partition, seen).await?.is_none() {
        return Err(ahead(partition, seen));
    }
    Ok(None)
}

struct Follower {
    shared: Arc<Shared>,
    stream: String,
    after: Positions,
    /// By subject.
    chains: HashMap<String, (Partition, Chain)>,
    /// The next stream sequence.
    next: u64,
    /// Where `CaughtUp` is due; `None` once it was given.
    there_at_start: Option<u64>,
    connections: watch::Receiver<u64>,
    consumer: Option<pull::Ordered>,
    ended: bool,
}

impl Follower {
    async fn step(mut self) -> Option<(Item, Self)> {
        if self.ended {
            return None;
        }
        let item = self.item().await;
        self.ended = item.is_err();
        Some((item, self))
    }

    async fn item(&mut self) -> Item {
        loop {
            if self.there_at_start.is_some_and(|last| self.next > last) {
                self.there_at_start = None;
                return Ok(Followed::CaughtUp);
            }
            let Some(message) = self.message().await? else { continue };
            if let Some(item) = self.deal(&message)? {
                return Ok(item);
            }
        }
    }

    /// The consumer's next message; `None` if it has to be begun anew.
    async fn message(&mut self) -> Result<Option<jetstream::Message>, ReadError> {
        let Some(consumer) = &mut self.consumer else {
            match self.begin().await? {
                Some(consumer) => self.consumer = Some(consumer),
                None => tokio::time::sleep(TRY_AGAIN_AFTER).await,
            }
            return Ok(None);
        };
        let given = tokio::select! {
            given = consumer.next() => given,
            changed = self.connections.changed() => {
                if changed.is_err() {
                    return Err(ReadError::Unavailable("the connection is closed".into()));
                }
                None
            }
        };
        match given {
            Some(Ok(message)) => return Ok(Some(message)),
            Some(Err(error)) => tracing::debug!(%error, "the consumer is begun anew"),
            None => {}
        }
        self.consumer = None;
        Ok(None)
    }

    /// A new consumer from where we are; `None` while the server is away.
    async fn begin(&mut self) -> Result<Option<pull::Ordered>, ReadError> {
        self.connections.mark_unchanged();
        let last = match self.shared.api.stream_info(&self.stream).await {
            Ok(info) => info.state.last_seq,
            Err(error) => {
                tracing::debug!(?error, "following waits for the server");
                return Ok(None);
            }
        };
        if last.saturating_add(1) < self.next {
            let (stream, seen) = (&self.stream, self.next - 1);
            return Err(ReadError::Broken(format!(
                "the stream {stream} ends at {last}, but {seen} was seen: it was restored to an \
                 earlier moment"
            )));
        }
        let config = pull::OrderedConfig {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: self.next },
            ..Default::default()
        };
        let context = self.shared.api.context();
        let consumer = match context.create_consumer_on_stream(config, &self.stream).await {
            Ok(consumer) => consumer.messages().await.map_err(|e| e.to_string()),
            Err(error) => Err(error.to_string()),
        };
        Ok(consumer.inspect_err(|error| tracing::debug!(%error, "no consumer yet")).ok())
    }

    /// The message as an item, if it was not seen before.
    fn deal(&mut self, message: &jetstream::Message) -> Result<Option<Followed>, ReadError> {
        let broken = |e: String| ReadError::Broken(format!("in {}: {e}", self.stream));
        let info = message.info().map_err(|e| broken(e.to_string()))?;
        self.next = self.next.max(info.stream_sequence.saturating_add(1));
        let subject = message.subject.as_str();
        if !self.chains.contains_key(subject) {
            let partition = Partition::parse(subject).map_err(|e| broken(e.to_string()))?;
            let next = self.after.get(&partition).copied().unwrap_or(0).saturating_add(1);
            self.chains.insert(subject.to_owned(), (partition, Chain::at(next)));
        }
        let Some((partition, chain)) = self.chains.get_mut(subject) else { return Ok(None) };
        let body = &message.payload;
        let number = Link::read(body).map(|link| link.number);
        let number = number.map_err(|_| damaged(partition, chain.next(), "it is no commit"))?;
        if number < chain.next() {
            return Ok(None);
        }
        let stored = chain.accept_body(partition, body.clone())?;
        Ok(Some(Followed::Commit(partition.clone(), stored)))
    }
}
