//! Rides: what whoever rides, drives, or is on duty hears of them.

use dugnad_events::{
    AssignmentId, RideId, ShiftId, StandingOrderId, VehicleId,
    rides::{
        self, Broken, Cancelling, Closing, Event, Load, Planned, Promise, Ride, Route, Shift, Span,
        StandingOrder, Visit,
    },
};
use dugnad_proto::notices::v1 as pb;
use uuid::Uuid;

use crate::town::{Town, contact, link, person, policy};

const RIDE: RideId = RideId(Uuid::from_u128(1));
const SHIFT: ShiftId = ShiftId(Uuid::from_u128(2));
const ORDER: StandingOrderId = StandingOrderId(Uuid::from_u128(3));
/// Ten in the morning, in seconds.
const TEN: i32 = 36_000;

fn around(at: i32) -> Span {
    Span { from: at - 900, until: at + 900 }
}

fn promise(at: i32) -> Promise {
    Promise { pickup: around(at), dropoff: around(at + 1_800) }
}

/// On the Wednesday.
fn ride(delivery: bool, order: Option<StandingOrderId>) -> Ride {
    let way = serde_json::json!({ "person": person("anna").0, "sealed": [1] });
    Ride {
        day: "2026-11-25".parse().unwrap(),
        traveller: person("anna"),
        way: serde_json::from_value(way).unwrap(),
        pickup: around(TEN),
        dropoff: around(TEN + 1_800),
        service: [60, 60],
        load: Load::default(),
        needs: Vec::new(),
        refuses: Vec::new(),
        longest: 3_600,
        priority: 0,
        delivery,
        about: String::new(),
        return_of: None,
        order,
    }
}

fn promised(town: &Town, facts: Ride, by: &str) -> Event {
    let (ride, promise, shift, at) = (RIDE, promise(TEN), SHIFT, town.now());
    Event::RidePromised { ride, facts, promise, shift, by: person(by).0, at }
}

fn broken(reason: &str, instead: Option<Promise>) -> Event {
    let why = Broken { reason: reason.to_owned(), text: String::new(), instead };
    Event::PromiseBroken { ride: RIDE, why }
}

/// Somebody drives for eight hours from so many hours from now; by way of matching, or not.
pub(crate) fn shift(town: &Town, id: ShiftId, who: &str, hours: i64, matched: bool) -> Event {
    let start = town.now() + jiff::SignedDuration::from_hours(hours);
    let day = rides::service_day(start);
    let seconds = start.as_second() - rides::instant(day, 0).as_second();
    let from = i32::try_from(seconds).unwrap();
    let facts = Shift {
        day,
        vehicle: VehicleId(Uuid::from_u128(4)),
        driver: person(who),
        hours: Span { from, until: from + 8 * 3_600 },
        pauses: Vec::new(),
        assignment: matched.then_some(AssignmentId(id.0)),
    };
    Event::ShiftSet { shift: id, facts }
}

fn route(stops: &[(u128, i32)]) -> Event {
    let visit = |(ride, begins): &(u128, i32)| Planned {
        visit: Visit::Pickup(RideId(Uuid::from_u128(*ride))),
        begins: *begins,
        leg: 60,
        metres: 0,
    };
    let visits = stops.iter().map(visit).collect();
    Event::RouteSet { shift: SHIFT, route: Route { visits, ..Route::default() } }
}

/// Kari is on duty.
async fn town() -> Town {
    let town = Town::open().await;
    town.knows("kari", contact("kari"));
    town.knows("dag", contact("dag"));
    town.policy(pb::Policy { duty: vec![person("kari").to_string()], ..policy() }).await;
    town
}

#[tokio::test]
async fn a_promised_ride_is_told_with_its_window_and_called_off_by_the_link() {
    let town = town().await;

    town.says(vec![promised(&town, ride(false, None), "kari")]).await;
    town.sends().await;
    let told = town.email.taken().remove(0);
    let (taken, _) = town.opens("POST", &format!("{}/cancel", link(&told.text))).await;
    town.says(vec![Event::RideCancelled {
        ride: RIDE,
        why: Cancelling::Asked("none-given".parse().unwrap()),
    }])
    .await;
    town.sends().await;

    assert!(told.text.contains("onsdag 25. november kl. 09.45-10.15"), "{}", told.text);
    assert_eq!((&*told.subject, taken), ("Skyssen din", 200));
    assert_eq!(town.one("anna", "ride-promised").await.answer(), pb::AnswerKind::Cancel);
    assert_eq!(town.email.taken()[1].subject, "Skyssen din er avbestilt");
}

#[tokio::test]
async fn who_waits_hears_that_the_vehicle_is_late_and_that_nobody_comes_and_so_does_who_is_on_duty()
{
    let town = town().await;
    town.says(vec![promised(&town, ride(false, None), "anna")]).await;
    town.sends().await;
    town.set("2026-11-25T08:30:00Z");
    town.sends().await;
    let before = town.email.taken().len();

    town.says(vec![broken("LATE", Some(promise(TEN + 1_800)))]).await;
    town.sends().await;
    town.says(vec![broken("VEHICLE_OUT", None)]).await;
    town.sends().await;

    let told: Vec<_> = town.email.taken().split_off(before);
    let heard: Vec<_> = told.iter().map(|it| (&*it.to, &*it.subject)).collect();
    assert_eq!(
        heard,
        [
            ("anna@example.org", "Bilen er forsinket"),
            ("anna@example.org", "Skyssen din er avlyst"),
            ("kari@example.org", "Haster: en skyss uten bil"),
        ]
    );
    assert!(told[0].text.contains("kl. 10.15-10.45"), "{}", told[0].text);
    assert!(told[1].text.contains("bilen er ute av drift"), "{}", told[1].text);
}

