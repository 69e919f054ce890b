//! What a city asks on a busy day: everything of everybody at once, by a seed.

use std::sync::Arc;

use anyhow::Result;
use dugnad_harness::sim::Seeded;
use dugnad_proto::{
    activities::v1 as activities, matching::v1 as matching, rides::v1 as rides, rooms::v1 as rooms,
    volunteers::v1 as people,
};
use jiff::SignedDuration;
use tonic::Status;

use super::{City, report::Report, week::Week};
use crate::demo::{
    door::Door, each::each, evenings::Evening, month::wire, names::below, people::TOPICS,
    town::HOST,
};

/// What can be asked about.
struct Known {
    areas: Vec<String>,
    evenings: Vec<Evening>,
    rooms: Vec<String>,
    residents: Vec<String>,
    shifts: Vec<String>,
    rides: Vec<String>,
}

pub(super) async fn asked(city: &City, week: &Week, report: &mut Report) -> Result<()> {
    let known = Arc::new(report.phase("all rides and shifts listed", known(city, week)).await?);
    let asking = each("asking", 0..city.questions, |n| {
        let (door, known) = (city.door.clone(), known.clone());
        async move {
            // However it is answered: that is heard on the wire.
            let _ = known.ask(door, n).await;
            Ok(())
        }
    });
    report.phase("a mixed load of questions, 64 at a time", asking).await?;
    Ok(())
}

async fn known(city: &City, week: &Week) -> Result<Known> {
    let City { door, map, month, .. } = city;
    let (mut rides, mut shifts) = (Vec::new(), Vec::new());
    for day in 0..month.days() {
        let day = month.date(day).to_string();
        shifts.extend(shifts_of(door.clone(), day.clone()).await?);
        rides.extend(rides_of(door.clone(), day).await?);
    }
    let rooms = week.buildings.iter().flat_map(|it| it.rooms.iter().map(|room| room.name.clone()));
    Ok(Known {
        areas: map.areas.iter().map(|area| area.code.clone()).collect(),
        evenings: week.evenings.clone(),
        rooms: rooms.collect(),
        residents: week.residents.iter().map(|it| it.name.clone()).collect(),
        shifts,
        rides,
    })
}

async fn shifts_of(mut door: Door, day: String) -> Result<Vec<String>> {
    let request = rides::ListShiftsRequest { day };
    let answer = door.rides.list_shifts(request).await?.into_inner();
    Ok(answer.shifts.into_iter().map(|shift| shift.name).collect())
}

