//! Plans through the real door: real gRPC over TCP, a real journal file.

#![allow(clippy::unwrap_used)] // in the helpers; a test fails by panicking

#[path = "plan/town.rs"]
mod town;

use std::{collections::HashSet, time::Duration};

use dugnad_events::{matching::Fact, volunteers::Giver};
use dugnad_proto::matching::v1::{self as pb, plan_outcome::Outcome};
use futures::{StreamExt as _, TryStreamExt as _};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use town::{Town, id, person, publish, reason, span, volunteer, weeks};
use uuid::Uuid;

/// How long a thing that must happen may take.
const DEADLINE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_period_is_planned_as_a_draft_of_which_nobody_hears() {
    let mut town = Town::open().await;
    town.volunteers(&["anna", "ben"]).await;
    let one = town.need(1, &[(2, 10)]).await;
    let two = town.need(2, &[(2, 10), (3, 10)]).await;

    let plan = town.plan(weeks()).await;

    assert_eq!(plan.state(), pb::PlanState::Draft);
    let figures = plan.figures.unwrap();
    assert_eq!((figures.needs, figures.places, figures.filled_places), (3, 5, 4));
    assert_eq!((figures.people, figures.edges), (2, 6));
    assert!(figures.cost == figures.bound && figures.gap == 0.0);
    assert!(plan.based_on > 0);
    let parts = town.parts(&plan).await;
    assert_eq!(parts.len(), 5);
    assert_eq!(parts.iter().filter(|part| part.person.is_empty()).count(), 1);
    for need in [one, two] {
        assert!(town.who(&need).await.is_empty());
    }
    assert_eq!(town.look(|state| state.offers.len() + state.assignments.len()).await, 0);
}

#[tokio::test]
async fn a_part_has_its_reasons_and_an_open_place_the_fewest_rules_that_would_fill_it() {
    let mut town = Town::open().await;
    let wants = vec!["visiting-friend".parse().unwrap()];
    let refuses = wants.clone();
    town.hear(volunteer("anna", Giver { wants, ..Giver::default() }).into()).await;
    town.hear(volunteer("cora", Giver { refuses, ..Giver::default() }).into()).await;
    town.need(1, &[(2, 10)]).await;
    town.need(1, &[(2, 10)]).await;

    let plan = town.plan(weeks()).await;

    let parts = town.parts(&plan).await;
    let (taken, open): (Vec<_>, Vec<_>) = parts.iter().partition(|it| !it.person.is_empty());
    assert_eq!(taken[0].person, person("anna").to_string());
    let wish = taken[0].reasons.iter().find(|it| it.name == "WISH").unwrap();
    assert!(wish.points > 0 && wish.text == "wishes for visiting-friend");
    assert_eq!(taken[0].score, taken[0].reasons.iter().map(|it| it.points).sum::<i64>());
    let ways = open[0].ways.iter();
    let ways: HashSet<_> = ways.map(|it| (it.person.clone(), it.rules[0].name.clone())).collect();
    let busy = (person("anna").to_string(), "BUSY".to_owned());
    let refuses = (person("cora").to_string(), "REFUSES".to_owned());
    assert_eq!(ways, HashSet::from([busy, refuses]));
    assert!(open[0].ways.iter().all(|way| way.rules.len() == 1));
}

#[tokio::test]
async fn what_only_the_rule_book_sees_in_the_whole_is_not_planned() {
    let mut town = Town::open().await;
    let once = Giver { most_a_week: Some(1), ..Giver::default() };
    town.hear(volunteer("anna", once).into()).await;
    // Four times in two weeks, wherever the weeks change: three or four of them may be of one week.
    town.need(1, &[(7, 10), (8, 10), (14, 10), (15, 10)]).await;
    town.volunteers(&["cora", "dina"]).await;
    let (one, other) = (person("cora"), person("dina"));
    let request = pb::SetConflictRequest {
        one: one.to_string(),
        other: other.to_string(),
        apart: true,
        request_id: id(),
    };
    town.needs.set_conflict(request).await.unwrap();
    town.need(3, &[(20, 10)]).await;

    let plan = town.plan(weeks()).await;
    let parts = town.parts(&plan).await;
    let published = town.publish(publish(&plan, true)).await.unwrap();

    let together = parts[4..].iter().filter(|part| !part.person.is_empty()).count();
    assert!((1..=2).contains(&together), "anna and one of the two: {parts:?}");
    let dropped = |part: &&pb::PlanPart| matches!(outcome(part), Outcome::Dropped(_));
    assert_eq!(published.iter().filter(dropped).count(), 0, "{published:?}");
}

