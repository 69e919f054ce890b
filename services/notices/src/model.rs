//! Notices: who is told what, when, and what they answer.
//!
//! This module is the whole rule book and nothing else. It reads no clock, draws no random number
//! and opens no socket: time and identifiers arrive in the [`Context`]. It knows people by id
//! alone, and never an address, a number or a name.
//!
//! What it keeps true:
//! * every event that somebody must hear of makes one notice each, once: its id comes from where
//!   the event stands;
//! * nothing leaves before its attempt is written down, so that after a crash it is tried again
//!   under the same key, and nothing that is over is tried;
//! * whoever was told of something that changes is told of the change, or stands on the desk's
//!   list.

mod answer;
mod claim;
mod command;
mod desk;
mod evolve;
mod hear;
mod known;
mod outbox;
mod quiet;
mod refusal;
mod remind;
pub mod template;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use dugnad_events::{
    Code, MessageId, NoticeId,
    notices::{Event, Language, Matter, Policy, Preference, Text, Urgency, Whose},
};
use dugnad_journal::Service;
use dugnad_ledger::{Context, ForeignCommit, ForeignEvent, Model, Unreadable};
use dugnad_vault::PersonId;
use jiff::Timestamp;

pub use answer::{Standing, standing};
pub use command::Command;
pub use known::Known;
pub use outbox::{Attempt, Call, Kept, Message, Progress, Stage};
pub use quiet::{local, next_end, zone};
pub use refusal::Refusal;

/// The most that can go into one message.
pub const MOST_IN_A_MESSAGE: usize = 10;
/// The most on the ladder of those on duty.
pub const MOST_ON_DUTY: usize = 5;
/// The most reminders of one thing.
pub const MOST_REMINDERS: usize = 4;
/// Whose notices are due first are asked after first: so many at a time are looked through.
const LOOKED_AT: usize = 1000;
/// How long notices that are over are kept, in days.
pub const KEEP_DAYS: i64 = 90;

/// The rules of the notices service.
pub enum Notices {}

/// What one municipality tells people.
#[derive(Debug, Default)]
pub struct State {
    /// When and how often people are told.
    pub policy: Policy,
    /// The municipality's own words, each with its version.
    pub texts: BTreeMap<(Code, Language), (u32, Text)>,
    /// How people said here that they want to be told.
    pub said: HashMap<PersonId, Preference>,
    /// How the register says that they want to be told, as last opened.
    pub heard: HashMap<PersonId, Preference>,
    /// What people can be told about, by its resource name, as long as it holds.
    pub matters: HashMap<String, Held>,
    /// The matters that are a part of something, by its resource name.
    pub parts: HashMap<String, BTreeSet<String>>,
    /// What things are called, and whom they concern.
    pub known: Known,
    /// Who is gone for good.
    pub erased: HashSet<PersonId>,
    /// Every notice that is kept.
    pub notices: HashMap<NoticeId, Kept>,
    /// Notices by whom they are to, in the order they were made.
    pub of: HashMap<PersonId, Vec<NoticeId>>,
    /// Notices by what they are about, in the order they were made.
    pub about: HashMap<String, Vec<NoticeId>>,
    /// Messages that were tried.
    pub messages: HashMap<MessageId, Message>,
    /// Who got text messages, by a part of their number's digest.
    pub numbers: HashMap<u16, BTreeSet<PersonId>>,
    /// The desk's list: what hurries most first.
    pub desk: BTreeSet<(Urgency, Timestamp, NoticeId)>,
    /// What waits to be sent, by when.
    queue: BTreeSet<(Timestamp, NoticeId)>,
    /// What is to be tried again, by when.
    again: BTreeSet<(Timestamp, MessageId)>,
    /// What the clock brings.
    agenda: BTreeSet<(Timestamp, Due)>,
    /// What is over, by when.
    closed: BTreeSet<(Timestamp, NoticeId)>,
}

/// Something that the clock brings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// A reminder of a matter, so many minutes ahead.
    Remind(String, u32),
    /// An alarm that nobody has answered.
    Climb(NoticeId),
    /// A notice that is of no use any more.
    Late(NoticeId),
    /// A matter that lies behind.
    Past(String),
}

