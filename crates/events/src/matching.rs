//! What happens to needs: who was asked, who said yes, who comes, and what became of it.
//!
//! People stand here by their ids alone. The one thing said in words, a need's text, is sealed under
//! the key of whom it is about.

mod data;
mod fact;
mod plan;

use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AssignmentId, Code, NeedId, NoticeId, OfferId, PlanId};

pub use data::{
    Alarm, Closing, Ending, GenderWish, Need, Party, Place, Policy, Slot, Want, Weights, Withdrawal,
};
pub use fact::{AgreementFacts, Fact};
pub use plan::{PlanFigures, PlanOutcome, PlanPart, PlanReason, PlanRule, PlanScope, PlanWay};

/// What happened in the matching of one municipality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// How needs of a kind are matched was set.
    KindSet {
        /// Which.
        kind: Code,
        /// From now on.
        policy: Policy,
    },
    /// Two people must not be brought together, in a need or beside each other.
    ConflictSet {
        /// One.
        one: PersonId,
        /// The other.
        other: PersonId,
    },
    /// Two people may be brought together again.
    ConflictLifted {
        /// One.
        one: PersonId,
        /// The other.
        other: PersonId,
    },
    /// The register of people and organisations said something that counts here.
    Heard {
        /// What.
        fact: Fact,
    },

    /// Somebody needs help.
    NeedPosted {
        /// Which need.
        need: NeedId,
        /// Who wrote it.
        by: Uuid,
        /// When.
        at: Timestamp,
        /// What for, when, where, and whom it takes.
        facts: Need,
        /// In words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Sealed<String>>,
    },
    /// What an activity wanted cannot be posted.
    HelpersRefused {
        /// The need that is not.
        need: NeedId,
        /// For what: an occurrence's name.
        about: String,
        /// `UPPER_SNAKE_CASE`.
        reason: String,
        /// For a person to read.
        message: String,
    },
    /// A need is no more: nobody is asked, and nobody comes.
    NeedClosed {
        /// Which.
        need: NeedId,
        /// Why.
        why: Closing,
    },
    /// The last time of a need is over: what became of it.
    NeedOver {
        /// Which.
        need: NeedId,
        /// Places that were taken, over all its times.
        filled: u32,
        /// Places there were.
        wanted: u32,
    },
    /// From now on people are asked until the need is filled.
    AskingStarted {
        /// Which need.
        need: NeedId,
    },
    /// Nobody is asked any more; offers that are open stay so.
    AskingStopped {
        /// Which need.
        need: NeedId,
    },
    /// All that can be asked now were asked.
    Asked {
        /// Which need.
        need: NeedId,
        /// When to look again for somebody; `None`: when something changes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<Timestamp>,
    },

    /// Somebody was asked.
    Offered {
        /// Which offer.
        offer: OfferId,
        /// Of which need.
        need: NeedId,
        /// Of which of its times, from 0.
        slot: u32,
        /// Whom.
        to: Party,
        /// Whether a place became free for somebody on the waiting list.
        #[serde(default)]
        waited: bool,
        /// When.
        at: Timestamp,
        /// When the answer is no if there was none.
        expires: Timestamp,
    },
    /// Somebody said no. They are not asked for this need again.
    Declined {
        /// Which offer.
        offer: OfferId,
        /// Why; `none-given` if they did not say.
        reason: Code,
    },
    /// Nobody answered in time.
    Expired {
        /// Which offer.
        offer: OfferId,
    },
    /// Offers are open no more.
    OffersWithdrawn {
        /// Which.
        offers: Vec<OfferId>,
        /// Why.
        why: Withdrawal,
    },
    /// Somebody said yes when all places were taken: they wait for one.
    Waiting {
        /// Which offer.
        offer: OfferId,
        /// Who waits; of an organisation's offer the member it named.
        person: PersonId,
    },
    /// Somebody waits no more.
    WaitingEnded {
        /// By which offer they waited.
        offer: OfferId,
    },

    /// Somebody comes.
    Assigned {
        /// Which assignment.
        assignment: AssignmentId,
        /// To which need.
        need: NeedId,
        /// At which of its times, from 0.
        slot: u32,
        /// Who.
        person: PersonId,
        /// Who said so: they themselves, or a coordinator.
        by: Uuid,
        /// When.
        at: Timestamp,
        /// The offer they took, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offer: Option<OfferId>,
        /// The plan it was in, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<PlanId>,
    },
    /// Some do not come after all.
    Unassigned {
        /// Which assignments.
        assignments: Vec<AssignmentId>,
        /// Why.
        why: Ending,
    },
    /// Somebody must look at this now.
    Alarmed {
        /// Which needs lost somebody.
        needs: Vec<NeedId>,
        /// Why.
        why: Alarm,
        /// When.
        at: Timestamp,
        /// The first local day on which somebody is missing, if it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        day: Option<Date>,
    },

    /// What somebody answered to a notice could not be done.
    AnswerRefused {
        /// Which notice they answered.
        notice: NoticeId,
        /// Who.
        person: PersonId,
        /// What they answered about, as `offers/<uuid>`.
        about: String,
        /// The rule that said no, `UPPER_SNAKE_CASE`.
        reason: String,
    },

    /// A period was planned; the parts follow.
    PlanDrafted {
        /// Which plan.
        plan: PlanId,
        /// Who asked for it.
        by: Uuid,
        /// When.
        at: Timestamp,
        /// What was planned.
        scope: PlanScope,
        /// The position that it was made on.
        based_on: u64,
        /// How large it is, and how good.
        figures: PlanFigures,
    },
    /// The next parts of a draft.
    PlanPartsAdded {
        /// Of which plan.
        plan: PlanId,
        /// In order.
        parts: Vec<PlanPart>,
    },
    /// All parts of a draft are there; the one it replaces is no more.
    PlanReady {
        /// Which plan.
        plan: PlanId,
    },
    /// A coordinator put somebody else into a part of a draft, or nobody.
    PlanPartChanged {
        /// Of which plan.
        plan: PlanId,
        /// Which, from 0.
        part: u32,
        /// From now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
        /// Why them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reasons: Vec<PlanReason>,
        /// Although it goes beyond what they said of their own time and way.
        #[serde(default)]
        anyway: bool,
    },
    /// A part stays as it is when the period is planned anew, or need not any more.
    PlanPartPinned {
        /// Of which plan.
        plan: PlanId,
        /// Which, from 0.
        part: u32,
        /// From now on.
        pinned: bool,
    },
    /// A part of a plan was made known, or did not hold any more.
    PlanPartPublished {
        /// Of which plan.
        plan: PlanId,
        /// Which, from 0.
        part: u32,
        /// What became of it.
        outcome: PlanOutcome,
    },
    /// All parts of a plan were made known.
    PlanPublished {
        /// Which plan.
        plan: PlanId,
    },
    /// A draft was thrown away.
    PlanDiscarded {
        /// Which plan.
        plan: PlanId,
    },
}
