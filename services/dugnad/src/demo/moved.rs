//! An evening has to move: its room's roof leaks, or its organiser wants it an hour later. What follows by
//! itself is shown and checked; what does not is said.

use anyhow::{Context as _, Result, ensure};
use dugnad_proto::{activities::v1 as pb, rooms::v1 as rooms};
use jiff::SignedDuration;

use super::{
    World,
    each::Wait,
    evening::{Told, come, listed},
    evenings::{self, Evening},
    fleet::{self, Leg},
    helpers,
    month::{instant, wire},
};
use crate::client::request_id;

/// Named of many.
const NAMED: usize = 3;
/// An evening that ends by then has an hour left before houses close and minibuses are home.
const ENDS_BY: i8 = 20;

/// The roof leaks over an evening of the days after: which one it is.
pub(super) async fn roof_leaks(world: &mut World, told: &Told) -> Result<usize> {
    let index = later(world, told, |_| true)?;
    let evening = world.evenings[index].clone();
    let before = world.occurrence(&evening.name).await?;
    let helpers = who_helps(world, &before).await?;
    let request = rooms::CloseRoomRequest {
        room: before.room.clone(),
        interval: Some(rooms::Interval {
            start: Some(wire(evening.start)),
            end: Some(wire(evening.end)),
        }),
        reason: "Taket lekker".to_owned(),
        request_id: request_id(),
        ..Default::default()
    };
    let closed = world.door.rooms.close_room(request).await?.into_inner();
    let (place, day) = (&before.place, world.month.day(evening.start));
    world.story.refused(&format!(
        "The roof over {place} leaks: {} on {day} cannot be there",
        evening.title
    ))?;
    if !closed.moved.contains(&before.booking) {
        ensure!(closed.cancelled.contains(&before.booking), "a booking in a closed room stands");
        world.evenings[index].place = None;
        world.story.refused("No other room fits; its organiser is told that it has none")?;
        rides_follow(world, index).await?;
        return Ok(index);
    }
    let proposed = |it: &pb::Occurrence| lacks(it, "VENUE_PROPOSED");
    let proposed = world.once(&evening.name, "another room is proposed", proposed).await?;
    let said = proposed.missing.iter().find(|it| it.code == "VENUE_PROPOSED");
    world.story.detail(&said.map(|it| it.message.clone()).unwrap_or_default())?;
    let after = say_yes(world, &evening.name).await?;
    ensure!(after.room != before.room, "it is held under a leaking roof");
    ensure!(after.booking == before.booking, "the booking did not come along");
    ensure!(who_helps(world, &after).await? == helpers, "a helper was lost on the way");
    world.evenings[index].place = evenings::place(&world.buildings, &after);
    let request = rooms::GetAccessRequest { booking: after.booking };
    let ways = world.door.doors.get_access(request).await?.into_inner().ways;
    let doors: Vec<_> = ways.into_iter().map(|way| way.display_name).collect();
    ensure!(!doors.is_empty(), "nobody gets into the other room");
    world.story.done(&format!(
        "Its organiser says yes: the booking goes to {} with {} helpers, and a code for {}",
        after.place,
        helpers.len(),
        listed(&doors)
    ))?;
    rides_follow(world, index).await?;
    Ok(index)
}

/// The organiser moves another evening by an hour.
pub(super) async fn an_hour_later(world: &mut World, told: &Told, leaked: usize) -> Result<()> {
    let zone = world.month.zone.clone();
    let has_an_hour = |n: usize, evening: &Evening| {
        n != leaked && evening.end.to_zoned(zone.clone()).hour() < ENDS_BY
    };
    let all: Vec<_> = world.evenings.iter().enumerate().map(|(n, it)| has_an_hour(n, it)).collect();
    let index = later(world, told, |n| all[n])?;
    let evening = world.evenings[index].clone();
    let before = world.occurrence(&evening.name).await?;
    let helped = who_helps(world, &before).await?;
    let start = evening.start + SignedDuration::from_hours(1);
    let local = start.to_zoned(world.month.zone.clone());
    let request = pb::MoveOccurrenceRequest {
        name: evening.name.clone(),
        start_time: local.strftime("%Y-%m-%dT%H:%M").to_string(),
        duration: None,
        request_id: request_id(),
    };
    world.door.activities.move_occurrence(request).await?;
    world.story.refused(&format!(
        "{} on {} is moved by an hour by its organiser, to {}",
        evening.title,
        world.month.day(start),
        world.month.hour(start)
    ))?;
    let awaited = ["VENUE_AWAITED", "VENUE_AT_ANOTHER_TIME"];
    let answered = |it: &pb::Occurrence| {
        begins(it) == start
            && !awaited.iter().any(|code| lacks(it, code))
            && it.helpers.iter().all(|line| line.posted)
    };
    let mut after = world.once(&evening.name, "the other hour is arranged", answered).await?;
    if lacks(&after, "VENUE_PROPOSED") {
        after = say_yes(world, &evening.name).await?;
    }
    let moved = &mut world.evenings[index];
    (moved.start, moved.end) = (start, evening.end + SignedDuration::from_hours(1));
    moved.place = evenings::place(&world.buildings, &after);
    match (after.room == before.room, after.room.is_empty()) {
        (true, _) => world.story.done(&format!("{} follows", after.place))?,
        (_, false) => {
            world.story.done(&format!("{} was taken then: {}", before.place, after.place))?;
        }
        (_, true) => world.story.refused(&after.missing_in_words)?,
    }
    helpers_follow(world, &helped, &after).await?;
    rides_follow(world, index).await
}

