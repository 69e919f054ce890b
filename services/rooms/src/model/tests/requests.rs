//! What is not yet a booking: holds and requests, and what the clock does to them.

use dugnad_events::rooms::{Application, Handling, Holding, LettingRules, Scope};

use super::{
    letting::{apply, priced, rules, says},
    *,
};
use crate::model::{MOST_HOLDS, When, Why};

/// Rooms are let by request, answered within a day.
fn handled(holds: bool) -> LettingRules {
    let handling = Handling { required: true, holds, answer_minutes: 24 * 60 };
    let holding = Holding { form_minutes: 15, offer_minutes: 60 };
    LettingRules { handling: Some(handling), holding: Some(holding), ..priced(10_000) }
}

fn town(holds: bool) -> Town {
    hall_and([rules(Scope::Municipality, handled(holds))])
}

impl Town {
    pub(super) fn request(&mut self, room: &str, when: &str) -> BookingId {
        let events = self.when(apply(room, when, says("choir"))).unwrap();
        let Event::Requested { booking, .. } = events[0] else { panic!("{events:?}") };
        booking
    }

    pub(super) fn hold(&mut self, room: &str, when: &str) -> BookingId {
        let (room, span) = (room_name(room), span(when));
        let events = self.when(Command::Hold { room, span }).unwrap();
        let Event::Held { booking, .. } = events[0] else { panic!("{events:?}") };
        booking
    }

    pub(super) fn standing(&self, booking: BookingId) -> Standing {
        self.state.booking(booking).unwrap().standing
    }

    /// Lets the clock bring what is due, as the ledger does.
    pub(super) fn tick(&mut self) -> Vec<Event> {
        let due = Rooms::deadline(&self.state);
        assert!(due.is_some_and(|due| due <= self.now), "nothing is due");
        self.when(Rooms::tick().unwrap()).unwrap()
    }
}

fn take_up(hold: BookingId, room: &str, when: &str) -> Command {
    Command::Apply {
        room: room_name(room),
        when: When::Span(span(when)),
        details: details_of("kari"),
        application: Box::default(),
        hold: Some(hold),
    }
}

fn lapsed() -> Standing {
    Standing::Ended { cause: Cause::Lapsed, reason: "".into() }
}

const EVENING: &str = "2026-12-01T18:00/20:00";

#[test]
fn an_open_request_holds_nothing_unless_the_rules_say_so() {
    let mut loose = town(false);
    loose.request("hall", EVENING);
    loose.request("hall", EVENING);

    let mut strict = town(true);
    strict.request("hall", EVENING);
    assert_refused!(strict.when(apply("north", EVENING, says("band"))), Refusal::Taken { .. });
}

#[test]
fn of_two_requests_for_one_slot_only_one_can_be_approved() {
    let mut town = town(false);
    let (first, second) = (town.request("hall", EVENING), town.request("north", EVENING));

    let approved = town.when(Command::Approve { booking: second }).unwrap();
    let other = town.when(Command::Approve { booking: first });

    assert!(matches!(approved[..], [Event::Approved { .. }]), "{approved:?}");
    assert_refused!(other, Refusal::Taken { by, .. } if *by == second);
    assert_eq!(town.standing(second), Standing::Confirmed);
    assert_eq!(town.charges(), [(20_000, Why::Booked)], "nothing is paid for a request");
}

#[test]
fn a_request_is_answered_once() {
    let mut town = town(true);
    let asked = town.request("hall", EVENING);
    let reason = "the hall is painted".to_owned();

    town.when(Command::Deny { booking: asked, reason: reason.clone() }).unwrap();

    let denied = Standing::Ended { cause: Cause::Denied, reason: reason.into() };
    assert_eq!(town.standing(asked), denied);
    let approve = Command::Approve { booking: asked };
    assert_refused!(town.when(approve), Refusal::NotRequested(_));
    let deny = Command::Deny { booking: asked, reason: String::new() };
    assert_refused!(town.when(deny), Refusal::NotRequested(_));
    assert_eq!(town.charges(), []);
    town.request("hall", EVENING);
}

