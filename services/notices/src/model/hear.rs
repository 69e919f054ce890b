//! What is made of other services' events: facts to keep, people to tell, and what is not to be
//! told any more.
//!
//! Each service has a table of its own below: event → whom, which template, how urgent, about
//! what, until when. Another service is another table.

mod activities;
mod matching;
mod rides;
mod rooms;
mod volunteers;

use std::{collections::BTreeMap, fmt::Display};

use dugnad_calendar::Interval;
use dugnad_events::{
    NoticeId,
    notices::{Event, Fact, Matter, Notice, Setback, Urgency, What, Whose, Withdrawal},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{SignedDuration, Timestamp};

use super::{State, template};
use crate::react::Foreign;

/// What begins so soon is told at once, at any hour.
const IMMINENT: SignedDuration = SignedDuration::from_hours(3);

pub(super) fn hear(state: &State, cx: &Context, event: &Foreign) -> Vec<Event> {
    let mut steps = Steps { state, cx, events: Vec::new() };
    match event {
        Foreign::Matching(event) => matching::hear(&mut steps, event),
        Foreign::Activities(event) => activities::hear(&mut steps, event),
        Foreign::Rides(event) => rides::hear(&mut steps, event),
        Foreign::Rooms(event) => rooms::hear(&mut steps, event),
        Foreign::Volunteers(event) => volunteers::hear(&mut steps, event),
    }
    steps.events
}

/// Something to be told.
pub(super) struct Telling {
    pub(super) template: &'static str,
    pub(super) about: String,
    pub(super) urgency: Urgency,
    pub(super) what: Option<What>,
    pub(super) span: Option<Interval>,
    pub(super) until: Option<Timestamp>,
    /// Not before; `None`: as soon as its urgency says.
    pub(super) due: Option<Timestamp>,
    pub(super) more: BTreeMap<String, String>,
}

impl Telling {
    pub(super) fn about(name: impl Display) -> Self {
        Self {
            template: "",
            about: name.to_string(),
            urgency: Urgency::Normal,
            what: None,
            span: None,
            until: None,
            due: None,
            more: BTreeMap::new(),
        }
    }

    /// The notice; if nobody is known who should hear it, the desk has it at once.
    /// What can wait waits a little for what else comes.
    pub(super) fn to(
        self,
        state: &State,
        to: Option<PersonId>,
        cx: &Context,
        id: NoticeId,
    ) -> Vec<Event> {
        let begins = self.span.as_ref().map(Interval::start);
        let from = self.due.map_or(cx.now, |due| due.max(cx.now));
        let soon = |at: Timestamp| at.duration_since(from) <= IMMINENT;
        let urgency = match self.urgency {
            Urgency::Normal if begins.is_some_and(soon) => Urgency::Urgent,
            urgency => urgency,
        };
        let bundle = SignedDuration::from_mins(i64::from(state.policy.bundle_minutes));
        let due = match urgency {
            Urgency::Alarm | Urgency::Urgent => from,
            Urgency::Normal | Urgency::Info => from.checked_add(bundle).unwrap_or(from),
        };
        let facts = Notice {
            to,
            template: template::code(self.template),
            about: self.about,
            urgency,
            what: self.what,
            span: self.span,
            at: cx.now,
            due,
            until: self.until,
            more: self.more,
            level: 0,
        };
        let made = Event::Made { notice: id, facts: Box::new(facts) };
        let (notices, at) = (vec![id], cx.now);
        let desk = Event::OnDesk { notices, why: Setback::NobodyOnDuty, at };
        std::iter::once(made).chain(to.is_none().then_some(desk)).collect()
    }
}

/// What one event leads to, a step at a time.
struct Steps<'a> {
    state: &'a State,
    cx: &'a Context,
    events: Vec<Event>,
}

impl Steps<'_> {
    fn fact(&mut self, fact: Fact) {
        self.events.push(Event::Heard { fact });
    }

    /// Something holds from now on.
    fn matter(&mut self, name: impl Display, matter: Matter) {
        self.fact(Fact::Matter { name: name.to_string(), matter: Box::new(matter) });
    }

    /// Nothing that was to be told about it is told any more.
    fn void(&mut self, name: impl Display, why: Withdrawal) {
        let notices = self.state.holding(&name.to_string());
        if !notices.is_empty() {
            self.events.push(Event::Withdrawn { notices, why });
        }
    }

    /// The same, of these kinds of notices alone.
    fn void_kinds(&mut self, name: impl Display, templates: &[&str], why: Withdrawal) {
        let of = |id: &NoticeId| {
            let kept = self.state.notices.get(id);
            kept.is_some_and(|it| templates.contains(&it.facts.template.as_str()))
        };
        let notices: Vec<_> =
            self.state.holding(&name.to_string()).into_iter().filter(of).collect();
        if !notices.is_empty() {
            self.events.push(Event::Withdrawn { notices, why });
        }
    }

    /// It holds no more. Whose it was, if they know of it, so that they are to be told.
    fn over(&mut self, name: impl Display) -> Option<Matter> {
        self.void(&name, Withdrawal::Over);
        let name = name.to_string();
        let held = self.state.matters.get(&name)?;
        self.fact(Fact::Over { name });
        held.known.then(|| held.matter.clone())
    }

    fn tell(&mut self, whose: Whose, telling: Telling) {
        let erased = matches!(whose, Whose::Person(it) if self.state.erased.contains(&it));
        if !erased {
            self.tell_person(self.state.spokesperson(whose), telling);
        }
    }

    /// The first on duty; the next if nobody answers.
    fn alarm(&mut self, telling: Telling) {
        self.tell_duty(Telling { urgency: Urgency::Alarm, ..telling });
    }

    /// The first on duty alone.
    fn tell_duty(&mut self, telling: Telling) {
        self.tell_person(self.state.policy.duty.first().copied(), telling);
    }

    fn tell_person(&mut self, to: Option<PersonId>, telling: Telling) {
        let id = NoticeId(self.cx.id(u32::try_from(self.events.len()).unwrap_or(u32::MAX)));
        self.events.extend(telling.to(self.state, to, self.cx, id));
    }
}

/// The telling about a matter as it is, or was.
fn of(name: impl Display, matter: &Matter, template: &'static str) -> Telling {
    let (what, span) = (matter.what.clone(), matter.span);
    Telling { template, what, span, ..Telling::about(name) }
}

/// What is said beside it: a field and its value.
fn more(field: &str, value: impl Display) -> BTreeMap<String, String> {
    [(field.to_owned(), value.to_string())].into()
}

/// What they answered could not be done: they are told why.
fn answer_refused(steps: &mut Steps<'_>, about: &str, person: PersonId, reason: &str) {
    let (template, more) = ("answer-refused", more("reason", reason));
    steps.tell(Whose::Person(person), Telling { template, more, ..Telling::about(about) });
}
