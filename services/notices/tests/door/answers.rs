//! Answers by link, signed in and not; forged, replayed, late.

use dugnad_events::{
    OfferId, OrganisationId,
    matching::{Event, Party, Withdrawal},
    volunteers,
};
use dugnad_proto::notices::v1 as pb;
use jiff::SignedDuration;
use tonic::Code;
use uuid::Uuid;

use crate::town::{Town, contact, link, person, reason};

#[tokio::test]
async fn a_link_asks_and_only_a_button_answers_and_only_once() {
    let town = Town::open().await;
    town.asked("anna", 7, 48).await;
    town.sends().await;
    let link = link(&town.email.taken()[0].text);

    let (asked, page) = town.opens("GET", &link).await;
    let unanswered = town.to("anna").await.remove(0).answer();
    let (taken, _) = town.opens("POST", &format!("{link}/yes")).await;
    let (again, _) = town.opens("POST", &format!("{link}/yes")).await;
    let (other, no) = town.opens("POST", &format!("{link}/no")).await;

    assert_eq!((asked, unanswered), (200, pb::AnswerKind::Unspecified), "{page}");
    assert!(page.contains("Ja, jeg kan") && page.contains("onsdag 25. november"), "{page}");
    assert_eq!((taken, again, other), (200, 200, 409));
    assert!(no.contains("svart på dette før"), "{no}");
    assert_eq!(town.to("anna").await[0].answer(), pb::AnswerKind::Yes);
}

#[tokio::test]
async fn a_forged_link_opens_nothing_and_says_nothing() {
    let town = Town::open().await;
    town.asked("anna", 7, 48).await;
    town.sends().await;
    let link = link(&town.email.taken()[0].text);
    let flipped = if link.ends_with('A') { "B" } else { "A" };
    let forged = format!("{}{flipped}", &link[..link.len() - 2]);

    for path in [
        forged.clone(),
        link.replace("/drammen/", "/bergen/"),
        "/a/drammen/x".to_owned(),
        "/a/UPPER/x".to_owned(),
    ] {
        let (status, page) = town.opens("GET", &path).await;
        assert_eq!(status, 404, "{path}");
        assert!(!page.contains("november"), "{page}");
        assert_eq!(town.opens("POST", &format!("{path}/yes")).await.0, 404, "{path}");
    }
    assert_eq!(town.opens("POST", &format!("{link}/perhaps")).await.0, 404);
    assert_eq!(town.to("anna").await[0].answer(), pb::AnswerKind::Unspecified);
}

#[tokio::test]
async fn a_late_answer_is_answered_and_changes_nothing() {
    let town = Town::open().await;
    let offer = town.asked("anna", 7, 48).await;
    town.sends().await;
    let link = link(&town.email.taken()[0].text);
    let notice = town.to("anna").await.remove(0);

    town.later(24 * 60);
    let (late, page) = town.opens("POST", &format!("{link}/yes")).await;
    let too_late = town.answer("anna", &notice, pb::AnswerKind::Yes).await.unwrap_err();
    let why = Withdrawal::Closed;
    town.says(vec![Event::OffersWithdrawn { offers: vec![offer], why }]).await;
    let (_, gone) = town.opens("GET", &link).await;
    let over = town.answer("anna", &notice, pb::AnswerKind::Yes).await.unwrap_err();

    assert_eq!((late, &*reason(&too_late), &*reason(&over)), (409, "TOO_LATE", "OVER"));
    assert!(page.contains("Fristen er dessverre ute"), "{page}");
    assert!(gone.contains("ikke lenger aktuelt") && !gone.contains("<button>"), "{gone}");
}

