//! What happens to doors: how they are opened, and each step of each code on a lock.
//!
//! The digits of a code stand here only sealed, under the key of whoever booked.

use std::fmt;

use dugnad_calendar::Interval;
use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{BookingId, CodeId, DoorId, FacilityId, RoomId};

/// What happened to a door or to a code on one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DoorEvent {
    /// A door came into the register, or was changed.
    Set {
        /// Its id.
        door: DoorId,
        /// All of it: it takes the place of what was.
        what: Box<Door>,
        /// Who did it.
        by: Uuid,
        /// When: bookings over by then are let be.
        at: Timestamp,
    },
    /// A code was drawn for a booking, and has its slot of the lock. Nothing was sent yet.
    Planned {
        /// Its id.
        code: CodeId,
        /// The door.
        door: DoorId,
        /// The booking that owns the slot.
        booking: BookingId,
        /// The lock's own number for it.
        slot: u16,
        /// When it may be on the lock: from the lead before the booking to the margin after.
        window: Interval,
        /// What is keyed in.
        digits: Sealed<Digits>,
    },
    /// A code serves another time of its booking, or the next booking of its series.
    Kept {
        /// Which.
        code: CodeId,
        /// The booking that owns the slot from now on.
        booking: BookingId,
        /// When it may be on the lock from now on.
        window: Interval,
    },
    /// The lock is about to be told: from here on the code may be on it.
    Setting {
        /// Which.
        code: CodeId,
    },
    /// The lock, asked, said that it holds the code.
    Confirmed {
        /// Which.
        code: CodeId,
        /// What it answered.
        said: Said,
    },
    /// The lock, unasked, said that it does not hold a code that it had.
    Lost {
        /// Which.
        code: CodeId,
    },
    /// The code is to go.
    Removing {
        /// Which.
        code: CodeId,
        /// Why.
        why: Removal,
        /// Until when it may still be on the lock without an alarm.
        until: Timestamp,
    },
    /// The code is gone, and its slot free.
    Removed {
        /// Which.
        code: CodeId,
        /// By whose word.
        word: Word,
    },
    /// The lock has not done as told, however often: a person is to look at it.
    Suspended {
        /// Which.
        code: CodeId,
        /// What it answered last.
        said: Said,
    },
    /// A person had the lock tried again.
    Resumed {
        /// Which.
        code: CodeId,
        /// Who.
        by: Uuid,
    },
    /// A code that was gone is there again.
    Back {
        /// Which.
        code: CodeId,
    },
    /// Alarm: a code is, or may be, on the door outside its window. `Removed` ends it.
    Overstayed {
        /// Which.
        code: CodeId,
    },
    /// Alarm: a booking begins soon and has no code that works; it is to be opened otherwise.
    Late {
        /// The door.
        door: DoorId,
        /// The booking.
        booking: BookingId,
        /// Who is on duty in the building then, and is to be told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        guards: Vec<PersonId>,
        /// How people come in instead.
        #[serde(default)]
        fallback: Fallback,
    },
    /// The booking is over, and never had a code that worked.
    LateOver {
        /// The door.
        door: DoorId,
        /// The booking.
        booking: BookingId,
    },
}

/// A door and how it is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// What people call it.
    pub name: String,
    /// The building.
    pub facility: FacilityId,
    /// The rooms that one comes to through it; their parts and wholes too.
    pub rooms: Vec<RoomId>,
    /// How it is opened, each from its local date on until the next; before the first, by staff.
    pub access: Vec<AccessFrom>,
    /// The lock that takes codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
}

/// How a door is opened from a date on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessFrom {
    /// The first local date on which a booking may start.
    pub from: Date,
    /// How.
    pub access: Access,
}

/// How a door is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// By a code of the booking's own.
    Code,
    /// By whoever is on duty.
    #[default]
    Staff,
    /// With a key that is fetched.
    Key,
    /// It stands open.
    Open,
}

/// How people come in where no code works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// A guard who is on duty opens.
    Guard,
    /// Nobody is on duty: somebody of the municipality must come and open.
    #[default]
    Staff,
}

/// A lock that takes codes, and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// What stands between the broker and the lock.
    pub bridge: Bridge,
    /// The topic that the bridge begins with, behind the municipality's own.
    pub base: String,
    /// The lock's topic behind it; a nuki_hub has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The first slot that is ours; all others are never touched.
    pub first_slot: u16,
    /// The last one.
    pub last_slot: u16,
    /// How many digits a code has.
    pub digits: u8,
    /// A code may be on the lock from so many minutes before its booking.
    pub lead_minutes: u16,
    /// And until so many after.
    pub margin_minutes: u16,
    /// It is shown from so many minutes before its booking.
    pub shown_minutes: u16,
    /// Whether all bookings of a series have the same digits.
    #[serde(default)]
    pub one_for_series: bool,
}

/// What stands between the broker and the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bridge {
    /// Zigbee locks; none keeps a schedule of its own.
    Zigbee2mqtt,
    /// Nuki locks, which know themselves until when a code holds.
    NukiHub,
}

/// What is keyed in. Neither `Debug` nor anything else shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digits(String);

impl Digits {
    /// Of these digits.
    #[must_use]
    pub fn new(digits: String) -> Self {
        Self(digits)
    }

    /// To be shown to whoever may see it, or sent to the lock; to be kept nowhere.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits(..)")
    }
}

/// What a lock said of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Nothing at all.
    Nothing,
    /// It holds a code there.
    Holds,
    /// It holds none there.
    Empty,
    /// It holds one that does not open.
    Disabled,
    /// It cannot tell: that is not the same as none.
    Unreadable,
    /// It, or the bridge, would not do it.
    Refused,
}

/// Why a code is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// Its booking is over, and the margin too.
    Over,
    /// Its booking was given back.
    Cancelled,
    /// Its booking is elsewhere, or at another time.
    Moved,
    /// The door is opened otherwise.
    Door,
    /// Whoever booked was erased.
    Erased,
}

/// By whose word a code is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// It was never sent.
    NeverSent,
    /// The lock's, when asked.
    Lock,
    /// A person's, who looked.
    Person(Uuid),
}
