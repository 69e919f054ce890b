//! What a plan of a period is made of.

use dugnad_calendar::Interval;
use dugnad_vault::PersonId;
use serde::{Deserialize, Serialize};

use crate::{AssignmentId, Code, NeedId, OfferId, PlanId};

/// What a plan is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanScope {
    /// Times that begin in it.
    pub period: Interval,
    /// Of needs of these kinds; none: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Code>,
    /// The draft whose pinned parts are kept, and in whose place it comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<PlanId>,
}

/// How large a plan is, and how good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFigures {
    /// Times of needs with a place to fill.
    pub needs: u32,
    /// Places to fill.
    pub places: u32,
    /// Places that somebody takes.
    pub filled: u32,
    /// People who can take any of them.
    pub people: u32,
    /// Pairs that were looked at.
    pub edges: u32,
    /// What the plan costs.
    pub cost: i64,
    /// No plan by these pairs costs less.
    pub bound: i64,
}

/// One place in a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPart {
    /// Of which need.
    pub need: NeedId,
    /// Of which of its times, from 0.
    pub slot: u32,
    /// Who takes it; `None`: nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Whether it stays when the period is planned anew.
    #[serde(default)]
    pub pinned: bool,
    /// Why them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<PlanReason>,
    /// What would fill it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<PlanWay>,
}

/// A part of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanReason {
    /// Its name for machines.
    pub name: String,
    /// What it adds.
    pub points: i64,
    /// Goes on after "This person …"; codes and days, no name.
    pub text: String,
}

/// Somebody who could take an open place if rules gave way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanWay {
    /// Who.
    pub person: PersonId,
    /// The smallest set that would have to.
    pub rules: Vec<PlanRule>,
}

/// A rule that says no.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlanRule {
    /// Its name for machines.
    pub name: String,
    /// Goes on after "This person …"; codes, ids and days, no name.
    pub text: String,
}

/// What became of a part when its plan was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanOutcome {
    /// They come.
    Assigned(AssignmentId),
    /// They were asked.
    Offered(OfferId),
    /// It held no longer.
    Dropped(Vec<PlanRule>),
}
