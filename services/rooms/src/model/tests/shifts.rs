//! Evening shifts: what bookings call for, who comes, what follows when nobody does.

use dugnad_events::{
    AssignmentId, ShiftId,
    rooms::{HostDeadline, LogKind, ShiftEvent, ShiftHours, ShiftRules, Staffing, Unhosted},
};

use super::{letting::code, *};
use crate::model::{Shift, ShiftCommand, ShiftRefusal};

fn rules() -> ShiftRules {
    ShiftRules {
        before_minutes: 15,
        after_minutes: 30,
        longest_minutes: 300,
        merge_minutes: 60,
        horizon_days: 60,
        staffing: vec![Staffing { kind: code("host"), heads: 1, required: true }],
        hours: Vec::new(),
        purposes: Vec::new(),
        deadline: Some(HostDeadline { hours: 24, then: Unhosted::Release }),
    }
}

fn set(rules: ShiftRules) -> Command {
    let facility = FacilityId(id("school"));
    Command::Shift(ShiftCommand::SetRules { facility, rules: Box::new(rules) })
}

fn town(rules: ShiftRules) -> Town {
    let mut town = hall_and([]);
    town.when(set(rules)).unwrap();
    town
}

fn assignment(word: &str) -> AssignmentId {
    AssignmentId(id(word))
}

impl Town {
    /// Lets everything come that is due.
    fn settle(&mut self) {
        while Rooms::deadline(&self.state).is_some_and(|due| due <= self.now) {
            self.tick();
        }
    }

    /// The live shifts of a day as `from/to`, after all that is due.
    fn shifts(&mut self, day: &str) -> Vec<Shift> {
        self.settle();
        let day = day.parse().unwrap();
        let found = self.state.shifts(FacilityId(id("school")), day..=day, None, 100).items;
        found.into_iter().filter(|shift| !shift.dropped).collect()
    }

    fn comes(&mut self, shift: &Shift, who: &str) {
        let need = shift.id.need(shift.revision);
        let (assignment, person) = (assignment(who), person(who));
        let found = ShiftCommand::Found { need, assignment, person };
        self.when(Command::Shift(found)).unwrap();
    }

    fn shift(&self, id: ShiftId) -> Shift {
        self.state.shift(id).unwrap()
    }
}

fn times(shifts: &[Shift]) -> Vec<String> {
    let local = |at: Timestamp| oslo().to_datetime(at).strftime("%H:%M").to_string();
    let of = |shift: &Shift| {
        format!("{}-{}", local(shift.facts.span.start()), local(shift.facts.span.end()))
    };
    shifts.iter().map(of).collect()
}

const DAY: &str = "2026-12-01";

#[test]
fn bookings_near_each_other_make_one_shift_with_its_margins() {
    let mut town = town(rules());
    town.when(book("hall", "2026-12-01T18:00/20:00")).unwrap();
    town.when(book("kitchen", "2026-12-01T20:30/22:00")).unwrap();
    town.when(book("kitchen", "2026-12-01T09:00/10:00")).unwrap();

    assert_eq!(times(&town.shifts(DAY)), ["08:45-10:30", "17:45-22:30"]);
}

#[test]
fn a_shift_that_is_too_long_is_split_evenly() {
    let mut town = town(ShiftRules { longest_minutes: 240, ..rules() });
    town.when(book("hall", "2026-12-01T10:00/19:00")).unwrap();

    assert_eq!(times(&town.shifts(DAY)), ["09:45-13:00", "13:00-16:15", "16:15-19:30"]);
}

#[test]
fn only_bookings_within_the_hours_and_for_the_purposes_call_for_a_shift() {
    let evenings = ShiftHours { weekdays: 0b000_0010, from: 16 * 60, to: 1440 };
    let mut town = town(ShiftRules { hours: vec![evenings], ..rules() });
    for when in ["2026-12-01T18:00/20:00", "2026-12-01T12:00/13:00", "2026-12-02T18:00/20:00"] {
        town.when(book("hall", when)).unwrap();
    }
    assert_eq!(times(&town.shifts(DAY)), ["17:45-20:30"]);
    assert!(town.shifts("2026-12-02").is_empty(), "a Wednesday");

    town.when(set(ShiftRules { purposes: vec![code("party")], ..rules() })).unwrap();
    assert!(town.shifts(DAY).is_empty(), "nobody said that it is a party");
}

#[test]
fn a_shift_that_goes_on_keeps_its_id_and_who_comes() {
    let mut town = town(rules());
    let made = town.when(book("hall", "2026-12-01T18:00/20:00")).unwrap();
    let Event::Booked { booking, .. } = made[0] else { panic!("{made:?}") };
    let before = town.shifts(DAY).remove(0);
    town.comes(&before, "ola");

    let target = Some(span("2026-12-01T18:00/21:00"));
    let (room, seen, as_staff) = (None, None, true);
    town.when(Command::Move { booking, room, span: target, seen, as_staff }).unwrap();
    let after = town.shifts(DAY);

    assert_eq!(times(&after), ["17:45-21:30"]);
    assert_eq!((after[0].id, after[0].revision), (before.id, 2));
    assert!(after[0].is_hosted_by(person("ola")));
    assert_ne!(before.id.need(1), before.id.need(2), "each revision has a need of its own");
}

