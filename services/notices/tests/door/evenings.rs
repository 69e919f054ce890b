//! Evenings: who signed up, what becomes of it, and what an organiser lacks.

use dugnad_calendar::Interval;
use dugnad_events::{
    ActivityId, BookingId, OccurrenceId, RoomId, SignupId,
    activities::{
        Activity, Event, Notice, Organiser, Origin, Schedule, Venue, VenueWish, Way, What,
    },
    rooms,
};
use dugnad_proto::notices::v1 as pb;
use uuid::Uuid;

use crate::town::{Town, contact, link, person};

const EVENING: OccurrenceId = OccurrenceId(Uuid::from_u128(20));
const BINGO: ActivityId = ActivityId(Uuid::from_u128(21));

fn signup(n: u128) -> SignupId {
    SignupId(Uuid::from_u128(100 + n))
}

/// An activity by its title.
pub(crate) fn activity(town: &Town, id: ActivityId, title: &str) -> Event {
    let facts = Activity {
        title: title.to_owned(),
        text: String::new(),
        organiser: Organiser::Municipality,
        venue: Venue::Room(VenueWish::default()),
        area: None,
        topics: Vec::new(),
        audience: Vec::new(),
        capacity: 10,
        helpers: Vec::new(),
        rides: None,
        confirm_minutes: 60,
        asks_before_moving: false,
    };
    let schedule = Schedule {
        zone: "Europe/Oslo".to_owned(),
        start: "2026-11-25T18:00".parse().unwrap(),
        minutes: 120,
        rrule: String::new(),
        exdates: Vec::new(),
    };
    let (origin, at) = (Origin::Asked { by: person("kari").0 }, town.now());
    let (facts, contact) = (Box::new(facts), None);
    Event::ActivityCreated { activity: id, origin, at, facts, schedule, contact }
}

fn step(town: &Town, by: &str, what: What) -> Event {
    let origin = Origin::Asked { by: person(by).0 };
    Event::Occurrence { occurrence: EVENING, origin, at: town.now(), what }
}

fn signs(town: &Town, n: u128, who: &str, by: &str, waits: bool) -> Event {
    let what = What::SignedUp {
        signup: signup(n),
        person: person(who),
        companion: false,
        ride_there: false,
        ride_home: false,
        waits,
    };
    step(town, by, what)
}

fn told(town: &Town, who: &[&str], notice: Notice) -> Event {
    let people = who.iter().map(|it| person(it)).collect();
    step(town, "kari", What::Told { people, notice })
}

/// Bingo in the parlour; Anna and Bo can be written to.
async fn town() -> (Town, Interval) {
    let town = Town::open().await;
    town.knows("bo", contact("bo"));
    let room = RoomId(Uuid::from_u128(1));
    let facility = dugnad_events::FacilityId(Uuid::from_u128(2));
    let (parent, name) = (None, "Stua".to_owned());
    let traits = rooms::RoomTraits {
        name,
        capacity: 10,
        equipment: Vec::new(),
        accessibility: Vec::new(),
        minutes_before: 0,
        minutes_after: 0,
        hours: None,
    };
    town.says(vec![rooms::Event::RoomRegistered { room, facility, parent, traits }]).await;
    let span = town.span(48);
    let booking = BookingId(Uuid::from_u128(3));
    town.says(vec![
        activity(&town, BINGO, "Bingo"),
        step(&town, "kari", What::Planned { activity: BINGO, span }),
        step(&town, "kari", What::VenueHeld { booking, room, span }),
    ])
    .await;
    (town, span)
}

#[tokio::test]
async fn who_signed_up_has_it_in_writing_and_who_was_signed_up_can_say_no_by_the_link() {
    let (town, _) = town().await;

    town.says(vec![signs(&town, 1, "anna", "anna", false), signs(&town, 2, "bo", "kari", false)])
        .await;
    town.sends().await;

    let mut told = town.email.taken();
    told.sort_by(|one, other| one.to.cmp(&other.to));
    let subjects: Vec<_> = told.iter().map(|it| &*it.subject).collect();
    assert_eq!(subjects, ["Du er påmeldt: Bingo, Stua", "Du er meldt på: Bingo, Stua"]);
    assert!(told[0].calendar.as_ref().unwrap().contains("STATUS:CONFIRMED"));
    let (taken, _) = town.opens("POST", &format!("{}/cancel", link(&told[1].text))).await;
    assert_eq!(taken, 200);
    let notice = town.to("bo").await.remove(0);
    assert_eq!(
        (notice.answer(), &*notice.about),
        (pb::AnswerKind::Cancel, &*signup(2).to_string())
    );
}

#[tokio::test]
async fn a_place_that_became_free_is_offered_to_who_waits_and_one_answer_takes_it() {
    let (town, _) = town().await;
    town.says(vec![signs(&town, 1, "anna", "anna", true)]).await;
    town.sends().await;
    let until = town.now() + jiff::SignedDuration::from_mins(60);

    let offered = What::PlaceOffered { signup: signup(1), until };
    let told_too = told(&town, &["anna"], Notice::PlaceOffered { until });
    town.says(vec![step(&town, "kari", offered), told_too]).await;
    town.sends().await;

    let told = town.email.taken();
    let subjects: Vec<_> = told.iter().map(|it| &*it.subject).collect();
    assert_eq!(subjects, ["Du står på venteliste: Bingo, Stua", "Plass til deg: Bingo, Stua"]);
    let path = link(&told[1].text);
    let (taken, _) = town.opens("POST", &format!("{path}/yes")).await;
    town.says(vec![step(&town, "anna", What::PlaceTaken { signup: signup(1) })]).await;
    town.sends().await;
    assert_eq!((taken, town.email.taken().len()), (200, 3), "and it is confirmed");
    town.later(61);
    let lapsed = town.opens("POST", &format!("{path}/no")).await;
    assert_eq!(lapsed.0, 409, "answered is answered");
}

