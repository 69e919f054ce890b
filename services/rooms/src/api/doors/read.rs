//! Doors and locks as clients write them: the form of each field and its bounds.

use dugnad_door::{Invalid, Within as _, field, local};
use dugnad_events::{
    DoorId, RoomId, RoomName,
    rooms::{Access, AccessFrom, Bridge, Door, Lock},
};
use dugnad_proto::rooms::v1 as pb;

use crate::model::door::{
    LEAST_LEAD_MINUTES, LEAST_MARGIN_MINUTES, MOST_ACCESS_CHANGES, MOST_LEAD_MINUTES,
    MOST_ROOMS_OF_A_DOOR, MOST_SLOTS,
};

const LONGEST_NAME: usize = 200;
const LONGEST_BASE: usize = 100;
const MOST_LEVELS: usize = 4;
const LONGEST_LEVEL: usize = 60;
const MOST_MARGIN_MINUTES: u32 = 12 * 60;
const LAST_SLOT: i32 = 65_535;

pub(super) fn door(door: &pb::Door) -> Result<(Option<DoorId>, Door), Invalid> {
    read(door).within("door")
}

fn read(door: &pb::Door) -> Result<(Option<DoorId>, Door), Invalid> {
    let id = match door.name.as_str() {
        "" => None,
        name => Some(field::name("name", name)?),
    };
    let facility = field::name("facility", &door.facility)?;
    let mut rooms: Vec<RoomId> = Vec::new();
    for (n, room) in field::at_most("rooms", &door.rooms, MOST_ROOMS_OF_A_DOOR)?.iter().enumerate()
    {
        let name: RoomName = field::name("", room).within_item("rooms", n)?;
        if name.facility != facility {
            let problem = "must be in the facility of the door";
            return Err(Invalid::new("", problem)).within_item("rooms", n);
        }
        if !rooms.contains(&name.room) {
            rooms.push(name.room);
        }
    }
    if rooms.is_empty() {
        return Err(Invalid::new("rooms", "must name a room"));
    }
    let lock = door.lock.as_ref().map(|it| lock(it).within("lock")).transpose()?;
    let access = access(&door.access, lock.is_some())?;
    let name = field::label("display_name", &door.display_name, LONGEST_NAME)?.to_owned();
    Ok((id, Door { name, facility, rooms, access, lock }))
}

fn access(all: &[pb::door::AccessFrom], lock: bool) -> Result<Vec<AccessFrom>, Invalid> {
    let mut read: Vec<AccessFrom> = Vec::new();
    for (n, one) in field::at_most("access", all, MOST_ACCESS_CHANGES)?.iter().enumerate() {
        let one = access_from(one, lock, read.last()).within_item("access", n)?;
        read.push(one);
    }
    Ok(read)
}

fn access_from(
    one: &pb::door::AccessFrom,
    lock: bool,
    before: Option<&AccessFrom>,
) -> Result<AccessFrom, Invalid> {
    let from = local::date("from", &one.from)?;
    if before.is_some_and(|before| before.from >= from) {
        return Err(Invalid::new("from", "must come after the date before it"));
    }
    let access = match one.access() {
        pb::Access::Code if !lock => {
            return Err(Invalid::new("access", "cannot be by code on a door without a lock"));
        }
        pb::Access::Code => Access::Code,
        pb::Access::Staff => Access::Staff,
        pb::Access::Key => Access::Key,
        pb::Access::Open => Access::Open,
        pb::Access::Unspecified => {
            return Err(Invalid::new("access", "must say how the door is opened"));
        }
    };
    Ok(AccessFrom { from, access })
}

fn lock(lock: &pb::Lock) -> Result<Lock, Invalid> {
    let bridge = match lock.bridge() {
        pb::Bridge::Zigbee2mqtt => Bridge::Zigbee2mqtt,
        pb::Bridge::NukiHub => Bridge::NukiHub,
        pb::Bridge::Unspecified => {
            return Err(Invalid::new("bridge", "must be one of the bridges"));
        }
    };
    let base = base(&lock.base_topic)?;
    let name = match bridge {
        Bridge::Zigbee2mqtt => level("topic_name", &lock.topic_name)?,
        Bridge::NukiHub if lock.topic_name.is_empty() => String::new(),
        Bridge::NukiHub => {
            return Err(Invalid::new("topic_name", "must be empty: a nuki_hub has one lock"));
        }
    };
    let first = field::within("first_slot", lock.first_slot, 0..=LAST_SLOT)?;
    let last = field::within("last_slot", lock.last_slot, 0..=LAST_SLOT)?;
    if last < first || last - first >= u32::from(MOST_SLOTS) {
        let problem = format!("must make 1 to {MOST_SLOTS} slots with first_slot");
        return Err(Invalid::new("last_slot", problem));
    }
    let digits = match bridge {
        Bridge::Zigbee2mqtt => field::within("digits", lock.digits, 4..=10)?,
        Bridge::NukiHub => field::within("digits", lock.digits, 6..=6)?,
    };
    let lead = minutes("lead", lock.lead.as_ref(), LEAST_LEAD_MINUTES, MOST_LEAD_MINUTES)?;
    let margin =
        minutes("margin", lock.margin.as_ref(), LEAST_MARGIN_MINUTES, MOST_MARGIN_MINUTES)?;
    let shown = match &lock.shown {
        None => lead,
        shown => minutes("shown", shown.as_ref(), 0, lead.into())?,
    };
    Ok(Lock {
        bridge,
        base,
        name,
        first_slot: u16::try_from(first).unwrap_or(u16::MAX),
        last_slot: u16::try_from(last).unwrap_or(u16::MAX),
        digits: u8::try_from(digits).unwrap_or(u8::MAX),
        lead_minutes: lead,
        margin_minutes: margin,
        shown_minutes: shown,
        one_for_series: lock.one_code_for_series,
    })
}

fn minutes(
    name: &'static str,
    value: Option<&prost_types::Duration>,
    least: u32,
    most: u32,
) -> Result<u16, Invalid> {
    let minutes = field::minutes(name, field::required(name, value)?, least..=most)?;
    Ok(u16::try_from(minutes).unwrap_or(u16::MAX))
}

/// Characters that no broker gives a meaning: NATS maps `.`, refuses spaces, and both have wildcards.
fn level(name: &'static str, text: &str) -> Result<String, Invalid> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if text.is_empty() || text.len() > LONGEST_LEVEL || !text.bytes().all(plain) {
        let problem = format!("must be of A-Z, a-z, 0-9, _ and -, 1 to {LONGEST_LEVEL} characters");
        return Err(Invalid::new(name, problem));
    }
    Ok(text.to_owned())
}

fn base(text: &str) -> Result<String, Invalid> {
    if text.len() > LONGEST_BASE || text.split('/').count() > MOST_LEVELS {
        let problem =
            format!("must have at most {MOST_LEVELS} levels and {LONGEST_BASE} characters");
        return Err(Invalid::new("base_topic", problem));
    }
    for part in text.split('/') {
        level("base_topic", part)?;
    }
    Ok(text.to_owned())
}
