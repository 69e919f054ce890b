//! Activities at the door: written down, changed, made public, cancelled.

use dugnad_door::{Call, Desk, field};
use dugnad_events::{
    ActivityId,
    activities::{Event, What},
    rooms::BookingDetails,
};
use dugnad_ledger::RequestId;
use dugnad_proto::{activities::v1 as pb, rooms::v1 as rooms};
use dugnad_vault::Sealed;
use tonic::Status;

use super::{Api, in_office, no_such_event, read, refused, show};
use crate::model::{Command, Refusal, State};

impl Api {
    pub(super) async fn create_activity(
        &self,
        call: &Call,
        request: pb::CreateActivityRequest,
    ) -> Result<pb::CreateActivityResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let facts = read::activity(request.activity.as_ref())?;
        let schedule = read::schedule(request.schedule.as_ref())?;
        let contact = self.sealed(call, id, request.contact.as_ref(), &facts.title).await?;
        let (contact, office) = (Some(contact), in_office(call));
        let command = Command::Create { facts, schedule, contact, office };
        let events = self.desk.execute(call, id, command).await?;
        let [Event::ActivityCreated { activity, facts, .. }, dates @ ..] = &*events else {
            return Err(no_such_event());
        };
        let dates = dates.iter().filter_map(|event| match event {
            Event::Occurrence { occurrence, what: What::Planned { span, .. }, .. } => {
                Some(show::date(*occurrence, *span))
            }
            _ => None,
        });
        let activity = show::activity(*activity, facts, dates.collect());
        Ok(pb::CreateActivityResponse { activity: Some(activity) })
    }

    pub(super) async fn update_activity(
        &self,
        call: &Call,
        request: pb::UpdateActivityRequest,
    ) -> Result<pb::UpdateActivityResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let facts = read::activity(request.activity.as_ref())?;
        let name = request.activity.as_ref().map_or("", |it| it.name.as_str());
        let activity = field::name("activity.name", name)?;
        let contact = match &request.contact {
            None => None,
            said => Some(self.sealed(call, id, said.as_ref(), &facts.title).await?),
        };
        let command = Command::Update { activity, facts, contact, office: in_office(call) };
        self.desk.execute(call, id, command).await?;
        Ok(pb::UpdateActivityResponse {})
    }

    /// What rooms is to show of whom to reach, under that person's key.
    async fn sealed(
        &self,
        call: &Call,
        id: RequestId,
        contact: Option<&rooms::Contact>,
        title: &str,
    ) -> Result<Sealed<BookingDetails>, Status> {
        let (person, details) = read::contact(contact, title, call.caller.id)?;
        Ok(self.desk.seal(call, person, id, &details).await?)
    }

    pub(super) async fn get_activity(
        &self,
        call: &Call,
        request: pb::GetActivityRequest,
    ) -> Result<pb::GetActivityResponse, Status> {
        let id: ActivityId = field::name("name", &request.name)?;
        let caller = (!in_office(call)).then_some(call.caller.id);
        let look = move |state: &State, _| {
            let known = state.activities.get(&id);
            let dates = known.iter().flat_map(|it| &it.occurrences);
            let dates = dates
                .filter_map(|it| state.occurrences.get(it))
                .filter(|it| known.is_some_and(|activity| state.sees(caller, activity, it)));
            let dates: Vec<_> = dates.map(|it| show::date(it.id, it.span)).collect();
            // Whoever may see none of its dates does not learn that there is such a thing.
            let known = known.filter(|_| !dates.is_empty());
            let known = known.ok_or_else(|| Refusal::NotFound(id.to_string()))?;
            Ok(show::activity(id, &known.facts, dates))
        };
        let activity = self.desk.look(call, look).await?.map_err(refused)?;
        Ok(pb::GetActivityResponse { activity: Some(activity) })
    }

    pub(super) async fn arrange_activity(
        &self,
        call: &Call,
        request: pb::ArrangeActivityRequest,
    ) -> Result<pb::ArrangeActivityResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let activity = field::name("name", &request.name)?;
        let command = Command::Arrange { activity, office: in_office(call) };
        self.desk.execute(call, id, command).await?;
        Ok(pb::ArrangeActivityResponse {})
    }

    pub(super) async fn cancel_activity(
        &self,
        call: &Call,
        request: pb::CancelActivityRequest,
    ) -> Result<pb::CancelActivityResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let activity = field::name("name", &request.name)?;
        let reason = read::reason(&request.reason)?;
        let command = Command::CancelActivity { activity, reason, office: in_office(call) };
        self.desk.execute(call, id, command).await?;
        Ok(pb::CancelActivityResponse {})
    }

    pub(super) async fn held_of_person(
        &self,
        call: &Call,
        request: pb::HeldOfPersonRequest,
    ) -> Result<pb::HeldOfPersonResponse, Status> {
        call.must_be(&[dugnad_door::Role::Service])?;
        let person = read::person("person", &request.person)?;
        let Desk { ledger, vault } = &self.desk;
        let held = super::held(ledger, vault, &call.caller.tenant, person).await?;
        Ok(pb::HeldOfPersonResponse { json: held.to_string() })
    }
}
