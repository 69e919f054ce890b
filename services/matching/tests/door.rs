//! Matching's door in one process: real gRPC over TCP, a real journal file, a real key store, and a
//! register of people that it follows.
//!
//! Here is what only this service knows: who sees what, first answers, races for one place and one
//! person, what is heard late. What crosses processes lies in the scenarios.

#![allow(clippy::unwrap_used)] // in the helpers; a test fails by panicking

#[path = "door/fields.rs"]
mod fields;
#[path = "door/refusals.rs"]
mod refusals;
#[path = "door/rules.rs"]
mod rules;
#[path = "door/sight.rs"]
mod sight;
#[path = "door/town.rs"]
mod town;

use dugnad_door::Role;
use dugnad_events::volunteers::{CheckRule, Erasure, Event as Told, Requirements};
use dugnad_proto::matching::v1 as pb;
use tonic::Code;
use town::{Town, hours, person, reason};
use uuid::Uuid;

fn kind(at_a_time: i32) -> pb::Kind {
    pb::Kind { code: "visit".to_owned(), at_a_time, ..Default::default() }
}

#[tokio::test]
async fn from_a_need_to_a_confirmed_volunteer() {
    let town = Town::open().await;
    town.kind(kind(2)).await;
    for name in ["anna", "kari", "berit"] {
        town.volunteer(name).await;
    }

    let (need, offers) = town.asked(town.visit(50), 2).await;
    let asked = offers[0].to.clone();
    let name = ["anna", "kari", "berit"].into_iter().find(|it| person(it).to_string() == asked);
    let mut asked = town.themselves(name.unwrap());
    let made = asked.accept_offer(town.accept(&offers[0])).await.unwrap().into_inner();

    let mut cora = town.coordinator();
    let shown = town.get(&mut cora, &need).await.unwrap();
    assert_eq!(shown.state(), pb::NeedState::Filled);
    let tally = shown.tally.unwrap();
    assert_eq!((tally.asked, tally.yes, tally.withdrawn, tally.open), (2, 1, 1, 0));
    let mine = asked.list_assignments(pb::ListAssignmentsRequest::default()).await.unwrap();
    let mine = mine.into_inner().assignments;
    assert_eq!((mine[0].name.as_str(), mine[0].need.as_str()), (&*made.assignment, &*need));
    assert_eq!(mine[0].windows, [hours(50, 2)]);
}

#[tokio::test]
async fn a_repeated_request_gets_its_first_answer() {
    let town = Town::open().await;
    town.kind(kind(1)).await;
    town.volunteer("anna").await;
    let mut cora = town.coordinator();
    let need = pb::Need { text: "Ring på hos naboen".to_owned(), ..town.visit(50) };
    let post = pb::PostNeedRequest { need: Some(need), request_id: town.id() };
    let first = cora.post_need(post.clone()).await.unwrap().into_inner();
    let name = first.need.clone().unwrap().name;
    let assign = town.assign(&name, "anna");
    let made = cora.assign(assign.clone()).await.unwrap().into_inner();
    let cancel = pb::CancelAssignmentRequest {
        name: made.assignment.clone(),
        request_id: town.id(),
        ..Default::default()
    };
    let late = cora.cancel_assignment(cancel.clone()).await.unwrap().into_inner();

    assert_eq!(cora.post_need(post).await.unwrap().into_inner(), first);
    assert_eq!(cora.assign(assign).await.unwrap().into_inner(), made);
    assert_eq!(cora.cancel_assignment(cancel).await.unwrap().into_inner(), late);
    let all = pb::ListAssignmentsRequest { need: name, show_ended: true, ..Default::default() };
    let all = cora.list_assignments(all).await.unwrap().into_inner().assignments;
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].state(), &*all[0].reason), (pb::AssignmentState::Cancelled, "none-given"));
}

