//! An evening across services: words for planning one, and for waiting until the services around have
//! done what it asks of them.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use dugnad_harness::{
    Activities, Caller, DugnadServer, Matching, Rooms, Shifts,
    clients::{Called, request_id},
};
use dugnad_proto::{
    activities::v1::{
        Activity, ArrangeActivityRequest, CancelActivityRequest, CreateActivityRequest,
        ExplainActivityRequest, GetOccurrenceRequest, Helpers, MoveOccurrenceRequest, Occurrence,
        RoomWish, Schedule, SignUpRequest, Step, activity::Venue,
    },
    matching::v1::{ListNeedsRequest, Need, NeedState},
    rooms::v1::{
        Interval, ListShiftsRequest, SetShiftRulesRequest, Shift, ShiftRules, ShiftStaffing,
    },
};
use tonic::Status;
use uuid::Uuid;

use crate::{
    listed,
    village::{HEARS_WITHIN, TENANT, within},
};

const AGAIN: Duration = Duration::from_millis(10);

/// Somebody of the municipality, with a client of each service.
pub struct Clerk {
    /// Of activities.
    pub activities: Activities,
    /// Of rooms.
    pub rooms: Rooms,
    /// Of rooms.
    pub shifts: Shifts,
    /// Of matching.
    pub matching: Matching,
}

/// For twenty, with two hosts, in any room for ten.
pub fn evening(title: &str) -> Activity {
    let wish = RoomWish { capacity: 10, ..Default::default() };
    Activity {
        title: title.to_owned(),
        venue: Some(Venue::Room(wish)),
        capacity: 20,
        helpers: vec![Helpers { kind: "host".to_owned(), heads: 2 }],
        ..Default::default()
    }
}

/// The same in this room, with nobody but who comes.
pub fn evening_in(room: &str) -> Activity {
    let room = room.to_owned();
    let wish = RoomWish { room, capacity: 10, ..Default::default() };
    Activity { venue: Some(Venue::Room(wish)), helpers: Vec::new(), ..evening("Sangkveld") }
}

/// So many minutes from now, rounded up, as the town's clock shows it.
///
/// # Panics
/// Never: the clock is one of our time.
pub fn local_in(minutes: i64) -> String {
    // The clock in a fresh request id: the scenarios need no other.
    let id: Uuid = request_id().parse().expect("a UUID");
    let now = i64::try_from(id.as_u128() >> 80).expect("48 bits fit") / 60_000;
    let at = jiff::Timestamp::from_second((now + 1 + minutes) * 60).expect("our time");
    let oslo = jiff::tz::TimeZone::get("Europe/Oslo").expect("a zone");
    at.to_zoned(oslo).strftime("%Y-%m-%dT%H:%M").to_string()
}

impl Clerk {
    /// Where each service runs.
    ///
    /// # Panics
    /// If one does not.
    pub fn of(activities: &DugnadServer, rooms: &DugnadServer, matching: &DugnadServer) -> Self {
        let caller = Caller::new(TENANT).acting_as("coordinator");
        let called =
            |server: &DugnadServer| -> Called { server.called(&caller).expect("the server runs") };
        Self {
            activities: Activities::new(called(activities)),
            rooms: Rooms::new(called(rooms)),
            // Whoever looks after buildings.
            shifts: Shifts::new(
                rooms.called(&Caller::new(TENANT).acting_as("staff")).expect("the server runs"),
            ),
            matching: Matching::new(called(matching)),
        }
    }

