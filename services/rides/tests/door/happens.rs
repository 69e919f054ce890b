//! What happens, and what is told at once.

use dugnad_proto::rides::v1::{self as pb, report_stop_request::Report, stop::Kind};
use dugnad_rides::model::Standing;
use tonic::Status;

use crate::town::{DAY, Town, field, lasting, minute, minutes, person, reason, stamp, trip};

fn report(
    town: &Town,
    shift: &str,
    kind: Kind,
    ride: &str,
    report: Report,
) -> pb::ReportStopRequest {
    pb::ReportStopRequest {
        shift: shift.to_owned(),
        kind: kind.into(),
        ride: ride.to_owned(),
        report: report.into(),
        request_id: town.id(),
        ..Default::default()
    }
}

async fn out(town: &Town, vehicle: &str) -> pb::Consequences {
    let vehicle = vehicle.to_owned();
    let request =
        pb::TakeVehicleOutRequest { vehicle, request_id: town.id(), ..Default::default() };
    let answer = town.staff().take_vehicle_out(request).await.unwrap().into_inner();
    answer.consequences.unwrap()
}

async fn late(town: &Town, shift: &str, by: i64) -> Result<pb::Consequences, Status> {
    let (shift, by) = (shift.to_owned(), Some(lasting(by)));
    let request = pb::ReportLateRequest { shift, by, request_id: town.id() };
    let answer = town.staff().report_late(request).await?.into_inner();
    Ok(answer.consequences.unwrap())
}

#[tokio::test]
async fn when_a_vehicle_falls_out_others_come_within_the_promise() {
    let town = Town::open().await;
    let dag = town.shift("dag", 10, [60, 540]).await;
    let ride = town.promised(trip("anna", 10, 30, 180)).await;
    let ella = town.shift("ella", 0, [60, 540]).await;

    let followed = out(&town, &dag.vehicle).await;

    assert_eq!((followed.moved.len(), followed.broken.len()), (1, 0), "{followed:?}");
    let moved = &followed.moved[0];
    assert_eq!((&moved.shift, moved.state()), (&ella.name, pb::RideState::Promised));
    assert_eq!((&moved.pickup, &moved.dropoff), (&ride.pickup, &ride.dropoff));
    town.holds().await;
}

#[tokio::test]
async fn a_promise_that_nobody_can_keep_is_broken_at_once_with_its_reason_and_what_comes_instead() {
    let town = Town::open().await;
    let dag = town.shift("dag", 10, [60, 540]).await;
    let ride = town.promised(trip("anna", 10, 30, 100)).await;
    // Back at the depot an hour away, and on the road too late.
    town.shift("ella", 60, [60, 540]).await;

    let followed = out(&town, &dag.vehicle).await;

    let broken = &followed.broken[0];
    assert_eq!(broken.broken_reason, "VEHICLE_OUT");
    assert!(broken.broken_text.contains("out of service"), "{}", broken.broken_text);
    assert_eq!(broken.state(), pb::RideState::Promised);
    assert!(minutes(&broken.pickup)[0] > minutes(&ride.pickup)[0]);
    town.holds().await;
}

#[tokio::test]
async fn without_anybody_else_a_ride_is_unserved_until_somebody_drives_and_the_day_is_planned_anew()
{
    let town = Town::open().await;
    let dag = town.shift("dag", 10, [60, 540]).await;
    let ride = town.promised(trip("anna", 10, 30, 180)).await;

    let followed = out(&town, &dag.vehicle).await;

    assert_eq!(followed.broken[0].state(), pb::RideState::Unserved);
    let open = pb::ListRidesRequest { day: DAY.to_owned(), only_open: true, ..Default::default() };
    assert_eq!(town.staff().list_rides(open).await.unwrap().into_inner().rides.len(), 1);
    town.shift("ella", 0, [60, 540]).await;
    let budget = Some(prost_types::Duration { seconds: 1, nanos: 0 });
    let request = pb::DispatchRequest { day: DAY.to_owned(), budget };
    let mut told = town.coordinator().dispatch(request).await.unwrap().into_inner();
    let mut gained = Vec::new();
    while let Some(answer) = told.message().await.unwrap() {
        gained = answer.result.map(|it| it.gained).unwrap_or_default();
    }
    assert_eq!((gained.len(), &gained[0]), (1, &ride.name));
    assert_eq!(town.ride(&ride.name).await.state(), pb::RideState::Promised);
    town.holds().await;
}

