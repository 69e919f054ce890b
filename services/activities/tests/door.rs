//! Activities' door in one process, composed with the real rooms and matching over one journal: real
//! gRPC over TCP, a real key store, and a register of people that they all follow.
//!
//! Here is how an evening comes to be, what each service's answers change, and who may what. Crashes
//! between the services lie in the scenarios.

#![allow(clippy::unwrap_used)] // in the helpers; a test fails by panicking

#[path = "door/town.rs"]
mod town;

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
