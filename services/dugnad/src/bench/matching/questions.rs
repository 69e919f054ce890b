//! What is asked of the pool, and how long the answers take.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use dugnad_harness::{Standing, clients};
use dugnad_proto::{
    matching::v1::{
        self as pb, matching_service_client::MatchingServiceClient,
        plan_service_client::PlanServiceClient,
    },
    volunteers::v1::BatchCheckEligibilityRequest,
};
use futures::{StreamExt as _, TryStreamExt as _};

use super::{
    coordinator,
    pool::{Pool, area, interest},
};
use crate::bench::figure::{Figure, percentiles};
use clients::{Called, called, request_id};

type Matching = MatchingServiceClient<Called>;

/// How long matching may be behind the register.
const PATIENCE: Duration = Duration::from_secs(300);
const DAY: i64 = 86_400;

/// An hour or two of the coming weeks, in an area, for somebody with interests to share.
fn need(n: usize) -> pb::Need {
    let day = 2 + (n % 14) as i64;
    let hour = [9, 10, 11, 13, 17, 18, 19, 20][n % 8];
    let start = midnight() + day * DAY + hour * 3600;
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let end = start + 3600 * (1 + (n % 2) as i64);
    let want = pb::Want {
        interests: (0..2).map(|k| interest(n * 3 + k * 13)).collect(),
        rather_languages: vec![format!("language-{}", n % 12)],
        ..Default::default()
    };
    pb::Need {
        kind: "visiting-friend".to_owned(),
        heads: 1 + i32::from(n.is_multiple_of(5)),
        area: area(n),
        times: vec![pb::Interval { start: at(start), end: at(end) }],
        want: Some(want),
        ..Default::default()
    }
}

#[expect(clippy::disallowed_methods, reason = "the needs are those of the days to come")]
fn midnight() -> i64 {
    jiff::Timestamp::now().as_second() / DAY * DAY
}

/// Waits until matching knows the person.
pub(super) async fn heard(url: &str, tenant: &str, person: &str) -> Result<()> {
    let mut client = Matching::new(called(url, &coordinator(tenant))?);
    let began = Instant::now();
    let unknown = ["UNKNOWN_PERSON", "NO_VOLUNTEER", "NOT_ADMITTED"];
    while began.elapsed() < PATIENCE {
        let request = pb::FindCandidatesRequest {
            question: Some(need(0)),
            count: 1,
            people: vec![person.to_owned()],
            ..Default::default()
        };
        let found = client.find_candidates(request).await?.into_inner();
        let known = found.people.first().context("who was asked for")?;
        if !known.exclusions.iter().any(|it| unknown.contains(&it.rule.as_str())) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("matching has not heard of {person} after {} s", PATIENCE.as_secs())
}

pub(super) async fn candidates(url: &str, tenant: &str) -> Result<Vec<Figure>> {
    let mut client = Matching::new(called(url, &coordinator(tenant))?);
    let mut took = Vec::new();
    let mut found = 0;
    for n in 0..1_100 {
        let question = Some(need(n));
        let request = pb::FindCandidatesRequest { question, count: 10, ..Default::default() };
        let began = Instant::now();
        let answer = client.find_candidates(request).await?.into_inner();
        // The first hundred warm it up.
        if n >= 100 {
            took.push(began.elapsed());
            found += answer.candidates.len();
        }
    }
    ensure!(found > 5_000, "only {found} candidates were found for 1000 questions");
    let (p50, p99) = percentiles(took);
    Ok(vec![
        Figure::new("FindCandidates, the best 10 with reasons, p50", p50, "ms", None),
        Figure::new("FindCandidates, p99", p99, "ms", Some(10.0)),
    ])
}

/// A thousand a call, against a role that asks for a check, a course, an age and a signature.
pub(super) async fn eligibility(url: &str, tenant: &str, pool: &Pool) -> Result<Vec<Figure>> {
    let mut client = Standing::new(called(url, &coordinator(tenant))?);
    let mut least = Duration::MAX;
    for people in pool.people.chunks(1000).filter(|chunk| chunk.len() == 1000).take(20) {
        let request = BatchCheckEligibilityRequest {
            people: people.to_vec(),
            role: "roles/visitor".to_owned(),
            date: String::new(),
        };
        let began = Instant::now();
        let answer = client.batch_check_eligibility(request).await?.into_inner();
        least = least.min(began.elapsed());
        ensure!(answer.eligibilities.len() == people.len(), "each is answered");
    }
    let each = least.as_secs_f64() * 1e3 / 1000.0;
    let what = "eligibility of one, of a thousand asked at once, the wire included";
    Ok(vec![Figure::new(what, each, "ms", Some(0.1))])
}

pub(super) async fn post(url: &str, tenant: &str, needs: usize) -> Result<()> {
    let client = Matching::new(called(url, &coordinator(tenant))?);
    let post = |n: usize| {
        let mut client = client.clone();
        let request = pb::PostNeedRequest { need: Some(need(n)), request_id: request_id() };
        async move { client.post_need(request).await.map(drop) }
    };
    futures::stream::iter(0..needs).map(post).buffer_unordered(32).try_collect::<()>().await?;
    Ok(())
}

/// From the request to the stored draft.
pub(super) async fn plan(url: &str, tenant: &str) -> Result<Vec<Figure>> {
    let mut client = PlanServiceClient::new(called(url, &coordinator(tenant))?);
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let period = pb::Interval { start: at(midnight()), end: at(midnight() + 28 * DAY) };
    let request = pb::PlanPeriodRequest {
        period: Some(period),
        request_id: request_id(),
        ..Default::default()
    };
    let began = Instant::now();
    let answers = client.plan_period(request).await?.into_inner();
    let answers: Vec<_> = answers.try_collect().await?;
    let took = began.elapsed().as_secs_f64();
    let plan = answers.into_iter().last().and_then(|answer| answer.plan).context("a draft")?;
    let figures = plan.figures.context("its figures")?;
    let what = format!(
        "PlanPeriod of {} needs, to the stored draft",
        super::thousands(figures.needs.into())
    );
    let filled = f64::from(figures.filled_places) / f64::from(figures.places.max(1)) * 100.0;
    Ok(vec![
        Figure::new(what, took, "s", Some(5.0)),
        Figure::new("… people who can take any of them", figures.people.into(), "people", None),
        Figure::new("… places filled", filled, "%", None),
        Figure::new("… cheaper by at most", figures.gap * 100.0, "%", None),
    ])
}
