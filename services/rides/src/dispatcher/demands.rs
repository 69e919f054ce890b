//! Who may drive whom, as bits that the engine compares: one for each of the municipality's words that a
//! ride of the day asks for, and one for each traveller whom some driver does not drive.

use std::collections::{BTreeMap, BTreeSet};

use dugnad_events::{Code, rides::Ride};
use dugnad_vault::PersonId;

use crate::model::{Shift, State, Visit};

/// Words and refusals of one day beyond which the rest share a bit that no vehicle has.
const MOST: u32 = 63;

/// What can be asked of a vehicle and its driver.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Demand {
    Has(Code),
    Drives(PersonId),
}

/// The bits of one day.
#[derive(Debug, Default)]
pub(super) struct Demands {
    bits: BTreeMap<Demand, u32>,
    /// By whom a traveller is not driven, by their own wish.
    refuses: BTreeMap<PersonId, BTreeSet<PersonId>>,
    /// Whom some driver of the day does not drive.
    refused: BTreeSet<PersonId>,
}

impl Demands {
    /// What the rides ask for.
    pub(super) fn new<'a>(
        state: &State,
        shifts: &[Shift],
        rides: impl IntoIterator<Item = &'a Ride>,
    ) -> Self {
        let mut demands = Self::default();
        for shift in shifts {
            let driver = state.drivers.get(&shift.facts.driver);
            demands.refused.extend(driver.iter().flat_map(|driver| &driver.refuses));
        }
        for ride in rides {
            demands.refuses.entry(ride.traveller).or_default().extend(&ride.refuses);
            for demand in demands.of(ride) {
                let next = (demands.bits.len() as u32).min(MOST);
                demands.bits.entry(demand).or_insert(next);
            }
        }
        demands.refuses.retain(|_, drivers| !drivers.is_empty());
        demands
    }

    fn of(&self, ride: &Ride) -> Vec<Demand> {
        let is_choosy = !ride.refuses.is_empty()
            || self.refused.contains(&ride.traveller)
            || self.refuses.get(&ride.traveller).is_some_and(|drivers| !drivers.is_empty());
        let drives = is_choosy.then_some(Demand::Drives(ride.traveller));
        ride.needs.iter().cloned().map(Demand::Has).chain(drives).collect()
    }

    /// What a ride asks for; `None`: something that is not known here.
    pub(super) fn bits(&self, ride: &Ride) -> Option<u64> {
        let known = self.refuses.get(&ride.traveller);
        if !ride.refuses.iter().all(|driver| known.is_some_and(|all| all.contains(driver))) {
            return None;
        }
        self.of(ride).iter().try_fold(0, |all, demand| Some(all | 1 << self.bits.get(demand)?))
    }

    /// What vehicle and driver of a shift have.
    pub(super) fn of_shift(&self, state: &State, shift: &Shift) -> u64 {
        let driver = state.drivers.get(&shift.facts.driver);
        let has = |demand: &Demand| match demand {
            Demand::Has(code) => {
                shift.vehicle.has.contains(code) || driver.is_some_and(|it| it.can.contains(code))
            }
            Demand::Drives(traveller) => {
                let theirs = self.refuses.get(traveller);
                !driver.is_some_and(|driver| driver.refuses.contains(traveller))
                    && !theirs.is_some_and(|all| all.contains(&shift.facts.driver))
            }
        };
        let own = self.bits.iter().filter(|(demand, bit)| **bit < MOST && has(demand));
        let own = own.fold(0, |all, (_, bit)| all | 1 << bit);
        // Whom it serves already it goes on serving.
        shift.stops.iter().fold(own, |all, stop| match stop.visit {
            Visit::Pickup(ride) => {
                let ride = state.rides.get(&ride);
                all | ride.and_then(|ride| self.bits(&ride.facts)).unwrap_or_default()
            }
            _ => all,
        })
    }

    /// The words among some bits.
    pub(super) fn words(&self, bits: u64) -> Vec<&str> {
        let lacks = |bit: u32| bits >> bit & 1 == 1;
        let words =
            self.bits.iter().filter(|(_, bit)| lacks(**bit)).map(|(demand, _)| match demand {
                Demand::Has(code) => code.as_str(),
                Demand::Drives(_) => "a driver and a traveller who take each other",
            });
        words.collect()
    }
}
