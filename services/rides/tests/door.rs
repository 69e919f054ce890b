//! Rides' door in one process: real gRPC over TCP, a real journal, a real key store, and other services
//! that it follows.

#![allow(clippy::unwrap_used)] // in the helpers; a test fails by panicking

#[path = "door/town.rs"]
mod town;

use dugnad_proto::rides::v1 as pb;
use town::{DAY, Town, minutes, trip};

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
