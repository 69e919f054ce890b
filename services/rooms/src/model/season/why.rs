//! Why an application did not get what it wished for: who is in the way.

use std::collections::HashMap;

use dugnad_events::{SeasonApplicationId, SeasonRoundId};
use jiff::Timestamp;

use super::{super::State, Draft, Round, SeasonApplied, draft::Ranks, meet};

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
    /// `None`: there is no draft. `O(wishes)`.
    pub fn season_unmet(&self, now: Timestamp, id: SeasonRoundId) -> Option<Vec<Unmet>> {
        let round = self.season_round(id)?;
        let draft = round.draft.as_ref()?;
        let mut theirs: HashMap<SeasonApplicationId, Vec<u32>> = HashMap::new();
        for (slot, grant) in &draft.grants {
            theirs.entry(grant.application).or_default().push(*slot);
        }
        let ranks = Ranks::new(self, now, round);
        let mut looking = Looking { round, draft, theirs, ranks };
        let mut unmet = Vec::new();
        for applied in self.live_applications(round) {
            for (place, wish) in (1..).zip(&applied.facts.wishes) {
                if let Some(why) = looking.why_not(self, applied, wish.slot) {
                    let (application, slot) = (applied.id, wish.slot);
                    unmet.push(Unmet { application, slot, place, why });
                }
            }
        }
        Some(unmet)
    }
}

/// A draft, and who has what of it.
struct Looking<'a> {
    round: &'a Round,
    draft: &'a Draft,
    theirs: HashMap<SeasonApplicationId, Vec<u32>>,
    ranks: Ranks<'a>,
}

impl<'a> Looking<'a> {
    fn has(&self, id: SeasonApplicationId) -> &[u32] {
        self.theirs.get(&id).map_or(&[], Vec::as_slice)
    }

    /// `None`: it has the slot.
    fn why_not(&mut self, state: &'a State, applied: &SeasonApplied, at: u32) -> Option<WhyNot> {
        let holder = self.draft.grants.get(&at);
        if holder.is_some_and(|grant| grant.application == applied.id) {
            return None;
        }
        let has = self.has(applied.id);
        if has.len() >= applied.facts.times as usize {
            return Some(WhyNot::Enough);
        }
        let meets = |other: &&u32| {
            let pair = self.round.slot(**other).zip(self.round.slot(at));
            pair.is_some_and(|(one, other)| meet(one, other))
        };
        if let Some(slot) = has.iter().find(meets).copied() {
            return Some(WhyNot::Elsewhere { slot });
        }
        let Some(grant) = holder else { return Some(WhyNot::Nobody) };
        let by = grant.application;
        if grant.pinned {
            return Some(WhyNot::Pinned { by });
        }
        let fewer = self.has(by).len() <= has.len();
        let goes_first = state
            .season_application(by)
            .is_some_and(|holder| self.ranks.of(holder) < self.ranks.of(applied));
        Some(match (goes_first, fewer) {
            (true, _) => WhyNot::FirstClass { by },
            (false, true) => WhyNot::Fairness { by },
            (false, false) => WhyNot::Dearer { by },
        })
    }
}
