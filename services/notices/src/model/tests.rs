//! The rule book on its own: whatever happens in whatever order, nobody is told of what is over,
//! and whoever is concerned by a change has been told of it or is on the desk's list.

mod elsewhere;

use std::collections::BTreeMap;

use dugnad_calendar::Interval;
use dugnad_events::{
    AssignmentId, BookingId, MessageId, NeedId, NoticeId, OfferId, RoomId,
    matching::{self, Ending, Party, Withdrawal as Why},
    notices::{
        Answer, CallOutcome, Event, Outcome, Preference, Setback, Urgency, Via, Withdrawal as Late,
    },
    rooms::{self, Cause},
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Caller, Context, Model as _};
use dugnad_vault::PersonId;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::{Command, Notices, Stage, State};
use crate::react::Foreign;

/// What people go by: of each it must hold as it was said, or they hear so.
const RELIED_ON: [&str; 15] = [
    "assigned",
    "booked",
    "moved",
    "shift-moved",
    "door-code",
    "place-offered",
    "ride-promised",
    "ride-changed",
    "ride-late",
    "ride-longer",
    "signed-up",
    "invited",
    "waiting",
    "activity-moved",
    "activity-venue",
];
/// That something is otherwise than was said.
const CHANGES: [&str; 13] = [
    "moved",
    "unassigned",
    "denied",
    "offer-withdrawn",
    "shift-moved",
    "door-changed",
    "manual-opening",
    "ride-late",
    "ride-off",
    "ride-cancelled",
    "activity-moved",
    "activity-venue",
    "activity-cancelled",
];
const PEOPLE: u128 = 3;
const THINGS: u128 = 4;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    Offered { thing: u128, person: u128, hours: i64 },
    OfferGone(u128),
    Assigned { thing: u128, person: u128 },
    Unassigned(u128),
    Booked { thing: u128, person: u128, hours: i64 },
    Moved { thing: u128, hours: i64 },
    Cancelled(u128),
    Answered { nth: usize, answer: Answer },
    Elsewhere(elsewhere::Step),
    Send { outcome: u8 },
    Report { nth: usize, arrived: bool },
    Later(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let (thing, person, hours) = (0..THINGS, 0..PEOPLE, 1..72_i64);
    let answers =
        prop::sample::select(vec![Answer::Yes, Answer::No, Answer::Later, Answer::Cancel]);
    prop_oneof![
        3 => (thing.clone(), person.clone(), hours.clone())
            .prop_map(|(thing, person, hours)| Step::Offered { thing, person, hours }),
        2 => thing.clone().prop_map(Step::OfferGone),
        2 => (thing.clone(), person.clone())
            .prop_map(|(thing, person)| Step::Assigned { thing, person }),
        2 => thing.clone().prop_map(Step::Unassigned),
        3 => (thing.clone(), person, hours.clone())
            .prop_map(|(thing, person, hours)| Step::Booked { thing, person, hours }),
        3 => (thing.clone(), hours).prop_map(|(thing, hours)| Step::Moved { thing, hours }),
        3 => thing.prop_map(Step::Cancelled),
        2 => (0..8_usize, answers).prop_map(|(nth, answer)| Step::Answered { nth, answer }),
        15 => elsewhere::step().prop_map(Step::Elsewhere),
        8 => (0..6_u8).prop_map(|outcome| Step::Send { outcome }),
        3 => (0..8_usize, any::<bool>()).prop_map(|(nth, arrived)| Step::Report { nth, arrived }),
        5 => (0..400_i64).prop_map(Step::Later),
    ]
}

/// The rules at work, with every event there was.
struct Town {
    state: State,
    now: Timestamp,
    asked: u128,
    events: Vec<Event>,
    /// How often each thing was made anew: its name is never used again.
    rounds: BTreeMap<(&'static str, u128), u128>,
    live: BTreeMap<(&'static str, u128), u128>,
}

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(1000 + n))
}

impl Town {
    fn new() -> Self {
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        let (state, events) = (State::default(), Vec::new());
        let mut town =
            Self { state, now, asked: 0, events, rounds: BTreeMap::new(), live: BTreeMap::new() };
        let people = (0..PEOPLE).map(|n| (person(n), Some(Preference::default())));
        town.does(Command::Learn(people.collect())).unwrap();
        town
    }

