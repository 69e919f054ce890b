//! Who comes to an evening: driven as it was arranged, no more than there are places for, and each told
//! once.

use std::collections::BTreeMap;

use dugnad_events::{
    ActivityId, MessageId, NoticeId, OccurrenceId, SignupId,
    activities::{
        Activity, Event as OfActivities, Fact, Notice as Cause, Organiser, Origin, Outside, Place,
        RideWant, Schedule, Venue, WantId, Way, What,
    },
    notices::{Channel, Event as OfNotices, Notice, Outcome, Setback, Urgency, Withdrawal},
    rides::{Broken, Cancelling, Event as OfRides, Wanted},
};
use dugnad_vault::PersonId;
use jiff::Timestamp;
use serde::Serialize;

use super::{Told, driving, id, noon, span};
use crate::{Audit, Report};

const EVENING: OccurrenceId = OccurrenceId(uuid::Uuid::nil());
const HALF: &str = "nothing half arranged";
const PLACES: &str = "no more come than have a place";
const TOLD: &str = "each told once of what holds";

fn step(what: What) -> OfActivities {
    OfActivities::Occurrence { occurrence: EVENING, origin: Origin::Clock, at: noon(), what }
}

/// Public, far ahead, in a place outside.
fn evening(capacity: u32) -> Vec<OfActivities> {
    let (activity, origin, at) = (ActivityId(id(1)), Origin::Clock, noon());
    let facts = Activity {
        title: "Tur".to_owned(),
        text: String::new(),
        organiser: Organiser::Municipality,
        venue: Venue::Outside(outside()),
        area: None,
        topics: Vec::new(),
        audience: Vec::new(),
        capacity,
        helpers: Vec::new(),
        rides: None,
        confirm_minutes: 60,
        asks_before_moving: false,
    };
    let schedule = Schedule {
        zone: "UTC".to_owned(),
        start: "2026-12-02T12:00".parse().unwrap(),
        minutes: 60,
        rrule: String::new(),
        exdates: Vec::new(),
    };
    let facts = Box::new(facts);
    let created =
        OfActivities::ActivityCreated { activity, origin, at, facts, schedule, contact: None };
    let planned = step(What::Planned { activity, span: span(1_440, 1_500) });
    vec![created, planned, step(What::Arranging)]
}

fn outside() -> Outside {
    Outside { place: "Brygga".to_owned(), at: None }
}

fn signed_up(n: u64, waits: bool) -> OfActivities {
    step(What::SignedUp {
        signup: SignupId(id(n)),
        person: PersonId(id(100 + n)),
        companion: false,
        ride_there: true,
        ride_home: false,
        waits,
    })
}

fn offered(n: u64) -> OfActivities {
    step(What::PlaceOffered { signup: SignupId(id(n)), until: noon() })
}

fn withdrawn(n: u64) -> OfActivities {
    step(What::Withdrawn { signup: SignupId(id(n)) })
}

/// What each service said, once nothing is under way.
fn settled(
    activities: impl IntoIterator<Item = OfActivities>,
    rides: impl IntoIterator<Item = OfRides>,
    notices: impl IntoIterator<Item = OfNotices>,
) -> Report {
    let mut audit = Audit::default();
    audit.settled();
    let audit = said(audit, "activities", activities);
    let audit = said(audit, "notices", notices);
    said(audit, "rides", rides).conclude()
}

/// Each event a record of its own.
fn said<E: Serialize>(audit: Audit, service: &str, events: impl IntoIterator<Item = E>) -> Audit {
    let mut told = Told::going_on(audit, service);
    for event in events {
        told.says([event]);
    }
    told.audit
}

#[track_caller]
fn found<'a>(report: &'a Report, claim: &str) -> Vec<&'a str> {
    let verdict = report.verdicts.iter().find(|verdict| verdict.claim == claim).unwrap();
    verdict.findings.iter().map(|finding| finding.what.as_str()).collect()
}

#[track_caller]
fn assert_only(report: &Report, claim: &str, end: &str) {
    let found = found(report, claim);
    assert!(found.len() == 1 && found[0].ends_with(end), "{found:?}");
}

fn wanted() -> OfActivities {
    step(What::RideWanted(Box::new(RideWant {
        want: WantId(id(5)),
        signup: SignupId(id(2)),
        person: PersonId(id(102)),
        companion: false,
        way: Way::There,
        at: span(1_440, 1_500).start(),
        place: Place::Outside(outside()),
        areas: Vec::new(),
    })))
}

fn ride() -> dugnad_events::RideId {
    WantId(id(5)).ride()
}