/// A matter, and whether anybody was told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// What is known of it.
    pub matter: Matter,
    /// They know of it: they made it, or a message may have told them.
    pub known: bool,
    /// When they are reminded, and how many minutes ahead that is meant.
    reminders: Vec<(Timestamp, u32)>,
}

impl State {
    /// How somebody wants to be told: what they said here, else what the register says; `None`:
    /// neither is known yet.
    #[must_use]
    pub fn preference(&self, person: PersonId) -> Option<&Preference> {
        self.said.get(&person).or_else(|| self.heard.get(&person))
    }

    /// People to whom something is due and of whom the register was not asked yet how, at most
    /// `most`.
    #[must_use]
    pub fn unheard(&self, now: Timestamp, most: usize) -> Vec<PersonId> {
        let mut found = BTreeSet::new();
        for (_, id) in self.queue.iter().take_while(|(due, _)| *due <= now).take(LOOKED_AT) {
            let person = self.notices.get(id).and_then(|it| it.facts.to);
            found.extend(person.filter(|it| self.preference(*it).is_none()));
            if found.len() == most {
                break;
            }
        }
        found.into_iter().collect()
    }

    /// When there is next something to send.
    #[must_use]
    pub fn next_sending(&self) -> Option<Timestamp> {
        let queued = self.queue.first().map(|(at, _)| *at);
        queued.into_iter().chain(self.again.first().map(|(at, _)| *at)).min()
    }

    /// Who is told of something.
    #[must_use]
    pub fn spokesperson(&self, whose: Whose) -> Option<PersonId> {
        let person = match whose {
            Whose::Person(person) => Some(person),
            Whose::Organisation(it) => {
                self.known.contacts.get(&it).and_then(|it| it.first()).copied()
            }
        };
        person.filter(|it| !self.erased.contains(it))
    }

    fn notice(&self, id: NoticeId) -> Result<&Kept, Refusal> {
        self.notices.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))
    }
}

impl Model for Notices {
    const SERVICE: &'static str = "notices";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Foreign = crate::react::Foreign;

    fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::SetPolicy(policy) => desk::set_policy(state, *policy),
            Command::SetTemplate { template, texts } => template::set(state, template, texts),
            Command::SetPreference { person, preference } => {
                desk::set_preference(state, person, preference)
            }
            Command::Learn(people) => Ok(desk::learn(state, cx.now, people)),
            Command::Hear(event) => Ok(hear::hear(state, cx, &event)),
            Command::Claim { most } => Ok(claim::claim(state, cx, most)),
            Command::Record(results) => Ok(outbox::record(state, cx, results)),
            Command::Report { message, arrived } => outbox::report(state, cx, message, arrived),
            Command::Answer { notice, person, answer, via } => {
                answer::answer(state, cx, notice, person, answer, via)
            }
            Command::Unclear { person, questions } => {
                Ok(answer::unclear(state, cx, person, questions))
            }
            Command::Called { notice, outcome, answer } => {
                desk::called(state, cx, notice, outcome, answer)
            }
            Command::Tick => Ok(remind::due(state, cx)),
        }
    }

    fn evolve(state: &mut State, event: &Event) {
        evolve::evolve(state, event);
    }

    fn deadline(state: &State) -> Option<Timestamp> {
        let keep = jiff::SignedDuration::from_hours(24 * KEEP_DAYS);
        let forget = state.closed.first().and_then(|(at, _)| at.checked_add(keep).ok());
        state.agenda.first().map(|(at, _)| *at).into_iter().chain(forget).min()
    }

    fn tick() -> Option<Command> {
        Some(Command::Tick)
    }

    fn read_foreign(
        service: &Service,
        commit: &ForeignCommit<'_>,
    ) -> Result<Vec<(Timestamp, crate::react::Foreign)>, Unreadable> {
        crate::react::read(service, commit)
    }

    fn react(_state: &State, event: &ForeignEvent<crate::react::Foreign>) -> Vec<Command> {
        vec![Command::Hear(Box::new(event.event.clone()))]
    }
}
