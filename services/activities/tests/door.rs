//! Activities' door in one process, composed with the real rooms and matching over one journal: real
//! gRPC over TCP, a real key store, and a register of people that they all follow.
//!
//! Here is how an evening comes to be, what each service's answers change, and who may what. Crashes
//! between the services lie in the scenarios.

#![allow(clippy::unwrap_used)] // in the helpers; a test fails by panicking

#[path = "door/composed.rs"]
mod composed;
#[path = "door/refusals.rs"]
mod refusals;
#[path = "door/town.rs"]
mod town;

use dugnad_events::volunteers;
use dugnad_proto::activities::v1 as pb;
use town::{Town, person};

#[tokio::test]
async fn an_evening_is_arranged_by_itself_and_people_sign_up() {
    let town = Town::open().await;
    let (_, date) = town.arranged(town.evening()).await;

    // Rooms books, matching posts the need.
    let seen = town.once_missing(&date, "no host yet").await;
    assert_eq!((&seen.room, seen.place.as_str()), (&town.hall, "Storsalen, Samfunnshuset"));
    let booked = town.bookings(&town.hall).await;
    assert_eq!(booked.len(), 1);
    assert_eq!(booked[0].name, seen.booking);
    let need = town.once(&date, |it| it.helpers[0].posted).await.helpers[0].need.clone();
    assert_eq!(town.need(&need).await.about, date);

    town.helps(&need, "hanna").await;
    let seen = town.once(&date, |it| it.state() == pb::OccurrenceState::Confirmed).await;
    assert!(seen.missing.is_empty());

    let mut anna = town.themselves("anna");
    let signup = town.sign_up(&mut anna, &date, "anna").await.unwrap();
    assert_eq!(
        (signup.state(), signup.person),
        (pb::SignupState::Going, person("anna").to_string())
    );
    assert_eq!(town.seen(&mut anna, &date).await.free, 19);
}

#[tokio::test]
async fn a_waiting_list_moves_up_when_a_place_becomes_free() {
    let town = Town::open().await;
    let (_, date) = town.arranged(pb::Activity { capacity: 1, ..town.evening() }).await;
    let (mut anna, mut berit) = (town.themselves("anna"), town.themselves("berit"));
    let first = town.sign_up(&mut anna, &date, "anna").await.unwrap();
    let second = town.sign_up(&mut berit, &date, "berit").await.unwrap();
    assert_eq!(second.state(), pb::SignupState::Waiting);

    let request = pb::WithdrawRequest { name: first.name, request_id: town.id() };
    anna.withdraw(request).await.unwrap();

    let mine = berit.list_signups(pb::ListSignupsRequest::default()).await.unwrap().into_inner();
    assert_eq!(mine.signups[0].state(), pb::SignupState::Offered);
    assert!(mine.signups[0].until.is_some());
    let take = pb::TakePlaceRequest { name: second.name, request_id: town.id() };
    berit.take_place(take).await.unwrap();
    let listed = pb::ListSignupsRequest { occurrence: date, ..Default::default() };
    let listed = town.staff().list_signups(listed).await.unwrap().into_inner().signups;
    assert_eq!(listed.len(), 1, "who withdrew is not listed unless asked for");
    assert_eq!(listed[0].state(), pb::SignupState::Going);
}

#[tokio::test]
async fn what_is_held_of_a_person_is_told_until_they_are_erased() {
    let town = Town::open().await;
    let (_, date) = town.arranged(town.evening()).await;
    let mut anna = town.themselves("anna");
    let signup = town.sign_up(&mut anna, &date, "anna").await.unwrap().name;
    let held = async |who: &str| {
        let (tenant, person) = (&town.tenant, person(who));
        dugnad_activities::held(&town.ledger, &town.vault, tenant, person).await.unwrap()
    };
    assert_eq!(held("anna").await["signups"][0]["name"], signup);
    assert_eq!(held("clerk").await["contact_of"][0]["details"]["purpose"], "Sangkveld");

    for who in ["anna", "clerk"] {
        let (person, why) = (person(who), volunteers::Erasure::Asked);
        town.says(vec![volunteers::Event::PersonErased { person, why }]).await;
    }

    for who in ["anna", "clerk"] {
        let held = held(who).await;
        for part in ["signups", "wrote", "signs_up", "contact_of"] {
            assert_eq!(held[part], serde_json::json!([]), "{who}: {part}");
        }
    }
}
