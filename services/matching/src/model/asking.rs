//! Asking: who is asked next, and what the clock brings.
//!
//! Whoever waits for a place comes first, then organisations with an agreement where the kind says
//! so, one at a time, then people, some at a time, the best first and of equals who was asked least
//! recently. A need that may ask somebody stands in the agenda; the ledger's tick works it off in
//! bounded commits.

use std::collections::BTreeSet;

use dugnad_events::{
    NeedId, OfferId, OrganisationId,
    matching::{Event, Party, Withdrawal},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::Timestamp;

use super::{
    State, need,
    need::Need,
    offer::{Answer, Offer, withdraw},
    rules::{Judge, WhyNot},
    time,
};

/// How many things one tick works off.
const MOST_A_TICK: usize = 64;
/// When to look again for somebody if there was nobody, in minutes.
const AGAIN: u32 = 6 * 60;

/// Something that the clock brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// The time to answer an offer is over.
    Expire(OfferId),
    /// The last time of a need is over.
    Over(NeedId),
    /// Somebody may be asked.
    Ask(NeedId),
}

/// What the clock brings, by time. What is due at once stands before everything else.
pub(super) type Agenda = BTreeSet<(Timestamp, Due)>;

/// Due at once.
pub(super) const NOW: Timestamp = Timestamp::MIN;

/// What is due, at most [`MOST_A_TICK`] of it. What ends comes before what begins, so that nobody is
/// asked on the strength of what is no more.
pub(super) fn due(state: &State, cx: &Context) -> Vec<Event> {
    let due = state.agenda.iter().take_while(|(at, _)| *at <= cx.now);
    let ends = due.clone().filter_map(|(_, due)| match due {
        Due::Expire(offer) => Some(Event::Expired { offer: *offer }),
        Due::Over(id) => state.needs.get(id).map(|need| need::over(*id, need)),
        Due::Ask(_) => None,
    });
    let ends: Vec<_> = ends.take(MOST_A_TICK).collect();
    if !ends.is_empty() {
        return ends;
    }
    let mut round = Round { state, cx, ids: 0, picked: BTreeSet::new(), events: Vec::new() };
    for (_, due) in due {
        if let Due::Ask(id) = due
            && round.events.len() < MOST_A_TICK
        {
            round.ask(*id);
        }
    }
    round.events
}

/// Offers made in one commit: nobody gets two.
struct Round<'a> {
    state: &'a State,
    cx: &'a Context,
    ids: u32,
    picked: BTreeSet<Party>,
    events: Vec<Event>,
}

