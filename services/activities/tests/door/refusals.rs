//! Every refusal through the real door, with its reason.

use dugnad_door::Role;
use dugnad_events::{OrganisationId, volunteers::Erasure, volunteers::Event as Told};
use dugnad_proto::activities::v1 as pb;
use tonic::Code;
use uuid::Uuid;

use crate::town::{Town, field, once, person, reason};

fn withdraw(town: &Town, name: &str) -> pb::WithdrawRequest {
    pb::WithdrawRequest { name: name.to_owned(), request_id: town.id() }
}

fn take(town: &Town, name: &str) -> pb::TakePlaceRequest {
    pb::TakePlaceRequest { name: name.to_owned(), request_id: town.id() }
}

fn came(town: &Town, name: &str) -> pb::RecordAttendanceRequest {
    let attendance = pb::Attendance::Came.into();
    pb::RecordAttendanceRequest { name: name.to_owned(), attendance, request_id: town.id() }
}

fn moved(town: &Town, name: &str, start: &str) -> pb::MoveOccurrenceRequest {
    pb::MoveOccurrenceRequest {
        name: name.to_owned(),
        start_time: start.to_owned(),
        duration: None,
        request_id: town.id(),
    }
}

/// Outside, so that nothing is asked of others.
fn outing() -> pb::Activity {
    let place = pb::Outside { place: "Spiralen".to_owned(), location: None };
    pb::Activity {
        title: "Tur".to_owned(),
        venue: Some(pb::activity::Venue::Outside(place)),
        capacity: 1,
        ..Default::default()
    }
}

#[tokio::test]
async fn only_who_speaks_for_an_organisation_plans_in_its_name() {
    let town = Town::open().await;
    let organisation = OrganisationId(Uuid::from_u128(8));
    let (contact, deputy) = (person("ola"), None);
    town.says(vec![Told::ContactSet { organisation, contact, deputy }]).await;
    let theirs = pb::Activity { organiser: organisation.to_string(), ..outing() };

    let (mut ola, mut kari) = (town.themselves("ola"), town.themselves("kari"));
    let no = town.create(&mut kari, theirs.clone(), once()).await;
    assert_eq!(reason(no), "NOT_ITS_CONTACT");
    assert_eq!(reason(town.create(&mut ola, outing(), once()).await), "NOT_THE_MUNICIPALITY");

    let made = town.create(&mut ola, theirs, once()).await.unwrap();
    let request = pb::ArrangeActivityRequest { name: made.name.clone(), request_id: town.id() };
    let no = kari.arrange_activity(request.clone()).await;
    assert_eq!(reason(no), "NOT_YOURS");
    ola.arrange_activity(request).await.unwrap();
    let request = pb::ArrangeActivityRequest { name: made.name, request_id: town.id() };
    assert_eq!(reason(ola.arrange_activity(request).await), "NOT_A_DRAFT");
}

#[tokio::test]
async fn what_cannot_be_signed_up_for_is_refused_with_its_reason() {
    let town = Town::open().await;
    let mut staff = town.staff();
    let draft = town.create(&mut staff, outing(), once()).await.unwrap();
    let date = draft.dates[0].occurrence.clone();
    let mut anna = town.themselves("anna");
    assert_eq!(reason(town.sign_up(&mut anna, &date, "anna").await), "NOT_OPEN");
    town.arrange(&draft.name).await;

    assert_eq!(reason(town.sign_up(&mut anna, &date, "berit").await), "NOT_REPRESENTED");
    let ride = pb::SignUpRequest {
        occurrence: date.clone(),
        ride_home: true,
        request_id: town.id(),
        ..Default::default()
    };
    assert_eq!(reason(anna.sign_up(ride).await), "NO_RIDES");
    let going = town.sign_up(&mut anna, &date, "anna").await.unwrap().name;
    assert_eq!(reason(town.sign_up(&mut anna, &date, "anna").await), "SIGNED_UP_ALREADY");
    let mut berit = town.themselves("berit");
    let waits = town.sign_up(&mut berit, &date, "berit").await.unwrap();
    assert_eq!(waits.state(), pb::SignupState::Waiting);
    assert_eq!(reason(berit.take_place(take(&town, &waits.name)).await), "NOT_OFFERED");
    assert_eq!(reason(berit.withdraw(withdraw(&town, &going)).await), "NOT_YOURS");
    assert_eq!(reason(staff.record_attendance(came(&town, &going)).await), "NOT_BEGUN");
    berit.withdraw(withdraw(&town, &waits.name)).await.unwrap();
    let gone = format!("signups/{}", Uuid::nil());
    assert_eq!(reason(berit.withdraw(withdraw(&town, &gone)).await), "NOT_FOUND");

    let why = Erasure::Asked;
    town.says(vec![Told::PersonErased { person: person("siri"), why }]).await;
    assert_eq!(reason(town.sign_up(&mut staff, &date, "siri").await), "PERSON_ERASED");

    // Eight days and eight hours on it is under way.
    town.later(60 * (8 * 24 + 8)).await;
    town.once(&date, |it| it.state() == pb::OccurrenceState::UnderWay).await;
    assert_eq!(reason(staff.record_attendance(came(&town, &waits.name)).await), "NOT_COMING");
    staff.record_attendance(came(&town, &going)).await.unwrap();
    assert_eq!(reason(anna.withdraw(withdraw(&town, &going)).await), "NOT_TO_COME");
}