#[tokio::test]
async fn who_is_fetched_in_time_and_there_later_hears_when_and_not_of_another_pickup() {
    let town = town().await;
    town.says(vec![promised(&town, ride(false, None), "anna")]).await;
    let dropoff = around(TEN + 5_400);

    town.says(vec![broken("LATE", Some(Promise { dropoff, ..promise(TEN) }))]).await;
    town.sends().await;

    let told = town.email.taken().remove(0);
    assert_eq!(told.subject, "Du er framme senere");
    assert!(told.text.contains("senest onsdag 25. november kl. 11.45"), "{}", told.text);
}

#[tokio::test]
async fn what_was_to_be_said_of_a_window_is_not_said_once_it_is_another() {
    let town = town().await;
    town.policy(pb::Policy { bundle_minutes: 10, ..policy() }).await;
    town.says(vec![promised(&town, ride(false, None), "kari")]).await;

    town.says(vec![broken("PLAN_CHANGED", Some(promise(TEN + 3_600)))]).await;
    town.later(15);
    town.sends().await;

    let told = town.email.taken();
    assert_eq!(told.len(), 1, "the first window was never told");
    assert_eq!(told[0].subject, "Skyssen din", "nor is a change of it");
    assert!(told[0].text.contains("kl. 10.45-11.15"), "{}", told[0].text);
}

#[tokio::test]
async fn regular_rides_are_not_announced_one_by_one_but_what_cannot_be_driven_and_their_end_are() {
    let town = town().await;
    let (facts, by) = (ride(false, Some(ORDER)), person("kari").0);
    let order = StandingOrder {
        ride: facts.clone(),
        home: None,
        rrule: "FREQ=WEEKLY".to_owned(),
        until: None,
    };
    let day = "2026-12-02".parse().unwrap();
    let refused = Event::DateRefused {
        order: ORDER,
        day,
        reason: "NO_VEHICLE".to_owned(),
        text: String::new(),
    };

    let set = Event::OrderSet { order: ORDER, facts: order, by };
    town.says(vec![set, promised(&town, facts, "kari"), refused]).await;
    town.sends().await;
    town.says(vec![
        Event::OrderEnded { order: ORDER, on: day },
        Event::RideCancelled { ride: RIDE, why: Cancelling::OrderEnded },
    ])
    .await;
    town.sends().await;

    let told = town.email.taken();
    let subjects: Vec<_> = told.iter().map(|it| &*it.subject).collect();
    let refused = "En av de faste turene dine kan ikke kjøres";
    assert_eq!(subjects, [refused, "De faste turene dine er slutt"]);
    assert!(told[0].text.contains("onsdag 2. desember. ingen bil er ledig"), "{}", told[0].text);
}

#[tokio::test]
async fn what_is_brought_is_told_of_only_if_it_comes_otherwise_than_promised() {
    let town = town().await;

    town.says(vec![promised(&town, ride(true, None), "kari")]).await;
    town.sends().await;
    let quiet = town.email.taken().is_empty();
    town.says(vec![broken("DRIVER_ILL", Some(promise(TEN + 1_800)))]).await;
    town.sends().await;

    assert!(quiet);
    let told = town.email.taken().remove(0);
    assert_eq!(told.subject, "Ny tid for leveringen din");
    assert!(told.text.contains("kl. 10.45-11.15"), "the drop-off: {}", told.text);
}

#[tokio::test]
async fn a_driver_hears_of_other_stops_once_they_are_near_and_not_of_other_times() {
    let town = town().await;
    town.says(vec![shift(&town, SHIFT, "dag", 24, false), route(&[(1, TEN)])]).await;
    town.sends().await;
    let far = town.email.taken().len();
    town.set("2026-11-24T10:00:00Z");

    town.says(vec![route(&[(1, TEN + 600)])]).await;
    town.sends().await;
    let kinds = town.kinds("dag").await;
    let retimed = kinds.contains(&"drive-changed".to_owned());
    town.says(vec![route(&[(5, TEN), (1, TEN + 600)])]).await;
    town.sends().await;

    let subjects: Vec<_> = town.email.taken().into_iter().map(|it| it.subject).collect();
    assert_eq!(far, 1, "that they drive: {subjects:?}");
    assert_eq!(subjects.last().unwrap(), "Kjørelista di er endret");
    assert!(!retimed, "{kinds:?}");
    assert_eq!(town.one("dag", "drive-changed").await.state(), pb::State::Sent);
}

#[tokio::test]
async fn a_vehicle_that_is_out_is_told_to_its_driver_and_a_stranded_rider_alarms_who_is_on_duty() {
    let town = town().await;
    town.says(vec![shift(&town, SHIFT, "dag", 24, true)]).await;
    town.says(vec![promised(&town, ride(false, None), "anna")]).await;
    let closed = Event::ShiftClosed { shift: SHIFT, from: TEN, why: Closing::VehicleOut };

    town.says(vec![closed, Event::RideStranded { ride: RIDE }]).await;
    town.sends().await;

    assert_eq!(town.kinds("dag").await, ["drive-off"]);
    assert_eq!(town.kinds("kari").await, ["drive-out", "ride-stranded"]);
    let alarm = town.one("kari", "ride-stranded").await;
    assert_eq!(alarm.urgency(), pb::Urgency::Alarm);
    town.answer("kari", &alarm, pb::AnswerKind::Seen).await.unwrap();
    town.later(30);
    assert!(town.desk().await.is_empty(), "who has seen it has it");
}
