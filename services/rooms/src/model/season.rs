//! Season allocation (sesongtildeling): rounds, applications, a draft that a person edits, and what is
//! published of it.
//!
//! The long computation is elsewhere (`crate::allocator`): what comes in here as a draft is held
//! against the present once more. Slots are named by their place in the round, which never changes
//! once it has opened. Publishing is a command a slot, each a series of its own, so that it can stop
//! anywhere and go on.
//!
//! Keeps true: no slot has two applications, no application two slots at one time, no organisation
//! more slots than its quota.

mod apply;
mod draft;
mod publish;
mod round;
mod why;

use std::collections::{BTreeMap, HashMap};

use dugnad_events::{
    OrganisationId, SeasonApplicationId, SeasonRoundId, SeriesId,
    rooms::{
        BookingDetails, Event, SeasonApplication, SeasonEvent, SeasonFigures, SeasonGrant,
        SeasonRound, SeasonSlot, Skipped,
    },
};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Name, Refusal as Refused, State};

pub use draft::{Asks, Question};
pub use round::{LONGEST_SEASON_DAYS, MOST_ROUNDS};
pub use why::{Unmet, WhyNot};

/// The most slots of one round: a draft fits into one commit.
pub const MOST_SLOTS: usize = 4_000;
/// The most applications in one round.
pub const MOST_APPLICATIONS: usize = 5_000;
/// The most times a week that one application asks for.
pub const MOST_TIMES: u32 = 7;

/// What can be asked about seasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Write a round, or write one anew that has not opened.
    SetRound {
        /// `None`: a new one.
        round: Option<SeasonRoundId>,
        /// What it is.
        facts: Box<SeasonRound>,
    },
    /// Apply for a group.
    Apply {
        /// In which round.
        round: SeasonRoundId,
        /// What is asked for.
        facts: Box<SeasonApplication>,
        /// What for and whom to reach.
        details: Sealed<BookingDetails>,
    },
    /// Take an application back.
    Withdraw {
        /// Which.
        application: SeasonApplicationId,
        /// Whether it is the caller's office; otherwise it must be theirs.
        office: bool,
    },
    /// Take in a draft.
    Adopt {
        /// Of which round.
        round: SeasonRoundId,
        /// The draft that it was made on; 0: none.
        seen: u32,
        /// How good it is.
        figures: SeasonFigures,
        /// Who has what.
        grants: Vec<SeasonGrant>,
    },
    /// Give a slot of the draft to somebody, or to nobody.
    SetGrant {
        /// Of which round.
        round: SeasonRoundId,
        /// Which slot.
        slot: u32,
        /// To whom.
        application: Option<SeasonApplicationId>,
        /// Whether it stays when the round is allocated anew.
        pinned: bool,
    },
    /// Give whoever has one slot another instead.
    MoveGrant {
        /// Of which round.
        round: SeasonRoundId,
        /// Which slot they have.
        from: u32,
        /// Which they get; it stays theirs when the round is allocated anew.
        to: u32,
    },
    /// Make a slot's series.
    PublishGrant {
        /// Of which round.
        round: SeasonRoundId,
        /// Which slot.
        slot: u32,
    },
    /// Every slot is made known.
    Published {
        /// Of which round.
        round: SeasonRoundId,
    },
}

