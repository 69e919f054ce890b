//! Evening shifts and season allocation: what guards, bookers, applicants and those on duty hear.

use dugnad_events::{
    AssignmentId, BookingId, FacilityId, RoomId, SeasonApplicationId, SeasonRoundId, SeriesId,
    ShiftId, matching,
    rooms::{
        self, Event, SeasonEvent, SeasonGrant, SeasonRound, ShiftEvent, ShiftFacts, Skipped,
        Unhosted,
    },
};
use dugnad_proto::notices::v1 as pb;
use uuid::Uuid;

use crate::town::{Town, contact, person, policy};

const SHIFT: ShiftId = ShiftId(Uuid::from_u128(30));
const SCHOOL: FacilityId = FacilityId(Uuid::from_u128(31));

fn facts(town: &Town, hours: i64) -> ShiftFacts {
    ShiftFacts { kind: "guard".parse().unwrap(), heads: 1, span: town.span(hours) }
}

/// A shift at the school in two days; Kari is on duty.
async fn town() -> Town {
    let town = Town::open().await;
    town.knows("kari", contact("kari"));
    town.knows("bo", contact("bo"));
    town.policy(pb::Policy { duty: vec![person("kari").to_string()], ..policy() }).await;
    let words = dugnad_events::volunteers::Term {
        code: "guard".parse().unwrap(),
        nb: "Tilsynsvakt".to_owned(),
        en: "Guard".to_owned(),
        at: None,
    };
    let list = dugnad_events::volunteers::List::Kinds;
    town.says(vec![dugnad_events::volunteers::Event::TermsSet { list, terms: vec![words] }]).await;
    let (name, zone, hours) = ("Skolen".to_owned(), "Europe/Oslo".to_owned(), Default::default());
    let day = "2026-11-25".parse().unwrap();
    town.says(vec![
        Event::FacilityRegistered { facility: SCHOOL, name, zone, hours },
        Event::Shift(ShiftEvent::Planned {
            shift: SHIFT,
            facility: SCHOOL,
            day,
            facts: facts(&town, 48),
            at: town.now(),
        }),
    ])
    .await;
    town
}

fn need(town: &Town, revision: u32, hours: i64) -> matching::Event {
    town.need_for(SHIFT.need(revision), "guard", town.span(hours), &SHIFT.to_string())
}

fn comes(town: &Town, revision: u32, n: u128) -> matching::Event {
    matching::Event::Assigned {
        assignment: AssignmentId(Uuid::from_u128(n)),
        need: SHIFT.need(revision),
        slot: 0,
        person: person("anna"),
        by: Uuid::nil(),
        at: town.now(),
        offer: None,
        plan: None,
    }
}

fn unhosted(town: &Town, then: Unhosted, bookings: Vec<BookingId>) -> Event {
    Event::Shift(ShiftEvent::Unhosted { shift: SHIFT, at: town.now(), hosts: 0, then, bookings })
}

#[tokio::test]
async fn a_guard_hears_where_and_of_a_moved_shift_the_new_time_alone() {
    let town = town().await;
    town.says(vec![need(&town, 1, 48), comes(&town, 1, 1)]).await;
    town.sends().await;

    town.policy(pb::Policy { bundle_minutes: 5, ..policy() }).await;
    let changed = matching::Closing::Asked { reason: "changed".parse().unwrap() };
    let gone = matching::Event::Unassigned {
        assignments: vec![AssignmentId(Uuid::from_u128(1))],
        why: matching::Ending::Closed,
    };
    let closed = matching::Event::NeedClosed { need: SHIFT.need(1), why: changed };
    town.says(vec![gone, closed, need(&town, 2, 49), comes(&town, 2, 2)]).await;
    town.later(6);
    town.sends().await;

    let told = town.email.taken();
    let subjects: Vec<_> = told.iter().map(|it| &*it.subject).collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert!(subjects[0].contains("Tilsynsvakt, Skolen"), "{subjects:?}");
    assert_eq!(subjects[1], "Ny tid: Tilsynsvakt, Skolen");
    assert!(told[1].text.contains("Den var onsdag 25. november kl. 10.00"), "{}", told[1].text);
    assert!(told[1].text.contains("kl. 11.00-13.00"), "{}", told[1].text);
}

#[tokio::test]
async fn a_shift_that_nobody_hosts_alarms_until_somebody_is_found() {
    let town = town().await;

    town.says(vec![unhosted(&town, Unhosted::Warn, Vec::new())]).await;
    town.sends().await;
    let alarmed = town.to("kari").await.remove(0);
    let (shift, assignment) = (SHIFT, AssignmentId(Uuid::from_u128(1)));
    let found = ShiftEvent::HostFound { shift, assignment, person: person("anna") };
    town.says(vec![Event::Shift(found)]).await;
    town.later(30);
    town.sends().await;

    assert_eq!((&*alarmed.template, alarmed.urgency()), ("shift-unhosted", pb::Urgency::Alarm));
    let told = town.email.taken().remove(0);
    assert_eq!(told.subject, "Haster: ingen vakt, Tilsynsvakt, Skolen");
    assert_eq!(town.to("kari").await.len(), 1, "it climbs no further");
    assert!(town.desk().await.is_empty());
}

