//! The day as it comes in: one ride asked for after another, each promised at once, and then planned
//! anew.

use std::time::Instant;

use anyhow::{Context as _, Result};
use dugnad_harness::{Caller, DugnadServer, Journal, Rides, clients::request_id};
use dugnad_proto::rides::v1 as pb;
use dugnad_roads::Place;
use jiff::{ToSpan as _, Zoned, civil::Date, tz::TimeZone};
use uuid::Uuid;

use super::day::{Day, Outing, Vehicle};
use crate::bench::figure::Figure;

/// How many are timed on the full day.
const TIMED: usize = 400;

/// How long a promise takes on a full day, and what planning it anew saves.
pub(super) async fn promised(day: &Day, rides: usize, seconds: u32) -> Result<Vec<Figure>> {
    eprintln!("asking for the rides of the day one by one");
    let server = DugnadServer::start(Journal::Sqlite).await?;
    let tomorrow = Tomorrow::new()?;
    let client = |role| -> Result<Rides> {
        let caller = Caller::new("bench").acting_as(role);
        Ok(Rides::new(server.called(&caller)?))
    };
    let (mut staff, mut coordinator) = (client("staff")?, client("coordinator")?);
    for (v, vehicle) in day.vehicles.iter().enumerate() {
        drives(&mut staff, &tomorrow, v, vehicle).await?;
    }
    let mut outings = day.outings.iter().enumerate();
    let (mut open, mut refused) = (0, 0);
    while open < rides {
        let Some((n, outing)) = outings.next() else { break };
        let request = tomorrow.asks(n, outing, true);
        match staff.request_ride(request).await?.into_inner().refusal {
            None => open += 2,
            Some(_) => refused += 2,
        }
    }
    let (mut yes, mut no) = (Vec::new(), Vec::new());
    for (n, outing) in outings.take(TIMED) {
        let request = tomorrow.asks(n, outing, false);
        let began = Instant::now();
        let answer = staff.request_ride(request).await?.into_inner();
        let took = began.elapsed().as_secs_f64() * 1e3;
        if answer.ride.is_some() { &mut yes } else { &mut no }.push(took);
    }
    let budget = Some(prost_types::Duration { seconds: seconds.into(), nanos: 0 });
    let request = pb::DispatchRequest { day: tomorrow.day.to_string(), budget };
    let mut told = coordinator.dispatch(request).await?.into_inner();
    let mut last = None;
    while let Some(answer) = told.message().await? {
        last = Some(answer);
    }
    let last = last.context("no answer came")?;
    let saved = (1.0 - last.cost / last.cost_before) * 100.0;
    let vehicles = day.vehicles.len();
    let full = format!("RequestRide with {open} open rides on {vehicles} vehicles");
    Ok(vec![
        Figure::new("rides promised while the day filled", f64::from(open as u32), "rides", None),
        Figure::new("… and refused with their reasons", f64::from(refused), "rides", None),
        Figure::new(format!("{full}, promised: p50"), share(&mut yes, 50), "ms", None),
        Figure::new("… p99", share(&mut yes, 99), "ms", Some(15.0)),
        Figure::new("… refused: p50", share(&mut no, 50), "ms", None),
        Figure::new("… p99", share(&mut no, 99), "ms", None),
        Figure::new(
            format!("Dispatch for {seconds} s: cheaper by (at least 10)"),
            saved,
            "%",
            None,
        ),
    ])
}

fn share(times: &mut [f64], of: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() * of / 100).copied().unwrap_or(f64::NAN)
}

/// The day after this one, as local clocks show it.
struct Tomorrow {
    day: Date,
    zone: TimeZone,
}

impl Tomorrow {
    #[expect(clippy::disallowed_methods, reason = "rides are asked for on a day to come")]
    fn new() -> Result<Self> {
        let zone = TimeZone::get("Europe/Oslo")?;
        let day = Zoned::now().with_time_zone(zone.clone()).date().checked_add(1.day())?;
        Ok(Self { day, zone })
    }

    fn at(&self, minutes: u32) -> Option<prost_types::Timestamp> {
        let (hour, minute) = (minutes / 60 % 24, minutes % 60);
        let day = self.day.checked_add(i64::from(minutes / 1_440).days()).ok()?;
        let local = day.at(hour as i8, minute as i8, 0, 0).to_zoned(self.zone.clone()).ok()?;
        Some(prost_types::Timestamp { seconds: local.timestamp().as_second(), nanos: 0 })
    }

    fn window(&self, from: u32, until: u32) -> Option<pb::Window> {
        Some(pb::Window { from: self.at(from), until: self.at(until) })
    }

    fn asks(&self, n: usize, outing: &Outing, home: bool) -> pb::RequestRideRequest {
        let spot = |at| Some(pb::Spot { at: Some(location(at)), address: String::new() });
        let load = pb::Load {
            seats: i32::from(!outing.wheelchair) + i32::from(outing.companion),
            wheelchairs: i32::from(outing.wheelchair),
            ..Default::default()
        };
        let boarding = if outing.wheelchair { 5 } else { 2 };
        let trip = pb::Trip {
            traveller: format!("people/{}", Uuid::from_u128(1_000_000 + n as u128)),
            from: spot(outing.home),
            to: spot(outing.hall),
            arrive_by: self.at(outing.arrive_by),
            load: Some(load),
            boarding: minutes(boarding),
            alighting: minutes(boarding),
            longest_aboard: minutes(45),
            ..Default::default()
        };
        // Getting out is over before the way home begins.
        let home_after = home.then(|| self.at(outing.leave_after)).flatten();
        pb::RequestRideRequest { trip: Some(trip), home_after, request_id: request_id() }
    }
}

fn minutes(minutes: i64) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds: minutes * 60, nanos: 0 })
}

fn location(at: Place) -> pb::Location {
    let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
    pb::Location { lat_e6: millionths(at.lat), lon_e6: millionths(at.lon) }
}

async fn drives(staff: &mut Rides, on: &Tomorrow, v: usize, vehicle: &Vehicle) -> Result<()> {
    let &Vehicle { from, until, pause_from, seats, wheelchairs, .. } = vehicle;
    let places = |chairs: u16| pb::Load {
        seats: i32::from(seats) - 2 * i32::from(chairs),
        wheelchairs: chairs.into(),
        ..Default::default()
    };
    let car = pb::Vehicle {
        title: format!("Bil {v}"),
        configurations: (0..=wheelchairs).map(places).collect(),
        start: Some(location(vehicle.home)),
        end: Some(location(vehicle.home)),
        ..Default::default()
    };
    let request = pb::SetVehicleRequest { vehicle: Some(car), request_id: request_id() };
    let car = staff.set_vehicle(request).await?.into_inner().vehicle.context("a vehicle")?.name;
    let person = format!("people/{}", Uuid::from_u128(1 + v as u128));
    let driver = pb::Driver { person: person.clone(), vehicle: car, ..Default::default() };
    let request = pb::SetDriverRequest { driver: Some(driver), request_id: request_id() };
    staff.set_driver(request).await?;
    let begins = on.window(pause_from, pause_from + 120);
    let shift = pb::Shift {
        driver: person,
        hours: on.window(from, until),
        pauses: vec![pb::Pause { begins, lasts: minutes(30) }],
        ..Default::default()
    };
    let request = pb::CreateShiftRequest { shift: Some(shift), request_id: request_id() };
    staff.create_shift(request).await?;
    Ok(())
}
