//! What other services say: drivers' places of matching, people who are erased, and who answers that
//! they cannot ride.

use dugnad_calendar::Interval;
use dugnad_events::{
    AssignmentId, NeedId, NoticeId, OfferId,
    matching::{self, Ending, Need, Slot, Want},
    notices::{self, Answer, Via},
    volunteers::{Erasure, Event as Told, Giver},
};
use dugnad_proto::rides::v1 as pb;
use dugnad_rides::model::{self, Standing};
use jiff::Timestamp;
use uuid::Uuid;

use crate::town::{DAY, Town, lasting, person, reason, stamp, trip};

async fn drivers_are_a_kind(town: &Town) {
    let rules = pb::Rules {
        slack: Some(lasting(15)),
        wait: Some(lasting(30)),
        horizon_days: 14,
        refund_ore_per_km: 350,
        driver_kinds: vec!["driver".to_owned()],
    };
    let request = pb::SetRulesRequest { rules: Some(rules), request_id: town.id() };
    town.coordinator().set_rules(request).await.unwrap();
}

fn instant(minutes: i64) -> Timestamp {
    Timestamp::from_second(stamp(minutes).seconds).unwrap()
}

fn need(kind: &str, need: NeedId) -> matching::Event {
    let windows = vec![Interval::new(instant(60), instant(300)).unwrap()];
    let facts = Need {
        kind: kind.parse().unwrap(),
        receiver: None,
        heads: 2,
        place: None,
        slots: vec![Slot { windows }],
        want: Want::default(),
        about: String::new(),
    };
    matching::Event::NeedPosted { need, by: Uuid::nil(), at: instant(0), facts, text: None }
}

fn assigned(assignment: AssignmentId, need: NeedId, who: &str) -> matching::Event {
    let (by, at, offer, plan) = (Uuid::nil(), instant(0), None::<OfferId>, None);
    let person = person(who);
    matching::Event::Assigned { assignment, need, slot: 0, person, by, at, offer, plan }
}

#[tokio::test]
async fn a_drivers_place_in_matching_is_a_shift_here_until_it_is_taken_back() {
    let town = Town::open().await;
    drivers_are_a_kind(&town).await;
    let vehicle = town.vehicle("Bil", 0).await.name;
    town.driver("dag", pb::Driver { vehicle, ..Default::default() }).await;
    let (first, other) = (NeedId(Uuid::from_u128(1)), NeedId(Uuid::from_u128(2)));
    let place = AssignmentId(Uuid::from_u128(3));
    let ella = AssignmentId(Uuid::from_u128(4));
    let visit = AssignmentId(Uuid::from_u128(5));
    let carl = AssignmentId(Uuid::from_u128(6));

    let said = vec![
        need("driver", first),
        need("visit", other),
        assigned(visit, other, "dag"),
        assigned(place, first, "dag"),
        assigned(ella, first, "ella"),
    ];
    town.matching_says(said).await;
    town.until(|state| !state.without_vehicle.is_empty()).await;

    let day = pb::ListShiftsRequest { day: DAY.to_owned() };
    let shifts = town.staff().list_shifts(day.clone()).await.unwrap().into_inner().shifts;
    assert_eq!((shifts.len(), &shifts[0].assignment), (1, &place.to_string()));
    let drivers = town.staff().list_drivers(pb::ListDriversRequest::default()).await.unwrap();
    assert_eq!(drivers.into_inner().without_vehicle[0].assignment, ella.to_string());
    let ride = town.promised(trip("anna", 10, 30, 180)).await;

    // Once she has a car, it is her shift.
    let vehicle = town.vehicle("Ellas bil", 0).await.name;
    town.driver("ella", pb::Driver { vehicle, ..Default::default() }).await;
    assert!(town.look(|state, _| state.without_vehicle.is_empty()).await);
    let shifts = town.staff().list_shifts(day.clone()).await.unwrap().into_inner().shifts;
    assert_eq!(shifts.len(), 2);
    town.matching_says(vec![assigned(carl, first, "carl")]).await;
    town.until(|state| !state.without_vehicle.is_empty()).await;

    let gone = vec![carl, ella];
    let why = Ending::Closed;
    town.matching_says(vec![matching::Event::Unassigned { assignments: gone, why }]).await;
    town.until(|state| state.without_vehicle.is_empty()).await;
    let why = Ending::Closed;
    town.matching_says(vec![matching::Event::Unassigned { assignments: vec![place], why }]).await;
    let id = ride.name.parse().unwrap();
    town.until(move |state| state.rides[&id].standing == Standing::Loose).await;
    town.dispatcher.look_after(&town.tenant).await.unwrap();

    let shown = town.ride(&ride.name).await;
    assert_eq!(
        (shown.state(), shown.broken_reason.as_str()),
        (pb::RideState::Unserved, "DRIVER_GONE")
    );
    let shifts = town.staff().list_shifts(day).await.unwrap().into_inner().shifts;
    assert!(shifts.iter().all(|shift| shift.state() == pb::ShiftState::Closed));
}

