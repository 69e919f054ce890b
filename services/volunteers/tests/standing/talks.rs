//! Follow-up talks, thanks and notes: whose words who reads.

use dugnad_door::Role;
use dugnad_proto::volunteers::v1 as pb;

use crate::{
    asking::*,
    town::{Town, name, refused},
};

async fn plan(town: &Town, who: &str, due: &str) -> pb::FollowUp {
    let (person, due_date, request_id) = (name(who), due.to_owned(), town.id());
    let request = pb::PlanFollowUpRequest { person, due_date, request_id, ..Default::default() };
    coordinator(town).plan_follow_up(request).await.unwrap().into_inner().follow_up.unwrap()
}

#[tokio::test]
async fn a_talk_that_was_held_keeps_its_note_for_coordinators_and_plans_the_next() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let mut cora = coordinator(&town);
    let (late, soon) = (plan(&town, "kari", "2026-12-24").await, plan(&town, "kari", TODAY).await);
    town.it_is("2026-12-01T08:00");
    let hold = pb::HoldFollowUpRequest {
        name: soon.name.clone(),
        held_date: "2026-12-01".to_owned(),
        note: "Trives godt.".to_owned(),
        next_due_date: "2026-12-02".to_owned(),
        request_id: town.id(),
    };

    let held = cora.hold_follow_up(hold.clone()).await.unwrap().into_inner();

    let next = held.next.clone().unwrap();
    town.it_is("2026-12-03T08:00");
    let request = pb::ListFollowUpsRequest { show_held: true, ..Default::default() };
    let listed = cora.list_follow_ups(request).await.unwrap().into_inner().follow_ups;
    let names: Vec<_> = listed.iter().map(|it| &it.name).collect();
    assert_eq!(names, [&next.name, &late.name, &soon.name]);
    let overdue: Vec<_> = listed.iter().map(|it| it.overdue).collect();
    assert_eq!(overdue, [true, false, false]);
    assert_eq!((listed[2].note.as_str(), &*listed[2].held_date), ("Trives godt.", "2026-12-01"));
    let again = cora.hold_follow_up(hold.clone()).await.unwrap().into_inner();
    assert_eq!(again, held, "repeated");
    let anew = pb::HoldFollowUpRequest { request_id: town.id(), ..hold };
    assert_eq!(refused(cora.hold_follow_up(anew).await).1, "HELD");
    let request = pb::GetStandingRequest { person: name("kari") };
    let standing = own(&town, "kari").get_standing(request).await;
    assert_eq!(standing.unwrap().into_inner().standing.unwrap().follow_up_date, "2026-12-02");
}

#[tokio::test]
async fn the_next_helper_reads_none_of_the_earlier_ones_notes() {
    let town = Town::open().await;
    town.receiver("rut", pb::Receiver::default()).await;
    let write = |text: &str| pb::WriteNoteRequest {
        person: name("rut"),
        text: text.to_owned(),
        request_id: town.id(),
    };
    own(&town, "kari").write_note(write("Liker kaffe.")).await.unwrap();
    own(&town, "ola").write_note(write("Vil helst gå tur.")).await.unwrap();
    let read = |who: &'static str, role| {
        let mut client = client(&town, who, role);
        async move {
            let request = pb::ListNotesRequest { person: name("rut"), ..Default::default() };
            let notes = client.list_notes(request).await.unwrap().into_inner().notes;
            notes.into_iter().map(|note| note.text).collect::<Vec<_>>()
        }
    };

    assert_eq!(read("kari", Role::Person).await, ["Liker kaffe."]);
    assert_eq!(read("ola", Role::Person).await, ["Vil helst gå tur."]);
    assert_eq!(read("per", Role::Person).await, [""; 0]);
    assert_eq!(read("stian", Role::Staff).await, [""; 0]);
    assert_eq!(read("cora", Role::Coordinator).await, ["Liker kaffe.", "Vil helst gå tur."]);
}

#[tokio::test]
async fn thanks_reach_the_volunteer_and_one_cannot_thank_oneself() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let thank = |text: &str| pb::ThankRequest {
        person: name("kari"),
        text: text.to_owned(),
        request_id: town.id(),
    };
    let said = own(&town, "rut").thank(thank("Tusen takk!")).await.unwrap().into_inner();
    client(&town, "stian", Role::Staff).thank(thank("Fra avdelingen")).await.unwrap();
    let read = |who: &'static str, role| {
        let mut client = client(&town, who, role);
        async move {
            let request = pb::ListThanksRequest { person: name("kari"), ..Default::default() };
            client.list_thanks(request).await.unwrap().into_inner().thanks
        }
    };

    assert_eq!(said.thanks.as_ref().unwrap().date, TODAY);
    assert_eq!(read("kari", Role::Person).await.len(), 2);
    assert_eq!(read("cora", Role::Coordinator).await.len(), 2);
    assert_eq!(read("rut", Role::Person).await, [said.thanks.unwrap()], "one's own words");
    assert_eq!(refused(own(&town, "kari").thank(thank("Bra!")).await).1, "FOR_THEMSELVES");
}
