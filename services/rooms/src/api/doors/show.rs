//! Doors and codes, as clients read them.

use dugnad_events::{
    RoomName,
    rooms::{Access, Bridge, Lock, Said},
};
use dugnad_proto::rooms::v1::{self as pb, door_code, list_door_alarms_response as alarms};

use super::super::show;
use crate::model::door::{AccessView, AlarmView, Alarming, CodeState, CodeView, DoorView};

pub(super) fn door(door: DoorView) -> pb::Door {
    let what = door.what;
    let facility = what.facility;
    let access = what.access.iter().map(|it| pb::door::AccessFrom {
        from: it.from.to_string(),
        access: access(it.access).into(),
    });
    pb::Door {
        name: door.id.to_string(),
        display_name: what.name,
        facility: facility.to_string(),
        rooms: what
            .rooms
            .iter()
            .map(|room| RoomName { facility, room: *room }.to_string())
            .collect(),
        access: access.collect(),
        lock: what.lock.as_ref().map(lock),
    }
}

fn lock(lock: &Lock) -> pb::Lock {
    let bridge = match lock.bridge {
        Bridge::Zigbee2mqtt => pb::Bridge::Zigbee2mqtt,
        Bridge::NukiHub => pb::Bridge::NukiHub,
    };
    pb::Lock {
        bridge: bridge.into(),
        base_topic: lock.base.clone(),
        topic_name: lock.name.clone(),
        first_slot: lock.first_slot.into(),
        last_slot: lock.last_slot.into(),
        digits: lock.digits.into(),
        lead: minutes(lock.lead_minutes),
        margin: minutes(lock.margin_minutes),
        shown: minutes(lock.shown_minutes),
        one_code_for_series: lock.one_for_series,
    }
}

fn minutes(minutes: u16) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds: i64::from(minutes) * 60, nanos: 0 })
}

fn access(access: Access) -> pb::Access {
    match access {
        Access::Code => pb::Access::Code,
        Access::Staff => pb::Access::Staff,
        Access::Key => pb::Access::Key,
        Access::Open => pb::Access::Open,
    }
}

/// Without digits.
pub(super) fn code(code: CodeView) -> pb::DoorCode {
    use door_code::{Answer, State};
    let state = match code.state {
        CodeState::Planned => State::Planned,
        CodeState::Setting => State::Setting,
        CodeState::Set => State::Set,
        CodeState::Removing => State::Removing,
        CodeState::Removed => State::Removed,
        CodeState::Failed => State::Failed,
    };
    let answer = match code.suspended {
        None => Answer::Unspecified,
        Some(Said::Nothing) => Answer::Nothing,
        Some(Said::Holds) => Answer::Holds,
        Some(Said::Empty) => Answer::Empty,
        Some(Said::Disabled) => Answer::Disabled,
        Some(Said::Unreadable) => Answer::Unreadable,
        Some(Said::Refused) => Answer::Refused,
    };
    pb::DoorCode {
        name: code.id.to_string(),
        door: code.door.to_string(),
        booking: code.booking.to_string(),
        slot: code.slot.into(),
        window: Some(show::interval(code.window)),
        state: state.into(),
        suspended: code.suspended.is_some(),
        answer: answer.into(),
        digits: String::new(),
    }
}

pub(super) fn way(door: AccessView, digits: String) -> pb::get_access_response::Way {
    pb::get_access_response::Way {
        door: door.door.to_string(),
        display_name: door.name,
        access: access(door.access).into(),
        code: door.code.map(|it| pb::DoorCode { digits, ..code(it) }),
        shown_from: door.shown.map(show::timestamp),
        opened_by_hand: door.by_hand,
    }
}

pub(super) fn alarm(alarm: AlarmView) -> alarms::Alarm {
    use alarms::alarm::Kind;
    let (door, display_name) = (alarm.door.to_string(), alarm.name);
    let about = |kind: Kind, it: CodeView| alarms::Alarm {
        kind: kind.into(),
        booking: it.booking.to_string(),
        code: Some(code(it)),
        ..Default::default()
    };
    let shown = match alarm.what {
        Alarming::Late(booking, span, guards) => alarms::Alarm {
            kind: Kind::Late.into(),
            booking: booking.to_string(),
            start: Some(show::timestamp(span.start())),
            guards: guards.iter().map(ToString::to_string).collect(),
            ..Default::default()
        },
        Alarming::Overstayed(it) => about(Kind::Overstayed, it),
        Alarming::Suspended(it) => about(Kind::Suspended, it),
    };
    alarms::Alarm { door, display_name, ..shown }
}
