//! Whatever is asked, in whatever order: invariants 1 and 9, held against a slow and simple account
//! of the same events that shares no code with the model.

use std::collections::BTreeMap;

use dugnad_events::rooms::Pattern;
use proptest::prelude::*;

use super::*;
use crate::model::ClashPolicy;

const ROOMS: [&str; 7] = ["hall", "north", "south", "north-east", "north-west", "kitchen", "gym"];
const PEOPLE: [&str; 3] = ["kari", "ola", "ada"];

/// What is asked, in small numbers so that much of it clashes.
#[derive(Clone, Debug)]
enum Ask {
    Book { room: usize, slot: i64, slots: i64, person: usize },
    Move { booking: usize, room: Option<usize>, slot: i64, slots: i64 },
    Cancel { booking: usize },
    Series { room: usize, slot: i64, slots: i64, person: usize, skip: bool },
    CancelSeries { series: usize, from: Option<i64> },
    Part { whole: usize },
    Erase { person: usize },
    Wait { minutes: i64 },
}

fn asks() -> impl Strategy<Value = Ask> {
    let (room, slot, slots) = (0..ROOMS.len(), -2..96i64, 1..9i64);
    let when = (slot.clone(), slots);
    prop_oneof![
        10 => (room.clone(), when.clone(), 0..3usize)
            .prop_map(|(room, (slot, slots), person)| Ask::Book { room, slot, slots, person }),
        5 => (0..30usize, proptest::option::of(room.clone()), when.clone()).prop_map(
            |(booking, room, (slot, slots))| Ask::Move { booking, room, slot, slots }
        ),
        3 => (0..30usize).prop_map(|booking| Ask::Cancel { booking }),
        2 => (room.clone(), when, 0..3usize, any::<bool>()).prop_map(
            |(room, (slot, slots), person, skip)| Ask::Series { room, slot, slots, person, skip }
        ),
        1 => (0..3usize, proptest::option::of(slot))
            .prop_map(|(series, from)| Ask::CancelSeries { series, from }),
        1 => room.prop_map(|whole| Ask::Part { whole }),
        1 => (0..3usize).prop_map(|person| Ask::Erase { person }),
        1 => (0..120i64).prop_map(|minutes| Ask::Wait { minutes }),
    ]
}

/// The slow account: what lives, and what belongs to what.
#[derive(Default)]
struct Account {
    live: BTreeMap<BookingId, (RoomId, Interval)>,
    booked: Vec<BookingId>,
    series: Vec<SeriesId>,
    rooms: BTreeMap<RoomId, (Option<RoomId>, RoomTraits)>,
}

impl Account {
    fn note(&mut self, event: &Event) {
        match event {
            Event::RoomRegistered { room, parent, traits, .. } => {
                self.rooms.insert(*room, (*parent, traits.clone()));
            }
            Event::Booked { booking, room, span, .. } => {
                self.live.insert(*booking, (*room, *span));
                self.booked.push(*booking);
            }
            Event::Moved { booking, from, room, span, .. } => {
                let before = self.live.insert(*booking, (*room, *span));
                assert_eq!(before.map(|(room, _)| room), Some(*from));
            }
            Event::Cancelled { booking, .. } => {
                self.live.remove(booking);
            }
            Event::SeriesBooked { series, .. } => self.series.push(*series),
            _ => {}
        }
    }

    fn belongs_to(&self, part: RoomId, whole: RoomId) -> bool {
        part == whole || self.rooms[&part].0.is_some_and(|next| self.belongs_to(next, whole))
    }

    fn clash(&self, (a, when_a): (RoomId, Interval), (b, when_b): (RoomId, Interval)) -> bool {
        let claim = |room: RoomId, span: Interval| {
            let (_, traits) = &self.rooms[&room];
            let (before, after) = (traits.minutes_before, traits.minutes_after);
            (
                span.start().as_second() - i64::from(before) * 60,
                span.end().as_second() + i64::from(after) * 60,
            )
        };
        let ((start_a, end_a), (start_b, end_b)) = (claim(a, when_a), claim(b, when_b));
        let related = self.belongs_to(a, b) || self.belongs_to(b, a);
        related && start_a < end_b && start_b < end_a
    }

