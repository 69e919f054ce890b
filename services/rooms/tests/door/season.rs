//! Season allocation through the door: from a round to series, every state and refusal; and series
//! that are asked for.

use dugnad_proto::rooms::v1::{self as pb, BookingState, SeasonRoundState};
use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::town::{Seasons, Town, booking, evening, id, person, reason, series};

/// What the test's own clock says: that of a fresh request id.
fn now() -> Timestamp {
    let millis = dugnad_ledger::RequestId::new(Uuid::now_v7()).unwrap().millis();
    Timestamp::from_second(millis / 1000).unwrap()
}

fn date(day: i64) -> String {
    let at = now() + SignedDuration::from_hours(24 * day);
    at.strftime("%Y-%m-%d").to_string()
}

fn at(minutes: i64) -> Option<prost_types::Timestamp> {
    let at = now() + SignedDuration::from_mins(minutes);
    Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 })
}

fn slot(room: &str, weekday: i32, opens: &str, closes: &str) -> pb::SeasonSlot {
    let hours = pb::LocalWindow { opens: opens.to_owned(), closes: closes.to_owned() };
    let (name, room) = (String::new(), room.to_owned());
    pb::SeasonSlot { name, room, weekday, hours: Some(hours) }
}

/// Opens in an hour, for a day; the season is four weeks from in ten days on.
fn round(town: &Town) -> pb::SeasonRound {
    pb::SeasonRound {
        display_name: "Høsten".to_owned(),
        application_period: Some(pb::Interval { start: at(60), end: at(60 + 24 * 60) }),
        first_date: date(10),
        last_date: date(37),
        slots: vec![
            slot(&town.hall, 1, "18:00", "19:30"),
            slot(&town.hall, 2, "18:00", "19:30"),
            slot(&town.stage, 1, "18:00", "20:00"),
        ],
        bars_direct_booking: true,
        quotas: vec![pb::SeasonQuota { applicant_kind: String::new(), slots: 3 }],
        ..Default::default()
    }
}

async fn create(town: &Town, round: pb::SeasonRound) -> Result<pb::SeasonRound, Status> {
    let request = pb::CreateSeasonRoundRequest { round: Some(round), request_id: id() };
    let answer = town.seasons("clerk", "staff").create_season_round(request).await?;
    Ok(answer.into_inner().round.unwrap())
}

fn club(word: &str) -> String {
    format!("organisations/{}", Uuid::new_v5(&Uuid::nil(), word.as_bytes()))
}

fn asks(round: &pb::SeasonRound, of: &str, wishes: &[usize]) -> pb::ApplyForSeasonRequest {
    let wish = |n: &usize| pb::SeasonWish { slot: round.slots[*n].name.clone(), second: false };
    let said = pb::Application { organisation: club(of), ..Default::default() };
    let application = pb::SeasonApplication {
        application: Some(said),
        persons: 20,
        age_group: "under-12".to_owned(),
        times_a_week: 1,
        duration: Some(prost_types::Duration { seconds: 90 * 60, nanos: 0 }),
        wishes: wishes.iter().map(wish).collect(),
        purpose: "Håndball for jenter".to_owned(),
        ..Default::default()
    };
    let (round, application) = (round.name.clone(), Some(application));
    pb::ApplyForSeasonRequest { round, application, request_id: id() }
}

async fn state(town: &Town, name: &str) -> SeasonRoundState {
    let request = pb::GetSeasonRoundRequest { name: name.to_owned() };
    let answer = town.seasons("clerk", "staff").get_season_round(request).await.unwrap();
    answer.into_inner().round.unwrap().state()
}

async fn allocate(clerk: &mut Seasons, round: &str) -> Result<pb::AllocateSeasonResponse, Status> {
    let (round, budget) = (round.to_owned(), None);
    let answers = clerk.allocate_season(pb::AllocateSeasonRequest { round, budget }).await?;
    let mut answers = answers.into_inner().collect::<Vec<_>>().await;
    answers.pop().expect("a last answer")
}

async fn publish(clerk: &mut Seasons, round: &str) -> Vec<pb::SeasonGrant> {
    let request = pb::PublishSeasonRequest { round: round.to_owned() };
    let answers = clerk.publish_season(request).await.unwrap().into_inner();
    let answers: Vec<_> = answers.map(|answer| answer.unwrap().grants).collect().await;
    answers.concat()
}

