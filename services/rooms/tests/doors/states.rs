//! A code through all that can become of it, as seen at the gRPC door and on the lock.

use dugnad_harness::locks::LockFaults;
use dugnad_proto::rooms::v1::{
    self as pb,
    door_code::{Answer, State},
    list_door_alarms_response::alarm::Kind,
};
use tonic::Code;

use super::town::{Town, person, span};

/// From noon on: a booking at three in the afternoon, an hour long.
const THREE: i64 = 180;

async fn with_a_booking() -> (Town, String, String) {
    let town = Town::open().await;
    let door = town.set(town.main_door()).await.name;
    let booking = town.book("kari", &town.hall, THREE, 60).await;
    (town, door, booking)
}

#[tokio::test]
async fn a_code_is_set_two_hours_before_shown_one_hour_before_and_gone_with_its_margin() {
    let (mut town, door, booking) = with_a_booking().await;
    town.later(59).await;
    assert!(town.held(0).is_empty() && town.codes(&door).await.is_empty(), "not before its lead");

    town.later(4).await;

    let held = town.held(0);
    let [(10, digits)] = &held[..] else { panic!("{held:?}") };
    let code = town.codes(&door).await.remove(0);
    assert_eq!((code.state(), code.slot, code.booking.as_str()), (State::Set, 10, &*booking));
    assert_eq!(code.window, Some(span(THREE - 120, 60 + 120 + 30)));
    let way = town.way("kari", &booking).await;
    assert_eq!((way.access(), way.code.unwrap().digits.as_str()), (pb::Access::Code, ""));
    assert_eq!(way.shown_from, span(THREE - 60, 1).start);
    town.later(57).await;
    assert_eq!(town.way("kari", &booking).await.code.unwrap().digits, *digits);
    town.later(60 + 60 + 25).await;
    assert_eq!(town.held(0), held, "until its margin is nearly over");
    town.later(5).await;
    assert!(town.held(0).is_empty() && town.alarms().await.is_empty());
    let code = town.codes(&door).await.remove(0);
    assert_eq!((code.state(), code.digits.as_str()), (State::Removed, ""));
    assert_eq!(town.way("kari", &booking).await.code.unwrap().state(), State::Removed);
}

#[tokio::test]
async fn digits_are_shown_to_who_booked_who_is_in_charge_and_staff_and_to_nobody_else() {
    let mut town = Town::open().await;
    let door = town.set(town.main_door()).await.name;
    let contact = pb::Contact { person: person("ola").to_string(), ..Default::default() };
    let request = pb::CreateBookingRequest {
        room: town.hall.clone(),
        interval: Some(span(THREE, 60)),
        contact: Some(contact),
        request_id: town.id(),
        ..Default::default()
    };
    let booked = town.rooms("kari", "person").create_booking(request).await.unwrap();
    let booking = booked.into_inner().booking.unwrap().name;
    town.later(121).await;
    let digits = town.held(0)[0].1.clone();

    let callers =
        [("kari", "person"), ("ola", "person"), ("siri", "staff"), ("cora", "coordinator")];
    for (who, role) in callers {
        let ways = town.ways(&mut town.doors(who, role), &booking).await.unwrap();
        assert_eq!(ways[0].code.as_ref().unwrap().digits, digits, "{who}");
    }
    for (who, role) in [("per", "person"), ("rides", "service")] {
        let refused = town.ways(&mut town.doors(who, role), &booking).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound, "{who}");
    }
    assert!(town.codes(&door).await.iter().all(|code| code.digits.is_empty()));
}

#[tokio::test]
async fn a_cancelled_booking_lets_go_of_its_code_at_once() {
    let (mut town, door, booking) = with_a_booking().await;
    town.later(70).await;
    assert_eq!(town.held(0).len(), 1);

    town.cancel("kari", &booking).await;

    assert_eq!(town.codes(&door).await[0].state(), State::Removing);
    assert_eq!(town.way("kari", &booking).await.code.unwrap().digits, "");
    town.later(2).await;
    assert!(town.held(0).is_empty());
    assert_eq!(town.codes(&door).await[0].state(), State::Removed);
    assert!(town.alarms().await.is_empty());
}

#[tokio::test]
async fn a_booking_cancelled_before_its_code_was_sent_never_had_one() {
    let (mut town, door, booking) = with_a_booking().await;
    town.locks.heal();
    town.much_later(60).await;
    town.cancel("kari", &booking).await;

    town.later(3).await;

    let codes = town.codes(&door).await;
    assert!(
        town.held(0).is_empty() && codes.iter().all(|it| it.state() == State::Failed),
        "{codes:?}"
    );
}

