//! zigbee2mqtt: `<base>/<lock>/set`, `/get`, and the state under `users`.
//!
//! The bridge tells its whole remembered state at any occasion, so that a status is news only when it
//! was asked for. Digits go out as a string, which keeps a leading zero.

use dugnad_events::rooms::Said;
use serde_json::{Value, json};

use super::{Bridge, Heard, Message, Order, Slots, json as read, message};

pub(super) struct Zigbee2mqtt {
    /// `<municipality>/<base>/<lock>`.
    pub(super) topic: String,
    pub(super) slots: Slots,
}

impl Bridge for Zigbee2mqtt {
    fn listens(&self) -> Vec<String> {
        vec![self.topic.clone()]
    }

    fn reads_first(&self) -> bool {
        false
    }

    fn tell(&self, order: Order<'_>) -> Vec<Message> {
        let pin = |user: u16, enabled: bool, digits: Option<&str>| {
            json!({ "pin_code": {
                "user": user,
                "user_type": "unrestricted",
                "user_enabled": enabled,
                "pin_code": digits,
            }})
        };
        let (verb, payload) = match order {
            Order::Set { slot, digits, .. } => ("set", pin(slot, true, Some(digits.reveal()))),
            Order::Clear { slot, .. } => ("set", pin(slot, false, None)),
            Order::Read { slot } => ("get", json!({ "pin_code": { "user": slot } })),
        };
        vec![message(format!("{}/{verb}", self.topic), &payload)]
    }

    fn hear(&self, _topic: &str, payload: &[u8]) -> Vec<Heard> {
        let state = read(payload).unwrap_or_default();
        let Some(users) = state.get("users").and_then(Value::as_object) else { return Vec::new() };
        let slot = |(user, entry): (&String, &Value)| {
            let slot = user.parse().ok().filter(|slot| self.slots.contains(slot))?;
            let said = match entry.get("status").and_then(Value::as_str) {
                Some("available") => Said::Empty,
                Some("enabled") => Said::Holds,
                Some("disabled") => Said::Disabled,
                _ => Said::Unreadable,
            };
            Some(Heard::Slot { slot, said, known: Vec::new() })
        };
        users.iter().filter_map(slot).collect()
    }
}
