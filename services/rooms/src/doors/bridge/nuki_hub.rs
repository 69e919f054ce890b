//! nuki_hub: `<base>/lock/keypad/actionJson`, `/lock/query/keypad`, and the list of the keypad's codes.
//!
//! The lock names codes itself; ours are told by their name, `D<slot>`. It keeps the window of a code,
//! so that one that is not removed in time does not open. The hub publishes so many entries and no
//! more, 10 unless set otherwise: what is not in a list that may be cut is not known to be absent.

use std::collections::BTreeMap;

use dugnad_events::rooms::Said;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::{Bridge, Heard, Message, Order, Slots, json as read, message};

/// How many entries the hub publishes unless set otherwise.
const CUT_AT: usize = 10;

pub(super) struct NukiHub {
    /// `<municipality>/<base>`.
    pub(super) base: String,
    pub(super) slots: Slots,
    pub(super) zone: TimeZone,
}

const LIST: &str = "lock/keypad/json";
/// Hubs differ by their version in where they answer.
const RESULTS: [&str; 2] =
    ["lock/keypad/commandResultJson", "lock/configuration/commandResultJson"];

impl NukiHub {
    fn action(&self, payload: &Value) -> Message {
        message(format!("{}/lock/keypad/actionJson", self.base), payload)
    }

    fn local(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    fn delete(&self, known: &[u64]) -> Vec<Message> {
        let delete = |id: &u64| json!({ "action": "delete", "codeId": id.to_string() });
        known.iter().map(|id| self.action(&delete(id))).collect()
    }

    fn list(&self, payload: &[u8]) -> Vec<Heard> {
        let Some(Value::Array(entries)) = read(payload) else {
            return self.slots.clone().map(|slot| heard(slot, Said::Unreadable)).collect();
        };
        let mut held: BTreeMap<u16, (Said, Vec<u64>)> = BTreeMap::new();
        for entry in &entries {
            let name = entry.get("name").and_then(Value::as_str).map(str::trim);
            let slot = name.and_then(|name| name.strip_prefix('D')?.parse().ok());
            let id = entry.get("codeId").and_then(number);
            let Some((slot, id)) = slot.zip(id).filter(|(slot, _)| self.slots.contains(slot))
            else {
                continue;
            };
            let enabled = entry.get("enabled").and_then(number) != Some(0);
            let (said, known) = held.entry(slot).or_insert((Said::Disabled, Vec::new()));
            known.push(id);
            if enabled {
                *said = Said::Holds;
            }
        }
        let absent = if entries.len() == CUT_AT { Said::Unreadable } else { Said::Empty };
        let slot = |slot: u16| match held.remove(&slot) {
            Some((said, known)) => Heard::Slot { slot, said, known },
            None => heard(slot, absent),
        };
        self.slots.clone().map(slot).collect()
    }
}

fn heard(slot: u16, said: Said) -> Heard {
    Heard::Slot { slot, said, known: Vec::new() }
}

/// Hubs write numbers as such or as text.
fn number(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str()?.parse().ok())
        .or_else(|| value.as_bool().map(u64::from))
}

impl Bridge for NukiHub {
    fn listens(&self) -> Vec<String> {
        [LIST].iter().chain(&RESULTS).map(|topic| format!("{}/{topic}", self.base)).collect()
    }

    /// Adding what it has would give it two.
    fn reads_first(&self) -> bool {
        true
    }

    fn tell(&self, order: Order<'_>) -> Vec<Message> {
        match order {
            Order::Set { slot, digits, window, known } => {
                let mut action = json!({
                    "action": if known.is_empty() { "add" } else { "update" },
                    "code": digits.reveal(),
                    "name": format!("D{slot}"),
                    "timeLimited": "1",
                    "allowedFrom": self.local(window.start()),
                    "allowedUntil": self.local(window.end()),
                });
                let Some((first, more)) = known.split_first() else {
                    return vec![self.action(&action)];
                };
                action["codeId"] = first.to_string().into();
                action["enabled"] = "1".into();
                let mut messages = vec![self.action(&action)];
                messages.extend(self.delete(more));
                messages
            }
            Order::Clear { known, .. } => self.delete(known),
            Order::Read { .. } => {
                let (topic, payload) = (format!("{}/lock/query/keypad", self.base), b"1".to_vec());
                vec![Message { topic, payload }]
            }
        }
    }

    fn hear(&self, topic: &str, payload: &[u8]) -> Vec<Heard> {
        if topic.ends_with(LIST) {
            return self.list(payload);
        }
        let result = String::from_utf8_lossy(payload);
        match result.trim_matches(['"', ' ']) {
            "success" | "working" | "undefined" | "codeValid" | "--" | "" => Vec::new(),
            _ => vec![Heard::Refused],
        }
    }
}
