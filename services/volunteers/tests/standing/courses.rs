//! Roles, cards, checks and courses, up to being eligible.

use dugnad_door::Role;
use dugnad_proto::volunteers::v1 as pb;
use tonic::Code;

use crate::{
    asking::*,
    town::{Town, name, refused},
};

#[tokio::test]
async fn a_volunteer_who_has_shown_learnt_signed_and_accepted_everything_is_eligible() {
    let town = Town::open().await;
    let mut cora = coordinator(&town);
    town.volunteer("kari").await;
    set_course(&town, 12).await;
    let requirements = pb::Requirements {
        check: Some(pb::CheckRule { months: 36 }),
        courses: vec!["courses/first-aid".to_owned()],
        min_age: 0,
        confidentiality: true,
        card: true,
    };
    set_role(&town, "gå tur", requirements).await;
    let session = create_session(&town, 10).await.name;
    let mut kari = own(&town, "kari");
    assert_eq!(
        lacking(&mut kari, "kari", TODAY).await,
        ["CHECK", "COURSE", "CONFIDENTIALITY", "CARD"]
    );

    let (person, request_id) = (name("kari"), town.id());
    let shown_date = TODAY.to_owned();
    let check = pb::RecordCheckRequest { person, shown_date, request_id, ..Default::default() };
    cora.record_check(check).await.unwrap();
    let (person, signed_date) = (name("kari"), TODAY.to_owned());
    let sign = pb::SignConfidentialityRequest { person, signed_date, request_id: town.id() };
    kari.sign_confidentiality(sign).await.unwrap();
    kari.accept_card(accept(&town, "kari", 1, pb::CardParty::Volunteer)).await.unwrap();
    cora.accept_card(accept(&town, "kari", 1, pb::CardParty::Supervisor)).await.unwrap();
    kari.join_session(join(&town, &session, "kari")).await.unwrap();
    town.it_is("2026-12-01T20:00");
    let attended = pb::RecordAttendanceRequest {
        session: session.clone(),
        person: name("kari"),
        came: true,
        request_id: town.id(),
    };
    cora.record_attendance(attended).await.unwrap();
    let issue = pb::IssueCertificateRequest {
        person: name("kari"),
        session: session.clone(),
        request_id: town.id(),
        ..Default::default()
    };
    let issued = cora.issue_certificate(issue).await.unwrap().into_inner().certificate.unwrap();

    let dates = (issued.start_date.as_str(), issued.end_date.as_str());
    assert_eq!(dates, ("2026-12-01", "2027-12-01"));
    assert_eq!(lacking(&mut kari, "kari", "").await, [""; 0], "no date is today");
    assert_eq!(lacking(&mut kari, "kari", "2027-12-02").await, ["COURSE"]);
    let standing = kari.get_standing(pb::GetStandingRequest { person: name("kari") }).await;
    let standing = standing.unwrap().into_inner().standing.unwrap();
    assert_eq!(standing.check.unwrap().shown_date, TODAY);
    assert_eq!(standing.confidentiality_date, TODAY);
    assert_eq!(standing.certificates, [issued]);
    assert_eq!(standing.cards[0].supervisor, 1);
    assert_eq!(standing.places, [pb::standing::Place { session, came: Some(true) }]);
}

#[tokio::test]
async fn a_changed_card_has_to_be_accepted_again_and_says_which_it_is_now() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let asks = || pb::Requirements { card: true, ..Default::default() };
    set_role(&town, "gå tur", asks()).await;
    let changed = set_role(&town, "gå tur og handle", asks()).await;
    let mut kari = own(&town, "kari");

    let outcome = kari.accept_card(accept(&town, "kari", 1, pb::CardParty::Volunteer)).await;

    assert_eq!(changed.version, 2);
    let status = outcome.unwrap_err();
    let info = tonic_types::StatusExt::get_details_error_info(&status).unwrap();
    assert_eq!((status.code(), info.reason.as_str()), (Code::Aborted, "STALE"));
    assert_eq!(info.metadata["etag"], "2");
    kari.accept_card(accept(&town, "kari", 2, pb::CardParty::Volunteer)).await.unwrap();
    let read = kari.get_role(pb::GetRoleRequest { name: changed.name.clone() }).await.unwrap();
    assert_eq!(read.into_inner().role, Some(changed));
}

