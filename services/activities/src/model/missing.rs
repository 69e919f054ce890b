//! What is still missing: "no host yet; 3 of 14 rides not promised".

use dugnad_events::{
    Code,
    activities::{Activity as Facts, Venue},
};

use super::{Occurrence, State, VenueState};

/// Something that an occurrence still lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nobody has said yet which room there is.
    VenueAwaited,
    /// The municipality must say yes to the room.
    VenueToApprove,
    /// There is no room.
    NoVenue {
        /// `UPPER_SNAKE_CASE`.
        reason: String,
        /// For a person to read.
        message: String,
    },
    /// Another room than it was said to be in is booked, and waits for the organiser's yes.
    VenueProposed {
        /// What people call it.
        place: String,
    },
    /// The room is booked for another time.
    VenueAtAnotherTime,
    /// There is nobody to reach about the room, so none is asked for.
    NoContact,
    /// Helpers.
    Helpers {
        /// As what.
        kind: Code,
        /// How many are missing.
        missing: u32,
        /// Of how many.
        of: u32,
        /// Why nobody is asked, if so.
        refused: Option<String>,
    },
    /// Rides.
    Rides {
        /// How many are not promised.
        missing: usize,
        /// Of how many.
        of: usize,
    },
}

impl Missing {
    /// Whether it is not confirmed without. Rides come and go with those who sign up.
    pub(super) fn holds_up(&self) -> bool {
        !matches!(self, Self::Rides { .. })
    }

    /// `UPPER_SNAKE_CASE`.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::VenueAwaited => "VENUE_AWAITED",
            Self::VenueToApprove => "VENUE_TO_APPROVE",
            Self::NoVenue { reason, .. } => reason,
            Self::VenueProposed { .. } => "VENUE_PROPOSED",
            Self::VenueAtAnotherTime => "VENUE_AT_ANOTHER_TIME",
            Self::NoContact => "NO_CONTACT",
            Self::Helpers { .. } => "HELPERS",
            Self::Rides { .. } => "RIDES",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::VenueAwaited => "the room is being asked for".to_owned(),
            Self::VenueToApprove => "the municipality has not said yes to the room".to_owned(),
            Self::NoVenue { message, .. } => format!("no room: {message}"),
            Self::VenueProposed { place } => {
                format!("another room is proposed, {place}: say yes or no to it")
            }
            Self::VenueAtAnotherTime => {
                "the room is booked for another time: move the one or the other".to_owned()
            }
            Self::NoContact => "no room is asked for: name a contact for it".to_owned(),
            Self::Helpers { kind, missing, of: 1, refused: None } if *missing == 1 => {
                format!("no {kind} yet")
            }
            Self::Helpers { kind, missing, of, refused: None } => {
                format!("{missing} of {of} {kind} missing")
            }
            Self::Helpers { kind, refused: Some(why), .. } => format!("no {kind} is asked: {why}"),
            Self::Rides { missing, of } => format!("{missing} of {of} rides not promised"),
        }
    }
}

impl State {
    /// What an occurrence lacks that is to come; of a draft, what it would ask for.
    #[must_use]
    pub fn missing(&self, facts: &Facts, occurrence: &Occurrence) -> Vec<Missing> {
        if !occurrence.stage.is_to_come() {
            return Vec::new();
        }
        let venue = match facts.venue {
            Venue::Outside(_) => None,
            Venue::Room(_) => self.missing_venue(occurrence),
        };
        let helpers = facts.helpers.iter().filter_map(|wanted| {
            let line = occurrence.helpers.iter().find(|line| line.facts.kind == wanted.kind);
            let missing = line.map_or(wanted.heads, super::Line::missing);
            let refused = line.and_then(|it| it.refused.as_ref()).map(|(_, why)| why.clone());
            let (kind, of) = (wanted.kind.clone(), wanted.heads);
            (missing > 0).then_some(Missing::Helpers { kind, missing, of, refused })
        });
        let of = occurrence.rides().count();
        let missing = occurrence.rides().filter(|ride| !ride.promised).count();
        let rides = (missing > 0).then_some(Missing::Rides { missing, of });
        venue.into_iter().chain(helpers).chain(rides).collect()
    }

    fn missing_venue(&self, occurrence: &Occurrence) -> Option<Missing> {
        match &occurrence.venue {
            VenueState::Held { .. } if occurrence.has_room() => None,
            VenueState::Held { .. } => Some(Missing::VenueAtAnotherTime),
            VenueState::Requested { .. } => Some(Missing::VenueToApprove),
            VenueState::Wanted { .. } => Some(Missing::VenueAwaited),
            VenueState::Proposed { room, .. } => {
                Some(Missing::VenueProposed { place: self.room_in_words(*room) })
            }
            VenueState::Refused { reason, message, .. } => {
                let (reason, message) = (reason.clone(), message.clone());
                Some(Missing::NoVenue { reason, message })
            }
            VenueState::Nothing if self.has_contact(occurrence.activity) => {
                Some(Missing::VenueAwaited)
            }
            VenueState::Nothing => Some(Missing::NoContact),
        }
    }
}
