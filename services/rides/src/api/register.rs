//! Vehicles, drivers, shifts, and what is the municipality's own choice.

use dugnad_door::{Call, Invalid, Role, Within as _, field, page};
use dugnad_events::{
    VehicleId,
    rides::{self, Base, Event},
};
use dugnad_ledger::RequestId;
use dugnad_proto::rides::v1 as pb;
use dugnad_vault::PersonId;
use tonic::Status;

use super::{ALL_OFFICES, Api, OFFICE, is_one_of, no_such_event, read, show, travellers::bound};
use crate::model::{self, Command, Drive, State};

impl Api {
    pub(super) async fn set_rules(
        &self,
        call: &Call,
        request: pb::SetRulesRequest,
    ) -> Result<pb::SetRulesResponse, Status> {
        call.must_be(&[Role::Coordinator])?;
        let id = field::request_id(&request.request_id)?;
        let rules = field::required("rules", request.rules.as_ref())?;
        let rules = read::rules(rules).within("rules")?;
        self.desk.execute(call, id, Command::SetRules(rules.clone())).await?;
        Ok(pb::SetRulesResponse { rules: Some(show::rules(&rules)) })
    }

    pub(super) async fn get_rules(
        &self,
        call: &Call,
        _: pb::GetRulesRequest,
    ) -> Result<pb::GetRulesResponse, Status> {
        let rules = self.desk.look(call, |state, _| show::rules(&state.rules)).await?;
        Ok(pb::GetRulesResponse { rules: Some(rules) })
    }

    pub(super) async fn set_vehicle(
        &self,
        call: &Call,
        request: pb::SetVehicleRequest,
    ) -> Result<pb::SetVehicleResponse, Status> {
        call.must_be(OFFICE)?;
        let id = field::request_id(&request.request_id)?;
        let asked = field::required("vehicle", request.vehicle.as_ref())?;
        let known = (!asked.name.is_empty()).then(|| field::name("vehicle.name", &asked.name));
        let known: Option<VehicleId> = known.transpose()?;
        let vehicle = read::vehicle(asked).within("vehicle")?;
        let start = self.base(call, id, vehicle.owner, vehicle.start).await?;
        let end = match vehicle.end {
            Some(end) => Some(self.base(call, id, vehicle.owner, end).await?),
            None => None,
        };
        let facts = rides::Vehicle {
            name: vehicle.title,
            configurations: vehicle.configurations,
            has: vehicle.has,
            start,
            end,
            in_use: !asked.retired,
        };
        let command = Command::SetVehicle { vehicle: known, facts };
        let events = self.desk.execute(call, id, command).await?;
        let [Event::VehicleSet { vehicle, facts }] = &*events else { return Err(no_such_event()) };
        Ok(pb::SetVehicleResponse { vehicle: Some(show::vehicle(*vehicle, facts)) })
    }

    async fn base(
        &self,
        call: &Call,
        id: RequestId,
        owner: Option<PersonId>,
        at: dugnad_events::volunteers::Location,
    ) -> Result<Base, Status> {
        match owner {
            None => Ok(Base::At(at)),
            Some(owner) => Ok(Base::Home(self.desk.seal(call, owner, id, &at).await?)),
        }
    }

    pub(super) async fn list_vehicles(
        &self,
        call: &Call,
        request: pb::ListVehiclesRequest,
    ) -> Result<pb::ListVehiclesResponse, Status> {
        call.must_be(ALL_OFFICES)?;
        let size = page::size(request.page_size)?;
        let after: Option<VehicleId> = page::after(&request.page_token, &"ListVehicles")?;
        let look = move |state: &State, _| {
            let mut all = state.vehicles.range((bound(after), std::ops::Bound::Unbounded));
            let found: Vec<_> =
                all.by_ref().take(size).map(|(id, it)| (*id, show::vehicle(*id, it))).collect();
            let more = all.next().and(found.last().map(|(id, _)| *id));
            (found, more)
        };
        let (found, more) = self.desk.look(call, look).await?;
        let (vehicles, next_page_token) = page::of(found, more, &"ListVehicles");
        Ok(pb::ListVehiclesResponse { vehicles, next_page_token })
    }

    pub(super) async fn set_driver(
        &self,
        call: &Call,
        request: pb::SetDriverRequest,
    ) -> Result<pb::SetDriverResponse, Status> {
        call.must_be(OFFICE)?;
        let id = field::request_id(&request.request_id)?;
        let asked = field::required("driver", request.driver.as_ref())?;
        let (driver, facts) = read::driver(asked).within("driver")?;
        let shown = show::driver(driver, &facts);
        self.desk.execute(call, id, Command::SetDriver { driver, facts }).await?;
        Ok(pb::SetDriverResponse { driver: Some(shown) })
    }

