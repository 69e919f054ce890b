//! What the engine makes of small seasons.

use dugnad_budget::Steps;
use dugnad_events::{RoomId, SeasonApplicationId};
use uuid::Uuid;

use super::*;

fn slot(weekday: u8, hour: u16) -> SeasonSlot {
    SeasonSlot { room: RoomId(Uuid::nil()), weekday, start: hour * 60, minutes: 60 }
}

fn asks(n: u128, times: u32, wishes: &[(u32, bool)]) -> Asks {
    Asks {
        application: SeasonApplicationId(Uuid::from_u128(n)),
        class: 0,
        times,
        before: 0,
        wishes: wishes.iter().map(|&(slot, second)| SeasonWish { slot, second }).collect(),
        pinned: Vec::new(),
    }
}

/// Who has each slot.
fn allocated(slots: Vec<SeasonSlot>, asks: Vec<Asks>) -> Vec<(u32, u128)> {
    let posed = Posed::of(Question { revision: 0, slots, asks }).unwrap();
    let answer = posed.solve(&Steps(1_000_000), &|_| {});
    assert!(answer.is_proved());
    let grants = posed.grants(&answer).into_iter();
    grants.map(|grant| (grant.slot, grant.application.0.as_u128())).collect()
}

#[test]
fn a_second_wish_yields_to_a_first() {
    let two = vec![asks(1, 1, &[(0, true), (1, false)]), asks(2, 1, &[(0, false), (1, true)])];

    assert_eq!(allocated(vec![slot(0, 18), slot(1, 18)], two), [(0, 2), (1, 1)]);
}

#[test]
fn nobody_is_in_two_places_at_once() {
    let one = vec![asks(1, 2, &[(0, false), (1, false), (2, false)])];

    let has = allocated(vec![slot(0, 18), slot(0, 18), slot(0, 19)], one);

    assert_eq!(has.len(), 2);
    assert!(has.contains(&(2, 1)));
}

#[test]
fn a_clubs_second_group_comes_after_another_clubs_first() {
    let later = Asks { before: 1, ..asks(1, 1, &[(0, false)]) };

    assert_eq!(allocated(vec![slot(0, 18)], vec![later, asks(2, 1, &[(0, true)])]), [(0, 2)]);
}

#[test]
fn what_is_pinned_is_kept_though_nobody_wished_for_it() {
    let pinned = Asks { pinned: vec![1], ..asks(1, 1, &[(0, false)]) };

    assert_eq!(allocated(vec![slot(0, 18), slot(1, 18)], vec![pinned]), [(1, 1)]);
}
