//! Invariant 7: of people one sees only what one's role may see, and every reading is recorded.

use dugnad_door::Role;
use dugnad_proto::volunteers::v1::{self as pb, Purpose};
use tonic::{Code, Status};

use crate::town::{Town, details, field, name, person, refused};

const NOT_YOURS: (Code, &str) = (Code::PermissionDenied, "NOT_YOURS");

fn is_denied<T: std::fmt::Debug>(outcome: Result<T, Status>) {
    let (code, reason) = refused(outcome);
    assert_eq!((code, reason.as_str()), NOT_YOURS);
}

/// A volunteer with support needs, a receiver with a relative, and a unit's contact.
async fn town() -> Town {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let request = pb::SetSupportRequest {
        person: name("kari"),
        support: "trenger tid".to_owned(),
        request_id: town.id(),
    };
    town.coordinator().set_support(request).await.unwrap();
    town.receiver("rut", pb::Receiver::default()).await;
    town.contact("pia").await;
    town.represents("pia", "rut", "2026-12-01").await;
    town
}

#[tokio::test]
async fn a_person_sees_all_of_their_own_but_what_only_a_coordinator_sees() {
    let town = town().await;

    let own = town.get(&mut town.themselves("kari"), "kari", Purpose::Own).await.unwrap();
    let all = town.get(&mut town.coordinator(), "kari", Purpose::FollowUp).await.unwrap();

    assert_eq!(own.details, Some(details("Kari Nordmann")));
    assert_eq!((own.support.as_str(), all.support.as_str()), ("", "trenger tid"));
    assert_eq!(pb::Person { support: String::new(), ..all }, own);
}

#[tokio::test]
async fn nobody_sees_somebody_else_without_a_right_to() {
    let town = town().await;
    for (who, role, of, purpose) in [
        ("ola", Role::Person, "kari", Purpose::Own),
        ("ola", Role::Person, "kari", Purpose::Contact),
        ("cora", Role::Coordinator, "kari", Purpose::Own),
        ("cora", Role::Coordinator, "kari", Purpose::Notice),
        ("kari", Role::Person, "rut", Purpose::Representation),
        ("stian", Role::Staff, "kari", Purpose::FollowUp),
        ("stian", Role::Staff, "rut", Purpose::Notice),
        ("bot", Role::Service, "rut", Purpose::Matching),
    ] {
        let outcome = town.get(&mut town.client(who, role), of, purpose).await;
        is_denied(outcome);
    }
    for who in ["kari", "rut"] {
        assert!(town.reads(who).await.is_empty(), "what was refused is no reading");
    }
}

#[tokio::test]
async fn staff_see_receivers_and_how_to_reach_who_speaks_for_them() {
    let town = town().await;
    let mut stian = town.staff();

    let rut = town.get(&mut stian, "rut", Purpose::FollowUp).await.unwrap();
    let pia = town.get(&mut stian, "pia", Purpose::Contact).await.unwrap();

    assert_eq!(rut.details, Some(details("Ragnhild Eldre")));
    assert_eq!(rut.receiver, Some(pb::Receiver::default()));
    assert_eq!(rut.representatives[0].representative, name("pia"));
    assert_eq!(pia.details, Some(details("Pål Pårørende")));
    assert!(pia.giver.is_none() && pia.receiver.is_none());
}

#[tokio::test]
async fn a_service_sees_how_to_reach_somebody_and_nothing_else() {
    let town = town().await;

    let mut notices = town.client("notices", Role::Service);
    let kari = town.get(&mut notices, "kari", Purpose::Notice).await.unwrap();
    let rut = town.get(&mut notices, "rut", Purpose::Contact).await.unwrap();

    assert!(kari.details.is_some() && kari.giver.is_none() && kari.support.is_empty());
    assert!(rut.details.is_some() && rut.receiver.is_none() && rut.representatives.is_empty());
}

#[tokio::test]
async fn a_representative_sees_the_receiver_within_the_consent_and_until_its_last_day() {
    let town = town().await;
    let mut pia = town.themselves("pia");

    town.it_is("2026-12-01T23:59");
    let rut = town.get(&mut pia, "rut", Purpose::Representation).await.unwrap();
    assert_eq!(rut.details, Some(details("Ragnhild Eldre")));
    town.it_is("2026-12-02T00:00");
    is_denied(town.get(&mut pia, "rut", Purpose::Representation).await);

    let mut rides = town.representation("pia", "rut", "");
    let representative = rides.representative.as_mut().unwrap();
    representative.scopes = vec![pb::Scope::Rides.into()];
    town.staff().set_representative(rides).await.unwrap();
    is_denied(town.get(&mut pia, "rut", Purpose::Representation).await);
    let all = town.get(&mut town.coordinator(), "rut", Purpose::FollowUp).await.unwrap();
    assert_eq!(all.representatives[0].scopes, [i32::from(pb::Scope::Rides)]);
}