#[tokio::test]
async fn what_cannot_be_changed_is_refused_with_its_reason() {
    let town = Town::open().await;
    let mut staff = town.staff();
    let (activity, date) = town.arranged(pb::Activity { capacity: 2, ..outing() }).await;
    for who in ["anna", "berit"] {
        town.sign_up(&mut town.themselves(who), &date, who).await.unwrap();
    }

    let fewer = pb::Activity { name: activity, capacity: 1, ..outing() };
    let request =
        pb::UpdateActivityRequest { activity: Some(fewer), contact: None, request_id: town.id() };
    assert_eq!(reason(staff.update_activity(request).await), "TOO_FEW_PLACES");
    let past = staff.move_occurrence(moved(&town, &date, "2026-11-20T18:00")).await;
    assert_eq!(reason(past), "PAST");
    let gap = staff.move_occurrence(moved(&town, &date, "2027-03-28T02:30")).await;
    assert_eq!(reason(gap), "NO_SUCH_LOCAL_TIME");
    let far = staff.move_occurrence(moved(&town, &date, "2030-03-28T18:00")).await.unwrap_err();
    assert_eq!((far.code(), field(&far).as_str()), (Code::InvalidArgument, "start_time"));
    let again = pb::ArrangeAgainRequest { name: date.clone(), request_id: town.id() };
    assert_eq!(reason(staff.arrange_again(again).await), "NOTHING_REFUSED");
    let answer = pb::AnswerRoomRequest { name: date.clone(), yes: true, request_id: town.id() };
    assert_eq!(reason(staff.answer_room(answer).await), "NOTHING_PROPOSED");
    town.cancel(&date).await;
    town.cancel(&date).await;
    let no = staff.move_occurrence(moved(&town, &date, "2026-12-02T18:00")).await;
    assert_eq!(reason(no), "NOT_TO_COME");
}

