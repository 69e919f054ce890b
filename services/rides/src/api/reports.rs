//! What happens: reported by drivers, travellers and staff, and told with what followed.

use dugnad_door::{Call, Problem, field};
use dugnad_events::{
    RideId, ShiftId,
    rides::{Event, Report, Visit},
};
use dugnad_ledger::RequestId;
use dugnad_proto::rides::v1 as pb;
use dugnad_vault::PersonId;
use tonic::Status;

use super::{ALL_OFFICES, Api, OFFICE, is_one_of, not_found, not_yours, read, show};
use crate::model::{Command, Happening, State};

const LONGEST_PROOF: usize = 200;

impl Api {
    async fn happened(
        &self,
        call: &Call,
        id: RequestId,
        what: Happening,
    ) -> Result<Option<pb::Consequences>, Status> {
        let events = self.desk.execute(call, id, Command::Happened(what)).await?;
        self.look_after(call, &events).await?;
        self.consequences(call, &events).await.map(Some)
    }

    /// What became of whom it touched.
    async fn consequences(
        &self,
        call: &Call,
        events: &[Event],
    ) -> Result<pb::Consequences, Status> {
        let mut touched: Vec<RideId> = events
            .iter()
            .filter_map(|event| match event {
                Event::RideLoosened { ride, .. }
                | Event::PromiseBroken { ride, .. }
                | Event::RideStranded { ride }
                | Event::RideCancelled { ride, .. } => Some(*ride),
                _ => None,
            })
            .collect();
        touched.sort_unstable();
        touched.dedup();
        let look = move |state: &State, now| {
            let mut told = pb::Consequences::default();
            for (id, ride) in touched.iter().filter_map(|id| Some((*id, state.rides.get(id)?))) {
                let shown = show::ride(state, id, ride, now);
                if ride.broken.is_some() {
                    told.broken.push(shown);
                } else {
                    told.moved.push(shown);
                }
            }
            told
        };
        self.desk.look(call, look).await
    }

    pub(super) async fn report_stop(
        &self,
        call: &Call,
        request: pb::ReportStopRequest,
    ) -> Result<pb::ReportStopResponse, Status> {
        use pb::{report_stop_request::Report as Told, stop::Kind};
        let id = field::request_id(&request.request_id)?;
        let shift: ShiftId = field::name("shift", &request.shift)?;
        let ride = || field::name::<RideId>("ride", &request.ride);
        let at = read::maybe_instant("at", request.at.as_ref())?;
        let office = is_one_of(call, OFFICE);
        let visit = match request.kind() {
            Kind::Pickup => Visit::Pickup(ride()?),
            Kind::Dropoff => Visit::Dropoff(ride()?),
            Kind::Pause => Visit::Pause(field::within("pause", request.pause, 0..=7)? as u8),
            Kind::Unspecified => return Err(unset("kind")),
        };
        let proof = field::text("proof", &request.proof, LONGEST_PROOF)?;
        let report = match (request.report(), visit) {
            (Told::Arrived, _) => Report::Arrived,
            (Told::Left, _) => Report::Left,
            (Told::NoShow, Visit::Pickup(ride)) => {
                let what = Happening::NoShow { shift, ride, at, office };
                let consequences = self.happened(call, id, what).await?;
                return Ok(pb::ReportStopResponse { consequences });
            }
            (Told::NoShow, _) => {
                let problem = "must be a pickup's where nobody is there";
                return Err(dugnad_door::Invalid::new("kind", problem).into());
            }
            (Told::Unspecified, _) => return Err(unset("report")),
        };
        let proof = match visit {
            Visit::Dropoff(ride) if !proof.is_empty() => {
                Some(self.proof(call, id, ride, proof.to_owned()).await?)
            }
            _ => None,
        };
        let what = Happening::Stop { shift, visit, report, at, proof, office };
        let consequences = self.happened(call, id, what).await?;
        Ok(pb::ReportStopResponse { consequences })
    }

