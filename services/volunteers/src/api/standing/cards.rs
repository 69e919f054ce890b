//! Roles and their cards, and who may have a role.

use dugnad_door::{Call, Invalid, Role, Within as _, field, local, page};
use dugnad_events::{
    Code,
    volunteers::{Event, Party},
};
use dugnad_proto::volunteers::v1 as pb;
use tonic::Status;

use super::{COORDINATOR, Door, own_or, paged, read, show, unexpected};
use crate::model::{standing, today};

/// Who may ask about anybody.
const ASKING: &[Role] = &[Role::Staff, Role::Coordinator, Role::Service];
/// Who supervises.
const SUPERVISING: &[Role] = &[Role::Staff, Role::Coordinator];

impl Door {
    pub(super) async fn set_role(
        &self,
        call: &Call,
        request: pb::SetRoleRequest,
    ) -> Result<pb::SetRoleResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let role = field::required("role", request.role.as_ref())?;
        let (role, requirements, card) = read::role(role).within("role")?;
        let name = role.clone();
        let command = standing::Command::SetRole { role, requirements, card };
        let events = self.execute(call, id, command).await?;
        let role = match &*events {
            [Event::RoleSet { version, requirements, card, .. }] => {
                let (requirements, card) = (requirements.clone(), card.clone());
                show::role(&name, &standing::Role { version: *version, requirements, card })
            }
            // Nothing changed.
            [] => self.role(call, name).await?,
            _ => return Err(unexpected()),
        };
        Ok(pb::SetRoleResponse { role: Some(role) })
    }

    pub(super) async fn get_role(
        &self,
        call: &Call,
        request: pb::GetRoleRequest,
    ) -> Result<pb::GetRoleResponse, Status> {
        let role = self.role(call, read::code("name", &request.name, "roles")?).await?;
        Ok(pb::GetRoleResponse { role: Some(role) })
    }

    async fn role(&self, call: &Call, name: Code) -> Result<pb::Role, Status> {
        let role = self.look(call, move |state, _| {
            state.standing.role(&name).map(|role| show::role(&name, role))
        });
        role.await
    }

    pub(super) async fn list_roles(
        &self,
        call: &Call,
        request: pb::ListRolesRequest,
    ) -> Result<pb::ListRolesResponse, Status> {
        let (query, size) = ("ListRoles", page::size(request.page_size)?);
        let after = page::after::<Code>(&request.page_token, &query)?;
        let look = move |state: &crate::model::State, _| {
            let roles = state.standing.list_roles(after.as_ref()).take(size + 1);
            Ok(roles.map(|(name, role)| (name.clone(), show::role(name, role))).collect())
        };
        let (roles, next_page_token) = paged(self.look(call, look).await?, size, &query);
        Ok(pb::ListRolesResponse { roles, next_page_token })
    }

    pub(super) async fn accept_card(
        &self,
        call: &Call,
        request: pb::AcceptCardRequest,
    ) -> Result<pb::AcceptCardResponse, Status> {
        let person = read::person("person", &request.person)?;
        let role = read::code("role", &request.role, "roles")?;
        let version = read::version(request.version)?;
        let party = read::party(request.party)?;
        match party {
            Party::Volunteer => own_or(call, person, &[])?,
            Party::Supervisor => call.must_be(SUPERVISING)?,
        }
        let command = standing::Command::AcceptCard { person, role, version, party };
        self.change(call, &request.request_id, command).await?;
        Ok(pb::AcceptCardResponse {})
    }

    pub(super) async fn get_standing(
        &self,
        call: &Call,
        request: pb::GetStandingRequest,
    ) -> Result<pb::GetStandingResponse, Status> {
        let person = read::person("person", &request.person)?;
        own_or(call, person, &[Role::Coordinator, Role::Service])?;
        let standing = self.look(call, move |state, now| {
            state.people.knows(person)?;
            Ok(show::standing(person, state.standing.person(person)?, today(now)))
        });
        Ok(pb::GetStandingResponse { standing: Some(standing.await?) })
    }

    pub(super) async fn check_eligibility(
        &self,
        call: &Call,
        request: pb::CheckEligibilityRequest,
    ) -> Result<pb::CheckEligibilityResponse, Status> {
        let person = read::person("person", &request.person)?;
        own_or(call, person, ASKING)?;
        let role = read::code("role", &request.role, "roles")?;
        let day = local::maybe_date("date", &request.date)?;
        let lacks = self.look(call, move |state, now| {
            state.eligibility(person, &role, day.unwrap_or_else(|| today(now)))
        });
        let eligibility = Some(show::eligibility(person, lacks.await?));
        Ok(pb::CheckEligibilityResponse { eligibility })
    }

    pub(super) async fn batch_check_eligibility(
        &self,
        call: &Call,
        request: pb::BatchCheckEligibilityRequest,
    ) -> Result<pb::BatchCheckEligibilityResponse, Status> {
        call.must_be(ASKING)?;
        let people = field::at_most("people", &request.people, read::MOST_PERSONS)?;
        if people.is_empty() {
            return Err(Invalid::new("people", "must not be empty").into());
        }
        let people = people.iter().enumerate();
        let people = people.map(|(n, name)| read::person("", name).within_item("people", n));
        let people = people.collect::<Result<Vec<_>, _>>()?;
        let role = read::code("role", &request.role, "roles")?;
        let day = local::maybe_date("date", &request.date)?;
        let found = self.look(call, move |state, now| {
            state.eligibilities(&people, &role, day.unwrap_or_else(|| today(now)))
        });
        let found = found.await?.into_iter();
        let eligibilities = found.map(|(who, lacks)| show::eligibility(who, lacks)).collect();
        Ok(pb::BatchCheckEligibilityResponse { eligibilities })
    }
}
