//! What the clock brings through the door, and first answers of what the municipality does.

use dugnad_proto::rooms::v1::{self as pb, BookingState, waiting_place::State};

use super::{
    town::{Town, booking, evening, id, person},
    watched,
};

#[tokio::test]
async fn a_hold_that_nobody_uses_lapses_and_who_waits_is_offered_the_slot() {
    let town = Town::open().await;
    let (mut kari, mut ola) = (town.client(person("kari")), town.client(person("ola")));
    let (room, interval) = (town.hall.clone(), Some(evening(3)));
    let hold = pb::HoldSlotRequest { room: room.clone(), interval, request_id: id() };
    kari.hold_slot(hold).await.unwrap();
    let join = pb::JoinWaitingListRequest { room, interval, request_id: id() };
    let place = ola.join_waiting_list(join).await.unwrap().into_inner().place.unwrap();
    assert_eq!(place.state(), State::Waiting);

    town.later(10).await;

    let seen = watched(&mut kari, "0.0", "", 3).await;
    let states: Vec<_> = seen.iter().map(|it| it.booking.as_ref().unwrap().state()).collect();
    assert_eq!(states, [BookingState::Held, BookingState::Lapsed, BookingState::Held]);
    let request = pb::GetWaitingPlaceRequest { name: place.name };
    let place = ola.get_waiting_place(request).await.unwrap().into_inner().place.unwrap();
    assert_eq!(place.state(), State::Offered);
    let take = pb::CreateBookingRequest { hold: place.hold, ..booking(&town.hall, 3, "Kor") };
    let taken = ola.create_booking(take).await.unwrap().into_inner().booking.unwrap();
    assert_eq!((taken.state(), taken.purpose.as_str()), (BookingState::Confirmed, "Kor"));
}

#[tokio::test]
async fn a_request_that_nobody_answers_lapses() {
    let town = Town::open().await;
    let (mut kari, mut staff) = (town.client(person("kari")), town.staff());
    let handling =
        pb::letting_rules::Handling { required: true, holds_slot: true, answer_minutes: 60 };
    let rules = Some(pb::LettingRules { handling: Some(handling), ..Default::default() });
    let effective_from = "2026-01-01".to_owned();
    let scope = town.hall.clone();
    let request = pb::SetLettingRulesRequest { scope, effective_from, rules, request_id: id() };
    staff.set_letting_rules(request).await.unwrap();
    let asked = town.book(&mut kari, &town.hall, 3).await;
    assert_eq!(asked.state(), BookingState::Requested);

    town.later(61).await;

    let seen = watched(&mut kari, "0.0", "", 2).await;
    let lapsed = seen[1].booking.clone().unwrap();
    assert_eq!((lapsed.name, lapsed.etag.as_str()), (asked.name, "2"));
    assert_eq!(
        town.get(&mut kari, &seen[1].booking.as_ref().unwrap().name).await.state(),
        BookingState::Lapsed
    );
}

#[tokio::test]
async fn what_the_municipality_did_is_answered_the_same_again() {
    let town = Town::open().await;
    let (mut kari, mut staff) = (town.client(person("kari")), town.staff());
    town.book(&mut kari, &town.hall, 3).await;
    town.book(&mut kari, &town.hall, 4).await;
    let taking = pb::OverrideBookingsRequest {
        booking: Some(booking(&town.hall, 3, "Kommunestyret")),
        reason: "council".to_owned(),
    };
    let (room, interval) = (town.hall.clone(), Some(evening(4)));
    let reason = "water".to_owned();
    let closing = pb::CloseRoomRequest { room, interval, reason, dry_run: false, request_id: id() };

    let taken = staff.override_bookings(taking.clone()).await.unwrap().into_inner();
    let closed = staff.close_room(closing.clone()).await.unwrap().into_inner();

    assert_eq!((taken.displaced.len(), closed.cancelled.len()), (1, 1));
    assert_eq!(staff.override_bookings(taking).await.unwrap().into_inner(), taken);
    assert_eq!(staff.close_room(closing).await.unwrap().into_inner(), closed);
    let request = pb::GetRoomRequest { name: town.hall.clone() };
    let room = kari.get_room(request).await.unwrap().into_inner().room.unwrap();
    assert_eq!(room.closures, [closed.closure.unwrap()]);
}
