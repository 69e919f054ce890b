//! What the gRPC door refuses, and what it says then.

use dugnad_harness::locks::LockFaults;
use dugnad_proto::rooms::v1 as pb;
use tonic::Code;

use super::town::{Town, field, reason};

#[tokio::test]
async fn each_field_of_a_door_that_cannot_be_is_named() {
    let town = Town::open().await;
    let with = |change: fn(&mut pb::Door)| {
        let mut door = town.main_door();
        change(&mut door);
        door
    };
    let minutes = |minutes: i64| Some(prost_types::Duration { seconds: minutes * 60, nanos: 0 });
    let lock = |change: &dyn Fn(&mut pb::Lock)| {
        let mut door = town.main_door();
        change(door.lock.as_mut().unwrap());
        door
    };
    let nuki = |change: &dyn Fn(&mut pb::Lock)| {
        lock(&|lock| {
            lock.bridge = pb::Bridge::NukiHub.into();
            (lock.topic_name, lock.digits) = (String::new(), 6);
            change(lock);
        })
    };
    let base = |text: &'static str| lock(&|lock| text.clone_into(&mut lock.base_topic));
    let name = |text: &'static str| lock(&|lock| text.clone_into(&mut lock.topic_name));
    let cases = [
        (with(|it| it.display_name.clear()), "door.display_name"),
        (with(|it| it.rooms.clear()), "door.rooms"),
        (with(|it| it.rooms[0] = "rooms/1".to_owned()), "door.rooms[0]"),
        (with(|it| it.facility = "x".to_owned()), "door.facility"),
        (with(|it| it.access[0].from = "1.1.2026".to_owned()), "door.access[0].from"),
        (with(|it| it.access.push(it.access[0].clone())), "door.access[1].from"),
        (with(|it| it.access[0].access = 0), "door.access[0].access"),
        (with(|it| it.lock = None), "door.access[0].access"),
        (lock(&|it| it.bridge = 0), "door.lock.bridge"),
        (base(""), "door.lock.base_topic"),
        (base("zigbee 2mqtt"), "door.lock.base_topic"),
        (base("a/b/c/d/e"), "door.lock.base_topic"),
        (base("/zigbee"), "door.lock.base_topic"),
        (name("hall.1"), "door.lock.topic_name"),
        (name("+"), "door.lock.topic_name"),
        (name("#"), "door.lock.topic_name"),
        (name("*"), "door.lock.topic_name"),
        (name(">"), "door.lock.topic_name"),
        (name("hall/1"), "door.lock.topic_name"),
        (name("hal l"), "door.lock.topic_name"),
        (nuki(&|it| it.topic_name = "x".to_owned()), "door.lock.topic_name"),
        (nuki(&|it| it.digits = 4), "door.lock.digits"),
        (lock(&|it| it.digits = 3), "door.lock.digits"),
        (lock(&|it| it.first_slot = -1), "door.lock.first_slot"),
        (lock(&|it| it.last_slot = 9), "door.lock.last_slot"),
        (lock(&|it| it.last_slot = 1010), "door.lock.last_slot"),
        (lock(&|it| it.lead = minutes(64)), "door.lock.lead"),
        (lock(&|it| it.lead = None), "door.lock.lead"),
        (lock(&|it| it.margin = minutes(4)), "door.lock.margin"),
        (lock(&|it| it.shown = minutes(121)), "door.lock.shown"),
    ];
    for (door, named) in cases {
        let refused = town.try_set(door.clone()).await.unwrap_err();

        assert_eq!(refused.code(), Code::InvalidArgument, "{door:?}");
        assert_eq!(field(&refused), named, "{door:?}");
    }
}

#[tokio::test]
async fn doors_codes_and_alarms_are_for_staff() {
    let town = Town::open().await;
    let door = town.set(town.main_door()).await;
    let mut kari = town.doors("kari", "person");
    let (name, request_id) = (door.name.clone(), town.id());

    let refused = [
        kari.set_door(pb::SetDoorRequest { door: Some(door), request_id: town.id() }).await.err(),
        kari.get_door(pb::GetDoorRequest { name: name.clone() }).await.err(),
        kari.list_doors(pb::ListDoorsRequest::default()).await.err(),
        kari.list_codes(pb::ListCodesRequest { door: name.clone() }).await.err(),
        kari.list_door_alarms(pb::ListDoorAlarmsRequest {}).await.err(),
        kari.retry_code(pb::RetryCodeRequest { name: name.clone(), request_id: town.id() })
            .await
            .err(),
        kari.confirm_code_gone(pb::ConfirmCodeGoneRequest { name, request_id }).await.err(),
    ];

    for status in refused {
        assert_eq!(reason(&status.unwrap()), "NOT_YOURS");
    }
}

#[tokio::test]
async fn a_lock_is_one_doors_and_stays_while_a_code_may_be_on_it() {
    let mut town = Town::open().await;
    let door = town.set(town.main_door()).await;
    let taken = town.try_set(town.main_door()).await.unwrap_err();
    assert_eq!((taken.code(), reason(&taken)), (Code::FailedPrecondition, "LOCK_TAKEN".to_owned()));
    town.book("kari", &town.hall, 180, 60).await;
    town.later(70).await;
    let with = |change: fn(&mut pb::Lock)| {
        let mut door = door.clone();
        change(door.lock.as_mut().unwrap());
        door
    };

    for change in [
        with(|lock| lock.topic_name = "other".to_owned()),
        with(|lock| lock.first_slot = 11),
        pb::Door { lock: None, access: Vec::new(), ..door.clone() },
    ] {
        let refused = town.try_set(change).await.unwrap_err();
        assert_eq!(reason(&refused), "LOCK_IN_USE");
    }

    town.later(180 + 60 + 31 - 70).await;
    town.set(with(|lock| lock.topic_name = "other".to_owned())).await;
}