#[test]
fn a_request_that_nobody_answers_lapses_by_the_clock() {
    let mut town = town(true);
    let asked = town.request("hall", EVENING);
    assert_eq!(Rooms::deadline(&town.state), Some(at("2026-11-23T08:00")));

    let mut town = town.at("2026-11-23T08:00");
    // The clock has passed it before the tick comes.
    let late = town.when(Command::Approve { booking: asked });
    assert_refused!(late, Refusal::NotRequested(_));
    town.tick();

    assert_eq!(town.standing(asked), lapsed());
    assert_eq!(Rooms::deadline(&town.state), None);
    town.request("hall", EVENING);
}

#[test]
fn requests_are_listed_by_when_they_lapse() {
    let mut town = town(false);
    let first = town.request("hall", EVENING);
    let mut town = town.at("2026-11-22T09:00");
    let second = town.request("kitchen", EVENING);
    town.hold("south", "2026-12-02T18:00/20:00");

    let page = town.state.requests(None, 1);
    let rest = town.state.requests(page.next, 9);

    let ids = |page: &crate::model::Page<crate::model::BookingView, BookingId>| {
        page.items.iter().map(|it| it.id).collect::<Vec<_>>()
    };
    assert_eq!((ids(&page), ids(&rest)), (vec![first], vec![second]));
}

#[test]
fn a_booking_that_was_approved_moves_only_with_the_municipality() {
    let mut town = town(false);
    let booking = town.request("hall", EVENING);
    let moved = |as_staff| Command::Move {
        booking,
        room: None,
        span: Some(span("2026-12-02T18:00/20:00")),
        seen: None,
        as_staff,
    };

    assert_refused!(town.when(moved(true)), Refusal::NotConfirmed(_));
    town.when(Command::Approve { booking }).unwrap();
    assert_refused!(town.when(moved(false)), Refusal::NeedsApproval(_));
    assert!(town.when(moved(true)).is_ok());
}

/// Three Tuesdays of the hall, asked for.
fn series(town: &mut Town) -> (SeriesId, Vec<BookingId>) {
    let pattern = dugnad_events::rooms::Pattern {
        start: "2026-12-01T18:00".parse().unwrap(),
        minutes: 120,
        rrule: "FREQ=WEEKLY;COUNT=3".to_owned(),
        exdates: Vec::new(),
    };
    let (room, details) = (room_name("hall"), details_of("kari"));
    let (clashes, application) = (crate::model::ClashPolicy::AllOrNothing, Box::default());
    let book = Command::BookSeries { room, pattern, details, clashes, application };
    let events = town.when(book).unwrap();
    let Event::SeriesBooked { series, .. } = events[0] else { panic!("{events:?}") };
    let dates = events[1..].iter().map(|event| match event {
        Event::Requested { booking, series: Some(of), .. } if *of == series => *booking,
        other => panic!("{other:?}"),
    });
    (series, dates.collect())
}

#[test]
fn a_series_where_rooms_are_let_by_request_is_a_request_for_each_date() {
    let mut town = town(false);
    let (series, dates) = series(&mut town);
    town.when(book("north", "2026-12-08T19:00/20:00")).unwrap();
    let other = town.request("north", "2026-12-08T18:30/19:00");
    town.when(Command::Approve { booking: other }).unwrap();

    let events = town.when(Command::ApproveSeries { series }).unwrap();

    assert_eq!(town.standing(dates[0]), Standing::Confirmed);
    let Standing::Ended { cause: Cause::Denied, reason } = town.standing(dates[1]) else {
        panic!("{events:?}")
    };
    assert!(reason.starts_with("TAKEN: "), "{reason}");
    assert_eq!(town.standing(dates[2]), Standing::Confirmed);
    assert_eq!(town.charges().len(), 3, "each date that could be had, and the other's");
    let again = town.when(Command::ApproveSeries { series });
    assert_refused!(again, Refusal::SeriesNotRequested(_));
}

