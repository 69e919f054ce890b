//! Invariant 7: who sees and changes what of needs, offers and people.

use dugnad_door::Role;
use dugnad_proto::matching::v1 as pb;
use tonic::{Code, Status};

use crate::town::{Client, Town, person, reason};

#[tokio::test]
async fn a_need_is_seen_by_whom_it_concerns_and_its_text_by_who_comes() {
    let town = Town::open().await;
    let (code, at_a_time) = ("visit".to_owned(), 1);
    town.kind(pb::Kind { code, at_a_time, ..Default::default() }).await;
    town.volunteer("anna").await;
    let need = pb::Need { text: "Koden er 1234".to_owned(), ..town.visit(50) };
    let name = town.post(&mut town.themselves("olga"), need).await.name;
    let mut cora = town.coordinator();
    let asking = pb::StartAskingRequest { need: name.clone(), request_id: town.id() };
    cora.start_asking(asking).await.unwrap();
    let offers = town.open_offers(&name, 1).await;

    for (who, role) in [("olga", Role::Person), ("stian", Role::Staff), ("rides", Role::Service)] {
        let seen = town.get(&mut town.client(who, role), &name).await.unwrap();
        assert_eq!((&*seen.text, seen.tally.is_some()), ("Koden er 1234", true), "{who}");
        assert_eq!(seen.receiver, person("olga").to_string());
    }
    let asked = town.get(&mut town.themselves("anna"), &name).await.unwrap();
    assert_eq!((&*asked.text, &*asked.receiver, asked.tally), ("", "", None));
    let stranger = town.get(&mut town.themselves("per"), &name).await.unwrap_err();
    assert_eq!((stranger.code(), &*reason(&stranger)), (Code::PermissionDenied, "NOT_YOURS"));

    let mut anna = town.themselves("anna");
    anna.accept_offer(town.accept(&offers[0])).await.unwrap();
    let comes = town.get(&mut anna, &name).await.unwrap();
    assert_eq!(comes.text, "Koden er 1234");
}

#[tokio::test]
async fn lists_show_a_person_their_own_and_the_office_everything() {
    let town = Town::open().await;
    for name in ["olga", "per"] {
        town.post(&mut town.themselves(name), town.visit(50)).await;
    }
    let needs = |mut client: Client| async move {
        let answer = client.list_needs(pb::ListNeedsRequest::default()).await;
        answer.unwrap().into_inner().needs.len()
    };

    assert_eq!(needs(town.themselves("olga")).await, 1);
    assert_eq!(needs(town.themselves("kari")).await, 0);
    assert_eq!(needs(town.client("stian", Role::Staff)).await, 2);
}

#[tokio::test]
async fn nobody_answers_cancels_or_closes_for_others_unless_it_is_their_office() {
    let town = Town::open().await;
    let (code, at_a_time) = ("visit".to_owned(), 1);
    town.kind(pb::Kind { code, at_a_time, ..Default::default() }).await;
    town.volunteer("anna").await;
    let (need, offers) = town.asked(town.visit(50), 1).await;
    let mut per = town.themselves("per");
    let decline = pb::DeclineOfferRequest {
        name: offers[0].name.clone(),
        request_id: town.id(),
        ..Default::default()
    };
    let close =
        pb::CloseNeedRequest { name: need.clone(), request_id: town.id(), ..Default::default() };
    let refused = [
        per.accept_offer(town.accept(&offers[0])).await.unwrap_err(),
        per.decline_offer(decline).await.unwrap_err(),
        per.close_need(close).await.unwrap_err(),
        own_lists(&town, "per", "anna").await,
    ];
    for status in refused {
        assert_eq!((status.code(), &*reason(&status)), (Code::PermissionDenied, "NOT_YOURS"));
    }

    // By telephone: the coordinator answers for her.
    let made = town.coordinator().accept_offer(town.accept(&offers[0])).await.unwrap();
    let name = made.into_inner().assignment;
    let cancel = pb::CancelAssignmentRequest { name, request_id: town.id(), ..Default::default() };
    let status = per.cancel_assignment(cancel).await.unwrap_err();
    assert_eq!(reason(&status), "NOT_YOURS");
}

async fn own_lists(town: &Town, who: &str, of: &str) -> Status {
    let request =
        pb::ListAssignmentsRequest { person: person(of).to_string(), ..Default::default() };
    town.themselves(who).list_assignments(request).await.unwrap_err()
}

#[tokio::test]
async fn who_asks_for_another_needs_their_consent() {
    let town = Town::open().await;
    let receiver = person("olga").to_string();
    let need = Some(pb::Need { receiver, ..town.visit(50) });
    let request = pb::PostNeedRequest { need, request_id: town.id() };

    let refused = town.themselves("son").post_need(request.clone()).await.unwrap_err();
    assert_eq!((refused.code(), &*reason(&refused)), (Code::PermissionDenied, "NOT_REPRESENTED"));
    assert!(town.client("stian", Role::Staff).post_need(request).await.is_ok());
}

/// Each call that not everybody may make, by one who may not.
#[tokio::test]
async fn what_is_for_some_roles_is_refused_to_the_others() {
    let town = Town::open().await;
    let mut per = town.themselves("per");
    let mut staff = town.client("stian", Role::Staff);
    let mut service = town.client("rides", Role::Service);
    let refused = [
        per.set_kind(pb::SetKindRequest::default()).await.err(),
        staff.set_kind(pb::SetKindRequest::default()).await.err(),
        per.list_kinds(pb::ListKindsRequest::default()).await.err(),
        staff.set_conflict(pb::SetConflictRequest::default()).await.err(),
        staff.list_conflicts(pb::ListConflictsRequest::default()).await.err(),
        per.find_candidates(pb::FindCandidatesRequest::default()).await.err(),
        staff.find_candidates(pb::FindCandidatesRequest::default()).await.err(),
        per.start_asking(pb::StartAskingRequest::default()).await.err(),
        staff.stop_asking(pb::StopAskingRequest::default()).await.err(),
        service.accept_offer(pb::AcceptOfferRequest::default()).await.err(),
        staff.decline_offer(pb::DeclineOfferRequest::default()).await.err(),
        staff.retract_offer(pb::RetractOfferRequest::default()).await.err(),
        staff.take_place(pb::TakePlaceRequest::default()).await.err(),
        staff.assign(pb::AssignRequest::default()).await.err(),
        staff.cancel_assignment(pb::CancelAssignmentRequest::default()).await.err(),
        staff.list_alarms(pb::ListAlarmsRequest::default()).await.err(),
        per.get_unmet_needs(pb::GetUnmetNeedsRequest::default()).await.err(),
    ];
    for (at, status) in refused.into_iter().enumerate() {
        let status = status.unwrap_or_else(|| panic!("call {at} was let in"));
        assert_eq!((status.code(), &*reason(&status)), (Code::PermissionDenied, "NOT_YOURS"));
    }
}
