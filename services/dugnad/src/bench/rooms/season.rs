//! A season: clubs apply through the door, it is allocated and published.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use dugnad_harness::{
    Caller, DugnadServer, Rooms, Season,
    clients::{called, request_id},
};
use dugnad_proto::rooms::v1::{
    AllocateSeasonRequest, Application, ApplyForSeasonRequest, CreateFacilityRequest,
    CreateRoomRequest, CreateSeasonRoundRequest, Facility, GetSeasonRoundRequest, Interval,
    LocalWindow, PublishSeasonRequest, Room, SeasonApplication, SeasonFigures, SeasonRound,
    SeasonRoundState, SeasonSlot, SeasonWish,
};
use futures::{StreamExt as _, TryStreamExt as _};
use uuid::Uuid;

use crate::bench::figure::Figure;

const TENANT: &str = "bench-season";
/// How long it takes applications: all of them, and some more.
const OPEN: i64 = 15;
const SLOTS_A_ROOM: usize = 20;
const DAY: i64 = 86_400;

pub(super) async fn measure(
    server: &DugnadServer,
    clubs: usize,
    slots: usize,
    wishes: usize,
) -> Result<Vec<Figure>> {
    let staff = Caller::new(TENANT).acting_as("staff");
    let rooms = rooms(server.rooms(&staff)?, slots.div_ceil(SLOTS_A_ROOM)).await?;
    let mut clerk = Season::new(called(&server.url()?, &staff)?);
    let round = open(&mut clerk, &rooms, slots).await?;
    let began = Instant::now();
    let applied = (0..clubs).map(|n| apply(clerk.clone(), &round, n, wishes));
    futures::stream::iter(applied).buffered(16).try_collect::<Vec<_>>().await?;
    let applying = began.elapsed().as_secs_f64();
    closed(&mut clerk, &round.name).await?;
    eprintln!("allocating");
    let (took, figures) = allocate(&mut clerk, &round.name).await?;
    eprintln!("publishing");
    let began = Instant::now();
    let bookings = publish(&mut clerk, &round.name).await?;
    let published = began.elapsed().as_secs_f64();
    let what = format!("a season of {clubs} clubs × {slots} slots × {wishes} wishes, allocated");
    Ok(vec![
        Figure::new(format!("{clubs} applications"), applying, "s", None),
        Figure::new(what, took, "s", Some(10.0)),
        Figure::new("… slots that a club has", figures.granted.into(), "", None),
        Figure::new("… cheaper by at most", figures.gap * 100.0, "%", None),
        Figure::new(format!("… published as {bookings} series"), published, "s", None),
    ])
}

async fn rooms(mut client: Rooms, count: usize) -> Result<Vec<String>> {
    let facility = Facility { display_name: "Idrettsparken".to_owned(), ..Facility::default() };
    let request = CreateFacilityRequest { facility: Some(facility), request_id: request_id() };
    let facility = client.create_facility(request).await?.into_inner();
    let facility = facility.facility.context("the facility that was made")?.name;
    let mut names = Vec::with_capacity(count);
    for n in 0..count {
        let display_name = format!("Hall {n}");
        let room = Some(Room { display_name, capacity: 200, ..Room::default() });
        let facility = facility.clone();
        let request = CreateRoomRequest { facility, room, request_id: request_id() };
        let made = client.create_room(request).await?.into_inner();
        names.push(made.room.context("the room that was made")?.name);
    }
    Ok(names)
}

