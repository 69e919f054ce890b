//! The municipality's own event goes before, and a closed room is closed for everyone.

use dugnad_events::rooms::{LettingRules, Scope, WaitEnd};

use super::{
    letting::{apply, priced, rules, says},
    *,
};
use crate::model::{WaitState, When, Why};

const EVENING: &str = "2026-12-01T18:00/20:00";

fn displace(room: &str, when: &str) -> Command {
    Command::Displace {
        room: room_name(room),
        when: When::Span(span(when)),
        details: details_of("mayor"),
        application: Box::default(),
        reason: "municipal council".to_owned(),
    }
}

fn close(room: &str, when: &str) -> Command {
    let reason = "water damage".to_owned();
    Command::CloseRoom { room: room_name(room), span: span(when), reason }
}

impl Town {
    fn books(&mut self, room: &str, when: &str) -> BookingId {
        let events = self.when(apply(room, when, says("choir"))).unwrap();
        let Event::Booked { booking, .. } = events[0] else { panic!("{events:?}") };
        booking
    }

    fn cause(&self, booking: BookingId) -> Option<Cause> {
        match self.standing(booking) {
            Standing::Ended { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

#[test]
fn an_override_cancels_what_is_in_the_way_pays_it_back_and_names_other_times() {
    let mut town = hall_and([rules(Scope::Municipality, priced(10_000))]);
    let choir = town.books("north", EVENING);
    let band = town.books("south", "2026-12-01T19:00/21:00");
    let after = town.books("hall", "2026-12-01T21:00/22:00");

    let events = town.when(displace("hall", "2026-12-01T18:30/20:30")).unwrap();

    let told: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Displaced { booking, whom, instead, .. } => Some((*booking, *whom, instead)),
            _ => None,
        })
        .collect();
    let mut whom: Vec<_> = told.iter().map(|(booking, whom, _)| (*booking, *whom)).collect();
    whom.sort_unstable();
    let mut expected = vec![(choir, id("someone")), (band, id("someone"))];
    expected.sort_unstable();
    assert_eq!(whom, expected);
    for (booking, _, instead) in told {
        assert_eq!(town.cause(booking), Some(Cause::Displaced));
        assert_eq!(instead.len(), 2, "before and after the event: {instead:?}");
        for other in instead {
            assert_eq!(other.seconds(), 2 * 3600);
            let room = town.state.booking(booking).unwrap().room;
            let details = details_of("kari");
            assert!(town.when(Command::Book { room, span: *other, details }).is_ok());
        }
    }
    assert_eq!(town.standing(after), Standing::Confirmed);
    let back: Vec<_> = town.charges().into_iter().filter(|(oere, _)| *oere < 0).collect();
    assert_eq!(back, vec![(-20_000, Why::Ended(Cause::Displaced)); 2]);
}

#[test]
fn an_override_pays_nothing_and_no_letting_rule_binds_it() {
    let strict = LettingRules { adult_in_charge: Some(true), ..priced(10_000) };
    let mut town = hall_and([rules(Scope::Municipality, strict)]);

    town.when(displace("hall", EVENING)).unwrap();

    assert_eq!(town.charges(), []);
}

#[test]
fn what_has_begun_is_not_displaced_and_a_closed_room_is_not_opened() {
    let town = hall_and([booked("choir", "north", EVENING)]);
    let mut town = town.at("2026-12-01T18:30");
    let during = displace("hall", "2026-12-01T19:00/21:00");
    assert_refused!(town.when(during), Refusal::Taken { .. });

    town.when(close("kitchen", "2026-12-02T00:00/23:00")).unwrap();
    let closed = displace("kitchen", "2026-12-02T18:00/20:00");
    assert_refused!(town.when(closed), Refusal::RoomClosed { .. });
}

#[test]
fn closing_a_room_cancels_all_inside_and_clears_who_waits() {
    let mut town = hall_and([rules(Scope::Municipality, priced(10_000))]);
    let choir = town.books("north", EVENING);
    let held = town.hold("south", EVENING);
    let before = town.books("hall", "2026-12-01T16:00/18:00");
    town.me = id("ada");
    let (room, wanted) = (room_name("hall"), span(EVENING));
    let events = town.when(Command::JoinWait { room, span: wanted }).unwrap();
    let Event::WaitBegan { wait, .. } = events[0] else { panic!("{events:?}") };
    let would = town.state.would_close(town.now, room, span("2026-12-01T18:00/22:00")).unwrap();

    town.when(close("hall", "2026-12-01T18:00/22:00")).unwrap();

    assert_eq!(town.cause(choir), Some(Cause::RoomClosed));
    assert_eq!(town.cause(held), Some(Cause::RoomClosed));
    assert_eq!(would.len(), 2, "as the dry run said");
    assert!(would.contains(&choir) && would.contains(&held));
    assert_eq!(town.standing(before), Standing::Confirmed);
    let state = town.state.wait(wait).unwrap().state;
    assert_eq!(state, WaitState::Ended(WaitEnd::RoomClosed));
    let back = town.charges().pop();
    assert_eq!(back, Some((-20_000, Why::Ended(Cause::RoomClosed))));
}

#[test]
fn a_closed_room_can_neither_be_booked_nor_found_in_any_part_until_it_is_opened() {
    let mut town = hall_and([]);
    let events = town.when(close("north", "2026-12-01T18:00/22:00")).unwrap();
    let Event::RoomClosed { closure, .. } = events[0] else { panic!("{events:?}") };
    let again = close("north", "2026-12-01T21:00/23:00");
    assert_refused!(town.when(again), Refusal::RoomClosed { .. });

    for room in ["hall", "north", "north-east"] {
        let outcome = town.when(book(room, "2026-12-01T19:00/20:00"));
        assert_refused!(outcome, Refusal::RoomClosed { .. });
    }
    assert!(town.when(book("south", "2026-12-01T19:00/20:00")).is_ok());
    assert!(town.when(book("north", "2026-12-01T17:00/18:00")).is_ok());
    let search = crate::model::Search {
        span: span("2026-12-01T17:00/23:00"),
        seconds: Some(3600),
        capacity: 0,
        equipment: Vec::new(),
        accessibility: Vec::new(),
    };
    let found = town.state.search(town.now, &search, None, 100);
    let east = found.items.iter().find(|it| it.room.name == room_name("north-east")).unwrap();
    assert_eq!(east.windows, [span("2026-12-01T22:00/23:00")]);

    town.when(Command::ReopenRoom { closure }).unwrap();
    assert!(town.when(book("north", "2026-12-01T19:00/20:00")).is_ok());
    assert_refused!(town.when(Command::ReopenRoom { closure }), Refusal::NotFound(_));
}

#[test]
fn closing_a_room_takes_the_dates_of_a_series_and_open_requests_with_it() {
    let handling =
        dugnad_events::rooms::Handling { required: true, holds: false, answer_minutes: 600 };
    let handled = LettingRules { handling: Some(handling), ..Default::default() };
    let kitchen = Scope::Room(RoomId(id("kitchen")));
    let mut town = hall_and([rules(kitchen, handled)]);
    let asked = town.request("kitchen", EVENING);
    let pattern = dugnad_events::rooms::Pattern {
        start: "2026-12-01T18:00".parse().unwrap(),
        minutes: 60,
        rrule: "FREQ=WEEKLY;COUNT=3".to_owned(),
        exdates: Vec::new(),
    };
    let (room, details) = (room_name("hall"), details_of("kari"));
    let (clashes, application) = (Default::default(), Box::default());
    town.when(Command::BookSeries { room, pattern, details, clashes, application }).unwrap();

    let of_series = town.when(close("hall", "2026-12-07T00:00/2026-12-21T00:00")).unwrap();
    let of_kitchen = town.when(close("kitchen", "2026-12-01T00:00/23:00")).unwrap();

    let cancelled = |events: &[Event]| {
        events.iter().filter(|event| matches!(event, Event::Cancelled { .. })).count()
    };
    assert_eq!((cancelled(&of_series), cancelled(&of_kitchen)), (2, 1));
    assert_eq!(town.cause(asked), Some(Cause::RoomClosed));
}
