//! What the registers say, and what somebody writes down.

use dugnad_events::volunteers::{Address, Fact};

use super::*;

const CHOIR: &str = "991825827";
const CORPS: &str = "974760673";

fn entry(number: &str, name: &str) -> Imported {
    let facts = OrganisationFacts { number: number.to_owned(), voluntary: true, ..facts(name) };
    Imported { facts, categorised: false, gone: false }
}

fn import(entries: impl IntoIterator<Item = Imported>) -> Command {
    Command::Import { entries: entries.into_iter().collect() }
}

#[test]
fn importing_the_same_again_writes_nothing() {
    let mut town = given([]);
    let entries = [entry(CHOIR, "Koret"), entry(CORPS, "Korpset")];

    let first = town.when(import(entries.clone())).unwrap();
    let again = town.when(import(entries)).unwrap();

    let new = |number, name| Event::OrganisationSet {
        organisation: organisation_of(number),
        facts: entry(number, name).facts,
        changed: Vec::new(),
    };
    assert_eq!(first, [new(CHOIR, "Koret"), new(CORPS, "Korpset")]);
    assert_eq!(again, []);
}

#[test]
fn a_change_says_what_changed_and_leaves_the_others_alone() {
    let mut town = given([]);
    town.when(import([entry(CHOIR, "Koret"), entry(CORPS, "Korpset")])).unwrap();
    let mut moved = entry(CHOIR, "Storkoret");
    moved.facts.address = Address { town: "DRAMMEN".to_owned(), ..Address::default() };

    let events = town.when(import([moved, entry(CORPS, "Korpset")])).unwrap();

    let [Event::OrganisationSet { organisation, changed, .. }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(*organisation, organisation_of(CHOIR));
    assert_eq!(changed[..], [Fact::Name, Fact::Address]);
    town.replays();
}

#[test]
fn a_source_that_does_not_say_what_it_does_leaves_that_and_the_area_as_they_are() {
    let icnpo = vec![Icnpo { number: "4100".to_owned(), category: String::new() }];
    let mut town = given([]);
    let mut first = Imported { categorised: true, ..entry(CHOIR, "Koret") };
    first.facts.icnpo.clone_from(&icnpo);
    town.when(import([first.clone()])).unwrap();
    let at_home = OrganisationFacts { area: Some(code("konnerud")), ..first.facts.clone() };
    let organisation = organisation_of(CHOIR);
    town.when(Command::Update { organisation, facts: at_home }).unwrap();

    let silent = town.when(import([entry(CHOIR, "Koret")])).unwrap();
    let none = Imported { categorised: true, ..entry(CHOIR, "Koret") };
    let said = town.when(import([none])).unwrap();

    assert_eq!(silent, []);
    let [Event::OrganisationSet { facts, changed, .. }] = &said[..] else { panic!("{said:?}") };
    assert_eq!(changed[..], [Fact::Icnpo]);
    assert_eq!(facts.area, Some(code("konnerud")));
}

#[test]
fn with_an_organisation_that_is_gone_go_its_members_teams_and_agreements() {
    let id = organisation_of(CHOIR);
    let mut town = given([registered("kari"), organised("corps")]);
    town.when(import([entry(CHOIR, "Koret")])).unwrap();
    let mut team = team(None, &["kari"], 1);
    team.organisation = Some(id);
    let terms = Agreement { organisation: id, ..terms("", "2027-06-30") };
    town.happened(Event::ContactSet { organisation: id, contact: person("kari"), deputy: None });
    town.happened(Event::TeamSet { team: team_id("bergmo"), facts: Some(team) });
    town.happened(agreed("helping", terms));

    let gone = Imported { gone: true, ..entry(CHOIR, "") };
    let events = town.when(import([gone.clone()])).unwrap();

    let on = day("2026-11-22");
    let expected = [
        Event::AgreementEnded { agreement: agreement_id("helping"), on },
        Event::TeamSet { team: team_id("bergmo"), facts: None },
        Event::OrganisationGone { organisation: id },
    ];
    assert_eq!(events, expected);
    assert_eq!(town.when(import([gone])).unwrap(), [], "once is enough");
    assert_eq!(town.state.organisations.organisation(id, Viewer::All, on), None);
    assert!(town.state.organisations.held(person("kari")).is_empty());
    town.replays();
}

#[test]
fn one_that_was_gone_comes_back_with_nothing_of_what_it_had() {
    let mut town = given([registered("kari")]);
    town.when(import([entry(CHOIR, "Koret")])).unwrap();
    let id = organisation_of(CHOIR);
    town.happened(Event::ContactSet { organisation: id, contact: person("kari"), deputy: None });
    town.when(import([Imported { gone: true, ..entry(CHOIR, "") }])).unwrap();

    town.when(import([entry(CHOIR, "Koret")])).unwrap();

    let view = town.state.organisations.organisation(id, Viewer::All, town.today()).unwrap();
    assert_eq!((view.contact, view.facts.name.as_str()), (None, "Koret"));
}

#[test]
fn a_school_is_written_down_by_hand_and_changed_by_hand() {
    let mut town = given([]);

    let made = town.when(Command::Create { facts: facts("Skolen") }).unwrap();
    let [Event::OrganisationSet { organisation, .. }] = made[..] else { panic!("{made:?}") };
    let update = Command::Update { organisation, facts: facts("Den nye skolen") };
    let changed = town.when(update.clone()).unwrap();

    assert_eq!(changed.len(), 1);
    assert_eq!(town.when(update).unwrap(), [], "nothing to change");
    let found = town.state.organisations.organisations(
        &super::super::Filter::default(),
        Viewer::All,
        town.today(),
        None,
        10,
    );
    assert_eq!(found.items.len(), 1, "the old name is gone from the list");
    assert_eq!(found.items[0].facts.name, "Den nye skolen");
}

#[test]
fn what_the_register_knows_is_not_changed_by_hand() {
    let mut town = given([]);
    town.when(import([entry(CHOIR, "Koret")])).unwrap();
    let organisation = organisation_of(CHOIR);

    let facts = OrganisationFacts { form: "FLI".to_owned(), ..facts("Et annet navn") };
    let outcome = town.when(Command::Update { organisation, facts });

    assert_refused!(
        outcome,
        Refusal::FromRegister { fields, .. } if fields == "display_name, form, voluntary"
    );
}

#[test]
fn an_area_must_be_one_of_the_municipality() {
    let mut town = given([listed(List::Areas, &["konnerud"]), organised("choir")]);
    let in_area = |area| OrganisationFacts { area: Some(code(area)), ..facts("Koret") };

    let create = town.when(Command::Create { facts: in_area("mars") });
    let organisation = organisation("choir");
    let update = town.when(Command::Update { organisation, facts: in_area("mars") });
    let known = town.when(Command::Update { organisation, facts: in_area("konnerud") });

    assert_refused!(create, Refusal::Invalid { field, .. } if field == "organisation.area");
    assert_refused!(update, Refusal::Invalid { .. });
    assert!(known.is_ok());
}

#[test]
fn what_does_not_exist_is_not_changed() {
    let mut town = given([]);
    let update = Command::Update { organisation: organisation("x"), facts: facts("X") };

    assert_refused!(town.when(update), Refusal::NotFound(_));
}

#[test]
fn a_full_register_takes_no_more_but_keeps_those_it_has_up_to_date() {
    let mut town = given([]);
    for n in 0..super::super::MOST_ORGANISATIONS {
        town.happened(organised(&n.to_string()));
    }

    let import = town.when(import([entry(CHOIR, "Koret")]));
    let create = town.when(Command::Create { facts: facts("Skolen") });
    let change = Command::Update { organisation: organisation("7"), facts: facts("Sju") };

    assert_refused!(import, Refusal::TooMany { most: 20_000, .. });
    assert_refused!(create, Refusal::TooMany { .. });
    assert!(town.when(change).is_ok());
}
