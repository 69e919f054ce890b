//! What a feed shows: whose bookings, from when on, and which dates of a series are among them.

use std::collections::{BTreeSet, HashMap};

use dugnad_calendar::{Interval, ical::Busy};
use dugnad_events::{
    RoomId, RoomName,
    rooms::{Cause, FeedOf, TokenHash},
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::super::{
    BookingView, ClosureView, SeriesView, Standing, State,
    booking::{Booking, LONGEST_BOOKING_DAYS},
    register::Ix,
    room::Room,
};

/// What is over or cancelled stays in a feed for so long.
pub const KEPT_DAYS: i64 = 30;
/// The most bookings and series that one feed shows: the earliest.
pub const MOST_SHOWN: usize = 5_000;
/// The most bookings of one person or organisation that are looked at: the latest made.
const MOST_LOOKED_AT: usize = 20_000;

/// What a feed shows, less what lies sealed.
#[derive(Clone, Debug)]
pub struct FeedView {
    /// Whose bookings.
    pub of: FeedOf,
    /// Who made it.
    pub by: Uuid,
    /// Bookings of no series, by start.
    pub alone: Vec<BookingView>,
    /// Series, each with which of its bookings belong into the feed.
    pub series: Vec<(SeriesView, Vec<bool>)>,
    /// Closures of the room, where it is of one.
    pub closures: Vec<ClosureView>,
    /// Every room that is spoken of.
    pub places: HashMap<RoomId, Place>,
}

/// Where a room is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What people call the room.
    pub room: String,
    /// What people call the building.
    pub facility: String,
    /// IANA name of its time zone.
    pub zone: String,
}

impl State {
    /// What the feed with this token shows now; `None`: there is no such feed.
    /// `O(bookings of the room since then, or of the person or organisation)`.
    pub fn feed(&self, token: TokenHash, now: Timestamp) -> Option<FeedView> {
        let feed = &self.calendars.feeds[self.calendars.by_token.get(&token)?];
        let since = now.saturating_sub(SignedDuration::from_hours(24 * KEPT_DAYS)).ok()?;
        let shown = |ix: &Ix<Booking>| {
            let booking = &self.bookings[*ix];
            booking.span.end() > since && self.belongs(feed.of, booking)
        };
        let mut found: Vec<_> = self.candidates(feed.of, since).into_iter().filter(shown).collect();
        found.sort_unstable_by_key(|ix| (self.bookings[*ix].span.start(), *ix));
        found.dedup();
        let (mut alone, mut series) = (Vec::new(), BTreeSet::new());
        for ix in found {
            if alone.len() + series.len() == MOST_SHOWN {
                break;
            }
            match self.bookings[ix].series() {
                Some(of) => _ = series.insert(of),
                None => alone.push(self.booking_view(&self.bookings[ix])),
            }
        }
        let series = series.into_iter().filter_map(|ix| {
            let series = &self.series[ix];
            let here = series.bookings.iter();
            let here = here.map(|ix| self.belongs(feed.of, &self.bookings[*ix])).collect();
            Some((self.series(series.id)?, here))
        });
        let mut view = FeedView {
            of: feed.of,
            by: feed.by,
            alone,
            series: series.collect(),
            closures: self.closures_of(feed.of, since),
            places: HashMap::new(),
        };
        view.places = self.places(&view);
        Some(view)
    }

    /// All that may belong into a feed.
    fn candidates(&self, of: FeedOf, since: Timestamp) -> Vec<Ix<Booking>> {
        let latest = |all: Option<&Vec<Ix<Booking>>>| -> Vec<_> {
            all.into_iter().flat_map(|all| all.iter().rev().take(MOST_LOOKED_AT)).copied().collect()
        };
        match of {
            FeedOf::Organisation(of) => latest(self.calendars.bookings_for.get(&of)),
            FeedOf::Person(person) => {
                let mut all = latest(self.calendars.bookings_by.get(&person.0));
                all.extend(self.bookings_of(person).take(MOST_LOOKED_AT));
                let series = self.series_of(person);
                all.extend(series.flat_map(|ix| &self.series[ix].bookings).take(MOST_LOOKED_AT));
                all
            }
            FeedOf::Room(room) => {
                let Some(room) = self.rooms.get(room) else { return Vec::new() };
                let since = since.as_second();
                let relatives = room.relatives.iter().map(|ix| &self.rooms[*ix].occupancy);
                let all = relatives.flat_map(|it| {
                    let live = it.overlapping(since..i64::MAX).map(|claim| claim.by);
                    let from = since - LONGEST_BOOKING_DAYS * 86_400;
                    live.chain(it.cancelled(from..i64::MAX).map(|(_, ix)| ix)).take(MOST_LOOKED_AT)
                });
                all.collect()
            }
        }
    }

