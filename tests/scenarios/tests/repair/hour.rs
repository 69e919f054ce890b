//! The organiser moves the evening by an hour: everything follows, or says what does not.

use dugnad_proto::{
    activities::v1::{Activity, Helpers, RoomWish, activity::Venue},
    rooms::v1::ShiftRules,
};
use dugnad_scenarios::{
    On, book,
    evening::{evening_in, until},
    listed, local, on_both,
};

use crate::{House, is_hosted_by, of_rooms};

on_both!(
    an_evening_that_is_moved_by_an_hour_takes_its_room_host_and_helpers_along,
    an_evening_that_cannot_have_its_room_an_hour_later_says_so,
);

async fn an_evening_that_is_moved_by_an_hour_takes_its_room_host_and_helpers_along(on: On) {
    let mut house = House::open(on, &[], ShiftRules::default()).await;
    let helpers = vec![Helpers { kind: "host".to_owned(), heads: 1 }];
    let asked = Activity { helpers, ..evening_in(&house.hall) };
    let (activity, date) = house.clerk.plans(asked, local(18)).await;
    house.clerk.arranges(&activity).await;
    let before = house.clerk.once_asked_for(&date).await;
    house.clerk.signs_up(&date).await;
    // Anna opens and locks; Berit helps.
    let (facility, anna) = (house.facility.clone(), house.anna.clone());
    let shift = house.clerk.shift(&facility, of_rooms(&before), |_| true).await;
    house.taken(&shift, &anna).await;
    house.clerk.shift(&facility, of_rooms(&before), is_hosted_by(&anna)).await;
    let mut kari = dugnad_scenarios::village::Coordinator::of(&house.world.server);
    let berit = kari.takes_in("Berit").await;
    let need = before.helpers[0].need.clone();
    house.taken(&dugnad_proto::rooms::v1::Shift { need, ..Default::default() }, &berit).await;
    house.clerk.once(&date, |it| it.missing.is_empty()).await;

    house.clerk.moves(&date, local(19)).await;

    let (start, booking) = (before.interval.unwrap().start.unwrap().seconds, before.booking);
    let later = |it: &dugnad_proto::activities::v1::Occurrence| {
        it.missing.is_empty() && it.interval.unwrap().start.unwrap().seconds == start + 3600
    };
    let after = house.clerk.once(&date, later).await;
    assert_eq!((&after.booking, &after.room), (&booking, &house.hall), "the room comes along");
    let bookings = listed(&mut house.clerk.rooms, &house.hall).await;
    assert_eq!(bookings.len(), 1);
    assert_eq!(bookings[0].interval.unwrap().start.unwrap().seconds, start + 3600);
    assert_ne!(after.helpers[0].need, before.helpers[0].need);
    assert_eq!(kari.assigned(&after.helpers[0].need).await, [berit], "so does who helps");
    let moved =
        |shift: &dugnad_proto::rooms::v1::Shift| shift.revision == 2 && is_hosted_by(&anna)(shift);
    let moved = house.clerk.shift(&facility, of_rooms(&after), moved).await;
    until(|| {
        let (mut kari, need, anna) = (
            dugnad_scenarios::village::Coordinator::of(&house.world.server),
            moved.need.clone(),
            anna.clone(),
        );
        async move { kari.assigned(&need).await == [anna] }
    })
    .await;
}

async fn an_evening_that_cannot_have_its_room_an_hour_later_says_so(on: On) {
    let mut house = House::open(on, &[], ShiftRules::default()).await;
    let room = house.hall.clone();
    let wish = RoomWish { room: room.clone(), capacity: 10, ..Default::default() };
    let asked = Activity { venue: Some(Venue::Room(wish)), ..evening_in(&room) };
    let (activity, date) = house.clerk.plans(asked, local(18)).await;
    house.clerk.arranges(&activity).await;
    house.clerk.once_asked_for(&date).await;
    let taken = dugnad_scenarios::hours(19, 20);
    // The town's clock is one or two hours ahead of the scenarios' midnight.
    let all_evening = dugnad_proto::rooms::v1::Interval {
        start: Some(prost_types::Timestamp {
            seconds: taken.start.unwrap().seconds - 3600,
            nanos: 0,
        }),
        end: taken.end,
    };
    book(&mut house.clerk.rooms, &room, all_evening).await.unwrap();

    house.clerk.moves(&date, local(19)).await;

    let refused = |it: &dugnad_proto::activities::v1::Occurrence| {
        it.missing.first().is_some_and(|it| it.code == "TAKEN")
    };
    let seen = house.clerk.once(&date, refused).await;
    assert!(seen.missing_in_words.starts_with("no room: "), "{seen:#?}");
    let bookings = listed(&mut house.clerk.rooms, &room).await;
    assert_eq!(bookings.len(), 1, "what it had at the old time is given back");
}
