//! The rules of plans, one by one.

use dugnad_calendar::Interval;
use dugnad_journal::Tenant;
use dugnad_ledger::{Caller, Model as _};

use super::*;
use crate::model::{Command, Matching};

const NOW: i64 = 1_777_629_600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

fn scope(days: i64) -> PlanScope {
    let period = Interval::new(at(0), at(days * 86_400)).unwrap();
    PlanScope { period, kinds: Vec::new(), replaces: None }
}

fn plan(n: u128) -> PlanId {
    PlanId(Uuid::from_u128(n))
}

fn part() -> PlanPart {
    let need = NeedId(Uuid::nil());
    PlanPart { need, slot: 0, person: None, pinned: false, reasons: vec![], ways: vec![] }
}

/// Decides and, if it is accepted, makes it so.
fn ask(state: &mut State, command: PlanCommand) -> Result<Vec<Event>, Refusal> {
    let caller = Caller { tenant: Tenant::new("drammen").unwrap(), id: Uuid::from_u128(7) };
    let cx = Context { now: at(0), caller, request: Uuid::from_u128(9) };
    let events = Matching::decide(state, &cx, Command::Plan(Box::new(command)))?;
    events.iter().for_each(|event| Matching::evolve(state, event));
    Ok(events)
}

fn drafted(state: &mut State, n: u128, parts: usize, last: bool) {
    let draft = PlanCommand::Draft {
        plan: plan(n),
        scope: scope(7),
        based_on: 1,
        figures: PlanFigures::default(),
    };
    ask(state, draft).unwrap();
    ask(state, add(n, 0, parts, last)).unwrap();
}

fn add(n: u128, from: u32, parts: usize, last: bool) -> PlanCommand {
    PlanCommand::AddParts { plan: plan(n), from, parts: vec![part(); parts], last }
}

#[test]
fn a_period_is_not_over_not_too_long_and_of_not_too_many_kinds() {
    let mut state = State::default();
    let begin = |scope| PlanCommand::Begin { scope };
    let past = Interval::new(at(-60), at(0)).unwrap();

    assert_eq!(ask(&mut state, begin(scope(92))), Ok(Vec::new()));

    let over = ask(&mut state, begin(PlanScope { period: past, ..scope(1) })).unwrap_err();
    assert_eq!(over, Refusal::Past { start: at(0) });
    let long = ask(&mut state, begin(scope(93))).unwrap_err();
    assert!(matches!(long, Refusal::Invalid { field: "period", .. }), "{long:?}");
    let kinds = vec!["a".parse().unwrap(); MOST_PLAN_KINDS + 1];
    let many = ask(&mut state, begin(PlanScope { kinds, ..scope(1) })).unwrap_err();
    assert_eq!(many, Refusal::TooMany { what: "kinds", limit: MOST_PLAN_KINDS });
    let replaces = Some(plan(3));
    let none = ask(&mut state, begin(PlanScope { replaces, ..scope(1) })).unwrap_err();
    assert_eq!(none, Refusal::NotFound(plan(3).to_string()));
}

#[test]
fn a_draft_is_seen_when_its_last_part_has_come_and_another_attempt_begins_anew() {
    let mut state = State::default();
    drafted(&mut state, 1, 2, false);
    assert_eq!(state.plans.get(plan(1)), None);
    let wrong = ask(&mut state, add(1, 5, 1, true)).unwrap_err();
    assert!(matches!(wrong, Refusal::Invalid { field: "from", .. }), "{wrong:?}");

    drafted(&mut state, 1, 1, true);

    assert_eq!(state.plans.get(plan(1)).unwrap().parts.len(), 1, "the first attempt is gone");
    let late = ask(&mut state, add(1, 1, 1, true)).unwrap_err();
    assert_eq!(late, Refusal::NotFound(plan(1).to_string()));
    let scope = scope(7);
    let figures = PlanFigures::default();
    let again = PlanCommand::Draft { plan: plan(1), scope, based_on: 1, figures };
    assert_eq!(ask(&mut state, again), Err(Refusal::NotADraft(plan(1))));
}

#[test]
fn a_plan_has_not_too_many_parts_and_the_oldest_plan_goes_first() {
    let mut state = State::default();
    drafted(&mut state, 1, MOST_PARTS, false);
    let refused = ask(&mut state, add(1, MOST_PARTS as u32, 1, true)).unwrap_err();
    assert_eq!(refused, Refusal::TooMany { what: "parts", limit: MOST_PARTS });

    (2..=22).for_each(|n| drafted(&mut state, n, 1, true));

    let kept: Vec<_> = state.plans.iter().map(|it| it.id.0.as_u128()).collect();
    assert_eq!(kept, (3..=22).rev().collect::<Vec<_>>());
}

#[test]
fn an_open_part_is_nothing_to_publish_and_pinning_twice_is_nothing_to_write() {
    let mut state = State::default();
    drafted(&mut state, 1, 1, true);
    let (plan, part) = (plan(1), 0);
    let publish = PlanCommand::PublishPart { plan, part, confirmed: true };
    let pin = PlanCommand::PinPart { plan, part, pinned: true };

    assert_eq!(ask(&mut state, publish.clone()), Ok(Vec::new()));
    assert_eq!(ask(&mut state, pin.clone()).unwrap().len(), 1);
    assert_eq!(ask(&mut state, pin), Ok(Vec::new()));
    let beyond = PlanCommand::PinPart { plan, part: 1, pinned: true };
    let beyond = ask(&mut state, beyond).unwrap_err();
    assert_eq!(beyond, Refusal::NotFound(format!("{plan}/parts/1")));

    assert_eq!(ask(&mut state, PlanCommand::Published { plan }).unwrap().len(), 1);
    assert_eq!(ask(&mut state, PlanCommand::Published { plan }), Ok(Vec::new()));
    assert_eq!(ask(&mut state, publish), Err(Refusal::NotADraft(plan)));
    assert_eq!(ask(&mut state, PlanCommand::Discard { plan }), Err(Refusal::NotADraft(plan)));
}
