//! What is said to a lock and what it says, in the format of the bridge before it. Pure.
//!
//! Every topic begins with the municipality's name, so that none reaches another's locks.

mod nuki_hub;
mod zigbee2mqtt;

use std::{fmt, ops::RangeInclusive};

use dugnad_calendar::Interval;
use dugnad_events::rooms::{self, Digits, Said};

use crate::model::door::LockKey;

/// The longest message that is read.
const LONGEST: usize = 256 * 1024;

/// What goes to the broker. `Debug` shows no payload: there may be digits in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Never holds digits.
    pub topic: String,
    /// JSON.
    pub payload: Vec<u8>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, {} bytes)", self.topic, self.payload.len())
    }
}

/// What a lock is to do. `known` are the lock's own names of what it holds in the slot, where it has
/// some.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order<'a> {
    Set { slot: u16, digits: &'a Digits, window: Interval, known: &'a [u64] },
    Clear { slot: u16, known: &'a [u64] },
    Read { slot: u16 },
}

/// What a lock said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// What is in a slot, and the lock's own names of it.
    Slot { slot: u16, said: Said, known: Vec<u64> },
    /// That it, or the bridge, would not do the last thing.
    Refused,
}

/// One lock, spoken to through what stands before it.
pub(super) trait Bridge: Send + Sync {
    /// The topics that it speaks on.
    fn listens(&self) -> Vec<String>;

    /// Whether it must be known what a slot holds before anything is done about it.
    fn reads_first(&self) -> bool;

    /// How it is told. Nothing, where there is nothing to do.
    fn tell(&self, order: Order<'_>) -> Vec<Message>;

    /// What a message of it says; nothing, if it says nothing of slots.
    fn hear(&self, topic: &str, payload: &[u8]) -> Vec<Heard>;
}

/// The lock of a door in the municipality `tenant`.
pub(super) fn bridge(tenant: &str, key: &LockKey) -> Box<dyn Bridge> {
    let lock = &key.lock;
    let (base, slots) = (format!("{tenant}/{}", lock.base), lock.first_slot..=lock.last_slot);
    match lock.bridge {
        rooms::Bridge::Zigbee2mqtt => {
            let topic = format!("{base}/{}", lock.name);
            Box::new(zigbee2mqtt::Zigbee2mqtt { topic, slots })
        }
        rooms::Bridge::NukiHub => {
            Box::new(nuki_hub::NukiHub { base, slots, zone: key.zone.clone() })
        }
    }
}

type Slots = RangeInclusive<u16>;

fn json(payload: &[u8]) -> Option<serde_json::Value> {
    if payload.len() > LONGEST { None } else { serde_json::from_slice(payload).ok() }
}

fn message(topic: String, payload: &serde_json::Value) -> Message {
    Message { topic, payload: payload.to_string().into_bytes() }
}
