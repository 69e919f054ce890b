//! Members, contacts and teams: who may change and see them, and what an erasure leaves.

use dugnad_door::Role;
use dugnad_proto::volunteers::v1 as pb;
use serde_json::Value;
use tonic::Code;

use crate::{
    calling, coordinator, get, made, themselves,
    town::{Town, field, name, refused},
};

fn not_yours() -> (Code, String) {
    (Code::PermissionDenied, "NOT_YOURS".to_owned())
}

fn member(town: &Town, organisation: &str, who: &str, role: &str) -> pb::SetMemberRequest {
    let member = pb::Member {
        organisation: organisation.to_owned(),
        person: name(who),
        role: role.to_owned(),
        since: String::new(),
    };
    pb::SetMemberRequest { member: Some(member), request_id: town.id() }
}

fn contact(town: &Town, organisation: &str, who: &str, deputy: &str) -> pb::SetContactRequest {
    pb::SetContactRequest {
        organisation: organisation.to_owned(),
        contact: name(who),
        deputy: if deputy.is_empty() { String::new() } else { name(deputy) },
        request_id: town.id(),
    }
}

fn team(organisation: &str, members: &[&str], size: i32) -> pb::Team {
    pb::Team {
        display_name: "Bergmogjengen".to_owned(),
        organisation: organisation.to_owned(),
        leader: name(members[0]),
        members: members.iter().map(|who| name(who)).collect(),
        size,
        ..Default::default()
    }
}

fn set(town: &Town, team: pb::Team) -> pb::SetTeamRequest {
    pb::SetTeamRequest { team: Some(team), request_id: town.id() }
}

/// A choir with kari as its contact, ola as her deputy, and per without a part.
async fn choir(town: &Town) -> String {
    for who in ["kari", "ola", "per"] {
        town.volunteer(who).await;
    }
    let choir = made(town, "Koret").await;
    let request = contact(town, &choir, "kari", "ola");
    coordinator(town).set_contact(request).await.unwrap();
    choir
}

#[tokio::test]
async fn the_contact_and_the_deputy_keep_their_own_members_and_see_them() {
    let town = Town::open().await;
    let choir = choir(&town).await;

    for who in ["kari", "ola"] {
        let mut client = themselves(&town, who);
        let set = client.set_member(member(&town, &choir, "per", "treasurer")).await.unwrap();
        let set = set.into_inner().member.unwrap();
        assert_eq!((set.role.as_str(), set.since.as_str()), ("treasurer", "2026-11-22"));
        let list = pb::ListMembersRequest { organisation: choir.clone(), ..Default::default() };
        let listed = client.list_members(list).await.unwrap().into_inner();
        assert_eq!(listed.members, [set]);
        assert_eq!(get(&mut client, &choir).await.contact, name("kari"));
    }
}

#[tokio::test]
async fn nobody_else_changes_them_and_what_somebody_is_a_member_of_is_not_shown() {
    let town = Town::open().await;
    let choir = choir(&town).await;
    let mut cora = coordinator(&town);
    cora.set_member(member(&town, &choir, "per", "member")).await.unwrap();

    for (who, role) in [("per", Role::Person), ("stian", Role::Staff), ("s", Role::Service)] {
        let mut client = calling(&town, who, role);
        let outcome = client.set_member(member(&town, &choir, who, "leader")).await;
        assert_eq!(refused(outcome), not_yours());
        assert_eq!(
            refused(client.set_contact(contact(&town, &choir, "per", "")).await),
            not_yours()
        );
        let outcome = client.set_team(set(&town, team(&choir, &["per"], 1))).await;
        assert_eq!(refused(outcome), not_yours());
    }
    let mut per = themselves(&town, "per");
    let list = pb::ListMembersRequest { organisation: choir.clone(), ..Default::default() };
    assert_eq!(refused(per.list_members(list.clone()).await), not_yours());
    let seen = get(&mut per, &choir).await;
    assert_eq!((seen.contact.as_str(), seen.deputy.as_str()), ("", ""));
    let mut staff = calling(&town, "stian", Role::Staff);
    assert_eq!(staff.list_members(list).await.unwrap().into_inner().members.len(), 1);
}

#[tokio::test]
async fn a_repeated_change_gets_its_first_answer() {
    let town = Town::open().await;
    let choir = choir(&town).await;
    let mut cora = coordinator(&town);
    let request = member(&town, &choir, "per", "member");
    let first = cora.set_member(request.clone()).await.unwrap().into_inner();
    let left = cora.set_member(member(&town, &choir, "per", "")).await.unwrap().into_inner();

    assert_eq!(cora.set_member(request).await.unwrap().into_inner(), first);
    assert_eq!(left.member, None);
    let list = pb::ListMembersRequest { organisation: choir, ..Default::default() };
    assert!(cora.list_members(list).await.unwrap().into_inner().members.is_empty());
}

