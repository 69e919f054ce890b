use dugnad_calendar::Interval;
use dugnad_events::{
    DoorId,
    rooms::{self, Digits, Lock, Said},
};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use uuid::Uuid;

use super::{Bridge, Heard, Message, Order, bridge};
use crate::model::door::LockKey;

fn of(kind: rooms::Bridge) -> Box<dyn Bridge> {
    let (base, name) = match kind {
        rooms::Bridge::Zigbee2mqtt => ("zigbee2mqtt", "hall1"),
        rooms::Bridge::NukiHub => ("nuki", ""),
    };
    let lock = Lock {
        bridge: kind,
        base: base.to_owned(),
        name: name.to_owned(),
        first_slot: 5,
        last_slot: 7,
        digits: 6,
        lead_minutes: 65,
        margin_minutes: 15,
        shown_minutes: 60,
        one_for_series: false,
    };
    let zone = TimeZone::get("Europe/Oslo").unwrap();
    bridge("drammen", &LockKey { door: DoorId(Uuid::nil()), lock, zone })
}

fn window() -> Interval {
    let at = |text: &str| text.parse().unwrap();
    Interval::new(at("2026-11-22T16:00:00Z"), at("2026-11-22T20:15:00Z")).unwrap()
}

fn sent(messages: &[Message]) -> Vec<(&str, serde_json::Value)> {
    let read = |message: &Message| serde_json::from_slice(&message.payload).unwrap();
    messages.iter().map(|it| (it.topic.as_str(), read(it))).collect()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

fn slot(slot: u16, said: Said, known: &[u64]) -> Heard {
    Heard::Slot { slot, said, known: known.to_vec() }
}

#[test]
fn zigbee2mqtt_is_told_and_asked_as_it_documents() {
    let lock = of(rooms::Bridge::Zigbee2mqtt);
    let digits = Digits::new("0429".to_owned());

    let set = lock.tell(Order::Set { slot: 5, digits: &digits, window: window(), known: &[] });
    let clear = lock.tell(Order::Clear { slot: 5, known: &[] });
    let read = lock.tell(Order::Read { slot: 5 });

    let pin = r#"{"pin_code":{"user":5,"user_type":"unrestricted","user_enabled":true,"pin_code":"0429"}}"#;
    assert_eq!(sent(&set), [("drammen/zigbee2mqtt/hall1/set", json(pin))]);
    let none = r#"{"pin_code":{"user":5,"user_type":"unrestricted","user_enabled":false,"pin_code":null}}"#;
    assert_eq!(sent(&clear), [("drammen/zigbee2mqtt/hall1/set", json(none))]);
    let get = r#"{"pin_code":{"user":5}}"#;
    assert_eq!(sent(&read), [("drammen/zigbee2mqtt/hall1/get", json(get))]);
    assert_eq!(lock.listens(), ["drammen/zigbee2mqtt/hall1"]);
    assert!(!format!("{set:?}").contains("0429"), "a message shows no digits");
}

#[test]
fn what_zigbee2mqtt_cannot_tell_is_not_none() {
    let lock = of(rooms::Bridge::Zigbee2mqtt);
    let hear = |text: &str| lock.hear("drammen/zigbee2mqtt/hall1", text.as_bytes());

    let said = hear(
        r#"{"battery":80,"users":{"1":{"status":"enabled"},"5":{"status":"enabled","pin_code":"1"},
            "6":{"status":"available"},"7":{"status":"not_supported_9"},"x":{}}}"#,
    );

    let all =
        [slot(5, Said::Holds, &[]), slot(6, Said::Empty, &[]), slot(7, Said::Unreadable, &[])];
    assert_eq!(said, all, "and nothing of slots that are not ours");
    let disabled = hear(r#"{"users":{"5":{"status":"disabled"}}}"#);
    assert_eq!(disabled, [slot(5, Said::Disabled, &[])]);
    for nothing in ["", "{}", "null", "[", r#"{"users":[]}"#, r#"{"users":null}"#] {
        assert_eq!(hear(nothing), [], "{nothing}");
    }
}

