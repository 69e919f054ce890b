//! The rooms' door in one process: real gRPC over TCP, a real journal file, a real key store.
//!
//! Here is what only this service knows: first answers, who sees what, streams and watches. What
//! crosses processes (crashes, NATS, races) lies in the scenarios.

#![allow(clippy::unwrap_used)] // in the helpers; a test fails by panicking

#[path = "door/letting.rs"]
mod letting;
#[path = "door/refusals.rs"]
mod refusals;
#[path = "door/season.rs"]
mod season;
#[path = "door/shifts.rs"]
mod shifts;
#[path = "door/town.rs"]
mod town;

use dugnad_proto::rooms::v1::{self as pb, stream_bookings_response::outcome::Outcome};
use dugnad_rooms::reconcile_erasures;
use dugnad_vault::VaultError;
use futures::StreamExt as _;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use town::{Client, Town, booking, erasure, id, moved, person, reason, series};
use uuid::Uuid;

/// How long a change may take to reach a watcher.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(20);

#[tokio::test]
async fn a_repeated_booking_gets_its_first_answer_also_after_it_was_moved_and_cancelled() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    let request = booking(&town.hall, 0, "Korøvelse");
    let first = kari.create_booking(request.clone()).await.unwrap().into_inner();
    let name = first.booking.clone().unwrap().name;
    kari.move_booking(moved(&name, &town.stage, 5)).await.unwrap();
    let cancel = pb::CancelBookingRequest { name, request_id: id(), ..Default::default() };
    kari.cancel_booking(cancel).await.unwrap();

    let again = kari.create_booking(request).await.unwrap().into_inner();

    assert_eq!(again, first);
    let booking = again.booking.unwrap();
    assert_eq!((booking.etag.as_str(), booking.state()), ("1", pb::BookingState::Confirmed));
    assert_eq!((booking.room, booking.purpose.as_str()), (town.hall.clone(), "Korøvelse"));
}

#[tokio::test]
async fn a_repeated_move_shows_that_move_and_not_what_came_after() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    let name = town.book(&mut kari, &town.hall, 0).await.name;
    let request = moved(&name, &town.stage, 3);
    let first = kari.move_booking(request.clone()).await.unwrap().into_inner();
    kari.move_booking(moved(&name, &town.hall, 9)).await.unwrap();

    let again = kari.move_booking(request).await.unwrap().into_inner();

    assert_eq!(again, first);
    let booking = again.booking.unwrap();
    assert_eq!((booking.etag.as_str(), booking.room), ("2", town.stage.clone()));
}

#[tokio::test]
async fn an_etag_that_is_no_longer_so_aborts_the_change() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    let seen = town.book(&mut kari, &town.hall, 0).await;
    kari.move_booking(moved(&seen.name, "", 3)).await.unwrap();

    let late = pb::MoveBookingRequest { etag: seen.etag, ..moved(&seen.name, "", 4) };
    let status = kari.move_booking(late).await.unwrap_err();

    assert_eq!((status.code(), reason(&status).as_str()), (Code::Aborted, "STALE"));
    assert_eq!(status.get_details_error_info().unwrap().metadata["etag"], "2");
}

#[tokio::test]
async fn contact_and_purpose_are_shown_to_who_booked_and_to_the_contact_and_to_nobody_else() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    let mut request = booking(&town.hall, 0, "Korøvelse");
    request.contact = Some(pb::Contact {
        person: person("ola").to_string(),
        phone: "22 33 44 55".to_owned(),
        ..Default::default()
    });
    let made = kari.create_booking(request.clone()).await.unwrap().into_inner().booking.unwrap();

    for (who, sees) in [("kari", true), ("ola", true), ("per", false)] {
        let mut client = town.client(person(who));
        let listed = town.list(&mut client, &town.hall).await.remove(0);
        let got = town.get(&mut client, &made.name).await;

        assert_eq!(got, listed);
        assert_eq!((&got.name, &got.interval), (&made.name, &made.interval));
        let shown = (request.purpose.clone(), request.contact.clone());
        let expected = if sees { shown } else { Default::default() };
        assert_eq!((got.purpose, got.contact), expected, "{who}");
    }
}

#[tokio::test]
async fn an_erased_person_is_shown_to_nobody_and_cannot_come_back() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    let made = town.book(&mut kari, &town.hall, 0).await;
    let request = erasure(person("kari"));

    let first = kari.erase_person(request.clone()).await.unwrap().into_inner();
    let again = kari.erase_person(request).await.unwrap().into_inner();

    assert_eq!((first.bookings, again.bookings), (1, 1));
    let got = town.get(&mut kari, &made.name).await;
    assert_eq!((got.purpose, got.contact), Default::default());
    assert_eq!(got.interval, made.interval);
    let status = kari.create_booking(booking(&town.hall, 5, "Igjen")).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert_eq!(reason(&status), "PERSON_ERASED");
}

