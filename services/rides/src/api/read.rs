//! Takes requests apart, each field within its bounds.

use std::str::FromStr as _;

use dugnad_calendar::Interval;
use dugnad_door::{Invalid, Within as _, field, local};
use dugnad_events::{
    Code, RideId,
    rides::{self, Home, Load, Pause, Span, Spot, Way},
    volunteers::Location,
};
use dugnad_proto::rides::v1 as pb;
use dugnad_vault::PersonId;
use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::model;

const LONGEST_TITLE: usize = 80;
const LONGEST_ADDRESS: usize = 200;
const LONGEST_NOTE: usize = 500;
const LONGEST_ABOUT: usize = 200;
const MOST_CODES: usize = 20;
const MOST_NEEDS: usize = 10;
const MOST_REFUSED: usize = 50;
const MOST_REFUSES: usize = 20;
const MOST_CONFIGURATIONS: usize = 8;
const MOST_PAUSES: usize = 4;
const MOST_PLACES: i32 = 60;

type Read<T> = Result<T, Invalid>;

pub(super) fn person(name: &str, text: &str) -> Read<PersonId> {
    field::id(name, text, "people").map(PersonId)
}

pub(super) fn day(text: &str) -> Read<Date> {
    local::date("day", text)
}

pub(super) fn code(name: &str, text: &str) -> Read<Code> {
    Code::from_str(text).map_err(|problem| Invalid::new(name, problem.to_string()))
}

fn codes(name: &str, texts: &[String], most: usize) -> Read<Vec<Code>> {
    let texts = field::at_most(name, texts, most)?;
    let read = |(at, text): (usize, &String)| code("", text).within_item(name, at);
    texts.iter().enumerate().map(read).collect()
}

fn people(name: &str, texts: &[String], most: usize) -> Read<Vec<PersonId>> {
    let texts = field::at_most(name, texts, most)?;
    let read = |(at, text): (usize, &String)| person("", text).within_item(name, at);
    texts.iter().enumerate().map(read).collect()
}

pub(super) fn location(name: &str, at: Option<&pb::Location>) -> Read<Location> {
    let at = field::required(name, at)?;
    if !(-90_000_000..=90_000_000).contains(&at.lat_e6) {
        let problem = "must be from -90000000 to 90000000";
        return Err(Invalid::new("lat_e6", problem)).within(name);
    }
    if !(-180_000_000..=180_000_000).contains(&at.lon_e6) {
        let problem = "must be from -180000000 to 180000000";
        return Err(Invalid::new("lon_e6", problem)).within(name);
    }
    Ok(Location { lat: at.lat_e6, lon: at.lon_e6 })
}

pub(super) fn spot(name: &str, spot: Option<&pb::Spot>) -> Read<Spot> {
    let spot = field::required(name, spot)?;
    let at = location("at", spot.at.as_ref()).within(name)?;
    let address = field::text("address", &spot.address, LONGEST_ADDRESS).within(name)?;
    Ok(Spot { at, address: address.to_owned() })
}

/// Seconds; `usual` if it is not set.
fn minutes(
    name: &str,
    value: Option<&prost_types::Duration>,
    bounds: std::ops::RangeInclusive<u32>,
    usual: u32,
) -> Read<i32> {
    let minutes = value.map_or(Ok(usual), |value| field::minutes(name, value, bounds))?;
    Ok(minutes as i32 * 60)
}

fn load(load: &pb::Load) -> Read<Load> {
    let count = |name, value| field::within(name, value, 0..=MOST_PLACES).map(|it| it as u16);
    Ok(Load {
        seats: count("seats", load.seats)?,
        wheelchairs: count("wheelchairs", load.wheelchairs)?,
        walkers: count("walkers", load.walkers)?,
        child_seats: count("child_seats", load.child_seats)?,
        boxes: count("boxes", load.boxes)?,
    })
}

pub(super) fn rules(rules: &pb::Rules) -> Read<rides::Rules> {
    let usual = rides::Rules::default();
    Ok(rides::Rules {
        slack: minutes("slack", rules.slack.as_ref(), 1..=60, usual.slack as u32 / 60)?,
        wait: minutes("wait", rules.wait.as_ref(), 5..=180, usual.wait as u32 / 60)?,
        horizon_days: field::within("horizon_days", rules.horizon_days, 1..=60)? as u16,
        ore_per_km: field::within("refund_ore_per_km", rules.refund_ore_per_km, 0..=10_000)?,
        driver_kinds: codes("driver_kinds", &rules.driver_kinds, MOST_CODES)?,
    })
}