#[tokio::test]
async fn a_consent_is_withdrawn_by_the_receiver_or_given_back_by_the_representative() {
    let town = town().await;
    let end = || pb::EndRepresentativeRequest {
        person: name("rut"),
        representative: name("pia"),
        request_id: town.id(),
    };
    is_denied(town.themselves("ola").end_representative(end()).await);

    for who in ["rut", "pia"] {
        town.represents("pia", "rut", "").await;
        town.themselves(who).end_representative(end()).await.unwrap();
        let outcome = town.get(&mut town.themselves("pia"), "rut", Purpose::Representation).await;
        is_denied(outcome);
    }
    let again = town.themselves("rut").end_representative(end()).await;
    assert_eq!(refused(again), (Code::NotFound, "NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn a_consent_that_makes_no_sense_is_refused_with_the_field() {
    let town = town().await;
    let mut stian = town.staff();
    let with = |change: fn(&mut pb::Representative)| {
        let mut request = town.representation("pia", "rut", "");
        change(request.representative.as_mut().unwrap());
        request
    };
    for (change, path) in [
        ((|it| it.consented = "2026-11-23".to_owned()) as fn(&mut pb::Representative), "consented"),
        (|it| it.consented.clear(), "consented"),
        (|it| it.until = "2026-11-21".to_owned(), "until"),
        (|it| it.representative = name("rut"), "representative"),
        (|it| it.relation = 0, "relation"),
        (|it| it.scopes.clear(), "scopes"),
        (|it| it.scopes = vec![1, 1], "scopes[1]"),
        (|it| it.scopes = vec![0], "scopes[0]"),
    ] {
        let outcome = stian.set_representative(with(change)).await;
        assert_eq!(field(outcome), format!("representative.{path}"));
    }
    let no_receiver = town.representation("pia", "kari", "");
    let outcome = stian.set_representative(no_receiver).await;
    assert_eq!(refused(outcome), (Code::FailedPrecondition, "NOT_A_RECEIVER".to_owned()));
    let nobody = town.representation("nobody", "rut", "");
    let outcome = stian.set_representative(nobody).await;
    assert_eq!(refused(outcome), (Code::NotFound, "NOT_FOUND".to_owned()));
    is_denied(
        town.themselves("pia").set_representative(town.representation("pia", "rut", "")).await,
    );
}

#[tokio::test]
async fn every_reading_is_recorded_with_who_when_and_why_and_ones_own_too() {
    let town = town().await;
    let about = "needs/018f3c2e-8d4a-7b61-9c05-2f6f0c1a9e77";
    let request = pb::GetPersonRequest {
        person: name("kari"),
        purpose: Purpose::Matching.into(),
        about: about.to_owned(),
    };
    town.coordinator().get_person(request.clone()).await.unwrap();
    town.it_is("2026-11-23T09:00");
    town.get(&mut town.themselves("kari"), "kari", Purpose::Own).await.unwrap();

    let list = pb::ListReadsRequest { person: name("kari"), ..Default::default() };
    let reads = town.themselves("kari").list_reads(list.clone()).await.unwrap().into_inner().reads;

    let by: Vec<_> = reads.iter().map(|read| (read.by.clone(), read.purpose())).collect();
    let (kari, cora) = (person("kari").0.to_string(), person("cora").0.to_string());
    assert_eq!(by, [(kari, Purpose::Own), (cora, Purpose::Matching)]);
    assert_eq!(reads[1].about, about);
    let apart = reads[0].at.unwrap().seconds - reads[1].at.unwrap().seconds;
    assert_eq!(apart, 25 * 3600);
    is_denied(town.staff().list_reads(list.clone()).await);
    is_denied(town.themselves("ola").list_reads(list).await);
    let bad = pb::GetPersonRequest { about: "fordi Kari er syk".to_owned(), ..request.clone() };
    assert_eq!(field(town.coordinator().get_person(bad).await), "about");
    for purpose in [0, 99, Purpose::Export.into()] {
        let bad = pb::GetPersonRequest { purpose, ..request.clone() };
        assert_eq!(field(town.coordinator().get_person(bad).await), "purpose");
    }
}

#[tokio::test]
async fn readings_are_listed_page_by_page_also_while_more_come() {
    let town = town().await;
    let mut cora = town.coordinator();
    for _ in 0..3 {
        town.get(&mut cora, "rut", Purpose::FollowUp).await.unwrap();
    }
    let first = pb::ListReadsRequest { person: name("rut"), page_size: 2, ..Default::default() };
    let page = cora.list_reads(first.clone()).await.unwrap().into_inner();
    town.get(&mut cora, "rut", Purpose::Contact).await.unwrap();

    let next = pb::ListReadsRequest { page_token: page.next_page_token.clone(), ..first };
    let rest = cora.list_reads(next).await.unwrap().into_inner();

    assert_eq!((page.reads.len(), rest.reads.len()), (2, 1));
    assert_eq!(rest.reads[0].purpose(), Purpose::FollowUp);
    assert_eq!(rest.next_page_token, "");
}

#[tokio::test]
async fn a_batch_is_one_reading_of_each_and_names_who_is_gone() {
    let town = town().await;
    let mut cora = town.coordinator();
    let batch = |people: &[&str]| pb::BatchGetPeopleRequest {
        people: people.iter().map(|who| name(who)).collect(),
        purpose: Purpose::Matching.into(),
        about: String::new(),
    };

    let answer =
        cora.batch_get_people(batch(&["rut", "nobody", "kari"])).await.unwrap().into_inner();

    let names: Vec<_> = answer.people.iter().map(|it| it.name.clone()).collect();
    assert_eq!((names, answer.gone), (vec![name("rut"), name("kari")], vec![name("nobody")]));
    assert_eq!((town.reads("rut").await.len(), town.reads("kari").await.len()), (1, 1));
    is_denied(town.staff().batch_get_people(batch(&["rut", "kari"])).await);
    assert_eq!(town.reads("rut").await.len(), 1, "one who may not be shown refuses all");
    assert_eq!(field(cora.batch_get_people(batch(&[])).await), "people");
    assert_eq!(field(cora.batch_get_people(batch(&["rut", "rut"])).await), "people[1]");
    assert_eq!(field(cora.batch_get_people(batch(&["x"; 101])).await), "people");
}
