//! What opens the door comes by SMS, in time and not before, and stands nowhere else.

use dugnad_harness::{
    Caller, NatsServer, SmsGateway,
    clients::{Called, request_id},
    files_with,
    locks::{Format, LockFaults, SimLock, SimLocks, over_mqtt},
};
use dugnad_proto::{
    notices::v1::State,
    rooms::v1::{self as pb, doors_service_client::DoorsServiceClient},
    volunteers::v1::Details,
};
use dugnad_scenarios::{
    On, World, on_both, town,
    village::{Coordinator, TENANT, within},
};
use prost_types::{Duration, Timestamp};
use uuid::Uuid;

use crate::{LOOK, registers, tells_at_once, to};

on_both!(a_code_comes_by_sms_when_its_door_says_and_stands_in_no_log);

const LOCK: &str = "lillevik/zigbee2mqtt/hall";

/// Set two hours ahead, and shown half an hour ahead.
fn door(hall: &str) -> pb::Door {
    let minutes = |minutes: i64| Some(Duration { seconds: minutes * 60, nanos: 0 });
    let (facility, _) = hall.split_once("/rooms/").unwrap();
    let lock = pb::Lock {
        bridge: pb::Bridge::Zigbee2mqtt.into(),
        base_topic: "zigbee2mqtt".into(),
        topic_name: "hall".into(),
        first_slot: 10,
        last_slot: 20,
        digits: 10,
        lead: minutes(120),
        shown: minutes(30),
        margin: minutes(15),
        ..Default::default()
    };
    let code = pb::Access::Code.into();
    pb::Door {
        display_name: "Hovedinngang".into(),
        facility: facility.into(),
        rooms: vec![hall.into()],
        access: vec![pb::door::AccessFrom { from: "2026-01-01".into(), access: code }],
        lock: Some(lock),
        ..Default::default()
    }
}

/// An hour from now, an hour long.
fn soon() -> pb::Interval {
    let id: Uuid = request_id().parse().unwrap();
    let now = i64::try_from(id.as_u128() >> 80).unwrap() / 1_000;
    let at = |seconds| Some(Timestamp { seconds, nanos: 0 });
    pb::Interval { start: at(now + 3_600), end: at(now + 7_200) }
}

async fn a_code_comes_by_sms_when_its_door_says_and_stands_in_no_log(on: On) {
    // Given a lock, and Anna, who has booked the hall in an hour,
    let broker = NatsServer::start_with_mqtt().unwrap();
    let port = broker.mqtt_port().unwrap();
    let mqtt = format!("--mqtt=mqtt://127.0.0.1:{port}");
    let gateway = SmsGateway::start().await.unwrap();
    let sms = format!("--sms={}", gateway.file().display());
    let mut world = World::start_with(on, &[&mqtt, "--mqtt-settle=1s", &sms]).await;
    let lock = SimLock::new(LOCK, Format::Zigbee2mqtt);
    let locks = over_mqtt(port, SimLocks::new(vec![lock], 1, LockFaults::NONE)).await.unwrap();
    tells_at_once(&world.server).await;
    let (display_name, phone) = ("Anna".into(), "+47 900 00 001".into());
    let details = Details { display_name, phone, ..Default::default() };
    let anna = registers(&mut Coordinator::of(&world.server), details).await;
    let staff = Caller::new(TENANT).acting_as("staff");
    let hall = town(&mut world.calling(&staff)).await.hall;
    let mut doors = DoorsServiceClient::<Called>::new(world.server.called(&staff).unwrap());
    let request = pb::SetDoorRequest { door: Some(door(&hall)), request_id: request_id() };
    doors.set_door(request).await.unwrap();
    let herself = Caller::known(TENANT, anna["people/".len()..].parse().unwrap());
    let request = pb::CreateBookingRequest {
        room: hall,
        interval: Some(soon()),
        request_id: request_id(),
        ..Default::default()
    };
    world.calling(&herself).create_booking(request).await.unwrap();

    // when the lock holds her code, and it is not yet time to tell it,
    within(async {
        loop {
            let told = to(&world.server, &anna).await;
            match told.iter().find(|it| it.template == "door-code") {
                Some(code) => return assert_eq!(code.state(), State::Queued),
                None => tokio::time::sleep(LOOK).await,
            }
        }
    })
    .await;
    let digits = locks.held()[LOCK].values().next().unwrap().clone();
    assert!(gateway.texts().iter().all(|text| !text.contains(&digits)), "too soon");

    // then it comes by SMS once that time is there, and stands in no log and no file.
    world.server.kill9().await.unwrap();
    world.server.also("--clock-ahead=31m");
    world.server.restart().await.unwrap();
    let text = gateway.wait_for(|text| text.contains(&digits)).await.unwrap();
    assert!(text.contains("Hovedinngang"), "{text}");
    within(async {
        loop {
            let told = to(&world.server, &anna).await;
            let code = told.iter().find(|it| it.template == "door-code").unwrap();
            if code.state() == State::Sent {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    })
    .await;
    assert!(!world.server.logs().contains(&digits));
    world.server.terminate().await.unwrap();
    let files = files_with(world.server.dir(), digits.as_bytes()).unwrap();
    assert_eq!(files, Vec::<std::path::PathBuf>::new());
}
