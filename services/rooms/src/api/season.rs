//! The door of season allocation: rounds, applications, drafts, and what is published of them.
//!
//! * `run` makes a draft: copies the question out, solves it on a blocking thread, and has the answer
//!   held against the present once more.
//! * `publish` makes it known, a command a slot.
//! * `read` takes requests apart, `show` puts answers together.

mod publish;
mod read;
mod run;
mod show;

use std::{sync::Arc, time::Duration};

use dugnad_door::{Call, DOMAIN, Desk, Interceptor, authenticate, enter, field, page};
use dugnad_events::{
    SeasonApplicationId, SeasonRoundId,
    rooms::{Event, SeasonEvent},
};
use dugnad_ledger::{Ledger, RequestId};
use dugnad_proto::{
    codec::HARD_LIMIT,
    rooms::v1::{
        self as pb,
        season_service_server::{SeasonService, SeasonServiceServer},
    },
};
use dugnad_vault::Vault;
use futures::{StreamExt as _, stream::BoxStream};
use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Response, Status, service::interceptor::InterceptedService};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::{Answer, STAFF, no_such_event, not_found};
use crate::model::{Command, Name, Rooms, Round, SeasonCommand, Stage, State};

/// Seasons that are allocated at once, in all municipalities of this process.
const MOST_RUNNING: usize = 2;
/// When to come back if so many are.
const RETRY: Duration = Duration::from_secs(5);
/// Answers that wait for a slow client; progress beyond them is left out.
const WAITING: usize = 8;

/// The gRPC door of season allocation.
pub fn season_service(
    ledger: Ledger<Rooms>,
    vault: Vault,
) -> InterceptedService<SeasonServiceServer<Seasons>, Interceptor> {
    let desk = Desk { ledger, vault };
    let seasons = Seasons { desk, places: Arc::new(Semaphore::new(MOST_RUNNING)) };
    let server = SeasonServiceServer::new(seasons);
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What handles each call. Cheap to clone.
#[derive(Clone)]
pub struct Seasons {
    desk: Desk<Rooms>,
    places: Arc<Semaphore>,
}

impl Seasons {
    async fn execute(
        &self,
        call: &Call,
        id: RequestId,
        command: SeasonCommand,
    ) -> Result<Arc<[Event]>, Status> {
        self.desk.execute(call, id, Command::Season(command)).await
    }

    /// Something of a round; NOT_FOUND without it.
    async fn of_round<R: Send + 'static>(
        &self,
        call: &Call,
        id: SeasonRoundId,
        look: impl Fn(&State, &Round, Timestamp) -> R + Send + 'static,
    ) -> Result<R, Status> {
        let find =
            move |state: &State, now| state.season_round(id).map(|round| look(state, round, now));
        let found = self.desk.look(call, find).await?;
        found.ok_or_else(|| not_found(Name::SeasonRound(id)))
    }

    async fn round(&self, call: &Call, id: SeasonRoundId) -> Result<pb::SeasonRound, Status> {
        self.of_round(call, id, |state, round, now| show::round(state, round, now, true)).await
    }

    async fn set_round(
        &self,
        call: &Call,
        id: &str,
        name: Option<SeasonRoundId>,
        round: Option<&pb::SeasonRound>,
    ) -> Result<pb::SeasonRound, Status> {
        call.must_be(&STAFF)?;
        let id = field::request_id(id)?;
        let facts = Box::new(read::round(round)?);
        let events = self.execute(call, id, SeasonCommand::SetRound { round: name, facts }).await?;
        let made = events.iter().find_map(|event| match event {
            Event::Season(SeasonEvent::RoundSet { round, .. }) => Some(*round),
            _ => None,
        });
        self.round(call, made.or(name).ok_or_else(no_such_event)?).await
    }

    async fn application(
        &self,
        call: &Call,
        id: SeasonApplicationId,
    ) -> Result<pb::SeasonApplication, Status> {
        let look = move |state: &State, _| state.season_application(id).cloned();
        let found = self.desk.look(call, look).await?;
        let found = found.ok_or_else(|| not_found(Name::SeasonApplication(id)))?;
        self.shown(call, found).await
    }

    /// What is sealed is opened for who applied, for the contact, and for staff, who must reach them.
    async fn shown(
        &self,
        call: &Call,
        applied: crate::model::SeasonApplied,
    ) -> Result<pb::SeasonApplication, Status> {
        let mut details = None;
        if let Some(sealed) = &applied.details {
            let person = sealed.person();
            let me = call.caller.id;
            if me == applied.by || me == person.0 || STAFF.contains(&call.role) {
                details = self.desk.open(call, sealed).await?.map(|known| (person, known));
            }
        }
        Ok(show::application(applied, details))
    }
}

