//! The whole day as one problem for `Solve`, as another system would send it.

use std::time::Instant;

use anyhow::{Context as _, Result};
use dugnad_harness::{Caller, DugnadServer, Journal};
use dugnad_proto::rides::v1::{self as pb, solve_service_client::SolveServiceClient};
use dugnad_roads::Place;

use super::{
    day::{Day, Outing, Vehicle},
    map,
};
use crate::bench::matching::Figure;

/// Of a message: far below 4 MiB.
const CHUNK: usize = 500;

/// What planning the day for so long comes to.
pub(super) async fn planned(day: &Day, on_roads: bool, seconds: u32) -> Result<Vec<Figure>> {
    let over = if on_roads { "on roads" } else { "as the crow flies" };
    eprintln!("planning the day {over}");
    let dir = tempfile::tempdir()?;
    let extract = dir.path().join("town.osm.pbf");
    std::fs::write(&extract, map::pbf())?;
    let extract = extract.display().to_string();
    let options: &[_] = if on_roads { &["rides", "--roads", &extract] } else { &["rides"] };
    let server = DugnadServer::start_with(Journal::Sqlite, options).await?;
    let caller = Caller::new("bench").acting_as("service");
    let mut client = SolveServiceClient::new(server.called(&caller)?);

    let began = Instant::now();
    let asked = futures::stream::iter(messages(day, seconds));
    let mut answers = client.solve(asked).await?.into_inner();
    let mut first: Option<(f64, pb::SolveResponse)> = None;
    let mut last = None;
    while let Some(answer) = answers.message().await? {
        first.get_or_insert_with(|| (began.elapsed().as_secs_f64(), answer.clone()));
        last = Some(answer);
    }
    let (after, first) = first.context("no answer came")?;
    let last = last.context("no answer came")?;
    let vehicles = f64::from(last.vehicles);
    let rides = 2.0 * day.outings.len() as f64;
    let left = |answer: &pb::SolveResponse| f64::from(answer.left_out);
    Ok(vec![
        Figure::new(format!("Solve {over}: {rides:.0} rides, to the first plan"), after, "s", None),
        Figure::new("… of which it leaves out", left(&first), "rides", None),
        Figure::new(format!("… and that after {seconds} s"), left(&last), "rides", None),
        Figure::new("… with so many vehicles", vehicles, "vehicles", None),
    ])
}

/// Seconds after midnight.
fn span(earliest: u32, latest: u32) -> Option<pb::SolveWindow> {
    let seconds = |minutes| Some(f64::from(minutes) * 60.0);
    Some(pb::SolveWindow { earliest: seconds(earliest), latest: seconds(latest) })
}

fn place(id: String, place: Place) -> pb::SolvePlace {
    let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
    let at = pb::Location { lat_e6: millionths(place.lat), lon_e6: millionths(place.lon) };
    pb::SolvePlace { id, at: Some(at) }
}

fn messages(day: &Day, seconds: u32) -> Vec<pb::SolveRequest> {
    let options = pb::SolveOptions {
        budget: Some(prost_types::Duration { seconds: seconds.into(), nanos: 0 }),
        kinds: ["seat", "wheelchair"].map(str::to_owned).to_vec(),
        hour: 9,
        ..Default::default()
    };
    let first = pb::SolveRequest { options: Some(options), ..Default::default() };
    let mut halls: Vec<Place> = Vec::new();
    let mut messages = vec![first];
    let mut rides = Vec::new();
    let mut places = Vec::new();
    for (n, outing) in day.outings.iter().enumerate() {
        let hall = halls.iter().position(|&hall| hall == outing.hall).unwrap_or_else(|| {
            halls.push(outing.hall);
            places.push(place(format!("hall-{}", halls.len() - 1), outing.hall));
            halls.len() - 1
        });
        places.push(place(format!("home-{n}"), outing.home));
        rides.extend(both_ways(n, hall, outing));
    }
    let starts = day.vehicles.iter().enumerate();
    places.extend(starts.map(|(v, vehicle)| place(format!("start-{v}"), vehicle.home)));
    messages.push(pb::SolveRequest { places, ..Default::default() });
    let vehicles = day.vehicles.iter().enumerate().map(|(v, one)| vehicle(v, one)).collect();
    messages.push(pb::SolveRequest { vehicles, ..Default::default() });
    let chunks = rides.chunks(CHUNK).map(<[_]>::to_vec);
    messages.extend(chunks.map(|rides| pb::SolveRequest { rides, ..Default::default() }));
    messages
}

fn vehicle(v: usize, vehicle: &Vehicle) -> pb::SolveVehicle {
    let &Vehicle { from, until, pause_from, seats, wheelchairs, .. } = vehicle;
    let (seats, wheelchairs) = (u32::from(seats), u32::from(wheelchairs));
    let counts = |chairs: u32| pb::SolveSeats { counts: vec![seats - 2 * chairs, chairs] };
    pb::SolveVehicle {
        id: format!("vehicle-{v}"),
        start: format!("start-{v}"),
        end: format!("start-{v}"),
        shift: span(from, until),
        breaks: vec![pb::SolveBreak { window: span(pause_from, pause_from + 120), lasts: 1_800.0 }],
        seats: (0..=wheelchairs).map(counts).collect(),
        ..Default::default()
    }
}

fn both_ways(n: usize, hall: usize, outing: &Outing) -> [pb::SolveRide; 2] {
    let &Outing { arrive_by, leave_after, wheelchair, companion, .. } = outing;
    let stop = |place: String, window| {
        let service = if wheelchair { 300.0 } else { 90.0 };
        Some(pb::SolveStop { place, window, service })
    };
    let (home, hall) = (|| format!("home-{n}"), || format!("hall-{hall}"));
    let seats = u32::from(!wheelchair) + u32::from(companion);
    let there = pb::SolveRide {
        id: format!("{n}-there"),
        pickup: stop(home(), None),
        dropoff: stop(hall(), span(arrive_by - 30, arrive_by)),
        load: vec![seats, u32::from(wheelchair)],
        max_ride: Some(2_700.0),
        ..Default::default()
    };
    let back = pb::SolveRide {
        id: format!("{n}-back"),
        pickup: stop(hall(), span(leave_after, leave_after + 30)),
        dropoff: stop(home(), None),
        return_of: there.id.clone(),
        ..there.clone()
    };
    [there, back]
}
