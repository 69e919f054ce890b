//! Rides: who is promised what, who drives, and what became of it.
//!
//! This module is the whole rule book and nothing else. It reads no clock, draws no random number, opens
//! no socket and knows no place: a plan arrives as routes with the duration of each leg, made by the
//! dispatcher outside, and is held here against every limit by the oracle.
//!
//! Invariant 5: no plan breaks a promised window, a seat or wheelchair place, or a longest time aboard by
//! choice; a promise that the world made impossible becomes `PromiseBroken` with its reason. Invariant 8:
//! of who was erased nothing is shown any more. Invariant 9: replaying the events gives the state that is
//! running now.

mod close;
mod command;
mod day;
mod drives;
mod evolve;
mod happen;
mod heard;
mod line;
mod orders;
mod propose;
mod refusal;
mod register;
mod settle;
mod standing;
mod suits;
mod time;
mod wants;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use dugnad_calendar::Interval;
pub use dugnad_events::rides::{Moment, Visit};
use dugnad_events::{
    AssignmentId, FacilityId, NeedId, RideId, ShiftId, StandingOrderId, VehicleId,
    rides::{Driver, Event, Rules, Spot, Traveller, Vehicle},
};
use dugnad_journal::Service;
use dugnad_ledger::{Context, ForeignCommit, ForeignEvent, Model, Unreadable};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};

pub use command::{Command, Fact, Happening, Offered, Proposal};
pub use day::{Day, Ride, Shift, Standing, Stop};
pub use drives::Drive;
pub use line::{MOST_STOPS, OBJECTIVE, haunt, is_ghost, places, request, service, vehicle, window};
pub use orders::{MOST_DATES, MOST_ORDERS, Order, on_day};
pub use propose::{FURTHEST_AHEAD_DAYS, MOST_RIDES};
pub use refusal::Refusal;
pub use register::{MOST_DRIVERS, MOST_SHIFTS, MOST_VEHICLES};
pub use suits::{Unsuitable, suits};
pub use time::{FIRST, LAST, arriving, clock, here, hour, instant, leaving, moment, service_day};
pub use wants::{Basis, MOST_WANTS, Receiver, Want};

/// The rules of the rides service.
pub enum Rides {}

/// The rides of one municipality.
#[derive(Debug, Default, PartialEq)]
pub struct State {
    /// What is the municipality's own choice.
    pub rules: Rules,
    /// Every vehicle.
    pub vehicles: BTreeMap<VehicleId, Vehicle>,
    /// Every driver.
    pub drivers: BTreeMap<PersonId, Driver>,
    /// Every day that has a shift or a ride.
    pub days: BTreeMap<Date, Day>,
    /// Every shift.
    pub shifts: HashMap<ShiftId, Shift>,
    /// Every ride that was ever promised.
    pub rides: HashMap<RideId, Ride>,
    /// Every standing order.
    pub orders: BTreeMap<StandingOrderId, Order>,
    /// Whose rides are whose.
    pub by_person: HashMap<PersonId, BTreeSet<(Date, RideId)>>,
    /// Drivers whom matching gave a place, and for whom no vehicle is known.
    pub without_vehicle: BTreeMap<AssignmentId, (PersonId, Vec<Interval>)>,
    /// How people ride, where that was told.
    pub travellers: HashMap<PersonId, Traveller>,
    /// Where vehicles stop at buildings.
    pub entrances: BTreeMap<FacilityId, Spot>,
    /// What the register says of receivers.
    pub receivers: HashMap<PersonId, Receiver>,
    /// Rides that activities ask for and that are not promised.
    pub wants: BTreeMap<RideId, Want>,
    /// Who may order rides for whom until which day: by traveller and representative.
    speaks: HashMap<(PersonId, PersonId), Option<Date>>,
    /// Counts what concerns every day: rules and drivers.
    general: u64,
    /// Needs for drivers: when each can be taken.
    needs: HashMap<NeedId, Vec<Vec<Interval>>>,
    /// Shifts that came from matching.
    of_assignments: HashMap<AssignmentId, Vec<ShiftId>>,
    /// Who was erased.
    erased: HashSet<PersonId>,
}

impl State {
    /// Whether somebody was erased.
    #[must_use]
    pub fn is_erased(&self, person: PersonId) -> bool {
        self.erased.contains(&person)
    }

    /// Whether `caller` may order rides for `person`: their own, or by consent to that.
    #[must_use]
    pub fn speaks_for(&self, caller: PersonId, person: PersonId, now: Timestamp) -> bool {
        let today = time::here().to_datetime(now).date();
        let covers = |until: &Option<Date>| until.is_none_or(|until| today <= until);
        caller == person || self.speaks.get(&(person, caller)).is_some_and(covers)
    }

    fn not_erased(&self, person: PersonId) -> Result<(), Refusal> {
        if self.is_erased(person) { Err(Refusal::PersonErased(person)) } else { Ok(()) }
    }

    fn ride(&self, id: RideId) -> Result<&Ride, Refusal> {
        self.rides.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))
    }

    /// Whether every shift of a day that is open keeps every limit: invariant 5, by the oracle.
    ///
    /// # Errors
    /// What the oracle says.
    pub fn holds(&self, day: Date, now: Timestamp) -> Result<(), String> {
        let now = time::moment(day, now);
        let overlay = settle::Overlay::new(self);
        let shifts = self.days.get(&day).into_iter().flat_map(|day| &day.shifts);
        for shift in shifts.filter_map(|id| self.shifts.get(id)).filter(|it| it.is_open(now)) {
            overlay.holds(shift, now)?;
        }
        Ok(())
    }
}

impl Model for Rides {
    const SERVICE: &'static str = "rides";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Foreign = crate::react::Foreign;

    fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::SetRules(rules) => Ok(vec![Event::RulesSet { rules }]),
            Command::SetVehicle { vehicle, facts } => {
                register::set_vehicle(state, cx, vehicle, facts)
            }
            Command::SetDriver { driver, facts } => register::set_driver(state, cx, driver, facts),
            Command::SetShift { facts } => register::set_shift(state, cx, facts),
            Command::Propose(proposal) => propose::propose(state, cx, *proposal),
            Command::Happened(what) => happen::happened(state, cx, what),
            Command::SetOrder(facts) => orders::set(state, cx, *facts),
            Command::EndOrder { order, on } => orders::end(state, cx, order, on),
            Command::Expanded { order, through, refused } => {
                orders::expanded(state, order, through, refused)
            }
            Command::SetTraveller { person, facts, office } => {
                wants::set_traveller(state, cx, person, *facts, office)
            }
            Command::SetEntrance(entrance) => wants::set_entrance(state, entrance),
            Command::RefuseWant { ride, reason, text } => {
                Ok(wants::refuse(state, ride, reason, text))
            }
            Command::Hear(fact) => Ok(heard::hear(state, cx, fact)),
        }
    }

    fn evolve(state: &mut State, event: &Event) {
        evolve::evolve(state, event);
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
