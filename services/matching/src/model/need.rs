//! Needs: posted, asked for, filled, closed, over.

use std::collections::{BTreeMap, BTreeSet};

use dugnad_events::{
    AssignmentId, Code, NeedId, OfferId,
    matching::{Alarm, Closing, Ending, Event, Need as Facts, Party, Withdrawal},
};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Refusal, State, offer};

/// The most needs that are not over at once.
pub const MOST_NEEDS: usize = 100_000;
/// The most that one need wants at a time.
pub const MOST_HEADS: u32 = 200;
/// The most times of one need.
pub const MOST_SLOTS: usize = 60;
/// The most windows of one lasting pairing.
pub const MOST_WINDOWS: usize = 120;
/// How far ahead a need may end.
pub const FURTHEST_AHEAD_DAYS: i64 = 366;

/// A need for help and what became of it so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// What for, when, where, and whom it takes.
    pub facts: Facts,
    /// Who wrote it.
    pub by: Uuid,
    /// When.
    pub at: Timestamp,
    /// In words; `None`: nothing, or whoever it is about was erased.
    pub text: Option<Sealed<String>>,
    /// By time, as in the facts.
    pub slots: Vec<Slot>,
    /// Whether people are asked until it is filled.
    pub asking: bool,
    /// When it is looked at next for whom to ask.
    pub ask_at: Option<Timestamp>,
    /// Why it is no more.
    pub closed: Option<Closing>,
    /// Whether its last time has passed.
    pub over: bool,
    /// Every offer of it.
    pub offers: BTreeSet<OfferId>,
    /// Every assignment to it, as they came.
    pub came: Vec<AssignmentId>,
    /// Who said no, in one way or another: they are not asked for it again.
    pub silenced: BTreeSet<PersonId>,
}

/// One time of a need.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slot {
    /// Who comes.
    pub taken: BTreeMap<AssignmentId, PersonId>,
    /// Who waits for a place, first come first.
    pub waiting: Vec<(OfferId, PersonId)>,
    /// Offers that are open.
    pub open: BTreeSet<OfferId>,
}

impl Need {
    /// Whether it can still be filled.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.closed.is_none() && !self.over
    }

    /// When a time of it begins.
    #[must_use]
    pub fn start(&self, slot: usize) -> Option<Timestamp> {
        Some(self.facts.slots.get(slot)?.windows.first()?.start())
    }

    /// When its first time begins.
    #[must_use]
    pub fn first_start(&self) -> Timestamp {
        let starts = (0..self.slots.len()).filter_map(|slot| self.start(slot));
        starts.min().unwrap_or(Timestamp::MAX)
    }

    /// When its last time ends.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        let windows = self.facts.slots.iter().flat_map(|slot| &slot.windows);
        windows.map(dugnad_calendar::Interval::end).max().unwrap_or(Timestamp::MIN)
    }

    /// Places of a time that nobody has taken.
    #[must_use]
    pub fn missing(&self, slot: usize) -> usize {
        let taken = self.slots.get(slot).map_or(0, |slot| slot.taken.len());
        (self.facts.heads as usize).saturating_sub(taken)
    }

    /// Who comes to a time.
    pub fn who(&self, slot: usize) -> impl Iterator<Item = PersonId> {
        self.slots.get(slot).into_iter().flat_map(|slot| slot.taken.values().copied())
    }

    /// Drops all that leads to a person.
    pub(super) fn forget(&mut self, person: PersonId) {
        self.facts.receiver = self.facts.receiver.filter(|it| *it != person);
        if self.by == person.0 {
            self.by = Uuid::nil();
        }
        self.text = self.text.take().filter(|text| text.person() != person);
        self.silenced.remove(&person);
        for slot in &mut self.slots {
            slot.waiting.retain(|(_, waits)| *waits != person);
            slot.taken.retain(|_, comes| *comes != person);
        }
    }

    /// Whether no place is free at any time.
    #[must_use]
    pub fn is_filled(&self) -> bool {
        (0..self.slots.len()).all(|slot| self.missing(slot) == 0)
    }

    /// Places taken, over all its times.
    #[must_use]
    pub fn filled(&self) -> usize {
        self.slots.iter().map(|slot| slot.taken.len()).sum()
    }
}

pub(super) fn post(
    state: &State,
    cx: &Context,
    facts: Facts,
    text: Option<Sealed<String>>,
    speaks: Option<PersonId>,
) -> Result<Vec<Event>, Refusal> {
    if let Some(receiver) = facts.receiver {
        state.not_erased(receiver)?;
    }
    if let Some(text) = &text {
        state.not_erased(text.person())?;
    }
    if let Some(receiver) = speaks {
        state.may_ask_for(cx, receiver)?;
    }
    in_time(cx.now, &facts)?;
    if state.live_needs() >= MOST_NEEDS {
        return Err(Refusal::TooMany { what: "needs", limit: MOST_NEEDS });
    }
    let need = NeedId(cx.id(0));
    let automatic = state.policy(&facts.kind).automatic;
    let posted = Event::NeedPosted { need, by: cx.caller.id, at: cx.now, facts, text };
    let asking = automatic.then_some(Event::AskingStarted { need });
    Ok(std::iter::once(posted).chain(asking).collect())
}

