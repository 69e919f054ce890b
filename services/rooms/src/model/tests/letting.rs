//! Letting rules as scenarios: whose hold for a room, since when, what they ask for and what they cost.

use dugnad_events::rooms::{
    Applicant, Application, Deadline, LettingRules, Per, Period, PriceRow, Quota, Scope,
};

use super::*;
use crate::model::{ChargeView, Objection, QuoteFor, When, Why};

pub(super) fn code(word: &str) -> dugnad_events::Code {
    word.parse().unwrap()
}

pub(super) fn says(kind: &str) -> Application {
    Application { applicant: Some(code(kind)), ..Default::default() }
}

pub(super) fn apply(room: &str, when: &str, application: Application) -> Command {
    Command::Apply {
        room: room_name(room),
        when: When::Span(span(when)),
        details: details_of("kari"),
        application: Box::new(application),
        hold: None,
    }
}

pub(super) fn rules(scope: Scope, rules: LettingRules) -> Event {
    from("2026-01-01", scope, rules)
}

fn from(date: &str, scope: Scope, rules: LettingRules) -> Event {
    Event::LettingRulesSet { scope, from: date.parse().unwrap(), rules: Box::new(rules) }
}

pub(super) fn per_hour(oere: i64) -> Vec<PriceRow> {
    vec![PriceRow {
        applicant: None,
        purpose: None,
        weekdays: 0b111_1111,
        from: 0,
        to: 1440,
        oere,
        per: Per::Hour,
        vat: None,
    }]
}

pub(super) fn priced(oere: i64) -> LettingRules {
    LettingRules { prices: Some(per_hour(oere)), ..Default::default() }
}

pub(super) fn room_scope(word: &str) -> Scope {
    Scope::Room(RoomId(id(word)))
}

fn price(town: &Town, room: &str, when: &str) -> i64 {
    town.quote(room, when, Application::default()).price.oere
}

impl Town {
    fn quote(&self, room: &str, when: &str, application: Application) -> crate::model::Quote {
        let when = When::Span(span(when));
        let wanted = QuoteFor { room: room_name(room), when, by: id("someone"), application };
        self.state.quote(self.now, &wanted).unwrap()
    }

    pub(super) fn charges(&self) -> Vec<(i64, Why)> {
        let all = self.state.charges(Timestamp::MIN, Timestamp::MAX, None, 1000);
        all.items.into_iter().map(|row| (row.oere, row.why)).collect()
    }
}

fn reasons(quote: &crate::model::Quote) -> Vec<&'static str> {
    quote.refusals.iter().map(Refusal::reason).collect()
}

#[test]
fn the_nearest_scope_that_has_a_section_wins_and_the_others_are_inherited() {
    let school = Scope::Facility(FacilityId(id("school")));
    let grid = LettingRules { grid_minutes: Some(30), ..priced(10_000) };
    let town = hall_and([
        rules(Scope::Municipality, grid),
        rules(school, priced(20_000)),
        rules(room_scope("north"), priced(30_000)),
    ]);
    let hour = "2026-12-01T18:00/19:00";

    assert_eq!(price(&town, "hall", hour), 20_000);
    assert_eq!(price(&town, "north", hour), 30_000);
    assert_eq!(price(&town, "north-east", hour), 30_000, "a part has what its whole has");
    let off_grid = town.quote("north-east", "2026-12-01T18:15/19:00", Application::default());
    assert_eq!(reasons(&off_grid), ["OFF_GRID"]);
}

#[test]
fn rules_hold_from_their_date_on_and_the_latest_wins() {
    let all = Scope::Municipality;
    let town = || {
        hall_and([
            from("2027-01-01", all, priced(30_000)),
            from("2026-11-23", all, priced(20_000)),
            from("2026-01-01", all, priced(10_000)),
        ])
    };
    let hour = "2027-02-01T18:00/19:00";

    assert_eq!(price(&town(), "hall", hour), 10_000);
    assert_eq!(price(&town().at("2026-11-23T00:00"), "hall", hour), 20_000);
    assert_eq!(price(&town().at("2027-01-01T00:00"), "hall", hour), 30_000);
}