/// A vehicle as far as it can be read before its owner's home is sealed.
pub(super) struct Vehicle {
    pub(super) title: String,
    pub(super) configurations: Vec<Load>,
    pub(super) has: Vec<Code>,
    pub(super) start: Location,
    pub(super) end: Option<Location>,
    pub(super) owner: Option<PersonId>,
}

pub(super) fn vehicle(vehicle: &pb::Vehicle) -> Read<Vehicle> {
    let configurations =
        field::at_most("configurations", &vehicle.configurations, MOST_CONFIGURATIONS)?;
    if configurations.is_empty() {
        return Err(Invalid::new("configurations", "must not be empty"));
    }
    let read = |(at, it): (usize, &pb::Load)| load(it).within_item("configurations", at);
    let owner = (!vehicle.owner.is_empty()).then(|| person("owner", &vehicle.owner));
    Ok(Vehicle {
        title: field::label("title", &vehicle.title, LONGEST_TITLE)?.to_owned(),
        configurations: configurations.iter().enumerate().map(read).collect::<Read<_>>()?,
        has: codes("has", &vehicle.has, MOST_CODES)?,
        start: location("start", vehicle.start.as_ref())?,
        end: vehicle.end.as_ref().map(|end| location("end", Some(end))).transpose()?,
        owner: owner.transpose()?,
    })
}

pub(super) fn driver(driver: &pb::Driver) -> Read<(PersonId, rides::Driver)> {
    let vehicle = (!driver.vehicle.is_empty())
        .then(|| field::name("vehicle", &driver.vehicle))
        .transpose()?;
    let facts = rides::Driver {
        employed: driver.employed,
        can: codes("can", &driver.can, MOST_CODES)?,
        refuses: people("refuses", &driver.refuses, MOST_REFUSED)?,
        vehicle,
        active: !driver.inactive,
    };
    Ok((person("person", &driver.person)?, facts))
}

fn window(name: &str, window: Option<&pb::Window>, longest: SignedDuration) -> Read<Interval> {
    let window = field::required(name, window)?;
    let instant = |name, at| field::instant(name, at);
    let (from, until) =
        (instant("from", window.from.as_ref()), instant("until", window.until.as_ref()));
    let span = Interval::new(from.within(name)?, until.within(name)?);
    let span = span.map_err(|_| Invalid::new("until", "must come after `from`").within(name))?;
    if span.seconds() > longest.as_secs() {
        let problem = format!("must be at most {} hours after `from`", longest.as_hours());
        return Err(Invalid::new("until", problem).within(name));
    }
    Ok(span)
}

/// Hours of one service day.
fn hours(name: &str, value: Option<&pb::Window>) -> Read<(Date, Span)> {
    let span = window(name, value, SignedDuration::from_hours(24))?;
    let day = model::service_day(span.start());
    let at = |at| model::moment(day, at);
    Ok((day, Span { from: at(span.start()), until: at(span.end()) }))
}

/// A shift; `vehicle` is what the driver drives when nothing else is said.
pub(super) fn shift(
    shift: &pb::Shift,
    usual: Option<dugnad_events::VehicleId>,
) -> Read<rides::Shift> {
    let driver = person("driver", &shift.driver)?;
    let vehicle = match (shift.vehicle.is_empty(), usual) {
        (true, Some(usual)) => usual,
        (true, None) => {
            let problem = "is required: the driver has none that is theirs";
            return Err(Invalid::new("vehicle", problem));
        }
        (false, _) => field::name("vehicle", &shift.vehicle)?,
    };
    let (day, hours) = hours("hours", shift.hours.as_ref())?;
    let read = |(at, it): (usize, &pb::Pause)| pause(day, hours, it).within_item("pauses", at);
    let pauses = field::at_most("pauses", &shift.pauses, MOST_PAUSES)?;
    let pauses: Vec<Pause> = pauses.iter().enumerate().map(read).collect::<Read<_>>()?;
    let mut ends = hours.from;
    for (at, pause) in pauses.iter().enumerate() {
        if pause.begins.until.max(pause.begins.from) + pause.lasts > hours.until
            || pause.begins.until < ends
        {
            let problem = "must lie within the hours, after the pause before it";
            return Err(Invalid::new("begins", problem).within_item("pauses", at));
        }
        ends = pause.begins.from.max(ends) + pause.lasts;
    }
    Ok(rides::Shift { day, vehicle, driver, hours, pauses, assignment: None })
}

fn pause(day: Date, hours: Span, pause: &pb::Pause) -> Read<Pause> {
    let begins = window("begins", pause.begins.as_ref(), SignedDuration::from_hours(24))?;
    let lasts = field::required("lasts", pause.lasts.as_ref())?;
    let begins =
        Span { from: model::moment(day, begins.start()), until: model::moment(day, begins.end()) };
    if begins.from < hours.from {
        return Err(Invalid::new("begins", "must lie within the hours of the shift"));
    }
    Ok(Pause { begins, lasts: minutes("lasts", Some(lasts), 5..=120, 0)? })
}

