//! Rides follow evenings: who signed up is driven there and home, once, whoever is killed between two
//! services; and nothing is left when the evening is cancelled.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::time::Duration;

use dugnad_harness::{
    Activities, Caller, DugnadServer, Journal, NatsServer, Notices, Rides, Rooms,
    clients::request_id,
};
use dugnad_proto::{
    activities::v1 as pb, notices::v1::ListNoticesRequest, rides::v1 as rides,
    rooms::v1::CloseRoomRequest,
};
use dugnad_scenarios::{
    On, World, facility, hours, local, on_both, room,
    village::{TENANT, within},
};
use uuid::Uuid;

const AGAIN: Duration = Duration::from_millis(10);

on_both!(
    who_signed_up_is_driven_once_although_the_server_keeps_being_killed,
    an_evening_that_is_moved_takes_its_rides_along,
    when_the_roof_leaks_the_rides_go_to_the_other_building,
);

/// Somebody of the municipality, with a client of each service.
struct Clerk {
    activities: Activities,
    rides: Rides,
}

fn spot(east: i32) -> Option<rides::Spot> {
    let at = Some(rides::Location { lat_e6: 59_740_000, lon_e6: 10_200_000 + east });
    Some(rides::Spot { at, address: String::new() })
}

fn person(n: u128) -> String {
    format!("people/{}", Uuid::from_u128(n))
}

fn caller() -> Caller {
    Caller::new(TENANT).acting_as("coordinator")
}

/// There is a hall, and rides know where vehicles stop at it.
async fn hall(server: &DugnadServer, clerk: &mut Clerk) -> String {
    let mut rooms = Rooms::new(server.called(&caller()).unwrap());
    let house = facility(&mut rooms, "Samfunnshuset").await;
    let hall = room(&mut rooms, &house, "Storsalen", "").await;
    clerk.stops_at(&house, 0).await;
    hall
}

/// How often somebody is told that they have a ride, once that is so often; each once, although each may
/// be told late.
async fn once_told_of_rides(server: &DugnadServer, person: &str, wanted: usize) {
    let mut notices = Notices::new(server.called(&caller()).unwrap());
    within(async {
        loop {
            let request = ListNoticesRequest { person: person.to_owned(), ..Default::default() };
            let told = notices.list_notices(request).await.unwrap().into_inner().notices;
            let of_rides = told.iter().filter(|it| it.template == "ride-promised").count();
            assert!(of_rides <= wanted, "{told:#?}");
            if of_rides == wanted {
                return;
            }
            tokio::time::sleep(AGAIN).await;
        }
    })
    .await;
}

impl Clerk {
    fn of(activities: &DugnadServer, rides: &DugnadServer) -> Self {
        Self {
            activities: Activities::new(activities.called(&caller()).unwrap()),
            rides: Rides::new(rides.called(&caller()).unwrap()),
        }
    }

    async fn stops_at(&mut self, house: &str, east: i32) {
        let entrance = rides::Entrance { facility: house.to_owned(), spot: spot(east) };
        let request =
            rides::SetEntranceRequest { entrance: Some(entrance), request_id: request_id() };
        self.rides.set_entrance(request).await.unwrap();
    }

    /// Somebody drives all evening, and these travellers live along the road.
    async fn can_drive(&mut self, travellers: &[String]) {
        let seats = rides::Load { seats: 4, ..Default::default() };
        let start = spot(0).unwrap().at;
        let car = rides::Vehicle {
            title: "Bil".to_owned(),
            configurations: vec![seats],
            start,
            end: start,
            ..Default::default()
        };
        let car = rides::SetVehicleRequest { vehicle: Some(car), request_id: request_id() };
        let car = self.rides.set_vehicle(car).await.unwrap().into_inner().vehicle.unwrap().name;
        let driver = person(1_000);
        let known = rides::Driver { person: driver.clone(), vehicle: car, ..Default::default() };
        let known = rides::SetDriverRequest { driver: Some(known), request_id: request_id() };
        self.rides.set_driver(known).await.unwrap();
        let day = hours(8, 23);
        let hours = Some(rides::Window { from: day.start, until: day.end });
        let shift = rides::Shift { driver, hours, ..Default::default() };
        let shift = rides::CreateShiftRequest { shift: Some(shift), request_id: request_id() };
        self.rides.create_shift(shift).await.unwrap();
        for (n, person) in (1..).zip(travellers) {
            let (person, home) = (person.clone(), spot(n * 10_000));
            let traveller = Some(rides::Traveller { person, home, ..Default::default() });
            let told = rides::SetTravellerRequest { traveller, request_id: request_id() };
            self.rides.set_traveller(told).await.unwrap();
        }
    }