#[tokio::test]
async fn who_is_aboard_a_vehicle_that_falls_out_is_stranded() {
    let town = Town::open().await;
    let dag = town.shift("dag", 10, [60, 540]).await;
    let ride = town.promised(trip("anna", 10, 60, 180)).await;
    town.clock(minute(&town.ride(&ride.name).await.pickup_expected) + 10);
    let left = report(&town, &dag.name, Kind::Pickup, &ride.name, Report::Left);
    town.themselves("dag").report_stop(left).await.unwrap();
    assert_eq!(town.ride(&ride.name).await.state(), pb::RideState::Aboard);

    let followed = out(&town, &dag.vehicle).await;

    assert_eq!(followed.broken[0].state(), pb::RideState::Stranded);
    let shift = late(&town, &dag.name, 5).await.unwrap_err();
    assert_eq!(reason(&shift), "SHIFT_CLOSED");
    let cancel = pb::CancelRideRequest {
        name: ride.name.clone(),
        request_id: town.id(),
        ..Default::default()
    };
    let refused = town.staff().cancel_ride(cancel).await.unwrap_err();
    assert_eq!(reason(&refused), "RIDE_NOT_OPEN");
}

#[tokio::test]
async fn a_late_vehicle_gives_away_what_it_cannot_keep_and_tells_what_it_must_break() {
    let town = Town::open().await;
    let dag = town.shift("dag", 10, [60, 540]).await;
    let aboard = town.promised(trip("anna", 10, 40, 150)).await;
    town.clock(minute(&town.ride(&aboard.name).await.pickup_expected) + 3);
    let left = report(&town, &dag.name, Kind::Pickup, &aboard.name, Report::Left);
    town.themselves("dag").report_stop(left).await.unwrap();
    let next = town.promised(trip("berit", 40, 60, 230)).await;
    let ella = town.shift("ella", 40, [60, 540]).await;

    let followed = late(&town, &dag.name, 120).await.unwrap();

    let told = |ride: &pb::Ride, all: &[pb::Ride]| all.iter().any(|it| it.name == ride.name);
    assert!(told(&aboard, &followed.broken) && told(&next, &followed.moved), "{followed:?}");
    assert_eq!(followed.broken[0].broken_reason, "LATE");
    assert_eq!(town.ride(&next.name).await.shift, ella.name);
    town.holds().await;
}

#[tokio::test]
async fn nobody_at_the_door_frees_the_vehicle_and_the_way_home() {
    let town = Town::open().await;
    let dag = town.shift("dag", 10, [60, 540]).await;
    let request = pb::RequestRideRequest {
        trip: Some(trip("anna", 10, 30, 120)),
        home_after: Some(stamp(200)),
        request_id: town.id(),
    };
    let both = town.staff().request_ride(request).await.unwrap().into_inner();
    let (there, home) = (both.ride.unwrap().name, both.home.unwrap().name);
    let early = report(&town, &dag.name, Kind::Pickup, &there, Report::NoShow);
    let early = town.themselves("dag").report_stop(early).await.unwrap_err();
    town.clock(minute(&town.ride(&there).await.pickup_expected) + 1);

    let no_show = report(&town, &dag.name, Kind::Pickup, &there, Report::NoShow);
    town.themselves("dag").report_stop(no_show).await.unwrap();

    assert_eq!(reason(&early), "NOT_AT_STOP");
    assert_eq!(town.ride(&there).await.state(), pb::RideState::NoShow);
    assert_eq!(town.ride(&home).await.state(), pb::RideState::Cancelled);
    let stops = town.manifest(&dag.name).await;
    assert!(stops.len() == 1 && stops[0].off, "{stops:?}");
    town.holds().await;
}

