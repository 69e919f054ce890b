//! What stands in the way, as it can be said to whoever asked: without names.

use dugnad_dispatch::planner::{Obstacle, Reason};
use dugnad_events::ShiftId;

use super::replica::Replica;
use crate::model::{self, Moment};

/// What stands in the way on one shift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InTheWay {
    pub(crate) shift: ShiftId,
    pub(crate) title: String,
    pub(crate) reasons: Vec<&'static str>,
    pub(crate) text: String,
}

impl Replica {
    pub(super) fn in_the_way(&self, obstacle: &Obstacle) -> InTheWay {
        let shift = &self.shifts[obstacle.vehicle as usize];
        let texts: Vec<String> = obstacle.reasons.iter().map(|reason| self.text(reason)).collect();
        InTheWay {
            shift: shift.id,
            title: shift.vehicle.name.clone(),
            reasons: obstacle.reasons.iter().map(Reason::name).collect(),
            text: texts.join(" and "),
        }
    }

    fn text(&self, reason: &Reason) -> String {
        let clock = |at: f64| model::clock(self.day, at.round() as Moment);
        let minutes = |span: f64| (span / 60.0 - 1e-6).ceil().max(0.0);
        match *reason {
            Reason::LacksSkills { skills } => {
                format!("vehicle and driver lack {}", self.demands.words(skills).join(", "))
            }
            Reason::Full { from, until } => {
                format!("full from {} to {}", clock(from), clock(until))
            }
            Reason::Break { from, until } => {
                format!("has a pause from {} to {}", clock(from), clock(until))
            }
            Reason::PickupLate { arrives, closes } => {
                format!(
                    "would be at the door at {}, asked for by {}",
                    clock(arrives),
                    clock(closes)
                )
            }
            Reason::DropoffLate { arrives, closes } => {
                format!("would be there at {}, asked for by {}", clock(arrives), clock(closes))
            }
            Reason::PickupEarly { by, opens } => {
                format!("would have to fetch by {}, asked for from {}", clock(by), clock(opens))
            }
            Reason::DropoffEarly { by, opens } => {
                format!("would have to be there by {}, asked for from {}", clock(by), clock(opens))
            }
            Reason::Aboard { takes, most } => {
                format!("{} minutes aboard, and {} are the most", minutes(takes), minutes(most))
            }
            Reason::OthersAboard { takes, most, .. } => format!(
                "another traveller would be aboard for {} minutes, and {} are the most",
                minutes(takes),
                minutes(most)
            ),
            Reason::Promise { late, .. } | Reason::Window { late, .. } => {
                format!("would break a promise to another traveller by {} minutes", minutes(late))
            }
            Reason::BreakMissed { by } => {
                format!("would miss its pause by {} minutes", minutes(by))
            }
            Reason::ShiftEnds { ends, back } => {
                format!("the shift ends at {}, it would be back at {}", clock(ends), clock(back))
            }
            Reason::ShiftBegins { begins, leave_by } => {
                format!(
                    "the shift begins at {}, it would have to leave at {}",
                    clock(begins),
                    clock(leave_by)
                )
            }
            Reason::Release { by, released } => {
                format!("would have to set out by {}, may from {}", clock(by), clock(released))
            }
            Reason::OutOfService
            | Reason::Pinned { .. }
            | Reason::NoPlace
            | Reason::Unreachable
            | Reason::Apart { .. }
            | Reason::Duration { .. }
            | Reason::TooManyVisits
            | Reason::PlanBroken => reason.to_string(),
        }
    }
}