async fn grants(seasons: &mut Seasons, round: &str) -> Vec<pb::SeasonGrant> {
    let request = pb::ListSeasonGrantsRequest { round: round.to_owned(), ..Default::default() };
    seasons.list_season_grants(request).await.unwrap().into_inner().grants
}

#[tokio::test]
async fn a_season_goes_from_its_round_to_series_of_the_applicants() {
    let town = Town::open().await;
    let mut clerk = town.seasons("clerk", "staff");
    let made = create(&town, round(&town)).await.unwrap();
    let name = made.name.clone();
    assert_eq!(made.state(), SeasonRoundState::Upcoming);
    let (mut kari, mut ola) = (town.seasons("kari", "person"), town.seasons("ola", "person"));
    let early = kari.apply_for_season(asks(&made, "klubben", &[0])).await.unwrap_err();
    assert_eq!(reason(&early), "ROUND_NOT_OPEN");

    town.later(61).await;
    assert_eq!(state(&town, &name).await, SeasonRoundState::Open);
    let request = asks(&made, "klubben", &[0]);
    let first = kari.apply_for_season(request.clone()).await.unwrap().into_inner();
    let again = kari.apply_for_season(request).await.unwrap().into_inner();
    assert_eq!(first, again, "asked again, the first answer");
    ola.apply_for_season(asks(&made, "laget", &[0, 1])).await.unwrap();
    assert_eq!(reason(&allocate(&mut clerk, &name).await.unwrap_err()), "ROUND_NOT_CLOSED");

    town.later(24 * 60).await;
    assert_eq!(state(&town, &name).await, SeasonRoundState::Closed);
    let last = allocate(&mut clerk, &name).await.unwrap();
    let figures = last.figures.unwrap();
    assert_eq!((figures.granted, figures.applications, figures.gap), (2, 2, 0.0));
    assert_eq!(last.round.unwrap().state(), SeasonRoundState::Allocated);
    assert!(grants(&mut kari, &name).await.is_empty(), "nobody hears of a draft");

    let published = publish(&mut clerk, &name).await;

    assert_eq!(published.len(), 2);
    assert!(published.iter().all(|it| it.published && !it.series.is_empty() && it.place > 0));
    assert_eq!(state(&town, &name).await, SeasonRoundState::Published);
    assert_eq!(grants(&mut kari, &name).await, published);
    assert_eq!(publish(&mut clerk, &name).await, published, "asked again, it is as it was");
    let series = pb::GetBookingSeriesRequest { name: published[0].series.clone() };
    let series = town.client(person("kari")).get_booking_series(series).await.unwrap();
    let series = series.into_inner();
    assert_eq!(series.series.unwrap().purpose, "Håndball for jenter", "it is the applicant's own");
    assert_eq!(series.bookings.len(), 4);
    let unmet = pb::ListUnmetWishesRequest { round: name, ..Default::default() };
    let unmet = ola.list_unmet_wishes(unmet).await.unwrap().into_inner().wishes;
    assert_eq!((unmet[0].reason.as_str(), unmet[0].place), ("ENOUGH", 1));
}

#[tokio::test]
async fn every_date_that_cannot_be_had_is_listed_with_its_reason() {
    let town = Town::open().await;
    let made = create(&town, round(&town)).await.unwrap();
    let mut kari = town.seasons("kari", "person");
    town.later(61).await;
    kari.apply_for_season(asks(&made, "klubben", &[2])).await.unwrap();
    town.later(24 * 60).await;
    let mut rooms = town.staff();
    // A Monday of the season, all day.
    let monday = (0..7).map(|day| 17 + day).find(|day| {
        let at = now() + SignedDuration::from_hours(24 * day);
        at.to_zoned(jiff::tz::TimeZone::UTC).weekday() == jiff::civil::Weekday::Monday
    });
    let midnight = now().as_second() / 86_400 * 86_400 + monday.unwrap() * 86_400;
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let interval = Some(pb::Interval { start: at(midnight), end: at(midnight + 86_400) });
    let reason = "works".to_owned();
    let room = town.stage.clone();
    let close =
        pb::CloseRoomRequest { room, interval, reason, request_id: id(), ..Default::default() };
    rooms.close_room(close).await.unwrap();
    let mut clerk = town.seasons("clerk", "staff");
    allocate(&mut clerk, &made.name).await.unwrap();

    let published = publish(&mut clerk, &made.name).await;

    let skipped: Vec<_> = published[0].skipped.iter().map(|it| it.reason.as_str()).collect();
    assert_eq!(skipped, ["ROOM_CLOSED"]);
    assert!(published[0].skipped[0].message.contains("works"));
}

