//! The room's roof leaks: another that fits is found or proposed, and the booking, the host and the
//! code go there together.

use dugnad_harness::{
    Caller, NatsServer,
    clients::{Called, request_id},
    locks::{Format, LockFaults, SimLock, SimLocks, over_mqtt},
};
use dugnad_proto::{
    activities::v1::{Activity, AnswerRoomRequest},
    rooms::v1::{self as pb, door_code::State, doors_service_client::DoorsServiceClient},
};
use dugnad_scenarios::{
    On,
    evening::{evening_in, local_in, until},
    local, on_both,
    village::TENANT,
};

use crate::{House, is_hosted_by, of_rooms};

type Doors = DoorsServiceClient<Called>;

const LOCK: &str = "lillevik/zigbee2mqtt/hall";

on_both!(
    a_leaking_roof_moves_the_booking_the_host_and_the_code_in_one_act,
    an_organiser_who_wants_to_be_asked_says_yes_or_no_to_the_other_room,
);

/// The door that one comes to both rooms by.
pub(crate) fn door(house: &House) -> pb::Door {
    let minutes = |minutes: i64| Some(prost_types::Duration { seconds: minutes * 60, nanos: 0 });
    pb::Door {
        display_name: "Hovedinngang".to_owned(),
        facility: house.facility.clone(),
        rooms: vec![house.hall.clone(), house.parlour.clone()],
        access: vec![pb::door::AccessFrom {
            from: "2026-01-01".to_owned(),
            access: pb::Access::Code.into(),
        }],
        lock: Some(pb::Lock {
            bridge: pb::Bridge::Zigbee2mqtt.into(),
            base_topic: "zigbee2mqtt".to_owned(),
            topic_name: "hall".to_owned(),
            first_slot: 10,
            last_slot: 20,
            digits: 10,
            lead: minutes(120),
            margin: minutes(15),
            ..Default::default()
        }),
        ..Default::default()
    }
}

pub(crate) async fn doors_of(house: &House) -> Doors {
    let staff = Caller::new(TENANT).acting_as("staff");
    let mut doors = Doors::new(house.world.server.called(&staff).unwrap());
    let request = pb::SetDoorRequest { door: Some(door(house)), request_id: request_id() };
    doors.set_door(request).await.unwrap();
    doors
}

/// The digits that open for a booking, once the lock has said that it holds them.
async fn digits(doors: &Doors, booking: &str) -> String {
    let found = std::sync::Mutex::new(String::new());
    until(|| {
        let (mut doors, booking) = (doors.clone(), booking.to_owned());
        let found = &found;
        async move {
            let request = pb::GetAccessRequest { booking };
            let ways = doors.get_access(request).await.unwrap().into_inner().ways;
            let set = ways.into_iter().filter_map(|way| way.code);
            let set = set.filter(|code| code.state() == State::Set);
            let digits = set.map(|code| code.digits).find(|digits| !digits.is_empty());
            let is = digits.is_some();
            *found.lock().unwrap() = digits.unwrap_or_default();
            is
        }
    })
    .await;
    found.into_inner().unwrap()
}

