//! A service day as it stands: shifts with what they do, rides with what they are promised.

use std::collections::BTreeSet;

use dugnad_events::{
    RideId, ShiftId,
    rides::{self, Broken, Closing, Moment, Pause, Promise, Route, Vehicle, Visit},
};
use dugnad_vault::Sealed;
use uuid::Uuid;

/// One service day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Day {
    /// Counts what happened to it: a proposal is made on one of these.
    pub version: u64,
    /// Who drives.
    pub shifts: BTreeSet<ShiftId>,
    /// Who wants to go, whatever became of it.
    pub rides: BTreeSet<RideId>,
    /// Who lost their place and is promised one.
    pub loose: BTreeSet<RideId>,
}

/// What has become of a ride.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A shift serves it.
    Promised,
    /// It lost its place; the promise stands.
    Loose,
    /// The promise was broken, and nobody comes.
    Unserved,
    /// The driver said that it is aboard.
    Aboard,
    /// The driver said that it is over.
    Done,
    /// It was called off.
    Cancelled,
    /// Nobody was there.
    NoShow,
    /// Aboard a vehicle that fell out.
    Stranded,
}

impl Standing {
    /// Whether a shift serves it, or is to.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Promised | Self::Loose | Self::Unserved | Self::Aboard)
    }
}

/// A ride that was promised once.
#[derive(Clone, Debug, PartialEq)]
pub struct Ride {
    /// What was asked.
    pub facts: rides::Ride,
    /// What holds now.
    pub promise: Promise,
    /// What was promised first.
    pub first: Promise,
    /// Seconds aboard at most; the world may have made it more.
    pub longest: i32,
    /// Who asked.
    pub by: Uuid,
    /// What has become of it, as far as it was said.
    pub standing: Standing,
    /// Who serves it, or did.
    pub shift: Option<ShiftId>,
    /// Its way home.
    pub home: Option<RideId>,
    /// Why it lost its place the last time: for machines and in words.
    pub loosened: Option<(String, String)>,
    /// The last time that its promise was broken.
    pub broken: Option<Broken>,
    /// Proof of a delivery.
    pub proof: Option<Sealed<String>>,
}

/// One thing a shift does, and what was reported of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What.
    pub visit: Visit,
    /// When its service begins, or began.
    pub begins: Moment,
    /// Seconds from the stop before.
    pub leg: i32,
    /// Metres from the stop before.
    pub metres: u32,
    /// The vehicle was there.
    pub arrived: Option<Moment>,
    /// The vehicle went on.
    pub left: Option<Moment>,
}

impl Stop {
    /// Whether a driver said anything of it.
    #[must_use]
    pub fn is_reported(&self) -> bool {
        self.arrived.is_some() || self.left.is_some()
    }
}

/// A driver with a vehicle for some hours.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// Which.
    pub id: ShiftId,
    /// As it was set.
    pub facts: rides::Shift,
    /// The vehicle as it was then.
    pub vehicle: Vehicle,
    /// When it begins; who sets out earlier has agreed to it.
    pub from: Moment,
    /// When it ends; the world may have made it later, or earlier.
    pub until: Moment,
    /// Its pauses; the world may have made them later.
    pub pauses: Vec<Pause>,
    /// What it does, and has done.
    pub stops: Vec<Stop>,
    /// When it leaves its start.
    pub leaves: Moment,
    /// When it is at its end.
    pub back: Moment,
    /// Seconds from the last stop to the end.
    pub last_leg: i32,
    /// Metres from the last stop to the end.
    pub last_metres: u32,
    /// It does not set out to anything new before this.
    pub held: Moment,
    /// From when on it does nothing, and why.
    pub closed: Option<(Moment, Closing)>,
}

impl Shift {
    /// A shift that does nothing yet.
    #[must_use]
    pub fn new(id: ShiftId, facts: rides::Shift, vehicle: Vehicle) -> Self {
        Self {
            id,
            vehicle,
            from: facts.hours.from,
            until: facts.hours.until,
            pauses: facts.pauses.clone(),
            stops: Vec::new(),
            leaves: facts.hours.from,
            back: facts.hours.from,
            last_leg: 0,
            last_metres: 0,
            held: Moment::MIN,
            closed: None,
            facts,
        }
    }

    /// Whether it may be given anything at a moment.
    #[must_use]
    pub fn is_open(&self, now: Moment) -> bool {
        self.closed.as_ref().is_none_or(|(from, _)| now < *from)
    }

    /// Whether it visits anybody: otherwise it stays where it is.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.stops.iter().any(|stop| !matches!(stop.visit, Visit::Pause(_)))
    }

    /// How many of its stops are done, begun, or set out for: those stay.
    #[must_use]
    pub fn begun(&self, now: Moment) -> usize {
        let reported = self.stops.iter().rposition(Stop::is_reported).map_or(0, |at| at + 1);
        let set_out = self.stops.iter().take_while(|stop| stop.begins - stop.leg <= now).count();
        reported.max(set_out)
    }

    /// Where among its stops one is.
    #[must_use]
    pub fn find(&self, visit: Visit) -> Option<usize> {
        self.stops.iter().position(|stop| stop.visit == visit)
    }

    /// Takes a new route; what was reported stays with its stop.
    pub(crate) fn take(&mut self, route: &Route) {
        let old = std::mem::take(&mut self.stops);
        let reported = |visit: Visit| old.iter().find(|stop| stop.visit == visit);
        self.stops = (route.visits.iter())
            .map(|planned| Stop {
                visit: planned.visit,
                begins: planned.begins,
                leg: planned.leg,
                metres: planned.metres,
                arrived: reported(planned.visit).and_then(|stop| stop.arrived),
                left: reported(planned.visit).and_then(|stop| stop.left),
            })
            .collect();
        self.leaves = route.leaves;
        self.back = route.back;
        self.last_leg = route.last_leg;
        self.last_metres = route.last_metres;
    }

    /// What it does, as an event says it.
    #[must_use]
    pub fn route(&self) -> Route {
        let visits = self.stops.iter().map(|stop| rides::Planned {
            visit: stop.visit,
            begins: stop.begins,
            leg: stop.leg,
            metres: stop.metres,
        });
        Route {
            leaves: self.leaves,
            visits: visits.collect(),
            back: self.back,
            last_leg: self.last_leg,
            last_metres: self.last_metres,
        }
    }

    /// Leaves stops out. Nobody here knows the direct way from before to behind them: until somebody
    /// measures it, the vehicle drives past.
    pub(super) fn leave_out(&mut self, gone: impl Fn(&Stop) -> bool) {
        let (mut leg, mut metres) = (0, 0);
        let mut kept = Vec::with_capacity(self.stops.len());
        for mut stop in self.stops.drain(..) {
            if gone(&stop) {
                leg += stop.leg;
                metres += stop.metres;
            } else {
                stop.leg += std::mem::take(&mut leg);
                stop.metres += std::mem::take(&mut metres);
                kept.push(stop);
            }
        }
        self.stops = kept;
        if self.vehicle.end.is_some() {
            self.last_leg += leg;
            self.last_metres += metres;
        }
        if !self.is_used() {
            *self = Self { held: self.held, closed: self.closed.clone(), ..self.idle() };
        }
    }

    /// The shift as it is with nothing to do.
    fn idle(&self) -> Self {
        let (from, until, pauses) = (self.from, self.until, self.pauses.clone());
        Self { from, until, pauses, ..Self::new(self.id, self.facts.clone(), self.vehicle.clone()) }
    }
}
