//! The month's figures, asked of the services when it is over: what was met, what not and why.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context as _, Result, ensure};
use dugnad_proto::{
    activities::v1::{self as activities, OccurrenceState as State},
    rides::v1 as rides,
};
use serde::Serialize;

use super::{
    World,
    driven::Drives,
    each::Wait,
    fleet::{self, Leg},
    month::{instant, wire},
    number, say,
};

const PAGE: i32 = 1000;

/// Sums over the month.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Figures {
    pub(super) evenings: usize,
    pub(super) held: usize,
    /// Not held, by why.
    pub(super) not_held: BTreeMap<String, usize>,
    /// Places for helpers by kind: wanted, and taken.
    pub(super) helpers: BTreeMap<String, [usize; 2]>,
    /// That helpers gave at evenings that were held.
    pub(super) hours_of_helpers: f64,
    pub(super) came: usize,
    pub(super) rides_asked: usize,
    pub(super) rides_promised: usize,
    /// By why.
    pub(super) rides_refused: BTreeMap<String, usize>,
    /// Of those that were promised, by what they are now.
    pub(super) rides_by_state: BTreeMap<String, usize>,
    /// Whose promise the world broke.
    pub(super) rides_broken: usize,
    /// That were promised and are not wanted any more: their evening moved, or they could not be kept.
    pub(super) rides_replaced: usize,
    pub(super) drives: usize,
    pub(super) kilometres: f64,
    pub(super) refund_kroner: f64,
    pub(super) vehicle_hours: f64,
    /// Of all seats, metre by metre: how many nobody sat on, from 0 to 1.
    pub(super) seats_empty: f64,
    pub(super) messages: usize,
}

pub(super) async fn collect(world: &mut World) -> Result<(Figures, Drives)> {
    let mut figures = Figures { messages: world.phones.count(), ..Figures::default() };
    figures.of_evenings(world).await?;
    figures.of_rides(world).await?;
    let drives = figures.of_drives(world).await?;
    figures.add_up()?;
    Ok((figures, drives))
}

