//! The rules of activities, against rooms and a matching that do what a test wants.

mod arranging;
mod others;
mod places;
mod proposed;
mod random;
mod steps;

use dugnad_events::{
    OccurrenceId, OrganisationId, SignupId,
    activities::{
        Activity as Facts, Event, Fact, Helpers, Organiser, Origin, Rides, Schedule, Venue,
        VenueWish,
    },
};
use dugnad_journal::{MAX_COMMIT_BYTES, Tenant};
use dugnad_ledger::{Caller, Context, Model as _};
use dugnad_vault::{PersonId, Sealed};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    Activities, Command, Heard, HeardCommand, Occurrence, Refusal, Signup, Stage, State, Wish,
};
use others::Others;

/// Ten in the morning of Monday 23 November 2026.
fn morning() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn person(n: u8) -> PersonId {
    PersonId(Uuid::from_u128(u128::from(n) + 1000))
}

fn organisation() -> OrganisationId {
    OrganisationId(Uuid::from_u128(77))
}

/// A municipality, all that happened in it, and the services around it.
struct Town {
    state: State,
    now: Timestamp,
    requests: u128,
    said: Vec<Event>,
    others: Others,
}

impl Town {
    /// Its organisation has person 0 as contact.
    fn new() -> Self {
        let (state, said) = (State::default(), Vec::new());
        let mut town = Self { state, now: morning(), requests: 0, said, others: Others::default() };
        let people = vec![person(0)];
        town.hear(Heard::Fact(Fact::Contacts { organisation: organisation(), people }));
        town
    }

    fn ask(&mut self, who: PersonId, command: Command) -> Result<Vec<Event>, Refusal> {
        self.requests += 1;
        let caller = Caller { tenant: Tenant::new("drammen").unwrap(), id: who.0 };
        let request = Uuid::from_u128(self.requests);
        let cx = Context { now: self.now, caller, request };
        let events = Activities::decide(&self.state, &cx, command)?;
        let bytes = rmp_serde::to_vec_named(&events).unwrap().len();
        assert!(bytes < MAX_COMMIT_BYTES - 1024, "{bytes} bytes are more than a commit takes");
        for event in &events {
            Activities::evolve(&mut self.state, event);
            self.others.hear(event);
        }
        self.said.extend(events.clone());
        Ok(events)
    }

    fn hear(&mut self, heard: Heard) -> Vec<Event> {
        let origin = Origin::Heard { service: "rooms".to_owned(), number: 1, index: 0 };
        let command = Command::Hear(HeardCommand { origin, heard });
        self.ask(PersonId(Uuid::nil()), command).unwrap()
    }

    /// The others do all that they were asked, and are heard.
    fn settle(&mut self) {
        while let Some(heard) = self.others.next_answer(true) {
            self.hear(heard);
        }
    }

    fn later(&mut self, hours: i64) {
        self.now += SignedDuration::from_hours(hours);
        while Activities::deadline(&self.state).is_some_and(|due| due <= self.now) {
            self.ask(PersonId(Uuid::nil()), Command::Tick).unwrap();
        }
    }

    /// Written down and made public: its first date.
    fn arranged(&mut self, facts: Facts) -> OccurrenceId {
        let create = Command::Create {
            facts: Box::new(facts),
            schedule: schedule(""),
            contact: Some(contact()),
            office: false,
        };
        let made = self.ask(person(0), create).unwrap();
        let Event::ActivityCreated { activity, .. } = made[0] else { panic!("{made:?}") };
        let date = self.state.activities[&activity].occurrences[0];
        self.ask(person(0), Command::Arrange { activity, office: false }).unwrap();
        date
    }

    fn date(&self, id: OccurrenceId) -> &Occurrence {
        &self.state.occurrences[&id]
    }

    fn missing(&self, id: OccurrenceId) -> Vec<String> {
        let date = self.date(id);
        let facts = &self.state.activities[&date.activity].facts;
        self.state.missing(facts, date).iter().map(|it| it.words()).collect()
    }

    fn sign_up(&mut self, n: u8, date: OccurrenceId) -> Result<SignupId, Refusal> {
        self.sign_up_with(n, date, Wish::default())
    }

    fn sign_up_with(&mut self, n: u8, date: OccurrenceId, wish: Wish) -> Result<SignupId, Refusal> {
        let command = Command::SignUp { occurrence: date, person: person(n), wish, office: false };
        self.ask(person(n), command)?;
        Ok(self.date(date).signup_of(person(n)).unwrap())
    }

    fn signup(&self, id: SignupId) -> &Signup {
        self.state.signup(id).unwrap().1
    }

    fn cancel(&mut self, date: OccurrenceId) {
        let reason = "ill".parse().unwrap();
        let command = Command::Cancel { occurrence: date, reason, office: false };
        self.ask(person(0), command).unwrap();
    }

    fn move_to(&mut self, date: OccurrenceId, start: &str) {
        let (start, minutes) = (start.parse().unwrap(), None);
        let command = Command::Move { occurrence: date, start, minutes, office: false };
        self.ask(person(0), command).unwrap();
    }

    fn replayed(&self) -> State {
        let mut state = State::default();
        for event in &self.said {
            Activities::evolve(&mut state, event);
        }
        state
    }
}

/// Tuesday 1 December from six to eight.
fn schedule(rrule: &str) -> Schedule {
    Schedule {
        zone: "Europe/Oslo".to_owned(),
        start: "2026-12-01T18:00".parse().unwrap(),
        minutes: 120,
        rrule: rrule.to_owned(),
        exdates: Vec::new(),
    }
}

fn contact<T>() -> Sealed<T> {
    let person = person(0).0;
    serde_json::from_value(serde_json::json!({ "person": person, "sealed": b"sealed" })).unwrap()
}

/// For three in any room, with one host and rides.
fn evening() -> Facts {
    Facts {
        title: "Sangkveld".to_owned(),
        text: String::new(),
        organiser: Organiser::Organisation(organisation()),
        venue: Venue::Room(VenueWish { capacity: 3, ..VenueWish::default() }),
        area: None,
        topics: Vec::new(),
        audience: Vec::new(),
        capacity: 3,
        helpers: vec![Helpers { kind: "host".parse().unwrap(), heads: 1 }],
        rides: Some(Rides::default()),
        confirm_minutes: 60,
        asks_before_moving: false,
    }
}
