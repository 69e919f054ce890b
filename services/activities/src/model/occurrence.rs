//! One date of an activity: what it is at present, and the steps that led there.

use std::{collections::BTreeMap, fmt};

use dugnad_calendar::Interval;
use dugnad_events::{
    ActivityId, Code, OccurrenceId, RoomId, SignupId,
    activities::{Notice, Origin, VenueWish, What},
};
use dugnad_vault::PersonId;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Line, Signup, Standing, VenueState,
    words::{in_words, is_of_ride},
};

/// The most steps of one occurrence that are kept to be shown; the journal keeps all.
pub const MOST_STEPS: usize = 400;

/// One date of an activity.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// Its id.
    pub id: OccurrenceId,
    /// Of which activity.
    pub activity: ActivityId,
    /// When.
    pub span: Interval,
    /// What it is.
    pub stage: Stage,
    /// Why it is not held.
    pub reason: Option<Code>,
    /// Where it stands with the room.
    pub venue: VenueState,
    /// What rooms was asked for last.
    pub(super) asked: Option<(Interval, VenueWish)>,
    /// Rooms that were lost for this time: they are not asked for again.
    pub(super) lost: Vec<RoomId>,
    /// In which room it was last said to be.
    pub(super) said_in: Option<RoomId>,
    /// What more is to follow at once than one commit took: of what whom it concerns is still to be
    /// told, and what led to it.
    pub(super) unfinished: Option<(Origin, Option<Notice>)>,
    /// Who is needed, and who of them comes.
    pub helpers: Vec<Line>,
    /// Everybody who ever signed up.
    pub signups: BTreeMap<SignupId, Signup>,
    /// Who waits for a place, first come first.
    pub queue: Vec<SignupId>,
    /// How it came to be what it is, of the arranging; who signed up stands in `signups`.
    pub history: Vec<Step>,
    /// Steps before these that are no longer kept here.
    pub earlier: usize,
}

/// What an occurrence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Known to its organiser alone.
    Draft,
    /// Public; something is still missing.
    Arranging,
    /// Public; nothing is missing.
    Confirmed,
    /// Under way.
    UnderWay,
    /// Over.
    Held,
    /// Not held.
    Cancelled,
}

impl Stage {
    /// Whether it is to come and public: people sign up, and what it needs is asked for.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Arranging | Self::Confirmed)
    }

    /// Whether it is to come.
    #[must_use]
    pub fn is_to_come(self) -> bool {
        self == Self::Draft || self.is_open()
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Draft => "a draft",
            Self::Arranging => "being arranged",
            Self::Confirmed => "confirmed",
            Self::UnderWay => "under way",
            Self::Held => "over",
            Self::Cancelled => "cancelled",
        })
    }
}

/// One step of the arranging, in words; it says nothing of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// What led to it.
    pub origin: Origin,
    /// What happened.
    pub words: String,
    /// What it is about in the service it concerns: a resource name, or empty.
    pub about: String,
    /// So many of the same kind came one after the other; this is the last.
    pub times: u32,
}

impl Occurrence {
    pub(super) fn planned(id: OccurrenceId, activity: ActivityId, span: Interval) -> Self {
        Self {
            id,
            activity,
            span,
            stage: Stage::Draft,
            reason: None,
            venue: VenueState::Nothing,
            asked: None,
            lost: Vec::new(),
            said_in: None,
            unfinished: None,
            helpers: Vec::new(),
            signups: BTreeMap::new(),
            queue: Vec::new(),
            history: Vec::new(),
            earlier: 0,
        }
    }

    /// Makes a step part of it. Never fails: what was accepted holds.
    pub(super) fn take(&mut self, at: Timestamp, origin: &Origin, what: &What) {
        self.remember(at, origin, what);
        match what {
            What::Planned { .. } | What::Told { .. } => {}
            What::Unfinished { tell } => self.unfinished = Some((origin.clone(), tell.clone())),
            What::Finished => self.unfinished = None,
            What::Arranging | What::Reopened => self.stage = Stage::Arranging,
            What::Confirmed => self.stage = Stage::Confirmed,
            What::Moved { span } => {
                self.span = *span;
                self.lost.clear();
            }
            What::Began => self.stage = Stage::UnderWay,
            What::Held => self.stage = Stage::Held,
            What::Cancelled { reason } => {
                self.stage = Stage::Cancelled;
                self.reason = Some(reason.clone());
            }
            other => {
                self.take_venue(other);
                self.take_helpers(other);
                self.take_signup(at, origin, other);
                self.take_ride(other);
            }
        }
    }

    /// Rides come by the hundred: those of the same kind are one step.
    fn remember(&mut self, at: Timestamp, origin: &Origin, what: &What) {
        let Some((words, about)) = in_words(what) else { return };
        let mut step = Step { at, origin: origin.clone(), words, about, times: 1 };
        if is_of_ride(what)
            && let Some(last) = self.history.last()
            && last.words == step.words
        {
            step.times += last.times;
            self.history.pop();
        }
        self.history.push(step);
        if self.history.len() > MOST_STEPS {
            self.history.remove(0);
            self.earlier += 1;
        }
    }

    /// When the clock next brings something.
    pub(super) fn due(&self) -> Option<Timestamp> {
        match self.stage {
            _ if self.unfinished.is_some() => Some(Timestamp::MIN),
            Stage::Draft | Stage::Arranging | Stage::Confirmed => {
                let lapses = self.lapses().map(|(at, _)| at);
                lapses.chain(self.venue.answer_by()).chain([self.span.start()]).min()
            }
            Stage::UnderWay => Some(self.span.end()),
            Stage::Held | Stage::Cancelled => None,
        }
    }

    /// Places that are offered, and until when: never past the start.
    pub(super) fn lapses(&self) -> impl Iterator<Item = (Timestamp, SignupId)> {
        let start = self.span.start();
        self.signups.iter().filter_map(move |(id, signup)| match signup.standing {
            Standing::Offered { until } => Some((until.min(start), *id)),
            _ => None,
        })
    }

    /// Places that are taken, or kept for somebody, companions counted.
    #[must_use]
    pub fn taken(&self) -> u32 {
        let takes = |signup: &&Signup| signup.standing.takes_place();
        self.signups.values().filter(takes).map(Signup::seats).sum()
    }

    /// How somebody is signed up at present.
    #[must_use]
    pub fn signup_of(&self, person: PersonId) -> Option<SignupId> {
        let theirs = |signup: &Signup| {
            signup.person == Some(person) && signup.standing != Standing::Withdrawn
        };
        self.signups.iter().find(|(_, signup)| theirs(signup)).map(|(id, _)| *id)
    }

    /// Everybody who comes, waits, or is offered a place.
    pub(super) fn concerned(&self) -> Vec<PersonId> {
        let live = self.signups.values().filter(|it| it.standing != Standing::Withdrawn);
        live.filter_map(|signup| signup.person).collect()
    }

    /// Drops all that leads to a person.
    pub(super) fn forget(&mut self, person: PersonId) {
        for signup in self.signups.values_mut().filter(|it| it.person == Some(person)) {
            signup.person = None;
        }
        let nobody = Origin::Asked { by: Uuid::nil() };
        let theirs = Origin::Asked { by: person.0 };
        for signup in self.signups.values_mut().filter(|it| it.by == person.0) {
            signup.by = Uuid::nil();
        }
        let origins = self.history.iter_mut().map(|step| &mut step.origin);
        for origin in origins.chain(self.unfinished.as_mut().map(|(origin, _)| origin)) {
            if *origin == theirs {
                *origin = nobody.clone();
            }
        }
    }
}
