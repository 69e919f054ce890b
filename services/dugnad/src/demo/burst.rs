//! Many bookings on their way at once when the server is killed: what was answered must be there,
//! and what was not is sent again with the same request id.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::{Context as _, Result, ensure};
use dugnad_proto::rooms::v1::{Booking, CreateBookingRequest, GetBookingRequest, Interval};
use tokio::{sync::Notify, task::JoinSet};

use super::{child::Server, diary::Diary, door::Door, plan::wire, town};
use crate::client::request_id;

const ASKED: usize = 400;
/// The server is killed when so many are answered.
const KILL_AFTER: usize = 150;
const CALLERS: usize = 16;

/// The bookings asked for, and those that got an answer.
pub(super) struct Burst {
    wishes: Vec<CreateBookingRequest>,
    answers: HashMap<String, Booking>,
}

impl Burst {
    /// An hour each at the office of the volunteer centre, on weekdays after Christmas.
    pub(super) fn plan(diary: &Diary) -> Result<Self> {
        let eve = town::christmas_eve(diary.week.monday)?;
        let after = (eve - diary.week.monday).get_days() + 9;
        let weekdays = (after..).filter(|day| day % 7 < 5);
        let hours = weekdays.flat_map(|day| (8..20).map(move |hour| (day, f64::from(hour))));
        let room = &diary.town.room("Kontoret")?.name;
        let wish = |(day, hour)| -> Result<_> {
            let start = diary.week.zone.to_timestamp(diary.week.local(day, hour))?;
            let end = diary.week.zone.to_timestamp(diary.week.local(day, hour + 1.0))?;
            Ok(CreateBookingRequest {
                room: room.clone(),
                interval: Some(Interval { start: Some(wire(start)), end: Some(wire(end)) }),
                purpose: "Leksehjelp".to_owned(),
                request_id: request_id(),
                ..CreateBookingRequest::default()
            })
        };
        let wishes = hours.take(ASKED).map(wish).collect::<Result<_>>()?;
        Ok(Self { wishes, answers: HashMap::new() })
    }

    pub(super) fn asked(&self) -> usize {
        self.wishes.len()
    }

    pub(super) fn answered(&self) -> usize {
        self.answers.len()
    }

    /// Sends all, a few at a time, and kills the server in the middle.
    pub(super) async fn run_and_kill(&mut self, door: &Door, server: Server) -> Result<()> {
        let enough = Arc::new((AtomicUsize::new(0), Notify::new()));
        let mut callers = JoinSet::new();
        for wishes in self.wishes.chunks(self.wishes.len().div_ceil(CALLERS)) {
            let (mut door, wishes, enough) = (door.clone(), wishes.to_vec(), enough.clone());
            callers.spawn(async move {
                let mut answers = Vec::new();
                for wish in wishes {
                    let Ok(answer) = door.rooms.create_booking(wish.clone()).await else {
                        continue;
                    };
                    answers.push((wish.request_id, answer.into_inner().booking));
                    if enough.0.fetch_add(1, Ordering::Relaxed) + 1 == KILL_AFTER {
                        enough.1.notify_one();
                    }
                }
                answers
            });
        }
        enough.1.notified().await;
        server.kill().await?;
        while let Some(answers) = callers.join_next().await {
            for (id, booking) in answers? {
                self.answers.insert(id, booking.context("a booking")?);
            }
        }
        Ok(())
    }

    pub(super) async fn check_answered(&self, door: &mut Door) -> Result<()> {
        for booking in self.answers.values() {
            let request = GetBookingRequest { name: booking.name.clone() };
            let found = door.rooms.get_booking(request).await?.into_inner().booking;
            ensure!(found.as_ref() == Some(booking), "an answered booking is not as it was");
        }
        Ok(())
    }

    /// Sends all of them again: the answered ones get their first answer.
    pub(super) async fn repeat_the_rest(&mut self, door: &mut Door) -> Result<()> {
        for wish in &self.wishes {
            let answer = door.rooms.create_booking(wish.clone()).await?.into_inner();
            let booking = answer.booking.context("a booking")?;
            let first = self.answers.entry(wish.request_id.clone()).or_insert(booking.clone());
            ensure!(*first == booking, "a repeat got another answer");
        }
        let names: std::collections::HashSet<_> = self.answers.values().map(|b| &b.name).collect();
        ensure!(names.len() == self.wishes.len(), "two wishes became one booking");
        Ok(())
    }
}
