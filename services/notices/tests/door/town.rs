//! A municipality behind a real door: a journal, keys and a clock of its own; services beside it
//! that say what a test wants said; a register that knows how people are reached; and ways out
//! that fail as a test wants them to.

use std::{
    collections::{HashMap, VecDeque},
    marker::PhantomData,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use axum::{Router, body::Body};
use dugnad_calendar::Interval;
use dugnad_door::Role;
use dugnad_events::{
    AssignmentId, BookingId, FacilityId, NeedId, OfferId, RoomId, matching, rooms, volunteers,
};
use dugnad_journal::{Journal, Service, Tenant};
use dugnad_ledger::{
    Ask, Caller, Clock, Config, Context, Ledger, Model, Nothing, RequestId, Secrets,
};
use dugnad_notices::{
    Channels, Contact, Contacts, Failure, Notices, Outgoing, Provider, Sender, Settings,
};
use dugnad_proto::notices::v1::{self as pb, notices_service_client::NoticesServiceClient};
use dugnad_vault::{Master, PersonId, Vault};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use serde::{Serialize, de::DeserializeOwned};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Status,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Server},
};
use tonic_types::StatusExt as _;
use tower::ServiceExt as _;
use uuid::{NoContext, Uuid};

pub(crate) type Client = NoticesServiceClient<InterceptedService<Channel, Who>>;

/// How long something that happens by itself may take.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(20);

/// What gateways sign with here.
pub(crate) const SECRET: &str = "a secret of the gateway";

/// Another service: it says what it is told to say.
pub(crate) struct Says<E>(PhantomData<E>);

pub(crate) trait Said:
    Clone + Serialize + DeserializeOwned + Send + Sync + std::fmt::Debug + 'static
{
    const SERVICE: &'static str;
}

impl Said for matching::Event {
    const SERVICE: &'static str = "matching";
}

impl Said for rooms::Event {
    const SERVICE: &'static str = "rooms";
}

impl Said for volunteers::Event {
    const SERVICE: &'static str = "volunteers";
}

impl<E: Said> Model for Says<E> {
    const SERVICE: &'static str = E::SERVICE;
    type State = ();
    type Command = Vec<E>;
    type Event = E;
    type Refusal = Never;
    type Foreign = Nothing;

    fn decide((): &(), _: &Context, command: Vec<E>) -> Result<Vec<E>, Never> {
        Ok(command)
    }

    fn evolve((): &mut (), _: &E) {}
}

#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Never {}

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

/// The register's knowledge, and how often it was asked about whom.
#[derive(Clone, Default)]
pub(crate) struct Register(Arc<Mutex<Asked>>);

#[derive(Default)]
struct Asked {
    known: HashMap<PersonId, Contact>,
    of: Vec<PersonId>,
}

#[async_trait]
impl Contacts for Register {
    async fn contacts(
        &self,
        _: &Tenant,
        people: &[PersonId],
    ) -> Result<HashMap<PersonId, Contact>, String> {
        let mut held = self.0.lock().unwrap();
        held.of.extend(people);
        Ok(people.iter().filter_map(|it| Some((*it, held.known.get(it)?.clone()))).collect())
    }
}

/// A way out that keeps what it takes, and fails as it is told to first.
#[derive(Clone, Default)]
pub(crate) struct Post(Arc<Mutex<(Vec<Outgoing>, VecDeque<Failure>)>>);

#[async_trait]
impl Provider for Post {
    async fn send(&self, message: &Outgoing) -> Result<(), Failure> {
        let mut held = self.0.lock().unwrap();
        if let Some(failure) = held.1.pop_front() {
            return Err(failure);
        }
        held.0.push(message.clone());
        Ok(())
    }
}

impl Post {
    pub(crate) fn taken(&self) -> Vec<Outgoing> {
        self.0.lock().unwrap().0.clone()
    }

    pub(crate) fn fails(&self, failures: impl IntoIterator<Item = Failure>) {
        self.0.lock().unwrap().1.extend(failures);
    }
}

/// A town of one test.
pub(crate) struct Town {
    pub(crate) ledger: Ledger<Notices>,
    pub(crate) tenant: Tenant,
    pub(crate) register: Register,
    pub(crate) email: Post,
    pub(crate) sms: Post,
    journal: Arc<dyn Journal>,
    config: Config,
    vault: Vault,
    clock: Hands,
    channel: Channel,
    web: Router,
    sender: Sender,
    matching: Ledger<Says<matching::Event>>,
    rooms: Ledger<Says<rooms::Event>>,
    volunteers: Ledger<Says<volunteers::Event>>,
    _dir: tempfile::TempDir,
}

