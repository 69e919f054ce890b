//! Simulated locks behind a real broker.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS, SubscribeFilter};
use tokio::task::JoinHandle;

use super::{SimLock, SimLocks};

/// How often the locks are looked at.
const EVERY: Duration = Duration::from_millis(5);

/// Locks that run until this is dropped.
pub struct LocksOverMqtt {
    locks: Arc<Mutex<SimLocks>>,
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

    /// Looks at, or changes, the locks.
    pub fn with<R>(&self, look: impl FnOnce(&mut SimLocks) -> R) -> R {
        look(&mut self.locks.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Milliseconds since they began: the time by which they are away.
    pub fn now(&self) -> i64 {
        millis(self.began)
    }
}

fn millis(began: Instant) -> i64 {
    i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX)
}

/// Connects locks to a broker on this machine; they listen when this returns.
///
/// # Errors
/// If the broker does not take them.
pub async fn over_mqtt(port: u16, locks: SimLocks) -> Result<LocksOverMqtt> {
    let topics: Vec<_> = locks.locks().iter().flat_map(SimLock::hears).collect();
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
    let of_task = locks.clone();
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
            let said =
                of_task.lock().unwrap_or_else(PoisonError::into_inner).advance(millis(began));
            for (topic, payload) in said {
                // As the bridges do: the list of a nuki_hub is kept by the broker.
                let _ =
                    client.try_publish(&topic, QoS::AtMostOnce, topic.ends_with("/json"), payload);
            }
        }
    });
    Ok(LocksOverMqtt { locks, began, task })
}
