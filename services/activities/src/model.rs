//! Activities: what is held, when and where, who helps, and who comes.
//!
//! This module is the whole rule book and nothing else. It reads no clock, draws no random number and
//! opens no socket: time, identifiers and other facts from outside arrive in the [`Context`].
//!
//! Every decision about an occurrence ends by *settling* it (`act`): what it needs is compared with
//! what was asked of other services, and the difference is asked or released by events of our own, in
//! the same commit. So a cancelled evening has nothing left that hangs on it, whatever was under way;
//! what another service answers too late is given back. Invariant 8: of who was erased nothing is
//! shown any more. Invariant 9: replaying the events gives the state that is running now.

mod act;
mod activity;
mod catalogue;
mod clock;
mod command;
mod evolve;
mod heard;
mod helpers;
mod missing;
mod occurrence;
mod people;
mod refusal;
mod rides;
mod signup;
mod space;
#[cfg(test)]
mod tests;
mod venue;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dugnad_events::{
    ActivityId, AssignmentId, BookingId, FacilityId, NeedId, OccurrenceId, RideId, RoomId,
    SignupId,
    activities::{Event, WantId},
};
use dugnad_journal::Service;
use dugnad_ledger::{Context, ForeignCommit, ForeignEvent, Model, Unreadable};
use jiff::Timestamp;

pub use activity::{Activity, FURTHEST_AHEAD_DAYS, MOST_DATES, MOST_TO_COME};
pub use catalogue::{Filter, Key, Page};
pub use command::{Command, Heard, HeardCommand, VenueNews};
pub(crate) use helpers::CLOSED;
pub use helpers::Line;
pub use missing::Missing;
pub use occurrence::{MOST_STEPS, Occurrence, Stage, Step};
pub use people::People;
pub use refusal::Refusal;
pub use rides::Ride;
pub use signup::{MOST_OF_A_PERSON, MOST_SIGNUPS, MOST_WAITING, Signup, Standing, Wish};
pub use venue::VenueState;

/// The rules of the activities service.
pub enum Activities {}

/// The activities of one municipality.
#[derive(Debug, Default, PartialEq)]
pub struct State {
    /// Every activity ever written down.
    pub activities: BTreeMap<ActivityId, Activity>,
    /// Every date of one.
    pub occurrences: BTreeMap<OccurrenceId, Occurrence>,
    /// Occurrences by their start.
    by_start: BTreeSet<(Timestamp, OccurrenceId)>,
    /// When the clock next brings something to an occurrence.
    agenda: BTreeSet<(Timestamp, OccurrenceId)>,
    /// Whose a booking is or may become. One that was released is nobody's.
    bookings: HashMap<BookingId, OccurrenceId>,
    /// Whose a need is. One that was released is nobody's.
    needs: HashMap<NeedId, OccurrenceId>,
    /// Of which need of whose a helper's place is.
    assignments: HashMap<AssignmentId, (OccurrenceId, NeedId)>,
    /// Whose a ride is. One that was released is nobody's.
    rides: HashMap<RideId, (OccurrenceId, WantId)>,
    /// Occurrences for which helpers are not asked, by a rule of matching.
    unasked: BTreeSet<OccurrenceId>,
    /// To what somebody signed up.
    signups: HashMap<SignupId, OccurrenceId>,
    /// Who speaks for whom, and who was erased.
    pub people: People,
    /// Where rooms are, and what they are called.
    rooms: HashMap<RoomId, (FacilityId, String)>,
    /// What buildings are called.
    facilities: HashMap<FacilityId, String>,
}

impl Model for Activities {
    const SERVICE: &'static str = "activities";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Foreign = crate::react::Foreign;

    fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Create { facts, schedule, contact, office } => {
                activity::create(state, cx, facts, schedule, contact, office)
            }
            Command::Update { activity, facts, contact, office } => {
                activity::update(state, cx, activity, facts, contact, office)
            }
            Command::Arrange { activity, office } => activity::arrange(state, cx, activity, office),
            Command::ArrangeAgain { occurrence, office } => {
                activity::arrange_again(state, cx, occurrence, office)
            }
            Command::AnswerRoom { occurrence, yes, office } => {
                activity::answer_room(state, cx, occurrence, yes, office)
            }
            Command::CancelActivity { activity, reason, office } => {
                activity::cancel(state, cx, activity, &reason, office)
            }
            Command::Cancel { occurrence, reason, office } => {
                activity::cancel_one(state, cx, occurrence, reason, office)
            }
            Command::Move { occurrence, start, minutes, office } => {
                activity::move_to(state, cx, occurrence, (start, minutes), office)
            }
            Command::SignUp { occurrence, person, wish, office } => {
                signup::sign_up(state, cx, occurrence, person, wish, office)
            }
            Command::Withdraw { signup, office } => signup::withdraw(state, cx, signup, office),
            Command::TakePlace { signup, office } => signup::take_place(state, cx, signup, office),
            Command::Attend { signup, came, office } => {
                signup::attend(state, cx, signup, came, office)
            }
            Command::Hear(heard) => Ok(heard::hear(state, cx, heard)),
            Command::Tick => Ok(clock::due(state, cx)),
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

    fn react(state: &State, event: &ForeignEvent<crate::react::Foreign>) -> Vec<Command> {
        crate::react::to(state, event)
    }
}
