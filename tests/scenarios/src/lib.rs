//! What the scenarios share: a town to book in, and words for asking.
//!
//! Times are given as day and hours from a fixed midnight (UTC) some weeks ahead, in rooms that are
//! always open, so that a scenario reads as it is meant and none depends on the day it runs.

pub mod evening;
pub mod raw;
pub mod village;

use dugnad_harness::{Caller, DugnadServer, Journal, NatsServer, Rooms, clients::request_id};
use dugnad_proto::rooms::v1::{
    Booking, CreateBookingRequest, CreateFacilityRequest, CreateRoomRequest, Facility, Interval,
    ListBookingsRequest, MoveBookingRequest, Room,
};
use prost_types::Timestamp;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// A server and, on NATS, the server beneath it.
pub struct World {
    /// The service.
    pub server: DugnadServer,
    /// `None` on the embedded journal.
    pub nats: Option<NatsServer>,
}

/// Which journal a scenario runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// A file.
    Sqlite,
    /// A NATS server of its own.
    Nats,
}

impl World {
    /// A fresh one.
    pub async fn start(on: On) -> Self {
        Self::start_with(on, &[]).await
    }

    /// With more options for `dugnad serve`.
    pub async fn start_with(on: On, options: &[&str]) -> Self {
        let nats = match on {
            On::Sqlite => None,
            On::Nats => Some(NatsServer::start().expect("a nats-server")),
        };
        let journal = match &nats {
            None => Journal::Sqlite,
            Some(nats) => Journal::Nats(nats.url()),
        };
        let server = DugnadServer::start_with(journal, options).await.expect("a server");
        Self { server, nats }
    }

    /// Somebody in the town of these scenarios, on a connection of their own.
    pub fn somebody(&self) -> Rooms {
        self.calling(&Caller::new("lillevik"))
    }

    /// The caller's client, on a connection of its own.
    pub fn calling(&self, caller: &Caller) -> Rooms {
        self.server.rooms(caller).expect("the server runs")
    }

    /// What `dugnad journal verify` says, with its exit status; the service must not run on SQLite.
    pub async fn verify(&self) -> (bool, String) {
        let address = self.server.journal_address();
        let args = ["journal", "verify", "--journal", &address];
        let (status, said) = self.server.dugnad(&args).await.expect("dugnad runs");
        (status.success(), said)
    }
}

/// A hall with two halves, and a room of its own.
#[derive(Clone, Debug)]
pub struct Town {
    /// Blocks both halves.
    pub hall: String,
    /// A half.
    pub north: String,
    /// The other.
    pub south: String,
    /// Stands alone.
    pub room: String,
}

/// Registers the town with `rooms`' municipality.
pub async fn town(rooms: &mut Rooms) -> Town {
    let facility = facility(rooms, "Kulturhuset").await;
    let hall = room(rooms, &facility, "Storsalen", "").await;
    Town {
        north: room(rooms, &facility, "Storsalen nord", &hall).await,
        south: room(rooms, &facility, "Storsalen sør", &hall).await,
        room: room(rooms, &facility, "Møterommet", "").await,
        hall,
    }
}

/// Registers a facility that is always open.
pub async fn facility(rooms: &mut Rooms, name: &str) -> String {
    let facility = Facility { display_name: name.to_owned(), ..Facility::default() };
    let request = CreateFacilityRequest { facility: Some(facility), request_id: request_id() };
    let answer = rooms.create_facility(request).await.expect("a facility").into_inner();
    answer.facility.expect("a facility").name
}

/// Registers a room; `parent` is empty for a whole.
pub async fn room(rooms: &mut Rooms, facility: &str, name: &str, parent: &str) -> String {
    let room = Room {
        display_name: name.to_owned(),
        parent: parent.to_owned(),
        capacity: 50,
        ..Room::default()
    };
    let request = CreateRoomRequest {
        facility: facility.to_owned(),
        room: Some(room),
        request_id: request_id(),
    };
    let answer = rooms.create_room(request).await.expect("a room").into_inner();
    answer.room.expect("a room").name
}

/// The fixed midnight: about two months ahead, whole days.
fn midnight() -> i64 {
    // The clock in a fresh request id: the scenarios need no other.
    let now = uuid::Uuid::now_v7().get_timestamp().expect("a UUIDv7 has one").to_unix().0;
    (i64::try_from(now).expect("not so far ahead") / 86_400 + 60) * 86_400
}