fn settings() -> Settings {
    let (public_url, secret) = ("https://drammen.example".to_owned(), SECRET.to_owned());
    Settings { public_url, replies: true, secret }
}

impl Town {
    /// It is ten in the morning of Monday 23 November 2026. Messages go out at once, and Anna can
    /// be written to.
    pub(crate) async fn open() -> Self {
        let (email, sms) = (Post::default(), Post::default());
        let channels =
            Channels { email: Some(Box::new(email.clone())), sms: Some(Box::new(sms.clone())) };
        let town = Self::open_with(channels, email, sms).await;
        town.policy(policy()).await;
        town.knows("anna", contact("anna"));
        town
    }

    pub(crate) async fn open_with(channels: Channels, email: Post, sms: Post) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let journal = dugnad_harness::journal(dir.path()).await.unwrap();
        let secrets = dir.path().join("secrets");
        let vault = Vault::embedded(&dir.path().join("keys"), &secrets, &Master::Made).await;
        let (vault, _) = vault.unwrap();
        let clock = Hands::default();
        let morning: Timestamp = MORNING.parse().unwrap();
        clock.0.store(morning.as_millisecond(), Ordering::SeqCst);
        let config = Config::new(Arc::new(Keys(vault.clone())));
        let config = Config { clock: Arc::new(clock.clone()), ..config };
        let register = Register::default();
        let (matching, rooms, volunteers) = (
            Ledger::open(journal.clone(), config.clone()),
            Ledger::open(journal.clone(), config.clone()),
            Ledger::open(journal.clone(), config.clone()),
        );
        let contacts: Arc<dyn Contacts> = Arc::new(register.clone());
        let (ledger, channel, web) = serve(&journal, &config, &vault, &contacts).await;
        let sender = Sender::new(ledger.clone(), vault.clone(), contacts, channels, settings());
        let tenant = Tenant::new("drammen").unwrap();
        Self {
            ledger,
            tenant,
            register,
            email,
            sms,
            journal,
            config,
            vault,
            clock,
            channel,
            web,
            sender,
            matching,
            rooms,
            volunteers,
            _dir: dir,
        }
    }

    /// The process is gone, and another comes up on the same journal.
    pub(crate) async fn crashes(&mut self) {
        let contacts: Arc<dyn Contacts> = Arc::new(self.register.clone());
        let channels = Channels {
            email: Some(Box::new(self.email.clone())),
            sms: Some(Box::new(self.sms.clone())),
        };
        self.ledger.shutdown().await;
        (self.ledger, self.channel, self.web) =
            serve(&self.journal, &self.config, &self.vault, &contacts).await;
        self.sender =
            Sender::new(self.ledger.clone(), self.vault.clone(), contacts, channels, settings());
    }

    pub(crate) fn knows(&self, who: &str, contact: Contact) {
        self.register.0.lock().unwrap().known.insert(person(who), contact);
    }

    pub(crate) fn was_asked_of(&self, who: &str) -> bool {
        self.register.0.lock().unwrap().of.contains(&person(who))
    }

    /// What is due goes out now.
    pub(crate) async fn sends(&self) -> usize {
        self.sender.send_due(&self.tenant).await.unwrap()
    }

    pub(crate) fn later(&self, minutes: i64) {
        self.clock.0.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    pub(crate) fn set(&self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        self.clock.0.store(at.as_millisecond(), Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A request id of now, by the town's clock.
    pub(crate) fn id(&self) -> String {
        let millis = u64::try_from(self.clock.0.load(Ordering::SeqCst)).unwrap();
        let (seconds, nanos) = (millis / 1000, u32::try_from(millis % 1000).unwrap() * 1_000_000);
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos)).to_string()
    }

    /// Another service says something, and notices has heard it.
    pub(crate) async fn says<E: Said>(&self, events: Vec<E>)
    where
        Self: Tells<E>,
    {
        for event in events {
            tell(self, event).await;
        }
        // Two streams have no order between them: the marker goes by the one that said it.
        let marker = RoomId(Uuid::now_v7());
        self.marks(marker).await;
    }

    /// Waits until the state is as wanted.
    pub(crate) async fn until(
        &self,
        wanted: impl Fn(&dugnad_notices::model::State) -> bool + Clone + Send + 'static,
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

    pub(crate) fn client(&self, who: &str, role: Role) -> Client {
        NoticesServiceClient::with_interceptor(self.channel.clone(), Who(person(who), role))
    }

    pub(crate) fn coordinator(&self) -> Client {
        self.client("cora", Role::Coordinator)
    }

    pub(crate) async fn policy(&self, policy: pb::Policy) {
        let request = pb::SetPolicyRequest { policy: Some(policy), request_id: self.id() };
        self.coordinator().set_policy(request).await.unwrap();
    }

    /// Notices to somebody, the oldest first.
    pub(crate) async fn to(&self, who: &str) -> Vec<pb::Notice> {
        let request =
            pb::ListNoticesRequest { person: person(who).to_string(), ..Default::default() };
        let listed = self.coordinator().list_notices(request).await.unwrap();
        listed.into_inner().notices.into_iter().rev().collect()
    }

    /// The states of the notices to somebody, with their templates, the oldest first.
    pub(crate) async fn states(&self, who: &str) -> Vec<(String, pb::State)> {
        self.to(who).await.into_iter().map(|it| (it.template.clone(), it.state())).collect()
    }

    /// Waits until so many notices of a kind were made to somebody.
    pub(crate) async fn until_told(&self, who: &str, template: &'static str, count: usize) {
        let person = person(who);
        self.until(move |state| {
            let of = state.of.get(&person).into_iter().flatten();
            let of = of.filter_map(|id| state.notices.get(id));
            of.filter(|it| it.facts.template.as_str() == template).count() >= count
        })
        .await;
    }

    pub(crate) async fn until_desk(&self, count: usize) {
        self.until(move |state| state.desk.len() >= count).await;
    }

    pub(crate) async fn desk(&self) -> Vec<pb::Notice> {
        let request = pb::ListDeskRequest::default();
        self.coordinator().list_desk(request).await.unwrap().into_inner().notices
    }

    pub(crate) async fn answer(
        &self,
        who: &str,
        notice: &pb::Notice,
        answer: pb::AnswerKind,
    ) -> Result<(), Status> {
        let request = pb::AnswerRequest {
            name: notice.name.clone(),
            answer: answer.into(),
            request_id: self.id(),
        };
        self.client(who, Role::Person).answer(request).await.map(|_| ())
    }

    /// Opens a path of the public port.
    pub(crate) async fn opens(&self, method: &str, path: &str) -> (u16, String) {
        self.request(axum::http::Request::builder().method(method).uri(path), String::new()).await
    }

    /// The gateway says something, signed with this.
    pub(crate) async fn hears(&self, path: &str, body: &serde_json::Value, secret: &str) -> u16 {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let body = body.to_string();
        let signature = hex::encode(hmac::sign(&key, body.as_bytes()));
        let request = axum::http::Request::builder()
            .method("POST")
            .uri(path)
            .header("x-signature", signature);
        self.request(request, body).await.0
    }

    async fn request(&self, request: axum::http::request::Builder, body: String) -> (u16, String) {
        let answer = self.web.clone().oneshot(request.body(Body::from(body)).unwrap()).await;
        let answer = answer.unwrap();
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    /// Somebody is asked to a visit so many hours from now, with a day to answer.
    pub(crate) async fn asked(&self, who: &str, number: u128, hours: i64) -> OfferId {
        let offer = OfferId(Uuid::from_u128(number));
        self.says(vec![
            self.need(number, hours),
            matching::Event::Offered {
                offer,
                need: NeedId(Uuid::from_u128(number)),
                slot: 0,
                to: matching::Party::Person(person(who)),
                waited: false,
                at: self.now(),
                expires: self.now() + SignedDuration::from_hours(24),
            },
        ])
        .await;
        offer
    }

    pub(crate) fn need(&self, number: u128, hours: i64) -> matching::Event {
        let slot = matching::Slot { windows: vec![self.span(hours)] };
        let facts = matching::Need {
            kind: "visit".parse().unwrap(),
            receiver: None,
            heads: 1,
            place: None,
            slots: vec![slot],
            want: matching::Want::default(),
            about: String::new(),
        };
        let (need, by, at) = (NeedId(Uuid::from_u128(number)), Uuid::nil(), self.now());
        matching::Event::NeedPosted { need, by, at, facts, text: None }
    }

    /// Two hours, so many hours from now.
    pub(crate) fn span(&self, hours: i64) -> Interval {
        let start = self.now() + SignedDuration::from_hours(hours);
        Interval::new(start, start + SignedDuration::from_hours(2)).unwrap()
    }

    pub(crate) fn assigned(&self, who: &str, number: u128) -> matching::Event {
        matching::Event::Assigned {
            assignment: AssignmentId(Uuid::from_u128(number)),
            need: NeedId(Uuid::from_u128(number)),
            slot: 0,
            person: person(who),
            by: person(who).0,
            at: self.now(),
            offer: None,
            plan: None,
        }
    }

    pub(crate) fn booked(&self, who: &str, number: u128, hours: i64) -> rooms::Event {
        rooms::Event::Booked {
            booking: BookingId(Uuid::from_u128(number)),
            room: RoomId(Uuid::from_u128(1)),
            span: self.span(hours),
            by: person(who).0,
            details: None,
            series: None,
            terms: None,
            charge: None,
        }
    }
}

/// Whose stream an event goes by.
pub(crate) trait Tells<E: Said> {
    fn teller(&self) -> &Ledger<Says<E>>;
    /// Says something harmless, and waits until it is heard.
    async fn marks(&self, marker: RoomId);
}

impl Tells<matching::Event> for Town {
    fn teller(&self) -> &Ledger<Says<matching::Event>> {
        &self.matching
    }

    async fn marks(&self, marker: RoomId) {
        let matching::Event::NeedPosted { by, at, facts, text, .. } = self.need(0, 1) else {
            unreachable!("it makes that");
        };
        let need = NeedId(marker.0);
        let event = matching::Event::NeedPosted { need, by, at, facts, text };
        tell(self, event).await;
        self.until(move |state| state.needs.contains_key(&need)).await;
    }
}

impl Tells<rooms::Event> for Town {
    fn teller(&self) -> &Ledger<Says<rooms::Event>> {
        &self.rooms
    }

    async fn marks(&self, marker: RoomId) {
        let facility = FacilityId(marker.0);
        let (name, zone) = ("Kulturhuset".to_owned(), "Europe/Oslo".to_owned());
        let hours = Default::default();
        tell(self, rooms::Event::FacilityRegistered { facility, name, zone, hours }).await;
        self.until(move |state| state.facilities.contains_key(&facility)).await;
    }
}

impl Tells<volunteers::Event> for Town {
    fn teller(&self) -> &Ledger<Says<volunteers::Event>> {
        &self.volunteers
    }

    async fn marks(&self, marker: RoomId) {
        let organisation = dugnad_events::OrganisationId(marker.0);
        let (contact, deputy) = (person("contact"), None);
        tell(self, volunteers::Event::ContactSet { organisation, contact, deputy }).await;
        self.until(move |state| state.contacts.contains_key(&organisation)).await;
    }
}

async fn tell<E: Said>(town: &Town, event: E)
where
    Town: Tells<E>,
{
    let caller = Caller { tenant: town.tenant.clone(), id: Uuid::from_u128(1) };
    let request_id = RequestId::new(town.id().parse().unwrap()).unwrap();
    let ask = Ask { request_id, command: vec![event] };
    town.teller().execute(&caller, ask, None).await.unwrap();
}

async fn serve(
    journal: &Arc<dyn Journal>,
    config: &Config,
    vault: &Vault,
    contacts: &Arc<dyn Contacts>,
) -> (Ledger<Notices>, Channel, Router) {
    let ledger = Ledger::<Notices>::open(journal.clone(), config.clone());
    for service in ["matching", "rooms", "volunteers"] {
        ledger.listen(Service::new(service).unwrap());
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = dugnad_notices::service(ledger.clone(), vault.clone(), contacts.clone());
    let server = Server::builder().add_service(service);
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
    let web = dugnad_notices::web(ledger.clone(), vault.clone(), contacts.clone(), settings());
    (ledger, channel, web)
}

pub(crate) const MORNING: &str = "2026-11-23T09:00:00Z";

/// At once, at any hour.
pub(crate) fn policy() -> pb::Policy {
    pb::Policy {
        sender: "Drammen".to_owned(),
        time_zone: String::new(),
        bundle_minutes: 0,
        daily_limit: 50,
        quiet_hours: String::new(),
        reminders: vec![1440, 120],
        duty: Vec::new(),
        climb_minutes: 10,
    }
}

pub(crate) fn person(word: &str) -> PersonId {
    PersonId(Uuid::new_v5(&Uuid::nil(), word.as_bytes()))
}

/// With an e-mail address alone.
pub(crate) fn contact(name: &str) -> Contact {
    Contact { name: name.to_owned(), email: format!("{name}@example.org"), ..Contact::default() }
}

/// With a number alone.
pub(crate) fn by_sms(name: &str, phone: &str) -> Contact {
    Contact { name: name.to_owned(), phone: phone.to_owned(), ..Contact::default() }
}

/// The path of the link in a text.
pub(crate) fn link(text: &str) -> String {
    let (_, rest) = text.split_once("https://drammen.example").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

/// The reason of the one `ErrorInfo`.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

/// What was refused of a request.
pub(crate) fn field(status: &Status) -> String {
    status.get_details_bad_request().unwrap().field_violations[0].field.clone()
}