    /// Public, from twelve to fourteen, with rides: the activity and its date.
    async fn arranges(&mut self, hall: &str) -> (String, String) {
        let wish = pb::RoomWish { room: hall.to_owned(), ..Default::default() };
        let activity = pb::Activity {
            title: "Sangkveld".to_owned(),
            venue: Some(pb::activity::Venue::Room(wish)),
            capacity: 20,
            rides: Some(pb::Rides::default()),
            ..Default::default()
        };
        let duration = Some(prost_types::Duration { seconds: 7_200, nanos: 0 });
        let schedule = pb::Schedule { start_time: local(12), duration, ..Default::default() };
        let request = pb::CreateActivityRequest {
            activity: Some(activity),
            schedule: Some(schedule),
            contact: None,
            request_id: request_id(),
        };
        let made = self.activities.create_activity(request).await.unwrap().into_inner();
        let made = made.activity.unwrap();
        let request =
            pb::ArrangeActivityRequest { name: made.name.clone(), request_id: request_id() };
        self.activities.arrange_activity(request).await.unwrap();
        (made.name, made.dates[0].occurrence.clone())
    }

    async fn signs_up(&mut self, date: &str, person: &str) {
        let request = pb::SignUpRequest {
            occurrence: date.to_owned(),
            person: person.to_owned(),
            companion: false,
            ride_there: true,
            ride_home: true,
            request_id: request_id(),
        };
        self.activities.sign_up(request).await.unwrap();
    }

    /// The date, once all it lacks is this.
    async fn once_lacking(&mut self, date: &str, missing: &str) -> pb::Occurrence {
        within(async {
            loop {
                let request = pb::GetOccurrenceRequest { name: date.to_owned() };
                let seen = self.activities.get_occurrence(request).await.unwrap().into_inner();
                let seen = seen.occurrence.unwrap();
                if seen.missing_in_words == missing && !seen.room.is_empty() {
                    return seen;
                }
                tokio::time::sleep(AGAIN).await;
            }
        })
        .await
    }

    /// Once the date says so of its rides.
    async fn once_counting(&mut self, date: &str, rides: pb::RidesState) {
        within(async {
            loop {
                let request = pb::GetOccurrenceRequest { name: date.to_owned() };
                let seen = self.activities.get_occurrence(request).await.unwrap().into_inner();
                if seen.occurrence.unwrap().rides_state == Some(rides) {
                    return;
                }
                tokio::time::sleep(AGAIN).await;
            }
        })
        .await;
    }

    /// The rides of the day in that state, by when they end.
    async fn rides(&mut self, state: rides::RideState) -> Vec<rides::Ride> {
        let request = rides::ListRidesRequest {
            day: local(12)[..10].to_owned(),
            page_size: 1_000,
            ..Default::default()
        };
        let mut all = self.rides.list_rides(request).await.unwrap().into_inner().rides;
        all.retain(|ride| ride.state() == state);
        all.sort_by_key(|ride| ride.dropoff.unwrap().until.unwrap().seconds);
        all
    }

    async fn once_promised(&mut self, count: usize) -> Vec<rides::Ride> {
        within(async {
            loop {
                let promised = self.rides(rides::RideState::Promised).await;
                if promised.len() == count {
                    return promised;
                }
                tokio::time::sleep(AGAIN).await;
            }
        })
        .await
    }

    async fn cancels(&mut self, activity: &str) {
        let request = pb::CancelActivityRequest {
            name: activity.to_owned(),
            reason: String::new(),
            request_id: request_id(),
        };
        self.activities.cancel_activity(request).await.unwrap();
    }
}

