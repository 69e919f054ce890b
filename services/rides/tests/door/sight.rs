//! Who sees and changes what: invariant 7.

use dugnad_proto::rides::v1 as pb;

use crate::town::{DAY, Town, at, lasting, person, reason, trip};

#[tokio::test]
async fn a_ride_is_seen_by_its_traveller_its_driver_and_offices() {
    let town = Town::open().await;
    let dag = town.shift("dag", 0, [60, 540]).await;
    town.shift("ella", 0, [60, 540]).await;
    let ride = town.promised(trip("anna", 10, 30, 180)).await;
    let shift = town.ride(&ride.name).await.shift;
    let (driver, other) = if shift == dag.name { ("dag", "ella") } else { ("ella", "dag") };
    let request = pb::GetRideRequest { name: ride.name.clone() };

    for who in ["anna", driver] {
        let seen = town.themselves(who).get_ride(request.clone()).await.unwrap().into_inner();
        assert_eq!(seen.ride.unwrap().trip.unwrap().from.unwrap().address, "Storgata 10");
    }
    for who in ["berit", other] {
        let refused = town.themselves(who).get_ride(request.clone()).await.unwrap_err();
        assert_eq!(reason(&refused), "NOT_YOURS");
    }
    let manifest = pb::GetManifestRequest { shift };
    assert!(town.themselves(driver).get_manifest(manifest.clone()).await.is_ok());
    let refused = town.themselves(other).get_manifest(manifest).await.unwrap_err();
    assert_eq!(reason(&refused), "NOT_YOURS");
}

#[tokio::test]
async fn lists_hold_what_is_theirs_without_addresses() {
    let town = Town::open().await;
    town.shift("dag", 0, [60, 540]).await;
    town.promised(trip("anna", 10, 30, 180)).await;
    town.promised(trip("berit", 10, 30, 300)).await;
    let all = pb::ListRidesRequest { day: DAY.to_owned(), ..Default::default() };

    let annas = town.themselves("anna").list_rides(all.clone()).await.unwrap().into_inner().rides;
    let page = pb::ListRidesRequest { page_size: 1, ..all };
    let first = town.staff().list_rides(page.clone()).await.unwrap().into_inner();
    let page = pb::ListRidesRequest { page_token: first.next_page_token.clone(), ..page };
    let second = town.staff().list_rides(page).await.unwrap().into_inner();

    assert_eq!(annas.len(), 1);
    let shown = annas[0].trip.clone().unwrap();
    assert_eq!((shown.traveller, shown.from), (person("anna").to_string(), None));
    assert_ne!(first.rides[0].name, second.rides[0].name);
    assert!(second.next_page_token.is_empty());
    let shifts = pb::ListShiftsRequest { day: DAY.to_owned() };
    let mut anna = town.themselves("anna");
    assert!(anna.list_shifts(shifts).await.unwrap().into_inner().shifts.is_empty());
}

#[tokio::test]
async fn nobody_asks_for_or_changes_what_is_anothers() {
    let town = Town::open().await;
    let dag = town.shift("dag", 0, [60, 540]).await;
    let ride = town.promised(trip("anna", 10, 30, 180)).await;
    let mut berit = town.themselves("berit");

    let asks = pb::RequestRideRequest {
        trip: Some(trip("anna", 1, 2, 300)),
        home_after: None,
        request_id: town.id(),
    };
    let asks = berit.request_ride(asks).await.unwrap_err();
    let cancels =
        pb::CancelRideRequest { name: ride.name, request_id: town.id(), ..Default::default() };
    let cancels = berit.cancel_ride(cancels).await.unwrap_err();
    let late = pb::ReportLateRequest {
        shift: dag.name.clone(),
        by: Some(lasting(5)),
        request_id: town.id(),
    };
    let late = berit.report_late(late).await.unwrap_err();
    let out = pb::TakeVehicleOutRequest {
        vehicle: dag.vehicle,
        request_id: town.id(),
        ..Default::default()
    };
    let out = berit.take_vehicle_out(out).await.unwrap_err();
    let position = pb::ReportPositionRequest { shift: dag.name, at: Some(at(1)) };
    let position = berit.report_position(position).await.unwrap_err();

    assert_eq!(reason(&asks), "NOT_REPRESENTED");
    for refused in [cancels, late, out, position] {
        assert_eq!(reason(&refused), "NOT_YOURS");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_not_there() {
    let town = Town::open().await;
    let (ride, shift) = (format!("rides/{}", town.id()), format!("shifts/{}", town.id()));
    let mut staff = town.staff();
    let id = || town.id();
    let get = staff.get_ride(pb::GetRideRequest { name: ride.clone() }).await.unwrap_err();
    let cancel = pb::CancelRideRequest { name: ride, request_id: id(), ..Default::default() };
    let cancel = staff.cancel_ride(cancel).await.unwrap_err();
    let manifest = pb::GetManifestRequest { shift: shift.clone() };
    let manifest = staff.get_manifest(manifest).await.unwrap_err();
    let late =
        pb::ReportLateRequest { shift: shift.clone(), by: Some(lasting(5)), request_id: id() };
    let late = staff.report_late(late).await.unwrap_err();
    let position = pb::ReportPositionRequest { shift, at: Some(at(1)) };
    let position = staff.report_position(position).await.unwrap_err();
    let vehicle = format!("vehicles/{}", town.id());
    let out = pb::TakeVehicleOutRequest { vehicle, request_id: id(), ..Default::default() };
    let out = staff.take_vehicle_out(out).await.unwrap_err();
    let order = pb::GetStandingOrderRequest { name: format!("standingOrders/{}", town.id()) };
    let order = staff.get_standing_order(order).await.unwrap_err();
    for refused in [get, cancel, manifest, late, position, out, order] {
        assert_eq!(reason(&refused), "NOT_FOUND");
    }
}
