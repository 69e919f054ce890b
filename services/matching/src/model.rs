//! Matching: who needs, who is asked, who comes.
//!
//! This module is the whole rule book and nothing else. It reads no clock, draws no random number and
//! opens no socket: time, identifiers and other facts from outside arrive in the [`Context`], and what
//! is known of people arrives as facts that the register told.
//!
//! Invariant 4: by the facts that were heard, nobody is assigned to two things at once, nor to one
//! that needs a check, course or age that they lack on that day; a fact heard later that breaks an
//! assignment withdraws it and alarms in the same commit. Invariant 8: of who was erased nothing is
//! shown any more. Invariant 9: replaying the events gives the state that is running now.

mod answered;
mod asking;
mod assignment;
mod candidates;
mod command;
mod evolve;
mod heard;
mod helpers;
mod listing;
mod need;
mod offer;
mod people;
mod places;
mod plan;
mod pool;
mod refusal;
mod rules;
mod shift;
#[cfg(test)]
mod tests;
mod time;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dugnad_events::{
    AgreementId, AssignmentId, Code, NeedId, OfferId, OrganisationId, TeamId,
    matching::{AgreementFacts, Alarm, Event, Policy},
    volunteers::{Representation, Scope, Team},
};
use dugnad_journal::Service;
use dugnad_ledger::{Context, ForeignCommit, ForeignEvent, Model, Unreadable};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};

pub use answered::Answered;
pub(crate) use answered::commands as of_notices;
pub use assignment::Assignment;
pub use candidates::{Found, Missed, Ranked, Reason};
pub use command::Command;
pub use helpers::Command as HelpersCommand;
pub use listing::{NeedFilter, NeedStage, OpenPlace, Page, PlaceKey, Unmet, UnmetRow};
pub use need::{
    FURTHEST_AHEAD_DAYS, MOST_HEADS, MOST_NEEDS, MOST_SLOTS, MOST_WINDOWS, Need, Slot, Tally,
};
pub use offer::{Answer, Offer};
pub use people::{Hours, People, Person, Taken};
pub use places::{Areas, Point, TRAVEL_KMH, minutes};
pub use plan::{
    LONGEST_DAYS, MOST_PARTS, MOST_PLAN_KINDS, MOST_PLANS, Part, Plan, PlanCommand, Plans, Stage,
    planned_rule,
};
pub use pool::Pool;
pub use refusal::Refusal;
pub use rules::{Judge, Role, WhyNot, in_words};
pub use shift::ShiftCommand;
pub use time::{day, here, monday, week};

/// The most kinds of need.
pub const MOST_KINDS: usize = 200;
/// The most people that one must not be brought together with.
pub const MOST_CONFLICTS: usize = 200;

/// The rules of the matching service.
pub enum Matching {}

/// The matching of one municipality.
#[derive(Debug, Default)]
pub struct State {
    /// Everyone who was heard of.
    pub people: People,
    /// What roles ask for.
    pub roles: HashMap<Code, Role>,
    /// Where areas are.
    pub areas: Areas,
    /// What organisations have agreed to.
    pub agreements: BTreeMap<AgreementId, AgreementFacts>,
    /// Who speaks for organisations.
    pub organisations: HashMap<OrganisationId, Organisation>,
    /// Who come as one.
    pub teams: HashMap<TeamId, Team>,
    /// Who speaks for whom: by receiver and representative.
    pub representatives: HashMap<(PersonId, PersonId), Representation>,
    /// How kinds are matched.
    pub kinds: BTreeMap<Code, Policy>,
    /// Not these two, both ways.
    pub conflicts: HashMap<PersonId, BTreeSet<PersonId>>,
    /// Every need ever posted.
    pub needs: BTreeMap<NeedId, Need>,
    /// Those that can still be filled.
    pub live: BTreeSet<NeedId>,
    /// Needs by their first start.
    by_start: BTreeSet<(Timestamp, NeedId)>,
    /// Every offer ever made.
    pub offers: BTreeMap<OfferId, Offer>,
    /// Every assignment ever made.
    pub assignments: BTreeMap<AssignmentId, Assignment>,
    /// Every alarm, as they came.
    pub alarms: Vec<Alarmed>,
    /// How often somebody has come to a receiver: by receiver and helper.
    pub helped: HashMap<PersonId, BTreeMap<PersonId, u32>>,
    /// What the clock brings.
    agenda: asking::Agenda,
    /// Plans of periods.
    pub plans: Plans,
    /// The index of who may be asked.
    pub pool: Pool,
}

/// Something that somebody had to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarmed {
    /// Which needs lost somebody.
    pub needs: Vec<NeedId>,
    /// Why.
    pub why: Alarm,
    /// When.
    pub at: Timestamp,
    /// The first local day on which somebody is missing, if it is known.
    pub day: Option<Date>,
}

