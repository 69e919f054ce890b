//! Whatever is asked, in whatever order: invariants 8 and 9.

use std::collections::BTreeSet;

use dugnad_events::volunteers::Pause;
use proptest::{option, prelude::*};

use super::*;

const PEOPLE: [&str; 5] = ["kari", "ola", "rut", "per", "pia"];

/// What is asked, of few people so that much of it concerns the same ones.
#[derive(Clone, Debug)]
enum Ask {
    Register { who: usize, gives: bool, receives: bool },
    Admit(usize),
    Update { who: usize, gives: Option<bool>, receives: Option<bool>, seen: Option<u32> },
    Support(usize),
    Pause { who: usize, days: i64 },
    Leave(usize),
    Speaks { who: usize, of: usize, days: Option<i64> },
    Silent { who: usize, of: usize },
    Unit { unit: usize, contact: usize, deputy: Option<usize> },
    Read { who: usize, of: usize, office: Office },
    Erase(usize),
    Retention { applicant: Option<u16>, left: Option<u16> },
    Wait { days: i64 },
}

fn asks() -> impl Strategy<Value = Ask> {
    let who = || 0..PEOPLE.len();
    let days = || option::of(1..40u16);
    let office = prop_oneof![
        Just(Office::Person),
        Just(Office::Staff),
        Just(Office::Coordinator),
        Just(Office::Service)
    ];
    prop_oneof![
        6 => (who(), any::<bool>(), any::<bool>())
            .prop_map(|(who, gives, receives)| Ask::Register { who, gives, receives }),
        2 => who().prop_map(Ask::Admit),
        3 => (who(), option::of(any::<bool>()), option::of(any::<bool>()), option::of(1..6u32)).prop_map(
            |(who, gives, receives, seen)| Ask::Update { who, gives, receives, seen }
        ),
        1 => who().prop_map(Ask::Support),
        1 => (who(), -5..20i64).prop_map(|(who, days)| Ask::Pause { who, days }),
        2 => who().prop_map(Ask::Leave),
        4 => (who(), who(), option::of(0..30i64))
            .prop_map(|(who, of, days)| Ask::Speaks { who, of, days }),
        1 => (who(), who()).prop_map(|(who, of)| Ask::Silent { who, of }),
        2 => (0..4usize, who(), option::of(who()))
            .prop_map(|(unit, contact, deputy)| Ask::Unit { unit, contact, deputy }),
        2 => (who(), who(), office).prop_map(|(who, of, office)| Ask::Read { who, of, office }),
        1 => who().prop_map(Ask::Erase),
        1 => (days(), days()).prop_map(|(applicant, left)| Ask::Retention { applicant, left }),
        2 => (0..15i64).prop_map(|days| Ask::Wait { days }),
    ]
}

fn in_days(town: &Town, days: i64) -> Date {
    crate::model::today(town.now).saturating_add(jiff::Span::new().days(days))
}

fn of(who: usize) -> PersonId {
    person(PEOPLE[who])
}

fn change<T: Default>(value: Option<bool>) -> Change<T> {
    match value {
        None => Change::Keep,
        Some(false) => Change::Clear,
        Some(true) => Change::Set(T::default()),
    }
}

fn new_details(person: PersonId) -> NewDetails {
    NewDetails { details: sealed(person), ages: None, gender: None }
}

