//! That nothing stays half arranged: what one service asks of another by an event is answered there,
//! what it gives back is given back there, and who asked has heard it.
//!
//! Services hear of each other later, so this holds only once nothing is under way: until the audit is
//! told so, it counts and finds nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use dugnad_events::{
    AssignmentId, BookingId, NeedId, OccurrenceId, ShiftId,
    activities::{Event as OfActivities, What},
    matching::Event as OfMatching,
    rooms::{Event as OfRooms, ShiftEvent},
};
use jiff::Timestamp;

use crate::{
    history::{Place, Record},
    report::{Findings, Verdict},
};

#[derive(Debug, Default)]
pub(crate) struct Wants {
    /// Venues wanted, by the booking that answers; and what may be moved instead.
    venues: BTreeMap<BookingId, (Place, OccurrenceId, Vec<BookingId>)>,
    /// Bookings and needs that were given back.
    venues_back: BTreeMap<BookingId, Place>,
    helpers: BTreeMap<NeedId, Place>,
    helpers_back: BTreeMap<NeedId, Place>,
    /// What activities has heard of the others.
    venues_heard: HashSet<OccurrenceId>,
    helpers_heard: HashSet<NeedId>,
    came: BTreeSet<AssignmentId>,
    /// Occurrences of which it was said that more follows.
    unfinished: BTreeMap<OccurrenceId, Place>,
    /// Occurrences that are over or called off, which need hear no more.
    over: HashSet<OccurrenceId>,
    /// What rooms answered.
    answered: HashSet<BookingId>,
    /// Bookings that hold, each to its end.
    booked: HashMap<BookingId, Timestamp>,
    /// The newest revision of each shift, when it begins, and whether it is wanted.
    shifts: BTreeMap<ShiftId, (Place, u32, Timestamp, bool)>,
    hosts: BTreeSet<AssignmentId>,
    /// What matching answered: needs and whether they are open.
    needs: HashMap<NeedId, bool>,
    refused: HashSet<NeedId>,
    /// Who holds a place in which need.
    assigned: BTreeMap<AssignmentId, (Place, NeedId)>,
    /// When something was last written down.
    last: Timestamp,
    findings: Findings,
}

impl Wants {
    pub(crate) fn of_activities(&mut self, place: &Place, record: &Record<OfActivities>) {
        self.last = self.last.max(record.at);
        for (at, event) in (0_u32..).zip(&record.events) {
            let OfActivities::Occurrence { occurrence, what, .. } = event else { continue };
            let place = Place { event: place.event + at, ..place.clone() };
            self.occurrence(place, *occurrence, what);
        }
    }

    fn occurrence(&mut self, place: Place, occurrence: OccurrenceId, what: &What) {
        match what {
            What::VenueWanted(want) => {
                self.venues_heard.remove(&occurrence);
                let wanted = (place, occurrence, want.instead_of.clone());
                self.venues.insert(want.want.booking(), wanted);
            }
            What::VenueReleased { bookings } => {
                self.venues_heard.insert(occurrence);
                self.venues_back.extend(bookings.iter().map(|id| (*id, place.clone())));
            }
            What::VenueRequested { .. }
            | What::VenueHeld { .. }
            | What::VenueProposed { .. }
            | What::VenueRefused { .. } => {
                self.venues_heard.insert(occurrence);
            }
            What::HelpersWanted { want, .. } => {
                self.helpers.insert(want.need(), place);
            }
            What::HelpersReleased { need } => {
                self.helpers_heard.insert(*need);
                self.helpers_back.insert(*need, place);
            }
            What::HelpersPosted { need } | What::HelpersRefused { need, .. } => {
                self.helpers_heard.insert(*need);
            }
            What::HelperCame { assignment, .. } => {
                self.came.insert(*assignment);
            }
            What::HelperLeft { assignment, .. } => {
                self.came.remove(assignment);
            }
            What::Cancelled { .. } | What::Held => {
                self.over.insert(occurrence);
            }
            What::Unfinished { .. } => {
                self.unfinished.insert(occurrence, place);
            }
            What::Finished => {
                self.unfinished.remove(&occurrence);
            }
            _ => {}
        }
    }

    pub(crate) fn of_rooms(&mut self, place: &Place, record: &Record<OfRooms>) {
        self.last = self.last.max(record.at);
        for (at, event) in (0_u32..).zip(&record.events) {
            match event {
                OfRooms::Booked { booking, span, .. }
                | OfRooms::Requested { booking, span, .. }
                | OfRooms::Moved { booking, span, .. } => {
                    self.answered.insert(*booking);
                    self.booked.insert(*booking, span.end());
                }
                OfRooms::Cancelled { booking, .. } => {
                    self.booked.remove(booking);
                }
                OfRooms::VenueRefused { want, .. } => {
                    self.answered.insert(want.booking());
                }
                OfRooms::Shift(event) => {
                    let place = Place { event: place.event + at, ..place.clone() };
                    self.shift(place, event);
                }
                _ => {}
            }
        }
    }

