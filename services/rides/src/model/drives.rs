//! Kilometres and refunds: a row for each shift that drove.

use dugnad_events::{ShiftId, VehicleId, rides::Visit};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};

use super::{State, day::Shift, time};

/// What a shift drove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drive {
    /// Which.
    pub shift: ShiftId,
    /// Who.
    pub driver: PersonId,
    /// With what.
    pub vehicle: VehicleId,
    /// On which day.
    pub day: Date,
    /// By the plan in force at the end.
    pub metres: u32,
    /// Øre; 0 for who is employed.
    pub refund_ore: u64,
    /// Drop-offs.
    pub rides: u32,
}

impl State {
    /// Rows of the days from one to another, by day and shift, of shifts that are over: after `after`.
    pub fn drives(
        &self,
        [from, until]: [Date; 2],
        after: Option<(Date, ShiftId)>,
        now: Timestamp,
    ) -> impl Iterator<Item = Drive> + '_ {
        let first = after.map_or(from, |(day, _)| day.max(from));
        let days = (first <= until).then(|| self.days.range(first..=until)).into_iter().flatten();
        let shifts = days.flat_map(|(_, day)| &day.shifts).filter_map(|id| self.shifts.get(id));
        let new = move |shift: &&Shift| {
            after.is_none_or(|after| (shift.facts.day, shift.id) > after)
                && time::instant(shift.facts.day, shift.back) <= now
                && shift.is_used()
        };
        shifts.filter(new).map(|shift| self.drive(shift))
    }

    fn drive(&self, shift: &Shift) -> Drive {
        let driver = self.drivers.get(&shift.facts.driver);
        let metres = shift.stops.iter().map(|stop| stop.metres).sum::<u32>() + shift.last_metres;
        let is_refunded = driver.is_some_and(|driver| !driver.employed);
        let ore = u64::from(metres) * u64::from(self.rules.ore_per_km);
        let dropped = |visit| matches!(visit, Visit::Dropoff(_));
        Drive {
            shift: shift.id,
            driver: shift.facts.driver,
            vehicle: shift.facts.vehicle,
            day: shift.facts.day,
            metres,
            refund_ore: if is_refunded { (ore + 500) / 1_000 } else { 0 },
            rides: shift.stops.iter().filter(|stop| dropped(stop.visit)).count() as u32,
        }
    }
}
