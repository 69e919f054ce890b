//! A municipality with volunteers and needs, behind the real doors of matching.

use std::sync::Arc;

use async_trait::async_trait;
use dugnad_events::{matching::Fact, volunteers::Giver};
use dugnad_journal::{Journal, Tenant};
use dugnad_ledger::{Ask, Caller, Config, Ledger, RequestId, Secrets};
use dugnad_matching::{
    Matching,
    model::{Command, State},
};
use dugnad_proto::matching::v1::{
    self as pb, matching_service_client::MatchingServiceClient,
    plan_service_client::PlanServiceClient,
};
use dugnad_vault::{Master, PersonId, Vault};
use futures::TryStreamExt as _;
use jiff::Timestamp;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Status, Streaming,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Server},
};
use tonic_types::StatusExt as _;
use uuid::Uuid;

pub(crate) type Plans = PlanServiceClient<InterceptedService<Channel, Who>>;
pub(crate) type Needs = MatchingServiceClient<InterceptedService<Channel, Who>>;

/// As what one calls.
#[derive(Clone)]
pub(crate) struct Who(pub(crate) &'static str);

impl Interceptor for Who {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let metadata = request.metadata_mut();
        metadata.insert(dugnad_door::TENANT, "drammen".parse().unwrap());
        metadata.insert(dugnad_door::CALLER, Uuid::from_u128(7).to_string().parse().unwrap());
        metadata.insert(dugnad_door::ROLE, self.0.parse().unwrap());
        Ok(request)
    }
}

struct Keys(Vault);

#[async_trait]
impl Secrets for Keys {
    async fn digest_key(&self, tenant: &Tenant) -> Result<[u8; 32], String> {
        self.0.digest_key(tenant.as_str()).await.map_err(|error| error.to_string())
    }
}

/// A town of one test: its own journal, keys and port, gone with it.
pub(crate) struct Town {
    pub(crate) ledger: Ledger<Matching>,
    pub(crate) plans: Plans,
    pub(crate) needs: Needs,
    channel: Channel,
    ground: Ground,
}

/// What outlives a restart.
struct Ground {
    journal: Arc<dyn Journal>,
    vault: Vault,
    _dir: tempfile::TempDir,
}

