//! Season allocation (sesongtildeling): clubs apply for weekly slots, a draft is made, and what is
//! published becomes series of bookings.

use dugnad_vault::Sealed;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Application, BookingDetails, Skipped};
use crate::{Code, RoomId, SeasonApplicationId, SeasonRoundId, SeriesId};

/// What happened in season allocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SeasonEvent {
    /// A round was written, or written anew before it opened.
    RoundSet {
        /// Its id.
        round: SeasonRoundId,
        /// What it is.
        facts: Box<SeasonRound>,
    },
    /// Somebody applies for a group.
    Applied {
        /// Its id.
        application: SeasonApplicationId,
        /// In which round.
        round: SeasonRoundId,
        /// Who wrote it.
        by: Uuid,
        /// What is asked for.
        facts: Box<SeasonApplication>,
        /// What for and whom to reach.
        details: Sealed<BookingDetails>,
    },
    /// An application is none any more.
    Withdrawn {
        /// Which.
        application: SeasonApplicationId,
    },
    /// A draft was made.
    Allocated {
        /// Of which round.
        round: SeasonRoundId,
        /// The draft's revision from now on.
        revision: u32,
        /// How good it is.
        figures: SeasonFigures,
        /// Who has what, by slot.
        grants: Vec<SeasonGrant>,
    },
    /// A person gave a slot of the draft to somebody, or to nobody.
    GrantSet {
        /// Of which round.
        round: SeasonRoundId,
        /// The draft's revision from now on.
        revision: u32,
        /// Which slot, from 0.
        slot: u32,
        /// Who has it from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        application: Option<SeasonApplicationId>,
        /// Whether it stays when the round is allocated anew.
        #[serde(default)]
        pinned: bool,
    },
    /// A slot became a series, whose events come just before; or none of its dates could be had.
    GrantPublished {
        /// Of which round.
        round: SeasonRoundId,
        /// Which slot, from 0.
        slot: u32,
        /// Dates that are booked now; `None`: not one of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        series: Option<SeriesId>,
        /// Dates that could not be had.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        skipped: Vec<Skipped>,
    },
    /// All slots of a draft were made known.
    Published {
        /// Of which round.
        round: SeasonRoundId,
    },
}

/// One round of applications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeasonRound {
    /// What people call it.
    pub name: String,
    /// From when on one can apply.
    pub opens: Timestamp,
    /// Until when.
    pub closes: Timestamp,
    /// The first local day of the season.
    pub first: Date,
    /// Its last local day.
    pub last: Date,
    /// What is let; apart from each other, also where one room is a part of another.
    pub slots: Vec<SeasonSlot>,
    /// Local days on which nothing is let.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<Date>,
    /// How many slots a week one organisation may have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<SeasonQuota>,
    /// Until it is published, who applies does not book its rooms directly.
    #[serde(default)]
    pub bars_direct: bool,
}

/// A time of the week that is let for the season.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SeasonSlot {
    /// Where.
    pub room: RoomId,
    /// Monday is 0.
    pub weekday: u8,
    /// The local start, in minutes from midnight.
    pub start: u16,
    /// How long.
    pub minutes: u16,
}

/// How many slots a week one organisation may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeasonQuota {
    /// Whom it binds; `None`: everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant: Option<Code>,
    /// At most so many.
    pub slots: u32,
}

/// What is asked for, for one group of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeasonApplication {
    /// In whose name, as what, and what for; the organisation is always there.
    pub says: Application,
    /// How many come.
    pub persons: u32,
    /// Of which age, in the municipality's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_group: Option<Code>,
    /// Times a week, 1 to 7.
    pub times: u32,
    /// How long each time.
    pub minutes: u16,
    /// In order, the dearest first.
    pub wishes: Vec<SeasonWish>,
}

/// A slot that is wished for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeasonWish {
    /// Which, from 0.
    pub slot: u32,
    /// Whether it would do if no first wish can be had.
    #[serde(default)]
    pub second: bool,
}

/// How good a draft is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeasonFigures {
    /// Slots of the round.
    pub slots: u32,
    /// Slots that somebody has.
    pub granted: u32,
    /// Applications that were looked at.
    pub applications: u32,
    /// Wishes that were looked at.
    pub wishes: u32,
    /// What the draft costs.
    pub cost: i64,
    /// No draft by these wishes costs less, with what classes of higher priority have.
    pub bound: i64,
}

/// A slot that somebody has in a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeasonGrant {
    /// Which, from 0.
    pub slot: u32,
    /// Who.
    pub application: SeasonApplicationId,
    /// Whether it stays when the round is allocated anew.
    #[serde(default)]
    pub pinned: bool,
}
