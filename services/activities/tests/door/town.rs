//! A municipality behind real doors: rooms, matching and activities over one journal, each following
//! the others, with a clock that the test sets and a register of people that says what it wants said.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use dugnad_activities::{Activities, model::State};
use dugnad_door::Role;
use dugnad_events::volunteers::{self, Giver};
use dugnad_journal::{Journal, Service, Tenant};
use dugnad_ledger::{
    Ask, Caller, Clock, Config, Context, Ledger, Model, Nothing, RequestId, Secrets,
};
use dugnad_matching::Matching;
use dugnad_proto::{
    activities::v1::{self as pb, activities_service_client::ActivitiesServiceClient},
    matching::v1::{self as matching, matching_service_client::MatchingServiceClient},
    rooms::v1::{self as rooms, rooms_service_client::RoomsServiceClient},
};
use dugnad_rooms::Rooms;
use dugnad_vault::{Master, PersonId, Vault};
use jiff::Timestamp;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Status,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Server},
};
use tonic_types::StatusExt as _;
use uuid::{NoContext, Uuid};

type Called = InterceptedService<Channel, Who>;
pub(crate) type Client = ActivitiesServiceClient<Called>;

/// How long something that happens by itself may take.
const DEADLINE: Duration = Duration::from_secs(30);
const AGAIN: Duration = Duration::from_millis(5);

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
    pub(crate) ledger: Ledger<Activities>,
    pub(crate) vault: Vault,
    pub(crate) tenant: Tenant,
    /// For 30 people, with a kitchen.
    pub(crate) hall: String,
    /// For 10 people.
    pub(crate) parlour: String,
    pub(crate) facility: String,
    _others: (Ledger<Rooms>, Ledger<Matching>),
    register: Ledger<Register>,
    clock: Hands,
    channel: Channel,
    _dir: tempfile::TempDir,
}

