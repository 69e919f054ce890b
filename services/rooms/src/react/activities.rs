//! What activities wants of rooms.

use dugnad_events::activities::{Event, What};

use crate::model::{Command, VenueCommand};

pub(super) fn to(event: &Event) -> Option<Command> {
    let Event::Occurrence { occurrence, what, .. } = event else { return None };
    let command = match what {
        What::VenueWanted(want) => VenueCommand::Want(want.clone()),
        What::VenueReleased { bookings } => VenueCommand::Release { bookings: bookings.clone() },
        What::Began | What::Cancelled { .. } => VenueCommand::Over { about: *occurrence },
        _ => return None,
    };
    Some(Command::Venue(command))
}
