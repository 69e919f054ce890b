//! Who is asked next, and what the clock brings.

use dugnad_events::{
    AgreementId, OrganisationId,
    matching::Withdrawal,
    volunteers::{Agreement, Event as Told, Membership},
};
use jiff::civil::date;

use super::*;

fn people(names: &[&str]) -> Vec<Party> {
    let mut people: Vec<_> = names.iter().map(|name| Party::Person(person(name))).collect();
    people.sort_unstable();
    people
}

fn sorted(mut parties: Vec<Party>) -> Vec<Party> {
    parties.sort_unstable();
    parties
}

/// So many volunteers who are alike, asked so many at a time.
fn town(volunteers: usize, at_a_time: u32) -> Town {
    let mut town = Town::new();
    for n in 0..volunteers {
        town.volunteer(&format!("p{n}"), giver());
    }
    town.kind("visit", Policy { at_a_time, ..Policy::default() });
    town
}

fn visit(start: i64) -> Facts {
    need("visit", &[hours(start, 2)])
}

#[test]
fn some_are_asked_at_a_time_and_the_next_one_by_itself_when_one_says_no() {
    let mut town = town(5, 2);
    let need = town.asked(visit(50));
    assert_eq!(sorted(town.open(need)), people(&["p0", "p1"]));

    let offer = town.offer(need, "p0");
    town.decline("p0", offer);
    town.tick();

    assert_eq!(sorted(town.open(need)), people(&["p1", "p2"]));
}

#[test]
fn who_says_nothing_in_time_is_not_asked_again_and_the_next_one_is() {
    let mut town = town(3, 1);
    let need = town.asked(visit(100));
    let first = town.open(need);

    town.later(23);
    assert_eq!(town.open(need), first);
    town.later(1);
    let second = town.open(need);
    town.later(24);
    let third = town.open(need);
    town.later(24);

    assert_eq!(sorted([first, second, third].concat()), people(&["p0", "p1", "p2"]));
    assert!(town.open(need).is_empty(), "nobody is left");
    let tally = town.state.tally(&town.state.needs[&need]);
    assert_eq!((tally.asked, tally.unanswered, tally.no), (3, 3, 0));
}

#[test]
fn a_clock_that_jumps_expires_everything_once_and_asks_nobody_for_what_has_begun() {
    let mut town = town(50, 3);
    let needs = [town.asked(visit(50)), town.asked(visit(60)), town.asked(visit(70))];
    assert_eq!(needs.map(|need| town.open(need).len()), [3, 3, 3]);

    town.later(65);

    assert_eq!(needs.map(|need| town.open(need).len()), [0, 0, 3]);
    town.later(1000);
    assert_eq!(needs.map(|need| town.open(need).len()), [0, 0, 0]);
    let over = town.events.iter().filter(|it| matches!(it, Event::NeedOver { .. })).count();
    assert_eq!((over, town.state.live.len(), Matching::deadline(&town.state)), (3, 0, None));
}

#[test]
fn an_offer_is_answered_before_the_start_at_the_latest() {
    let mut town = town(1, 1);
    let need = town.asked(visit(5));
    let offer = town.offer(need, "p0");

    assert_eq!(town.state.offers[&offer].expires, hours(5, 2).start());
}

#[test]
fn the_least_recently_asked_come_first_also_across_needs() {
    let mut town = town(4, 2);
    let one = town.asked(visit(50));
    town.now += SignedDuration::from_hours(1);
    let other = town.asked(visit(70));

    assert_eq!(sorted(town.open(one)), people(&["p0", "p1"]));
    assert_eq!(sorted(town.open(other)), people(&["p2", "p3"]));
}

#[test]
fn nobody_is_asked_for_two_things_at_the_same_time_nor_twice_for_one_need() {
    let mut town = town(3, 2);
    let one = town.asked(visit(50));
    let other = town.asked(visit(51));
    assert_eq!((town.open(one).len(), town.open(other)), (2, people(&["p2"])));

    let offer = town.offer(one, "p0");
    town.decline("p0", offer);
    town.tick();
    assert_eq!(town.open(one), people(&["p1"]), "p0 is not asked for this again");
    town.later(6);
    let again = sorted(town.open(other));
    assert_eq!(again, people(&["p0", "p2"]), "the need is silenced, never the person");
}

