//! Offers, assignments and places, a page at a time.

use dugnad_door::{Call, Role, field, page};
use dugnad_events::{AssignmentId, NeedId, OfferId};
use dugnad_proto::matching::v1 as pb;
use dugnad_vault::PersonId;
use jiff::Timestamp;
use tonic::Status;

use super::{Api, MATCHMAKERS, OFFICE, read, refused, show};
use crate::model::{PlaceKey, Refusal, State};

/// Whose list is asked for: of a need, or of a person.
#[derive(Clone, Copy, serde::Serialize)]
enum Of {
    Need(NeedId),
    Person(PersonId),
}

/// The caller's own list is theirs to see; others' are for some roles.
fn of(
    call: &Call,
    need: &str,
    person: &str,
    roles_of_need: &[Role],
    roles_of_others: &[Role],
) -> Result<Of, Status> {
    if !need.is_empty() {
        call.must_be(roles_of_need)?;
        return Ok(Of::Need(field::name("need", need)?));
    }
    let own = PersonId(call.caller.id);
    let person = read::person_if_any("person", person)?.unwrap_or(own);
    if person != own {
        call.must_be(roles_of_others)?;
    }
    Ok(Of::Person(person))
}

impl Api {
    pub(super) async fn list_offers(
        &self,
        call: &Call,
        request: pb::ListOffersRequest,
    ) -> Result<pb::ListOffersResponse, Status> {
        let of = of(call, &request.need, &request.person, MATCHMAKERS, MATCHMAKERS)?;
        let query = ("ListOffers", of, request.open);
        let size = page::size(request.page_size)?;
        let after = page::after::<(Timestamp, OfferId)>(&request.page_token, &query)?;
        let look = move |state: &State, now| {
            let ids: Vec<_> = match of {
                Of::Need(id) => {
                    let not_found = || Refusal::NotFound(id.to_string());
                    let need = state.needs.get(&id).ok_or_else(not_found)?;
                    need.offers.iter().copied().collect()
                }
                Of::Person(person) => state.offers_to(person),
            };
            let open_at = request.open.then_some(now);
            let found = state.list_offers(ids.into_iter(), open_at, after, size);
            let items = found.items.into_iter();
            let items: Vec<_> =
                items.map(|(key, it)| (key, show::offer(state, key.1, &it))).collect();
            Ok::<_, Refusal>((items, found.next))
        };
        let (items, next) = self.desk.look(call, look).await?.map_err(refused)?;
        let (offers, next_page_token) = page::of(items, next, &query);
        Ok(pb::ListOffersResponse { offers, next_page_token })
    }

    pub(super) async fn list_assignments(
        &self,
        call: &Call,
        request: pb::ListAssignmentsRequest,
    ) -> Result<pb::ListAssignmentsResponse, Status> {
        let of = of(call, &request.need, &request.person, OFFICE, MATCHMAKERS)?;
        let query = ("ListAssignments", of, request.show_ended);
        let size = page::size(request.page_size)?;
        let after = page::after::<(Timestamp, AssignmentId)>(&request.page_token, &query)?;
        let look = move |state: &State, _| {
            let ids: Vec<_> = match of {
                Of::Need(id) if !state.needs.contains_key(&id) => {
                    return Err(Refusal::NotFound(id.to_string()));
                }
                Of::Need(id) => state.assignments_of(id).collect(),
                Of::Person(person) => {
                    let known = state.people.get(person).into_iter();
                    known.flat_map(|known| known.came.iter().copied()).collect()
                }
            };
            let found = state.list_assignments(ids.into_iter(), request.show_ended, after, size);
            let items = found.items.into_iter();
            let items: Vec<_> =
                items.map(|(key, it)| (key, show::assignment(state, key.1, &it))).collect();
            Ok((items, found.next))
        };
        let (items, next) = self.desk.look(call, look).await?.map_err(refused)?;
        let (assignments, next_page_token) = page::of(items, next, &query);
        Ok(pb::ListAssignmentsResponse { assignments, next_page_token })
    }

    pub(super) async fn list_open_places(
        &self,
        call: &Call,
        request: pb::ListOpenPlacesRequest,
    ) -> Result<pb::ListOpenPlacesResponse, Status> {
        let own = PersonId(call.caller.id);
        let person = read::person_if_any("person", &request.person)?.unwrap_or(own);
        if person != own {
            call.must_be(super::COORDINATOR)?;
        }
        let query = ("ListOpenPlaces", person);
        let size = page::size(request.page_size)?;
        let after = page::after::<PlaceKey>(&request.page_token, &query)?;
        let look = move |state: &State, now| state.open_places(person, now, after, size);
        let found = self.desk.look(call, look).await?;
        let items = found.items.into_iter();
        let items = items.map(|(key, place)| (key, show::place(&place))).collect();
        let (places, next_page_token) = page::of(items, found.next, &query);
        Ok(pb::ListOpenPlacesResponse { places, next_page_token })
    }

    pub(super) async fn list_alarms(
        &self,
        call: &Call,
        request: pb::ListAlarmsRequest,
    ) -> Result<pb::ListAlarmsResponse, Status> {
        call.must_be(MATCHMAKERS)?;
        let query = "ListAlarms";
        let size = page::size(request.page_size)?;
        let before = page::after::<usize>(&request.page_token, &query)?;
        let look = move |state: &State, _| {
            let end = before.map_or(state.alarms.len(), |at| at.min(state.alarms.len()));
            let start = end.saturating_sub(size);
            let latest = (start..end).zip(&state.alarms[start..end]).rev();
            let items: Vec<_> = latest.map(|(at, alarm)| (at, show::alarm(alarm))).collect();
            (items, (start > 0).then_some(start))
        };
        let (items, next) = self.desk.look(call, look).await?;
        let (alarms, next_page_token) = page::of(items, next, &query);
        Ok(pb::ListAlarmsResponse { alarms, next_page_token })
    }
}
