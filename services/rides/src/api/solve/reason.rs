//! What stands in the way of a ride, in the caller's names.

use dugnad_dispatch::planner::{Obstacle, Reason};
use dugnad_proto::rides::v1 as pb;

use super::read::Given;

pub(super) fn obstacle(given: &Given, obstacle: &Obstacle) -> pb::SolveObstacle {
    pb::SolveObstacle {
        vehicle: given.ids.vehicles[obstacle.vehicle as usize].clone(),
        reasons: obstacle.reasons.iter().map(|one| reason(given, one)).collect(),
    }
}

fn reason(given: &Given, reason: &Reason) -> pb::SolveReason {
    let other = match *reason {
        Reason::Apart { request }
        | Reason::OthersAboard { request, .. }
        | Reason::Promise { request, .. }
        | Reason::Window { request, .. } => Some(request),
        _ => None,
    };
    let ride = other.map(|ride| given.ids.requests[ride as usize].clone()).unwrap_or_default();
    let text = match *reason {
        Reason::Pinned { to } => {
            format!("the ride is tied to {}", given.ids.vehicles[to as usize])
        }
        Reason::LacksSkills { skills } => {
            let lacks = (0..).zip(&given.ids.skills).filter(|(bit, _)| skills >> bit & 1 == 1);
            format!("lacks {}", lacks.map(|(_, name)| &**name).collect::<Vec<_>>().join(", "))
        }
        // The engine counts requests where the caller names rides.
        _ => match other {
            Some(at) => reason.to_string().replace(&format!("request {at}"), &ride),
            None => reason.to_string(),
        },
    };
    pb::SolveReason { reason: reason.name().to_owned(), text, ride }
}
