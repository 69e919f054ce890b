//! What activities wants of matching.

use dugnad_events::activities::{Event, What};

use crate::model::{Command, HelpersCommand};

/// Why a need is closed that an activity does not want any more.
const RELEASED: &str = "released";

pub(super) fn to(event: &Event) -> Option<Command> {
    let Event::Occurrence { what, .. } = event else { return None };
    let command = match what {
        What::HelpersWanted { want, need, by, instead_of } => HelpersCommand::Want {
            want: *want,
            need: need.clone(),
            by: *by,
            instead_of: *instead_of,
        },
        What::HelpersReleased { need } => {
            let reason = RELEASED.parse().expect("a code");
            HelpersCommand::Release { need: *need, reason }
        }
        _ => return None,
    };
    Some(Command::Helpers(command))
}
