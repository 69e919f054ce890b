//! Volunteers: signed up, admitted, with hours, in areas a few kilometres apart.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use dugnad_harness::{Caller, People, Standing, clients};
use dugnad_proto::volunteers::v1 as pb;
use futures::{StreamExt as _, TryStreamExt as _};

use super::coordinator;
use clients::request_id;

/// Areas in a square.
pub(super) const AREAS: usize = 49;
/// Interests that people share.
pub(super) const INTERESTS: usize = 30;
/// Callers at once, each on a connection with others.
const CALLERS: usize = 128;
const CONNECTIONS: usize = 8;

/// Those who were signed up.
pub(super) struct Pool {
    /// `people/{uuid}`.
    pub(super) people: Vec<String>,
}

impl Pool {
    pub(super) fn last(&self) -> &str {
        self.people.last().map_or("", String::as_str)
    }

    pub(super) async fn register(url: &str, tenant: &str, people: usize) -> Result<Self> {
        let caller = coordinator(tenant);
        words(url, &caller).await?;
        let connections: Vec<People> = (0..CONNECTIONS)
            .map(|_| Ok(People::new(clients::called(url, &caller)?)))
            .collect::<Result<_>>()?;
        let connections: Arc<[People]> = connections.into();
        let sign = |n: usize| tokio::spawn(volunteer(connections[n % CONNECTIONS].clone(), n));
        // The last one by herself, so that who has heard of her has heard of all.
        let mut signed: Vec<String> = futures::stream::iter(0..people.saturating_sub(1))
            .map(|n| async move { n })
            .buffered(1)
            .map(sign)
            .buffered(CALLERS)
            .map(|one| one?)
            .try_collect()
            .await?;
        signed.push(volunteer(connections[0].clone(), people).await?);
        Ok(Self { people: signed })
    }
}

pub(super) fn area(n: usize) -> String {
    format!("area-{}", n % AREAS)
}

pub(super) fn interest(n: usize) -> String {
    format!("interest-{}", n % INTERESTS)
}

/// The municipality's areas, and the role that is asked for.
async fn words(url: &str, caller: &Caller) -> Result<()> {
    let terms = (0..AREAS).map(|n| {
        let (north, east) = ((n / 7) as f64, (n % 7) as f64);
        let (latitude, longitude) = (59.70 + north * 0.02, 10.10 + east * 0.04);
        let location = Some(pb::Location { latitude, longitude });
        let (nb, en) = (format!("Strøk {n}"), format!("Area {n}"));
        pb::Term { code: area(n), nb, en, location, retired: false }
    });
    let terms = pb::SetTermsRequest {
        list: pb::TermList::Areas.into(),
        terms: terms.collect(),
        request_id: request_id(),
    };
    People::new(clients::called(url, caller)?).set_terms(terms).await?;
    let requirements = pb::Requirements {
        check: Some(pb::CheckRule::default()),
        courses: vec!["courses/first-aid".to_owned()],
        min_age: 18,
        confidentiality: true,
        card: false,
    };
    let (nb, en) = ("Besøksvenn".to_owned(), "Visiting friend".to_owned());
    let supervisor = "Frivilligkoordinator".to_owned();
    let card = pb::RoleCard { nb, en, supervisor, ..Default::default() };
    let role = pb::Role {
        name: "roles/visitor".to_owned(),
        requirements: Some(requirements),
        card: Some(card),
        ..Default::default()
    };
    let mut standing = Standing::new(clients::called(url, caller)?);
    let course = pb::Course {
        name: "courses/first-aid".to_owned(),
        nb: "Førstehjelp".to_owned(),
        en: "First aid".to_owned(),
        ..Default::default()
    };
    let course = pb::SetCourseRequest { course: Some(course), request_id: request_id() };
    standing.set_course(course).await?;
    let role = pb::SetRoleRequest { role: Some(role), request_id: request_id() };
    standing.set_role(role).await?;
    Ok(())
}

async fn volunteer(mut client: People, n: usize) -> Result<String> {
    let details = pb::Details {
        display_name: format!("Frivillig {n}"),
        phone: format!("9{:07}", n % 10_000_000),
        born: format!("{}-06-15", 1940 + n % 60),
        ..Default::default()
    };
    let giver = pb::Giver {
        interests: (0..3).map(|k| interest(n * 7 + k * 11)).collect(),
        languages: (0..1 + n % 3).map(|k| format!("language-{}", (n + k * 5) % 12)).collect(),
        area: area(n * 5),
        reach_km: 3 + (n % 10) as i32,
        most_a_week: (!n.is_multiple_of(4)).then_some(1 + (n % 3) as i32),
        ..Default::default()
    };
    let request = pb::SignUpRequest {
        details: Some(details),
        giver: Some(giver),
        request_id: request_id(),
        ..Default::default()
    };
    let signed = client.sign_up(request).await?.into_inner();
    let person = signed.person.context("who signed up")?.name;
    let (name, id) = (person.clone(), request_id());
    let available = pb::SetAvailabilityRequest {
        person: name.clone(),
        availability: Some(hours(n)),
        request_id: id,
    };
    client.set_availability(available).await?;
    client.admit(pb::AdmitRequest { person: name, request_id: request_id() }).await?;
    Ok(person)
}

/// Some evenings, and for some of them days.
fn hours(n: usize) -> pb::Availability {
    let window = |opens: &str, closes: &str| pb::LocalWindow {
        opens: opens.to_owned(),
        closes: closes.to_owned(),
    };
    let day = |k: usize| pb::opening_hours::Day {
        weekday: (1 + (n + k * 2) % 7) as i32,
        windows: match (n + k) % 3 {
            0 => vec![window("09:00", "15:00")],
            1 => vec![window("16:00", "21:30")],
            _ => vec![window("09:00", "13:00"), window("17:00", "22:00")],
        },
    };
    let days = (0..2 + n % 3).map(day).collect();
    let hours = Some(pb::OpeningHours { days, exceptions: Vec::new() });
    pb::Availability { time_zone: String::new(), hours }
}
