//! The driver's manifest: where to go, whom to fetch, and what they need.

use dugnad_door::{Call, field};
use dugnad_events::{ShiftId, rides::Way};
use dugnad_proto::rides::v1 as pb;
use dugnad_vault::{PersonId, Sealed};
use tonic::Status;

use super::{ALL_OFFICES, Api, is_one_of, not_found, not_yours, show};
use crate::model::{self, Shift, State, Visit};

type Found = (Shift, pb::Shift, Vec<(pb::Stop, Option<Sealed<Way>>)>);

impl Api {
    pub(super) async fn get_manifest(
        &self,
        call: &Call,
        request: pb::GetManifestRequest,
    ) -> Result<pb::GetManifestResponse, Status> {
        let id: ShiftId = field::name("shift", &request.shift)?;
        let look = move |state: &State, now| {
            let shift = state.shifts.get(&id)?;
            Some((shift.clone(), show::shift(shift, now), stops(state, shift)))
        };
        let found: Option<Found> = self.desk.look(call, look).await?;
        let (shift, shown, stops) = found.ok_or_else(|| not_found(id))?;
        if !is_one_of(call, ALL_OFFICES) && shift.facts.driver != PersonId(call.caller.id) {
            return Err(not_yours(id));
        }
        let mut opened = Vec::with_capacity(stops.len());
        for (mut stop, way) in stops {
            let way = match way {
                Some(way) => self.desk.open(call, &way).await?,
                None => None,
            };
            if let Some(Way { from, to, note }) = way {
                let at = if stop.kind() == pb::stop::Kind::Pickup { from } else { to };
                stop.spot = Some(show::spot(at));
                stop.note = note;
            }
            opened.push(stop);
        }
        let day = shift.facts.day;
        Ok(pb::GetManifestResponse {
            shift: Some(shown),
            leaves: Some(show::instant(day, shift.leaves)),
            stops: opened,
            back: Some(show::instant(day, shift.back)),
        })
    }
}

fn stops(state: &State, shift: &Shift) -> Vec<(pb::Stop, Option<Sealed<Way>>)> {
    let day = shift.facts.day;
    let shown = shift.stops.iter().map(|stop| {
        let (kind, ride) = match stop.visit {
            Visit::Pickup(ride) => (pb::stop::Kind::Pickup, Some(ride)),
            Visit::Dropoff(ride) => (pb::stop::Kind::Dropoff, Some(ride)),
            Visit::Pause(_) => (pb::stop::Kind::Pause, None),
        };
        let known = ride.and_then(|ride| state.rides.get(&ride));
        let facts = known.map(|ride| &ride.facts);
        let promised = known.filter(|ride| !model::is_ghost(ride)).map(|ride| match kind {
            pb::stop::Kind::Pickup => ride.promise.pickup,
            _ => ride.promise.dropoff,
        });
        let shown = pb::Stop {
            kind: kind.into(),
            ride: ride.map(|it| it.to_string()).unwrap_or_default(),
            planned: Some(show::instant(day, stop.begins)),
            arrived: stop.arrived.map(|at| show::instant(day, at)),
            left: stop.left.map(|at| show::instant(day, at)),
            promised: promised.map(|span| show::window(day, span)),
            load: facts.map(|facts| show::load(facts.load)),
            needs: facts.iter().flat_map(|it| &it.needs).map(ToString::to_string).collect(),
            delivery: facts.is_some_and(|facts| facts.delivery),
            off: known.is_some_and(model::is_ghost),
            ..pb::Stop::default()
        };
        (shown, facts.map(|facts| facts.way.clone()))
    });
    shown.collect()
}
