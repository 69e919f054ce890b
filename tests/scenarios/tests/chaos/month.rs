//! What happens in the town: evenings arranged, moved and called off, rooms booked, helpers' places taken
//! and given back, rides asked for; `guests.rs` has who comes. All of it by a seed; how far each caller comes is the machine's.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use dugnad_harness::{
    Activities, Caller, Matching, Rides, Rooms, Shifts, clients::request_id, sim::Seeded,
};
use dugnad_proto::{
    activities::v1::{self as activities, activity::Venue},
    matching::v1 as matching,
    rides::v1 as rides,
    rooms::v1::{self as rooms, doors_service_client::DoorsServiceClient},
};
use dugnad_scenarios::{hours, village::TENANT, wish};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use uuid::Uuid;

use super::{
    CALLERS,
    guests::{registers, staff},
    town::{LOCK, Log, Town},
};

const HALLS: usize = 3;
const VOLUNTEERS: usize = 6;
/// An hour each, from the scenarios' fixed midnight on.
const HOURS: u64 = 30 * 24;
/// Days from then on which somebody drives.
const DRIVEN: i64 = 5;

/// The month under way.
pub(crate) struct Month {
    pub(crate) log: Log,
    pub(crate) stop: AtomicBool,
    seed: u64,
    pub(crate) clerk: Caller,
    pub(crate) halls: Vec<String>,
    volunteers: Vec<String>,
    /// Who comes to evenings, by the caller who speaks for them.
    pub(crate) guests: Vec<Vec<String>>,
    /// Evenings that are arranged and not called off: activity and date.
    pub(crate) evenings: Mutex<Vec<(String, String)>>,
    pub(crate) signups: Mutex<Vec<String>>,
    /// Who drives on which day, in which shift.
    pub(crate) may_fall_ill: Mutex<Vec<(String, i64, String)>>,
    assignments: Mutex<Vec<(String, String)>>,
    /// Minutes of the days on which somebody drives that are spoken for.
    drives: AtomicI64,
}

fn person(name: &str) -> Caller {
    let id = name.strip_prefix("people/").unwrap().parse().unwrap();
    Caller::known(TENANT, id)
}

pub(crate) fn spot(east: i32) -> Option<rides::Spot> {
    let at = Some(rides::Location { lat_e6: 59_740_000, lon_e6: 10_200_000 + east });
    Some(rides::Spot { at, address: String::new() })
}

impl Month {
    /// A house with a lock, shifts and halls; volunteers; a car and who drives it.
    pub(crate) async fn prepare(town: &Town, seed: u64) -> Self {
        let clerk = Caller::new(TENANT).acting_as("coordinator");
        let mut month = Self {
            log: town.log.clone(),
            stop: AtomicBool::new(false),
            seed,
            clerk,
            halls: Vec::new(),
            volunteers: Vec::new(),
            guests: Vec::new(),
            evenings: Mutex::default(),
            signups: Mutex::default(),
            may_fall_ill: Mutex::default(),
            assignments: Mutex::default(),
            drives: AtomicI64::new(0),
        };
        month.has_house().await;
        month.has_volunteers().await;
        // Of two who drive, one may fall ill.
        month.has_car(false).await;
        month.has_car(true).await;
        month.has_guests(CALLERS).await;
        month
    }

    async fn has_house(&mut self) {
        let staff = staff();
        let mut rooms = Rooms::new(self.log.to("rooms", &staff));
        let house = dugnad_scenarios::facility(&mut rooms, "Samfunnshuset").await;
        let entrance = Some(rides::Entrance { facility: house.clone(), spot: spot(0) });
        let request = rides::SetEntranceRequest { entrance, request_id: request_id() };
        Rides::new(self.log.to("rides", &staff)).set_entrance(request).await.unwrap();
        for n in 0..HALLS {
            let name = format!("Sal {n}");
            self.halls.push(dugnad_scenarios::room(&mut rooms, &house, &name, "").await);
        }
        let staffing = rooms::ShiftStaffing { kind: "host".into(), heads: 1, required: true };
        let rules = rooms::ShiftRules {
            horizon_days: Some(300),
            staffing: vec![staffing],
            ..Default::default()
        };
        let request = rooms::SetShiftRulesRequest {
            facility: house.clone(),
            rules: Some(rules),
            request_id: request_id(),
        };
        let mut shifts = Shifts::new(self.log.to("rooms", &staff));
        shifts.set_shift_rules(request).await.unwrap();
        let minutes =
            |minutes: i64| Some(prost_types::Duration { seconds: minutes * 60, nanos: 0 });
        let lock = rooms::Lock {
            bridge: rooms::Bridge::Zigbee2mqtt.into(),
            base_topic: "zigbee2mqtt".into(),
            topic_name: LOCK.into(),
            first_slot: 10,
            last_slot: 200,
            digits: 8,
            lead: minutes(120),
            margin: minutes(15),
            ..Default::default()
        };
        let access = rooms::door::AccessFrom {
            from: "2026-01-01".into(),
            access: rooms::Access::Code.into(),
        };
        let door = rooms::Door {
            display_name: "Inngang".into(),
            facility: house,
            rooms: self.halls.clone(),
            access: vec![access],
            lock: Some(lock),
            ..Default::default()
        };
        let request = rooms::SetDoorRequest { door: Some(door), request_id: request_id() };
        let mut doors = DoorsServiceClient::new(self.log.to("rooms", &staff));
        doors.set_door(request).await.unwrap();
    }