#[tokio::test]
async fn a_team_is_kept_by_its_contact_and_seen_by_its_own() {
    let town = Town::open().await;
    let choir = choir(&town).await;
    let mut kari = themselves(&town, "kari");
    let made = kari.set_team(set(&town, team(&choir, &["ola", "per"], 2))).await.unwrap();
    let made = made.into_inner().team.unwrap();
    assert!(!made.short);

    for (who, sees) in [("kari", true), ("ola", true), ("per", true), ("eva", false)] {
        let mut client = themselves(&town, who);
        let got = client.get_team(pb::GetTeamRequest { name: made.name.clone() }).await;
        let listed = client.list_teams(pb::ListTeamsRequest::default()).await.unwrap();
        assert_eq!(listed.into_inner().teams.len(), usize::from(sees), "{who}");
        match got {
            Ok(got) => assert!(sees && got.into_inner().team.as_ref() == Some(&made), "{who}"),
            outcome => assert_eq!((refused(outcome), sees), (not_yours(), false), "{who}"),
        }
    }
    let end = pb::EndTeamRequest { name: made.name.clone(), request_id: town.id() };
    assert_eq!(refused(themselves(&town, "per").end_team(end.clone()).await), not_yours());
    kari.end_team(end).await.unwrap();
    let gone = kari.get_team(pb::GetTeamRequest { name: made.name }).await;
    assert_eq!(refused(gone), (Code::NotFound, "NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn an_export_tells_all_parts_and_an_erasure_leaves_none() {
    let town = Town::open().await;
    let choir = choir(&town).await;
    let mut cora = coordinator(&town);
    cora.set_member(member(&town, &choir, "kari", "leader")).await.unwrap();
    let made = cora.set_team(set(&town, team(&choir, &["kari", "ola"], 2))).await.unwrap();
    let made = made.into_inner().team.unwrap();

    let export = pb::ExportPersonRequest { person: name("kari") };
    let export = town.themselves("kari").export_person(export).await.unwrap().into_inner();
    let told =
        serde_json::to_string(&serde_json::from_str::<Value>(&export.json).unwrap()).unwrap();
    for word in ["Koret", "leader", "Bergmogjengen", &choir] {
        assert!(told.contains(word), "{word} in {told}");
    }
    let erase = pb::ErasePersonRequest { person: name("kari"), request_id: town.id() };
    town.themselves("kari").erase_person(erase).await.unwrap();

    let choir_now = get(&mut cora, &choir).await;
    assert_eq!((choir_now.contact.as_str(), choir_now.deputy), ("", name("ola")));
    let list = pb::ListMembersRequest { organisation: choir.clone(), ..Default::default() };
    assert!(cora.list_members(list).await.unwrap().into_inner().members.is_empty());
    let short = cora.get_team(pb::GetTeamRequest { name: made.name }).await.unwrap();
    let short = short.into_inner().team.unwrap();
    assert_eq!((short.leader.as_str(), short.members, short.short), ("", vec![name("ola")], true));
    let again = cora.set_member(member(&town, &choir, "kari", "member")).await;
    assert_eq!(refused(again), (Code::FailedPrecondition, "PERSON_ERASED".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_taken_is_named_by_its_field() {
    let town = Town::open().await;
    let choir = choir(&town).await;
    let mut cora = coordinator(&town);
    let with = |change: fn(&mut pb::Team)| {
        let mut team = team(&choir, &["kari", "ola"], 2);
        change(&mut team);
        set(&town, team)
    };
    for (request, wrong) in [
        (with(|team| team.display_name.clear()), "team.display_name"),
        (with(|team| team.leader = "x".to_owned()), "team.leader"),
        (with(|team| team.leader = name("per")), "team.leader"),
        (with(|team| team.members[1].clear()), "team.members[1]"),
        (with(|team| team.members = vec![name("kari"); 51]), "team.members"),
        (with(|team| team.members = vec![name("kari"); 2]), "team.members"),
        (with(|team| team.size = 3), "team.size"),
        (with(|team| team.size = 0), "team.size"),
        (with(|team| team.name = "x".to_owned()), "team.name"),
        (pb::SetTeamRequest { team: None, request_id: town.id() }, "team"),
    ] {
        assert_eq!(field(cora.set_team(request).await), wrong);
    }
    let with = |change: fn(&mut pb::Member)| {
        let mut request = member(&town, &choir, "per", "member");
        change(request.member.as_mut().unwrap());
        request
    };
    for (request, wrong) in [
        (with(|member| member.person.clear()), "member.person"),
        (with(|member| member.organisation.clear()), "member.organisation"),
        (with(|member| member.role = "Å".to_owned()), "member.role"),
        (with(|member| member.since = "2026-11-31".to_owned()), "member.since"),
        (with(|member| member.since = "2026-11-23".to_owned()), "member.since"),
    ] {
        assert_eq!(field(cora.set_member(request).await), wrong);
    }
    let same = contact(&town, &choir, "kari", "kari");
    assert_eq!(field(cora.set_contact(same).await), "deputy");
    let stranger = cora.set_contact(contact(&town, &choir, "stranger", "")).await;
    assert_eq!(refused(stranger), (Code::NotFound, "NOT_FOUND".to_owned()));
}
