//! A municipality with a hall and a stage, behind a real door.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;
use dugnad_journal::Tenant;
use dugnad_ledger::{Ask, Caller, Clock, Config, Ledger, RequestId, Secrets, SystemClock};
use dugnad_proto::rooms::v1::{
    self as pb, calendar_service_client::CalendarServiceClient,
    rooms_service_client::RoomsServiceClient,
};
use dugnad_rooms::{Rooms, model::Command};
use dugnad_vault::{Master, PersonId, Vault};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Status,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Server},
};
use tonic_types::StatusExt as _;
use uuid::{NoContext, Uuid};

pub(crate) type Client = RoomsServiceClient<InterceptedService<Channel, Who>>;
pub(crate) type Calendars = CalendarServiceClient<InterceptedService<Channel, Who>>;

/// A town of one test: its own journal, keys and port, gone with it.
pub(crate) struct Town {
    pub(crate) ledger: Ledger<Rooms>,
    pub(crate) vault: Vault,
    pub(crate) tenant: Tenant,
    pub(crate) hall: String,
    pub(crate) stage: String,
    clock: Arc<Forward>,
    channel: Channel,
    _dir: tempfile::TempDir,
}

#[derive(Clone)]
pub(crate) struct Who(PersonId, &'static str);

/// The machine's clock or one that stands still, set forward.
#[derive(Default)]
pub(crate) struct Forward {
    stands_at: Option<Timestamp>,
    minutes: AtomicI64,
}

impl Clock for Forward {
    fn now(&self) -> Timestamp {
        let now = self.stands_at.unwrap_or_else(|| SystemClock.now());
        now + SignedDuration::from_mins(self.minutes.load(Ordering::Relaxed))
    }
}

impl Interceptor for Who {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let metadata = request.metadata_mut();
        metadata.insert(dugnad_door::TENANT, "drammen".parse().unwrap());
        metadata.insert(dugnad_door::CALLER, self.0.0.to_string().parse().unwrap());
        metadata.insert(dugnad_door::ROLE, self.1.parse().unwrap());
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
    pub(crate) async fn open() -> Self {
        Self::with(Forward::default()).await
    }

    /// Where it is that time until [`Town::later`] says otherwise; `id` names intents there.
    pub(crate) async fn open_at(now: &str) -> Self {
        let stands_at = Some(now.parse().unwrap());
        Self::with(Forward { stands_at, ..Forward::default() }).await
    }

    async fn with(clock: Forward) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let journal = dugnad_harness::journal(dir.path()).await.unwrap();
        let secrets = dir.path().join("secrets");
        let vault = Vault::embedded(&dir.path().join("keys"), &secrets, &Master::Made).await;
        let (vault, _) = vault.unwrap();
        let mut config = Config::new(Arc::new(Keys(vault.clone())));
        let clock = Arc::new(clock);
        config.clock = clock.clone();
        let ledger = Ledger::open(journal, config);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = dugnad_rooms::service(ledger.clone(), vault.clone());
        let calendars = dugnad_rooms::calendar_service(ledger.clone(), vault.clone());
        let server = Server::builder().add_service(service).add_service(calendars);
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
        let tenant = Tenant::new("drammen").unwrap();
        let (hall, stage) = (String::new(), String::new());
        let mut town = Self { ledger, vault, tenant, hall, stage, clock, channel, _dir: dir };
        town.build().await;
        town
    }

    async fn build(&mut self) {
        let mut clerk = self.client(person("clerk"));
        let facility = pb::Facility { display_name: "Skolen".to_owned(), ..Default::default() };
        let facility = Some(facility);
        let request = pb::CreateFacilityRequest { facility, request_id: self.id() };
        let school = clerk.create_facility(request).await.unwrap().into_inner().facility.unwrap();
        for (display_name, name) in [("Hallen", &mut self.hall), ("Scenen", &mut self.stage)] {
            let display_name = display_name.to_owned();
            let room = Some(pb::Room { display_name, capacity: 50, ..Default::default() });
            let facility = school.name.clone();
            let request_id = named_at(self.clock.now());
            let request = pb::CreateRoomRequest { facility, room, request_id };
            *name = clerk.create_room(request).await.unwrap().into_inner().room.unwrap().name;
        }
    }

    pub(crate) fn client(&self, who: PersonId) -> Client {
        RoomsServiceClient::with_interceptor(self.channel.clone(), Who(who, "person"))
    }

    pub(crate) fn calendars(&self, who: PersonId, role: &'static str) -> Calendars {
        CalendarServiceClient::with_interceptor(self.channel.clone(), Who(who, role))
    }

    /// A request id for one intent, made now by the town's clock.
    pub(crate) fn id(&self) -> String {
        named_at(self.clock.now())
    }

    /// Somebody of the municipality.
    pub(crate) fn staff(&self) -> Client {
        RoomsServiceClient::with_interceptor(self.channel.clone(), Who(person("clerk"), "staff"))
    }

    /// Sets the clock forward, and has the service look at it.
    pub(crate) async fn later(&self, minutes: i64) {
        self.clock.minutes.fetch_add(minutes, Ordering::Relaxed);
        self.ledger.query(&self.tenant, None, |_, _| ()).await.unwrap();
    }

    pub(crate) async fn book(&self, client: &mut Client, room: &str, day: i64) -> pb::Booking {
        let answer = client.create_booking(booking(room, day, "Øvelse")).await.unwrap();
        answer.into_inner().booking.unwrap()
    }

    pub(crate) async fn get(&self, client: &mut Client, name: &str) -> pb::Booking {
        let request = pb::GetBookingRequest { name: name.to_owned() };
        client.get_booking(request).await.unwrap().into_inner().booking.unwrap()
    }

    pub(crate) fn listing(&self, room: &str) -> pb::ListBookingsRequest {
        let (start, end) = (evening(0).start, evening(99).end);
        let interval = Some(pb::Interval { start, end });
        pb::ListBookingsRequest { room: room.to_owned(), interval, ..Default::default() }
    }

    pub(crate) async fn list(&self, client: &mut Client, room: &str) -> Vec<pb::Booking> {
        client.list_bookings(self.listing(room)).await.unwrap().into_inner().bookings
    }

    pub(crate) async fn erase_without_forgetting(&self, person: PersonId) {
        let caller = Caller { tenant: self.tenant.clone(), id: Uuid::now_v7() };
        let request_id = RequestId::new(Uuid::now_v7()).unwrap();
        let ask = Ask { request_id, command: Command::ErasePerson { person } };
        self.ledger.execute(&caller, ask, None).await.unwrap();
    }
}

