//! Evenings across services: every step of the arranging is done once, whoever is killed between two
//! services, and undone when the evening is cancelled.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::time::Duration;

use dugnad_harness::{Caller, DugnadServer, Journal, NatsServer, clients::request_id};
use dugnad_proto::{
    activities::v1::{Activity, OccurrenceState, Outside, activity::Venue},
    matching::v1::Need,
    rooms::v1::{Booking, CloseRoomRequest},
};
use dugnad_scenarios::{
    On, World,
    evening::{Clerk, evening},
    facility, listed, local, on_both, room,
    village::{TENANT, within},
};

const EVENINGS: usize = 6;
const AGAIN: Duration = Duration::from_millis(10);

on_both!(
    evenings_are_arranged_once_and_undone_although_the_server_keeps_being_killed,
    what_goes_on_is_a_calendar_that_anybody_may_follow,
);

async fn evenings_are_arranged_once_and_undone_although_the_server_keeps_being_killed(on: On) {
    let mut world = World::start(on).await;
    let mut clerk = Clerk::of(&world.server, &world.server, &world.server);
    let house = facility(&mut clerk.rooms, "Samfunnshuset").await;
    let hall = room(&mut clerk.rooms, &house, "Storsalen", "").await;
    let mut planned = Vec::new();
    for n in 0..EVENINGS {
        let hour = i64::try_from(n).unwrap() * 2 + 8;
        planned.push(clerk.plans(evening(&format!("Kveld {n}")), local(hour)).await);
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

async fn what_goes_on_is_a_calendar_that_anybody_may_follow(on: On) {
    let world = World::start_with(on, &["--http=127.0.0.1:0"]).await;
    let mut clerk = Clerk::of(&world.server, &world.server, &world.server);
    let outside = |title: &str, topic: &str| {
        let place = Outside { place: "Spiralen".to_owned(), location: None };
        let venue = Some(Venue::Outside(place));
        Activity { venue, topics: vec![topic.to_owned()], helpers: Vec::new(), ..evening(title) }
    };
    let (walk, _) = clerk.plans(outside("Tur, for alle", "walk"), local(12)).await;
    let (song, _) = clerk.plans(outside("Allsang", "song"), local(18)).await;
    clerk.plans(outside("Hemmelig", "song"), local(20)).await;
    clerk.arranges(&walk).await;
    clerk.arranges(&song).await;
    clerk.cancels(&song).await;
    let page = |path: &'static str| world.server.page(path);

    let (status, all) = page("/calendar/lillevik/activities.ics").await.unwrap();
    assert_eq!(status, 200);
    assert!(all.contains("SUMMARY:Tur\\, for alle\r\n") && all.contains("LOCATION:Spiralen"));
    assert!(all.contains("SUMMARY:Allsang") && all.contains("STATUS:CANCELLED"));
    assert!(!all.contains("Hemmelig"), "drafts are nobody else's");
    let (_, songs) = page("/calendar/lillevik/activities.ics?topic=song").await.unwrap();
    assert!(songs.contains("Allsang") && !songs.contains("Tur"));

    assert_eq!(page("/calendar/lillevik/activities.ics?topic=UPS!").await.unwrap().0, 400);
    assert_eq!(page("/calendar/storevik/activities.ics").await.unwrap().0, 404);
    assert_eq!(page("/calendar/lille%20vik/activities.ics").await.unwrap().0, 404);
}

/// Each service a process of its own, of which one runs at a time: every wait between two services is a
/// crash.
struct OneAtATime {
    servers: [DugnadServer; 3],
    _nats: NatsServer,
}

const ACTIVITIES: usize = 0;
const ROOMS: usize = 1;
const MATCHING: usize = 2;

impl OneAtATime {
    /// All run, for once.
    async fn start() -> Self {
        let nats = NatsServer::start().unwrap();
        let journal = || Journal::Nats(nats.url());
        let activities = DugnadServer::start_with(journal(), &["activities"]).await.unwrap();
        let secrets = format!("--secrets={}", activities.dir().join("secrets").display());
        let rooms = DugnadServer::start_with(journal(), &["rooms", &secrets]).await.unwrap();
        let matching = DugnadServer::start_with(journal(), &["matching", &secrets]).await.unwrap();
        Self { servers: [activities, rooms, matching], _nats: nats }
    }

    fn clerk(&self) -> Clerk {
        let [activities, rooms, matching] = &self.servers;
        Clerk::of(activities, rooms, matching)
    }

    /// Whoever runs is killed, and this one is started: a clerk who can call it alone.
    async fn only(&mut self, which: usize) -> Clerk {
        for server in self.servers.iter_mut().filter(|server| server.pid().is_some()) {
            server.kill9().await.unwrap();
        }
        self.servers[which].restart().await.unwrap();
        let server = &self.servers[which];
        Clerk::of(server, server, server)
    }
}

async fn once_needed(clerk: &mut Clerk, is: impl Fn(&[Need]) -> bool) -> Vec<Need> {
    within(async {
        loop {
            let needs = clerk.open_needs().await;
            if is(&needs) {
                return needs;
            }
            tokio::time::sleep(AGAIN).await;
        }
    })
    .await
}

/// What is booked in a room, once it is so.
async fn once_booked(clerk: &mut Clerk, hall: &str, is: impl Fn(&[Booking]) -> bool) -> Booking {
    within(async {
        loop {
            let booked = listed(&mut clerk.rooms, hall).await;
            if is(&booked) {
                return booked.into_iter().next().unwrap_or_default();
            }
            tokio::time::sleep(AGAIN).await;
        }
    })
    .await
}

/// What is booked in either of two rooms, once something is.
async fn once_in_either(clerk: &mut Clerk, rooms: [&str; 2]) -> Booking {
    within(async {
        loop {
            for room in rooms {
                if let Some(booked) = listed(&mut clerk.rooms, room).await.pop() {
                    return booked;
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evening_is_arranged_moved_rehoused_and_cancelled_though_no_two_services_ever_run_at_once()
 {
    let mut world = OneAtATime::start().await;
    let mut clerk = world.clerk();
    let house = facility(&mut clerk.rooms, "Samfunnshuset").await;
    let hall = room(&mut clerk.rooms, &house, "Storsalen", "").await;
    let parlour = room(&mut clerk.rooms, &house, "Peisestua", "").await;
    let (activity, date) = clerk.plans(evening("Sangkveld"), local(18)).await;

    // Asked for; booked; posted; each while nobody hears it.
    world.only(ACTIVITIES).await.arranges(&activity).await;
    let mut clerk = world.only(ROOMS).await;
    let booked = once_in_either(&mut clerk, [&hall, &parlour]).await;
    // Both fit.
    let (hall, parlour) = if booked.room == hall { (hall, parlour) } else { (parlour, hall) };
    let mut clerk = world.only(MATCHING).await;
    let posted = once_needed(&mut clerk, |needs| needs.len() == 1).await;
    let mut clerk = world.only(ACTIVITIES).await;
    let seen = clerk.once_asked_for(&date).await;
    assert_eq!((&seen.booking, &seen.helpers[0].need), (&booked.name, &posted[0].name));
    let steps = clerk.steps(&date).await;
    for (service, about) in [("rooms", &seen.booking), ("matching", &seen.helpers[0].need)] {
        let said: Vec<_> = steps.iter().filter(|step| step.service == service).collect();
        assert_eq!(said.len(), 1, "heard once: {steps:#?}");
        assert_eq!(&said[0].about, about);
    }

    // Moved by an hour.
    clerk.moves(&date, local(19)).await;
    let mut clerk = world.only(ROOMS).await;
    let start = |booking: &Booking| booking.interval.unwrap().start.unwrap().seconds;
    let later = |all: &[Booking]| all.len() == 1 && start(&all[0]) == start(&booked) + 3600;
    let moved = once_booked(&mut clerk, &hall, later).await;
    assert_eq!(moved.name, booked.name);
    let mut clerk = world.only(MATCHING).await;
    let anew = |needs: &[Need]| needs.len() == 1 && needs[0].name != posted[0].name;
    let anew = once_needed(&mut clerk, anew).await;

    // Its room is closed before anybody heard that it was moved.
    world.only(ROOMS).await;
    let request = CloseRoomRequest {
        room: hall.clone(),
        interval: moved.interval,
        reason: "Taket lekker".to_owned(),
        dry_run: false,
        request_id: request_id(),
    };
    let staff = Caller::new(TENANT).acting_as("staff");
    let closed = world.servers[ROOMS].rooms(&staff).unwrap().close_room(request).await.unwrap();
    assert_eq!(closed.into_inner().moved, std::slice::from_ref(&moved.name));
    let mut clerk = world.only(ACTIVITIES).await;
    let seen = clerk.once(&date, |it| it.room == parlour && it.helpers[0].posted).await;
    assert_eq!((&seen.booking, &seen.helpers[0].need), (&moved.name, &anew[0].name));

    // Cancelled.
    clerk.cancels(&activity).await;
    let mut clerk = world.only(ROOMS).await;
    once_booked(&mut clerk, &parlour, <[Booking]>::is_empty).await;
    let mut clerk = world.only(MATCHING).await;
    once_needed(&mut clerk, <[Need]>::is_empty).await;
    let mut clerk = world.only(ACTIVITIES).await;
    assert_eq!(clerk.sees(&date).await.unwrap().state(), OccurrenceState::Cancelled);
}