#[tokio::test]
async fn who_booked_hears_how_they_get_in_when_no_host_is_there() {
    let town = town().await;
    town.says(vec![town.booked("bo", 3, 48)]).await;
    town.sends().await;

    let bookings = vec![BookingId(Uuid::from_u128(3))];
    town.says(vec![unhosted(&town, Unhosted::ManualOpening, bookings)]).await;
    town.sends().await;

    assert_eq!(town.one("bo", "manual-opening").await.state(), pb::State::Sent);
    let alarm = town.email.taken().into_iter().find(|it| it.to == "kari@example.org").unwrap();
    assert!(alarm.text.contains("noen fra kommunen må låse opp"), "{}", alarm.text);
}

#[tokio::test]
async fn who_is_asked_to_take_over_hears_it_at_once_and_who_is_relieved_that_it_was_done() {
    let town = town().await;
    let (shift, by, at) = (SHIFT, person("anna"), town.now());
    let hands = |to: &str| {
        Event::Shift(ShiftEvent::HandedOver { shift, by, to: person(to), at, text: None })
    };

    town.says(vec![hands("kari")]).await;
    town.sends().await;
    town.says(vec![hands("bo")]).await;
    town.sends().await;
    let taken = ShiftEvent::TakenOver { shift, by: person("bo"), at };
    town.says(vec![Event::Shift(taken)]).await;
    town.sends().await;

    assert_eq!(town.kinds("kari").await, ["offer-withdrawn", "shift-handover"]);
    assert_eq!(town.kinds("bo").await, ["shift-handover"]);
    assert_eq!(town.kinds("anna").await, ["shift-taken-over"]);
}

#[tokio::test]
async fn an_applicant_hears_once_what_a_season_gave_them_and_which_dates_it_could_not() {
    let town = town().await;
    let round = SeasonRoundId(Uuid::from_u128(40));
    let application = |n: u128| SeasonApplicationId(Uuid::from_u128(40 + n));
    let series = SeriesId(Uuid::from_u128(50));
    let start: jiff::civil::DateTime = "2026-12-29T18:00".parse().unwrap();
    let (reason, message) = ("CLOSED".to_owned(), String::new());
    let facts = SeasonRound {
        name: "Vinter 2027".to_owned(),
        opens: town.now(),
        closes: town.now(),
        first: start.date(),
        last: start.date(),
        slots: Vec::new(),
        left_out: Vec::new(),
        quotas: Vec::new(),
        bars_direct: false,
    };
    let applied = |n: u128, who: &str| SeasonEvent::Applied {
        application: application(n),
        round,
        by: person(who).0,
        facts: Box::new(rooms::SeasonApplication {
            says: rooms::Application::default(),
            persons: 10,
            age_group: None,
            times: 1,
            minutes: 60,
            wishes: Vec::new(),
        }),
        details: serde_json::from_value(serde_json::json!({
            "person": person(who).0, "sealed": [1],
        }))
        .unwrap(),
    };
    let grant = SeasonGrant { slot: 0, application: application(1), pinned: false };
    let figures = rooms::SeasonFigures::default();
    let booked = Event::SeriesBooked {
        series,
        room: RoomId(Uuid::from_u128(1)),
        pattern: rooms::Pattern {
            start,
            minutes: 60,
            rrule: "FREQ=WEEKLY".to_owned(),
            exdates: Vec::new(),
        },
        by: person("anna").0,
        details: serde_json::from_value(serde_json::json!({
            "person": person("anna").0, "sealed": [1],
        }))
        .unwrap(),
        skipped: Vec::new(),
    };
    town.policy(pb::Policy { bundle_minutes: 5, ..policy() }).await;

    town.says(vec![
        Event::Season(SeasonEvent::RoundSet { round, facts: Box::new(facts) }),
        Event::Season(applied(1, "anna")),
        Event::Season(applied(2, "bo")),
        Event::Season(SeasonEvent::Allocated { round, revision: 1, figures, grants: vec![grant] }),
        booked,
        Event::Season(SeasonEvent::GrantPublished {
            round,
            slot: 0,
            series: Some(series),
            skipped: vec![Skipped { start, reason, message }],
        }),
        Event::Season(SeasonEvent::Published { round }),
    ])
    .await;
    town.later(6);
    town.sends().await;

    let mut told = town.email.taken();
    told.sort_by(|one, other| one.to.cmp(&other.to));
    let subjects: Vec<_> = told.iter().map(|it| &*it.subject).collect();
    let partly = "Dere har fått tider, men ikke alle datoer: Vinter 2027";
    assert_eq!(subjects[..1], [partly], "and nothing of the series by itself");
    assert!(told[0].text.contains("tirsdag 29. desember kl. 18.00"), "{}", told[0].text);
    assert_eq!(subjects[1..], ["Dere fikk ingen tid: Vinter 2027"]);
}