#[tokio::test]
async fn a_booking_that_moves_within_its_lead_keeps_its_code_and_one_that_moves_away_does_not() {
    let (mut town, door, booking) = with_a_booking().await;
    town.later(70).await;
    let held = town.held(0);

    town.move_to("kari", &booking, THREE - 30, 60).await;
    town.later(2).await;

    assert_eq!(town.held(0), held);
    let code = town.codes(&door).await.remove(0);
    assert_eq!((code.state(), code.window), (State::Set, Some(span(THREE - 150, 60 + 150))));

    town.move_to("kari", &booking, THREE + 24 * 60, 60).await;
    town.later(3).await;

    assert!(town.held(0).is_empty());
    town.later(24 * 60 - 10).await;
    assert_eq!(town.held(0).len(), 1, "and has another when it is time");
    assert_eq!(town.codes(&door).await.iter().filter(|it| it.state() == State::Set).count(), 1);
}

#[tokio::test]
async fn a_room_that_is_closed_or_overridden_takes_the_codes_with_it() {
    let (mut town, _, _) = with_a_booking().await;
    town.later(70).await;
    assert_eq!(town.held(0).len(), 1);
    let election = pb::CreateBookingRequest {
        room: town.hall.clone(),
        interval: Some(span(THREE, 60)),
        request_id: town.id(),
        ..Default::default()
    };
    let request = pb::OverrideBookingsRequest { booking: Some(election), ..Default::default() };

    town.rooms("clerk", "staff").override_bookings(request).await.unwrap();

    town.later(3).await;
    let held = town.held(0);
    assert_eq!(held.len(), 1, "the municipality's own");
    let request = pb::CloseRoomRequest {
        room: town.hall.clone(),
        interval: Some(span(0, 600)),
        reason: "Vannskade".to_owned(),
        request_id: town.id(),
        ..Default::default()
    };
    town.rooms("clerk", "staff").close_room(request).await.unwrap();
    town.later(3).await;
    assert!(town.held(0).is_empty());
}

#[tokio::test]
async fn a_lock_that_does_not_answer_is_suspended_late_and_tried_again_when_somebody_asks() {
    let (mut town, door, booking) = with_a_booking().await;
    town.locks.set_faults(LockFaults { lost: 100, ..LockFaults::NONE });

    town.later(60 + 15).await;

    let code = town.codes(&door).await.remove(0);
    assert_eq!(
        (code.state(), code.suspended, code.answer()),
        (State::Setting, true, Answer::Nothing)
    );
    assert_eq!(town.alarms().await[0].kind(), Kind::Suspended);
    town.later(90).await;
    let alarm = town.alarms().await.remove(0);
    assert_eq!(
        (alarm.kind(), &alarm.booking, alarm.start),
        (Kind::Late, &booking, span(THREE, 1).start)
    );
    assert!(town.way("kari", &booking).await.opened_by_hand);
    town.locks.heal();
    let request = pb::RetryCodeRequest { name: code.name, request_id: town.id() };
    town.staff().retry_code(request).await.unwrap();
    town.later(2).await;
    assert!(town.alarms().await.is_empty() && town.held(0).len() == 1);
    assert!(!town.way("kari", &booking).await.opened_by_hand);
}

#[tokio::test]
async fn a_lock_that_only_says_it_holds_a_code_is_found_out_and_told_again() {
    let (mut town, door, _) = with_a_booking().await;
    town.locks.set_faults(LockFaults { lies: 100, ..LockFaults::NONE });
    town.later(63).await;
    assert_eq!(town.codes(&door).await[0].state(), State::Setting, "its word alone is none");

    town.locks.heal();
    town.later(20).await;

    assert_eq!((town.codes(&door).await[0].state(), town.held(0).len()), (State::Set, 1));
}

#[tokio::test]
async fn a_code_that_does_not_go_alarms_until_it_is_gone_or_somebody_has_looked() {
    let (mut town, door, _) = with_a_booking().await;
    town.later(70).await;
    town.locks.set_faults(LockFaults { lies: 100, ..LockFaults::NONE });
    town.later(170 + 31).await;
    assert_eq!(town.held(0).len(), 1, "it said that it let go, and did not");

    let alarm = town.alarms().await.remove(0);
    assert_eq!((alarm.kind(), alarm.door.as_str()), (Kind::Overstayed, &*door));
    town.later(60).await;
    assert_eq!(town.alarms().await.len(), 1, "until it is gone");
    let name = alarm.code.unwrap().name;
    let request = pb::ConfirmCodeGoneRequest { name, request_id: town.id() };
    town.staff().confirm_code_gone(request).await.unwrap();
    assert!(town.alarms().await.is_empty());
    assert_eq!(town.codes(&door).await[0].state(), State::Removed);
}

#[tokio::test]
async fn a_code_that_is_there_again_alarms_and_goes_again() {
    let (mut town, door, _) = with_a_booking().await;
    town.later(THREE + 60 + 31).await;
    assert_eq!(town.codes(&door).await[0].state(), State::Removed);
    let set = r#"{"pin_code":{"user":10,"user_type":"unrestricted","user_enabled":true,"pin_code":"0429"}}"#;
    town.say("drammen/zigbee2mqtt/hall/set", set);

    town.later(1).await;

    assert_eq!(town.alarms().await[0].kind(), Kind::Overstayed);
    town.later(4).await;
    assert!(town.alarms().await.is_empty() && town.held(0).is_empty());
}