#[tokio::test]
async fn a_change_is_held_against_the_rules_and_the_other_parts_at_once() {
    let mut town = Town::open().await;
    town.volunteers(&["anna", "ben"]).await;
    town.need(1, &[(2, 10)]).await;
    town.need(1, &[(2, 10)]).await;
    let plan = town.plan(weeks()).await;
    let parts = town.parts(&plan).await;
    let other = parts[1].person.clone();

    let refused = change(&mut town, &parts[0], &other, false).await.unwrap_err();
    let emptied = change(&mut town, &parts[1], "", false).await.unwrap();
    let changed = change(&mut town, &parts[0], &other, false).await.unwrap();
    let unknown = person("nobody").to_string();
    let unknown = change(&mut town, &parts[1], &unknown, true).await.unwrap_err();

    assert_eq!((refused.code(), &*reason(&refused)), (Code::FailedPrecondition, "BUSY"));
    assert_eq!(emptied.person, "");
    assert_eq!((&changed.person, &*changed.reasons[0].name), (&other, "CHOSEN"));
    assert_eq!(reason(&unknown), "UNKNOWN_PERSON");
    assert_eq!(town.parts(&plan).await[0], changed);
}

#[tokio::test]
async fn a_coordinator_may_go_beyond_what_somebody_said_and_it_is_kept_to_the_end() {
    let mut town = Town::open().await;
    let refuses = vec!["visiting-friend".parse().unwrap()];
    town.hear(volunteer("cora", Giver { refuses, ..Giver::default() }).into()).await;
    let need = town.need(1, &[(2, 10)]).await;
    let plan = town.plan(weeks()).await;
    let part = town.parts(&plan).await.remove(0);
    let cora = person("cora").to_string();

    let refused = change(&mut town, &part, &cora, false).await.unwrap_err();
    change(&mut town, &part, &cora, true).await.unwrap();
    town.publish(publish(&plan, true)).await.unwrap();

    assert_eq!(reason(&refused), "REFUSES");
    assert_eq!(town.who(&need).await, [cora]);
}

