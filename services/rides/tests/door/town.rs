//! A municipality behind a real door: a journal, keys, a clock and a port of its own, and the register of
//! people and matching and notices beside it that say what a test wants said.
//!
//! All places lie on a line from west to east, a kilometre a minute: [`at`] counts minutes.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;
use dugnad_door::Role;
use dugnad_events::{activities, matching, notices, volunteers};
use dugnad_journal::{Journal, Partition, Service, Tenant};
use dugnad_ledger::{
    Ask, Caller, Clock, Config, Context, Ledger, Model, Nothing, RequestId, Secrets,
};
use dugnad_proto::rides::v1::{self as pb, rides_service_client::RidesServiceClient};
use dugnad_rides::{
    Dispatcher, Rides,
    model::State,
    ways::{Settings, Travel},
};
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

pub(crate) type Client = RidesServiceClient<InterceptedService<Channel, Who>>;

/// How long something that happens by itself may take.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(20);
/// Seven in the morning, local time.
const MORNING: &str = "2026-11-23T06:00:00Z";
/// The service day.
pub(crate) const DAY: &str = "2026-11-23";

#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Never {}

/// Other services: they say what they are told to say.
macro_rules! speaker {
    ($name:ident, $service:literal, $Event:ty) => {
        pub(crate) enum $name {}

        impl Model for $name {
            const SERVICE: &'static str = $service;
            type State = ();
            type Command = Vec<$Event>;
            type Event = $Event;
            type Refusal = Never;
            type Foreign = Nothing;

            fn decide((): &(), _: &Context, say: Vec<$Event>) -> Result<Vec<$Event>, Never> {
                Ok(say)
            }

            fn evolve((): &mut (), _: &$Event) {}
        }
    };
}

speaker!(Register, "volunteers", volunteers::Event);
speaker!(Matching, "matching", matching::Event);
speaker!(Notices, "notices", notices::Event);
speaker!(Activities, "activities", activities::Event);

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

/// A town of one test.
pub(crate) struct Town {
    pub(crate) ledger: Ledger<Rides>,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) vault: Vault,
    pub(crate) tenant: Tenant,
    register: Ledger<Register>,
    matching: Ledger<Matching>,
    notices: Ledger<Notices>,
    activities: Ledger<Activities>,
    journal: Arc<dyn Journal>,
    config: Config,
    clock: Hands,
    channel: Channel,
    _dir: tempfile::TempDir,
}

impl Town {
    /// It is seven in the morning of Monday 23 November 2026.
    pub(crate) async fn open() -> Self {
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
        let register = Ledger::open(journal.clone(), config.clone());
        let matching = Ledger::open(journal.clone(), config.clone());
        let notices = Ledger::open(journal.clone(), config.clone());
        let activities = Ledger::open(journal.clone(), config.clone());
        let (ledger, dispatcher, channel) = serve(&journal, &config, &vault).await;
        let tenant = Tenant::new("drammen").unwrap();
        Self {
            ledger,
            dispatcher,
            vault,
            tenant,
            register,
            matching,
            notices,
            activities,
            journal,
            config,
            clock,
            channel,
            _dir: dir,
        }
    }

    /// The service stops and starts again from its journal.
    pub(crate) async fn restart(&mut self) {
        self.ledger.shutdown().await;
        (self.ledger, self.dispatcher, self.channel) =
            serve(&self.journal, &self.config, &self.vault).await;
    }

    /// A second ledger over the same journal: what replay makes of it.
    #[allow(dead_code, reason = "the property test replays")]
    pub(crate) fn replayed(&self) -> Ledger<Rides> {
        Ledger::open(self.journal.clone(), self.config.clone())
    }

    pub(crate) async fn register_says(&self, facts: Vec<volunteers::Event>) {
        self.register.execute(&self.nobody(), self.ask(facts), None).await.unwrap();
    }

    pub(crate) async fn matching_says(&self, facts: Vec<matching::Event>) {
        self.matching.execute(&self.nobody(), self.ask(facts), None).await.unwrap();
    }

    #[allow(dead_code, reason = "the property test hears no answers")]
    pub(crate) async fn notices_says(&self, events: Vec<notices::Event>) {
        self.notices.execute(&self.nobody(), self.ask(events), None).await.unwrap();
    }

    #[allow(dead_code, reason = "the property test looks at the state alone")]
    /// Whether the service has ever written these bytes down.
    pub(crate) async fn wrote(&self, bytes: &[u8]) -> bool {
        let service = Service::new("rides").unwrap();
        let partition = Partition { service, tenant: self.tenant.clone() };
        let stored = self.journal.read(&partition, 1, usize::MAX).await.unwrap();
        stored.iter().any(|it| it.body.windows(bytes.len()).any(|some| some == bytes))
    }

