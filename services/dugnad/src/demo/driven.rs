//! Where the month's shifts drove, stop by stop along the real roads, and how full.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use dugnad_proto::rides::v1 as pb;
use dugnad_roads::{Place, TravelTimes as _};

use super::{
    World,
    each::each,
    fleet::{SEATS, garage, place},
    month::instant,
};

/// A piece of road, in hundred-thousandths of a degree.
pub(super) type Piece = [[i32; 2]; 2];

/// What was driven.
#[derive(Default)]
pub(super) struct Drives {
    /// From leaving to being back.
    pub(super) hours: f64,
    /// How often each piece of road was driven.
    pub(super) pieces: HashMap<Piece, u32>,
    /// Of the days wanted: the day, the vehicle by its index, and its way.
    pub(super) ways: Vec<(i32, usize, Vec<Place>)>,
    metres: f64,
    /// Metres times people aboard.
    taken: f64,
}

impl Drives {
    /// Follows each shift's manifest.
    pub(super) async fn follow(world: &World, drives: &[pb::Drive]) -> Result<Self> {
        let shifts: Vec<_> = drives.iter().map(|it| it.shift.clone()).collect();
        let manifests = each("following the minibuses", shifts, |shift| {
            let mut door = world.door.clone();
            async move {
                let request = pb::GetManifestRequest { shift };
                Ok(door.rides.get_manifest(request).await?.into_inner())
            }
        })
        .await?;
        let mut all = Self::default();
        for (drive, manifest) in drives.iter().zip(manifests) {
            all.add(world, drive, &manifest)?;
        }
        Ok(all)
    }

    fn add(
        &mut self,
        world: &World,
        drive: &pb::Drive,
        of: &pb::GetManifestResponse,
    ) -> Result<()> {
        let away = instant(of.back).duration_since(instant(of.leaves));
        self.hours += away.as_secs_f64() / 3600.0;
        let vehicle = world.vehicles.iter().position(|it| it.name == drive.vehicle);
        let vehicle = vehicle.context("one of our vehicles")?;
        let home = garage(&world.buildings, vehicle);
        let (mut at, mut aboard, mut line) = (home, 0, Vec::new());
        let stops = of.stops.iter().filter(|stop| !stop.off);
        for stop in stops {
            let Some(to) = stop.spot.as_ref().and_then(|spot| spot.at) else { continue };
            self.drive(world, &mut at, place(to), aboard, &mut line)?;
            let load = stop.load.unwrap_or_default();
            let people = load.seats + load.wheelchairs;
            aboard += if stop.kind() == pb::stop::Kind::Pickup { people } else { -people };
        }
        self.drive(world, &mut at, home, aboard, &mut line)?;
        let day: jiff::civil::Date = drive.day.parse()?;
        self.ways.push(((day - world.month.first).get_days(), vehicle, line));
        Ok(())
    }

    fn drive(
        &mut self,
        world: &World,
        at: &mut Place,
        to: Place,
        aboard: i32,
        line: &mut Vec<Place>,
    ) -> Result<()> {
        let from = std::mem::replace(at, to);
        if from == to {
            return Ok(());
        }
        let way = world.map.roads.way(from, to)?;
        self.metres += f64::from(way.metres);
        self.taken += f64::from(way.metres) * f64::from(aboard);
        for [from, to] in way.line.array_windows() {
            *self.pieces.entry([rounded(*from), rounded(*to)]).or_default() += 1;
        }
        line.extend(way.line);
        Ok(())
    }

    /// Of all seats, metre by metre: how many nobody sat on.
    pub(super) fn seats_empty(&self) -> f64 {
        if self.metres == 0.0 { 1.0 } else { 1.0 - self.taken / (self.metres * f64::from(SEATS)) }
    }
}

fn rounded(at: Place) -> [i32; 2] {
    [at.lon, at.lat].map(|degrees| (degrees * 1e5).round() as i32)
}