#[tokio::test]
async fn a_ride_is_called_off_with_its_way_home_and_not_once_it_is_over() {
    let town = Town::open().await;
    town.shift("dag", 10, [60, 540]).await;
    let request = pb::RequestRideRequest {
        trip: Some(trip("anna", 10, 30, 120)),
        home_after: Some(stamp(200)),
        request_id: town.id(),
    };
    let both = town.staff().request_ride(request).await.unwrap().into_inner();
    let name = both.ride.unwrap().name;
    let cancel =
        |id| pb::CancelRideRequest { name: name.clone(), request_id: id, reason: "ill".to_owned() };
    let id = town.id();

    let off = town.themselves("anna").cancel_ride(cancel(id.clone())).await.unwrap().into_inner();
    let again = town.themselves("anna").cancel_ride(cancel(id)).await.unwrap().into_inner();
    let twice = town.themselves("anna").cancel_ride(cancel(town.id())).await.unwrap_err();

    assert_eq!(off.rides.len(), 2);
    assert!(off.rides.iter().all(|ride| ride.state() == pb::RideState::Cancelled));
    assert_eq!(again, off);
    assert_eq!(reason(&twice), "RIDE_NOT_OPEN");
}

#[tokio::test]
async fn an_evening_that_is_off_frees_all_its_rides() {
    let town = Town::open().await;
    let dag = town.shift("dag", 10, [60, 540]).await;
    let about = "activities/bingo".to_owned();
    for (n, who) in ["anna", "berit"].into_iter().enumerate() {
        let asked = trip(who, 10 + n as i32, 30, 180);
        town.promised(pb::Trip { about: about.clone(), ..asked }).await;
    }
    town.promised(trip("carl", 10, 30, 300)).await;

    let request = pb::FreeRidesRequest { about, request_id: town.id() };
    let freed = town.staff().free_rides(request).await.unwrap().into_inner().rides;

    assert_eq!(freed.len(), 2);
    assert_eq!(town.manifest(&dag.name).await.len(), 2, "carl's remain");
    town.holds().await;
}

#[tokio::test]
async fn a_driver_who_falls_ill_says_so_in_one_act() {
    let town = Town::open().await;
    town.shift("dag", 10, [60, 540]).await;
    let ride = town.promised(trip("anna", 10, 30, 180)).await;
    let ella = town.shift("ella", 0, [60, 540]).await;
    let driver = person("dag").to_string();
    let request =
        pb::ReportDriverIllRequest { driver, request_id: town.id(), ..Default::default() };
    let other = town.themselves("ella").report_driver_ill(request.clone()).await.unwrap_err();

    town.themselves("dag").report_driver_ill(request).await.unwrap();

    assert_eq!(reason(&other), "NOT_YOURS");
    assert_eq!(town.ride(&ride.name).await.shift, ella.name);
    let shifts = pb::ListShiftsRequest { day: DAY.to_owned() };
    let shifts = town.staff().list_shifts(shifts).await.unwrap().into_inner().shifts;
    let closed = shifts.iter().filter(|it| it.state() == pb::ShiftState::Closed).count();
    assert_eq!(closed, 1);
}

#[tokio::test]
async fn a_vehicle_that_goes_to_the_garage_later_drives_until_then() {
    let town = Town::open().await;
    let dag = town.shift("dag", 10, [60, 540]).await;
    let (early, afternoon) = (
        town.promised(trip("anna", 10, 30, 150)).await,
        town.promised(trip("berit", 10, 30, 400)).await,
    );
    town.shift("ella", 0, [60, 540]).await;
    let vehicle = dag.vehicle.clone();
    let from = Some(stamp(240));
    let request = pb::TakeVehicleOutRequest { vehicle, from, request_id: town.id(), until: None };

    town.staff().take_vehicle_out(request).await.unwrap();

    assert_eq!(town.ride(&early.name).await.shift, dag.name);
    assert_ne!(town.ride(&afternoon.name).await.shift, dag.name);
    town.holds().await;
}

