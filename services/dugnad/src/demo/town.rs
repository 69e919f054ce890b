//! A town that does not exist, as Norwegian towns are: its buildings, rooms and opening hours.

use anyhow::{Context as _, Result};
use dugnad_proto::rooms::v1::{
    Accessibility, CreateFacilityRequest, CreateRoomRequest, Facility, LocalWindow, OpeningHours,
    Room, Weekday,
    opening_hours::{Day, Exception},
};
use jiff::{ToSpan as _, civil::Date};

use super::door::Door;
use crate::client::request_id;

/// The municipality's name for people, and as a tenant.
pub(super) const TOWN: &str = "Lillevik";
pub(super) const TENANT: &str = "lillevik";

/// A building as it is registered.
struct Building {
    name: &'static str,
    /// Weekdays, Saturday, Sunday; "" is closed.
    hours: [&'static str; 3],
    rooms: &'static [Place],
}

/// A room, or a part of one.
struct Place {
    name: &'static str,
    /// The room of the same building that it is a part of.
    part_of: Option<&'static str>,
    people: i32,
    equipment: &'static [&'static str],
    access: &'static [Accessibility],
}

const LIFT: Accessibility = Accessibility::Lift;
const STEP_FREE: Accessibility = Accessibility::StepFree;
const LOOP: Accessibility = Accessibility::HearingLoop;
const TOILET: Accessibility = Accessibility::AccessibleToilet;

const fn room(
    name: &'static str,
    people: i32,
    equipment: &'static [&'static str],
    access: &'static [Accessibility],
) -> Place {
    Place { name, part_of: None, people, equipment, access }
}

const fn part(name: &'static str, of: &'static str, people: i32) -> Place {
    Place { name, part_of: Some(of), people, equipment: &["stage-light"], access: &[STEP_FREE] }
}

const BUILDINGS: &[Building] = &[
    Building {
        name: "Kulturhuset",
        hours: ["08:00-22:30", "10:00-23:00", "11:00-20:00"],
        rooms: &[
            room("Storsalen", 300, &["stage", "projector", "piano"], &[STEP_FREE, LOOP, TOILET]),
            part("Storsalen nord", "Storsalen", 150),
            part("Storsalen sør", "Storsalen", 150),
            room("Møterom Fjorden", 12, &["screen", "whiteboard"], &[LIFT, TOILET]),
        ],
    },
    Building {
        name: "Idrettshallen",
        hours: ["08:00-22:30", "09:00-21:00", "09:00-21:00"],
        rooms: &[
            room("Storhallen", 400, &["goals", "scoreboard"], &[STEP_FREE, TOILET]),
            part("Storhallen A", "Storhallen", 200),
            part("Storhallen B", "Storhallen", 200),
            room("Gymsalen", 60, &["mats"], &[STEP_FREE]),
        ],
    },
    Building {
        name: "Biblioteket",
        hours: ["10:00-19:00", "10:00-15:00", ""],
        rooms: &[
            room("Lesesalen", 60, &["projector"], &[STEP_FREE, LOOP, TOILET]),
            room("Bokrommet", 8, &["screen"], &[STEP_FREE]),
        ],
    },
    Building {
        name: "Frivilligsentralen",
        hours: ["08:00-21:00", "10:00-16:00", ""],
        rooms: &[
            room("Stua", 40, &["kitchen", "projector"], &[STEP_FREE, TOILET]),
            room("Kontoret", 6, &["screen"], &[STEP_FREE]),
        ],
    },
];

/// A registered room.
#[derive(Clone, Debug)]
pub(super) struct Registered {
    /// `facilities/{facility}/rooms/{room}`.
    pub(super) name: String,
    pub(super) building: &'static str,
    pub(super) title: &'static str,
    /// The title of the room that it is a part of.
    pub(super) part_of: Option<&'static str>,
}

/// Every room, in the order that people list them.
#[derive(Clone, Debug, Default)]
pub(super) struct Town {
    pub(super) rooms: Vec<Registered>,
}

impl Town {
    pub(super) fn buildings(&self) -> usize {
        BUILDINGS.len()
    }

    pub(super) fn room(&self, title: &str) -> Result<&Registered> {
        self.rooms.iter().find(|room| room.title == title).with_context(|| format!("room {title}"))
    }
}

/// How many steps [`register`] reports.
pub(super) fn steps() -> u64 {
    BUILDINGS.iter().map(|building| 1 + building.rooms.len() as u64).sum()
}

/// Registers the town; everything is closed from the next 24 December over New Year's Day.
pub(super) async fn register(door: &mut Door, today: Date, step: impl Fn()) -> Result<Town> {
    let mut town = Town::default();
    for building in BUILDINGS {
        let facility = Facility {
            display_name: building.name.to_owned(),
            time_zone: "Europe/Oslo".to_owned(),
            opening_hours: Some(opening_hours(building.hours, today)?),
            ..Facility::default()
        };
        let request = CreateFacilityRequest { facility: Some(facility), request_id: request_id() };
        let answer = door.rooms.create_facility(request).await?.into_inner();
        let facility = answer.facility.context("a facility")?.name;
        step();
        for place in building.rooms {
            let registered = create_room(door, &town, &facility, building, place).await?;
            town.rooms.push(registered);
            step();
        }
    }
    Ok(town)
}

async fn create_room(
    door: &mut Door,
    town: &Town,
    facility: &str,
    building: &Building,
    place: &Place,
) -> Result<Registered> {
    let parent = match place.part_of {
        Some(whole) => town.room(whole)?.name.clone(),
        None => String::new(),
    };
    let room = Room {
        display_name: place.name.to_owned(),
        parent,
        capacity: place.people,
        equipment: place.equipment.iter().map(ToString::to_string).collect(),
        accessibility: place.access.iter().map(|access| *access as i32).collect(),
        ..Room::default()
    };
    let request = CreateRoomRequest {
        facility: facility.to_owned(),
        room: Some(room),
        request_id: request_id(),
    };
    let answer = door.rooms.create_room(request).await?.into_inner();
    Ok(Registered {
        name: answer.room.context("a room")?.name,
        building: building.name,
        title: place.name,
        part_of: place.part_of,
    })
}

fn opening_hours([weekdays, saturday, sunday]: [&str; 3], today: Date) -> Result<OpeningHours> {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let day = |weekday: Weekday, hours: &str| Day {
        weekday: weekday as i32,
        windows: hours.split_once('-').map(window).into_iter().collect(),
    };
    let mut days: Vec<Day> = [Monday, Tuesday, Wednesday, Thursday, Friday]
        .into_iter()
        .map(|weekday| day(weekday, weekdays))
        .collect();
    days.extend([day(Saturday, saturday), day(Sunday, sunday)]);
    Ok(OpeningHours { days, exceptions: christmas(today)? })
}

fn window((opens, closes): (&str, &str)) -> LocalWindow {
    LocalWindow { opens: opens.to_owned(), closes: closes.to_owned() }
}

/// Nine days: each weekday falls into it at least once.
fn christmas(today: Date) -> Result<Vec<Exception>> {
    let eve = christmas_eve(today)?;
    let closed = (0..9).map(|day| Exception {
        date: (eve + day.days()).to_string(),
        windows: Vec::new(),
        reason: "Closed for Christmas".to_owned(),
    });
    Ok(closed.collect())
}

/// The first one that series booked next week can reach.
pub(super) fn christmas_eve(today: Date) -> Result<Date> {
    let this_year = Date::new(today.year(), 12, 24)?;
    let next_year = Date::new(today.year() + 1, 12, 24)?;
    Ok(if today + 14.days() < this_year { this_year } else { next_year })
}
