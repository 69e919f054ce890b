//! Every rule that keeps somebody from a need, through the door: whoever lacks one thing learns that
//! rule and no other.

use dugnad_calendar::{LocalWindow, OpeningHours};
use dugnad_events::{
    Code,
    volunteers::{Ages, CheckRule, Event as Told, Gender, Giver, Party, Pause, Requirements},
};
use dugnad_proto::matching::v1 as pb;
use dugnad_vault::PersonId;
use jiff::civil::date;
use uuid::Uuid;

use crate::town::{Town, hours, person, reason};

fn code(word: &str) -> Code {
    word.parse().unwrap()
}

/// Where nobody in Bragernes can be in ten minutes.
const FAR: pb::Location = pb::Location { latitude: 59.745, longitude: 11.2 };

fn giver() -> Giver {
    Giver {
        area: Some(code("bragernes")),
        reach_km: 10,
        skills: vec![code("first-aid")],
        languages: vec![code("nb")],
        ..Giver::default()
    }
}

/// What the register says of somebody who has everything that the visit asks for.
fn complete(person: PersonId) -> Vec<Told> {
    let (on, by, role) = (date(2026, 11, 1), Uuid::nil(), code("visitor"));
    let sealed = serde_json::json!({ "person": person, "sealed": b"sealed" });
    let card = |party| Told::CardAccepted { person, role: role.clone(), version: 1, party, by };
    vec![
        Told::GiverSet { person, giver: Some(giver()) },
        Told::PersonAdmitted { person, on },
        Told::CheckShown { person, on, to: by },
        Told::CertificateIssued { person, course: code("dementia"), on, until: None },
        Told::DetailsChanged {
            person,
            details: serde_json::from_value(sealed).unwrap(),
            ages: Some(Ages::of(date(1990, 1, 1), on)),
            gender: Some(Gender::Female),
        },
        Told::ConfidentialitySigned { person, on },
        card(Party::Volunteer),
        card(Party::Supervisor),
    ]
}

/// A fact that takes one thing away, or the kind of event that is left out.
enum Lacks {
    Told(fn(PersonId) -> Told),
    Without(fn(&Told) -> bool),
}

fn nobodys_hours(person: PersonId) -> Told {
    let week = std::array::from_fn(|_| vec![LocalWindow::new(0, 60).unwrap()]);
    let hours = OpeningHours { week: Some(week), ..OpeningHours::default() };
    Told::AvailabilitySet { person, zone: "Europe/Oslo".to_owned(), hours }
}

fn rests(person: PersonId) -> Told {
    Told::PauseSet { person, pause: Some(Pause { from: date(2026, 11, 24), until: None }) }
}

fn gives(person: PersonId, giver: Giver) -> Told {
    Told::GiverSet { person, giver: Some(giver) }
}

const LACKING: &[(&str, Lacks)] = &[
    ("NO_VOLUNTEER", Lacks::Told(|person| Told::GiverSet { person, giver: None })),
    ("NOT_ADMITTED", Lacks::Without(|told| matches!(told, Told::PersonAdmitted { .. }))),
    ("LEFT", Lacks::Told(|person| Told::PersonLeft { person, on: date(2026, 11, 23) })),
    ("PAUSED", Lacks::Told(rests)),
    ("CHECK", Lacks::Told(|person| Told::CheckWithdrawn { person })),
    ("COURSE", Lacks::Without(|told| matches!(told, Told::CertificateIssued { .. }))),
    ("AGE", Lacks::Told(|person| changed(person, Some(Gender::Female), 2015))),
    ("CONFIDENTIALITY", Lacks::Without(|told| matches!(told, Told::ConfidentialitySigned { .. }))),
    ("CARD", {
        let supervisors =
            |told: &Told| matches!(told, Told::CardAccepted { party: Party::Supervisor, .. });
        Lacks::Without(supervisors)
    }),
    ("SKILL", Lacks::Told(|person| gives(person, Giver { skills: Vec::new(), ..giver() }))),
    ("LANGUAGE", Lacks::Told(|person| gives(person, Giver { languages: Vec::new(), ..giver() }))),
    ("GENDER", Lacks::Told(|person| changed(person, Some(Gender::Male), 1990))),
    ("REFUSES", {
        let refuses = |person| gives(person, Giver { refuses: vec![code("visit")], ..giver() });
        Lacks::Told(refuses)
    }),
    ("DISTANCE", Lacks::Told(|person| gives(person, Giver { area: None, ..giver() }))),
    ("NOT_FREE", Lacks::Told(nobodys_hours)),
    ("TOO_MUCH", Lacks::Told(|person| gives(person, Giver { most_a_week: Some(0), ..giver() }))),
];