    fn does(&mut self, command: Command) -> Result<Vec<Event>, super::Refusal> {
        self.asked += 1;
        let caller = Caller { tenant: Tenant::new("drammen").unwrap(), id: Uuid::nil() };
        let cx = Context { now: self.now, caller, request: Uuid::from_u128(self.asked) };
        let events = Notices::decide(&self.state, &cx, command)?;
        for event in &events {
            if let Event::Attempted { notices, .. } = event {
                self.holds(notices);
            }
            Notices::evolve(&mut self.state, event);
            self.events.push(event.clone());
        }
        Ok(events)
    }

    /// Nothing is tried that is over, and something is in what is tried.
    fn holds(&self, notices: &[NoticeId]) {
        assert!(!notices.is_empty(), "an empty message");
        for id in notices {
            let kept = &self.state.notices[id];
            assert!(!kept.over, "{kept:?} is over");
            let template = kept.facts.template.as_str();
            let asserts =
                RELIED_ON.contains(&template) || ["offer", "reminder"].contains(&template);
            let held = self.state.matters.get(&kept.facts.about);
            // What lies behind is kept no more; that it changed is told all the same.
            let behind = kept.facts.span.is_some_and(|span| span.end() <= self.now);
            assert!(!asserts || behind || held.is_some(), "{kept:?} tells of what is not");
            if asserts && let (Some(span), Some(held)) = (kept.facts.span, held) {
                assert_eq!(Some(span), held.matter.span, "{kept:?} tells another time");
            }
        }
    }

    fn hears(&mut self, event: Foreign) {
        self.does(Command::Hear(Box::new(event))).unwrap();
    }

    fn span(&self, hours: i64) -> Interval {
        let start = self.now + SignedDuration::from_hours(hours);
        Interval::new(start, start + SignedDuration::from_hours(2)).unwrap()
    }

    /// A new one of the kind in this place; `None` while there is one.
    fn begin(&mut self, kind: &'static str, thing: u128) -> Option<Uuid> {
        if self.live.contains_key(&(kind, thing)) {
            return None;
        }
        let round = self.rounds.entry((kind, thing)).or_default();
        *round += 1;
        let id = thing + *round * THINGS;
        self.live.insert((kind, thing), id);
        Some(Uuid::from_u128(id))
    }

    fn live(&self, kind: &'static str, thing: u128) -> Option<Uuid> {
        self.live.get(&(kind, thing)).copied().map(Uuid::from_u128)
    }

    fn end(&mut self, kind: &'static str, thing: u128) -> Option<Uuid> {
        self.live.remove(&(kind, thing)).map(Uuid::from_u128)
    }

    fn need(&mut self, id: Uuid, hours: i64) -> NeedId {
        let need = NeedId(id);
        let slots = vec![matching::Slot { windows: vec![self.span(hours)] }];
        let facts = matching::Need {
            kind: "visit".parse().unwrap(),
            receiver: None,
            heads: 1,
            place: None,
            slots,
            want: matching::Want::default(),
            about: String::new(),
        };
        let (by, at, text) = (Uuid::nil(), self.now, None);
        self.hears(Foreign::Matching(matching::Event::NeedPosted { need, by, at, facts, text }));
        need
    }

    /// Whatever happens: whoever went by something that holds no more hears something new in the
    /// same step.
    fn step(&mut self, step: &Step) {
        let relied_on = self.relied_on();
        self.happens(step);
        for (id, to, heard) in relied_on {
            let Some(kept) = self.state.notices.get(&id).filter(|it| it.over) else { continue };
            // That its time has come is no change.
            if matches!(kept.stage, Stage::Withdrawn(Late::TooLate | Late::Unreachable)) {
                continue;
            }
            let hears = self.state.of.get(&to).map_or(0, Vec::len);
            assert!(hears > heard, "{step:?} left {to} to go by {kept:?}");
        }
    }

    /// What may have reached somebody and is not over: which, whom, and how much they have heard.
    fn relied_on(&self) -> Vec<(NoticeId, PersonId, usize)> {
        let all = self.state.notices.iter().filter_map(|(id, kept)| {
            let to = kept.facts.to?;
            let reached =
                matches!(kept.stage, Stage::Sending | Stage::Sent | Stage::Delivered | Stage::Told);
            let relied = RELIED_ON.contains(&kept.facts.template.as_str());
            let heard = self.state.of.get(&to).map_or(0, Vec::len);
            (reached && relied && !kept.over).then_some((*id, to, heard))
        });
        all.collect()
    }