#[test]
fn those_still_asked_learn_that_it_is_filled_and_a_late_yes_goes_on_the_waiting_list() {
    let mut town = town(3, 3);
    let need = town.asked(visit(90));
    let [first, second, third] = ["p0", "p1", "p2"].map(|name| town.offer(need, name));

    let events = town.accept("p0", first).unwrap();
    let told = events.iter().find_map(|event| match event {
        Event::OffersWithdrawn { offers, why: Withdrawal::Filled } => Some(offers.len()),
        _ => None,
    });
    assert_eq!(told, Some(2));
    let late = town.accept("p2", third).unwrap();
    assert!(matches!(late[..], [Event::Waiting { .. }]), "{late:?}");
    assert_eq!(town.state.tally(&town.state.needs[&need]).waiting, 1);

    // A place becomes free: it is promised to who waits, for a while.
    let assignment = town.assignment(need);
    let (reason, office) = (code("ill"), false);
    town.ask("p0", Command::Cancel { assignment, reason, office }).unwrap();
    town.tick();
    assert_eq!(town.open(need), people(&["p2"]));
    let promised = town.offer(need, "p2");
    assert!(town.state.offers[&promised].waited);
    let waits = town.accept("p1", second).unwrap();
    assert!(matches!(waits[..], [Event::Waiting { .. }]), "it is promised: {waits:?}");

    // Who does not confirm loses it to the next.
    town.later(12);
    assert_eq!(town.open(need), people(&["p1"]));
    let promised = town.offer(need, "p1");
    town.accept("p1", promised).unwrap();
    assert_eq!(town.comes(need), [person("p1")]);
}

#[test]
fn who_leaves_the_waiting_list_said_no_and_who_may_not_come_any_more_is_taken_off_with_the_rule() {
    let mut town = town(3, 3);
    let need = town.asked(visit(90));
    let [first, second, third] = ["p0", "p1", "p2"].map(|name| town.offer(need, name));
    town.accept("p0", first).unwrap();
    town.accept("p1", second).unwrap();
    town.accept("p2", third).unwrap();

    let (reason, office) = (code("ill"), false);
    town.ask("p1", Command::Decline { offer: second, reason: reason.clone(), office }).unwrap();
    town.hear(volunteers::Event::GiverSet { person: person("p2"), giver: None });
    let assignment = town.assignment(need);
    town.ask("p0", Command::Cancel { assignment, reason, office }).unwrap();
    town.tick();

    let became = |offer| town.state.offers[&offer].state.clone();
    assert_eq!(became(second), Answer::Declined(code("ill")));
    let rule = Withdrawal::Rule("NO_VOLUNTEER".to_owned());
    assert_eq!(became(third), Answer::Withdrawn(rule));
    let tally = town.state.tally(&town.state.needs[&need]);
    assert_eq!((tally.no, tally.unanswered, tally.waiting), (1, 0, 0));
}

#[test]
fn an_answer_after_its_time_is_refused_whether_or_not_the_clock_was_heard() {
    let mut town = town(2, 1);
    let need = town.asked(visit(90));
    let name = if town.open(need) == people(&["p0"]) { "p0" } else { "p1" };
    let offer = town.offer(need, name);
    town.now = town.state.offers[&offer].expires;

    let early = town.accept(name, offer);
    town.tick();
    let late = town.accept(name, offer);

    assert!(matches!(early, Err(Refusal::Expired { .. })), "{early:?}");
    assert!(matches!(late, Err(Refusal::NotOffered { .. })), "{late:?}");
}

#[test]
fn a_yes_takes_back_the_persons_other_offers_at_that_time_and_those_needs_ask_on() {
    let mut town = town(1, 1);
    let one = town.asked(visit(50));
    let wide = Facts { slots: need("visit", &[hours(60, 1)]).slots, ..visit(0) };
    let other = town.asked(wide);
    let offer = town.offer(one, "p0");
    // Asked for both, which do not overlap: one yes leaves the other open.
    town.accept("p0", offer).unwrap();
    assert_eq!(town.open(other), people(&["p0"]));

    // A coordinator's assignment at that time takes it back.
    let third = town.post(visit(60));
    town.assign(third, 0, "p0").unwrap();
    assert!(town.open(other).is_empty());
    let withdrawn = town
        .events
        .iter()
        .any(|event| matches!(event, Event::OffersWithdrawn { why: Withdrawal::Busy, .. }));
    assert!(withdrawn);
}

