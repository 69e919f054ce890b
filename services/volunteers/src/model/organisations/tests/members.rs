//! Who belongs to an organisation, and who may say so.

use super::*;

fn join(by: Authority, word: &str, role: Option<&str>, since: Option<&str>) -> Command {
    Command::SetMember {
        by,
        organisation: organisation("choir"),
        person: person(word),
        role: role.map(code),
        since: since.map(day),
    }
}

fn reach(by: Authority, word: &str, deputy: Option<&str>) -> Command {
    let (organisation, contact) = (organisation("choir"), person(word));
    Command::SetContact { by, organisation, contact, deputy: deputy.map(person) }
}

fn choir() -> Town {
    given([organised("choir"), registered("kari"), registered("ola"), registered("per")])
}

use Authority::{Contact, Coordinator};

#[test]
fn a_member_is_one_since_today_unless_a_day_is_given() {
    let mut town = choir();

    let today = town.when(join(Coordinator, "kari", Some("member"), None)).unwrap();
    let long_ago = town.when(join(Coordinator, "ola", Some("leader"), Some("2019-05-17"))).unwrap();

    let since = |events: &[Event]| match events {
        [Event::MemberSet { membership: Some(membership), .. }] => membership.since,
        other => panic!("{other:?}"),
    };
    assert_eq!(since(&today), day("2026-11-22"));
    assert_eq!(since(&long_ago), day("2019-05-17"));
    town.replays();
}

#[test]
fn another_role_keeps_the_day_and_the_same_again_writes_nothing() {
    let mut town = choir();
    town.happened(member("choir", "kari"));

    let leads = town.when(join(Coordinator, "kari", Some("leader"), None)).unwrap();
    let again = town.when(join(Coordinator, "kari", Some("leader"), None)).unwrap();
    let left = town.when(join(Coordinator, "kari", None, None)).unwrap();

    let membership = Some(Membership { role: code("leader"), since: day("2026-01-01") });
    let (organisation, person) = (organisation("choir"), person("kari"));
    assert_eq!(leads, [Event::MemberSet { organisation, person, membership }]);
    assert_eq!(again, []);
    assert_eq!(left, [Event::MemberSet { organisation, person, membership: None }]);
    assert!(town.state.organisations.held(person).is_empty());
}

#[test]
fn nobody_is_a_member_from_tomorrow_on() {
    let outcome = choir().when(join(Coordinator, "kari", Some("member"), Some("2026-11-23")));

    assert_refused!(outcome, Refusal::Invalid { field, .. } if field == "member.since");
}

#[test]
fn only_people_of_the_register_have_a_part_in_an_organisation() {
    let mut town = choir();
    town.happened(erased("per"));

    for command in [
        |word| join(Coordinator, word, Some("member"), None),
        |word| reach(Coordinator, word, None),
        |word| reach(Coordinator, "kari", Some(word)),
    ] as [fn(&str) -> Command; 3]
    {
        assert_refused!(town.when(command("stranger")), Refusal::NotFound(_));
        assert_refused!(town.when(command("per")), Refusal::PersonErased(_));
    }
}

#[test]
fn the_deputy_is_somebody_else_than_the_contact() {
    let outcome = choir().when(reach(Coordinator, "kari", Some("kari")));

    assert_refused!(outcome, Refusal::Invalid { field, .. } if field == "deputy");
}

#[test]
fn contact_and_deputy_change_what_is_theirs_and_nobody_else_does() {
    for (who, may) in [("kari", true), ("ola", true), ("per", false)] {
        let mut town = choir();
        town.happened(contact("choir", "kari", Some("ola")));
        town.happened(member("choir", "per"));
        town.happened(organised("corps"));
        town.caller = id(who);

        let member = town.when(join(Contact, "per", Some("treasurer"), None));
        let team = Command::SetTeam {
            by: Contact,
            team: None,
            facts: team(Some("choir"), &["per", "ola"], 2),
        };
        let team = town.when(team);
        let reach = town.when(reach(Contact, "ola", None));

        for outcome in [member, team, reach] {
            if may {
                assert!(outcome.is_ok(), "{who}: {outcome:?}");
            } else {
                assert_refused!(outcome, Refusal::NotTheContact(_));
            }
        }
        let elsewhere = town.when(Command::SetContact {
            by: Contact,
            organisation: organisation("corps"),
            contact: person(who),
            deputy: None,
        });
        assert_refused!(elsewhere, Refusal::NotTheContact(_));
    }
}

