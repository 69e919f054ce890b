//! What rooms and matching answer, and what follows from it: found, lost, found again, released.

use dugnad_proto::{
    activities::v1 as pb,
    matching::v1 as matching,
    rooms::v1::{self as rooms, letting_rules},
};

use crate::town::{Town, eventually, once, person};

fn any_room(capacity: i32, equipment: &[&str]) -> Option<pb::activity::Venue> {
    let equipment = equipment.iter().map(ToString::to_string).collect();
    let wish = pb::RoomWish { capacity, equipment, ..Default::default() };
    Some(pb::activity::Venue::Room(wish))
}

#[tokio::test]
async fn the_smallest_room_that_fits_is_booked_in_the_organisers_name() {
    let town = Town::open().await;
    let (_, small) =
        town.arranged(pb::Activity { venue: any_room(8, &[]), ..town.evening() }).await;
    let (_, cooking) =
        town.arranged(pb::Activity { venue: any_room(8, &["kitchen"]), ..town.evening() }).await;

    assert_eq!(town.once(&small, |it| !it.room.is_empty()).await.room, town.parlour);
    let seen = town.once(&cooking, |it| !it.room.is_empty()).await;
    assert_eq!(seen.room, town.hall);
    let booking = town.booking(&seen.booking).await;
    assert_eq!(booking.purpose, "Sangkveld", "the clerk who planned it is its contact");

    // The third finds nothing, and is told why.
    let (_, third) =
        town.arranged(pb::Activity { venue: any_room(8, &[]), ..town.evening() }).await;
    let seen = town
        .once(&third, |it| it.missing.first().is_some_and(|it| it.code == "NO_ROOM_FITS"))
        .await;
    assert!(seen.missing_in_words.starts_with("no room: no room for 8 people"), "{seen:?}");

    // When one is free again, nobody need ask again.
    town.cancel(&small).await;
    assert_eq!(town.once(&third, |it| !it.room.is_empty()).await.room, town.parlour);
}

#[tokio::test]
async fn a_named_room_that_is_taken_is_refused_with_the_rule_of_rooms() {
    let town = Town::open().await;
    let (_, first) = town.arranged(town.evening()).await;
    town.once(&first, |it| !it.room.is_empty()).await;

    let (_, second) = town.arranged(town.evening()).await;

    let seen =
        town.once(&second, |it| it.missing.first().is_some_and(|it| it.code == "TAKEN")).await;
    assert_eq!(seen.state(), pb::OccurrenceState::Arranging);
}

#[tokio::test]
async fn a_room_that_is_closed_is_replaced_by_another_that_fits() {
    let town = Town::open().await;
    let (_, seen) = town.confirmed(pb::Activity { capacity: 8, ..town.evening() }).await;
    assert_eq!(seen.room, town.hall);
    let interval = seen.interval.unwrap();
    let interval = rooms::Interval { start: interval.start, end: interval.end };

    let close = rooms::CloseRoomRequest {
        room: town.hall.clone(),
        interval: Some(interval),
        reason: "Taket lekker".to_owned(),
        dry_run: false,
        request_id: town.id(),
    };
    town.rooms("clerk").close_room(close).await.unwrap();

    let moved = town.once(&seen.name, |it| it.room == town.parlour).await;
    assert_eq!(moved.state(), pb::OccurrenceState::Confirmed);
    assert_eq!(moved.booking, seen.booking, "it is the same");
    let explain = pb::ExplainActivityRequest { occurrence: seen.name };
    let steps = town.staff().explain_activity(explain).await.unwrap().into_inner().steps;
    let booked = steps.iter().rfind(|it| it.words.contains("was booked from")).unwrap();
    assert_eq!((booked.service.as_str(), booked.position > 0), ("rooms", true));
    assert_eq!(booked.about, moved.booking);
    let wanted = &steps.iter().rfind(|it| it.words.starts_with("asked rooms")).unwrap();
    assert_eq!(wanted.about, moved.booking, "the booking has the name of what was asked");
}

#[tokio::test]
async fn a_room_that_is_given_back_by_a_clerk_is_asked_for_anew_because_of_that() {
    let town = Town::open().await;
    let (_, seen) = town.confirmed(pb::Activity { capacity: 8, ..town.evening() }).await;

    let request = rooms::CancelBookingRequest {
        name: seen.booking.clone(),
        request_id: town.id(),
        ..Default::default()
    };
    town.rooms("clerk").cancel_booking(request).await.unwrap();

    let moved = town.once(&seen.name, |it| it.room == town.parlour).await;
    let explain = pb::ExplainActivityRequest { occurrence: seen.name };
    let steps = town.staff().explain_activity(explain).await.unwrap().into_inner().steps;
    let lost = steps.iter().find(|it| it.words.contains("was lost (Asked)")).unwrap();
    assert_eq!((lost.service.as_str(), lost.position > 0), ("rooms", true));
    assert_eq!(lost.about, seen.booking);
    let wanted = &steps.iter().rfind(|it| it.words.starts_with("asked rooms")).unwrap();
    assert_eq!(wanted.about, moved.booking, "the booking has the name of what was asked");
    assert_eq!((&wanted.service, wanted.position), (&lost.service, lost.position));
}

