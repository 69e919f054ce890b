//! Everybody: organisations, volunteers with their hours and standing, residents with their homes.
//!
//! Made from a seed; but the streets and houses are the map's.

use anyhow::{Context as _, Result};
use dugnad_harness::sim::Seeded;
use dugnad_proto::{
    matching::v1::{FindCandidatesRequest, Interval, Need},
    volunteers::v1 as pb,
};
use dugnad_roads::Feature;

use super::{
    door::Door,
    each::{Wait, each},
    fleet,
    map::Map,
    month::{Month, wire},
    names::{self, below},
    town::{HOST, MUSICIAN},
};
use crate::{bench::organisation_number, client::request_id, import};

/// What one call takes.
const BATCH: usize = 500;

/// What somebody likes, and what activities are about.
pub(crate) const TOPICS: [&str; 8] =
    ["music", "crafts", "books", "walks", "games", "food", "languages", "computers"];

/// A volunteer in the register.
#[derive(Clone, Debug)]
pub(crate) struct Volunteer {
    /// `people/{person}`.
    pub(crate) name: String,
    pub(super) called: String,
    /// Has what the role of a host asks for, and may be asked to be one.
    pub(crate) is_host: bool,
}

/// Somebody who comes, and may be driven.
#[derive(Clone, Debug)]
pub(crate) struct Resident {
    /// `people/{person}`.
    pub(crate) name: String,
    pub(super) called: String,
    pub(crate) home: Feature,
    pub(crate) sits: Sits,
}

/// How somebody travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sits {
    Seat,
    Walker,
    Wheelchair,
}

/// Taken in as the national registers have them; how many are new.
pub(crate) async fn import_organisations(door: &Door, map: &Map, count: usize) -> Result<usize> {
    let streets = map.streets();
    let numbers = (81_000_000..).filter_map(organisation_number);
    let all = numbers.take(count).enumerate().map(|(n, number)| pb::RegisteredOrganisation {
        number,
        display_name: names::organisation(n, streets[n * 7 % streets.len()]),
        form: "FLI".to_owned(),
        voluntary: true,
        ..Default::default()
    });
    let all: Vec<_> = all.collect();
    let batches: Vec<_> = all.chunks(BATCH).map(<[_]>::to_vec).collect();
    let new = each("importing organisations", batches, |batch| {
        let mut client = door.organisations.clone();
        async move { Ok(import::send(&mut client, batch).await?.new) }
    })
    .await?;
    Ok(new.iter().map(|new| new.unsigned_abs() as usize).sum())
}

/// Signed up, with hours, admitted; a third as hosts, and a few of these as musicians.
pub(crate) async fn sign_up(
    door: &Door,
    map: &Map,
    month: &Month,
    count: usize,
) -> Result<Vec<Volunteer>> {
    let mut random = Seeded::new(11);
    let areas: Vec<String> = map.areas.iter().map(|area| area.code.clone()).collect();
    let wishes = (0..count).map(|n| wish(&mut random, n, &areas));
    let (wishes, today) = (wishes.collect::<Vec<_>>(), month.first.yesterday()?.to_string());
    each("signing up volunteers", wishes, |wish| volunteer(door.clone(), wish, today.clone())).await
}

struct Wish {
    n: usize,
    details: pb::Details,
    giver: pb::Giver,
    hours: pb::Availability,
}

fn wish(random: &mut Seeded, n: usize, areas: &[String]) -> Wish {
    let details = pb::Details {
        display_name: names::person(random),
        phone: phone(n),
        born: format!("{}-06-15", 1940 + below(random, 65)),
        ..Default::default()
    };
    let mut interests = vec![TOPICS[n % TOPICS.len()], TOPICS[below(random, TOPICS.len())]];
    interests.sort_unstable();
    interests.dedup();
    let giver = pb::Giver {
        standing: true,
        interests: interests.into_iter().map(str::to_owned).collect(),
        area: areas[below(random, areas.len())].clone(),
        reach_km: 1 + below(random, 4) as i32,
        most_a_week: Some(1 + below(random, 2) as i32),
        ..Default::default()
    };
    let days = 2 + below(random, 3);
    let hours = weekly(random, days);
    Wish { n, details, giver, hours }
}

/// Days or evenings, on so many days of the week.
fn weekly(random: &mut Seeded, days: usize) -> pb::Availability {
    let first = below(random, 7);
    let day = |k: usize| {
        let (opens, closes) =
            if (first + k).is_multiple_of(3) { ("09:00", "16:30") } else { ("15:30", "22:30") };
        let window = pb::LocalWindow { opens: opens.to_owned(), closes: closes.to_owned() };
        let weekday = 1 + (first + 2 * k) % 7;
        pb::opening_hours::Day { weekday: weekday as i32, windows: vec![window] }
    };
    let mut days: Vec<_> = (0..days).map(day).collect();
    days.sort_by_key(|day| day.weekday);
    days.dedup_by_key(|day| day.weekday);
    let hours = Some(pb::OpeningHours { days, exceptions: Vec::new() });
    pb::Availability { time_zone: String::new(), hours }
}

