//! What is known of one person.

use std::collections::{BTreeMap, BTreeSet};

use dugnad_events::{
    UnitId,
    volunteers::{Details, Erasure, Event, Gender, Giver, Pause, Receiver, Representation},
};
use dugnad_vault::{PersonId, Sealed};
use jiff::civil::Date;

use super::{reads::Reads, view::Availability};

/// How far somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Gives, and was not admitted yet.
    Applicant,
    /// Can be asked, or receives.
    Active,
    /// Rests on the day.
    Paused,
    /// Stopped.
    Left,
}

/// Who, since when, for the clock to come for them.
pub(super) type KeptSince = Option<(Erasure, Date)>;

#[derive(Debug, PartialEq)]
pub(super) struct Record {
    /// Goes up with each change, from 1.
    pub(super) revision: u32,
    pub(super) registered: Date,
    pub(super) details: Sealed<Details>,
    pub(super) gender: Option<Gender>,
    pub(super) giver: Option<Giver>,
    pub(super) receiver: Option<Receiver>,
    /// Came into the register by signing up to give, and was never admitted.
    applied: bool,
    admitted: bool,
    pub(super) left: Option<Date>,
    /// `None`: always.
    pub(super) availability: Option<Availability>,
    pub(super) pause: Option<Pause>,
    pub(super) support: Option<Sealed<String>>,
    pub(super) representatives: BTreeMap<PersonId, Representation>,
    /// Those whose `representatives` this one is among.
    pub(super) speaks_for: BTreeSet<PersonId>,
    /// The units whose contact or deputy this one is.
    pub(super) contact_of: BTreeSet<UnitId>,
    pub(super) reads: Reads,
}

impl Record {
    /// `None` if the event registers nobody.
    pub(super) fn new(event: &Event) -> Option<Self> {
        let Event::PersonRegistered { on, details, gender, giver, receiver, .. } = event else {
            return None;
        };
        Some(Self {
            revision: 1,
            registered: *on,
            details: details.clone(),
            gender: *gender,
            giver: giver.clone(),
            receiver: receiver.clone(),
            applied: giver.is_some(),
            admitted: false,
            left: None,
            availability: None,
            pause: None,
            support: None,
            representatives: BTreeMap::new(),
            speaks_for: BTreeSet::new(),
            contact_of: BTreeSet::new(),
            reads: Reads::default(),
        })
    }

    pub(super) fn stage(&self, today: Date) -> Stage {
        if self.left.is_some() {
            Stage::Left
        } else if self.giver.is_some() && !self.admitted {
            Stage::Applicant
        } else if self.pause.is_some_and(|pause| pause.holds(today)) {
            Stage::Paused
        } else {
            Stage::Active
        }
    }

    /// Whoever gives nothing any more has neither hours nor a rest, and is admitted anew if they
    /// come to give again.
    pub(super) fn set_giver(&mut self, giver: Option<Giver>) {
        if giver.is_none() {
            (self.availability, self.pause, self.support) = (None, None, None);
            self.admitted = false;
        }
        self.giver = giver;
    }

    pub(super) fn admitted(&mut self) {
        self.admitted = true;
        self.applied = false;
        self.left = None;
    }

    pub(super) fn is_admitted(&self) -> bool {
        self.admitted && self.left.is_none()
    }

    /// Since when the retention period runs. An applicant who is in the register for another reason
    /// too is kept for that one.
    pub(super) fn kept_since(&self) -> KeptSince {
        if let Some(left) = self.left {
            return Some((Erasure::Left, left));
        }
        let needed =
            self.receiver.is_some() || !self.speaks_for.is_empty() || !self.contact_of.is_empty();
        (self.applied && !needed).then_some((Erasure::Applicant, self.registered))
    }

    /// Whether this one may speak for the receiver on the day, about details.
    pub(super) fn represented_by(&self, who: PersonId, today: Date) -> Option<&Representation> {
        self.representatives.get(&who).filter(|it| it.until.is_none_or(|until| today <= until))
    }
}