fn busy() -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info("ALLOCATOR_BUSY", DOMAIN, []);
    details.set_retry_info(Some(RETRY));
    let message = format!("{MOST_RUNNING} seasons are being allocated; try again in a moment");
    Status::with_error_details(Code::ResourceExhausted, message, details)
}

type Answers<T> = BoxStream<'static, Result<T, Status>>;

#[tonic::async_trait]
impl SeasonService for Seasons {
    async fn create_season_round(
        &self,
        request: Request<pb::CreateSeasonRoundRequest>,
    ) -> Answer<pb::CreateSeasonRoundResponse> {
        let (call, request) = enter(request)?;
        let round = request.round.as_ref();
        let round = Some(self.set_round(&call, &request.request_id, None, round).await?);
        Ok(Response::new(pb::CreateSeasonRoundResponse { round }))
    }

    async fn update_season_round(
        &self,
        request: Request<pb::UpdateSeasonRoundRequest>,
    ) -> Answer<pb::UpdateSeasonRoundResponse> {
        let (call, request) = enter(request)?;
        let round = request.round.as_ref();
        let name = round.map_or("", |round| round.name.as_str());
        let name = Some(field::name("round.name", name)?);
        let round = Some(self.set_round(&call, &request.request_id, name, round).await?);
        Ok(Response::new(pb::UpdateSeasonRoundResponse { round }))
    }

    async fn get_season_round(
        &self,
        request: Request<pb::GetSeasonRoundRequest>,
    ) -> Answer<pb::GetSeasonRoundResponse> {
        let (call, request) = enter(request)?;
        let round = Some(self.round(&call, field::name("name", &request.name)?).await?);
        Ok(Response::new(pb::GetSeasonRoundResponse { round }))
    }

    async fn list_season_rounds(
        &self,
        request: Request<pb::ListSeasonRoundsRequest>,
    ) -> Answer<pb::ListSeasonRoundsResponse> {
        let (call, request) = enter(request)?;
        let query = "ListSeasonRounds";
        let size = page::size(request.page_size)?;
        let after = page::after::<SeasonRoundId>(&request.page_token, &query)?;
        let look = move |state: &State, now| {
            let rounds = state.season_rounds();
            let shown = rounds.map(|round| (round.id, show::round(state, round, now, false)));
            slice(shown, after, size)
        };
        let (found, more) = self.desk.look(&call, look).await?;
        let (rounds, next_page_token) = page::of(found, more, &query);
        Ok(Response::new(pb::ListSeasonRoundsResponse { rounds, next_page_token }))
    }

    async fn apply_for_season(
        &self,
        request: Request<pb::ApplyForSeasonRequest>,
    ) -> Answer<pb::ApplyForSeasonResponse> {
        let (call, request) = enter(request)?;
        let wanted = read::application(&request, call.caller.id)?;
        let said = request.application.unwrap_or_default();
        let details = super::read::details(said.purpose, said.contact);
        let details = self.desk.seal(&call, wanted.person, wanted.id, &details).await?;
        let command = SeasonCommand::Apply { round: wanted.round, facts: wanted.facts, details };
        let events = self.execute(&call, wanted.id, command).await?;
        let made = events.iter().find_map(|event| match event {
            Event::Season(SeasonEvent::Applied { application, .. }) => Some(*application),
            _ => None,
        });
        let application = made.ok_or_else(no_such_event)?;
        let application = Some(self.application(&call, application).await?);
        Ok(Response::new(pb::ApplyForSeasonResponse { application }))
    }

