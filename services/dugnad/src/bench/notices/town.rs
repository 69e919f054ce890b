//! A municipality to tell things in: rooms to book, people with addresses, and one who is asked.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use dugnad_harness::{
    Caller, DugnadServer, Matching, Notices, People, Rooms,
    clients::{self, request_id},
    smtp::decoded,
};
use dugnad_proto::{
    matching::v1 as matching, notices::v1 as notices, rooms::v1 as rooms,
    volunteers::v1 as volunteers,
};
use futures::{StreamExt as _, TryStreamExt as _};
use tonic::transport::{Channel, Endpoint};
use uuid::Uuid;

use super::sink::Sink;

const TENANT: &str = "bench";
/// Calls at once.
const CALLERS: usize = 64;
/// Bookings of one room, an hour each.
const HOURS: usize = 200;
const LOOK: Duration = Duration::from_millis(1);
const PATIENCE: Duration = Duration::from_secs(30);

/// The municipality, and who asks in it.
pub(super) struct Town {
    people: People,
    channel: Channel,
    matching: Matching,
    /// Two months ahead, a whole hour, in seconds since 1970.
    midnight: i64,
    asked: usize,
    /// Who is asked whenever somebody is needed.
    helper: String,
}

impl Town {
    pub(super) async fn open(server: &DugnadServer) -> Result<Self> {
        let url = server.url()?;
        let caller = Caller::new(TENANT).acting_as("coordinator");
        let policy = notices::Policy {
            sender: "Bench".to_owned(),
            daily_limit: 100,
            climb_minutes: 10,
            ..Default::default()
        };
        let request = notices::SetPolicyRequest { policy: Some(policy), request_id: request_id() };
        Notices::new(clients::called(&url, &caller)?).set_policy(request).await?;
        let mut matching = Matching::new(clients::called(&url, &caller)?);
        let kind = matching::Kind { code: "visit".to_owned(), open: true, ..Default::default() };
        let request = matching::SetKindRequest { kind: Some(kind), request_id: request_id() };
        matching.set_kind(request).await?;
        let now = Uuid::now_v7().get_timestamp().context("a UUIDv7 has one")?.to_unix().0;
        let midnight = (i64::try_from(now)? / 3600 + 24 * 60) * 3600;
        let people = People::new(clients::called(&url, &caller)?);
        let channel = Endpoint::from_shared(url)?.tcp_nodelay(true).connect().await?;
        let helper = String::new();
        let mut town = Self { people, channel, matching, midnight, asked: 0, helper };
        town.helper = town.sign_up(0, true).await?;
        Ok(town)
    }

    /// People with an address each.
    pub(super) async fn signs_up(&self, count: usize) -> Result<Vec<String>> {
        let sign = |n| self.sign_up(n, false);
        futures::stream::iter(1..=count).map(sign).buffer_unordered(CALLERS).try_collect().await
    }

    async fn sign_up(&self, n: usize, admitted: bool) -> Result<String> {
        let mut people = self.people.clone();
        let details = volunteers::Details {
            display_name: format!("Frivillig {n}"),
            email: format!("frivillig-{n}@example.org"),
            ..Default::default()
        };
        let request = volunteers::SignUpRequest {
            details: Some(details),
            giver: Some(volunteers::Giver { standing: true, ..Default::default() }),
            request_id: request_id(),
            ..Default::default()
        };
        let person = people.sign_up(request).await?.into_inner().person.context("a person")?.name;
        if admitted {
            let (person, request_id) = (person.clone(), request_id());
            people.admit(volunteers::AdmitRequest { person, request_id }).await?;
        }
        Ok(person)
    }

    /// Each of them books an hour.
    pub(super) async fn books_for(&self, people: &[String]) -> Result<()> {
        let mut rooms = self.rooms(Uuid::now_v7());
        let facility =
            rooms::Facility { display_name: "Kulturhuset".to_owned(), ..Default::default() };
        let request =
            rooms::CreateFacilityRequest { facility: Some(facility), request_id: request_id() };
        let facility = rooms.create_facility(request).await?.into_inner().facility;
        let facility = facility.context("a facility")?.name;
        let mut halls = Vec::new();
        for n in 0..people.len().div_ceil(HOURS) {
            let room = rooms::Room {
                display_name: format!("Rom {n}"),
                capacity: 50,
                ..Default::default()
            };
            let request = rooms::CreateRoomRequest {
                facility: facility.clone(),
                room: Some(room),
                request_id: request_id(),
            };
            halls.push(rooms.create_room(request).await?.into_inner().room.context("a room")?.name);
        }
        let one = |(n, person): (usize, &String)| {
            let (hall, person) = (halls[n / HOURS].clone(), person.clone());
            async move { self.book(&hall, n % HOURS, &person).await }
        };
        let all = futures::stream::iter(people.iter().enumerate()).map(one);
        all.buffer_unordered(CALLERS).try_collect().await
    }

    /// Somebody's client, on the connection that all share.
    fn rooms(&self, id: Uuid) -> Rooms {
        clients::on(self.channel.clone(), &Caller::known(TENANT, id))
    }

    async fn book(&self, room: &str, hour: usize, person: &str) -> Result<()> {
        let id = person.strip_prefix("people/").context("a person's name")?.parse()?;
        let mut rooms = self.rooms(id);
        let at = |hour: usize| -> Result<_> {
            let seconds = self.midnight + i64::try_from(hour)? * 3600;
            Ok(Some(prost_types::Timestamp { seconds, nanos: 0 }))
        };
        let interval = rooms::Interval { start: at(hour)?, end: at(hour + 1)? };
        let request = rooms::CreateBookingRequest {
            room: room.to_owned(),
            interval: Some(interval),
            purpose: "Kor".to_owned(),
            request_id: request_id(),
            ..Default::default()
        };
        rooms.create_booking(request).await?;
        Ok(())
    }

    /// Somebody is asked, and says yes by the link: how long until they have the place.
    pub(super) async fn replies(&mut self, server: &DugnadServer, sink: &Sink) -> Result<Duration> {
        self.asked += 1;
        let start = self.midnight + i64::try_from(self.asked)? * 4 * 3600;
        let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let times = vec![matching::Interval { start: at(start), end: at(start + 3600) }];
        let need = matching::Need { kind: "visit".to_owned(), times, ..Default::default() };
        let request = matching::PostNeedRequest { need: Some(need), request_id: request_id() };
        let need = self.matching.post_need(request).await?.into_inner().need;
        let need = need.context("a need")?.name;
        let before = sink.count();
        let request = matching::StartAskingRequest { need: need.clone(), request_id: request_id() };
        self.matching.start_asking(request).await?;
        sink.wait_for(before + 1).await?;
        let email = decoded(&sink.last());
        let (_, link) = email.split_once("http://").context("a link in the e-mail")?;
        let link = link.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
        let began = Instant::now();
        let (status, page) = server.open(&format!("http://{link}/yes"), "POST", "").await?;
        anyhow::ensure!(status == 200, "the reply was not taken: {page}");
        tokio::time::timeout(PATIENCE, self.taken(&need)).await.context("no place was taken")??;
        let took = began.elapsed();
        // The confirmation, so that the next e-mail is the next question.
        sink.wait_for(before + 2).await?;
        Ok(took)
    }

    async fn taken(&mut self, need: &str) -> Result<()> {
        loop {
            let request =
                matching::ListAssignmentsRequest { need: need.to_owned(), ..Default::default() };
            let found = self.matching.list_assignments(request).await?.into_inner().assignments;
            if found.iter().any(|it| it.person == self.helper) {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}
