//! `kill -9` of the service, of the nats-server and of both, twenty times each under load; and two
//! services on one partition at once.
//!
//! What is checked is checked from the outside: what was answered is listed, nothing clashes,
//! nobody was told something untrue, and the journal proves itself. Invariants 1 and 2.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use dugnad_harness::{Caller, DugnadServer, Journal};
use dugnad_proto::rooms::v1::{Booking, CreateBookingRequest, Interval};
use dugnad_scenarios::{On, Town, World, ask, clash, hours, is_away, listed, reason, town, wish};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use tonic::Status;

const KILLS: usize = 20;
const CALLERS: usize = 8;
/// Bookings answered between two kills, so that each hits a service at work.
const BETWEEN: usize = 40;
const DEADLINE: Duration = Duration::from_secs(60);
/// Between two tries of a caller whose server is away.
const AGAIN: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread")]
async fn the_service_is_killed_twenty_times_on_sqlite() {
    survive(On::Sqlite, Killed { service: true, nats: false }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_is_killed_twenty_times_on_nats() {
    survive(On::Nats, Killed { service: true, nats: false }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nats_server_is_killed_twenty_times() {
    survive(On::Nats, Killed { service: false, nats: true }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn service_and_nats_server_are_killed_twenty_times() {
    survive(On::Nats, Killed { service: true, nats: true }).await;
}

#[derive(Clone, Copy)]
struct Killed {
    service: bool,
    nats: bool,
}

/// Callers that book without pause, and what they were told.
struct Load {
    caller: Caller,
    town: Town,
    url: Mutex<String>,
    stop: AtomicBool,
    next: AtomicUsize,
    told: Mutex<Vec<(CreateBookingRequest, Booking)>>,
    taken: AtomicUsize,
}

impl Load {
    fn start(world: &World, caller: &Caller, town: &Town) -> (Arc<Self>, JoinSet<()>) {
        let load = Arc::new(Self {
            caller: caller.clone(),
            town: town.clone(),
            url: Mutex::new(world.server.url().unwrap()),
            stop: AtomicBool::new(false),
            next: AtomicUsize::new(0),
            told: Mutex::default(),
            taken: AtomicUsize::new(0),
        });
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            callers.spawn(load.clone().call());
        }
        (load, callers)
    }

    /// One intent after the other, each repeated with its id until it has an answer.
    async fn call(self: Arc<Self>) {
        while !self.stop.load(Ordering::Relaxed) {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            let wish = self.wish(n);
            match self.until_answered(&wish).await {
                Ok(booking) => self.told.lock().unwrap().push((wish, booking)),
                Err(status) => {
                    assert_eq!(reason(&status), "TAKEN", "{status:?}");
                    self.taken.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }

    /// Every hour is wanted twice: for the whole hall, and for a part of it.
    fn wish(&self, n: usize) -> CreateBookingRequest {
        let room = if n.is_multiple_of(2) { &self.town.hall } else { &self.town.north };
        wish(room, slot(n / 2))
    }

    async fn until_answered(&self, wish: &CreateBookingRequest) -> Result<Booking, Status> {
        loop {
            let url = self.url.lock().unwrap().clone();
            let mut rooms = dugnad_harness::clients::rooms(&url, &self.caller).unwrap();
            match ask(&mut rooms, wish.clone()).await {
                Err(status) if is_away(&status) => sleep(AGAIN).await,
                answer => return answer,
            }
        }
    }

    fn answered(&self) -> usize {
        self.told.lock().unwrap().len()
    }

    async fn wait_for_more(&self) {
        let enough = self.answered() + BETWEEN;
        let wait = async {
            while self.answered() < enough {
                sleep(AGAIN).await;
            }
        };
        timeout(DEADLINE, wait).await.expect("bookings go on");
    }
}

/// The `n`th five minutes.
fn slot(n: usize) -> Interval {
    let start = hours(0, 1).start.unwrap().seconds + n as i64 * 300;
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    Interval { start: at(start), end: at(start + 300) }
}

async fn survive(on: On, killed: Killed) {
    let mut world = World::start(on).await;
    let caller = Caller::new("lillevik");
    let town = town(&mut world.calling(&caller)).await;
    let (load, callers) = Load::start(&world, &caller, &town);

    for _ in 0..KILLS {
        load.wait_for_more().await;
        if killed.nats {
            world.nats.as_mut().unwrap().kill9().unwrap();
        }
        if killed.service {
            world.server.kill9().await.unwrap();
        }
        if killed.nats {
            world.nats.as_mut().unwrap().restart().unwrap();
        }
        if killed.service {
            world.server.restart().await.unwrap();
            *load.url.lock().unwrap() = world.server.url().unwrap();
        }
    }
    load.wait_for_more().await;
    load.stop.store(true, Ordering::Relaxed);
    timeout(DEADLINE, callers.join_all()).await.expect("callers end");

    let told = load.told.lock().unwrap().clone();
    check(&world, &caller, &town, &told).await;
    assert!(load.taken.load(Ordering::Relaxed) > 0, "nobody was ever refused: that is no load");
    // Asked again, each gets the first answer.
    let rooms = &mut world.calling(&caller);
    for (wish, first) in &told {
        assert_eq!(ask(rooms, wish.clone()).await.as_ref().ok(), Some(first));
    }
    if on == On::Sqlite {
        world.server.terminate().await.unwrap();
    }
    let (whole, said) = world.verify().await;
    assert!(whole, "{said}");
}

/// All that was accepted is there as it was told, and nothing clashes.
async fn check(
    world: &World,
    caller: &Caller,
    town: &Town,
    told: &[(CreateBookingRequest, Booking)],
) {
    let there = listed(&mut world.calling(caller), &town.hall).await;
    assert_eq!(clash(town, &there), None);
    let by_name: HashMap<_, _> = there.iter().map(|b| (b.name.as_str(), b)).collect();
    for (_, booking) in told {
        let found = by_name.get(booking.name.as_str()).expect("accepted, and it is gone");
        assert_eq!((&found.room, found.interval), (&booking.room, booking.interval));
    }
    assert_eq!(there.len(), told.len(), "every booking that is there was told to somebody");
}

/// Two processes write the same municipality's rooms through one NATS server.
#[tokio::test(flavor = "multi_thread")]
async fn two_services_on_one_partition_never_say_anything_untrue() {
    const SLOTS: usize = 150;
    let world = World::start(On::Nats).await;
    let caller = Caller::new("lillevik");
    let secrets = format!("--secrets={}", world.server.dir().join("secrets").display());
    let journal = Journal::Nats(world.nats.as_ref().unwrap().url());
    let other = DugnadServer::start_with(journal, &[&secrets]).await.unwrap();
    let town = town(&mut world.calling(&caller)).await;

    let mut callers = JoinSet::new();
    for n in 0..4 {
        let server = if n % 2 == 0 { &world.server } else { &other };
        let (mut here, town) = (server.rooms(&caller).unwrap(), town.clone());
        let there = if n % 2 == 0 { &other } else { &world.server };
        let mut there = there.rooms(&caller).unwrap();
        callers.spawn(async move {
            let mut told = Vec::new();
            for n in 0..SLOTS {
                let wish = wish(if n % 3 == 0 { &town.hall } else { &town.north }, slot(n));
                match ask(&mut here, wish.clone()).await {
                    Ok(booking) => {
                        // No stale read: the other process shows it at once.
                        let name = booking.name.clone();
                        let request = dugnad_proto::rooms::v1::GetBookingRequest { name };
                        let found = there.get_booking(request).await.unwrap().into_inner();
                        assert_eq!(found.booking.as_ref(), Some(&booking));
                        told.push((wish, booking));
                    }
                    Err(status) => assert_eq!(reason(&status), "TAKEN", "{status:?}"),
                }
            }
            told
        });
    }
    let told: Vec<_> = callers.join_all().await.into_iter().flatten().collect();

    // Each slot has exactly one winner: nobody was refused for nothing.
    assert_eq!(told.len(), SLOTS);
    check(&world, &caller, &town, &told).await;
    let (whole, said) = world.verify().await;
    assert!(whole, "{said}");
}