/// Four slots of each weekday evening in each hall.
async fn open(clerk: &mut Season, rooms: &[String], slots: usize) -> Result<SeasonRound> {
    let slot = |n: usize| {
        let (room, of_room) = (&rooms[n / SLOTS_A_ROOM], n % SLOTS_A_ROOM);
        let hour = 16 + of_room / 5 * 3 / 2;
        let minute = of_room / 5 % 2 * 30;
        let (opens, closes) = (format!("{hour}:{minute:02}"), hour * 60 + minute + 90);
        let closes = format!("{}:{:02}", closes / 60, closes % 60);
        SeasonSlot {
            room: room.clone(),
            weekday: i32::try_from(of_room % 5).unwrap_or_default() + 1,
            hours: Some(LocalWindow { opens, closes }),
            ..Default::default()
        }
    };
    let now = now();
    let at = |seconds| Some(prost_types::Timestamp { seconds: now + seconds, nanos: 0 });
    let round = SeasonRound {
        display_name: "Målesesongen".to_owned(),
        application_period: Some(Interval { start: at(-60), end: at(OPEN) }),
        first_date: date(now + 30 * DAY)?,
        last_date: date(now + 170 * DAY)?,
        slots: (0..slots).map(slot).collect(),
        ..Default::default()
    };
    let request = CreateSeasonRoundRequest { round: Some(round), request_id: request_id() };
    let made = clerk.create_season_round(request).await?.into_inner();
    made.round.context("the round that was made")
}

/// Everybody wants the early evenings of some halls the most.
async fn apply(mut client: Season, round: &SeasonRound, n: usize, wishes: usize) -> Result<()> {
    let slots = round.slots.len();
    let mut wished = Vec::with_capacity(wishes);
    for k in 0..wishes.min(slots) {
        // Squared, so that some slots are sought after: the same every time.
        let draw = (n * 7919 + k * 104_729 + n * k * 31) % (slots * slots);
        let mut slot = draw.isqrt().min(slots - 1);
        while wished.iter().any(|(taken, _)| *taken == slot) {
            slot = (slot + 1) % slots;
        }
        wished.push((slot, k * 2 >= wishes));
    }
    let wish =
        |(slot, second): (usize, bool)| SeasonWish { slot: round.slots[slot].name.clone(), second };
    let organisation = format!("organisations/{}", Uuid::from_u128(n as u128 + 1));
    let application = SeasonApplication {
        application: Some(Application { organisation, ..Default::default() }),
        persons: 20,
        times_a_week: 1 + i32::from(n.is_multiple_of(2)) + i32::from(n.is_multiple_of(5)),
        duration: Some(prost_types::Duration { seconds: 90 * 60, nanos: 0 }),
        wishes: wished.into_iter().map(wish).collect(),
        purpose: "Trening".to_owned(),
        ..Default::default()
    };
    let (round, application) = (round.name.clone(), Some(application));
    let request = ApplyForSeasonRequest { round, application, request_id: request_id() };
    client.apply_for_season(request).await?;
    Ok(())
}

async fn closed(clerk: &mut Season, name: &str) -> Result<()> {
    loop {
        let request = GetSeasonRoundRequest { name: name.to_owned() };
        let round = clerk.get_season_round(request).await?.into_inner().round;
        if round.context("the round")?.state() != SeasonRoundState::Open {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn allocate(clerk: &mut Season, name: &str) -> Result<(f64, SeasonFigures)> {
    let began = Instant::now();
    let request = AllocateSeasonRequest { round: name.to_owned(), budget: None };
    let mut answers = clerk.allocate_season(request).await?.into_inner();
    let mut last = None;
    while let Some(answer) = answers.message().await? {
        last = Some(answer);
    }
    let took = began.elapsed().as_secs_f64();
    let figures = last.and_then(|answer| answer.round?.figures);
    Ok((took, figures.context("a draft")?))
}

async fn publish(clerk: &mut Season, name: &str) -> Result<usize> {
    let request = PublishSeasonRequest { round: name.to_owned() };
    let mut answers = clerk.publish_season(request).await?.into_inner();
    let mut made = 0;
    while let Some(answer) = answers.message().await? {
        ensure!(answer.grants.iter().all(|grant| grant.published), "every slot is published");
        made += answer.grants.iter().filter(|grant| !grant.series.is_empty()).count();
    }
    Ok(made)
}

fn date(second: i64) -> Result<String> {
    Ok(jiff::Timestamp::from_second(second)?.strftime("%Y-%m-%d").to_string())
}

#[expect(clippy::disallowed_methods, reason = "the season is that of the days to come")]
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