    async fn withdraw_season_application(
        &self,
        request: Request<pb::WithdrawSeasonApplicationRequest>,
    ) -> Answer<pb::WithdrawSeasonApplicationResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let application = field::name("name", &request.name)?;
        let office = STAFF.contains(&call.role);
        self.execute(&call, id, SeasonCommand::Withdraw { application, office }).await?;
        Ok(Response::new(pb::WithdrawSeasonApplicationResponse {}))
    }

    async fn list_season_applications(
        &self,
        request: Request<pb::ListSeasonApplicationsRequest>,
    ) -> Answer<pb::ListSeasonApplicationsResponse> {
        let (call, request) = enter(request)?;
        let id: SeasonRoundId = field::name("round", &request.round)?;
        let (staff, me) = (STAFF.contains(&call.role), call.caller.id);
        let query = ("ListSeasonApplications", id, staff, me);
        let size = page::size(request.page_size)?;
        let after = page::after::<SeasonApplicationId>(&request.page_token, &query)?;
        let look = move |state: &State, round: &Round, _| {
            let all = round.applications.iter().filter_map(|id| state.season_application(*id));
            let shown = all.filter(|it| staff || it.by == me).map(|it| (it.id, it.clone()));
            slice(shown, after, size)
        };
        let (found, more) = self.of_round(&call, id, look).await?;
        let mut items = Vec::with_capacity(found.len());
        for (id, applied) in found {
            items.push((id, self.shown(&call, applied).await?));
        }
        let (applications, next_page_token) = page::of(items, more, &query);
        Ok(Response::new(pb::ListSeasonApplicationsResponse { applications, next_page_token }))
    }

    type AllocateSeasonStream = Answers<pb::AllocateSeasonResponse>;

    async fn allocate_season(
        &self,
        request: Request<pb::AllocateSeasonRequest>,
    ) -> Answer<Self::AllocateSeasonStream> {
        let (call, request) = enter(request)?;
        call.must_be(&STAFF)?;
        let round = field::name("round", &request.round)?;
        let budget = read::budget(request.budget)?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| busy())?;
        let (tell, told) = mpsc::channel(WAITING);
        let run = run::Run { seasons: self.clone(), call, round, budget, tell };
        tokio::spawn(async move {
            run.run().await;
            drop(place);
        });
        Ok(Response::new(ReceiverStream::new(told).boxed()))
    }

    async fn list_season_grants(
        &self,
        request: Request<pb::ListSeasonGrantsRequest>,
    ) -> Answer<pb::ListSeasonGrantsResponse> {
        let (call, request) = enter(request)?;
        let id: SeasonRoundId = field::name("round", &request.round)?;
        let staff = STAFF.contains(&call.role);
        let query = ("ListSeasonGrants", id);
        let size = page::size(request.page_size)?;
        let after = page::after::<u32>(&request.page_token, &query)?;
        let look = move |state: &State, round: &Round, now| {
            let known = staff || round.stage(now) == Stage::Published;
            let draft = round.draft.as_ref().filter(|_| known);
            let grants = draft.into_iter().flat_map(|draft| &draft.grants);
            let shown = grants.map(|(slot, it)| (*slot, show::grant(state, round, *slot, it)));
            slice(shown, after, size)
        };
        let (found, more) = self.of_round(&call, id, look).await?;
        let (grants, next_page_token) = page::of(found, more, &query);
        Ok(Response::new(pb::ListSeasonGrantsResponse { grants, next_page_token }))
    }

    async fn list_unmet_wishes(
        &self,
        request: Request<pb::ListUnmetWishesRequest>,
    ) -> Answer<pb::ListUnmetWishesResponse> {
        let (call, request) = enter(request)?;
        let id: SeasonRoundId = field::name("round", &request.round)?;
        let (staff, me) = (STAFF.contains(&call.role), call.caller.id);
        let query = ("ListUnmetWishes", id, staff, me);
        let size = page::size(request.page_size)?;
        let after = page::after::<(SeasonApplicationId, u32)>(&request.page_token, &query)?;
        let look = move |state: &State, round: &Round, now| {
            let known = staff || round.stage(now) == Stage::Published;
            let unmet = state.season_unmet(now, round.id).filter(|_| known).unwrap_or_default();
            let theirs = unmet.into_iter().filter(|it| {
                let by = state.season_application(it.application).map(|it| it.by);
                staff || by == Some(me)
            });
            let shown =
                theirs.map(|it| ((it.application, it.slot), show::unmet(state, round.id, &it)));
            slice(shown, after, size)
        };
        let (found, more) = self.of_round(&call, id, look).await?;
        let (wishes, next_page_token) = page::of(found, more, &query);
        Ok(Response::new(pb::ListUnmetWishesResponse { wishes, next_page_token }))
    }

    async fn set_season_grant(
        &self,
        request: Request<pb::SetSeasonGrantRequest>,
    ) -> Answer<pb::SetSeasonGrantResponse> {
        let (call, request) = enter(request)?;
        call.must_be(&STAFF)?;
        let id = field::request_id(&request.request_id)?;
        let (round, slot) = read::slot("slot", &request.slot)?;
        let application = match request.application.as_str() {
            "" => None,
            name => Some(field::name("application", name)?),
        };
        let pinned = request.pinned;
        let command = SeasonCommand::SetGrant { round, slot, application, pinned };
        self.execute(&call, id, command).await?;
        Ok(Response::new(pb::SetSeasonGrantResponse {}))
    }

    async fn move_season_grant(
        &self,
        request: Request<pb::MoveSeasonGrantRequest>,
    ) -> Answer<pb::MoveSeasonGrantResponse> {
        let (call, request) = enter(request)?;
        call.must_be(&STAFF)?;
        let id = field::request_id(&request.request_id)?;
        let (round, from) = read::slot("from", &request.from)?;
        let to = read::slot_of(round, "to", &request.to)?;
        self.execute(&call, id, SeasonCommand::MoveGrant { round, from, to }).await?;
        Ok(Response::new(pb::MoveSeasonGrantResponse {}))
    }

    type PublishSeasonStream = Answers<pb::PublishSeasonResponse>;

    async fn publish_season(
        &self,
        request: Request<pb::PublishSeasonRequest>,
    ) -> Answer<Self::PublishSeasonStream> {
        let (call, request) = enter(request)?;
        call.must_be(&STAFF)?;
        let round = field::name("round", &request.round)?;
        let slots = self.of_round(&call, round, |_, round, _| publish::slots(round)).await?;
        let (tell, told) = mpsc::channel(WAITING);
        let publish = publish::Publish { seasons: self.clone(), call, round, tell };
        // Goes on when its client has gone: half a season known would be worse than the whole.
        tokio::spawn(publish.run(slots));
        Ok(Response::new(ReceiverStream::new(told).boxed()))
    }
}

/// Some of many, each with its key, after one of them; and the key to go on after, if there are more.
fn slice<K: Copy + PartialEq, T>(
    all: impl Iterator<Item = (K, T)>,
    after: Option<K>,
    size: usize,
) -> (Vec<(K, T)>, Option<K>) {
    let all = all.skip_while(|(key, _)| after.is_some_and(|after| *key != after));
    let mut rest = all.skip(after.iter().count());
    let found: Vec<_> = rest.by_ref().take(size).collect();
    let more = rest.next().and(found.last().map(|(key, _)| *key));
    (found, more)
}
