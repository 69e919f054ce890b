//! The municipality's own side: its words, roles and kinds of help, its buildings, rooms and locks.

use anyhow::{Context as _, Result};
use dugnad_proto::{
    matching::v1::{Kind, SetKindRequest},
    rooms::v1 as rooms,
    volunteers::v1 as people,
};
use dugnad_roads::{Feature, Place};

use super::{
    door::Door,
    each::each,
    fleet,
    map::{Area, Map},
    month::{Month, minutes},
};
use crate::client::request_id;

/// The municipality's name for people, and as a tenant.
pub(super) const TOWN: &str = "Dugnadsby";
pub(crate) const TENANT: &str = "dugnadsby";

/// Where locks speak, behind the municipality's name.
pub(super) const LOCKS: &str = "zigbee2mqtt";

/// Whoever opens, welcomes and locks.
pub(crate) const HOST: &str = "host";
/// Whoever plays for a singsong; few can.
pub(super) const MUSICIAN: &str = "musician";

const STEP_FREE: i32 = rooms::Accessibility::StepFree as i32;

/// A venue of the map with the rooms that are let in it.
#[derive(Clone, Debug)]
pub(crate) struct Building {
    pub(crate) title: String,
    pub(crate) at: Place,
    pub(crate) rooms: Vec<Room>,
}

#[derive(Clone, Debug)]
pub(crate) struct Room {
    /// `facilities/{facility}/rooms/{room}`.
    pub(crate) name: String,
    pub(super) title: &'static str,
}

/// Rooms and how many people each takes, by the kind of building.
fn rooms_of(kind: &str) -> &'static [(&'static str, i32)] {
    match kind {
        "library" => &[("Lesesalen", 60), ("Møterommet", 14), ("Bokkroken", 25)],
        "community_centre" => &[("Stua", 40), ("Kjøkkenet", 16), ("Verkstedet", 20)],
        "school" | "college" => &[("Aulaen", 120), ("Gymsalen", 60), ("Klasserom 1", 28)],
        "arts_centre" => &[("Foajeen", 150), ("Øvingsrommet", 30)],
        "place_of_worship" => &[("Menighetssalen", 80), ("Peisestua", 25)],
        "townhall" => &[("Formannskapssalen", 50), ("Møterom 2", 12)],
        _ => &[("Dagligstua", 30), ("Spisesalen", 45)],
    }
}

/// The municipality's lists of words, what roles ask for, and how needs are matched.
pub(crate) async fn set_words(door: &mut Door, areas: &[Area]) -> Result<()> {
    let term = |area: &Area| people::Term {
        code: area.code.clone(),
        nb: format!("Rundt {}", area.title),
        en: format!("Around {}", area.title),
        location: Some(people::Location { latitude: area.at.lat, longitude: area.at.lon }),
        retired: false,
    };
    let terms = people::SetTermsRequest {
        list: people::TermList::Areas.into(),
        terms: areas.iter().map(term).collect(),
        request_id: request_id(),
    };
    door.people.set_terms(terms).await?;
    for (code, nb, en, months) in [(HOST, "Vert", "Host", 0), (MUSICIAN, "Musiker", "Musician", 36)]
    {
        set_role(door, code, nb, en, months).await?;
    }
    Ok(())
}

/// Both are asked by themselves as soon as somebody is needed; of a musician a course is asked too.
async fn set_role(door: &mut Door, code: &str, nb: &str, en: &str, months: i32) -> Result<()> {
    let course = format!("courses/{code}");
    let (nb, en) = (nb.to_owned(), en.to_owned());
    if months > 0 {
        let course =
            people::Course { name: course.clone(), nb: nb.clone(), en: en.clone(), months };
        let request = people::SetCourseRequest { course: Some(course), request_id: request_id() };
        door.standing.set_course(request).await?;
    }
    let requirements = people::Requirements {
        min_age: 18,
        confidentiality: true,
        courses: if months > 0 { vec![course] } else { Vec::new() },
        ..Default::default()
    };
    let card = people::RoleCard { nb, en, ..Default::default() };
    let role = people::Role {
        name: format!("roles/{code}"),
        requirements: Some(requirements),
        card: Some(card),
        ..Default::default()
    };
    let request = people::SetRoleRequest { role: Some(role), request_id: request_id() };
    door.standing.set_role(request).await?;
    let kind = Kind {
        code: code.to_owned(),
        role: code.to_owned(),
        automatic: true,
        at_a_time: 3,
        ..Default::default()
    };
    door.matching.set_kind(SetKindRequest { kind: Some(kind), request_id: request_id() }).await?;
    Ok(())
}