/// A rule about seasons that says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// One applies while the round is open.
    #[error("{round} takes applications from {opens} until {closes}")]
    NotOpen {
        /// Which.
        round: SeasonRoundId,
        /// From then.
        opens: Timestamp,
        /// Until then.
        closes: Timestamp,
    },
    /// It was seen by applicants: nothing of it changes any more.
    #[error("{0} has opened: it cannot be written anew")]
    HasOpened(SeasonRoundId),
    /// It is allocated once all have applied.
    #[error("{round} still takes applications, until {closes}")]
    NotClosed {
        /// Which.
        round: SeasonRoundId,
        /// Until then.
        closes: Timestamp,
    },
    /// There is nothing to edit or to publish.
    #[error("{0} has no draft: allocate it first")]
    NoDraft(SeasonRoundId),
    /// What is known to people is changed by its bookings.
    #[error("{0} is being published, or was: change the bookings")]
    IsPublished(SeasonRoundId),
    /// The draft changed since it was looked at.
    #[error("the draft of {round} changed meanwhile (it is at {revision} now): allocate again")]
    DraftChanged {
        /// Of which round.
        round: SeasonRoundId,
        /// Its revision now.
        revision: u32,
    },
    /// Two slots stand in each other's way.
    #[error("slots {one} and {other} lie over each other, buffers included")]
    SlotsOverlap {
        /// From 0.
        one: usize,
        /// From 0.
        other: usize,
    },
    /// They want to be there longer.
    #[error("slot {slot} lasts {minutes} minutes: wish for longer ones, or ask for less")]
    SlotTooShort {
        /// From 0.
        slot: u32,
        /// How long.
        minutes: u16,
    },
    /// They are too many for the room.
    #[error("slot {slot} is in a room for {capacity}: wish for larger ones")]
    RoomTooSmall {
        /// From 0.
        slot: u32,
        /// How many it holds.
        capacity: u32,
    },
    /// The organisation asks for more than one may have.
    #[error("one organisation may have {limit} slots a week in this round; {used} are taken up")]
    Quota {
        /// The most.
        limit: u32,
        /// By its other applications, or grants.
        used: u32,
    },
    /// Somebody else has it.
    #[error("slot {slot} is {by}'s: take it from them first")]
    SlotGranted {
        /// From 0.
        slot: u32,
        /// Whose.
        by: SeasonApplicationId,
    },
    /// Nobody is in two places at once.
    #[error("{application} has slot {with} at that time")]
    TimesClash {
        /// Which.
        application: SeasonApplicationId,
        /// From 0.
        with: u32,
    },
    /// It is none any more, or of another round.
    #[error("{0} is no live application of that round")]
    NotLive(SeasonApplicationId),
    /// Until the season is allocated, its applicants do not go around it.
    #[error("your organisation applies in {0}: its rooms are let by that until it is published")]
    RoundPending(SeasonRoundId),
}

impl Refusal {
    /// The rule's name for machines, `UPPER_SNAKE_CASE`; it never changes.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotOpen { .. } => "ROUND_NOT_OPEN",
            Self::HasOpened(_) => "ROUND_HAS_OPENED",
            Self::NotClosed { .. } => "ROUND_NOT_CLOSED",
            Self::NoDraft(_) => "NO_DRAFT",
            Self::IsPublished(_) => "ROUND_PUBLISHED",
            Self::DraftChanged { .. } => "DRAFT_CHANGED",
            Self::SlotsOverlap { .. } => "SLOTS_OVERLAP",
            Self::SlotTooShort { .. } => "SLOT_TOO_SHORT",
            Self::RoomTooSmall { .. } => "ROOM_TOO_SMALL",
            Self::Quota { .. } => "SEASON_QUOTA",
            Self::SlotGranted { .. } => "SLOT_GRANTED",
            Self::TimesClash { .. } => "TIMES_CLASH",
            Self::NotLive(_) => "APPLICATION_NOT_LIVE",
            Self::RoundPending(_) => "SEASON_PENDING",
        }
    }
}

/// How far a round has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Nobody can apply yet.
    Upcoming,
    /// One can apply.
    Open,
    /// One cannot any more.
    Closed,
    /// There is a draft.
    Allocated,
    /// Some of it is made known.
    Publishing,
    /// All of it is.
    Published,
}

/// A round of applications.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// Its id.
    pub id: SeasonRoundId,
    /// What it is.
    pub facts: SeasonRound,
    /// In the order in which they came, those withdrawn too.
    pub applications: Vec<SeasonApplicationId>,
    /// What was allocated.
    pub draft: Option<Draft>,
    /// Whether all of it is known.
    pub published: bool,
}

/// Who is to have what.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Goes up with each change, from 1.
    pub revision: u32,
    /// How good it was when it was made.
    pub figures: SeasonFigures,
    /// By slot.
    pub grants: BTreeMap<u32, Grant>,
}