    fn happens(&mut self, step: &Step) {
        match *step {
            Step::Elsewhere(ref step) => self.elsewhere(step),
            Step::Offered { thing, person: who, hours } => self.offered(thing, who, hours),
            Step::OfferGone(thing) => {
                let Some(id) = self.end("offer", thing) else { return };
                let (offers, why) = (vec![OfferId(id)], Why::Closed);
                self.hears(Foreign::Matching(matching::Event::OffersWithdrawn { offers, why }));
            }
            Step::Assigned { thing, person: who } => {
                let Some(id) = self.begin("assignment", thing) else { return };
                let need = self.need(id, 30);
                let assigned = matching::Event::Assigned {
                    assignment: AssignmentId(id),
                    need,
                    slot: 0,
                    person: person(who),
                    by: Uuid::nil(),
                    at: self.now,
                    offer: None,
                    plan: None,
                };
                self.hears(Foreign::Matching(assigned));
            }
            Step::Unassigned(thing) => {
                let Some(id) = self.end("assignment", thing) else { return };
                let (assignments, why) = (vec![AssignmentId(id)], Ending::Closed);
                self.hears(Foreign::Matching(matching::Event::Unassigned { assignments, why }));
            }
            Step::Booked { thing, person: who, hours } => {
                let Some(id) = self.begin("booking", thing) else { return };
                let booked = rooms::Event::Booked {
                    booking: BookingId(id),
                    room: RoomId(Uuid::nil()),
                    span: self.span(hours),
                    by: person(who).0,
                    details: None,
                    series: None,
                    terms: None,
                    charge: None,
                };
                self.hears(Foreign::Rooms(booked));
            }
            Step::Moved { thing, hours } => {
                let Some(id) = self.live("booking", thing) else { return };
                let (booking, span) = (BookingId(id), self.span(hours));
                let (from, room) = (RoomId(Uuid::nil()), RoomId(Uuid::nil()));
                let (revision, terms, charge) = (2, None, None);
                let moved =
                    rooms::Event::Moved { booking, from, room, span, revision, terms, charge };
                self.hears(Foreign::Rooms(moved));
            }
            Step::Cancelled(thing) => {
                let Some(id) = self.end("booking", thing) else { return };
                let (booking, reason) = (BookingId(id), String::new());
                let (cause, charge) = (Cause::Denied, None);
                let gone = rooms::Event::Cancelled { booking, reason, cause, charge };
                self.hears(Foreign::Rooms(gone));
            }
            Step::Answered { nth, answer } => {
                let mut ids: Vec<_> = self.state.notices.keys().copied().collect();
                ids.sort_unstable();
                let Some(notice) = ids.get(nth).copied() else { return };
                let via = Via::Link;
                // Whether it is taken or refused is for the rules to say.
                let _ = self.does(Command::Answer { notice, person: None, answer, via });
            }
            Step::Send { outcome } => self.send(outcome),
            Step::Report { nth, arrived } => {
                let mut ids: Vec<_> = self.state.messages.keys().copied().collect();
                ids.sort_unstable();
                let Some(message) = ids.get(nth).copied() else { return };
                self.does(Command::Report { message, arrived }).unwrap();
            }
            Step::Later(minutes) => self.later(minutes),
        }
    }

    fn offered(&mut self, thing: u128, who: u128, hours: i64) {
        let Some(id) = self.begin("offer", thing) else { return };
        let need = self.need(id, hours);
        let offered = matching::Event::Offered {
            offer: OfferId(id),
            need,
            slot: 0,
            to: Party::Person(person(who)),
            waited: false,
            at: self.now,
            expires: self.now + SignedDuration::from_hours(24),
        };
        self.hears(Foreign::Matching(offered));
    }

    fn send(&mut self, outcome: u8) {
        let claimed = self.does(Command::Claim { most: 32 }).unwrap();
        let messages = claimed.iter().filter_map(|event| match event {
            Event::Attempted { message, .. } => Some(*message),
            _ => None,
        });
        let messages: Vec<MessageId> = messages.collect();
        let outcome = match outcome {
            0 => return,
            1 => Outcome::Later(Setback::Away),
            2 => Outcome::Never(Setback::NoAddress),
            _ => Outcome::Sent { bucket: None },
        };
        let results = messages.into_iter().map(|id| (id, outcome)).collect();
        self.does(Command::Record(results)).unwrap();
    }

