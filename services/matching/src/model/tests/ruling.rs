//! The rule book: each rule keeps somebody from a need, and lets the next one in.

use dugnad_calendar::OpeningHours;
use dugnad_events::{
    matching::{GenderWish, Want},
    volunteers::{Ages, Event, Gender, Giver, Party, Pause},
};
use jiff::civil::date;
use uuid::Uuid;

use super::*;

fn visit() -> Facts {
    need("visit", &[hours(26, 2)])
}

#[test]
fn somebody_free_near_and_admitted_suits() {
    let mut town = Town::new();
    town.volunteer("anna", giver());

    assert!(town.why_not(&visit(), "anna").is_empty());
    assert_eq!(town.ranked(&visit()), [person("anna")]);
}

#[test]
fn nobody_comes_who_is_unknown_not_admitted_gone_or_gives_nothing() {
    let mut town = Town::new();
    town.applicant("applicant", giver());
    town.volunteer("left", giver());
    town.hear(Event::PersonLeft { person: person("left"), on: town.today() });
    town.volunteer("nothing", giver());
    town.hear(Event::GiverSet { person: person("nothing"), giver: None });

    assert_eq!(town.why_not(&visit(), "nobody"), ["UNKNOWN_PERSON"]);
    assert_eq!(town.why_not(&visit(), "applicant"), ["NOT_ADMITTED"]);
    assert_eq!(town.why_not(&visit(), "left"), ["LEFT"]);
    assert_eq!(town.why_not(&visit(), "nothing"), ["NO_VOLUNTEER"]);
    assert!(town.ranked(&visit()).is_empty());
}

#[test]
fn a_rest_keeps_from_what_lies_in_it_and_a_short_one_leaves_a_lasting_pairing_be() {
    let mut town = Town::new();
    let anna = town.volunteer("anna", giver());
    let mut weekly = visit();
    weekly.slots[0].windows = (0..6).map(|week| hours(26 + week * 168, 2)).collect();
    let rest = |until| Event::PauseSet {
        person: anna,
        pause: Some(Pause { from: date(2026, 11, 24), until }),
    };

    town.hear(rest(Some(date(2026, 12, 1))));
    assert_eq!(town.why_not(&visit(), "anna"), ["PAUSED"]);
    assert!(town.why_not(&weekly, "anna").is_empty());
    assert!(town.why_not(&need("visit", &[hours(26 + 336, 2)]), "anna").is_empty());

    town.hear(rest(None));
    assert_eq!(town.why_not(&weekly, "anna"), ["PAUSED"]);
}

#[test]
fn what_the_role_asks_must_count_on_the_day_not_today() {
    let mut town = Town::new();
    let anna = town.volunteer("anna", giver());
    let role = Some(code("visitor"));
    town.kind("visit", Policy { role, ..Policy::default() });
    assert_eq!(town.why_not(&visit(), "anna"), ["ROLE_UNKNOWN"]);

    town.role("visitor", check());
    assert_eq!(town.why_not(&visit(), "anna"), ["CHECK"]);
    // It counts for 12 months: through 24 November.
    town.hear(Event::CheckShown { person: anna, on: date(2025, 11, 24), to: Uuid::nil() });

    assert!(town.why_not(&visit(), "anna").is_empty());
    assert_eq!(town.why_not(&need("visit", &[hours(50, 2)]), "anna"), ["CHECK"]);
    assert_eq!(town.ranked(&visit()), [anna]);
    assert!(town.ranked(&need("visit", &[hours(50, 2)])).is_empty());
}