    pub(super) async fn list_drivers(
        &self,
        call: &Call,
        request: pb::ListDriversRequest,
    ) -> Result<pb::ListDriversResponse, Status> {
        call.must_be(ALL_OFFICES)?;
        let size = page::size(request.page_size)?;
        let after: Option<PersonId> = page::after(&request.page_token, &"ListDrivers")?;
        let look = move |state: &State, now| {
            let mut all = state.drivers.range((bound(after), std::ops::Bound::Unbounded));
            let known = |id: &PersonId| !state.is_erased(*id);
            let found: Vec<_> = all
                .by_ref()
                .filter(|(id, _)| known(id))
                .take(size)
                .map(|(id, it)| (*id, show::driver(*id, it)))
                .collect();
            let more = all.next().and(found.last().map(|(id, _)| *id));
            let without = state
                .without_vehicle
                .iter()
                .flat_map(|(id, (driver, spans))| spans.iter().map(move |span| (id, driver, span)));
            let without = without.filter(|(.., span)| span.end() > now);
            let without = without.take(size).map(|(id, driver, span)| pb::DriverWithoutVehicle {
                assignment: id.to_string(),
                driver: driver.to_string(),
                hours: Some(pb::Window {
                    from: Some(show::stamp(span.start())),
                    until: Some(show::stamp(span.end())),
                }),
            });
            (found, more, without.collect())
        };
        let (found, more, without_vehicle) = self.desk.look(call, look).await?;
        let (drivers, next_page_token) = page::of(found, more, &"ListDrivers");
        Ok(pb::ListDriversResponse { drivers, next_page_token, without_vehicle })
    }

    pub(super) async fn create_shift(
        &self,
        call: &Call,
        request: pb::CreateShiftRequest,
    ) -> Result<pb::CreateShiftResponse, Status> {
        call.must_be(OFFICE)?;
        let id = field::request_id(&request.request_id)?;
        let asked = field::required("shift", request.shift.as_ref())?;
        let driver = read::person("shift.driver", &asked.driver)?;
        let look = move |state: &State, now| {
            (state.drivers.get(&driver).and_then(|driver| driver.vehicle), now)
        };
        let (usual, now) = self.desk.look(call, look).await?;
        let facts = read::shift(asked, usual).within("shift")?;
        let events = self.desk.execute(call, id, Command::SetShift { facts }).await?;
        let [Event::ShiftSet { shift, facts }] = &*events else { return Err(no_such_event()) };
        // As it was when it was set: the vehicle is not shown.
        let nobody = rides::Vehicle {
            name: String::new(),
            configurations: Vec::new(),
            has: Vec::new(),
            start: Base::At(dugnad_events::volunteers::Location { lat: 0, lon: 0 }),
            end: None,
            in_use: true,
        };
        let shift = model::Shift::new(*shift, facts.clone(), nobody);
        Ok(pb::CreateShiftResponse { shift: Some(show::shift(&shift, now)) })
    }

    pub(super) async fn list_shifts(
        &self,
        call: &Call,
        request: pb::ListShiftsRequest,
    ) -> Result<pb::ListShiftsResponse, Status> {
        let day = read::day(&request.day)?;
        let office = is_one_of(call, ALL_OFFICES);
        let caller = PersonId(call.caller.id);
        let look = move |state: &State, now| {
            let shifts = state.days.get(&day).into_iter().flat_map(|day| &day.shifts);
            let shifts = shifts.filter_map(|id| state.shifts.get(id));
            let seen = shifts.filter(|it| office || it.facts.driver == caller);
            seen.map(|shift| show::shift(shift, now)).collect()
        };
        Ok(pb::ListShiftsResponse { shifts: self.desk.look(call, look).await? })
    }

    pub(super) async fn list_drives(
        &self,
        call: &Call,
        request: pb::ListDrivesRequest,
    ) -> Result<pb::ListDrivesResponse, Status> {
        call.must_be(super::COORDINATORS)?;
        let from = dugnad_door::local::date("from", &request.from)?;
        let until = dugnad_door::local::date("until", &request.until)?;
        if until < from || until.since(from).map_or(true, |span| span.get_days() > 365) {
            let problem = "must not lie before `from`, nor more than 365 days after it";
            return Err(Invalid::new("until", problem).into());
        }
        let size = page::size(request.page_size)?;
        let query = ("ListDrives", from, until);
        let after = page::after(&request.page_token, &query)?;
        let look = move |state: &State, now| {
            let mut all = state.drives([from, until], after, now);
            let found: Vec<_> =
                all.by_ref().take(size).map(|it| ((it.day, it.shift), drive(&it))).collect();
            let more = all.next().and(found.last().map(|(key, _)| *key));
            (found, more)
        };
        let (found, more) = self.desk.look(call, look).await?;
        let (drives, next_page_token) = page::of(found, more, &query);
        Ok(pb::ListDrivesResponse { drives, next_page_token })
    }
}

fn drive(drive: &Drive) -> pb::Drive {
    pb::Drive {
        shift: drive.shift.to_string(),
        driver: drive.driver.to_string(),
        vehicle: drive.vehicle.to_string(),
        day: drive.day.to_string(),
        metres: i32::try_from(drive.metres).unwrap_or(i32::MAX),
        refund_ore: i32::try_from(drive.refund_ore).unwrap_or(i32::MAX),
        rides: drive.rides as i32,
    }
}
