//! Why an application did not get what it wished for: who is in the way.

use dugnad_events::{SeasonApplicationId, SeasonRoundId};
use jiff::Timestamp;

use super::{super::State, SeasonApplied, meet};

/// A wish that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// Whose.
    pub application: SeasonApplicationId,
    /// Which slot.
    pub slot: u32,
    /// Its place among the wishes, from 1.
    pub place: u32,
    /// Why.
    pub why: WhyNot,
}

/// Why a wish was not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// It has as many slots as it asked for.
    Enough,
    /// It has another slot at that time.
    Elsewhere {
        /// Which.
        slot: u32,
    },
    /// A class that goes first has it.
    FirstClass {
        /// Who.
        by: SeasonApplicationId,
    },
    /// Somebody with fewer slots has it.
    Fairness {
        /// Who.
        by: SeasonApplicationId,
    },
    /// Somebody to whom it was dearer, or for whom nothing else was left, has it.
    Dearer {
        /// Who.
        by: SeasonApplicationId,
    },
    /// A person of the municipality gave it to somebody else.
    Pinned {
        /// Who.
        by: SeasonApplicationId,
    },
    /// Nobody has it: a person took it out of the draft.
    Nobody,
}

impl WhyNot {
    /// Its name for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Enough => "ENOUGH",
            Self::Elsewhere { .. } => "ELSEWHERE",
            Self::FirstClass { .. } => "FIRST_CLASS",
            Self::Fairness { .. } => "FAIRNESS",
            Self::Dearer { .. } => "DEARER",
            Self::Pinned { .. } => "PINNED",
            Self::Nobody => "NOBODY",
        }
    }

    /// Who is in the way.
    #[must_use]
    pub fn by(self) -> Option<SeasonApplicationId> {
        match self {
            Self::FirstClass { by }
            | Self::Fairness { by }
            | Self::Dearer { by }
            | Self::Pinned { by } => Some(by),
            Self::Enough | Self::Elsewhere { .. } | Self::Nobody => None,
        }
    }
}

impl State {
    /// The wishes of a round's draft that were not met, by application as they came, then by place.
    /// `None`: there is no draft.
    pub fn season_unmet(&self, now: Timestamp, id: SeasonRoundId) -> Option<Vec<Unmet>> {
        let round = self.season_round(id)?;
        let draft = round.draft.as_ref()?;
        let theirs = |id: SeasonApplicationId| {
            let grants = draft.grants.iter().filter(move |(_, grant)| grant.application == id);
            grants.map(|(slot, _)| *slot)
        };
        let mut counts = std::collections::HashMap::new();
        for grant in draft.grants.values() {
            *counts.entry(grant.application).or_insert(0_u32) += 1;
        }
        let has = |id| counts.get(&id).copied().unwrap_or(0);
        let rank = |applied: &SeasonApplied| self.class_of(now, round, applied);
        let mut unmet = Vec::new();
        for applied in self.live_applications(round) {
            for (place, wish) in (1..).zip(&applied.facts.wishes) {
                let holder = draft.grants.get(&wish.slot);
                if holder.is_some_and(|grant| grant.application == applied.id) {
                    continue;
                }
                let meets = |other: &u32| {
                    let pair = round.slot(*other).zip(round.slot(wish.slot));
                    pair.is_some_and(|(one, other)| meet(one, other))
                };
                let pinned = holder.is_some_and(|grant| grant.pinned);
                let holder = holder.and_then(|it| self.season_application(it.application));
                let why = if has(applied.id) >= applied.facts.times {
                    WhyNot::Enough
                } else if let Some(slot) = theirs(applied.id).find(meets) {
                    WhyNot::Elsewhere { slot }
                } else {
                    match holder {
                        None => WhyNot::Nobody,
                        Some(by) if pinned => WhyNot::Pinned { by: by.id },
                        Some(by) if rank(by) < rank(applied) => WhyNot::FirstClass { by: by.id },
                        Some(by) if has(by.id) <= has(applied.id) => WhyNot::Fairness { by: by.id },
                        Some(by) => WhyNot::Dearer { by: by.id },
                    }
                };
                unmet.push(Unmet { application: applied.id, slot: wish.slot, place, why });
            }
        }
        Some(unmet)
    }
}
