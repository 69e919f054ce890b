//! Cooperation agreements: their warning and end by the clock, and who may see and make them.

use dugnad_door::Role;
use dugnad_proto::volunteers::v1::{self as pb, AgreementState};
use tonic::Code;

use crate::{
    Client, calling, coordinator, get, made, themselves,
    town::{Town, field, name, refused, words},
};

fn agreement(organisation: &str, until: &str) -> pb::Agreement {
    pb::Agreement {
        organisation: organisation.to_owned(),
        our_duties: words(&["Dekker reise"]),
        their_duties: words(&["Stiller hver tirsdag"]),
        from: "2026-01-01".to_owned(),
        until: until.to_owned(),
        warn_days: 30,
        ..Default::default()
    }
}

fn set(town: &Town, agreement: pb::Agreement) -> pb::SetAgreementRequest {
    pb::SetAgreementRequest { agreement: Some(agreement), request_id: town.id() }
}

async fn agreed(town: &Town, organisation: &str, until: &str) -> pb::Agreement {
    let request = set(town, agreement(organisation, until));
    coordinator(town).set_agreement(request).await.unwrap().into_inner().agreement.unwrap()
}

async fn list(client: &mut Client, request: pb::ListAgreementsRequest) -> Vec<pb::Agreement> {
    client.list_agreements(request).await.unwrap().into_inner().agreements
}

#[tokio::test]
async fn an_agreement_is_to_renew_before_its_end_and_over_after_its_last_day() {
    let town = Town::open().await;
    let choir = made(&town, "Koret").await;
    let made = agreed(&town, &choir, "2027-01-31").await;
    let mut cora = coordinator(&town);
    let to_renew = pb::ListAgreementsRequest { to_renew: true, ..Default::default() };
    assert_eq!(made.state(), AgreementState::InForce);
    assert!(get(&mut cora, &choir).await.has_agreement);

    town.it_is("2026-12-31T23:59");
    assert!(list(&mut cora, to_renew.clone()).await.is_empty());
    town.it_is("2027-01-01T00:00");
    let due = list(&mut cora, to_renew.clone()).await;
    town.it_is("2027-01-31T23:59");
    assert!(get(&mut cora, &choir).await.has_agreement, "all of its last day");
    town.it_is("2027-02-01T00:00");
    let ended = cora.get_agreement(pb::GetAgreementRequest { name: made.name.clone() }).await;

    assert_eq!((due.len(), due[0].state()), (1, AgreementState::ToRenew));
    assert_eq!(ended.unwrap().into_inner().agreement.unwrap().state(), AgreementState::Ended);
    assert!(!get(&mut cora, &choir).await.has_agreement);
    assert!(list(&mut cora, to_renew).await.is_empty());
    let renewed = pb::Agreement { until: "2028-01-31".to_owned(), ..made };
    let late = cora.set_agreement(set(&town, renewed)).await;
    assert_eq!(refused(late), (Code::FailedPrecondition, "AGREEMENT_ENDED".to_owned()));
}