/// Who comes as before, who is asked instead, and whom nobody takes the place of.
async fn helpers_follow(world: &mut World, was: &[String], after: &pb::Occurrence) -> Result<()> {
    for line in &after.helpers {
        let answers = helpers::answer_one(&mut world.door, &line.need).await?;
        let now = come(world, &line.need).await?;
        let (same, new): (Vec<_>, Vec<_>) = now.into_iter().partition(|it| was.contains(it));
        let [same, new] = [same, new].map(|all| {
            let called: Vec<_> = all.iter().map(|person| world.called(person)).collect();
            (called.len(), listed(&called))
        });
        if same.0 > 0 {
            world.story.done(&format!("{} can come as {} then too", same.1, line.kind))?;
        }
        if new.0 > 0 {
            world
                .story
                .done(&format!("{} comes as {} instead, of those asked", new.1, line.kind))?;
        }
        if answers.missing > 0 {
            let missing =
                format!("{} of {} as {} are missing", answers.missing, line.heads, line.kind);
            world.story.refused(&missing)?;
        }
    }
    Ok(())
}

/// Which rides are promised anew, and why others are not.
async fn rides_follow(world: &mut World, index: usize) -> Result<()> {
    let evening = world.evenings[index].clone();
    let driven = fleet::answered_one(&mut world.door, &world.residents, &evening).await?;
    let riders = evening.riders.iter().zip(&driven);
    let all: Vec<_> =
        riders.flat_map(|(who, legs)| legs.iter().map(move |it| (*who, it))).collect();
    let promised = all.iter().filter(|(_, leg)| matches!(leg, Leg::Promised(_))).count();
    let followed = format!("{promised} of {} rides are promised anew", all.len());
    world.story.done(&followed)?;
    let refused = all.iter().filter_map(|(who, leg)| match leg {
        Leg::Promised(_) => None,
        Leg::Refused(why) => Some((*who, why)),
    });
    for (who, why) in refused.take(NAMED) {
        let called = world.residents[who].called.clone();
        world.story.refused(&format!("{called} is told at once that this cannot be: {why}"))?;
    }
    world.driven[index] = driven;
    Ok(())
}

/// Of the week after the one that is told: the one with most to drive.
fn later(world: &World, told: &Told, may: impl Fn(usize) -> bool) -> Result<usize> {
    let day = told.evening.day;
    let is_later =
        |evening: &Evening| evening.place.is_some() && (day + 1..day + 8).contains(&evening.day);
    let all = world.evenings.iter().enumerate().filter(|(n, it)| is_later(it) && may(*n));
    let most = all.max_by_key(|(n, _)| fleet::promised(&world.driven[*n]));
    most.map(|(n, _)| n).context("no evening of the days after has a room")
}

async fn say_yes(world: &mut World, name: &str) -> Result<pb::Occurrence> {
    let request =
        pb::AnswerRoomRequest { name: name.to_owned(), yes: true, request_id: request_id() };
    world.door.activities.answer_room(request).await?;
    world.once(name, "it is in the room that was proposed", |it| !it.room.is_empty()).await
}

/// Everybody, by kind.
async fn who_helps(world: &mut World, evening: &pb::Occurrence) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for line in &evening.helpers {
        let mut people = come(world, &line.need).await?;
        people.sort_unstable();
        all.extend(people);
    }
    Ok(all)
}

fn lacks(evening: &pb::Occurrence, code: &str) -> bool {
    evening.missing.iter().any(|it| it.code == code)
}

fn begins(evening: &pb::Occurrence) -> jiff::Timestamp {
    instant(evening.interval.unwrap_or_default().start)
}

impl World {
    async fn occurrence(&mut self, name: &str) -> Result<pb::Occurrence> {
        let request = pb::GetOccurrenceRequest { name: name.to_owned() };
        let seen = self.door.activities.get_occurrence(request).await?.into_inner();
        seen.occurrence.context("an evening")
    }

    /// An evening, once that holds of it.
    async fn once(
        &mut self,
        name: &str,
        what: &'static str,
        is: impl Fn(&pb::Occurrence) -> bool,
    ) -> Result<pb::Occurrence> {
        let mut wait = Wait::until(what);
        loop {
            let seen = self.occurrence(name).await?;
            if is(&seen) {
                return Ok(seen);
            }
            wait.a_moment().await?;
        }
    }
}