#[tokio::test]
async fn the_last_place_goes_to_one_of_two_and_a_repeated_join_is_the_same_join() {
    let town = Town::open().await;
    for who in ["kari", "ola"] {
        town.volunteer(who).await;
    }
    set_course(&town, 0).await;
    let session = create_session(&town, 1).await.name;
    let (mut kari, mut ola) = (own(&town, "kari"), own(&town, "ola"));
    let (first, second) = (join(&town, &session, "kari"), join(&town, &session, "ola"));

    let (a, b) = tokio::join!(kari.join_session(first.clone()), ola.join_session(second));

    let (a, b) = (a.map(drop), b.map(drop));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    let lost = if a.is_ok() { b } else { a.clone() };
    assert_eq!(refused(lost), (Code::FailedPrecondition, "FULL".to_owned()));
    assert_eq!(kari.join_session(first).await.is_ok(), a.is_ok());
    let list = |role| {
        let mut client = client(&town, "someone", role);
        async move {
            let request = pb::ListSessionsRequest::default();
            client.list_sessions(request).await.unwrap().into_inner().sessions.remove(0)
        }
    };
    let (seen, office) = (list(Role::Person).await, list(Role::Coordinator).await);
    assert_eq!((seen.joined, seen.people.len()), (1, 0), "who is there is for coordinators");
    assert_eq!(office.people.len(), 1);
}

#[tokio::test]
async fn who_rests_or_was_not_taken_in_is_not_eligible_and_a_batch_tells_of_each() {
    let town = Town::open().await;
    town.applicant("pia").await;
    for who in ["kari", "ola"] {
        town.volunteer(who).await;
    }
    set_role(&town, "gå tur", pb::Requirements::default()).await;
    let pause = pb::Pause { from: "2026-12-01".to_owned(), ..Default::default() };
    let (person, pause) = (name("kari"), Some(pause));
    let rest = pb::SetPauseRequest { person, pause, request_id: town.id() };
    town.themselves("kari").set_pause(rest).await.unwrap();
    let people = ["ola", "pia", "kari", "stranger"].map(name).to_vec();
    let (role, date) = ("roles/visitor".to_owned(), "2026-12-24".to_owned());
    let request = pb::BatchCheckEligibilityRequest { people: people.clone(), role, date };

    let answer = client(&town, "matching", Role::Service).batch_check_eligibility(request).await;

    let answer = answer.unwrap().into_inner().eligibilities;
    let said: Vec<_> = answer
        .iter()
        .map(|it| (it.person.clone(), it.lacking.first().map(|it| it.reason.as_str())))
        .collect();
    let reasons = [None, Some("NOT_ADMITTED"), Some("PAUSED"), Some("UNKNOWN")];
    assert_eq!(said, people.into_iter().zip(reasons).collect::<Vec<_>>());
    assert_eq!(lacking(&mut own(&town, "kari"), "kari", TODAY).await, [""; 0]);
}

#[tokio::test]
async fn roles_and_courses_are_listed_page_by_page() {
    let town = Town::open().await;
    for n in 0..5 {
        let role = pb::Role { name: format!("roles/r{n}"), ..role("x", Default::default()) };
        let request = pb::SetRoleRequest { role: Some(role), request_id: town.id() };
        coordinator(&town).set_role(request).await.unwrap();
    }
    let mut anybody = own(&town, "anybody");
    let mut request = pb::ListRolesRequest { page_size: 2, ..Default::default() };
    let mut pages = Vec::new();
    loop {
        let page = anybody.list_roles(request.clone()).await.unwrap().into_inner();
        pages.push(page.roles.into_iter().map(|role| role.name).collect::<Vec<_>>());
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }

    assert_eq!(
        pages,
        [vec!["roles/r0", "roles/r1"], vec!["roles/r2", "roles/r3"], vec!["roles/r4"]]
    );
    set_course(&town, 0).await;
    let courses = anybody.list_courses(pb::ListCoursesRequest::default()).await.unwrap();
    assert_eq!(courses.into_inner().courses[0].nb, "Førstehjelp");
}
