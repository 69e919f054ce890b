//! Courses, sessions, attendance, certificates.

use super::*;

const SESSION: &str = "session";

fn join(who: &str, joined: bool) -> Command {
    Command::JoinSession { session: SessionId(id(SESSION)), person: person(who), joined }
}

fn attend(who: &str, came: bool) -> Command {
    Command::RecordAttendance { session: SessionId(id(SESSION)), person: person(who), came }
}

fn issue(who: &str, passed: Passed, until: Option<Date>) -> Command {
    Command::IssueCertificate { person: person(who), passed, until }
}

fn from_session() -> Passed {
    Passed::Session(SessionId(id(SESSION)))
}

fn by_hand(on: Date) -> Passed {
    Passed::ByHand { course: code("first-aid"), on }
}

#[test]
fn a_session_takes_as_many_as_it_has_places_and_one_that_is_given_back_can_be_had() {
    let mut town = given(session(2, &["kari", "ola"]));

    assert_refused!(town.when(join("ada", true)), Refusal::Full { capacity: 2, .. });
    town.when(join("ola", false)).unwrap();
    assert_eq!(town.when(join("ada", true)).unwrap().len(), 1);
    assert_eq!(town.when(join("ada", true)), Ok(vec![]), "she has one");
    assert_eq!(town.when(join("ola", false)), Ok(vec![]), "he has none");
}

#[test]
fn once_a_session_has_begun_places_stay_as_they_are() {
    let mut town = given(session(9, &["kari"]));
    town.now = at("2026-12-01T18:00");

    assert_refused!(town.when(join("ola", true)), Refusal::Begun { .. });
    assert_refused!(town.when(join("kari", false)), Refusal::Begun { .. });
}

#[test]
fn a_session_is_not_made_smaller_than_those_who_have_a_place() {
    let mut town = given(session(2, &["kari", "ola"]));
    let change = |capacity| Command::ChangeSession {
        session: SessionId(id(SESSION)),
        span: span("2026-12-02T18:00", "2026-12-02T20:00"),
        capacity,
    };

    assert_refused!(
        town.when(change(1)),
        Refusal::Invalid { field, .. } if field == "session.capacity"
    );
    town.when(change(2)).unwrap();
    assert_eq!(town.when(change(2)), Ok(vec![]));
    assert_refused!(town.when(join("ada", true)), Refusal::Full { .. });
}

#[test]
fn who_came_is_written_down_once_it_has_begun_and_only_of_those_with_a_place() {
    let mut town = given(session(9, &["kari"]));

    assert_refused!(town.when(attend("kari", true)), Refusal::NotBegun { .. });
    town.now = at("2026-12-01T18:00");
    assert_refused!(town.when(attend("ola", true)), Refusal::NotJoined { .. });
    assert_eq!(town.when(attend("kari", true)).unwrap().len(), 1);
    assert_eq!(town.when(attend("kari", true)), Ok(vec![]));
}

#[test]
fn who_was_seen_at_the_session_gets_a_certificate_from_its_day_for_as_long_as_the_course_says() {
    let mut town = given(session(9, &["kari", "ola"]));
    town.now = at("2026-12-01T21:00");
    town.when(attend("kari", true)).unwrap();
    town.when(attend("ola", false)).unwrap();

    let issued = town.when(issue("kari", from_session(), None)).unwrap();

    let (on, until) = (date(2026, 12, 1), Some(date(2027, 12, 1)));
    let (person, course) = (person("kari"), code("first-aid"));
    assert_eq!(issued, [Event::CertificateIssued { person, course, on, until }]);
    assert_eq!(town.when(issue("kari", from_session(), None)), Ok(vec![]), "the same again");
    for who in ["ola", "ada"] {
        assert_refused!(town.when(issue(who, from_session(), None)), Refusal::NotAttended { .. });
    }
}

#[test]
fn a_certificate_by_hand_counts_until_the_day_that_is_given() {
    let mut town = given(session(9, &[]));
    let last = |outcome: Outcome| match outcome.unwrap()[..] {
        [Event::CertificateIssued { until, .. }] => until,
        ref other => panic!("{other:?}"),
    };

    let given = last(town.when(issue("kari", by_hand(TODAY), Some(date(2030, 1, 1)))));
    let usual = last(town.when(issue("kari", by_hand(date(2026, 8, 31)), None)));

    assert_eq!(given, Some(date(2030, 1, 1)));
    assert_eq!(usual, Some(date(2027, 8, 31)));
    assert_refused!(
        town.when(issue("kari", by_hand(TODAY), Some(date(2026, 11, 21)))),
        Refusal::Invalid { field, .. } if field == "end_date"
    );
    assert_refused!(
        town.when(issue("kari", by_hand(date(2026, 11, 23)), None)),
        Refusal::Future { .. }
    );
}

#[test]
fn a_course_or_session_that_is_not_there_is_told_by_its_name() {
    let mut town = given([]);
    let (on, course) = (TODAY, code("first-aid"));
    let revoke = Command::RevokeCertificate { person: person("kari"), course: course.clone() };
    let span = span("2026-12-02T18:00", "2026-12-02T20:00");
    let plan = Command::PlanSession { course: course.clone(), span, capacity: 1 };

    for command in [issue("kari", Passed::ByHand { course, on }, None), revoke, plan] {
        assert_refused!(
            town.when(command), Refusal::NotFound(name) if name == "courses/first-aid"
        );
    }
    for command in [join("kari", true), attend("kari", true), issue("kari", from_session(), None)] {
        let outcome = town.when(command);
        assert_refused!(outcome, Refusal::NotFound(name) if name.starts_with("sessions/"));
    }
}

#[test]
fn a_certificate_is_revoked_once() {
    let mut town = given(session(9, &[]));
    town.when(issue("kari", by_hand(TODAY), None)).unwrap();
    let revoke =
        || Command::RevokeCertificate { person: person("kari"), course: code("first-aid") };

    assert_eq!(town.when(revoke()).unwrap().len(), 1);
    assert_eq!(town.when(revoke()), Ok(vec![]));
}
