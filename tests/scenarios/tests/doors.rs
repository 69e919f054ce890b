//! A door's code through the real binary and a real broker, killed between the lock and the record.
//!
//! Invariant 6, seen on the lock.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::time::Duration;

use dugnad_harness::{
    Caller, NatsServer,
    clients::{Called, request_id},
    files_with,
    locks::{Format, LockFaults, LocksOverMqtt, SimLock, SimLocks, over_mqtt},
};
use dugnad_proto::rooms::v1::{
    self as pb, door_code::State, doors_service_client::DoorsServiceClient,
};
use dugnad_scenarios::{On, World, town};
use prost_types::Timestamp;
use tokio::time::{sleep, timeout};

const DEADLINE: Duration = Duration::from_secs(60);
const LOCK: &str = "lillevik/zigbee2mqtt/hall";

type Doors = DoorsServiceClient<Called>;

fn door(hall: &str) -> pb::Door {
    let minutes = |minutes: i64| Some(prost_types::Duration { seconds: minutes * 60, nanos: 0 });
    let (facility, _) = hall.split_once("/rooms/").unwrap();
    pb::Door {
        display_name: "Hovedinngang".to_owned(),
        facility: facility.to_owned(),
        rooms: vec![hall.to_owned()],
        access: vec![pb::door::AccessFrom {
            from: "2026-01-01".to_owned(),
            access: pb::Access::Code.into(),
        }],
        lock: Some(pb::Lock {
            bridge: pb::Bridge::Zigbee2mqtt.into(),
            base_topic: "zigbee2mqtt".to_owned(),
            topic_name: "hall".to_owned(),
            first_slot: 10,
            last_slot: 20,
            digits: 10,
            lead: minutes(120),
            margin: minutes(15),
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// An hour from now, an hour long.
fn soon() -> pb::Interval {
    let now = jiff::Timestamp::from_millisecond(millis()).unwrap().as_second();
    let at = |seconds| Some(Timestamp { seconds, nanos: 0 });
    pb::Interval { start: at(now + 3_600), end: at(now + 7_200) }
}

/// The time by a fresh request id, which every caller makes by the machine's clock.
fn millis() -> i64 {
    let id: uuid::Uuid = request_id().parse().unwrap();
    i64::try_from(id.as_u128() >> 80).unwrap()
}

async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !so().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(DEADLINE, wait).await.unwrap_or_else(|_| panic!("never: {what}"));
}

async fn states(doors: &mut Doors, door: &str) -> Vec<State> {
    let request = pb::ListCodesRequest { door: door.to_owned() };
    let codes = doors.list_codes(request).await.unwrap().into_inner().codes;
    codes.iter().map(pb::DoorCode::state).collect()
}

fn held(locks: &LocksOverMqtt) -> Vec<String> {
    locks.held()[LOCK].values().cloned().collect()
}

async fn killed_between_lock_and_record(on: On) {
    let broker = NatsServer::start_with_mqtt().unwrap();
    let port = broker.mqtt_port().unwrap();
    let url = format!("mqtt://127.0.0.1:{port}");
    let mut world = World::start_with(on, &["--mqtt", &url, "--mqtt-settle", "1s"]).await;
    let lock = SimLock::new(LOCK, Format::Zigbee2mqtt);
    let locks = over_mqtt(port, SimLocks::new(vec![lock], 1, LockFaults::NONE)).await.unwrap();
    let clerk = Caller::new("lillevik").acting_as("staff");
    let mut rooms = world.calling(&clerk);
    let hall = town(&mut rooms).await.hall;
    let mut doors = Doors::new(world.server.called(&clerk).unwrap());
    let request = pb::SetDoorRequest { door: Some(door(&hall)), request_id: request_id() };
    let name = doors.set_door(request).await.unwrap().into_inner().door.unwrap().name;
    let request = pb::CreateBookingRequest {
        room: hall,
        interval: Some(soon()),
        request_id: request_id(),
        ..Default::default()
    };
    let booked = rooms.create_booking(request).await.unwrap().into_inner();
    let booking = booked.booking.unwrap().name;
    until("on the lock", async || held(&locks).len() == 1).await;
    let before = states(&mut doors, &name).await;

    world.server.kill9().await.unwrap();
    assert_eq!(before, [State::Setting], "killed before it was recorded that the lock has it");
    let on_lock = held(&locks);
    world.server.restart().await.unwrap();

    let mut doors = Doors::new(world.server.called(&clerk).unwrap());
    until("recorded", async || states(&mut doors, &name).await == [State::Set]).await;
    assert_eq!(held(&locks), on_lock, "exactly the one");
    let request = pb::GetAccessRequest { booking: booking.clone() };
    let ways = doors.get_access(request).await.unwrap().into_inner().ways;
    assert_eq!(ways[0].code.as_ref().unwrap().digits, on_lock[0]);
    let request =
        pb::CancelBookingRequest { name: booking, request_id: request_id(), ..Default::default() };
    world.calling(&clerk).cancel_booking(request).await.unwrap();
    until("gone", async || states(&mut doors, &name).await == [State::Removed]).await;
    assert!(held(&locks).is_empty());
    assert!(!world.server.logs().contains(&on_lock[0]));
    world.server.terminate().await.unwrap();
    let files = files_with(world.server.dir(), on_lock[0].as_bytes()).unwrap();
    assert_eq!(files, Vec::<std::path::PathBuf>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_set_just_before_kill_9_is_found_and_goes_on_sqlite() {
    killed_between_lock_and_record(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_set_just_before_kill_9_is_found_and_goes_on_nats() {
    killed_between_lock_and_record(On::Nats).await;
}