#[tokio::test]
async fn of_many_who_accept_the_last_place_at_once_one_comes_and_the_others_wait() {
    let town = Town::open().await;
    town.kind(kind(8)).await;
    let names: Vec<_> = (0..8).map(|n| format!("p{n}")).collect();
    for name in &names {
        town.volunteer(name).await;
    }
    let (need, offers) = town.asked(town.visit(50), 8).await;

    let answers = offers.iter().map(|offer| {
        let who = names.iter().find(|name| person(name).to_string() == offer.to).unwrap();
        let (mut client, request) = (town.themselves(who), town.accept(offer));
        async move { client.accept_offer(request).await.unwrap().into_inner().assignment }
    });
    let answers = futures::future::join_all(answers).await;

    assert_eq!(answers.iter().filter(|made| !made.is_empty()).count(), 1, "{answers:?}");
    let shown = town.get(&mut town.coordinator(), &need).await.unwrap();
    assert_eq!((shown.slots[0].filled, shown.slots[0].waiting), (1, 7));
}

#[tokio::test]
async fn of_one_persons_two_overlapping_yeses_in_the_same_moment_exactly_one_holds() {
    let town = Town::open().await;
    town.volunteer("anna").await;
    let open = pb::Kind { open: true, ..kind(1) };
    town.kind(open).await;
    for round in 0..10 {
        let mut cora = town.coordinator();
        let one = town.post(&mut cora, town.visit(50 + round * 10)).await.name;
        let other = town.post(&mut cora, town.visit(51 + round * 10)).await.name;
        let take = |need: &String| {
            let (need, request_id) = (need.clone(), town.id());
            let mut anna = town.themselves("anna");
            async move { anna.take_place(pb::TakePlaceRequest { need, slot: 0, request_id }).await }
        };

        let (first, second) = tokio::join!(take(&one), take(&other));

        let refused = match (first, second) {
            (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
            both => panic!("{both:?}"),
        };
        assert_eq!((refused.code(), &*reason(&refused)), (Code::FailedPrecondition, "BUSY"));
    }
}

#[tokio::test]
async fn whoever_answers_too_late_is_refused_and_the_next_is_asked_by_itself() {
    let town = Town::open().await;
    town.kind(kind(1)).await;
    town.volunteer("anna").await;
    let (need, offers) = town.asked(town.visit(80), 1).await;
    town.volunteer("kari").await;

    town.later(24);
    let late = town.themselves("anna").accept_offer(town.accept(&offers[0])).await.unwrap_err();
    let next = town.open_offers(&need, 1).await;

    assert!(["EXPIRED", "NOT_OFFERED"].contains(&&*reason(&late)), "{late:?}");
    assert_eq!(next[0].to, person("kari").to_string());
    let shown = town.get(&mut town.coordinator(), &need).await.unwrap();
    assert_eq!(shown.tally.unwrap().not_answered, 1);
}

#[tokio::test]
async fn what_is_heard_after_matching_was_away_withdraws_and_alarms_before_anybody_is_asked() {
    let mut town = Town::open().await;
    let role = "visitor".to_owned();
    town.kind(pb::Kind { role, ..kind(1) }).await;
    let (card, check) = (Default::default(), Some(CheckRule { months: None }));
    let requirements = Requirements { check, ..Default::default() };
    let role = "visitor".parse().unwrap();
    town.says(vec![Told::RoleSet { role, version: 1, requirements, card }]).await;
    let on = "2026-11-01".parse().unwrap();
    for name in ["anna", "kari"] {
        let person = town.volunteer(name).await;
        town.says(vec![Told::CheckShown { person, on, to: Uuid::nil() }]).await;
    }
    let need = town.post(&mut town.coordinator(), town.visit(50)).await.name;
    town.coordinator().assign(town.assign(&need, "anna")).await.unwrap();

    let gone = ["anna", "kari"].map(|name| Told::CheckWithdrawn { person: person(name) });
    town.says_while_matching_is_down(gone.to_vec()).await;
    town.until(|state| {
        state.alarms.len() == 1 && state.people.iter().all(|(_, it)| it.standing.check.is_none())
    })
    .await;

    let mut cora = town.coordinator();
    let shown = town.get(&mut cora, &need).await.unwrap();
    assert_eq!((shown.slots[0].filled, shown.asking), (0, true));
    let alarms = cora.list_alarms(pb::ListAlarmsRequest::default()).await.unwrap().into_inner();
    assert_eq!((alarms.alarms.len(), &*alarms.alarms[0].reason), (1, "CHECK"));
    assert_eq!(alarms.alarms[0].needs, std::slice::from_ref(&need));
    assert_eq!(alarms.alarms[0].day, "2026-11-25");
    let all = pb::ListOffersRequest { need, ..Default::default() };
    let offers = cora.list_offers(all).await.unwrap().into_inner().offers;
    let open = offers.iter().filter(|offer| offer.state() == pb::OfferState::Open);
    assert_eq!(open.count(), 0, "kari has no check either");
}

#[tokio::test]
async fn candidates_are_ranked_with_reasons_and_those_left_out_with_the_rule() {
    let town = Town::open().await;
    for name in ["anna", "kari"] {
        town.volunteer(name).await;
    }
    town.says(vec![Told::PersonLeft { person: person("kari"), on: "2026-11-23".parse().unwrap() }])
        .await;
    let want = pb::Want { interests: vec!["chess".to_owned()], ..Default::default() };
    let question = pb::Need { want: Some(want), ..town.visit(50) };
    let people = vec![person("kari").to_string(), person("nobody").to_string()];
    let request = pb::FindCandidatesRequest {
        question: Some(question),
        people,
        misses: 5,
        ..Default::default()
    };

    let found = town.coordinator().find_candidates(request).await.unwrap().into_inner();

    let [anna] = &found.candidates[..] else { panic!("{found:?}") };
    assert_eq!((&*anna.person, anna.score), (&*person("anna").to_string(), 10));
    assert!(anna.reasons.iter().any(|it| it.text == "shares an interest in chess"));
    let rules: Vec<_> = found.people.iter().map(|it| it.exclusions[0].rule.as_str()).collect();
    assert_eq!(rules, ["LEFT", "UNKNOWN_PERSON"]);
    assert_eq!(found.people[0].exclusions[0].text, "stopped on 2026-11-23");
}

#[tokio::test]
async fn a_lasting_pairing_is_taken_as_a_whole_in_local_time_across_the_change_of_the_clock() {
    let town = Town::open().await;
    town.volunteer("anna").await;
    let lasting = pb::Lasting {
        first_start: "2027-03-20T18:00".to_owned(),
        duration: Some(prost_types::Duration { seconds: 7200, nanos: 0 }),
        rrule: "FREQ=WEEKLY;COUNT=3".to_owned(),
        exdates: vec!["2027-03-27T18:00".to_owned()],
    };
    let need = pb::Need { times: Vec::new(), lasting: Some(lasting), ..town.visit(0) };
    let mut cora = town.coordinator();

    let posted = town.post(&mut cora, need).await;
    cora.assign(town.assign(&posted.name, "anna")).await.unwrap();

    let starts: Vec<_> =
        posted.slots[0].windows.iter().map(|it| it.start.unwrap().seconds).collect();
    assert_eq!(starts.len(), 2);
    assert_eq!(starts[1] - starts[0], 14 * 24 * 3600 - 3600, "an hour less by the sun");
    let shown = town.get(&mut cora, &posted.name).await.unwrap();
    assert_eq!(shown.state(), pb::NeedState::Filled);
}

#[tokio::test]
async fn all_that_is_held_of_a_person_is_given_to_them_and_nothing_after_they_were_erased() {
    let town = Town::open().await;
    town.kind(kind(1)).await;
    let anna = town.volunteer("anna").await;
    let olga = person("olga");
    let need = pb::Need { text: "Sjakk på tirsdag".to_owned(), ..town.visit(50) };
    let posted = town.post(&mut town.themselves("olga"), need).await;
    town.coordinator().assign(town.assign(&posted.name, "anna")).await.unwrap();
    let held = |who| dugnad_matching::held(&town.ledger, &town.vault, &town.tenant, who);

    let (hers, theirs) = (held(olga).await.unwrap(), held(anna).await.unwrap());
    assert_eq!(hers["needs"][0]["text"], "Sjakk på tirsdag");
    assert_eq!(theirs["assignments"][0]["need"], posted.name.as_str());

    let erased = |person| Told::PersonErased { person, why: Erasure::Asked };
    town.says(vec![erased(olga), erased(anna)]).await;
    for who in [olga, anna] {
        let left = held(who).await.unwrap();
        assert_eq!(left["needs"].as_array().map_or(0, Vec::len), 0, "{left}");
        assert!(left.get("assignments").is_none(), "{left}");
    }
    let shown = town.get(&mut town.coordinator(), &posted.name).await.unwrap();
    assert_eq!((shown.state(), &*shown.receiver), (pb::NeedState::Closed, ""));
    let again = pb::PostNeedRequest { need: Some(town.visit(60)), request_id: town.id() };
    let refused = town.themselves("olga").post_need(again).await.unwrap_err();
    assert_eq!(reason(&refused), "PERSON_ERASED");
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let town = Town::open().await;
    let mut cora = town.coordinator();
    for n in 0..5 {
        town.post(&mut cora, town.visit(50 + n)).await;
    }
    let mut request = pb::ListNeedsRequest { page_size: 2, ..Default::default() };
    let mut starts = Vec::new();
    loop {
        let page = cora.list_needs(request.clone()).await.unwrap().into_inner();
        assert!(page.needs.len() <= 2);
        starts.extend(page.needs.iter().map(|it| it.slots[0].windows[0]));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    assert_eq!(starts, (0..5).map(|n| hours(50 + n, 2)).collect::<Vec<_>>());
    let other = pb::ListNeedsRequest { kind: "walk".to_owned(), ..request };
    let refused = cora.list_needs(other).await.unwrap_err();
    assert_eq!(town::field(&refused), "page_token");
}

#[tokio::test]
async fn kinds_conflicts_and_what_was_not_met_read_back() {
    let town = Town::open().await;
    let minutes = |n: i64| Some(prost_types::Duration { seconds: n * 60, nanos: 0 });
    let set = pb::Kind {
        role: "visitor".to_owned(),
        organisations_first: true,
        answer_within: minutes(90),
        confirm_within: minutes(30),
        late_within: minutes(120),
        ..kind(5)
    };
    town.kind(set.clone()).await;
    let mut cora = town.coordinator();
    let (one, other) = (person("anna").to_string(), person("olga").to_string());
    let (apart, request_id) = (true, town.id());
    let conflict =
        pb::SetConflictRequest { one: one.clone(), other: other.clone(), apart, request_id };
    cora.set_conflict(conflict).await.unwrap();
    town.post(&mut cora, town.visit(50)).await;

    let kinds = cora.list_kinds(pb::ListKindsRequest::default()).await.unwrap().into_inner();
    let weights = kinds.kinds[0].weights;
    assert_eq!(kinds.kinds, [pb::Kind { weights, ..set }]);
    let listed = cora.list_conflicts(pb::ListConflictsRequest { person: one }).await.unwrap();
    assert_eq!(listed.into_inner().others, [other]);
    let mut staff = town.client("stian", Role::Staff);
    let request = pb::GetUnmetNeedsRequest { interval: Some(hours(0, 500)) };
    let unmet = staff.get_unmet_needs(request).await.unwrap().into_inner();
    assert_eq!((&*unmet.rows[0].week, unmet.rows[0].empty), ("2026-W48", 1));
}