#[tokio::test]
async fn of_who_is_erased_rides_orders_and_shifts_end_and_nothing_is_shown_any_more() {
    let town = Town::open().await;
    let dag = town.shift("dag", 0, [60, 540]).await;
    let anna = town.promised(trip("anna", 10, 30, 180)).await;
    let berit = town.promised(trip("berit", 12, 32, 300)).await;
    let order = pb::StandingOrder {
        trip: Some(trip("anna", 10, 30, 400)),
        rrule: "FREQ=DAILY".to_owned(),
        ..Default::default()
    };
    let request = pb::CreateStandingOrderRequest { order: Some(order), request_id: town.id() };
    town.staff().create_standing_order(request).await.unwrap();

    let erased = |who: &str| Told::PersonErased { person: person(who), why: Erasure::Asked };
    town.register_says(vec![erased("anna")]).await;
    town.vault.forget("drammen", person("anna")).await.unwrap();
    town.until(|state| state.is_erased(person("anna"))).await;

    let shown = town.ride(&anna.name).await;
    assert_eq!((shown.state(), shown.trip.unwrap().from), (pb::RideState::Cancelled, None));
    let asks = pb::RequestRideRequest {
        trip: Some(trip("anna", 1, 2, 300)),
        home_after: None,
        request_id: town.id(),
    };
    assert_eq!(reason(&town.staff().request_ride(asks).await.unwrap_err()), "PERSON_ERASED");
    let held = pb::HeldOfPersonRequest { person: person("anna").to_string() };
    let mut service = town.client("register", dugnad_door::Role::Service);
    assert_eq!(service.held_of_person(held).await.unwrap().into_inner().json, "{}");
    assert_eq!(town.manifest(&dag.name).await.len(), 2, "berit's remain");

    town.register_says(vec![erased("dag")]).await;
    town.until(|state| state.is_erased(person("dag"))).await;
    town.dispatcher.look_after(&town.tenant).await.unwrap();
    assert_eq!(town.ride(&berit.name).await.state(), pb::RideState::Unserved);
}

#[tokio::test]
async fn a_volunteers_own_car_is_in_use_while_they_have_one() {
    let town = Town::open().await;
    let vehicle = pb::Vehicle {
        title: "Dags bil".to_owned(),
        configurations: vec![pb::Load { seats: 4, ..Default::default() }],
        start: Some(crate::town::at(10)),
        owner: person("dag").to_string(),
        ..Default::default()
    };
    let request = pb::SetVehicleRequest { vehicle: Some(vehicle), request_id: town.id() };
    let made = town.staff().set_vehicle(request).await.unwrap().into_inner().vehicle.unwrap();
    town.driver("dag", pb::Driver { vehicle: made.name.clone(), ..Default::default() }).await;
    let id: dugnad_events::VehicleId = made.name.parse().unwrap();
    let says = |seats| Told::GiverSet {
        person: person("dag"),
        giver: Some(Giver { car_seats: seats, ..Giver::default() }),
    };

    town.register_says(vec![says(None)]).await;
    town.until(move |state: &model::State| !state.vehicles[&id].in_use).await;
    town.register_says(vec![says(Some(4))]).await;
    town.until(move |state: &model::State| state.vehicles[&id].in_use).await;
}

#[tokio::test]
async fn who_answers_that_they_cannot_ride_is_not_driven_and_a_strangers_answer_is_told_back() {
    let town = Town::open().await;
    town.shift("dag", 0, [0, 480]).await;
    let ride = town.promised(trip("anna", 10, 30, 180)).await;
    let says = |who: &str, answer| notices::Event::Answered {
        notice: NoticeId(Uuid::from_u128(1)),
        person: person(who),
        about: ride.name.clone(),
        answer,
        via: Via::Link,
        at: instant(0),
    };

    town.notices_says(vec![says("bo", Answer::Cancel), says("anna", Answer::Seen)]).await;
    town.notices_says(vec![says("anna", Answer::Cancel)]).await;

    town.until(|state| state.rides.values().all(|it| it.standing == Standing::Cancelled)).await;
    let (refused, why) = (town.wrote(b"AnswerRefused").await, town.wrote(b"NOT_YOURS").await);
    assert!(refused && why, "a stranger's");
    assert!(!town.wrote(b"RIDE_NOT_OPEN").await);
    town.notices_says(vec![says("anna", Answer::Cancel)]).await;
    let late = async {
        while !town.wrote(b"RIDE_NOT_OPEN").await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), late).await.unwrap();
}
