//! That nothing stays half arranged.

use dugnad_calendar::Interval;
use dugnad_events::{
    AssignmentId, Code, NeedId, OccurrenceId, RoomId, ShiftId,
    activities::{Event as OfActivities, Origin, VenueWant, VenueWish, WantId, What},
    matching::{Closing, Event as OfMatching, Need, Slot, Want},
    rooms::{Event as OfRooms, ShiftEvent, ShiftFacts},
};
use dugnad_vault::PersonId;

use super::{Told, id, noon, sealed, span};
use crate::{Audit, Report};

const EVENING: OccurrenceId = OccurrenceId(uuid::Uuid::nil());

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

fn step(what: What) -> OfActivities {
    let origin = Origin::Clock;
    OfActivities::Occurrence { occurrence: EVENING, origin, at: noon(), what }
}

fn when() -> Interval {
    span(1_000, 1_060)
}

fn need_facts() -> Need {
    Need {
        kind: code("host"),
        receiver: None,
        heads: 1,
        place: None,
        slots: vec![Slot { windows: vec![when()] }],
        want: Want::default(),
        about: String::new(),
    }
}

fn wants() -> [OfActivities; 2] {
    let venue = VenueWant {
        want: WantId(id(1)),
        about: EVENING,
        by: id(9),
        span: when(),
        wish: VenueWish::default(),
        not: Vec::new(),
        instead_of: Vec::new(),
        details: sealed(),
    };
    let need = Box::new(need_facts());
    let helpers = What::HelpersWanted { want: WantId(id(2)), need, by: id(9), instead_of: None };
    [step(What::VenueWanted(Box::new(venue))), step(helpers)]
}

fn heard() -> [OfActivities; 2] {
    let (booking, room, span) = (WantId(id(1)).booking(), RoomId(id(5)), when());
    let need = WantId(id(2)).need();
    [step(What::VenueHeld { booking, room, span }), step(What::HelpersPosted { need })]
}

fn booked() -> OfRooms {
    OfRooms::Booked {
        booking: WantId(id(1)).booking(),
        room: RoomId(id(5)),
        span: when(),
        by: id(9),
        details: None,
        series: None,
        terms: None,
        charge: None,
    }
}

fn posted(need: NeedId) -> OfMatching {
    OfMatching::NeedPosted { need, by: id(9), at: noon(), facts: need_facts(), text: None }
}

/// What each service said, once nothing is under way.
fn settled(
    activities: Vec<OfActivities>,
    rooms: Vec<OfRooms>,
    matching: Vec<OfMatching>,
) -> Report {
    let mut audit = Audit::default();
    audit.settled();
    let mut told = Told::going_on(audit, "activities");
    told.says(activities);
    let mut told = Told::going_on(told.audit, "matching");
    told.says(matching);
    let mut told = Told::going_on(told.audit, "rooms");
    told.says(rooms);
    told.ends()
}

fn left(report: &Report) -> Vec<&str> {
    let verdict = report.verdicts.iter().find(|verdict| verdict.number.is_none()).unwrap();
    verdict.findings.iter().map(|finding| finding.what.as_str()).collect()
}

fn all() -> Vec<OfActivities> {
    wants().into_iter().chain(heard()).collect()
}

#[test]
fn an_evening_that_was_answered_and_heard_so_is_arranged() {
    let report = settled(all(), vec![booked()], vec![posted(WantId(id(2)).need())]);

    assert_eq!(left(&report), Vec::<&str>::new());
}

#[test]
fn a_wish_without_an_answer_is_found() {
    let report = settled(all(), Vec::new(), Vec::new());

    let left = left(&report);
    assert_eq!(left.len(), 2);
    assert!(left[0].ends_with("no answer of rooms") && left[1].ends_with("no answer of matching"));
}

#[test]
fn an_answer_that_was_not_heard_is_found() {
    let report = settled(wants().to_vec(), vec![booked()], vec![posted(WantId(id(2)).need())]);

    assert_eq!(left(&report).len(), 2);
}

#[test]
fn what_was_given_back_and_is_still_there_is_found() {
    let bookings = vec![WantId(id(1)).booking()];
    let need = WantId(id(2)).need();
    let back = [What::VenueReleased { bookings }, What::HelpersReleased { need }].map(step);
    let activities: Vec<_> = all().into_iter().chain(back).collect();
    let closed = OfMatching::NeedClosed { need, why: Closing::Asked { reason: code("off") } };

    let report = settled(activities.clone(), vec![booked()], vec![posted(need)]);
    let after = settled(activities, Vec::new(), vec![posted(need), closed]);

    assert_eq!(left(&report).len(), 2);
    // Nothing was booked: only the answer is missing.
    assert_eq!(left(&after).len(), 1);
}

#[test]
fn a_shift_that_nobody_is_asked_for_or_nobody_heard_of_is_found() {
    let shift = ShiftId(id(6));
    let facts = ShiftFacts { kind: code("host"), heads: 1, span: when() };
    let (facility, day) = (dugnad_events::FacilityId(id(7)), "2026-12-01".parse().unwrap());
    let planned = || {
        OfRooms::Shift(ShiftEvent::Planned {
            shift,
            facility,
            day,
            facts: facts.clone(),
            at: noon(),
        })
    };
    let need = shift.need(1);
    let assigned = OfMatching::Assigned {
        assignment: AssignmentId(id(8)),
        need,
        slot: 0,
        person: PersonId(id(3)),
        by: id(3),
        at: noon(),
        offer: None,
        plan: None,
    };

    let nobody = settled(Vec::new(), vec![planned()], Vec::new());
    let unheard = settled(Vec::new(), vec![planned()], vec![posted(need), assigned]);

    assert!(left(&nobody)[0].ends_with("nobody is asked for it"));
    assert!(left(&unheard)[0].ends_with("nobody heard of it"));
}

#[test]
fn while_something_is_under_way_nothing_is_missed() {
    let mut told = Told::of("activities");
    told.says(wants());

    assert_eq!(told.ends().found(), 0);
}
