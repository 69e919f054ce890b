//! Locks kept over a real broker: the server's processor time while nothing is to be done, and while
//! every lock gets a code and loses it again.
//!
//! What the bookings themselves cost is in it. The server, the broker (a NATS server's MQTT) and this process with the simulated locks share the
//! machine; what is told is the processor time of the server's process alone.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use dugnad_harness::{
    Caller, DugnadServer, Journal, NatsServer,
    clients::{Called, request_id},
    locks::{Format, LockFaults, LocksOverMqtt, SimLock, SimLocks, over_mqtt},
};
use dugnad_proto::rooms::v1::{
    self as pb, doors_service_client::DoorsServiceClient, rooms_service_client::RoomsServiceClient,
};
use futures::{StreamExt as _, TryStreamExt as _};
use prost_types::{Duration as Length, Timestamp};

use crate::bench::{figure::Figure, report::thousands};

const TENANT: &str = "bench";
/// A facility holds no more rooms.
const OF_A_FACILITY: usize = 1_000;
/// Requests under way at once.
const AT_ONCE: usize = 64;
/// How long nothing is done.
const IDLE: Duration = Duration::from_secs(20);
/// How long the doors' own checks go on after a code was set or removed, and a little.
const VERIFYING: Duration = Duration::from_secs(100);
/// Longer than any part of it takes.
const DEADLINE: Duration = Duration::from_secs(1_200);

type Rooms = RoomsServiceClient<Called>;
type Doors = DoorsServiceClient<Called>;

pub(super) async fn run(locks: usize) -> Result<Vec<Figure>> {
    let broker = NatsServer::start_with_mqtt()?;
    let port = broker.mqtt_port().context("the broker speaks MQTT")?;
    let url = format!("mqtt://127.0.0.1:{port}");
    let server = DugnadServer::start_with(Journal::Sqlite, &["--mqtt", &url]).await?;
    let clerk = Caller::new(TENANT).acting_as("staff");
    let (rooms, doors) = (Rooms::new(server.called(&clerk)?), Doors::new(server.called(&clerk)?));
    let lock =
        |n: usize| SimLock::new(&format!("{TENANT}/zigbee2mqtt/lock{n}"), Format::Zigbee2mqtt);
    let simulated = SimLocks::new((0..locks).map(lock).collect(), 1, LockFaults::NONE);
    let simulated = over_mqtt(port, simulated).await?;
    eprintln!("setting up {} doors", thousands(locks as f64));
    let halls = set_up(&rooms, &doors, locks).await?;
    eprintln!("leaving them alone for {} s", IDLE.as_secs());
    let idle = spent(&server, async {
        tokio::time::sleep(IDLE).await;
        Ok(())
    })
    .await?;
    eprintln!("booking them all within the hour");
    let mut bookings = Vec::new();
    let set = spent(&server, async {
        bookings = book(&rooms, &halls).await?;
        until(&simulated, locks).await
    })
    .await?;
    let set_verified = spent(&server, settled(&doors)).await?;
    eprintln!("cancelling them all");
    let gone = spent(&server, async {
        cancel(&rooms, &bookings).await?;
        until(&simulated, 0).await
    })
    .await?;
    let gone_verified = spent(&server, settled(&doors)).await?;
    let of = format!("{} locks", thousands(locks as f64));
    let codes = set.cpu + set_verified.cpu + gone.cpu + gone_verified.cpu;
    Ok(vec![
        Figure::new(
            format!("{of}, nothing to do"),
            percent(idle.cpu, idle.took),
            "% of a core",
            Some(10.0),
        ),
        Figure::new(
            format!("{of}, each booked and cancelled, its code set and removed: processor time"),
            codes.as_secs_f64(),
            "s",
            None,
        ),
        Figure::new("… until all are set", set.took.as_secs_f64(), "s", None),
        Figure::new("… until all are gone", gone.took.as_secs_f64(), "s", None),
        Figure::new(
            format!("{of}, the same every hour"),
            percent(codes, Duration::from_secs(3_600)),
            "% of a core",
            Some(10.0),
        ),
    ])
}

struct Spent {
    took: Duration,
    cpu: Duration,
}

fn percent(cpu: Duration, of: Duration) -> f64 {
    cpu.as_secs_f64() / of.as_secs_f64() * 100.0
}

async fn spent(server: &DugnadServer, doing: impl Future<Output = Result<()>>) -> Result<Spent> {
    let (began, before) = (Instant::now(), cpu(server)?);
    tokio::time::timeout(DEADLINE, doing).await.context("it takes too long")??;
    Ok(Spent { took: began.elapsed(), cpu: cpu(server)? - before })
}