#[test]
fn only_the_building_and_day_of_a_change_are_derived_anew() {
    let mut town = town(rules());
    for when in ["2026-12-01T18:00/20:00", "2026-12-02T18:00/20:00"] {
        town.when(book("hall", when)).unwrap();
        town.settle();
    }
    town.when(book("kitchen", "2026-12-02T18:00/19:00")).unwrap();

    let derived = town.tick();

    let day = "2026-12-02".parse().unwrap();
    let only = ShiftEvent::Derived { facility: FacilityId(id("school")), day };
    assert_eq!(derived, [Event::Shift(only)], "and nothing of it had to change");
}

#[test]
fn the_last_booking_given_back_drops_its_shift() {
    let mut town = town(ShiftRules { deadline: None, ..rules() });
    let made = town.when(book("hall", "2026-12-01T18:00/20:00")).unwrap();
    let Event::Booked { booking, .. } = made[0] else { panic!("{made:?}") };
    let shift = town.shifts(DAY).remove(0).id;

    town.when(Command::Cancel { booking, reason: String::new(), seen: None }).unwrap();

    assert!(town.shifts(DAY).is_empty());
    assert!(town.shift(shift).dropped);
    assert_eq!(Rooms::deadline(&town.state), None);
}

#[test]
fn a_hold_and_a_request_call_for_nobody() {
    let mut town = town(rules());
    let (room, span) = (room_name("hall"), span("2026-12-01T18:00/20:00"));
    town.when(Command::Hold { room, span }).unwrap();

    assert!(town.shifts(DAY).is_empty());
}

#[test]
fn what_lies_beyond_the_horizon_is_planned_when_it_comes_near() {
    let mut town = town(ShiftRules { horizon_days: 7, ..rules() });
    town.when(book("hall", "2026-12-01T18:00/20:00")).unwrap();
    assert!(town.shifts(DAY).is_empty());

    let mut town = town.at("2026-11-24T00:00");

    assert_eq!(times(&town.shifts(DAY)), ["17:45-20:30"]);
}

/// The evening of 1 December with nobody, one minute after its deadline.
fn unhosted(then: Unhosted) -> (Town, BookingId, Vec<Event>) {
    let deadline = Some(HostDeadline { hours: 24, then });
    let mut town = town(ShiftRules { deadline, ..rules() });
    let made = town.when(book("hall", "2026-12-01T18:00/20:00")).unwrap();
    let Event::Booked { booking, .. } = made[0] else { panic!("{made:?}") };
    town.settle();
    let mut town = town.at("2026-11-30T17:45");
    let events = town.tick();
    (town, booking, events)
}

#[test]
fn a_deadline_without_a_host_alarms_and_releases_the_bookings() {
    let (mut town, booking, events) = unhosted(Unhosted::Release);

    let [Event::Shift(ShiftEvent::Unhosted { bookings, hosts: 0, .. }), ended] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(*bookings, [booking]);
    assert!(matches!(ended, Event::Cancelled { cause: Cause::Unhosted, .. }), "{ended:?}");
    assert!(town.shifts(DAY).is_empty());
}

#[test]
fn where_the_rule_only_warns_or_somebody_opens_by_hand_the_bookings_stand() {
    for then in [Unhosted::Warn, Unhosted::ManualOpening] {
        let (mut town, booking, events) = unhosted(then);

        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(town.standing(booking), Standing::Confirmed);
        assert_eq!(town.shifts(DAY)[0].unhosted, Some(then));
        assert_eq!(Rooms::deadline(&town.state), None, "it alarms once");
    }
}

#[test]
fn who_comes_in_time_lets_nothing_alarm_and_who_leaves_late_has_two_hours_to_be_replaced() {
    let mut town = town(rules());
    town.when(book("hall", "2026-12-01T18:00/20:00")).unwrap();
    let shift = town.shifts(DAY).remove(0);
    town.comes(&shift, "ola");
    assert_eq!(Rooms::deadline(&town.state), None);

    let mut town = town.at("2026-12-01T10:00");
    let lost = ShiftCommand::Lost { assignments: vec![assignment("ola"), assignment("other")] };
    town.when(Command::Shift(lost)).unwrap();

    assert_eq!(Rooms::deadline(&town.state), Some(at("2026-12-01T12:00")));
    assert!(!town.shift(shift.id).is_filled());
}

