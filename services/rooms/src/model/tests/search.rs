//! What is free: hours, claims of relatives, buffers, wishes and pages.

use dugnad_events::rooms::Accessibility;

use super::*;
use crate::model::{Available, Search};

fn search(when: &str, minutes: i64) -> Search {
    Search {
        span: span(when),
        seconds: Some(minutes * 60),
        capacity: 0,
        equipment: Vec::new(),
        accessibility: Vec::new(),
    }
}

impl Town {
    fn free(&self, search: &Search) -> Vec<(String, Vec<Interval>)> {
        let found = |it: Available| (it.room.traits.name, it.windows);
        self.state.search(self.now, search, None, 100).items.into_iter().map(found).collect()
    }

    fn names(&self, search: &Search) -> Vec<String> {
        self.free(search).into_iter().map(|(name, _)| name).collect()
    }
}

#[test]
fn a_taken_part_takes_its_whole_and_leaves_its_siblings() {
    let town = hall_and([booked("choir", "north-east", "2026-12-01T18:00/20:00")]);

    let free = town.free(&search("2026-12-01T17:00/21:00", 60));

    let around = vec![span("2026-12-01T17:00/18:00"), span("2026-12-01T20:00/21:00")];
    let all = vec![span("2026-12-01T17:00/21:00")];
    let expected = [
        ("hall", &around),
        ("kitchen", &all),
        ("north", &around),
        ("north-east", &around),
        ("north-west", &all),
        ("south", &all),
    ];
    assert_eq!(free, expected.map(|(name, windows)| (name.to_owned(), windows.clone())));
}

#[test]
fn without_a_length_the_room_is_wanted_all_the_time() {
    let town = hall_and([booked("choir", "hall", "2026-12-01T18:00/20:00")]);
    let all = |when| Search { seconds: None, ..search(when, 0) };

    assert_eq!(town.names(&all("2026-12-01T17:00/21:00")), ["kitchen"]);
    assert_eq!(town.names(&all("2026-12-01T20:00/21:00")).len(), 6);
}

#[test]
fn windows_keep_to_the_opening_hours() {
    let town = given([school(evenings()), room("hall")]);

    let free = town.free(&search("2026-12-23T12:00/2026-12-25T12:00", 60));

    let windows = vec![span("2026-12-23T12:00/22:00"), span("2026-12-25T08:00/12:00")];
    assert_eq!(free, [("hall".to_owned(), windows)]);
}

#[test]
fn every_window_offered_can_be_booked_to_its_ends_and_not_a_minute_more() {
    let history = || {
        [
            school(OpeningHours::default()),
            buffered("gym", 15, 30),
            booked("choir", "gym", "2026-12-01T18:00/20:00"),
        ]
    };
    let free = given(history()).free(&search("2026-12-01T12:00/23:00", 10));

    let windows = vec![span("2026-12-01T12:00/17:15"), span("2026-12-01T20:45/23:00")];
    assert_eq!(free, [("gym".to_owned(), windows)]);
    for fits in ["2026-12-01T12:00/17:15", "2026-12-01T20:45/23:00"] {
        assert!(given(history()).when(book("gym", fits)).is_ok());
    }
    for more in ["2026-12-01T12:00/17:16", "2026-12-01T20:44/23:00"] {
        assert_refused!(given(history()).when(book("gym", more)), Refusal::Taken { .. });
    }
}

#[test]
fn what_has_passed_is_not_offered() {
    let town = hall_and([]).at("2026-12-01T18:00");

    let free = town.free(&search("2026-12-01T17:00/21:00", 60));

    assert!(free.iter().all(|(_, windows)| *windows == [span("2026-12-01T18:00/21:00")]));
    assert_eq!(free.len(), 6);
    assert_eq!(town.free(&search("2026-12-01T12:00/18:30", 60)), []);
}

#[test]
fn a_room_must_be_large_enough_and_have_all_that_is_asked_for() {
    let equipment = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let cinema = RoomTraits {
        capacity: 120,
        equipment: equipment(&["projector", "sound"]),
        accessibility: vec![Accessibility::StepFree, Accessibility::HearingLoop],
        ..traits("cinema")
    };
    let town = given([school(evenings()), room("attic"), registered("cinema", None, cinema)]);
    let any = || search("2026-12-01T12:00/21:00", 60);

    assert_eq!(town.names(&any()), ["attic", "cinema"]);
    assert_eq!(town.names(&Search { capacity: 120, ..any() }), ["cinema"]);
    assert!(town.names(&Search { capacity: 121, ..any() }).is_empty());
    assert_eq!(town.names(&Search { equipment: equipment(&["sound"]), ..any() }), ["cinema"]);
    assert!(town.names(&Search { equipment: equipment(&["sound", "stage"]), ..any() }).is_empty());
    let lift = vec![Accessibility::StepFree, Accessibility::Lift];
    assert!(town.names(&Search { accessibility: lift, ..any() }).is_empty());
    let loops = vec![Accessibility::HearingLoop];
    assert_eq!(town.names(&Search { accessibility: loops, ..any() }), ["cinema"]);
}

#[test]
fn pages_follow_each_other_without_a_gap_and_the_last_says_so() {
    let town = hall_and([booked("choir", "north-east", "2026-12-01T17:00/21:00")]);
    let any = search("2026-12-01T17:00/21:00", 60);

    let first = town.state.search(town.now, &any, None, 2);
    let last = town.state.search(town.now, &any, first.next, 2);

    let names = |page: &[Available]| -> Vec<String> {
        page.iter().map(|it| it.room.traits.name.clone()).collect()
    };
    assert_eq!(names(&first.items), ["kitchen", "north-west"]);
    assert_eq!((names(&last.items), last.next), (vec!["south".to_owned()], None));
    let forged = Some(RoomId(id("attic")));
    assert!(town.state.search(town.now, &any, forged, 2).items.is_empty());
}
