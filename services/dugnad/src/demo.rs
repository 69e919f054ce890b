//! `dugnad demo`: a town's week through the real door, on the embedded journal, killed on the way.
//!
//! A story in five parts, told as it happens. Everything it claims it has checked: it ends with an
//! error, and a non-zero exit, if anything is not as it should be.

mod burst;
mod child;
mod diary;
mod door;
mod plan;
mod say;
mod timeline;
mod town;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use dugnad_proto::rooms::v1::{
    Accessibility, Booking, CancelBookingRequest, ClashPolicy, MoveBookingRequest,
    SearchAvailabilityRequest,
};
use jiff::{Zoned, tz::TimeZone};
use uuid::Uuid;

use child::Server;
use diary::{Diary, when};
use door::Door;

use crate::client::{Caller, request_id};
use plan::{
    BOOKINGS, CANCELLED, CHESS, INSTEAD, MOVED, MOVED_TO, RACE, RACERS, REFUSED, SERIES, Week,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Keeps everything in this directory, which must be empty; a temporary one by default.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub(crate) async fn run(args: Args) -> Result<()> {
    let started = Instant::now();
    let temporary = tempfile::tempdir()?;
    let data = match &args.data {
        Some(data) => empty(data)?,
        None => temporary.path(),
    };
    say::heading(&format!("Dugnad books a week in {}, a town that does not exist.", town::TOWN))?;
    let caller = Caller::new(town::TENANT, Uuid::now_v7(), "person")?;
    let mut server = Server::start(data).await?;
    let door = Door::open(server.address, &caller)?;
    let mut diary = load(door).await?;
    book_the_week(&mut diary).await?;
    change_plans(&mut diary).await?;
    server = survive(server, data, &caller, &mut diary).await?;
    show(&mut diary).await?;
    search(&mut diary).await?;
    server.kill().await?;
    farewell(started, args.data.as_deref())
}

fn empty(data: &Path) -> Result<&Path> {
    std::fs::create_dir_all(data).context("--data")?;
    let used = std::fs::read_dir(data).context("--data")?.next().is_some();
    ensure!(!used, "--data {}: not empty; the demo brings its own town", data.display());
    Ok(data)
}

#[expect(clippy::disallowed_methods, reason = "which week is next is the demo's own business")]
fn now() -> Result<Zoned> {
    Ok(Zoned::now().with_time_zone(TimeZone::get("Europe/Oslo")?))
}

async fn load(mut door: Door) -> Result<Diary> {
    let now = now()?;
    let bar = say::bar(town::steps(), "registering the town");
    let town = town::register(&mut door, now.date(), || bar.inc(1)).await?;
    bar.finish_and_clear();
    say::done(&format!(
        "{} buildings with {} rooms, opening hours and Christmas, on a journal in one file",
        town.buildings(),
        town.rooms.len()
    ))?;
    Ok(Diary::new(door, town, Week::after(&now)?))
}

async fn book_the_week(diary: &mut Diary) -> Result<()> {
    say::heading("1  A week is booked")?;
    let eve = town::christmas_eve(now()?.date())?;
    let weeks = diary.week.weeks_past(eve)?;
    let bar = say::bar(SERIES.len() as u64, "booking series");
    let (mut dates, mut skipped) = (0, 0);
    for series in SERIES {
        let answer = diary.series(*series, weeks, ClashPolicy::Skip).await.context(series.0)?;
        dates += answer.bookings.len();
        skipped += answer.skipped.len();
        bar.inc(1);
    }
    bar.finish_and_clear();
    say::done(&format!("{} weekly series: {dates} bookings over {weeks} weeks", SERIES.len()))?;
    say::detail(&format!("{skipped} dates left out by themselves: Closed for Christmas"))?;
    ensure!(skipped > 0, "no series met Christmas");

    let Err(all_or_nothing) = diary.series(CHESS, weeks, ClashPolicy::AllOrNothing).await else {
        anyhow::bail!("{} got dates at Christmas", CHESS.0);
    };
    say::refused(&format!("{} wants every Friday or none:", CHESS.0))?;
    say::detail(&diary.rule(&all_or_nothing)?)?;

    for once in BOOKINGS {
        diary.book(*once).await?;
    }
    say::done(&format!("{} single bookings; two parts of a hall side by side", BOOKINGS.len()))?;
    for once in REFUSED {
        let why = diary.refused(*once).await?;
        say::refused(&format!("{} wants {}:", once.0, once.1))?;
        say::detail(&why)?;
    }
    Ok(())
}

async fn change_plans(diary: &mut Diary) -> Result<()> {
    say::heading("2  Plans change")?;
    race(diary).await?;

    let meeting = diary.book(MOVED).await?;
    let request = MoveBookingRequest {
        name: meeting.name.clone(),
        interval: Some(diary.week.interval(MOVED_TO, MOVED.3, MOVED.4)?),
        etag: meeting.etag.clone(),
        request_id: request_id(),
        ..MoveBookingRequest::default()
    };
    let moved = diary.door.rooms.move_booking(request).await?.into_inner();
    let moved = moved.booking.context("the moved booking")?;
    let (from, to) = (when(&diary.week, &meeting), when(&diary.week, &moved));
    say::done(&format!("{} moves from {from} to {to}", MOVED.0))?;

    let committee = diary.book(CANCELLED).await?;
    diary.refused(INSTEAD).await?;
    let request = CancelBookingRequest {
        name: committee.name,
        reason: "too few could come".to_owned(),
        request_id: request_id(),
        ..CancelBookingRequest::default()
    };
    diary.door.rooms.cancel_booking(request).await?;
    diary.book(INSTEAD).await?;
    say::done(&format!("{} cancels; {} takes the room", CANCELLED.0, INSTEAD.0))?;

    let wish = diary.wish(plan::Once("Kveldsvakt", "Kontoret", 0, 18.0, 19.0))?;
    let answer = diary.ask(wish.clone()).await?;
    let again = diary.ask(wish.clone()).await?;
    ensure!(answer == again, "a repeat got another answer");
    say::done("the same request sent twice, as after a lost answer: one booking, the same answer")?;
    Ok(())
}

/// Everybody asks for the same hours at the same time.
async fn race(diary: &mut Diary) -> Result<()> {
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..RACERS {
        let (mut door, wish) = (diary.door.clone(), diary.wish(RACE)?);
        racers.spawn(async move { door.rooms.create_booking(wish).await });
    }
    let (mut won, mut lost) = (0, 0);
    while let Some(outcome) = racers.join_next().await {
        match outcome? {
            Ok(_) => won += 1,
            Err(status) if status.code() == tonic::Code::FailedPrecondition => lost += 1,
            Err(status) => return Err(status.into()),
        }
    }
    ensure!((won, lost) == (1, RACERS - 1), "{won} won the race and {lost} lost");
    say::done(&format!("{RACERS} ask for {} on Friday night at once: one gets it", RACE.1))?;
    Ok(())
}

/// `kill -9` in the middle of the work, proof, restart, and everything is there.
async fn survive(
    server: Server,
    data: &Path,
    caller: &Caller,
    diary: &mut Diary,
) -> Result<Server> {
    say::heading("3  The power goes")?;
    let before = diary.this_week().await?;
    let mut burst = burst::Burst::plan(diary)?;
    let pid = server.pid();
    burst.run_and_kill(&diary.door, server).await?;
    say::done(&format!(
        "kill -9 {pid} while {} requests are on their way: {} were answered, {} were not",
        burst.asked(),
        burst.answered(),
        burst.asked() - burst.answered()
    ))?;
    child::verify(data).await?;
    say::done("dugnad journal verify: every commit is there, in an unbroken chain of hashes")?;

    let server = Server::start(data).await?;
    diary.door = Door::open(server.address, caller)?;
    let after = diary.this_week().await?;
    ensure!(before == after, "the week is not as it was before");
    say::done(&format!(
        "started again: all {} bookings of the week are as they were",
        after.len()
    ))?;
    burst.check_answered(&mut diary.door).await?;
    say::done(&format!("all {} answered ones are there too", burst.answered()))?;
    burst.repeat_the_rest(&mut diary.door).await?;
    say::done("the others are sent again with the same request ids: each is booked once")?;
    Ok(server)
}

async fn show(diary: &mut Diary) -> Result<()> {
    say::heading(&format!("4  The week in {}", town::TOWN))?;
    let bookings = diary.this_week().await?;
    say::show(&timeline::draw(&diary.week, &diary.town, &bookings))?;
    Ok(())
}

async fn search(diary: &mut Diary) -> Result<()> {
    say::heading(
        "5  Where can 40 people with a wheelchair user meet on Tuesday, 17 to 22, for 2 hours?",
    )?;
    let request = SearchAvailabilityRequest {
        interval: Some(diary.week.interval(1, 17.0, 22.0)?),
        duration: Some(prost_types::Duration { seconds: 2 * 3600, nanos: 0 }),
        min_capacity: 40,
        accessibility: vec![Accessibility::StepFree as i32],
        ..SearchAvailabilityRequest::default()
    };
    let answer = diary.door.rooms.search_availability(request).await?.into_inner();
    ensure!(!answer.available.is_empty(), "no room is free");
    for free in answer.available {
        let room = free.room.context("a room")?;
        let building = diary.town.room(&room.display_name)?.building;
        let windows = free.windows.iter().map(|window| {
            let booking = Booking { interval: Some(*window), ..Booking::default() };
            when(&diary.week, &booking)
        });
        let windows = windows.collect::<Vec<_>>().join(", ");
        say::done(&format!("{:<16} {building:<20} {windows}", room.display_name))?;
    }
    Ok(())
}

fn farewell(started: Instant, data: Option<&Path>) -> Result<()> {
    say::heading(&format!("Done in {:.1} s. Now you:", started.elapsed().as_secs_f64()))?;
    let this = std::env::args().next().unwrap_or_else(|| "dugnad".to_owned());
    let (keep, data) = match data {
        None => (
            format!("  {this} demo --data town      # the same, and keeps it\n"),
            Path::new("town"),
        ),
        Some(data) => (String::new(), data),
    };
    say::show(&format!(
        "
{keep}  {this} serve --data {data}
  grpcurl -plaintext -H 'dugnad-tenant: {tenant}' \\
      -H \"dugnad-caller: $(cat /proc/sys/kernel/random/uuid)\" \\
      -d '{{\"facility\": \"facilities/-\"}}' localhost:7070 dugnad.rooms.v1.RoomsService/ListRooms

  The same from Python: tests/python/test_rooms.py
  What can be called:   proto/dugnad/rooms/v1/rooms.proto\n",
        data = data.display(),
        tenant = town::TENANT
    ))?;
    Ok(())
}