    async fn has_volunteers(&mut self) {
        let mut matching = Matching::new(self.log.to("matching", &self.clerk));
        let kind = matching::Kind { code: "host".into(), open: true, ..Default::default() };
        let request = matching::SetKindRequest { kind: Some(kind), request_id: request_id() };
        matching.set_kind(request).await.unwrap();
        for n in 0..VOLUNTEERS {
            let person = registers(&self.log, &self.clerk, &format!("frivillig{n}")).await;
            self.volunteers.push(person);
        }
    }

    async fn has_car(&self, may_fall_ill: bool) {
        let mut rides = Rides::new(self.log.to("rides", &staff()));
        let start = spot(0).unwrap().at;
        let car = rides::Vehicle {
            title: format!("Bil {may_fall_ill}"),
            configurations: vec![rides::Load { seats: 4, ..Default::default() }],
            start,
            end: start,
            ..Default::default()
        };
        let car = rides::SetVehicleRequest { vehicle: Some(car), request_id: request_id() };
        let car = rides.set_vehicle(car).await.unwrap().into_inner().vehicle.unwrap().name;
        let person = format!("people/{}", Uuid::now_v7());
        let driver = rides::Driver { person: person.clone(), vehicle: car, ..Default::default() };
        let request = rides::SetDriverRequest { driver: Some(driver), request_id: request_id() };
        rides.set_driver(request).await.unwrap();
        for day in 0..DRIVEN {
            let times = hours(day * 24 + 8, day * 24 + 16);
            let hours = Some(rides::Window { from: times.start, until: times.end });
            let shift = rides::Shift { driver: person.clone(), hours, ..Default::default() };
            let request =
                rides::CreateShiftRequest { shift: Some(shift), request_id: request_id() };
            let made = rides.create_shift(request).await.unwrap().into_inner();
            if may_fall_ill {
                let ill = (person.clone(), day, made.shift.unwrap().name);
                self.may_fall_ill.lock().unwrap().push(ill);
            }
        }
    }

    /// One thing after the other, until told to stop. What a rule refuses is as good an answer.
    pub(crate) async fn call(&self, caller: usize) {
        let mut random = Seeded::new(self.seed.wrapping_mul(1_000) + caller as u64);
        // Something on every door, whatever is drawn.
        for hall in 0..HALLS {
            drop(self.book_in(hall, soon(&mut random)).await);
        }
        self.fills_one_and_moves_up(caller, &mut random).await;
        while !self.stop.load(Ordering::Relaxed) {
            match random.below(17) {
                0..=2 => drop(self.arranges(&mut random, None).await),
                3 => self.calls_off(&mut random).await,
                4 => drop(self.moves(&mut random).await),
                5 => drop(self.books(&mut random).await),
                6 => drop(self.books_now(&mut random).await),
                7 => self.takes_place(&mut random).await,
                8 => drop(self.gives_place_back(&mut random).await),
                9 => drop(self.asks_for_ride(&mut random).await),
                10..=12 => self.guest_comes(caller, &mut random).await,
                13 => self.guest_stays_away(&mut random).await,
                14 => self.guest_moves_up(caller, &mut random).await,
                15 => self.roof_leaks(&mut random).await,
                _ => self.driver_falls_ill(&mut random).await,
            }
        }
    }