/// A slot that somebody has.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// Who.
    pub application: SeasonApplicationId,
    /// Whether it stays when the round is allocated anew.
    pub pinned: bool,
    /// What became of it.
    pub outcome: Option<Outcome>,
}

/// What became of a slot when it was published.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// `None`: no date could be had.
    pub series: Option<SeriesId>,
    /// Dates that could not be had.
    pub skipped: Vec<Skipped>,
}

/// An application in a round.
#[derive(Clone, Debug, PartialEq)]
pub struct SeasonApplied {
    /// Its id.
    pub id: SeasonApplicationId,
    /// In which round.
    pub round: SeasonRoundId,
    /// Who wrote it.
    pub by: Uuid,
    /// What is asked for.
    pub facts: SeasonApplication,
    /// What for and whom to reach; `None`: the person was erased.
    pub details: Option<Sealed<BookingDetails>>,
    /// It is none any more.
    pub withdrawn: bool,
}

impl SeasonApplied {
    /// In whose name.
    #[must_use]
    pub fn organisation(&self) -> Option<OrganisationId> {
        self.facts.says.organisation
    }
}

/// All rounds and applications.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Seasons {
    rounds: HashMap<SeasonRoundId, Round>,
    /// As they came.
    order: Vec<SeasonRoundId>,
    applications: HashMap<SeasonApplicationId, SeasonApplied>,
    /// Rounds that bar their applicants from booking directly.
    barring: Vec<SeasonRoundId>,
}

pub(super) fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refused> {
    match command {
        Command::SetRound { round, facts } => round::set(state, cx, round, facts),
        Command::Apply { round, facts, details } => apply::apply(state, cx, round, facts, details),
        Command::Withdraw { application, office } => {
            apply::withdraw(state, cx, application, office)
        }
        Command::Adopt { round, seen, figures, grants } => {
            draft::adopt(state, cx, round, seen, figures, grants)
        }
        Command::SetGrant { round, slot, application, pinned } => {
            draft::set_grant(state, round, slot, application, pinned)
        }
        Command::MoveGrant { round, from, to } => draft::move_grant(state, round, from, to),
        Command::PublishGrant { round, slot } => publish::grant(state, cx, round, slot),
        Command::Published { round } => publish::done(state, round),
    }
}

fn event(event: SeasonEvent) -> Event {
    Event::Season(event)
}

impl Round {
    /// How far it has come.
    #[must_use]
    pub fn stage(&self, now: Timestamp) -> Stage {
        let known = |grant: &Grant| grant.outcome.is_some();
        match &self.draft {
            _ if self.published => Stage::Published,
            Some(draft) if draft.grants.values().any(known) => Stage::Publishing,
            Some(_) => Stage::Allocated,
            None if now < self.facts.opens => Stage::Upcoming,
            None if now < self.facts.closes => Stage::Open,
            None => Stage::Closed,
        }
    }

    fn slot(&self, slot: u32) -> Option<&SeasonSlot> {
        self.facts.slots.get(slot as usize)
    }

    fn revision(&self) -> u32 {
        self.draft.as_ref().map_or(0, |draft| draft.revision)
    }
}

/// Whether the two times of the week overlap.
fn meet(one: &SeasonSlot, other: &SeasonSlot) -> bool {
    one.weekday == other.weekday
        && one.start < other.start + other.minutes
        && other.start < one.start + one.minutes
}

