//! A municipality behind a real door: a journal, keys, a clock and a port of its own, and a register
//! of people beside it that says what a test wants said.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;
use dugnad_door::Role;
use dugnad_events::volunteers::{self, Giver, List, Location, Term};
use dugnad_journal::{Journal, Service, Tenant};
use dugnad_ledger::{
    Ask, Caller, Clock, Config, Context, Ledger, Model, Nothing, RequestId, Secrets,
};
use dugnad_matching::Matching;
use dugnad_proto::matching::v1::{self as pb, matching_service_client::MatchingServiceClient};
use dugnad_vault::{Master, PersonId, Vault};
use jiff::{SignedDuration, Timestamp};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Status,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Server},
};
use tonic_types::StatusExt as _;
use uuid::{NoContext, Uuid};

pub(crate) type Client = MatchingServiceClient<InterceptedService<Channel, Who>>;

/// How long something that happens by itself may take.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(20);

/// The register: it says what it is told to say.
pub(crate) enum Register {}

impl Model for Register {
    const SERVICE: &'static str = "volunteers";
    type State = ();
    type Command = Vec<volunteers::Event>;
    type Event = volunteers::Event;
    type Refusal = Never;
    type Foreign = Nothing;

    fn decide(
        (): &(),
        _: &Context,
        command: Vec<volunteers::Event>,
    ) -> Result<Vec<volunteers::Event>, Never> {
        Ok(command)
    }

    fn evolve((): &mut (), _: &volunteers::Event) {}
}

#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Never {}

/// A town of one test.
pub(crate) struct Town {
    pub(crate) ledger: Ledger<Matching>,
    pub(crate) vault: Vault,
    pub(crate) tenant: Tenant,
    register: Ledger<Register>,
    journal: Arc<dyn Journal>,
    config: Config,
    clock: Hands,
    channel: Channel,
    _dir: tempfile::TempDir,
}

/// A clock that the test sets: milliseconds since 1970.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicI64>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

#[derive(Clone)]
pub(crate) struct Who(PersonId, Role);

impl Interceptor for Who {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let metadata = request.metadata_mut();
        metadata.insert(dugnad_door::TENANT, "drammen".parse().unwrap());
        metadata.insert(dugnad_door::CALLER, self.0.0.to_string().parse().unwrap());
        metadata.insert(dugnad_door::ROLE, self.1.name().parse().unwrap());
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

impl Town {
    /// It is ten in the morning of Monday 23 November 2026, and Bragernes is known.
    pub(crate) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let journal = dugnad_harness::journal(dir.path()).await.unwrap();
        let secrets = dir.path().join("secrets");
        let vault = Vault::embedded(&dir.path().join("keys"), &secrets, &Master::Made).await;
        let (vault, _) = vault.unwrap();
        let clock = Hands::default();
        let morning: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        clock.0.store(morning.as_millisecond(), Ordering::SeqCst);
        let config = Config::new(Arc::new(Keys(vault.clone())));
        let config = Config { clock: Arc::new(clock.clone()), ..config };
        let register = Ledger::open(journal.clone(), config.clone());
        let (ledger, channel) = serve(&journal, &config, &vault).await;
        let tenant = Tenant::new("drammen").unwrap();
        let town =
            Self { ledger, vault, tenant, register, journal, config, clock, channel, _dir: dir };
        let at = Some(Location { lat: 59_745_000, lon: 10_205_000 });
        let (nb, en) = ("Bragernes".to_owned(), "Bragernes".to_owned());
        let terms = vec![Term { code: "bragernes".parse().unwrap(), nb, en, at }];
        town.says(vec![volunteers::Event::TermsSet { list: List::Areas, terms }]).await;
        town
    }

    /// Matching stops, the register says something, and matching starts again.
    pub(crate) async fn says_while_matching_is_down(&mut self, facts: Vec<volunteers::Event>) {
        self.ledger.shutdown().await;
        self.tell(facts).await;
        (self.ledger, self.channel) = serve(&self.journal, &self.config, &self.vault).await;
    }

    async fn tell(&self, facts: Vec<volunteers::Event>) -> u64 {
        let caller = Caller { tenant: self.tenant.clone(), id: Uuid::from_u128(1) };
        let request_id = RequestId::new(self.id().parse().unwrap()).unwrap();
        let ask = Ask { request_id, command: facts };
        self.register.execute(&caller, ask, None).await.unwrap().position
    }

    /// The register says something, and matching has heard it.
    pub(crate) async fn says(&self, facts: Vec<volunteers::Event>) {
        // A marker that can be seen from outside: somebody who receives, known only once it is heard.
        let marker = PersonId(Uuid::now_v7());
        let mut facts = facts;
        facts.push(volunteers::Event::PersonAdmitted {
            person: marker,
            on: "2026-11-23".parse().unwrap(),
        });
        self.tell(facts).await;
        self.until(move |state| state.people.get(marker).is_some()).await;
    }

