//! From somebody who signs up to somebody who comes, across services: what the register says is
//! heard by matching and rooms, once, whoever is killed between them.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::time::Duration;

use dugnad_harness::{
    Caller, DugnadServer, Journal, NatsServer, People, clients::request_id, files_with,
};
use dugnad_proto::{
    matching::v1::{AssignRequest, HeldOfPersonRequest, ListAssignmentsRequest},
    rooms::v1::{Contact, CreateBookingRequest, GetBookingRequest},
    volunteers::v1::{
        ErasePersonRequest, ExportPersonRequest, ListPeopleRequest, RevokeCertificateRequest,
    },
};
use dugnad_scenarios::{
    On, World, ask, assert_refused, hours as room_hours, is_away, on_both, town,
    village::{Apart, COURSE, Coordinator, TENANT, accept, themselves, within},
    wish,
};
use tonic::Code;
use uuid::Uuid;

on_both!(
    the_one_who_says_yes_comes_and_the_others_learn_that_it_is_filled,
    of_two_needs_at_one_time_a_person_who_is_put_into_both_at_once_gets_one,
    a_certificate_revoked_after_the_yes_takes_the_place_back_and_others_are_asked,
    an_erased_person_is_gone_from_every_service_and_from_every_file,
    an_export_holds_what_every_service_knows_of_a_person,
    what_the_register_says_is_heard_once_although_services_keep_being_killed,
    whose_course_ran_out_while_matching_was_down_gets_no_offer_when_it_is_up,
);

async fn the_one_who_says_yes_comes_and_the_others_learn_that_it_is_filled(on: On) {
    let world = World::start(on).await;
    let mut kari = Coordinator::of(&world.server);
    kari.sets_up().await;
    let (anna, bo) = (kari.takes_in_visitor("Anna").await, kari.takes_in_visitor("Bo").await);
    let unqualified = kari.takes_in("Cato").await;
    let need = kari.needs_visitor(18, 20).await;
    kari.until_suit(&need, &[&anna, &bo]).await;

    let found = kari.candidates(&need, &[&unqualified]).await;
    let offers = kari.asks(&need, 2).await;
    let of = |person: &str| offers.iter().find(|offer| offer.to == person).unwrap().name.clone();
    accept(&mut themselves(&world.server, &anna), &of(&anna)).await.unwrap();
    let late = accept(&mut themselves(&world.server, &bo), &of(&bo)).await.unwrap();

    assert_eq!(found.people[0].exclusions[0].rule, "COURSE");
    assert_eq!(offers.len(), 2, "not the one without the course: {offers:?}");
    assert_eq!(kari.assigned(&need).await, [anna]);
    let tally = kari.need(&need).await.tally.unwrap();
    assert_eq!((late.as_str(), tally.waiting), ("", 1), "who says yes too late waits for a place");
}

async fn of_two_needs_at_one_time_a_person_who_is_put_into_both_at_once_gets_one(on: On) {
    let world = World::start(on).await;
    let mut kari = Coordinator::of(&world.server);
    kari.sets_up().await;
    let anna = kari.takes_in_visitor("Anna").await;
    let needs = [kari.needs_visitor(18, 20).await, kari.needs_visitor(19, 21).await];
    kari.until_suit(&needs[0], &[&anna]).await;
    let into = |need: &String| AssignRequest {
        need: need.clone(),
        person: anna.clone(),
        request_id: request_id(),
        ..Default::default()
    };
    let (mut here, mut there) = (Coordinator::of(&world.server), Coordinator::of(&world.server));

    let (one, other) = tokio::join!(
        here.matching.assign(into(&needs[0])),
        there.matching.assign(into(&needs[1])),
    );

    assert_eq!(u8::from(one.is_ok()) + u8::from(other.is_ok()), 1, "{one:?} {other:?}");
    assert_refused(if one.is_err() { &one } else { &other }, "BUSY");
    let taken = kari.assigned(&needs[0]).await.len() + kari.assigned(&needs[1]).await.len();
    assert_eq!(taken, 1);
}

