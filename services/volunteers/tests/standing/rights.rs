//! Invariant 7: who may call what. Each call once by somebody who may not.

use dugnad_door::Role;
use dugnad_proto::volunteers::v1 as pb;
use tonic::{Code, Status};

use crate::{
    asking::*,
    town::{Town, name, refused},
};

fn denied<T: std::fmt::Debug>(outcome: Result<T, Status>) {
    assert_eq!(refused(outcome), (Code::PermissionDenied, "NOT_YOURS".to_owned()));
}

#[tokio::test]
async fn what_is_for_coordinators_is_refused_to_staff_services_and_persons() {
    let town = Town::open().await;
    for role in [Role::Person, Role::Staff, Role::Service] {
        let mut who = client(&town, "stian", role);

        denied(who.set_role(pb::SetRoleRequest::default()).await);
        denied(who.record_check(pb::RecordCheckRequest::default()).await);
        denied(who.withdraw_check(pb::WithdrawCheckRequest::default()).await);
        denied(who.set_course(pb::SetCourseRequest::default()).await);
        denied(who.create_session(pb::CreateSessionRequest::default()).await);
        denied(who.update_session(pb::UpdateSessionRequest::default()).await);
        denied(who.record_attendance(pb::RecordAttendanceRequest::default()).await);
        denied(who.issue_certificate(pb::IssueCertificateRequest::default()).await);
        denied(who.revoke_certificate(pb::RevokeCertificateRequest::default()).await);
        denied(who.plan_follow_up(pb::PlanFollowUpRequest::default()).await);
        denied(who.hold_follow_up(pb::HoldFollowUpRequest::default()).await);
        denied(who.list_follow_ups(pb::ListFollowUpsRequest::default()).await);
        denied(who.set_escalation(pb::SetEscalationRequest::default()).await);
        denied(who.take_concern(pb::TakeConcernRequest::default()).await);
        denied(who.escalate_concern(pb::EscalateConcernRequest::default()).await);
        denied(who.close_concern(pb::CloseConcernRequest::default()).await);
    }
}

#[tokio::test]
async fn what_is_the_volunteers_own_is_refused_to_other_persons_and_to_staff() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let (session, person) = (format!("sessions/{}", uuid::Uuid::nil()), name("kari"));
    let day = TODAY.to_owned();
    for role in [Role::Person, Role::Staff] {
        let mut who = client(&town, "ola", role);
        let person = || person.clone();

        denied(who.get_standing(pb::GetStandingRequest { person: person() }).await);
        denied(who.join_session(join(&town, &session, "kari")).await);
        denied(who.log_hours(hours(&town, "kari", TODAY, 60)).await);
        let strike = pb::StrikeHoursRequest { person: person(), ..Default::default() };
        denied(who.strike_hours(strike).await);
        let list = pb::ListHoursRequest { person: person(), ..Default::default() };
        denied(who.list_hours(list).await);
        let (start_date, end_date) = (day.clone(), day.clone());
        let sums = pb::SummariseHoursRequest { person: person(), start_date, end_date };
        denied(who.summarise_hours(sums).await);
        let request_id = town.id();
        let attest = pb::CreateAttestRequest { person: person(), request_id, ..Default::default() };
        denied(who.create_attest(attest).await);
        let sign = pb::SignConfidentialityRequest { person: person(), ..Default::default() };
        denied(who.sign_confidentiality(sign).await);
        denied(who.accept_card(accept(&town, "kari", 1, pb::CardParty::Volunteer)).await);
    }
}

#[tokio::test]
async fn nobody_accepts_a_card_for_the_other_side() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    set_role(&town, "gå tur", pb::Requirements::default()).await;
    let card = |party| accept(&town, "kari", 1, party);

    denied(own(&town, "kari").accept_card(card(pb::CardParty::Supervisor)).await);
    denied(coordinator(&town).accept_card(card(pb::CardParty::Volunteer)).await);
    denied(client(&town, "m", Role::Service).accept_card(card(pb::CardParty::Supervisor)).await);
    let mut as_both = client(&town, "kari", Role::Coordinator);
    let outcome = as_both.accept_card(card(pb::CardParty::Supervisor)).await;
    assert_eq!(refused(outcome).1, "FOR_THEMSELVES");
    client(&town, "stian", Role::Staff).accept_card(card(pb::CardParty::Supervisor)).await.unwrap();
}

#[tokio::test]
async fn a_person_asks_only_whether_they_themselves_are_eligible() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    set_role(&town, "gå tur", pb::Requirements::default()).await;
    let (role, date) = ("roles/visitor".to_owned(), String::new());
    let (person, people) = (name("kari"), vec![name("kari")]);
    let one = pb::CheckEligibilityRequest { person, role: role.clone(), date: date.clone() };
    let many = pb::BatchCheckEligibilityRequest { people, role, date };

    denied(own(&town, "ola").check_eligibility(one.clone()).await);
    denied(own(&town, "kari").batch_check_eligibility(many).await);
    for (who, role) in [
        ("kari", Role::Person),
        ("stian", Role::Staff),
        ("m", Role::Service),
        ("c", Role::Coordinator),
    ] {
        client(&town, who, role).check_eligibility(one.clone()).await.unwrap();
    }
}