#[test]
fn one_of_two_is_a_warning_and_not_the_consequence() {
    let two = vec![Staffing { kind: code("host"), heads: 2, required: true }];
    let mut town = town(ShiftRules { staffing: two, ..rules() });
    let made = town.when(book("hall", "2026-12-01T18:00/20:00")).unwrap();
    let Event::Booked { booking, .. } = made[0] else { panic!("{made:?}") };
    let shift = town.shifts(DAY).remove(0);
    town.comes(&shift, "ola");

    let mut town = town.at("2026-11-30T17:45");
    town.tick();

    assert_eq!(town.shift(shift.id).unhosted, Some(Unhosted::Warn));
    assert_eq!(town.standing(booking), Standing::Confirmed);
}

#[test]
fn what_matching_says_of_other_needs_is_none_of_ours() {
    let mut town = town(rules());
    let need = dugnad_events::NeedId(id("a visit"));
    let (assignment, person) = (assignment("ola"), person("ola"));
    let found = ShiftCommand::Found { need, assignment, person };

    assert_eq!(town.when(Command::Shift(found)), Ok(Vec::new()));
    let lost = ShiftCommand::Lost { assignments: vec![assignment] };
    assert_eq!(town.when(Command::Shift(lost)), Ok(Vec::new()));
}

/// An evening that ola and kari host.
fn evening() -> (Town, ShiftId) {
    let two = vec![Staffing { kind: code("host"), heads: 2, required: true }];
    let mut town = town(ShiftRules { staffing: two, ..rules() });
    town.when(book("hall", "2026-12-01T18:00/20:00")).unwrap();
    let shift = town.shifts(DAY).remove(0);
    town.comes(&shift, "ola");
    town.comes(&shift, "kari");
    (town.at("2026-12-01T17:50"), shift.id)
}

fn no_show(shift: ShiftId, who: &str) -> Command {
    let assignment = assignment(who);
    Command::Shift(ShiftCommand::NoShow { shift, assignment, office: false })
}

#[test]
fn a_shift_is_handed_over_to_who_hosts_too_and_is_theirs_once_they_take_it() {
    let (mut town, shift) = evening();
    let hand_over = |to: &str| {
        let to = person(to);
        Command::Shift(ShiftCommand::HandOver { shift, to, text: None })
    };
    let take_over = Command::Shift(ShiftCommand::TakeOver { shift });
    let refused = |refusal| Err(Refusal::Shift(refusal));

    assert_eq!(town.when(hand_over("kari")), refused(ShiftRefusal::NotAHost(shift)));
    town.me = id("ola");
    let person_ada = ShiftRefusal::NotAmongHosts { person: person("ada") };
    assert_eq!(town.when(hand_over("ada")), refused(person_ada));
    town.when(hand_over("kari")).unwrap();
    assert_eq!(town.when(take_over.clone()), refused(ShiftRefusal::NotHandedOver(shift)));
    town.me = id("kari");
    town.when(take_over).unwrap();

    assert_eq!(town.shift(shift).in_charge, Some(person("kari")));
    assert_eq!(town.shift(shift).log.len(), 1);
}

#[test]
fn who_did_not_come_is_said_after_the_start_and_alarms_when_nobody_is_left() {
    let (mut town, shift) = evening();
    town.me = id("ola");
    town.when(no_show(shift, "kari")).unwrap();
    let missing = town.when(no_show(shift, "ada"));
    assert_refused!(missing, Refusal::NotFound(_));

    let last = ShiftCommand::NoShow { shift, assignment: assignment("ola"), office: true };
    let events = town.when(Command::Shift(last)).unwrap();

    let alarm = |event: &Event| matches!(event, Event::Shift(ShiftEvent::Unhosted { .. }));
    assert!(events.iter().any(alarm), "{events:?}");
    let (mut town, shift) = evening();
    town = town.at("2026-12-01T12:00");
    town.me = id("ola");
    assert_refused!(
        town.when(no_show(shift, "kari")),
        Refusal::Shift(ShiftRefusal::NotBegun { .. })
    );
}

#[test]
fn an_erased_person_hosts_nothing_and_what_was_written_about_them_is_gone() {
    let (mut town, shift) = evening();
    town.me = id("ola");
    let text = serde_json::json!({ "person": id("kari"), "sealed": b"cannot be read" });
    let text = serde_json::from_value(text).unwrap();
    let (kind, about) = (LogKind::Deviation, Some(person("kari")));
    let log = ShiftCommand::Log { shift, kind, about, text, office: false };
    town.when(Command::Shift(log)).unwrap();
    assert_eq!(town.state.shifts_about(person("kari")).len(), 1);

    town.when(Command::ErasePerson { person: person("kari") }).unwrap();

    let after = town.shift(shift);
    assert!(!after.is_hosted_by(person("kari")) && after.log[0].text.is_none());
    assert!(town.state.shifts_about(person("kari")).is_empty());
    let found = ShiftCommand::Found {
        need: shift.need(1),
        assignment: assignment("again"),
        person: person("kari"),
    };
    assert_eq!(town.when(Command::Shift(found)), Ok(Vec::new()), "nor later");
}
