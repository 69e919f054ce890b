//! What is refused of courses and concerns, through the door, whatever else is right.

use dugnad_proto::volunteers::v1 as pb;
use tonic::Code;

use crate::{
    asking::*,
    town::{Town, name, refused},
};

fn came(town: &Town, session: &str, who: &str, came: bool) -> pb::RecordAttendanceRequest {
    let (session, person, request_id) = (session.to_owned(), name(who), town.id());
    pb::RecordAttendanceRequest { session, person, came, request_id }
}

fn no(rule: &str) -> (Code, String) {
    (Code::FailedPrecondition, rule.to_owned())
}

#[tokio::test]
async fn a_course_takes_nobody_in_after_it_began_and_certifies_only_who_joined_and_came() {
    let town = Town::open().await;
    for who in ["kari", "ola", "per"] {
        town.volunteer(who).await;
    }
    set_course(&town, 12).await;
    let session = create_session(&town, 10).await.name;
    let mut cora = coordinator(&town);
    own(&town, "kari").join_session(join(&town, &session, "kari")).await.unwrap();

    let early = cora.record_attendance(came(&town, &session, "kari", true)).await;
    assert_eq!(refused(early), no("NOT_BEGUN"));
    town.it_is("2026-12-01T20:00");
    let late = own(&town, "ola").join_session(join(&town, &session, "ola")).await;
    assert_eq!(refused(late), no("BEGUN"));
    let stranger = cora.record_attendance(came(&town, &session, "per", true)).await;
    assert_eq!(refused(stranger), no("NOT_JOINED"));
    cora.record_attendance(came(&town, &session, "kari", false)).await.unwrap();
    let issue = || pb::IssueCertificateRequest {
        person: name("kari"),
        session: session.clone(),
        request_id: town.id(),
        ..Default::default()
    };
    assert_eq!(refused(cora.issue_certificate(issue()).await), no("NOT_ATTENDED"));

    cora.record_attendance(came(&town, &session, "kari", true)).await.unwrap();
    cora.issue_certificate(issue()).await.unwrap();
}

#[tokio::test]
async fn a_concern_climbs_no_higher_than_the_top_and_a_closed_one_not_at_all() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let raised = own(&town, "ola").raise_concern(raise(&town, "kari", pb::Severity::Harm)).await;
    let raised = raised.unwrap().into_inner().concern.unwrap();
    let mut cora = coordinator(&town);
    let on = || pb::EscalateConcernRequest { name: raised.name.clone(), request_id: town.id() };

    let mut level = raised.level;
    let highest = loop {
        match cora.escalate_concern(on()).await {
            Ok(sent) => level = sent.into_inner().level,
            highest => break highest,
        }
        assert!(level < 100, "there is no top");
    };
    assert_eq!(refused(highest), no("HIGHEST"));
    assert_eq!(level, 3);

    let close = pb::CloseConcernRequest { name: raised.name.clone(), request_id: town.id() };
    cora.close_concern(close).await.unwrap();
    assert_eq!(refused(cora.escalate_concern(on()).await), no("CLOSED"));
}

#[tokio::test]
async fn there_can_be_so_many_roles_and_no_more() {
    let town = Town::open().await;
    let mut cora = coordinator(&town);
    let set = |n: usize| {
        let role = pb::Role { name: format!("roles/r{n}"), ..role("x", Default::default()) };
        pb::SetRoleRequest { role: Some(role), request_id: town.id() }
    };
    let mut made = 0;

    let full = loop {
        match cora.set_role(set(made)).await {
            Ok(_) => made += 1,
            full => break full,
        }
        assert!(made < 10_000, "there is no limit");
    };

    let status = full.unwrap_err();
    assert_eq!(status.message(), format!("there can be {made} roles at most"));
    assert_eq!(refused::<()>(Err(status)), no("TOO_MANY"));
}
