//! A municipality behind a real door: its own journal, keys, clock and port, gone with it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;
use dugnad_door::Role;
use dugnad_journal::{Journal, Tenant};
use dugnad_ledger::{Clock, Config, Ledger, Secrets};
use dugnad_proto::volunteers::v1::{self as pb, people_service_client::PeopleServiceClient};
use dugnad_vault::{Master, PersonId, Vault};
use dugnad_volunteers::{Holdings, Volunteers};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Status,
    service::{Interceptor, RoutesBuilder, interceptor::InterceptedService},
    transport::{Channel, Server},
};
use tonic_types::StatusExt as _;
use uuid::{NoContext, Uuid};

pub(crate) type Client = PeopleServiceClient<InterceptedService<Channel, Who>>;

/// A town of one test.
pub(crate) struct Town {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) ledger: Ledger<Volunteers>,
    pub(crate) vault: Vault,
    pub(crate) tenant: Tenant,
    clock: Hands,
    pub(crate) channel: Channel,
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
pub(crate) struct Who(pub(crate) PersonId, pub(crate) Role);

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
    /// It is the morning of 22 November 2026.
    pub(crate) async fn open() -> Self {
        Self::with(Vec::new()).await
    }

    pub(crate) async fn with(others: Vec<Arc<dyn Holdings>>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let journal = dugnad_harness::journal(dir.path()).await.unwrap();
        let secrets = dir.path().join("secrets");
        let vault = Vault::embedded(&dir.path().join("keys"), &secrets, &Master::Made).await;
        let (vault, _) = vault.unwrap();
        let clock = Hands::default();
        let config = Config::new(Arc::new(Keys(vault.clone())));
        let config = Config { clock: Arc::new(clock.clone()), ..config };
        let ledger = Ledger::open(journal.clone(), config);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut routes = RoutesBuilder::default();
        dugnad_volunteers::services(&mut routes, &ledger, &vault, others);
        let server = Server::builder().add_routes(routes.routes());
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
        let tenant = Tenant::new("drammen").unwrap();
        let town = Self { journal, ledger, vault, tenant, clock, channel, _dir: dir };
        town.it_is("2026-11-22T08:00");
        town
    }

    /// Sets the clock, in local time.
    pub(crate) fn it_is(&self, local: &str) {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let at = oslo.to_timestamp(local.parse::<DateTime>().unwrap()).unwrap();
        self.clock.0.store(at.as_millisecond(), Ordering::SeqCst);
    }

    /// A request id of now, by the town's clock.
    pub(crate) fn id(&self) -> String {
        let millis = u64::try_from(self.clock.0.load(Ordering::SeqCst)).unwrap();
        let (seconds, nanos) = (millis / 1000, u32::try_from(millis % 1000).unwrap() * 1_000_000);
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos)).to_string()
    }

    pub(crate) fn client(&self, who: &str, role: Role) -> Client {
        PeopleServiceClient::new(self.called(who, role))
    }

    /// A connection on which somebody calls, for any client.
    pub(crate) fn called(&self, who: &str, role: Role) -> InterceptedService<Channel, Who> {
        InterceptedService::new(self.channel.clone(), Who(person(who), role))
    }

    pub(crate) fn themselves(&self, who: &str) -> Client {
        self.client(who, Role::Person)
    }

    pub(crate) fn coordinator(&self) -> Client {
        self.client("cora", Role::Coordinator)
    }

    pub(crate) fn staff(&self) -> Client {
        self.client("stian", Role::Staff)
    }

    pub(crate) fn sign_up(&self, giver: pb::Giver) -> pb::SignUpRequest {
        pb::SignUpRequest {
            person: String::new(),
            details: Some(details("Kari Nordmann")),
            giver: Some(giver),
            experiences_consent: false,
            request_id: self.id(),
        }
    }

    /// A volunteer who signed up.
    pub(crate) async fn applicant(&self, who: &str) {
        let request = self.sign_up(pb::Giver::default());
        self.themselves(who).sign_up(request).await.unwrap();
    }

    /// A volunteer who was admitted.
    pub(crate) async fn volunteer(&self, who: &str) {
        self.applicant(who).await;
        let request = pb::AdmitRequest { person: name(who), request_id: self.id() };
        self.coordinator().admit(request).await.unwrap();
    }

    /// A resident whom staff wrote down.
    pub(crate) async fn receiver(&self, who: &str, receiver: pb::Receiver) {
        let request = pb::RegisterReceiverRequest {
            person: name(who),
            details: Some(details("Ragnhild Eldre")),
            receiver: Some(receiver),
            request_id: self.id(),
        };
        self.staff().register_receiver(request).await.unwrap();
    }

    pub(crate) async fn contact(&self, who: &str) {
        let request = pb::RegisterContactRequest {
            person: name(who),
            details: Some(details("Pål Pårørende")),
            request_id: self.id(),
        };
        self.staff().register_contact(request).await.unwrap();
    }

    /// Lets somebody see a receiver's details until a day.
    pub(crate) async fn represents(&self, who: &str, receiver: &str, until: &str) {
        let request = self.representation(who, receiver, until);
        self.staff().set_representative(request).await.unwrap();
    }

    pub(crate) fn representation(
        &self,
        who: &str,
        receiver: &str,
        until: &str,
    ) -> pb::SetRepresentativeRequest {
        let representative = pb::Representative {
            representative: name(who),
            relation: pb::Relation::Relative.into(),
            scopes: vec![pb::Scope::Details.into()],
            consented: "2026-11-20".to_owned(),
            until: until.to_owned(),
        };
        pb::SetRepresentativeRequest {
            person: name(receiver),
            representative: Some(representative),
            request_id: self.id(),
        }
    }

    pub(crate) async fn get(
        &self,
        client: &mut Client,
        who: &str,
        purpose: pb::Purpose,
    ) -> Result<pb::Person, Status> {
        let (person, purpose) = (name(who), purpose.into());
        let request = pb::GetPersonRequest { person, purpose, about: String::new() };
        client.get_person(request).await.map(|answer| answer.into_inner().person.unwrap())
    }

    pub(crate) async fn reads(&self, who: &str) -> Vec<pb::Read> {
        let request = pb::ListReadsRequest { person: name(who), ..Default::default() };
        self.coordinator().list_reads(request).await.unwrap().into_inner().reads
    }

    pub(crate) async fn set_terms(&self, list: pb::TermList, codes: &[&str]) {
        let request = self.terms(list, codes);
        self.coordinator().set_terms(request).await.unwrap();
    }

    pub(crate) fn terms(&self, list: pb::TermList, codes: &[&str]) -> pb::SetTermsRequest {
        let terms = codes.iter().map(|code| pb::Term {
            code: (*code).to_owned(),
            nb: format!("{code} på bokmål"),
            en: format!("{code} in English"),
            location: None,
            retired: false,
        });
        pb::SetTermsRequest { list: list.into(), terms: terms.collect(), request_id: self.id() }
    }
}

pub(crate) fn details(display_name: &str) -> pb::Details {
    pb::Details {
        display_name: display_name.to_owned(),
        phone: "+47 22 33 44 55".to_owned(),
        ..Default::default()
    }
}

pub(crate) fn person(word: &str) -> PersonId {
    PersonId(Uuid::new_v5(&Uuid::nil(), word.as_bytes()))
}

pub(crate) fn name(word: &str) -> String {
    person(word).to_string()
}

pub(crate) fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The code and the reason of the one `ErrorInfo`.
pub(crate) fn refused<T: std::fmt::Debug>(outcome: Result<T, Status>) -> (tonic::Code, String) {
    let status = outcome.unwrap_err();
    (status.code(), status.get_details_error_info().unwrap().reason)
}

/// The one field that could not be taken.
pub(crate) fn field<T: std::fmt::Debug>(outcome: Result<T, Status>) -> String {
    let status = outcome.unwrap_err();
    assert_eq!(status.code(), tonic::Code::InvalidArgument, "{status:?}");
    status.get_details_bad_request().unwrap().field_violations[0].field.clone()
}
