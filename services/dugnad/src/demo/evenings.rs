//! What goes on in the month: planned as a municipality plans, arranged by the services themselves, signed
//! up for by residents.

use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, Result};
use dugnad_harness::sim::Seeded;
use dugnad_proto::activities::v1 as pb;
use jiff::{SignedDuration, Timestamp};

use super::{
    door::Door,
    each::{each, until_each},
    map::Map,
    month::{Month, instant, minutes},
    names::below,
    people::Resident,
    size::Counts,
    town::{Building, HOST, MUSICIAN},
};
use crate::client::request_id;

/// What is held: title, topic, minutes after midnight, minutes long, places, hosts, musicians.
struct Kind(&'static str, &'static str, i32, i32, i32, i32, i32);

const KINDS: [Kind; 15] = [
    Kind("Allsang", "music", 1080, 120, 40, 2, 1),
    Kind("Strikkekafé", "crafts", 660, 120, 25, 1, 0),
    Kind("Språkkafé", "languages", 1020, 120, 30, 2, 0),
    Kind("Seniordans", "music", 720, 90, 40, 2, 1),
    Kind("Middag for alle", "food", 990, 120, 40, 3, 0),
    Kind("Lesesirkel", "books", 1050, 90, 14, 1, 0),
    Kind("Dagkafé", "food", 630, 150, 30, 2, 0),
    Kind("Data for eldre", "computers", 780, 120, 14, 2, 0),
    Kind("Sjakk og spill", "games", 1080, 150, 25, 1, 0),
    Kind("Trim på stol", "walks", 600, 60, 25, 1, 0),
    Kind("Leksehjelp", "books", 900, 120, 28, 3, 0),
    Kind("Filmkveld", "games", 1110, 150, 60, 2, 0),
    Kind("Bingo", "games", 1080, 120, 60, 2, 0),
    Kind("Bygdekunst", "crafts", 840, 120, 20, 1, 0),
    Kind("Quiz", "games", 1140, 120, 40, 1, 0),
];

/// One evening (or day) of the month.
#[derive(Clone, Debug)]
pub(crate) struct Evening {
    /// `occurrences/{occurrence}`.
    pub(crate) name: String,
    pub(super) title: &'static str,
    /// Of the month, from 0.
    pub(super) day: i32,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    /// Those who asked to be driven, by their index among the residents.
    pub(crate) riders: Vec<usize>,
    /// Those who come by themselves.
    pub(crate) walkers: Vec<usize>,
    /// Where it was arranged to be.
    pub(crate) place: Option<Place>,
}

/// Where an evening is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// By its index.
    pub(crate) building: usize,
    pub(super) room: &'static str,
    /// `bookings/{booking}`.
    pub(super) booking: String,
}

/// Writes every activity down and makes it public: from there on the services arrange it.
pub(crate) async fn plan(
    door: &Door,
    map: &Map,
    month: &Month,
    series: usize,
) -> Result<Vec<Evening>> {
    let areas = map.areas.len();
    let plans: Vec<_> = (0..series)
        .map(|n| (&KINDS[n % KINDS.len()], n as i32 % 7, map.areas[n * 3 % areas].code.clone()))
        .collect();
    let planned = each("writing activities down", plans, |(kind, day, area)| {
        activity(door.clone(), month.clone(), kind, day, area)
    })
    .await?;
    Ok(planned.into_iter().flatten().collect())
}

async fn activity(
    mut door: Door,
    month: Month,
    kind: &'static Kind,
    day: i32,
    area: String,
) -> Result<Vec<Evening>> {
    let &Kind(title, topic, from, long, capacity, hosts, musicians) = kind;
    let helpers = [(HOST, hosts), (MUSICIAN, musicians)].into_iter().filter(|it| it.1 > 0);
    let helpers = helpers.map(|(kind, heads)| pb::Helpers { kind: kind.to_owned(), heads });
    let wish = pb::RoomWish { capacity, ..Default::default() };
    let activity = pb::Activity {
        title: title.to_owned(),
        venue: Some(pb::activity::Venue::Room(wish)),
        area,
        topics: vec![topic.to_owned()],
        capacity,
        helpers: helpers.collect(),
        rides: Some(pb::Rides::default()),
        asks_before_moving: true,
        ..Default::default()
    };
    let start = month.at(day, from)?.to_zoned(month.zone.clone());
    let schedule = pb::Schedule {
        start_time: start.strftime("%Y-%m-%dT%H:%M").to_string(),
        duration: minutes(long.into()),
        rrule: format!("FREQ=WEEKLY;COUNT={}", month.weeks),
        ..Default::default()
    };
    let request = pb::CreateActivityRequest {
        activity: Some(activity),
        schedule: Some(schedule),
        contact: None,
        request_id: request_id(),
    };
    let made = door.activities.create_activity(request).await?.into_inner();
    let made = made.activity.context("an activity")?;
    let request = pb::ArrangeActivityRequest { name: made.name, request_id: request_id() };
    door.activities.arrange_activity(request).await?;
    let evening = |(week, date): (i32, pb::Date)| {
        let interval = date.interval.unwrap_or_default();
        Evening {
            name: date.occurrence,
            title,
            day: day + 7 * week,
            start: instant(interval.start),
            end: instant(interval.end),
            riders: Vec::new(),
            walkers: Vec::new(),
            place: None,
        }
    };
    Ok((0..).zip(made.dates).map(evening).collect())
}

