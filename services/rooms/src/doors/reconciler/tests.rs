use dugnad_calendar::Interval;
use dugnad_events::{CodeId, DoorId, rooms::Said};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Act, Heard, Pace, Reconciler};
use crate::model::door::{CodeWork, Step, Want};

const SET: Want = Want::Set { unsent: false };

/// One code in slot 5 of one lock, and seconds that go by.
struct Run {
    reconciler: Reconciler,
    now: Timestamp,
    suspended: bool,
}

impl Run {
    fn with(want: Want, reads_first: bool) -> Self {
        let mut reconciler = Reconciler::new(Pace::of(SignedDuration::from_secs(60)), 1);
        reconciler.locks([(door(), reads_first)].into_iter());
        let now = "2026-12-01T12:00:00Z".parse().unwrap();
        let mut run = Self { reconciler, now, suspended: false };
        run.want(want);
        run
    }

    fn want(&mut self, want: Want) {
        let end = self.now + SignedDuration::from_hours(9);
        let window = Interval::new("2026-12-01T12:00:00Z".parse().unwrap(), end).unwrap();
        let (code, door, suspended) = (code(), door(), self.suspended);
        let work = CodeWork { code, door, slot: 5, want, window, digits: None, suspended };
        self.reconciler.want(self.now, vec![work]);
    }

    fn after(&mut self, seconds: i64) -> Vec<&'static str> {
        self.now += SignedDuration::from_secs(seconds);
        words(self.reconciler.due(self.now))
    }

    fn says(&mut self, said: Said) -> Vec<&'static str> {
        let heard = vec![Heard::Slot { slot: 5, said, known: vec![1] }];
        words(self.reconciler.hear(self.now, door(), heard))
    }
}

fn door() -> DoorId {
    DoorId(Uuid::from_u128(1))
}

fn code() -> CodeId {
    CodeId(Uuid::from_u128(2))
}

fn words(acts: Vec<Act>) -> Vec<&'static str> {
    let word = |act: Act| match act {
        Act::Set { .. } => "set",
        Act::Clear { .. } => "clear",
        Act::Read { .. } => "read",
        Act::Step { step: Step::Setting, .. } => "setting",
        Act::Step { step: Step::Confirmed, .. } => "confirmed",
        Act::Step { step: Step::Gone, .. } => "gone",
        Act::Step { step: Step::Suspended(_), .. } => "suspended",
        Act::Step { .. } => "?",
        Act::Unasked { .. } => "unasked",
    };
    acts.into_iter().map(word).collect()
}

#[test]
fn a_code_is_recorded_before_it_is_sent_and_believed_only_when_asked_about() {
    let mut run = Run::with(Want::Set { unsent: true }, false);

    assert_eq!(run.after(0), ["setting"]);
    run.want(SET);
    assert_eq!(run.after(0), ["set"]);
    assert_eq!(run.says(Said::Holds), [""; 0], "its own echo");
    assert_eq!(run.after(60), ["read"]);
    assert_eq!(run.says(Said::Holds), ["confirmed"]);
}

#[test]
fn a_code_that_goes_right_after_it_was_sent_is_gone_only_when_no_copy_can_be_under_way() {
    let mut run = Run::with(Want::Set { unsent: true }, false);
    run.after(0);
    run.want(SET);
    assert_eq!(run.after(0), ["set"]);
    run.want(Want::Gone);

    assert_eq!(run.after(1), ["clear"]);
    assert_eq!(run.says(Said::Empty), [""; 0]);
    assert_eq!(run.after(60), ["read"]);
    assert_eq!(
        run.says(Said::Empty),
        [""; 0],
        "heard a settle after it was sent, and not yet aged"
    );
    assert_eq!(run.after(60), ["read"]);
    assert_eq!(run.says(Said::Empty), ["gone"]);
}

#[test]
fn what_cannot_be_read_is_not_gone() {
    let mut run = Run::with(Want::Gone, false);
    assert_eq!(run.after(0), ["clear"]);
    for said in [Said::Unreadable, Said::Disabled, Said::Holds] {
        assert_eq!(run.after(60), ["read"], "{said:?}");
        let told = run.says(said);
        assert!(told.is_empty() || told == ["suspended"], "{said:?}: {told:?}");
        assert_eq!(run.after(2_000), ["clear"], "{said:?}");
    }
}

#[test]
fn after_three_tries_somebody_is_told_once_and_it_goes_on_seldom_until_the_lock_is_heard() {
    let mut run = Run::with(SET, false);
    let mut acts = Vec::new();
    for _ in 0..1_000 {
        let some = run.after(1);
        if some.contains(&"suspended") {
            run.suspended = true;
            run.want(SET);
        }
        acts.extend(some);
    }

    assert_eq!(acts.iter().filter(|act| **act == "suspended").count(), 1, "{acts:?}");
    assert!(acts.iter().filter(|act| **act == "set").count() <= 4, "{acts:?}");
    run.reconciler.hear(run.now, door(), Vec::new());
    assert_eq!(run.after(0), ["set"], "it is there again");
}

#[test]
fn after_a_restart_a_lock_is_asked_before_it_is_told() {
    let mut run = Run::with(SET, false);
    assert_eq!(run.after(59), [""; 0]);

    assert_eq!(run.after(1), ["read"]);
    assert_eq!(run.says(Said::Holds), ["confirmed"]);
}

#[test]
fn a_lock_that_names_codes_itself_is_read_before_it_is_told() {
    let mut run = Run::with(Want::Set { unsent: true }, true);
    run.after(0);
    run.want(SET);

    assert_eq!(run.after(0), ["read"]);
    assert_eq!(run.says(Said::Empty), ["set"]);
    assert_eq!(run.after(60), ["read"]);
    assert_eq!(run.says(Said::Holds), ["confirmed"]);
}

#[test]
fn what_a_lock_says_unasked_of_a_slot_at_rest_is_told_once() {
    let mut run = Run::with(SET, false);
    run.reconciler.want(run.now, Vec::new());

    assert_eq!(run.says(Said::Holds), ["unasked"]);
    assert_eq!(run.says(Said::Holds), [""; 0]);
    assert_eq!(run.says(Said::Empty), ["unasked"]);
}
