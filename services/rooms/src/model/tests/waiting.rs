//! Waiting lists: the first gets the slot, and the next when they let it lapse.

use dugnad_events::{WaitId, rooms::WaitEnd};

use super::*;
use crate::model::{WaitState, When};

const EVENING: &str = "2026-12-01T18:00/20:00";

impl Town {
    fn waits(&mut self, who: &str, room: &str, when: &str) -> WaitId {
        self.me = id(who);
        let (room, span) = (room_name(room), span(when));
        let events = self.when(Command::JoinWait { room, span }).unwrap();
        let Event::WaitBegan { wait, .. } = events[0] else { panic!("{events:?}") };
        wait
    }

    fn waiting(&self, wait: WaitId) -> WaitState {
        self.state.wait(wait).unwrap().state
    }

    fn offered(&self, wait: WaitId) -> BookingId {
        let WaitState::Offered { hold, .. } = self.waiting(wait) else {
            panic!("{:?}", self.waiting(wait))
        };
        hold
    }
}

fn taken() -> Town {
    hall_and([booked("choir", "hall", EVENING)])
}

#[test]
fn one_waits_for_what_is_taken_and_for_nothing_else() {
    let mut town = taken();
    let join =
        |room: &str, when: &str| Command::JoinWait { room: room_name(room), span: span(when) };

    town.when(join("north", EVENING)).unwrap();

    assert_refused!(town.when(join("north", EVENING)), Refusal::WaitsAlready { .. });
    assert_refused!(town.when(join("kitchen", EVENING)), Refusal::SlotFree { .. });
    assert_refused!(town.when(join("north", "2026-11-20T18:00/20:00")), Refusal::Past { .. });
}

#[test]
fn a_cancelled_booking_is_offered_to_the_first_in_the_queue_in_the_same_breath() {
    let mut town = taken();
    let first = town.waits("ada", "hall", EVENING);
    let second = town.waits("ola", "hall", EVENING);
    assert_eq!(town.waiting(second), WaitState::Waiting { before: 1 });

    let events = town.when(cancel("choir")).unwrap();

    let [Event::Cancelled { .. }, Event::Held { by, until, wait, .. }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((*by, *wait, *until), (id("ada"), Some(first), at("2026-11-23T08:00")));
    assert_eq!(town.waiting(second), WaitState::Waiting { before: 0 });
    assert_refused!(town.when(book("hall", EVENING)), Refusal::Taken { .. });
}

#[test]
fn an_offer_that_lapses_goes_to_the_next_and_then_to_everybody() {
    let mut town = taken();
    let first = town.waits("ada", "hall", EVENING);
    let second = town.waits("ola", "north", EVENING);
    town.when(cancel("choir")).unwrap();
    let offer = town.offered(first);

    let mut town = town.at("2026-11-23T08:00");
    town.tick();
    assert_eq!(town.waiting(first), WaitState::Settled { hold: offer });
    town.offered(second);

    let mut town = town.at("2026-11-24T08:00");
    town.tick();
    assert!(town.when(book("hall", EVENING)).is_ok());
    assert_eq!(Rooms::deadline(&town.state), None);
}

#[test]
fn who_takes_the_offer_has_the_room() {
    let mut town = taken();
    let wait = town.waits("ada", "hall", EVENING);
    town.when(cancel("choir")).unwrap();
    let hold = town.offered(wait);
    let take = Command::Apply {
        room: room_name("hall"),
        when: When::Span(span(EVENING)),
        details: details_of("ada"),
        application: Box::default(),
        hold: Some(hold),
    };

    let made = town.when(take).unwrap();

    assert!(matches!(made[1], Event::Booked { .. }), "{made:?}");
    assert_eq!(town.waiting(wait), WaitState::Settled { hold });
}

#[test]
fn an_offer_that_is_declined_goes_to_the_next_at_once() {
    let mut town = taken();
    let first = town.waits("ada", "hall", EVENING);
    let second = town.waits("ola", "hall", EVENING);
    town.when(cancel("choir")).unwrap();
    let booking = town.offered(first);

    town.when(Command::Cancel { booking, reason: String::new(), seen: None }).unwrap();

    town.offered(second);
}

#[test]
fn a_whole_that_is_given_back_serves_those_who_wait_for_its_parts() {
    let mut town = taken();
    let north = town.waits("ada", "north", EVENING);
    let all = town.waits("ola", "hall", EVENING);
    let south = town.waits("kari", "south", "2026-12-01T18:30/19:30");

    town.when(cancel("choir")).unwrap();

    town.offered(north);
    town.offered(south);
    assert_eq!(town.waiting(all), WaitState::Waiting { before: 0 }, "no longer possible for now");
}

#[test]
fn what_a_move_leaves_behind_is_offered() {
    let mut town = taken();
    let wait = town.waits("ada", "hall", EVENING);

    town.when(move_to("choir", None, Some("2026-12-01T19:00/21:00"))).unwrap();
    assert!(matches!(town.waiting(wait), WaitState::Waiting { .. }), "it still overlaps");
    town.when(move_to("choir", None, Some("2026-12-02T19:00/21:00"))).unwrap();

    town.offered(wait);
}

#[test]
fn who_leaves_is_passed_over_and_only_they_can_leave() {
    let mut town = taken();
    let first = town.waits("ada", "hall", EVENING);
    let second = town.waits("ola", "hall", EVENING);
    assert_refused!(town.when(Command::LeaveWait { wait: first }), Refusal::NotYours(_));
    town.me = id("ada");
    town.when(Command::LeaveWait { wait: first }).unwrap();
    assert_eq!(town.when(Command::LeaveWait { wait: first }), Ok(Vec::new()));

    town.when(cancel("choir")).unwrap();

    assert_eq!(town.waiting(first), WaitState::Ended(WaitEnd::Left));
    town.offered(second);
}

#[test]
fn nobody_waits_for_what_has_begun() {
    let mut town = taken();
    let wait = town.waits("ada", "hall", "2026-12-01T18:30/20:00");

    let mut town = town.at("2026-12-01T18:30");
    town.tick();

    assert_eq!(town.waiting(wait), WaitState::Ended(WaitEnd::Passed));
    assert_eq!(Rooms::deadline(&town.state), None);
}