#[test]
fn every_requirement_of_a_role_is_asked_and_the_index_agrees() {
    let mut town = Town::new();
    let anna = town.volunteer("anna", giver());
    let role = Some(code("visitor"));
    town.kind("visit", Policy { role, ..Policy::default() });
    let asks = Requirements {
        check: Some(CheckRule::default()),
        courses: codes(&["dementia"]),
        min_age: Some(18),
        confidentiality: true,
        card: true,
    };
    town.role("visitor", asks);
    let day = date(2026, 11, 1);
    let (course, until) = (code("dementia"), None);
    let card = |party| Event::CardAccepted {
        person: anna,
        role: code("visitor"),
        version: 1,
        party,
        by: Uuid::nil(),
    };
    let ages = Some(Ages::of(date(2008, 11, 24), town.today()));
    let (details, gender) = (sealed(anna), None);
    let facts = [
        ("CHECK", Event::CheckShown { person: anna, on: day, to: Uuid::nil() }),
        ("COURSE", Event::CertificateIssued { person: anna, course, on: day, until }),
        ("AGE", Event::DetailsChanged { person: anna, details, ages, gender }),
        ("CONFIDENTIALITY", Event::ConfidentialitySigned { person: anna, on: day }),
        ("CARD", card(Party::Volunteer)),
        ("CARD", card(Party::Supervisor)),
    ];

    for (rule, fact) in facts {
        assert_eq!(town.why_not(&visit(), "anna")[0], rule);
        assert!(town.ranked(&visit()).is_empty());
        town.hear(fact);
    }

    assert!(town.why_not(&visit(), "anna").is_empty());
    assert_eq!(town.ranked(&visit()), [anna], "18 on the day, not today");
    assert_eq!(town.why_not(&need("visit", &[hours(2, 2)]), "anna"), ["AGE"]);
}

#[test]
fn the_need_itself_may_ask_for_skills_languages_age_and_gender() {
    let mut town = Town::new();
    town.volunteer("anna", Giver { skills: codes(&["piano"]), ..giver() });
    let mut facts = visit();
    let gender = Some(GenderWish { gender: Gender::Female, strict: true });
    facts.want = Want {
        skills: codes(&["piano", "sign"]),
        languages: codes(&["ur"]),
        min_age: Some(20),
        gender,
        ..Want::default()
    };

    assert_eq!(town.why_not(&facts, "anna"), ["AGE", "SKILL", "LANGUAGE", "GENDER"]);
    assert!(town.ranked(&facts).is_empty());
    facts.want = Want { skills: codes(&["piano"]), languages: codes(&["nb"]), ..Want::default() };
    assert_eq!(town.ranked(&facts), [person("anna")]);
}

#[test]
fn nobody_is_asked_farther_than_they_go_or_than_the_need_looks() {
    let mut town = Town::new();
    // Konnerud lies 5 km from Bragernes.
    let konnerud = Some(code("konnerud"));
    town.volunteer("near", Giver { area: konnerud.clone(), reach_km: 6, ..giver() });
    town.volunteer("far", Giver { area: konnerud, reach_km: 4, ..giver() });
    town.volunteer("nowhere", Giver { area: None, ..giver() });

    assert!(town.why_not(&visit(), "near").is_empty());
    assert_eq!(town.why_not(&visit(), "far"), ["DISTANCE"]);
    assert_eq!(town.why_not(&visit(), "nowhere"), ["DISTANCE"]);
    assert_eq!(town.ranked(&visit()), [person("near")]);
    let mut close = visit();
    close.want.within_km = Some(4);
    assert_eq!(town.why_not(&close, "near"), ["DISTANCE"]);
    let anywhere = Facts { place: None, ..visit() };
    assert_eq!(town.ranked(&anywhere).len(), 3);
}

#[test]
fn who_did_not_say_that_they_can_then_is_not_asked() {
    let mut town = Town::new();
    let anna = town.volunteer("anna", giver());
    let zone = "Europe/Oslo".to_owned();
    let set = |hours| Event::AvailabilitySet { person: anna, zone: zone.clone(), hours };
    // The need is on Tuesday from 12 to 14.
    town.hear(set(weekdays(12, 14)));
    assert_eq!(town.ranked(&visit()), [anna]);

    town.hear(set(weekdays(13, 20)));
    assert_eq!(town.why_not(&visit(), "anna"), ["NOT_FREE"]);
    assert!(town.ranked(&visit()).is_empty());

    let mut single = weekdays(13, 20);
    let windows = vec![LocalWindow::new(600, 1200).unwrap()];
    let exception = dugnad_calendar::Exception { windows, reason: String::new() };
    single.exceptions.insert(date(2026, 11, 24), exception);
    town.hear(set(single));
    assert_eq!(town.ranked(&visit()), [anna]);
    assert_eq!(town.why_not(&need("visit", &[hours(194, 2)]), "anna"), ["NOT_FREE"]);

    town.hear(set(OpeningHours::default()));
    assert_eq!(town.ranked(&visit()), [anna]);
}

