//! A call with a mistake in it is told what to do: what newcomers get wrong, each through the real door.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use dugnad_harness::{
    Activities, Caller, DugnadServer, Journal, Rooms,
    clients::{Called, request_id},
};
use dugnad_proto::{
    activities::v1 as activities,
    rooms::v1::{
        CreateBookingRequest, GetBookingRequest, Interval, SearchAvailabilityRequest,
        SetDoorRequest, doors_service_client::DoorsServiceClient,
        rooms_service_client::RoomsServiceClient,
    },
};
use dugnad_scenarios::{
    Town, ask, hours,
    raw::{Call, Door},
    town,
    village::TENANT,
    wish,
};
use tonic::{
    Code, Request, Status,
    transport::{Channel, Endpoint},
};
use uuid::Uuid;

const ANNA: &str = "0190a5c0-0000-7000-8000-000000000001";

/// That it is refused so, and in words that hold all of these.
#[track_caller]
fn assert_told<T: std::fmt::Debug>(outcome: Result<T, Status>, code: Code, words: &[&str]) {
    let status = outcome.expect_err("a mistake");
    assert_eq!(status.code(), code, "{status:?}");
    for word in words {
        assert!(status.message().contains(word), "`{word}` is not in: {}", status.message());
    }
}

/// Rooms and activities, and nothing else.
async fn start() -> DugnadServer {
    DugnadServer::start_with(Journal::Sqlite, &["rooms", "activities"]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_that_is_missing_or_malformed_is_asked_for() {
    let server = start().await;
    let channel = Endpoint::from_shared(server.url().unwrap()).unwrap().connect().await.unwrap();
    let asks = |entries: &'static [(&'static str, &'static str)]| {
        let mut rooms: RoomsServiceClient<Channel> = RoomsServiceClient::new(channel.clone());
        let mut request = Request::new(SearchAvailabilityRequest::default());
        for (key, value) in entries {
            request.metadata_mut().insert(*key, value.parse().unwrap());
        }
        async move { rooms.search_availability(request).await }
    };

    let nobody = asks(&[]).await;
    let no_caller = asks(&[("dugnad-tenant", TENANT)]).await;
    let by_name = asks(&[("dugnad-tenant", TENANT), ("dugnad-caller", "anna")]).await;
    let capital = asks(&[("dugnad-tenant", "Drammen"), ("dugnad-caller", ANNA)]).await;
    let king =
        asks(&[("dugnad-tenant", TENANT), ("dugnad-caller", ANNA), ("dugnad-role", "king")]).await;

    let both = ["dugnad-tenant", "dugnad-caller", "is missing"];
    assert_told(nobody, Code::Unauthenticated, &both);
    assert_told(no_caller, Code::Unauthenticated, &both);
    assert_told(by_name, Code::InvalidArgument, &["dugnad-caller", "must be a UUID"]);
    assert_told(capital, Code::InvalidArgument, &["dugnad-tenant", "[a-z0-9]"]);
    let roles = ["dugnad-role", "person, staff, coordinator or service"];
    assert_told(king, Code::InvalidArgument, &roles);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_or_a_service_that_is_not_here_is_told_what_is() {
    let server = start().await;
    let mut door = Door::open(&server.url().unwrap()).await;

    let misspelt = door.call(Call::CreateBoking, &[]).await;
    let elsewhere = door.call(Call::ListNeeds, &[]).await;

    let what = ["`/dugnad.rooms.v1.RoomsService/CreateBoking`", "reflection lists", "list"];
    assert_told(misspelt, Code::Unimplemented, &what);
    let what = ["`/dugnad.matching.v1.MatchingService/ListNeeds`", "this process serves"];
    let served = ["dugnad.rooms.v1.RoomsService", "dugnad.activities.v1.ActivitiesService"];
    assert_told(elsewhere, Code::Unimplemented, &[what, served].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_is_told_the_form_that_is_wanted() {
    let server = start().await;
    let mut rooms = server.rooms(&Caller::new(TENANT)).unwrap();
    let town = town(&mut rooms).await;
    let good = || wish(&town.room, hours(18, 20));

    let no_id = CreateBookingRequest { request_id: String::new(), ..good() };
    let other_id = CreateBookingRequest { request_id: Uuid::from_u128(7).to_string(), ..good() };
    let by_name = CreateBookingRequest { room: "Storsalen".into(), ..good() };
    let no_time = CreateBookingRequest { interval: None, ..good() };
    let Interval { start, end } = hours(18, 20);
    let backwards = Some(Interval { start: end, end: start });
    let backwards = CreateBookingRequest { interval: backwards, ..good() };

    let id = ["request_id", "UUIDv7", "once per intent"];
    assert_told(ask(&mut rooms, no_id).await, Code::InvalidArgument, &id);
    assert_told(ask(&mut rooms, other_id).await, Code::InvalidArgument, &id);
    let form = ["room", "facilities/{", "/rooms/{"];
    assert_told(ask(&mut rooms, by_name).await, Code::InvalidArgument, &form);
    assert_told(ask(&mut rooms, no_time).await, Code::InvalidArgument, &["interval", "required"]);
    let after = ["interval.end", "must come after the start"];
    assert_told(ask(&mut rooms, backwards).await, Code::InvalidArgument, &after);
    assert_told_of_zones(&server).await;
    assert_told_of_things(&mut rooms, &town).await;
}

/// Local times are written without a zone, which stands beside.
async fn assert_told_of_zones(server: &DugnadServer) {
    let clerk = Caller::new(TENANT).acting_as("coordinator");
    let activities = Activities::new(server.called(&clerk).unwrap());
    let plans = |start_time: &str, time_zone: &str| {
        let place = activities::Outside { place: "Brygga".into(), location: None };
        let activity = activities::Activity {
            title: "Tur".into(),
            venue: Some(activities::activity::Venue::Outside(place)),
            capacity: 5,
            ..Default::default()
        };
        let schedule = activities::Schedule {
            start_time: start_time.into(),
            duration: Some(prost_types::Duration { seconds: 3600, nanos: 0 }),
            time_zone: time_zone.into(),
            ..Default::default()
        };
        let request = activities::CreateActivityRequest {
            activity: Some(activity),
            schedule: Some(schedule),
            contact: None,
            request_id: request_id(),
        };
        let mut activities = activities.clone();
        async move { activities.create_activity(request).await }
    };

    let with_zone = plans("2027-01-04T18:00:00Z", "").await;
    let unknown = plans("2027-01-04T18:00", "Oslo").await;

    let form = ["start_time", "YYYY-MM-DDTHH:MM"];
    assert_told(with_zone, Code::InvalidArgument, &form);
    assert_told(unknown, Code::InvalidArgument, &["time_zone", "such as Europe/Oslo"]);
}

/// What is asked for is not there, or not for whoever asks.
async fn assert_told_of_things(rooms: &mut Rooms, town: &Town) {
    let nothing = format!("bookings/{}", Uuid::now_v7());
    let request = GetBookingRequest { name: nothing.clone() };
    assert_told(rooms.get_booking(request).await, Code::NotFound, &[&nothing]);

    let first = ask(rooms, wish(&town.room, hours(18, 20))).await.unwrap();
    let taken = ask(rooms, wish(&town.room, hours(19, 21))).await;
    assert_told(taken, Code::FailedPrecondition, &["taken", "until"]);
    let mut again = wish(&town.room, hours(8, 9));
    ask(rooms, again.clone()).await.unwrap();
    again.interval = Some(hours(9, 10));
    assert_told(ask(rooms, again).await, Code::AlreadyExists, &["request"]);
    drop(first);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_is_told_who_may_and_how_one_says_so() {
    let server = start().await;
    let mut doors = DoorsServiceClient::<Called>::new(server.called(&Caller::new(TENANT)).unwrap());
    let request = SetDoorRequest { door: None, request_id: request_id() };

    let refused = doors.set_door(request).await;

    let who = ["staff", "you call as person", "`dugnad-role`"];
    assert_told(refused, Code::PermissionDenied, &who);
}
