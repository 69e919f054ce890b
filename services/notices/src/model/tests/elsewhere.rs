//! What happens in rides, activities, on evening shifts and at doors, for the property test.

use dugnad_calendar::Interval;
use dugnad_events::{
    ActivityId, AssignmentId, BookingId, CodeId, DoorId, FacilityId, OccurrenceId, RideId, ShiftId,
    SignupId,
    activities::{self, Activity, Organiser, Origin, Schedule, Venue, VenueWish, What},
    rides::{self, Broken, Cancelling, Promise, Ride, Span},
    rooms::{self, DoorEvent, Removal, Said, ShiftEvent, ShiftFacts, Unhosted},
};
use dugnad_vault::PersonId;
use jiff::SignedDuration;
use proptest::prelude::*;
use uuid::Uuid;

use super::{PEOPLE, THINGS, Town, person};
use crate::react::Foreign;

/// One thing that happens elsewhere.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Promised { thing: u128, person: u128, hours: i64 },
    Broken { thing: u128, hours: Option<i64> },
    RideOff(u128),
    Planned { thing: u128, hours: i64 },
    SignedUp { thing: u128, person: u128, own: bool, waits: bool },
    Offered { thing: u128, person: u128 },
    SignedOff { thing: u128, person: u128 },
    Moved { thing: u128, hours: i64 },
    VenueChanged(u128),
    Cancelled(u128),
    Shift { thing: u128, hours: i64 },
    Unhosted(u128),
    Hosted(u128),
    Code(u128),
    CodeGone(u128),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let (thing, person, hours) = (0..THINGS, 0..PEOPLE, 1..72_i64);
    let part = || (0..THINGS, 0..PEOPLE);
    let some = prop::option::weighted(0.7, 1..72_i64);
    prop_oneof![
        (thing.clone(), person, hours.clone()).prop_map(|(thing, person, hours)| Step::Promised {
            thing,
            person,
            hours
        }),
        (thing.clone(), some).prop_map(|(thing, hours)| Step::Broken { thing, hours }),
        thing.clone().prop_map(Step::RideOff),
        (thing.clone(), hours.clone()).prop_map(|(thing, hours)| Step::Planned { thing, hours }),
        (part(), any::<bool>(), any::<bool>()).prop_map(|((thing, person), own, waits)| {
            Step::SignedUp { thing, person, own, waits }
        }),
        part().prop_map(|(thing, person)| Step::Offered { thing, person }),
        part().prop_map(|(thing, person)| Step::SignedOff { thing, person }),
        (thing.clone(), hours.clone()).prop_map(|(thing, hours)| Step::Moved { thing, hours }),
        thing.clone().prop_map(Step::VenueChanged),
        thing.clone().prop_map(Step::Cancelled),
        (thing.clone(), hours).prop_map(|(thing, hours)| Step::Shift { thing, hours }),
        thing.clone().prop_map(Step::Unhosted),
        thing.clone().prop_map(Step::Hosted),
        thing.clone().prop_map(Step::Code),
        thing.prop_map(Step::CodeGone),
    ]
}

impl Town {
    pub(super) fn elsewhere(&mut self, step: &Step) {
        match *step {
            Step::Promised { thing, person: who, hours } => {
                let Some(id) = self.begin("ride", thing) else { return };
                let event = self.promised(RideId(id), person(who), hours);
                self.hears(Foreign::Rides(event));
            }
            Step::Broken { thing, hours } => {
                let Some(id) = self.live("ride", thing) else { return };
                // In the time of the day it was promised for, as rides says it.
                let matter = self.state.matters.get(&RideId(id).to_string());
                let promised = matter.and_then(|it| it.matter.span).map(|it| it.start());
                let day = rides::service_day(promised.unwrap_or(self.now));
                let instead = hours.map(|hours| self.promise(day, hours));
                if instead.is_none() {
                    self.end("ride", thing);
                }
                let (reason, text) = ("LATE".to_owned(), String::new());
                let why = Broken { reason, text, instead };
                self.hears(Foreign::Rides(rides::Event::PromiseBroken { ride: RideId(id), why }));
            }
            Step::RideOff(thing) => {
                let Some(id) = self.end("ride", thing) else { return };
                let (ride, why) = (RideId(id), Cancelling::Freed);
                self.hears(Foreign::Rides(rides::Event::RideCancelled { ride, why }));
            }
            Step::Shift { .. } | Step::Unhosted(_) | Step::Hosted(_) => self.on_duty(step),
            Step::Code(_) | Step::CodeGone(_) => self.at_a_door(step),
            _ => self.evening(step),
        }
    }