/// How many venues have so many rooms.
pub(crate) fn with_rooms(map: &Map, rooms: usize) -> usize {
    let mut sum = 0;
    let all = map.venues.iter().cycle().map(|venue| rooms_of(&venue.kind).len());
    1 + all
        .take_while(|more| {
            sum += more;
            sum < rooms
        })
        .count()
}

/// Registers so many venues of the map, each with its rooms and a lock on its door. A town that has
/// more than the map has them side by side.
pub(crate) async fn register(
    door: &Door,
    map: &Map,
    month: &Month,
    count: usize,
) -> Result<Vec<Building>> {
    let venues: Vec<_> = map.venues.iter().cycle().take(count).cloned().enumerate().collect();
    let first = month.first.to_string();
    each("registering buildings", venues, |(n, venue)| {
        building(door.clone(), n, venue, first.clone())
    })
    .await
}

async fn building(mut door: Door, n: usize, venue: Feature, from: String) -> Result<Building> {
    let facility = rooms::Facility {
        display_name: venue.name.clone(),
        opening_hours: Some(daily("08:00", "23:00")),
        ..Default::default()
    };
    let request =
        rooms::CreateFacilityRequest { facility: Some(facility), request_id: request_id() };
    let facility = door.rooms.create_facility(request).await?.into_inner().facility;
    let facility = facility.context("a facility")?.name;
    fleet::stop_at(&mut door, &facility, &venue).await?;
    let mut registered = Vec::new();
    for &(title, capacity) in rooms_of(&venue.kind) {
        let room = rooms::Room {
            display_name: title.to_owned(),
            capacity,
            accessibility: vec![STEP_FREE],
            buffer_after: minutes(15),
            ..Default::default()
        };
        let request = rooms::CreateRoomRequest {
            facility: facility.clone(),
            room: Some(room),
            request_id: request_id(),
        };
        let room = door.rooms.create_room(request).await?.into_inner().room.context("a room")?;
        registered.push(Room { name: room.name, title });
    }
    let lock = lock(n);
    let entrance = entrance(&facility, &venue.name, &registered, &lock, from);
    let request = rooms::SetDoorRequest { door: Some(entrance), request_id: request_id() };
    door.doors.set_door(request).await?;
    Ok(Building { title: venue.name, at: venue.at, rooms: registered })
}

/// Opened by a code of each booking's own, on from a little over an hour before.
fn entrance(facility: &str, title: &str, of: &[Room], lock: &str, from: String) -> rooms::Door {
    rooms::Door {
        display_name: format!("Hovedinngangen, {title}"),
        facility: facility.to_owned(),
        rooms: of.iter().map(|room| room.name.clone()).collect(),
        access: vec![rooms::door::AccessFrom { from, access: rooms::Access::Code.into() }],
        lock: Some(rooms::Lock {
            bridge: rooms::Bridge::Zigbee2mqtt.into(),
            base_topic: LOCKS.to_owned(),
            topic_name: lock.to_owned(),
            first_slot: 10,
            last_slot: 99,
            digits: 6,
            lead: minutes(90),
            margin: minutes(15),
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// The level on which the lock of a building speaks.
pub(super) fn lock(building: usize) -> String {
    format!("dor-{}", building + 1)
}

fn daily(opens: &str, closes: &str) -> rooms::OpeningHours {
    let window = rooms::LocalWindow { opens: opens.to_owned(), closes: closes.to_owned() };
    let day = |weekday| rooms::opening_hours::Day { weekday, windows: vec![window.clone()] };
    rooms::OpeningHours { days: (1..=7).map(day).collect(), exceptions: Vec::new() }
}
