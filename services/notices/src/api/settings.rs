//! The municipality's policy, and how people want to be told.

use dugnad_door::{Call, Within as _, field};
use dugnad_proto::notices::v1 as pb;
use tonic::Status;

use super::{Api, COORDINATOR, DESK, OFFICE, own_or, read, show};
use crate::model::{Command, State};

impl Api {
    pub(super) async fn set_policy(
        &self,
        call: &Call,
        request: pb::SetPolicyRequest,
    ) -> Result<pb::SetPolicyResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let policy = read::policy(request.policy.as_ref())?;
        self.desk.execute(call, id, Command::SetPolicy(Box::new(policy.clone()))).await?;
        Ok(pb::SetPolicyResponse { policy: Some(show::policy(&policy)) })
    }

    pub(super) async fn get_policy(
        &self,
        call: &Call,
        _: pb::GetPolicyRequest,
    ) -> Result<pb::GetPolicyResponse, Status> {
        call.must_be(OFFICE)?;
        let policy = self.desk.look(call, |state: &State, _| show::policy(&state.policy)).await?;
        Ok(pb::GetPolicyResponse { policy: Some(policy) })
    }

    pub(super) async fn set_preference(
        &self,
        call: &Call,
        request: pb::SetPreferenceRequest,
    ) -> Result<pb::SetPreferenceResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let person = own_or(call, &request.person, DESK)?;
        let preference = request.preference.as_ref().map(read::preference).transpose();
        let preference = preference.within("preference")?;
        let command = Command::SetPreference { person, preference: preference.clone() };
        self.desk.execute(call, id, command).await?;
        let preference = preference.as_ref().map(show::preference);
        Ok(pb::SetPreferenceResponse { preference })
    }

    pub(super) async fn get_preference(
        &self,
        call: &Call,
        request: pb::GetPreferenceRequest,
    ) -> Result<pb::GetPreferenceResponse, Status> {
        let person = own_or(call, &request.person, DESK)?;
        let look = move |state: &State, _| state.preference(person).map(show::preference);
        Ok(pb::GetPreferenceResponse { preference: self.desk.look(call, look).await? })
    }
}