    /// An evening, for so many; its date. Every other is when somebody drives.
    pub(crate) async fn arranges(
        &self,
        random: &mut Seeded,
        places: Option<i32>,
    ) -> Option<String> {
        let hour = match random.below(2) {
            0 => random.below(DRIVEN.unsigned_abs()) * 24 + 11 + random.below(5),
            _ => random.below(HOURS),
        };
        let few = i32::try_from(1 + random.below(3)).unwrap();
        let start = hours(i64::try_from(hour).unwrap(), 10_000).start.unwrap().seconds;
        let wish = activities::RoomWish { capacity: 10, ..Default::default() };
        let activity = activities::Activity {
            title: format!("Kveld {hour}"),
            venue: Some(Venue::Room(wish)),
            capacity: places.unwrap_or(few),
            rides: (random.below(4) > 0).then(activities::Rides::default),
            helpers: vec![activities::Helpers { kind: "host".into(), heads: 1 }],
            ..Default::default()
        };
        let schedule = activities::Schedule {
            start_time: local(start),
            duration: Some(prost_types::Duration { seconds: 3600, nanos: 0 }),
            ..Default::default()
        };
        let request = activities::CreateActivityRequest {
            activity: Some(activity),
            schedule: Some(schedule),
            contact: None,
            request_id: request_id(),
        };
        let call = ("CreateActivity", request.request_id.as_str());
        let made = self.log.ask("activities", call, &self.clerk, async |to| {
            let made = Activities::new(to).create_activity(request.clone()).await?.into_inner();
            let made = made.activity.unwrap();
            let date = made.dates[0].occurrence.clone();
            Ok(((made.name.clone(), date.clone()), vec![made.name, date]))
        });
        let (name, date) = made.await.ok()?;
        let request =
            activities::ArrangeActivityRequest { name: name.clone(), request_id: request_id() };
        let call = ("ArrangeActivity", request.request_id.as_str());
        let arranged = self.log.ask("activities", call, &self.clerk, async |to| {
            Activities::new(to).arrange_activity(request.clone()).await?;
            Ok(((), vec![date.clone()]))
        });
        arranged.await.ok()?;
        self.evenings.lock().unwrap().push((name, date.clone()));
        Some(date)
    }

    async fn calls_off(&self, random: &mut Seeded) {
        let evening = pick(&mut self.evenings.lock().unwrap(), random, true);
        let Some((name, date)) = evening else { return };
        let (reason, request_id) = (String::new(), request_id());
        let id = request_id.clone();
        if random.below(2) == 0 {
            let name = date.clone();
            let request = activities::CancelOccurrenceRequest { name, reason, request_id };
            let done =
                self.log.ask("activities", ("CancelOccurrence", &id), &self.clerk, async |to| {
                    Activities::new(to).cancel_occurrence(request.clone()).await?;
                    Ok(((), vec![date.clone()]))
                });
            return drop(done.await);
        }
        let request = activities::CancelActivityRequest { name, reason, request_id };
        let done = self.log.ask("activities", ("CancelActivity", &id), &self.clerk, async |to| {
            Activities::new(to).cancel_activity(request.clone()).await?;
            Ok(((), vec![date.clone()]))
        });
        drop(done.await);
    }

    async fn moves(&self, random: &mut Seeded) -> Option<()> {
        let (_, date) = pick(&mut self.evenings.lock().unwrap(), random, false)?;
        let hour = i64::try_from(random.below(HOURS)).ok()?;
        let request = activities::MoveOccurrenceRequest {
            name: date.clone(),
            // Never to where it was: that would change nothing.
            start_time: local(hours(hour, 10_000).start?.seconds + 1_800),
            request_id: request_id(),
            ..Default::default()
        };
        let call = ("MoveOccurrence", request.request_id.as_str());
        let moved = self.log.ask("activities", call, &self.clerk, async |to| {
            Activities::new(to).move_occurrence(request.clone()).await?;
            Ok(((), vec![date.clone()]))
        });
        moved.await.ok()
    }

    async fn books(&self, random: &mut Seeded) -> Result<(), Status> {
        let hour = i64::try_from(random.below(HOURS)).unwrap();
        self.book(random, hours(hour, hour + 1)).await
    }

    async fn books_now(&self, random: &mut Seeded) -> Result<(), Status> {
        let interval = soon(random);
        self.book(random, interval).await
    }

    async fn book(&self, random: &mut Seeded, interval: rooms::Interval) -> Result<(), Status> {
        let hall = usize::try_from(random.below(HALLS as u64)).unwrap();
        self.book_in(hall, interval).await
    }