impl State {
    pub(super) fn season_evolve(&mut self, event: &SeasonEvent) {
        match event {
            SeasonEvent::RoundSet { round, facts } => self.seasons.round_set(*round, facts),
            SeasonEvent::Applied { application, round, by, facts, details } => {
                let applied = SeasonApplied {
                    id: *application,
                    round: *round,
                    by: *by,
                    facts: (**facts).clone(),
                    details: Some(details.clone()),
                    withdrawn: false,
                };
                self.seasons.applications.insert(*application, applied);
                if let Some(round) = self.seasons.rounds.get_mut(round) {
                    round.applications.push(*application);
                }
            }
            SeasonEvent::Withdrawn { application } => {
                if let Some(applied) = self.seasons.applications.get_mut(application) {
                    applied.withdrawn = true;
                }
            }
            SeasonEvent::Allocated { round, revision, figures, grants } => {
                let grant = |it: &SeasonGrant| {
                    let (application, pinned) = (it.application, it.pinned);
                    (it.slot, Grant { application, pinned, outcome: None })
                };
                let grants = grants.iter().map(grant).collect();
                if let Some(round) = self.seasons.rounds.get_mut(round) {
                    let (revision, figures) = (*revision, *figures);
                    round.draft = Some(Draft { revision, figures, grants });
                }
            }
            SeasonEvent::GrantSet { round, revision, slot, application, pinned } => {
                let round = self.seasons.rounds.get_mut(round);
                let Some(draft) = round.and_then(|round| round.draft.as_mut()) else { return };
                draft.revision = *revision;
                draft.grants.remove(slot);
                draft.grants.extend(application.map(|application| {
                    (*slot, Grant { application, pinned: *pinned, outcome: None })
                }));
            }
            SeasonEvent::GrantPublished { round, slot, series, skipped } => {
                let draft = self.seasons.rounds.get_mut(round).and_then(|it| it.draft.as_mut());
                if let Some(grant) = draft.and_then(|draft| draft.grants.get_mut(slot)) {
                    let (series, skipped) = (*series, skipped.clone());
                    grant.outcome = Some(Outcome { series, skipped });
                }
            }
            SeasonEvent::Published { round } => {
                self.seasons.barring.retain(|other| other != round);
                if let Some(round) = self.seasons.rounds.get_mut(round) {
                    round.published = true;
                }
            }
        }
    }

    /// One round.
    pub fn season_round(&self, id: SeasonRoundId) -> Option<&Round> {
        self.seasons.rounds.get(&id)
    }

    /// All rounds, the newest first.
    pub fn season_rounds(&self) -> impl Iterator<Item = &Round> {
        self.seasons.order.iter().rev().filter_map(|id| self.seasons.rounds.get(id))
    }

    /// One application.
    pub fn season_application(&self, id: SeasonApplicationId) -> Option<&SeasonApplied> {
        self.seasons.applications.get(&id)
    }

    /// The applications that name the person as who is to be reached, by id. `O(applications)`.
    pub fn season_applications_about(&self, person: PersonId) -> Vec<SeasonApplied> {
        let all = self.seasons.applications.values();
        let about = |it: &&SeasonApplied| it.details.as_ref().is_some_and(|d| d.person() == person);
        let mut found: Vec<_> = all.filter(about).cloned().collect();
        found.sort_by_key(|applied| applied.id);
        found
    }

    fn existing_round(&self, id: SeasonRoundId) -> Result<&Round, Refused> {
        self.season_round(id).ok_or(Refused::NotFound(Name::SeasonRound(id)))
    }

    /// The live applications of a round, in the order in which they came.
    fn live_applications<'a>(
        &'a self,
        round: &'a Round,
    ) -> impl Iterator<Item = &'a SeasonApplied> {
        let all = round.applications.iter().filter_map(|id| self.season_application(*id));
        all.filter(|applied| !applied.withdrawn)
    }
}

impl Seasons {
    fn round_set(&mut self, id: SeasonRoundId, facts: &SeasonRound) {
        self.barring.retain(|other| *other != id);
        if facts.bars_direct {
            self.barring.push(id);
        }
        if let Some(round) = self.rounds.get_mut(&id) {
            round.facts = facts.clone();
            return;
        }
        let (facts, applications) = (facts.clone(), Vec::new());
        self.rounds.insert(id, Round { id, facts, applications, draft: None, published: false });
        self.order.push(id);
    }

    /// Nothing here leads to the person any more.
    pub(super) fn forget(&mut self, person: PersonId) {
        for applied in self.applications.values_mut() {
            applied.details = applied.details.take().filter(|it| it.person() != person);
        }
    }
}