impl Town {
    /// It is ten in the morning of Monday 23 November 2026, and there are two rooms.
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
        let ledger =
            listening::<Activities>(&journal, &config, &["volunteers", "rooms", "matching"]);
        let booking = listening::<Rooms>(&journal, &config, &["volunteers", "activities"]);
        let helping = listening::<Matching>(&journal, &config, &["volunteers", "activities"]);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Server::builder()
            .add_service(dugnad_activities::service(ledger.clone(), vault.clone()))
            .add_service(dugnad_rooms::service(booking.clone(), vault.clone()))
            .add_service(dugnad_matching::service(helping.clone(), vault.clone()));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
        let mut town = Self {
            ledger,
            vault,
            tenant: Tenant::new("drammen").unwrap(),
            hall: String::new(),
            parlour: String::new(),
            facility: String::new(),
            _others: (booking, helping),
            register,
            clock,
            channel,
            _dir: dir,
        };
        town.build().await;
        town
    }

    async fn build(&mut self) {
        let facility =
            rooms::Facility { display_name: "Samfunnshuset".to_owned(), ..Default::default() };
        let request =
            rooms::CreateFacilityRequest { facility: Some(facility), request_id: self.id() };
        let made = self.rooms("clerk").create_facility(request).await.unwrap().into_inner();
        self.facility = made.facility.unwrap().name;
        self.hall = self.room("Storsalen", 30, &["kitchen"]).await;
        self.parlour = self.room("Peisestua", 10, &[]).await;
    }

    pub(crate) async fn room(&self, name: &str, capacity: i32, equipment: &[&str]) -> String {
        let room = rooms::Room {
            display_name: name.to_owned(),
            capacity,
            equipment: equipment.iter().map(ToString::to_string).collect(),
            ..Default::default()
        };
        let (facility, request_id) = (self.facility.clone(), self.id());
        let request = rooms::CreateRoomRequest { facility, room: Some(room), request_id };
        let made = self.rooms("clerk").create_room(request).await.unwrap().into_inner();
        made.room.unwrap().name
    }

    fn called(&self, who: &str, role: Role) -> Called {
        InterceptedService::new(self.channel.clone(), Who(person(who), role))
    }

    pub(crate) fn rooms(&self, who: &str) -> RoomsServiceClient<Called> {
        RoomsServiceClient::new(self.called(who, Role::Staff))
    }

    pub(crate) fn matching(&self) -> MatchingServiceClient<Called> {
        MatchingServiceClient::new(self.called("cora", Role::Coordinator))
    }

    pub(crate) fn client(&self, who: &str, role: Role) -> Client {
        Client::new(self.called(who, role))
    }

    pub(crate) fn themselves(&self, who: &str) -> Client {
        self.client(who, Role::Person)
    }

    pub(crate) fn staff(&self) -> Client {
        self.client("clerk", Role::Staff)
    }

    /// A request id of now, by the town's clock.
    pub(crate) fn id(&self) -> String {
        let millis = u64::try_from(self.clock.0.load(Ordering::SeqCst)).unwrap();
        let (seconds, nanos) = (millis / 1000, u32::try_from(millis % 1000).unwrap() * 1_000_000);
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos)).to_string()
    }

    /// The clock is set forward, and looked at: a call does that.
    pub(crate) async fn later(&self, minutes: i64) {
        self.clock.0.fetch_add(minutes * 60_000, Ordering::SeqCst);
        self.says(Vec::new()).await;
    }

    /// The register says something, and activities has heard it.
    pub(crate) async fn says(&self, facts: Vec<volunteers::Event>) {
        // A marker that can be seen from outside: an organisation with a contact.
        let organisation = dugnad_events::OrganisationId(Uuid::now_v7());
        let (contact, deputy) = (PersonId(Uuid::now_v7()), None);
        let mut facts = facts;
        facts.push(volunteers::Event::ContactSet { organisation, contact, deputy });
        let caller = Caller { tenant: self.tenant.clone(), id: Uuid::from_u128(1) };
        let request_id = RequestId::new(self.id().parse().unwrap()).unwrap();
        self.register.execute(&caller, Ask { request_id, command: facts }, None).await.unwrap();
        let heard = dugnad_events::activities::Organiser::Organisation(organisation);
        self.until(move |state| state.plans_for(contact.0, heard)).await;
    }

    /// Waits until the state is as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&State) -> bool + Clone + Send + 'static) {
        eventually("it", async || {
            let wanted = wanted.clone();
            let look = move |state: &_, _| wanted(state);
            self.ledger.query(&self.tenant, None, look).await.is_ok_and(|it| it).then_some(())
        })
        .await;
    }

    /// An evening in the hall on Tuesday 1 December from six to eight, for 20 with one host.
    pub(crate) fn evening(&self) -> pb::Activity {
        pb::Activity {
            title: "Sangkveld".to_owned(),
            text: "Vi synger sammen".to_owned(),
            venue: Some(pb::activity::Venue::Room(pb::RoomWish {
                room: self.hall.clone(),
                ..Default::default()
            })),
            capacity: 20,
            helpers: vec![pb::Helpers { kind: "host".to_owned(), heads: 1 }],
            ..Default::default()
        }
    }

    /// Written down; its dates follow.
    pub(crate) async fn create(
        &self,
        client: &mut Client,
        activity: pb::Activity,
        schedule: pb::Schedule,
    ) -> Result<pb::Activity, Status> {
        let request = pb::CreateActivityRequest {
            activity: Some(activity),
            schedule: Some(schedule),
            contact: None,
            request_id: self.id(),
        };
        Ok(client.create_activity(request).await?.into_inner().activity.unwrap())
    }

    /// Written down by staff and made public: the activity and its first date.
    pub(crate) async fn arranged(&self, activity: pb::Activity) -> (String, String) {
        let mut staff = self.staff();
        let made = self.create(&mut staff, activity, once()).await.unwrap();
        self.arrange(&made.name).await;
        (made.name, made.dates[0].occurrence.clone())
    }

    pub(crate) async fn arrange(&self, activity: &str) {
        let request =
            pb::ArrangeActivityRequest { name: activity.to_owned(), request_id: self.id() };
        self.staff().arrange_activity(request).await.unwrap();
    }

    pub(crate) async fn seen(&self, client: &mut Client, name: &str) -> pb::Occurrence {
        let request = pb::GetOccurrenceRequest { name: name.to_owned() };
        client.get_occurrence(request).await.unwrap().into_inner().occurrence.unwrap()
    }

    /// The date, once it is so.
    pub(crate) async fn once(
        &self,
        name: &str,
        wanted: impl Fn(&pb::Occurrence) -> bool,
    ) -> pb::Occurrence {
        let staff = self.staff();
        let last = std::sync::Mutex::new(None);
        let seen = eventually_or(async || {
            let seen = self.seen(&mut staff.clone(), name).await;
            *last.lock().unwrap() = Some(seen.clone());
            wanted(&seen).then_some(seen)
        })
        .await;
        seen.unwrap_or_else(|| panic!("it stays {:#?}", last.lock().unwrap()))
    }

    pub(crate) async fn once_missing(&self, name: &str, missing: &str) -> pb::Occurrence {
        self.once(name, |it| it.missing_in_words == missing).await
    }

    /// A volunteer comes to help: their place.
    pub(crate) async fn helps(&self, need: &str, who: &str) -> String {
        let giver = Some(Giver { reach_km: 10, ..Giver::default() });
        let person = person(who);
        let on = "2026-11-23".parse().unwrap();
        self.says(vec![
            volunteers::Event::GiverSet { person, giver },
            volunteers::Event::PersonAdmitted { person, on },
        ])
        .await;
        eventually("a helper", async || {
            let request = matching::AssignRequest {
                need: need.to_owned(),
                person: person.to_string(),
                anyway: true,
                request_id: self.id(),
                ..Default::default()
            };
            self.matching().assign(request).await.ok().map(|made| made.into_inner().assignment)
        })
        .await
    }

    /// An evening that has all it needs: its activity and date.
    pub(crate) async fn confirmed(&self, activity: pb::Activity) -> (String, pb::Occurrence) {
        let (activity, date) = self.arranged(activity).await;
        let ready =
            |it: &pb::Occurrence| !it.room.is_empty() && it.helpers.iter().all(|it| it.posted);
        let seen = self.once(&date, ready).await;
        for helpers in &seen.helpers {
            for n in 0..helpers.heads {
                self.helps(&helpers.need, &format!("{} {n}", helpers.kind)).await;
            }
        }
        (activity, self.once(&date, |it| it.state() == pb::OccurrenceState::Confirmed).await)
    }

    pub(crate) async fn sign_up(
        &self,
        client: &mut Client,
        date: &str,
        who: &str,
    ) -> Result<pb::Signup, Status> {
        let request = pb::SignUpRequest {
            occurrence: date.to_owned(),
            person: person(who).to_string(),
            request_id: self.id(),
            ..Default::default()
        };
        Ok(client.sign_up(request).await?.into_inner().signup.unwrap())
    }

    pub(crate) async fn cancel(&self, date: &str) {
        let request = pb::CancelOccurrenceRequest {
            name: date.to_owned(),
            reason: "ill".to_owned(),
            request_id: self.id(),
        };
        self.staff().cancel_occurrence(request).await.unwrap();
    }

    pub(crate) async fn booking(&self, name: &str) -> rooms::Booking {
        let request = rooms::GetBookingRequest { name: name.to_owned() };
        self.rooms("clerk").get_booking(request).await.unwrap().into_inner().booking.unwrap()
    }

    /// The live bookings of a room in those weeks.
    pub(crate) async fn bookings(&self, room: &str) -> Vec<rooms::Booking> {
        let at = |text: &str| {
            let at: Timestamp = text.parse().unwrap();
            Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 })
        };
        let interval =
            rooms::Interval { start: at("2026-11-23T00:00:00Z"), end: at("2027-06-01T00:00:00Z") };
        let room = room.to_owned();
        let request =
            rooms::ListBookingsRequest { room, interval: Some(interval), ..Default::default() };
        self.rooms("clerk").list_bookings(request).await.unwrap().into_inner().bookings
    }

    pub(crate) async fn need(&self, name: &str) -> matching::Need {
        let request = matching::GetNeedRequest { name: name.to_owned() };
        self.matching().get_need(request).await.unwrap().into_inner().need.unwrap()
    }
}

