//! Several who are asked as one.

use super::*;
use Authority::{Contact, Coordinator};

fn set(team: Option<&str>, facts: Team) -> Command {
    Command::SetTeam { by: Coordinator, team: team.map(team_id), facts }
}

fn town() -> Town {
    given([organised("choir"), registered("kari"), registered("ola"), registered("per")])
}

#[test]
fn a_team_is_made_changed_and_dissolved() {
    let mut town = town();

    let made = town.when(set(None, team(Some("choir"), &["kari", "ola"], 1))).unwrap();
    let [Event::TeamSet { team: id, .. }] = made[..] else { panic!("{made:?}") };
    let larger = Command::SetTeam {
        by: Coordinator,
        team: Some(id),
        facts: team(Some("choir"), &["kari", "ola", "per"], 3),
    };
    assert_eq!(town.when(larger.clone()).unwrap().len(), 1);
    assert_eq!(town.when(larger).unwrap(), [], "nothing to change");
    let ended = town.when(Command::EndTeam { by: Coordinator, team: id }).unwrap();

    assert_eq!(ended, [Event::TeamSet { team: id, facts: None }]);
    assert_eq!(town.state.organisations.team(id), None);
    assert!(town.state.organisations.held(person("kari")).is_empty());
    let again = town.when(Command::EndTeam { by: Coordinator, team: id });
    assert_refused!(again, Refusal::NotFound(_));
    town.replays();
}

#[test]
fn the_leader_is_a_member_each_is_named_once_and_not_more_come_than_there_are() {
    let mut town = town();
    let pair = || team(None, &["kari", "ola"], 2);
    for (facts, wrong) in [
        (Team { leader: person("per"), ..pair() }, "team.leader"),
        (Team { size: 3, ..pair() }, "team.size"),
        (Team { size: 0, ..pair() }, "team.size"),
        (team(None, &["kari", "kari"], 1), "team.members"),
    ] {
        assert_refused!(
            town.when(set(None, facts)),
            Refusal::Invalid { field, .. } if field == wrong
        );
    }
    assert!(town.when(set(None, pair())).is_ok());
}

#[test]
fn a_team_has_people_of_the_register_and_an_organisation_that_exists() {
    let mut town = town();
    town.happened(erased("per"));

    assert_refused!(town.when(set(None, team(None, &["stranger"], 1))), Refusal::NotFound(_));
    assert_refused!(town.when(set(None, team(None, &["per"], 1))), Refusal::PersonErased(_));
    assert_refused!(town.when(set(None, team(Some("x"), &["kari"], 1))), Refusal::NotFound(_));
    assert_refused!(town.when(set(Some("x"), team(None, &["kari"], 1))), Refusal::NotFound(_));
}

#[test]
fn a_team_stays_with_the_organisation_it_was_made_in() {
    let mut town = town();
    town.happened(organised("corps"));
    let facts = Some(team(Some("choir"), &["kari"], 1));
    town.happened(Event::TeamSet { team: team_id("bergmo"), facts });

    let outcome = town.when(set(Some("bergmo"), team(Some("corps"), &["kari"], 1)));

    assert_refused!(outcome, Refusal::Invalid { field, .. } if field == "team.organisation");
}

#[test]
fn a_contact_cannot_take_over_a_team_by_naming_their_own_organisation() {
    let mut town = town();
    town.happened(contact("choir", "kari", None));
    for (word, of) in [("free", None), ("theirs", Some("corps"))] {
        town.happened(organised("corps"));
        let facts = Some(team(of, &["ola"], 1));
        town.happened(Event::TeamSet { team: team_id(word), facts });
        town.caller = id("kari");

        let facts = team(Some("choir"), &["kari"], 1);
        let taken = town.when(Command::SetTeam { by: Contact, team: Some(team_id(word)), facts });
        let ended = town.when(Command::EndTeam { by: Contact, team: team_id(word) });

        assert_refused!(taken, Refusal::Invalid { .. });
        assert_refused!(ended, Refusal::NotTheContact(_));
    }
    let own = Command::SetTeam { by: Contact, team: None, facts: team(None, &["kari"], 1) };
    assert_refused!(town.when(own), Refusal::NotTheContact(_));
}

#[test]
fn a_team_that_lost_somebody_to_an_erasure_stays_and_is_short() {
    let mut town = town();
    let facts = Some(team(None, &["kari", "ola", "per"], 2));
    town.happened(Event::TeamSet { team: team_id("bergmo"), facts });
    let short = |town: &Town| town.state.organisations.team(team_id("bergmo")).unwrap().short;
    assert!(!short(&town));

    town.happened(erased("ola"));
    assert!(!short(&town), "two of two are left");
    town.happened(erased("per"));
    assert!(short(&town), "one of two is left");

    let mended = town.when(set(Some("bergmo"), team(None, &["kari"], 1)));
    assert!(mended.is_ok());
    assert!(!short(&town));
    town.replays();
}

#[test]
fn a_team_without_its_leader_is_short() {
    let mut town = town();
    let facts = Some(team(None, &["kari", "ola"], 1));
    town.happened(Event::TeamSet { team: team_id("bergmo"), facts });

    town.happened(erased("kari"));

    assert!(town.state.organisations.team(team_id("bergmo")).unwrap().short);
}

#[test]
fn teams_are_shown_to_their_own_people_and_to_the_contact() {
    let mut town = town();
    town.happened(contact("choir", "kari", None));
    let facts = Some(team(Some("choir"), &["ola"], 1));
    town.happened(Event::TeamSet { team: team_id("a"), facts });
    let facts = Some(team(None, &["per"], 1));
    town.happened(Event::TeamSet { team: team_id("b"), facts });

    let seen = |viewer| {
        let found = town.state.organisations.teams(None, viewer, None, 10).items;
        let mut words: Vec<_> =
            found.iter().map(|team| if team.id == team_id("a") { "a" } else { "b" }).collect();
        words.sort_unstable();
        words.concat()
    };
    assert_eq!(seen(Viewer::All), "ab");
    assert_eq!(seen(Viewer::Person(person("kari"))), "a");
    assert_eq!(seen(Viewer::Person(person("ola"))), "a");
    assert_eq!(seen(Viewer::Person(person("per"))), "b");
    assert_eq!(seen(Viewer::Person(person("stranger"))), "");
    let of_choir =
        town.state.organisations.teams(Some(organisation("choir")), Viewer::All, None, 9);
    assert_eq!(of_choir.items.len(), 1);
}

#[test]
fn there_are_so_many_teams_at_most() {
    let mut town = town();
    for n in 0..super::super::MOST_TEAMS {
        let word = format!("p{}", n / 50);
        let facts = Some(team(None, &[&word], 1));
        town.happened(Event::TeamSet { team: team_id(&n.to_string()), facts });
    }
    town.happened(registered("p0"));

    let one_more = town.when(set(None, team(None, &["kari"], 1)));
    let one_person = town.when(set(None, team(None, &["p0"], 1)));

    assert_refused!(one_more, Refusal::TooMany { what: "teams", .. });
    assert_refused!(one_person, Refusal::TooMany { what: "teams of one person", .. });
}
