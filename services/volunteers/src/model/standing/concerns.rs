//! Concerns (bekymringsmeldinger): anybody raises one about a person; until somebody takes it, it
//! climbs by the clock, level by level, sooner the more it hurries.
//!
//! Keeps true: only a concern that nobody has taken or closed climbs; a clock that jumps over
//! several deadlines makes it climb once for each.

use std::cmp::Reverse;

use dugnad_events::{
    ConcernId,
    volunteers::{Escalation, Event, Severity},
};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Refusal, Standings, State};

/// The highest level; above it there is nobody.
pub const HIGHEST_LEVEL: u8 = 3;
/// The most concerns that are kept about one person.
pub(super) const MOST_CONCERNS: usize = 1000;
/// The most concerns that climb in one commit; the others climb in the next.
const MOST_AT_ONCE: usize = 1000;

/// A concern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concern {
    /// About whom.
    pub about: PersonId,
    /// Whose.
    pub by: Uuid,
    /// How much it hurries.
    pub severity: Severity,
    /// In words, for coordinators and who raised it.
    pub text: Sealed<String>,
    /// When it was raised.
    pub at: Timestamp,
    /// How often it climbed.
    pub level: u8,
    /// When it climbs next.
    pub climbs_at: Option<Timestamp>,
    /// Who looks after it.
    pub taken: Option<Uuid>,
    /// Who dealt with it.
    pub closed: Option<Uuid>,
}

/// The order of a list: open ones first, those that hurry most among them, the oldest of these.
pub type ConcernKey = (bool, Reverse<Severity>, Timestamp, ConcernId);

impl Concern {
    /// Its place in a list.
    #[must_use]
    pub fn key(&self, id: ConcernId) -> ConcernKey {
        (self.closed.is_some(), Reverse(self.severity), self.at, id)
    }
}

pub(super) fn set_escalation(state: &State, escalation: Escalation) -> Vec<Event> {
    let same = state.standing.escalation == escalation;
    (!same).then_some(Event::EscalationSet { escalation }).into_iter().collect()
}

pub(super) fn raise(
    state: &State,
    cx: &Context,
    about: PersonId,
    severity: Severity,
    text: Sealed<String>,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(about)?;
    if state.standing.person(about)?.concerns.len() >= MOST_CONCERNS {
        return Err(Refusal::TooMany { what: "concerns", most: MOST_CONCERNS });
    }
    Ok(vec![Event::ConcernRaised {
        concern: ConcernId(cx.id(0)),
        about,
        by: cx.caller.id,
        severity,
        text,
        climbs_at: state.standing.next_climb(cx.now, severity),
        at: cx.now,
    }])
}

pub(super) fn take(state: &State, cx: &Context, id: ConcernId) -> Result<Vec<Event>, Refusal> {
    let (concern, by) = (open(state, id)?, cx.caller.id);
    match concern.taken {
        Some(other) if other != by => Err(Refusal::TakenBy { concern: id, by: other }),
        Some(_) => Ok(vec![]),
        None => Ok(vec![Event::ConcernTaken { concern: id, by }]),
    }
}

/// Sends it on: whoever had taken it has it no more.
pub(super) fn escalate(state: &State, cx: &Context, id: ConcernId) -> Result<Vec<Event>, Refusal> {
    let concern = open(state, id)?;
    if concern.level >= HIGHEST_LEVEL {
        return Err(Refusal::Highest { concern: id, level: HIGHEST_LEVEL });
    }
    Ok(vec![state.standing.climbed(id, concern, concern.level + 1, cx.now)])
}

pub(super) fn close(state: &State, cx: &Context, id: ConcernId) -> Result<Vec<Event>, Refusal> {
    let concern = state.standing.concern(id)?;
    if concern.closed.is_some() {
        return Ok(vec![]);
    }
    Ok(vec![Event::ConcernClosed { concern: id, by: cx.caller.id }])
}

fn open(state: &State, id: ConcernId) -> Result<&Concern, Refusal> {
    let concern = state.standing.concern(id)?;
    if concern.closed.is_some() { Err(Refusal::Closed(id)) } else { Ok(concern) }
}