    /// A promise some hours from now, in the time of a day.
    fn promise(&self, day: jiff::civil::Date, hours: i64) -> Promise {
        let at = self.now + SignedDuration::from_hours(hours);
        let seconds = at.as_second() - rides::instant(day, 0).as_second();
        let from = i32::try_from(seconds).unwrap();
        let span = |from| Span { from, until: from + 900 };
        Promise { pickup: span(from), dropoff: span(from + 3_600) }
    }

    fn promised(&self, ride: RideId, traveller: PersonId, hours: i64) -> rides::Event {
        let day = rides::service_day(self.now + SignedDuration::from_hours(hours));
        let promise = self.promise(day, hours);
        let way = serde_json::json!({ "person": traveller.0, "sealed": [1] });
        let facts = Ride {
            day,
            traveller,
            way: serde_json::from_value(way).unwrap(),
            pickup: promise.pickup,
            dropoff: promise.dropoff,
            service: [60, 60],
            load: rides::Load::default(),
            needs: Vec::new(),
            refuses: Vec::new(),
            longest: 3_600,
            priority: 0,
            delivery: false,
            about: String::new(),
            return_of: None,
            order: None,
        };
        let (shift, by, at) = (ShiftId(Uuid::nil()), Uuid::nil(), self.now);
        rides::Event::RidePromised { ride, facts, promise, shift, by, at }
    }

    fn says_of(&mut self, id: Uuid, by: Uuid, what: What) {
        let (occurrence, origin) = (OccurrenceId(id), Origin::Asked { by });
        let event = activities::Event::Occurrence { occurrence, origin, at: self.now, what };
        self.hears(Foreign::Activities(event));
    }

    /// One sign-up of a person to each evening.
    fn signup(id: Uuid, who: u128) -> SignupId {
        SignupId(Uuid::new_v5(&id, &who.to_be_bytes()))
    }

    /// Who has signed up to an evening.
    fn signed_up(&self, id: Uuid) -> Vec<PersonId> {
        let all = (0..PEOPLE)
            .filter(|who| self.state.matters.contains_key(&Self::signup(id, *who).to_string()));
        all.map(person).collect()
    }

    fn evening(&mut self, step: &Step) {
        let kind = "evening";
        match *step {
            Step::Planned { thing, hours } => {
                let Some(id) = self.begin(kind, thing) else { return };
                let (activity, span) = (ActivityId(Uuid::nil()), self.span(hours));
                self.hears(Foreign::Activities(activity_of(activity, self.now)));
                self.says_of(id, Uuid::nil(), What::Planned { activity, span });
            }
            Step::SignedUp { thing, person: who, own, waits } => {
                let Some(id) = self.live(kind, thing) else { return };
                let (signup, who) = (Self::signup(id, who), person(who));
                if self.state.matters.contains_key(&signup.to_string()) {
                    return;
                }
                let (companion, ride_there, ride_home) = (false, false, false);
                let person = who;
                let what =
                    What::SignedUp { signup, person, companion, ride_there, ride_home, waits };
                self.says_of(id, if own { who.0 } else { Uuid::nil() }, what);
            }
            Step::Offered { thing, person: who } => {
                let Some(id) = self.live(kind, thing) else { return };
                let until = self.now + SignedDuration::from_hours(1);
                let signup = Self::signup(id, who);
                self.says_of(id, Uuid::nil(), What::PlaceOffered { signup, until });
            }
            Step::SignedOff { thing, person: who } => {
                let Some(id) = self.live(kind, thing) else { return };
                let signup = Self::signup(id, who);
                self.says_of(id, person(who).0, What::Withdrawn { signup });
            }
            Step::Moved { thing, hours } => {
                let Some(id) = self.live(kind, thing) else { return };
                let from = self.state.known.occurrences.get(&OccurrenceId(id)).map(|it| it.span);
                let (span, people) = (self.span(hours), self.signed_up(id));
                self.says_of(id, Uuid::nil(), What::Moved { span });
                let notice = activities::Notice::Moved { from: from.unwrap_or(span) };
                self.says_of(id, Uuid::nil(), What::Told { people, notice });
            }
            Step::VenueChanged(thing) => {
                let Some(id) = self.live(kind, thing) else { return };
                let (people, notice) = (self.signed_up(id), activities::Notice::VenueChanged);
                self.says_of(id, Uuid::nil(), What::Told { people, notice });
            }
            Step::Cancelled(thing) => {
                let Some(id) = self.end(kind, thing) else { return };
                let reason: dugnad_events::Code = "ill".parse().unwrap();
                let people = self.signed_up(id);
                self.says_of(id, Uuid::nil(), What::Cancelled { reason: reason.clone() });
                let notice = activities::Notice::Cancelled { reason };
                self.says_of(id, Uuid::nil(), What::Told { people, notice });
            }
            _ => {}
        }
    }