    #[allow(dead_code, reason = "the property test asks for no evenings")]
    pub(crate) async fn activities_say(&self, facts: Vec<activities::Event>) {
        self.activities.execute(&self.nobody(), self.ask(facts), None).await.unwrap();
    }

    /// Past the door, as a part of the service does it.
    pub(crate) async fn commands(&self, command: dugnad_rides::model::Command) {
        self.ledger.execute(&self.nobody(), self.ask(command), None).await.unwrap();
    }

    /// How the door would show the rule that says no.
    #[allow(dead_code, reason = "the property test makes no bad plans")]
    pub(crate) async fn refusal(&self, command: dugnad_rides::model::Command) -> Status {
        let outcome = self.ledger.execute(&self.nobody(), self.ask(command), None).await;
        dugnad_door::status(&outcome.unwrap_err())
    }

    fn nobody(&self) -> Caller {
        Caller { tenant: self.tenant.clone(), id: Uuid::from_u128(1) }
    }

    fn ask<C>(&self, command: C) -> Ask<C> {
        Ask { request_id: RequestId::new(self.id().parse().unwrap()).unwrap(), command }
    }

    /// What the state says.
    pub(crate) async fn look<R: Send + 'static>(
        &self,
        look: impl Fn(&State, Timestamp) -> R + Send + 'static,
    ) -> R {
        self.ledger.query(&self.tenant, None, look).await.unwrap()
    }

    /// Waits until the state is as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&State) -> bool + Clone + Send + 'static) {
        let wait = async {
            loop {
                let wanted = wanted.clone();
                if self.look(move |state: &State, _| wanted(state)).await {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(DEADLINE, wait).await.expect("it never came to be");
    }

    /// The clock goes on to so many minutes after seven.
    pub(crate) fn clock(&self, minutes: i64) {
        let morning: Timestamp = MORNING.parse().unwrap();
        let at = morning + SignedDuration::from_mins(minutes);
        self.clock.0.store(at.as_millisecond(), Ordering::SeqCst);
    }

    /// A request id of now, by the town's clock.
    pub(crate) fn id(&self) -> String {
        let millis = u64::try_from(self.clock.0.load(Ordering::SeqCst)).unwrap();
        let (seconds, nanos) = (millis / 1000, u32::try_from(millis % 1000).unwrap() * 1_000_000);
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos)).to_string()
    }

    pub(crate) fn client(&self, who: &str, role: Role) -> Client {
        RidesServiceClient::with_interceptor(self.channel.clone(), Who(person(who), role))
    }

    pub(crate) fn themselves(&self, who: &str) -> Client {
        self.client(who, Role::Person)
    }

    pub(crate) fn staff(&self) -> Client {
        self.client("sofie", Role::Staff)
    }

    pub(crate) fn coordinator(&self) -> Client {
        self.client("cora", Role::Coordinator)
    }

    /// A car with three seats and a wheelchair place at minute `start` of the line, which must be back
    /// there.
    pub(crate) async fn vehicle(&self, title: &str, start: i32) -> pb::Vehicle {
        let vehicle = pb::Vehicle {
            title: title.to_owned(),
            configurations: vec![
                pb::Load { seats: 3, walkers: 1, boxes: 20, ..Default::default() },
                pb::Load { seats: 1, wheelchairs: 1, boxes: 20, ..Default::default() },
            ],
            has: vec!["ramp".to_owned()],
            start: Some(at(start)),
            end: Some(at(start)),
            ..Default::default()
        };
        let request = pb::SetVehicleRequest { vehicle: Some(vehicle), request_id: self.id() };
        self.staff().set_vehicle(request).await.unwrap().into_inner().vehicle.unwrap()
    }

    pub(crate) async fn driver(&self, who: &str, driver: pb::Driver) {
        let driver = pb::Driver { person: person(who).to_string(), ..driver };
        let request = pb::SetDriverRequest { driver: Some(driver), request_id: self.id() };
        self.staff().set_driver(request).await.unwrap();
    }

    /// Somebody drives a car of their own from minute to minute of the day, which begins at seven.
    pub(crate) async fn shift(&self, who: &str, start: i32, hours: [i64; 2]) -> pb::Shift {
        let vehicle = self.vehicle(&format!("Bil av {who}"), start).await;
        self.driver(who, pb::Driver { vehicle: vehicle.name, ..Default::default() }).await;
        let shift = pb::Shift {
            driver: person(who).to_string(),
            hours: Some(window(hours[0], hours[1])),
            ..Default::default()
        };
        let request = pb::CreateShiftRequest { shift: Some(shift), request_id: self.id() };
        self.staff().create_shift(request).await.unwrap().into_inner().shift.unwrap()
    }

    /// Asks for a ride by staff.
    pub(crate) async fn ask_for(&self, trip: pb::Trip) -> pb::RequestRideResponse {
        let request_id = self.id();
        let request = pb::RequestRideRequest { trip: Some(trip), home_after: None, request_id };
        self.staff().request_ride(request).await.unwrap().into_inner()
    }

    /// A ride that is promised.
    pub(crate) async fn promised(&self, trip: pb::Trip) -> pb::Ride {
        let answer = self.ask_for(trip).await;
        answer.ride.unwrap_or_else(|| panic!("refused: {:?}", answer.refusal))
    }

    pub(crate) async fn ride(&self, name: &str) -> pb::Ride {
        let request = pb::GetRideRequest { name: name.to_owned() };
        self.staff().get_ride(request).await.unwrap().into_inner().ride.unwrap()
    }

    pub(crate) async fn manifest(&self, shift: &str) -> Vec<pb::Stop> {
        let request = pb::GetManifestRequest { shift: shift.to_owned() };
        self.staff().get_manifest(request).await.unwrap().into_inner().stops
    }

    /// Invariant 5, by the oracle: every open shift of the day keeps every limit.
    pub(crate) async fn holds(&self) {
        let held = self.look(|state, now| state.holds(DAY.parse().unwrap(), now)).await;
        held.unwrap();
    }
}