#[tokio::test]
async fn a_draft_is_edited_by_the_municipality_alone_and_within_the_rules() {
    let town = Town::open().await;
    let made = create(&town, round(&town)).await.unwrap();
    let mut kari = town.seasons("kari", "person");
    let mut clerk = town.seasons("clerk", "staff");
    town.later(61).await;
    let applied = kari.apply_for_season(asks(&made, "klubben", &[0])).await.unwrap().into_inner();
    let application = applied.application.unwrap().name;
    let other = kari.apply_for_season(asks(&made, "laget", &[1])).await.unwrap().into_inner();
    let other = other.application.unwrap().name;
    let slot = |n: usize| made.slots[n].name.clone();
    let set = |n: usize, application: &str| pb::SetSeasonGrantRequest {
        slot: slot(n),
        application: application.to_owned(),
        pinned: true,
        request_id: id(),
    };
    assert_eq!(reason(&clerk.set_season_grant(set(0, "")).await.unwrap_err()), "NO_DRAFT");
    town.later(24 * 60).await;
    allocate(&mut clerk, &made.name).await.unwrap();

    let refused = kari.set_season_grant(set(0, "")).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let refused = clerk.set_season_grant(set(1, &application)).await.unwrap_err();
    assert_eq!(reason(&refused), "SLOT_GRANTED");
    let refused = clerk.set_season_grant(set(2, &application)).await.unwrap_err();
    assert_eq!(reason(&refused), "TIMES_CLASH");
    let move_to = |to: String| pb::MoveSeasonGrantRequest { from: slot(0), to, request_id: id() };
    clerk.move_season_grant(move_to(slot(2))).await.unwrap();
    allocate(&mut clerk, &made.name).await.unwrap();
    let has: Vec<_> = grants(&mut clerk, &made.name).await;
    let has: Vec<_> = has.iter().map(|it| (it.slot.as_str(), it.application.as_str())).collect();
    assert_eq!(has, [(&*slot(1), &*other), (&*slot(2), &*application)], "pinned, though unwished");
    let bad = clerk.move_season_grant(move_to("slots/1".to_owned())).await.unwrap_err();
    assert_eq!(bad.get_details_bad_request().unwrap().field_violations[0].field, "to");
    publish(&mut clerk, &made.name).await;
    let late = clerk.set_season_grant(set(0, "")).await.unwrap_err();
    assert_eq!(reason(&late), "ROUND_PUBLISHED");
    assert_eq!(reason(&allocate(&mut clerk, &made.name).await.unwrap_err()), "ROUND_PUBLISHED");
}

