//! Concerns through the door: who sees them, and the clock.

use dugnad_door::Role;
use dugnad_proto::volunteers::v1 as pb;

use crate::{
    asking::*,
    town::{Town, name, refused},
};

/// How long the timer may take.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(20);

async fn list(client: &mut Client) -> Vec<pb::Concern> {
    let request = pb::ListConcernsRequest { show_closed: true, ..Default::default() };
    client.list_concerns(request).await.unwrap().into_inner().concerns
}

/// Asks again until it is so: the ledger's timer runs beside.
async fn level(town: &Town, level: i32) -> pb::Concern {
    let seen = async {
        loop {
            let concern = list(&mut coordinator(town)).await.remove(0);
            if concern.level == level {
                break concern;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, seen).await.expect("it climbs")
}

#[tokio::test]
async fn who_raised_a_concern_and_coordinators_read_it_and_nobody_else_not_even_whom_it_is_about() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let mut ola = own(&town, "ola");
    let request = raise(&town, "kari", pb::Severity::Harm);
    let raised = ola.raise_concern(request.clone()).await.unwrap().into_inner().concern.unwrap();

    assert_eq!(raised.text, request.text);
    assert_eq!(list(&mut ola).await, std::slice::from_ref(&raised));
    assert_eq!(list(&mut coordinator(&town)).await, std::slice::from_ref(&raised));
    assert_eq!(list(&mut own(&town, "kari")).await, []);
    for role in [Role::Staff, Role::Service] {
        assert_eq!(list(&mut client(&town, "stian", role)).await, []);
    }
    let again = ola.raise_concern(request).await.unwrap().into_inner().concern.unwrap();
    assert_eq!(again, raised, "repeated");
}

#[tokio::test]
async fn a_concern_climbs_when_the_clock_jumps_and_stops_when_somebody_takes_it() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let raised = own(&town, "ola").raise_concern(raise(&town, "kari", pb::Severity::Urgent)).await;
    let name = raised.unwrap().into_inner().concern.unwrap().name;

    town.it_is("2026-11-22T10:30");
    let climbed = level(&town, 2).await;
    assert_eq!(climbed.climb_time.unwrap().seconds, 1_795_341_600, "11:00, three hours after");
    let take = pb::TakeConcernRequest { name: name.clone(), request_id: town.id() };
    coordinator(&town).take_concern(take).await.unwrap();
    town.it_is("2026-12-24T18:00");

    let taken = level(&town, 2).await;
    assert_eq!((taken.state(), taken.climb_time), (pb::ConcernState::Taken, None));
    let other = pb::TakeConcernRequest { name: name.clone(), request_id: town.id() };
    let outcome = client(&town, "other", Role::Coordinator).take_concern(other).await;
    assert_eq!(refused(outcome).1, "TAKEN_BY");
    let sent_on = pb::EscalateConcernRequest { name: name.clone(), request_id: town.id() };
    let sent_on = coordinator(&town).escalate_concern(sent_on).await.unwrap().into_inner();
    assert_eq!((sent_on.level, sent_on.climb_time), (3, None));
    let close = pb::CloseConcernRequest { name, request_id: town.id() };
    coordinator(&town).close_concern(close).await.unwrap();
    assert_eq!(level(&town, 3).await.state(), pb::ConcernState::Closed);
    assert_eq!(list(&mut own(&town, "ola")).await[0].closed_by, "", "that is for coordinators");
}

#[tokio::test]
async fn how_long_a_concern_waits_can_be_set_and_read() {
    let town = Town::open().await;
    let mut cora = coordinator(&town);
    let minutes = |n: i64| Some(prost_types::Duration { seconds: n * 60, nanos: 0 });
    let usual = cora.get_escalation(pb::GetEscalationRequest {}).await.unwrap().into_inner();
    let days = |n: i64| minutes(n * 24 * 60);
    let (talk, harm, urgent) = (days(7), days(1), minutes(60));
    assert_eq!(usual.escalation, Some(pb::Escalation { talk, harm, urgent }));

    let escalation = Some(pb::Escalation { talk, harm, urgent: minutes(15) });
    let request = pb::SetEscalationRequest { escalation, request_id: town.id() };
    cora.set_escalation(request).await.unwrap();

    let now = cora.get_escalation(pb::GetEscalationRequest {}).await.unwrap().into_inner();
    assert_eq!(now.escalation, escalation);
}

#[tokio::test]
async fn nobody_is_worried_about_a_stranger_or_somebody_erased() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let mut ola = own(&town, "ola");
    ola.raise_concern(raise(&town, "kari", pb::Severity::Talk)).await.unwrap();
    let erase = pb::ErasePersonRequest { person: name("kari"), request_id: town.id() };
    town.coordinator().erase_person(erase).await.unwrap();

    let stranger = ola.raise_concern(raise(&town, "stranger", pb::Severity::Talk)).await;
    let erased = ola.raise_concern(raise(&town, "kari", pb::Severity::Talk)).await;

    assert_eq!(refused(stranger).1, "NOT_FOUND");
    assert_eq!(refused(erased).1, "PERSON_ERASED");
    assert_eq!(list(&mut coordinator(&town)).await, [], "what was about her is gone");
}