#[test]
fn a_series_that_is_denied_frees_its_dates_for_who_waits() {
    let mut town = town(true);
    let (series, dates) = series(&mut town);
    let (room, span) = (room_name("hall"), span(EVENING));
    let wait = town.when(Command::JoinWait { room, span }).unwrap();
    let Event::WaitBegan { wait, .. } = wait[0] else { panic!("{wait:?}") };

    let reason = "the hall is kept for the school".to_owned();
    let events = town.when(Command::DenySeries { series, reason }).unwrap();

    assert!(dates.iter().all(|date| !matches!(town.standing(*date), Standing::Requested { .. })));
    let offered =
        |event: &Event| matches!(event, Event::Held { wait: Some(of), .. } if *of == wait);
    assert_eq!(events.iter().filter(|event| offered(event)).count(), 1);
}

#[test]
fn what_of_a_series_nobody_answers_lapses_date_by_date() {
    let mut town = town(false);
    let (series, dates) = series(&mut town);

    let mut town = town.at("2026-11-23T08:00");
    town.tick();

    assert!(dates.iter().all(|date| town.standing(*date) == lapsed()));
    assert_refused!(town.when(Command::ApproveSeries { series }), Refusal::SeriesNotRequested(_));
}

#[test]
fn a_slot_is_held_for_a_while_for_its_owner_alone() {
    let mut town = hall_and([]);
    let hold = town.hold("hall", EVENING);
    assert_refused!(town.when(book("north", EVENING)), Refusal::Taken { by, .. } if *by == hold);

    town.me = id("another");
    assert_refused!(town.when(take_up(hold, "hall", EVENING)), Refusal::NotYours(_));
    town.me = id("someone");
    let elsewhere = take_up(hold, "kitchen", EVENING);
    assert_refused!(town.when(elsewhere), Refusal::Invalid { field: "hold", .. });
    let made = town.when(take_up(hold, "hall", EVENING)).unwrap();

    let [Event::Cancelled { cause, .. }, Event::Booked { .. }] = &made[..] else {
        panic!("{made:?}")
    };
    assert_eq!(*cause, Cause::TakenUp);
    assert_refused!(town.when(take_up(hold, "hall", EVENING)), Refusal::HoldLapsed(_));
    assert_eq!(Rooms::deadline(&town.state), None);
}

#[test]
fn a_hold_lapses_by_the_clock_and_cannot_be_used_after() {
    let mut town = hall_and([rules(Scope::Municipality, handled(false))]);
    let hold = town.hold("hall", EVENING);

    let mut town = town.at("2026-11-22T08:15");
    assert_refused!(town.when(take_up(hold, "hall", EVENING)), Refusal::HoldLapsed(_));
    town.tick();

    assert_eq!(town.standing(hold), lapsed());
    town.hold("hall", EVENING);
}

#[test]
fn a_hold_where_rooms_are_let_by_request_becomes_a_request() {
    let mut town = town(true);
    let hold = town.hold("hall", EVENING);

    let made = town.when(take_up(hold, "hall", EVENING)).unwrap();

    assert!(matches!(made[1], Event::Requested { holds: true, .. }), "{made:?}");
}

#[test]
fn nobody_holds_a_town() {
    let mut town = hall_and([]);
    for day in 1..=MOST_HOLDS {
        town.hold("hall", &format!("2026-12-0{day}T18:00/20:00"));
    }
    let (room, span) = (room_name("hall"), span("2026-12-10T18:00/20:00"));

    assert_refused!(town.when(Command::Hold { room, span }), Refusal::TooMany { .. });
    town.me = id("another");
    assert!(town.when(Command::Hold { room, span }).is_ok());
}

#[test]
fn nothing_said_is_an_application_like_any_other() {
    let mut town = town(false);

    let made = town.when(book("hall", EVENING)).unwrap();

    let Event::Requested { terms, .. } = &made[0] else { panic!("{made:?}") };
    assert_eq!(terms.application, Application::default());
}
