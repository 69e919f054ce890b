//! What is promised, what is refused and why, and the plan made anew.

use dugnad_proto::rides::v1 as pb;

use crate::town::{DAY, Town, at, door, lasting, minutes, person, reason, stamp, trip, window};

#[tokio::test]
async fn a_ride_is_promised_at_once_and_stands_in_the_drivers_manifest() {
    let town = Town::open().await;
    let shift = town.shift("dag", 0, [60, 540]).await;

    let ride = town.promised(trip("anna", 10, 30, 180)).await;

    assert_eq!(ride.state(), pb::RideState::Promised);
    let [from, until] = minutes(&ride.dropoff);
    assert!(150 <= from && until <= 180, "{from} {until}");
    let stops = town.manifest(&shift.name).await;
    assert_eq!(stops.len(), 2);
    assert_eq!(stops[0].ride, ride.name);
    assert_eq!(stops[0].spot.as_ref().unwrap().address, "Storgata 10");
    assert_eq!(ride.day, DAY);
    town.holds().await;
}

#[tokio::test]
async fn a_repeated_request_gets_its_first_answer_and_another_under_its_id_is_refused() {
    let town = Town::open().await;
    town.shift("dag", 0, [60, 540]).await;
    let trip = trip("anna", 10, 30, 180);
    let request_id = town.id();
    let request = pb::RequestRideRequest { trip: Some(trip.clone()), home_after: None, request_id };
    let first = town.staff().request_ride(request.clone()).await.unwrap().into_inner();
    town.promised(crate::town::trip("berit", 12, 32, 180)).await;

    let again = town.staff().request_ride(request.clone()).await.unwrap().into_inner();
    let other = pb::Trip { to: Some(door(31)), ..trip };
    let other = pb::RequestRideRequest { trip: Some(other), ..request };
    let other = town.staff().request_ride(other).await.unwrap_err();

    assert_eq!(again, first);
    assert_eq!(reason(&other), "REQUEST_ID_REUSED");
    let all = pb::ListRidesRequest { day: DAY.to_owned(), ..Default::default() };
    assert_eq!(town.staff().list_rides(all).await.unwrap().into_inner().rides.len(), 2);
}

#[tokio::test]
async fn who_asks_for_a_day_without_a_shift_learns_that() {
    let town = Town::open().await;

    let answer = town.ask_for(trip("anna", 10, 30, 180)).await;

    let refusal = answer.refusal.unwrap();
    assert_eq!(refusal.reason, "NO_SHIFT");
    assert!(refusal.text.contains(DAY), "{}", refusal.text);
}

#[tokio::test]
async fn a_refusal_says_what_stands_in_the_way_on_each_vehicle_and_windows_that_work() {
    let town = Town::open().await;
    town.shift("dag", 0, [60, 300]).await;
    town.shift("ella", 0, [60, 300]).await;

    // Forty minutes away, an hour after the shift has begun, there and back.
    let answer = town.ask_for(trip("anna", 60, 100, 100)).await;

    let refusal = answer.refusal.unwrap();
    assert_eq!((refusal.reason.as_str(), refusal.obstacles.len()), ("NO_VEHICLE", 2));
    for obstacle in &refusal.obstacles {
        assert!(!obstacle.reasons.is_empty() && !obstacle.text.is_empty(), "{obstacle:?}");
        assert!(obstacle.vehicle_title.starts_with("Bil av"), "{obstacle:?}");
    }
    let until = refusal.nearest_dropoff.unwrap().until.unwrap();
    let asked = pb::Trip { arrive_by: Some(until), ..trip("anna", 60, 100, 0) };
    let ride = town.promised(asked).await;
    assert_eq!(ride.state(), pb::RideState::Promised);
    town.holds().await;
}

#[tokio::test]
async fn a_way_there_and_home_are_promised_both_or_neither() {
    let town = Town::open().await;
    town.shift("dag", 0, [60, 300]).await;
    let asked = |after| pb::RequestRideRequest {
        trip: Some(trip("anna", 10, 20, 120)),
        home_after: Some(stamp(after)),
        request_id: town.id(),
    };

    let neither = town.staff().request_ride(asked(290)).await.unwrap().into_inner();
    let both = town.staff().request_ride(asked(200)).await.unwrap().into_inner();

    let refusal = neither.refusal.unwrap();
    assert!(refusal.is_way_home && neither.ride.is_none(), "{refusal:?}");
    let (there, home) = (both.ride.unwrap(), both.home.unwrap());
    assert_eq!(home.return_of, there.name);
    assert!(minutes(&home.pickup)[0] >= 200);
    let all = pb::ListRidesRequest { day: DAY.to_owned(), ..Default::default() };
    assert_eq!(town.staff().list_rides(all).await.unwrap().into_inner().rides.len(), 2);
}