pub(crate) fn person(word: &str) -> PersonId {
    PersonId(Uuid::new_v5(&Uuid::nil(), word.as_bytes()))
}

fn named_at(now: Timestamp) -> String {
    let seconds = u64::try_from(now.as_second()).unwrap();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, 0)).to_string()
}

/// A request id for one intent.
pub(crate) fn id() -> String {
    Uuid::now_v7().to_string()
}

/// Two hours of the evening some days ahead of now.
pub(crate) fn evening(day: i64) -> pb::Interval {
    let today = Timestamp::from_millisecond(RequestId::new(Uuid::now_v7()).unwrap().millis());
    let midnight = today.unwrap().as_second() / 86_400 * 86_400;
    let start = midnight + (day + 2) * 86_400 + 18 * 3600;
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    pb::Interval { start: at(start), end: at(start + 2 * 3600) }
}

pub(crate) fn booking(room: &str, day: i64, purpose: &str) -> pb::CreateBookingRequest {
    pb::CreateBookingRequest {
        room: room.to_owned(),
        interval: Some(evening(day)),
        purpose: purpose.to_owned(),
        request_id: id(),
        ..Default::default()
    }
}

pub(crate) fn moved(name: &str, room: &str, day: i64) -> pb::MoveBookingRequest {
    pb::MoveBookingRequest {
        name: name.to_owned(),
        interval: Some(evening(day)),
        room: room.to_owned(),
        etag: String::new(),
        request_id: id(),
    }
}

pub(crate) fn series(room: &str, count: u32) -> pb::CreateBookingSeriesRequest {
    let start = evening(0).start.unwrap().seconds;
    let start = Timestamp::from_second(start).unwrap() + 24.hours();
    let first_start = start.strftime("%Y-%m-%dT12:00").to_string();
    let series = pb::BookingSeries {
        room: room.to_owned(),
        first_start,
        duration: Some(prost_types::Duration { seconds: 3600, nanos: 0 }),
        rrule: format!("FREQ=DAILY;COUNT={count}"),
        ..Default::default()
    };
    let series = Some(series);
    pb::CreateBookingSeriesRequest { series, clash_policy: 0, request_id: id() }
}

pub(crate) fn erasure(person: PersonId) -> pb::ErasePersonRequest {
    pb::ErasePersonRequest { person: person.to_string(), request_id: id() }
}

/// The reason of the one `ErrorInfo`.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}