    async fn book_in(&self, hall: usize, interval: rooms::Interval) -> Result<(), Status> {
        let request = wish(&self.halls[hall], interval);
        let call = ("CreateBooking", request.request_id.as_str());
        self.log
            .ask("rooms", call, &self.clerk, async |to| {
                let booked = Rooms::new(to).create_booking(request.clone()).await?.into_inner();
                Ok(((), vec![booked.booking.unwrap().name]))
            })
            .await
    }

    async fn takes_place(&self, random: &mut Seeded) {
        let request = matching::ListNeedsRequest {
            state: matching::NeedState::Open.into(),
            page_size: 200,
            ..Default::default()
        };
        let listed = Matching::new(self.log.to("matching", &self.clerk)).list_needs(request).await;
        // Away, perhaps: then there is nothing to take now.
        let Ok(needs) = listed.map(|it| it.into_inner().needs) else { return };
        let Some(need) = pick(&mut needs.clone(), random, false) else { return };
        let Some(who) = pick(&mut self.volunteers.clone(), random, false) else { return };
        let request =
            matching::TakePlaceRequest { need: need.name, slot: 0, request_id: request_id() };
        let call = ("TakePlace", request.request_id.as_str());
        let caller = person(&who);
        let taken = self.log.ask("matching", call, &caller, async |to| {
            let taken = Matching::new(to).take_place(request.clone()).await?.into_inner();
            Ok((taken.assignment.clone(), vec![taken.assignment]))
        });
        if let Ok(assignment) = taken.await {
            self.assignments.lock().unwrap().push((assignment, who));
        }
    }

    async fn gives_place_back(&self, random: &mut Seeded) -> Option<()> {
        let (name, who) = pick(&mut self.assignments.lock().unwrap(), random, true)?;
        let request = matching::CancelAssignmentRequest {
            name: name.clone(),
            reason: String::new(),
            request_id: request_id(),
        };
        let call = ("CancelAssignment", request.request_id.as_str());
        let caller = person(&who);
        let given = self.log.ask("matching", call, &caller, async |to| {
            Matching::new(to).cancel_assignment(request.clone()).await?;
            Ok(((), vec![name.clone()]))
        });
        given.await.ok()
    }

    async fn asks_for_ride(&self, random: &mut Seeded) -> Result<(), Status> {
        let n = self.drives.fetch_add(1, Ordering::Relaxed);
        let (day, hour) = (n % DRIVEN, 9 + n / DRIVEN % 7);
        let trip = rides::Trip {
            traveller: format!("people/{}", Uuid::now_v7()),
            from: spot(i32::try_from(random.below(40_000)).unwrap()),
            to: spot(i32::try_from(random.below(40_000)).unwrap() + 500),
            arrive_by: hours(day * 24 + hour, 10_000).start,
            ..Default::default()
        };
        let request = rides::RequestRideRequest {
            trip: Some(trip),
            home_after: None,
            request_id: request_id(),
        };
        let call = ("RequestRide", request.request_id.as_str());
        self.log
            .ask("rides", call, &staff(), async |to| {
                let answer = Rides::new(to).request_ride(request.clone()).await?.into_inner();
                // Nobody may be free: the answer says so, and nothing is promised.
                let promised = answer.ride.ok_or_else(|| {
                    let info = ErrorDetails::with_error_info("NO_RIDE", "rides", []);
                    Status::with_error_details(Code::FailedPrecondition, "no ride", info)
                })?;
                Ok(((), vec![promised.name]))
            })
            .await
    }
}

/// As the town's clock shows it.
fn local(seconds: i64) -> String {
    let at = jiff::Timestamp::from_second(seconds).unwrap();
    at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// One of them, taken out or left.
pub(crate) fn pick<T: Clone>(of: &mut Vec<T>, random: &mut Seeded, out: bool) -> Option<T> {
    if of.is_empty() {
        return None;
    }
    let at = usize::try_from(random.below(of.len() as u64)).ok()?;
    Some(if out { of.swap_remove(at) } else { of[at].clone() })
}

/// Soon enough for a code to come onto the door at once.
fn soon(random: &mut Seeded) -> rooms::Interval {
    let id: Uuid = request_id().parse().unwrap();
    let now = i64::try_from(id.as_u128() >> 80).unwrap() / 1000;
    let start = now + 900 + i64::try_from(random.below(60)).unwrap() * 60;
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    rooms::Interval { start: at(start), end: at(start + 300) }
}