/// The processor time of the server's process so far, from its `stat`: in hundredths of a second.
fn cpu(server: &DugnadServer) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.pid().context("it runs")?))?;
    let (_, fields) = stat.rsplit_once(") ").context("a name in brackets")?;
    // The 14th and 15th of all, counted from the third.
    let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u64>);
    let ticks: u64 = ticks.sum::<Result<u64, _>>()?;
    Ok(Duration::from_millis(ticks * 10))
}

async fn set_up(rooms: &Rooms, doors: &Doors, locks: usize) -> Result<Vec<String>> {
    let mut halls = Vec::with_capacity(locks);
    for first in (0..locks).step_by(OF_A_FACILITY) {
        let facility = pb::Facility { display_name: format!("Hus {first}"), ..Default::default() };
        let request =
            pb::CreateFacilityRequest { facility: Some(facility), request_id: request_id() };
        let created = rooms.clone().create_facility(request).await?.into_inner();
        let facility = created.facility.context("the facility that was made")?.name;
        let last = locks.min(first + OF_A_FACILITY);
        let made = futures::stream::iter(first..last)
            .map(|n| hall(rooms.clone(), doors.clone(), facility.clone(), n))
            .buffered(AT_ONCE);
        halls.extend(made.try_collect::<Vec<_>>().await?);
    }
    Ok(halls)
}

async fn hall(mut rooms: Rooms, mut doors: Doors, facility: String, n: usize) -> Result<String> {
    let room = pb::Room { display_name: format!("Rom {n}"), capacity: 20, ..Default::default() };
    let request = pb::CreateRoomRequest {
        facility: facility.clone(),
        room: Some(room),
        request_id: request_id(),
    };
    let created = rooms.create_room(request).await?.into_inner();
    let hall = created.room.context("the room that was made")?.name;
    let minutes = |minutes: i64| Some(Length { seconds: minutes * 60, nanos: 0 });
    let by_code =
        pb::door::AccessFrom { from: "2020-01-01".to_owned(), access: pb::Access::Code.into() };
    let door = pb::Door {
        display_name: format!("Dør {n}"),
        facility,
        rooms: vec![hall.clone()],
        access: vec![by_code],
        lock: Some(pb::Lock {
            bridge: pb::Bridge::Zigbee2mqtt.into(),
            base_topic: "zigbee2mqtt".to_owned(),
            topic_name: format!("lock{n}"),
            first_slot: 2,
            last_slot: 20,
            digits: 6,
            lead: minutes(120),
            margin: minutes(15),
            ..Default::default()
        }),
        ..Default::default()
    };
    doors.set_door(pb::SetDoorRequest { door: Some(door), request_id: request_id() }).await?;
    Ok(hall)
}

/// An hour and a half from now, half an hour long: within the lead, and not late.
async fn book(rooms: &Rooms, halls: &[String]) -> Result<Vec<String>> {
    let now = i64::try_from(uuid::Uuid::now_v7().as_u128() >> 80)? / 1000;
    let at = |seconds| Some(Timestamp { seconds, nanos: 0 });
    let interval = pb::Interval { start: at(now + 5_400), end: at(now + 7_200) };
    let one = |hall: String| {
        let (mut rooms, interval) = (rooms.clone(), Some(interval));
        async move {
            let request_id = request_id();
            let request =
                pb::CreateBookingRequest { room: hall, interval, request_id, ..Default::default() };
            let booked = rooms.create_booking(request).await?.into_inner();
            anyhow::Ok(booked.booking.context("the booking that was made")?.name)
        }
    };
    futures::stream::iter(halls.to_vec()).map(one).buffered(AT_ONCE).try_collect().await
}

async fn cancel(rooms: &Rooms, bookings: &[String]) -> Result<()> {
    let one = |name: String| {
        let mut rooms = rooms.clone();
        async move {
            let request_id = request_id();
            let request = pb::CancelBookingRequest { name, request_id, ..Default::default() };
            rooms.cancel_booking(request).await?;
            anyhow::Ok(())
        }
    };
    let all = futures::stream::iter(bookings.to_vec()).map(one).buffered(AT_ONCE);
    all.try_collect::<Vec<()>>().await.map(drop)
}

/// Until so many locks hold a code.
async fn until(locks: &LocksOverMqtt, wanted: usize) -> Result<()> {
    while locks.held().values().filter(|held| !held.is_empty()).count() != wanted {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

/// A little longer than verifying takes; and nothing alarms.
async fn settled(doors: &Doors) -> Result<()> {
    eprintln!("having them verified, which takes {} s", VERIFYING.as_secs());
    tokio::time::sleep(VERIFYING).await;
    let alarms = doors.clone().list_door_alarms(pb::ListDoorAlarmsRequest {}).await?.into_inner();
    ensure!(alarms.alarms.is_empty(), "{} alarms are left", alarms.alarms.len());
    Ok(())
}
