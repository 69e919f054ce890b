//! Calendars that others read, and events that came from others' calendars.
//!
//! A feed is an address that shows bookings to whoever has it, as its maker may see them. The rules
//! know only the hash of its token. An event of a file is known again by its key, so that importing
//! the file once more changes nothing.

mod feed;
mod import;

use std::collections::HashMap;

use dugnad_events::{
    BookingId, FeedId, OrganisationId,
    rooms::{Became, CalendarEvent, EntryKey, Event, FeedOf, TokenHash},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Name, Refusal as RoomsRefusal, State, booking::Booking, register::Ix};

pub use feed::{FeedView, KEPT_DAYS, MOST_SHOWN, Place};
pub use import::{Entry, What, Wish};

/// The most feeds of one maker.
pub const MOST_FEEDS_OF_ONE: usize = 50;
/// The most feeds of one municipality.
pub const MOST_FEEDS: usize = 100_000;

/// What can be asked about calendars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Make an address.
    MakeFeed {
        /// Whose bookings it is to show.
        of: FeedOf,
        /// Its token's hash.
        token: TokenHash,
    },
    /// Have it lead nowhere.
    RevokeFeed {
        /// Which.
        feed: FeedId,
        /// On behalf of the municipality, whoever made it.
        as_staff: bool,
    },
    /// Take one event of a calendar file.
    Import(Box<Wish>),
}

/// The rules of calendars saying no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The file is older than what was taken before.
    #[error("a later version of it was taken before: its SEQUENCE was {taken}")]
    Outdated {
        /// The later.
        taken: u32,
    },
    /// Another rule, or a series made of a single one.
    #[error("what recurs cannot be changed by a file: cancel it, and import it under another UID")]
    SeriesChanged,
}

impl Refusal {
    /// `UPPER_SNAKE_CASE`, stable for ever.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Outdated { .. } => "OUTDATED",
            Self::SeriesChanged => "SERIES_CHANGED",
        }
    }
}

/// One address.
#[derive(Debug, PartialEq)]
struct Feed {
    of: FeedOf,
    token: TokenHash,
    by: Uuid,
}

/// All feeds, what was imported, and whose bookings are whose.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Calendars {
    feeds: HashMap<FeedId, Feed>,
    by_token: HashMap<TokenHash, FeedId>,
    /// The oldest first; nobody's list is empty.
    by_maker: HashMap<Uuid, Vec<FeedId>>,
    imported: HashMap<EntryKey, (u32, Became)>,
    /// By who asked, the oldest first; ended ones too.
    bookings_by: HashMap<Uuid, Vec<Ix<Booking>>>,
    /// The same by whom they were made for.
    bookings_for: HashMap<OrganisationId, Vec<Ix<Booking>>>,
}

pub(super) fn decide(
    state: &State,
    cx: &Context,
    command: Command,
) -> Result<Vec<Event>, RoomsRefusal> {
    match command {
        Command::MakeFeed { of, token } => make(state, cx, of, token),
        Command::RevokeFeed { feed, as_staff } => revoke(state, cx, feed, as_staff),
        Command::Import(wish) => import::take(state, cx, *wish),
    }
}

fn make(
    state: &State,
    cx: &Context,
    of: FeedOf,
    token: TokenHash,
) -> Result<Vec<Event>, RoomsRefusal> {
    let by = cx.caller.id;
    state.people.not_erased(PersonId(by))?;
    if let FeedOf::Room(room) = of
        && state.room_name(room).is_none()
    {
        return Err(RoomsRefusal::NotFound(Name::RoomId(room)));
    }
    let calendars = &state.calendars;
    if calendars.by_maker.get(&by).is_some_and(|all| all.len() >= MOST_FEEDS_OF_ONE) {
        let limit = MOST_FEEDS_OF_ONE;
        return Err(RoomsRefusal::TooMany { what: "feeds of one maker", limit });
    }
    if calendars.feeds.len() >= MOST_FEEDS {
        return Err(RoomsRefusal::TooMany { what: "feeds", limit: MOST_FEEDS });
    }
    let feed = FeedId(cx.id(0));
    Ok(vec![Event::Calendar(CalendarEvent::FeedMade { feed, of, token, by })])
}

fn revoke(
    state: &State,
    cx: &Context,
    id: FeedId,
    as_staff: bool,
) -> Result<Vec<Event>, RoomsRefusal> {
    let name = Name::Feed(id);
    let feed = state.calendars.feeds.get(&id).ok_or(RoomsRefusal::NotFound(name))?;
    if feed.by != cx.caller.id && !as_staff {
        return Err(RoomsRefusal::NotYours(name));
    }
    Ok(vec![Event::Calendar(CalendarEvent::FeedRevoked { feed: id })])
}

impl Calendars {
    /// A booking came into the register.
    pub(super) fn booked(&mut self, ix: Ix<Booking>, by: Uuid, of: Option<OrganisationId>) {
        self.bookings_by.entry(by).or_default().push(ix);
        if let Some(of) = of {
            self.bookings_for.entry(of).or_default().push(ix);
        }
    }

    pub(super) fn evolve(&mut self, event: &CalendarEvent) {
        match event {
            CalendarEvent::FeedMade { feed, of, token, by } => {
                self.feeds.insert(*feed, Feed { of: *of, token: *token, by: *by });
                self.by_token.insert(*token, *feed);
                self.by_maker.entry(*by).or_default().push(*feed);
            }
            CalendarEvent::FeedRevoked { feed } => self.revoked(*feed),
            CalendarEvent::Imported { entry, sequence, became } => {
                self.imported.insert(*entry, (*sequence, *became));
            }
        }
    }

    fn revoked(&mut self, id: FeedId) {
        let Some(feed) = self.feeds.remove(&id) else { return };
        self.by_token.remove(&feed.token);
        if let Some(all) = self.by_maker.get_mut(&feed.by) {
            all.retain(|other| *other != id);
            if all.is_empty() {
                self.by_maker.remove(&feed.by);
            }
        }
    }

    /// Whose addresses lead nowhere from now on.
    pub(super) fn person_erased(&mut self, person: PersonId) {
        for feed in self.by_maker.get(&person.0).cloned().unwrap_or_default() {
            self.revoked(feed);
        }
    }
}

impl State {
    /// The feeds that somebody made, the oldest first.
    pub fn feeds_by(&self, maker: Uuid) -> Vec<(FeedId, FeedOf)> {
        let made = self.calendars.by_maker.get(&maker).into_iter().flatten();
        made.filter_map(|id| Some((*id, self.calendars.feeds.get(id)?.of))).collect()
    }

    /// What an event of a calendar file became; `None`: it was never taken.
    pub fn imported(&self, entry: EntryKey) -> Option<Became> {
        self.calendars.imported.get(&entry).map(|(_, became)| *became)
    }

    /// The booking that is live still, if it is one.
    fn live(&self, id: BookingId) -> Option<&Booking> {
        self.bookings.get(id).filter(|booking| booking.is_live())
    }
}
