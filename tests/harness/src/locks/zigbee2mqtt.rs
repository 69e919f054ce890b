//! A lock behind zigbee2mqtt. A `set` is answered with what the bridge hopes; only `get` asks the lock.

use serde_json::{Value, json};

use super::{Said, SimLock};

pub(super) const HEARS: &[&str] = &["set", "get"];

pub(super) fn hear(lock: &mut SimLock, (topic, payload): &Said, lies: bool) -> Vec<Said> {
    let said: Value = serde_json::from_slice(payload).unwrap_or_default();
    let pin = &said["pin_code"];
    let Some(slot) = pin["user"].as_u64().and_then(|slot| u16::try_from(slot).ok()) else {
        return Vec::new();
    };
    if topic.ends_with("/get") {
        return vec![state(lock, slot, lock.held.contains_key(&slot))];
    }
    let digits = pin["pin_code"].as_str().filter(|_| pin["user_enabled"] == true);
    if !lies {
        match digits {
            Some(digits) => lock.held.insert(slot, digits.to_owned()),
            None => lock.held.remove(&slot),
        };
    }
    vec![state(lock, slot, digits.is_some())]
}

fn state(lock: &SimLock, slot: u16, holds: bool) -> Said {
    let status = if holds { "enabled" } else { "available" };
    let slot = slot.to_string();
    let state =
        json!({ "battery": 80, "lock_state": "locked", "users": { slot: { "status": status } } });
    (lock.topic.clone(), state.to_string().into_bytes())
}