#[tokio::test]
async fn whoever_comes_hears_that_it_is_moved_elsewhere_or_cancelled_and_nothing_of_what_is_over() {
    let (town, span) = town().await;
    town.says(vec![signs(&town, 1, "anna", "anna", false)]).await;
    town.sends().await;
    let to = town.span(72);

    let moved = step(&town, "kari", What::Moved { span: to });
    town.says(vec![moved, told(&town, &["anna"], Notice::Moved { from: span })]).await;
    town.sends().await;
    town.says(vec![told(&town, &["anna"], Notice::VenueChanged)]).await;
    town.sends().await;
    let reason: dugnad_events::Code = "ill".parse().unwrap();
    town.says(vec![
        step(&town, "kari", What::Cancelled { reason: reason.clone() }),
        told(&town, &["anna"], Notice::Cancelled { reason }),
    ])
    .await;
    town.sends().await;
    town.later(72 * 60);
    town.sends().await;

    let told = town.email.taken();
    let subjects: Vec<_> = told.iter().map(|it| &*it.subject).collect();
    assert_eq!(
        subjects,
        [
            "Du er påmeldt: Bingo, Stua",
            "Ny tid: Bingo, Stua",
            "Nytt sted: Bingo, Stua",
            "Avlyst: Bingo, Stua",
        ],
        "and no reminder"
    );
    assert!(told[1].text.contains("torsdag 26. november kl. 10.00-12.00"), "{}", told[1].text);
    assert!(told[1].text.contains("Det var onsdag 25. november kl. 10.00"), "{}", told[1].text);
}

#[tokio::test]
async fn an_organiser_hears_at_once_that_something_is_missing_until_it_is_not() {
    let (town, _) = town().await;
    town.policy(pb::Policy { quiet_hours: "00:00-23:59".to_owned(), ..crate::town::policy() })
        .await;

    town.says(vec![step(&town, "kari", What::Reopened), told(&town, &["bo"], Notice::Missing)])
        .await;
    town.sends().await;
    let heard = town.email.taken().remove(0);
    town.says(vec![told(&town, &["stranger"], Notice::Missing)]).await;
    town.sends().await;
    let looked_for = town.desk().await.len();
    town.says(vec![step(&town, "kari", What::Confirmed)]).await;

    assert_eq!((&*heard.to, &*heard.subject), ("bo@example.org", "Noe mangler: Bingo, Stua"));
    assert_eq!((looked_for, town.desk().await.len()), (1, 0), "nobody is called in vain");
}

#[tokio::test]
async fn whoever_cannot_be_driven_hears_so_and_what_becomes_of_the_place_they_have() {
    let (town, _) = town().await;
    town.says(vec![signs(&town, 1, "anna", "anna", false)]).await;
    town.sends().await;

    let message = "no driver is free".to_owned();
    let none = Notice::RideRefused { way: Way::There, message };
    town.says(vec![told(&town, &["anna"], none.clone()), told(&town, &["bo"], none)]).await;
    town.sends().await;

    let told = town.email.taken();
    assert_eq!(
        (told.len(), &*told[1].to),
        (2, "anna@example.org"),
        "who does not come is not told"
    );
    assert_eq!(&*told[1].subject, "Ingen skyss: Bingo, Stua");
    assert!(told[1].text.contains("Plassen din står"), "{}", told[1].text);
    assert!(!told[1].text.contains("no driver is free"), "no words of the machine's");
    assert_eq!(town.one("anna", "ride-none").await.about, signup(1).to_string());
}

#[tokio::test]
async fn an_organiser_hears_at_once_that_another_room_was_found_until_it_is_answered() {
    let (town, _) = town().await;
    town.policy(pb::Policy { quiet_hours: "00:00-23:59".to_owned(), ..crate::town::policy() })
        .await;
    let until = town.now() + jiff::SignedDuration::from_hours(2);

    town.says(vec![told(&town, &["bo"], Notice::VenueProposed { until })]).await;
    town.sends().await;
    // One whom nobody can reach is looked for until the organiser has answered.
    town.says(vec![told(&town, &["stranger"], Notice::VenueProposed { until })]).await;
    town.sends().await;
    let looked_for = town.desk().await.len();
    let bookings = vec![BookingId(Uuid::from_u128(3))];
    town.says(vec![step(&town, "kari", What::VenueReleased { bookings })]).await;

    let heard = town.email.taken().remove(0);
    assert_eq!(
        (&*heard.to, &*heard.subject),
        ("bo@example.org", "Et annet rom er foreslått: Bingo, Stua")
    );
    assert_eq!((looked_for, town.desk().await.len()), (1, 0), "nobody is called in vain");
}
