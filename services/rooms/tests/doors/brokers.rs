//! The same faults over real brokers, in both formats: what the ledger says is gone is gone.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use dugnad_calendar::{Interval, OpeningHours};
use dugnad_events::{
    BookingId, DoorId, RoomName,
    rooms::{Access, AccessFrom, BookingDetails, Bridge, Door, DoorEvent, Event, Lock, RoomTraits},
};
use dugnad_harness::{
    Amqtt, NatsServer,
    locks::{Format, LockFaults, LocksOverMqtt, SimLock, SimLocks, over_mqtt},
};
use dugnad_journal::{Journal, Tenant};
use dugnad_ledger::{Ask, Caller, Clock as _, Config, Ledger, RequestId, Secrets, SystemClock};
use dugnad_rooms::{
    Rooms,
    doors::{Pace, keep_doors},
    model::{
        Command, State,
        door::{self, CodeState, CodeView},
    },
};
use dugnad_vault::{Master, PersonId, Vault};
use jiff::{SignedDuration, Timestamp};
use rumqttc::{AsyncClient, Event as Mqtt, MqttOptions, Packet, QoS};
use uuid::Uuid;

const DEADLINE: Duration = Duration::from_secs(60);
const BY: Uuid = Uuid::from_u128(7);

struct NoSecrets;

#[async_trait]
impl Secrets for NoSecrets {
    async fn digest_key(&self, _tenant: &Tenant) -> Result<[u8; 32], String> {
        Ok([7; 32])
    }
}

struct House {
    ledger: Ledger<Rooms>,
    vault: Vault,
    tenant: Tenant,
    rooms: Vec<RoomName>,
    doors: Vec<DoorId>,
    locks: LocksOverMqtt,
    keeping: tokio::task::JoinHandle<()>,
    dir: tempfile::TempDir,
}

fn lock(n: usize) -> Lock {
    let nuki = n == 2;
    Lock {
        bridge: if nuki { Bridge::NukiHub } else { Bridge::Zigbee2mqtt },
        base: if nuki { "nuki".to_owned() } else { "zigbee2mqtt".to_owned() },
        name: if nuki { String::new() } else { format!("hall{n}") },
        first_slot: 2,
        last_slot: 7,
        digits: if nuki { 6 } else { 9 },
        lead_minutes: 90,
        margin_minutes: 15,
        shown_minutes: 60,
        one_for_series: false,
    }
}

impl House {
    async fn open(port: u16, faults: LockFaults) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let journal: Arc<dyn Journal> = dugnad_harness::journal(dir.path()).await.unwrap();
        let secrets = dir.path().join("secrets");
        let vault = Vault::embedded(&dir.path().join("keys"), &secrets, &Master::Made).await;
        let (vault, _) = vault.unwrap();
        let ledger = Ledger::open(journal.clone(), Config::new(Arc::new(NoSecrets)));
        let locks = ["drammen/zigbee2mqtt/hall0", "drammen/zigbee2mqtt/hall1", "drammen/nuki"];
        let locks = locks.map(|topic| {
            let nuki = topic.ends_with("nuki");
            SimLock::new(topic, if nuki { Format::NukiHub } else { Format::Zigbee2mqtt })
        });
        let locks = over_mqtt(port, SimLocks::new(locks.into(), 1, faults)).await.unwrap();
        let broker = format!("mqtt://127.0.0.1:{port}").parse().unwrap();
        // Much longer than a broker takes on a busy machine; seldom is soon.
        let second = SignedDuration::from_secs(1);
        let pace = Pace { seldom: second * 2, ..Pace::of(second) };
        let keeping =
            keep_doors(journal, ledger.clone(), vault.clone(), Arc::new(SystemClock), broker, pace);
        let tenant = Tenant::new("drammen").unwrap();
        let (rooms, doors) = (Vec::new(), Vec::new());
        let mut house = Self {
            ledger,
            vault,
            tenant,
            rooms,
            doors,
            locks,
            // Only when there is something to keep: it looks for municipalities seldom.
            keeping: tokio::spawn(async {}),
            dir,
        };
        house.build().await;
        house.keeping = tokio::spawn(keeping);
        house
    }

    async fn build(&mut self) {
        let (name, zone) = ("Skolen".to_owned(), "Europe/Oslo".to_owned());
        let hours = OpeningHours::default();
        let register = Command::RegisterFacility { name, zone, hours };
        let Event::FacilityRegistered { facility, .. } = self.ask(register).await[0] else {
            unreachable!()
        };
        for n in 0..3 {
            let traits = RoomTraits {
                name: format!("Sal {n}"),
                capacity: 10,
                equipment: Vec::new(),
                accessibility: Vec::new(),
                minutes_before: 0,
                minutes_after: 0,
                hours: None,
            };
            let register = Command::RegisterRoom { facility, parent: None, traits };
            let Event::RoomRegistered { room, .. } = self.ask(register).await[0] else {
                unreachable!()
            };
            self.rooms.push(RoomName { facility, room });
            let from = "2026-01-01".parse().unwrap();
            let what = Door {
                name: format!("Dør {n}"),
                facility,
                rooms: vec![room],
                access: vec![AccessFrom { from, access: Access::Code }],
                lock: Some(lock(n)),
            };
            let set = door::Command::Set { door: None, what: Box::new(what) };
            let Event::Door(DoorEvent::Set { door, .. }) = self.ask(Command::Door(set)).await[0]
            else {
                unreachable!()
            };
            self.doors.push(door);
        }
    }

    async fn ask(&self, command: Command) -> Vec<Event> {
        let ask = Ask { request_id: RequestId::new(Uuid::now_v7()).unwrap(), command };
        let caller = Caller { tenant: self.tenant.clone(), id: BY };
        self.ledger.execute(&caller, ask, None).await.unwrap().events.to_vec()
    }

    /// Ten minutes, some minutes from now: within its lead.
    async fn book(&self, room: usize, minutes: i64) -> BookingId {
        let now = Timestamp::from_second(SystemClock.now().as_second()).unwrap();
        let start = now + SignedDuration::from_mins(minutes);
        let span = Interval::new(start, start + SignedDuration::from_mins(10)).unwrap();
        let key = self.vault.key("drammen", PersonId(BY)).await.unwrap();
        let details = key.seal(b"x", &BookingDetails::default());
        let book = Command::Book { room: self.rooms[room], span, details };
        let Event::Booked { booking, .. } = self.ask(book).await[0] else { unreachable!() };
        booking
    }

    /// All codes by door; and that no slot is said to be empty that is not.
    async fn look(&self) -> Vec<Vec<CodeView>> {
        let doors = self.doors.clone();
        let look = move |state: &State, _| -> Vec<_> {
            doors.iter().map(|door| state.codes(*door).unwrap()).collect()
        };
        let codes = self.ledger.query(&self.tenant, None, look).await.unwrap();
        let held: Vec<_> = self
            .locks
            .with(|locks| locks.locks().iter().map(|lock| lock.holds().clone()).collect());
        for (codes, held) in codes.iter().zip(&held) {
            for code in codes {
                let gone = matches!(code.state, CodeState::Removed | CodeState::Failed);
                assert!(!gone || !held.contains_key(&code.slot), "{code:?} is there: {held:?}");
            }
        }
        codes
    }

    async fn until(&self, what: &str, wanted: impl Fn(&CodeView) -> bool) {
        let wait = async {
            while !self.look().await.iter().flatten().all(&wanted) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(DEADLINE, wait).await.is_err() {
            panic!("never all {what}: {:?}", self.look().await);
        }
    }
}

