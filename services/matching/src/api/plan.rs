//! The planners' door: drafts made, read, changed, published.
//!
//! * `run` makes a draft: copies the problem out in short looks, solves it on a blocking thread, and
//!   stores it in commits of bounded size.
//! * `publish` makes a draft known, a command for each part.
//! * `read` takes requests apart, `show` puts answers together.

mod publish;
mod read;
mod run;
mod show;
mod store;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use dugnad_budget::{Budget as _, Clock};
use dugnad_door::{
    Call, DOMAIN, Desk, Interceptor, Role, authenticate, enter, field, page, status,
};
use dugnad_events::PlanId;
use dugnad_journal::Tenant;
use dugnad_ledger::{Error, Ledger, RequestId};
use dugnad_proto::{
    codec::HARD_LIMIT,
    matching::v1::{
        self as pb,
        plan_service_server::{PlanService, PlanServiceServer},
    },
};
use dugnad_vault::Vault;
use futures::{StreamExt as _, stream::BoxStream};
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Response, Status, service::interceptor::InterceptedService};
use tonic_types::{ErrorDetails, StatusExt as _};
use uuid::Uuid;

use crate::model::{Command, Matching, PlanCommand, Refusal, State};

/// Plans that are made at once, in all municipalities of this process.
const MOST_RUNNING: usize = 2;
/// When to come back if so many are.
const RETRY: Duration = Duration::from_secs(5);
/// Answers that wait for a slow client; progress beyond them is left out.
const WAITING: usize = 8;
/// Who may.
const OFFICE: &[Role] = &[Role::Coordinator, Role::Service];

/// The gRPC door of plans.
pub fn plan_service(
    ledger: Ledger<Matching>,
    vault: Vault,
) -> InterceptedService<PlanServiceServer<Planner>, Interceptor> {
    let server = PlanServiceServer::new(Planner::new(Desk { ledger, vault }));
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What handles each call. Cheap to clone.
#[derive(Clone)]
pub struct Planner {
    desk: Desk<Matching>,
    places: Arc<Semaphore>,
    running: Arc<Mutex<AllRunning>>,
}

/// A plan that is being made.
struct Running {
    cancelled: Clock,
    told: Notify,
}

impl Running {
    fn new() -> Self {
        // Never used up by itself.
        let cancelled = Clock::lasting(Duration::from_secs(u32::MAX.into()));
        Self { cancelled, told: Notify::new() }
    }

    fn cancel(&self) {
        self.cancelled.cancel();
        self.told.notify_one();
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.spent(0)
    }
}

type AllRunning = HashMap<(Tenant, PlanId), Arc<Running>>;
type Answer<T> = Result<Response<T>, Status>;
type Answers<T> = BoxStream<'static, Result<T, Status>>;

impl Planner {
    fn new(desk: Desk<Matching>) -> Self {
        let places = Arc::new(Semaphore::new(MOST_RUNNING));
        Self { desk, places, running: Arc::default() }
    }

    async fn execute(
        &self,
        call: &Call,
        id: RequestId,
        command: PlanCommand,
    ) -> Result<Arc<[dugnad_events::matching::Event]>, Status> {
        self.desk.execute(call, id, Command::Plan(Box::new(command))).await
    }

    /// Something of a plan; NOT_FOUND without the plan.
    async fn of_plan<R: Send + 'static>(
        &self,
        call: &Call,
        id: PlanId,
        look: impl Fn(&crate::model::Plan) -> R + Send + 'static,
    ) -> Result<R, Status> {
        let find = move |state: &State, _| state.plans.get(id).map(&look);
        let found = self.desk.look(call, find).await?;
        found.ok_or_else(|| not_found(id.to_string()))
    }

    async fn part(&self, call: &Call, plan: PlanId, at: u32) -> Result<pb::PlanPart, Status> {
        let look = move |plan: &crate::model::Plan| {
            plan.parts.get(at as usize).map(|part| show::part(plan.id, at, part))
        };
        let found = self.of_plan(call, plan, look).await?;
        found.ok_or_else(|| not_found(format!("{plan}/parts/{at}")))
    }

    /// By tenant and plan; taken out by who put it in.
    fn register(&self, tenant: &Tenant, plan: PlanId) -> Option<Arc<Running>> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (tenant.clone(), plan);
        if running.contains_key(&key) {
            return None;
        }
        let new = Arc::new(Running::new());
        running.insert(key, new.clone());
        Some(new)
    }

    fn unregister(&self, tenant: &Tenant, plan: PlanId) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(&(tenant.clone(), plan));
    }
}

