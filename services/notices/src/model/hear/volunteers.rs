//! The register: words, who speaks for whom, who is gone, and what coordinators must look at.

use dugnad_calendar::Interval;
use dugnad_events::{
    notices::{Event as Own, Fact, Matter, Whose, Withdrawal},
    volunteers::{Event, List, Severity},
};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};

use super::{Steps, Telling};
use crate::model::quiet;

pub(super) fn hear(steps: &mut Steps<'_>, event: &Event) {
    match event {
        Event::TermsSet { list: List::Kinds, terms } => {
            let words = terms.iter().map(|it| (it.code.clone(), it.nb.clone(), it.en.clone()));
            steps.fact(Fact::Kinds { words: words.collect() });
        }
        Event::ContactSet { organisation, contact, deputy } => {
            let people = std::iter::once(*contact).chain(*deputy).collect();
            steps.fact(Fact::Contacts { organisation: *organisation, people });
        }
        Event::OrganisationGone { organisation } => {
            steps.fact(Fact::Contacts { organisation: *organisation, people: Vec::new() });
        }
        Event::DetailsChanged { person, .. } if steps.state.heard.contains_key(person) => {
            steps.fact(Fact::Changed { person: *person });
        }
        Event::ConcernRaised { concern, severity, .. } => {
            let telling = Telling { template: "concern", ..Telling::about(concern) };
            if *severity == Severity::Talk {
                steps.tell_duty(telling);
            } else {
                steps.alarm(telling);
            }
        }
        Event::ConcernClimbed { concern, .. } => {
            steps.void(concern, Withdrawal::Superseded);
            steps.alarm(Telling { template: "concern", ..Telling::about(concern) });
        }
        Event::ConcernTaken { concern, .. } | Event::ConcernClosed { concern, .. } => {
            steps.void(concern, Withdrawal::Over);
        }
        Event::FollowUpPlanned { follow_up, due, with, .. } => {
            steps.void(follow_up, Withdrawal::Superseded);
            let span = day(steps, *due);
            let (whose, at) = (Whose::Person(PersonId(*with)), steps.cx.now);
            let (what, own, remind, of) = (None, true, true, None);
            steps.matter(follow_up, Matter { whose, what, span, own, remind, at, of });
        }
        Event::FollowUpHeld { follow_up, .. } => {
            steps.over(follow_up);
        }
        Event::RenewalDue { agreement } => {
            steps.tell_duty(Telling { template: "renewal", ..Telling::about(agreement) });
        }
        Event::PersonErased { person, .. } => erased(steps, *person),
        _ => {}
    }
}

/// Office hours of a local day.
fn day(steps: &Steps<'_>, date: Date) -> Option<Interval> {
    let zone = quiet::zone(&steps.state.policy);
    let at = |hour| -> Option<Timestamp> {
        Some(date.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok()?.timestamp())
    };
    Interval::new(at(9)?, at(16)?).ok()
}

/// Nothing is told them any more, and what is theirs is forgotten.
fn erased(steps: &mut Steps<'_>, person: PersonId) {
    let mine = steps.state.of.get(&person).into_iter().flatten().copied();
    let notices: Vec<_> = mine.filter(|id| !steps.state.is_over(*id)).collect();
    if !notices.is_empty() {
        steps.events.push(Own::Withdrawn { notices, why: Withdrawal::Erased });
    }
    steps.fact(Fact::Erased { person });
}
