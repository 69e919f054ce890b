//! Cooperation agreements: their terms, the warning before they end, and the end.
//!
//! Each that has not ended has one day on which something becomes due: first the warning, then the
//! end. A clock that jumps over both brings only the end: what has ended needs no warning.

use dugnad_events::{
    AgreementId, Code, OrganisationId,
    volunteers::{Agreement, Event, List},
};
use dugnad_ledger::Context;
use jiff::{Timestamp, ToSpan as _, civil::Date};

use super::{Organisations, Viewer};
use crate::model::{Refusal, State, today};

/// The most agreements of one municipality, ended ones included.
pub const MOST_AGREEMENTS: usize = 20_000;

/// The most agreements with one organisation that have not ended.
const MOST_OF_AN_ORGANISATION: usize = 50;

/// An agreement and what became of it.
#[derive(Debug, PartialEq)]
pub(super) struct Kept {
    /// Of one that ended, `until` is the day it did.
    pub(super) terms: Agreement,
    warned: bool,
    ended: bool,
}

/// How far an agreement has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Its first day has not come.
    Ahead,
    /// In force.
    InForce,
    /// It ends soon, and somebody was told.
    ToRenew,
    /// Over.
    Ended,
}

/// An agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementView {
    /// Its id.
    pub id: AgreementId,
    /// What was agreed; of one that ended, `until` is the day it did.
    pub terms: Agreement,
    /// Today.
    pub phase: Phase,
}

pub(super) fn set(
    state: &State,
    cx: &Context,
    id: Option<AgreementId>,
    terms: Agreement,
) -> Result<Vec<Event>, Refusal> {
    let all = &state.organisations.agreements;
    let organisation = state.organisations.existing(terms.organisation)?;
    if let Some(id) = id {
        let was = living(&state.organisations, id)?;
        if was.terms.organisation != terms.organisation {
            return Err(invalid("organisation", "must stay as it was made"));
        }
        if was.terms == terms {
            return Ok(Vec::new());
        }
    } else if all.len() >= MOST_AGREEMENTS {
        return Err(Refusal::TooMany { what: "agreements", most: MOST_AGREEMENTS });
    } else if organisation.agreements.len() >= MOST_OF_AN_ORGANISATION {
        let what = "agreements with one organisation";
        return Err(Refusal::TooMany { what, most: MOST_OF_AN_ORGANISATION });
    }
    in_order(state, &terms, today(cx.now))?;
    let agreement = id.unwrap_or_else(|| AgreementId(cx.id(0)));
    Ok(vec![Event::AgreementSet { agreement, terms }])
}

fn in_order(state: &State, terms: &Agreement, today: Date) -> Result<(), Refusal> {
    if terms.until < terms.from {
        return Err(invalid("until", "must not come before the first day"));
    }
    if terms.until < today {
        return Err(invalid("until", "must not have passed"));
    }
    let lists = [("kinds", List::Kinds, &terms.kinds), ("areas", List::Areas, &terms.areas)];
    for (field, list, codes) in lists {
        for (i, code) in codes.iter().enumerate() {
            if !state.people.term(list, code) {
                let problem = format!("must be one of the municipality's {field}");
                return Err(invalid(&format!("{field}[{i}]"), &problem));
            }
        }
    }
    Ok(())
}

pub(super) fn end(
    state: &State,
    cx: &Context,
    agreement: AgreementId,
) -> Result<Vec<Event>, Refusal> {
    living(&state.organisations, agreement)?;
    Ok(vec![Event::AgreementEnded { agreement, on: today(cx.now) }])
}

/// What the clock brings about.
pub(super) fn due(organisations: &Organisations, now: Timestamp) -> Vec<Event> {
    let today = today(now);
    let due = organisations.due.iter().take_while(|(day, _)| *day <= today);
    due.filter_map(|(_, agreement)| {
        let until = organisations.agreements.get(agreement)?.terms.until;
        Some(if until < today {
            Event::AgreementEnded { agreement: *agreement, on: until }
        } else {
            Event::RenewalDue { agreement: *agreement }
        })
    })
    .collect()
}

