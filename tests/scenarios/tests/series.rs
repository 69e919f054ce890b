//! A series with a date that cannot be had: refused as a whole, or without that date.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use dugnad_harness::{Rooms, clients::request_id};
use dugnad_proto::rooms::v1::{
    BookingSeries, CancelBookingSeriesRequest, ClashPolicy, CreateBookingSeriesRequest,
    CreateBookingSeriesResponse,
};
use dugnad_scenarios::{
    On, Town, World, assert_refused, book, clash, hours, listed, local, on_both, town,
};
use tonic::Status;

on_both!(
    one_clash_refuses_the_whole_series,
    a_skipping_series_leaves_the_date_out_with_its_reason,
    of_two_series_at_once_no_date_is_given_twice,
    a_cancelled_series_gives_its_dates_back,
);

async fn weekly(
    rooms: &mut Rooms,
    room: &str,
    hour: i64,
    policy: ClashPolicy,
) -> Result<CreateBookingSeriesResponse, Status> {
    let request = CreateBookingSeriesRequest {
        series: Some(BookingSeries {
            room: room.to_owned(),
            first_start: local(hour),
            duration: Some(prost_types::Duration { seconds: 2 * 3600, nanos: 0 }),
            rrule: "FREQ=WEEKLY;COUNT=6".to_owned(),
            purpose: "Kor".to_owned(),
            ..BookingSeries::default()
        }),
        clash_policy: policy.into(),
        request_id: request_id(),
    };
    Ok(rooms.create_booking_series(request).await?.into_inner())
}

/// The third week's date of the series is taken, by a part of the hall.
async fn town_with_the_third_week_taken(rooms: &mut Rooms) -> Town {
    let town = town(rooms).await;
    // Wide enough for whatever the town's offset from UTC is then.
    book(rooms, &town.north, hours(2 * 168 + 15, 2 * 168 + 20)).await.unwrap();
    town
}

async fn one_clash_refuses_the_whole_series(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town_with_the_third_week_taken(rooms).await;

    let refused = weekly(rooms, &town.hall, 18, ClashPolicy::AllOrNothing).await;

    assert_refused(&refused, "SERIES_CLASH");
    assert_eq!(listed(rooms, &town.hall).await.len(), 1, "nothing was booked");
}

async fn a_skipping_series_leaves_the_date_out_with_its_reason(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town_with_the_third_week_taken(rooms).await;

    let made = weekly(rooms, &town.hall, 18, ClashPolicy::Skip).await.unwrap();

    assert_eq!(made.bookings.len(), 5);
    let [skipped] = &made.skipped[..] else { panic!("one date is skipped: {:?}", made.skipped) };
    assert_eq!(skipped.reason, "TAKEN");
    assert!(!skipped.message.is_empty());
    assert_eq!(clash(&town, &listed(rooms, &town.hall).await), None);
}

async fn of_two_series_at_once_no_date_is_given_twice(on: On) {
    let world = World::start(on).await;
    let town = town(&mut world.somebody()).await;

    let (mut one, mut other) = (world.somebody(), world.somebody());
    let (first, second) = tokio::join!(
        weekly(&mut one, &town.hall, 18, ClashPolicy::AllOrNothing),
        weekly(&mut other, &town.south, 19, ClashPolicy::AllOrNothing),
    );

    assert!(first.is_ok() != second.is_ok(), "one of them: {first:?} {second:?}");
    assert_eq!(listed(&mut world.somebody(), &town.hall).await.len(), 6);
}

async fn a_cancelled_series_gives_its_dates_back(on: On) {
    let world = World::start(on).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    let made = weekly(rooms, &town.room, 18, ClashPolicy::AllOrNothing).await.unwrap();

    let request = CancelBookingSeriesRequest {
        name: made.series.unwrap().name,
        from: made.bookings[2].interval.unwrap().start,
        reason: "no conductor".to_owned(),
        request_id: request_id(),
    };
    let cancelled = rooms.cancel_booking_series(request).await.unwrap().into_inner().cancelled;

    let names = |bookings: &[dugnad_proto::rooms::v1::Booking]| {
        bookings.iter().map(|booking| booking.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(cancelled, names(&made.bookings[2..]));
    assert_eq!(names(&listed(rooms, &town.room).await), names(&made.bookings[..2]));
}
