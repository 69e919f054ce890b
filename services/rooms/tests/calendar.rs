//! The calendars' door in one process: feeds, free/busy and import, on a clock that stands still.
//!
//! That other programs understand what is written is shown in `tests/python`.

#![allow(clippy::unwrap_used, reason = "in the helpers; a test fails by panicking")]
#![allow(dead_code, reason = "the town is that of the other door tests too")]

#[path = "calendar/feeds.rs"]
mod feeds;
#[path = "calendar/import.rs"]
mod import;
#[path = "door/town.rs"]
mod town;

use dugnad_proto::rooms::v1 as pb;
use town::{Calendars, Client, Town, person};

/// The morning of all these tests.
const NOW: &str = "2026-11-23T08:00:00Z";

async fn town() -> Town {
    Town::open_at(NOW).await
}

fn instant(text: &str) -> Option<prost_types::Timestamp> {
    let at: jiff::Timestamp = text.parse().unwrap();
    Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 })
}

/// `2026-12-01T18:00/20:00`, in UTC.
fn span(text: &str) -> Option<pb::Interval> {
    let (start, end) = text.split_once('/').unwrap();
    let end = format!("{}T{end}:00Z", start.split_once('T').unwrap().0);
    Some(pb::Interval { start: instant(&format!("{start}:00Z")), end: instant(&end) })
}

async fn book(town: &Town, client: &mut Client, room: &str, when: &str) -> pb::Booking {
    let request = pb::CreateBookingRequest {
        room: room.to_owned(),
        interval: span(when),
        purpose: "Korøvelse, med kaker".to_owned(),
        request_id: town.id(),
        ..Default::default()
    };
    client.create_booking(request).await.unwrap().into_inner().booking.unwrap()
}

async fn feed(town: &Town, client: &mut Calendars, of: &str) -> pb::CreateFeedResponse {
    let request = pb::CreateFeedRequest { of: of.to_owned(), request_id: town.id() };
    client.create_feed(request).await.unwrap().into_inner()
}

async fn show(client: &mut Calendars, token: &str) -> pb::GetFeedResponse {
    let request = pb::GetFeedRequest { token: token.to_owned() };
    client.get_feed(request).await.unwrap().into_inner()
}

/// The lines of a calendar, unfolded.
fn lines(calendar: &str) -> Vec<String> {
    calendar.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

/// All values of one property, with its parameters.
fn all(calendar: &str, property: &str) -> Vec<String> {
    let lines = lines(calendar).into_iter();
    lines.filter(|line| line.starts_with(property)).collect()
}

fn me() -> String {
    person("kari").to_string()
}