/// How somebody rides, before it is sealed.
pub(super) struct Traveller {
    pub(super) person: PersonId,
    pub(super) home: Home,
    pub(super) load: Load,
    pub(super) needs: Vec<Code>,
    pub(super) refuses: Vec<PersonId>,
    pub(super) service: [i32; 2],
    pub(super) longest: i32,
}

pub(super) fn traveller(told: &pb::Traveller) -> Read<Traveller> {
    Ok(Traveller {
        person: person("person", &told.person)?,
        home: Home {
            spot: spot("home", told.home.as_ref())?,
            note: field::text("note", &told.note, LONGEST_NOTE)?.to_owned(),
        },
        load: load_of_one(told.load.as_ref())?,
        needs: codes("needs", &told.needs, MOST_NEEDS)?,
        refuses: people("refuses", &told.refuses, MOST_REFUSES)?,
        service: service(told.boarding.as_ref(), told.alighting.as_ref())?,
        longest: longest(told.longest_aboard.as_ref())?,
    })
}

/// One seat, if nothing is said.
fn load_of_one(asked: Option<&pb::Load>) -> Read<Load> {
    let asked = asked.map(load).transpose().within("load")?;
    let asked = asked.filter(|load| *load != Load::default());
    Ok(asked.unwrap_or(Load { seats: 1, ..Load::default() }))
}

fn service(
    boarding: Option<&prost_types::Duration>,
    alighting: Option<&prost_types::Duration>,
) -> Read<[i32; 2]> {
    Ok([minutes("boarding", boarding, 0..=60, 2)?, minutes("alighting", alighting, 0..=60, 2)?])
}

fn longest(aboard: Option<&prost_types::Duration>) -> Read<i32> {
    minutes("longest_aboard", aboard, 5..=240, 60)
}

/// What is asked for, before it is sealed.
pub(super) struct Trip {
    pub(super) traveller: PersonId,
    pub(super) way: Way,
    /// Everything but the way and the windows.
    terms: Terms,
    when: When,
}

struct Terms {
    service: [i32; 2],
    load: Load,
    needs: Vec<Code>,
    refuses: Vec<PersonId>,
    longest: i32,
    priority: u8,
    about: String,
}

enum When {
    ArriveBy(Timestamp),
    LeaveAfter(Timestamp),
}

pub(super) fn trip(trip: &pb::Trip) -> Read<Trip> {
    let when = match (&trip.arrive_by, &trip.leave_after) {
        (Some(at), None) => When::ArriveBy(field::instant("arrive_by", Some(at))?),
        (None, Some(at)) => When::LeaveAfter(field::instant("leave_after", Some(at))?),
        _ => {
            let problem = "or `leave_after` must be set, and not both";
            return Err(Invalid::new("arrive_by", problem));
        }
    };
    let way = Way {
        from: spot("from", trip.from.as_ref())?,
        to: spot("to", trip.to.as_ref())?,
        note: field::text("note", &trip.note, LONGEST_NOTE)?.to_owned(),
    };
    let terms = Terms {
        service: service(trip.boarding.as_ref(), trip.alighting.as_ref())?,
        load: load_of_one(trip.load.as_ref())?,
        needs: codes("needs", &trip.needs, MOST_NEEDS)?,
        refuses: people("refuses", &trip.refuses, MOST_REFUSES)?,
        longest: longest(trip.longest_aboard.as_ref())?,
        priority: field::within("priority", trip.priority, 0..=100)? as u8,
        about: about(&trip.about)?,
    };
    Ok(Trip { traveller: person("traveller", &trip.traveller)?, way, terms, when })
}

pub(super) fn about(text: &str) -> Read<String> {
    field::text("about", text, LONGEST_ABOUT).map(ToOwned::to_owned)
}

impl Trip {
    /// The ride, by how long people wait in this municipality.
    pub(super) fn ride(&self, way: dugnad_vault::Sealed<Way>, wait: i32) -> rides::Ride {
        let at = match self.when {
            When::ArriveBy(at) | When::LeaveAfter(at) => at,
        };
        let day = model::service_day(at);
        let moment = model::moment(day, at);
        let Terms { service, longest, .. } = self.terms;
        let (pickup, dropoff) = match self.when {
            When::ArriveBy(_) => model::arriving(moment, wait, service[0], longest),
            When::LeaveAfter(_) => model::leaving(moment, wait, service[0], longest),
        };
        self.with(day, way, pickup, dropoff)
    }