    fn shift(&mut self, place: Place, event: &ShiftEvent) {
        match event {
            ShiftEvent::Planned { shift, facts, .. } => {
                self.shifts.insert(*shift, (place, 1, facts.span.start(), true));
            }
            ShiftEvent::Changed { shift, revision, facts, .. } => {
                self.shifts.insert(*shift, (place, *revision, facts.span.start(), true));
            }
            ShiftEvent::Dropped { shift, .. } => {
                if let Some((_, _, _, wanted)) = self.shifts.get_mut(shift) {
                    *wanted = false;
                }
            }
            ShiftEvent::HostFound { assignment, .. } => {
                self.hosts.insert(*assignment);
            }
            _ => {}
        }
    }

    pub(crate) fn of_matching(&mut self, place: &Place, record: &Record<OfMatching>) {
        self.last = self.last.max(record.at);
        for (at, event) in (0_u32..).zip(&record.events) {
            match event {
                OfMatching::NeedPosted { need, .. } => {
                    self.needs.insert(*need, true);
                }
                OfMatching::NeedClosed { need, .. } | OfMatching::NeedOver { need, .. } => {
                    self.needs.insert(*need, false);
                    self.assigned.retain(|_, (_, of)| of != need);
                }
                OfMatching::HelpersRefused { need, .. } => {
                    self.refused.insert(*need);
                }
                OfMatching::Assigned { assignment, need, .. } => {
                    let place = Place { event: place.event + at, ..place.clone() };
                    self.assigned.insert(*assignment, (place, *need));
                }
                OfMatching::Unassigned { assignments, .. } => {
                    assignments.iter().for_each(|it| {
                        self.assigned.remove(it);
                    });
                }
                _ => {}
            }
        }
    }

    pub(crate) fn conclude(mut self, verdict: &mut Verdict, settled: bool) {
        verdict.count(self.venues.len() as u64, "venues wanted");
        verdict.count(self.helpers.len() as u64, "helpers wanted");
        verdict.count(self.shifts.len() as u64, "shifts");
        let given_back = self.venues_back.len() + self.helpers_back.len();
        verdict.count(given_back as u64, "given back");
        if settled {
            self.unanswered();
            self.not_given_back();
            self.shifts_without_need();
            self.not_heard();
            verdict.take(self.findings);
        }
    }

    fn unanswered(&mut self) {
        for (occurrence, place) in &self.unfinished {
            let what = format!("{occurrence}: what was to follow was not said");
            self.findings.add(place, Some(0), what);
        }
        for (booking, (place, occurrence, instead)) in &self.venues {
            let moved = instead.iter().any(|id| self.answered.contains(id));
            if !self.answered.contains(booking) && !moved {
                self.findings.add(place, Some(0), format!("{occurrence}: no answer of rooms"));
            }
            if !self.venues_heard.contains(occurrence) && !self.over.contains(occurrence) {
                self.findings.add(place, Some(0), format!("{occurrence}: the answer is not heard"));
            }
        }
        for (need, place) in &self.helpers {
            if !self.needs.contains_key(need) && !self.refused.contains(need) {
                self.findings.add(place, Some(0), format!("{need}: no answer of matching"));
            } else if !self.helpers_heard.contains(need) {
                self.findings.add(place, Some(0), format!("{need}: the answer is not heard"));
            }
        }
    }

    fn not_given_back(&mut self) {
        for (booking, place) in &self.venues_back {
            if self.booked.get(booking).is_some_and(|end| *end > self.last) {
                self.findings.add(place, Some(0), format!("{booking} is still booked"));
            }
        }
        for (need, place) in &self.helpers_back {
            if self.needs.get(need) == Some(&true) {
                self.findings.add(place, Some(0), format!("{need} is still open"));
            }
        }
    }

    fn shifts_without_need(&mut self) {
        for (shift, (place, revision, begins, wanted)) in &self.shifts {
            let open = self.needs.get(&shift.need(*revision)).copied();
            let what = match (wanted, open) {
                (true, None) if *begins > self.last => "nobody is asked for it",
                (false, Some(true)) => "dropped, and somebody is asked for it",
                _ => continue,
            };
            self.findings.add(place, Some(0), format!("{shift}: {what}"));
        }
    }

    /// Who comes is known where it counts.
    fn not_heard(&mut self) {
        let of_shifts: HashMap<NeedId, ShiftId> = self
            .shifts
            .iter()
            .map(|(shift, (_, revision, _, _))| (shift.need(*revision), *shift))
            .collect();
        for (assignment, (place, need)) in &self.assigned {
            let heard = if of_shifts.contains_key(need) {
                self.hosts.contains(assignment)
            } else if self.helpers.contains_key(need) && !self.helpers_back.contains_key(need) {
                self.came.contains(assignment)
            } else {
                true
            };
            if !heard {
                self.findings.add(place, Some(0), format!("{assignment}: nobody heard of it"));
            }
        }
    }
}