async fn rides_of(mut door: Door, day: String) -> Result<Vec<String>> {
    let mut all = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = rides::ListRidesRequest {
            day: day.clone(),
            page_size: 1000,
            page_token,
            ..Default::default()
        };
        let page = door.rides.list_rides(request).await?.into_inner();
        all.extend(page.rides.into_iter().map(|ride| ride.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

fn one<'a, T>(random: &mut Seeded, of: &'a [T]) -> &'a T {
    &of[below(random, of.len())]
}

impl Known {
    /// The `n`th question.
    async fn ask(&self, door: Door, n: usize) -> Result<(), Status> {
        let mut random = Seeded::new(1_000 + n as u64);
        match below(&mut random, 100) {
            0..25 => self.ask_activities(door, &mut random).await,
            25..50 => self.ask_rooms(door, &mut random).await,
            50..70 => self.ask_matching(door, &mut random).await,
            70..90 => self.ask_rides(door, &mut random).await,
            _ => self.ask_register(door, &mut random).await,
        }
    }

    /// What goes on, one evening, who comes, how it came to be so.
    async fn ask_activities(&self, mut door: Door, random: &mut Seeded) -> Result<(), Status> {
        let evening = one(random, &self.evenings).name.clone();
        match below(random, 10) {
            0..5 => {
                let request = activities::SearchOccurrencesRequest {
                    topic: (*one(random, &TOPICS)).to_owned(),
                    area: one(random, &self.areas).clone(),
                    with_places: true,
                    ..Default::default()
                };
                door.activities.search_occurrences(request).await.map(drop)
            }
            5..8 => {
                let request = activities::GetOccurrenceRequest { name: evening };
                door.activities.get_occurrence(request).await.map(drop)
            }
            8 => {
                let request =
                    activities::ListSignupsRequest { occurrence: evening, ..Default::default() };
                door.activities.list_signups(request).await.map(drop)
            }
            _ => {
                let request = activities::ExplainActivityRequest { occurrence: evening };
                door.activities.explain_activity(request).await.map(drop)
            }
        }
    }

    /// What is free, what it costs, what is booked.
    async fn ask_rooms(&self, mut door: Door, random: &mut Seeded) -> Result<(), Status> {
        let room = one(random, &self.rooms).clone();
        let evening = one(random, &self.evenings);
        let interval = |hours: i64| {
            let until = evening.start + SignedDuration::from_hours(hours);
            Some(rooms::Interval { start: Some(wire(evening.start)), end: Some(wire(until)) })
        };
        match below(random, 3) {
            0 => {
                let request = rooms::SearchAvailabilityRequest {
                    interval: interval(24),
                    duration: Some(prost_types::Duration { seconds: 7_200, nanos: 0 }),
                    min_capacity: 10 + below(random, 50) as i32,
                    ..Default::default()
                };
                door.rooms.search_availability(request).await.map(drop)
            }
            1 => {
                let request =
                    rooms::QuoteRequest { room, interval: interval(2), ..Default::default() };
                door.rooms.quote(request).await.map(drop)
            }
            _ => {
                let request = rooms::ListBookingsRequest {
                    room,
                    interval: interval(7 * 24),
                    ..Default::default()
                };
                door.rooms.list_bookings(request).await.map(drop)
            }
        }
    }

    /// Who could come, and what is still open.
    async fn ask_matching(&self, mut door: Door, random: &mut Seeded) -> Result<(), Status> {
        let evening = one(random, &self.evenings);
        let when =
            matching::Interval { start: Some(wire(evening.start)), end: Some(wire(evening.end)) };
        let area = one(random, &self.areas).clone();
        if below(random, 4) == 0 {
            let request =
                matching::ListNeedsRequest { area, interval: Some(when), ..Default::default() };
            return door.matching.list_needs(request).await.map(drop);
        }
        let want = matching::Want {
            interests: vec![(*one(random, &TOPICS)).to_owned()],
            ..Default::default()
        };
        let need = matching::Need {
            kind: HOST.to_owned(),
            area,
            times: vec![when],
            want: Some(want),
            ..Default::default()
        };
        let request =
            matching::FindCandidatesRequest { question: Some(need), ..Default::default() };
        door.matching.find_candidates(request).await.map(drop)
    }

    /// When somebody is fetched, and where a driver goes.
    async fn ask_rides(&self, mut door: Door, random: &mut Seeded) -> Result<(), Status> {
        let is_manifest = below(random, 3) == 0 && !self.shifts.is_empty();
        if is_manifest || self.rides.is_empty() {
            let shift = one(random, &self.shifts).clone();
            let request = rides::GetManifestRequest { shift };
            return door.rides.get_manifest(request).await.map(drop);
        }
        let request = rides::GetRideRequest { name: one(random, &self.rides).clone() };
        door.rides.get_ride(request).await.map(drop)
    }

    /// Who somebody is, and who lives where.
    async fn ask_register(&self, mut door: Door, random: &mut Seeded) -> Result<(), Status> {
        if below(random, 5) == 0 {
            let area = one(random, &self.areas).clone();
            let request = people::ListPeopleRequest { area, ..Default::default() };
            return door.people.list_people(request).await.map(drop);
        }
        let person = one(random, &self.residents).clone();
        let purpose = people::Purpose::Contact.into();
        let request = people::GetPersonRequest { person, purpose, ..Default::default() };
        door.people.get_person(request).await.map(drop)
    }
}