/// All of the month.
async fn evenings(world: &mut World) -> Result<Vec<activities::Occurrence>> {
    let [from, until] = world.month.span()?;
    let interval = activities::Interval { start: Some(wire(from)), end: Some(wire(until)) };
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = activities::SearchOccurrencesRequest {
            interval: Some(interval),
            page_size: PAGE,
            page_token,
            ..Default::default()
        };
        let page = world.door.activities.search_occurrences(request).await?.into_inner();
        all.extend(page.occurrences);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

/// All of the month, by name.
async fn rides_of(world: &mut World) -> Result<HashMap<String, rides::Ride>> {
    let mut all = HashMap::new();
    for day in 0..world.month.days() {
        let mut page_token = String::new();
        loop {
            let request = rides::ListRidesRequest {
                day: world.month.date(day).to_string(),
                page_size: PAGE,
                page_token,
                ..Default::default()
            };
            let page = world.door.rides.list_rides(request).await?.into_inner();
            all.extend(page.rides.into_iter().map(|ride| (ride.name.clone(), ride)));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
    }
    Ok(all)
}

impl Figures {
    /// Once every evening has ended: after its clock was put forward the service needs a moment for that.
    async fn of_evenings(&mut self, world: &mut World) -> Result<()> {
        let mut wait = Wait::until("every evening of the month has ended");
        loop {
            let all = evenings(world).await?;
            if all.iter().all(|it| matches!(it.state(), State::Held | State::Cancelled)) {
                all.into_iter().for_each(|it| self.of_evening(it));
                return Ok(());
            }
            wait.a_moment().await?;
        }
    }

    fn of_evening(&mut self, seen: activities::Occurrence) {
        self.evenings += 1;
        let is_held = seen.state() == State::Held;
        let span = seen.interval.unwrap_or_default();
        let hours = instant(span.end).duration_since(instant(span.start)).as_secs_f64() / 3600.0;
        for helpers in &seen.helpers {
            let [wanted, taken] = self.helpers.entry(helpers.kind.clone()).or_default();
            *wanted += helpers.heads.unsigned_abs() as usize;
            *taken += helpers.come.unsigned_abs() as usize;
            if is_held {
                self.hours_of_helpers += f64::from(helpers.come) * hours;
            }
        }
        if is_held {
            self.held += 1;
            self.came += (seen.capacity - seen.free).unsigned_abs() as usize;
        } else {
            let why =
                if seen.reason.is_empty() { seen.state().as_str_name() } else { &seen.reason };
            *self.not_held.entry(why.to_owned()).or_default() += 1;
        }
    }

    /// By the activities' word for what was promised, and rides' own for what became of it.
    async fn of_rides(&mut self, world: &mut World) -> Result<()> {
        world.driven = fleet::answered(&world.door, &world.residents, &world.evenings).await?;
        let mut rides = rides_of(world).await?;
        self.rides_broken = rides.values().filter(|it| !it.broken_reason.is_empty()).count();
        for leg in world.driven.iter().flatten().flatten() {
            self.rides_asked += 1;
            match leg {
                Leg::Promised(name) => {
                    let ride = rides.remove(name).context("a ride that was promised is none")?;
                    let state = ride.state().as_str_name().trim_start_matches("RIDE_STATE_");
                    self.rides_promised += 1;
                    *self.rides_by_state.entry(state.to_lowercase()).or_default() += 1;
                }
                Leg::Refused(why) => *self.rides_refused.entry(why.clone()).or_default() += 1,
            }
        }
        self.rides_replaced = rides.len();
        Ok(())
    }

    async fn of_drives(&mut self, world: &mut World) -> Result<Drives> {
        let mut all = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = rides::ListDrivesRequest {
                from: world.month.first.to_string(),
                until: world.month.date(world.month.days()).to_string(),
                page_size: PAGE,
                page_token,
            };
            let page = world.door.rides.list_drives(request).await?.into_inner();
            all.extend(page.drives);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        self.drives = all.len();
        let metres: f64 = all.iter().map(|drive| f64::from(drive.metres)).sum();
        self.kilometres = metres / 1000.0;
        self.refund_kroner = all.iter().map(|it| f64::from(it.refund_ore)).sum::<f64>() / 100.0;
        let drives = Drives::follow(world, &all).await?;
        self.vehicle_hours = drives.hours;
        self.seats_empty = drives.seats_empty();
        Ok(drives)
    }

    /// # Errors
    /// If parts do not make up their whole.
    fn add_up(&self) -> Result<()> {
        let not_held: usize = self.not_held.values().sum();
        ensure!(self.held + not_held == self.evenings, "evenings do not add up: {self:?}");
        let refused: usize = self.rides_refused.values().sum();
        ensure!(self.rides_promised + refused == self.rides_asked, "rides: {self:?}");
        let now: usize = self.rides_by_state.values().sum();
        ensure!(now == self.rides_promised, "a promised ride was lost: {self:?}");
        ensure!((0.0..=1.0).contains(&self.seats_empty), "seats: {self:?}");
        Ok(())
    }

    pub(super) fn say(&self) -> Result<()> {
        say::heading("5  The month")?;
        say::done(&format!("{} of {} evenings were held", self.held, self.evenings))?;
        why(&self.not_held)?;
        for (kind, [wanted, taken]) in &self.helpers {
            say::done(&format!(
                "{} of {} places as {kind} were taken",
                number(*taken),
                number(*wanted)
            ))?;
        }
        say::done(&format!(
            "{:.0} hours were given to evenings, and {} places at them taken",
            self.hours_of_helpers,
            number(self.came)
        ))?;
        say::done(&format!(
            "{} of {} rides that were asked for were promised; {} promises the world broke, {} rides \
             gave way to others",
            number(self.rides_promised),
            number(self.rides_asked),
            self.rides_broken,
            self.rides_replaced
        ))?;
        why(&self.rides_refused)?;
        say::done(&format!(
            "{:.0} km on {} shifts, {:.0} vehicle hours, {:.0} kr refunded; {:.0} % of the seats empty",
            self.kilometres,
            number(self.drives),
            self.vehicle_hours,
            self.refund_kroner,
            100.0 * self.seats_empty
        ))?;
        say::done(&format!("{} text messages", number(self.messages)))?;
        Ok(())
    }
}

fn why(reasons: &BTreeMap<String, usize>) -> Result<()> {
    for (reason, times) in reasons {
        say::detail(&format!("{times} not: {reason}"))?;
    }
    Ok(())
}
