//! What can be asked of matching. The api checks the form of the fields; the rules are elsewhere.

use dugnad_events::{
    AssignmentId, Code, NeedId, OfferId, TeamId,
    matching::{Fact, Need, Policy},
};
use dugnad_vault::{PersonId, Sealed};
use serde::{Deserialize, Serialize};

use super::{Answered, PlanCommand, ShiftCommand};

/// One intent of a caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Set how needs of a kind are matched.
    SetKind {
        /// Which.
        kind: Code,
        /// From now on.
        policy: Policy,
    },
    /// Two people must not, or may again, be brought together.
    SetConflict {
        /// One.
        one: PersonId,
        /// The other.
        other: PersonId,
        /// `false`: they may again.
        apart: bool,
    },
    /// Take in what the register said.
    Hear(Fact),
    /// Ask for help.
    PostNeed {
        /// What for, when, where, and whom it takes.
        facts: Box<Need>,
        /// In words.
        text: Option<Sealed<String>>,
        /// For whom the caller must be able to speak; `None`: it is their office.
        speaks: Option<PersonId>,
    },
    /// End a need. One that is closed already stays as it is.
    CloseNeed {
        /// Which.
        need: NeedId,
        /// Why.
        reason: Code,
        /// Whether it is the caller's office; otherwise the need must be theirs.
        office: bool,
    },
    /// Ask people until a need is filled, or ask nobody any more.
    SetAsking {
        /// Which need.
        need: NeedId,
        /// From now on.
        asking: bool,
    },
    /// Say yes to an offer.
    Accept {
        /// Which.
        offer: OfferId,
        /// Who comes, of an organisation's offer.
        person: Option<PersonId>,
        /// Whether it is the caller's office to answer for others.
        office: bool,
    },
    /// Say no to an offer.
    Decline {
        /// Which.
        offer: OfferId,
        /// Why.
        reason: Code,
        /// Whether it is the caller's office to answer for others.
        office: bool,
    },
    /// Take offers back that are open.
    Retract {
        /// Which.
        offer: OfferId,
    },
    /// Take a place without having been asked.
    Take {
        /// Of which need.
        need: NeedId,
        /// At which of its times.
        slot: u32,
    },
    /// Put somebody into a place.
    Assign {
        /// Of which need.
        need: NeedId,
        /// At which of its times.
        slot: u32,
        /// Whom.
        person: PersonId,
        /// Although it goes beyond what they said of their own time and way.
        anyway: bool,
    },
    /// Put a team into places of one time: as many of its members as come at a time.
    AssignTeam {
        /// Of which need.
        need: NeedId,
        /// At which of its times.
        slot: u32,
        /// Which.
        team: TeamId,
    },
    /// Give a place back.
    Cancel {
        /// Which.
        assignment: AssignmentId,
        /// Why.
        reason: Code,
        /// Whether it is the caller's office; otherwise the place must be theirs.
        office: bool,
    },
    /// What an activity wants of us.
    Helpers(super::HelpersCommand),
    /// What rooms says of an evening shift.
    Shift(ShiftCommand),
    /// Do what somebody answered to a notice.
    Answered(Answered),
    /// Something about a plan.
    Plan(Box<PlanCommand>),
    /// A deadline has passed.
    Tick,
}