/// What the broker has kept, and every topic that it carried meanwhile.
async fn retained(port: u16) -> Vec<(String, Vec<u8>)> {
    let (client, mut events) = AsyncClient::new(MqttOptions::new("looks", "127.0.0.1", port), 10);
    client.subscribe("drammen/#", QoS::AtMostOnce).await.unwrap();
    let mut kept = Vec::new();
    let collect = async {
        loop {
            if let Mqtt::Incoming(Packet::Publish(said)) = events.poll().await.unwrap() {
                kept.push((said.topic, said.payload.to_vec()));
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_millis(500), collect).await;
    kept
}

async fn codes_come_and_go(port: u16) {
    let faults = LockFaults { lost: 8, twice: 10, slow_ms: 200, lies: 10 };
    let house = House::open(port, faults).await;
    let mut booked = Vec::new();
    for (room, minutes) in [(0, 30), (0, 45), (1, 30), (1, 60), (2, 30), (2, 50)] {
        booked.push(house.book(room, minutes).await);
    }
    let wait = async {
        while house.look().await.iter().flatten().count() < 6 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(DEADLINE, wait).await.expect("all are drawn");
    house.until("set", |code| code.state == CodeState::Set).await;
    let digits: BTreeSet<_> =
        house.locks.held().into_values().flat_map(|it| it.into_values()).collect();
    assert_eq!(digits.len(), 6, "what is said to be set is there");
    // One lock is away while its code is to go: for an age at this pace.
    house.locks.with(|locks| locks.set_away(0, i64::MIN..i64::MAX));

    for booking in booked {
        house.ask(Command::Cancel { booking, reason: String::new(), seen: None }).await;
    }
    let on_first = house.doors[0];
    house
        .until("gone elsewhere", |code| code.door == on_first || code.state == CodeState::Removed)
        .await;
    house.until("suspended there", |code| code.door != on_first || code.suspended.is_some()).await;
    house.locks.with(|locks| {
        locks.heal();
        locks.set_away(0, 0..0);
    });
    house.until("gone", |code| code.state == CodeState::Removed).await;

    assert!(house.locks.held().values().all(|held| held.is_empty()), "{:?}", house.locks.held());
    for (topic, payload) in retained(port).await {
        let said = String::from_utf8_lossy(&payload);
        assert!(
            digits.iter().all(|it| !topic.contains(it) && !said.contains(it)),
            "{topic}: {said}"
        );
    }
    let long = digits.iter().filter(|digits| digits.len() == 9);
    for digits in long {
        let files = dugnad_harness::files_with(house.dir.path(), digits.as_bytes()).unwrap();
        assert_eq!(files, Vec::<std::path::PathBuf>::new());
    }
    house.keeping.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_come_and_go_over_the_mqtt_of_a_nats_server() {
    let server = NatsServer::start_with_mqtt().unwrap();

    codes_come_and_go(server.mqtt_port().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_come_and_go_over_another_broker() {
    let broker = Amqtt::start().unwrap();

    codes_come_and_go(broker.port()).await;
}
