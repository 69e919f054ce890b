//! Rides that activities ask for, what they rest on, and who may order rides for whom.

use dugnad_events::{
    Code, FacilityId, OccurrenceId, RideId, RoomId, RoomName, SignupId,
    activities::{Event as Activity, Origin, Place, RideWant, WantId, Way, What},
    volunteers::{Erasure, Event as Told, Receiver, Relation, Representation, Scope},
};
use dugnad_proto::rides::v1 as pb;
use dugnad_rides::model::Standing;
use jiff::Timestamp;
use uuid::Uuid;

use crate::town::{DAY, Town, door, minutes, person, reason, stamp, trip};

fn instant(minutes: i64) -> Timestamp {
    Timestamp::from_second(stamp(minutes).seconds).unwrap()
}

fn house() -> FacilityId {
    FacilityId(Uuid::from_u128(20))
}

fn want(n: u128) -> WantId {
    WantId(Uuid::from_u128(n))
}

fn says(what: What) -> Activity {
    let origin = Origin::Asked { by: Uuid::nil() };
    Activity::Occurrence { occurrence: OccurrenceId(Uuid::nil()), origin, at: instant(0), what }
}

fn wanted(n: u128, who: &str, way: Way, at: i64, areas: &[&str]) -> Activity {
    let room = RoomName { facility: house(), room: RoomId(Uuid::from_u128(21)) };
    says(What::RideWanted(Box::new(RideWant {
        want: want(n),
        signup: SignupId(Uuid::from_u128(22)),
        person: person(who),
        companion: true,
        way,
        at: instant(at),
        place: Place::Room(room),
        areas: areas.iter().map(|area| area.parse().unwrap()).collect(),
    })))
}

fn receiver(who: &str, area: &str, needs: &[&str]) -> Told {
    let codes = |words: &[&str]| words.iter().map(|word| word.parse::<Code>().unwrap()).collect();
    let area = Some(area.parse().unwrap());
    let receiver = Receiver { area, rides: codes(needs), ..Receiver::default() };
    Told::ReceiverSet { person: person(who), receiver: Some(receiver) }
}

impl Town {
    /// Lives at a minute of the line.
    async fn lives(&self, who: &str, at: i32) {
        let traveller = pb::Traveller {
            person: person(who).to_string(),
            home: Some(door(at)),
            note: "Ring på".to_owned(),
            ..Default::default()
        };
        let traveller = Some(traveller);
        let request = pb::SetTravellerRequest { traveller, request_id: self.id() };
        self.themselves(who).set_traveller(request).await.unwrap();
    }

    /// Vehicles stop at the house at a minute of the line.
    async fn house_at(&self, at: i32) {
        let entrance = pb::Entrance { facility: house().to_string(), spot: Some(door(at)) };
        let entrance = Some(entrance);
        let request = pb::SetEntranceRequest { entrance, request_id: self.id() };
        self.staff().set_entrance(request).await.unwrap();
    }

    async fn heard_of(&self, ride: RideId) {
        self.until(move |state| state.wants.contains_key(&ride)).await;
    }

    async fn looks_after(&self) {
        self.dispatcher.look_after(&self.tenant).await.unwrap();
    }

    async fn refused(&self, ride: RideId) -> Option<String> {
        self.look(move |state, _| {
            state.wants.get(&ride)?.refused.as_ref().map(|(reason, _)| reason.clone())
        })
        .await
    }
}

#[tokio::test]
async fn a_traveller_is_driven_to_an_evening_and_home_until_it_is_cancelled() {
    let mut town = Town::open().await;
    town.shift("dag", 0, [60, 540]).await;
    town.lives("anna", 10).await;
    town.house_at(30).await;
    let (there, home) = (want(1).ride(), want(2).ride());

    let asked = [wanted(1, "anna", Way::There, 180, &[]), wanted(2, "anna", Way::Home, 300, &[])];
    town.activities_say(asked.to_vec()).await;
    town.heard_of(home).await;
    town.restart().await;
    town.looks_after().await;
    town.looks_after().await;

    let [to, back] = [town.ride(&there.to_string()).await, town.ride(&home.to_string()).await];
    let trips = [to.trip.clone().unwrap(), back.trip.clone().unwrap()];
    assert_eq!(trips[0].from.as_ref().unwrap().address, "Storgata 10");
    assert_eq!((&trips[0].to, trips[0].load.as_ref().unwrap().seats), (&trips[1].from, 2));
    assert_eq!((trips[1].note.as_str(), &trips[1].to), ("Ring på", &trips[0].from));
    assert!(minutes(&to.dropoff)[1] <= 180);
    assert!(minutes(&back.pickup)[0] >= 300);
    let all = pb::ListRidesRequest { day: DAY.to_owned(), ..Default::default() };
    let all = town.staff().list_rides(all).await.unwrap().into_inner().rides;
    assert_eq!(all.len(), 2, "each once");

    let rides = vec![want(1), want(2)];
    town.activities_say(vec![says(What::RidesReleased { rides })]).await;
    let are_gone = move |state: &dugnad_rides::model::State| {
        [there, home].iter().all(|ride| state.rides[ride].standing == Standing::Cancelled)
    };
    town.until(are_gone).await;
    assert!(town.manifest(&to.shift).await.is_empty(), "nobody is fetched any more");
    town.holds().await;
}

