//! Things go wrong, as they do: a driver falls ill, a host cannot come, a door stays silent, the power goes.
//! What the services do about it is shown, and checked.

use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, Result, ensure};
use dugnad_proto::{
    activities::v1 as activities, matching::v1 as matching, rides::v1 as rides, rooms::v1 as rooms,
};
use futures::{StreamExt as _, stream};
use jiff::SignedDuration;

use super::{
    World,
    child::Servers,
    each::Wait,
    evening::{Told, come},
    helpers,
    month::{instant, wire},
};
use crate::client::request_id;

/// Sign-ups that are sent and not answered yet.
const ON_THEIR_WAY: usize = 8;

/// Sign-ups in all.
const MOST_AT_ONCE: usize = 400;

/// Named of many.
const NAMED: usize = 3;

/// Who drives most of the evening's guests falls ill an hour before.
pub(super) async fn driver_ill(world: &mut World, told: &Told) -> Result<()> {
    let driver = told.driver.clone();
    let before = world.on_shifts_of(&driver, told.evening.day).await?;
    let request = rides::ReportDriverIllRequest {
        driver: driver.clone(),
        request_id: request_id(),
        ..Default::default()
    };
    let answer = world.door.rides.report_driver_ill(request).await?.into_inner();
    let rides::Consequences { moved, broken } = answer.consequences.unwrap_or_default();
    world.story.refused(&format!(
        "{} is ill; {before} pickups and drop-offs were still to be driven",
        world.called(&driver)
    ))?;
    let shifts = world.shifts_of(told.evening.day).await?;
    world.story.done(&format!("{} rides keep their promise with somebody else", moved.len()))?;
    for ride in moved.iter().take(NAMED) {
        let shift = shifts.get(&ride.shift).context("a shift of the day")?;
        ensure!(shift.driver != driver, "a ride was given to who is ill");
        let promised = ride.pickup.unwrap_or_default();
        world.story.detail(&format!(
            "{}: {} comes, {} drives, as promised between {} and {}",
            world.traveller(ride),
            world.vehicle(&shift.vehicle),
            world.called(&shift.driver),
            world.month.hour(instant(promised.from)),
            world.month.hour(instant(promised.until)),
        ))?;
    }
    for ride in &broken {
        world.story.refused(&format!(
            "{} is told at once: {}",
            world.traveller(ride),
            ride.broken_text
        ))?;
    }
    Ok(())
}

/// A host gives the place back; others are asked until somebody comes.
pub(super) async fn host_declines(world: &mut World, told: &Told) -> Result<()> {
    let before: HashSet<String> = come(world, &told.need).await?.into_iter().collect();
    let request =
        matching::ListAssignmentsRequest { need: told.need.clone(), ..Default::default() };
    let answer = world.door.matching.list_assignments(request).await?.into_inner();
    let Some(given) = answer.assignments.into_iter().next() else {
        return world
            .story
            .detail("nobody had said yes, so nobody can take it back")
            .map_err(Into::into);
    };
    let request = matching::CancelAssignmentRequest {
        name: given.name,
        reason: "ill".to_owned(),
        request_id: request_id(),
    };
    let late = world.door.matching.cancel_assignment(request).await?.into_inner().late;
    ensure!(late, "an hour before is late, and nobody was alarmed");
    world.story.refused(&format!(
        "{} cannot come as host; it is so late that the coordinator is alarmed",
        world.called(&given.person)
    ))?;
    let answers = helpers::answer_one(&mut world.door, &told.need).await?;
    let now = come(world, &told.need).await?;
    ensure!(!now.contains(&given.person), "who gave it back still has the place");
    match now.iter().find(|person| !before.contains(*person)) {
        Some(new) => world.story.done(&format!(
            "{} more were asked ({} said no): {} comes",
            answers.yes + answers.no + answers.silent,
            answers.no,
            world.called(new)
        ))?,
        None => world.story.refused(&format!(
            "{} more were asked, and nobody can: it stays an alarm until a person sees to it",
            answers.no + answers.silent
        ))?,
    }
    Ok(())
}

/// The lock falls silent, and somebody books another room behind it at the last minute.
pub(super) async fn door_silent(world: &mut World, told: &Told) -> Result<String> {
    let building = world.buildings[told.place.building].clone();
    world.locks.silence(told.place.building);
    let interval = rooms::Interval {
        start: Some(wire(told.evening.start)),
        end: Some(wire(told.evening.end)),
    };
    for room in &building.rooms {
        let request = rooms::CreateBookingRequest {
            room: room.name.clone(),
            interval: Some(interval),
            purpose: "Korstyret".to_owned(),
            request_id: request_id(),
            ..Default::default()
        };
        match world.door.rooms.create_booking(request).await {
            Ok(answer) => {
                let booking = answer.into_inner().booking.context("a booking")?;
                world.story.refused(&format!(
                    "The choir's board books {} for the same hours, and the lock of {} does not answer",
                    room.title, building.title
                ))?;
                return Ok(booking.name);
            }
            Err(status) if status.code() == tonic::Code::FailedPrecondition => {}
            Err(status) => return Err(status.into()),
        }
    }
    anyhow::bail!("every room of {} is taken", building.title)
}