impl Town {
    pub(crate) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let journal = dugnad_harness::journal(dir.path()).await.unwrap();
        let secrets = dir.path().join("secrets");
        let vault = Vault::embedded(&dir.path().join("keys"), &secrets, &Master::Made).await;
        let (vault, _) = vault.unwrap();
        Self::on(Ground { journal, vault, _dir: dir }).await
    }

    async fn on(ground: Ground) -> Self {
        let config = Config::new(Arc::new(Keys(ground.vault.clone())));
        let ledger = Ledger::<Matching>::open(ground.journal.clone(), config);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let vault = ground.vault.clone();
        let server = Server::builder()
            .add_service(dugnad_matching::service(ledger.clone(), vault.clone()))
            .add_service(dugnad_matching::plan_service(ledger.clone(), vault));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
        let who = Who("coordinator");
        let plans = PlanServiceClient::with_interceptor(channel.clone(), who.clone());
        let needs = MatchingServiceClient::with_interceptor(channel.clone(), who);
        Self { ledger, plans, needs, channel, ground }
    }

    /// The same journal, read from its start.
    pub(crate) async fn reopened(self) -> Self {
        self.ledger.shutdown().await;
        Self::on(self.ground).await
    }

    pub(crate) fn plans_as(&self, role: &'static str) -> Plans {
        PlanServiceClient::with_interceptor(self.channel.clone(), Who(role))
    }

    /// As if the register had said so.
    pub(crate) async fn hear(&self, facts: Vec<Fact>) {
        let tenant = Tenant::new("drammen").unwrap();
        let caller = Caller { tenant, id: Uuid::from_u128(7) };
        let ask = |fact| {
            let request_id = RequestId::new(Uuid::now_v7()).unwrap();
            Ask { request_id, command: Command::Hear(fact) }
        };
        let asks = facts.into_iter().map(ask).collect();
        for outcome in self.ledger.execute_many(&caller, asks, None).await.unwrap() {
            outcome.unwrap();
        }
    }

    /// Volunteers who can be asked for anything at any time.
    pub(crate) async fn volunteers(&self, names: &[&str]) {
        let facts = names.iter().flat_map(|name| volunteer(name, Giver::default()));
        self.hear(facts.collect()).await;
    }

    pub(crate) async fn look<R: Send + 'static>(
        &self,
        look: impl Fn(&State) -> R + Send + 'static,
    ) -> R {
        let tenant = Tenant::new("drammen").unwrap();
        self.ledger.query(&tenant, None, move |state, _| look(state)).await.unwrap()
    }

    /// Somebody is wanted on a day some days ahead, for an hour from this hour on.
    pub(crate) async fn need(&mut self, heads: i32, times: &[(i64, i64)]) -> String {
        let times = times.iter().map(|(day, hour)| hour_of(*day, *hour)).collect();
        let kind = "visiting-friend".to_owned();
        let need = Some(pb::Need { kind, heads, times, ..Default::default() });
        let request = pb::PostNeedRequest { need, request_id: id() };
        self.needs.post_need(request).await.unwrap().into_inner().need.unwrap().name
    }

    pub(crate) async fn begin(
        &mut self,
        request: pb::PlanPeriodRequest,
    ) -> Result<Streaming<pb::PlanPeriodResponse>, Status> {
        Ok(self.plans.plan_period(request).await?.into_inner())
    }

    /// The draft of the next weeks.
    pub(crate) async fn plan(&mut self, request: pb::PlanPeriodRequest) -> pb::Plan {
        let answers = self.begin(request).await.unwrap();
        let answers: Vec<_> = answers.try_collect().await.unwrap();
        let last = answers.last().unwrap();
        assert!(answers.iter().all(|answer| answer.name == last.name));
        assert!(answers[..answers.len() - 1].iter().all(|answer| answer.plan.is_none()));
        last.plan.clone().unwrap()
    }

    pub(crate) async fn parts(&mut self, plan: &pb::Plan) -> Vec<pb::PlanPart> {
        let (plan, page_size) = (plan.name.clone(), 1000);
        let request = pb::ListPlanPartsRequest { plan, page_size, ..Default::default() };
        self.plans.list_plan_parts(request).await.unwrap().into_inner().parts
    }

    pub(crate) async fn publish(
        &mut self,
        request: pb::PublishPlanRequest,
    ) -> Result<Vec<pb::PlanPart>, Status> {
        let answers = self.plans.publish_plan(request).await?.into_inner();
        let answers: Vec<_> = answers.try_collect().await?;
        Ok(answers.into_iter().flat_map(|answer| answer.parts).collect())
    }

    /// Who comes to a need.
    pub(crate) async fn who(&mut self, need: &str) -> Vec<String> {
        let request = pb::ListAssignmentsRequest { need: need.to_owned(), ..Default::default() };
        let found = self.needs.list_assignments(request).await.unwrap().into_inner();
        found.assignments.into_iter().map(|it| it.person).collect()
    }
}

pub(crate) fn person(name: &str) -> PersonId {
    PersonId(Uuid::new_v5(&Uuid::nil(), name.as_bytes()))
}

/// What the register says of somebody who gives.
pub(crate) fn volunteer(name: &str, giver: Giver) -> [Fact; 3] {
    let person = person(name);
    let told = Fact::Person { person, ages: None, gender: None };
    [told, Fact::Giver { person, giver: Some(giver) }, Fact::Admitted(person)]
}

/// A request id for one intent.
pub(crate) fn id() -> String {
    Uuid::now_v7().to_string()
}

fn today() -> i64 {
    let now = RequestId::new(Uuid::now_v7()).unwrap().millis();
    Timestamp::from_millisecond(now).unwrap().as_second() / 86_400 * 86_400
}

pub(crate) fn span(from: i64, to: i64) -> pb::Interval {
    let at = |seconds| Some(prost_types::Timestamp { seconds: today() + seconds, nanos: 0 });
    pb::Interval { start: at(from), end: at(to) }
}

fn hour_of(day: i64, hour: i64) -> pb::Interval {
    let start = day * 86_400 + hour * 3600;
    span(start, start + 3600)
}

/// The next four weeks.
pub(crate) fn weeks() -> pb::PlanPeriodRequest {
    let period = Some(span(0, 28 * 86_400));
    pb::PlanPeriodRequest { period, request_id: id(), ..Default::default() }
}

pub(crate) fn publish(plan: &pb::Plan, confirmed: bool) -> pb::PublishPlanRequest {
    pb::PublishPlanRequest { name: plan.name.clone(), confirmed, request_id: id() }
}

pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}