#[tokio::test]
async fn a_cancelled_evening_gives_back_its_room_and_sends_its_helpers_home() {
    let town = Town::open().await;
    let (_, seen) = town.confirmed(town.evening()).await;
    let need = seen.helpers[0].need.clone();

    town.cancel(&seen.name).await;

    eventually("a free hall", async || town.bookings(&town.hall).await.is_empty().then_some(()))
        .await;
    eventually("a closed need", async || {
        (town.need(&need).await.state() == matching::NeedState::Closed).then_some(())
    })
    .await;
    let booking = town.booking(&seen.booking).await;
    assert_eq!(booking.state(), rooms::BookingState::Cancelled);
    let seen = town.seen(&mut town.themselves("anna"), &seen.name).await;
    assert_eq!((seen.state(), seen.reason.as_str()), (pb::OccurrenceState::Cancelled, "ill"));
}

async fn moves(town: &Town, date: &str, start_time: &str) {
    let request = pb::MoveOccurrenceRequest {
        name: date.to_owned(),
        start_time: start_time.to_owned(),
        duration: None,
        request_id: town.id(),
    };
    town.staff().move_occurrence(request).await.unwrap();
}

#[tokio::test]
async fn an_evening_that_is_moved_keeps_its_room_and_asks_its_helpers_whether_they_can_then() {
    let town = Town::open().await;
    let (_, before) = town.confirmed(town.evening()).await;

    moves(&town, &before.name, "2026-12-01T21:00").await;

    let after = town.once_missing(&before.name, "no host yet").await;
    assert_eq!((&after.room, &after.booking), (&before.room, &before.booking));
    let bookings = town.bookings(&town.hall).await;
    let span = after.interval.unwrap();
    assert_eq!(bookings.len(), 1);
    assert_eq!(bookings[0].interval.unwrap().start, span.start);
    let old = before.helpers[0].need.clone();
    eventually("a closed need", async || {
        (town.need(&old).await.state() == matching::NeedState::Closed).then_some(())
    })
    .await;
    assert_ne!(after.helpers[0].need, old);
    eventually("an offer", async || {
        let need = after.helpers[0].need.clone();
        let request = matching::ListOffersRequest { need, ..Default::default() };
        let offers = town.matching().list_offers(request).await.unwrap().into_inner().offers;
        (offers.len() == 1 && offers[0].to == person("host 0").to_string()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_need_that_is_closed_in_matching_is_missed_until_it_is_asked_for_again() {
    let town = Town::open().await;
    let (_, date) = town.arranged(town.evening()).await;
    let seen = town.once(&date, |it| it.helpers.iter().any(|it| it.posted)).await;
    let close = matching::CloseNeedRequest {
        name: seen.helpers[0].need.clone(),
        reason: "mistake".to_owned(),
        request_id: town.id(),
    };
    town.matching().close_need(close).await.unwrap();

    town.once_missing(&date, "no host is asked: closed in matching: mistake").await;
    let again = pb::ArrangeAgainRequest { name: date.clone(), request_id: town.id() };
    town.staff().arrange_again(again).await.unwrap();

    town.once(&date, |it| it.missing_in_words == "no host yet" && it.helpers[0].posted).await;
}

#[tokio::test]
async fn a_series_is_arranged_date_by_date_and_found_in_the_catalogue_page_by_page() {
    let town = Town::open().await;
    let mut staff = town.staff();
    let weekly = pb::Schedule { rrule: "FREQ=WEEKLY;COUNT=5".to_owned(), ..once() };
    let theirs = pb::Activity {
        topics: vec!["song".to_owned()],
        audience: vec!["elderly".to_owned()],
        area: "bragernes".to_owned(),
        ..town.evening()
    };
    let made = town.create(&mut staff, theirs, weekly).await.unwrap();
    assert_eq!(made.dates.len(), 5);
    town.arrange(&made.name).await;
    for date in &made.dates {
        town.once(&date.occurrence, |it| it.room == town.hall).await;
    }

    let mut anna = town.themselves("anna");
    let mut found = Vec::new();
    let mut request = pb::SearchOccurrencesRequest {
        text: "SANG samfunnshuset".to_owned(),
        topic: "song".to_owned(),
        audience: "elderly".to_owned(),
        area: "bragernes".to_owned(),
        organiser: "municipality".to_owned(),
        with_places: true,
        page_size: 2,
        ..Default::default()
    };
    loop {
        let page = anna.search_occurrences(request.clone()).await.unwrap().into_inner();
        assert!(page.occurrences.len() <= 2);
        found.extend(page.occurrences.into_iter().map(|it| it.name));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let planned: Vec<_> = made.dates.iter().map(|it| it.occurrence.clone()).collect();
    assert_eq!(found, planned);
    let nothing = pb::SearchOccurrencesRequest { text: "bingo".to_owned(), ..Default::default() };
    assert_eq!(anna.search_occurrences(nothing).await.unwrap().into_inner().occurrences, []);
}

#[tokio::test]
async fn a_repeated_request_gets_its_first_answer() {
    let town = Town::open().await;
    let mut staff = town.staff();
    let request = pb::CreateActivityRequest {
        activity: Some(town.evening()),
        schedule: Some(once()),
        contact: None,
        request_id: town.id(),
    };
    let first = staff.create_activity(request.clone()).await.unwrap().into_inner();
    let activity = first.activity.clone().unwrap();
    town.arrange(&activity.name).await;
    let sign_up = pb::SignUpRequest {
        occurrence: activity.dates[0].occurrence.clone(),
        person: person("anna").to_string(),
        request_id: town.id(),
        ..Default::default()
    };
    let signed = staff.sign_up(sign_up.clone()).await.unwrap().into_inner();
    let name = signed.signup.clone().unwrap().name;
    staff.withdraw(pb::WithdrawRequest { name, request_id: town.id() }).await.unwrap();

    assert_eq!(staff.create_activity(request).await.unwrap().into_inner(), first);
    assert_eq!(staff.sign_up(sign_up).await.unwrap().into_inner(), signed);
}

#[tokio::test]
async fn a_room_that_the_municipality_says_no_to_is_replaced_by_one_that_it_says_yes_to() {
    let town = Town::open().await;
    let handling =
        letting_rules::Handling { required: true, holds_slot: true, answer_minutes: 24 * 60 };
    let rules = rooms::LettingRules { handling: Some(handling), ..Default::default() };
    let request = rooms::SetLettingRulesRequest {
        scope: String::new(),
        effective_from: "2026-11-23".to_owned(),
        rules: Some(rules),
        request_id: town.id(),
    };
    town.rooms("clerk").set_letting_rules(request).await.unwrap();
    let (_, date) = town.arranged(pb::Activity { venue: any_room(8, &[]), ..town.evening() }).await;
    let asked = |it: &pb::Occurrence| it.missing.iter().any(|it| it.code == "VENUE_TO_APPROVE");
    let first = town.once(&date, asked).await;
    assert_eq!(town.booking(&first.booking).await.room, town.parlour);

    let deny = rooms::DenyRequestRequest {
        name: first.booking.clone(),
        reason: "Opptatt".to_owned(),
        request_id: town.id(),
    };
    town.rooms("clerk").deny_request(deny).await.unwrap();
    let second = town.once(&date, |it| asked(it) && it.booking != first.booking).await;
    assert_eq!(town.booking(&second.booking).await.room, town.hall, "not the same again");
    let approve =
        rooms::ApproveRequestRequest { name: second.booking.clone(), request_id: town.id() };
    town.rooms("clerk").approve_request(approve).await.unwrap();

    assert_eq!(town.once(&date, |it| !it.room.is_empty()).await.room, town.hall);
}

#[tokio::test]
async fn a_booking_that_a_clerk_moved_is_missed_and_one_that_a_clerk_gave_back_is_replaced() {
    let town = Town::open().await;
    let (_, seen) = town.confirmed(pb::Activity { capacity: 8, ..town.evening() }).await;
    let span = seen.interval.unwrap();
    let later = |at: Option<prost_types::Timestamp>| {
        at.map(|at| prost_types::Timestamp { seconds: at.seconds + 3600, nanos: 0 })
    };
    let interval = rooms::Interval { start: later(span.start), end: later(span.end) };
    let request = rooms::MoveBookingRequest {
        name: seen.booking.clone(),
        interval: Some(interval),
        request_id: town.id(),
        ..Default::default()
    };
    town.rooms("clerk").move_booking(request).await.unwrap();
    let missing = |code: &'static str| {
        move |it: &pb::Occurrence| it.missing.first().is_some_and(|it| it.code == code)
    };
    town.once(&seen.name, missing("VENUE_AT_ANOTHER_TIME")).await;

    let request = rooms::CancelBookingRequest {
        name: seen.booking.clone(),
        request_id: town.id(),
        ..Default::default()
    };
    town.rooms("clerk").cancel_booking(request).await.unwrap();

    let found = town.once(&seen.name, |it| it.room == town.parlour).await;
    assert_ne!(found.booking, seen.booking);
}
