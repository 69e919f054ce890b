//! Who comes, who waits, who moves up, and who is driven.

use dugnad_events::activities::{Fact, Notice, Way, What};

use super::{arranging::whats, *};
use crate::model::Standing;

#[test]
fn whoever_finds_no_place_waits_and_moves_up_with_a_deadline() {
    let mut town = Town::new();
    let date = town.arranged(evening());
    let first = town.sign_up(1, date).unwrap();
    for n in 2..=3 {
        town.sign_up(n, date).unwrap();
    }
    let (fourth, fifth) = (town.sign_up(4, date).unwrap(), town.sign_up(5, date).unwrap());
    assert_eq!(town.signup(fourth).standing, Standing::Waiting);

    town.ask(person(1), Command::Withdraw { signup: first, office: false }).unwrap();
    let until = town.now + SignedDuration::from_hours(1);
    assert_eq!(town.signup(fourth).standing, Standing::Offered { until });
    assert_eq!(town.signup(fifth).standing, Standing::Waiting);

    // Nobody answered: the next.
    town.later(1);
    assert_eq!(town.signup(fourth).standing, Standing::Withdrawn);
    let take = |signup| Command::TakePlace { signup, office: false };
    assert_eq!(town.ask(person(4), take(fourth)).unwrap_err(), Refusal::NotOffered(fourth));
    town.ask(person(5), take(fifth)).unwrap();
    assert_eq!(town.signup(fifth).standing, Standing::Going);
}

#[test]
fn an_answer_to_a_notice_takes_the_place_or_gives_it_back_and_what_cannot_be_is_told_back() {
    let mut town = Town::new();
    let date = town.arranged(evening());
    let first = town.sign_up(1, date).unwrap();
    for n in 2..=4 {
        town.sign_up(n, date).unwrap();
    }
    let fourth = town.date(date).signup_of(person(4)).unwrap();
    let notice = dugnad_events::NoticeId(Uuid::nil());
    let answers =
        |n: u8, signup, takes| Heard::Answered { notice, person: person(n), signup, takes };

    let stranger = town.hear(answers(2, first, false));
    let early = town.hear(answers(4, fourth, true));
    town.hear(answers(1, first, false));
    assert!(matches!(town.signup(fourth).standing, Standing::Offered { .. }));
    town.hear(answers(4, fourth, true));

    let refused = |events: &[Event]| match events {
        [Event::AnswerRefused { person, reason, .. }] => (*person, reason.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&stranger), (person(2), "NOT_YOURS".to_owned()));
    assert_eq!(refused(&early), (person(4), "NOT_OFFERED".to_owned()));
    assert_eq!(town.signup(fourth).standing, Standing::Going);
    assert_eq!(town.replayed(), town.state);
}

#[test]
fn a_companion_takes_a_place_and_two_are_not_put_into_one() {
    let mut town = Town::new();
    let date = town.arranged(evening());
    let with = Wish { companion: true, ..Wish::default() };
    town.sign_up_with(1, date, with).unwrap();
    let second = town.sign_up_with(2, date, with).unwrap();
    assert_eq!(town.signup(second).standing, Standing::Waiting);

    // One place is left, and whoever comes alone is offered it.
    let third = town.sign_up(3, date).unwrap();

    assert!(matches!(town.signup(third).standing, Standing::Offered { .. }));
    assert_eq!(town.date(date).taken(), 3);
}

#[test]
fn more_places_are_offered_at_once_and_fewer_than_taken_are_refused() {
    let mut town = Town::new();
    let date = town.arranged(evening());
    for n in 1..=4 {
        town.sign_up(n, date).unwrap();
    }
    let activity = town.date(date).activity;
    let change = |capacity| {
        let facts = Box::new(Facts { capacity, ..evening() });
        Command::Update { activity, facts, contact: None, office: false }
    };

    assert_eq!(town.ask(person(0), change(2)).unwrap_err(), Refusal::TooFewPlaces { taken: 3 });
    town.ask(person(0), change(4)).unwrap();

    assert_eq!((town.date(date).taken(), town.date(date).queue.len()), (4, 0));
}

#[test]
fn rides_are_asked_for_once_it_is_known_where_and_are_counted_until_they_are_promised() {
    let mut town = Town::new();
    let (facility, room) = (Uuid::from_u128(5), Uuid::from_u128(9_000_001));
    let known = Fact::Room {
        room: dugnad_events::RoomId(room),
        facility: dugnad_events::FacilityId(facility),
        name: "Storsalen".to_owned(),
    };
    town.hear(Heard::Fact(known));
    let date = town.arranged(evening());
    let both = Wish { ride_there: true, ride_home: true, ..Wish::default() };
    let signup = town.sign_up_with(1, date, both).unwrap();
    assert_eq!(town.others.rides.len(), 0);

    town.settle();
    assert_eq!(town.others.rides.len(), 2);
    assert_eq!(town.missing(date), ["no host yet", "2 of 2 rides not promised"]);

    town.ask(person(1), Command::Withdraw { signup, office: false }).unwrap();
    assert_eq!(town.others.rides.len(), 0);
}