    /// Holds are none that anybody would look for in a calendar.
    fn belongs(&self, of: FeedOf, booking: &Booking) -> bool {
        let (held, ended) = match &booking.standing {
            Standing::Held { .. } => (true, None),
            Standing::Ended { cause, .. } => (false, Some(*cause)),
            Standing::Confirmed | Standing::Requested { .. } => (false, None),
        };
        if held || ended == Some(Cause::TakenUp) {
            return false;
        }
        match of {
            // What was never let is nothing that a stranger saw there.
            FeedOf::Room(room) => {
                let never = matches!(ended, Some(Cause::Denied | Cause::Lapsed));
                let room = self.rooms.get(room);
                !never && room.is_some_and(|room| room.relatives.contains(&booking.room))
            }
            FeedOf::Organisation(of) => {
                let terms = booking.terms.as_deref();
                terms.is_some_and(|terms| terms.application.organisation == Some(of))
            }
            FeedOf::Person(_) => true,
        }
    }

    fn closures_of(&self, of: FeedOf, since: Timestamp) -> Vec<ClosureView> {
        let FeedOf::Room(room) = of else { return Vec::new() };
        let closures = self.rooms.get(room).map(|room| room.closures.views()).unwrap_or_default();
        closures.into_iter().filter(|it| it.span.end() > since).take(MOST_SHOWN).collect()
    }

    fn places(&self, view: &FeedView) -> HashMap<RoomId, Place> {
        let of_series = view.series.iter();
        let of_series =
            of_series.flat_map(|(it, _)| it.bookings.iter().chain(None).map(|it| it.room));
        let asked = view.series.iter().map(|(it, _)| it.room);
        let own = match view.of {
            FeedOf::Room(room) => Some(room),
            _ => None,
        };
        let rooms = view.alone.iter().map(|it| it.room).chain(of_series).chain(asked);
        let rooms = rooms.map(|name| name.room).chain(own);
        let all: BTreeSet<RoomId> = rooms.collect();
        all.into_iter().filter_map(|id| Some((id, self.place_of(self.rooms.get(id)?)))).collect()
    }

    fn place_of(&self, room: &Room) -> Place {
        let facility = &self.facilities.all[room.facility];
        Place {
            room: room.traits.name.clone(),
            facility: facility.name.clone(),
            zone: facility.zone_name().to_owned(),
        }
    }

    /// When a room cannot be had within `span`, buffers included, by start; `None`: no such room.
    /// `O(claims + days)`.
    pub fn free_busy(&self, name: RoomName, span: Interval) -> Option<Vec<(Busy, Interval)>> {
        let (_, room) = self.existing_room(name).ok()?;
        let within = |start: i64, end: i64| {
            let (first, last) = span.into();
            Interval::try_from((start.max(first), end.min(last))).ok()
        };
        let mut busy = Vec::new();
        for relative in room.relatives.iter().map(|ix| &self.rooms[*ix]) {
            let (first, last) = span.into();
            for claim in relative.occupancy.overlapping(first..last) {
                let sure = self.bookings[claim.by].standing == Standing::Confirmed;
                let kind = if sure { Busy::Taken } else { Busy::Perhaps };
                busy.extend(within(claim.start, claim.end).map(|span| (kind, span)));
            }
            let closures = relative.closures.within(span).map(<(i64, i64)>::from);
            let closures = closures.filter_map(|(start, end)| within(start, end));
            busy.extend(closures.map(|span| (Busy::Unavailable, span)));
        }
        let (facility, hours) = self.hours_of(room);
        let mut from = span.start();
        for open in hours.open_within(&facility.zone, span) {
            busy.extend(Interval::new(from, open.start()).ok().map(|it| (Busy::Unavailable, it)));
            from = open.end();
        }
        busy.extend(Interval::new(from, span.end()).ok().map(|it| (Busy::Unavailable, it)));
        busy.sort_unstable_by_key(|(kind, span)| (span.start(), *kind, span.end()));
        busy.dedup();
        Some(busy)
    }
}