#[tokio::test]
async fn a_key_that_a_crash_left_behind_is_forgotten_at_the_next_start() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    town.book(&mut kari, &town.hall, 0).await;
    // The crash: the event is there, the key was not forgotten.
    town.erase_without_forgetting(person("kari")).await;
    assert!(town.vault.key("drammen", person("kari")).await.is_ok());

    let erased = reconcile_erasures(&town.ledger, &town.vault, &town.tenant).await.unwrap();
    let again = reconcile_erasures(&town.ledger, &town.vault, &town.tenant).await.unwrap();

    assert_eq!((erased, again), (1, 1));
    let key = town.vault.key("drammen", person("kari")).await;
    assert!(matches!(key, Err(VaultError::Erased(who)) if who == person("kari")));
}

#[tokio::test]
async fn a_stream_answers_in_order_and_one_bad_item_holds_up_no_other() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    let bad = pb::CreateBookingRequest { room: "hall".to_owned(), ..booking(&town.hall, 1, "") };
    let first = vec![booking(&town.hall, 0, "a"), bad, booking(&town.hall, 0, "b")];
    let second = vec![booking(&town.hall, 2, "c"), first[0].clone()];
    let messages = [first, second].map(|requests| pb::StreamBookingsRequest { requests });

    let answers = kari.stream_bookings(futures::stream::iter(messages)).await.unwrap();
    let answers: Vec<_> =
        answers.into_inner().map(|answer| outcomes(answer.unwrap())).collect().await;

    let [first, second] = &answers[..] else { panic!("{answers:?}") };
    let [Ok(made), Err(field), Err(taken)] = &first[..] else { panic!("{first:?}") };
    assert_eq!(field.reason, "INVALID_FIELD");
    assert!(field.message.starts_with("requests[1].room "), "{}", field.message);
    assert_eq!((taken.code, taken.reason.as_str()), (Code::FailedPrecondition as i32, "TAKEN"));
    assert!(taken.message.contains(made), "{}", taken.message);
    assert!(second[0].is_ok());
    assert_eq!(second[1].as_ref().unwrap(), made, "the same request has the same answer");
    assert_eq!(town.list(&mut kari, &town.hall).await.len(), 2);
}

#[tokio::test]
async fn of_many_messages_that_want_one_time_the_first_has_it_however_long_it_takes_to_read() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    let wanted = || booking(&town.hall, 0, "this evening");
    let mut first = vec![booking(&town.stage, 1, "another, asked for often"); 500];
    first.push(wanted());
    let messages: Vec<_> = std::iter::once(first)
        .chain((1..10).map(|_| vec![wanted()]))
        .map(|requests| pb::StreamBookingsRequest { requests })
        .collect();

    let answers = kari.stream_bookings(futures::stream::iter(messages)).await.unwrap();
    let answers: Vec<_> =
        answers.into_inner().map(|answer| outcomes(answer.unwrap())).collect().await;

    assert_eq!(answers.len(), 10);
    assert!(answers[0].last().unwrap().is_ok(), "{:?}", answers[0].last());
    assert!(answers[1..].iter().all(|answer| answer[0].is_err()), "{:?}", &answers[1..]);
}

#[tokio::test]
async fn a_message_of_a_stream_that_is_none_ends_it_after_the_answers_before() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    let too_many = vec![booking(&town.hall, 1, ""); 1001];
    for bad in [Vec::new(), too_many] {
        let good = vec![booking(&town.stage, 0, "")];
        let messages = [good, bad].map(|requests| pb::StreamBookingsRequest { requests });

        let answers = kari.stream_bookings(futures::stream::iter(messages)).await.unwrap();
        let answers: Vec<Result<_, Status>> = answers.into_inner().collect().await;

        let [Ok(_), Err(status)] = &answers[..] else { panic!("{answers:?}") };
        assert_eq!(status.code(), Code::InvalidArgument);
        let bad = status.get_details_bad_request().unwrap();
        assert_eq!(bad.field_violations[0].field, "requests");
    }
    assert!(town.list(&mut kari, &town.hall).await.is_empty());
}