/// Every time is to come, and none too far ahead.
fn in_time(now: Timestamp, facts: &Facts) -> Result<(), Refusal> {
    let invalid = |problem: String| Refusal::Invalid { field: "need.times", problem };
    let windows = || facts.slots.iter().flat_map(|slot| &slot.windows);
    if facts.slots.is_empty() || facts.slots.iter().any(|slot| slot.windows.is_empty()) {
        return Err(invalid("there is no time in it".to_owned()));
    }
    if let Some(past) = windows().find(|window| window.start() <= now) {
        return Err(Refusal::Past { start: past.start() });
    }
    let furthest = super::time::after(now, (FURTHEST_AHEAD_DAYS * 24 * 60) as u32);
    if windows().any(|window| window.end() > furthest) {
        return Err(invalid(format!("must be over by {furthest}")));
    }
    Ok(())
}

pub(super) fn close(
    state: &State,
    cx: &Context,
    id: NeedId,
    reason: Code,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let need = state.need(id)?;
    if !office && !state.is_theirs(cx, need) {
        return Err(Refusal::NotYours(id.to_string()));
    }
    if !need.is_live() {
        return Ok(Vec::new());
    }
    Ok(closed(id, need, Closing::Asked { reason }))
}

/// Nobody is asked, and nobody comes.
pub(super) fn closed(id: NeedId, need: &Need, why: Closing) -> Vec<Event> {
    let mut events = Vec::new();
    let open = need.slots.iter().flat_map(|slot| slot.open.iter().copied());
    offer::withdraw(open.collect(), Withdrawal::Closed, &mut events);
    let taken: Vec<_> = need.slots.iter().flat_map(|slot| slot.taken.keys().copied()).collect();
    if !taken.is_empty() {
        events.push(Event::Unassigned { assignments: taken, why: Ending::Closed });
    }
    events.push(Event::NeedClosed { need: id, why });
    events
}

pub(super) fn set_asking(state: &State, id: NeedId, asking: bool) -> Result<Vec<Event>, Refusal> {
    let need = state.need(id)?;
    if !need.is_live() {
        return Err(Refusal::NeedClosed(id));
    }
    Ok(match (need.asking, asking) {
        (false, true) => vec![Event::AskingStarted { need: id }],
        (true, false) => vec![Event::AskingStopped { need: id }],
        _ => Vec::new(),
    })
}

/// What has become of a need whose last time has passed.
pub(super) fn over(id: NeedId, need: &Need) -> Event {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let wanted = need.facts.heads as usize * need.slots.len();
    Event::NeedOver { need: id, filled: count(need.filled()), wanted: count(wanted) }
}

/// The alarm that a need lost somebody.
pub(super) fn alarm(state: &State, now: Timestamp, needs: Vec<NeedId>, why: Alarm) -> Event {
    let windows = needs
        .iter()
        .filter_map(|need| state.needs.get(need))
        .flat_map(|need| need.facts.slots.iter().flat_map(|slot| &slot.windows));
    let first = windows.map(|window| window.start()).filter(|start| *start > now).min();
    Event::Alarmed { needs, why, at: now, day: first.map(super::time::day) }
}

impl State {
    /// Whether the caller wrote the need, receives the help, or speaks for who does.
    pub(super) fn is_theirs(&self, cx: &Context, need: &Need) -> bool {
        let receiver = need.facts.receiver;
        need.by == cx.caller.id || receiver.is_some_and(|it| self.may_ask_for(cx, it).is_ok())
    }

    /// How many offers of a need were answered how, for "9 no, 15 not answered".
    #[must_use]
    pub fn tally(&self, need: &Need) -> Tally {
        let mut tally = Tally::default();
        for offer in need.offers.iter().filter_map(|id| self.offers.get(id)) {
            tally.asked += 1;
            match &offer.state {
                offer::Answer::Open => tally.open += 1,
                offer::Answer::Accepted => tally.yes += 1,
                offer::Answer::Declined(_) => tally.no += 1,
                offer::Answer::Expired => tally.unanswered += 1,
                offer::Answer::Withdrawn(_) => tally.withdrawn += 1,
                offer::Answer::Waiting(_) => tally.yes += 1,
            }
            if matches!(offer.to, Party::Organisation(_)) {
                tally.organisations += 1;
            }
        }
        tally.waiting = need.slots.iter().map(|slot| slot.waiting.len() as u32).sum();
        tally
    }
}

/// How the offers of a need were answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Offers made.
    pub asked: u32,
    /// Of these, to organisations.
    pub organisations: u32,
    /// Said yes, whether or not there was a place.
    pub yes: u32,
    /// Said no.
    pub no: u32,
    /// Let the time to answer pass.
    pub unanswered: u32,
    /// Can still answer.
    pub open: u32,
    /// Were told that it is filled, closed, or not for them any more.
    pub withdrawn: u32,
    /// Wait for a place.
    pub waiting: u32,
}
