//! A lock behind nuki_hub. It answers an action with a result, and publishes its list when asked.

use serde_json::{Value, json};

use super::{Said, SimLock};

pub(super) const HEARS: &[&str] = &["lock/keypad/actionJson", "lock/query/keypad"];

pub(super) fn hear(lock: &mut SimLock, (topic, payload): &Said, lies: bool) -> Vec<Said> {
    if topic.ends_with("/query/keypad") {
        return vec![list(lock)];
    }
    let action: Value = serde_json::from_slice(payload).unwrap_or_default();
    let done = lies || act(lock, &action);
    let result = if done { "success" } else { "failed" };
    vec![(format!("{}/lock/keypad/commandResultJson", lock.topic), result.into())]
}

fn act(lock: &mut SimLock, action: &Value) -> bool {
    let id = action["codeId"].as_str().and_then(|id| id.parse::<u64>().ok());
    let slot = action["name"].as_str().and_then(|name| name.strip_prefix('D')?.parse().ok());
    match (action["action"].as_str(), id, slot, action["code"].as_str()) {
        // No two codes are the same on one keypad.
        (Some("add"), _, Some(_), Some(code)) if lock.held.values().any(|it| it == code) => false,
        (Some("add"), _, Some(slot), Some(code)) => {
            lock.next_id += 1;
            lock.ids.insert(lock.next_id, slot);
            lock.held.insert(slot, code.to_owned());
            true
        }
        (Some("update"), Some(id), Some(slot), Some(code)) if lock.ids.contains_key(&id) => {
            lock.held.insert(slot, code.to_owned());
            true
        }
        (Some("delete"), Some(id), ..) => match lock.ids.remove(&id) {
            Some(slot) if !lock.ids.values().any(|it| *it == slot) => {
                lock.held.remove(&slot).is_some()
            }
            Some(_) => true,
            None => false,
        },
        _ => false,
    }
}

fn list(lock: &SimLock) -> Said {
    let entry = |(id, slot): (&u64, &u16)| json!({ "codeId": id, "enabled": 1, "name": format!("D{slot}") });
    let list: Vec<_> = lock.ids.iter().map(entry).collect();
    (format!("{}/lock/keypad/json", lock.topic), Value::from(list).to_string().into_bytes())
}