async fn a_certificate_revoked_after_the_yes_takes_the_place_back_and_others_are_asked(on: On) {
    let world = World::start(on).await;
    let mut kari = Coordinator::of(&world.server);
    kari.sets_up().await;
    let anna = kari.takes_in_visitor("Anna").await;
    let need = kari.needs_visitor(18, 20).await;
    kari.until_suit(&need, &[&anna]).await;
    let offer = kari.asks(&need, 1).await.remove(0).name;
    let assignment = accept(&mut themselves(&world.server, &anna), &offer).await.unwrap();
    let bo = kari.takes_in_visitor("Bo").await;
    kari.until_suit(&need, &[&bo]).await;

    let request = RevokeCertificateRequest {
        person: anna.clone(),
        course: format!("courses/{COURSE}"),
        request_id: request_id(),
    };
    kari.standing.revoke_certificate(request).await.unwrap();

    within(async {
        while !kari.offers(&need).await.iter().any(|offer| offer.to == bo) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    assert!(kari.assigned(&need).await.is_empty());
    let ended =
        ListAssignmentsRequest { need: need.clone(), show_ended: true, ..Default::default() };
    let ended = kari.matching.list_assignments(ended).await.unwrap().into_inner().assignments;
    assert_eq!((&*ended[0].name, &*ended[0].reason), (&*assignment, "COURSE"));
}

/// Anna is a volunteer, an hour in a room is in her name, and she comes to a need.
async fn anna_everywhere(world: &World) -> (Coordinator, String, String, Caller) {
    let mut kari = Coordinator::of(&world.server);
    kari.sets_up().await;
    let anna = kari.takes_in_visitor("Anna Hemmelig-Navnesen").await;
    let caller = Caller::new(TENANT);
    let rooms = &mut world.calling(&caller);
    let town = town(rooms).await;
    let contact = Contact {
        person: anna.clone(),
        display_name: "Anna Hemmelig-Navnesen".to_owned(),
        ..Default::default()
    };
    let wish =
        CreateBookingRequest { contact: Some(contact), ..wish(&town.room, room_hours(18, 20)) };
    let booking = ask(rooms, wish).await.unwrap().name;
    let need = kari.needs_visitor(18, 20).await;
    kari.until_suit(&need, &[&anna]).await;
    let offer = kari.asks(&need, 1).await.remove(0).name;
    accept(&mut themselves(&world.server, &anna), &offer).await.unwrap();
    (kari, anna, booking, caller)
}

async fn an_erased_person_is_gone_from_every_service_and_from_every_file(on: On) {
    let mut world = World::start_with(on, &["--vault-rotate-after=100ms"]).await;
    let (mut kari, anna, booking, caller) = anna_everywhere(&world).await;
    let in_room = async |world: &World| {
        let request = GetBookingRequest { name: booking.clone() };
        let answer = world.calling(&caller).get_booking(request).await.unwrap();
        answer.into_inner().booking.unwrap().contact.unwrap_or_default().display_name
    };
    assert_eq!(in_room(&world).await, "Anna Hemmelig-Navnesen");

    let erase = ErasePersonRequest { person: anna.clone(), request_id: request_id() };
    kari.people.erase_person(erase).await.unwrap();

    assert_eq!(in_room(&world).await, "", "the key is gone at once");
    within(async {
        let of = || ListAssignmentsRequest { person: anna.clone(), ..Default::default() };
        let comes = async |kari: &mut Coordinator| {
            kari.matching
                .list_assignments(of())
                .await
                .is_ok_and(|answer| !answer.into_inner().assignments.is_empty())
        };
        while comes(&mut kari).await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let again = CreateBookingRequest {
        contact: Some(Contact { person: anna.clone(), ..Default::default() }),
        ..wish(&town(&mut world.calling(&caller)).await.room, room_hours(1, 2))
    };
    assert_refused(&ask(&mut world.calling(&caller), again).await, "PERSON_ERASED");
    within(async {
        while !world.server.admin("/metrics").await.unwrap().1.contains("rotations_total 1") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    world.server.terminate().await.unwrap();
    for secret in ["Hemmelig-Navnesen", "900 00 000"] {
        assert!(files_with(world.server.dir(), secret.as_bytes()).unwrap().is_empty());
    }
}

async fn an_export_holds_what_every_service_knows_of_a_person(on: On) {
    let world = World::start(on).await;
    let (_, anna, booking, _) = anna_everywhere(&world).await;
    let id = Uuid::try_parse(anna.strip_prefix("people/").unwrap()).unwrap();
    let herself = Caller::known(TENANT, id);
    let mut people = People::new(world.server.called(&herself).unwrap());

    let request = ExportPersonRequest { person: anna.clone() };
    let export = people.export_person(request).await.unwrap().into_inner();

    assert!(export.not_asked.is_empty(), "{:?}", export.not_asked);
    let json: serde_json::Value = serde_json::from_str(&export.json).unwrap();
    assert_eq!(json["rooms"]["bookings"][0]["booking"]["name"], booking);
    for service in ["volunteers", "matching", "activities"] {
        assert!(!json[service].is_null(), "{service}: {json:#}");
    }
    assert!(export.json.contains("+47 900 00 000") && export.json.contains(COURSE));
    let stranger = Caller::new(TENANT);
    let mut people = People::new(world.server.called(&stranger).unwrap());
    let refused = people.export_person(ExportPersonRequest { person: anna }).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
}

/// How often matching wrote down that this person was taken in.
async fn times_heard(apart: &Apart, person: &str) -> usize {
    let address = apart.rest.journal_address();
    let partition = format!("dugnad.matching.{TENANT}");
    let args =
        ["journal", "tail", "--last=100000", "--journal", &address, "--partition", &partition];
    let (status, said) = apart.rest.dugnad(&args).await.unwrap();
    assert!(status.success(), "{said}");
    let id = person.strip_prefix("people/").unwrap();
    said.matches(&format!("{{\"admitted\":\"{id}\"}}")).count()
}

async fn what_the_register_says_is_heard_once_although_services_keep_being_killed(on: On) {
    let mut apart = Apart::start(on, &["volunteers"]).await;
    apart.coordinator().sets_up().await;
    let mut people = Vec::new();

    for round in 0..6 {
        let mut kari = apart.coordinator();
        for n in 0..5 {
            people.push(kari.takes_in_visitor(&format!("Frivillig {round}.{n}")).await);
        }
        // While matching is still hearing of them.
        if round % 2 == 0 {
            apart.matching().kill9().await.unwrap();
            apart.matching().restart().await.unwrap();
        } else {
            apart.rest.kill9().await.unwrap();
            apart.rest.restart().await.unwrap();
        }
    }

    let mut kari = apart.coordinator();
    let need = kari.needs_visitor(18, 20).await;
    let everybody: Vec<&str> = people.iter().map(String::as_str).collect();
    kari.until_suit(&need, &everybody).await;
    if on == On::Sqlite {
        // The file is one process's at a time.
        apart.rest.terminate().await.unwrap();
    }
    for person in &people {
        assert_eq!(times_heard(&apart, person).await, 1, "{person}");
    }
}

async fn whose_course_ran_out_while_matching_was_down_gets_no_offer_when_it_is_up(on: On) {
    let mut apart = Apart::start(on, &["volunteers"]).await;
    let mut kari = apart.coordinator();
    kari.sets_up().await;
    let (anna, bo) = (kari.takes_in_visitor("Anna").await, kari.takes_in_visitor("Bo").await);
    let need = kari.needs_visitor(18, 20).await;
    kari.until_suit(&need, &[&anna, &bo]).await;

    apart.matching_goes_down().await;
    kari.certifies(&anna, "2026-02-01").await;
    apart.matching_comes_up().await;

    let mut kari = apart.coordinator();
    within(async {
        while kari.candidates(&need, &[&anna]).await.people[0].exclusions.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let asked: Vec<_> = kari.asks(&need, 1).await.into_iter().map(|offer| offer.to).collect();
    assert_eq!(asked, [bo]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_asks_services_in_other_processes_too() {
    let nats = NatsServer::start().unwrap();
    let journal = || Journal::Nats(nats.url());
    let matching = DugnadServer::start_with(journal(), &["matching"]).await.unwrap();
    let secrets = format!("--secrets={}", matching.dir().join("secrets").display());
    let peer = format!("--peer=matching={}", matching.url().unwrap());
    let options = ["volunteers", &secrets, &peer];
    let volunteers = DugnadServer::start_with(journal(), &options).await.unwrap();
    let mut kari = Coordinator::of_two(&volunteers, &matching);
    kari.sets_up().await;
    let anna = kari.takes_in_visitor("Anna").await;
    let need = kari.needs_visitor(18, 20).await;
    kari.until_suit(&need, &[&anna]).await;
    let offer = kari.asks(&need, 1).await.remove(0).name;

    let export = kari.people.export_person(ExportPersonRequest { person: anna.clone() }).await;

    let export = export.unwrap().into_inner();
    let not_asked = ["rooms", "rides", "activities", "notices"];
    assert_eq!(export.not_asked, not_asked, "nobody said where they are");
    assert!(export.json.contains(&offer), "{}", export.json);
    let held = HeldOfPersonRequest { person: anna };
    let refused = kari.matching.held_of_person(held).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_service_that_is_not_run_here_is_not_answered_for() {
    let server = DugnadServer::start_with(Journal::Sqlite, &["rooms"]).await.unwrap();
    let mut kari = Coordinator::of(&server);

    let nowhere = kari.people.list_people(ListPeopleRequest::default()).await.unwrap_err();

    assert!(nowhere.code() == Code::Unimplemented && !is_away(&nowhere), "{nowhere:?}");
}