fn changed(person: PersonId, gender: Option<Gender>, born: i16) -> Told {
    let sealed = serde_json::json!({ "person": person, "sealed": b"sealed" });
    let details = serde_json::from_value(sealed).unwrap();
    let ages = Some(Ages::of(date(born, 1, 1), date(2026, 11, 1)));
    Told::DetailsChanged { person, details, ages, gender }
}

/// A visit that asks for everything that can be asked for.
fn demanding(town: &Town) -> pb::Need {
    let want = pb::Want {
        skills: vec!["first-aid".to_owned()],
        languages: vec!["nb".to_owned()],
        gender: pb::Gender::Female.into(),
        strict_gender: true,
        ..Default::default()
    };
    pb::Need { want: Some(want), ..town.visit(50) }
}

async fn open() -> Town {
    let town = Town::open().await;
    let kind =
        pb::Kind { code: "visit".to_owned(), role: "visitor".to_owned(), ..Default::default() };
    town.kind(kind).await;
    let requirements = Requirements {
        check: Some(CheckRule::default()),
        courses: vec![code("dementia")],
        min_age: Some(18),
        confidentiality: true,
        card: true,
    };
    let (role, card) = (code("visitor"), Default::default());
    town.says(vec![Told::RoleSet { role, version: 1, requirements, card }]).await;
    town
}

async fn rules(town: &Town, need: pb::Need, people: &[&str]) -> Vec<Vec<String>> {
    let people = people.iter().map(|who| person(who).to_string()).collect();
    let request = pb::FindCandidatesRequest { question: Some(need), people, ..Default::default() };
    let found = town.coordinator().find_candidates(request).await.unwrap().into_inner();
    let of = |it: pb::Candidate| it.exclusions.into_iter().map(|it| it.rule).collect();
    found.people.into_iter().map(of).collect()
}

#[tokio::test]
async fn whoever_lacks_one_thing_is_told_that_rule_and_no_other_and_cannot_be_assigned() {
    let town = open().await;
    let need = town.post(&mut town.coordinator(), demanding(&town)).await.name;
    town.says(complete(person("anna"))).await;
    let mut people = vec!["anna"];
    for (rule, lacks) in LACKING {
        let who = person(rule);
        let mut told = complete(who);
        match lacks {
            Lacks::Told(fact) => told.push(fact(who)),
            Lacks::Without(kind) => told.retain(|told| !kind(told)),
        }
        town.says(told).await;
        people.push(rule);
    }

    let said = rules(&town, demanding(&town), &people).await;

    assert_eq!(said[0], [""; 0], "she has everything");
    for ((rule, _), said) in LACKING.iter().zip(&said[1..]) {
        assert_eq!(said, &[*rule]);
        let refused = town.coordinator().assign(town.assign(&need, rule)).await.unwrap_err();
        assert_eq!(reason(&refused), *rule);
    }
    town.coordinator().assign(town.assign(&need, "anna")).await.unwrap();
}

#[tokio::test]
async fn whoever_is_elsewhere_near_in_time_or_kept_apart_is_told_that_rule() {
    let town = open().await;
    let mut cora = town.coordinator();
    for who in ["busy", "far", "apart", "olga"] {
        town.says(complete(person(who))).await;
    }
    let there = town.post(&mut cora, demanding(&town)).await.name;
    cora.assign(town.assign(&there, "busy")).await.unwrap();
    let before = pb::Need {
        area: String::new(),
        location: Some(FAR),
        times: vec![hours(48, 2)],
        ..demanding(&town)
    };
    let before = town.post(&mut cora, before).await.name;
    cora.assign(pb::AssignRequest { anyway: true, ..town.assign(&before, "far") }).await.unwrap();
    let (one, other) = (person("apart").to_string(), person("olga").to_string());
    let conflict =
        pb::SetConflictRequest { one, other: other.clone(), apart: true, request_id: town.id() };
    cora.set_conflict(conflict).await.unwrap();
    let question = pb::Need { receiver: other, ..demanding(&town) };

    let said = rules(&town, question, &["busy", "far", "apart", "olga"]).await;

    assert_eq!(said, [["BUSY"], ["TRAVEL"], ["CONFLICT"], ["CONFLICT"]]);
}

#[tokio::test]
async fn a_role_that_nobody_described_lets_nobody_come() {
    let town = Town::open().await;
    let kind =
        pb::Kind { code: "visit".to_owned(), role: "visitor".to_owned(), ..Default::default() };
    town.kind(kind).await;
    town.says(complete(person("anna"))).await;

    assert_eq!(rules(&town, town.visit(50), &["anna"]).await, [["ROLE_UNKNOWN"]]);
}
