//! Vehicles, drivers and shifts, and what is refused about them.

use dugnad_door::Role;
use dugnad_events::rides::Route;
use dugnad_proto::rides::v1 as pb;
use dugnad_rides::model::{Command, Proposal};
use tonic::Status;

use crate::town::{DAY, Town, at, field, lasting, person, reason, trip, window};

async fn shift(town: &Town, shift: pb::Shift) -> Result<pb::Shift, Status> {
    let request = pb::CreateShiftRequest { shift: Some(shift), request_id: town.id() };
    Ok(town.staff().create_shift(request).await?.into_inner().shift.unwrap())
}

fn hours(who: &str, from: i64, until: i64) -> pb::Shift {
    let hours = Some(window(from, until));
    pb::Shift { driver: person(who).to_string(), hours, ..Default::default() }
}

#[tokio::test]
async fn rules_are_the_municipalitys_and_are_kept() {
    let town = Town::open().await;
    let rules = pb::Rules {
        slack: Some(lasting(10)),
        wait: Some(lasting(20)),
        horizon_days: 7,
        refund_ore_per_km: 500,
        driver_kinds: vec!["driver".to_owned()],
    };
    let request = pb::SetRulesRequest { rules: Some(rules.clone()), request_id: town.id() };
    let refused = town.staff().set_rules(request.clone()).await.unwrap_err();

    town.coordinator().set_rules(request).await.unwrap();

    assert_eq!(reason(&refused), "NOT_YOURS");
    let shown = town.staff().get_rules(pb::GetRulesRequest {}).await.unwrap().into_inner().rules;
    assert_eq!(shown, Some(rules));
}

#[tokio::test]
async fn a_vehicle_at_somebodys_home_does_not_show_where_that_is() {
    let town = Town::open().await;
    let owner = person("dag").to_string();
    let vehicle = pb::Vehicle {
        title: "Dags bil".to_owned(),
        configurations: vec![pb::Load { seats: 4, ..Default::default() }],
        start: Some(at(10)),
        end: Some(at(10)),
        owner: owner.clone(),
        ..Default::default()
    };
    let request = pb::SetVehicleRequest { vehicle: Some(vehicle), request_id: town.id() };

    let made = town.staff().set_vehicle(request).await.unwrap().into_inner().vehicle.unwrap();

    assert_eq!((&made.start, &made.end, &made.owner), (&None, &None, &owner));
    let all = town.staff().list_vehicles(pb::ListVehiclesRequest::default()).await.unwrap();
    assert_eq!(all.into_inner().vehicles.first(), Some(&made));
    town.driver("dag", pb::Driver { vehicle: made.name, ..Default::default() }).await;
    shift(&town, hours("dag", 60, 300)).await.unwrap();
    town.promised(crate::town::trip("anna", 10, 20, 180)).await;
}

#[tokio::test]
async fn nobody_is_given_two_shifts_at_once() {
    let town = Town::open().await;
    let dag = town.shift("dag", 0, [60, 300]).await;
    town.driver("ella", pb::Driver::default()).await;

    let same_driver = shift(&town, hours("dag", 290, 400)).await.unwrap_err();
    let shared = pb::Shift { vehicle: dag.vehicle, ..hours("ella", 100, 200) };
    let same_vehicle = shift(&town, shared).await.unwrap_err();
    shift(&town, hours("dag", 300, 400)).await.unwrap();

    assert_eq!(reason(&same_driver), "SHIFT_OVERLAPS");
    assert_eq!(reason(&same_vehicle), "SHIFT_OVERLAPS");
}

#[tokio::test]
async fn a_shift_wants_a_vehicle_in_use_and_a_driver_who_drives() {
    let town = Town::open().await;
    let dag = town.shift("dag", 0, [60, 300]).await;
    let vehicle = dag.vehicle.clone();
    let mut facts = town
        .staff()
        .list_vehicles(pb::ListVehiclesRequest::default())
        .await
        .unwrap()
        .into_inner()
        .vehicles
        .remove(0);
    facts.retired = true;
    let retire = pb::SetVehicleRequest { vehicle: Some(facts), request_id: town.id() };
    town.staff().set_vehicle(retire).await.unwrap();
    town.driver("ella", pb::Driver { inactive: true, ..Default::default() }).await;
    town.vehicle("Ny", 0).await;

    let retired = shift(&town, hours("dag", 400, 500)).await.unwrap_err();
    let other = pb::Shift { vehicle: vehicle.clone(), ..hours("ella", 400, 500) };
    let unknown = pb::Shift { vehicle: vehicle.clone(), ..hours("finn", 400, 500) };
    let unknown = shift(&town, unknown).await.unwrap_err();
    let none = shift(&town, hours("finn", 400, 500)).await.unwrap_err();
    let past = shift(&town, hours("dag", -120, -60)).await.unwrap_err();

    assert_eq!(reason(&retired), "VEHICLE_RETIRED");
    assert_eq!(reason(&shift(&town, other).await.unwrap_err()), "VEHICLE_RETIRED");
    assert_eq!(
        (reason(&unknown), field(&none)),
        ("VEHICLE_RETIRED".to_owned(), "shift.vehicle".to_owned())
    );
    assert_eq!(reason(&past), "VEHICLE_RETIRED");
}