#[test]
fn a_night_across_the_end_of_the_week_is_one_span() {
    let mut town = Town::new();
    let anna = town.volunteer("anna", giver());
    let window = |from, to| vec![LocalWindow::new(from, to).unwrap()];
    let mut week: [Vec<LocalWindow>; 7] = Default::default();
    (week[6], week[0]) = (window(22 * 60, 1440), window(0, 120));
    let hours_of = OpeningHours { week: Some(week), ..OpeningHours::default() };
    let zone = "Europe/Oslo".to_owned();
    town.hear(Event::AvailabilitySet { person: anna, zone, hours: hours_of });

    // Sunday 29 November 23:00 to Monday 01:00.
    assert_eq!(town.ranked(&need("visit", &[hours(157, 2)])), [anna]);
    assert!(town.ranked(&need("visit", &[hours(157, 4)])).is_empty());
}

#[test]
fn nobody_comes_to_two_things_at_once_nor_flies_from_one_to_the_next() {
    let mut town = Town::new();
    town.volunteer("anna", Giver { reach_km: 50, ..giver() });
    let first = town.post(visit());
    town.assign(first, 0, "anna").unwrap();
    let mut next = need("visit", &[hours(28, 1)]);

    assert_eq!(town.why_not(&need("visit", &[hours(27, 2)]), "anna"), ["BUSY"]);
    assert!(town.why_not(&next, "anna").is_empty(), "the same place: no way between");
    next.place = Some(Place { area: Some(code("svelvik")), at: None });
    // 19 km at 20 km/h: an hour.
    assert_eq!(town.why_not(&next, "anna"), ["TRAVEL"]);
    next.slots[0].windows = vec![hours(29, 1)];
    assert!(town.why_not(&next, "anna").is_empty());
    next.slots[0].windows = vec![hours(25, 1)];
    assert_eq!(town.why_not(&next, "anna"), ["TRAVEL"], "nor before");
}

#[test]
fn what_somebody_refuses_and_more_than_they_give_is_not_asked() {
    let mut town = Town::new();
    let refuses = codes(&["visit"]);
    town.volunteer("anna", Giver { refuses, ..giver() });
    town.volunteer("kari", Giver { most_a_week: Some(1), ..giver() });
    let first = town.post(need("walk", &[hours(50, 1)]));
    town.assign(first, 0, "kari").unwrap();

    assert_eq!(town.why_not(&visit(), "anna"), ["REFUSES"]);
    assert_eq!(town.why_not(&visit(), "kari"), ["TOO_MUCH"]);
    assert!(town.why_not(&need("visit", &[hours(26 + 168, 2)]), "kari").is_empty());
}

#[test]
fn not_these_two_neither_as_receiver_nor_beside_each_other() {
    let mut town = Town::new();
    town.volunteer("anna", giver());
    town.volunteer("kari", giver());
    let (one, other) = (person("anna"), person("olga"));
    town.ask("clerk", Command::SetConflict { one, other, apart: true }).unwrap();
    let for_olga = Facts { receiver: Some(other), ..visit() };
    assert_eq!(town.why_not(&for_olga, "anna"), ["CONFLICT"]);
    assert_eq!(town.ranked(&for_olga), [person("kari")]);

    let other = person("kari");
    town.ask("clerk", Command::SetConflict { one, other, apart: true }).unwrap();
    let both = town.post(Facts { heads: 2, ..visit() });
    town.assign(both, 0, "kari").unwrap();
    assert_eq!(rules(town.assign(both, 0, "anna")), ["CONFLICT"]);

    town.ask("clerk", Command::SetConflict { one, other, apart: false }).unwrap();
    town.assign(both, 0, "anna").unwrap();
}