    /// Waits until the state is as wanted.
    pub(crate) async fn until(
        &self,
        wanted: impl Fn(&dugnad_matching::model::State) -> bool + Clone + Send + 'static,
    ) {
        let wait = async {
            loop {
                let wanted = wanted.clone();
                let look = move |state: &_, _| wanted(state);
                if self.ledger.query(&self.tenant, None, look).await.is_ok_and(|it| it) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(DEADLINE, wait).await.expect("it never came to be");
    }

    pub(crate) fn later(&self, hours: i64) {
        self.clock.0.fetch_add(hours * 3_600_000, Ordering::SeqCst);
    }

    /// A request id of now, by the town's clock.
    pub(crate) fn id(&self) -> String {
        let millis = u64::try_from(self.clock.0.load(Ordering::SeqCst)).unwrap();
        let (seconds, nanos) = (millis / 1000, u32::try_from(millis % 1000).unwrap() * 1_000_000);
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos)).to_string()
    }

    pub(crate) fn client(&self, who: &str, role: Role) -> Client {
        MatchingServiceClient::with_interceptor(self.channel.clone(), Who(person(who), role))
    }

    pub(crate) fn themselves(&self, who: &str) -> Client {
        self.client(who, Role::Person)
    }

    pub(crate) fn coordinator(&self) -> Client {
        self.client("cora", Role::Coordinator)
    }

    /// A volunteer in Bragernes who was admitted.
    pub(crate) async fn volunteer(&self, name: &str) -> PersonId {
        self.says(volunteer(name)).await;
        person(name)
    }

    pub(crate) async fn kind(&self, kind: pb::Kind) {
        let request = pb::SetKindRequest { kind: Some(kind), request_id: self.id() };
        self.coordinator().set_kind(request).await.unwrap();
    }

    /// A visit so many hours from the morning, two hours long.
    pub(crate) fn visit(&self, start: i64) -> pb::Need {
        pb::Need {
            kind: "visit".to_owned(),
            area: "bragernes".to_owned(),
            times: vec![hours(start, 2)],
            ..Default::default()
        }
    }

    pub(crate) async fn post(&self, client: &mut Client, need: pb::Need) -> pb::Need {
        let request = pb::PostNeedRequest { need: Some(need), request_id: self.id() };
        client.post_need(request).await.unwrap().into_inner().need.unwrap()
    }

    /// A need for which people are asked, and all that were asked at first.
    pub(crate) async fn asked(&self, need: pb::Need, offers: usize) -> (String, Vec<pb::Offer>) {
        let mut cora = self.coordinator();
        let name = self.post(&mut cora, need).await.name;
        let request = pb::StartAskingRequest { need: name.clone(), request_id: self.id() };
        cora.start_asking(request).await.unwrap();
        (name.clone(), self.open_offers(&name, offers).await)
    }

    /// The open offers of a need, once there are so many.
    pub(crate) async fn open_offers(&self, need: &str, count: usize) -> Vec<pb::Offer> {
        let mut cora = self.coordinator();
        let request =
            pb::ListOffersRequest { need: need.to_owned(), open: true, ..Default::default() };
        let wait = async {
            loop {
                let offers = cora.list_offers(request.clone()).await.unwrap().into_inner().offers;
                if offers.len() == count {
                    return offers;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(DEADLINE, wait).await.expect("that many offers")
    }

    pub(crate) async fn get(&self, client: &mut Client, name: &str) -> Result<pb::Need, Status> {
        let request = pb::GetNeedRequest { name: name.to_owned() };
        Ok(client.get_need(request).await?.into_inner().need.unwrap())
    }

    pub(crate) fn accept(&self, offer: &pb::Offer) -> pb::AcceptOfferRequest {
        let (name, person) = (offer.name.clone(), String::new());
        pb::AcceptOfferRequest { name, person, request_id: self.id() }
    }

    pub(crate) fn assign(&self, need: &str, who: &str) -> pb::AssignRequest {
        pb::AssignRequest {
            need: need.to_owned(),
            person: person(who).to_string(),
            request_id: self.id(),
            ..Default::default()
        }
    }
}

async fn serve(
    journal: &Arc<dyn Journal>,
    config: &Config,
    vault: &Vault,
) -> (Ledger<Matching>, Channel) {
    let ledger = Ledger::<Matching>::open(journal.clone(), config.clone());
    ledger.listen(Service::new("volunteers").unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = dugnad_matching::service(ledger.clone(), vault.clone());
    let server = Server::builder().add_service(service);
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    (ledger, Channel::from_shared(url).unwrap().connect().await.unwrap())
}

pub(crate) fn person(word: &str) -> PersonId {
    PersonId(Uuid::new_v5(&Uuid::nil(), word.as_bytes()))
}

pub(crate) fn volunteer(name: &str) -> Vec<volunteers::Event> {
    let person = person(name);
    let giver = Giver {
        area: Some("bragernes".parse().unwrap()),
        reach_km: 10,
        interests: vec!["chess".parse().unwrap()],
        ..Giver::default()
    };
    let on = "2026-11-23".parse().unwrap();
    vec![
        volunteers::Event::GiverSet { person, giver: Some(giver) },
        volunteers::Event::PersonAdmitted { person, on },
    ]
}

/// Some hours after the morning, so many hours long.
pub(crate) fn hours(from: i64, length: i64) -> pb::Interval {
    let morning: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let at = |hours| {
        let at = morning + SignedDuration::from_hours(hours);
        Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 })
    };
    pb::Interval { start: at(from), end: at(from + length) }
}

/// The reason of the one `ErrorInfo`.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

/// The field that a request was refused for.
pub(crate) fn field(status: &Status) -> String {
    status.get_details_bad_request().unwrap().field_violations[0].field.clone()
}
