//! What stands in the way of a request, in words that can be said to the one who asked.
//!
//! Times are seconds since midnight where a sentence shows them; the fields keep the problem's own
//! unit and zero.

use std::fmt::{self, Display, Formatter};

use crate::{Promise, RequestIx, VehicleIx};

/// One limit that a vehicle cannot keep if it takes the request along.
///
/// Lifting the limit named, and where there are several all of them, makes the request fit on that
/// vehicle as it is planned now. Of all ways to make it fit the one is named that misses least.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason {
    /// The vehicle does not drive (any more).
    OutOfService,
    /// The request may be served by another vehicle only.
    Pinned {
        /// By which.
        to: VehicleIx,
    },
    /// The vehicle, or its driver, lacks something.
    LacksSkills {
        /// The bits that are missing.
        skills: u64,
    },
    /// No seat configuration holds the request, even alone.
    NoPlace,
    /// There is no way between some of the places.
    Unreachable,
    /// What is aboard leaves no place.
    Full {
        /// From when it is full.
        from: f64,
        /// Until when.
        until: f64,
    },
    /// Somebody is aboard with whom it may not ride.
    Apart {
        /// Who.
        request: RequestIx,
    },
    /// The driver's break lies between.
    Break {
        /// When it begins.
        from: f64,
        /// When it ends.
        until: f64,
    },
    /// The vehicle is at the pickup too late.
    PickupLate {
        /// The earliest it can be there.
        arrives: f64,
        /// The latest it may.
        closes: f64,
    },
    /// The vehicle is at the drop-off too late.
    DropoffLate {
        /// The earliest it can be there.
        arrives: f64,
        /// The latest it may.
        closes: f64,
    },
    /// The vehicle would have to be at the pickup before its window opens.
    PickupEarly {
        /// The latest it can be there.
        by: f64,
        /// The earliest it may.
        opens: f64,
    },
    /// The vehicle would have to be at the drop-off before its window opens.
    DropoffEarly {
        /// The latest it can be there.
        by: f64,
        /// The earliest it may.
        opens: f64,
    },
    /// Nobody may set out to the pickup as early as they would have to.
    Release {
        /// The latest one can set out.
        by: f64,
        /// The earliest one may.
        released: f64,
    },
    /// The request would be aboard too long.
    Aboard {
        /// How long, at least.
        takes: f64,
        /// How long at most.
        most: f64,
    },
    /// Somebody else would be aboard too long.
    OthersAboard {
        /// Who.
        request: RequestIx,
        /// How long, at least.
        takes: f64,
        /// How long at most.
        most: f64,
    },
    /// What somebody else has been promised would be broken.
    Promise {
        /// Who.
        request: RequestIx,
        /// By how much, at least.
        late: f64,
    },
    /// Somebody else's window would be missed.
    Window {
        /// Who.
        request: RequestIx,
        /// By how much, at least.
        late: f64,
    },
    /// The driver's break could not begin in its window.
    BreakMissed {
        /// By how much, at least.
        by: f64,
    },
    /// The vehicle would be back after its shift.
    ShiftEnds {
        /// When it ends.
        ends: f64,
        /// When the vehicle would be back.
        back: f64,
    },
    /// The vehicle would have to leave before its shift.
    ShiftBegins {
        /// When it begins.
        begins: f64,
        /// The latest it could leave.
        leave_by: f64,
    },
    /// The vehicle would be out too long.
    Duration {
        /// How long, at least.
        takes: f64,
        /// How long at most.
        most: f64,
    },
    /// The vehicle has as many visits as one route may have.
    TooManyVisits,
    /// The vehicle's plan cannot be kept even without the request.
    PlanBroken,
}

/// Everything that stands in the way on one vehicle.
#[derive(Clone, Debug, PartialEq)]
pub struct Obstacle {
    /// Which vehicle.
    pub vehicle: VehicleIx,
    /// What would have to be lifted, all of it; mostly one.
    pub reasons: Vec<Reason>,
}

/// The nearest windows that would work: the request's own, both shifted by as much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// By how much, negative is earlier.
    pub shift: f64,
    /// On which vehicle.
    pub vehicle: VehicleIx,
    /// The windows to ask again with.
    pub windows: Promise,
}

/// A time of the day as `h:mm`, rounded to minutes.
struct Clock(f64);