fn command(town: &Town, ask: &Ask) -> Option<Command> {
    Some(match *ask {
        Ask::Register { who, gives, receives } => Command::Register(Box::new(New {
            person: of(who),
            details: new_details(of(who)),
            giver: gives.then(Giver::default),
            receiver: receives.then(Receiver::default),
            consent: false,
        })),
        Ask::Admit(who) => Command::Admit { person: of(who) },
        Ask::Update { who, gives, receives, seen } => Command::Update(Box::new(Update {
            person: of(who),
            office: Office::Coordinator,
            details: seen.map(|_| new_details(of(who))),
            giver: change(gives),
            receiver: change(receives),
            consent: false,
            seen,
        })),
        Ask::Support(who) => {
            Command::SetSupport { person: of(who), support: Some(sealed(of(who))) }
        }
        Ask::Pause { who, days } => {
            let (from, until) = (in_days(town, days), Some(in_days(town, days + 5)));
            Command::SetPause { person: of(who), pause: Some(Pause { from, until }) }
        }
        Ask::Leave(who) => Command::Leave { person: of(who), office: Office::Coordinator },
        Ask::Speaks { who, of: receiver, days } => Command::SetRepresentative {
            person: of(receiver),
            representative: of(who),
            representation: consent(days.map(|days| in_days(town, days))),
        },
        Ask::Silent { who, of: receiver } => {
            Command::EndRepresentative { person: of(receiver), representative: of(who) }
        }
        Ask::Unit { unit, contact, deputy } => Command::SetUnit(NewUnit {
            unit: town.state.people.units(None, 9).items.get(unit).map(|unit| unit.id),
            name: "Solgården".to_owned(),
            area: None,
            contact: of(contact),
            deputy: deputy.map(of),
        }),
        Ask::Read { who, of: other, office } => {
            let (people, about) = (vec![of(who), of(other)], "needs/1".to_owned());
            Command::Read { people, office, purpose: Purpose::Contact, about }
        }
        Ask::Erase(who) => Command::Erase { person: of(who) },
        Ask::Retention { applicant, left } => {
            Command::SetRetention { retention: Retention { applicant, left } }
        }
        Ask::Wait { .. } => return None,
    })
}

/// Invariant 8: of whom was erased the state says that, once in the register and once in the list
/// of those whose keys go; who read what keeps who read.
fn assert_nothing_left(town: &Town, erased: &BTreeSet<PersonId>) {
    let people = &town.state.people;
    for person in erased {
        let said = format!("{:?}", town.state);
        assert!(!said.contains(&format!("Sealed({person}")), "something sealed is left");
        assert_eq!(said.matches(&person.0.to_string()).count(), 2, "{said}");
        assert_eq!(people.knows(*person), Err(Refusal::PersonErased(*person)));
        assert!(town.state.export(*person).is_err());
    }
    assert_eq!(people.erased_since(0).iter().copied().collect::<BTreeSet<_>>(), *erased);
}

/// The clock never has something to do that its deadline does not tell, nor the other way round.
fn assert_clock_is_right(town: &Town) {
    let due = !due(&town.state, town.now).is_empty();
    let deadline = Volunteers::deadline(&town.state);
    assert_eq!(due, deadline.is_some_and(|at| at <= town.now), "{deadline:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_of_the_erased_is_left_and_replay_gives_the_same_state(
        asked in proptest::collection::vec(asks(), 1..120)
    ) {
        let mut town = given([]);
        let mut journal: Vec<Vec<u8>> = Vec::new();
        let mut erased = BTreeSet::new();
        for ask in &asked {
            if let Ask::Wait { days } = ask {
                town.now += jiff::SignedDuration::from_hours(24 * days);
            }
            let mut events = Vec::new();
            if let Some(command) = command(&town, ask) {
                let context = town.context();
                let first = decide(&town.state, &context, command.clone());
                prop_assert_eq!(&decide(&town.state, &context, command.clone()), &first);
                events.extend(town.when(command).into_iter().flatten());
            }
            assert_clock_is_right(&town);
            events.extend(town.tick());
            for event in &events {
                journal.push(rmp_serde::to_vec_named(event).unwrap());
                if let Event::PersonErased { person, .. } = event {
                    prop_assert!(erased.insert(*person), "erased twice");
                }
            }
            assert_nothing_left(&town, &erased);
        }

        let mut replayed = State::default();
        for event in &journal {
            Volunteers::evolve(&mut replayed, &rmp_serde::from_slice(event).unwrap());
        }
        prop_assert_eq!(replayed, town.state);
    }
}
