//! What things are called: their public words, and where they are.

use dugnad_events::{
    Code, RoomId,
    notices::{Language, What},
};

use super::{clean, words};
use crate::model::State;

/// What something is called.
pub(super) fn what(state: &State, what: Option<&What>, language: Language) -> String {
    let known = match what {
        Some(What::Kind(code)) => kind(state, code, language),
        Some(What::Room(room)) => room_name(state, *room),
        Some(What::For { kind: code, about }) => {
            let parts = [kind(state, code, language), named(state, about, language)];
            joined(parts.into_iter().flatten())
        }
        Some(What::Named(name)) => named(state, name, language),
        Some(What::Ride) => Some(words::ride(language).to_owned()),
        Some(What::Delivery) => Some(words::delivery(language).to_owned()),
        Some(What::Driving) => Some(words::driving(language).to_owned()),
        None => None,
    };
    clean(&known.unwrap_or_else(|| words::something(language).to_owned()))
}

fn kind(state: &State, code: &Code, language: Language) -> Option<String> {
    let (nb, en) = state.known.kinds.get(code)?;
    Some(if language == Language::Nb { nb.clone() } else { en.clone() })
}

fn room_name(state: &State, room: RoomId) -> Option<String> {
    let (facility, name) = state.known.rooms.get(&room)?;
    joined(
        [Some(name.clone()), state.known.facilities.get(facility).cloned()].into_iter().flatten(),
    )
}

fn joined(parts: impl Iterator<Item = String>) -> Option<String> {
    let parts: Vec<_> = parts.filter(|it| !it.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What something with a resource name is called, and where it is.
fn named(state: &State, name: &str, language: Language) -> Option<String> {
    let known = &state.known;
    let facility = |it| known.facilities.get(it).cloned();
    match name.split_once('/')?.0 {
        "shifts" => facility(&known.shifts.get(&name.parse().ok()?)?.facility),
        "doors" => {
            let door = known.doors.get(&name.parse().ok()?)?;
            joined([Some(door.name.clone()), facility(&door.facility)].into_iter().flatten())
        }
        "occurrences" => {
            let date = known.occurrences.get(&name.parse().ok()?)?;
            let (title, place) = known.activities.get(&date.activity)?;
            let room = date.room.and_then(|it| room_name(state, it));
            joined([title.clone()].into_iter().chain(room.or_else(|| Some(place.clone()))))
        }
        "seasonRounds" => {
            let round = known.rounds.get(&name.parse().ok()?)?;
            Some(round.name.clone()).filter(|it| !it.is_empty())
        }
        _ => None,
    }
    .or_else(|| name.starts_with("seasonRounds/").then(|| words::season(language).to_owned()))
}
