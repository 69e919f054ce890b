//! Matching: who is asked, who comes, who does not.

use dugnad_calendar::Interval;
use dugnad_events::{
    NeedId, OfferId,
    matching::{Alarm, Ending, Event, Party, Withdrawal as Why},
    notices::{Fact, Matter, What, Whose, Withdrawal},
};

use super::{Steps, Telling, of};

pub(super) fn hear(steps: &mut Steps<'_>, event: &Event) {
    match event {
        Event::NeedPosted { need, facts, .. } => {
            let first = |slot: &dugnad_events::matching::Slot| slot.windows.first().copied();
            let times = facts.slots.iter().filter_map(first).collect();
            steps.fact(Fact::Need { need: *need, kind: facts.kind.clone(), times });
        }
        Event::NeedClosed { need, .. } | Event::NeedOver { need, .. } => {
            steps.void(need, Withdrawal::Over);
            steps.fact(Fact::NeedOver { need: *need });
        }
        Event::Offered { offer, need, slot, to, expires, .. } => {
            let whose = match to {
                Party::Person(person) => Whose::Person(*person),
                Party::Organisation(organisation) => Whose::Organisation(*organisation),
            };
            let offered = matter(steps, *need, *slot, whose);
            let until = Some(*expires);
            steps.tell(whose, Telling { until, ..of(offer, &offered, "offer") });
            steps.matter(offer, offered);
        }
        Event::Declined { offer, .. } | Event::Expired { offer } => {
            steps.over(offer);
        }
        Event::OffersWithdrawn { offers, why } => {
            for offer in offers {
                withdrawn(steps, *offer, why);
            }
        }
        Event::Waiting { offer, .. } => {
            if let Some(waits) = steps.over(offer) {
                steps.tell(waits.whose, of(offer, &waits, "waiting"));
            }
        }
        Event::Assigned { assignment, need, slot, person, offer, .. } => {
            if let Some(offer) = offer {
                steps.over(offer);
            }
            let whose = Whose::Person(*person);
            let comes = Matter { remind: true, ..matter(steps, *need, *slot, whose) };
            steps.tell(whose, of(assignment, &comes, "assigned"));
            steps.matter(assignment, comes);
        }
        Event::Unassigned { assignments, why } => {
            for assignment in assignments {
                let Some(lost) = steps.over(assignment) else { continue };
                let own = matches!(why, Ending::Cancelled { by, .. }
                    if lost.whose == Whose::Person(dugnad_vault::PersonId(*by)));
                let template = if own { "given-back" } else { "unassigned" };
                steps.tell(lost.whose, of(assignment, &lost, template));
            }
        }
        Event::Alarmed { needs, why, .. } => {
            for need in needs {
                alarmed(steps, *need, why);
            }
        }
        Event::AnswerRefused { about, person, reason, .. } => {
            let whose = Whose::Person(*person);
            let more = [("reason".to_owned(), reason.clone())].into();
            let telling = Telling { template: "answer-refused", more, ..Telling::about(about) };
            steps.tell(whose, telling);
        }
        _ => {}
    }
}

/// A place at one of a need's times.
fn matter(steps: &Steps<'_>, need: NeedId, slot: u32, whose: Whose) -> Matter {
    let need = steps.state.needs.get(&need);
    let (own, remind, at) = (false, false, steps.cx.now);
    let what = need.map(|it| What::Kind(it.kind.clone()));
    let span: Option<Interval> = need.and_then(|it| it.times.get(slot as usize)).copied();
    Matter { whose, what, span, own, remind, at }
}

fn withdrawn(steps: &mut Steps<'_>, offer: OfferId, why: &Why) {
    let Some(asked) = steps.over(offer) else { return };
    let template = match why {
        Why::Filled => "offer-filled",
        // They know: they took something else.
        Why::Busy => return,
        Why::Closed | Why::Retracted | Why::Rule(_) => "offer-withdrawn",
    };
    steps.tell(asked.whose, of(offer, &asked, template));
}

fn alarmed(steps: &mut Steps<'_>, need: NeedId, why: &Alarm) {
    let known = steps.state.needs.get(&need);
    let reason = match why {
        Alarm::LateCancellation => "LATE_CANCELLATION",
        Alarm::Broken(rule) => rule,
    };
    let telling = Telling {
        template: "need-alarm",
        what: known.map(|it| What::Kind(it.kind.clone())),
        span: known.and_then(|it| it.times.first()).copied(),
        more: [("reason".to_owned(), reason.to_owned())].into(),
        ..Telling::about(need)
    };
    steps.alarm(telling);
}
