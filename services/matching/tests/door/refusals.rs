//! What the service itself refuses, through the door; rules about people lie in `rules`.

use dugnad_events::{
    AgreementId, OrganisationId, TeamId,
    volunteers::{Agreement, Event as Told, Membership, Team},
};
use dugnad_proto::matching::v1 as pb;
use jiff::civil::date;
use tonic::Code;
use uuid::Uuid;

use crate::town::{Town, person, reason};

fn kind(open: bool) -> pb::Kind {
    pb::Kind { code: "visit".to_owned(), at_a_time: 1, open, ..Default::default() }
}

fn close(town: &Town, name: &str) -> pb::CloseNeedRequest {
    let (name, reason) = (name.to_owned(), "no-longer-needed".to_owned());
    pb::CloseNeedRequest { name, reason, request_id: town.id() }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let town = Town::open().await;
    let nowhere = format!("needs/{}", Uuid::now_v7());

    let refused = town.coordinator().close_need(close(&town, &nowhere)).await.unwrap_err();

    assert_eq!((refused.code(), &*reason(&refused)), (Code::NotFound, "NOT_FOUND"));
    assert_eq!(refused.message(), format!("{nowhere} does not exist"));
}

#[tokio::test]
async fn nobody_is_assigned_where_all_places_are_taken_the_need_is_closed_or_the_time_is_over() {
    let town = Town::open().await;
    for who in ["anna", "kari"] {
        town.volunteer(who).await;
    }
    let mut cora = town.coordinator();
    let full = town.post(&mut cora, town.visit(50)).await.name;
    cora.assign(town.assign(&full, "anna")).await.unwrap();
    let closed = town.post(&mut cora, town.visit(60)).await.name;
    cora.close_need(close(&town, &closed)).await.unwrap();
    let past = town.post(&mut cora, town.visit(70)).await.name;

    let refused = cora.assign(town.assign(&full, "kari")).await.unwrap_err();
    assert_eq!((refused.code(), &*reason(&refused)), (Code::FailedPrecondition, "FULL"));
    let refused = cora.assign(town.assign(&closed, "kari")).await.unwrap_err();
    assert_eq!(reason(&refused), "NEED_CLOSED");
    town.later(71);
    let refused = cora.assign(town.assign(&past, "kari")).await.unwrap_err();
    assert_eq!(reason(&refused), "PAST");
}

#[tokio::test]
async fn who_was_not_asked_takes_a_place_only_where_the_kind_is_open() {
    let town = Town::open().await;
    town.volunteer("anna").await;
    town.kind(kind(false)).await;
    let need = town.post(&mut town.coordinator(), town.visit(50)).await.name;
    let take = || pb::TakePlaceRequest { need: need.clone(), slot: 0, request_id: town.id() };

    let refused = town.themselves("anna").take_place(take()).await.unwrap_err();

    assert_eq!(reason(&refused), "NOT_OPEN");
    town.kind(kind(true)).await;
    town.themselves("anna").take_place(take()).await.unwrap();
}

#[tokio::test]
async fn an_offer_is_answered_once_and_in_time() {
    let town = Town::open().await;
    town.kind(kind(false)).await;
    town.volunteer("anna").await;
    let (_, offers) = town.asked(town.visit(80), 1).await;
    let mut anna = town.themselves("anna");
    let (name, reason_given) = (offers[0].name.clone(), "ill".to_owned());
    let decline = pb::DeclineOfferRequest { name, reason: reason_given, request_id: town.id() };
    anna.decline_offer(decline).await.unwrap();

    let refused = anna.accept_offer(town.accept(&offers[0])).await.unwrap_err();

    assert_eq!(reason(&refused), "NOT_OFFERED");
    let words = refused.message();
    assert!(words.starts_with(&format!("{} is not open: ", offers[0].name)), "{words}");
}

#[tokio::test]
async fn an_organisation_names_only_its_members_and_a_team_comes_only_as_many_as_it_should() {
    let town = Town::open().await;
    let policy = pb::Kind { organisations_first: true, ..kind(false) };
    town.kind(policy).await;
    let organisation = OrganisationId(Uuid::from_u128(7));
    let (from, until) = (date(2026, 1, 1), date(2027, 12, 31));
    let terms = Agreement {
        organisation,
        kinds: Vec::new(),
        areas: Vec::new(),
        ours: Vec::new(),
        theirs: Vec::new(),
        from,
        until,
        warn_days: 30,
    };
    let membership = Some(Membership { role: "member".parse().unwrap(), since: from });
    let (leader, team) = (person("anna"), TeamId(Uuid::from_u128(8)));
    let facts = Team {
        name: "Bergmogjengen".to_owned(),
        organisation: Some(organisation),
        leader,
        members: vec![leader, person("pia")],
        size: 2,
    };
    for who in ["anna", "kari"] {
        town.volunteer(who).await;
    }
    town.says(vec![
        Told::ContactSet { organisation, contact: leader, deputy: None },
        Told::MemberSet { organisation, person: leader, membership },
        Told::AgreementSet { agreement: AgreementId(Uuid::from_u128(9)), terms },
        Told::TeamSet { team, facts: Some(facts) },
    ])
    .await;
    let (need, offers) = town.asked(town.visit(50), 1).await;
    assert_eq!(offers[0].to, organisation.to_string());
    let names =
        |who| pb::AcceptOfferRequest { person: person(who).to_string(), ..town.accept(&offers[0]) };
    let mut anna = town.themselves("anna");

    let refused = anna.accept_offer(names("kari")).await.unwrap_err();
    assert_eq!(reason(&refused), "NOT_A_MEMBER");
    let two = pb::AssignRequest {
        person: String::new(),
        team: team.to_string(),
        ..town.assign(&need, "anna")
    };
    let refused = town.coordinator().assign(two).await.unwrap_err();
    assert_eq!(reason(&refused), "TEAM_TOO_SMALL");
    anna.accept_offer(names("anna")).await.unwrap();
}

#[tokio::test]
async fn there_can_be_so_many_kinds_and_no_more() {
    let town = Town::open().await;
    let mut cora = town.coordinator();
    let set = |n: usize| {
        let kind = pb::Kind { code: format!("kind-{n}"), ..kind(false) };
        pb::SetKindRequest { kind: Some(kind), request_id: town.id() }
    };
    let mut made = 0;

    let refused = loop {
        match cora.set_kind(set(made)).await {
            Ok(_) => made += 1,
            Err(refused) => break refused,
        }
        assert!(made < 10_000, "there is no limit");
    };

    assert_eq!((refused.code(), &*reason(&refused)), (Code::FailedPrecondition, "TOO_MANY"));
    assert_eq!(refused.message(), format!("there is room for {made} kinds at most"));
}