#[tokio::test]
async fn a_ride_that_cannot_be_given_says_why_and_is_tried_again_when_that_has_changed() {
    let town = Town::open().await;
    let ride = want(1).ride();
    town.activities_say(vec![wanted(1, "anna", Way::There, 180, &["bragernes"])]).await;
    town.heard_of(ride).await;
    let expects = async |reason: &str| {
        town.looks_after().await;
        assert_eq!(town.refused(ride).await.as_deref(), Some(reason));
    };

    expects("OUTSIDE_AREAS").await;
    town.register_says(vec![receiver("anna", "bragernes", &["ramp"])]).await;
    town.until(|state| !state.receivers.is_empty()).await;
    expects("NO_ENTRANCE").await;
    town.house_at(30).await;
    expects("NO_HOME").await;
    town.lives("anna", 10).await;
    expects("NO_SHIFT").await;
    town.shift("dag", 0, [60, 540]).await;
    town.looks_after().await;

    let promised = town.ride(&ride.to_string()).await;
    assert_eq!(promised.state(), pb::RideState::Promised);
    assert_eq!(promised.trip.unwrap().needs, ["ramp"], "as the register says");
    assert!(town.look(|state, _| state.wants.is_empty()).await);
}

#[tokio::test]
async fn what_is_released_before_it_is_promised_or_whose_traveller_is_erased_is_never_promised() {
    let town = Town::open().await;
    town.shift("dag", 0, [60, 540]).await;
    town.house_at(30).await;
    town.lives("anna", 10).await;
    town.lives("berit", 12).await;
    let said = ["anna", "berit"].into_iter().zip(1..);
    let said = said.map(|(who, n)| wanted(n, who, Way::There, 180, &[]));
    town.activities_say(said.collect()).await;
    town.heard_of(want(2).ride()).await;

    town.activities_say(vec![says(What::RidesReleased { rides: vec![want(1)] })]).await;
    let (person, why) = (person("berit"), Erasure::Asked);
    town.register_says(vec![Told::PersonErased { person, why }]).await;
    town.until(|state| state.wants.is_empty()).await;
    town.looks_after().await;

    assert!(town.look(|state, _| state.rides.is_empty()).await);
    let berit = pb::GetTravellerRequest { person: person.to_string() };
    let gone = town.staff().get_traveller(berit).await.unwrap_err();
    assert_eq!(reason(&gone), "NOT_FOUND");
}

fn speaks(who: &str, by: &str, scope: Vec<Scope>) -> Told {
    let consented = DAY.parse().unwrap();
    let relation = Relation::Relative;
    let representation = Representation { relation, scope, consented, until: None };
    let (person, representative) = (person(who), person(by));
    Told::RepresentativeSet { person, representative, representation }
}

#[tokio::test]
async fn who_may_order_rides_for_somebody_orders_sees_and_calls_off() {
    let town = Town::open().await;
    town.shift("dag", 0, [60, 540]).await;
    let said = vec![
        speaks("anna", "nina", vec![Scope::Rides]),
        speaks("anna", "olav", vec![Scope::Notices]),
    ];
    town.register_says(said).await;
    let (anna, nina) = (person("anna"), person("nina"));
    town.until(move |state| state.speaks_for(nina, anna, instant(0))).await;
    let asks = || pb::RequestRideRequest {
        trip: Some(trip("anna", 10, 30, 180)),
        home_after: None,
        request_id: town.id(),
    };

    let ride = town.themselves("nina").request_ride(asks()).await.unwrap().into_inner();
    let ride = ride.ride.unwrap().name;
    let refused = town.themselves("olav").request_ride(asks()).await.unwrap_err();
    assert_eq!(reason(&refused), "NOT_REPRESENTED");
    let see = pb::GetRideRequest { name: ride.clone() };
    assert!(town.themselves("nina").get_ride(see.clone()).await.is_ok());
    assert_eq!(
        reason(&town.themselves("olav").get_ride(see.clone()).await.unwrap_err()),
        "NOT_YOURS"
    );
    let cancel = pb::CancelRideRequest { name: ride, request_id: town.id(), ..Default::default() };
    let refused = town.themselves("olav").cancel_ride(cancel.clone()).await.unwrap_err();
    assert_eq!(reason(&refused), "NOT_YOURS");
    town.themselves("nina").cancel_ride(cancel).await.unwrap();

    let (person, representative) = (anna, nina);
    town.register_says(vec![Told::RepresentativeEnded { person, representative }]).await;
    town.until(move |state| !state.speaks_for(nina, anna, instant(0))).await;
    let refused = town.themselves("nina").get_ride(see).await.unwrap_err();
    assert_eq!(reason(&refused), "NOT_YOURS", "consent ended");
}

#[tokio::test]
async fn a_ride_that_could_not_be_given_keeps_its_reason_once_its_time_is_past() {
    let mut town = Town::open().await;
    let (refused, unheard) = (want(1).ride(), want(2).ride());
    town.house_at(30).await;
    town.activities_say(vec![wanted(1, "anna", Way::There, 180, &[])]).await;
    town.heard_of(refused).await;
    town.looks_after().await;

    town.clock(200);
    town.restart().await;
    town.activities_say(vec![wanted(2, "berit", Way::There, 190, &[])]).await;
    town.heard_of(unheard).await;
    town.looks_after().await;

    assert_eq!(town.refused(refused).await.as_deref(), Some("NO_HOME"));
    assert_eq!(town.refused(unheard).await.as_deref(), Some("NOT_PLANNABLE"), "but it is answered");
}
