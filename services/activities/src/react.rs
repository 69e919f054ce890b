//! What other services' events call for here. Only those about what activities asked for, and the
//! facts that its rules rest on, are taken in: ids and public names, nothing sealed.

use dugnad_events::{
    activities::{Fact, Origin},
    matching::{self, Closing},
    notices::{self, Answer},
    rides, rooms,
    volunteers::{self, Scope},
};
use dugnad_journal::Service;
use dugnad_ledger::{ForeignCommit, ForeignEvent, Unreadable};
use jiff::Timestamp;
use serde::Deserialize;

use crate::model::{CLOSED, Command, Heard, HeardCommand, State, VenueNews};

/// An event of a service that activities listens to.
#[derive(Clone, Debug, Deserialize)]
pub enum Foreign {
    /// Of the register of people and organisations.
    Volunteers(volunteers::Event),
    /// Of rooms, which answers about venues.
    Rooms(rooms::Event),
    /// Of matching, which answers about helpers.
    Matching(matching::Event),
    /// Of notices: what people answered.
    Notices(notices::Event),
    /// Of rides, which answers about rides.
    Rides(rides::Event),
}

pub(crate) fn read(
    service: &Service,
    commit: &ForeignCommit<'_>,
) -> Result<Vec<(Timestamp, Foreign)>, Unreadable> {
    match service.as_str() {
        "volunteers" => commit.events_as(Foreign::Volunteers),
        "rooms" => commit.events_as(Foreign::Rooms),
        "matching" => commit.events_as(Foreign::Matching),
        "notices" => commit.events_as(Foreign::Notices),
        "rides" => commit.events_as(Foreign::Rides),
        _ => Err(Unreadable::Service(service.clone())),
    }
}

/// What an event calls for here.
pub(crate) fn to(state: &State, event: &ForeignEvent<Foreign>) -> Vec<Command> {
    let heard = match &event.event {
        Foreign::Volunteers(event) => fact(event).map(Heard::Fact).into_iter().collect(),
        Foreign::Rooms(event) => of_rooms(state, event).into_iter().collect(),
        Foreign::Matching(event) => of_matching(state, event),
        Foreign::Notices(event) => of_notices(event).into_iter().collect(),
        Foreign::Rides(event) => of_rides(state, event).into_iter().collect(),
    };
    let origin = Origin::Heard {
        service: event.source.partition.service.to_string(),
        number: event.source.number,
        index: event.source.index,
    };
    let told = |heard| Command::Hear(HeardCommand { origin: origin.clone(), heard });
    heard.into_iter().map(told).collect()
}

fn fact(event: &volunteers::Event) -> Option<Fact> {
    use volunteers::Event;
    Some(match event {
        Event::PersonErased { person, .. } => Fact::Erased(*person),
        Event::ContactSet { organisation, contact, deputy } => {
            let people = std::iter::once(*contact).chain(*deputy).collect();
            Fact::Contacts { organisation: *organisation, people }
        }
        Event::OrganisationGone { organisation } => {
            Fact::Contacts { organisation: *organisation, people: Vec::new() }
        }
        Event::RepresentativeSet { person, representative, representation } => {
            Fact::Representative {
                person: *person,
                representative: *representative,
                may: representation.scope.contains(&Scope::Activities),
                until: representation.until,
            }
        }
        Event::RepresentativeEnded { person, representative } => Fact::Representative {
            person: *person,
            representative: *representative,
            may: false,
            until: None,
        },
        _ => return None,
    })
}

fn of_rooms(state: &State, event: &rooms::Event) -> Option<Heard> {
    use rooms::Event;
    let (booking, news) = match event {
        Event::FacilityRegistered { facility, name, .. } => {
            let (facility, name) = (*facility, name.clone());
            return Some(Heard::Fact(Fact::Facility { facility, name }));
        }
        Event::RoomRegistered { room, facility, traits, .. } => {
            let (room, facility, name) = (*room, *facility, traits.name.clone());
            return Some(Heard::Fact(Fact::Room { room, facility, name }));
        }
        Event::VenueRefused { want, reason, message, .. } => {
            let (want, reason, message) = (*want, reason.clone(), message.clone());
            return Some(Heard::VenueRefused { want, reason, message });
        }
        Event::Requested { booking, room, .. } => (booking, VenueNews::Requested { room: *room }),
        Event::Booked { booking, room, span, .. }
        | Event::Approved { booking, room, span, .. }
        | Event::Moved { booking, room, span, .. } => {
            (booking, VenueNews::Held { room: *room, span: *span })
        }
        Event::Cancelled { booking, reason, cause, .. } => {
            (booking, VenueNews::Gone { cause: *cause, reason: reason.clone() })
        }
        _ => return None,
    };
    state.is_ours(*booking).then_some(Heard::Venue { booking: *booking, news })
}

fn of_matching(state: &State, event: &matching::Event) -> Vec<Heard> {
    use matching::Event;
    let (need, heard) = match event {
        Event::Unassigned { assignments, .. } => {
            let ours = assignments.iter().filter(|it| state.helps_us(**it));
            return ours.map(|it| Heard::HelperLeft(*it)).collect();
        }
        Event::NeedPosted { need, .. } => (need, Heard::NeedPosted(*need)),
        Event::HelpersRefused { need, reason, message, .. } => {
            let (reason, message) = (reason.clone(), message.clone());
            (need, Heard::NeedRefused { need: *need, reason, message })
        }
        Event::NeedClosed { need, why: Closing::Asked { reason } } if state.is_wanted(*need) => {
            let (why, message) = (CLOSED.to_owned(), format!("closed in matching: {reason}"));
            (need, Heard::NeedRefused { need: *need, reason: why, message })
        }
        Event::NeedClosed { .. } | Event::NeedOver { .. } if state.lacks_asking() => {
            return vec![Heard::NeedFreed];
        }
        Event::Assigned { need, assignment, .. } => {
            (need, Heard::HelperCame { need: *need, assignment: *assignment })
        }
        _ => return Vec::new(),
    };
    if state.is_wanted(*need) { vec![heard] } else { Vec::new() }
}

/// A yes takes the place that is offered; a no, and that they cannot come after all, give it back.
fn of_notices(event: &notices::Event) -> Option<Heard> {
    let notices::Event::Answered { notice, person, about, answer, .. } = event else {
        return None;
    };
    let takes = match answer {
        Answer::Yes => true,
        Answer::No | Answer::Cancel => false,
        Answer::Later | Answer::Seen => return None,
    };
    let (notice, person, signup) = (*notice, *person, about.parse().ok()?);
    Some(Heard::Answered { notice, person, signup, takes })
}

/// A ride that answers a want is called after it.
fn of_rides(state: &State, event: &rides::Event) -> Option<Heard> {
    use rides::Event;
    let (ride, message) = match event {
        Event::RidePromised { ride, .. } => (ride, None),
        Event::RideRefused { ride, text, .. } => (ride, Some(text.clone())),
        Event::PromiseBroken { ride, why } if why.instead.is_none() => {
            (ride, Some(why.text.clone()))
        }
        Event::RideCancelled { ride, .. } => (ride, Some("it was called off".to_owned())),
        _ => return None,
    };
    let heard = match message {
        None => Heard::RidePromised(*ride),
        Some(message) => Heard::RideRefused { ride: *ride, message },
    };
    state.is_ride_wanted(*ride).then_some(heard)
}
