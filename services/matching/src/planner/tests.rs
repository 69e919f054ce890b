//! The problem and the draft, without a state behind them.

use dugnad_budget::Steps;
use dugnad_events::NeedId;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;

const MAY: i64 = 1_777_629_600;

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

/// A time at this hour for so many, and who suits it with how many points.
fn opening(n: u128, hour: i64, places: u32, suits: &[(u128, i64)]) -> Opening {
    let start = Timestamp::from_second(MAY + hour * 3600).unwrap();
    let window = Interval::new(start, start + SignedDuration::from_hours(1)).unwrap();
    let suits = suits.iter().map(|&(who, score)| {
        let reasons = vec![Reason { name: "WISH", points: score, text: "wishes".to_owned() }];
        Suits { person: person(who), score, reasons }
    });
    Opening {
        time: Time { start, need: NeedId(Uuid::from_u128(n)), slot: 0 },
        places,
        windows: vec![window],
        point: None,
        suits: suits.collect(),
        all: true,
        barred: Vec::new(),
    }
}

fn solved(question: &Question) -> (Posed, Answer) {
    let posed = question.pose().unwrap();
    let answer = answer(&posed, &Pairs::new(), &Steps(50_000), &|_| {});
    (posed, answer)
}

fn question(openings: Vec<Opening>) -> Question {
    Question { openings, most: HashMap::new() }
}

#[test]
fn the_points_decide_and_a_place_is_filled_rather_than_left_open() {
    let question =
        question(vec![opening(1, 9, 1, &[(1, 50), (2, -900)]), opening(2, 9, 1, &[(1, 40)])]);

    let (posed, answer) = solved(&question);

    assert_eq!(posed.pairs(&answer), [(0, person(2)), (1, person(1))]);
    assert!(answer.is_proved());
    let cost = (FILLED + 900) + (FILLED - 40);
    assert_eq!(answer.cost, cost);
}

#[test]
fn places_are_spread_before_the_same_one_comes_again() {
    let suits = [(1, 5), (2, 3)];
    let question = question(vec![opening(1, 9, 1, &suits), opening(2, 11, 1, &suits)]);

    let (posed, answer) = solved(&question);

    let mut people: Vec<_> = posed.pairs(&answer).into_iter().map(|pair| pair.1).collect();
    people.sort_unstable();
    assert_eq!(people, [person(1), person(2)], "two points less cost less than a second time");
}

#[test]
fn nobody_takes_more_than_their_most_or_two_times_at_once() {
    let suits = [(1, 5)];
    let mut question = question(vec![
        opening(1, 9, 1, &suits),
        opening(2, 9, 1, &suits),
        opening(3, 11, 1, &suits),
        opening(4, 13, 1, &suits),
    ]);
    assert_eq!(solved(&question).1.open_places, 1);

    question.most.insert(person(1), 2);

    assert_eq!(solved(&question).1.open_places, 2);
}

#[test]
fn a_draft_has_a_part_for_each_place_with_reasons_or_with_ways_to_fill_it() {
    let mut question = question(vec![opening(1, 9, 2, &[(1, 5)]), opening(2, 9, 1, &[(1, 1)])]);
    let rule = |name: &str| PlanRule { name: name.to_owned(), text: String::new() };
    let barred = |n, rules| Barred { person: person(n), rules };
    question.openings[0].barred.push(barred(7, vec![rule("NOT_FREE"), rule("CHECK")]));
    question.openings[0].barred.push(barred(8, vec![rule("DISTANCE")]));
    let (posed, answer) = solved(&question);

    let parts = draft(&question, &posed, &answer);

    let shown: Vec<_> = parts.iter().map(|it| (it.need.0.as_u128(), it.person)).collect();
    assert_eq!(shown, [(1, Some(person(1))), (1, None), (2, None)]);
    assert_eq!(parts[0].reasons[0].points, 5);
    let ways = |part: &dugnad_events::matching::PlanPart| -> Vec<(u128, Vec<String>)> {
        let names = |rules: &[PlanRule]| rules.iter().map(|rule| rule.name.clone()).collect();
        part.ways.iter().map(|way| (way.person.0.as_u128(), names(&way.rules))).collect()
    };
    let words = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let fewest_first = [(8, words(&["DISTANCE"])), (7, words(&["NOT_FREE", "CHECK"]))];
    assert_eq!(ways(&parts[1]), fewest_first);
    assert_eq!(ways(&parts[2]), [(1, words(&["BUSY"]))]);
    assert_eq!(parts[2].ways[0].rules[0].text.split(' ').next(), Some("comes"));
}

#[test]
fn a_barred_pair_is_no_edge_any_more_and_says_why() {
    let mut question = question(vec![opening(1, 9, 1, &[(1, 5), (2, 1)])]);
    let rule = PlanRule { name: "TOO_MUCH".to_owned(), text: String::new() };

    question.bar(0, Barred { person: person(1), rules: vec![rule] });

    let (posed, answer) = solved(&question);
    assert_eq!(posed.pairs(&answer), [(0, person(2))]);
    assert_eq!(question.openings[0].barred.len(), 1);
}
