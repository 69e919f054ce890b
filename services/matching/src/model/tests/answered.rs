//! Answers to notices: done in the name of who answered, or told back.

use dugnad_events::{
    NoticeId,
    notices::{self, Answer as Said, Via},
};

use super::*;

fn answers(town: &mut Town, who: &str, about: String, answer: Said) -> Vec<Event> {
    let (notice, person, via, at) = (NoticeId(Uuid::nil()), person(who), Via::Link, town.now);
    let event = notices::Event::Answered { notice, person, about, answer, via, at };
    let commands = crate::model::of_notices(&event);
    // As the ledger asks: in nobody's name.
    commands.into_iter().flat_map(|command| town.ask("", command).unwrap()).collect()
}

fn asked() -> (Town, NeedId) {
    let mut town = Town::new();
    town.volunteer("anna", giver());
    let need = town.asked(need("visit", &[hours(80, 2)]));
    (town, need)
}

#[test]
fn a_yes_takes_the_place_and_i_cannot_gives_it_back_in_their_own_name() {
    let (mut town, need) = asked();
    let offer = town.offer(need, "anna");

    answers(&mut town, "anna", offer.to_string(), Said::Later);
    assert!(town.comes(need).is_empty(), "later is no answer");
    answers(&mut town, "anna", offer.to_string(), Said::Yes);
    assert_eq!(town.comes(need), [person("anna")]);
    let place = town.assignment(need).to_string();
    let events = answers(&mut town, "anna", place, Said::Cancel);

    assert!(town.comes(need).is_empty());
    let by = person("anna").0;
    let cancelled = |event: &Event| {
        matches!(event, Event::Unassigned { why: dugnad_events::matching::Ending::Cancelled
            { by: who, .. }, .. } if *who == by)
    };
    assert!(events.iter().any(cancelled), "{events:?}");
}

#[test]
fn what_cannot_be_done_any_more_is_told_back_with_the_rule() {
    let (mut town, need) = asked();
    let offer = town.offer(need, "anna").to_string();
    let refused = |events: Vec<Event>| match &events[..] {
        [Event::AnswerRefused { person, reason, .. }] => (*person, reason.clone()),
        other => panic!("{other:?}"),
    };

    let stranger = answers(&mut town, "bo", offer.clone(), Said::Yes);
    let unknown = format!("offers/{}", Uuid::nil());
    let unknown = answers(&mut town, "anna", unknown, Said::No);
    town.later(24);
    let late = answers(&mut town, "anna", offer, Said::Yes);

    assert_eq!(refused(stranger), (person("bo"), "NOT_YOURS".to_owned()));
    assert_eq!(refused(unknown), (person("anna"), "NOT_FOUND".to_owned()));
    assert_eq!(refused(late), (person("anna"), "NOT_OFFERED".to_owned()));
    assert!(answers(&mut town, "anna", "bookings/1".to_owned(), Said::Cancel).is_empty());
}
