//! What this door's tests ask again and again.

use dugnad_door::Role;
use dugnad_proto::volunteers::v1::{self as pb, standing_service_client::StandingServiceClient};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use crate::town::{Town, Who, name, person};

pub(crate) type Client = StandingServiceClient<InterceptedService<Channel, Who>>;

/// The morning of this day.
pub(crate) const TODAY: &str = "2026-11-22";

pub(crate) fn client(town: &Town, who: &str, role: Role) -> Client {
    StandingServiceClient::with_interceptor(town.channel.clone(), Who(person(who), role))
}

pub(crate) fn coordinator(town: &Town) -> Client {
    client(town, "cora", Role::Coordinator)
}

/// For themselves.
pub(crate) fn own(town: &Town, who: &str) -> Client {
    client(town, who, Role::Person)
}

pub(crate) fn role(may: &str, requirements: pb::Requirements) -> pb::Role {
    let card = pb::RoleCard {
        nb: "Besøksvenn".to_owned(),
        en: "Visiting friend".to_owned(),
        may: vec![may.to_owned()],
        may_not: vec!["gi medisiner".to_owned()],
        supervisor: "frivilligkoordinator".to_owned(),
    };
    let (requirements, card) = (Some(requirements), Some(card));
    pb::Role { name: "roles/visitor".to_owned(), version: 0, requirements, card }
}

pub(crate) async fn set_role(town: &Town, may: &str, requirements: pb::Requirements) -> pb::Role {
    let role = Some(role(may, requirements));
    let request = pb::SetRoleRequest { role, request_id: town.id() };
    coordinator(town).set_role(request).await.unwrap().into_inner().role.unwrap()
}

pub(crate) async fn set_course(town: &Town, months: i32) -> pb::Course {
    let (nb, en) = ("Førstehjelp".to_owned(), "First aid".to_owned());
    let course = Some(pb::Course { name: "courses/first-aid".to_owned(), nb, en, months });
    let request = pb::SetCourseRequest { course, request_id: town.id() };
    coordinator(town).set_course(request).await.unwrap().into_inner().course.unwrap()
}

/// On 1 December 2026, from 18 to 20 o'clock.
pub(crate) fn session(capacity: i32) -> pb::CourseSession {
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    pb::CourseSession {
        course: "courses/first-aid".to_owned(),
        start_time: at(1_796_144_400),
        end_time: at(1_796_151_600),
        capacity,
        ..Default::default()
    }
}

pub(crate) async fn create_session(town: &Town, capacity: i32) -> pb::CourseSession {
    let request =
        pb::CreateSessionRequest { session: Some(session(capacity)), request_id: town.id() };
    coordinator(town).create_session(request).await.unwrap().into_inner().session.unwrap()
}

pub(crate) fn join(town: &Town, session: &str, who: &str) -> pb::JoinSessionRequest {
    let (session, person) = (session.to_owned(), name(who));
    pb::JoinSessionRequest { session, person, leave: false, request_id: town.id() }
}

pub(crate) fn accept(
    town: &Town,
    who: &str,
    version: i32,
    party: pb::CardParty,
) -> pb::AcceptCardRequest {
    let (person, role) = (name(who), "roles/visitor".to_owned());
    pb::AcceptCardRequest { person, role, version, party: party.into(), request_id: town.id() }
}

pub(crate) fn hours(town: &Town, who: &str, date: &str, minutes: i64) -> pb::LogHoursRequest {
    let entry = pb::HoursEntry {
        date: date.to_owned(),
        duration: Some(prost_types::Duration { seconds: minutes * 60, nanos: 0 }),
        role: "roles/visitor".to_owned(),
        ..Default::default()
    };
    pb::LogHoursRequest { person: name(who), entry: Some(entry), request_id: town.id() }
}

pub(crate) fn raise(town: &Town, about: &str, severity: pb::Severity) -> pb::RaiseConcernRequest {
    let (person, text) = (name(about), "Hun virker redd.".to_owned());
    pb::RaiseConcernRequest { person, severity: severity.into(), text, request_id: town.id() }
}

pub(crate) async fn lacking(client: &mut Client, who: &str, date: &str) -> Vec<String> {
    let (person, role) = (name(who), "roles/visitor".to_owned());
    let request = pb::CheckEligibilityRequest { person, role, date: date.to_owned() };
    let answer = client.check_eligibility(request).await.unwrap().into_inner();
    let eligibility = answer.eligibility.unwrap();
    assert_eq!(eligibility.eligible, eligibility.lacking.is_empty());
    eligibility.lacking.into_iter().map(|it| it.reason).collect()
}