#[tokio::test]
async fn what_cannot_be_applied_for_is_refused_by_its_rule() {
    let town = Town::open().await;
    let made = create(&town, round(&town)).await.unwrap();
    let mut kari = town.seasons("kari", "person");
    town.later(61).await;
    let changed = |change: &dyn Fn(&mut pb::SeasonApplication)| {
        let mut request = asks(&made, "klubben", &[0]);
        change(request.application.as_mut().unwrap());
        request
    };
    let long = changed(&|it| it.duration = Some(prost_types::Duration { seconds: 7200, nanos: 0 }));
    let crowd = changed(&|it| it.persons = 51);
    let greedy = changed(&|it| it.times_a_week = 4);
    for (request, rule) in
        [(long, "SLOT_TOO_SHORT"), (crowd, "ROOM_TOO_SMALL"), (greedy, "SEASON_QUOTA")]
    {
        assert_eq!(reason(&kari.apply_for_season(request).await.unwrap_err()), rule);
    }
    for (request, field) in [
        (changed(&|it| it.wishes.clear()), "application.wishes"),
        (changed(&|it| it.times_a_week = 8), "application.times_a_week"),
        (
            changed(&|it| it.application = Some(Default::default())),
            "application.application.organisation",
        ),
        (changed(&|it| it.wishes[0].slot.push('x')), "application.wishes[0].slot"),
        (changed(&|it| it.persons = 0), "application.persons"),
    ] {
        let bad = kari.apply_for_season(request).await.unwrap_err();
        assert_eq!(bad.get_details_bad_request().unwrap().field_violations[0].field, field);
    }
    let applied = kari.apply_for_season(asks(&made, "klubben", &[0])).await.unwrap().into_inner();
    let name = applied.application.unwrap().name;
    let withdraw = || pb::WithdrawSeasonApplicationRequest { name: name.clone(), request_id: id() };
    let mut ola = town.seasons("ola", "person");
    let theirs = ola.withdraw_season_application(withdraw()).await.unwrap_err();
    assert_eq!(reason(&theirs), "NOT_YOURS");
    let direct = pb::CreateBookingRequest {
        application: Some(pb::Application { organisation: club("klubben"), ..Default::default() }),
        ..booking(&town.hall, 10, "Utenom")
    };
    let pending = town.client(person("kari")).create_booking(direct.clone()).await.unwrap_err();
    assert_eq!(reason(&pending), "SEASON_PENDING");
    kari.withdraw_season_application(withdraw()).await.unwrap();
    town.client(person("kari")).create_booking(direct).await.unwrap();
}

#[tokio::test]
async fn a_round_is_written_anew_until_it_opens_and_bad_ones_are_refused() {
    let town = Town::open().await;
    let mut over = round(&town);
    over.slots.push(slot(&town.hall, 1, "19:00", "20:00"));
    assert_eq!(reason(&create(&town, over).await.unwrap_err()), "SLOTS_OVERLAP");
    let mut backwards = round(&town);
    backwards.last_date = date(5);
    let bad = create(&town, backwards).await.unwrap_err().get_details_bad_request().unwrap();
    assert_eq!(bad.field_violations[0].field, "round.last_date");
    let made = create(&town, round(&town)).await.unwrap();
    let mut clerk = town.seasons("clerk", "staff");
    let update = || pb::UpdateSeasonRoundRequest {
        round: Some(pb::SeasonRound {
            name: made.name.clone(),
            display_name: "Våren".to_owned(),
            ..round(&town)
        }),
        request_id: id(),
    };

    let written = clerk.update_season_round(update()).await.unwrap().into_inner().round.unwrap();

    assert_eq!((&written.name, written.display_name.as_str()), (&made.name, "Våren"));
    let list = pb::ListSeasonRoundsRequest::default();
    let listed = clerk.list_season_rounds(list).await.unwrap().into_inner().rounds;
    assert!(listed.len() == 1 && listed[0].slots.is_empty());
    town.later(61).await;
    let late = clerk.update_season_round(update()).await.unwrap_err();
    assert_eq!(reason(&late), "ROUND_HAS_OPENED");
}

#[tokio::test]
async fn an_application_is_read_by_its_own_and_by_staff_and_leaves_with_the_person() {
    let town = Town::open().await;
    let made = create(&town, round(&town)).await.unwrap();
    let mut kari = town.seasons("kari", "person");
    town.later(61).await;
    kari.apply_for_season(asks(&made, "klubben", &[0])).await.unwrap();
    let list =
        || pb::ListSeasonApplicationsRequest { round: made.name.clone(), ..Default::default() };
    for (who, role, sees) in [("kari", "person", 1), ("clerk", "staff", 1), ("ola", "person", 0)] {
        let listed = town.seasons(who, role).list_season_applications(list()).await.unwrap();
        let listed = listed.into_inner().applications;
        assert_eq!(listed.len(), sees, "{who}");
        assert!(listed.iter().all(|it| it.purpose == "Håndball for jenter"));
    }
    let held = dugnad_rooms::held(&town.ledger, &town.vault, &town.tenant, person("kari"));
    assert!(held.await.unwrap()["season_applications"].to_string().contains("Håndball"));

    let erase = super::erasure(person("kari"));
    town.client(person("kari")).erase_person(erase).await.unwrap();

    let listed = town.seasons("clerk", "staff").list_season_applications(list()).await.unwrap();
    let left = listed.into_inner().applications.remove(0);
    assert_eq!((left.purpose, left.contact), Default::default());
}

