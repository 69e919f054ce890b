//! Rooms, matching and rides as activities sees them: they take in its events in order, late, and
//! their answers are heard in order, later still.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use dugnad_calendar::Interval;
use dugnad_events::{
    AssignmentId, BookingId, NeedId, OccurrenceId, RoomId,
    activities::{Event, VenueWant, WantId, What},
    rooms::Cause,
};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::model::{Heard, VenueNews};

/// The services around, each with what it has yet to take in and what of it is yet to be heard.
#[derive(Default)]
pub(super) struct Others {
    rooms: VecDeque<(OccurrenceId, What)>,
    matching: VecDeque<(OccurrenceId, What)>,
    of_rooms: VecDeque<Heard>,
    of_matching: VecDeque<Heard>,
    /// Live bookings.
    pub(super) bookings: BTreeMap<BookingId, (OccurrenceId, RoomId, Interval)>,
    /// Open needs, with who comes.
    pub(super) needs: BTreeMap<NeedId, (OccurrenceId, BTreeSet<AssignmentId>)>,
    /// Rides that are wanted.
    pub(super) rides: BTreeMap<WantId, OccurrenceId>,
    made: u128,
}

impl Others {
    pub(super) fn hear(&mut self, event: &Event) {
        let Event::Occurrence { occurrence, what, .. } = event else { return };
        match what {
            What::VenueWanted(_) | What::VenueReleased { .. } => {
                self.rooms.push_back((*occurrence, what.clone()));
            }
            What::HelpersWanted { .. } | What::HelpersReleased { .. } => {
                self.matching.push_back((*occurrence, what.clone()));
            }
            What::RideWanted(want) => drop(self.rides.insert(want.want, *occurrence)),
            What::RidesReleased { rides } => self.rides.retain(|ride, _| !rides.contains(ride)),
            _ => {}
        }
    }

    /// The next that is heard of them, after they did what they were asked. `None`: nothing is left.
    pub(super) fn next_answer(&mut self, willing: bool) -> Option<Heard> {
        while self.book(willing) || self.post(willing) {}
        self.next_of_rooms().or_else(|| self.next_of_matching())
    }

    pub(super) fn next_of_rooms(&mut self) -> Option<Heard> {
        self.of_rooms.pop_front()
    }

    pub(super) fn next_of_matching(&mut self) -> Option<Heard> {
        self.of_matching.pop_front()
    }

    fn new_id(&mut self) -> Uuid {
        self.made += 1;
        Uuid::from_u128(9_000_000 + self.made)
    }

    /// Rooms takes in one event. Whether there was one.
    pub(super) fn book(&mut self, willing: bool) -> bool {
        let Some((occurrence, what)) = self.rooms.pop_front() else { return false };
        match what {
            What::VenueWanted(want) => self.answer(occurrence, &want, willing),
            What::VenueReleased { bookings } => {
                bookings.iter().for_each(|it| self.give_back(*it, Cause::Asked));
            }
            _ => {}
        }
        true
    }

    fn answer(&mut self, occurrence: OccurrenceId, want: &VenueWant, willing: bool) {
        let old = want.instead_of.iter().find(|it| self.bookings.contains_key(it)).copied();
        if let Some(old) = old.filter(|_| willing) {
            let (_, room, span) = self.bookings[&old];
            // Nothing happens to a booking that is there already.
            if span != want.span {
                self.hold(old, occurrence, room, want.span);
            }
            return;
        }
        for booking in &want.instead_of {
            self.give_back(*booking, Cause::Asked);
        }
        if willing {
            let room = RoomId(self.new_id());
            self.hold(want.want.booking(), occurrence, room, want.span);
        } else {
            let (reason, message) = ("NO_ROOM_FITS".to_owned(), "no room fits".to_owned());
            self.of_rooms.push_back(Heard::VenueRefused { want: want.want, reason, message });
        }
    }

    fn hold(&mut self, booking: BookingId, of: OccurrenceId, room: RoomId, span: Interval) {
        self.bookings.insert(booking, (of, room, span));
        let news = VenueNews::Held { room, span };
        self.of_rooms.push_back(Heard::Venue { booking, news });
    }

    /// A clerk moves a booking by an hour.
    pub(super) fn move_later(&mut self, booking: BookingId) {
        let Some((of, room, span)) = self.bookings.get(&booking).copied() else { return };
        let hour = SignedDuration::from_hours(1);
        self.hold(
            booking,
            of,
            room,
            Interval::new(span.start() + hour, span.end() + hour).unwrap(),
        );
    }

    pub(super) fn give_back(&mut self, booking: BookingId, cause: Cause) {
        if self.bookings.remove(&booking).is_some() {
            let news = VenueNews::Gone { cause, reason: String::new() };
            self.of_rooms.push_back(Heard::Venue { booking, news });
        }
    }

    /// Matching takes in one event. Whether there was one.
    pub(super) fn post(&mut self, willing: bool) -> bool {
        let Some((occurrence, what)) = self.matching.pop_front() else { return false };
        match what {
            What::HelpersWanted { want, .. } if willing => {
                self.needs.insert(want.need(), (occurrence, BTreeSet::new()));
                self.of_matching.push_back(Heard::NeedPosted(want.need()));
            }
            What::HelpersWanted { want, .. } => {
                let (reason, message) = ("PAST".to_owned(), "has passed".to_owned());
                let need = want.need();
                self.of_matching.push_back(Heard::NeedRefused { need, reason, message });
            }
            What::HelpersReleased { need } => self.close(need),
            _ => {}
        }
        true
    }

    pub(super) fn close(&mut self, need: NeedId) {
        if let Some((_, came)) = self.needs.remove(&need) {
            self.of_matching.extend(came.into_iter().map(Heard::HelperLeft));
            let (reason, message) = ("CLOSED".to_owned(), "closed in matching".to_owned());
            self.of_matching.push_back(Heard::NeedRefused { need, reason, message });
        }
    }

    pub(super) fn assign(&mut self, need: NeedId) -> AssignmentId {
        let assignment = AssignmentId(self.new_id());
        if let Some((_, came)) = self.needs.get_mut(&need) {
            came.insert(assignment);
            self.of_matching.push_back(Heard::HelperCame { need, assignment });
        }
        assignment
    }

    pub(super) fn unassign(&mut self, assignment: AssignmentId) {
        for (_, came) in self.needs.values_mut() {
            if came.remove(&assignment) {
                self.of_matching.push_back(Heard::HelperLeft(assignment));
            }
        }
    }

    /// Every booking, need and ride there is for an occurrence.
    pub(super) fn hangs_on(&self, id: OccurrenceId) -> (Vec<BookingId>, Vec<NeedId>, Vec<WantId>) {
        let bookings = self.bookings.iter().filter(|(_, (of, ..))| *of == id);
        let needs = self.needs.iter().filter(|(_, (of, _))| *of == id);
        let rides = self.rides.iter().filter(|(_, of)| **of == id);
        (
            bookings.map(|(booking, _)| *booking).collect(),
            needs.map(|(need, _)| *need).collect(),
            rides.map(|(ride, _)| *ride).collect(),
        )
    }
}
