//! What rooms does when another service's event arrives.

use dugnad_events::volunteers::Event;

use crate::model::Command;

/// A person that is erased there is erased here too (invariant 8).
pub(crate) fn to(event: &Event) -> Vec<Command> {
    match event {
        Event::PersonErased { person, .. } => vec![Command::ErasePerson { person: *person }],
        _ => Vec::new(),
    }
}
