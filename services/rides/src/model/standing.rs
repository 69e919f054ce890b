//! What has become of a ride by a moment, and of a day by its version.

use dugnad_events::{
    RideId,
    rides::{Moment, Visit},
};
use jiff::civil::Date;

use super::{State, day::Standing};

impl State {
    /// Whether a ride can be called off at a moment: nobody is aboard yet, and it is not over.
    #[must_use]
    pub fn can_be_called_off(&self, id: RideId, now: Moment) -> bool {
        matches!(
            self.standing(id, now),
            Some(Standing::Promised | Standing::Loose | Standing::Unserved)
        )
    }

    /// What has become of a ride by a moment: what was said, and else what was planned.
    #[must_use]
    pub fn standing(&self, id: RideId, now: Moment) -> Option<Standing> {
        let ride = self.rides.get(&id)?;
        if !matches!(ride.standing, Standing::Promised | Standing::Aboard) {
            return Some(ride.standing);
        }
        let shift = ride.shift.and_then(|shift| self.shifts.get(&shift));
        let over = |visit| {
            shift.and_then(|it| it.find(visit).map(|at| &it.stops[at])).is_some_and(|stop| {
                stop.left.is_none() && stop.begins <= now || stop.left.is_some()
            })
        };
        Some(if over(Visit::Dropoff(id)) {
            Standing::Done
        } else if over(Visit::Pickup(id)) {
            Standing::Aboard
        } else {
            ride.standing
        })
    }

    pub(super) fn standing_words(&self, id: RideId, now: Moment) -> &'static str {
        match self.standing(id, now) {
            Some(Standing::Aboard) => "is aboard",
            Some(Standing::Done) => "is over",
            Some(Standing::Cancelled) => "was called off",
            Some(Standing::NoShow) => "did not come",
            Some(Standing::Stranded) => "is with a vehicle that fell out",
            _ => "is open",
        }
    }

    /// A day's version: it goes up with whatever touches the day.
    #[must_use]
    pub fn version(&self, day: Date) -> u64 {
        self.general + self.days.get(&day).map_or(0, |day| day.version)
    }
}