fn listening<M: Model>(journal: &Arc<dyn Journal>, config: &Config, to: &[&str]) -> Ledger<M> {
    let ledger = Ledger::<M>::open(journal.clone(), config.clone());
    for service in to {
        ledger.listen(Service::new(service).unwrap());
    }
    ledger
}

/// What comes to be by itself.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    look: impl Fn() -> F,
) -> T {
    eventually_or(look).await.unwrap_or_else(|| panic!("{what} never came to be"))
}

async fn eventually_or<T, F: Future<Output = Option<T>>>(look: impl Fn() -> F) -> Option<T> {
    let wait = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(AGAIN).await;
        }
    };
    tokio::time::timeout(DEADLINE, wait).await.ok()
}

pub(crate) fn person(word: &str) -> PersonId {
    PersonId(Uuid::new_v5(&Uuid::nil(), word.as_bytes()))
}

/// Tuesday 1 December from six to eight.
pub(crate) fn once() -> pb::Schedule {
    pb::Schedule {
        start_time: "2026-12-01T18:00".to_owned(),
        duration: Some(prost_types::Duration { seconds: 2 * 3600, nanos: 0 }),
        ..Default::default()
    }
}

/// The reason of the one `ErrorInfo`.
pub(crate) fn reason<T: std::fmt::Debug>(outcome: Result<T, Status>) -> String {
    outcome.unwrap_err().get_details_error_info().unwrap().reason
}

/// The field that a request was refused for.
pub(crate) fn field(status: &Status) -> String {
    status.get_details_bad_request().unwrap().field_violations[0].field.clone()
}
