//! Lists, page by page.

use dugnad_door::{Call, Role, page};
use dugnad_events::UnitId;
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;
use jiff::Timestamp;
use tonic::Status;

use super::{
    Api, read,
    show::{self, Shown},
};
use crate::model::{
    State,
    people::{Part, Sight},
};

impl Api {
    pub(super) async fn terms(
        &self,
        call: &Call,
        request: &pb::ListTermsRequest,
    ) -> Result<pb::ListTermsResponse, Status> {
        let (list, retired) = (read::list(request.list)?, request.show_retired);
        let query = ("ListTerms", list, retired);
        let size = page::size(request.page_size)?;
        let after = page::after::<usize>(&request.page_token, &query)?.unwrap_or_default();
        let look = move |state: &State, _| state.people.terms(list, retired, after, size);
        let found = self.desk.look(call, look).await?;
        let items = (after + 1..).zip(found.items);
        let items = items.map(|(count, (term, retired))| (count, show::term(term, retired)));
        let (terms, next_page_token) = page::of(items.collect(), found.next, &query);
        Ok(pb::ListTermsResponse { terms, next_page_token })
    }

    pub(super) async fn units(
        &self,
        call: &Call,
        request: &pb::ListUnitsRequest,
    ) -> Result<pb::ListUnitsResponse, Status> {
        call.must_be(&[Role::Staff, Role::Coordinator, Role::Service])?;
        let query = "ListUnits";
        let size = page::size(request.page_size)?;
        let after = page::after::<UnitId>(&request.page_token, &query)?;
        let look = move |state: &State, _| state.people.units(after, size);
        let found = self.desk.look(call, look).await?;
        let items = found.items.into_iter().map(|unit| (unit.id, show::unit(unit)));
        let (units, next_page_token) = page::of(items.collect(), found.next, &query);
        Ok(pb::ListUnitsResponse { units, next_page_token })
    }

    pub(super) async fn list(
        &self,
        call: &Call,
        request: &pb::ListPeopleRequest,
    ) -> Result<pb::ListPeopleResponse, Status> {
        call.must_be(&[Role::Staff, Role::Coordinator, Role::Service])?;
        let mut filter = read::filter(request)?;
        let query = (
            ("ListPeople", call.role.name(), filter.part, &request.area),
            (request.standing, request.state, &request.unit),
        );
        let size = page::size(request.page_size)?;
        let after = page::after::<PersonId>(&request.page_token, &query)?;
        let sight = if call.role == Role::Staff { Sight::Received } else { Sight::Facts };
        if sight == Sight::Received {
            if filter.part == Some(Part::Giver) {
                call.must_be(&[Role::Coordinator, Role::Service])?;
            }
            filter.part = Some(Part::Receiver);
        }
        let look = move |state: &State, now: Timestamp| {
            state.people.list(&filter, sight, after, size, now)
        };
        let found = self.desk.look(call, look).await?;
        let items = found.items.into_iter();
        let items = items.map(|view| (view.id, show::person(view, Shown::default())));
        let (people, next_page_token) = page::of(items.collect(), found.next, &query);
        Ok(pb::ListPeopleResponse { people, next_page_token })
    }
}