/// Waits until rooms and matching have answered for every evening, and says where each is.
pub(crate) async fn arranged(
    door: &Door,
    buildings: &[Building],
    evenings: Vec<Evening>,
) -> Result<Vec<Evening>> {
    let mut activities = door.activities.clone();
    let seen = until_each("rooms and matching answer", &evenings, async |evening| {
        let request = pb::GetOccurrenceRequest { name: evening.name.clone() };
        let seen = activities.get_occurrence(request).await?.into_inner();
        let seen = seen.occurrence.context("an evening")?;
        let awaited = seen.missing.iter().any(|it| it.code == "VENUE_AWAITED");
        Ok((!awaited && seen.helpers.iter().all(|it| it.posted)).then_some(seen))
    })
    .await?;
    let placed = evenings.into_iter().zip(seen);
    Ok(placed.map(|(it, seen)| Evening { place: place(buildings, &seen), ..it }).collect())
}

/// Where it says that it is.
pub(super) fn place(buildings: &[Building], seen: &pb::Occurrence) -> Option<Place> {
    let rooms =
        buildings.iter().enumerate().flat_map(|(n, it)| it.rooms.iter().map(move |r| (n, r)));
    let (building, room) = rooms.into_iter().find(|(_, room)| room.name == seen.room)?;
    Some(Place { building, room: room.title, booking: seen.booking.clone() })
}

/// Chooses who comes to what: on one day nobody to two things, so many of all to be driven.
pub(crate) fn choose(evenings: &mut [Evening], residents: &[Resident], counts: &Counts) {
    let mut random = Seeded::new(13);
    let outings = counts.rides / 2;
    let mut out_on: HashMap<i32, HashSet<usize>> = HashMap::new();
    let all = evenings.len();
    for (n, evening) in evenings.iter_mut().enumerate() {
        let riders = outings * (n + 1) / all - outings * n / all;
        let walkers = 2 + below(&mut random, 5);
        let out = out_on.entry(evening.day).or_default();
        let mut chosen = Vec::new();
        while chosen.len() < riders + walkers && out.len() < residents.len() {
            let who = below(&mut random, residents.len());
            if out.insert(who) {
                chosen.push(who);
            }
        }
        evening.walkers = chosen.split_off(riders.min(chosen.len()));
        evening.riders = chosen;
    }
}

/// Signs everybody up, riders with a ride there and home; how many did not get a place.
pub(super) async fn sign_up(
    door: &Door,
    residents: &[Resident],
    evenings: &[Evening],
) -> Result<usize> {
    let all = evenings.iter().flat_map(|evening| {
        let riders = evening.riders.iter().map(|who| (who, true));
        let walkers = evening.walkers.iter().map(|who| (who, false));
        riders.chain(walkers).map(move |(who, is_driven)| {
            (evening.name.clone(), residents[*who].name.clone(), is_driven)
        })
    });
    let states =
        each("residents sign up", all.collect::<Vec<_>>(), |(occurrence, person, driven)| {
            sign_one_up(door.clone(), occurrence, person, driven)
        })
        .await?;
    Ok(states.iter().filter(|state| **state != pb::SignupState::Going).count())
}

/// Driven there and home, or not at all.
pub(crate) async fn sign_one_up(
    mut door: Door,
    occurrence: String,
    person: String,
    driven: bool,
) -> Result<pb::SignupState> {
    let request = pb::SignUpRequest {
        occurrence,
        person,
        ride_there: driven,
        ride_home: driven,
        request_id: request_id(),
        ..Default::default()
    };
    let answer = door.activities.sign_up(request).await?.into_inner();
    Ok(answer.signup.context("a sign-up")?.state())
}

impl Evening {
    /// When those who are driven should be there.
    pub(crate) fn arrive_by(&self) -> Timestamp {
        self.start - SignedDuration::from_mins(5)
    }

    /// When they can leave.
    pub(crate) fn leave_after(&self) -> Timestamp {
        self.end + SignedDuration::from_mins(10)
    }
}