async fn volunteer(mut door: Door, wish: Wish, today: String) -> Result<Volunteer> {
    let Wish { n, details, giver, hours } = wish;
    let called = details.display_name.clone();
    let request = pb::SignUpRequest {
        details: Some(details),
        giver: Some(giver),
        request_id: request_id(),
        ..Default::default()
    };
    let signed = door.people.sign_up(request).await?.into_inner();
    let person = signed.person.context("who signed up")?.name;
    let name = || person.clone();
    let request = pb::SetAvailabilityRequest {
        person: name(),
        availability: Some(hours),
        request_id: request_id(),
    };
    door.people.set_availability(request).await?;
    let is_host = n.is_multiple_of(3);
    if is_host {
        let signed_date = today.clone();
        let request = pb::SignConfidentialityRequest {
            person: name(),
            signed_date,
            request_id: request_id(),
        };
        door.standing.sign_confidentiality(request).await?;
    }
    if n.is_multiple_of(30) {
        let request = pb::IssueCertificateRequest {
            person: name(),
            course: format!("courses/{MUSICIAN}"),
            start_date: today,
            request_id: request_id(),
            ..Default::default()
        };
        door.standing.issue_certificate(request).await?;
    }
    // Last: who is known to be admitted is known with all of it.
    door.people.admit(pb::AdmitRequest { person: name(), request_id: request_id() }).await?;
    Ok(Volunteer { name: person, called, is_host })
}

/// Who receives help, each at home in a real house.
pub(crate) async fn register_residents(
    door: &Door,
    map: &Map,
    count: usize,
) -> Result<Vec<Resident>> {
    let mut random = Seeded::new(12);
    let wishes = (0..count).map(|n| {
        let home = map.homes[below(&mut random, map.homes.len())].clone();
        let sits = match below(&mut random, 100) {
            0..8 => Sits::Wheelchair,
            8..22 => Sits::Walker,
            _ => Sits::Seat,
        };
        let area = map.areas[map.area_of(home.at)].code.clone();
        (n, names::person(&mut random), home, sits, area)
    });
    let wishes: Vec<_> = wishes.collect();
    each("registering residents", wishes, |(n, called, home, sits, area)| {
        let mut door = door.clone();
        async move {
            let details = pb::Details {
                display_name: called.clone(),
                phone: format!("+47 4{n:07}"),
                address: address(&home),
                ..Default::default()
            };
            let request = pb::RegisterReceiverRequest {
                details: Some(details),
                receiver: Some(pb::Receiver { area, ..Default::default() }),
                request_id: request_id(),
                ..Default::default()
            };
            let answer = door.people.register_receiver(request).await?.into_inner();
            let name = answer.person.context("who was registered")?.name;
            let resident = Resident { name, called, home, sits };
            fleet::tell(&mut door, &resident).await?;
            Ok(resident)
        }
    })
    .await
}

/// Of the `n`th volunteer.
pub(super) fn phone(n: usize) -> String {
    format!("+47 9{n:07}")
}

/// `Yrjönkatu 30`.
pub(crate) fn address(home: &Feature) -> String {
    format!("{} {}", home.street, home.number)
}

/// Whether the register is empty.
pub(super) async fn nobody_is_there(door: &mut Door) -> Result<bool> {
    let request = pb::ListPeopleRequest { page_size: 1, ..Default::default() };
    Ok(door.people.list_people(request).await?.into_inner().people.is_empty())
}

/// Waits until matching has heard of everybody who was signed up.
pub(crate) async fn heard(door: &mut Door, month: &Month, people: &[Volunteer]) -> Result<()> {
    let [from, _] = month.span()?;
    let hour = Interval {
        start: Some(wire(from)),
        end: Some(wire(from + jiff::SignedDuration::from_hours(1))),
    };
    let names: Vec<String> = people.iter().rev().take(50).map(|it| it.name.clone()).collect();
    let mut wait = Wait::until("matching has heard of all volunteers");
    loop {
        let need = Need { kind: HOST.to_owned(), times: vec![hour], ..Default::default() };
        let request = FindCandidatesRequest {
            question: Some(need),
            count: 1,
            people: names.clone(),
            ..Default::default()
        };
        let found = door.matching.find_candidates(request).await?.into_inner().people;
        let unknown = ["UNKNOWN_PERSON", "NO_VOLUNTEER", "NOT_ADMITTED"];
        let mut rules = found.iter().flat_map(|it| &it.exclusions).map(|it| it.rule.as_str());
        if !rules.any(|rule| unknown.contains(&rule)) {
            return Ok(());
        }
        wait.a_moment().await?;
    }
}
