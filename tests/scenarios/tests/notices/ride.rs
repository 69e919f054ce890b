//! Whoever is promised a ride says by the link in the notice that they cannot come after all.

use dugnad_harness::{Caller, Rides, SmtpServer, clients::request_id, smtp::decoded};
use dugnad_proto::{rides::v1 as pb, volunteers::v1::Details};
use dugnad_scenarios::{
    On, hours, on_both,
    village::{Coordinator, TENANT, within},
};
use uuid::Uuid;

use crate::{LOOK, link, registers, start, tells_at_once};

on_both!(a_ride_is_cancelled_by_the_link_in_the_notice_that_promised_it);

fn spot(east: i32) -> Option<pb::Spot> {
    let at = Some(pb::Location { lat_e6: 59_740_000, lon_e6: 10_200_000 + east });
    Some(pb::Spot { at, address: String::new() })
}

/// Somebody drives on the scenarios' fixed day.
async fn drives(rides: &mut Rides) {
    let seats = pb::Load { seats: 4, ..Default::default() };
    let start = spot(0).unwrap().at;
    let car = pb::Vehicle {
        title: "Bil".into(),
        configurations: vec![seats],
        start,
        end: start,
        ..Default::default()
    };
    let car = pb::SetVehicleRequest { vehicle: Some(car), request_id: request_id() };
    let vehicle = rides.set_vehicle(car).await.unwrap().into_inner().vehicle.unwrap().name;
    let driver = format!("people/{}", Uuid::now_v7());
    let known = pb::Driver { person: driver.clone(), vehicle, ..Default::default() };
    let known = pb::SetDriverRequest { driver: Some(known), request_id: request_id() };
    rides.set_driver(known).await.unwrap();
    let day = hours(8, 16);
    let hours = Some(pb::Window { from: day.start, until: day.end });
    let shift = pb::Shift { driver, hours, ..Default::default() };
    let shift = pb::CreateShiftRequest { shift: Some(shift), request_id: request_id() };
    rides.create_shift(shift).await.unwrap();
}

async fn a_ride_is_cancelled_by_the_link_in_the_notice_that_promised_it(on: On) {
    // Given Anna, whom a coordinator has promised a ride,
    let smtp = SmtpServer::start().await.unwrap();
    let world = start(on, &smtp).await;
    let mut kari = Coordinator::of(&world.server);
    tells_at_once(&world.server).await;
    let email = "anna@example.org".into();
    let details = Details { display_name: "Anna".into(), email, ..Default::default() };
    let anna = registers(&mut kari, details).await;
    let staff = Caller::new(TENANT).acting_as("staff");
    let mut rides = Rides::new(world.server.called(&staff).unwrap());
    drives(&mut rides).await;
    let trip = pb::Trip {
        traveller: anna,
        from: spot(10_000),
        to: spot(40_000),
        arrive_by: hours(12, 13).start,
        ..Default::default()
    };
    let request =
        pb::RequestRideRequest { trip: Some(trip), home_after: None, request_id: request_id() };
    let ride = rides.request_ride(request).await.unwrap().into_inner().ride.unwrap().name;
    let told = link(&smtp.wait_for(1).await.unwrap()[0]);

    // when she opens the link, nothing happens yet; when she presses the button,
    let (status, page) = world.server.open(&told, "GET", "").await.unwrap();
    assert!(status == 200 && page.contains("<button>Jeg kan ikke likevel</button>"), "{page}");
    assert_eq!(state(&mut rides, &ride).await, pb::RideState::Promised);
    let (status, thanks) = world.server.open(&format!("{told}/cancel"), "POST", "").await.unwrap();
    assert_eq!(status, 200, "{thanks}");

    // then she is not fetched, hears so, and the link does nothing more.
    within(async {
        while state(&mut rides, &ride).await != pb::RideState::Cancelled {
            tokio::time::sleep(LOOK).await;
        }
    })
    .await;
    let second = decoded(&smtp.wait_for(2).await.unwrap()[1]);
    assert!(!second.contains("http://"), "there is nothing left to answer: {second}");
    let (status, page) = world.server.open(&told, "GET", "").await.unwrap();
    assert!(status == 200 && !page.contains("<button>"), "{page}");
    let (status, _) = world.server.open(&format!("{told}/cancel"), "POST", "").await.unwrap();
    assert_eq!(status, 409);
}

async fn state(rides: &mut Rides, name: &str) -> pb::RideState {
    let request = pb::GetRideRequest { name: name.to_owned() };
    rides.get_ride(request).await.unwrap().into_inner().ride.unwrap().state()
}
