//! A server as those who run it see it: ready, watched, described, stopped.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::time::Duration;

use dugnad_harness::{DugnadServer, Journal};
use dugnad_proto::rooms::v1::{Booking, Interval, WatchBookingsRequest, WatchBookingsResponse};
use dugnad_scenarios::{On, World, book, hours, is_away, listed, move_to, on_both, town};
use tokio::{task::JoinSet, time::timeout};
use tonic::{Status, Streaming, transport::Endpoint};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::{v1, v1alpha};

const DEADLINE: Duration = Duration::from_secs(20);

on_both!(
    health_and_readiness_say_the_same,
    watchers_see_every_change_once_and_resume_where_they_were,
    an_orderly_stop_answers_who_waits_and_loses_nothing,
    an_orderly_stop_does_not_wait_for_watchers,
    metrics_count_without_naming_anybody,
);

async fn channel(world: &World) -> tonic::transport::Channel {
    Endpoint::from_shared(world.server.url().unwrap()).unwrap().connect().await.unwrap()
}

async fn health_and_readiness_say_the_same(on: On) {
    let world = World::start(on).await;
    let mut health = HealthClient::new(channel(&world).await);

    for service in ["", "dugnad.rooms.v1.RoomsService"] {
        let request = HealthCheckRequest { service: service.to_owned() };
        let status = health.check(request).await.unwrap().into_inner().status();
        assert_eq!(status, ServingStatus::Serving, "{service}");
    }
    assert_eq!(world.server.admin("/ready").await.unwrap(), (200, "ready\n".to_owned()));
    assert_eq!(world.server.admin("/live").await.unwrap().0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_journal_is_away_is_live_but_not_ready() {
    let mut world = World::start(On::Nats).await;

    world.nats.as_mut().unwrap().kill9().unwrap();
    let mut health = HealthClient::new(channel(&world).await);
    let mut states = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    wait_for(&mut states, ServingStatus::NotServing).await;
    let while_away = world.server.admin("/ready").await.unwrap();
    let live = world.server.admin("/live").await.unwrap().0;
    world.nats.as_mut().unwrap().restart().unwrap();
    wait_for(&mut states, ServingStatus::Serving).await;

    assert_eq!(while_away, (503, "the journal is away\n".to_owned()));
    assert_eq!(live, 200);
    assert_eq!(world.server.admin("/ready").await.unwrap().0, 200);
}

async fn wait_for(
    states: &mut Streaming<tonic_health::pb::HealthCheckResponse>,
    wanted: ServingStatus,
) {
    let seen = async { while states.message().await.unwrap().unwrap().status() != wanted {} };
    timeout(DEADLINE, seen).await.unwrap_or_else(|_| panic!("never {wanted:?}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn reflection_describes_the_services_in_both_versions() {
    let world = World::start(On::Sqlite).await;
    let channel = channel(&world).await;

    let mut now = v1::server_reflection_client::ServerReflectionClient::new(channel.clone());
    let ask = v1::ServerReflectionRequest {
        message_request: Some(v1::server_reflection_request::MessageRequest::ListServices(
            String::new(),
        )),
        ..Default::default()
    };
    let answers = now.server_reflection_info(tokio_stream::once(ask)).await.unwrap();
    let answer = answers.into_inner().message().await.unwrap().unwrap();
    let mut before = v1alpha::server_reflection_client::ServerReflectionClient::new(channel);
    let ask = v1alpha::ServerReflectionRequest {
        message_request: Some(
            v1alpha::server_reflection_request::MessageRequest::FileContainingSymbol(
                "dugnad.rooms.v1.RoomsService".to_owned(),
            ),
        ),
        ..Default::default()
    };
    let answers = before.server_reflection_info(tokio_stream::once(ask)).await.unwrap();
    let file = answers.into_inner().message().await.unwrap().unwrap();

    let Some(v1::server_reflection_response::MessageResponse::ListServicesResponse(list)) =
        answer.message_response
    else {
        panic!("{answer:?}")
    };
    let names: Vec<_> = list.service.iter().map(|service| service.name.as_str()).collect();
    for name in ["dugnad.rooms.v1.RoomsService", "grpc.health.v1.Health"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert!(matches!(
        file.message_response,
        Some(v1alpha::server_reflection_response::MessageResponse::FileDescriptorResponse(_))
    ));
}

async fn next(changes: &mut Streaming<WatchBookingsResponse>) -> WatchBookingsResponse {
    timeout(DEADLINE, changes.message()).await.expect("a change").unwrap().unwrap()
}

async fn watchers_see_every_change_once_and_resume_where_they_were(on: On) {
    let mut world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    let request = WatchBookingsRequest::default();
    let mut live = rooms.watch_bookings(request).await.unwrap().into_inner();

    let first = book(rooms, &town.room, hours(18, 20)).await.unwrap();
    let moved = move_to(rooms, &first.name, hours(20, 22)).await.unwrap();
    let (seen_first, seen_moved) = (next(&mut live).await, next(&mut live).await);

    let key = |booking: &Booking| (booking.name.clone(), booking.interval, booking.etag.clone());
    assert_eq!(seen_first.booking.as_ref().map(key), Some(key(&first)));
    assert_eq!(seen_moved.booking.as_ref().map(key), Some(key(&moved)));
    drop(live);

    // Across a crash, from the first on: the move again, then what comes.
    world.server.kill9().await.unwrap();
    world.server.restart().await.unwrap();
    let rooms = &mut world.somebody();
    let request =
        WatchBookingsRequest { after_position: seen_first.position, ..Default::default() };
    let mut resumed = rooms.watch_bookings(request).await.unwrap().into_inner();
    assert_eq!(next(&mut resumed).await.position, seen_moved.position);
    let second = book(rooms, &town.hall, hours(18, 20)).await.unwrap();
    assert_eq!(next(&mut resumed).await.booking.map(|b| b.name), Some(second.name));
}

async fn an_orderly_stop_answers_who_waits_and_loses_nothing(on: On) {
    let mut world = World::start(on).await;
    let town = town(&mut world.somebody()).await;
    let mut callers = JoinSet::new();
    for caller in 0..8 {
        let (mut rooms, room) = (world.somebody(), town.room.clone());
        callers.spawn(async move {
            let mut accepted = Vec::new();
            for n in 0.. {
                match book(&mut rooms, &room, minutes(8 * n + caller)).await {
                    Ok(booking) => accepted.push(booking.name),
                    Err(status) => return (accepted, status),
                }
            }
            unreachable!("the stop ends it")
        });
    }
    let under_way = async { while listed(&mut world.somebody(), &town.room).await.len() < 50 {} };
    timeout(DEADLINE, under_way).await.unwrap();

    let status = world.server.terminate().await.unwrap();
    let ended = callers.join_all().await;

    assert!(status.success(), "{}", world.server.logs());
    for (_, status) in &ended {
        assert!(is_away(status), "{status:?}");
    }
    world.server.restart().await.unwrap();
    let there = listed(&mut world.somebody(), &town.room).await;
    let names: std::collections::HashSet<_> = there.iter().map(|b| &b.name).collect();
    for name in ended.iter().flat_map(|(accepted, _)| accepted) {
        assert!(names.contains(name), "{name} was accepted and is gone");
    }
}

/// The `n`th minute, each a booking of its own.
fn minutes(n: i64) -> Interval {
    let at = |minute: i64| {
        let start = hours(0, 1).start.unwrap().seconds;
        Some(prost_types::Timestamp { seconds: start + minute * 60, nanos: 0 })
    };
    Interval { start: at(n), end: at(n + 1) }
}

async fn an_orderly_stop_does_not_wait_for_watchers(on: On) {
    let mut world = World::start_with(on, &["--drain=60s"]).await;
    let rooms = &mut world.somebody();
    town(rooms).await;
    let request = WatchBookingsRequest::default();
    let mut watching = rooms.watch_bookings(request).await.unwrap().into_inner();

    let stopped = timeout(DEADLINE, world.server.terminate()).await;

    assert!(stopped.expect("it waits for its watcher").unwrap().success());
    let end: Result<_, Status> = watching.message().await;
    assert!(!matches!(end, Ok(Some(_))), "{end:?}");
}

async fn metrics_count_without_naming_anybody(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    book(rooms, &town.room, hours(18, 20)).await.unwrap();

    let (status, metrics) = world.server.admin("/metrics").await.unwrap();

    assert_eq!(status, 200);
    assert!(metrics.contains("# TYPE dugnad_"), "{metrics}");
    assert!(!metrics.contains("Kor"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_on_the_same_file_is_refused_with_the_reason() {
    let world = World::start(On::Sqlite).await;

    let address = world.server.journal_address();
    let (status, said) =
        world.server.dugnad(&["journal", "verify", "--journal", &address]).await.unwrap();

    assert_eq!(status.code(), Some(1));
    assert!(said.contains("is in use by process"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unproven_nats_server_is_warned_about_loudly() {
    let world = World::start(On::Nats).await;
    let monitoring = world.nats.as_ref().unwrap().monitoring_url();
    let url = Journal::Nats(world.nats.as_ref().unwrap().url());
    let monitored = format!("--nats-monitor={monitoring}");
    let proven = DugnadServer::start_with(url, &[&monitored]).await.unwrap();

    assert!(world.server.logs().contains("ACCEPTED BOOKINGS MAY BE LOST"));
    assert!(!proven.logs().contains("MAY BE LOST"), "{}", proven.logs());
}