    fn on_duty(&mut self, step: &Step) {
        let kind = "shift";
        let event = match *step {
            Step::Shift { thing, hours } => {
                let facts =
                    ShiftFacts { kind: "guard".parse().unwrap(), heads: 1, span: self.span(hours) };
                let (facility, at) = (FacilityId(Uuid::nil()), self.now);
                match self.live(kind, thing) {
                    Some(id) => ShiftEvent::Changed { shift: ShiftId(id), revision: 2, facts, at },
                    None => {
                        let Some(id) = self.begin(kind, thing) else { return };
                        let (shift, day) = (ShiftId(id), rides::service_day(at));
                        ShiftEvent::Planned { shift, facility, day, facts, at }
                    }
                }
            }
            Step::Unhosted(thing) => {
                let Some(id) = self.live(kind, thing) else { return };
                let booked = self.live("booking", thing).map(BookingId);
                ShiftEvent::Unhosted {
                    shift: ShiftId(id),
                    at: self.now,
                    hosts: 0,
                    then: Unhosted::ManualOpening,
                    bookings: booked.into_iter().collect(),
                }
            }
            Step::Hosted(thing) => {
                let Some(id) = self.live(kind, thing) else { return };
                let (assignment, person) = (AssignmentId(id), person(0));
                ShiftEvent::HostFound { shift: ShiftId(id), assignment, person }
            }
            _ => return,
        };
        self.hears(Foreign::Rooms(rooms::Event::Shift(event)));
    }

    fn at_a_door(&mut self, step: &Step) {
        let (thing, comes) = match *step {
            Step::Code(thing) => (thing, true),
            Step::CodeGone(thing) => (thing, false),
            _ => return,
        };
        let Some(booking) = self.live("booking", thing) else { return };
        // No code is set once what it opens for is over.
        let held = self.state.matters.get(&BookingId(booking).to_string());
        let ends = held.and_then(|it| it.matter.span).map(|it| it.end());
        if comes && ends.is_none_or(|ends| ends <= self.now) {
            return;
        }
        let (code, door) = (CodeId(booking), DoorId(Uuid::nil()));
        let digits = serde_json::json!({ "person": person(0).0, "sealed": [1] });
        let what = rooms::Door {
            name: "Nord".to_owned(),
            facility: FacilityId(Uuid::nil()),
            rooms: Vec::new(),
            access: Vec::new(),
            lock: None,
        };
        let (by, at, slot) = (Uuid::nil(), self.now, 1);
        let window: Interval = self.span(1);
        let booking = BookingId(booking);
        let events = if comes {
            let digits = serde_json::from_value(digits).unwrap();
            vec![
                DoorEvent::Set { door, what: Box::new(what), by, at },
                DoorEvent::Planned { code, door, booking, slot, window, digits },
                DoorEvent::Confirmed { code, said: Said::Holds },
            ]
        } else {
            vec![
                DoorEvent::Removing { code, why: Removal::Door, until: at },
                DoorEvent::Late {
                    door,
                    booking,
                    guards: vec![person(1)],
                    fallback: Default::default(),
                },
            ]
        };
        for event in events {
            self.hears(Foreign::Rooms(rooms::Event::Door(event)));
        }
    }
}

fn activity_of(activity: ActivityId, at: jiff::Timestamp) -> activities::Event {
    let facts = Activity {
        title: "Bingo".to_owned(),
        text: String::new(),
        organiser: Organiser::Municipality,
        venue: Venue::Room(VenueWish::default()),
        area: None,
        topics: Vec::new(),
        audience: Vec::new(),
        capacity: 10,
        helpers: Vec::new(),
        rides: None,
        confirm_minutes: 60,
        asks_before_moving: false,
    };
    let schedule = Schedule {
        zone: "Europe/Oslo".to_owned(),
        start: "2026-11-25T18:00".parse().unwrap(),
        minutes: 120,
        rrule: String::new(),
        exdates: Vec::new(),
    };
    let (origin, facts, contact) = (Origin::Clock, Box::new(facts), None);
    activities::Event::ActivityCreated { activity, origin, at, facts, schedule, contact }
}
