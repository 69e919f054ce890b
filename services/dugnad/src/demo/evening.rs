//! One evening as a person would tell it: what, where, who welcomes, who comes, who drives, how one gets in,
//! and who was told.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use dugnad_proto::{
    activities::v1 as activities, matching::v1 as matching, notices::v1 as notices,
    rides::v1 as rides, rooms::v1 as rooms,
};

use super::{
    World,
    evenings::{Evening, Place},
    fleet::{self, Leg},
    month::instant,
};

/// An evening with all that hangs on it.
pub(super) struct Told {
    /// By its index in the month.
    pub(super) index: usize,
    pub(super) evening: Evening,
    pub(super) place: Place,
    /// `needs/{need}` of its hosts.
    pub(super) need: String,
    /// Who drives most of its guests: `people/{person}`.
    pub(super) driver: String,
}

/// How many guests are named.
const NAMED: usize = 4;

/// The one with most to drive that begins late on a day of the first week.
pub(super) fn choose(world: &World) -> Result<usize> {
    let promised = |n: usize| fleet::promised(&world.driven[n]);
    let hour = |evening: &Evening| evening.start.to_zoned(world.month.zone.clone()).hour();
    let early =
        world.evenings.iter().enumerate().filter(|(_, it)| it.day < 7 && it.place.is_some());
    let late = early.clone().filter(|(_, it)| hour(it) >= 16).max_by_key(|(n, _)| promised(*n));
    let one = late.or_else(|| early.max_by_key(|(n, _)| promised(*n)));
    one.map(|(n, _)| n).context("no evening of the first week has a room")
}

pub(super) async fn tell(world: &mut World, index: usize) -> Result<Told> {
    let evening = world.evenings[index].clone();
    let place = evening.place.clone().context("the evening has a room")?;
    let month = &world.month;
    world.story.heading(&format!(
        "3  {}, {} {}–{}",
        evening.title,
        month.day(evening.start),
        month.hour(evening.start),
        month.hour(evening.end)
    ))?;
    let building = world.buildings[place.building].title.clone();
    world.story.done(&format!("Where: {}, {building}", place.room))?;
    let need = hosts(world, &evening).await?;
    let driver = rides(world, index, &evening).await?;
    access(world, &place).await?;
    told(world, &need).await?;
    Ok(Told { index, evening, place, need, driver })
}

/// Who welcomes; the need that they answered.
async fn hosts(world: &mut World, evening: &Evening) -> Result<String> {
    let request = activities::GetOccurrenceRequest { name: evening.name.clone() };
    let seen = world.door.activities.get_occurrence(request).await?.into_inner();
    let seen = seen.occurrence.context("the evening")?;
    for helpers in &seen.helpers {
        let names = come(world, &helpers.need).await?;
        let names = names.iter().map(|person| world.called(person)).collect::<Vec<_>>();
        world.story.done(&format!("Who helps as {}: {}", helpers.kind, listed(&names)))?;
    }
    if !seen.missing_in_words.is_empty() {
        world.story.detail(&format!("still missing: {}", seen.missing_in_words))?;
    }
    seen.helpers.first().map(|it| it.need.clone()).context("an evening without helpers")
}

/// `people/{person}` who come to a need.
pub(super) async fn come(world: &mut World, need: &str) -> Result<Vec<String>> {
    let request = matching::ListAssignmentsRequest { need: need.to_owned(), ..Default::default() };
    let answer = world.door.matching.list_assignments(request).await?.into_inner();
    Ok(answer.assignments.into_iter().map(|it| it.person).collect())
}

/// Who comes and how; who drives most of them.
async fn rides(world: &mut World, index: usize, evening: &Evening) -> Result<String> {
    let (riders, walkers) = (evening.riders.len(), evening.walkers.len());
    world
        .story
        .done(&format!("Who comes: {} residents, {riders} of them driven", riders + walkers))?;
    let shifts = world.shifts_of(evening.day).await?;
    let mut drives: HashMap<String, usize> = HashMap::new();
    let driven = world.driven[index].clone();
    for (n, (who, [there, home])) in evening.riders.iter().zip(&driven).enumerate() {
        let who = world.residents[*who].clone();
        if let Leg::Refused(why) = home {
            world.story.refused(&format!("{} cannot be driven home: {why}", who.called))?;
        }
        let ride = match there {
            Leg::Promised(ride) => world.ride(ride).await?,
            Leg::Refused(why) => {
                world.story.refused(&format!("{} cannot be fetched: {why}", who.called))?;
                continue;
            }
        };
        let shift = shifts.get(&ride.shift).context("a shift of the day")?;
        *drives.entry(shift.driver.clone()).or_default() += 1;
        if n < NAMED {
            let promised = ride.pickup.unwrap_or_default();
            world.story.detail(&format!(
                "{}, {}: fetched between {} and {} by {} with {}",
                who.called,
                super::people::address(&who.home),
                world.month.hour(instant(promised.from)),
                world.month.hour(instant(promised.until)),
                world.vehicle(&shift.vehicle),
                world.called(&shift.driver),
            ))?;
        }
    }
    if riders > NAMED {
        world.story.detail(&format!("and {} more", riders - NAMED))?;
    }
    // Of equals the same on each run.
    let most = drives.into_iter().max_by_key(|(driver, rides)| (*rides, driver.clone()));
    most.map(|(driver, _)| driver).context("nobody is driven to the evening")
}