#[tokio::test]
async fn reports_that_cannot_be_true_are_refused() {
    let town = Town::open().await;
    let dag = town.shift("dag", 10, [60, 540]).await;
    let ride = town.promised(trip("anna", 10, 30, 150)).await;
    town.clock(minute(&town.ride(&ride.name).await.pickup_expected) + 5);
    let mut driver = town.themselves("dag");
    let of = |kind, what| report(&town, &dag.name, kind, &ride.name, what);
    let ahead = pb::ReportStopRequest { at: Some(stamp(500)), ..of(Kind::Pickup, Report::Arrived) };
    assert_eq!(field(&driver.report_stop(ahead).await.unwrap_err()), "at");
    driver.report_stop(of(Kind::Pickup, Report::Arrived)).await.unwrap();

    let twice = driver.report_stop(of(Kind::Pickup, Report::Arrived)).await.unwrap_err();
    driver.report_stop(of(Kind::Pickup, Report::Left)).await.unwrap();
    let left = driver.report_stop(of(Kind::Pickup, Report::Left)).await.unwrap_err();
    let before = pb::ReportStopRequest { at: Some(stamp(61)), ..of(Kind::Dropoff, Report::Left) };
    let before = driver.report_stop(before).await.unwrap_err();
    let other = pb::ReportStopRequest {
        ride: format!("rides/{}", town.id()),
        ..of(Kind::Pickup, Report::Left)
    };
    let other = driver.report_stop(other).await.unwrap_err();
    let mut stranger = town.themselves("ella");
    let stranger = stranger.report_stop(of(Kind::Dropoff, Report::Left)).await.unwrap_err();

    assert_eq!(
        (reason(&twice), reason(&left)),
        ("NOT_AT_STOP".to_owned(), "NOT_AT_STOP".to_owned())
    );
    assert_eq!((field(&before).as_str(), reason(&other).as_str()), ("at", "NOT_AT_STOP"));
    assert_eq!(reason(&stranger), "NOT_YOURS");
}

#[tokio::test]
async fn who_lost_their_place_before_a_crash_is_looked_after_when_the_service_is_back() {
    let mut town = Town::open().await;
    let dag = town.shift("dag", 10, [60, 540]).await;
    let ride = town.promised(trip("anna", 10, 30, 180)).await;
    let ella = town.shift("ella", 0, [60, 540]).await;
    // The fact alone, as a crash right after it leaves it.
    let vehicle = dag.vehicle.parse().unwrap();
    let what = dugnad_rides::model::Happening::VehicleOut {
        vehicle,
        from: None,
        until: None,
        office: true,
    };
    town.commands(dugnad_rides::model::Command::Happened(what)).await;
    town.restart().await;
    let id = ride.name.parse().unwrap();
    let standing = move |state: &dugnad_rides::model::State, _| state.rides[&id].standing;
    assert_eq!(town.look(standing).await, Standing::Loose);

    town.dispatcher.look_after(&town.tenant).await.unwrap();

    assert_eq!(town.ride(&ride.name).await.shift, ella.name);
    town.holds().await;
}

#[tokio::test]
async fn kilometres_and_refunds_are_rows_once_a_shift_is_over() {
    let town = Town::open().await;
    let dag = town.shift("dag", 10, [60, 300]).await;
    town.promised(trip("anna", 10, 30, 180)).await;
    let request =
        pb::ListDrivesRequest { from: DAY.to_owned(), until: DAY.to_owned(), ..Default::default() };
    let none = town.coordinator().list_drives(request.clone()).await.unwrap().into_inner().drives;
    town.clock(400);

    let drives = town.coordinator().list_drives(request).await.unwrap().into_inner().drives;

    assert!(none.is_empty(), "it is not over");
    assert_eq!((drives.len(), &drives[0].shift, drives[0].rides), (1, &dag.name, 1));
    // Twenty kilometres there and twenty back, at 3.50 kr.
    assert!((39_900..40_100).contains(&drives[0].metres), "{}", drives[0].metres);
    assert!((13_950..14_050).contains(&drives[0].refund_ore), "{}", drives[0].refund_ore);
}