#[tokio::test]
async fn each_thing_that_a_shift_lacks_is_named() {
    let town = Town::open().await;
    let vehicle = town.vehicle("Ny", 0).await.name;
    town.driver("ella", pb::Driver { inactive: true, ..Default::default() }).await;
    let with = |who, from, until| pb::Shift { vehicle: vehicle.clone(), ..hours(who, from, until) };

    let inactive = shift(&town, with("ella", 400, 500)).await.unwrap_err();
    let unknown = shift(&town, with("finn", 400, 500)).await.unwrap_err();
    town.driver("finn", pb::Driver::default()).await;
    let past = shift(&town, with("finn", -120, -60)).await.unwrap_err();
    let far = shift(&town, with("finn", 600_000, 600_060)).await.unwrap_err();
    let no_vehicle =
        pb::Shift { vehicle: format!("vehicles/{}", town.id()), ..with("finn", 1, 60) };
    let no_vehicle = shift(&town, no_vehicle).await.unwrap_err();

    assert_eq!(reason(&inactive), "DRIVER_INACTIVE");
    assert_eq!(
        (reason(&unknown), reason(&no_vehicle)),
        ("NOT_FOUND".to_owned(), "NOT_FOUND".to_owned())
    );
    assert_eq!(
        (field(&past), reason(&far)),
        ("shift.hours".to_owned(), "NOT_PLANNABLE".to_owned())
    );
}

#[tokio::test]
async fn registers_are_for_offices() {
    let town = Town::open().await;
    let mut anna = town.themselves("anna");
    let vehicle = anna.set_vehicle(pb::SetVehicleRequest::default()).await.unwrap_err();
    let driver = anna.set_driver(pb::SetDriverRequest::default()).await.unwrap_err();
    let shift = anna.create_shift(pb::CreateShiftRequest::default()).await.unwrap_err();
    let vehicles = anna.list_vehicles(pb::ListVehiclesRequest::default()).await.unwrap_err();
    let drivers = anna.list_drivers(pb::ListDriversRequest::default()).await.unwrap_err();
    let drives = town.staff().list_drives(pb::ListDrivesRequest::default()).await.unwrap_err();
    let dispatch =
        town.staff().dispatch(pb::DispatchRequest::default()).await.map(drop).unwrap_err();
    let round = anna.request_meal_round(pb::RequestMealRoundRequest::default()).await.unwrap_err();
    let free = anna.free_rides(pb::FreeRidesRequest::default()).await.unwrap_err();
    let held = town.staff().held_of_person(pb::HeldOfPersonRequest::default()).await.unwrap_err();
    for refused in [vehicle, driver, shift, vehicles, drivers, drives, dispatch, round, free, held]
    {
        assert_eq!(reason(&refused), "NOT_YOURS");
    }
    town.client("s", Role::Service).list_drivers(pb::ListDriversRequest::default()).await.unwrap();
}

#[tokio::test]
async fn more_vehicles_than_there_is_room_for_are_refused() {
    let town = Town::open().await;
    let one = || pb::Vehicle {
        title: "Bil".to_owned(),
        configurations: vec![pb::Load { seats: 3, ..Default::default() }],
        start: Some(at(0)),
        ..Default::default()
    };
    let set = || pb::SetVehicleRequest { vehicle: Some(one()), request_id: town.id() };
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..dugnad_rides::model::MOST_VEHICLES {
        let (mut staff, request) = (town.staff(), set());
        asked.spawn(async move { staff.set_vehicle(request).await.map(drop) });
    }
    while let Some(done) = asked.join_next().await {
        done.unwrap().unwrap();
    }

    let refused = town.staff().set_vehicle(set()).await.unwrap_err();

    assert_eq!(reason(&refused), "TOO_MANY");
}

/// The dispatcher makes proposals, and makes them anew when they are refused: no call can send a bad one.
#[tokio::test]
async fn a_plan_of_another_state_of_the_day_or_that_breaks_a_limit_is_refused() {
    let town = Town::open().await;
    town.shift("dag", 0, [60, 540]).await;
    let ride = town.ride(&town.promised(trip("anna", 10, 30, 180)).await.name).await;
    let (id, day) = (ride.name.parse().unwrap(), DAY.parse().unwrap());
    let (version, shift) =
        town.look(move |state, _| (state.version(day), state.rides[&id].shift.unwrap())).await;
    let idle = |based_on| Proposal {
        day,
        based_on,
        routes: vec![(shift, Route::default())],
        ..Proposal::default()
    };

    let stale = town.refusal(Command::Propose(Box::new(idle(version - 1)))).await;
    let losing = town.refusal(Command::Propose(Box::new(idle(version)))).await;

    assert_eq!((reason(&stale).as_str(), stale.code()), ("STALE", tonic::Code::Aborted));
    assert_eq!(reason(&losing), "DOES_NOT_HOLD");
    assert!(losing.message().contains("loses its place"), "{losing:?}");
    assert_eq!(town.ride(&ride.name).await, ride);
}
