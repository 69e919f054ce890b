//! A door does not confirm its code: the evening guard is named, who opens instead.

use dugnad_harness::{
    NatsServer,
    locks::{Format, LockFaults, SimLock, SimLocks, over_mqtt},
};
use dugnad_proto::rooms::v1::{self as pb, list_door_alarms_response::alarm::Kind};
use dugnad_scenarios::{
    On, book,
    evening::{evening_in, local_in, until},
    on_both,
};

use crate::{House, is_hosted_by, roof::doors_of};

on_both!(a_door_that_does_not_confirm_its_code_names_the_guard_who_opens);

const LOCK: &str = "lillevik/zigbee2mqtt/hall";

async fn a_door_that_does_not_confirm_its_code_names_the_guard_who_opens(on: On) {
    let broker = NatsServer::start_with_mqtt().unwrap();
    let port = broker.mqtt_port().unwrap();
    let url = format!("mqtt://127.0.0.1:{port}");
    // Given a lock that is never there, and Anna, who is on duty that evening,
    let rules = pb::ShiftRules { before_minutes: Some(0), ..Default::default() };
    let options = ["--mqtt", &url, "--mqtt-settle", "1s"];
    let mut house = House::open(on, &options, rules).await;
    let always = std::iter::once(0..i64::MAX).collect();
    let lock = SimLock::new(LOCK, Format::Zigbee2mqtt).away(always, false);
    let _locks = over_mqtt(port, SimLocks::new(vec![lock], 1, LockFaults::NONE)).await.unwrap();
    let (activity, date) = house.clerk.plans(evening_in(&house.hall), local_in(12)).await;
    let planned = house.clerk.sees(&date).await.unwrap().interval.unwrap();
    let time = pb::Interval { start: planned.start, end: planned.end };
    let (parlour, facility) = (house.parlour.clone(), house.facility.clone());
    book(&mut house.clerk.rooms, &parlour, time).await.unwrap();
    let (anna, shift) = (house.anna.clone(), house.clerk.shift(&facility, time, |_| true).await);
    house.taken(&shift, &anna).await;
    house.clerk.shift(&facility, time, is_hosted_by(&anna)).await;
    let doors = doors_of(&house).await;

    // when an evening begins soon, and its code is not confirmed,
    house.clerk.arranges(&activity).await;
    let seen = house.clerk.once_asked_for(&date).await;

    // then whoever looks after doors reads who opens, and whoever comes that it is opened by hand.
    let found = std::sync::Mutex::new(None);
    until(|| {
        let (mut doors, booking, found) = (doors.clone(), seen.booking.clone(), &found);
        async move {
            let request = pb::ListDoorAlarmsRequest {};
            let alarms = doors.list_door_alarms(request).await.unwrap().into_inner().alarms;
            let late = alarms.into_iter().find(|alarm| alarm.booking == booking);
            let is = late.is_some();
            *found.lock().unwrap() = late;
            is
        }
    })
    .await;
    let late = found.into_inner().unwrap().unwrap();
    assert_eq!((late.kind(), late.guards), (Kind::Late, vec![anna]));
    let request = pb::GetAccessRequest { booking: seen.booking };
    let ways = doors.clone().get_access(request).await.unwrap().into_inner().ways;
    assert!(ways[0].opened_by_hand);
}
