//! Matching: who is asked, who comes, who does not.

use dugnad_calendar::Interval;
use dugnad_events::{
    NeedId, NoticeId, OfferId,
    matching::{Alarm, Ending, Event, Party, Withdrawal as Why},
    notices::{Event as Own, Fact, Matter, What, Whose, Withdrawal},
};
use jiff::Timestamp;

use super::{Steps, Telling, more, of};
use crate::model::{known::Need, outbox::Stage};

pub(super) fn hear(steps: &mut Steps<'_>, event: &Event) {
    match event {
        Event::NeedPosted { need, facts, .. } => {
            let first = |slot: &dugnad_events::matching::Slot| slot.windows.first().copied();
            let times = facts.slots.iter().filter_map(first).collect();
            let (kind, about) = (facts.kind.clone(), facts.about.clone());
            steps.fact(Fact::Need { need: *need, kind, times, about });
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
            instead(steps, &offered);
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
            let told = match instead(steps, &comes) {
                Some(before) => {
                    let more = more("before", before);
                    Telling { more, ..of(assignment, &comes, "shift-moved") }
                }
                None => of(assignment, &comes, "assigned"),
            };
            steps.tell(whose, told);
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
            super::answer_refused(steps, about, *person, reason);
        }
        _ => {}
    }
}

/// A place at one of a need's times.
fn matter(steps: &Steps<'_>, need: NeedId, slot: u32, whose: Whose) -> Matter {
    let need = steps.state.known.needs.get(&need);
    let (own, remind, at, of) = (false, false, steps.cx.now, None);
    let what = need.map(Need::what);
    let span: Option<Interval> = need.and_then(|it| it.times.get(slot as usize)).copied();
    Matter { whose, what, span, own, remind, at, of }
}

/// A shift that changes is a need closed and another posted. Who stays, or is asked anew, is told
/// that in place of a cancellation that has not left yet; when the shift was, if it was theirs.
fn instead(steps: &mut Steps<'_>, now: &Matter) -> Option<Timestamp> {
    let (Some(What::For { .. }), Whose::Person(person)) = (&now.what, now.whose) else {
        return None;
    };
    let mine = steps.state.of.get(&person).into_iter().flatten().copied();
    let left = |id: &NoticeId| {
        let kept = steps.state.notices.get(id).filter(|it| it.stage == Stage::Queued);
        kept.is_some_and(|it| {
            it.facts.what == now.what
                && matches!(it.facts.template.as_str(), "unassigned" | "offer-withdrawn")
        })
    };
    let notices: Vec<_> = mine.filter(left).collect();
    let first = steps.state.notices.get(notices.first()?)?;
    let before = first.facts.span.as_ref().map(Interval::start);
    let had = first.facts.template.as_str() == "unassigned";
    steps.events.push(Own::Withdrawn { notices, why: Withdrawal::Superseded });
    before.filter(|_| had)
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
    let known = steps.state.known.needs.get(&need);
    let reason = match why {
        Alarm::LateCancellation => "LATE_CANCELLATION",
        Alarm::Broken(rule) => rule,
    };
    let telling = Telling {
        template: "need-alarm",
        what: known.map(Need::what),
        span: known.and_then(|it| it.times.first()).copied(),
        more: more("reason", reason),
        ..Telling::about(need)
    };
    steps.alarm(telling);
}