#[tokio::test]
async fn whoever_is_erased_leaves_no_digits_and_their_code_goes() {
    let (mut town, door, booking) = with_a_booking().await;
    town.later(121).await;
    assert_eq!(town.held(0).len(), 1);
    let request =
        pb::ErasePersonRequest { person: person("kari").to_string(), request_id: town.id() };

    town.rooms("clerk", "staff").erase_person(request).await.unwrap();

    let ways = town.ways(&mut town.staff(), &booking).await.unwrap();
    assert_eq!(ways[0].code.as_ref().map(|code| code.digits.as_str()).unwrap_or_default(), "");
    town.later(3).await;
    assert!(town.held(0).is_empty(), "the slot is cleared all the same");
    assert_eq!(town.codes(&door).await[0].state(), State::Removed);
    town.later(45).await;
    assert_eq!(
        town.alarms().await[0].kind(),
        Kind::Late,
        "the booking stands: it is opened by hand"
    );
    assert!(town.held(0).is_empty(), "nobody could be told a new one");
}

#[tokio::test]
async fn a_door_is_opened_as_its_dates_say_and_codes_follow_when_they_change() {
    let (mut town, door, booking) = with_a_booking().await;
    town.later(70).await;
    assert_eq!(town.held(0).len(), 1);
    let by_key =
        pb::door::AccessFrom { from: "2026-12-01".to_owned(), access: pb::Access::Key.into() };
    let mut changed = pb::Door { name: door.clone(), ..town.main_door() };
    changed.access.push(by_key);

    town.set(changed.clone()).await;

    town.later(3).await;
    assert!(town.held(0).is_empty());
    assert_eq!(town.way("kari", &booking).await.access(), pb::Access::Key);
    changed.access.pop();
    town.set(changed).await;
    town.later(3).await;
    assert_eq!(
        (town.held(0).len(), town.way("kari", &booking).await.access()),
        (1, pb::Access::Code)
    );
}

#[tokio::test]
async fn a_series_has_the_same_digits_each_time_where_the_lock_says_so() {
    let mut town = Town::open().await;
    let mut door = town.main_door();
    door.lock.as_mut().unwrap().one_code_for_series = true;
    town.set(door).await;
    let series = pb::BookingSeries {
        room: town.hall.clone(),
        first_start: "2026-12-01T15:00".to_owned(),
        duration: Some(prost_types::Duration { seconds: 3600, nanos: 0 }),
        rrule: "FREQ=DAILY;COUNT=2;BYHOUR=15,17".to_owned(),
        ..Default::default()
    };
    let request = pb::CreateBookingSeriesRequest {
        series: Some(series),
        clash_policy: 0,
        request_id: town.id(),
    };
    town.rooms("kari", "person").create_booking_series(request).await.unwrap();
    town.later(63).await;
    let first = town.held(0);

    town.later(120).await;

    assert_eq!((town.held(0), first.len()), (first.clone(), 1), "the second has the first's");
    town.later(60 * 5).await;
    assert!(town.held(0).is_empty());
}

#[tokio::test]
async fn a_nuki_has_one_entry_a_code_with_its_window_and_none_when_it_is_over() {
    let mut town = Town::open().await;
    let mut door = town.main_door();
    let lock = door.lock.as_mut().unwrap();
    lock.bridge = pb::Bridge::NukiHub.into();
    (lock.base_topic, lock.topic_name, lock.digits) = ("nuki".to_owned(), String::new(), 6);
    let door = town.set(door).await.name;
    let booking = town.book("kari", &town.hall, THREE, 60).await;

    town.later(65).await;

    let held = town.held(1);
    assert_eq!((held.len(), held[0].1.len()), (1, 6));
    assert_eq!(town.codes(&door).await[0].state(), State::Set);
    town.move_to("kari", &booking, THREE - 15, 60).await;
    town.later(3).await;
    assert_eq!(town.held(1), held, "the same entry, with its new window");
    town.later(THREE + 60 + 45 - 65).await;
    assert!(town.held(1).is_empty() && town.alarms().await.is_empty());
    assert_eq!(town.codes(&door).await[0].state(), State::Removed);
}

#[tokio::test]
async fn after_a_restart_the_lock_is_asked_and_not_guessed_about() {
    let (mut town, door, _) = with_a_booking().await;
    town.later(60).await;
    assert_eq!(town.codes(&door).await[0].state(), State::Setting, "sent, and not yet asked");

    town.restart();
    town.later(3).await;

    assert_eq!((town.held(0).len(), town.codes(&door).await[0].state()), (1, State::Set));
    let sets = town.locks.sent("drammen/zigbee2mqtt/hall/set");
    assert_eq!(sets, 1, "what is there is not set again");
}