#[test]
fn a_nuki_hub_is_told_and_asked_as_it_documents() {
    let lock = of(rooms::Bridge::NukiHub);
    let digits = Digits::new("589472".to_owned());
    let set = |known| Order::Set { slot: 5, digits: &digits, window: window(), known };

    let add = lock.tell(set(&[]));
    let update = lock.tell(set(&[1234, 1235]));
    let delete = lock.tell(Order::Clear { slot: 5, known: &[1234] });
    let read = lock.tell(Order::Read { slot: 5 });

    let action = "drammen/nuki/lock/keypad/actionJson";
    let added = r#"{"action":"add","code":"589472","name":"D5","timeLimited":"1",
        "allowedFrom":"2026-11-22 17:00:00","allowedUntil":"2026-11-22 21:15:00"}"#;
    assert_eq!(sent(&add), [(action, json(added))]);
    let mut updated = json(added);
    updated["action"] = "update".into();
    updated["codeId"] = "1234".into();
    updated["enabled"] = "1".into();
    let deleted = |id: &str| json(&format!(r#"{{"action":"delete","codeId":"{id}"}}"#));
    assert_eq!(sent(&update), [(action, updated), (action, deleted("1235"))]);
    assert_eq!(sent(&delete), [(action, deleted("1234"))]);
    assert_eq!(sent(&read), [("drammen/nuki/lock/query/keypad", json("1"))]);
    assert_eq!(lock.tell(Order::Clear { slot: 5, known: &[] }), [], "there is nothing to delete");
}

#[test]
fn a_list_of_a_nuki_hub_that_may_be_cut_says_nothing_of_what_is_not_in_it() {
    let lock = of(rooms::Bridge::NukiHub);
    let hear = |text: &str| lock.hear("drammen/nuki/lock/keypad/json", text.as_bytes());
    let staff = |n: usize| format!(r#"{{"codeId":{n},"enabled":1,"name":"Vakt {n}"}}"#);
    let list = |staff_entries: usize| {
        let entries: Vec<_> = (0..staff_entries).map(staff).collect();
        let ours = [
            r#"{"codeId":"40","enabled":1,"name":" D5 "}"#,
            r#"{"codeId":41,"enabled":0,"name":"D5"}"#,
            r#"{"codeId":42,"enabled":0,"name":"D6"}"#,
            r#"{"codeId":43,"enabled":1,"name":"D99"}"#,
        ];
        format!(
            "[{}]",
            ours.iter().map(ToString::to_string).chain(entries).collect::<Vec<_>>().join(",")
        )
    };

    let whole = hear(&list(2));
    let perhaps_cut = hear(&list(6));
    let broken = hear(&list(2)[..100]);

    let ours = [slot(5, Said::Holds, &[40, 41]), slot(6, Said::Disabled, &[42])];
    assert_eq!(whole[..2], ours);
    assert_eq!(
        (&whole[2], &perhaps_cut[2]),
        (&slot(7, Said::Empty, &[]), &slot(7, Said::Unreadable, &[]))
    );
    assert_eq!(broken, [5, 6, 7].map(|n| slot(n, Said::Unreadable, &[])));
    let result =
        |text: &str| lock.hear("drammen/nuki/lock/keypad/commandResultJson", text.as_bytes());
    assert_eq!((result("success"), result("\"failed\"")), (Vec::new(), vec![Heard::Refused]));
    assert_eq!(result("timeOut"), [Heard::Refused]);
}

proptest! {
    #[test]
    fn nothing_that_a_lock_says_makes_it_panic_or_tells_of_slots_that_are_not_ours(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        users in prop::collection::btree_map(any::<u16>(), "[a-z]{0,9}", 0..9),
    ) {
        let users = users.into_iter().map(|(n, status)| format!(r#""{n}":{{"status":"{status}"}}"#));
        let state = format!(r#"{{"users":{{{}}}}}"#, users.collect::<Vec<_>>().join(","));
        for kind in [rooms::Bridge::Zigbee2mqtt, rooms::Bridge::NukiHub] {
            let lock = of(kind);
            for topic in lock.listens() {
                for heard in [lock.hear(&topic, &bytes), lock.hear(&topic, state.as_bytes())].concat() {
                    if let Heard::Slot { slot, .. } = heard {
                        prop_assert!((5..=7).contains(&slot));
                    }
                }
            }
        }
    }
}