/// From `start` to `end`, in hours from the fixed midnight.
pub fn hours(start: i64, end: i64) -> Interval {
    let at = |hour| Some(Timestamp { seconds: midnight() + hour * 3600, nanos: 0 });
    Interval { start: at(start), end: at(end) }
}

/// The local start of a series: `hour` hours into the fixed day, as the town's clock shows it.
pub fn local(hour: i64) -> String {
    let midnight = jiff::Timestamp::from_second(midnight()).expect("not so far ahead");
    let date = midnight.to_zoned(jiff::tz::TimeZone::UTC).date();
    format!("{date}T{hour:02}:00")
}

/// Asks for a room, as one intent.
pub fn wish(room: &str, interval: Interval) -> CreateBookingRequest {
    CreateBookingRequest {
        room: room.to_owned(),
        interval: Some(interval),
        purpose: "Kor".to_owned(),
        request_id: request_id(),
        ..CreateBookingRequest::default()
    }
}

/// Takes a room, or says why not.
///
/// # Errors
/// What the service says.
pub async fn book(rooms: &mut Rooms, room: &str, interval: Interval) -> Result<Booking, Status> {
    ask(rooms, wish(room, interval)).await
}

/// Sends this very request.
///
/// # Errors
/// What the service says.
pub async fn ask(rooms: &mut Rooms, wish: CreateBookingRequest) -> Result<Booking, Status> {
    Ok(rooms.create_booking(wish).await?.into_inner().booking.expect("a booking"))
}

/// Moves a booking in time.
///
/// # Errors
/// What the service says.
pub async fn move_to(rooms: &mut Rooms, name: &str, interval: Interval) -> Result<Booking, Status> {
    let request = MoveBookingRequest {
        name: name.to_owned(),
        interval: Some(interval),
        request_id: request_id(),
        ..MoveBookingRequest::default()
    };
    Ok(rooms.move_booking(request).await?.into_inner().booking.expect("a booking"))
}

/// All live bookings of a room, with its parts and wholes, over more than a year, by start.
pub async fn listed(rooms: &mut Rooms, room: &str) -> Vec<Booking> {
    let mut all = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListBookingsRequest {
            room: room.to_owned(),
            interval: Some(hours(-24 * 30, 24 * 360)),
            show_cancelled: false,
            page_size: 1000,
            page_token,
        };
        let page = rooms.list_bookings(request).await.expect("a list").into_inner();
        all.extend(page.bookings);
        if page.next_page_token.is_empty() {
            return all;
        }
        page_token = page.next_page_token;
    }
}

/// The `ErrorInfo` reason of a refusal.
pub fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// Whether this says nothing about the outcome: the service said so, or the connection went away,
/// for which tonic's client has several words.
pub fn is_away(status: &Status) -> bool {
    let transport = std::error::Error::source(status).is_some();
    matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled)
        || (matches!(status.code(), Code::Unknown | Code::Internal) && transport)
}

/// That a rule said no, and which.
///
/// # Panics
/// If it did not.
#[track_caller]
pub fn assert_refused<T: std::fmt::Debug>(outcome: &Result<T, Status>, rule: &str) {
    let status = outcome.as_ref().expect_err("it must be refused");
    assert_eq!((status.code(), reason(status).as_str()), (Code::FailedPrecondition, rule));
}

/// Two bookings that claim the same part of a hall at the same time, if there are any: seen from
/// outside, by listing. Invariant 1.
pub fn clash<'a>(town: &Town, bookings: &'a [Booking]) -> Option<(&'a Booking, &'a Booking)> {
    let related = |a: &str, b: &str| {
        let part = |room: &str| room == town.north || room == town.south;
        a == b || (a == town.hall && part(b)) || (b == town.hall && part(a))
    };
    let span = |booking: &Booking| {
        let at = |t: Option<Timestamp>| t.expect("whole").seconds;
        let interval = booking.interval.expect("a booking has its time");
        (at(interval.start), at(interval.end))
    };
    let pairs = bookings
        .iter()
        .enumerate()
        .flat_map(|(i, a)| bookings[i + 1..].iter().map(move |b| (a, b)));
    pairs
        .filter(|(a, b)| related(&a.room, &b.room))
        .find(|(a, b)| span(a).0 < span(b).1 && span(b).0 < span(a).1)
}

/// Runs each scenario on both journals: `on_both!(a_scenario, another)`, with
/// `async fn a_scenario(on: On)`.
#[macro_export]
macro_rules! on_both {
    ($($scenario:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                super::$scenario($crate::On::Sqlite).await;
            })*
        }
        mod on_nats {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                super::$scenario($crate::On::Nats).await;
            })*
        }
    };
}
