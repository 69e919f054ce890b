//! Dates at the door: searched for, looked at, moved, cancelled, arranged again.

use dugnad_calendar::Interval;
use dugnad_door::{Call, field, local, page};
use dugnad_events::OccurrenceId;
use dugnad_proto::activities::v1 as pb;
use jiff::{SignedDuration, Timestamp};
use tonic::Status;

use super::{Api, in_office, read, refused, show};
use crate::model::{Command, Key, Refusal, State};

impl Api {
    pub(super) async fn search_occurrences(
        &self,
        call: &Call,
        request: pb::SearchOccurrencesRequest,
    ) -> Result<pb::SearchOccurrencesResponse, Status> {
        let mut filter = read::filter(&request)?;
        filter.seen_by = (!in_office(call)).then_some(call.caller.id);
        let size = page::size(request.page_size)?;
        let asked = pb::SearchOccurrencesRequest {
            page_size: 0,
            page_token: String::new(),
            ..request.clone()
        };
        let query = ("SearchOccurrences", filter.seen_by, prost::Message::encode_to_vec(&asked));
        let after = page::after::<Key>(&request.page_token, &query)?;
        let caller = filter.seen_by;
        let look = move |state: &State, now| {
            let mut filter = filter.clone();
            filter.span = filter.span.or_else(|| from_now_on(now));
            state.search(&filter, after, size, |activity, occurrence| {
                show::occurrence(state, caller, activity, occurrence)
            })
        };
        let found = self.desk.look(call, look).await?;
        let (occurrences, next_page_token) = page::of(found.items, found.next, &query);
        Ok(pb::SearchOccurrencesResponse { occurrences, next_page_token })
    }

    pub(super) async fn get_occurrence(
        &self,
        call: &Call,
        request: pb::GetOccurrenceRequest,
    ) -> Result<pb::GetOccurrenceResponse, Status> {
        let id: OccurrenceId = field::name("name", &request.name)?;
        let caller = (!in_office(call)).then_some(call.caller.id);
        let look = move |state: &State, _| {
            let occurrence = state.occurrences.get(&id);
            let found = occurrence.and_then(|it| Some((state.activities.get(&it.activity)?, it)));
            let seen = found.filter(|(activity, it)| state.sees(caller, activity, it));
            let seen = seen.ok_or_else(|| Refusal::NotFound(id.to_string()));
            seen.map(|(activity, it)| show::occurrence(state, caller, activity, it))
        };
        let occurrence = self.desk.look(call, look).await?.map_err(refused)?;
        Ok(pb::GetOccurrenceResponse { occurrence: Some(occurrence) })
    }

    pub(super) async fn move_occurrence(
        &self,
        call: &Call,
        request: pb::MoveOccurrenceRequest,
    ) -> Result<pb::MoveOccurrenceResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let occurrence = field::name("name", &request.name)?;
        let start = local::date_time("start_time", &request.start_time)?;
        let minutes = request.duration.as_ref().map(read::minutes).transpose()?;
        let command = Command::Move { occurrence, start, minutes, office: in_office(call) };
        self.desk.execute(call, id, command).await?;
        Ok(pb::MoveOccurrenceResponse {})
    }

    pub(super) async fn cancel_occurrence(
        &self,
        call: &Call,
        request: pb::CancelOccurrenceRequest,
    ) -> Result<pb::CancelOccurrenceResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let occurrence = field::name("name", &request.name)?;
        let reason = read::reason(&request.reason)?;
        let command = Command::Cancel { occurrence, reason, office: in_office(call) };
        self.desk.execute(call, id, command).await?;
        Ok(pb::CancelOccurrenceResponse {})
    }

    pub(super) async fn arrange_again(
        &self,
        call: &Call,
        request: pb::ArrangeAgainRequest,
    ) -> Result<pb::ArrangeAgainResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let occurrence = field::name("name", &request.name)?;
        let command = Command::ArrangeAgain { occurrence, office: in_office(call) };
        self.desk.execute(call, id, command).await?;
        Ok(pb::ArrangeAgainResponse {})
    }

    pub(super) async fn answer_room(
        &self,
        call: &Call,
        request: pb::AnswerRoomRequest,
    ) -> Result<pb::AnswerRoomResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let occurrence = field::name("name", &request.name)?;
        let (yes, office) = (request.yes, in_office(call));
        self.desk.execute(call, id, Command::AnswerRoom { occurrence, yes, office }).await?;
        Ok(pb::AnswerRoomResponse {})
    }
}

/// What goes on now is among it.
fn from_now_on(now: Timestamp) -> Option<Interval> {
    let start = Timestamp::from_second(now.as_second()).ok()?;
    let end = start.saturating_add(SignedDuration::from_hours(400 * 24)).ok()?;
    Interval::new(start, end).ok()
}
