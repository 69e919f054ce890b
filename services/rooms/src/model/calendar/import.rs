//! One event of a calendar file: made into a booking or a series, and followed when it changes.

use dugnad_events::{
    RoomName,
    rooms::{Application, Became, BookingDetails, CalendarEvent, EntryKey, Event, Pattern},
};
use dugnad_ledger::Context;
use dugnad_vault::Sealed;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    super::{
        ClashPolicy, Refusal as RoomsRefusal, State, When,
        booking::{self, Target},
        series,
    },
    Refusal,
};

/// An event of a calendar file, and what is said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Where.
    pub room: RoomName,
    /// The event.
    pub entry: Entry,
    /// What for and whom to reach.
    pub details: Sealed<BookingDetails>,
    /// What the letting rules want to know.
    pub application: Application,
}

/// An event of a calendar file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What the file calls it.
    pub key: EntryKey,
    /// The file's count of its changes.
    pub sequence: u32,
    /// What it says.
    pub what: What,
}

/// What an event of a calendar file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// It is then.
    Once(When),
    /// It recurs.
    Again(Pattern),
    /// It was called off.
    Cancelled,
}

/// Makes the event a booking or a series, or changes what it became. The same version again changes
/// nothing, and neither does calling off what was never taken.
pub(super) fn take(state: &State, cx: &Context, wish: Wish) -> Result<Vec<Event>, RoomsRefusal> {
    let Wish { room, entry, details, application } = wish;
    let Some((taken, became)) = state.calendars.imported.get(&entry.key).copied() else {
        return made(state, cx, room, entry, details, application);
    };
    if entry.sequence == taken {
        return Ok(Vec::new());
    }
    if entry.sequence < taken {
        return Err(Refusal::Outdated { taken }.into());
    }
    let events = match (became, entry.what) {
        (Became::Booking(id), What::Cancelled) => {
            let reason = "avlyst i kalenderen det kom fra";
            match state.live(id) {
                Some(_) => booking::cancel(state, cx, id, reason, None)?,
                None => Vec::new(),
            }
        }
        (Became::Booking(id), What::Once(when)) => {
            let (_, place) = state.existing_room(room)?;
            let span = Some(state.span(place, when)?);
            let target = Target { room: Some(room), span, as_staff: true };
            booking::move_to(state, cx, id, target, None)?
        }
        (Became::Series(id), What::Cancelled) => {
            series::cancel(state, cx, id, None, "avlyst i kalenderen det kom fra")?
        }
        (Became::Series(id), What::Again(pattern)) if state.has_pattern(id, &pattern) => Vec::new(),
        _ => return Err(Refusal::SeriesChanged.into()),
    };
    Ok(with(events, entry.key, entry.sequence, became))
}

fn made(
    state: &State,
    cx: &Context,
    room: RoomName,
    entry: Entry,
    details: Sealed<BookingDetails>,
    application: Application,
) -> Result<Vec<Event>, RoomsRefusal> {
    let events = match entry.what {
        What::Cancelled => return Ok(Vec::new()),
        What::Once(when) => booking::apply(state, cx, room, when, details, application, None)?,
        What::Again(pattern) => {
            series::book(state, cx, room, pattern, details, ClashPolicy::Skip, &application)?
        }
    };
    let became = events.iter().find_map(|event| match event {
        Event::SeriesBooked { series, .. } => Some(Became::Series(*series)),
        Event::Booked { booking, .. } | Event::Requested { booking, .. } => {
            Some(Became::Booking(*booking))
        }
        _ => None,
    });
    let became = became.expect("what is booked is booked by an event");
    Ok(with(events, entry.key, entry.sequence, became))
}

fn with(mut events: Vec<Event>, entry: EntryKey, sequence: u32, became: Became) -> Vec<Event> {
    events.push(Event::Calendar(CalendarEvent::Imported { entry, sequence, became }));
    events
}

impl State {
    /// The zone that a room's clock shows, and the seconds kept free before and after a booking;
    /// `None`: no such room.
    pub fn place_to_import(&self, room: RoomName) -> Option<(TimeZone, (i64, i64))> {
        let (_, room) = self.existing_room(room).ok()?;
        Some((self.hours_of(room).0.zone.clone(), room.buffers()))
    }

    /// What taking an event would lead to.
    ///
    /// # Errors
    /// The rule that says no.
    pub fn would_import(&self, cx: &Context, wish: Wish) -> Result<Vec<Event>, RoomsRefusal> {
        take(self, cx, wish)
    }
}