#[tokio::test]
async fn a_code_is_tried_again_or_confirmed_gone_only_where_that_makes_sense() {
    let mut town = Town::open().await;
    let door = town.set(town.main_door()).await.name;
    town.book("kari", &town.hall, 180, 60).await;
    town.later(63).await;
    let name = town.codes(&door).await[0].name.clone();
    let retry = |name: &str| pb::RetryCodeRequest { name: name.to_owned(), request_id: town.id() };
    let gone =
        |name: &str| pb::ConfirmCodeGoneRequest { name: name.to_owned(), request_id: town.id() };

    let not_suspended = town.staff().retry_code(retry(&name)).await.unwrap_err();
    let not_removing = town.staff().confirm_code_gone(gone(&name)).await.unwrap_err();
    let unknown = "codes/00000000-0000-4000-8000-000000000000";
    let no_code = town.staff().retry_code(retry(unknown)).await.unwrap_err();
    let no_form = town.staff().retry_code(retry("codes/x")).await.unwrap_err();

    assert_eq!(reason(&not_suspended), "CODE_NOT_SUSPENDED");
    assert_eq!(reason(&not_removing), "CODE_NOT_REMOVING");
    assert_eq!((no_code.code(), field(&no_form).as_str()), (Code::NotFound, "name"));
}

#[tokio::test]
async fn what_is_not_there_or_elsewhere_is_said_so() {
    let town = Town::open().await;
    let nowhere = "doors/00000000-0000-4000-8000-000000000000".to_owned();
    let room = format!("{}/rooms/00000000-0000-4000-8000-000000000000", town.school);

    let no_door = town.staff().get_door(pb::GetDoorRequest { name: nowhere.clone() }).await;
    let no_codes = town.staff().list_codes(pb::ListCodesRequest { door: nowhere.clone() }).await;
    let no_change = town.try_set(pb::Door { name: nowhere, ..town.main_door() }).await;
    let no_room = town.try_set(pb::Door { rooms: vec![room], ..town.main_door() }).await;

    let codes = [no_door.err(), no_codes.err(), no_change.err(), no_room.err()];
    for status in codes {
        assert_eq!(status.unwrap().code(), Code::NotFound);
    }
}

#[tokio::test]
async fn a_fourth_booking_at_once_finds_no_slot_and_is_opened_by_hand() {
    let mut town = Town::open().await;
    let mut rooms = vec![town.hall.clone()];
    for name in ["Scenen", "Kjelleren", "Loftet"] {
        rooms.push(town.room(name).await);
    }
    let door = town.set(pb::Door { rooms: rooms.clone(), ..town.main_door() }).await.name;
    for room in &rooms {
        town.book("kari", room, 180, 60).await;
    }

    town.later(60 + 110).await;

    let held = town.held(0);
    let mut digits: Vec<_> = held.iter().map(|(_, digits)| digits).collect();
    digits.sort();
    digits.dedup();
    assert_eq!((held.len(), digits.len()), (3, 3), "each slot once, no digits twice");
    assert_eq!(town.codes(&door).await.len(), 3);
    assert_eq!(town.alarms().await.len(), 1);
}

#[tokio::test]
async fn doors_are_listed_by_page_and_a_repeated_change_gets_its_first_answer() {
    let town = Town::open().await;
    let request = pb::SetDoorRequest { door: Some(town.main_door()), request_id: town.id() };
    let first = town.staff().set_door(request.clone()).await.unwrap().into_inner();
    let mut other = town.main_door();
    other.lock.as_mut().unwrap().topic_name = "side".to_owned();
    town.set(other).await;

    let again = town.staff().set_door(request).await.unwrap().into_inner();
    let mut list =
        pb::ListDoorsRequest { facility: town.school.clone(), page_size: 1, ..Default::default() };
    let page = town.staff().list_doors(list.clone()).await.unwrap().into_inner();
    list.page_token = page.next_page_token;
    let rest = town.staff().list_doors(list).await.unwrap().into_inner();

    assert_eq!(again, first);
    assert_eq!((page.doors, rest.doors.len()), (vec![first.door.unwrap()], 1));
    assert_eq!(rest.next_page_token, "");
}

#[tokio::test]
async fn digits_stand_in_no_topic_no_file_and_no_answer_but_one() {
    let mut town = Town::open().await;
    let mut door = town.main_door();
    // So long that they are in no file by chance.
    door.lock.as_mut().unwrap().digits = 10;
    let door = town.set(door).await.name;
    let booking = town.book("kari", &town.hall, 180, 60).await;
    town.locks.set_faults(LockFaults { lost: 30, ..LockFaults::NONE });
    town.later(125).await;
    town.locks.heal();
    town.later(20).await;
    let digits = town.held(0)[0].1.clone();
    let way = town.way("kari", &booking).await;
    assert_eq!(way.code.as_ref().unwrap().digits, digits);

    let files = dugnad_harness::files_with(town.dir.path(), digits.as_bytes()).unwrap();

    assert_eq!(files, Vec::<std::path::PathBuf>::new());
    assert!(town.locks.topics().all(|topic| !topic.contains(&digits)));
    let elsewhere = format!("{:?} {:?}", town.codes(&door).await, town.alarms().await);
    assert!(!elsewhere.contains(&digits));
}
