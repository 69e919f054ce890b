//! The same request again has one effect and the first answer. Invariant 3, through the real door.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use dugnad_harness::{Caller, clients::request_id};
use dugnad_proto::rooms::v1::{Booking, BookingSeries, CreateBookingSeriesRequest};
use dugnad_scenarios::{
    On, World, ask, assert_refused, book, hours, listed, move_to, on_both, reason, town, wish,
};
use tokio::task::JoinSet;
use tonic::Code;

on_both!(
    the_same_request_again_gets_the_first_answer,
    the_same_request_at_once_from_many_connections_books_once,
    the_same_request_after_kill_9_gets_the_first_answer,
    the_same_id_with_another_body_is_refused,
    the_same_id_from_another_caller_is_refused,
    a_refused_request_is_decided_afresh,
    a_repeated_series_books_no_date_twice,
);

async fn the_same_request_again_gets_the_first_answer(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    let wish = wish(&town.room, hours(18, 20));

    let first = ask(rooms, wish.clone()).await.unwrap();
    // Also when the world has moved on.
    move_to(rooms, &first.name, hours(30, 32)).await.unwrap();
    let again = ask(rooms, wish).await.unwrap();

    assert_eq!(again, first);
    assert_eq!(listed(rooms, &town.room).await.len(), 1);
}

async fn the_same_request_at_once_from_many_connections_books_once(on: On) {
    let world = World::start(on).await;
    let caller = Caller::new("lillevik");
    let town = town(&mut world.calling(&caller)).await;
    let wish = wish(&town.room, hours(18, 20));

    let mut repeats = JoinSet::new();
    for _ in 0..16 {
        let (mut rooms, wish) = (world.calling(&caller), wish.clone());
        repeats.spawn(async move { ask(&mut rooms, wish).await.unwrap() });
    }
    let answers = repeats.join_all().await;

    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(listed(&mut world.somebody(), &town.room).await.len(), 1);
}

async fn the_same_request_after_kill_9_gets_the_first_answer(on: On) {
    let mut world = World::start(on).await;
    let caller = Caller::new("lillevik");
    let town = town(&mut world.calling(&caller)).await;
    let wish = wish(&town.room, hours(18, 20));
    let first = ask(&mut world.calling(&caller), wish.clone()).await.unwrap();

    world.server.kill9().await.unwrap();
    world.server.restart().await.unwrap();
    let again = ask(&mut world.calling(&caller), wish).await.unwrap();

    assert_eq!(again, first);
    assert_eq!(listed(&mut world.somebody(), &town.room).await.len(), 1);
}

async fn the_same_id_with_another_body_is_refused(on: On) {
    let mut world = World::start(on).await;
    let caller = Caller::new("lillevik");
    let town = town(&mut world.calling(&caller)).await;
    let first = wish(&town.room, hours(18, 20));
    ask(&mut world.calling(&caller), first.clone()).await.unwrap();

    for change in 0..3 {
        let mut other = first.clone();
        match change {
            0 => other.interval = Some(hours(30, 31)),
            1 => other.room = town.hall.clone(),
            _ => other.purpose = "Something else".to_owned(),
        }
        let refused = ask(&mut world.calling(&caller), other).await.unwrap_err();
        assert_eq!(refused.code(), Code::AlreadyExists);
        assert_eq!(reason(&refused), "REQUEST_ID_REUSED");
        // Also by a process that was not there the first time.
        world.server.kill9().await.unwrap();
        world.server.restart().await.unwrap();
    }
    assert_eq!(listed(&mut world.somebody(), &town.room).await.len(), 1);
    assert_eq!(listed(&mut world.somebody(), &town.hall).await, []);
}

async fn the_same_id_from_another_caller_is_refused(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    let wish = wish(&town.room, hours(18, 20));
    ask(rooms, wish.clone()).await.unwrap();

    let stranger = ask(&mut world.somebody(), wish).await;

    assert_eq!(stranger.unwrap_err().code(), Code::AlreadyExists);
}

async fn a_refused_request_is_decided_afresh(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    let in_the_way = book(rooms, &town.room, hours(18, 20)).await.unwrap();
    let wish = wish(&town.room, hours(19, 21));

    let first = ask(rooms, wish.clone()).await;
    move_to(rooms, &in_the_way.name, hours(30, 32)).await.unwrap();
    let second = ask(rooms, wish.clone()).await;
    let third = ask(rooms, wish).await;

    assert_refused(&first, "TAKEN");
    assert_eq!(second.unwrap(), third.unwrap());
}

async fn a_repeated_series_books_no_date_twice(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    let request = CreateBookingSeriesRequest {
        series: Some(BookingSeries {
            room: town.room.clone(),
            first_start: dugnad_scenarios::local(18),
            duration: Some(prost_types::Duration { seconds: 3600, nanos: 0 }),
            rrule: "FREQ=DAILY;COUNT=20".to_owned(),
            ..BookingSeries::default()
        }),
        clash_policy: 0,
        request_id: request_id(),
    };

    let first = rooms.create_booking_series(request.clone()).await.unwrap().into_inner();
    let again = rooms.create_booking_series(request).await.unwrap().into_inner();

    assert_eq!(first.bookings.len(), 20);
    assert_eq!(again, first);
    let names = |bookings: &[Booking]| bookings.iter().map(|b| b.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&listed(rooms, &town.room).await), names(&first.bookings));
}