impl Standings {
    fn next_climb(&self, from: Timestamp, severity: Severity) -> Timestamp {
        from.saturating_add(self.escalation.wait(severity)).unwrap_or(Timestamp::MAX)
    }

    fn climbed(&self, id: ConcernId, concern: &Concern, level: u8, at: Timestamp) -> Event {
        let climbs_at = (level < HIGHEST_LEVEL).then(|| self.next_climb(at, concern.severity));
        Event::ConcernClimbed { concern: id, level, climbs_at }
    }

    /// Those that climb by `now`, each as often as it missed.
    pub(super) fn climbing(&self, now: Timestamp) -> Vec<Event> {
        let mut events = Vec::new();
        let due = self.climbs.iter().take_while(|(at, _)| *at <= now);
        for (at, id) in due.take(MOST_AT_ONCE) {
            let Some(concern) = self.concerns.get(id) else { continue };
            let (mut next, mut level) = (Some(*at), concern.level);
            while let Some(at) = next.filter(|at| *at <= now && level < HIGHEST_LEVEL) {
                level += 1;
                let climbed = self.climbed(*id, concern, level, at);
                let Event::ConcernClimbed { climbs_at, .. } = climbed else { break };
                next = climbs_at;
                events.push(climbed);
            }
        }
        events
    }

    pub(super) fn concern_raised(&mut self, id: ConcernId, concern: Concern) {
        let Some(one) = self.people.get_mut(&concern.about) else { return };
        one.concerns.insert(concern.key(id));
        self.climbs.extend(concern.climbs_at.map(|at| (at, id)));
        self.concerns_by_key.insert(concern.key(id));
        self.concerns_by.entry(concern.by).or_default().insert(concern.key(id));
        self.concerns.insert(id, concern);
    }

    pub(super) fn concern_taken(&mut self, id: ConcernId, by: Uuid) {
        let Some(concern) = self.concerns.get_mut(&id) else { return };
        concern.taken = Some(by);
        self.climbs.remove(&(concern.climbs_at.take().unwrap_or_default(), id));
    }

    pub(super) fn concern_climbed(&mut self, id: ConcernId, level: u8, next: Option<Timestamp>) {
        let Some(concern) = self.concerns.get_mut(&id) else { return };
        self.climbs.remove(&(concern.climbs_at.unwrap_or_default(), id));
        self.climbs.extend(next.map(|at| (at, id)));
        (concern.level, concern.climbs_at, concern.taken) = (level, next, None);
    }

    pub(super) fn concern_closed(&mut self, id: ConcernId, by: Uuid) {
        let Some(mut concern) = self.concern_removed(id) else { return };
        concern.climbs_at = None;
        concern.closed = Some(by);
        self.concern_raised(id, concern);
    }

    /// Out of every index.
    pub(super) fn concern_removed(&mut self, id: ConcernId) -> Option<Concern> {
        let concern = self.concerns.remove(&id)?;
        let key = concern.key(id);
        self.climbs.remove(&(concern.climbs_at.unwrap_or_default(), id));
        self.concerns_by_key.remove(&key);
        if let Some(theirs) = self.concerns_by.get_mut(&concern.by) {
            theirs.remove(&key);
            if theirs.is_empty() {
                self.concerns_by.remove(&concern.by);
            }
        }
        if let Some(one) = self.people.get_mut(&concern.about) {
            one.concerns.remove(&key);
        }
        Some(concern)
    }

    /// In the order of [`ConcernKey`]: of whoever raised them, or all. `O(log n + size)`, and those
    /// that are filtered out.
    #[must_use]
    pub fn list_concerns(
        &self,
        raised_by: Option<Uuid>,
        closed: bool,
        after: Option<ConcernKey>,
        size: usize,
    ) -> Vec<(ConcernId, Concern)> {
        let keys = match raised_by.map(|by| self.concerns_by.get(&by)) {
            None => &self.concerns_by_key,
            Some(Some(theirs)) => theirs,
            Some(None) => return Vec::new(),
        };
        super::after(keys, after)
            .filter(|(is_closed, ..)| closed || !is_closed)
            .take(size)
            .filter_map(|(.., id)| Some((*id, self.concerns.get(id)?.clone())))
            .collect()
    }
}
