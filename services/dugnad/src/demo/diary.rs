//! What was asked of the server and what it answered, in words a person reads.

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail};
use dugnad_proto::rooms::v1::{
    Booking, BookingSeries, ClashPolicy, CreateBookingRequest, CreateBookingSeriesRequest,
    CreateBookingSeriesResponse, ListBookingsRequest,
};
use jiff::Timestamp;
use tonic::Status;

use super::{
    door::Door,
    plan::{Once, Week, Weekly, by_day},
    town::Town,
};
use crate::client::request_id;

/// Asks, and remembers the answers by what people call them.
pub(super) struct Diary {
    pub(super) door: Door,
    pub(super) town: Town,
    pub(super) week: Week,
    /// Resource names and what people say instead.
    words: HashMap<String, String>,
}

impl Diary {
    pub(super) fn new(door: Door, town: Town, week: Week) -> Self {
        let words = town.rooms.iter().map(|room| (room.name.clone(), room.title.to_owned()));
        Self { words: words.collect(), door, town, week }
    }

    pub(super) fn wish(
        &self,
        Once(who, room, day, from, to): Once,
    ) -> Result<CreateBookingRequest> {
        Ok(CreateBookingRequest {
            room: self.town.room(room)?.name.clone(),
            interval: Some(self.week.interval(day, from, to)?),
            purpose: who.to_owned(),
            request_id: request_id(),
            ..CreateBookingRequest::default()
        })
    }

    /// Books; what is given back is the booking, or why not.
    pub(super) async fn ask(&mut self, wish: CreateBookingRequest) -> Result<Booking, Status> {
        let who = wish.purpose.clone();
        let answer = self.door.rooms.create_booking(wish).await?.into_inner();
        let booking = answer.booking.ok_or_else(|| Status::internal("no booking"))?;
        self.words.insert(booking.name.clone(), who);
        Ok(booking)
    }

    pub(super) async fn book(&mut self, once: Once) -> Result<Booking> {
        let wish = self.wish(once)?;
        self.ask(wish).await.with_context(|| once.0)
    }

    /// Why it cannot be had.
    pub(super) async fn refused(&mut self, once: Once) -> Result<String> {
        let wish = self.wish(once)?;
        match self.ask(wish).await {
            Ok(_) => bail!("{} in {} was taken, though it clashes", once.0, once.1),
            Err(status) => self.rule(&status),
        }
    }

    pub(super) async fn series(
        &mut self,
        Weekly(who, room, days, from, hours): Weekly,
        weeks: u32,
        clashes: ClashPolicy,
    ) -> Result<CreateBookingSeriesResponse, Status> {
        let internal = |error: anyhow::Error| Status::internal(error.to_string());
        let first = self.week.local(*days.first().unwrap_or(&0), from);
        let count = weeks * days.len() as u32;
        let series = BookingSeries {
            room: self.town.room(room).map_err(internal)?.name.clone(),
            first_start: first.strftime("%Y-%m-%dT%H:%M").to_string(),
            duration: Some(prost_types::Duration { seconds: (hours * 3600.0) as i64, nanos: 0 }),
            rrule: format!("FREQ=WEEKLY;BYDAY={};COUNT={count}", by_day(days)),
            purpose: who.to_owned(),
            ..BookingSeries::default()
        };
        let request = CreateBookingSeriesRequest {
            series: Some(series),
            clash_policy: clashes as i32,
            request_id: request_id(),
        };
        let answer = self.door.rooms.create_booking_series(request).await?.into_inner();
        for booking in &answer.bookings {
            self.words.insert(booking.name.clone(), who.to_owned());
        }
        Ok(answer)
    }

    /// Every live booking of the week, by room and start.
    pub(super) async fn this_week(&mut self) -> Result<Vec<Booking>> {
        let mut all = Vec::new();
        for room in self.town.rooms.iter().filter(|room| room.part_of.is_none()) {
            let request = ListBookingsRequest {
                room: room.name.clone(),
                interval: Some(self.week.whole()?),
                page_size: 1000,
                ..ListBookingsRequest::default()
            };
            all.extend(self.door.rooms.list_bookings(request).await?.into_inner().bookings);
        }
        Ok(all)
    }

    /// A refusal by a rule, with names instead of identifiers; anything else is a failure.
    pub(super) fn rule(&self, status: &Status) -> Result<String> {
        if status.code() != tonic::Code::FailedPrecondition {
            bail!("expected a rule's refusal, not {status}");
        }
        let words = status.message().split(' ').map(|word| self.readable(word));
        Ok(words.collect::<Vec<_>>().join(" "))
    }

    fn readable(&self, word: &str) -> String {
        let bare = word.trim_end_matches([',', ';', '.']);
        if let Some(name) = self.words.get(bare) {
            return name.clone();
        }
        match bare.parse::<Timestamp>() {
            Ok(instant) => local(&self.week, instant),
            Err(_) => word.to_owned(),
        }
    }
}

/// `Tue 1 Dec 18:00`, in the town's time.
pub(super) fn local(week: &Week, instant: Timestamp) -> String {
    instant.to_zoned(week.zone.clone()).strftime("%a %-d %b %H:%M").to_string()
}

/// `Tue 1 Dec 18:00–20:00`.
pub(super) fn when(week: &Week, booking: &Booking) -> String {
    let at = |instant: Option<prost_types::Timestamp>| {
        Timestamp::from_second(instant.unwrap_or_default().seconds).unwrap_or_default()
    };
    let interval = booking.interval.unwrap_or_default();
    let end = at(interval.end).to_zoned(week.zone.clone());
    format!("{}–{}", local(week, at(interval.start)), end.strftime("%H:%M"))
}
