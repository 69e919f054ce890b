//! A day of rides through the real binary: a promise outlives the vehicle that was to keep it, whoever is
//! killed when.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::time::Duration;

use dugnad_harness::{Caller, DugnadServer, Rides, clients::request_id};
use dugnad_proto::rides::v1 as pb;
use dugnad_scenarios::{On, World, hours, on_both, village::within};
use uuid::Uuid;

on_both!(
    a_service_killed_between_what_happened_and_its_repair_repairs_it_when_it_is_back,
    a_service_killed_right_after_a_promise_still_knows_it,
);

/// The town's rides, by staff.
struct Town {
    world: World,
    staff: Caller,
}

fn person() -> String {
    format!("people/{}", Uuid::now_v7())
}

fn spot(east: i32) -> Option<pb::Spot> {
    let at = Some(pb::Location { lat_e6: 59_740_000, lon_e6: 10_200_000 + east });
    Some(pb::Spot { at, address: String::new() })
}

fn rides(server: &DugnadServer, staff: &Caller) -> Rides {
    Rides::new(server.called(staff).unwrap())
}

impl Town {
    async fn start(on: On) -> Self {
        let world = World::start(on).await;
        Self { world, staff: Caller::new("drammen").acting_as("staff") }
    }

    fn rides(&self) -> Rides {
        rides(&self.world.server, &self.staff)
    }

    /// Somebody drives from eight to sixteen, in a car of their own.
    async fn drives(&self) -> pb::Shift {
        let mut rides = self.rides();
        let seats = pb::Load { seats: 4, ..Default::default() };
        let start = spot(0).unwrap().at;
        let car = pb::Vehicle {
            title: "Bil".to_owned(),
            configurations: vec![seats],
            start,
            end: start,
            ..Default::default()
        };
        let car = pb::SetVehicleRequest { vehicle: Some(car), request_id: request_id() };
        let car = rides.set_vehicle(car).await.unwrap().into_inner().vehicle.unwrap().name;
        let driver = pb::Driver { person: person(), vehicle: car, ..Default::default() };
        let set = pb::SetDriverRequest { driver: Some(driver.clone()), request_id: request_id() };
        rides.set_driver(set).await.unwrap();
        let day = hours(8, 16);
        let hours = Some(pb::Window { from: day.start, until: day.end });
        let shift = pb::Shift { driver: driver.person, hours, ..Default::default() };
        let shift = pb::CreateShiftRequest { shift: Some(shift), request_id: request_id() };
        rides.create_shift(shift).await.unwrap().into_inner().shift.unwrap()
    }

    fn trip(hour: i64) -> pb::RequestRideRequest {
        let trip = pb::Trip {
            traveller: person(),
            from: spot(20_000),
            to: spot(60_000),
            arrive_by: hours(hour, hour + 1).start,
            ..Default::default()
        };
        pb::RequestRideRequest { trip: Some(trip), home_after: None, request_id: request_id() }
    }

    async fn ride(&self, name: &str) -> pb::Ride {
        let request = pb::GetRideRequest { name: name.to_owned() };
        self.rides().get_ride(request).await.unwrap().into_inner().ride.unwrap()
    }
}

async fn a_service_killed_between_what_happened_and_its_repair_repairs_it_when_it_is_back(on: On) {
    for wait in [0, 1, 2, 4, 8, 16] {
        // Given rides on one vehicle, and another that could take them,
        let mut town = Town::start(on).await;
        let first = town.drives().await;
        let mut promised = Vec::new();
        for hour in [10, 11, 12, 13, 14] {
            let asked = town.rides().request_ride(Town::trip(hour)).await.unwrap().into_inner();
            promised.push(asked.ride.unwrap());
        }
        let other = town.drives().await;

        // when the vehicle falls out and the service is killed a moment later,
        let (from, until) = (first.hours.unwrap().from, hours(20, 21).start);
        let vehicle = first.vehicle.clone();
        let out = pb::TakeVehicleOutRequest { vehicle, from, until, request_id: request_id() };
        let mut reporter = town.rides();
        let report = out.clone();
        let reported = tokio::spawn(async move { reporter.take_vehicle_out(report).await });
        tokio::time::sleep(Duration::from_millis(wait)).await;
        town.world.server.kill9().await.unwrap();
        let _ = reported.await;
        town.world.server.restart().await.unwrap();
        // The driver says it again: it has one effect.
        town.rides().take_vehicle_out(out).await.unwrap();

        // then everybody is fetched by the other, as they were promised.
        for ride in promised {
            let moved = async {
                loop {
                    let now = town.ride(&ride.name).await;
                    if now.state() == pb::RideState::Promised && now.shift == other.name {
                        return now;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            let now = within(moved).await;
            assert_eq!((now.pickup, now.dropoff), (ride.pickup, ride.dropoff), "{wait} ms");
        }
    }
}

async fn a_service_killed_right_after_a_promise_still_knows_it(on: On) {
    let mut town = Town::start(on).await;
    town.drives().await;
    let request = Town::trip(10);

    let first = town.rides().request_ride(request.clone()).await.unwrap().into_inner();
    town.world.server.kill9().await.unwrap();
    town.world.server.restart().await.unwrap();

    let again = town.rides().request_ride(request).await.unwrap().into_inner();
    assert_eq!(again, first);
}