async fn who_signed_up_is_driven_once_although_the_server_keeps_being_killed(on: On) {
    const GUESTS: u128 = 3;
    // Given an evening,
    let mut world = World::start(on).await;
    let mut clerk = Clerk::of(&world.server, &world.server);
    let hall = hall(&world.server, &mut clerk).await;
    let guests: Vec<String> = (1..=GUESTS).map(person).collect();
    clerk.can_drive(&guests).await;
    let (activity, date) = clerk.arranges(&hall).await;
    clerk.once_lacking(&date, "").await;

    // when people sign up, and the server is killed after each, wherever it is just then,
    for guest in &guests {
        clerk.signs_up(&date, guest).await;
        world.server.kill9().await.unwrap();
        world.server.restart().await.unwrap();
        clerk = Clerk::of(&world.server, &world.server);
    }

    // then each has one ride there and one home, in time for it, and the evening knows,
    let evening = clerk.once_lacking(&date, "").await.interval.unwrap();
    let promised = clerk.once_promised(2 * guests.len()).await;
    let (there, home) = promised.split_at(guests.len());
    let seconds = |at: Option<prost_types::Timestamp>| at.unwrap().seconds;
    let (begins, ends) = (seconds(evening.start), seconds(evening.end));
    assert!(there.iter().all(|it| seconds(it.dropoff.unwrap().until) <= begins), "{there:#?}");
    assert!(home.iter().all(|it| seconds(it.pickup.unwrap().from) >= ends), "{home:#?}");
    for rides in [there, home] {
        let mut who: Vec<_> = rides.iter().map(|it| it.trip.clone().unwrap().traveller).collect();
        who.sort_unstable();
        assert_eq!(who, guests, "each once");
    }
    for guest in &guests {
        once_told_of_rides(&world.server, guest, 2).await;
    }

    // and when it is cancelled, and the server killed, nobody is fetched.
    clerk.cancels(&activity).await;
    world.server.kill9().await.unwrap();
    world.server.restart().await.unwrap();
    clerk = Clerk::of(&world.server, &world.server);
    clerk.once_promised(0).await;
    assert_eq!(clerk.rides(rides::RideState::Cancelled).await.len(), 2 * guests.len());
    world.server.terminate().await.unwrap();
    let (proven, said) = world.verify().await;
    assert!(proven, "{said}");
}

async fn an_evening_that_is_moved_takes_its_rides_along(on: On) {
    // Given somebody who is driven to an evening and home, and somebody whose home nobody knows,
    let world = World::start(on).await;
    let mut clerk = Clerk::of(&world.server, &world.server);
    let hall = hall(&world.server, &mut clerk).await;
    clerk.can_drive(&[person(1)]).await;
    let (_, date) = clerk.arranges(&hall).await;
    clerk.signs_up(&date, &person(1)).await;
    clerk.signs_up(&date, &person(2)).await;
    clerk.once_lacking(&date, "2 of 4 rides not promised").await;
    let before = clerk.once_promised(2).await;

    // when it is moved by two hours,
    let request = pb::MoveOccurrenceRequest {
        name: date.clone(),
        start_time: local(14),
        duration: None,
        request_id: request_id(),
    };
    clerk.activities.move_occurrence(request).await.unwrap();

    // then so are the rides, and no more than they.
    let after = within(async {
        loop {
            let after = clerk.once_promised(2).await;
            if after.iter().all(|ride| before.iter().all(|it| it.name != ride.name)) {
                return after;
            }
            tokio::time::sleep(AGAIN).await;
        }
    })
    .await;
    let end = |ride: &rides::Ride| ride.dropoff.unwrap().until.unwrap().seconds;
    for (ride, old) in after.iter().zip(&before) {
        assert!((end(ride) - end(old) - 7_200).abs() <= 1_800, "{ride:#?} {old:#?}");
    }
    assert_eq!(clerk.rides(rides::RideState::Cancelled).await.len(), 2);
    clerk.once_lacking(&date, "2 of 4 rides not promised").await;
    clerk.once_counting(&date, pb::RidesState { wanted: 4, promised: 2, refused: 2 }).await;
}

