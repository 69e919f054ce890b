//! What a plan breaks, in words.

use std::fmt;

use crate::{PlaceIx, RequestIx, VehicleIx, Visit};

use super::{Bound, Fault};

/// What people call things. [`Numbers`] is the plain form; a caller that knows better may say so.
pub trait Names {
    /// A request, for instance `request 7`.
    fn request(&self, request: RequestIx) -> String {
        format!("request {request}")
    }
    /// A vehicle, for instance `vehicle 2`.
    fn vehicle(&self, vehicle: VehicleIx) -> String {
        format!("vehicle {vehicle}")
    }
    /// A place, for instance `place 4`.
    fn place(&self, place: PlaceIx) -> String {
        format!("place {place}")
    }
    /// What is aboard, per dimension.
    fn load(&self, aboard: &[u32]) -> String {
        format!("{aboard:?}")
    }
    /// A point in time.
    fn time(&self, time: f64) -> String {
        number(time)
    }
    /// A span of time.
    fn span(&self, span: f64) -> String {
        number(span)
    }
}

/// Everything by its number, times as they are.
#[derive(Clone, Copy, Debug)]
pub struct Numbers;

impl Names for Numbers {}

fn number(value: f64) -> String {
    ((value * 1000.0).round() / 1000.0).to_string()
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words(&Numbers))
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// A sentence, in the caller's names.
    #[must_use]
    pub fn in_words(&self, names: &dyn Names) -> String {
        let request = |r: &RequestIx| names.request(*r);
        let Some(vehicle) = self.vehicle() else { return self.of_the_plan(names) };
        let vehicle = names.vehicle(vehicle);
        match self {
            Self::Routes { .. } | Self::HalfReturn { .. } => self.of_the_plan(names),
            Self::Unknown { at, .. } => {
                format!("{vehicle} has an unknown request or break as visit {at}")
            }
            Self::Twice { visit, .. } => {
                format!("{vehicle} has {}, which is in the plan already", visit_name(*visit, names))
            }
            Self::NoPickup { request: r, .. } => {
                format!("{vehicle} drops off {} without having picked it up", request(r))
            }
            Self::NoDropoff { request: r, .. } => {
                format!("{vehicle} picks up {} and never drops it off", request(r))
            }
            Self::BreakMissing { index, .. } => {
                format!("{vehicle} does not take its break {index}")
            }
            Self::BreakOrder { index, .. } => {
                format!("{vehicle} takes its break {index} before an earlier one")
            }
            Self::BreakAboard { index, request: r, .. } => {
                format!("{vehicle} takes its break {index} with {} aboard", request(r))
            }
            Self::Frozen { at, wanted, .. } => format!(
                "{vehicle} must have {} as visit {at}: that is done or decided",
                visit_name(*wanted, names)
            ),
            Self::Skills { request: r, .. } => {
                format!("{vehicle} lacks a skill that {} asks for", request(r))
            }
            Self::Pinned { request: r, to, .. } => {
                format!("{vehicle} serves {}, which is for {}", request(r), names.vehicle(*to))
            }
            Self::Load { visit, aboard, .. } => format!(
                "{vehicle} is full: from {} on {} would be aboard, in no seat configuration",
                visit_name(*visit, names),
                names.load(aboard)
            ),
            Self::Apart { one, other, .. } => {
                format!("{vehicle} has {} aboard together with {}", request(one), request(other))
            }
            Self::Unreachable { from, to, .. } => {
                format!("{vehicle} has no way from {} to {}", names.place(*from), names.place(*to))
            }
            Self::Times { broken, by, given, .. } => {
                let mut words = broken.broken(&vehicle, *by, names);
                for (n, other) in given.iter().enumerate() {
                    words += if n == 0 { ", because " } else { " and " };
                    words += &other.given(names);
                }
                words
            }
            Self::NoTimes { .. } => {
                format!("{vehicle} has not one time for each visit, its start and its end")
            }
        }
    }

    fn of_the_plan(&self, names: &dyn Names) -> String {
        match self {
            Self::HalfReturn { served, missing } => format!(
                "{} is served without {}, the other half of the journey",
                names.request(*served),
                names.request(*missing)
            ),
            Self::Routes { found, wanted } => format!("the plan has {found} routes of {wanted}"),
            _ => String::new(),
        }
    }
}

