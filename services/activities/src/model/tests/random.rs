//! Any sequence of commands and facts, heard however late: nothing hangs on a cancelled activity, every
//! booking and need that there is belongs to what its occurrence says it has, nobody has a place that
//! is not there, and replay gives the running state.

use dugnad_events::{OccurrenceId, activities::Fact, rooms::Cause};
use proptest::prelude::*;

use super::*;
use crate::model::{Standing, VenueState};

/// Two numbers that choose what happens, and to what.
type Step = (u8, u8);

fn nth<T: Copy>(items: impl IntoIterator<Item = T>, n: u8) -> Option<T> {
    let items: Vec<_> = items.into_iter().collect();
    (!items.is_empty()).then(|| items[usize::from(n) % items.len()])
}

fn happen(town: &mut Town, dates: &[OccurrenceId], (what, n): Step) {
    let date = dates[usize::from(n) % dates.len()];
    let signup = nth(town.date(date).signups.keys().copied(), n / 2);
    let who = person(n % 9);
    match what % 20 {
        0..=3 => drop(town.sign_up_with(
            n % 9,
            date,
            Wish { companion: n & 16 > 0, ride_there: n & 32 > 0, ride_home: n & 64 > 0 },
        )),
        4 | 5 => {
            if let Some(signup) = signup {
                drop(town.ask(who, Command::Withdraw { signup, office: true }));
            }
        }
        6 => {
            if let Some(signup) = signup {
                drop(town.ask(who, Command::TakePlace { signup, office: true }));
            }
        }
        7 => drop(town.ask(who, moved(town, date, n))),
        8 => {
            let reason = "ill".parse().unwrap();
            drop(town.ask(who, Command::Cancel { occurrence: date, reason, office: n < 100 }));
        }
        9 if n >= 128 => {
            let yes = n < 192;
            drop(town.ask(who, Command::AnswerRoom { occurrence: date, yes, office: true }));
        }
        9 => drop(town.ask(who, Command::ArrangeAgain { occurrence: date, office: true })),
        10 => drop(town.ask(who, updated(town, date, n))),
        11 => drop(town.others.book(n < 180)),
        12 => drop(town.others.post(n < 200)),
        13 | 14 => {
            if let Some(heard) = town.others.next_of_rooms() {
                town.hear(heard);
            }
        }
        15 => {
            if let Some(heard) = town.others.next_of_matching() {
                town.hear(heard);
            }
        }
        16 => {
            if let Some(booking) = nth(town.others.bookings.keys().copied(), n) {
                match n % 3 {
                    0 => town.others.give_back(booking, Cause::RoomClosed),
                    _ => town.others.move_later(booking),
                }
            }
        }
        17 => match nth(town.others.needs.keys().copied(), n) {
            Some(need) if n < 30 => town.others.close(need),
            Some(need) => drop(town.others.assign(need)),
            None => {}
        },
        18 => {
            let comes = town.others.needs.values().flat_map(|(_, came)| came.iter().copied());
            if let Some(assignment) = nth(comes, n) {
                town.others.unassign(assignment);
            }
        }
        _ if n < 12 => drop(town.hear(Heard::Fact(Fact::Erased(who)))),
        _ => town.later(i64::from(n % 40)),
    }
}

/// To some time, or to where its room is booked by now.
fn moved(town: &Town, occurrence: OccurrenceId, n: u8) -> Command {
    let start = format!("2026-12-0{}T1{}:00", 1 + n % 7, n % 10).parse().unwrap();
    let (mut start, mut minutes) = (start, 60 + u16::from(n));
    if let VenueState::Held { span, .. } = town.date(occurrence).venue
        && n.is_multiple_of(2)
    {
        let oslo = jiff::tz::TimeZone::get("Europe/Oslo").unwrap();
        start = oslo.to_datetime(span.start());
        minutes = u16::try_from(span.seconds() / 60).unwrap();
    }
    Command::Move { occurrence, start, minutes: Some(minutes), office: true }
}

fn updated(town: &Town, date: OccurrenceId, n: u8) -> Command {
    let activity = town.date(date).activity;
    let mut facts = town.state.activities[&activity].facts.clone();
    facts.capacity = u32::from(n % 6) + 1;
    facts.helpers[0].heads = u32::from(n % 3) + 1;
    if let Venue::Room(wish) = &mut facts.venue {
        wish.capacity = u32::from(n);
    }
    Command::Update { activity, facts: Box::new(facts), contact: None, office: true }
}

fn everything_belongs(town: &Town, dates: &[OccurrenceId]) -> Result<(), TestCaseError> {
    for id in dates {
        let date = town.date(*id);
        let (bookings, needs, rides) = town.others.hangs_on(*id);
        if date.stage == Stage::Cancelled {
            let nothing = (bookings.len(), needs.len(), rides.len());
            prop_assert_eq!(nothing, (0, 0, 0), "{:#?}", date.history);
            continue;
        }
        let has = match date.venue {
            // What was asked for may still come.
            VenueState::Refused { .. } => Vec::new(),
            _ => date.venue.claims(),
        };
        prop_assert_eq!(&bookings, &has, "{:#?}", date.history);
        let lines = date.helpers.iter().filter(|line| line.refused.is_none());
        let mut lines: Vec<_> = lines.map(|line| line.need).collect();
        lines.sort_unstable();
        prop_assert_eq!(&needs, &lines);
        let mut wanted: Vec<_> = date.rides().map(|ride| ride.want).collect();
        wanted.sort_unstable();
        prop_assert_eq!(&rides, &wanted);
    }
    Ok(())
}

fn holds_at_any_moment(town: &Town, dates: &[OccurrenceId]) -> Result<(), TestCaseError> {
    for id in dates {
        let date = town.date(*id);
        let facts = &town.state.activities[&date.activity].facts;
        // What is over or cancelled was held to the number that it had then.
        prop_assert!(!date.stage.is_to_come() || date.taken() <= facts.capacity, "{date:#?}");
        for (id, signup) in &date.signups {
            let waits = signup.standing == Standing::Waiting;
            prop_assert_eq!(waits, date.queue.contains(id));
        }
        let missing = town.state.missing(facts, date);
        let complete = !missing.iter().any(crate::model::Missing::holds_up);
        if date.stage.is_open() {
            prop_assert_eq!(complete, date.stage == Stage::Confirmed, "{:#?}", missing);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_hangs_on_what_is_cancelled_and_replay_gives_the_same_state(
        steps in prop::collection::vec(any::<Step>(), 0..120),
    ) {
        let mut town = Town::new();
        let asking = Facts { asks_before_moving: true, ..evening() };
        let dates = [town.arranged(evening()), town.arranged(asking)];
        for step in steps {
            happen(&mut town, &dates, step);
            holds_at_any_moment(&town, &dates)?;
        }
        town.settle();
        everything_belongs(&town, &dates)?;
        for date in dates.map(|id| town.date(id)) {
            let waits = matches!(date.venue, VenueState::Wanted { .. });
            prop_assert!(!waits, "nobody answers any more: {:#?}", date);
        }
        prop_assert_eq!(town.replayed(), town.state);
    }
}