    fn assert_invariant_1(&self) {
        for (a, wanted) in &self.live {
            for (b, held) in self.live.range(..a) {
                assert!(!self.clash(*wanted, *held), "{a} and {b} share a part");
            }
        }
    }

    fn is_free(&self, wanted: (RoomId, Interval)) -> bool {
        !self.live.values().any(|held| self.clash(wanted, *held))
    }
}

/// Half hours from the morning of 1 December.
fn slots(slot: i64, slots: i64) -> Interval {
    let half_hours = |n: i64| at("2026-12-01T08:00") + jiff::SignedDuration::from_mins(30 * n);
    Interval::new(half_hours(slot), half_hours(slot + slots)).unwrap()
}

fn command(account: &Account, ask: &Ask) -> Option<Command> {
    Some(match *ask {
        Ask::Book { room, slot, slots: n, person } => Command::Book {
            room: room_name(ROOMS[room]),
            span: slots(slot, n),
            details: details_of(PEOPLE[person]),
        },
        Ask::Move { booking, room, slot, slots: n } => Command::Move {
            booking: *account.booked.get(booking)?,
            room: room.map(|room| room_name(ROOMS[room])),
            span: Some(slots(slot, n)),
            seen: None,
            as_staff: false,
        },
        Ask::Cancel { booking } => Command::Cancel {
            booking: *account.booked.get(booking)?,
            reason: String::new(),
            seen: None,
        },
        Ask::Series { room, slot, slots: n, person, skip } => Command::BookSeries {
            room: room_name(ROOMS[room]),
            pattern: Pattern {
                start: oslo().to_datetime(slots(slot, n).start()),
                minutes: u16::try_from(n * 30).unwrap(),
                rrule: "FREQ=HOURLY;INTERVAL=3;COUNT=5".to_owned(),
                exdates: Vec::new(),
            },
            details: details_of(PEOPLE[person]),
            clashes: if skip { ClashPolicy::Skip } else { ClashPolicy::AllOrNothing },
            application: Box::default(),
        },
        Ask::CancelSeries { series, from } => Command::CancelSeries {
            series: *account.series.get(series)?,
            from: from.map(|slot| slots(slot, 1).start()),
            reason: String::new(),
        },
        Ask::Part { whole } => Command::RegisterRoom {
            facility: FacilityId(id("school")),
            parent: Some(RoomId(id(ROOMS[whole]))),
            traits: traits("corner"),
        },
        Ask::Erase { person: n } => Command::ErasePerson { person: person(PEOPLE[n]) },
        Ask::Wait { .. } => return None,
    })
}

/// Whether the outcome of a plain booking is the one that the account expects.
fn assert_refused_with_cause(account: &Account, town: &Town, ask: &Ask, outcome: &Outcome) {
    let Ask::Book { room, slot, slots: n, .. } = *ask else { return };
    let wanted = (RoomId(id(ROOMS[room])), slots(slot, n));
    match outcome {
        Ok(_) | Err(Refusal::PersonErased(_)) => {}
        Err(Refusal::Past { .. }) => assert!(wanted.1.start() < town.now),
        Err(Refusal::Taken { .. }) => assert!(!account.is_free(wanted), "refused without cause"),
        other => panic!("{other:?}"),
    }
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
            let Some(command) = command(&account, ask) else { continue };
            town.asked += 1;
            let outcome = Rooms::decide(&town.state, &town.context(), command.clone());
            prop_assert_eq!(&Rooms::decide(&town.state, &town.context(), command), &outcome);
            assert_refused_with_cause(&account, &town, ask, &outcome);
            for event in outcome.iter().flatten() {
                Rooms::evolve(&mut town.state, event);
                happened(&mut account, event);
            }
            account.assert_invariant_1();
        }

        let mut replayed = State::default();
        for event in &journal {
            Rooms::evolve(&mut replayed, &rmp_serde::from_slice(event).unwrap());
        }
        prop_assert_eq!(replayed, town.state);
    }
}