impl Bound {
    /// What would happen if it were the one to give way.
    fn broken(&self, vehicle: &str, by: f64, names: &dyn Names) -> String {
        let time = |time: f64| names.time(time);
        let span = |span: f64| names.span(span);
        let name = |visit: Visit| visit_name(visit, names);
        match *self {
            Self::Way { to, takes } => format!(
                "{vehicle} has {} for the way to {}, which takes {}",
                span(takes - by),
                to.map_or("its end".into(), name),
                span(takes)
            ),
            Self::ShiftBegins(at) => {
                format!("{vehicle} leaves at {}, its shift begins at {}", time(at - by), time(at))
            }
            Self::ShiftEnds(at) => format!(
                "{vehicle} would be at its end at {}, its shift ends at {}",
                time(at + by),
                time(at)
            ),
            Self::Duration(most) => {
                format!("{vehicle} would be out {} of at most {}", span(most + by), span(most))
            }
            Self::Ride(r, most) => format!(
                "{vehicle}: {} would be aboard {} of at most {}",
                names.request(r),
                span(most + by),
                span(most)
            ),
            Self::Opens(visit, at) => format!(
                "{vehicle} begins {} at {}, its window opens at {}",
                name(visit),
                time(at - by),
                time(at)
            ),
            Self::Closes(visit, at) => format!(
                "{vehicle} would begin {} at {}, its window closes at {}",
                name(visit),
                time(at + by),
                time(at)
            ),
            Self::PromisedFrom(visit, at) => format!(
                "{vehicle} begins {} at {}, promised from {} on",
                name(visit),
                time(at - by),
                time(at)
            ),
            Self::PromisedUntil(visit, at) => format!(
                "{vehicle} would begin {} at {}, promised for {} at the latest",
                name(visit),
                time(at + by),
                time(at)
            ),
            Self::Released(r, at) => format!(
                "{vehicle} sets out to {} at {}, which is released at {}",
                name(Visit::Pickup(r)),
                time(at - by),
                time(at)
            ),
            Self::NotBefore(visit, at) => format!(
                "{vehicle} sets out to {} at {}, which is not before {}",
                name(visit),
                time(at - by),
                time(at)
            ),
            Self::Began(visit, at) => format!(
                "{vehicle} began {} at {}, {} away from what the plan asks for",
                name(visit),
                time(at),
                span(by)
            ),
        }
    }

    /// What it says of itself.
    fn given(&self, names: &dyn Names) -> String {
        let name = |visit: Visit| visit_name(visit, names);
        match *self {
            Self::Way { to, takes } => format!(
                "the way to {} takes {}",
                to.map_or("the end".into(), name),
                names.span(takes)
            ),
            Self::ShiftBegins(at) => format!("the shift begins at {}", names.time(at)),
            Self::ShiftEnds(at) => format!("the shift ends at {}", names.time(at)),
            Self::Duration(most) => format!("it may be out at most {}", names.span(most)),
            Self::Ride(r, most) => {
                format!("{} may be aboard at most {}", names.request(r), names.span(most))
            }
            Self::Opens(visit, at) => format!("{} opens at {}", name(visit), names.time(at)),
            Self::Closes(visit, at) => format!("{} closes at {}", name(visit), names.time(at)),
            Self::PromisedFrom(visit, at) => {
                format!("{} is promised from {} on", name(visit), names.time(at))
            }
            Self::PromisedUntil(visit, at) => {
                format!("{} is promised until {}", name(visit), names.time(at))
            }
            Self::Released(r, at) => {
                format!("{} is released at {}", names.request(r), names.time(at))
            }
            Self::NotBefore(visit, at) => {
                format!("nobody sets out to {} before {}", name(visit), names.time(at))
            }
            Self::Began(visit, at) => format!("{} began at {}", name(visit), names.time(at)),
        }
    }
}

fn visit_name(visit: Visit, names: &dyn Names) -> String {
    match visit {
        Visit::Pickup(r) => format!("the pickup of {}", names.request(r)),
        Visit::Dropoff(r) => format!("the drop-off of {}", names.request(r)),
        Visit::Break(b) => format!("break {b}"),
    }
}
