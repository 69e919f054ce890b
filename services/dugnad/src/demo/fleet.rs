//! Minibuses, those who drive them, and who is driven. Nobody here asks for a ride: who signs up for an
//! evening says so there, and activities asks rides.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use dugnad_proto::{activities::v1 as activities, rides::v1 as pb};
use dugnad_roads::{Feature, Place};

use super::{
    door::Door,
    each::{Wait, each},
    evenings::Evening,
    month::{Month, minutes, wire},
    people::{Resident, Sits, address},
    town::Building,
};
use crate::client::request_id;

/// Two shifts a day on each minibus: minutes after midnight.
const SHIFTS: [[i32; 2]; 2] = [[8 * 60 + 30, 15 * 60 + 30], [15 * 60 + 30, 23 * 60]];

/// A minibus.
#[derive(Clone, Debug)]
pub(crate) struct Vehicle {
    /// `vehicles/{vehicle}`.
    pub(super) name: String,
    pub(super) title: String,
}

/// What may be aboard at once.
pub(super) const SEATS: i32 = 8;

/// Registers minibuses, one at a building each, and gives every day's shifts to volunteers in turn.
pub(crate) async fn register(
    door: &Door,
    month: &Month,
    buildings: &[Building],
    drivers: &[String],
    count: usize,
) -> Result<Vec<Vehicle>> {
    let rules = pb::Rules {
        slack: minutes(15),
        wait: minutes(30),
        horizon_days: 60,
        refund_ore_per_km: 350,
        ..Default::default()
    };
    let request = pb::SetRulesRequest { rules: Some(rules), request_id: request_id() };
    door.rides.clone().set_rules(request).await?;
    let garages = (0..count).map(|n| (n, garage(buildings, n)));
    let vehicles = each("registering minibuses", garages.collect::<Vec<_>>(), |(n, at)| {
        vehicle(door.clone(), n, at)
    })
    .await?;
    each("registering drivers", drivers.to_vec(), |person| {
        let mut door = door.clone();
        async move {
            let driver = pb::Driver { person, ..Default::default() };
            let request = pb::SetDriverRequest { driver: Some(driver), request_id: request_id() };
            Ok(door.rides.set_driver(request).await.map(drop)?)
        }
    })
    .await?;
    let mut shifts = Vec::new();
    for day in 0..month.days() {
        for (n, vehicle) in vehicles.iter().enumerate() {
            for (half, [from, until]) in SHIFTS.into_iter().enumerate() {
                let driver = drivers[(2 * n + half + 5 * day as usize) % drivers.len()].clone();
                let hours = window(month.at(day, from)?, month.at(day, until)?);
                shifts.push(pb::Shift {
                    vehicle: vehicle.name.clone(),
                    driver,
                    hours,
                    ..Default::default()
                });
            }
        }
    }
    each("giving shifts to drivers", shifts, |shift| {
        let mut door = door.clone();
        async move {
            let request = pb::CreateShiftRequest { shift: Some(shift), request_id: request_id() };
            Ok(door.rides.create_shift(request).await.map(drop)?)
        }
    })
    .await?;
    Ok(vehicles)
}

/// Where the `n`th vehicle stands.
pub(super) fn garage(buildings: &[Building], n: usize) -> Place {
    buildings[n % buildings.len()].at
}

async fn vehicle(mut door: Door, n: usize, garage: Place) -> Result<Vehicle> {
    // A wheelchair takes two seats' place.
    let configurations = (0..=2).map(|wheelchairs| pb::Load {
        seats: SEATS - 2 * wheelchairs,
        wheelchairs,
        walkers: 3,
        ..Default::default()
    });
    let vehicle = pb::Vehicle {
        title: format!("Minibuss {}", n + 1),
        configurations: configurations.collect(),
        has: vec!["ramp".to_owned()],
        start: Some(location(garage)),
        end: Some(location(garage)),
        ..Default::default()
    };
    let request = pb::SetVehicleRequest { vehicle: Some(vehicle), request_id: request_id() };
    let set = door.rides.set_vehicle(request).await?.into_inner().vehicle.context("a vehicle")?;
    Ok(Vehicle { name: set.name, title: set.title })
}

/// One way that somebody asked to be driven.
#[derive(Clone, Debug)]
pub(super) enum Leg {
    /// `rides/{ride}`.
    Promised(String),
    /// Why not, in words.
    Refused(String),
}

/// There and home.
pub(super) type Driven = [Leg; 2];

/// How many ways are promised.
pub(super) fn promised(driven: &[Driven]) -> usize {
    driven.iter().flatten().filter(|leg| matches!(leg, Leg::Promised(_))).count()
}