async fn a_leaking_roof_moves_the_booking_the_host_and_the_code_in_one_act(on: On) {
    let broker = NatsServer::start_with_mqtt().unwrap();
    let port = broker.mqtt_port().unwrap();
    let url = format!("mqtt://127.0.0.1:{port}");
    let options = ["--mqtt", &url, "--mqtt-settle", "1s"];
    let mut house = House::open(on, &options, pb::ShiftRules::default()).await;
    let lock = SimLock::new(LOCK, Format::Zigbee2mqtt);
    let locks = over_mqtt(port, SimLocks::new(vec![lock], 1, LockFaults::NONE)).await.unwrap();
    let doors = doors_of(&house).await;
    let (activity, date) = house.clerk.plans(evening_in(&house.hall), local_in(90)).await;
    house.clerk.arranges(&activity).await;
    let before = house.clerk.once_asked_for(&date).await;
    let comes = house.clerk.signs_up(&date).await;
    let time = of_rooms(&before);
    let (facility, anna) = (house.facility.clone(), house.anna.clone());
    let planned = house.clerk.shift(&facility, time, |_| true).await;
    house.taken(&planned, &anna).await;
    house.clerk.shift(&facility, time, is_hosted_by(&anna)).await;
    let opens = digits(&doors, &before.booking).await;

    let closed = house.close_hall(time).await;

    assert_eq!(closed, (vec![before.booking.clone()], vec![]), "moved, and not cancelled");
    let parlour = house.parlour.clone();
    let after = house.clerk.once(&date, |it| it.room == parlour).await;
    assert_eq!(after.booking, before.booking);
    assert_eq!(after.state(), dugnad_proto::activities::v1::OccurrenceState::Confirmed);
    let shift = house.clerk.shift(&facility, time, is_hosted_by(&anna)).await;
    assert_eq!(
        (&shift.name, &shift.need),
        (&planned.name, &planned.need),
        "the host comes as before"
    );
    assert_eq!(digits(&doors, &after.booking).await, opens, "by the same code");
    assert!(locks.held()[LOCK].values().any(|held| *held == opens));
    let steps = house.clerk.steps(&date).await;
    let booked = steps.iter().rfind(|step| step.words.contains("was booked")).unwrap();
    assert_eq!((booked.service.as_str(), &booked.about), ("rooms", &after.booking));
    let told = steps.iter().rfind(|step| step.words == "1 were told").unwrap();
    assert_eq!((told.position, told.index), (booked.position, booked.index), "{comes}, at once");
}

async fn an_organiser_who_wants_to_be_asked_says_yes_or_no_to_the_other_room(on: On) {
    let mut house = House::open(on, &[], pb::ShiftRules::default()).await;
    let asks = |room: &str| Activity { asks_before_moving: true, ..evening_in(room) };
    let mut dates = Vec::new();
    for hour in [12, 18] {
        let (activity, date) = house.clerk.plans(asks(&house.hall), local(hour)).await;
        house.clerk.arranges(&activity).await;
        dates.push(house.clerk.once_asked_for(&date).await);
    }
    let [early, late] = &dates[..] else { panic!() };
    let time = pb::Interval { start: of_rooms(early).start, end: of_rooms(late).end };

    let (moved, _) = house.close_hall(time).await;

    assert_eq!(moved.len(), 2);
    for date in [early, late] {
        let proposed = house
            .clerk
            .once(&date.name, |it| it.missing.iter().any(|it| it.code == "VENUE_PROPOSED"));
        let proposed = proposed.await;
        assert_eq!(
            proposed.missing_in_words,
            "another room is proposed, Peisestua, Samfunnshuset: say yes or no to it"
        );
        assert_eq!(proposed.place, "", "nobody is sent there yet");
        assert_eq!(proposed.booking, date.booking, "and nobody else can have it");
    }
    let answer = |date: &str, yes| AnswerRoomRequest {
        name: date.to_owned(),
        yes,
        request_id: request_id(),
    };
    house.clerk.activities.answer_room(answer(&early.name, true)).await.unwrap();
    house.clerk.activities.answer_room(answer(&late.name, false)).await.unwrap();

    let parlour = house.parlour.clone();
    house.clerk.once(&early.name, |it| it.room == parlour).await;
    let refused = |it: &dugnad_proto::activities::v1::Occurrence| {
        it.missing.iter().any(|it| it.code == "NO_ROOM_FITS")
    };
    house.clerk.once(&late.name, refused).await;

    // When the roof is mended, nobody need ask again.
    let staff = Caller::new(TENANT).acting_as("staff");
    let mut rooms = house.world.calling(&staff);
    let request = pb::GetRoomRequest { name: house.hall.clone() };
    let hall = rooms.get_room(request).await.unwrap().into_inner().room.unwrap();
    let name = hall.closures[0].name.clone();
    rooms.reopen_room(pb::ReopenRoomRequest { name, request_id: request_id() }).await.unwrap();
    let found = house.clerk.once(&late.name, |it| !it.room.is_empty()).await;
    assert_ne!(found.booking, late.booking);
}