/// A quarter of an hour before, whoever is on duty is told to open by hand; then the lock is there again.
pub(super) async fn door_repaired(world: &mut World, booking: &str) -> Result<()> {
    let mut wait = Wait::until("somebody is alarmed that the door is late");
    let alarm = loop {
        let request = rooms::ListDoorAlarmsRequest {};
        let alarms = world.door.doors.list_door_alarms(request).await?.into_inner().alarms;
        let late = rooms::list_door_alarms_response::alarm::Kind::Late;
        let ours = alarms.into_iter().find(|it| it.booking == booking && it.kind() == late);
        if let Some(alarm) = ours {
            break alarm;
        }
        wait.a_moment().await?;
    };
    world.story.refused(&format!(
        "{}: no code has been confirmed for {}; whoever is on duty is told to open by hand",
        alarm.display_name,
        world.month.hour(instant(alarm.start))
    ))?;
    world.locks.wake();
    world.once_coded(booking).await?;
    world.story.done(
        "The lock is there again: it is asked, holds the code, and the alarm ends by itself",
    )?;
    Ok(())
}

/// Many sign up for the last week when everything is killed: what was answered is there, what was not is
/// sent again with the same request id, and nobody is signed up twice.
pub(super) async fn power_cut(world: &mut World, until: SignedDuration) -> Result<()> {
    let wishes = wishes(world);
    let asked = wishes.len();
    let pids = world.servers.as_ref().map(Servers::pids).unwrap_or_default();
    let answered = answered_until_killed(world, &wishes).await?;
    world.story.refused(&format!(
        "kill -9 {} while {asked} people sign up: {} got an answer, {} did not",
        pids.iter().map(u32::to_string).collect::<Vec<_>>().join(" "),
        answered.len(),
        asked - answered.len()
    ))?;
    world.setup.verify().await?;
    world
        .story
        .done("dugnad journal verify: every commit is there, in an unbroken chain of hashes")?;
    world.restart(until).await?;
    let mut names = HashSet::new();
    for wish in wishes {
        let id = wish.request_id.clone();
        let again = world.door.activities.sign_up(wish).await?.into_inner().signup;
        ensure!(answered.get(&id).is_none_or(|first| *first == again), "another answer than first");
        ensure!(names.insert(again.context("a sign-up")?.name), "somebody is signed up twice");
    }
    world.story.done(&format!(
        "started again, and all {asked} sent once more with the same request ids: each signed up once, \
         and those that were answered got the same answer"
    ))?;
    Ok(())
}

/// By request id.
type Answered = HashMap<String, Option<activities::Signup>>;

/// A few are always on their way; everything is killed when a third are answered.
async fn answered_until_killed(
    world: &mut World,
    wishes: &[activities::SignUpRequest],
) -> Result<Answered> {
    let door = world.door.clone();
    let ask = |wish: activities::SignUpRequest| {
        let mut door = door.clone();
        async move {
            let answer = door.activities.sign_up(wish.clone()).await.ok()?;
            Some((wish.request_id, answer.into_inner().signup))
        }
    };
    let mut answers =
        Box::pin(stream::iter(wishes.to_vec()).map(ask).buffer_unordered(ON_THEIR_WAY));
    let mut answered = Answered::new();
    while answered.len() < wishes.len() / 3 {
        let answer = answers.next().await.context("too few to be killed among")?;
        let (id, signup) = answer.context("a sign-up was not answered")?;
        answered.insert(id, signup);
    }
    world.kill().await?;
    // What was under way when it was killed may have been answered in time; what was not yet, is not.
    while let Some(answer) = answers.next().await {
        answered.extend(answer);
    }
    Ok(answered)
}

/// A few for each date of the last week, of those who are not signed up there.
fn wishes(world: &World) -> Vec<activities::SignUpRequest> {
    let last = world.evenings.iter().filter(|it| it.day >= world.month.days() - 7);
    let wishes = last.flat_map(|evening| {
        let comes = |n: &usize| evening.riders.contains(n) || evening.walkers.contains(n);
        let others = (0..world.residents.len()).filter(move |n| !comes(n));
        others.take(20).map(|n| activities::SignUpRequest {
            occurrence: evening.name.clone(),
            person: world.residents[n].name.clone(),
            request_id: request_id(),
            ..Default::default()
        })
    });
    wishes.take(MOST_AT_ONCE).collect()
}

impl World {
    fn traveller(&self, ride: &rides::Ride) -> String {
        self.called(ride.trip.as_ref().map_or("", |trip| &trip.traveller))
    }

    /// How many stops of a day somebody still has to drive to.
    async fn on_shifts_of(&mut self, driver: &str, day: i32) -> Result<usize> {
        let shifts = self.shifts_of(day).await?;
        let mut stops = 0;
        for shift in shifts.into_values().filter(|it| it.driver == driver) {
            let request = rides::GetManifestRequest { shift: shift.name };
            let manifest = self.door.rides.get_manifest(request).await?.into_inner();
            stops += manifest.stops.iter().filter(|stop| stop.left.is_none() && !stop.off).count();
        }
        Ok(stops)
    }
}