#[tokio::test]
async fn only_who_was_asked_or_a_coordinator_answers_and_only_what_is_asked() {
    let town = Town::open().await;
    town.asked("anna", 7, 48).await;
    town.sends().await;
    let notice = town.to("anna").await.remove(0);

    let stranger = town.answer("bo", &notice, pb::AnswerKind::Yes).await.unwrap_err();
    let not_asked = town.answer("anna", &notice, pb::AnswerKind::Cancel).await.unwrap_err();
    let nothing = pb::Notice { name: format!("notices/{}", Uuid::nil()), ..notice.clone() };
    let unknown = town.answer("anna", &nothing, pb::AnswerKind::Yes).await.unwrap_err();
    let request = pb::AnswerRequest {
        name: notice.name.clone(),
        answer: pb::AnswerKind::No.into(),
        request_id: town.id(),
    };
    town.coordinator().answer(request).await.unwrap();
    let changed = town.answer("anna", &notice, pb::AnswerKind::Yes).await.unwrap_err();

    assert_eq!((stranger.code(), &*reason(&stranger)), (Code::PermissionDenied, "NOT_YOURS"));
    assert_eq!(reason(&not_asked), "NOT_ASKED");
    assert_eq!((unknown.code(), &*reason(&unknown)), (Code::NotFound, "NOT_FOUND"));
    assert_eq!(reason(&changed), "ALREADY_ANSWERED");
}

#[tokio::test]
async fn who_says_later_is_asked_again_in_some_hours_while_there_is_time() {
    let town = Town::open().await;
    town.asked("anna", 7, 48).await;
    town.sends().await;
    let link = link(&town.email.taken()[0].text);

    town.opens("POST", &format!("{link}/later")).await;
    town.sends().await;
    let soon = town.email.taken().len();
    town.later(4 * 60);
    town.sends().await;

    assert_eq!((soon, town.email.taken().len()), (1, 2));
    let again = town.to("anna").await.remove(1);
    town.answer("anna", &again, pb::AnswerKind::Yes).await.unwrap();
}

#[tokio::test]
async fn an_organisation_is_told_by_its_contact_who_can_say_no_but_must_name_who_comes() {
    let town = Town::open().await;
    let organisation = OrganisationId(Uuid::from_u128(5));
    town.knows("kari", contact("kari"));
    let (kari, deputy) = (person("kari"), None);
    town.says(vec![volunteers::Event::ContactSet { organisation, contact: kari, deputy }]).await;
    let offered = Event::Offered {
        offer: OfferId(Uuid::from_u128(7)),
        need: dugnad_events::NeedId(Uuid::from_u128(7)),
        slot: 0,
        to: Party::Organisation(organisation),
        waited: false,
        at: town.now(),
        expires: town.now() + SignedDuration::from_hours(24),
    };
    town.says(vec![town.need(7, 48), offered]).await;
    town.sends().await;
    let notice = town.to("kari").await.remove(0);

    let yes = town.answer("kari", &notice, pb::AnswerKind::Yes).await.unwrap_err();
    town.answer("kari", &notice, pb::AnswerKind::No).await.unwrap();

    assert_eq!((&*reason(&yes), town.email.taken().len()), ("NAME_WHO_COMES", 1));
}

#[tokio::test]
async fn a_place_is_given_back_by_the_link_of_its_confirmation() {
    let town = Town::open().await;
    town.says(vec![town.need(7, 72), town.assigned("anna", 7)]).await;
    town.sends().await;
    let told = town.email.taken().remove(0);

    assert!(told.calendar.unwrap().contains("STATUS:CONFIRMED"));
    let (taken, _) = town.opens("POST", &format!("{}/cancel", link(&told.text))).await;
    assert_eq!(taken, 200);
    assert_eq!(town.to("anna").await[0].answer(), pb::AnswerKind::Cancel);
}

#[tokio::test]
async fn who_is_refused_what_they_answered_is_told_why() {
    let town = Town::open().await;
    let refused = Event::AnswerRefused {
        notice: dugnad_events::NoticeId(Uuid::from_u128(1)),
        person: person("anna"),
        about: "offers/1".to_owned(),
        reason: "BUSY".to_owned(),
    };

    town.says(vec![refused]).await;
    town.sends().await;

    let told = town.email.taken().remove(0);
    assert!(told.text.contains("satt opp på noe annet da"), "{}", told.text);
    assert!(!told.subject.contains("annet"), "the reason stands in the body alone");
}