fn waits() -> OfRides {
    let wanted = Wanted {
        about: EVENING,
        traveller: PersonId(id(102)),
        companion: false,
        way: Way::There,
        at: span(1_440, 1_500).start(),
        place: Place::Outside(outside()),
        areas: Vec::new(),
    };
    OfRides::RideWanted { ride: ride(), wanted: Box::new(wanted) }
}

fn refused() -> OfRides {
    OfRides::RideRefused { ride: ride(), reason: "FULL".to_owned(), text: "full".to_owned() }
}

/// A ride of that name is promised; no route serves it, which is another invariant's.
fn promised() -> OfRides {
    let OfRides::RidePromised { facts, promise, shift, by, at, .. } = driving::promised(1, 900)
    else {
        panic!()
    };
    OfRides::RidePromised { ride: ride(), facts, promise, shift, by, at }
}

fn hears_yes() -> OfActivities {
    step(What::RidePromised { ride: WantId(id(5)) })
}

fn hears_no() -> OfActivities {
    step(What::RideRefused { ride: WantId(id(5)), message: "full".to_owned() })
}

#[test]
fn a_ride_that_was_answered_and_heard_so_is_arranged() {
    let refused = settled([wanted(), hears_no()], [waits(), refused()], []);
    let promised = settled([wanted(), hears_yes()], [waits(), promised()], []);

    assert_eq!(found(&refused, HALF), Vec::<&str>::new());
    assert_eq!(found(&promised, HALF), Vec::<&str>::new());
}

#[test]
fn a_ride_that_nobody_answered_or_heard_of_is_found() {
    assert_only(&settled([wanted()], [], []), HALF, "no answer of rides");
    let waiting = settled([wanted()], [waits()], []);
    assert_only(&waiting, HALF, "wanted, and neither promised nor refused");
    let unheard = settled([wanted()], [waits(), promised()], []);
    assert_only(&unheard, HALF, "the answer is not heard");
    let why = Broken { reason: "ILL".to_owned(), text: String::new(), instead: None };
    let broken = OfRides::PromiseBroken { ride: ride(), why };
    let still = settled([wanted(), hears_yes()], [waits(), promised(), broken], []);
    assert_only(&still, HALF, "the answer is not heard");
    let released = OfRides::WantReleased { ride: ride() };
    let let_go = settled([wanted()], [waits(), released], []);
    assert_only(&let_go, HALF, "let go by rides, and still wanted");
}

#[test]
fn a_ride_that_was_given_back_and_is_still_driven_is_found() {
    let back = || step(What::RidesReleased { rides: vec![WantId(id(5))] });
    let freed = OfRides::RideCancelled { ride: ride(), why: Cancelling::Freed };

    let kept = settled([wanted(), hears_yes(), back()], [waits(), promised()], []);
    let free = settled([wanted(), hears_yes(), back()], [waits(), promised(), freed], []);

    assert_only(&kept, HALF, "was given back, and is kept");
    assert_eq!(found(&free, HALF), Vec::<&str>::new());
}

#[test]
fn a_ride_that_is_promised_twice_is_found() {
    let report = settled([wanted(), hears_yes()], [promised(), promised()], []);

    assert_only(&report, HALF, "is promised twice");
}

#[test]
fn what_was_to_follow_and_did_not_is_found() {
    let report = settled([step(What::Unfinished { tell: None })], [], []);

    assert_only(&report, HALF, "what was to follow was not said");
}

#[test]
fn more_than_have_a_place_are_found() {
    let full = || evening(1).into_iter().chain([signed_up(2, false)]);

    let over = settled(full().chain([signed_up(3, false)]), [], []);
    let offered_too_many = settled(full().chain([signed_up(3, true), offered(3)]), [], []);

    assert_only(&over, PLACES, "2 places are taken of 1");
    assert_only(&offered_too_many, PLACES, "2 places are taken of 1");
}

#[test]
fn somebody_who_waits_while_there_is_room_is_found() {
    let left = || {
        let comes = [signed_up(2, false), signed_up(3, true), withdrawn(2)];
        evening(1).into_iter().chain(comes)
    };

    let waits = settled(left(), [], []);
    let moved_up = settled(left().chain([offered(3)]), [], []);

    assert_only(&waits, PLACES, "1 places are free, and somebody waits");
    assert_eq!(found(&moved_up, PLACES), Vec::<&str>::new());
}

#[test]
fn a_place_that_was_not_offered_or_is_somebodys_twice_is_found() {
    let takes = step(What::PlaceTaken { signup: SignupId(id(2)) });
    let again = step(What::SignedUp {
        signup: SignupId(id(3)),
        person: PersonId(id(102)),
        companion: false,
        ride_there: false,
        ride_home: false,
        waits: false,
    });

    let taken =
        settled(evening(5).into_iter().chain([signed_up(2, true), offered(2), offered(2)]), [], []);
    let grabbed = settled(evening(5).into_iter().chain([signed_up(2, false), takes]), [], []);
    let twice = settled(evening(5).into_iter().chain([signed_up(2, false), again]), [], []);

    assert_only(&taken, PLACES, "not Waits before");
    assert_only(&grabbed, PLACES, "not Offered before");
    assert_only(&twice, PLACES, "comes twice");
}

