//! Rooms (lokaler) as trees: a hall and its parts, which block each other.

use std::ops::{Bound, Range};

use dugnad_calendar::{Interval, OpeningHours};
use dugnad_events::{
    FacilityId, RoomId, RoomName,
    rooms::{Event, RoomTraits},
};
use dugnad_ledger::Context;

use super::{
    Name, Page, Refusal, RoomView, State,
    closure::Closures,
    facility::Facility,
    occupancy::Occupancy,
    register::{Ix, Register},
};

/// The most rooms of one municipality, parts counted.
pub const MOST_ROOMS: usize = 20_000;
/// The most rooms of one facility, parts counted.
pub const MOST_ROOMS_OF_A_FACILITY: usize = 1_000;
/// The most levels from a whole to its smallest parts.
pub const MOST_LEVELS: usize = 8;
/// The longest buffer before or after a booking.
pub const LONGEST_BUFFER_MINUTES: u16 = 24 * 60;

/// A room, or a part of one.
#[derive(Debug, PartialEq)]
pub(super) struct Room {
    pub(super) name: RoomName,
    pub(super) facility: Ix<Facility>,
    parent: Option<Ix<Room>>,
    levels: usize,
    pub(super) traits: RoomTraits,
    /// Which rooms a booking here blocks: itself, the wholes it belongs to, then all of its parts.
    pub(super) relatives: Vec<Ix<Room>>,
    pub(super) occupancy: Occupancy,
    pub(super) closures: Closures,
}

/// All rooms.
pub(super) type Rooms = Register<RoomId, Room>;

pub(super) fn register(
    state: &State,
    cx: &Context,
    facility: FacilityId,
    parent: Option<RoomId>,
    traits: RoomTraits,
) -> Result<Vec<Event>, Refusal> {
    let building = state.facilities.existing(facility)?;
    if building.rooms.len() >= MOST_ROOMS_OF_A_FACILITY {
        let limit = MOST_ROOMS_OF_A_FACILITY;
        return Err(Refusal::TooMany { what: "rooms of one facility", limit });
    }
    if state.rooms.len() >= MOST_ROOMS {
        return Err(Refusal::TooMany { what: "rooms", limit: MOST_ROOMS });
    }
    if let Some(parent) = parent {
        not_too_deep(state.existing_room(RoomName { facility, room: parent })?.1)?;
    }
    buffer_bounded("room.buffer_before", traits.minutes_before)?;
    buffer_bounded("room.buffer_after", traits.minutes_after)?;
    Ok(vec![Event::RoomRegistered { room: RoomId(cx.id(0)), facility, parent, traits }])
}

pub(super) fn set_hours(
    state: &State,
    name: RoomName,
    hours: OpeningHours,
) -> Result<Vec<Event>, Refusal> {
    let (_, room) = state.existing_room(name)?;
    if room.traits.hours.as_ref() == Some(&hours) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::RoomHoursSet { room: name.room, hours }])
}

fn not_too_deep(parent: &Room) -> Result<(), Refusal> {
    if parent.levels >= MOST_LEVELS {
        let problem = format!("parts go {MOST_LEVELS} levels deep at most");
        return Err(Refusal::Invalid { field: "room.parent", problem });
    }
    Ok(())
}

fn buffer_bounded(field: &'static str, minutes: u16) -> Result<(), Refusal> {
    if minutes > LONGEST_BUFFER_MINUTES {
        return Err(Refusal::Invalid { field, problem: "24 hours at most".to_owned() });
    }
    Ok(())
}

impl Room {
    /// The room and the wholes that it belongs to, the nearest first.
    pub(super) fn with_wholes(&self) -> impl Iterator<Item = Ix<Room>> {
        self.relatives[..self.levels].iter().copied()
    }

    /// What a booking for `span` claims: seconds since 1970, buffers included.
    pub(super) fn claim(&self, span: Interval) -> Range<i64> {
        let (before, after) = self.buffers();
        span.start().as_second() - before..span.end().as_second() + after
    }

    /// Seconds kept free before and after a booking.
    pub(super) fn buffers(&self) -> (i64, i64) {
        (i64::from(self.traits.minutes_before) * 60, i64::from(self.traits.minutes_after) * 60)
    }
}

impl State {
    pub(super) fn existing_room(&self, name: RoomName) -> Result<(Ix<Room>, &Room), Refusal> {
        let found = self.rooms.find(name.room).map(|ix| (ix, &self.rooms[ix]));
        found.filter(|(_, room)| room.name == name).ok_or(Refusal::NotFound(Name::Room(name)))
    }