#[tokio::test]
async fn a_watch_resumed_in_the_middle_of_a_commit_neither_loses_nor_repeats() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    kari.create_booking_series(series(&town.hall, 4)).await.unwrap();
    let name = town.book(&mut kari, &town.stage, 0).await.name;
    kari.move_booking(moved(&name, "", 1)).await.unwrap();
    let all = watched(&mut kari, "0.0", "", 6).await;

    for (i, seen) in all.iter().enumerate() {
        let rest = watched(&mut kari, &seen.position, "", 5 - i).await;
        assert_eq!(rest, all[i + 1..]);
    }
    let etags: Vec<_> =
        all.iter().map(|seen| seen.booking.as_ref().unwrap().etag.as_str()).collect();
    assert_eq!(etags, ["1", "1", "1", "1", "1", "2"], "each as it was, not as it is");
}

#[tokio::test]
async fn who_watches_a_room_hears_that_a_booking_left_it_and_nothing_of_other_rooms() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    let there = town.book(&mut kari, &town.stage, 7).await.name;
    let name = town.book(&mut kari, &town.hall, 0).await.name;
    kari.move_booking(moved(&name, &town.stage, 3)).await.unwrap();
    kari.move_booking(moved(&there, "", 9)).await.unwrap();
    kari.move_booking(moved(&name, &town.hall, 4)).await.unwrap();

    let seen = watched(&mut kari, "0.0", &town.hall, 3).await;

    let rooms: Vec<_> = seen.into_iter().map(|seen| seen.booking.unwrap().room).collect();
    assert_eq!(rooms, [&town.hall, &town.stage, &town.hall].map(String::clone));
}

#[tokio::test]
async fn a_watch_from_now_on_hears_what_comes_and_a_bad_position_is_named() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    town.book(&mut kari, &town.hall, 0).await;
    let mut watch =
        kari.watch_bookings(pb::WatchBookingsRequest::default()).await.unwrap().into_inner();

    let made = town.book(&mut kari, &town.hall, 5).await;

    let heard = tokio::time::timeout(DEADLINE, watch.next()).await.expect("a change");
    let heard = heard.unwrap().unwrap();
    assert_eq!(heard.booking.unwrap().name, made.name);
    let bad = pb::WatchBookingsRequest { after_position: "x".to_owned(), ..Default::default() };
    let status = kari.watch_bookings(bad).await.unwrap_err();
    let bad = status.get_details_bad_request().unwrap();
    assert_eq!(bad.field_violations[0].field, "after_position");
}

#[tokio::test]
async fn a_list_is_read_page_by_page_with_tokens_of_its_own() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    for day in 0..5 {
        town.book(&mut kari, &town.hall, day).await;
    }
    let whole = town.list(&mut kari, &town.hall).await;
    let mut request = pb::ListBookingsRequest { page_size: 2, ..town.listing(&town.hall) };
    let mut pages = Vec::new();
    loop {
        let page = kari.list_bookings(request.clone()).await.unwrap().into_inner();
        pages.push(page.bookings);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!(pages.concat(), whole);
    let status = kari.list_bookings(pb::ListBookingsRequest { show_cancelled: true, ..request });
    let bad = status.await.unwrap_err().get_details_bad_request().unwrap();
    assert_eq!(bad.field_violations[0].field, "page_token");
}

#[tokio::test]
async fn what_was_never_made_is_not_found_by_its_name() {
    let town = Town::open().await;
    let mut kari = town.client(person("kari"));
    let name = format!("bookings/{}", Uuid::now_v7());

    let status = kari.get_booking(pb::GetBookingRequest { name: name.clone() }).await.unwrap_err();

    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "NOT_FOUND"));
    assert_eq!(status.get_details_error_info().unwrap().metadata["name"], name);
}

async fn watched(
    client: &mut Client,
    after: &str,
    room: &str,
    count: usize,
) -> Vec<pb::WatchBookingsResponse> {
    let (after_position, room) = (after.to_owned(), room.to_owned());
    let watch = client.watch_bookings(pb::WatchBookingsRequest { after_position, room });
    let watch = watch.await.unwrap().into_inner();
    let seen = watch.take(count).map(|seen| seen.unwrap()).collect();
    tokio::time::timeout(DEADLINE, seen).await.expect("that many changes")
}

fn outcomes(answer: pb::StreamBookingsResponse) -> Vec<Result<String, pb::Problem>> {
    let outcome = |one: pb::stream_bookings_response::Outcome| match one.outcome.unwrap() {
        Outcome::Booking(name) => Ok(name),
        Outcome::Problem(problem) => Err(problem),
    };
    answer.outcomes.into_iter().map(outcome).collect()
}
