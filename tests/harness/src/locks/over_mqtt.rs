//! Simulated locks behind a real broker.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS, SubscribeFilter};
use serde_json::json;
use tokio::task::JoinHandle;

use super::{Change, SimLock, SimLocks};

/// How often the locks are looked at.
const EVERY: Duration = Duration::from_millis(5);

/// Locks that run until this is dropped.
pub struct LocksOverMqtt {
    locks: Arc<Mutex<SimLocks>>,
    log: Arc<Mutex<String>>,
    began: Instant,
    task: JoinHandle<()>,
}

impl Drop for LocksOverMqtt {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl LocksOverMqtt {
    /// What each lock holds now, but for the staff's, by its topic.
    pub fn held(&self) -> BTreeMap<String, BTreeMap<u16, String>> {
        let locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        let ours = |lock: &SimLock| {
            let held = lock.holds().iter().filter(|(slot, _)| **slot != 1);
            (lock.topic().to_owned(), held.map(|(slot, it)| (*slot, it.clone())).collect())
        };
        locks.locks().iter().map(ours).collect()
    }

    /// When each lock began and ceased to hold a code, one JSON object a line, as the auditor reads it.
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at, or changes, the locks.
    pub fn with<R>(&self, look: impl FnOnce(&mut SimLocks) -> R) -> R {
        look(&mut self.locks.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Milliseconds since they began: the time by which they are away.
    pub fn now(&self) -> i64 {
        millis(self.began)
    }
}

#[expect(clippy::disallowed_methods, reason = "a lock has a clock of its own")]
fn write_down(log: &Mutex<String>, changes: Vec<Change>) {
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    for Change { lock, slot, holds } in changes {
        let at = Timestamp::now().to_string();
        let line = json!({ "lock": lock, "slot": slot, "holds": holds, "at": at });
        log.push_str(&format!("{line}\n"));
    }
}

fn millis(began: Instant) -> i64 {
    i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX)
}

/// A broker keeps a queue for each filter: so many locks are heard by levels instead.
fn filters(locks: &[SimLock]) -> BTreeSet<String> {
    const MANY: usize = 100;
    let topics = locks.iter().flat_map(SimLock::hears);
    if locks.len() <= MANY {
        return topics.collect();
    }
    let by_levels = |topic: String| {
        let mut levels: Vec<_> = topic.split('/').map(|_| "+").collect();
        if let (Some(last), Some((_, word))) = (levels.last_mut(), topic.rsplit_once('/')) {
            *last = word;
            return levels.join("/");
        }
        topic
    };
    topics.map(by_levels).collect()
}

/// Connects locks to a broker on this machine; they listen when this returns.
///
/// # Errors
/// If the broker does not take them.
pub async fn over_mqtt(port: u16, locks: SimLocks) -> Result<LocksOverMqtt> {
    let topics = filters(locks.locks());
    let name = format!("locks-{}", uuid::Uuid::now_v7().simple());
    let mut options = MqttOptions::new(name, "127.0.0.1", port);
    options.set_max_packet_size(256 * 1024, 256 * 1024);
    let (client, mut events) = AsyncClient::new(options, 50_000);
    let filters = topics.iter().map(|topic| SubscribeFilter::new(topic.clone(), QoS::AtLeastOnce));
    let filters: Vec<_> = filters.collect();
    let mut wanted = 0;
    for some in filters.chunks(200) {
        client.subscribe_many(some.iter().cloned()).await?;
        wanted += 1;
    }
    let all = async {
        while wanted > 0 {
            if let Event::Incoming(Packet::SubAck(_)) = events.poll().await? {
                wanted -= 1;
            }
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(Duration::from_secs(30), all).await.context("the broker is silent")??;
    let (locks, began) = (Arc::new(Mutex::new(locks)), Instant::now());
    let log = Arc::<Mutex<String>>::default();
    let (of_task, written) = (locks.clone(), log.clone());
    let task = tokio::spawn(async move {
        let mut every = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                _ = every.tick() => {}
                event = events.poll() => match event {
                    Ok(Event::Incoming(Packet::Publish(said))) => {
                        let mut locks = of_task.lock().unwrap_or_else(PoisonError::into_inner);
                        locks.send(millis(began), &said.topic, &said.payload);
                    }
                    Ok(_) => {}
                    // The broker is away; the client connects again by itself.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
            let (said, changes) = {
                let mut locks = of_task.lock().unwrap_or_else(PoisonError::into_inner);
                (locks.advance(millis(began)), locks.take_changes())
            };
            write_down(&written, changes);
            for (topic, payload) in said {
                // As the bridges do: the list of a nuki_hub is kept by the broker.
                let _ =
                    client.try_publish(&topic, QoS::AtMostOnce, topic.ends_with("/json"), payload);
            }
        }
    });
    Ok(LocksOverMqtt { locks, log, began, task })
}