/// How one gets in.
async fn access(world: &mut World, place: &Place) -> Result<()> {
    let ways = world.once_coded(&place.booking).await?;
    for way in ways {
        let code = way.code.context("a door with a code")?;
        let window = code.window.unwrap_or_default();
        world.story.done(&format!(
            "How one gets in: {}, by a code of {} digits that the lock itself has confirmed, \
             on it from {} to {}",
            way.display_name,
            code.digits.len(),
            world.month.hour(instant(window.start)),
            world.month.hour(instant(window.end)),
        ))?;
    }
    Ok(())
}

/// What one of the hosts was sent.
async fn told(world: &mut World, need: &str) -> Result<()> {
    let hosts = come(world, need).await?;
    let Some((host, number)) = hosts.first().and_then(|it| Some((it, world.phone(it)?))) else {
        return Ok(());
    };
    let mut wait = super::each::Wait::until("the host was told");
    let sent = loop {
        let request = notices::ListNoticesRequest { person: host.clone(), ..Default::default() };
        let all = world.door.notices.list_notices(request).await?.into_inner().notices;
        let sent = all.iter().filter(|notice| notice.state() == notices::State::Sent).count();
        if sent > 0 {
            break sent;
        }
        wait.a_moment().await?;
    };
    world.story.done(&format!(
        "Who was told: {} text messages went out so far; {} was told {sent} things, the last:",
        super::number(world.phones.count()),
        world.called(host),
    ))?;
    // Several that came due at once go as one, a line each.
    let got = world.phones.to(&number);
    let last = got.last().and_then(|text| text.lines().rfind(|line| !line.is_empty()));
    world.story.detail(last.unwrap_or_default())?;
    Ok(())
}

/// `Kari, Per and Liv`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => "nobody yet".to_owned(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

impl World {
    /// What people call somebody.
    pub(super) fn called(&self, person: &str) -> String {
        let known = self.names.get(person);
        known.cloned().unwrap_or_else(|| person.to_owned())
    }

    fn phone(&self, person: &str) -> Option<String> {
        let n = self.volunteers.iter().position(|it| it.name == person)?;
        Some(super::people::phone(n))
    }

    pub(super) fn vehicle(&self, name: &str) -> String {
        let known = self.vehicles.iter().find(|it| it.name == name);
        known.map_or_else(|| name.to_owned(), |it| it.title.clone())
    }

    /// A day's shifts by name.
    pub(super) async fn shifts_of(&mut self, day: i32) -> Result<HashMap<String, rides::Shift>> {
        let request = rides::ListShiftsRequest { day: self.month.date(day).to_string() };
        let shifts = self.door.rides.list_shifts(request).await?.into_inner().shifts;
        Ok(shifts.into_iter().map(|shift| (shift.name.clone(), shift)).collect())
    }

    pub(super) async fn ride(&mut self, name: &str) -> Result<rides::Ride> {
        let request = rides::GetRideRequest { name: name.to_owned() };
        self.door.rides.get_ride(request).await?.into_inner().ride.context("a ride")
    }

    /// How one gets to a booking's room, once the lock has confirmed its code.
    pub(super) async fn once_coded(
        &mut self,
        booking: &str,
    ) -> Result<Vec<rooms::get_access_response::Way>> {
        let mut wait = super::each::Wait::until("the lock has confirmed the code");
        loop {
            let request = rooms::GetAccessRequest { booking: booking.to_owned() };
            let ways = self.door.doors.get_access(request).await?.into_inner().ways;
            let set = |way: &rooms::get_access_response::Way| {
                way.code.as_ref().is_some_and(|it| it.state() == rooms::door_code::State::Set)
            };
            if !ways.is_empty() && ways.iter().all(set) {
                return Ok(ways);
            }
            wait.a_moment().await?;
        }
    }
}