fn living(organisations: &Organisations, id: AgreementId) -> Result<&Kept, Refusal> {
    let kept = organisations.agreements.get(&id);
    let kept = kept.ok_or_else(|| Refusal::NotFound(id.to_string()))?;
    if kept.ended {
        return Err(Refusal::AgreementEnded { agreement: id, on: kept.terms.until });
    }
    Ok(kept)
}

fn invalid(field: &str, problem: &str) -> Refusal {
    Refusal::Invalid { field: format!("agreement.{field}"), problem: problem.to_owned() }
}

impl AgreementView {
    /// One that was just set.
    pub fn new(id: AgreementId, terms: Agreement, today: Date) -> Self {
        Kept { terms, warned: false, ended: false }.view(id, today)
    }
}

impl Kept {
    /// When something becomes due: the warning, not before the first day, then the end.
    fn due(&self) -> Option<Date> {
        if self.ended {
            return None;
        }
        let Agreement { from, until, warn_days, .. } = self.terms;
        Some(if self.warned {
            until.saturating_add(1.day())
        } else {
            until.saturating_sub(i32::from(warn_days).days()).max(from)
        })
    }

    pub(super) fn view(&self, id: AgreementId, today: Date) -> AgreementView {
        let phase = if self.ended {
            Phase::Ended
        } else if today < self.terms.from {
            Phase::Ahead
        } else if self.warned {
            Phase::ToRenew
        } else {
            Phase::InForce
        };
        AgreementView { id, terms: self.terms.clone(), phase }
    }

    fn in_force(&self, today: Date) -> bool {
        !self.ended && self.terms.from <= today && today <= self.terms.until
    }
}

impl Organisations {
    /// One agreement.
    pub fn agreement(&self, id: AgreementId, today: Date) -> Option<AgreementView> {
        self.agreements.get(&id).map(|kept| kept.view(id, today))
    }

    /// Whether somebody may see an agreement.
    pub fn shows_agreement(&self, agreement: &AgreementView, viewer: Viewer) -> bool {
        self.shows_inside(agreement.terms.organisation, viewer)
    }

    /// The organisations with an agreement about needs of this kind, in this area, on this day; by
    /// id. `O(agreements)`.
    pub fn covering(&self, kind: &Code, area: Option<&Code>, day: Date) -> Vec<OrganisationId> {
        let covers = |kept: &&Kept| kept.terms.covers(kind, area, day);
        let mut found: Vec<_> =
            self.agreements.values().filter(covers).map(|kept| kept.terms.organisation).collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|id| self.all.contains_key(id));
        found
    }

    /// Those in force with an organisation.
    pub(super) fn in_force(
        &self,
        id: OrganisationId,
        today: Date,
    ) -> impl Iterator<Item = &Agreement> {
        let ids = self.all.get(&id).into_iter().flat_map(|organisation| &organisation.agreements);
        let kept = ids.filter_map(|id| self.agreements.get(id));
        kept.filter(move |kept| kept.in_force(today)).map(|kept| &kept.terms)
    }

    pub(super) fn agreed(&mut self, id: AgreementId, terms: &Agreement) {
        let was = self.let_go(id);
        // With another last day it is another term, and its end is warned of anew.
        let warned = was.is_some_and(|was| was.warned && was.terms.until == terms.until);
        self.keep(id, Kept { terms: terms.clone(), warned, ended: false });
    }

    pub(super) fn warned(&mut self, id: AgreementId) {
        if let Some(kept) = self.let_go(id) {
            self.keep(id, Kept { warned: true, ..kept });
        }
    }

    pub(super) fn agreement_ended(&mut self, id: AgreementId, on: Date) {
        if let Some(mut kept) = self.let_go(id) {
            kept.terms.until = kept.terms.until.min(on);
            self.keep(id, Kept { ended: true, ..kept });
        }
    }

    fn let_go(&mut self, id: AgreementId) -> Option<Kept> {
        let kept = self.agreements.remove(&id)?;
        if let Some(day) = kept.due() {
            self.due.remove(&(day, id));
        }
        Some(kept)
    }

    fn keep(&mut self, id: AgreementId, kept: Kept) {
        self.due.extend(kept.due().map(|day| (day, id)));
        if let Some(organisation) = self.all.get_mut(&kept.terms.organisation) {
            if kept.ended {
                organisation.agreements.remove(&id);
            } else {
                organisation.agreements.insert(id);
            }
        }
        self.agreements.insert(id, kept);
    }
}