/// Rooms are let by request.
async fn by_request(town: &Town) {
    let handling =
        pb::letting_rules::Handling { required: true, holds_slot: true, answer_minutes: 600 };
    let rules = Some(pb::LettingRules { handling: Some(handling), ..Default::default() });
    let (scope, effective_from) = (town.hall.clone(), "2026-01-01".to_owned());
    let request = pb::SetLettingRulesRequest { scope, effective_from, rules, request_id: id() };
    town.staff().set_letting_rules(request).await.unwrap();
}

#[tokio::test]
async fn a_series_where_rooms_are_let_by_request_waits_for_its_answer() {
    let town = Town::open().await;
    by_request(&town).await;
    let mut kari = town.client(person("kari"));
    let made = kari.create_booking_series(series(&town.hall, 3)).await.unwrap().into_inner();
    assert!(made.bookings.iter().all(|it| it.state() == BookingState::Requested));
    let name = made.series.unwrap().name;
    let approve = || pb::ApproveBookingSeriesRequest { name: name.clone(), request_id: id() };
    let refused = kari.approve_booking_series(approve()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    // One date is answered by itself.
    let one = made.bookings[1].name.clone();
    let deny = pb::DenyRequestRequest { name: one, reason: "stevne".to_owned(), request_id: id() };
    let mut staff = town.staff();
    staff.deny_request(deny).await.unwrap();

    let answer = staff.approve_booking_series(approve()).await.unwrap().into_inner();

    assert_eq!((answer.approved.len(), answer.denied.len()), (2, 0));
    let got = kari.get_booking_series(pb::GetBookingSeriesRequest { name: name.clone() }).await;
    let states: Vec<_> = got.unwrap().into_inner().bookings.iter().map(|it| it.state()).collect();
    assert_eq!(states, [BookingState::Confirmed, BookingState::Denied, BookingState::Confirmed]);
    let again = staff.approve_booking_series(approve()).await.unwrap_err();
    assert_eq!(reason(&again), "SERIES_NOT_REQUESTED");
}

#[tokio::test]
async fn a_series_that_is_denied_and_a_request_that_is_offer_their_slots_to_who_waits() {
    let town = Town::open().await;
    by_request(&town).await;
    let (mut kari, mut ola) = (town.client(person("kari")), town.client(person("ola")));
    let mut staff = town.staff();
    let made = kari.create_booking_series(series(&town.hall, 2)).await.unwrap().into_inner();
    let join = |interval| pb::JoinWaitingListRequest {
        room: town.hall.clone(),
        interval,
        request_id: id(),
    };
    let place = ola.join_waiting_list(join(made.bookings[0].interval)).await.unwrap();
    let place = place.into_inner().place.unwrap().name;
    let alone = town.book(&mut kari, &town.hall, 9).await;
    let left = ola.join_waiting_list(join(Some(evening(9)))).await.unwrap().into_inner();
    let second = town.client(person("ada")).join_waiting_list(join(Some(evening(9)))).await;
    let second = second.unwrap().into_inner().place.unwrap().name;
    let leave = pb::LeaveWaitingListRequest { name: left.place.unwrap().name, request_id: id() };
    let left = ola.leave_waiting_list(leave).await.unwrap().into_inner().place.unwrap();
    assert_eq!(left.state(), pb::waiting_place::State::Left);

    let (name, reason) = (made.series.unwrap().name, "stevne".to_owned());
    let deny = pb::DenyBookingSeriesRequest { name, reason: reason.clone(), request_id: id() };
    let denied = staff.deny_booking_series(deny).await.unwrap().into_inner().denied;
    let deny = pb::DenyRequestRequest { name: alone.name, reason, request_id: id() };
    staff.deny_request(deny).await.unwrap();

    assert_eq!(denied.len(), 2);
    for (who, name) in [("ola", place), ("ada", second)] {
        let request = pb::GetWaitingPlaceRequest { name };
        let place = town.client(person(who)).get_waiting_place(request).await.unwrap();
        let place = place.into_inner().place.unwrap();
        assert_eq!(place.state(), pb::waiting_place::State::Offered, "{who}");
    }
}