#[tokio::test]
async fn a_draft_is_seen_by_who_plans_it_and_what_is_missing_too() {
    let town = Town::open().await;
    let mut staff = town.staff();
    let made = town.create(&mut staff, town.evening(), once()).await.unwrap();
    let date = made.dates[0].occurrence.clone();
    let mut anna = town.themselves("anna");
    let get = pb::GetOccurrenceRequest { name: date.clone() };
    assert_eq!(reason(anna.get_occurrence(get).await), "NOT_FOUND");
    let get = pb::GetActivityRequest { name: made.name.clone() };
    assert_eq!(reason(anna.get_activity(get).await), "NOT_FOUND");
    let all = pb::SearchOccurrencesRequest::default;
    let found = anna.search_occurrences(all()).await.unwrap().into_inner().occurrences;
    assert_eq!(found, []);
    town.arrange(&made.name).await;

    let found = anna.search_occurrences(all()).await.unwrap().into_inner().occurrences;
    assert_eq!((found.len(), found[0].missing.len(), found[0].helpers.len()), (1, 0, 0));
    let explain = pb::ExplainActivityRequest { occurrence: date.clone() };
    assert_eq!(reason(anna.explain_activity(explain).await), "NOT_YOURS");
    let list = pb::ListSignupsRequest { occurrence: date, ..Default::default() };
    assert_eq!(reason(anna.list_signups(list).await), "NOT_YOURS");
    let others =
        pb::ListSignupsRequest { person: person("berit").to_string(), ..Default::default() };
    assert_eq!(reason(anna.list_signups(others).await), "NOT_YOURS");
    let held = pb::HeldOfPersonRequest { person: person("anna").to_string() };
    assert_eq!(reason(anna.held_of_person(held).await), "NOT_YOURS");
    town.client("register", Role::Service)
        .held_of_person(pb::HeldOfPersonRequest { person: person("anna").to_string() })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_field_that_cannot_be_taken_is_named_by_its_path() {
    let town = Town::open().await;
    let mut staff = town.staff();
    let wished = |wish: pb::RoomWish| {
        let venue = Some(pb::activity::Venue::Room(wish));
        (pb::Activity { venue, ..town.evening() }, once())
    };
    let helpers = |kind: &str, heads| pb::Helpers { kind: kind.to_owned(), heads };
    let long = "x".repeat(201);
    let weekly = |rrule: &str| pb::Schedule { rrule: rrule.to_owned(), ..once() };
    let with = |change: &dyn Fn(&mut pb::Activity)| {
        let mut activity = town.evening();
        change(&mut activity);
        (activity, once())
    };
    let twice = vec![helpers("host", 1), helpers("host", 2)];
    for (path, (activity, schedule)) in [
        ("activity.title", with(&|it| it.title = " ".to_owned())),
        ("activity.title", with(&|it| it.title.clone_from(&long))),
        ("activity.capacity", with(&|it| it.capacity = 0)),
        ("activity.organiser", with(&|it| it.organiser = "Bingo AS".to_owned())),
        ("activity.topics[0]", with(&|it| it.topics = vec!["Bingo!".to_owned()])),
        ("activity.room", with(&|it| it.venue = None)),
        ("activity.helpers[1].kind", with(&|it| it.helpers.clone_from(&twice))),
        ("activity.helpers[0].heads", with(&|it| it.helpers = vec![helpers("host", 0)])),
        ("activity.room.room", wished(pb::RoomWish { room: "x".to_owned(), ..Default::default() })),
        ("activity.room.capacity", wished(pb::RoomWish { capacity: -1, ..Default::default() })),
        (
            "activity.room.facilities[0]",
            wished(pb::RoomWish { facilities: vec!["x".to_owned()], ..Default::default() }),
        ),
        (
            "activity.room.accessibility[0]",
            wished(pb::RoomWish { accessibility: vec![99], ..Default::default() }),
        ),
        ("schedule.rrule", (town.evening(), weekly("FREQ=WEEKLY"))),
        ("schedule.rrule", (town.evening(), weekly("every Tuesday"))),
        ("schedule.rrule", (town.evening(), weekly("FREQ=DAILY;COUNT=201"))),
        ("schedule.duration", (town.evening(), pb::Schedule { duration: None, ..once() })),
        (
            "schedule.start_time",
            (town.evening(), pb::Schedule { start_time: "6pm".to_owned(), ..once() }),
        ),
        (
            "schedule.time_zone",
            (town.evening(), pb::Schedule { time_zone: "Drammen".to_owned(), ..once() }),
        ),
    ] {
        let no = town.create(&mut staff, activity, schedule).await.unwrap_err();

        assert_eq!((no.code(), field(&no).as_str()), (Code::InvalidArgument, path), "{no:?}");
    }
}

#[tokio::test]
async fn a_waiting_list_has_its_bound() {
    let town = Town::open().await;
    let (_, date) = town.arranged(outing()).await;
    let mut staff = town.staff();
    for n in 0..=500 {
        town.sign_up(&mut staff, &date, &format!("resident {n}")).await.unwrap();
    }

    assert_eq!(reason(town.sign_up(&mut staff, &date, "one more").await), "TOO_MANY");
    assert_eq!(town.seen(&mut staff, &date).await.waiting, 500);
}

#[tokio::test]
async fn somebodys_dates_to_come_have_their_bound() {
    let town = Town::open().await;
    let mut staff = town.staff();
    let daily = pb::Schedule { rrule: "FREQ=DAILY;COUNT=200".to_owned(), ..once() };
    let all = town.create(&mut staff, outing(), daily).await.unwrap();
    town.arrange(&all.name).await;
    for date in &all.dates {
        town.sign_up(&mut staff, &date.occurrence, "anna").await.unwrap();
    }
    let (_, date) = town.arranged(outing()).await;

    assert_eq!(reason(town.sign_up(&mut staff, &date, "anna").await), "TOO_MANY");
    town.sign_up(&mut staff, &date, "berit").await.unwrap();
}
