//! When people are told: quiet hours over the nights of the changing clock, bundles, daily
//! limits, reminders, alarms that climb.

use dugnad_events::{
    BookingId, NeedId,
    matching::{Alarm, Event},
    rooms,
};
use dugnad_proto::notices::v1 as pb;
use uuid::Uuid;

use crate::town::{Town, contact, person, policy};

#[tokio::test]
async fn what_comes_within_a_few_minutes_goes_out_as_one() {
    let town = Town::open().await;
    town.policy(pb::Policy { bundle_minutes: 3, ..policy() }).await;
    town.asked("anna", 7, 48).await;
    town.later(2);
    town.asked("anna", 8, 72).await;
    town.sends().await;
    let early = town.email.taken().len();

    town.later(1);
    town.sends().await;

    let told = town.email.taken();
    assert_eq!((early, told.len()), (0, 1));
    assert_eq!(told[0].subject, "2 beskjeder fra Drammen");
    assert_eq!(told[0].text.matches("/a/drammen/").count(), 2, "each has its own link");
}

#[tokio::test]
async fn what_can_wait_waits_for_the_morning_also_in_the_nights_of_the_changing_clock() {
    for (evening, before, morning) in [
        ("2026-11-23T22:30:00Z", "2026-11-24T06:59:00Z", "2026-11-24T07:00:00Z"),
        // The hour between two and three is lost, and doubled.
        ("2027-03-27T22:30:00Z", "2027-03-28T05:59:00Z", "2027-03-28T06:00:00Z"),
        ("2027-10-30T21:30:00Z", "2027-10-31T06:59:00Z", "2027-10-31T07:00:00Z"),
    ] {
        let town = Town::open().await;
        town.policy(pb::Policy { quiet_hours: "22:00-08:00".to_owned(), ..policy() }).await;
        town.set(evening);
        town.asked("anna", 7, 48).await;
        for at in [evening, before] {
            town.set(at);
            town.sends().await;
            assert_eq!(town.email.taken().len(), 0, "{at}");
        }
        town.set(morning);
        town.sends().await;
        assert_eq!(town.email.taken().len(), 1, "{morning}");
    }
}

#[tokio::test]
async fn what_begins_before_the_quiet_hours_end_is_told_at_once() {
    let town = Town::open().await;
    town.policy(pb::Policy { quiet_hours: "22:00-08:00".to_owned(), ..policy() }).await;
    town.says(vec![town.booked("anna", 3, 22)]).await;
    town.sends().await;
    town.set("2026-11-23T22:30:00Z");
    let booking = BookingId(Uuid::from_u128(3));
    let span = town.span(7);
    let moved = rooms::Event::Moved {
        booking,
        from: dugnad_events::RoomId(Uuid::from_u128(1)),
        room: dugnad_events::RoomId(Uuid::from_u128(1)),
        span,
        revision: 2,
        terms: None,
        charge: None,
    };

    town.says(vec![moved]).await;
    town.sends().await;

    let subjects: Vec<_> = town.email.taken().into_iter().map(|it| it.subject).collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert!(subjects[1].starts_with("Flyttet"));
}

#[tokio::test]
async fn nobody_gets_more_than_the_days_messages_and_what_hurries_goes_to_the_desk() {
    let town = Town::open().await;
    town.policy(pb::Policy { daily_limit: 2, ..policy() }).await;
    for number in 1..=4 {
        town.asked("anna", number, 48).await;
        town.sends().await;
    }
    let today = town.email.taken().len();
    town.says(vec![town.need(9, 2), town.assigned("anna", 9)]).await;
    town.sends().await;
    let desk = town.desk().await;

    town.set("2026-11-24T07:00:00Z");
    town.sends().await;

    assert_eq!((today, town.email.taken().len()), (2, 3), "the other two as one, the next morning");
    assert_eq!(desk.len(), 1);
    assert_eq!((&*desk[0].template, &*desk[0].reason), ("assigned", "DAILY_LIMIT"));
}

#[tokio::test]
async fn reminders_come_before_it_move_with_it_and_vanish_with_it() {
    let town = Town::open().await;
    town.says(vec![town.booked("anna", 3, 48), town.booked("anna", 4, 48)]).await;
    town.sends().await;
    let (booking, reason) = (BookingId(Uuid::from_u128(4)), String::new());
    let cause = rooms::Cause::Asked;
    town.says(vec![rooms::Event::Cancelled { booking, reason, cause, charge: None }]).await;
    town.sends().await;
    let before = town.email.taken().len();
    let reminded = |town: &Town| {
        let all = town.email.taken();
        all.iter().skip(before).filter(|it| it.subject.starts_with("Påminnelse")).count()
    };

    town.later(24 * 60);
    town.until_told("anna", "reminder", 1).await;
    town.sends().await;
    assert_eq!(reminded(&town), 1, "a day ahead, and not of what was cancelled");
    let room = dugnad_events::RoomId(Uuid::from_u128(1));
    let (from, booking, span) = (room, BookingId(Uuid::from_u128(3)), town.span(48));
    let (revision, terms, charge) = (2, None, None);
    town.says(vec![rooms::Event::Moved { booking, from, room, span, revision, terms, charge }])
        .await;
    town.later(22 * 60);
    town.sends().await;
    assert_eq!(reminded(&town), 1, "two hours before the time it had: nothing");
    for (hours, count) in [(2, 2), (22, 3)] {
        town.later(hours * 60);
        town.until_told("anna", "reminder", count).await;
        town.sends().await;
        assert_eq!(reminded(&town), count, "a day and two hours before the time it has now");
    }
}

#[tokio::test]
async fn an_alarm_that_nobody_acknowledges_climbs_to_the_deputy_the_telephone_and_the_desk() {
    let town = Town::open().await;
    let duty = ["cora", "dag", "vakt"];
    for who in duty {
        town.knows(who, contact(who));
    }
    let people = duty.iter().map(|it| person(it).to_string()).collect();
    town.policy(pb::Policy { duty: people, ..policy() }).await;
    let alarm = |need: u128| Event::Alarmed {
        needs: vec![NeedId(Uuid::from_u128(need))],
        why: Alarm::LateCancellation,
        at: "2026-11-23T09:00:00Z".parse().unwrap(),
        day: None,
    };
    town.says(vec![town.need(7, 5), alarm(7)]).await;
    for who in duty {
        town.until_told(who, "need-alarm", 1).await;
        town.sends().await;
        assert_eq!(town.email.taken().last().unwrap().to, format!("{who}@example.org"));
        town.later(10);
    }
    town.until_desk(1).await;
    assert_eq!(town.desk().await[0].reason, "NOBODY_ON_DUTY");

    town.says(vec![town.need(8, 5), alarm(8)]).await;
    town.sends().await;
    let notice = town.to("cora").await.remove(1);
    town.answer("cora", &notice, pb::AnswerKind::Seen).await.unwrap();
    town.later(20);
    town.says(vec![town.need(9, 5)]).await;

    assert_eq!(town.to("dag").await.len(), 1, "it was acknowledged: it climbs no further");
}

#[tokio::test]
async fn without_anybody_on_duty_an_alarm_is_on_the_desk_at_once() {
    let town = Town::open().await;
    let (needs, at) = (vec![NeedId(Uuid::from_u128(7))], town.now());
    let why = Alarm::Broken("COURSE".to_owned());

    town.says(vec![town.need(7, 48), Event::Alarmed { needs, why, at, day: None }]).await;

    let desk = town.desk().await;
    assert_eq!((desk[0].urgency(), &*desk[0].to), (pb::Urgency::Alarm, ""));
}