#[test]
fn the_same_contact_again_writes_nothing_and_who_was_replaced_has_no_part_any_more() {
    let mut town = choir();
    town.when(reach(Coordinator, "kari", Some("ola"))).unwrap();

    let again = town.when(reach(Coordinator, "kari", Some("ola"))).unwrap();
    town.when(reach(Coordinator, "per", None)).unwrap();

    assert_eq!(again, []);
    let held = |word| town.state.organisations.held(person(word)).len();
    assert_eq!((held("kari"), held("ola"), held("per")), (0, 0, 1));
    town.replays();
}

#[test]
fn who_belongs_to_an_organisation_is_shown_to_few() {
    let mut town = choir();
    town.happened(contact("choir", "kari", Some("ola")));
    town.happened(member("choir", "per"));
    let id = organisation("choir");
    let organisations = &town.state.organisations;

    let view = |viewer| organisations.organisation(id, viewer, town.today()).unwrap().contact;
    for (viewer, shown) in [
        (Viewer::All, true),
        (Viewer::Person(person("kari")), true),
        (Viewer::Person(person("ola")), true),
        (Viewer::Person(person("per")), false),
        (Viewer::Person(person("stranger")), false),
    ] {
        assert_eq!(organisations.shows_inside(id, viewer), shown, "{viewer:?}");
        assert_eq!(view(viewer).is_some(), shown, "{viewer:?}");
    }
}

#[test]
fn an_erased_person_has_no_part_in_anything() {
    let mut town = choir();
    town.happened(contact("choir", "kari", Some("ola")));
    town.happened(member("choir", "kari"));
    town.happened(Event::TeamSet {
        team: team_id("bergmo"),
        facts: Some(team(Some("choir"), &["kari", "ola"], 2)),
    });

    town.happened(erased("kari"));

    let organisations = &town.state.organisations;
    let id = organisation("choir");
    let view = organisations.organisation(id, Viewer::All, town.today()).unwrap();
    assert_eq!((view.contact, view.deputy), (None, Some(person("ola"))));
    assert!(organisations.members(id, None, 10).unwrap().items.is_empty());
    let team = organisations.team(team_id("bergmo")).unwrap();
    assert_eq!((team.leader, &team.members[..]), (None, &[person("ola")][..]));
    assert!(organisations.held(person("kari")).is_empty());
    assert!(!format!("{organisations:?}").contains(&id_text("kari")), "nothing is left");
    town.replays();
}

fn id_text(word: &str) -> String {
    id(word).to_string()
}

#[test]
fn members_are_listed_page_by_page() {
    let mut town = choir();
    for word in ["kari", "ola", "per"] {
        town.happened(member("choir", word));
    }
    let members = |after| town.state.organisations.members(organisation("choir"), after, 2);

    let first = members(None).unwrap();
    let second = members(first.next).unwrap();

    let mut seen: Vec<_> = first.items.iter().chain(&second.items).map(|(who, _)| *who).collect();
    let mut all = ["kari", "ola", "per"].map(person);
    all.sort_unstable();
    assert_eq!(seen, all);
    seen.dedup();
    assert_eq!((seen.len(), second.next), (3, None));
    assert!(town.state.organisations.members(organisation("x"), None, 2).is_none());
}

#[test]
fn an_organisation_and_a_person_have_so_many_parts_at_most() {
    let mut town = choir();
    for n in 0..super::super::MOST_MEMBERS {
        town.happened(member("choir", &n.to_string()));
    }
    for n in 0..100 {
        let word = format!("club {n}");
        town.happened(organised(&word));
        town.happened(member(&word, "ola"));
    }
    town.happened(organised("small"));

    let full = town.when(join(Coordinator, "kari", Some("member"), None));
    let many = town.when(Command::SetContact {
        by: Coordinator,
        organisation: organisation("small"),
        contact: person("ola"),
        deputy: None,
    });

    assert_refused!(full, Refusal::TooMany { what: "members", .. });
    assert_refused!(many, Refusal::TooMany { what: "organisations of one person", .. });
}