    /// Written down, for an hour from this local start: the activity and its date.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn plans(&mut self, activity: Activity, start_time: String) -> (String, String) {
        let schedule = Schedule {
            start_time,
            duration: Some(prost_types::Duration { seconds: 3600, nanos: 0 }),
            ..Default::default()
        };
        let request = CreateActivityRequest {
            activity: Some(activity),
            schedule: Some(schedule),
            contact: None,
            request_id: request_id(),
        };
        let made = self.activities.create_activity(request).await.expect("an activity");
        let made = made.into_inner().activity.expect("an activity");
        (made.name, made.dates[0].occurrence.clone())
    }

    /// # Panics
    /// If it is refused.
    pub async fn arranges(&mut self, activity: &str) {
        let request =
            ArrangeActivityRequest { name: activity.to_owned(), request_id: request_id() };
        self.activities.arrange_activity(request).await.expect("arranged");
    }

    /// # Panics
    /// If it is refused.
    pub async fn cancels(&mut self, activity: &str) {
        let request = CancelActivityRequest {
            name: activity.to_owned(),
            reason: String::new(),
            request_id: request_id(),
        };
        self.activities.cancel_activity(request).await.expect("cancelled");
    }

    /// Holds it from this local start on.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn moves(&mut self, date: &str, start_time: String) {
        let request = MoveOccurrenceRequest {
            name: date.to_owned(),
            start_time,
            duration: None,
            request_id: request_id(),
        };
        self.activities.move_occurrence(request).await.expect("moved");
    }

    /// Signs up somebody new.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn signs_up(&mut self, date: &str) -> String {
        let person = format!("people/{}", Uuid::now_v7());
        let request = SignUpRequest {
            occurrence: date.to_owned(),
            person: person.clone(),
            request_id: request_id(),
            ..Default::default()
        };
        self.activities.sign_up(request).await.expect("signed up");
        person
    }

    /// # Errors
    /// What the service says.
    ///
    /// # Panics
    /// If the answer is empty.
    pub async fn sees(&mut self, date: &str) -> Result<Occurrence, Status> {
        let request = GetOccurrenceRequest { name: date.to_owned() };
        let answer = self.activities.get_occurrence(request).await?.into_inner();
        Ok(answer.occurrence.expect("a date"))
    }

    /// The date, once it is so.
    ///
    /// # Panics
    /// If it never is.
    pub async fn once(&mut self, date: &str, is: impl Fn(&Occurrence) -> bool) -> Occurrence {
        let until = Instant::now() + HEARS_WITHIN;
        loop {
            let seen = self.sees(date).await.expect("a date");
            if is(&seen) {
                return seen;
            }
            assert!(Instant::now() < until, "it is still {seen:#?}");
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// The date, once a room is booked and helpers are asked for.
    pub async fn once_asked_for(&mut self, date: &str) -> Occurrence {
        let asked =
            |it: &Occurrence| !it.booking.is_empty() && it.helpers.iter().all(|line| line.posted);
        self.once(date, asked).await
    }

    /// How it came to be what it is.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn steps(&mut self, date: &str) -> Vec<Step> {
        let request = ExplainActivityRequest { occurrence: date.to_owned() };
        let answer = self.activities.explain_activity(request).await.expect("steps");
        answer.into_inner().steps
    }

    /// # Panics
    /// If it is refused.
    pub async fn open_needs(&mut self) -> Vec<Need> {
        let state = NeedState::Open.into();
        let request = ListNeedsRequest { state, page_size: 1000, ..Default::default() };
        self.matching.list_needs(request).await.expect("needs").into_inner().needs
    }

    /// What is booked in a hall and asked for in matching, once it is as much as wanted.
    pub async fn once_hanging(&mut self, hall: &str, wanted: usize) {
        within(async {
            while listed(&mut self.rooms, hall).await.len() != wanted
                || self.open_needs().await.len() != wanted
            {
                tokio::time::sleep(AGAIN).await;
            }
        })
        .await;
    }

    /// A host comes to each of a building's evenings, found so many hours before; 0: nobody looks.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn wants_hosts(&mut self, facility: &str, rules: ShiftRules) {
        let host = ShiftStaffing { kind: "host".into(), heads: 1, required: true };
        let rules = ShiftRules { horizon_days: Some(300), staffing: vec![host], ..rules };
        let request = SetShiftRulesRequest {
            facility: facility.to_owned(),
            rules: Some(rules),
            request_id: request_id(),
        };
        self.shifts.set_shift_rules(request).await.expect("rules");
    }

    /// The one live shift of a building around that time, once it is as `is` says.
    ///
    /// # Panics
    /// If it never is.
    pub async fn shift(
        &mut self,
        facility: &str,
        around: Interval,
        is: impl Fn(&Shift) -> bool,
    ) -> Shift {
        let day = |seconds: i64| {
            let at = jiff::Timestamp::from_second(seconds).expect("our time");
            at.strftime("%Y-%m-%d").to_string()
        };
        let start = around.start.expect("whole").seconds;
        let request = ListShiftsRequest {
            facility: facility.to_owned(),
            first_date: day(start - 86_400),
            last_date: day(start + 86_400),
            ..Default::default()
        };
        within(async {
            loop {
                let answer = self.shifts.list_shifts(request.clone()).await.expect("shifts");
                let live = answer.into_inner().shifts.into_iter().filter(|it| !it.dropped);
                match &live.collect::<Vec<_>>()[..] {
                    [shift] if is(shift) => return shift.clone(),
                    _ => tokio::time::sleep(AGAIN).await,
                }
            }
        })
        .await
    }
}

/// Waits until it is so.
///
/// # Panics
/// If it never is.
pub async fn until<F: Future<Output = bool>>(mut so: impl FnMut() -> F) {
    within(async {
        while !so().await {
            tokio::time::sleep(AGAIN).await;
        }
    })
    .await;
}