#[test]
fn a_booking_moves_under_the_rules_that_it_was_made_under() {
    let mut town = hall_and([rules(Scope::Municipality, priced(10_000))]);
    let made = town.when(apply("hall", "2026-12-01T18:00/19:00", says("choir"))).unwrap();
    let Event::Booked { booking, .. } = made[0] else { panic!("{made:?}") };
    let dearer = Command::SetLettingRules {
        scope: Scope::Municipality,
        from: "2026-01-01".parse().unwrap(),
        rules: Box::new(priced(50_000)),
    };
    town.when(dearer).unwrap();

    let (room, span, seen) = (None, Some(span("2026-12-02T18:00/21:00")), None);
    town.when(Command::Move { booking, room, span, seen, as_staff: false }).unwrap();

    assert_eq!(town.charges(), [(10_000, Why::Booked), (20_000, Why::Moved)]);
    assert_eq!(price(&town, "hall", "2026-12-03T18:00/19:00"), 50_000);
}

#[test]
fn what_was_booked_before_there_were_rules_stays_free() {
    let mut town = hall_and([booked("choir", "hall", "2026-12-01T18:00/19:00")]);
    town.when(Command::SetLettingRules {
        scope: Scope::Municipality,
        from: "2026-01-01".parse().unwrap(),
        rules: Box::new(priced(50_000)),
    })
    .unwrap();

    town.when(move_to("choir", None, Some("2026-12-02T18:00/21:00"))).unwrap();
    town.when(book("hall", "2026-12-03T18:00/19:00")).unwrap();

    assert_eq!(town.charges(), [(50_000, Why::Booked)], "only the one made since");
}

#[test]
fn a_quote_names_every_rule_that_would_refuse_not_only_the_first() {
    let applicant = Applicant { kind: code("youth"), purposes: Vec::new(), opens_days: None };
    let strict = LettingRules {
        applicants: Some(vec![applicant]),
        lead_minutes: Some(60 * 24 * 30),
        shortest_minutes: Some(60),
        longest_minutes: Some(10),
        grid_minutes: Some(30),
        horizon_days: Some(1),
        adult_in_charge: Some(true),
        terms: Some(3),
        prices: Some(vec![PriceRow { from: 0, to: 60, ..per_hour(1).remove(0) }]),
        ..Default::default()
    };
    let town = hall_and([
        rules(Scope::Municipality, strict),
        booked("choir", "hall", "2026-12-01T18:00/20:00"),
    ]);

    let quote = town.quote("north", "2026-12-01T18:10/18:30", Application::default());

    let expected = [
        "TAKEN",
        "APPLICANT_NOT_ADMITTED",
        "LEAD_TOO_SHORT",
        "BEYOND_HORIZON",
        "TOO_SHORT",
        "LONGER_THAN_LET",
        "OFF_GRID",
        "ADULT_REQUIRED",
        "TERMS_NOT_ACCEPTED",
        "NO_PRICE",
    ];
    assert_eq!(reasons(&quote), expected);
}

#[test]
fn a_quote_and_the_booking_after_it_say_the_same() {
    let half = vec![Deadline { hours: 48, per_mille: 500 }];
    let mut town = hall_and([rules(
        Scope::Municipality,
        LettingRules { cancellation: Some(half), ..priced(10_000) },
    )]);
    let (when, application) = ("2026-12-01T18:00/20:00", says("choir"));

    let quote = town.quote("hall", when, application.clone());
    let made = town.when(apply("hall", when, application)).unwrap();

    let Event::Booked { terms: Some(terms), charge: Some(charge), .. } = &made[0] else {
        panic!("{made:?}")
    };
    assert_eq!((terms.oere, charge.oere, quote.price.oere), (20_000, 20_000, 20_000));
    assert_eq!(terms.edition, quote.edition);
    assert_eq!(quote.deadlines, [(at("2026-11-29T18:00"), 10_000)]);
}

