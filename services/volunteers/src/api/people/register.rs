//! Writing people and units down: what is personal is sealed on the way in.

use dugnad_door::{Call, Role, field};
use dugnad_events::volunteers::{Details, Event, Giver};
use dugnad_ledger::RequestId;
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;
use tonic::Status;
use uuid::Uuid;

use super::{
    Api, hours, no_such_event, office, own_or,
    read::{self, ReadDetails},
    show::{self, Shown},
};
use crate::model::{
    people::{Availability, Command, New, NewDetails, PersonView, UnitView, Update, suggestions},
    today,
};

impl Api {
    pub(super) async fn signed_up(
        &self,
        call: &Call,
        request: &pb::SignUpRequest,
    ) -> Result<pb::SignUpResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let person = named(call, &request.person, id, &[Role::Coordinator])?;
        let details = read::details(request.details.as_ref(), id, true)?;
        let giver = request.giver.as_ref().map(read::giver).transpose()?.unwrap_or_default();
        let new = |details| New {
            person,
            details,
            giver: Some(giver.clone()),
            receiver: None,
            consent: request.experiences_consent,
        };
        let person = self.register(call, id, person, details, new).await?;
        let suggestions = self.suggestions(call, giver).await?;
        Ok(pb::SignUpResponse { person: Some(person), suggestions })
    }

    async fn suggestions(
        &self,
        call: &Call,
        giver: Giver,
    ) -> Result<Vec<pb::SuggestedOrganisation>, Status> {
        let suggested =
            self.desk.look(call, move |state, now| suggestions(state, &giver, today(now))).await?;
        Ok(suggested.into_iter().map(show::suggestion).collect())
    }

    pub(super) async fn receiver(
        &self,
        call: &Call,
        request: &pb::RegisterReceiverRequest,
    ) -> Result<pb::Person, Status> {
        let id = field::request_id(&request.request_id)?;
        let person = named(call, &request.person, id, &[Role::Staff, Role::Coordinator])?;
        let details = read::details(request.details.as_ref(), id, false)?;
        let receiver = request.receiver.as_ref().map(read::receiver).transpose()?;
        let receiver = Some(receiver.unwrap_or_default());
        let new = |details| New { person, details, giver: None, receiver, consent: false };
        self.register(call, id, person, details, new).await
    }

    pub(super) async fn contact(
        &self,
        call: &Call,
        request: &pb::RegisterContactRequest,
    ) -> Result<pb::Person, Status> {
        let id = field::request_id(&request.request_id)?;
        let person = named(call, &request.person, id, &[Role::Staff, Role::Coordinator])?;
        let details = read::details(request.details.as_ref(), id, true)?;
        let new = |details| New { person, details, giver: None, receiver: None, consent: false };
        self.register(call, id, person, details, new).await
    }

    async fn register(
        &self,
        call: &Call,
        id: RequestId,
        person: PersonId,
        details: ReadDetails,
        new: impl FnOnce(NewDetails) -> New,
    ) -> Result<pb::Person, Status> {
        let (sealed, details) = self.sealed(call, person, id, details).await?;
        let command = Command::Register(Box::new(new(sealed)));
        let events = self.execute(call, id, command).await?;
        let view = events.first().and_then(PersonView::registered).ok_or_else(no_such_event)?;
        // The body is the same as that of the first request, or it would have been refused: so what
        // the event holds sealed is what was just read.
        let shown = Shown { details: Some(details), ..Shown::default() };
        Ok(show::person(view, shown))
    }

    async fn sealed(
        &self,
        call: &Call,
        person: PersonId,
        id: RequestId,
        read: ReadDetails,
    ) -> Result<(NewDetails, Details), Status> {
        let details = self.desk.seal(call, person, id, &read.details).await?;
        Ok((NewDetails { details, ages: read.ages, gender: read.gender }, read.details))
    }

    pub(super) async fn update(
        &self,
        call: &Call,
        request: &pb::UpdatePersonRequest,
    ) -> Result<pb::UpdatePersonResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        own_or(call, person, &[Role::Staff, Role::Coordinator])?;
        let mask = read::mask(request.update_mask.as_ref())?;
        let seen = read::etag(&request.etag)?;
        let giver = mask.giver(request.giver.as_ref())?;
        let receiver = mask.receiver(request.receiver.as_ref())?;
        let details = if mask.details {
            let details = read::details(request.details.as_ref(), id, false)?;
            Some(self.sealed(call, person, id, details).await?.0)
        } else {
            None
        };
        let (office, consent) = (office(call), request.experiences_consent);
        let update = Update { person, office, details, giver, receiver, consent, seen };
        let events = self.execute(call, id, Command::Update(Box::new(update))).await?;
        // Each event is one revision.
        let changes = u32::try_from(events.len()).unwrap_or(u32::MAX);
        let etag = seen.map(|seen| seen.saturating_add(changes).to_string());
        Ok(pb::UpdatePersonResponse { etag: etag.unwrap_or_default() })
    }

    pub(super) async fn availability(
        &self,
        call: &Call,
        request: &pb::SetAvailabilityRequest,
    ) -> Result<pb::Availability, Status> {
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        own_or(call, person, &[Role::Coordinator])?;
        let (zone, hours) = hours::read(request.availability.as_ref())?;
        let set = Availability { zone: zone.clone(), hours: hours.clone() };
        let command = Command::SetAvailability { person, zone, hours: Box::new(hours) };
        self.execute(call, id, command).await?;
        Ok(hours::show(set))
    }

    pub(super) async fn support(
        &self,
        call: &Call,
        request: &pb::SetSupportRequest,
    ) -> Result<pb::SetSupportResponse, Status> {
        call.must_be(&[Role::Coordinator])?;
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        let support = field::text("support", &request.support, read::LONGEST_SUPPORT)?;
        let support = if support.is_empty() {
            None
        } else {
            Some(self.desk.seal(call, person, id, &support.to_owned()).await?)
        };
        self.execute(call, id, Command::SetSupport { person, support }).await?;
        Ok(pb::SetSupportResponse {})
    }

    pub(super) async fn unit(
        &self,
        call: &Call,
        request: &pb::SetUnitRequest,
    ) -> Result<pb::Unit, Status> {
        call.must_be(&[Role::Coordinator])?;
        let id = field::request_id(&request.request_id)?;
        let command = Command::SetUnit(read::unit(request.unit.as_ref())?);
        let events = self.execute(call, id, command).await?;
        let [Event::UnitSet { unit, name, area, contact, deputy }] = &*events else {
            return Err(no_such_event());
        };
        let (name, area) = (name.clone(), area.clone());
        let (contact, deputy) = (Some(*contact), *deputy);
        Ok(show::unit(UnitView { id: *unit, name, area, contact, deputy }))
    }
}

/// Whom a request is about: whoever it names; without a name whoever calls as a person, or else
/// somebody new. Others than themselves only for these roles.
fn named(call: &Call, name: &str, id: RequestId, roles: &[Role]) -> Result<PersonId, Status> {
    let person = match (name, call.role) {
        ("", Role::Person) => PersonId(call.caller.id),
        // The same when the request is repeated.
        ("", _) => PersonId(Uuid::new_v5(&id.uuid(), b"person")),
        (name, _) => read::person("person", name)?,
    };
    own_or(call, person, roles)?;
    Ok(person)
}
