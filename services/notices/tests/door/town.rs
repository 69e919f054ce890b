//! A municipality behind a real door: a journal, keys and a clock of its own; services beside it
//! that say what a test wants said; a register that knows how people are reached; and ways out
//! that fail as a test wants them to.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use axum::{Router, body::Body};
use dugnad_calendar::Interval;
use dugnad_door::Role;
use dugnad_events::{AssignmentId, BookingId, NeedId, OfferId, RoomId, matching, rooms};
use dugnad_harness::{Ground, ground::Who};
use dugnad_journal::{Service, Tenant};
use dugnad_ledger::{Clock as _, Ledger};
use dugnad_notices::{
    Channels, Contact, Contacts, Failure, Notices, Outgoing, Provider, Sender, Settings,
};
use dugnad_proto::notices::v1::{self as pb, notices_service_client::NoticesServiceClient};
use dugnad_vault::PersonId;
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Status,
    service::interceptor::InterceptedService,
    transport::{Channel, Server},
};
use tonic_types::StatusExt as _;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::beside::{Beside, Told};

pub(crate) type Client = NoticesServiceClient<InterceptedService<Channel, Who>>;

/// How long something that happens by itself may take.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(20);

/// What gateways sign with here.
pub(crate) const SECRET: &str = "a secret of the gateway";

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
    pub(crate) ground: Ground,
    channel: Channel,
    web: Router,
    sender: Sender,
    beside: Beside,
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
        let ground = Ground::open(MORNING.parse().unwrap()).await.unwrap();
        let register = Register::default();
        let beside = Beside::on(&ground);
        let contacts: Arc<dyn Contacts> = Arc::new(register.clone());
        let (ledger, channel, web) = serve(&ground, &contacts).await;
        let vault = ground.vault.clone();
        let sender = Sender::new(ledger.clone(), vault, contacts, channels, settings());
        let tenant = ground.tenant.clone();
        Self { ledger, tenant, register, email, sms, ground, channel, web, sender, beside }
    }

    /// The process is gone, and another comes up on the same journal.
    pub(crate) async fn crashes(&mut self) {
        let contacts: Arc<dyn Contacts> = Arc::new(self.register.clone());
        let channels = Channels {
            email: Some(Box::new(self.email.clone())),
            sms: Some(Box::new(self.sms.clone())),
        };
        self.ledger.shutdown().await;
        (self.ledger, self.channel, self.web) = serve(&self.ground, &contacts).await;
        let (ledger, vault) = (self.ledger.clone(), self.ground.vault.clone());
        self.sender = Sender::new(ledger, vault, contacts, channels, settings());
    }

    pub(crate) fn knows(&self, who: &str, contact: Contact) {
        self.register.0.lock().unwrap().known.insert(person(who), contact);
    }

    /// How often the register was asked how somebody is reached.
    pub(crate) fn asked_of(&self, who: &str) -> usize {
        self.register.0.lock().unwrap().of.iter().filter(|it| **it == person(who)).count()
    }

    /// What is due goes out now.
    pub(crate) async fn sends(&self) -> usize {
        self.sender.send_due(&self.tenant).await.unwrap()
    }

    pub(crate) fn later(&self, minutes: i64) {
        self.ground.clock.later(minutes);
    }

    pub(crate) fn set(&self, at: &str) {
        self.ground.clock.set(at.parse().unwrap());
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.ground.clock.now()
    }

    /// A request id of now, by the town's clock.
    pub(crate) fn id(&self) -> String {
        self.ground.id()
    }

    /// Another service says something, and notices has heard it.
    pub(crate) async fn says<E: Told>(&self, events: Vec<E>) {
        let speaker = E::of(&self.beside);
        for event in events {
            speaker.says(vec![event]).await.unwrap();
        }
        // Streams have no order between them: the marker goes by the one that said it.
        let id = Uuid::now_v7();
        speaker.says(vec![E::marker(self, id)]).await.unwrap();
        self.until(move |state| E::is_heard(state, id)).await;
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

    /// The one notice of a kind to somebody.
    pub(crate) async fn one(&self, who: &str, template: &str) -> pb::Notice {
        let mut of: Vec<_> = self.to(who).await;
        of.retain(|it| it.template == template);
        assert_eq!(of.len(), 1, "{template}");
        of.remove(0)
    }

    /// The kinds of all notices to somebody, by name.
    pub(crate) async fn kinds(&self, who: &str) -> Vec<String> {
        let mut kinds: Vec<_> = self.to(who).await.into_iter().map(|it| it.template).collect();
        kinds.sort_unstable();
        kinds
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
        self.need_for(NeedId(Uuid::from_u128(number)), "visit", self.span(hours), "")
    }

    /// A need of a kind, for something with a resource name.
    pub(crate) fn need_for(
        &self,
        need: NeedId,
        kind: &str,
        span: Interval,
        about: &str,
    ) -> matching::Event {
        let facts = matching::Need {
            kind: kind.parse().unwrap(),
            receiver: None,
            heads: 1,
            place: None,
            slots: vec![matching::Slot { windows: vec![span] }],
            want: matching::Want::default(),
            about: about.to_owned(),
        };
        matching::Event::NeedPosted { need, by: Uuid::nil(), at: self.now(), facts, text: None }
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

async fn serve(
    ground: &Ground,
    contacts: &Arc<dyn Contacts>,
) -> (Ledger<Notices>, Channel, Router) {
    let ledger = Ledger::<Notices>::open(ground.journal.clone(), ground.config.clone());
    for service in ["matching", "rooms", "volunteers", "rides", "activities"] {
        ledger.listen(Service::new(service).unwrap());
    }
    let vault = &ground.vault;
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
        door_code_channels: Vec::new(),
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
