//! Each field within its bounds, and one step outside them.

use super::*;

fn at(seconds: i64) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds, nanos: 0 }
}

fn lasting(seconds: i64) -> prost_types::Duration {
    prost_types::Duration { seconds, nanos: 0 }
}

fn problem<T: std::fmt::Debug>(outcome: Result<T, Invalid>) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn a_request_id_is_a_uuid_of_version_seven() {
    let id = uuid::Uuid::now_v7().to_string();

    assert_eq!(request_id(&id).unwrap().to_string(), id);
    for text in ["", "7", "6f1f6f0e-7d55-4c1b-9d0e-3b6a5d3f2a10", &id[1..]] {
        assert_eq!(problem(request_id(text)), "request_id must be a UUIDv7, made once per intent");
    }
}

#[test]
fn an_id_is_read_from_the_name_of_its_collection_only() {
    let id = "6f1f6f0e-7d55-4c1b-9d0e-3b6a5d3f2a10";

    assert_eq!(super::id("p", &format!("people/{id}"), "people").unwrap().to_string(), id);
    for text in [
        String::new(),
        "people/".to_owned(),
        id.to_owned(),
        format!("people{id}"),
        format!("rooms/{id}"),
        format!("people/{id}/"),
        format!("people/{}", id.replace('-', "")),
        format!("people/{{{id}}}"),
        format!("people/{}", "ø".repeat(18)),
    ] {
        let outcome = super::id("p", &text, "people");
        assert_eq!(problem(outcome), "p must have the form `people/{uuid}`", "{text}");
    }
}

#[test]
fn text_is_counted_in_characters() {
    assert_eq!(text("t", "blåbærøl", 8), Ok("blåbærøl"));
    assert_eq!(problem(text("t", "blåbærøl!", 8)), "t must have at most 8 characters");
    assert_eq!(text("t", "to\nlinjer", 10), Ok("to\nlinjer"));
    assert_eq!(problem(text("t", "a\0b", 10)), "t must not hold control characters");
    assert_eq!(problem(label("t", " \t\n", 10)), "t must not be empty");
}

#[test]
fn numbers_and_lists_keep_their_bounds() {
    assert_eq!(within("n", 1, 1..=5), Ok(1));
    assert_eq!(within("n", 5, 1..=5), Ok(5));
    for outside in [0, 6, -1, i32::MIN, i32::MAX] {
        assert_eq!(problem(within("n", outside, 1..=5)), "n must be from 1 to 5");
    }
    assert_eq!(at_most("l", &[1, 2], 2), Ok(&[1, 2][..]));
    assert_eq!(problem(at_most("l", &[1, 2, 3], 2)), "l must have at most 2 items");
}

#[test]
fn instants_are_whole_seconds_of_two_centuries() {
    let years = "t must lie in the years 2000 to 2199";

    assert!(instant("t", Some(&at(EARLIEST))).is_ok());
    assert!(instant("t", Some(&at(LATEST - 1))).is_ok());
    assert_eq!(problem(instant("t", None)), "t is required");
    for outside in [EARLIEST - 1, LATEST, i64::MIN, i64::MAX] {
        assert_eq!(problem(instant("t", Some(&at(outside)))), years);
    }
    for nanos in [1, -1, i32::MIN] {
        let fraction = prost_types::Timestamp { seconds: EARLIEST, nanos };
        assert_eq!(problem(instant("t", Some(&fraction))), "t must be whole seconds");
    }
}

#[test]
fn a_span_ends_after_it_starts_and_within_its_longest() {
    let (start, day) = (1_800_000_000, 86_400);
    let longest = SignedDuration::from_hours(24);
    let span = |from, to| interval(Some(&at(from)), Some(&at(to)), longest);

    assert_eq!(span(start, start + day).unwrap().seconds(), day);
    assert_eq!(problem(span(start, start)), "end must come after the start");
    assert_eq!(problem(span(start, start - 1)), "end must come after the start");
    assert_eq!(problem(span(start, start + day + 1)), "end must be at most 1 days after the start");
    assert_eq!(problem(interval(None, Some(&at(start)), longest)), "start is required");
    assert_eq!(problem(interval(Some(&at(start)), None, longest)), "end is required");
}

#[test]
fn durations_are_whole_minutes_within_bounds() {
    assert_eq!(minutes("d", &lasting(0), 0..=60), Ok(0));
    assert_eq!(minutes("d", &lasting(3600), 0..=60), Ok(60));
    assert_eq!(problem(minutes("d", &lasting(90), 0..=60)), "d must be whole minutes");
    for outside in [-60, 3660, i64::MAX / 60 * 60, i64::MIN / 60 * 60] {
        let outcome = minutes("d", &lasting(outside), 0..=60);
        assert_eq!(problem(outcome), "d must be from 0 to 60 minutes");
    }
}
