//! Evenings across services: every step of the arranging is done once, whoever is killed between two
//! services, and undone when the evening is cancelled.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::time::Duration;

use dugnad_harness::{
    Activities, Caller, DugnadServer, Journal, Matching, NatsServer, Rooms, clients::request_id,
};
use dugnad_proto::{
    activities::v1::{
        Activity, ArrangeActivityRequest, CancelActivityRequest, CreateActivityRequest,
        ExplainActivityRequest, GetOccurrenceRequest, Helpers, Occurrence, RoomWish, Schedule,
        activity::Venue,
    },
    matching::v1::{ListNeedsRequest, Need, NeedState},
};
use dugnad_scenarios::{
    On, World, facility, listed, local, on_both, room,
    village::{TENANT, within},
};
use tonic::Status;

const EVENINGS: usize = 6;
const AGAIN: Duration = Duration::from_millis(10);

on_both!(evenings_are_arranged_once_and_undone_although_the_server_keeps_being_killed);

/// Somebody of the municipality, with a client of each service.
struct Clerk {
    activities: Activities,
    rooms: Rooms,
    matching: Matching,
}

impl Clerk {
    /// Who runs what.
    fn of(activities: &DugnadServer, rooms: &DugnadServer, matching: &DugnadServer) -> Self {
        let caller = Caller::new(TENANT).acting_as("coordinator");
        Self {
            activities: Activities::new(activities.called(&caller).unwrap()),
            rooms: Rooms::new(rooms.called(&caller).unwrap()),
            matching: Matching::new(matching.called(&caller).unwrap()),
        }
    }

    /// Written down, on the fixed day at this hour of the town's clock: the activity and its date.
    async fn plans(&mut self, title: &str, hour: i64) -> (String, String) {
        let wish = RoomWish { capacity: 10, ..Default::default() };
        let activity = Activity {
            title: title.to_owned(),
            venue: Some(Venue::Room(wish)),
            capacity: 20,
            helpers: vec![Helpers { kind: "host".to_owned(), heads: 2 }],
            ..Default::default()
        };
        let schedule = Schedule {
            start_time: local(hour),
            duration: Some(prost_types::Duration { seconds: 3600, nanos: 0 }),
            ..Default::default()
        };
        let request = CreateActivityRequest {
            activity: Some(activity),
            schedule: Some(schedule),
            contact: None,
            request_id: request_id(),
        };
        let made = self.activities.create_activity(request).await.unwrap().into_inner();
        let made = made.activity.unwrap();
        (made.name, made.dates[0].occurrence.clone())
    }

    async fn arranges(&mut self, activity: &str) {
        let request =
            ArrangeActivityRequest { name: activity.to_owned(), request_id: request_id() };
        self.activities.arrange_activity(request).await.unwrap();
    }

    async fn cancels(&mut self, activity: &str) {
        let request = CancelActivityRequest {
            name: activity.to_owned(),
            reason: String::new(),
            request_id: request_id(),
        };
        self.activities.cancel_activity(request).await.unwrap();
    }

    async fn sees(&mut self, date: &str) -> Result<Occurrence, Status> {
        let request = GetOccurrenceRequest { name: date.to_owned() };
        Ok(self.activities.get_occurrence(request).await?.into_inner().occurrence.unwrap())
    }

    /// The date, once a room is booked and helpers are asked for.
    async fn once_asked_for(&mut self, date: &str) -> Occurrence {
        within(async {
            loop {
                let seen = self.sees(date).await.unwrap();
                if !seen.booking.is_empty() && seen.helpers.iter().all(|it| it.posted) {
                    return seen;
                }
                tokio::time::sleep(AGAIN).await;
            }
        })
        .await
    }

    async fn open_needs(&mut self) -> Vec<Need> {
        let state = NeedState::Open.into();
        let request = ListNeedsRequest { state, page_size: 1000, ..Default::default() };
        self.matching.list_needs(request).await.unwrap().into_inner().needs
    }

    /// What is booked in a hall and asked for in matching, once it is as much as wanted.
    async fn once_hanging(&mut self, hall: &str, wanted: usize) {
        within(async {
            while listed(&mut self.rooms, hall).await.len() != wanted
                || self.open_needs().await.len() != wanted
            {
                tokio::time::sleep(AGAIN).await;
            }
        })
        .await;
    }
}

