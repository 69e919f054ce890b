//! Whatever is asked, in whatever order: invariants 1 and 9, held against a slow and simple account
//! of the same events that shares no code with the model. The same for what goes with them: nobody
//! has a closed room, no more chairs are claimed than there are, what is charged is what was agreed,
//! nobody waits for a slot that is free, and every booking has its shift.

mod account;
mod asked;

use proptest::prelude::*;

use super::*;
use account::Account;
use asked::{Ask, asks, command};

const ROOMS: [&str; 7] = ["hall", "north", "south", "north-east", "north-west", "kitchen", "gym"];
const PEOPLE: [&str; 3] = ["kari", "ola", "ada"];

/// Half hours from the morning of 1 December.
fn slots(slot: i64, slots: i64) -> Interval {
    let half_hours = |n: i64| at("2026-12-01T08:00") + jiff::SignedDuration::from_mins(30 * n);
    Interval::new(half_hours(slot), half_hours(slot + slots)).unwrap()
}

/// Whether the outcome of a plain booking is the one that the account expects.
fn assert_refused_with_cause(account: &Account, town: &Town, ask: &Ask, outcome: &Outcome) {
    let Ask::Book { room, slot, slots: n, .. } = *ask else { return };
    let wanted = (RoomId(id(ROOMS[room])), slots(slot, n));
    match outcome {
        Ok(_) | Err(Refusal::PersonErased(_)) => {}
        Err(Refusal::Past { .. }) => assert!(wanted.1.start() < town.now),
        Err(Refusal::Taken { .. } | Refusal::RoomClosed { .. }) => {
            assert!(!account.is_free(wanted), "refused without cause");
        }
        Err(Refusal::Letting(_)) => {}
        other => panic!("{other:?}"),
    }
}

/// Where there are shift rules, every booking to come begins in a live shift; and every live shift to
/// come was called for by one that begins in it or went before.
fn assert_attended(account: &Account, town: &Town) {
    let school = FacilityId(id("school"));
    if town.state.shift_rules(school).is_none() {
        return;
    }
    let days = "2026-12-01".parse().unwrap()..="2026-12-31".parse().unwrap();
    let shifts = town.state.shifts(school, days, None, usize::MAX).items;
    let live: Vec<_> = shifts.iter().filter(|shift| !shift.dropped).collect();
    let near = |booking: &Interval, shift: &Interval| {
        shift.start() <= booking.end() && booking.start() < shift.end()
    };
    for (booking, span) in account.confirmed.iter().filter(|(_, span)| span.start() > town.now) {
        let attended = |span: &Interval| live.iter().any(|it| near(span, &it.facts.span));
        assert!(attended(span), "nobody attends {booking}");
    }
    for shift in live.iter().filter(|shift| shift.facts.span.start() > town.now) {
        let called = account.confirmed.values().any(|span| near(span, &shift.facts.span));
        assert!(called, "nothing calls for {}", shift.id);
    }
    assert_eq!(live.len(), account.shifts.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_two_live_bookings_share_a_part_and_replay_gives_the_same_state(
        asked in proptest::collection::vec(asks(), 1..120)
    ) {
        let mut town = given([]).at("2026-12-01T08:00");
        let mut account = Account::default();
        let mut journal: Vec<Vec<u8>> = Vec::new();
        let mut happened = |account: &mut Account, event: &Event| {
            account.note(event);
            journal.push(rmp_serde::to_vec_named(event).unwrap());
        };
        for event in hall().into_iter().chain([buffered("gym", 30, 45)]) {
            Rooms::evolve(&mut town.state, &event);
            happened(&mut account, &event);
        }

        for ask in &asked {
            if let Ask::Wait { minutes } = ask {
                town.now += jiff::SignedDuration::from_mins(*minutes);
            }
            if let Ask::As { person } = ask {
                town.me = id(PEOPLE[*person]);
            }
            let mut next = command(&account, &town, ask);
            // As the ledger does: what is due comes before anything else is asked.
            while Rooms::deadline(&town.state).is_some_and(|due| due <= town.now) || next.is_some() {
                let due = Rooms::deadline(&town.state).filter(|due| *due <= town.now);
                let ticks = due.is_some();
                let command = if ticks { Rooms::tick() } else { next.take() }.unwrap();
                town.asked += 1;
                let outcome = Rooms::decide(&town.state, &town.context(), command.clone());
                prop_assert_eq!(&Rooms::decide(&town.state, &town.context(), command), &outcome);
                if ticks {
                    prop_assert!(outcome.as_ref().is_ok_and(|events| !events.is_empty()));
                } else {
                    assert_refused_with_cause(&account, &town, ask, &outcome);
                }
                for event in outcome.iter().flatten() {
                    Rooms::evolve(&mut town.state, event);
                    happened(&mut account, event);
                }
                account.assert_invariants(town.now);
            }
            assert_attended(&account, &town);
        }

        let mut replayed = State::default();
        for event in &journal {
            Rooms::evolve(&mut replayed, &rmp_serde::from_slice(event).unwrap());
        }
        prop_assert_eq!(replayed, town.state);
    }
}
