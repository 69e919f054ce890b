//! Each rule on its own: what it lets through, and where it says no.

use jiff::civil::date;

use super::*;

fn code(word: &str) -> Code {
    word.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn span(start: &str, end: &str) -> Interval {
    Interval::new(at(start), at(end)).unwrap()
}

fn applicants() -> Vec<Applicant> {
    let youth = Applicant { kind: code("youth"), purposes: Vec::new(), opens_days: Some(60) };
    let private = Applicant {
        kind: code("private"),
        purposes: vec![code("party"), code("meeting")],
        opens_days: Some(14),
    };
    vec![youth, private]
}

fn says(kind: &str, purpose: &str) -> Application {
    let named = |word: &str| (!word.is_empty()).then(|| code(word));
    Application { applicant: named(kind), purpose: named(purpose), ..Default::default() }
}

#[test]
fn only_a_class_that_is_named_may_book_and_only_for_what_it_may() {
    let them = applicants();

    assert_eq!(who_may_book(&them, &says("youth", "")), Ok(()));
    assert_eq!(who_may_book(&them, &says("private", "party")), Ok(()));
    assert_eq!(who_may_book(&[], &says("", "")), Ok(()), "an empty list admits anybody");
    for kind in ["", "commercial"] {
        let refused = who_may_book(&them, &says(kind, "party")).unwrap_err();
        assert_eq!(refused.reason(), "APPLICANT_NOT_ADMITTED", "{kind}");
    }
    for purpose in ["", "training"] {
        let refused = who_may_book(&them, &says("private", purpose)).unwrap_err();
        assert_eq!(refused.reason(), "PURPOSE_NOT_ADMITTED", "{purpose}");
    }
}

#[test]
fn the_order_of_the_classes_is_their_priority() {
    let them = applicants();
    let place = |kind| class(&them, &says(kind, "")).map(|(place, _)| place);

    assert_eq!((place("youth"), place("private"), place("other")), (Some(0), Some(1), None));
}

#[test]
fn a_class_may_book_from_its_own_day_on() {
    let opens =
        |kind, today| booking_opens(&applicants(), &says(kind, "party"), today, date(2026, 12, 31));

    assert_eq!(opens("private", date(2026, 12, 17)), Ok(()));
    assert_eq!(opens("youth", date(2026, 12, 16)), Ok(()));
    let early = opens("private", date(2026, 12, 16)).unwrap_err();
    let (applicant, opens) = (code("private"), date(2026, 12, 17));
    assert_eq!(early, Objection::NotYetOpen { applicant, opens });
}

#[test]
fn one_asks_in_time_and_not_too_far_ahead() {
    let now = at("2026-12-01T12:00:00Z");

    assert_eq!(lead(60, now, at("2026-12-01T13:00:00Z")), Ok(()));
    let late = lead(60, now, at("2026-12-01T12:59:59Z"));
    assert_eq!(late, Err(Objection::LeadTooShort { minutes: 60 }));
    assert_eq!(horizon(1, now, at("2026-12-02T12:00:00Z")), Ok(()));
    let far = horizon(1, now, at("2026-12-02T12:00:01Z")).unwrap_err();
    let until = at("2026-12-02T12:00:00Z");
    assert_eq!(far, Objection::BeyondHorizon { days: 1, until });
}

#[test]
fn a_booking_is_neither_too_short_nor_too_long() {
    let hour = span("2026-12-01T12:00:00Z", "2026-12-01T13:00:00Z");

    assert_eq!((shortest(60, hour), longest(60, hour)), (Ok(()), Ok(())));
    assert_eq!(shortest(61, hour), Err(Objection::TooShort { minutes: 61 }));
    assert_eq!(longest(59, hour), Err(Objection::LongerThanLet { minutes: 59 }));
}

#[test]
fn a_booking_starts_on_the_grid() {
    let start = |hour, minute| start_grid(45, jiff::civil::time(hour, minute, 0, 0));

    assert_eq!((start(0, 0), start(0, 45), start(1, 30)), (Ok(()), Ok(()), Ok(())));
    assert_eq!(start(1, 0), Err(Objection::OffGrid { minutes: 45 }), "counted from midnight");
    assert_eq!(start_grid(0, jiff::civil::time(1, 7, 3, 0)), Ok(()), "there is none");
}

#[test]
fn a_quota_counts_bookings_and_minutes_each_with_what_is_asked_for() {
    let hour = span("2026-12-01T12:00:00Z", "2026-12-01T13:00:00Z");
    let two = Quota { applicant: None, period: Period::Week, bookings: Some(2), minutes: None };
    let long = Quota { bookings: None, minutes: Some(150), ..two.clone() };
    let used = |bookings, minutes: i64| Used { bookings, seconds: minutes * 60 };

    assert_eq!(quota(&two, used(1, 600), hour), Ok(()));
    let third = quota(&two, used(2, 0), hour);
    assert_eq!(third, Err(Objection::QuotaOfBookings { limit: 2, period: Period::Week }));
    assert_eq!(quota(&long, used(9, 90), hour), Ok(()));
    let (limit, period, used_up) = (150, Period::Week, 91);
    let over = quota(&long, used(1, used_up), hour);
    assert_eq!(over, Err(Objection::QuotaOfMinutes { limit, period, used: used_up }));
}

#[test]
fn periods_are_those_of_the_calendar() {
    let sunday = date(2027, 1, 3);

    assert_eq!(dates(Period::Day, sunday), (sunday, date(2027, 1, 4)));
    assert_eq!(dates(Period::Week, sunday), (date(2026, 12, 28), date(2027, 1, 4)));
    assert_eq!(dates(Period::Month, sunday), (date(2027, 1, 1), date(2027, 2, 1)));
    assert_eq!(dates(Period::Year, sunday), (date(2027, 1, 1), date(2028, 1, 1)));
}

#[test]
fn an_adult_is_in_charge_and_the_terms_in_force_are_accepted_where_that_is_required() {
    let nothing = Application::default();
    let all = Application { adult_in_charge: true, accepted_terms: 3, ..nothing.clone() };

    assert_eq!((adult_in_charge(true, &all), terms_accepted(3, &all)), (Ok(()), Ok(())));
    assert_eq!((adult_in_charge(false, &nothing), terms_accepted(0, &nothing)), (Ok(()), Ok(())));
    assert_eq!(adult_in_charge(true, &nothing), Err(Objection::AdultRequired { age: 18 }));
    assert_eq!(terms_accepted(4, &all), Err(Objection::TermsNotAccepted { version: 4 }));
}
