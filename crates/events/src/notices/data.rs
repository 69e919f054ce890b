//! What a notice is, and how people want to be told.

use std::collections::BTreeMap;

use dugnad_calendar::Interval;
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Time};
use serde::{Deserialize, Serialize};

use crate::{Code, OrganisationId, RoomId};

/// When and how often people are told: the municipality's own choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Whom the messages come from, as people read it.
    pub sender: String,
    /// IANA name: quiet hours, days and the times in texts are of this zone.
    pub zone: String,
    /// What comes within so many minutes goes out as one.
    pub bundle_minutes: u32,
    /// The most messages that one person gets in a day, apart from what hurries.
    pub daily_limit: u32,
    /// When nothing is sent that can wait, of those who did not say.
    pub quiet: Option<Quiet>,
    /// How long before something one is reminded of it, in minutes; the longest first.
    pub remind_minutes: Vec<u32>,
    /// Who is told of alarms, and who next if they do not answer: coordinator, deputy, duty
    /// telephone.
    pub duty: Vec<PersonId>,
    /// How long each of them has.
    pub climb_minutes: u32,
    /// By which channels a door's code may be told; none: by text message alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub code_channels: Vec<Channel>,
}

impl Default for Policy {
    /// Between 08:00 and 22:00, at most five a day, a day and two hours ahead.
    fn default() -> Self {
        Self {
            sender: String::new(),
            zone: "Europe/Oslo".to_owned(),
            bundle_minutes: 3,
            daily_limit: 5,
            quiet: Some(Quiet {
                from: Time::constant(22, 0, 0, 0),
                to: Time::constant(8, 0, 0, 0),
            }),
            remind_minutes: vec![24 * 60, 2 * 60],
            duty: Vec::new(),
            climb_minutes: 10,
            code_channels: Vec::new(),
        }
    }
}

impl Policy {
    /// By which channels a door's code may be told.
    #[must_use]
    pub fn code_channels(&self) -> &[Channel] {
        if self.code_channels.is_empty() { &[Channel::Sms] } else { &self.code_channels }
    }
}

/// Hours of each day in which nothing is sent that can wait; over midnight too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// The first local time of it.
    pub from: Time,
    /// The first local time after it.
    pub to: Time,
}

/// How somebody wants to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// `None`: whatever there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// In which language.
    #[serde(default)]
    pub language: Language,
    /// Letters in large print.
    #[serde(default)]
    pub large_print: bool,
    /// `None`: the municipality's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
}

/// How somebody can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A text message.
    Sms,
    /// E-mail.
    Email,
    /// Somebody calls them.
    Phone,
    /// Somebody writes a letter.
    Letter,
}

/// What texts are written in.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Bokmål.
    #[default]
    Nb,
    /// English.
    En,
}

/// The words of one kind of notice, with `{fields}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The subject line of an e-mail, and the heading of a letter.
    pub subject: String,
    /// A text message.
    pub sms: String,
    /// The body of an e-mail or a letter; an empty line parts paragraphs.
    pub body: String,
}

/// How much a notice hurries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Somebody must act now, at any hour.
    Alarm,
    /// Goes out at once, at any hour.
    Urgent,
    /// Must be told, in due time.
    Normal,
    /// Good to know: nobody is called about it.
    Info,
}

/// Somebody is to be told something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Whom; `None`: nobody is known, so that the desk must look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<PersonId>,
    /// Which kind of notice.
    pub template: Code,
    /// The resource name of what it is about.
    pub about: String,
    /// How much it hurries.
    pub urgency: Urgency,
    /// What it is about, to be said in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<What>,
    /// When that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Interval>,
    /// When it was made.
    pub at: Timestamp,
    /// When it is to go out.
    pub due: Timestamp,
    /// From when on it is of no use, or no answer counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// More to be said, by field; codes and times, no personal data.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, String>,
    /// Of an alarm: how often it has climbed.
    #[serde(default)]
    pub level: u8,
}

impl Notice {
    /// The template of reminders.
    pub const REMINDER: &str = "reminder";
    /// The template of what opens a door.
    pub const DOOR_CODE: &str = "door-code";

    /// Whether it reminds of something: it is of no use but in time.
    #[must_use]
    pub fn is_reminder(&self) -> bool {
        self.template.as_str() == Self::REMINDER
    }

    /// Whether it says what opens a door: that goes only where the municipality's rule allows.
    #[must_use]
    pub fn is_door_code(&self) -> bool {
        self.template.as_str() == Self::DOOR_CODE
    }

    /// From when on it is of no use: the time set, else the start of what it is about.
    #[must_use]
    pub fn useful_until(&self) -> Option<Timestamp> {
        self.until.or(self.span.as_ref().map(Interval::start))
    }
}

/// What something is, to be said in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A kind of need.
    Kind(Code),
    /// A room.
    Room(RoomId),
    /// Help of a kind with something else, such as an evening shift or a date of an activity.
    For {
        /// The kind of need.
        kind: Code,
        /// The resource name of what it is for.
        about: String,
    },
    /// Something public with a resource name: a date of an activity, a door.
    Named(String),
    /// A ride.
    Ride,
    /// Something that is brought.
    Delivery,
    /// Hours of driving.
    Driving,
}

/// Whose something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// A person's.
    Person(PersonId),
    /// Of those who speak for an organisation.
    Organisation(OrganisationId),
}

/// Something that people can be told about, as long as it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// Whose.
    pub whose: Whose,
    /// What.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<What>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Interval>,
    /// Whether they know of it before they are told: they asked for it themselves.
    #[serde(default)]
    pub own: bool,
    /// Whether they are reminded of it.
    #[serde(default)]
    pub remind: bool,
    /// When this was heard: no reminder is made for before.
    pub at: Timestamp,
    /// The resource name of what it is a part of: a sign-up is one of a date of an activity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

/// Why a notice is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawal {
    /// What it says holds no more.
    Over,
    /// Something newer takes its place.
    Superseded,
    /// Its time has passed.
    TooLate,
    /// They cannot be reached, and need not be.
    Unreachable,
    /// The person was erased.
    Erased,
}

/// What an attempt to send came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The provider took it.
    Sent {
        /// Of a text message: a part of a digest of the number, shared by many numbers, that a
        /// reply is looked up by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bucket: Option<u16>,
    },
    /// It may go later.
    Later(Setback),
    /// It will never go this way.
    Never(Setback),
}

/// What kept a message from going out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setback {
    /// They want to be called, or written to.
    Wish,
    /// No address or number is known.
    NoAddress,
    /// The person is not in the register.
    Unknown,
    /// The provider could not be reached, or did not answer.
    Away,
    /// The provider had too much to do.
    Busy,
    /// The provider refused it.
    Refused,
    /// There is no such channel here.
    NoChannel,
    /// It was sent and did not arrive.
    Undelivered,
    /// It would have been too late.
    TooLate,
    /// They had as many messages that day as they may get.
    Limit,
    /// Nobody is on duty, or nobody on duty answered.
    NobodyOnDuty,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// They were told.
    Reached,
    /// A message was left; the notice stays on the list.
    LeftMessage,
    /// Nobody answered; the notice stays on the list.
    NotReached,
    /// It was dealt with in another way.
    Dealt,
}

/// What somebody answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// They take it.
    Yes,
    /// They do not.
    No,
    /// They will say later.
    Later,
    /// They have said yes before, and cannot come.
    Cancel,
    /// They have seen it.
    Seen,
}

/// How an answer came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// By the link in the message.
    Link,
    /// By a text message.
    Sms,
    /// By somebody who is signed in: they themselves, or a coordinator who heard it.
    Desk,
}
