//! A driver falls ill an hour before: who was promised a ride is driven by others inside their windows;
//! those who cannot be are told at once, with the reason.

use dugnad_harness::{Caller, Rides, clients::request_id};
use dugnad_proto::rides::v1 as pb;
use dugnad_scenarios::{On, World, on_both, village::within};
use prost_types::Timestamp;
use uuid::Uuid;

on_both!(a_driver_who_falls_ill_an_hour_before_is_replaced_inside_every_promised_window);

const HOUR: i64 = 3600;

/// So many seconds from now, to the minute.
fn from_now(seconds: i64) -> Option<Timestamp> {
    let id: Uuid = request_id().parse().unwrap();
    let now = i64::try_from(id.as_u128() >> 80).unwrap() / 60_000 * 60;
    Some(Timestamp { seconds: now + seconds, nanos: 0 })
}

fn person() -> String {
    format!("people/{}", Uuid::now_v7())
}

fn spot(east: i32) -> Option<pb::Spot> {
    let at = Some(pb::Location { lat_e6: 59_740_000, lon_e6: 10_200_000 + east });
    Some(pb::Spot { at, address: String::new() })
}

/// A driver with a car of their own and so many seats, from a quarter of an hour from now on.
async fn drives(rides: &mut Rides, seats: i32) -> pb::Shift {
    let load = pb::Load { seats, ..Default::default() };
    let start = spot(0).unwrap().at;
    let car = pb::Vehicle {
        title: "Bil".to_owned(),
        configurations: vec![load],
        start,
        end: start,
        ..Default::default()
    };
    let car = pb::SetVehicleRequest { vehicle: Some(car), request_id: request_id() };
    let car = rides.set_vehicle(car).await.unwrap().into_inner().vehicle.unwrap().name;
    let driver = pb::Driver { person: person(), vehicle: car, ..Default::default() };
    let set = pb::SetDriverRequest { driver: Some(driver.clone()), request_id: request_id() };
    rides.set_driver(set).await.unwrap();
    let hours = Some(pb::Window { from: from_now(HOUR / 4), until: from_now(4 * HOUR) });
    let shift = pb::Shift { driver: driver.person, hours, ..Default::default() };
    let shift = pb::CreateShiftRequest { shift: Some(shift), request_id: request_id() };
    rides.create_shift(shift).await.unwrap().into_inner().shift.unwrap()
}

/// So many people, to an evening in an hour.
async fn promised(rides: &mut Rides, seats: i32) -> pb::Ride {
    let trip = pb::Trip {
        traveller: person(),
        from: spot(20_000),
        to: spot(60_000),
        arrive_by: from_now(HOUR + HOUR / 2),
        load: Some(pb::Load { seats, ..Default::default() }),
        ..Default::default()
    };
    let request =
        pb::RequestRideRequest { trip: Some(trip), home_after: None, request_id: request_id() };
    let ride = rides.request_ride(request).await.unwrap().into_inner().ride.unwrap();
    // The promise says no shift: it may be another's tomorrow.
    now(rides, &ride).await
}

async fn now(rides: &mut Rides, ride: &pb::Ride) -> pb::Ride {
    let request = pb::GetRideRequest { name: ride.name.clone() };
    rides.get_ride(request).await.unwrap().into_inner().ride.unwrap()
}

async fn a_driver_who_falls_ill_an_hour_before_is_replaced_inside_every_promised_window(on: On) {
    // Given one who drives one and a party of four, and another with a small car,
    let world = World::start(on).await;
    let staff = Caller::new("drammen").acting_as("staff");
    let mut rides = Rides::new(world.server.called(&staff).unwrap());
    let ill = drives(&mut rides, 8).await;
    let (one, party) = (promised(&mut rides, 1).await, promised(&mut rides, 4).await);
    assert_eq!((&one.shift, &party.shift), (&ill.name, &ill.name));
    let other = drives(&mut rides, 2).await;

    // when the first falls ill an hour before,
    let report = pb::ReportDriverIllRequest {
        driver: ill.driver.clone(),
        from: from_now(0),
        until: from_now(12 * HOUR),
        request_id: request_id(),
    };
    rides.report_driver_ill(report).await.unwrap();

    // then the one is fetched by the other, as they were promised,
    let moved = async {
        loop {
            let seen = now(&mut rides, &one).await;
            if seen.shift == other.name {
                return seen;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let moved = within(moved).await;
    assert_eq!((moved.pickup, moved.dropoff), (one.pickup, one.dropoff));
    // and the party, for whom there is no car, reads at once that nobody comes, and why.
    let broken = async {
        loop {
            let seen = now(&mut rides, &party).await;
            if seen.state() == pb::RideState::Unserved {
                return seen;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let broken = within(broken).await;
    assert!(!broken.broken_reason.is_empty() && !broken.broken_text.is_empty(), "{broken:#?}");
}