    /// `O(1)`.
    pub fn room_name(&self, id: RoomId) -> Option<RoomName> {
        self.rooms.get(id).map(|room| room.name)
    }

    /// The hours that hold for a room, and where it lies.
    pub(super) fn hours_of<'a>(&'a self, room: &'a Room) -> (&'a Facility, &'a OpeningHours) {
        let facility = &self.facilities.all[room.facility];
        (facility, room.traits.hours.as_ref().unwrap_or(&facility.hours))
    }

    pub(super) fn room_registered(
        &mut self,
        id: RoomId,
        facility: FacilityId,
        parent: Option<RoomId>,
        traits: &RoomTraits,
    ) {
        let Some(building) = self.facilities.all.find(facility) else { return };
        let parent = parent.and_then(|parent| self.rooms.find(parent));
        let wholes = self.wholes(parent);
        let ix = self.rooms.add(
            id,
            Room {
                name: RoomName { facility, room: id },
                facility: building,
                parent,
                levels: wholes.len() + 1,
                traits: traits.clone(),
                relatives: Vec::new(),
                occupancy: Occupancy::default(),
                closures: Closures::default(),
            },
        );
        for whole in &wholes {
            self.rooms[*whole].relatives.push(ix);
        }
        self.rooms[ix].relatives.push(ix);
        self.rooms[ix].relatives.extend(wholes);
        self.facilities.all[building].rooms.insert((traits.name.clone(), id), ix);
    }

    pub(super) fn room_hours_set(&mut self, id: RoomId, hours: &OpeningHours) {
        if let Some(ix) = self.rooms.find(id) {
            self.rooms[ix].traits.hours = Some(hours.clone());
        }
    }

    fn wholes(&self, nearest: Option<Ix<Room>>) -> Vec<Ix<Room>> {
        std::iter::successors(nearest, |ix| self.rooms[*ix].parent).collect()
    }

    /// By facility name, room name and ids, after the room given.
    pub(super) fn rooms_after<'a>(
        &'a self,
        last: Option<&'a Room>,
    ) -> impl Iterator<Item = &'a Room> {
        let first = last
            .map_or(Bound::Unbounded, |room| Bound::Included(&self.facilities.all[room.facility]));
        self.facilities.from(first).flat_map(move |facility| self.rooms_in(facility, last))
    }

    /// By name and id, after the room given if it is one of them.
    fn rooms_in<'a>(
        &'a self,
        facility: &'a Facility,
        last: Option<&'a Room>,
    ) -> impl Iterator<Item = &'a Room> {
        let from = last
            .filter(|room| room.name.facility == facility.id)
            .map_or(Bound::Unbounded, |room| {
                Bound::Excluded((room.traits.name.clone(), room.name.room))
            });
        facility.rooms.range((from, Bound::Unbounded)).map(|(_, ix)| &self.rooms[*ix])
    }

    pub(super) fn room_view(&self, room: &Room) -> RoomView {
        RoomView {
            name: room.name,
            parent: room.parent.map(|ix| self.rooms[ix].name.room),
            traits: room.traits.clone(),
            closures: room.closures.views(),
        }
    }

    /// `O(1)`.
    pub fn room(&self, name: RoomName) -> Option<RoomView> {
        self.existing_room(name).ok().map(|(_, room)| self.room_view(room))
    }

    /// Of one facility or of all, by facility name, room name and ids, after the one given (none, if
    /// there is no such). `O(log n + size)`.
    pub fn rooms(
        &self,
        of: Option<FacilityId>,
        after: Option<RoomId>,
        size: usize,
    ) -> Page<RoomView, RoomId> {
        let last = match after.map(|id| self.rooms.get(id)) {
            None => None,
            Some(None) => return Page::empty(),
            Some(room) => room,
        };
        match of.map(|id| self.facilities.all.get(id)) {
            None => self.page_of_rooms(self.rooms_after(last), size),
            Some(Some(facility)) => self.page_of_rooms(self.rooms_in(facility, last), size),
            Some(None) => Page::empty(),
        }
    }

    fn page_of_rooms<'a>(
        &self,
        rooms: impl Iterator<Item = &'a Room>,
        size: usize,
    ) -> Page<RoomView, RoomId> {
        Page::of(rooms.map(|room| self.room_view(room)), size, |room| room.name.room)
    }
}