    /// To whom it was given: sealed under the key of whom it is for.
    async fn proof(
        &self,
        call: &Call,
        id: RequestId,
        ride: RideId,
        text: String,
    ) -> Result<dugnad_vault::Sealed<String>, Status> {
        let look = move |state: &State, _| state.rides.get(&ride).map(|it| it.facts.traveller);
        let receiver = self.desk.look(call, look).await?.ok_or_else(|| not_found(ride))?;
        let sealed = self.desk.seal(call, receiver, id, &text).await;
        sealed.map_err(|problem: Problem| problem.into())
    }

    pub(super) async fn report_late(
        &self,
        call: &Call,
        request: pb::ReportLateRequest,
    ) -> Result<pb::ReportLateResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let shift = field::name("shift", &request.shift)?;
        let by = read::late(request.by.as_ref())?;
        let office = is_one_of(call, OFFICE);
        let consequences = self.happened(call, id, Happening::Late { shift, by, office }).await?;
        Ok(pb::ReportLateResponse { consequences })
    }

    pub(super) async fn take_vehicle_out(
        &self,
        call: &Call,
        request: pb::TakeVehicleOutRequest,
    ) -> Result<pb::TakeVehicleOutResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let vehicle = field::name("vehicle", &request.vehicle)?;
        let from = read::maybe_instant("from", request.from.as_ref())?;
        let until = read::maybe_instant("until", request.until.as_ref())?;
        let office = is_one_of(call, OFFICE);
        let what = Happening::VehicleOut { vehicle, from, until, office };
        let consequences = self.happened(call, id, what).await?;
        Ok(pb::TakeVehicleOutResponse { consequences })
    }

    pub(super) async fn report_driver_ill(
        &self,
        call: &Call,
        request: pb::ReportDriverIllRequest,
    ) -> Result<pb::ReportDriverIllResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let driver = read::person("driver", &request.driver)?;
        if !is_one_of(call, OFFICE) && driver != PersonId(call.caller.id) {
            return Err(not_yours(driver));
        }
        let from = read::maybe_instant("from", request.from.as_ref())?;
        let until = read::maybe_instant("until", request.until.as_ref())?;
        let what = Happening::DriverOut { driver, from, until };
        let consequences = self.happened(call, id, what).await?;
        Ok(pb::ReportDriverIllResponse { consequences })
    }

    pub(super) async fn report_position(
        &self,
        call: &Call,
        request: pb::ReportPositionRequest,
    ) -> Result<pb::ReportPositionResponse, Status> {
        let id: ShiftId = field::name("shift", &request.shift)?;
        let at = read::location("at", request.at.as_ref())?;
        let look = move |state: &State, now| (state.shifts.get(&id).map(|it| it.facts.driver), now);
        let (driver, now) = self.desk.look(call, look).await?;
        let driver = driver.ok_or_else(|| not_found(id))?;
        if driver != PersonId(call.caller.id) && !is_one_of(call, ALL_OFFICES) {
            return Err(not_yours(id));
        }
        self.positions.set(&call.caller.tenant, id, at, now);
        Ok(pb::ReportPositionResponse {})
    }
}

fn unset(field: &str) -> Status {
    dugnad_door::Invalid::new(field, "must be set").into()
}

impl Api {
    /// Looks after whoever lost their place by what happened. Should it fail, the background does it.
    pub(super) async fn look_after(&self, call: &Call, events: &[Event]) -> Result<(), Status> {
        let loose: Vec<RideId> = events
            .iter()
            .filter_map(|event| match event {
                Event::RideLoosened { ride, .. } => Some(*ride),
                _ => None,
            })
            .collect();
        if loose.is_empty() {
            return Ok(());
        }
        let look = move |state: &State, _| {
            let of = |id: &RideId| state.rides.get(id).map(|ride| ride.facts.day);
            let mut days: Vec<jiff::civil::Date> = loose.iter().filter_map(of).collect();
            days.sort_unstable();
            days.dedup();
            days
        };
        for day in self.desk.look(call, look).await? {
            if let Err(why) = self.dispatcher.repair(&call.caller.tenant, day).await {
                tracing::warn!(%day, "who lost their place is looked after later: {why}");
            }
        }
        Ok(())
    }
}