#[tokio::test]
async fn planned_anew_what_is_pinned_stays_and_the_old_draft_is_gone() {
    let mut town = Town::open().await;
    town.volunteers(&["anna", "ben"]).await;
    town.need(1, &[(2, 10)]).await;
    town.need(1, &[(2, 10)]).await;
    let plan = town.plan(weeks()).await;
    let parts = town.parts(&plan).await;
    let pin =
        pb::PinPlanPartRequest { name: parts[0].name.clone(), pinned: true, request_id: id() };
    assert!(town.plans.pin_plan_part(pin).await.unwrap().into_inner().part.unwrap().pinned);
    town.volunteers(&["cora"]).await;
    town.need(1, &[(2, 10)]).await;

    let again = town.plan(pb::PlanPeriodRequest { replaces: plan.name.clone(), ..weeks() }).await;

    let anew = town.parts(&again).await;
    let kept = anew.iter().find(|part| part.need == parts[0].need).unwrap();
    assert_eq!((&kept.person, kept.pinned), (&parts[0].person, true));
    let people: HashSet<_> = anew.iter().map(|part| &part.person).collect();
    assert_eq!(people.len(), 3, "each of the three comes to one: {anew:?}");
    assert_eq!(again.figures.unwrap().filled_places, 3);
    let gone = pb::GetPlanRequest { name: plan.name };
    assert_eq!(town.plans.get_plan(gone).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn published_each_part_is_assigned_or_dropped_with_the_rule_and_a_repeat_says_the_same() {
    let mut town = Town::open().await;
    town.volunteers(&["anna", "ben"]).await;
    let one = town.need(1, &[(2, 10)]).await;
    let two = town.need(1, &[(2, 10)]).await;
    let plan = town.plan(weeks()).await;
    let parts = town.parts(&plan).await;
    // Since then ben has taken something else at that time.
    let ben = parts.iter().find(|part| part.person == person("ben").to_string()).unwrap();
    let third = town.need(1, &[(2, 10)]).await;
    let assign = pb::AssignRequest {
        need: third,
        person: ben.person.clone(),
        request_id: id(),
        ..Default::default()
    };
    town.needs.assign(assign).await.unwrap();

    let request = publish(&plan, true);
    let published = town.publish(request.clone()).await.unwrap();
    let again = town.publish(request).await.unwrap();
    let another = town.publish(publish(&plan, true)).await.unwrap_err();

    assert_eq!(published, again);
    for part in &published {
        match outcome(part) {
            Outcome::Dropped(why) => {
                assert_eq!(part.need, ben.need);
                assert_eq!(why.rules[0].name, "BUSY");
            }
            Outcome::Assignment(name) => {
                assert!(name.starts_with("assignments/") && part.need != ben.need);
            }
            Outcome::Offer(_) => panic!("{part:?}"),
        }
    }
    let both = [town.who(&one).await, town.who(&two).await].concat();
    assert_eq!(both, [person("anna").to_string()]);
    assert_eq!(reason(&another), "NOT_A_DRAFT");
    let shown = pb::GetPlanRequest { name: plan.name.clone() };
    let shown = town.plans.get_plan(shown).await.unwrap().into_inner().plan.unwrap();
    assert_eq!(shown.state(), pb::PlanState::Published);
    assert_eq!(town.parts(&plan).await, published, "as it was answered");
}

#[tokio::test]
async fn published_unconfirmed_people_are_asked_with_a_deadline_and_their_yes_fills_the_place() {
    let mut town = Town::open().await;
    town.volunteers(&["anna"]).await;
    let need = town.need(1, &[(3, 10)]).await;
    let plan = town.plan(weeks()).await;

    let published = town.publish(publish(&plan, false)).await.unwrap();

    let Outcome::Offer(offer) = outcome(&published[0]) else { panic!("{published:?}") };
    assert!(town.who(&need).await.is_empty());
    let request = pb::ListOffersRequest { need: need.clone(), open: true, ..Default::default() };
    let open = town.needs.list_offers(request).await.unwrap().into_inner().offers.remove(0);
    assert_eq!((&open.name, open.to), (&offer, person("anna").to_string()));
    assert!(open.expire_time.unwrap().seconds > open.offer_time.unwrap().seconds);
    let accept = pb::AcceptOfferRequest { name: offer, request_id: id(), ..Default::default() };
    town.needs.accept_offer(accept).await.unwrap();
    assert_eq!(town.who(&need).await, [person("anna").to_string()]);
}

#[tokio::test]
async fn a_draft_of_several_commits_is_the_same_after_a_restart_and_is_listed_page_by_page() {
    let mut town = Town::open().await;
    let names: Vec<String> = (0..30).map(|n| format!("volunteer {n}")).collect();
    town.volunteers(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for day in 2..10 {
        town.need(20, &[(day, 10), (day, 14)]).await;
    }
    let plan = town.plan(weeks()).await;
    let parts = town.parts(&plan).await;

    let mut town = town.reopened().await;

    assert_eq!(parts.len(), 320);
    assert_eq!(town.parts(&plan).await, parts);
    let mut request =
        pb::ListPlanPartsRequest { plan: plan.name.clone(), page_size: 150, ..Default::default() };
    let mut pages = Vec::new();
    loop {
        let page = town.plans.list_plan_parts(request.clone()).await.unwrap().into_inner();
        pages.push(page.parts);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [150, 150, 20]);
    assert_eq!(pages.concat(), parts);
    let plans = town.plans.list_plans(pb::ListPlansRequest::default()).await.unwrap();
    assert_eq!(plans.into_inner().plans, [plan]);
}

#[tokio::test]
async fn a_repeated_request_gets_the_draft_it_made() {
    let mut town = Town::open().await;
    town.volunteers(&["anna"]).await;
    town.need(1, &[(2, 10)]).await;
    let request = weeks();
    let first = town.plan(request.clone()).await;
    town.need(1, &[(4, 10)]).await;

    let again = town.plan(request).await;

    assert_eq!(again, first);
}

#[tokio::test]
async fn of_who_was_erased_no_draft_says_anything() {
    let mut town = Town::open().await;
    town.volunteers(&["anna", "ben"]).await;
    town.need(1, &[(2, 10)]).await;
    town.need(2, &[(2, 10)]).await;
    let plan = town.plan(weeks()).await;
    let anna = person("anna").to_string();
    assert!(format!("{:?}", town.parts(&plan).await).contains(&anna));

    town.hear(vec![Fact::Erased(person("anna"))]).await;

    assert!(!format!("{:?}", town.parts(&plan).await).contains(&anna));
}

#[tokio::test]
async fn a_running_plan_is_cancelled_by_name_and_nothing_is_kept_of_it() {
    let mut town = crowded().await;
    let mut answers = town.begin(endless()).await.unwrap();
    let name = answers.next().await.unwrap().unwrap().name;

    town.plans.cancel_plan(pb::CancelPlanRequest { name: name.clone() }).await.unwrap();

    let ended: Result<Vec<_>, Status> =
        tokio::time::timeout(DEADLINE, answers.try_collect()).await.expect("it ends");
    let ended = ended.unwrap_err();
    assert_eq!((ended.code(), &*reason(&ended)), (Code::Cancelled, "PLAN_CANCELLED"));
    let gone = town.plans.get_plan(pb::GetPlanRequest { name: name.clone() }).await.unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
    let over = town.plans.cancel_plan(pb::CancelPlanRequest { name }).await.unwrap_err();
    assert_eq!(over.code(), Code::NotFound);
}

#[tokio::test]
async fn a_client_that_goes_away_makes_room_for_another_plan() {
    let mut town = crowded().await;
    let mut running = Vec::new();
    for _ in 0..2 {
        let mut answers = town.begin(endless()).await.unwrap();
        answers.next().await.unwrap().unwrap();
        running.push(answers);
    }
    let busy = town.begin(endless()).await.unwrap_err();

    drop(running);

    assert_eq!((busy.code(), &*reason(&busy)), (Code::ResourceExhausted, "PLANNER_BUSY"));
    assert!(busy.get_details_retry_info().unwrap().retry_delay.is_some());
    // Far sooner than the 60 seconds that they asked for.
    let room = async { while town.begin(endless()).await.is_err() {} };
    tokio::time::timeout(DEADLINE, room).await.expect("there is room again");
}

#[tokio::test]
async fn a_discarded_draft_is_gone_and_a_published_one_is_no_draft() {
    let mut town = Town::open().await;
    town.volunteers(&["anna"]).await;
    town.need(1, &[(2, 10)]).await;
    let (one, two) = (town.plan(weeks()).await, town.plan(weeks()).await);
    let discard = |name: &str| pb::DiscardPlanRequest { name: name.to_owned(), request_id: id() };

    town.plans.discard_plan(discard(&one.name)).await.unwrap();
    town.publish(publish(&two, true)).await.unwrap();

    let gone = town.plans.discard_plan(discard(&one.name)).await.unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
    let late = town.plans.discard_plan(discard(&two.name)).await.unwrap_err();
    assert_eq!((late.code(), &*reason(&late)), (Code::FailedPrecondition, "NOT_A_DRAFT"));
    let part = town.parts(&two).await.remove(0);
    assert_eq!(reason(&change(&mut town, &part, "", false).await.unwrap_err()), "NOT_A_DRAFT");
    let replaced = pb::PlanPeriodRequest { replaces: two.name, ..weeks() };
    let refused: Result<Vec<_>, _> = town.begin(replaced).await.unwrap().try_collect().await;
    assert_eq!(reason(&refused.unwrap_err()), "NOT_A_DRAFT");
}

#[tokio::test]
async fn a_bad_field_is_named_and_a_period_that_is_over_is_refused() {
    let mut town = Town::open().await;
    let long = Some(prost_types::Duration { seconds: 61, nanos: 0 });
    for (expected, request) in [
        ("period", pb::PlanPeriodRequest { period: None, ..weeks() }),
        ("period.end", pb::PlanPeriodRequest { period: Some(span(0, 93 * 86_400)), ..weeks() }),
        ("kinds[0]", pb::PlanPeriodRequest { kinds: vec!["A b".to_owned()], ..weeks() }),
        ("kinds", pb::PlanPeriodRequest { kinds: vec!["a".to_owned(); 51], ..weeks() }),
        ("budget", pb::PlanPeriodRequest { budget: long, ..weeks() }),
        ("replaces", pb::PlanPeriodRequest { replaces: "plans/x".to_owned(), ..weeks() }),
        ("request_id", pb::PlanPeriodRequest { request_id: String::new(), ..weeks() }),
    ] {
        assert_eq!(blamed(&town.begin(request).await.unwrap_err()), expected);
    }
    let plan = format!("plans/{}", Uuid::nil());
    for name in [format!("{plan}/parts/01"), format!("{plan}/parts/-1"), plan.clone()] {
        let request = pb::PinPlanPartRequest { name, pinned: true, request_id: id() };
        assert_eq!(blamed(&town.plans.pin_plan_part(request).await.unwrap_err()), "name");
    }
    let past = pb::PlanPeriodRequest { period: Some(span(-86_400, 0)), ..weeks() };
    let refused: Result<Vec<_>, _> = town.begin(past).await.unwrap().try_collect().await;
    assert_eq!(reason(&refused.unwrap_err()), "PAST");
}

#[tokio::test]
async fn only_coordinators_and_services_see_or_make_plans() {
    let town = Town::open().await;
    for role in ["person", "staff"] {
        let mut plans = town.plans_as(role);
        let plan = pb::Plan { name: format!("plans/{}", Uuid::nil()), ..Default::default() };
        let name = || plan.name.clone();
        let part = || format!("{}/parts/0", plan.name);
        let statuses = [
            plans.plan_period(weeks()).await.map(drop),
            plans.cancel_plan(pb::CancelPlanRequest { name: name() }).await.map(drop),
            plans.get_plan(pb::GetPlanRequest { name: name() }).await.map(drop),
            plans.list_plans(pb::ListPlansRequest::default()).await.map(drop),
            plans
                .list_plan_parts(pb::ListPlanPartsRequest { plan: name(), ..Default::default() })
                .await
                .map(drop),
            plans
                .change_plan_part(pb::ChangePlanPartRequest { name: part(), ..Default::default() })
                .await
                .map(drop),
            plans
                .pin_plan_part(pb::PinPlanPartRequest { name: part(), ..Default::default() })
                .await
                .map(drop),
            plans.publish_plan(publish(&plan, true)).await.map(drop),
            plans
                .discard_plan(pb::DiscardPlanRequest { name: name(), request_id: id() })
                .await
                .map(drop),
        ];
        for status in statuses {
            assert_eq!(status.unwrap_err().code(), Code::PermissionDenied, "{role}");
        }
    }
}

async fn change(
    town: &mut Town,
    part: &pb::PlanPart,
    person: &str,
    anyway: bool,
) -> Result<pb::PlanPart, Status> {
    let (name, person) = (part.name.clone(), person.to_owned());
    let request = pb::ChangePlanPartRequest { name, person, anyway, request_id: id() };
    Ok(town.plans.change_plan_part(request).await?.into_inner().part.unwrap())
}

fn outcome(part: &pb::PlanPart) -> Outcome {
    part.outcome.clone().unwrap().outcome.unwrap()
}

fn blamed(status: &Status) -> String {
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    status.get_details_bad_request().unwrap().field_violations.remove(0).field
}

/// More times that overlap than the engine can prove a plan of in a minute.
async fn crowded() -> Town {
    let mut town = Town::open().await;
    for n in 0..30u8 {
        let most_a_week = Some(1 + n % 5);
        let giver = Giver { most_a_week, ..Giver::default() };
        town.hear(volunteer(&format!("volunteer {n}"), giver).into()).await;
    }
    for n in 0..40i64 {
        let times: Vec<_> = (0..6).map(|k| (2 + (n * 7 + k * 5) % 12, (n * 3 + k) % 20)).collect();
        let times: HashSet<_> = times.into_iter().collect();
        town.need(2, &times.into_iter().collect::<Vec<_>>()).await;
    }
    town
}

fn endless() -> pb::PlanPeriodRequest {
    let budget = Some(prost_types::Duration { seconds: 60, nanos: 0 });
    pb::PlanPeriodRequest { budget, ..weeks() }
}
