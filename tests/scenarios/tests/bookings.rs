//! A room cannot be taken twice. Through the real door, on both journals.
//!
//! Holds invariant 1 (no clash), 7 (municipalities do not see one another), and what an etag means.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::collections::HashSet;

use dugnad_harness::{Caller, clients::request_id};
use dugnad_proto::rooms::v1::{
    BookingState, CancelBookingRequest, GetBookingRequest, ListRoomsRequest, MoveBookingRequest,
};
use dugnad_scenarios::{
    On, World, ask, assert_refused, book, clash, hours, listed, move_to, on_both, town, wish,
};
use tokio::task::JoinSet;
use tonic::Code;

on_both!(
    of_many_callers_who_race_for_one_slot_exactly_one_wins,
    the_whole_blocks_its_parts_and_a_part_the_whole,
    parts_of_a_hall_are_taken_side_by_side,
    a_booking_cannot_move_into_a_taken_slot_and_stays_where_it_was,
    of_two_moves_into_one_slot_at_once_one_wins,
    a_cancelled_booking_gives_the_room_back,
    an_etag_that_is_out_of_date_changes_nothing,
    municipalities_do_not_see_one_another,
);

async fn of_many_callers_who_race_for_one_slot_exactly_one_wins(on: On) {
    const CALLERS: usize = 32;
    let world = World::start(on).await;
    let town = town(&mut world.somebody()).await;

    let mut racers = JoinSet::new();
    for _ in 0..CALLERS {
        let (mut rooms, room) = (world.somebody(), town.room.clone());
        racers.spawn(async move { book(&mut rooms, &room, hours(18, 20)).await });
    }
    let outcomes = racers.join_all().await;

    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, CALLERS - 1));
    lost.iter().for_each(|outcome| assert_refused(outcome, "TAKEN"));
    let listed = listed(&mut world.somebody(), &town.room).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].name, won[0].as_ref().unwrap().name);
}

async fn the_whole_blocks_its_parts_and_a_part_the_whole(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    book(rooms, &town.hall, hours(18, 20)).await.unwrap();
    book(rooms, &town.north, hours(40, 42)).await.unwrap();

    let part = book(rooms, &town.south, hours(19, 21)).await;
    let whole = book(rooms, &town.hall, hours(41, 43)).await;
    let behind = book(rooms, &town.south, hours(20, 21)).await;

    assert_refused(&part, "TAKEN");
    assert_refused(&whole, "TAKEN");
    assert!(behind.is_ok(), "the end is not part of a booking: {behind:?}");
}

async fn parts_of_a_hall_are_taken_side_by_side(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;

    let north = book(rooms, &town.north, hours(18, 20)).await.unwrap();
    let south = book(rooms, &town.south, hours(18, 20)).await.unwrap();

    let seen: HashSet<_> = listed(rooms, &town.hall).await.into_iter().map(|b| b.name).collect();
    assert_eq!(seen, HashSet::from([north.name, south.name]));
}

async fn a_booking_cannot_move_into_a_taken_slot_and_stays_where_it_was(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    book(rooms, &town.hall, hours(18, 20)).await.unwrap();
    let mine = book(rooms, &town.north, hours(10, 12)).await.unwrap();

    let moved = move_to(rooms, &mine.name, hours(19, 21)).await;

    assert_refused(&moved, "TAKEN");
    let request = GetBookingRequest { name: mine.name.clone() };
    let found = rooms.get_booking(request).await.unwrap().into_inner().booking.unwrap();
    assert_eq!(found, mine);
    // Its own time is not in its way.
    let shifted = move_to(rooms, &mine.name, hours(11, 13)).await.unwrap();
    assert_eq!(shifted.interval, Some(hours(11, 13)));
    assert_ne!(shifted.etag, mine.etag);
}

