//! Members and contacts at the door.

use dugnad_door::{Call, Within as _, field, local, page};
use dugnad_events::{OrganisationId, volunteers::Event};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;
use tonic::Status;

use super::{Asking, authority, not_found, not_shown, read, show, viewer};
use crate::model::{State, organisations::Command};

impl Asking {
    pub(super) async fn set_contact(
        &self,
        call: &Call,
        request: &pb::SetContactRequest,
    ) -> Result<pb::SetContactResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let command = Command::SetContact {
            by: authority(call),
            organisation: read::organisation("organisation", &request.organisation)?,
            contact: read::person("contact", &request.contact)?,
            deputy: read::optional(&request.deputy, |name| read::person("deputy", name))?,
        };
        self.execute(call, id, command).await?;
        // Accepted, now or the first time, is what the request holds.
        Ok(pb::SetContactResponse {
            organisation: request.organisation.clone(),
            contact: request.contact.clone(),
            deputy: request.deputy.clone(),
        })
    }

    pub(super) async fn set_member(
        &self,
        call: &Call,
        request: &pb::SetMemberRequest,
    ) -> Result<Option<pb::Member>, Status> {
        let id = field::request_id(&request.request_id)?;
        let member = field::required("member", request.member.as_ref())?;
        let read = || {
            Ok((
                read::organisation("organisation", &member.organisation)?,
                read::person("person", &member.person)?,
                read::optional(&member.role, |text| read::code("role", text))?,
                read::optional(&member.since, |text| local::date("since", text))?,
            ))
        };
        let (organisation, person, role, since) = read().within("member")?;
        let by = authority(call);
        let command = Command::SetMember { by, organisation, person, role, since };
        let events = self.execute(call, id, command).await?;
        if let [Event::MemberSet { membership, .. }] = &*events {
            let membership = membership.as_ref();
            return Ok(membership.map(|found| show::member(organisation, person, found)));
        }
        // Nothing changed: as it is.
        let look = move |state: &State, _| state.organisations.membership(organisation, person);
        let found = self.look(call, look).await?;
        Ok(found.map(|found| show::member(organisation, person, &found)))
    }

    pub(super) async fn members(
        &self,
        call: &Call,
        request: &pb::ListMembersRequest,
    ) -> Result<pb::ListMembersResponse, Status> {
        let of: OrganisationId = read::organisation("organisation", &request.organisation)?;
        let query = ("ListMembers", of);
        let size = page::size(request.page_size)?;
        let after = page::after::<PersonId>(&request.page_token, &query)?;
        let viewer = viewer(call);
        let look = move |state: &State, _| {
            let organisations = &state.organisations;
            let found = organisations.members(of, after, size).ok_or_else(|| not_found(of))?;
            let shown = organisations.shows_inside(of, viewer);
            if shown { Ok(found) } else { Err(not_shown(of)) }
        };
        let found = self.look(call, look).await??;
        let items = found.items.iter();
        let items = items.map(|(person, part)| (*person, show::member(of, *person, part)));
        let (members, next_page_token) = page::of(items.collect(), found.next, &query);
        Ok(pb::ListMembersResponse { members, next_page_token })
    }
}