    /// The way home, from the other end, after a time.
    pub(super) fn home(
        &self,
        there: (RideId, &rides::Ride),
        after: Timestamp,
        way: dugnad_vault::Sealed<Way>,
        wait: i32,
    ) -> Read<rides::Ride> {
        let (id, there) = there;
        if model::service_day(after) != there.day {
            return Err(Invalid::new("home_after", "must lie on the service day of the way there"));
        }
        let moment = model::moment(there.day, after);
        if moment < there.dropoff.until + there.service[1] {
            let problem =
                "must not lie before the latest end of the way there, getting out included";
            return Err(Invalid::new("home_after", problem));
        }
        let Terms { service, longest, .. } = self.terms;
        let (pickup, dropoff) = model::leaving(moment, wait, service[0], longest);
        let home = self.with(there.day, way, pickup, dropoff);
        Ok(rides::Ride { return_of: Some(id), ..home })
    }

    pub(super) fn way_home(&self) -> Way {
        let Way { from, to, note } = self.way.clone();
        Way { from: to, to: from, note }
    }

    fn with(
        &self,
        day: Date,
        way: dugnad_vault::Sealed<Way>,
        pickup: Span,
        dropoff: Span,
    ) -> rides::Ride {
        let Terms { service, load, needs, refuses, longest, priority, about } = &self.terms;
        rides::Ride {
            day,
            traveller: self.traveller,
            way,
            pickup,
            dropoff,
            service: *service,
            load: *load,
            needs: needs.clone(),
            refuses: refuses.clone(),
            longest: *longest,
            priority: *priority,
            delivery: false,
            about: about.clone(),
            return_of: None,
            order: None,
        }
    }
}

/// One delivery of a meal round, before it is sealed.
pub(super) struct Meal {
    pub(super) receiver: PersonId,
    pub(super) way: Way,
    day: Date,
    pickup: Span,
    dropoff: Span,
    boxes: u16,
    keeps: i32,
}

const MOST_MEALS: usize = 60;
const A_DOOR: i32 = 120;

pub(super) fn meals(request: &pb::RequestMealRoundRequest) -> Read<Vec<Meal>> {
    let kitchen = spot("kitchen", request.kitchen.as_ref())?;
    let ready = field::instant("ready", request.ready.as_ref())?;
    let keeps = minutes("keeps", request.keeps.as_ref(), 5..=240, 90)?;
    let day = model::service_day(ready);
    let ready = model::moment(day, ready);
    let meals = field::at_most("meals", &request.meals, MOST_MEALS)?;
    if meals.is_empty() {
        return Err(Invalid::new("meals", "must not be empty"));
    }
    let read = |(at, meal): (usize, &pb::Meal)| {
        let read = || {
            let window = window("window", meal.window.as_ref(), SignedDuration::from_hours(12))?;
            let span = Span {
                from: model::moment(day, window.start()).max(ready),
                until: model::moment(day, window.end()),
            };
            if span.until <= ready || span.until > model::LAST {
                let problem = "must come after `ready`, on its service day";
                return Err(Invalid::new("until", problem).within("window"));
            }
            let note = field::text("note", &meal.note, LONGEST_NOTE)?.to_owned();
            let to = spot("to", meal.to.as_ref())?;
            Ok(Meal {
                receiver: person("receiver", &meal.receiver)?,
                way: Way { from: kitchen.clone(), to, note },
                day,
                pickup: Span { from: ready, until: span.until },
                dropoff: span,
                boxes: field::within("boxes", meal.boxes, 1..=10)? as u16,
                keeps,
            })
        };
        read().within_item("meals", at)
    };
    meals.iter().enumerate().map(read).collect()
}

impl Meal {
    pub(super) fn ride(&self, way: dugnad_vault::Sealed<Way>, about: &str) -> rides::Ride {
        rides::Ride {
            day: self.day,
            traveller: self.receiver,
            way,
            pickup: self.pickup,
            dropoff: self.dropoff,
            // All boxes are loaded at once, and that is the driver's affair before the round.
            service: [0, A_DOOR],
            load: Load { boxes: self.boxes, ..Load::default() },
            needs: Vec::new(),
            refuses: Vec::new(),
            longest: self.keeps,
            priority: 0,
            delivery: true,
            about: about.to_owned(),
            return_of: None,
            order: None,
        }
    }
}

/// A number of minutes that must be set, in seconds.
pub(super) fn late(by: Option<&prost_types::Duration>) -> Read<i32> {
    minutes("by", Some(field::required("by", by)?), 1..=240, 0)
}

pub(super) fn maybe_instant(
    name: &str,
    at: Option<&prost_types::Timestamp>,
) -> Read<Option<Timestamp>> {
    at.map(|at| field::instant(name, Some(at))).transpose()
}