#[tokio::test]
async fn what_a_ride_needs_and_who_refuses_whom_is_kept() {
    let town = Town::open().await;
    let dag = town.shift("dag", 0, [60, 540]).await;
    let ella = town.shift("ella", 0, [60, 540]).await;
    let stairs = |vehicle: &pb::Shift, can: &[&str], refuses: &[&str]| pb::Driver {
        can: can.iter().map(ToString::to_string).collect(),
        refuses: refuses.iter().map(|it| person(it).to_string()).collect(),
        vehicle: vehicle.vehicle.clone(),
        ..Default::default()
    };
    town.driver("dag", stairs(&dag, &["stairs"], &["berit"])).await;
    town.driver("ella", stairs(&ella, &[], &[])).await;
    let needs = pb::Trip { needs: vec!["stairs".to_owned()], ..trip("anna", 10, 20, 180) };
    let lacks = pb::Trip { needs: vec!["lift".to_owned()], ..trip("anna", 10, 20, 180) };
    let refuses =
        pb::Trip { refuses: vec![person("ella").to_string()], ..trip("carl", 30, 40, 300) };

    let anna = town.promised(needs).await;
    let berit = town.promised(trip("berit", 10, 20, 180)).await;
    let carl = town.promised(refuses).await;
    let nobody = town.ask_for(lacks).await.refusal.unwrap();

    assert_eq!(town.ride(&anna.name).await.shift, dag.name, "dag helps on stairs");
    assert_eq!(town.ride(&berit.name).await.shift, ella.name, "dag does not drive berit");
    assert_eq!(town.ride(&carl.name).await.shift, dag.name, "carl is not driven by ella");
    assert_eq!(nobody.obstacles[0].reasons, ["LACKS_SKILLS"]);
    assert!(nobody.obstacles[0].text.contains("lift"), "{}", nobody.obstacles[0].text);
}

#[tokio::test]
async fn seats_and_wheelchair_places_are_never_overbooked() {
    let town = Town::open().await;
    town.shift("dag", 0, [60, 240]).await;
    let wheelchair = pb::Load { wheelchairs: 1, ..Default::default() };
    let at_once = |who, load| pb::Trip {
        load: Some(load),
        longest_aboard: Some(lasting(45)),
        ..trip(who, 20, 60, 140)
    };

    town.promised(at_once("anna", wheelchair)).await;
    let second = town.ask_for(at_once("berit", wheelchair)).await;
    let seat = town.ask_for(at_once("carl", pb::Load { seats: 1, ..Default::default() })).await;

    assert!(second.refusal.is_some(), "there is one wheelchair place");
    assert!(seat.ride.is_some(), "a seat is left beside the wheelchair");
    let huge = at_once("dora", pb::Load { seats: 9, ..Default::default() });
    let huge = town.ask_for(huge).await.refusal.unwrap();
    assert_eq!(huge.obstacles[0].reasons, ["NO_PLACE"]);
    town.holds().await;
}

#[tokio::test]
async fn a_pause_is_taken_with_nobody_aboard() {
    let town = Town::open().await;
    let vehicle = town.vehicle("Minibuss", 0).await;
    town.driver("dag", pb::Driver { vehicle: vehicle.name, ..Default::default() }).await;
    let pause = pb::Pause { begins: Some(window(170, 180)), lasts: Some(lasting(30)) };
    let shift = pb::Shift {
        driver: person("dag").to_string(),
        hours: Some(window(60, 300)),
        pauses: vec![pause],
        ..Default::default()
    };
    let request = pb::CreateShiftRequest { shift: Some(shift), request_id: town.id() };
    let shift = town.staff().create_shift(request).await.unwrap().into_inner().shift.unwrap();

    let before = town.promised(trip("anna", 10, 30, 160)).await;
    let within = town.ask_for(trip("berit", 10, 40, 215)).await;

    assert!(minutes(&before.dropoff)[1] <= 160);
    assert!(within.refusal.is_some(), "{within:?}");
    let stops = town.manifest(&shift.name).await;
    let kinds: Vec<_> = stops.iter().map(pb::Stop::kind).collect();
    use pb::stop::Kind;
    assert_eq!(kinds, [Kind::Pickup, Kind::Dropoff, Kind::Pause]);
}

