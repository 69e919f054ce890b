//! Each call, translated.

use dugnad_door::{Desk, enter, field};
use dugnad_proto::volunteers::v1::{
    self as pb, organisations_service_server::OrganisationsService,
};
use tonic::{Request, Response, Status};

use super::{Asking, show};
use crate::model::Volunteers;

/// What handles each call. Cheap to clone.
#[derive(Clone)]
pub(in crate::api) struct Api(Asking);

type Answer<T> = Result<Response<T>, Status>;

impl Api {
    pub(in crate::api) fn new(desk: Desk<Volunteers>) -> Self {
        Self(Asking { desk })
    }
}

#[tonic::async_trait]
impl OrganisationsService for Api {
    async fn import_organisations(
        &self,
        request: Request<pb::ImportOrganisationsRequest>,
    ) -> Answer<pb::ImportOrganisationsResponse> {
        let (call, request) = enter(request)?;
        self.0.import(&call, &request).await.map(Response::new)
    }

    async fn create_organisation(
        &self,
        request: Request<pb::CreateOrganisationRequest>,
    ) -> Answer<pb::CreateOrganisationResponse> {
        let (call, request) = enter(request)?;
        let organisation = Some(self.0.create(&call, &request).await?);
        Ok(Response::new(pb::CreateOrganisationResponse { organisation }))
    }

    async fn update_organisation(
        &self,
        request: Request<pb::UpdateOrganisationRequest>,
    ) -> Answer<pb::UpdateOrganisationResponse> {
        let (call, request) = enter(request)?;
        let organisation = Some(self.0.update(&call, &request).await?);
        Ok(Response::new(pb::UpdateOrganisationResponse { organisation }))
    }

    async fn get_organisation(
        &self,
        request: Request<pb::GetOrganisationRequest>,
    ) -> Answer<pb::GetOrganisationResponse> {
        let (call, request) = enter(request)?;
        let found = self.0.organisation(&call, field::name("name", &request.name)?).await?;
        let organisation = Some(show::organisation(found));
        Ok(Response::new(pb::GetOrganisationResponse { organisation }))
    }

    async fn list_organisations(
        &self,
        request: Request<pb::ListOrganisationsRequest>,
    ) -> Answer<pb::ListOrganisationsResponse> {
        let (call, request) = enter(request)?;
        self.0.list(&call, &request).await.map(Response::new)
    }

    async fn set_contact(
        &self,
        request: Request<pb::SetContactRequest>,
    ) -> Answer<pb::SetContactResponse> {
        let (call, request) = enter(request)?;
        self.0.set_contact(&call, &request).await.map(Response::new)
    }

    async fn set_member(
        &self,
        request: Request<pb::SetMemberRequest>,
    ) -> Answer<pb::SetMemberResponse> {
        let (call, request) = enter(request)?;
        let member = self.0.set_member(&call, &request).await?;
        Ok(Response::new(pb::SetMemberResponse { member }))
    }

    async fn list_members(
        &self,
        request: Request<pb::ListMembersRequest>,
    ) -> Answer<pb::ListMembersResponse> {
        let (call, request) = enter(request)?;
        self.0.members(&call, &request).await.map(Response::new)
    }

    async fn set_team(&self, request: Request<pb::SetTeamRequest>) -> Answer<pb::SetTeamResponse> {
        let (call, request) = enter(request)?;
        let team = Some(self.0.set_team(&call, &request).await?);
        Ok(Response::new(pb::SetTeamResponse { team }))
    }

    async fn end_team(&self, request: Request<pb::EndTeamRequest>) -> Answer<pb::EndTeamResponse> {
        let (call, request) = enter(request)?;
        let name = self.0.end_team(&call, &request).await?;
        Ok(Response::new(pb::EndTeamResponse { name }))
    }

    async fn get_team(&self, request: Request<pb::GetTeamRequest>) -> Answer<pb::GetTeamResponse> {
        let (call, request) = enter(request)?;
        let team = Some(self.0.team(&call, field::name("name", &request.name)?).await?);
        Ok(Response::new(pb::GetTeamResponse { team }))
    }

    async fn list_teams(
        &self,
        request: Request<pb::ListTeamsRequest>,
    ) -> Answer<pb::ListTeamsResponse> {
        let (call, request) = enter(request)?;
        self.0.teams(&call, &request).await.map(Response::new)
    }

    async fn set_agreement(
        &self,
        request: Request<pb::SetAgreementRequest>,
    ) -> Answer<pb::SetAgreementResponse> {
        let (call, request) = enter(request)?;
        let agreement = Some(self.0.set_agreement(&call, &request).await?);
        Ok(Response::new(pb::SetAgreementResponse { agreement }))
    }

    async fn end_agreement(
        &self,
        request: Request<pb::EndAgreementRequest>,
    ) -> Answer<pb::EndAgreementResponse> {
        let (call, request) = enter(request)?;
        self.0.end_agreement(&call, &request).await.map(Response::new)
    }

    async fn get_agreement(
        &self,
        request: Request<pb::GetAgreementRequest>,
    ) -> Answer<pb::GetAgreementResponse> {
        let (call, request) = enter(request)?;
        let agreement = Some(self.0.agreement(&call, field::name("name", &request.name)?).await?);
        Ok(Response::new(pb::GetAgreementResponse { agreement }))
    }

    async fn list_agreements(
        &self,
        request: Request<pb::ListAgreementsRequest>,
    ) -> Answer<pb::ListAgreementsResponse> {
        let (call, request) = enter(request)?;
        self.0.agreements(&call, &request).await.map(Response::new)
    }
}
