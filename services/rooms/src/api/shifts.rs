//! The door of evening shifts: rules, who hosts, and what happens on them.
//!
//! Staff see a building's shifts; who hosts one sees that one. What is said in words is opened for them
//! alone, and what is about a person for staff and the author.

mod read;
mod show;

use dugnad_door::{Call, Desk, Interceptor, Within as _, authenticate, enter, field, local, page};
use dugnad_events::{FacilityId, ShiftId};
use dugnad_ledger::{Ledger, RequestId};
use dugnad_proto::{
    codec::HARD_LIMIT,
    rooms::v1::{
        self as pb,
        shifts_service_server::{ShiftsService, ShiftsServiceServer},
    },
};
use dugnad_vault::{PersonId, Vault};
use tonic::{Request, Response, Status, service::interceptor::InterceptedService};

use super::{Answer, STAFF, not_found};
use crate::model::{Command, Name, Rooms, Shift, ShiftCommand, State};

/// Of one's own shifts, the last.
const MOST_OWN: usize = 200;

/// The gRPC door of evening shifts.
pub fn shifts_service(
    ledger: Ledger<Rooms>,
    vault: Vault,
) -> InterceptedService<ShiftsServiceServer<Shifts>, Interceptor> {
    let server = ShiftsServiceServer::new(Shifts { desk: Desk { ledger, vault } });
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What handles each call. Cheap to clone.
#[derive(Clone)]
pub struct Shifts {
    desk: Desk<Rooms>,
}

impl Shifts {
    async fn execute(
        &self,
        call: &Call,
        id: RequestId,
        command: ShiftCommand,
    ) -> Result<(), Status> {
        self.desk.execute(call, id, Command::Shift(command)).await.map(drop)
    }

    /// A shift as the caller may see it; for whoever may not, there is none.
    async fn shown(&self, call: &Call, id: ShiftId) -> Result<pb::Shift, Status> {
        let found = self.desk.look(call, move |state: &State, _| state.shift(id)).await?;
        let me = PersonId(call.caller.id);
        let may = |shift: &Shift| is_staff(call) || shift.hosts.values().any(|it| it.person == me);
        let shift = found.filter(may).ok_or_else(|| not_found(Name::Shift(id)))?;
        let log = self.log(call, &shift).await?;
        Ok(pb::Shift { log, ..show::shift(&shift) })
    }

    async fn log(&self, call: &Call, shift: &Shift) -> Result<Vec<pb::ShiftLogEntry>, Status> {
        let mut log = Vec::with_capacity(shift.log.len());
        for entry in &shift.log {
            let theirs = is_staff(call) || entry.by == call.caller.id;
            let text = match &entry.text {
                Some(text) if theirs || !show::is_about_somebody(entry) => {
                    self.desk.open(call, text).await?
                }
                _ => None,
            };
            log.push(show::entry(entry, text.unwrap_or_default(), theirs));
        }
        Ok(log)
    }
}

fn is_staff(call: &Call) -> bool {
    STAFF.contains(&call.role)
}

#[tonic::async_trait]
impl ShiftsService for Shifts {
    async fn set_shift_rules(
        &self,
        request: Request<pb::SetShiftRulesRequest>,
    ) -> Answer<pb::SetShiftRulesResponse> {
        let (call, request) = enter(request)?;
        call.must_be(&STAFF)?;
        let id = field::request_id(&request.request_id)?;
        let facility = field::name("facility", &request.facility)?;
        let rules = field::required("rules", request.rules.as_ref())?;
        let rules = Box::new(read::rules(rules).within("rules")?);
        let shown = Some(show::rules(&rules));
        self.execute(&call, id, ShiftCommand::SetRules { facility, rules }).await?;
        // Accepted, now or the first time, are the rules that the request holds.
        Ok(Response::new(pb::SetShiftRulesResponse { rules: shown }))
    }

    async fn get_shift_rules(
        &self,
        request: Request<pb::GetShiftRulesRequest>,
    ) -> Answer<pb::GetShiftRulesResponse> {
        let (call, request) = enter(request)?;
        call.must_be(&STAFF)?;
        let facility: FacilityId = field::name("facility", &request.facility)?;
        let look = move |state: &State, _| {
            (state.facility(facility).is_some(), state.shift_rules(facility))
        };
        match self.desk.look(&call, look).await? {
            (false, _) => Err(not_found(Name::Facility(facility))),
            (true, rules) => {
                let rules = rules.as_ref().map(show::rules);
                Ok(Response::new(pb::GetShiftRulesResponse { rules }))
            }
        }
    }

    async fn get_shift(
        &self,
        request: Request<pb::GetShiftRequest>,
    ) -> Answer<pb::GetShiftResponse> {
        let (call, request) = enter(request)?;
        let shift = self.shown(&call, field::name("name", &request.name)?).await?;
        Ok(Response::new(pb::GetShiftResponse { shift: Some(shift) }))
    }

    async fn list_shifts(
        &self,
        request: Request<pb::ListShiftsRequest>,
    ) -> Answer<pb::ListShiftsResponse> {
        let (call, request) = enter(request)?;
        call.must_be(&STAFF)?;
        let facility: FacilityId = field::name("facility", &request.facility)?;
        let first = local::date("first_date", &request.first_date)?;
        let last = local::date("last_date", &request.last_date)?;
        read::days(first, last)?;
        let query = ("ListShifts", facility, first, last);
        let size = page::size(request.page_size)?;
        let after = page::after::<ShiftId>(&request.page_token, &query)?;
        let look = move |state: &State, _| {
            let known = state.facility(facility).is_some();
            known.then(|| state.shifts(facility, first..=last, after, size))
        };
        let found = self.desk.look(&call, look).await?;
        let found = found.ok_or_else(|| not_found(Name::Facility(facility)))?;
        let items = found.items.iter().map(|shift| (shift.id, show::shift(shift))).collect();
        let (shifts, next_page_token) = page::of(items, found.next, &query);
        Ok(Response::new(pb::ListShiftsResponse { shifts, next_page_token }))
    }

    async fn list_own_shifts(
        &self,
        request: Request<pb::ListOwnShiftsRequest>,
    ) -> Answer<pb::ListOwnShiftsResponse> {
        let (call, _) = enter(request)?;
        let me = PersonId(call.caller.id);
        let look = move |state: &State, _| state.shifts_about(me);
        let mut mine = self.desk.look(&call, look).await?;
        mine.retain(|shift| shift.hosts.values().any(|host| host.person == me));
        mine.sort_by_key(|shift| (shift.facts.span.start(), shift.id));
        let last = mine.iter().skip(mine.len().saturating_sub(MOST_OWN));
        let shifts = last.map(show::shift).collect();
        Ok(Response::new(pb::ListOwnShiftsResponse { shifts }))
    }

    async fn log_shift(
        &self,
        request: Request<pb::LogShiftRequest>,
    ) -> Answer<pb::LogShiftResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let shift = field::name("name", &request.name)?;
        let kind = read::kind(request.kind)?;
        let about = read::person("about", &request.about)?;
        let text = field::label("text", &request.text, read::LONGEST_TEXT)?.to_owned();
        let under = about.unwrap_or(PersonId(call.caller.id));
        let text = self.desk.seal(&call, under, id, &text).await?;
        let office = is_staff(&call);
        self.execute(&call, id, ShiftCommand::Log { shift, kind, about, text, office }).await?;
        let shift = Some(self.shown(&call, shift).await?);
        Ok(Response::new(pb::LogShiftResponse { shift }))
    }

    async fn hand_over_shift(
        &self,
        request: Request<pb::HandOverShiftRequest>,
    ) -> Answer<pb::HandOverShiftResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let shift = field::name("name", &request.name)?;
        let to = PersonId(field::id("to", &request.to, "people")?);
        let text = field::text("text", &request.text, read::LONGEST_TEXT)?.to_owned();
        let text = match text.is_empty() {
            true => None,
            false => Some(self.desk.seal(&call, PersonId(call.caller.id), id, &text).await?),
        };
        self.execute(&call, id, ShiftCommand::HandOver { shift, to, text }).await?;
        let shift = Some(self.shown(&call, shift).await?);
        Ok(Response::new(pb::HandOverShiftResponse { shift }))
    }

    async fn take_over_shift(
        &self,
        request: Request<pb::TakeOverShiftRequest>,
    ) -> Answer<pb::TakeOverShiftResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let shift = field::name("name", &request.name)?;
        self.execute(&call, id, ShiftCommand::TakeOver { shift }).await?;
        let shift = Some(self.shown(&call, shift).await?);
        Ok(Response::new(pb::TakeOverShiftResponse { shift }))
    }

    async fn report_no_show(
        &self,
        request: Request<pb::ReportNoShowRequest>,
    ) -> Answer<pb::ReportNoShowResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let shift = field::name("name", &request.name)?;
        let assignment = field::name("assignment", &request.assignment)?;
        let office = is_staff(&call);
        self.execute(&call, id, ShiftCommand::NoShow { shift, assignment, office }).await?;
        let shift = Some(self.shown(&call, shift).await?);
        Ok(Response::new(pb::ReportNoShowResponse { shift }))
    }
}