#[test]
fn nobody_helps_themselves() {
    let mut town = Town::new();
    let anna = town.volunteer("anna", giver());

    assert_eq!(town.why_not(&Facts { receiver: Some(anna), ..visit() }, "anna"), ["CONFLICT"]);
}

#[test]
fn candidates_come_with_reasons_in_words_and_numbers_and_misses_with_the_rule() {
    let mut town = Town::new();
    let interests = codes(&["chess", "music"]);
    town.volunteer("anna", Giver { interests, wants: codes(&["visit"]), ..giver() });
    town.volunteer("kari", giver());
    town.volunteer("far", Giver { area: Some(code("svelvik")), ..giver() });
    let mut facts = visit();
    facts.want.interests = codes(&["chess", "fishing", "music"]);
    let judge = Judge::new(&town.state, town.now, &facts, 0);

    let found = town.state.find(&facts, &judge, 5, 5, &|_| false);

    let [anna, kari] = &found.ranked[..] else { panic!("{found:?}") };
    assert_eq!((anna.person, kari.person), (person("anna"), person("kari")));
    assert_eq!((anna.score, kari.score), (30, 0));
    let texts: Vec<_> = anna.reasons.iter().map(|it| (it.points, it.text.as_str())).collect();
    assert_eq!(
        texts,
        [
            (0, "sets out 0.0 km away"),
            (20, "shares an interest in chess, music"),
            (10, "wishes for visit"),
            (0, "was never asked")
        ]
    );
    let [far] = &found.missed[..] else { panic!("{found:?}") };
    assert_eq!(far.person, person("far"));
    assert_eq!(far.rules[0].to_string(), "sets out 18.6 km away, goes 10 km");
}

#[test]
fn who_has_helped_before_comes_first_and_of_equals_who_was_asked_least_recently() {
    let mut town = Town::new();
    for name in ["anna", "kari", "berit"] {
        town.volunteer(name, giver());
    }
    let olga = Some(person("olga"));
    let first = town.post(Facts { receiver: olga, ..visit() });
    town.assign(first, 0, "berit").unwrap();
    town.kind("walk", Policy { at_a_time: 1, ..Policy::default() });
    town.asked(need("walk", &[hours(60, 1)]));

    let again = Facts { receiver: olga, ..need("visit", &[hours(200, 2)]) };

    assert_eq!(town.ranked(&again), [person("berit"), person("kari"), person("anna")]);
}

#[test]
fn the_index_never_keeps_out_whom_the_rule_book_would_let_in() {
    let mut town = Town::new();
    for n in 0..300_u32 {
        let area = ["bragernes", "konnerud", "svelvik"][n as usize % 3];
        let giver = Giver {
            area: (n % 11 > 0).then(|| code(area)),
            reach_km: (n % 9 * 3) as u16,
            skills: codes(&["piano", "car", "cook"][..n as usize % 4]),
            refuses: codes(&["visit"][..usize::from(n % 7 == 0)]),
            ..giver()
        };
        let name = format!("p{n}");
        let anna = town.volunteer(&name, giver);
        if n % 2 == 0 {
            let (zone, from) = ("Europe/Oslo".to_owned(), 6 + (n % 13) as u16);
            let hours = weekdays(from, from + 4);
            town.hear(Event::AvailabilitySet { person: anna, zone, hours });
        }
    }
    for start in [26, 31, 98, 130] {
        let mut facts = need("visit", &[hours(start, 2)]);
        facts.want.skills = codes(&["piano"]);
        let judge = Judge::new(&town.state, town.now, &facts, 0);
        let found = town.state.find(&facts, &judge, 300, 0, &|_| false);
        let mut found: Vec<_> = found.ranked.into_iter().map(|it| it.person).collect();
        let people = town.state.people.iter().map(|(person, _)| person);
        let mut all: Vec<_> = people.filter(|it| judge.why_not(*it).is_empty()).collect();
        found.sort_unstable();
        all.sort_unstable();
        assert_eq!(found, all);
        assert!(!all.is_empty());
    }
}
