//! Minibuses, those who drive them, and who is driven: the only place where rides are asked for.

use anyhow::{Context as _, Result};
use dugnad_proto::rides::v1 as pb;
use dugnad_roads::Place;

use super::{
    door::Door,
    each::each,
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

/// What somebody's wish to be driven came to.
#[derive(Clone, Debug)]
pub(crate) enum Driven {
    /// There and home: `rides/{ride}`.
    Promised([String; 2]),
    /// Why not, in rides' own word and in words.
    Refused(String, String),
}

/// Asks for everybody's way there and home: day by day, since a day is one plan.
///
/// One for each rider of each evening, in their order.
pub(crate) async fn ask(
    door: &Door,
    residents: &[Resident],
    buildings: &[Building],
    evenings: &[Evening],
) -> Result<Vec<Vec<Driven>>> {
    let asked = evenings.iter().flat_map(|evening| {
        let at = evening.place.as_ref().map(|place| &buildings[place.building]);
        evening.riders.iter().map(move |who| at.map(|at| request(evening, &residents[*who], at)))
    });
    let mut answers = each("rides are promised", asked.collect::<Vec<_>>(), |request| {
        let mut door = door.clone();
        async move {
            let Some(request) = request else {
                let (reason, text) = ("NO_ROOM".to_owned(), "the evening has no room".to_owned());
                return Ok(Driven::Refused(reason, text));
            };
            let answer = door.rides.request_ride(request).await?.into_inner();
            Ok(match (answer.ride, answer.home, answer.refusal) {
                (Some(ride), Some(home), _) => Driven::Promised([ride.name, home.name]),
                (_, _, refusal) => {
                    let refusal = refusal.unwrap_or_default();
                    Driven::Refused(refusal.reason, refusal.text)
                }
            })
        }
    })
    .await?
    .into_iter();
    Ok(evenings.iter().map(|it| answers.by_ref().take(it.riders.len()).collect()).collect())
}

fn request(evening: &Evening, who: &Resident, to: &Building) -> pb::RequestRideRequest {
    let rides = traveller(who);
    let trip = pb::Trip {
        traveller: rides.person,
        from: rides.home,
        to: Some(stop(to)),
        arrive_by: Some(wire(evening.arrive_by())),
        load: rides.load,
        needs: rides.needs,
        boarding: rides.boarding,
        alighting: rides.alighting,
        longest_aboard: rides.longest_aboard,
        about: evening.name.clone(),
        ..Default::default()
    };
    pb::RequestRideRequest {
        trip: Some(trip),
        home_after: Some(wire(evening.leave_after())),
        request_id: request_id(),
    }
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
pub(crate) fn stop(at: &Building) -> pb::Spot {
    pb::Spot { at: Some(location(at.at)), address: at.title.clone() }
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