fn made(n: u64, template: &str) -> OfNotices {
    let facts = Notice {
        to: Some(PersonId(id(102))),
        template: template.parse().unwrap(),
        about: SignupId(id(2)).to_string(),
        urgency: Urgency::Normal,
        what: None,
        span: None,
        at: noon(),
        due: noon(),
        until: None,
        more: BTreeMap::new(),
        level: 0,
    };
    OfNotices::Made { notice: NoticeId(id(n)), facts: Box::new(facts) }
}

fn on_desk(n: u64) -> OfNotices {
    let notices = vec![NoticeId(id(n))];
    OfNotices::OnDesk { notices, why: Setback::NoAddress, at: noon() }
}

fn attempted(message: u64, notice: u64) -> OfNotices {
    OfNotices::Attempted {
        message: MessageId(id(message)),
        to: PersonId(id(102)),
        notices: vec![NoticeId(id(notice))],
        channel: Channel::Email,
        attempt: 1,
        at: noon(),
        until: noon(),
    }
}

fn sent(message: u64) -> OfNotices {
    let (message, outcome) = (MessageId(id(message)), Outcome::Sent { bucket: None });
    OfNotices::Tried { message, outcome, at: noon(), again: None }
}

fn moved() -> OfActivities {
    let (people, notice) = (vec![PersonId(id(102))], Cause::Moved { from: span(1_440, 1_500) });
    step(What::Told { people, notice })
}

#[test]
fn each_cause_has_one_notice() {
    let causes = || evening(5).into_iter().chain([signed_up(2, false), moved()]);
    let first = || [made(7, "invited"), on_desk(7)];
    let second = || [made(8, "activity-moved"), on_desk(8)];
    let third = [made(9, "activity-moved"), on_desk(9)];

    let once = settled(causes(), [], first().into_iter().chain(second()));
    let twice = settled(causes(), [], first().into_iter().chain(second()).chain(third));
    let never = settled(causes(), [], first());
    let erased = OfActivities::Heard { fact: Fact::Erased(PersonId(id(102))) };
    let gone = settled(causes().chain([erased]), [], first());

    assert_eq!(found(&once, TOLD), Vec::<&str>::new());
    assert_only(&twice, TOLD, "told activity-moved 2 times for 1");
    assert_only(&never, TOLD, "told activity-moved 0 times for 1");
    assert_eq!(found(&gone, TOLD), Vec::<&str>::new());
}

#[test]
fn a_notice_that_is_made_twice_or_sent_twice_is_found() {
    let made_twice = settled([], [], [made(7, "other"), made(7, "other"), on_desk(7)]);
    let once = || [made(7, "other"), attempted(1, 7), sent(1)];
    let again = settled([], [], once().into_iter().chain([attempted(1, 7), sent(1)]));
    let other = settled([], [], once().into_iter().chain([attempted(2, 7), sent(2)]));

    assert_only(&made_twice, TOLD, "is made twice");
    assert_only(&again, TOLD, "is sent again");
    assert_only(&other, TOLD, "and was sent before");
    assert_eq!(found(&settled([], [], once()), TOLD), Vec::<&str>::new());
}

#[test]
fn what_is_told_though_it_holds_no_more_is_found() {
    let notices = vec![NoticeId(id(7))];
    let over = OfNotices::Withdrawn { notices, why: Withdrawal::Over };

    let held = settled([], [], [made(7, "other"), over, attempted(1, 7), sent(1)]);
    let unknown = settled([], [], [attempted(1, 8), sent(1)]);

    assert_only(&held, TOLD, "is sent, and holds no more");
    assert_only(&unknown, TOLD, "is sent, and was never made");
}

#[test]
fn whoever_was_to_be_told_and_was_not_is_found() {
    let later = |outcome| OfNotices::Tried {
        message: MessageId(id(1)),
        outcome,
        at: noon(),
        again: None::<Timestamp>,
    };
    // Time goes on.
    let on = || (20..25).flat_map(|n| [made(n, "other"), on_desk(n)]);

    let waiting = settled([], [], [made(7, "other")].into_iter().chain(on()));
    let trying = [made(7, "other"), attempted(1, 7), later(Outcome::Never(Setback::Away))];
    let trying = settled([], [], trying.into_iter().chain(on()));

    assert_only(&waiting, TOLD, "was due, and nobody was told");
    assert_only(&trying, TOLD, "was due, and nobody was told");
}
