//! Concerns climb by the clock until somebody takes them.

use dugnad_events::volunteers::Escalation;

use super::*;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

fn raise(town: &mut Town, who: &str, severity: Severity) -> ConcernId {
    let text = sealed(who);
    let raised = town.when(Command::RaiseConcern { about: person(who), severity, text });
    match raised.unwrap()[..] {
        [Event::ConcernRaised { concern, .. }] => concern,
        ref other => panic!("{other:?}"),
    }
}

fn levels(events: &[Event]) -> Vec<u8> {
    let level = |event: &Event| match event {
        Event::ConcernClimbed { level, .. } => *level,
        other => panic!("{other:?}"),
    };
    events.iter().map(level).collect()
}

#[test]
fn a_concern_waits_as_long_as_its_severity_says() {
    for (severity, minutes) in
        [(Severity::Talk, 7 * DAY), (Severity::Harm, DAY), (Severity::Urgent, HOUR)]
    {
        let mut town = given([]);
        raise(&mut town, "kari", severity);

        assert_eq!(levels(&town.later(minutes - 1).tick()), [0; 0]);
        assert_eq!(levels(&town.later(1).tick()), [1], "{severity:?}");
    }
}

#[test]
fn a_concern_climbs_three_times_and_then_no_more() {
    let mut town = given([]);
    raise(&mut town, "kari", Severity::Urgent);

    for level in 1..=3 {
        assert_eq!(levels(&town.later(HOUR).tick()), [level]);
    }
    assert_eq!(Volunteers::deadline(&town.state), None);
    assert_eq!(levels(&town.later(99 * DAY).tick()), [0; 0]);
}

#[test]
fn a_clock_that_jumps_makes_it_climb_once_for_each_level_that_was_missed() {
    let mut town = given([]);
    raise(&mut town, "kari", Severity::Urgent);

    let missed = town.later(2 * HOUR + 30).tick();

    assert_eq!(levels(&missed), [1, 2]);
    let next = at("2026-11-22T11:00");
    assert_eq!(Volunteers::deadline(&town.state), Some(next), "counted from when it was due");
    assert_eq!(levels(&town.later(99 * DAY).tick()), [3]);
}

#[test]
fn a_concern_that_somebody_took_or_closed_does_not_climb() {
    let mut town = given([]);
    let taken = raise(&mut town, "kari", Severity::Urgent);
    let closed = raise(&mut town, "ola", Severity::Urgent);
    town.when(Command::TakeConcern { concern: taken }).unwrap();
    town.when(Command::CloseConcern { concern: closed }).unwrap();

    assert_eq!(levels(&town.later(9 * HOUR).tick()), [0; 0]);
}

#[test]
fn what_somebody_looks_after_nobody_else_takes_until_it_is_sent_on() {
    let mut town = given([]);
    let concern = raise(&mut town, "kari", Severity::Harm);
    let take = || Command::TakeConcern { concern };
    town.when(take()).unwrap();
    assert_eq!(town.when(take()), Ok(vec![]), "has it already");
    let other = id("coordinator");
    assert_refused!(town.by("leader").when(take()), Refusal::TakenBy { by, .. } if *by == other);

    let sent_on = town.when(Command::EscalateConcern { concern }).unwrap();

    assert_eq!(levels(&sent_on), [1]);
    assert_eq!(levels(&town.later(DAY).tick()), [2], "it climbs again");
    assert_eq!(town.when(take()).unwrap().len(), 1);
}

#[test]
fn above_the_highest_level_there_is_nobody() {
    let mut town = given([]);
    let concern = raise(&mut town, "kari", Severity::Talk);
    for level in 1..=3 {
        assert_eq!(levels(&town.when(Command::EscalateConcern { concern }).unwrap()), [level]);
    }

    let outcome = town.when(Command::EscalateConcern { concern });

    assert_refused!(outcome, Refusal::Highest { level: 3, .. });
}

#[test]
fn a_closed_concern_stays_closed() {
    let mut town = given([]);
    let concern = raise(&mut town, "kari", Severity::Talk);
    town.when(Command::CloseConcern { concern }).unwrap();

    assert_refused!(town.when(Command::TakeConcern { concern }), Refusal::Closed(_));
    assert_refused!(town.when(Command::EscalateConcern { concern }), Refusal::Closed(_));
    assert_eq!(town.when(Command::CloseConcern { concern }), Ok(vec![]));
}

#[test]
fn how_long_concerns_wait_is_data() {
    let mut town = given([]);
    let escalation = Escalation { talk: 30, harm: 20, urgent: 10 };
    town.when(Command::SetEscalation { escalation }).unwrap();
    assert_eq!(town.when(Command::SetEscalation { escalation }), Ok(vec![]));

    raise(&mut town, "kari", Severity::Urgent);

    assert_eq!(levels(&town.later(10).tick()), [1]);
}

#[test]
fn those_that_hurry_most_come_first_and_closed_ones_last() {
    let mut town = given([]);
    let talk = raise(&mut town, "kari", Severity::Talk);
    let urgent = raise(town.later(1), "kari", Severity::Urgent);
    let closed = raise(town.later(1), "ola", Severity::Urgent);
    let harm = raise(town.later(1).by("ada"), "ola", Severity::Harm);
    town.when(Command::CloseConcern { concern: closed }).unwrap();
    let listed = |by: Option<&str>, all| {
        let listed = town.state.standing.list_concerns(by.map(id), all, None, 9);
        listed.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    };

    assert_eq!(listed(None, false), [urgent, harm, talk]);
    assert_eq!(listed(None, true), [urgent, harm, talk, closed]);
    assert_eq!(listed(Some("ada"), true), [harm], "one's own");
    assert_eq!(listed(Some("kari"), true), [], "whom it is about raised none");
}

#[test]
fn a_concern_about_nobody_is_refused() {
    let mut town = given([]);
    let about = person("stranger");
    let (severity, text) = (Severity::Talk, sealed("stranger"));

    let outcome = town.when(Command::RaiseConcern { about, severity, text });

    assert_refused!(outcome, Refusal::NotFound(_));
    let concern = ConcernId(id("none"));
    assert_refused!(town.when(Command::TakeConcern { concern }), Refusal::NotFound(_));
}