impl Reason {
    /// Its name for machines.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::OutOfService => "OUT_OF_SERVICE",
            Self::Pinned { .. } => "PINNED",
            Self::LacksSkills { .. } => "LACKS_SKILLS",
            Self::NoPlace => "NO_PLACE",
            Self::Unreachable => "UNREACHABLE",
            Self::Full { .. } => "FULL",
            Self::Apart { .. } => "APART",
            Self::Break { .. } => "BREAK",
            Self::PickupLate { .. } => "PICKUP_LATE",
            Self::DropoffLate { .. } => "DROPOFF_LATE",
            Self::PickupEarly { .. } => "PICKUP_EARLY",
            Self::DropoffEarly { .. } => "DROPOFF_EARLY",
            Self::Release { .. } => "RELEASE",
            Self::Aboard { .. } => "ABOARD",
            Self::OthersAboard { .. } => "OTHERS_ABOARD",
            Self::Promise { .. } => "PROMISE",
            Self::Window { .. } => "WINDOW",
            Self::BreakMissed { .. } => "BREAK_MISSED",
            Self::ShiftEnds { .. } => "SHIFT_ENDS",
            Self::ShiftBegins { .. } => "SHIFT_BEGINS",
            Self::Duration { .. } => "DURATION",
            Self::TooManyVisits => "TOO_MANY_VISITS",
            Self::PlanBroken => "PLAN_BROKEN",
        }
    }
}

impl Display for Clock {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.0.is_finite() {
            return f.write_str("never");
        }
        let minutes = (self.0 / 60.0).round();
        let (hours, rest) = ((minutes / 60.0).floor(), minutes.rem_euclid(60.0));
        write!(f, "{hours:02}:{rest:02}")
    }
}

/// A span as minutes, rounded up: "52 of 45 min" never reads "45 of 45 min".
fn minutes(span: f64) -> f64 {
    (span / 60.0 - 1e-6).ceil().max(0.0)
}

impl Display for Reason {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Self::OutOfService => f.write_str("is out of service"),
            Self::Pinned { to } => write!(f, "the request is tied to vehicle {to}"),
            Self::LacksSkills { skills } => write!(f, "lacks skill{}", Bits(skills)),
            Self::NoPlace => f.write_str("has no place for it"),
            Self::Unreachable => f.write_str("has no way there"),
            Self::Full { from, until } => {
                write!(f, "full from {} to {}", Clock(from), Clock(until))
            }
            Self::Apart { request } => write!(f, "may not ride with request {request}"),
            Self::Break { from, until } => {
                write!(f, "has its break from {} to {}", Clock(from), Clock(until))
            }
            Self::PickupLate { arrives, closes } => {
                write!(f, "arrives {}, the window closes {}", Clock(arrives), Clock(closes))
            }
            Self::DropoffLate { arrives, closes } => {
                write!(f, "would be there {}, the window closes {}", Clock(arrives), Clock(closes))
            }
            Self::PickupEarly { by, opens } => {
                write!(f, "must pick up by {}, the window opens {}", Clock(by), Clock(opens))
            }
            Self::DropoffEarly { by, opens } => {
                write!(f, "must drop off by {}, the window opens {}", Clock(by), Clock(opens))
            }
            Self::Release { by, released } => {
                write!(f, "must set out by {}, may from {}", Clock(by), Clock(released))
            }
            Self::Aboard { takes, most } => {
                write!(f, "would be aboard {} of {} min", minutes(takes), minutes(most))
            }
            Self::OthersAboard { request, takes, most } => write!(
                f,
                "request {request} would be aboard {} of {} min",
                minutes(takes),
                minutes(most)
            ),
            Self::Promise { request, late } => {
                write!(f, "would break the promise to request {request} by {} min", minutes(late))
            }
            Self::Window { request, late } => {
                write!(f, "would miss the window of request {request} by {} min", minutes(late))
            }
            Self::BreakMissed { by } => {
                write!(f, "would miss its break by {} min", minutes(by))
            }
            Self::ShiftEnds { ends, back } => {
                write!(f, "shift ends {}, would be back {}", Clock(ends), Clock(back))
            }
            Self::ShiftBegins { begins, leave_by } => {
                write!(f, "shift begins {}, would have to leave {}", Clock(begins), Clock(leave_by))
            }
            Self::Duration { takes, most } => {
                write!(f, "would be out {} of {} min", minutes(takes), minutes(most))
            }
            Self::TooManyVisits => f.write_str("has too many visits"),
            Self::PlanBroken => f.write_str("cannot keep its plan as it is"),
        }
    }
}

struct Bits(u64);

impl Display for Bits {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for bit in (0..u64::BITS).filter(|bit| self.0 >> bit & 1 == 1) {
            write!(f, " {bit}")?;
        }
        Ok(())
    }
}

impl Display for Obstacle {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "vehicle {}: ", self.vehicle)?;
        for (at, reason) in self.reasons.iter().enumerate() {
            write!(f, "{}{reason}", if at == 0 { "" } else { " and " })?;
        }
        Ok(())
    }
}
