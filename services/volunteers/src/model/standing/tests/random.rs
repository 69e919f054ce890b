//! Whatever is asked, in whatever order: invariant 9, and that no rule is broken by what came
//! before.

use proptest::prelude::*;

use super::*;

const WHO: [&str; 4] = ["kari", "ola", "ada", "stranger"];

/// What is asked, in small numbers so that much of it meets.
#[derive(Clone, Debug)]
enum Ask {
    Of(usize, u8, i64),
    Erase(usize),
    Wait(i64),
}

fn asks() -> impl Strategy<Value = Ask> {
    prop_oneof![
        30 => (0..WHO.len(), 0..20u8, -3..4i64).prop_map(|(who, what, n)| Ask::Of(who, what, n)),
        1 => (0..WHO.len()).prop_map(Ask::Erase),
        4 => (0..4000i64).prop_map(Ask::Wait),
    ]
}

/// What was made so far, to be named later.
#[derive(Default)]
struct Made {
    sessions: Vec<SessionId>,
    talks: Vec<FollowUpId>,
    concerns: Vec<ConcernId>,
    hours: Vec<HoursId>,
}

impl Made {
    fn note(&mut self, event: &Event) {
        match event {
            Event::SessionSet { session, .. } => self.sessions.push(*session),
            Event::FollowUpPlanned { follow_up, .. } => self.talks.push(*follow_up),
            Event::ConcernRaised { concern, .. } => self.concerns.push(*concern),
            Event::HoursLogged { entry, .. } => self.hours.push(*entry),
            _ => {}
        }
    }
}

fn pick<T: Copy>(made: &[T], n: i64, none: T) -> T {
    let n = usize::try_from(n + 3).unwrap();
    made.len().checked_sub(1 + n.min(made.len())).map_or(none, |at| made[at])
}

fn command(made: &Made, now: Timestamp, who: &str, what: u8, n: i64) -> Command {
    let (person, day) = (person(who), model::today(now).saturating_add(jiff::Span::new().days(n)));
    let (role, text, with) = (code("visitor"), sealed::<String>(who), id("coordinator"));
    let session = pick(&made.sessions, n, SessionId(id("none")));
    let concern = pick(&made.concerns, n, ConcernId(id("none")));
    let start = Timestamp::from_second(now.as_second() + n * 3600).unwrap();
    let span = Interval::new(start, start + SignedDuration::from_hours(1)).unwrap();
    let capacity = u32::try_from(n + 4).unwrap();
    let severity = [Severity::Talk, Severity::Harm, Severity::Urgent][capacity as usize % 3];
    let by_hand = Passed::ByHand { course: code("first-aid"), on: day };
    match what {
        0 => {
            let card = Card { nb: format!("{}", n / 2), ..Card::default() };
            Command::SetRole { role, requirements: Requirements::default(), card }
        }
        1 => Command::RecordCheck { person, on: day, to: with },
        2 => Command::WithdrawCheck { person },
        3 => Command::SignConfidentiality { person, on: day },
        4 => Command::PlanSession { course: code("first-aid"), span, capacity },
        5 => Command::ChangeSession { session, span, capacity },
        6 => Command::JoinSession { session, person, joined: n < 2 },
        7 => Command::RecordAttendance { session, person, came: n < 2 },
        8 => Command::IssueCertificate { person, passed: Passed::Session(session), until: None },
        9 => Command::IssueCertificate { person, passed: by_hand, until: None },
        10 => Command::RevokeCertificate { person, course: code("first-aid") },
        11 => Command::AcceptCard { person, role, version: capacity / 2, party: Party::Volunteer },
        12 => Command::PlanFollowUp { person, due: day, with },
        13 => Command::HoldFollowUp {
            follow_up: pick(&made.talks, n, FollowUpId(id("none"))),
            on: day,
            note: Some(text),
            next: (n > 0).then_some(day),
        },
        14 => Command::RaiseConcern { about: person, severity, text },
        15 => Command::TakeConcern { concern },
        16 => Command::EscalateConcern { concern },
        17 => Command::CloseConcern { concern },
        18 => {
            let hours = Hours { day, minutes: 400, role, organisation: None };
            Command::LogHours { person, hours }
        }
        _ => Command::StrikeHours { person, entry: pick(&made.hours, n, HoursId(id("none"))) },
    }
}

fn assert_kept(town: &Town) {
    for (_, session) in town.state.standing.list_sessions(None) {
        assert!(session.joined.len() <= session.capacity as usize, "{session:?}");
    }
    for (_, concern) in town.state.standing.list_concerns(None, true, None, usize::MAX) {
        let waits = concern.taken.is_none() && concern.closed.is_none() && concern.level < 3;
        assert_eq!(concern.climbs_at.is_some(), waits, "{concern:?}");
    }
    let overdue = Volunteers::deadline(&town.state).filter(|at| *at <= town.now);
    assert_eq!(overdue, None, "after a tick nothing is due");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn replay_gives_the_same_state_and_no_session_overflows(
        asked in proptest::collection::vec(asks(), 1..120)
    ) {
        let town = || given([course("first-aid", Some(1)), role("visitor", Requirements::default())]);
        let (mut town, mut replayed) = (town(), town());
        let mut made = Made::default();

        for ask in &asked {
            let events = match *ask {
                Ask::Erase(who) => {
                    let gone = vec![erased(WHO[who])];
                    town.happens(&gone);
                    gone
                }
                Ask::Wait(minutes) => town.later(minutes).tick(),
                Ask::Of(who, what, n) => {
                    let command = command(&made, town.now, WHO[who], what, n);
                    town.when(command).unwrap_or_default()
                }
            };
            for event in &events {
                made.note(event);
                let stored = rmp_serde::to_vec_named(event).unwrap();
                replayed.happens(&[rmp_serde::from_slice(&stored).unwrap()]);
            }
            town.tick().iter().for_each(|event| replayed.happens(std::slice::from_ref(event)));
            assert_kept(&town);
        }

        prop_assert_eq!(&replayed.state, &town.state);
    }
}
