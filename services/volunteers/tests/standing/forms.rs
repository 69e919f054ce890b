//! What cannot be read is named by its field.

use dugnad_proto::volunteers::v1 as pb;

use crate::{
    asking::*,
    town::{Town, field, name, refused},
};

#[tokio::test]
async fn a_role_that_cannot_be_read_is_named_by_its_field() {
    let town = Town::open().await;
    let card = || role("x", Default::default()).card.unwrap();
    let asks = |requirements| pb::Role { ..role("x", requirements) };
    let with = |card| pb::Role { card: Some(card), ..role("x", Default::default()) };
    let check = |months| Some(pb::CheckRule { months });
    for (bad, at_fault) in [
        (pb::Role { name: "visitor".to_owned(), ..asks(Default::default()) }, "role.name"),
        (pb::Role { card: None, ..asks(Default::default()) }, "role.card"),
        (with(pb::RoleCard { nb: String::new(), ..card() }), "role.card.nb"),
        (with(pb::RoleCard { en: "x".repeat(101), ..card() }), "role.card.en"),
        (with(pb::RoleCard { may: vec![String::new()], ..card() }), "role.card.may[0]"),
        (with(pb::RoleCard { may_not: vec!["x".to_owned(); 51], ..card() }), "role.card.may_not"),
        (
            asks(pb::Requirements { check: check(601), ..Default::default() }),
            "role.requirements.check.months",
        ),
        (
            asks(pb::Requirements { courses: vec!["x".to_owned()], ..Default::default() }),
            "role.requirements.courses[0]",
        ),
        (asks(pb::Requirements { min_age: -1, ..Default::default() }), "role.requirements.min_age"),
        (asks(pb::Requirements { min_age: 17, ..Default::default() }), "role.requirements.min_age"),
    ] {
        let request = pb::SetRoleRequest { role: Some(bad), request_id: town.id() };
        assert_eq!(field(coordinator(&town).set_role(request).await), at_fault);
    }
    let request = pb::SetRoleRequest { role: None, request_id: town.id() };
    assert_eq!(field(coordinator(&town).set_role(request).await), "role");
}

#[tokio::test]
async fn a_session_that_cannot_be_read_is_named_by_its_field() {
    let town = Town::open().await;
    set_course(&town, 0).await;
    let good = session(1);
    let half = prost_types::Timestamp { nanos: 5, ..good.start_time.unwrap() };
    for (bad, at_fault) in [
        (pb::CourseSession { course: "x".to_owned(), ..good.clone() }, "session.course"),
        (pb::CourseSession { start_time: None, ..good.clone() }, "session.start_time"),
        (pb::CourseSession { start_time: Some(half), ..good.clone() }, "session.start_time"),
        (pb::CourseSession { end_time: good.start_time, ..good.clone() }, "session.end_time"),
        (pb::CourseSession { capacity: 0, ..good.clone() }, "session.capacity"),
    ] {
        let request = pb::CreateSessionRequest { session: Some(bad), request_id: town.id() };
        assert_eq!(field(coordinator(&town).create_session(request).await), at_fault);
    }
    let gone = pb::CourseSession { course: "courses/none".to_owned(), ..good };
    let request = pb::CreateSessionRequest { session: Some(gone), request_id: town.id() };
    assert_eq!(refused(coordinator(&town).create_session(request).await).1, "NOT_FOUND");
}

#[tokio::test]
async fn dates_texts_and_names_that_cannot_be_read_are_named() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let mut cora = coordinator(&town);
    let sign = |date: &str| pb::SignConfidentialityRequest {
        person: name("kari"),
        signed_date: date.to_owned(),
        request_id: town.id(),
    };
    for bad in ["", "22.11.2026", "2026-02-30", "1899-12-31", "2200-01-01", "2026-11-22T08:00"] {
        assert_eq!(field(cora.sign_confidentiality(sign(bad)).await), "signed_date", "{bad}");
    }
    assert_eq!(refused(cora.sign_confidentiality(sign("2026-11-23")).await).1, "FUTURE");
    let nobody = pb::GetStandingRequest { person: "people/kari".to_owned() };
    assert_eq!(field(cora.get_standing(nobody).await), "person");
    let concern =
        pb::RaiseConcernRequest { severity: 9, ..raise(&town, "kari", pb::Severity::Talk) };
    assert_eq!(field(cora.raise_concern(concern).await), "severity");
    for text in [String::new(), "x".repeat(4001)] {
        let concern = pb::RaiseConcernRequest { text, ..raise(&town, "kari", pb::Severity::Talk) };
        assert_eq!(field(cora.raise_concern(concern).await), "text");
    }
    let mut entry = hours(&town, "kari", TODAY, 24 * 60 + 1);
    assert_eq!(field(cora.log_hours(entry.clone()).await), "entry.duration");
    entry.entry.as_mut().unwrap().duration = None;
    assert_eq!(field(cora.log_hours(entry).await), "entry.duration");
    let check = pb::RecordCheckRequest {
        person: name("kari"),
        shown_date: TODAY.to_owned(),
        shown_to: "cora".to_owned(),
        request_id: town.id(),
    };
    assert_eq!(field(cora.record_check(check).await), "shown_to");
}

#[tokio::test]
async fn a_span_that_ends_before_it_starts_and_a_batch_of_none_or_too_many_are_named() {
    let town = Town::open().await;
    let mut cora = coordinator(&town);
    let (start_date, end_date) = ("2026-02-01".to_owned(), "2026-01-31".to_owned());
    let sums = pb::SummariseHoursRequest { person: name("kari"), start_date, end_date };
    let batch = |count: usize| pb::BatchCheckEligibilityRequest {
        people: vec![name("kari"); count],
        role: "roles/visitor".to_owned(),
        date: String::new(),
    };

    assert_eq!(field(cora.summarise_hours(sums).await), "end_date");
    assert_eq!(field(cora.batch_check_eligibility(batch(0)).await), "people");
    assert_eq!(field(cora.batch_check_eligibility(batch(1001)).await), "people");
    let bad = pb::BatchCheckEligibilityRequest { people: vec!["x".to_owned()], ..batch(1) };
    assert_eq!(field(cora.batch_check_eligibility(bad).await), "people[0]");
    assert_eq!(refused(cora.batch_check_eligibility(batch(1)).await).1, "NOT_FOUND");
}

#[tokio::test]
async fn a_certificate_comes_from_a_session_or_by_hand_and_not_from_both() {
    let town = Town::open().await;
    let both = pb::IssueCertificateRequest {
        person: name("kari"),
        session: format!("sessions/{}", uuid::Uuid::nil()),
        course: "courses/first-aid".to_owned(),
        request_id: town.id(),
        ..Default::default()
    };
    let neither = pb::IssueCertificateRequest {
        person: name("kari"),
        request_id: town.id(),
        ..Default::default()
    };

    assert_eq!(field(coordinator(&town).issue_certificate(both).await), "course");
    assert_eq!(field(coordinator(&town).issue_certificate(neither).await), "course");
}