#[tokio::test]
async fn an_agreement_renewed_in_time_goes_on_and_a_clock_that_jumps_ends_the_others() {
    let town = Town::open().await;
    let (choir, corps) = (made(&town, "Koret").await, made(&town, "Korpset").await);
    let with_choir = agreed(&town, &choir, "2027-01-31").await;
    let with_corps = agreed(&town, &corps, "2027-03-31").await;
    let mut cora = coordinator(&town);
    let renewed = pb::Agreement { until: "2028-01-31".to_owned(), ..with_choir.clone() };
    cora.set_agreement(set(&town, renewed)).await.unwrap();

    town.it_is("2027-06-01T12:00");
    let all = pb::ListAgreementsRequest { show_ended: true, ..Default::default() };
    let all = list(&mut cora, all).await;

    let seen: Vec<_> = all.iter().map(|one| (one.name.clone(), one.state())).collect();
    let expected =
        [(with_corps.name, AgreementState::Ended), (with_choir.name, AgreementState::InForce)];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn what_a_coordinator_ends_is_over_and_ending_it_again_is_refused() {
    let town = Town::open().await;
    let choir = made(&town, "Koret").await;
    let name = agreed(&town, &choir, "2027-01-31").await.name;
    let mut cora = coordinator(&town);
    let end = pb::EndAgreementRequest { name: name.clone(), request_id: town.id() };

    let first = cora.end_agreement(end.clone()).await.unwrap().into_inner();
    let repeated = cora.end_agreement(end).await.unwrap().into_inner();
    let again = pb::EndAgreementRequest { name, request_id: town.id() };
    let again = cora.end_agreement(again).await;

    assert_eq!((first.until.as_str(), &repeated), ("2026-11-22", &first));
    assert_eq!(refused(again), (Code::FailedPrecondition, "AGREEMENT_ENDED".to_owned()));
}

#[tokio::test]
async fn coordinators_make_agreements_and_those_they_concern_see_them() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let choir = made(&town, "Koret").await;
    let contact = pb::SetContactRequest {
        organisation: choir.clone(),
        contact: name("kari"),
        deputy: String::new(),
        request_id: town.id(),
    };
    coordinator(&town).set_contact(contact).await.unwrap();
    let made = agreed(&town, &choir, "2027-01-31").await;
    let denied = (Code::PermissionDenied, "NOT_YOURS".to_owned());

    for (who, role, sees) in [
        ("kari", Role::Person, true),
        ("stian", Role::Staff, true),
        ("s", Role::Service, true),
        ("per", Role::Person, false),
    ] {
        let mut client = calling(&town, who, role);
        let set = client.set_agreement(set(&town, agreement(&choir, "2027-12-31"))).await;
        assert_eq!(refused(set), denied, "{who}");
        let end = pb::EndAgreementRequest { name: made.name.clone(), request_id: town.id() };
        assert_eq!(refused(client.end_agreement(end).await), denied, "{who}");
        let listed = list(&mut client, pb::ListAgreementsRequest::default()).await;
        assert_eq!(listed.len(), usize::from(sees), "{who}");
        let got = client.get_agreement(pb::GetAgreementRequest { name: made.name.clone() }).await;
        match got {
            Ok(got) => assert!(sees && got.into_inner().agreement.as_ref() == Some(&made)),
            outcome => assert_eq!((refused(outcome), sees), (denied.clone(), false), "{who}"),
        }
    }
}

#[tokio::test]
async fn who_signs_up_is_offered_the_organisation_with_an_agreement_first() {
    let town = Town::open().await;
    let (_, choir) = (made(&town, "Aa").await, made(&town, "Koret").await);
    agreed(&town, &choir, "2027-01-31").await;

    let request = town.sign_up(pb::Giver::default());
    let answer = town.themselves("kari").sign_up(request).await.unwrap().into_inner();

    let offered: Vec<_> = answer.suggestions.iter().map(|one| one.display_name.as_str()).collect();
    assert_eq!(offered, ["Koret"], "and not one that is neither voluntary nor agreed with");
}

#[tokio::test]
async fn what_cannot_be_agreed_is_named_by_its_field() {
    let town = Town::open().await;
    let choir = made(&town, "Koret").await;
    town.set_terms(pb::TermList::Kinds, &["visit"]).await;
    let mut cora = coordinator(&town);
    let with = |change: fn(&mut pb::Agreement)| {
        let mut agreement = agreement(&choir, "2027-01-31");
        change(&mut agreement);
        set(&town, agreement)
    };
    for (request, wrong) in [
        (with(|it| it.organisation.clear()), "agreement.organisation"),
        (with(|it| it.kinds = words(&["visit", "Å"])), "agreement.kinds[1]"),
        (with(|it| it.kinds = words(&["visit", "driver"])), "agreement.kinds[1]"),
        (with(|it| it.areas = vec!["a".to_owned(); 101]), "agreement.areas"),
        (with(|it| it.our_duties = words(&[" "])), "agreement.our_duties[0]"),
        (with(|it| it.their_duties = vec!["x".to_owned(); 21]), "agreement.their_duties"),
        (with(|it| it.from = "1.1.2027".to_owned()), "agreement.from"),
        (with(|it| it.until = "2200-01-01".to_owned()), "agreement.until"),
        (with(|it| it.until = "2026-11-21".to_owned()), "agreement.until"),
        (with(|it| it.from = "2027-02-01".to_owned()), "agreement.until"),
        (with(|it| it.warn_days = 731), "agreement.warn_days"),
        (with(|it| it.name = "x".to_owned()), "agreement.name"),
        (pb::SetAgreementRequest { agreement: None, request_id: town.id() }, "agreement"),
    ] {
        assert_eq!(field(cora.set_agreement(request).await), wrong);
    }
    let mut anybody = themselves(&town, "kari");
    let list = pb::ListAgreementsRequest { organisation: "x".to_owned(), ..Default::default() };
    assert_eq!(field(anybody.list_agreements(list).await), "organisation");
}
