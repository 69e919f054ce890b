//! Offers: somebody is asked, and says yes, no, or nothing.
//!
//! The one writer decides in order: of two who accept the last place, of an answer and the end of its
//! time, and of one person's two overlapping yeses, whichever it saw first holds, and the other is told.

use dugnad_events::{
    AssignmentId, Code, NeedId, OfferId,
    matching::{Event, Party, Withdrawal},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::Timestamp;

use super::{
    Refusal, State, assignment,
    need::Need,
    rules::{Judge, WhyNot},
};

/// Somebody was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Of which need.
    pub need: NeedId,
    /// Of which of its times.
    pub slot: u32,
    /// Whom.
    pub to: Party,
    /// Whether a place became free for somebody on the waiting list.
    pub waited: bool,
    /// When.
    pub at: Timestamp,
    /// When the answer is no if there was none.
    pub expires: Timestamp,
    /// What became of it.
    pub state: Answer,
}

/// What became of an offer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It can still be answered.
    Open,
    /// Yes.
    Accepted,
    /// Yes, when all places were taken: who waits.
    Waiting(PersonId),
    /// No.
    Declined(Code),
    /// Nothing.
    Expired,
    /// It was taken back.
    Withdrawn(Withdrawal),
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open => "it can be answered",
            Self::Accepted => "it was accepted",
            Self::Waiting(_) => "it was accepted when all places were taken",
            Self::Declined(_) => "it was declined",
            Self::Expired => "its time was over",
            Self::Withdrawn(Withdrawal::Filled) => "all places are taken",
            Self::Withdrawn(_) => "it was taken back",
        })
    }
}

pub(super) fn accept(
    state: &State,
    cx: &Context,
    id: OfferId,
    named: Option<PersonId>,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let offer = state.offer(id)?;
    may_answer(state, cx, id, offer, office)?;
    let person = who_comes(state, offer, named)?;
    state.not_erased(person)?;
    let filled = offer.state == Answer::Withdrawn(Withdrawal::Filled);
    if offer.state != Answer::Open && !filled {
        return Err(not_offered(id, offer));
    }
    if offer.expires <= cx.now {
        return Err(Refusal::Expired { offer: id, at: offer.expires });
    }
    let need = state.live_need(offer.need)?;
    let slot = offer.slot as usize;
    firm(state, cx.now, need, slot, person)?;
    // Places promised to others who waited are not free; one promised to this person is.
    let held = if offer.waited { 0 } else { state.promised(need, slot, Some(id)) };
    if filled || need.missing(slot) <= held {
        return Ok(vec![Event::Waiting { offer: id, person }]);
    }
    let place = assignment::Place { need: offer.need, slot: offer.slot, offer: Some(id) };
    Ok(assignment::taken(state, cx, AssignmentId(cx.id(0)), place, person))
}

pub(super) fn firm(
    state: &State,
    now: Timestamp,
    need: &Need,
    slot: usize,
    person: PersonId,
) -> Result<(), Refusal> {
    if let Some(start) = need.start(slot).filter(|start| *start <= now) {
        return Err(Refusal::Past { start });
    }
    let judge = Judge::new(state, now, &need.facts, slot).beside(need.who(slot));
    let rules = match state.people.get(person) {
        Some(known) => judge.firm(person, known, None),
        None => vec![WhyNot::Unknown],
    };
    if rules.is_empty() { Ok(()) } else { Err(Refusal::RuledOut { person, rules }) }
}

pub(super) fn decline(
    state: &State,
    cx: &Context,
    id: OfferId,
    reason: Code,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let offer = state.offer(id)?;
    may_answer(state, cx, id, offer, office)?;
    match &offer.state {
        Answer::Open if offer.expires <= cx.now => {
            Err(Refusal::Expired { offer: id, at: offer.expires })
        }
        Answer::Open => Ok(vec![Event::Declined { offer: id, reason }]),
        Answer::Waiting(_) => {
            Ok(vec![Event::WaitingEnded { offer: id }, Event::Declined { offer: id, reason }])
        }
        Answer::Declined(_) => Ok(Vec::new()),
        _ => Err(not_offered(id, offer)),
    }
}

pub(super) fn retract(state: &State, id: OfferId) -> Result<Vec<Event>, Refusal> {
    let offer = state.offer(id)?;
    match offer.state {
        Answer::Open => {
            Ok(vec![Event::OffersWithdrawn { offers: vec![id], why: Withdrawal::Retracted }])
        }
        Answer::Withdrawn(_) => Ok(Vec::new()),
        _ => Err(not_offered(id, offer)),
    }
}

fn not_offered(id: OfferId, offer: &Offer) -> Refusal {
    Refusal::NotOffered { offer: id, state: offer.state.to_string() }
}

/// The person asked answers, or who speaks for the organisation asked, or whose office it is.
fn may_answer(
    state: &State,
    cx: &Context,
    id: OfferId,
    offer: &Offer,
    office: bool,
) -> Result<(), Refusal> {
    let caller = PersonId(cx.caller.id);
    let theirs = match offer.to {
        Party::Person(person) => person == caller,
        Party::Organisation(it) => state.speaks_for(it, caller),
    };
    if theirs || office { Ok(()) } else { Err(Refusal::NotYours(id.to_string())) }
}

fn who_comes(state: &State, offer: &Offer, named: Option<PersonId>) -> Result<PersonId, Refusal> {
    let invalid = |problem: &str| Refusal::Invalid { field: "person", problem: problem.to_owned() };
    match (offer.to, named) {
        (Party::Person(person), None) => Ok(person),
        (Party::Person(person), Some(named)) if named == person => Ok(person),
        (Party::Person(_), Some(_)) => Err(invalid("must be who was asked, or empty")),
        (Party::Organisation(_), None) => Err(invalid("must name who comes")),
        (Party::Organisation(organisation), Some(person)) => {
            let member =
                state.people.get(person).is_some_and(|it| it.member_of.contains(&organisation));
            if member { Ok(person) } else { Err(Refusal::NotAMember { person, organisation }) }
        }
    }
}

/// Takes offers back, if there are any.
pub(super) fn withdraw(offers: Vec<OfferId>, why: Withdrawal, events: &mut Vec<Event>) {
    if !offers.is_empty() {
        events.push(Event::OffersWithdrawn { offers, why });
    }
}
