//! When something falls out: the evening, its host, its code and its rides are put right, and what
//! cannot be is told at once. Through the real binary, on both journals, a story a file.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

#[path = "repair/code.rs"]
mod code;
#[path = "repair/driver.rs"]
mod driver;
#[path = "repair/host.rs"]
mod host;
#[path = "repair/hour.rs"]
mod hour;
#[path = "repair/roof.rs"]
mod roof;

use dugnad_harness::{Caller, DugnadServer, clients::request_id};
use dugnad_proto::{
    matching::v1::{Kind, SetKindRequest, TakePlaceRequest},
    rooms::v1 as pb,
};
use dugnad_scenarios::{
    On, World,
    evening::{Clerk, until},
    facility, room,
    village::{Coordinator, TENANT, themselves},
};

/// A building with two rooms, whose evenings are hosted, and Anna who may host.
struct House {
    world: World,
    clerk: Clerk,
    facility: String,
    hall: String,
    parlour: String,
    anna: String,
}

impl House {
    async fn open(on: On, options: &[&str], rules: pb::ShiftRules) -> Self {
        let world = World::start_with(on, options).await;
        let mut kari = Coordinator::of(&world.server);
        let kind = Kind { code: "host".into(), open: true, ..Default::default() };
        let request = SetKindRequest { kind: Some(kind), request_id: request_id() };
        kari.matching.set_kind(request).await.unwrap();
        let anna = kari.takes_in("Anna").await;
        let mut clerk = clerk(&world.server);
        let facility = facility(&mut clerk.rooms, "Samfunnshuset").await;
        let hall = room(&mut clerk.rooms, &facility, "Storsalen", "").await;
        let parlour = room(&mut clerk.rooms, &facility, "Peisestua", "").await;
        clerk.wants_hosts(&facility, rules).await;
        Self { world, clerk, facility, hall, parlour, anna }
    }

    /// Somebody takes the shift, once matching has heard of it and of them.
    async fn taken(&self, shift: &pb::Shift, person: &str) {
        let matching = themselves(&self.world.server, person);
        until(|| {
            let mut matching = matching.clone();
            let (need, request_id) = (shift.need.clone(), request_id());
            let request = TakePlaceRequest { need, slot: 0, request_id };
            async move { matching.take_place(request).await.is_ok() }
        })
        .await;
    }

    /// The hall is closed at that time: the bookings that are elsewhere now, and those that are not.
    async fn close_hall(&mut self, interval: pb::Interval) -> (Vec<String>, Vec<String>) {
        let request = pb::CloseRoomRequest {
            room: self.hall.clone(),
            interval: Some(interval),
            reason: "Taket lekker".to_owned(),
            dry_run: false,
            request_id: request_id(),
        };
        let staff = Caller::new(TENANT).acting_as("staff");
        let mut rooms = self.world.calling(&staff);
        let closed = rooms.close_room(request).await.unwrap().into_inner();
        (closed.moved, closed.cancelled)
    }
}

fn clerk(server: &DugnadServer) -> Clerk {
    Clerk::of(server, server, server)
}

fn is_hosted_by(person: &str) -> impl Fn(&pb::Shift) -> bool {
    move |shift| shift.hosts.iter().any(|host| host.person == person)
}

/// When a date is, as rooms says it.
fn of_rooms(date: &dugnad_proto::activities::v1::Occurrence) -> pb::Interval {
    let interval = date.interval.unwrap();
    pb::Interval { start: interval.start, end: interval.end }
}
