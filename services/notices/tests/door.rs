//! Notices' door in one process: real gRPC over TCP, the pages behind links, a real journal, and
//! services beside it that say what a test wants said. What crosses processes lies in the
//! scenarios.

#![allow(clippy::unwrap_used)] // in the helpers; a test fails by panicking

#[path = "door/answers.rs"]
mod answers;
#[path = "door/beside.rs"]
mod beside;
#[path = "door/desk.rs"]
mod desk;
#[path = "door/doors.rs"]
mod doors;
#[path = "door/evenings.rs"]
mod evenings;
#[path = "door/gateway.rs"]
mod gateway;
#[path = "door/rules.rs"]
mod rules;
#[path = "door/shifts.rs"]
mod shifts;
#[path = "door/times.rs"]
mod times;
#[path = "door/town.rs"]
mod town;
#[path = "door/travels.rs"]
mod travels;

use dugnad_events::{
    notices::Setback,
    volunteers::{Erasure, Event as Told},
};
use dugnad_notices::Failure;
use dugnad_proto::notices::v1 as pb;
use town::{Town, contact, person};

#[tokio::test]
async fn an_offer_is_told_once_and_the_address_is_asked_for_when_it_is_sent() {
    let town = Town::open().await;

    town.asked("anna", 7, 48).await;
    let before = town.asked_of("anna");
    town.sends().await;
    town.sends().await;

    assert_eq!((before, town.asked_of("anna")), (0, 1), "each address is read once");
    let told = town.email.taken();
    assert_eq!(told.len(), 1);
    assert_eq!((&*told[0].to, &*told[0].sender), ("anna@example.org", "Drammen"));
    assert!(told[0].text.contains("https://drammen.example/a/drammen/"), "{}", told[0].text);
    assert!(told[0].text.contains("onsdag 25. november kl. 10.00-12.00"), "{}", told[0].text);
    let notice = town.to("anna").await.remove(0);
    assert_eq!((notice.state(), &*notice.template), (pb::State::Sent, "offer"));
    assert_eq!(notice.message.unwrap().attempts[0].outcome, "SENT");
}

#[tokio::test]
async fn what_fails_is_tried_again_under_the_same_key_and_then_by_the_other_channel() {
    let town = Town::open().await;
    town.knows("anna", dugnad_notices::Contact { phone: "90000000".into(), ..contact("anna") });
    town.email.fails([Failure::Later(Setback::Busy); 5]);

    town.asked("anna", 7, 48).await;
    for minutes in [0, 1, 3, 9, 40] {
        town.later(minutes);
        town.sends().await;
    }

    assert!(town.email.taken().is_empty());
    let sent = town.sms.taken();
    assert_eq!(sent.len(), 1, "five by e-mail, then by SMS");
    assert_eq!(sent[0].to, "4790000000");
    let notice = town.to("anna").await.remove(0);
    assert_eq!((notice.state(), notice.message.unwrap().attempts.len()), (pb::State::Sent, 1));
}

#[tokio::test]
async fn after_a_crash_between_claim_and_outcome_it_goes_out_under_the_same_key() {
    let mut town = Town::open().await;
    town.asked("anna", 7, 48).await;
    town.email.fails([Failure::Later(Setback::Away)]);
    town.sends().await;
    let before = town.to("anna").await.remove(0).message.unwrap();

    town.crashes().await;
    town.later(1);
    town.sends().await;

    let sent = town.email.taken();
    assert_eq!(format!("messages/{}", sent[0].key.0), before.name);
    let after = town.to("anna").await.remove(0).message.unwrap();
    assert_eq!((after.name, after.attempts.len()), (before.name, 2));
}

#[tokio::test]
async fn what_is_taken_back_before_it_went_out_is_never_told_and_after_it_is_told_so() {
    let town = Town::open().await;
    let untold = town.asked("anna", 7, 48).await;
    let withdrawn = |offer| dugnad_events::matching::Event::OffersWithdrawn {
        offers: vec![offer],
        why: dugnad_events::matching::Withdrawal::Filled,
    };
    town.says(vec![withdrawn(untold)]).await;
    town.sends().await;
    let told = town.asked("anna", 8, 72).await;
    town.sends().await;
    town.says(vec![withdrawn(told)]).await;
    town.sends().await;

    let subjects: Vec<_> = town.email.taken().into_iter().map(|it| it.subject).collect();
    assert_eq!(subjects, ["Kan du hjelpe? et oppdrag", "Plassen er fylt: et oppdrag"]);
    let states = town.states("anna").await;
    assert_eq!(states[0], ("offer".to_owned(), pb::State::Withdrawn));
}

#[tokio::test]
async fn nothing_is_told_or_held_of_who_was_erased() {
    let town = Town::open().await;
    town.asked("anna", 7, 48).await;
    town.says(vec![Told::PersonErased { person: person("anna"), why: Erasure::Asked }]).await;

    town.asked("anna", 8, 48).await;
    town.sends().await;

    assert!(town.email.taken().is_empty());
    let held = dugnad_notices::held(&town.ledger, &town.tenant, person("anna")).await.unwrap();
    assert_eq!(held, serde_json::json!({}));
    let request = pb::SetPreferenceRequest {
        person: person("anna").to_string(),
        preference: Some(pb::Preference::default()),
        request_id: town.id(),
    };
    let refused = town.coordinator().set_preference(request).await.unwrap_err();
    assert_eq!(town::reason(&refused), "PERSON_ERASED");
}

#[tokio::test]
async fn a_hostile_name_is_a_name_in_every_channel() {
    let town = Town::open().await;
    let name = format!("Eve\r\nBcc: all@example.org\r\n\r\n{{link}} {}", "שלום ".repeat(2_000));
    town.knows("anna", dugnad_notices::Contact { name, ..contact("anna") });

    town.asked("anna", 7, 48).await;
    town.sends().await;

    let told = town.email.taken().remove(0);
    assert!(!told.name.contains(['\r', '\n']) && told.name.chars().count() < 100, "{}", told.name);
    assert!(told.text.contains("{link} ש"), "what a field holds is no field: {}", told.text);
    assert_eq!(told.text.matches("/a/drammen/").count(), 1);
    assert!(!told.subject.contains("Eve"), "no name stands in a subject");
}