async fn when_the_roof_leaks_the_rides_go_to_the_other_building(on: On) {
    // Given an evening in one of two buildings, and somebody who is driven there and home,
    let world = World::start(on).await;
    let mut clerk = Clerk::of(&world.server, &world.server);
    let hall = hall(&world.server, &mut clerk).await;
    let mut rooms = Rooms::new(world.server.called(&caller().acting_as("staff")).unwrap());
    let library = facility(&mut rooms, "Biblioteket").await;
    let other = room(&mut rooms, &library, "Lesesalen", "").await;
    clerk.stops_at(&library, 60_000).await;
    clerk.can_drive(&[person(1)]).await;
    let (_, date) = clerk.arranges(&hall).await;
    clerk.signs_up(&date, &person(1)).await;
    clerk.once_lacking(&date, "").await;
    let before = clerk.once_promised(2).await;

    // when its roof leaks,
    let request = CloseRoomRequest {
        room: hall,
        interval: Some(hours(8, 20)),
        reason: "Taket lekker".to_owned(),
        request_id: request_id(),
        ..Default::default()
    };
    let closed = rooms.close_room(request).await.unwrap().into_inner();
    assert_eq!((closed.moved.len(), closed.cancelled.len()), (1, 0));

    // then it is held in the other, and the rides go there and from there, and no more than they.
    let after = within(async {
        loop {
            let after = clerk.once_promised(2).await;
            if after.iter().all(|ride| before.iter().all(|it| it.name != ride.name)) {
                return after;
            }
            tokio::time::sleep(AGAIN).await;
        }
    })
    .await;
    assert_eq!(clerk.once_lacking(&date, "").await.room, other);
    let library = spot(60_000).unwrap().at;
    for (ride, is_there) in after.iter().zip([true, false]) {
        let request = rides::GetRideRequest { name: ride.name.clone() };
        let ride = clerk.rides.get_ride(request).await.unwrap().into_inner().ride.unwrap();
        let trip = ride.trip.unwrap();
        let end = if is_there { trip.to } else { trip.from };
        assert_eq!(end.unwrap().at, library);
    }
    assert_eq!(clerk.rides(rides::RideState::Cancelled).await.len(), 2);
}

/// Each service a process of its own; never the two that answer each other at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_ride_is_promised_and_freed_once_though_the_two_services_never_run_at_once() {
    // Given activities and rides over one journal,
    let nats = NatsServer::start().unwrap();
    let journal = || Journal::Nats(nats.url());
    let mut activities = DugnadServer::start_with(journal(), &["activities"]).await.unwrap();
    let secrets = format!("--secrets={}", activities.dir().join("secrets").display());
    let mut driving = DugnadServer::start_with(journal(), &["rides", &secrets]).await.unwrap();
    let rooms = DugnadServer::start_with(journal(), &["rooms", &secrets]).await.unwrap();
    let mut clerk = Clerk::of(&activities, &driving);
    let hall = hall(&rooms, &mut clerk).await;
    clerk.can_drive(&[person(1)]).await;
    let (activity, date) = clerk.arranges(&hall).await;
    clerk.once_lacking(&date, "").await;

    // when rides are asked for and nobody hears it, and promised and nobody hears it,
    driving.kill9().await.unwrap();
    clerk.signs_up(&date, &person(1)).await;
    activities.kill9().await.unwrap();
    driving.restart().await.unwrap();
    let mut clerk = Clerk { rides: Rides::new(driving.called(&caller()).unwrap()), ..clerk };
    clerk.once_promised(2).await;
    driving.kill9().await.unwrap();
    activities.restart().await.unwrap();

    // then the evening hears it all the same, and so do rides when it is cancelled.
    clerk.activities = Activities::new(activities.called(&caller()).unwrap());
    clerk.once_lacking(&date, "").await;
    clerk.cancels(&activity).await;
    activities.kill9().await.unwrap();
    driving.restart().await.unwrap();
    clerk.rides = Rides::new(driving.called(&caller()).unwrap());
    clerk.once_promised(0).await;
    assert_eq!(clerk.rides(rides::RideState::Cancelled).await.len(), 2);
}