fn organisation(town: &mut Town, n: u128, contact: &str, kinds: &[&str]) -> OrganisationId {
    let organisation = OrganisationId(Uuid::from_u128(n));
    let contact = person(contact);
    town.hear(Told::ContactSet { organisation, contact, deputy: None });
    let terms = Agreement {
        organisation,
        kinds: codes(kinds),
        areas: Vec::new(),
        ours: Vec::new(),
        theirs: Vec::new(),
        from: date(2026, 1, 1),
        until: date(2026, 12, 31),
        warn_days: 30,
    };
    town.hear(Told::AgreementSet { agreement: AgreementId(Uuid::from_u128(n)), terms });
    organisation
}

#[test]
fn an_organisation_with_an_agreement_is_asked_before_people_and_names_who_comes() {
    let mut town = town(2, 1);
    let kind = Policy { organisations_first: true, at_a_time: 1, ..Policy::default() };
    town.kind("visit", kind);
    let red_cross = organisation(&mut town, 1, "leader", &["visit"]);
    let other = organisation(&mut town, 2, "other", &["walk"]);
    let need = town.asked(visit(90));
    assert_eq!(town.open(need), [Party::Organisation(red_cross)], "not {other}: not this kind");
    let offer = town.offer_to(need, Party::Organisation(red_cross)).unwrap();
    let accept =
        |named: Option<&str>| Command::Accept { offer, person: named.map(person), office: false };

    let not_theirs = town.ask("p0", accept(Some("p0")));
    assert!(matches!(not_theirs, Err(Refusal::NotYours(_))));
    let nobody = town.ask("leader", accept(None));
    assert!(matches!(nobody, Err(Refusal::Invalid { field: "person", .. })));
    let stranger = town.ask("leader", accept(Some("p1")));
    assert!(matches!(stranger, Err(Refusal::NotAMember { .. })));
    let membership = Some(Membership { role: code("member"), since: date(2026, 1, 1) });
    let (organisation, member) = (red_cross, person("p1"));
    town.hear(Told::MemberSet { organisation, person: member, membership });
    town.ask("leader", accept(Some("p1"))).unwrap();

    assert_eq!(town.comes(need), [person("p1")]);
}

#[test]
fn organisations_that_say_no_or_nothing_leave_it_to_people_and_the_share_is_counted() {
    let mut town = town(1, 1);
    let kind = Policy { organisations_first: true, at_a_time: 1, ..Policy::default() };
    town.kind("visit", kind);
    let one = organisation(&mut town, 1, "one", &[]);
    let two = organisation(&mut town, 2, "two", &[]);
    let need = town.asked(visit(90));
    let offer = town.offer_to(need, Party::Organisation(one)).unwrap();

    town.decline("one", offer);
    town.tick();
    assert_eq!(town.open(need), [Party::Organisation(two)]);
    town.later(24);

    assert_eq!(town.open(need), people(&["p0"]));
    let span = Interval::new(town.now, hours(1000, 1).end()).unwrap();
    let unmet = town.state.unmet(span);
    assert_eq!((unmet.asked, unmet.organisations_first), (1, 1));
}

#[test]
fn a_need_that_finds_nobody_looks_again_later() {
    let mut town = town(0, 1);
    let need = town.asked(visit(90));
    assert!(town.open(need).is_empty());
    town.volunteer("anna", giver());

    town.later(5);
    assert!(town.open(need).is_empty());
    town.later(1);

    assert_eq!(town.open(need), people(&["anna"]));
}

#[test]
fn a_kind_that_asks_by_itself_does_and_stops_when_told() {
    let mut town = town(4, 1);
    town.kind("visit", Policy { automatic: true, at_a_time: 1, ..Policy::default() });
    let need = town.post(visit(90));
    town.tick();
    assert_eq!(town.open(need).len(), 1);

    town.ask("clerk", Command::SetAsking { need, asking: false }).unwrap();
    town.later(30);

    assert!(town.open(need).is_empty());
}

#[test]
fn each_time_of_a_need_is_filled_by_itself() {
    let mut town = town(2, 1);
    let tuesdays: Vec<_> = (0..2).map(|week| hours(26 + week * 168, 2)).collect();
    let need = town.asked(need("visit", &tuesdays));

    assert_eq!(sorted(town.open(need)), people(&["p0", "p1"]), "one for each evening");
    let offer = town.offer(need, "p0");
    town.accept("p0", offer).unwrap();

    let slots = &town.state.needs[&need].slots;
    assert_eq!(slots.iter().map(|slot| slot.taken.len()).sum::<usize>(), 1);
    assert_eq!(slots.iter().map(|slot| slot.open.len()).sum::<usize>(), 1);
}
