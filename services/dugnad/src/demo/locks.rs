//! A lock for every door, simulated, behind a real MQTT wire: topics and payloads as zigbee2mqtt's.

use anyhow::Result;
use dugnad_harness::{
    Broker,
    locks::{Format, LockFaults, LocksOverMqtt, SimLock, SimLocks, over_mqtt},
};

use super::town::{LOCKS, TENANT, lock};

/// They run until this is dropped.
pub(super) struct Locks {
    broker: Broker,
    locks: LocksOverMqtt,
    silent: Option<usize>,
}

impl Locks {
    pub(super) async fn start(count: usize) -> Result<Self> {
        let broker = Broker::start().await?;
        let topic = |n| format!("{TENANT}/{LOCKS}/{}", lock(n));
        let locks = (0..count).map(|n| SimLock::new(&topic(n), Format::Zigbee2mqtt)).collect();
        let locks = SimLocks::new(locks, 1, LockFaults::NONE);
        let locks = over_mqtt(broker.port(), locks).await?;
        Ok(Self { broker, locks, silent: None })
    }

    /// As `dugnad serve --mqtt` takes it.
    pub(super) fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.broker.port())
    }

    /// From now on the lock of a building does not answer.
    pub(super) fn silence(&mut self, building: usize) {
        self.silent = Some(building);
        self.locks.with(|locks| locks.set_away(building, 0..i64::MAX));
    }

    /// From now on it does again.
    pub(super) fn wake(&mut self) {
        if let Some(building) = self.silent.take() {
            self.locks.with(|locks| locks.set_away(building, 0..0));
        }
    }
}