#[test]
fn rides_are_missing_until_they_are_promised_and_whoever_has_none_is_told_why() {
    let mut town = Town::new();
    let place = dugnad_events::activities::Outside { place: "Spiralen".to_owned(), at: None };
    let date = town.arranged(Facts { venue: Venue::Outside(place), ..evening() });
    let both = Wish { ride_there: true, ride_home: true, ..Wish::default() };
    let signup = town.sign_up_with(1, date, both).unwrap();
    town.settle();
    let rides: Vec<_> = town.signup(signup).rides.iter().map(|ride| ride.want.ride()).collect();

    town.hear(Heard::RidePromised(rides[0]));
    assert_eq!(town.missing(date), ["no host yet", "1 of 2 rides not promised"]);
    assert_eq!(town.hear(Heard::RidePromised(rides[0])), [], "once");

    let message = "no car is free".to_owned();
    let no = Heard::RideRefused { ride: rides[1], message: message.clone() };
    let events = town.hear(no.clone());
    let notice = Notice::RideRefused { way: Way::Home, message };
    let told = What::Told { people: vec![person(1)], notice };
    assert!(whats(&events).contains(&&told), "{events:#?}");
    assert_eq!(town.hear(no), [], "once");

    // Asked for once more, by a name of its own.
    town.ask(person(0), Command::ArrangeAgain { occurrence: date, office: false }).unwrap();
    let again = town.signup(signup).rides[1].want.ride();
    assert_ne!(again, rides[1]);
    town.hear(Heard::RidePromised(again));
    assert_eq!(town.missing(date), ["no host yet"]);

    // Whoever was promised one that is lost hears of it from rides.
    let message = "the vehicle is out".to_owned();
    let events = town.hear(Heard::RideRefused { ride: again, message });
    assert!(!whats(&events).iter().any(|it| matches!(it, What::Told { .. })), "{events:#?}");
    assert_eq!(town.missing(date), ["no host yet", "1 of 2 rides not promised"]);
    assert_eq!(town.replayed(), town.state);
}

#[test]
fn nobody_signs_up_somebody_else_without_their_consent_and_with_it_only_while_it_lasts() {
    let mut town = Town::new();
    let date = town.arranged(evening());
    let sign_up = |occurrence| Command::SignUp {
        occurrence,
        person: person(1),
        wish: Wish::default(),
        office: false,
    };
    let no = town.ask(person(2), sign_up(date)).unwrap_err();
    assert_eq!(no, Refusal::NotRepresented(person(1)));
    let consent = |may| Fact::Representative {
        person: person(1),
        representative: person(2),
        may,
        until: Some("2026-11-24".parse().unwrap()),
    };

    town.hear(Heard::Fact(consent(true)));
    town.ask(person(2), sign_up(date)).unwrap();
    let signup = town.date(date).signup_of(person(1)).unwrap();
    town.later(24 * 2);

    let withdraw = Command::Withdraw { signup, office: false };
    let no = town.ask(person(2), withdraw).unwrap_err();
    assert_eq!(no, Refusal::NotYours(signup.to_string()));
}

#[test]
fn whoever_is_erased_gives_their_place_to_the_next_and_is_found_nowhere() {
    let mut town = Town::new();
    let date = town.arranged(evening());
    let first = town.sign_up(1, date).unwrap();
    for n in 2..=4 {
        town.sign_up(n, date).unwrap();
    }

    town.hear(Heard::Fact(Fact::Erased(person(1))));

    assert_eq!((town.signup(first).person, town.signup(first).by), (None, Uuid::nil()));
    assert_eq!((town.date(date).taken(), town.date(date).queue.len()), (3, 0));
    assert_eq!(town.state.people.signups_of(person(1)), []);
    assert_eq!(town.sign_up(1, date).unwrap_err(), Refusal::PersonErased(person(1)));
    assert!(!format!("{:?}", town.state.occurrences).contains(&person(1).0.to_string()));
    assert_eq!(town.replayed(), town.state);
}

#[test]
fn a_contact_who_is_erased_is_missed_and_no_room_is_asked_for_in_their_name() {
    let mut town = Town::new();
    let create = Command::Create {
        facts: Box::new(evening()),
        schedule: schedule(""),
        contact: Some(contact()),
        office: true,
    };
    town.ask(person(3), create).unwrap();
    let (activity, known) = town.state.activities.iter().next().unwrap();
    let (activity, date) = (*activity, known.occurrences[0]);

    town.hear(Heard::Fact(Fact::Erased(person(0))));
    town.ask(person(3), Command::Arrange { activity, office: true }).unwrap();
    town.settle();

    assert!(town.others.bookings.is_empty());
    assert_eq!(town.missing(date)[0], "no room is asked for: name a contact for it");
}