#[test]
fn a_plain_booking_meets_the_rules_too() {
    let mut town = hall_and([rules(
        room_scope("hall"),
        LettingRules { adult_in_charge: Some(true), ..Default::default() },
    )]);

    let outcome = town.when(book("north", "2026-12-01T18:00/20:00"));

    assert_refused!(outcome, Refusal::Letting(Objection::AdultRequired { .. }));
    assert!(town.when(book("kitchen", "2026-12-01T18:00/20:00")).is_ok());
}

#[test]
fn a_quota_counts_live_bookings_of_the_applicant_in_the_period_and_scope() {
    let quota = Quota { applicant: None, period: Period::Week, bookings: Some(2), minutes: None };
    let mut town = hall_and([rules(
        room_scope("hall"),
        LettingRules { quotas: Some(vec![quota]), ..Default::default() },
    )]);
    let club = |n: u128| Application {
        organisation: Some(dugnad_events::OrganisationId(Uuid::from_u128(n))),
        ..Default::default()
    };
    let monday = town.when(apply("north", "2026-11-30T18:00/19:00", club(1))).unwrap();
    town.when(apply("hall", "2026-12-06T18:00/19:00", club(1))).unwrap();

    let third = town.when(apply("south", "2026-12-02T18:00/19:00", club(1)));
    assert_refused!(third, Refusal::Letting(Objection::QuotaOfBookings { limit: 2, .. }));
    assert!(town.when(apply("south", "2026-12-02T18:00/19:00", club(2))).is_ok(), "another club");
    assert!(town.when(apply("south", "2026-12-07T18:00/19:00", club(1))).is_ok(), "next week");
    assert!(town.when(apply("kitchen", "2026-12-02T18:00/19:00", club(1))).is_ok(), "elsewhere");

    let Event::Booked { booking, .. } = monday[0] else { panic!("{monday:?}") };
    town.when(Command::Cancel { booking, reason: String::new(), seen: None }).unwrap();
    assert!(town.when(apply("south", "2026-12-03T18:00/19:00", club(1))).is_ok());
}

#[test]
fn the_dates_of_a_series_count_for_their_quota_and_are_charged_each() {
    let quota = Quota { applicant: None, period: Period::Month, bookings: Some(3), minutes: None };
    let mut town = hall_and([rules(
        Scope::Municipality,
        LettingRules { quotas: Some(vec![quota]), ..priced(10_000) },
    )]);
    let pattern = dugnad_events::rooms::Pattern {
        start: "2026-12-01T18:00".parse().unwrap(),
        minutes: 60,
        rrule: "FREQ=WEEKLY;COUNT=6".to_owned(),
        exdates: Vec::new(),
    };
    let clashes = crate::model::ClashPolicy::Skip;
    let (room, details) = (room_name("hall"), details_of("kari"));

    let events = town
        .when(Command::BookSeries { room, pattern, details, clashes, application: Box::default() })
        .unwrap();

    let Event::SeriesBooked { skipped, .. } = &events[0] else { panic!("{events:?}") };
    let skipped: Vec<_> =
        skipped.iter().map(|date| (date.start.to_string(), date.reason.as_str())).collect();
    let late = ["2026-12-22T18:00:00", "2026-12-29T18:00:00"];
    assert_eq!(skipped, late.map(|date| (date.to_owned(), "QUOTA_OF_BOOKINGS")));
    assert_eq!(town.charges(), vec![(10_000, Why::Booked); 4]);
}

fn with_deadlines() -> Town {
    let deadlines =
        vec![Deadline { hours: 48, per_mille: 500 }, Deadline { hours: 24, per_mille: 1000 }];
    hall_and([rules(
        Scope::Municipality,
        LettingRules { cancellation: Some(deadlines), ..priced(10_000) },
    )])
}

