//! Which organisations are found, offered and covered, and what is held of a person.

use dugnad_events::volunteers::Address;

use super::{super::Filter, *};
use crate::model::Held;

fn is(word: &str, change: impl FnOnce(&mut OrganisationFacts)) -> Event {
    let mut facts = OrganisationFacts { voluntary: true, ..facts(word) };
    change(&mut facts);
    Event::OrganisationSet { organisation: organisation(word), facts, changed: Vec::new() }
}

fn names(town: &Town, filter: Filter) -> String {
    let found =
        town.state.organisations.organisations(&filter, Viewer::All, town.today(), None, 100);
    found.items.iter().map(|view| view.facts.name.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn organisations_are_listed_by_name_and_by_what_is_asked() {
    let sings = |facts: &mut OrganisationFacts| {
        facts.icnpo.push(Icnpo { number: "1100".to_owned(), category: String::new() });
    };
    let mut town = given([
        is("Ås Mannskor", sings),
        is("Barnekoret", |facts| {
            sings(facts);
            facts.area = Some(code("konnerud"));
        }),
        is("Skolen", |facts| facts.voluntary = false),
        is("Korpset", |facts| {
            facts.address = Address { municipality: "3301".to_owned(), ..Address::default() };
            facts.icnpo.push(Icnpo { number: "10100".to_owned(), category: String::new() });
        }),
    ]);
    town.happened(agreed("a", terms("Skolen", "2027-01-31")));

    let all = Filter::default();
    assert_eq!(names(&town, all.clone()), "Barnekoret Korpset Skolen Ås Mannskor");
    assert_eq!(
        names(&town, Filter { text: "kor".to_owned(), ..all.clone() }),
        "Barnekoret Korpset Ås Mannskor"
    );
    assert_eq!(names(&town, Filter { text: "ås".to_owned(), ..all.clone() }), "Ås Mannskor");
    let group = |group| Filter { icnpo_group: Some(group), ..Filter::default() };
    assert_eq!(names(&town, group(1)), "Barnekoret Ås Mannskor");
    assert_eq!(names(&town, group(10)), "Korpset");
    assert_eq!(names(&town, Filter { area: Some(code("konnerud")), ..all.clone() }), "Barnekoret");
    let there = Filter { municipality: "3301".to_owned(), ..all.clone() };
    assert_eq!(names(&town, there), "Korpset");
    let voluntary = Filter { voluntary: true, ..all.clone() };
    assert_eq!(names(&town, voluntary), "Barnekoret Korpset Ås Mannskor");
    assert_eq!(names(&town, Filter { has_agreement: true, ..all }), "Skolen");
}

#[test]
fn a_list_goes_on_after_the_page_before_with_two_of_one_name() {
    let town = given(
        ["a", "b", "c"].map(|word| is(word, |facts| facts.name = "Velforeningen".to_owned())),
    );
    let page = |after| {
        let organisations = &town.state.organisations;
        organisations.organisations(&Filter::default(), Viewer::All, town.today(), after, 2)
    };

    let first = page(None);
    let second = page(first.next.clone());

    assert_eq!((first.items.len(), second.items.len(), second.next), (2, 1, None));
    assert!(first.items.iter().all(|view| *view != second.items[0]));
}

#[test]
fn offered_first_are_those_with_an_agreement_then_those_of_the_area() {
    let mut town = given([
        is("a elsewhere", |facts| facts.area = Some(code("fjell"))),
        is("b anywhere", |_| {}),
        is("c here", |facts| facts.area = Some(code("konnerud"))),
        is("d agreed here", |_| {}),
        is("e agreed there", |facts| facts.voluntary = false),
        is("f agreed all over", |facts| facts.voluntary = false),
        is("g company", |facts| facts.voluntary = false),
    ]);
    let areas = |word: &str, areas: &[&str]| Agreement {
        areas: areas.iter().map(|area| code(area)).collect(),
        ..terms(word, "2027-01-31")
    };
    town.happened(agreed("d", areas("d agreed here", &["konnerud"])));
    town.happened(agreed("e", areas("e agreed there", &["sentrum"])));
    town.happened(agreed("f", areas("f agreed all over", &[])));
    let offered = |area: Option<&str>| {
        let area = area.map(code);
        let found = town.state.organisations.suggestions(area.as_ref(), town.today());
        let view = |id| {
            town.state.organisations.organisation(id, Viewer::All, town.today()).unwrap().facts.name
        };
        found.into_iter().map(|id| view(id)[..1].to_owned()).collect::<String>()
    };

    assert_eq!(offered(Some("konnerud")), "dfcb");
    assert_eq!(offered(Some("sentrum")), "efb".to_owned() + "d");
    assert_eq!(offered(None), "defab", "five at most");
}

#[test]
fn an_agreement_that_is_over_offers_nothing_and_covers_no_day_after_it() {
    let mut town = given([is("a", |facts| facts.voluntary = false)]);
    town.happened(agreed("x", terms("a", "2026-12-31")));
    assert_eq!(town.state.organisations.suggestions(None, town.today()).len(), 1);

    town.clock("2027-01-01T00:00");

    assert!(town.state.organisations.suggestions(None, town.today()).is_empty());
    let covering = |on| town.state.organisations.covering(&code("visit"), None, day(on)).len();
    assert_eq!((covering("2026-12-31"), covering("2027-01-01")), (1, 0));
}

#[test]
fn an_agreement_covers_its_kinds_in_its_areas() {
    let mut town = given([organised("choir"), organised("corps")]);
    let of_choir = Agreement {
        kinds: vec![code("visit")],
        areas: vec![code("konnerud")],
        ..terms("choir", "2027-01-31")
    };
    town.happened(agreed("a", of_choir.clone()));
    town.happened(agreed("b", Agreement { areas: vec![code("sentrum")], ..of_choir }));
    town.happened(agreed("c", terms("corps", "2027-01-31")));
    let covering = |kind, area: Option<&str>| {
        let area = area.map(code);
        let on = day("2026-12-24");
        town.state.organisations.covering(&code(kind), area.as_ref(), on)
    };
    let mut both = vec![organisation("choir"), organisation("corps")];
    both.sort_unstable();

    assert_eq!(covering("visit", Some("konnerud")), both);
    assert_eq!(covering("visit", Some("sentrum")), both);
    assert_eq!(covering("visit", Some("fjell")), [organisation("corps")]);
    assert_eq!(covering("visit", None), [organisation("corps")]);
    assert_eq!(covering("escort", Some("konnerud")), [organisation("corps")]);
}

#[test]
fn all_that_is_held_of_a_person_is_told() {
    let mut town = given([organised("choir"), organised("corps"), registered("kari")]);
    town.happened(member("choir", "kari"));
    town.happened(contact("corps", "ola", Some("kari")));
    let facts = Some(team(None, &["kari", "ola"], 1));
    town.happened(Event::TeamSet { team: team_id("bergmo"), facts });

    let held = town.state.organisations.held(person("kari"));

    let [(first, Held::Clear(parts)), (second, Held::Clear(teams))] = &held[..] else {
        panic!("{held:?}")
    };
    assert_eq!((first.as_str(), second.as_str()), ("organisations", "teams"));
    let choir = parts.as_array().unwrap().iter().find(|part| part["name"] == "choir").unwrap();
    assert_eq!((&choir["role"], &choir["since"]), (&"member".into(), &"2026-01-01".into()));
    let corps = parts.as_array().unwrap().iter().find(|part| part["name"] == "corps").unwrap();
    assert_eq!((&corps["deputy"], &corps["role"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!((&teams[0]["name"], &teams[0]["leader"]), (&"Bergmogjengen".into(), &true.into()));
    assert!(town.state.organisations.held(person("stranger")).is_empty());
}
