//! What OpenStreetMap's tags mean for a passenger car: where it may go, which way, how fast.
//!
//! This is the whole profile. It follows the community's wiki ("Key:access", "Key:oneway",
//! "Relation:restriction", "Key:maxspeed") and, for speeds of roads without a limit, the tables of
//! Valhalla, against which the times are checked. Absent: conditional limits (by hour or day),
//! weights and heights, tolls, the timetables of ferries.

mod speed;

pub(crate) use speed::{Pace, speed_limits};

use crate::osm::Tags;

/// The importance of a road, most important first; the order counts at crossings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    Motorway,
    Trunk,
    Primary,
    Secondary,
    Tertiary,
    Unclassified,
    Residential,
    Service,
}

/// What a drivable way is to a car.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Road {
    pub(crate) class: Class,
    pub(crate) ferry: bool,
    /// Only for those who live or deliver there: no way through.
    pub(crate) private: bool,
    /// Speed along the way; `None` where it may not be driven that way.
    pub(crate) forward: Option<Pace>,
    /// Speed against the way.
    pub(crate) backward: Option<Pace>,
}

/// What stands at a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Point {
    /// A car does not get through.
    pub(crate) closed: bool,
    /// A gate: it opens, slowly, and not for those who only pass.
    pub(crate) gate: bool,
}

/// From the most to the least specific: the first that is there decides.
const ACCESS: [&str; 4] = ["motorcar", "motor_vehicle", "vehicle", "access"];

enum Access {
    Open,
    Private,
    Closed,
}

fn access(tags: &Tags<'_>) -> Option<Access> {
    Some(match tags.first(&ACCESS)? {
        "private" | "destination" | "delivery" | "customers" | "residents" | "permit" => {
            Access::Private
        }
        "no"
        | "agricultural"
        | "forestry"
        | "agricultural;forestry"
        | "emergency"
        | "psv"
        | "bus"
        | "military"
        | "discouraged"
        | "use_sidepath" => Access::Closed,
        _ => Access::Open,
    })
}

/// Reads a way's tags; `None` when no car may drive there.
pub(crate) fn road(tags: &Tags<'_>) -> Option<Road> {
    let ferry = tags.is("route", "ferry");
    let highway = match tags.get("highway") {
        Some(highway) => highway,
        None if ferry => "ferry",
        None => return None,
    };
    let (class, link) = class(highway)?;
    let access = match access(tags) {
        Some(Access::Closed) => return None,
        Some(access) => access,
        None if ferry && !tags.is("motor_vehicle", "yes") => return None,
        None => Access::Open,
    };
    if tags.is("area", "yes") || tags.is("service", "emergency_access") {
        return None;
    }
    let private = matches!(access, Access::Private);
    let roundabout = matches!(tags.get("junction"), Some("roundabout" | "circular"));
    let (along, against) = directions(tags, roundabout || highway == "motorway");
    let (forward, backward) = speed_limits(tags, highway, class, link);
    Some(Road {
        class,
        ferry: highway == "ferry",
        private,
        forward: along.then_some(forward),
        backward: against.then_some(backward),
    })
    .filter(|road| road.forward.or(road.backward).is_some())
}

fn class(highway: &str) -> Option<(Class, bool)> {
    let (stem, link) = match highway.strip_suffix("_link") {
        Some(stem) => (stem, true),
        None => (highway, false),
    };
    let class = match stem {
        "motorway" => Class::Motorway,
        "trunk" => Class::Trunk,
        "primary" | "ferry" => Class::Primary,
        "secondary" => Class::Secondary,
        "tertiary" => Class::Tertiary,
        "unclassified" | "road" => Class::Unclassified,
        "residential" => Class::Residential,
        "living_street" | "service" | "track" => Class::Service,
        _ => return None,
    };
    Some((class, link))
}

/// Whether a car may drive along and against a way.
fn directions(tags: &Tags<'_>, one_way_by_kind: bool) -> (bool, bool) {
    match tags.first(&["oneway:motorcar", "oneway:motor_vehicle", "oneway"]) {
        Some("yes" | "true" | "1") => (true, false),
        Some("-1" | "reverse") => (false, true),
        Some("reversible" | "alternating") => (false, false),
        Some("no" | "false" | "0") => (true, true),
        _ => (true, !one_way_by_kind),
    }
}

/// Reads a node's tags.
pub(crate) fn point(tags: &Tags<'_>) -> Point {
    let Some(barrier) = tags.get("barrier") else { return Point::default() };
    let (closed, gate) = match (access(tags), barrier) {
        (Some(Access::Closed), _) => (true, false),
        (Some(Access::Private), _) => (false, true),
        (Some(Access::Open), _) => (false, false),
        (None, "gate" | "lift_gate" | "swing_gate" | "sliding_gate" | "wicket_gate") => {
            (false, true)
        }
        (
            None,
            "bollard"
            | "block"
            | "jersey_barrier"
            | "chain"
            | "debris"
            | "planter"
            | "log"
            | "rope"
            | "stile"
            | "turnstile"
            | "kissing_gate"
            | "full-height_turnstile"
            | "cycle_barrier"
            | "motorcycle_barrier"
            | "fence"
            | "wall"
            | "rising_bollard"
            | "bus_trap"
            | "sump_buster"
            | "yes",
        ) => (true, false),
        (None, _) => (false, false),
    };
    Point { closed, gate }
}

/// Whether a relation restricts turns of a car: `Some(true)` for an `only_*`.
pub(crate) fn restriction(tags: &Tags<'_>) -> Option<bool> {
    if !tags.get("type")?.starts_with("restriction") {
        return None;
    }
    let kind = tags.first(&["restriction:motorcar", "restriction:motor_vehicle", "restriction"])?;
    let excepted = |who: &str| matches!(who.trim(), "motorcar" | "motor_vehicle" | "vehicle");
    if tags.get("except").is_some_and(|except| except.split(';').any(excepted)) {
        return None;
    }
    if kind.starts_with("only_") {
        return Some(true);
    }
    kind.starts_with("no_").then_some(false)
}