#[tokio::test]
async fn a_plan_made_anew_keeps_every_promise_and_says_what_it_saved() {
    let town = Town::open().await;
    for (who, start) in [("dag", 0), ("ella", 60), ("finn", 30)] {
        town.shift(who, start, [60, 600]).await;
    }
    for n in 0..20 {
        let (from, to) = ((n * 17) % 60, (n * 29 + 5) % 60);
        town.ask_for(trip(&format!("p{n}"), from, to, 150 + i64::from(n * 37 % 400))).await;
    }
    let before = town.look(|state, _| {
        let mut all: Vec<_> = state.rides.iter().map(|(id, it)| (*id, it.promise)).collect();
        all.sort_by_key(|(id, _)| *id);
        all
    });
    let before = before.await;

    let request = pb::DispatchRequest { day: DAY.to_owned(), budget: Some(seconds(1)) };
    let mut told = town.coordinator().dispatch(request).await.unwrap().into_inner();
    let mut last = None;
    while let Some(answer) = told.message().await.unwrap() {
        last = Some(answer);
    }

    let last = last.unwrap();
    let result = last.result.unwrap();
    assert!(result.cost <= last.cost_before && !result.has_bound, "{result:?}");
    let after = town.look(|state, _| {
        let mut all: Vec<_> = state.rides.iter().map(|(id, it)| (*id, it.promise)).collect();
        all.sort_by_key(|(id, _)| *id);
        all
    });
    assert_eq!(after.await, before);
    town.holds().await;
}

fn seconds(seconds: i64) -> prost_types::Duration {
    prost_types::Duration { seconds, nanos: 0 }
}

#[tokio::test]
async fn more_doors_than_were_left_free_find_their_place() {
    let town = Town::open().await;
    town.shift("dag", 0, [60, 540]).await;

    for n in 0..140 {
        let load = Some(pb::Load { seats: 50, ..Default::default() });
        let answer = town.ask_for(pb::Trip { load, ..trip("anna", n, n + 1, 180) }).await;
        assert_eq!(answer.refusal.unwrap().obstacles[0].reasons, ["NO_PLACE"], "door {n}");
    }
}

#[tokio::test]
async fn a_meal_round_promises_each_door_and_its_boxes_are_proved() {
    let town = Town::open().await;
    let shift = town.shift("dag", 0, [60, 300]).await;
    let meal = |who: &str, to| pb::Meal {
        receiver: person(who).to_string(),
        to: Some(door(to)),
        window: Some(window(100, 200)),
        boxes: 1,
        note: "Nøkkel hos naboen".to_owned(),
    };
    let request = pb::RequestMealRoundRequest {
        kitchen: Some(door(5)),
        ready: Some(stamp(100)),
        keeps: None,
        meals: vec![meal("anna", 10), meal("berit", 20), meal("carl", 400)],
        request_id: town.id(),
    };

    let round = town.staff().request_meal_round(request.clone()).await.unwrap().into_inner();
    let again = town.staff().request_meal_round(request).await.unwrap().into_inner();

    assert_eq!(again.deliveries[..2], round.deliveries[..2]);
    assert!(round.deliveries[2].refusal.is_some(), "carl lives too far away");
    let ride = round.deliveries[0].ride.clone().unwrap();
    assert!(ride.delivery);
    let stops = town.manifest(&shift.name).await;
    assert_eq!(stops.len(), 4);
    town.clock(195);
    let report = pb::ReportStopRequest {
        shift: shift.name,
        kind: pb::stop::Kind::Dropoff.into(),
        ride: ride.name.clone(),
        report: pb::report_stop_request::Report::Left.into(),
        proof: "Gitt til datteren".to_owned(),
        request_id: town.id(),
        ..Default::default()
    };
    town.themselves("dag").report_stop(report).await.unwrap();
    assert_eq!(town.ride(&ride.name).await.state(), pb::RideState::Done);
    let held = pb::HeldOfPersonRequest { person: person("anna").to_string() };
    let mut service = town.client("register", dugnad_door::Role::Service);
    let held = service.held_of_person(held).await.unwrap().into_inner().json;
    assert!(held.contains("Gitt til datteren") && held.contains("Storgata 10"), "{held}");
}

#[tokio::test]
async fn who_waits_sees_when_the_vehicle_is_expected_by_where_it_is() {
    let town = Town::open().await;
    let shift = town.shift("dag", 0, [60, 300]).await;
    let ride = town.promised(trip("anna", 20, 30, 150)).await;
    let planned = crate::town::minute(&town.ride(&ride.name).await.pickup_expected);
    town.clock(planned - 10);

    // Forty minutes away with ten to go.
    let at = Some(at(60));
    let position = pb::ReportPositionRequest { shift: shift.name, at };
    town.themselves("dag").report_position(position).await.unwrap();

    let expected = crate::town::minute(&town.ride(&ride.name).await.pickup_expected);
    assert_eq!(expected, planned + 30);
    town.clock(planned + 1);
    let old = crate::town::minute(&town.ride(&ride.name).await.pickup_expected);
    assert_eq!(old, planned, "an old position says nothing");
}