impl Round<'_> {
    fn ask(&mut self, id: NeedId) {
        let mut short = false;
        if let Some(need) = self.state.needs.get(&id)
            && need.is_live()
        {
            for slot in 0..need.slots.len() {
                if need.start(slot).is_some_and(|start| start > self.cx.now) {
                    short |= self.ask_for(id, need, slot);
                }
            }
        }
        let again = short.then(|| time::after(self.cx.now, AGAIN));
        self.events.push(Event::Asked { need: id, again });
    }

    /// Whether there was nobody left to ask.
    fn ask_for(&mut self, id: NeedId, need: &Need, slot: usize) -> bool {
        let missing = need.missing(slot);
        if missing == 0 {
            return false;
        }
        let judge = Judge::new(self.state, self.cx.now, &need.facts, slot).beside(need.who(slot));
        let open: Vec<&Offer> =
            need.slots[slot].open.iter().filter_map(|id| self.state.offers.get(id)).collect();
        let promised = open.iter().filter(|offer| offer.waited).count();
        let promised =
            promised + self.ask_waiting(id, need, slot, missing - promised.min(missing), &judge);
        if promised >= missing {
            return false;
        }
        if !need.asking {
            return false;
        }
        let policy = self.state.policy(&need.facts.kind);
        if policy.organisations_first {
            let waits = open.iter().any(|offer| matches!(offer.to, Party::Organisation(_)));
            if waits || self.ask_organisation(id, need, slot) {
                return false;
            }
        }
        let at_a_time = (policy.at_a_time as usize).max(missing - promised);
        let asked = open.len() - open.iter().filter(|offer| offer.waited).count();
        let wanted = at_a_time.saturating_sub(asked);
        wanted > 0 && self.ask_people(id, need, slot, wanted, &judge) < wanted
    }

    /// How many of those who wait were promised a place.
    fn ask_waiting(
        &mut self,
        id: NeedId,
        need: &Need,
        slot: usize,
        places: usize,
        judge: &Judge<'_>,
    ) -> usize {
        let mut promised = 0;
        for (offer, person) in &need.slots[slot].waiting {
            if promised == places {
                break;
            }
            let known = self.state.people.get(*person);
            let why_not = known.map_or(vec![WhyNot::Unknown], |it| judge.firm(*person, it, None));
            if let Some(rule) = why_not.first() {
                self.events.push(Event::WaitingEnded { offer: *offer });
                let why = Withdrawal::Rule(rule.reason().to_owned());
                withdraw(vec![*offer], why, &mut self.events);
            } else {
                self.offer(id, need, slot, Party::Person(*person), true);
                promised += 1;
            }
        }
        promised
    }

    /// Asks the organisation that was asked least recently of those whose agreement covers this and
    /// who were not asked yet. False: there is none.
    fn ask_organisation(&mut self, id: NeedId, need: &Need, slot: usize) -> bool {
        let Some(start) = need.start(slot) else { return false };
        let (kind, place) = (&need.facts.kind, need.facts.place.as_ref());
        let area = place.and_then(|place| place.area.as_ref());
        let covering = self.state.agreements.values();
        let covering = covering.filter(|it| it.covers(kind, area, time::day(start)));
        let asked = |organisation: OrganisationId| {
            let offers = need.offers.iter().filter_map(|id| self.state.offers.get(id));
            let mut of_slot = offers.filter(|offer| offer.slot as usize == slot);
            of_slot.any(|offer| offer.to == Party::Organisation(organisation))
        };
        let next = covering
            .map(|it| it.organisation)
            .filter(|it| !asked(*it) && !self.picked.contains(&Party::Organisation(*it)))
            .filter_map(|it| self.state.organisations.get(&it).map(|known| (known, it)))
            .filter(|(known, _)| !known.contacts.is_empty())
            .min_by_key(|(known, it)| (known.last_asked, *it));
        let Some((_, organisation)) = next else { return false };
        self.offer(id, need, slot, Party::Organisation(organisation), false);
        true
    }

    /// How many there were to ask.
    fn ask_people(
        &mut self,
        id: NeedId,
        need: &Need,
        slot: usize,
        wanted: usize,
        judge: &Judge<'_>,
    ) -> usize {
        let skip = |person: PersonId| {
            need.silenced.contains(&person)
                || self.picked.contains(&Party::Person(person))
                || self.state.is_asked_then(person, id, judge.windows())
        };
        let found = self.state.find(&need.facts, judge, wanted, 0, &skip);
        for ranked in &found.ranked {
            self.offer(id, need, slot, Party::Person(ranked.person), false);
        }
        found.ranked.len()
    }

    fn offer(&mut self, id: NeedId, need: &Need, slot: usize, to: Party, waited: bool) {
        let policy = self.state.policy(&need.facts.kind);
        let minutes = if waited { policy.confirm_minutes } else { policy.answer_minutes };
        let start = need.start(slot).unwrap_or(self.cx.now);
        self.picked.insert(to);
        self.events.push(Event::Offered {
            offer: OfferId(self.cx.id(self.ids)),
            need: id,
            slot: u32::try_from(slot).unwrap_or(u32::MAX),
            to,
            waited,
            at: self.cx.now,
            expires: time::after(self.cx.now, minutes).min(start),
        });
        self.ids += 1;
    }
}

impl State {
    /// Whether the person has an open offer of this need, or of anything at these times, or comes to
    /// it.
    pub(crate) fn is_asked_then(
        &self,
        person: PersonId,
        need: NeedId,
        windows: &[dugnad_calendar::Interval],
    ) -> bool {
        let Some(known) = self.people.get(person) else { return false };
        let comes = known.assignments.iter().filter_map(|id| self.assignments.get(id));
        let comes = comes.into_iter().any(|it| it.need == need);
        comes || known.offers.iter().any(|id| self.offer_overlaps(*id, need, u32::MAX, windows))
    }

    /// Whether an offer is of the need, or overlaps these times.
    pub(super) fn offer_overlaps(
        &self,
        id: OfferId,
        need: NeedId,
        slot: u32,
        windows: &[dugnad_calendar::Interval],
    ) -> bool {
        let Some(offer) = self.offers.get(&id).filter(|offer| offer.state == Answer::Open) else {
            return false;
        };
        if offer.need == need && (slot == u32::MAX || offer.slot == slot) {
            return true;
        }
        let Some(other) = self.needs.get(&offer.need) else { return false };
        let others = &other.facts.slots[offer.slot as usize].windows;
        others.iter().any(|span| windows.iter().any(|window| window.overlaps(span)))
    }
}
