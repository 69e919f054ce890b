//! Where vehicles are: the last word of each, in memory only, and when they can be expected by it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use dugnad_door::Call;
use dugnad_events::{RideId, ShiftId, volunteers::Location};
use dugnad_journal::Tenant;
use dugnad_proto::rides::v1 as pb;
use dugnad_roads::Place;
use jiff::{SignedDuration, Timestamp};
use tonic::Status;

use super::{Api, show};
use crate::model::{self, Shift, State, Visit};

/// A position older than this says nothing.
const OLD: SignedDuration = SignedDuration::from_mins(10);
/// The most that are kept; old ones go first.
const MOST: usize = 20_000;

/// The last position of each shift.
#[derive(Debug, Default)]
pub(super) struct Positions(Mutex<HashMap<(Tenant, ShiftId), (Location, Timestamp)>>);

impl Positions {
    pub(super) fn set(&self, tenant: &Tenant, shift: ShiftId, at: Location, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, (_, when)| now.duration_since(*when) < OLD);
        }
        if all.len() < MOST {
            all.insert((tenant.clone(), shift), (at, now));
        }
    }

    fn get(&self, tenant: &Tenant, shift: ShiftId, now: Timestamp) -> Option<Location> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, when) = all.get(&(tenant.clone(), shift))?;
        (now.duration_since(*when) < OLD).then_some(*at)
    }
}

impl Api {
    /// Moves when a vehicle is expected by where it was seen last: never earlier than planned.
    pub(super) async fn expect(
        &self,
        call: &Call,
        shift: &Shift,
        ride: RideId,
        shown: &mut pb::Ride,
        now: Timestamp,
    ) -> Result<(), Status> {
        let Some(at) = self.positions.get(&call.caller.tenant, shift.id, now) else {
            return Ok(());
        };
        let next = shift.stops.iter().position(|stop| !stop.is_reported());
        let Some((next, there)) = self.stop_of(call, shift, next).await? else { return Ok(()) };
        let day = shift.facts.day;
        let moment = model::moment(day, now);
        let table =
            self.dispatcher.ways().table(&[place(at)], &[place(there)], model::hour(day, moment));
        let Some(seconds) = table.seconds(0, 0) else { return Ok(()) };
        let mut late = moment + seconds as i32 - shift.stops[next].begins;
        for (at, stop) in shift.stops.iter().enumerate().skip(next) {
            // Whoever waits on the way makes up for it.
            let waits = match at.checked_sub(1).map(|before| &shift.stops[before]) {
                Some(before) if at > next => (stop.begins - before.begins - stop.leg).max(0),
                _ => 0,
            };
            late = (late - waits).max(0);
            let expected = Some(show::instant(day, stop.begins + late));
            if stop.visit == Visit::Pickup(ride) && shown.pickup_expected.is_some() {
                shown.pickup_expected = expected;
            } else if stop.visit == Visit::Dropoff(ride) && shown.dropoff_expected.is_some() {
                shown.dropoff_expected = expected;
            }
        }
        Ok(())
    }

    /// Where a stop is.
    async fn stop_of(
        &self,
        call: &Call,
        shift: &Shift,
        at: Option<usize>,
    ) -> Result<Option<(usize, Location)>, Status> {
        let Some(at) = at else { return Ok(None) };
        let (id, is_pickup) = match shift.stops[at].visit {
            Visit::Pickup(ride) => (ride, true),
            Visit::Dropoff(ride) => (ride, false),
            Visit::Pause(_) => return Ok(None),
        };
        let look = move |state: &State, _| state.rides.get(&id).map(|it| it.facts.way.clone());
        let Some(way) = self.desk.look(call, look).await? else { return Ok(None) };
        let way = self.desk.open(call, &way).await?;
        Ok(way.map(|way| (at, if is_pickup { way.from.at } else { way.to.at })))
    }
}

fn place(at: Location) -> Place {
    Place { lat: f64::from(at.lat) / 1e6, lon: f64::from(at.lon) / 1e6 }
}