    fn later(&mut self, minutes: i64) {
        let end = self.now + SignedDuration::from_mins(minutes);
        while let Some(due) = Notices::deadline(&self.state).filter(|due| *due <= end) {
            self.now = self.now.max(due);
            let events = self.does(Command::Tick).unwrap();
            assert!(!events.is_empty(), "the clock was asked for and had nothing");
        }
        self.now = end;
    }
}

/// How many of what was told of, and then changed, are neither told of that nor on the desk's
/// list.
fn untold(town: &Town) -> Vec<String> {
    let changes = town.state.notices.values().filter(|kept| {
        CHANGES.contains(&kept.facts.template.as_str())
            && kept.facts.urgency <= Urgency::Normal
            && !kept.over
    });
    let heard = |stage: Stage| {
        matches!(stage, Stage::Sent | Stage::Delivered | Stage::Told | Stage::Desk(_))
    };
    changes.filter(|it| !heard(it.stage)).map(|it| format!("{it:?}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_told_of_what_is_over_and_every_change_is_told_or_on_the_desks_list(
        steps in prop::collection::vec(step(), 1..60)
    ) {
        let mut town = Town::new();
        for step in &steps {
            town.step(step);
        }
        // Everything that waits has had its time.
        for _ in 0..150 {
            town.later(60);
            town.send(3);
        }

        prop_assert_eq!(untold(&town), Vec::<String>::new());
        let waits = town.state.notices.values().filter(|it| it.stage == Stage::Queued);
        prop_assert_eq!(waits.count(), 0);
        let mut again = State::default();
        for event in &town.events {
            Notices::evolve(&mut again, event);
        }
        prop_assert_eq!(format!("{again:?}").len(), format!("{:?}", town.state).len());
        prop_assert_eq!(again.notices, town.state.notices);
        prop_assert_eq!(again.agenda, town.state.agenda);
        prop_assert_eq!(again.queue, town.state.queue);
    }
}

#[test]
fn what_lies_long_behind_is_kept_no_more() {
    let mut town = Town::new();
    let steps = [
        Step::Offered { thing: 0, person: 0, hours: 40 },
        Step::Booked { thing: 0, person: 1, hours: 30 },
        Step::Assigned { thing: 1, person: 2 },
        Step::Elsewhere(elsewhere::Step::Code(0)),
        Step::Elsewhere(elsewhere::Step::Promised { thing: 0, person: 0, hours: 20 }),
        Step::Elsewhere(elsewhere::Step::Planned { thing: 0, hours: 20 }),
        Step::Elsewhere(elsewhere::Step::SignedUp { thing: 0, person: 1, own: true, waits: false }),
        Step::Elsewhere(elsewhere::Step::Shift { thing: 0, hours: 20 }),
        Step::Elsewhere(elsewhere::Step::Unhosted(0)),
    ];
    for step in &steps {
        town.step(step);
        town.step(&Step::Later(5));
        town.send(3);
    }
    assert!(!town.state.notices.is_empty() && !town.state.matters.is_empty());

    for _ in 0..(super::KEEP_DAYS + 10) {
        town.later(24 * 60);
        town.send(3);
        // Somebody sees to what is on the list.
        for (_, _, notice) in town.state.list_desk(None, 100) {
            let outcome = CallOutcome::Dealt;
            town.does(Command::Called { notice, outcome, answer: None }).unwrap();
        }
    }

    let state = &town.state;
    assert_eq!((state.notices.len(), state.messages.len(), state.matters.len()), (0, 0, 0));
    let known = &state.known;
    assert!(known.shifts.is_empty() && known.codes.is_empty() && known.occurrences.is_empty());
    assert!(
        state.parts.is_empty()
            && state.of.is_empty()
            && state.about.is_empty()
            && state.agenda.is_empty()
    );
    assert!(state.queue.is_empty() && state.again.is_empty() && state.closed.is_empty());
}

#[test]
fn nobody_is_reminded_of_what_began_while_the_service_was_down() {
    let mut town = Town::new();
    town.step(&Step::Booked { thing: 0, person: 0, hours: 30 });
    town.later(10);
    town.send(3);

    town.now += SignedDuration::from_hours(31);
    town.does(Command::Tick).unwrap();
    town.send(3);

    let reminders: Vec<_> =
        town.state.notices.values().filter(|it| it.facts.is_reminder()).collect();
    assert_eq!(reminders.len(), 2);
    assert!(reminders.iter().all(|it| it.stage == Stage::Withdrawn(Late::TooLate)));
    assert!(Notices::deadline(&town.state).is_none_or(|it| it > town.now), "and that is that");
}
