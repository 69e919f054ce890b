//! Agreements at the door.

use dugnad_door::{Call, field, page};
use dugnad_events::{AgreementId, volunteers::Event};
use dugnad_proto::volunteers::v1 as pb;
use jiff::civil::Date;
use tonic::Status;

use super::{Asking, COORDINATOR, no_such_event, not_found, not_shown, read, show, viewer};
use crate::model::{
    State,
    organisations::{AgreementFilter, AgreementView, Command, Phase},
};

impl Asking {
    pub(super) async fn set_agreement(
        &self,
        call: &Call,
        request: &pb::SetAgreementRequest,
    ) -> Result<pb::Agreement, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let (agreement, terms) = read::agreement(request.agreement.as_ref())?;
        let events = self.execute(call, id, Command::SetAgreement { agreement, terms }).await?;
        let set = match &*events {
            [Event::AgreementSet { agreement, terms }] => Some((*agreement, terms.clone())),
            _ => None,
        };
        let id = set.as_ref().map(|(id, _)| *id).or(agreement).ok_or_else(no_such_event)?;
        let look = move |state: &State, today| match &set {
            // As it was agreed then, whatever came after.
            Some((id, terms)) => {
                let now = state.organisations.agreement(*id, today);
                let same = |now: &AgreementView| now.terms == *terms && now.phase != Phase::Ended;
                now.filter(same).or_else(|| Some(AgreementView::new(*id, terms.clone(), today)))
            }
            None => state.organisations.agreement(id, today),
        };
        let found = self.look(call, look).await?.ok_or_else(|| not_found(id))?;
        Ok(show::agreement(found))
    }

    pub(super) async fn end_agreement(
        &self,
        call: &Call,
        request: &pb::EndAgreementRequest,
    ) -> Result<pb::EndAgreementResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let agreement = field::name("name", &request.name)?;
        let events = self.execute(call, id, Command::EndAgreement { agreement }).await?;
        match &*events {
            [Event::AgreementEnded { on, .. }] => {
                Ok(pb::EndAgreementResponse { name: request.name.clone(), until: on.to_string() })
            }
            _ => Err(no_such_event()),
        }
    }

    pub(super) async fn agreement(
        &self,
        call: &Call,
        id: AgreementId,
    ) -> Result<pb::Agreement, Status> {
        let viewer = viewer(call);
        let look = move |state: &State, today| {
            let found = state.organisations.agreement(id, today).ok_or_else(|| not_found(id))?;
            let shown = state.organisations.shows_agreement(&found, viewer);
            if shown { Ok(found) } else { Err(not_shown(id)) }
        };
        Ok(show::agreement(self.look(call, look).await??))
    }

    pub(super) async fn agreements(
        &self,
        call: &Call,
        request: &pb::ListAgreementsRequest,
    ) -> Result<pb::ListAgreementsResponse, Status> {
        let organisation =
            read::optional(&request.organisation, |name| read::organisation("organisation", name))?;
        let (to_renew, ended) = (request.to_renew, request.show_ended);
        let filter = AgreementFilter { organisation, to_renew, ended };
        let query = ("ListAgreements", organisation, to_renew, ended);
        let size = page::size(request.page_size)?;
        let after = page::after::<(Date, AgreementId)>(&request.page_token, &query)?;
        let viewer = viewer(call);
        let look = move |state: &State, today| {
            state.organisations.agreements(&filter, viewer, today, after, size)
        };
        let found = self.look(call, look).await?;
        let items = found.items.into_iter();
        let items =
            items.map(|view| ((view.terms.until, view.id), show::agreement(view))).collect();
        let (agreements, next_page_token) = page::of(items, found.next, &query);
        Ok(pb::ListAgreementsResponse { agreements, next_page_token })
    }
}