/// Tells rides how somebody is fetched: all that an activity does not know of who signs up for it.
pub(super) async fn tell(door: &mut Door, who: &Resident) -> Result<()> {
    let traveller = Some(traveller(who));
    let request = pb::SetTravellerRequest { traveller, request_id: request_id() };
    door.rides.set_traveller(request).await?;
    Ok(())
}

/// How somebody is driven, from their home.
pub(crate) fn traveller(who: &Resident) -> pb::Traveller {
    let (load, needs, takes) = match who.sits {
        Sits::Seat => (pb::Load { seats: 1, ..Default::default() }, vec![], 1),
        Sits::Walker => (pb::Load { seats: 1, walkers: 1, ..Default::default() }, vec![], 2),
        Sits::Wheelchair => {
            (pb::Load { wheelchairs: 1, ..Default::default() }, vec!["ramp".to_owned()], 4)
        }
    };
    pb::Traveller {
        person: who.name.clone(),
        home: Some(pb::Spot { at: Some(location(who.home.at)), address: address(&who.home) }),
        load: Some(load),
        needs,
        boarding: minutes(takes),
        alighting: minutes(takes),
        longest_aboard: minutes(45),
        ..Default::default()
    }
}

/// Where vehicles stop at a building.
pub(crate) fn stop(at: Place, title: &str) -> pb::Spot {
    pb::Spot { at: Some(location(at)), address: title.to_owned() }
}

/// Tells rides so.
pub(super) async fn stop_at(door: &mut Door, facility: &str, venue: &Feature) -> Result<()> {
    let spot = Some(stop(venue.at, &venue.name));
    let entrance = pb::Entrance { facility: facility.to_owned(), spot };
    let request = pb::SetEntranceRequest { entrance: Some(entrance), request_id: request_id() };
    door.rides.set_entrance(request).await?;
    Ok(())
}

/// What became of everybody's way there and home, once rides has answered the activities for all: one for
/// each rider of each evening, in their order.
pub(super) async fn answered(
    door: &Door,
    residents: &[Resident],
    evenings: &[Evening],
) -> Result<Vec<Vec<Driven>>> {
    each("rides are promised", evenings.to_vec(), |evening| {
        let mut door = door.clone();
        let people = people(residents, &evening);
        async move { of_people(&mut door, &evening, &people).await }
    })
    .await
}

/// The same of one evening.
pub(super) async fn answered_one(
    door: &mut Door,
    residents: &[Resident],
    evening: &Evening,
) -> Result<Vec<Driven>> {
    of_people(door, evening, &people(residents, evening)).await
}

fn people(residents: &[Resident], evening: &Evening) -> Vec<String> {
    evening.riders.iter().map(|who| residents[*who].name.clone()).collect()
}

async fn of_people(door: &mut Door, evening: &Evening, people: &[String]) -> Result<Vec<Driven>> {
    if evening.place.is_none() {
        let no = Leg::Refused("the evening has no room".to_owned());
        return Ok(vec![[no.clone(), no]; people.len()]);
    }
    let mut wait = Wait::until("rides has answered for all who want to be driven");
    loop {
        let request = activities::ListSignupsRequest {
            occurrence: evening.name.clone(),
            page_size: 1000,
            ..Default::default()
        };
        let all = door.activities.list_signups(request).await?.into_inner().signups;
        let all: HashMap<_, _> = all.iter().map(|it| (it.person.as_str(), it)).collect();
        let driven = people.iter().map(|who| driven(all.get(who.as_str())?));
        if let Some(driven) = driven.collect::<Option<Vec<_>>>() {
            return Ok(driven);
        }
        wait.a_moment().await?;
    }
}

/// `None`: not all is answered yet.
fn driven(signup: &activities::Signup) -> Option<Driven> {
    let leg = |home: bool| {
        let asked = signup.rides.iter().find(|it| it.home == home)?;
        match (asked.promised, asked.refused.as_str()) {
            (true, _) => Some(Leg::Promised(asked.ride.clone())),
            (false, "") => None,
            (false, why) => Some(Leg::Refused(why.to_owned())),
        }
    };
    Some([leg(false)?, leg(true)?])
}

fn window(from: jiff::Timestamp, until: jiff::Timestamp) -> Option<pb::Window> {
    Some(pb::Window { from: Some(wire(from)), until: Some(wire(until)) })
}

fn location(at: Place) -> pb::Location {
    let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
    pb::Location { lat_e6: millionths(at.lat), lon_e6: millionths(at.lon) }
}

/// From what rides says.
pub(super) fn place(at: pb::Location) -> Place {
    Place { lon: f64::from(at.lon_e6) / 1e6, lat: f64::from(at.lat_e6) / 1e6 }
}
