//! A day as the dispatcher copies it out of the state, in one short look.

use std::collections::BTreeSet;

use dugnad_events::{RideId, rides};
use jiff::{Timestamp, civil::Date};

use super::demands::Demands;
use crate::model::{self, Moment, Ride, Shift, Standing, State, Visit};

/// A driver is told of a change so many seconds before it: nothing new is set out to earlier.
pub(super) const LEAD: Moment = 30;

/// A day as it stands.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) day: Date,
    pub(super) version: u64,
    /// From this moment on things can be changed.
    pub(super) now: Moment,
    pub(super) slack: i32,
    /// Those that are open, by id.
    pub(super) shifts: Vec<Shift>,
    /// What each of them has.
    pub(super) skills: Vec<u64>,
    /// Those that they serve or have served, and those that want a place, by id.
    pub(super) rides: Vec<(RideId, Ride)>,
    /// Those of them whose traveller was erased.
    pub(super) erased: BTreeSet<RideId>,
    pub(super) demands: Demands,
}

impl Snapshot {
    /// `O(rides + shifts)` of the day. `more` are rides that are to be asked for.
    pub(super) fn take(state: &State, now: Timestamp, day: Date, more: &[rides::Ride]) -> Self {
        let moment = model::moment(day, now).saturating_add(LEAD);
        let known = state.days.get(&day);
        let open = known.into_iter().flat_map(|day| &day.shifts);
        let shifts: Vec<Shift> = open
            .filter_map(|id| state.shifts.get(id))
            .filter(|shift| shift.is_open(moment))
            .cloned()
            .collect();
        let mut ids: Vec<RideId> = shifts
            .iter()
            .flat_map(|shift| &shift.stops)
            .filter_map(|stop| match stop.visit {
                Visit::Pickup(ride) => Some(ride),
                _ => None,
            })
            .collect();
        let wants = |id: &&RideId| {
            state.rides.get(id).is_some_and(|ride| {
                matches!(ride.standing, Standing::Loose)
                    || ride.standing == Standing::Unserved && ride.facts.pickup.until > moment
            })
        };
        ids.extend(known.into_iter().flat_map(|day| &day.rides).filter(wants));
        ids.sort_unstable();
        let known = ids.iter().filter_map(|id| Some((*id, state.rides.get(id)?.clone())));
        let rides: Vec<(RideId, Ride)> = known.collect();
        let erased = rides.iter().filter(|(_, ride)| state.is_erased(ride.facts.traveller));
        let erased = erased.map(|(id, _)| *id).collect();
        let asked = rides.iter().map(|(_, ride)| &ride.facts).chain(more);
        let demands = Demands::new(state, &shifts, asked);
        let skills = shifts.iter().map(|shift| demands.of_shift(state, shift)).collect();
        Self {
            day,
            version: state.version(day),
            now: moment,
            slack: state.rules.slack,
            shifts,
            skills,
            rides,
            erased,
            demands,
        }
    }
}
