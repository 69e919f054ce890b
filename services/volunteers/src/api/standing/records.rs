//! What was shown and signed.

use dugnad_door::{Call, local};
use dugnad_proto::volunteers::v1 as pb;
use tonic::Status;

use super::{COORDINATOR, Door, own_or, read};
use crate::model::standing::Command;

impl Door {
    pub(super) async fn record_check(
        &self,
        call: &Call,
        request: pb::RecordCheckRequest,
    ) -> Result<pb::RecordCheckResponse, Status> {
        call.must_be(COORDINATOR)?;
        let person = read::person("person", &request.person)?;
        let on = local::date("shown_date", &request.shown_date)?;
        let to = read::somebody("shown_to", &request.shown_to, call.caller.id)?;
        self.change(call, &request.request_id, Command::RecordCheck { person, on, to }).await?;
        Ok(pb::RecordCheckResponse {})
    }

    pub(super) async fn withdraw_check(
        &self,
        call: &Call,
        request: pb::WithdrawCheckRequest,
    ) -> Result<pb::WithdrawCheckResponse, Status> {
        call.must_be(COORDINATOR)?;
        let person = read::person("person", &request.person)?;
        self.change(call, &request.request_id, Command::WithdrawCheck { person }).await?;
        Ok(pb::WithdrawCheckResponse {})
    }

    pub(super) async fn sign_confidentiality(
        &self,
        call: &Call,
        request: pb::SignConfidentialityRequest,
    ) -> Result<pb::SignConfidentialityResponse, Status> {
        let person = read::person("person", &request.person)?;
        own_or(call, person, COORDINATOR)?;
        let on = local::date("signed_date", &request.signed_date)?;
        self.change(call, &request.request_id, Command::SignConfidentiality { person, on }).await?;
        Ok(pb::SignConfidentialityResponse {})
    }
}