#[test]
fn a_cancellation_keeps_what_its_deadlines_say() {
    for (now, back) in [
        ("2026-11-29T17:59", Some(-20_000)),
        ("2026-11-29T18:00", Some(-10_000)),
        ("2026-11-30T18:00", None),
    ] {
        let mut town = with_deadlines();
        let made = town.when(apply("hall", "2026-12-01T18:00/20:00", says("choir"))).unwrap();
        let Event::Booked { booking, .. } = made[0] else { panic!("{made:?}") };
        let mut town = town.at(now);

        town.when(Command::Cancel { booking, reason: String::new(), seen: None }).unwrap();

        let refunds: Vec<_> = town.charges().into_iter().skip(1).map(|(oere, _)| oere).collect();
        assert_eq!(refunds, Vec::from_iter(back), "{now}");
    }
}

#[test]
fn a_late_move_is_no_way_around_the_deadline() {
    let mut town = with_deadlines();
    let made = town.when(apply("hall", "2026-12-01T18:00/20:00", says("choir"))).unwrap();
    let Event::Booked { booking, .. } = made[0] else { panic!("{made:?}") };
    let mut town = town.at("2026-11-30T12:00");

    let (room, when, seen) = (None, Some(span("2026-12-20T18:00/18:30")), None);
    town.when(Command::Move { booking, room, span: when, seen, as_staff: false }).unwrap();
    town.when(Command::Cancel { booking, reason: String::new(), seen: None }).unwrap();

    // Half of 200 kroner was forfeited; half an hour would have cost 50.
    assert_eq!(town.charges(), [(20_000, Why::Booked), (-10_000, Why::Moved)]);
}

#[test]
fn charges_are_listed_by_when_they_arose_a_page_at_a_time() {
    let mut town = hall_and([rules(Scope::Municipality, priced(10_000))]);
    for (now, day) in [("2026-11-30T23:59", 7), ("2026-12-01T00:00", 8), ("2026-12-31T12:00", 9)] {
        town = town.at(now);
        let when = format!("2027-01-0{day}T18:00/19:00");
        town.when(apply("hall", &when, says("choir"))).unwrap();
    }
    let december = |after| {
        let (from, to) = (at("2026-12-01T00:00"), at("2027-01-01T00:00"));
        town.state.charges(from, to, after, 1)
    };

    let first = december(None);
    let second = december(first.next);

    let number = |row: &ChargeView| (row.number, row.applicant.clone(), row.oere);
    let choir = Some(code("choir"));
    assert_eq!(first.items.iter().map(number).collect::<Vec<_>>(), [(1, choir.clone(), 10_000)]);
    assert_eq!(second.items.iter().map(number).collect::<Vec<_>>(), [(2, choir, 10_000)]);
    assert_eq!(second.next, None);
}

#[test]
fn a_whole_day_is_from_its_first_opening_to_its_last_closing() {
    let lunch = |open: [(&str, &str); 2]| {
        open.map(|(from, to)| LocalWindow::parse(from, to).unwrap()).to_vec()
    };
    let mut hours = evenings();
    hours.week = Some(std::array::from_fn(|_| lunch([("08:00", "12:00"), ("13:00", "22:00")])));
    let mut town = given([school(hours), room("hall")]);
    let day = |date: &str| Command::Apply {
        room: room_name("hall"),
        when: When::Day(date.parse().unwrap()),
        details: details_of("kari"),
        application: Box::default(),
        hold: None,
    };

    let made = town.when(day("2026-12-23")).unwrap();

    let Event::Booked { span: got, .. } = &made[0] else { panic!("{made:?}") };
    assert_eq!(*got, span("2026-12-23T08:00/22:00"));
    assert_refused!(town.when(day("2026-12-24")), Refusal::Closed(_));
    assert_refused!(town.when(book("hall", "2026-12-23T12:15/12:30")), Refusal::Closed(_));
}

#[test]
fn rules_for_what_does_not_exist_are_refused() {
    let mut town = hall_and([]);
    let set = |scope| Command::SetLettingRules {
        scope,
        from: "2026-01-01".parse().unwrap(),
        rules: Box::default(),
    };

    assert_refused!(town.when(set(room_scope("attic"))), Refusal::NotFound(_));
    let nowhere = Scope::Facility(FacilityId(id("nowhere")));
    assert_refused!(town.when(set(nowhere)), Refusal::NotFound(_));
}