async fn of_two_moves_into_one_slot_at_once_one_wins(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    for day in 0..10_i64 {
        let at = |start, end| hours(day * 24 + start, day * 24 + end);
        let first = book(rooms, &town.north, at(8, 9)).await.unwrap();
        let second = book(rooms, &town.hall, at(10, 11)).await.unwrap();

        let (mut one, mut other) = (world.somebody(), world.somebody());
        let (first, second) = tokio::join!(
            move_to(&mut one, &first.name, at(18, 20)),
            move_to(&mut other, &second.name, at(19, 21)),
        );

        assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|ok| **ok).count(), 1);
        assert_refused(if first.is_ok() { &second } else { &first }, "TAKEN");
    }
    assert_eq!(clash(&town, &listed(rooms, &town.hall).await), None);
}

async fn a_cancelled_booking_gives_the_room_back(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    let first = book(rooms, &town.room, hours(18, 20)).await.unwrap();

    let request = CancelBookingRequest {
        name: first.name.clone(),
        reason: "the choir is ill".to_owned(),
        etag: first.etag,
        request_id: request_id(),
    };
    let cancelled = rooms.cancel_booking(request).await.unwrap().into_inner().booking.unwrap();
    let second = book(rooms, &town.room, hours(18, 20)).await.unwrap();

    assert_eq!(cancelled.state(), BookingState::Cancelled);
    assert_eq!(cancelled.cancel_reason, "the choir is ill");
    let live: Vec<_> = listed(rooms, &town.room).await.into_iter().map(|b| b.name).collect();
    assert_eq!(live, [second.name]);
    let request = GetBookingRequest { name: first.name };
    let found = rooms.get_booking(request).await.unwrap().into_inner().booking.unwrap();
    assert_eq!(found.state(), BookingState::Cancelled);
}

async fn an_etag_that_is_out_of_date_changes_nothing(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    let seen = book(rooms, &town.room, hours(18, 20)).await.unwrap();
    let moved = move_to(rooms, &seen.name, hours(20, 22)).await.unwrap();

    let stale = rooms
        .move_booking(MoveBookingRequest {
            name: seen.name.clone(),
            interval: Some(hours(10, 12)),
            etag: seen.etag.clone(),
            request_id: request_id(),
            ..MoveBookingRequest::default()
        })
        .await;
    let fresh = rooms
        .move_booking(MoveBookingRequest {
            name: seen.name.clone(),
            interval: Some(hours(12, 14)),
            etag: moved.etag,
            request_id: request_id(),
            ..MoveBookingRequest::default()
        })
        .await;

    assert_eq!(stale.unwrap_err().code(), Code::Aborted);
    let fresh = fresh.unwrap().into_inner().booking.unwrap();
    assert_eq!(fresh.interval, Some(hours(12, 14)));
}

/// Invariant 7, as far as this slice goes.
async fn municipalities_do_not_see_one_another(on: On) {
    let world = World::start(on).await;
    let theirs = &mut world.calling(&Caller::new("storvik"));
    let ours = &mut world.somebody();
    let town = town(ours).await;
    let booking = book(ours, &town.room, hours(18, 20)).await.unwrap();

    let seen = theirs.get_booking(GetBookingRequest { name: booking.name.clone() }).await;
    let taken = book(theirs, &town.room, hours(30, 31)).await;
    let moved = move_to(theirs, &booking.name, hours(40, 41)).await;
    let all = ListRoomsRequest { facility: "facilities/-".to_owned(), ..Default::default() };
    let rooms = theirs.list_rooms(all).await.unwrap().into_inner().rooms;

    assert_eq!(seen.unwrap_err().code(), Code::NotFound);
    assert_eq!(taken.unwrap_err().code(), Code::NotFound);
    assert_eq!(moved.unwrap_err().code(), Code::NotFound);
    assert_eq!(rooms, []);
    // Nor does one's request id stand in another's way.
    let same = wish(&town.room, hours(50, 51));
    assert_eq!(ask(theirs, same.clone()).await.unwrap_err().code(), Code::NotFound);
    assert!(ask(ours, same).await.is_ok());
}
