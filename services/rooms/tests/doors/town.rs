//! A municipality with a hall behind a door with a lock, and a broker's place taken by the test: what
//! the keeper wants sent goes straight to simulated locks, and back.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;
use dugnad_harness::locks::{Format, LockFaults, SimLock, SimLocks};
use dugnad_journal::Tenant;
use dugnad_ledger::{Clock, Config, Ledger, Model as _, Secrets};
use dugnad_proto::rooms::v1::{
    self as pb, doors_service_client::DoorsServiceClient, rooms_service_client::RoomsServiceClient,
};
use dugnad_rooms::{
    Rooms,
    doors::{Keeper, Message, Pace},
    model::State,
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

pub(crate) type Doors = DoorsServiceClient<InterceptedService<Channel, Who>>;
pub(crate) type RoomsClient = RoomsServiceClient<InterceptedService<Channel, Who>>;

const DEADLINE: std::time::Duration = std::time::Duration::from_secs(20);

/// A clock that the test sets: seconds since 1970.
#[derive(Clone)]
struct Hands(Arc<AtomicI64>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

#[derive(Clone)]
pub(crate) struct Who(PersonId, &'static str);

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

/// A town of one test.
pub(crate) struct Town {
    pub(crate) ledger: Ledger<Rooms>,
    pub(crate) vault: Vault,
    pub(crate) tenant: Tenant,
    pub(crate) school: String,
    pub(crate) hall: String,
    pub(crate) locks: SimLocks,
    keeper: Keeper,
    clock: Hands,
    channel: Channel,
    pub(crate) dir: tempfile::TempDir,
}

impl Town {
    /// It is noon in Norway on Tuesday 1 December 2026.
    pub(crate) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let journal = dugnad_harness::journal(dir.path()).await.unwrap();
        let secrets = dir.path().join("secrets");
        let vault = Vault::embedded(&dir.path().join("keys"), &secrets, &Master::Made).await;
        let (vault, _) = vault.unwrap();
        let clock = Hands(Arc::new(AtomicI64::new(noon().as_second())));
        let config = Config::new(Arc::new(Keys(vault.clone())));
        let config = Config { clock: Arc::new(clock.clone()), ..config };
        let ledger = Ledger::<Rooms>::open(journal, config);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Server::builder()
            .add_service(dugnad_rooms::service(ledger.clone(), vault.clone()))
            .add_service(dugnad_rooms::doors_service(ledger.clone(), vault.clone()));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
        let tenant = Tenant::new("drammen").unwrap();
        let locks = vec![
            SimLock::new("drammen/zigbee2mqtt/hall", Format::Zigbee2mqtt),
            SimLock::new("drammen/nuki", Format::NukiHub),
        ];
        let locks = SimLocks::new(locks, 1, LockFaults::NONE);
        let keeper = Keeper::new(ledger.clone(), vault.clone(), tenant.clone(), pace(), 1);
        let (school, hall) = (String::new(), String::new());
        let mut town =
            Self { ledger, vault, tenant, school, hall, locks, keeper, clock, channel, dir };
        town.build().await;
        town
    }

    async fn build(&mut self) {
        let mut clerk = self.rooms("clerk", "staff");
        let facility = pb::Facility { display_name: "Skolen".to_owned(), ..Default::default() };
        let request = pb::CreateFacilityRequest { facility: Some(facility), request_id: self.id() };
        let school = clerk.create_facility(request).await.unwrap().into_inner().facility.unwrap();
        self.school = school.name;
        self.hall = self.room("Hallen").await;
    }

    pub(crate) async fn room(&self, name: &str) -> String {
        let room = pb::Room { display_name: name.to_owned(), capacity: 50, ..Default::default() };
        let (facility, request_id) = (self.school.clone(), self.id());
        let request = pb::CreateRoomRequest { facility, room: Some(room), request_id };
        let mut clerk = self.rooms("clerk", "staff");
        clerk.create_room(request).await.unwrap().into_inner().room.unwrap().name
    }

    pub(crate) fn rooms(&self, who: &str, role: &'static str) -> RoomsClient {
        RoomsServiceClient::with_interceptor(self.channel.clone(), Who(person(who), role))
    }

    pub(crate) fn doors(&self, who: &str, role: &'static str) -> Doors {
        DoorsServiceClient::with_interceptor(self.channel.clone(), Who(person(who), role))
    }

    pub(crate) fn staff(&self) -> Doors {
        self.doors("clerk", "staff")
    }

    /// A request id of now, by the town's clock.
    pub(crate) fn id(&self) -> String {
        let seconds = u64::try_from(self.clock.0.load(Ordering::SeqCst)).unwrap();
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, 0)).to_string()
    }

    /// The hall's main door, with codes of four digits from two hours before to half an hour after,
    /// shown from one hour before.
    pub(crate) fn main_door(&self) -> pb::Door {
        let minutes =
            |minutes: i64| Some(prost_types::Duration { seconds: minutes * 60, nanos: 0 });
        pb::Door {
            name: String::new(),
            display_name: "Hovedinngang".to_owned(),
            facility: self.school.clone(),
            rooms: vec![self.hall.clone()],
            access: vec![pb::door::AccessFrom {
                from: "2026-01-01".to_owned(),
                access: pb::Access::Code.into(),
            }],
            lock: Some(pb::Lock {
                bridge: pb::Bridge::Zigbee2mqtt.into(),
                base_topic: "zigbee2mqtt".to_owned(),
                topic_name: "hall".to_owned(),
                first_slot: 10,
                last_slot: 12,
                digits: 4,
                lead: minutes(120),
                margin: minutes(30),
                shown: minutes(60),
                one_code_for_series: false,
            }),
        }
    }

    pub(crate) async fn try_set(&self, door: pb::Door) -> Result<pb::Door, Status> {
        let request = pb::SetDoorRequest { door: Some(door), request_id: self.id() };
        Ok(self.staff().set_door(request).await?.into_inner().door.unwrap())
    }

    pub(crate) async fn set(&self, door: pb::Door) -> pb::Door {
        self.try_set(door).await.unwrap()
    }

    /// Some minutes after noon, so many minutes long.
    pub(crate) async fn book(&self, who: &str, room: &str, at: i64, minutes: i64) -> String {
        let request = pb::CreateBookingRequest {
            room: room.to_owned(),
            interval: Some(span(at, minutes)),
            request_id: self.id(),
            ..Default::default()
        };
        let answer = self.rooms(who, "person").create_booking(request).await.unwrap();
        answer.into_inner().booking.unwrap().name
    }

    pub(crate) async fn cancel(&self, who: &str, booking: &str) {
        let (name, request_id) = (booking.to_owned(), self.id());
        let request = pb::CancelBookingRequest { name, request_id, ..Default::default() };
        self.rooms(who, "person").cancel_booking(request).await.unwrap();
    }

    pub(crate) async fn move_to(&self, who: &str, booking: &str, at: i64, minutes: i64) {
        let request = pb::MoveBookingRequest {
            name: booking.to_owned(),
            interval: Some(span(at, minutes)),
            request_id: self.id(),
            ..Default::default()
        };
        self.rooms(who, "person").move_booking(request).await.unwrap();
    }

    pub(crate) async fn ways(
        &self,
        client: &mut Doors,
        booking: &str,
    ) -> Result<Vec<pb::get_access_response::Way>, Status> {
        let request = pb::GetAccessRequest { booking: booking.to_owned() };
        Ok(client.get_access(request).await?.into_inner().ways)
    }

    /// The one way, as who booked sees it.
    pub(crate) async fn way(&self, who: &str, booking: &str) -> pb::get_access_response::Way {
        self.ways(&mut self.doors(who, "person"), booking).await.unwrap().remove(0)
    }

    pub(crate) async fn codes(&self, door: &str) -> Vec<pb::DoorCode> {
        let request = pb::ListCodesRequest { door: door.to_owned() };
        self.staff().list_codes(request).await.unwrap().into_inner().codes
    }

    pub(crate) async fn alarms(&self) -> Vec<pb::list_door_alarms_response::Alarm> {
        let request = pb::ListDoorAlarmsRequest {};
        self.staff().list_door_alarms(request).await.unwrap().into_inner().alarms
    }

    /// What a lock holds in our slots.
    pub(crate) fn held(&self, lock: usize) -> Vec<(u16, String)> {
        let held = self.locks.locks()[lock].holds().iter();
        held.filter(|(slot, _)| **slot > 1).map(|(slot, digits)| (*slot, digits.clone())).collect()
    }

    /// Lets some time go by in steps of 15 s, with all that is said in it.
    pub(crate) async fn later(&mut self, minutes: i64) {
        for _ in 0..minutes * 4 {
            self.clock.0.fetch_add(15, Ordering::SeqCst);
            self.settle().await;
        }
    }

    /// The same at once: nobody talks to the locks meanwhile.
    pub(crate) async fn much_later(&mut self, minutes: i64) {
        self.clock.0.fetch_add(minutes * 60, Ordering::SeqCst);
        self.settle().await;
    }

    /// What is said now, to the locks and back.
    async fn settle(&mut self) {
        let now = self.clock.now();
        self.ticked().await;
        let messages = self.keeper.look(now).await.unwrap();
        self.send(messages);
        for (topic, payload) in self.locks.advance(self.millis()) {
            let messages = self.keeper.hear(now, &topic, &payload).await.unwrap();
            self.send(messages);
        }
        let messages = self.keeper.look(now).await.unwrap();
        self.send(messages);
        self.ticked().await;
    }

    /// Waits until the service has done what its clock brought.
    async fn ticked(&self) {
        let wait = async {
            let is_due = |state: &State, now| Rooms::deadline(state).is_some_and(|at| at <= now);
            while self.ledger.query(&self.tenant, None, is_due).await.unwrap() {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(DEADLINE, wait).await.expect("the service looks at its clock");
    }

    fn millis(&self) -> i64 {
        (self.clock.0.load(Ordering::SeqCst) - noon().as_second()) * 1000
    }

    fn send(&mut self, messages: Vec<Message>) {
        let now = self.millis();
        for message in messages {
            self.locks.send(now, &message.topic, &message.payload);
        }
    }

    /// Somebody else says something to a lock.
    pub(crate) fn say(&mut self, topic: &str, payload: &str) {
        self.locks.send(self.millis(), topic, payload.as_bytes());
    }

    /// The keeper is gone, and another knows nothing of the locks.
    pub(crate) fn restart(&mut self) {
        let (ledger, vault) = (self.ledger.clone(), self.vault.clone());
        self.keeper = Keeper::new(ledger, vault, self.tenant.clone(), pace(), 2);
    }
}

fn pace() -> Pace {
    Pace::of(SignedDuration::from_secs(60))
}

fn noon() -> Timestamp {
    "2026-12-01T11:00:00Z".parse().unwrap()
}

/// Some minutes after noon, so many minutes long.
pub(crate) fn span(at: i64, minutes: i64) -> pb::Interval {
    let start = noon().as_second() + at * 60;
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    pb::Interval { start: at(start), end: at(start + minutes * 60) }
}

pub(crate) fn person(word: &str) -> PersonId {
    PersonId(Uuid::new_v5(&Uuid::nil(), word.as_bytes()))
}

/// The reason of the one `ErrorInfo`.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

/// The field that a request was refused for.
pub(crate) fn field(status: &Status) -> String {
    status.get_details_bad_request().unwrap().field_violations[0].field.clone()
}