async fn evenings_are_arranged_once_and_undone_although_the_server_keeps_being_killed(on: On) {
    let mut world = World::start(on).await;
    let mut clerk = Clerk::of(&world.server, &world.server, &world.server);
    let house = facility(&mut clerk.rooms, "Samfunnshuset").await;
    let hall = room(&mut clerk.rooms, &house, "Storsalen", "").await;
    let mut planned = Vec::new();
    for n in 0..EVENINGS {
        let hour = i64::try_from(n).unwrap() * 2 + 8;
        planned.push(clerk.plans(&format!("Kveld {n}"), hour).await);
    }

    for (activity, _) in &planned {
        clerk.arranges(activity).await;
        // Between its wants and the answers to them, wherever it is just then.
        world.server.kill9().await.unwrap();
        world.server.restart().await.unwrap();
        clerk = Clerk::of(&world.server, &world.server, &world.server);
    }

    for (_, date) in &planned {
        let seen = clerk.once_asked_for(date).await;
        assert_eq!(
            (seen.room.as_str(), seen.missing_in_words.as_str()),
            (&*hall, "2 of 2 host missing")
        );
    }
    let booked = listed(&mut clerk.rooms, &hall).await;
    assert_eq!(booked.len(), EVENINGS, "each once: {booked:#?}");
    let mut about: Vec<_> = clerk.open_needs().await.into_iter().map(|need| need.about).collect();
    let mut dates: Vec<_> = planned.iter().map(|(_, date)| date.clone()).collect();
    about.sort_unstable();
    dates.sort_unstable();
    assert_eq!(about, dates, "each once");

    for (activity, _) in &planned[..EVENINGS / 2] {
        clerk.cancels(activity).await;
        world.server.kill9().await.unwrap();
        world.server.restart().await.unwrap();
        clerk = Clerk::of(&world.server, &world.server, &world.server);
    }
    clerk.once_hanging(&hall, EVENINGS - EVENINGS / 2).await;

    world.server.terminate().await.unwrap();
    let (proven, said) = world.verify().await;
    assert!(proven, "{said}");
}

/// Each service a process of its own, of which never two run that could answer each other: every wait
/// between two services is a crash.
#[tokio::test(flavor = "multi_thread")]
async fn an_evening_is_arranged_once_though_no_two_services_ever_run_at_once() {
    let nats = NatsServer::start().unwrap();
    let journal = || Journal::Nats(nats.url());
    let mut activities = DugnadServer::start_with(journal(), &["activities"]).await.unwrap();
    let secrets = format!("--secrets={}", activities.dir().join("secrets").display());
    let mut rooms = DugnadServer::start_with(journal(), &["rooms", &secrets]).await.unwrap();
    let mut matching = DugnadServer::start_with(journal(), &["matching", &secrets]).await.unwrap();
    let mut clerk = Clerk::of(&activities, &rooms, &matching);
    let house = facility(&mut clerk.rooms, "Samfunnshuset").await;
    let hall = room(&mut clerk.rooms, &house, "Storsalen", "").await;
    let (activity, date) = clerk.plans("Sangkveld", 18).await;
    rooms.kill9().await.unwrap();
    matching.kill9().await.unwrap();

    // Asked for, and nobody hears it.
    clerk.arranges(&activity).await;
    activities.kill9().await.unwrap();
    // Booked, and nobody hears it.
    rooms.restart().await.unwrap();
    let mut clerk_of_rooms = Clerk::of(&rooms, &rooms, &rooms).rooms;
    within(async {
        while listed(&mut clerk_of_rooms, &hall).await.is_empty() {
            tokio::time::sleep(AGAIN).await;
        }
    })
    .await;
    rooms.kill9().await.unwrap();
    // Posted, and nobody hears it.
    matching.restart().await.unwrap();
    let mut clerk_of_matching = Clerk::of(&matching, &matching, &matching);
    within(async {
        while clerk_of_matching.open_needs().await.is_empty() {
            tokio::time::sleep(AGAIN).await;
        }
    })
    .await;
    matching.kill9().await.unwrap();

    activities.restart().await.unwrap();
    let mut clerk_of_activities = Clerk::of(&activities, &activities, &activities);
    let seen = clerk_of_activities.once_asked_for(&date).await;
    let explain = ExplainActivityRequest { occurrence: date };
    let steps = clerk_of_activities.activities.explain_activity(explain).await.unwrap();
    let steps = steps.into_inner().steps;
    for (service, about) in [("rooms", &seen.booking), ("matching", &seen.helpers[0].need)] {
        let said: Vec<_> = steps.iter().filter(|step| step.service == service).collect();
        assert_eq!(said.len(), 1, "heard once: {steps:#?}");
        assert_eq!(&said[0].about, about);
    }
    clerk_of_activities.cancels(&activity).await;
    activities.kill9().await.unwrap();

    rooms.restart().await.unwrap();
    matching.restart().await.unwrap();
    let mut clerk = Clerk::of(&rooms, &rooms, &matching);
    clerk.once_hanging(&hall, 0).await;
}