/// The plan that a request makes, whenever it is repeated.
fn plan_of(request: RequestId) -> PlanId {
    PlanId(Uuid::new_v5(&request.uuid(), b"plan"))
}

/// The id of the `n`th command of a request that makes many: the same when it is repeated.
fn derived(request: RequestId, n: u32) -> RequestId {
    let whole = request.uuid().as_u128();
    let own = Uuid::new_v5(&request.uuid(), &n.to_be_bytes()).as_u128();
    let millis = u128::MAX << 80;
    // The time and the version of the request, and the variant that all have.
    let kept = millis | 0xf << 76 | 0x3 << 62;
    RequestId::new(Uuid::from_u128(whole & kept | own & !kept)).unwrap_or(request)
}

fn not_found(name: String) -> Status {
    status(&Error::Refused(Refusal::NotFound(name)))
}

fn busy() -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info("PLANNER_BUSY", DOMAIN, []);
    details.set_retry_info(Some(RETRY));
    let message = format!("{MOST_RUNNING} plans are being made; try again in a moment");
    Status::with_error_details(Code::ResourceExhausted, message, details)
}

#[tonic::async_trait]
impl PlanService for Planner {
    type PlanPeriodStream = Answers<pb::PlanPeriodResponse>;

    async fn plan_period(
        &self,
        request: Request<pb::PlanPeriodRequest>,
    ) -> Answer<Self::PlanPeriodStream> {
        let (call, request) = enter(request)?;
        call.must_be(OFFICE)?;
        let wanted = read::wanted(&request)?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| busy())?;
        let (tell, told) = mpsc::channel(WAITING);
        let task = run::Task::new(self.clone(), call, wanted, tell)?;
        tokio::spawn(async move {
            task.run().await;
            drop(place);
        });
        Ok(Response::new(ReceiverStream::new(told).boxed()))
    }

    async fn cancel_plan(
        &self,
        request: Request<pb::CancelPlanRequest>,
    ) -> Answer<pb::CancelPlanResponse> {
        let (call, request) = enter(request)?;
        call.must_be(OFFICE)?;
        let plan: PlanId = field::name("name", &request.name)?;
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let found = running.get(&(call.caller.tenant, plan));
        found.ok_or_else(|| not_found(plan.to_string()))?.cancel();
        Ok(Response::new(pb::CancelPlanResponse {}))
    }

    async fn get_plan(&self, request: Request<pb::GetPlanRequest>) -> Answer<pb::GetPlanResponse> {
        let (call, request) = enter(request)?;
        call.must_be(OFFICE)?;
        let plan = field::name("name", &request.name)?;
        let plan = self.of_plan(&call, plan, show::plan).await?;
        Ok(Response::new(pb::GetPlanResponse { plan: Some(plan) }))
    }

    async fn list_plans(
        &self,
        request: Request<pb::ListPlansRequest>,
    ) -> Answer<pb::ListPlansResponse> {
        let (call, request) = enter(request)?;
        call.must_be(OFFICE)?;
        let size = page::size(request.page_size)?;
        let after: Option<PlanId> = page::after(&request.page_token, &"ListPlans")?;
        let look = move |state: &State, _| {
            let plans = state.plans.iter().skip_while(|it| after.is_some_and(|id| it.id != id));
            let mut plans = plans.skip(after.iter().count());
            let found: Vec<_> =
                plans.by_ref().take(size).map(|plan| (plan.id, show::plan(plan))).collect();
            let more = plans.next().and(found.last().map(|(id, _)| *id));
            (found, more)
        };
        let (found, more) = self.desk.look(&call, look).await?;
        let (plans, next_page_token) = page::of(found, more, &"ListPlans");
        Ok(Response::new(pb::ListPlansResponse { plans, next_page_token }))
    }

    async fn list_plan_parts(
        &self,
        request: Request<pb::ListPlanPartsRequest>,
    ) -> Answer<pb::ListPlanPartsResponse> {
        let (call, request) = enter(request)?;
        call.must_be(OFFICE)?;
        let plan: PlanId = field::name("plan", &request.plan)?;
        let only_open = request.only_open;
        let query = ("ListPlanParts", plan, only_open);
        let size = page::size(request.page_size)?;
        let after: Option<u32> = page::after(&request.page_token, &query)?;
        let look = move |plan: &crate::model::Plan| {
            let from = after.map_or(0, |after| after.saturating_add(1));
            let parts = (from..).zip(plan.parts.get(from as usize..).unwrap_or_default());
            let mut parts = parts.filter(|(_, it)| !only_open || it.facts.person.is_none());
            let shown = |(at, part)| (at, show::part(plan.id, at, part));
            let found: Vec<_> = parts.by_ref().take(size).map(shown).collect();
            let more = parts.next().and(found.last().map(|(at, _)| *at));
            (found, more)
        };
        let (found, more) = self.of_plan(&call, plan, look).await?;
        let (parts, next_page_token) = page::of(found, more, &query);
        Ok(Response::new(pb::ListPlanPartsResponse { parts, next_page_token }))
    }

    async fn change_plan_part(
        &self,
        request: Request<pb::ChangePlanPartRequest>,
    ) -> Answer<pb::ChangePlanPartResponse> {
        let (call, request) = enter(request)?;
        call.must_be(OFFICE)?;
        let id = field::request_id(&request.request_id)?;
        let (plan, part) = read::part("name", &request.name)?;
        let person = read::person("person", &request.person)?;
        let anyway = request.anyway;
        let command = PlanCommand::ChangePart { plan, part, person, anyway };
        self.execute(&call, id, command).await?;
        let part = self.part(&call, plan, part).await?;
        Ok(Response::new(pb::ChangePlanPartResponse { part: Some(part) }))
    }

    async fn pin_plan_part(
        &self,
        request: Request<pb::PinPlanPartRequest>,
    ) -> Answer<pb::PinPlanPartResponse> {
        let (call, request) = enter(request)?;
        call.must_be(OFFICE)?;
        let id = field::request_id(&request.request_id)?;
        let (plan, part) = read::part("name", &request.name)?;
        let command = PlanCommand::PinPart { plan, part, pinned: request.pinned };
        self.execute(&call, id, command).await?;
        let part = self.part(&call, plan, part).await?;
        Ok(Response::new(pb::PinPlanPartResponse { part: Some(part) }))
    }

    type PublishPlanStream = Answers<pb::PublishPlanResponse>;

    async fn publish_plan(
        &self,
        request: Request<pb::PublishPlanRequest>,
    ) -> Answer<Self::PublishPlanStream> {
        let (call, request) = enter(request)?;
        call.must_be(OFFICE)?;
        let id = field::request_id(&request.request_id)?;
        let plan = field::name("name", &request.name)?;
        let parts = self.of_plan(&call, plan, publish::parts).await?;
        let (tell, told) = mpsc::channel(WAITING);
        let publish = publish::Publish { planner: self.clone(), call, id, plan, tell };
        // Goes on when its client has gone: half a plan known would be worse than the whole.
        tokio::spawn(publish.run(parts, request.confirmed));
        Ok(Response::new(ReceiverStream::new(told).boxed()))
    }

    async fn discard_plan(
        &self,
        request: Request<pb::DiscardPlanRequest>,
    ) -> Answer<pb::DiscardPlanResponse> {
        let (call, request) = enter(request)?;
        call.must_be(OFFICE)?;
        let id = field::request_id(&request.request_id)?;
        let plan = field::name("name", &request.name)?;
        self.execute(&call, id, PlanCommand::Discard { plan }).await?;
        Ok(Response::new(pb::DiscardPlanResponse {}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_gives_each_of_its_commands_an_id_of_its_own_and_the_same_again() {
        let request = RequestId::new(Uuid::now_v7()).unwrap();

        let ids: Vec<_> = (0..100).map(|n| derived(request, n)).collect();

        let mut apart = ids.clone();
        apart.sort_unstable();
        apart.dedup();
        assert_eq!(apart.len(), 100);
        assert!(!ids.contains(&request) && ids.iter().all(|id| id.millis() == request.millis()));
        assert_eq!(ids[7], derived(request, 7));
    }
}