async fn serve(
    journal: &Arc<dyn Journal>,
    config: &Config,
    vault: &Vault,
) -> (Ledger<Rides>, Dispatcher, Channel) {
    let ledger = Ledger::<Rides>::open(journal.clone(), config.clone());
    for other in ["volunteers", "matching", "activities", "notices"] {
        ledger.listen(Service::new(other).unwrap());
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let settings = Settings::new(1.0, 60.0, [1.0; 24]).unwrap();
    let ways = Arc::new(Travel::as_the_crow_flies(settings));
    let dispatcher = Dispatcher::new(ledger.clone(), vault.clone(), ways);
    let server = Server::builder().add_service(dugnad_rides::service(dispatcher.clone()));
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    (ledger, dispatcher, Channel::from_shared(url).unwrap().connect().await.unwrap())
}

pub(crate) fn person(word: &str) -> PersonId {
    PersonId(Uuid::new_v5(&Uuid::nil(), word.as_bytes()))
}

/// So many minutes east, on the equator.
pub(crate) fn at(minutes: i32) -> pb::Location {
    pb::Location { lat_e6: 0, lon_e6: minutes * 8_993 }
}

/// A door there.
pub(crate) fn door(minutes: i32) -> pb::Spot {
    pb::Spot { at: Some(at(minutes)), address: format!("Storgata {minutes}") }
}

/// So many minutes after seven.
pub(crate) fn stamp(minutes: i64) -> prost_types::Timestamp {
    let morning: Timestamp = MORNING.parse().unwrap();
    let at = morning + SignedDuration::from_mins(minutes);
    prost_types::Timestamp { seconds: at.as_second(), nanos: 0 }
}

pub(crate) fn window(from: i64, until: i64) -> pb::Window {
    pb::Window { from: Some(stamp(from)), until: Some(stamp(until)) }
}

/// The minutes of a window after seven.
pub(crate) fn minutes(window: &Option<pb::Window>) -> [i64; 2] {
    let window = window.as_ref().unwrap();
    [window.from, window.until].map(|at| minute(&at))
}

pub(crate) fn minute(at: &Option<prost_types::Timestamp>) -> i64 {
    (at.unwrap().seconds - stamp(0).seconds) / 60
}

/// Somebody who wants to be somewhere by a minute.
pub(crate) fn trip(who: &str, from: i32, to: i32, by: i64) -> pb::Trip {
    pb::Trip {
        traveller: person(who).to_string(),
        from: Some(door(from)),
        to: Some(door(to)),
        arrive_by: Some(stamp(by)),
        ..Default::default()
    }
}

pub(crate) fn lasting(minutes: i64) -> prost_types::Duration {
    prost_types::Duration { seconds: minutes * 60, nanos: 0 }
}

/// The reason of the one `ErrorInfo`.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

/// The field that a request was refused for.
pub(crate) fn field(status: &Status) -> String {
    status.get_details_bad_request().unwrap().field_violations[0].field.clone()
}
