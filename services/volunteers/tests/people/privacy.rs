//! Invariant 8: erasing, by request and by the clock, and giving people what is held of them.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use dugnad_journal::Tenant;
use dugnad_proto::volunteers::v1::{self as pb, Purpose};
use dugnad_vault::{PersonId, VaultError};
use dugnad_volunteers::{Holdings, forget_erased, reconcile_erasures};
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::town::{Town, field, name, person, refused};

/// How long a key may take to follow what the clock erased.
const DEADLINE: Duration = Duration::from_secs(20);

fn erasure(town: &Town, who: &str) -> pb::ErasePersonRequest {
    pb::ErasePersonRequest { person: name(who), request_id: town.id() }
}

async fn is_forgotten(town: &Town, who: &str) -> bool {
    matches!(town.vault.key("drammen", person(who)).await, Err(VaultError::Erased(_)))
}

async fn retention(town: &Town, applicant_days: Option<i32>, left_days: Option<i32>) {
    let retention = Some(pb::Retention { applicant_days, left_days });
    let request = pb::SetRetentionRequest { retention, request_id: town.id() };
    town.coordinator().set_retention(request).await.unwrap();
}

/// Everyone in the register: asking lets the clock do what is due first.
async fn everyone(town: &Town) -> Vec<String> {
    let listed = town.coordinator().list_people(pb::ListPeopleRequest::default()).await.unwrap();
    listed.into_inner().people.into_iter().map(|it| it.name).collect()
}

async fn until<F: Future<Output = bool>>(is: impl Fn() -> F) {
    let all = async {
        while !is().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, all).await.expect("it comes to be");
}

#[tokio::test]
async fn an_erased_person_is_shown_to_nobody_and_cannot_come_back() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let mut cora = town.coordinator();
    let request = erasure(&town, "kari");
    for mut other in [town.themselves("ola"), town.staff()] {
        let outcome = other.erase_person(request.clone()).await;
        assert_eq!(refused(outcome), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
    }

    town.themselves("kari").erase_person(request.clone()).await.unwrap();
    town.themselves("kari").erase_person(request).await.unwrap();
    cora.erase_person(erasure(&town, "kari")).await.unwrap();

    let gone = (Code::FailedPrecondition, "PERSON_ERASED".to_owned());
    assert_eq!(refused(town.get(&mut cora, "kari", Purpose::FollowUp).await), gone);
    let again = town.themselves("kari").sign_up(town.sign_up(pb::Giver::default())).await;
    assert_eq!(refused(again), gone);
    let export = pb::ExportPersonRequest { person: name("kari") };
    assert_eq!(refused(cora.export_person(export).await), gone);
    let reads = pb::ListReadsRequest { person: name("kari"), ..Default::default() };
    assert_eq!(refused(cora.list_reads(reads).await), gone);
    assert!(everyone(&town).await.is_empty());
    assert!(is_forgotten(&town, "kari").await);
}

#[tokio::test]
async fn who_speaks_for_a_receiver_and_a_units_contact_go_with_their_erasure() {
    let town = Town::open().await;
    town.receiver("rut", pb::Receiver::default()).await;
    town.contact("pia").await;
    town.represents("pia", "rut", "2026-12-01").await;
    let unit = pb::Unit {
        display_name: "Solgården".to_owned(),
        contact: name("pia"),
        ..Default::default()
    };
    let request = pb::SetUnitRequest { unit: Some(unit), request_id: town.id() };
    town.coordinator().set_unit(request).await.unwrap();

    town.coordinator().erase_person(erasure(&town, "pia")).await.unwrap();

    let rut = town.get(&mut town.staff(), "rut", Purpose::FollowUp).await.unwrap();
    assert!(rut.representatives.is_empty());
    let units = town.staff().list_units(pb::ListUnitsRequest::default()).await.unwrap();
    assert_eq!(units.into_inner().units[0].contact, "");
    town.it_is("2027-12-01T12:00");
    assert_eq!(everyone(&town).await, [name("rut")]);
}

#[tokio::test]
async fn applicants_who_were_never_admitted_are_erased_when_their_time_is_up() {
    let town = Town::open().await;
    retention(&town, Some(30), None).await;
    town.applicant("kari").await;
    town.volunteer("ola").await;
    town.receiver("rut", pb::Receiver::default()).await;
    town.applicant("pia").await;
    town.represents("pia", "rut", "").await;

    town.it_is("2026-12-21T23:59");
    assert_eq!(everyone(&town).await.len(), 4);
    // A clock that jumps.
    town.it_is("2029-01-01T12:00");
    until(async || everyone(&town).await.len() == 3).await;

    let left = everyone(&town).await;
    for who in ["ola", "rut", "pia"] {
        assert!(left.contains(&name(who)), "{who} is there for another reason");
    }
}

