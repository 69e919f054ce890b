//! The steps of the arranging in words, for whoever asks how an evening came to be what it is.

use dugnad_events::activities::{Way, What};

/// A step in words, and what it is about in the service it concerns; `None`: it is about people.
pub(super) fn in_words(what: &What) -> Option<(String, String)> {
    of_planning(what)
        .or_else(|| of_venue(what))
        .or_else(|| of_helpers(what))
        .or_else(|| of_ride(what))
}

/// Whether it is about somebody's ride.
pub(super) fn is_of_ride(what: &What) -> bool {
    matches!(what, What::RideWanted(_) | What::RidePromised { .. } | What::RideRefused { .. })
}

fn of_ride(what: &What) -> Option<(String, String)> {
    Some(match what {
        What::RideWanted(want) => {
            let way = match want.way {
                Way::There => "there",
                Way::Home => "home",
            };
            (format!("asked rides for a ride {way}"), want.want.ride().to_string())
        }
        What::RidePromised { ride } => ("a ride was promised".to_owned(), ride.ride().to_string()),
        What::RideRefused { ride, message } => {
            (format!("a ride cannot be given: {message}"), ride.ride().to_string())
        }
        What::RidesReleased { rides } => {
            (format!("wants {} rides no more, or otherwise", rides.len()), String::new())
        }
        _ => return None,
    })
}

fn of_planning(what: &What) -> Option<(String, String)> {
    let words = match what {
        What::Planned { activity, .. } => {
            return Some(("was planned, as a draft".to_owned(), activity.to_string()));
        }
        What::Arranging => "was made public".to_owned(),
        What::Confirmed => "was confirmed: nothing is missing".to_owned(),
        What::Reopened => "is arranged again: something is missing".to_owned(),
        What::Moved { span } => format!("was moved to {}", span.start()),
        What::Began => "began".to_owned(),
        What::Held => "was held".to_owned(),
        What::Cancelled { reason } => format!("was cancelled: {reason}"),
        What::Told { people, .. } => format!("{} were told", people.len()),
        _ => return None,
    };
    Some((words, String::new()))
}

fn of_venue(what: &What) -> Option<(String, String)> {
    Some(match what {
        What::VenueWanted(want) => {
            let words = match want.wish.room {
                Some(room) => format!("asked rooms for {room}"),
                None => format!("asked rooms for a room for {}", want.wish.capacity),
            };
            (words, want.want.booking().to_string())
        }
        What::VenueReleased { bookings } => {
            let named: Vec<_> = bookings.iter().map(ToString::to_string).collect();
            ("gave the room back".to_owned(), named.join(" "))
        }
        What::VenueRequested { booking, .. } => {
            let words = "the room was requested; the municipality says yes or no";
            (words.to_owned(), booking.to_string())
        }
        What::VenueHeld { booking, room, span } => {
            (format!("{room} was booked from {}", span.start()), booking.to_string())
        }
        What::VenueProposed { booking, room, span, until } => {
            let (start, room) = (span.start(), room);
            let words = format!("{room} was booked from {start}, if nobody says no by {until}");
            (words, booking.to_string())
        }
        What::VenueLost { booking, room, cause, reason } => {
            let colon = if reason.is_empty() { "" } else { ": " };
            (format!("{room} was lost ({cause:?}){colon}{reason}"), booking.to_string())
        }
        What::VenueRefused { reason, message } => {
            (format!("no room could be had ({reason}): {message}"), String::new())
        }
        _ => return None,
    })
}

fn of_helpers(what: &What) -> Option<(String, String)> {
    Some(match what {
        What::HelpersWanted { want, need, .. } => {
            let words = format!("asked matching for {} to help as {}", need.heads, need.kind);
            (words, want.need().to_string())
        }
        What::HelpersReleased { need } => ("released the helpers".to_owned(), need.to_string()),
        What::HelpersPosted { need } => ("the need was posted".to_owned(), need.to_string()),
        What::HelperCame { assignment, .. } => {
            ("somebody comes to help".to_owned(), assignment.to_string())
        }
        What::HelperLeft { assignment, .. } => {
            ("somebody does not come to help after all".to_owned(), assignment.to_string())
        }
        What::HelpersRefused { need, reason, message } => {
            (format!("no helpers are asked ({reason}): {message}"), need.to_string())
        }
        _ => return None,
    })
}