/// Who speaks for an organisation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Organisation {
    /// The contact person, and who stands in.
    pub contacts: Vec<PersonId>,
    /// When it was last asked.
    pub last_asked: Option<Timestamp>,
    /// Every offer to it, as they came.
    pub asked: Vec<OfferId>,
}

static USUAL: std::sync::LazyLock<Policy> = std::sync::LazyLock::new(Policy::default);

impl State {
    /// How needs of a kind are matched.
    #[must_use]
    pub fn policy(&self, kind: &Code) -> &Policy {
        self.kinds.get(kind).unwrap_or(&USUAL)
    }

    /// Whether two people must not be brought together.
    #[must_use]
    pub fn are_apart(&self, one: PersonId, other: PersonId) -> bool {
        self.conflicts.get(&one).is_some_and(|with| with.contains(&other))
    }

    /// Whether the person is the organisation's contact, or stands in for them.
    #[must_use]
    pub fn speaks_for(&self, organisation: OrganisationId, person: PersonId) -> bool {
        self.organisations.get(&organisation).is_some_and(|it| it.contacts.contains(&person))
    }

    /// The numbers in the index of those who have helped a receiver.
    fn helpers_of(&self, receiver: PersonId) -> Vec<u64> {
        let helpers = self.helped.get(&receiver).into_iter().flat_map(BTreeMap::keys);
        helpers.filter_map(|it| self.people.number(*it)).map(u64::from).collect()
    }

    fn live_needs(&self) -> usize {
        self.live.len()
    }

    fn need(&self, id: NeedId) -> Result<&Need, Refusal> {
        self.needs.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))
    }

    fn live_need(&self, id: NeedId) -> Result<&Need, Refusal> {
        let need = self.need(id)?;
        if need.is_live() { Ok(need) } else { Err(Refusal::NeedClosed(id)) }
    }

    fn offer(&self, id: OfferId) -> Result<&Offer, Refusal> {
        self.offers.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))
    }

    fn not_erased(&self, person: PersonId) -> Result<(), Refusal> {
        if self.people.is_erased(person) { Err(Refusal::PersonErased(person)) } else { Ok(()) }
    }

    /// Whether `caller` may ask for help for a receiver on a day: their own, or with consent to that.
    #[must_use]
    pub fn speaks_for_receiver(
        &self,
        caller: PersonId,
        receiver: PersonId,
        now: Timestamp,
    ) -> bool {
        let today = time::day(now);
        let covers = |it: &Representation| {
            it.scope.contains(&Scope::Needs) && it.until.is_none_or(|until| today <= until)
        };
        caller == receiver || self.representatives.get(&(receiver, caller)).is_some_and(covers)
    }

    fn may_ask_for(&self, cx: &Context, receiver: PersonId) -> Result<(), Refusal> {
        let caller = PersonId(cx.caller.id);
        if self.speaks_for_receiver(caller, receiver, cx.now) {
            Ok(())
        } else {
            Err(Refusal::NotRepresented(receiver))
        }
    }
}

impl Model for Matching {
    const SERVICE: &'static str = "matching";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Foreign = crate::react::Foreign;

    fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::SetKind { kind, policy } => heard::set_kind(state, cx, kind, policy),
            Command::SetConflict { one, other, apart } => {
                heard::set_conflict(state, cx, one, other, apart)
            }
            Command::Hear(fact) => Ok(heard::hear(state, cx, fact)),
            Command::PostNeed { facts, text, speaks } => {
                need::post(state, cx, *facts, text, speaks)
            }
            Command::CloseNeed { need, reason, office } => {
                need::close(state, cx, need, reason, office)
            }
            Command::SetAsking { need, asking } => need::set_asking(state, need, asking),
            Command::Accept { offer, person, office } => {
                offer::accept(state, cx, offer, person, office)
            }
            Command::Decline { offer, reason, office } => {
                offer::decline(state, cx, offer, reason, office)
            }
            Command::Retract { offer } => offer::retract(state, offer),
            Command::Take { need, slot } => assignment::take(state, cx, need, slot),
            Command::Assign { need, slot, person, anyway } => {
                assignment::assign(state, cx, need, slot, person, anyway)
            }
            Command::AssignTeam { need, slot, team } => {
                assignment::assign_team(state, cx, need, slot, team)
            }
            Command::Cancel { assignment, reason, office } => {
                assignment::cancel(state, cx, assignment, reason, office)
            }
            Command::Helpers(command) => helpers::decide(state, cx, command),
            Command::Shift(command) => shift::decide(state, cx, command),
            Command::Answered(said) => Ok(answered::answered(state, cx, said)),
            Command::Plan(command) => plan::decide(state, cx, *command),
            Command::Tick => Ok(asking::due(state, cx)),
        }
    }

    fn evolve(state: &mut State, event: &Event) {
        evolve::evolve(state, event);
    }

    fn deadline(state: &State) -> Option<Timestamp> {
        state.agenda.first().map(|(at, _)| *at)
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
        crate::react::to(&event.event)
    }
}