#[tokio::test]
async fn whoever_left_is_erased_when_their_time_is_up_and_shorter_periods_count_at_once() {
    let town = Town::open().await;
    for who in ["kari", "ola"] {
        town.volunteer(who).await;
    }
    let leave = pb::LeaveRequest { person: name("kari"), request_id: town.id() };
    town.themselves("kari").leave(leave).await.unwrap();
    retention(&town, None, Some(365)).await;
    town.it_is("2027-02-01T12:00");
    assert_eq!(everyone(&town).await.len(), 2);

    retention(&town, None, Some(60)).await;
    until(async || everyone(&town).await == [name("ola")]).await;

    let now = town.staff().get_retention(pb::GetRetentionRequest {}).await.unwrap().into_inner();
    assert_eq!(now.retention.unwrap(), pb::Retention { applicant_days: None, left_days: Some(60) });
}

#[tokio::test]
async fn periods_out_of_bounds_are_named_and_only_a_coordinator_sets_them() {
    let town = Town::open().await;
    let set = |retention| pb::SetRetentionRequest { retention, request_id: town.id() };
    let days = |left_days| Some(pb::Retention { applicant_days: None, left_days: Some(left_days) });
    let mut cora = town.coordinator();

    assert_eq!(field(cora.set_retention(set(None)).await), "retention");
    for bad in [0, -1, 36_501] {
        assert_eq!(field(cora.set_retention(set(days(bad))).await), "retention.left_days");
    }
    let outcome = town.staff().set_retention(set(days(30))).await;
    assert_eq!(refused(outcome), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
}

#[tokio::test]
async fn the_key_of_whom_the_clock_erased_is_forgotten_too() {
    let town = Town::open().await;
    retention(&town, Some(30), None).await;
    town.applicant("kari").await;
    let forgetting =
        tokio::spawn(forget_erased(town.journal.clone(), town.ledger.clone(), town.vault.clone()));

    town.it_is("2027-01-01T12:00");
    assert!(town.vault.cached_key("drammen", person("kari")).is_some());
    everyone(&town).await;

    until(async || is_forgotten(&town, "kari").await).await;
    forgetting.abort();
}

#[tokio::test]
async fn a_key_that_a_crash_left_behind_is_forgotten_at_the_next_start() {
    let town = Town::open().await;
    retention(&town, Some(30), None).await;
    town.applicant("kari").await;
    town.it_is("2027-01-01T12:00");
    until(async || everyone(&town).await.is_empty()).await;
    assert!(!is_forgotten(&town, "kari").await);

    let erased = reconcile_erasures(&town.ledger, &town.vault, &town.tenant).await.unwrap();
    let again = reconcile_erasures(&town.ledger, &town.vault, &town.tenant).await.unwrap();

    assert_eq!((erased, again), (1, 1));
    assert!(is_forgotten(&town, "kari").await);
}

struct Rooms;

#[async_trait]
impl Holdings for Rooms {
    fn service(&self) -> &'static str {
        "rooms"
    }

    async fn held(&self, tenant: &Tenant, of: PersonId) -> Result<Value, Status> {
        Ok(json!({"bookings": [format!("{tenant} {of}")]}))
    }
}

#[tokio::test]
async fn an_export_holds_all_that_is_held_here_and_by_the_services_beside_and_names_the_others() {
    let town = Town::with(vec![Arc::new(Rooms)]).await;
    town.volunteer("kari").await;
    let support = pb::SetSupportRequest {
        person: name("kari"),
        support: "trenger tid".to_owned(),
        request_id: town.id(),
    };
    town.coordinator().set_support(support).await.unwrap();
    let request = pb::ExportPersonRequest { person: name("kari") };
    for mut other in [town.themselves("ola"), town.staff()] {
        let outcome = other.export_person(request.clone()).await;
        assert_eq!(refused(outcome), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
    }

    let answer = town.themselves("kari").export_person(request).await.unwrap().into_inner();

    let json: Value = serde_json::from_str(&answer.json).unwrap();
    let here = &json["volunteers"];
    assert_eq!(here["details"]["name"], "Kari Nordmann");
    assert_eq!(here["person"]["support"], "trenger tid");
    assert_eq!(here["person"]["giver"]["standing"], false);
    assert_eq!(here["person"]["reads"]["purpose"], "export", "the export is itself a reading");
    assert_eq!(json["rooms"]["bookings"][0], format!("drammen {}", name("kari")));
    assert_eq!(answer.not_asked, ["matching", "rides", "activities", "notices"]);
}
