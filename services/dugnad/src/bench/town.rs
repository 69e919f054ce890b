//! A thousand rooms that are always open, and years of free times in them: an hour in every two.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::{Context as _, Result};
use dugnad_harness::{Caller, Rooms};
use dugnad_proto::rooms::v1::{
    Contact, CreateBookingRequest, CreateFacilityRequest, CreateRoomRequest, Facility, Interval,
    Room,
};
use futures::{StreamExt as _, TryStreamExt as _};
use prost_types::Timestamp;
use uuid::Uuid;

/// The municipality that is measured.
pub(super) const TENANT: &str = "bench";

const ROOMS: u64 = 1000;
const HOUR: i64 = 60 * 60;

/// Hands out bookings that never clash.
#[derive(Clone)]
pub(super) struct Town {
    rooms: Arc<[String]>,
    next: Arc<AtomicU64>,
    /// Seconds since 1970 of the first slot.
    pub(super) from: i64,
}

impl Town {
    pub(super) async fn register(mut client: Rooms) -> Result<Self> {
        let facility = Facility { display_name: "Målehuset".to_owned(), ..Facility::default() };
        let request = CreateFacilityRequest { facility: Some(facility), request_id: request_id() };
        let created = client.create_facility(request).await?.into_inner();
        let facility = created.facility.context("the facility that was made")?.name;
        let rooms = futures::stream::iter(0..ROOMS)
            .map(|n| room(client.clone(), facility.clone(), n))
            .buffered(64)
            .try_collect::<Vec<_>>()
            .await?;
        Ok(Self::of(rooms.into()))
    }

    /// Not known to any server.
    pub(super) fn made_up() -> Self {
        let facility = Uuid::now_v7();
        let name = |_| format!("facilities/{facility}/rooms/{}", Uuid::now_v7());
        Self::of((0..ROOMS).map(name).collect())
    }

    fn of(rooms: Arc<[String]>) -> Self {
        let tomorrow = now().as_second() / 86_400 + 1;
        Self { rooms, next: Arc::default(), from: tomorrow * 86_400 }
    }

    /// One of its rooms.
    pub(super) fn room(&self) -> &str {
        &self.rooms[0]
    }

    /// The next free time in the next room, with a contact and a purpose to be sealed.
    pub(super) fn booking(&self) -> CreateBookingRequest {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let room = usize::try_from(n % ROOMS).unwrap_or_default();
        let slot = i64::try_from(n / ROOMS).unwrap_or_default();
        let start = self.from + slot * 2 * HOUR;
        let at = |seconds| Some(Timestamp { seconds, nanos: 0 });
        CreateBookingRequest {
            room: self.rooms[room].clone(),
            interval: Some(Interval { start: at(start), end: at(start + HOUR) }),
            purpose: "Øving for koret".to_owned(),
            contact: Some(Contact {
                person: String::new(),
                display_name: "Kari Nordmann".to_owned(),
                phone: "+47 900 00 000".to_owned(),
                email: "kari@example.no".to_owned(),
            }),
            request_id: request_id(),
            ..CreateBookingRequest::default()
        }
    }
}

async fn room(mut client: Rooms, facility: String, n: u64) -> Result<String> {
    let room = Room { display_name: format!("Rom {n}"), capacity: 20, ..Room::default() };
    let request = CreateRoomRequest { facility, room: Some(room), request_id: request_id() };
    let created = client.create_room(request).await?.into_inner();
    Ok(created.room.context("the room that was made")?.name)
}

pub(super) fn caller() -> Caller {
    Caller::new(TENANT)
}

/// Without a call of the kernel for each one's randomness: the client's time is the server's loss.
fn request_id() -> String {
    let millis = now().as_millisecond().unsigned_abs();
    let mut random = [0; 10];
    fastrand::fill(&mut random);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
}

#[expect(clippy::disallowed_methods, reason = "the load is made for the days to come")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
