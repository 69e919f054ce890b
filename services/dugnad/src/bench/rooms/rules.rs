//! Booking and asking for a quote where every kind of letting rule is written.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use dugnad_harness::{Caller, DugnadServer, clients::request_id};
use dugnad_proto::rooms::v1::{
    Application, CreateBookingRequest, Equipment, EquipmentClaim, LettingRules, Period,
    QuoteRequest, SetEquipmentStockRequest, SetLettingRulesRequest, letting_rules as form,
};

use crate::bench::{
    figure::{Figure, percentiles},
    load::{self, Call},
    town::{TENANT, Town, caller},
};

const CALLERS: usize = 128;
const PAIRS: usize = 5;
const TIME: Duration = Duration::from_secs(2);
const QUOTES: usize = 3_000;
const CLUB: &str = "children-youth";

/// Bookings beside a bare health check, in pairs one after the other; the median pair is told.
pub(super) async fn measure(server: &DugnadServer) -> Result<Vec<Figure>> {
    let url = server.url()?;
    let town = Town::register(server.rooms(&caller())?).await?;
    write(server, &town).await?;
    let mut shares = Vec::new();
    let mut rates = Vec::new();
    for pair in 1..=PAIRS {
        eprintln!("booking with all rules on: pair {pair} of {PAIRS}");
        let ceiling = load::run(&url, Call::Health, CALLERS, TIME).await?.per_s;
        let rate = load::run(&url, Call::Let(town.clone()), CALLERS, TIME).await?.per_s;
        shares.push(rate / ceiling);
        rates.push(rate);
    }
    shares.sort_by(f64::total_cmp);
    rates.sort_by(f64::total_cmp);
    eprintln!("asking for {QUOTES} quotes");
    let (p50, p99) = quotes(server, &town).await?;
    Ok(vec![
        Figure::new("bookings with all rules on, 128 callers", rates[PAIRS / 2], "/s", None),
        Figure::at_least("… of the health check", shares[PAIRS / 2], "×", 0.6),
        Figure::new("Quote with all rules on, p50", p50, "ms", None),
        Figure::new("Quote, p99", p99, "ms", Some(2.0)),
    ])
}

/// What somebody says who meets all of the rules.
pub(in crate::bench) fn let_to_a_club(wanted: CreateBookingRequest) -> CreateBookingRequest {
    CreateBookingRequest { application: Some(says()), ..wanted }
}

fn says() -> Application {
    Application {
        applicant_kind: CLUB.to_owned(),
        purpose_kind: "training".to_owned(),
        adult_in_charge: true,
        accepted_terms: 1,
        equipment: vec![EquipmentClaim { item: "chair".to_owned(), count: 1 }],
        ..Application::default()
    }
}

/// One of every section, none of which refuses what is asked.
async fn write(server: &DugnadServer, town: &Town) -> Result<()> {
    let mut staff = server.rooms(&Caller::new(TENANT).acting_as("staff"))?;
    let request = SetLettingRulesRequest {
        scope: String::new(),
        effective_from: "2020-01-01".to_owned(),
        rules: Some(rules()),
        request_id: request_id(),
    };
    staff.set_letting_rules(request).await.context("the rules")?;
    let facility = town.room().split("/rooms/").next().unwrap_or_default().to_owned();
    let stock = SetEquipmentStockRequest {
        facility,
        equipment: Some(Equipment { item: "chair".to_owned(), count: 100_000, free: 0 }),
        request_id: request_id(),
    };
    staff.set_equipment_stock(stock).await.context("the chairs")?;
    Ok(())
}

fn rules() -> LettingRules {
    let class = |kind: &str| form::Applicant {
        kind: kind.to_owned(),
        purposes: vec!["training".to_owned(), "match".to_owned()],
        opens_days: Some(1_100),
    };
    let classes = [CLUB, "voluntary", "private", "commercial"];
    let quota = |period: Period| form::Quota {
        applicant_kind: CLUB.to_owned(),
        period: period.into(),
        bookings: Some(i32::MAX),
        minutes: Some(i32::MAX),
    };
    let row = |kind: &str, oere, per_hour| form::PriceRow {
        applicant_kind: kind.to_owned(),
        oere,
        per_hour,
        vat_code: "outside".to_owned(),
        ..Default::default()
    };
    let rows =
        vec![row("commercial", 90_000, true), row("private", 40_000, true), row("", 10_000, true)];
    let deadline = form::Deadline { hours_before_start: 48, kept_per_mille: 500 };
    LettingRules {
        applicants: Some(form::Applicants { by_priority: classes.map(class).into() }),
        lead_minutes: Some(0),
        shortest_minutes: Some(30),
        longest_minutes: Some(480),
        start_grid_minutes: Some(15),
        horizon_days: Some(1_100),
        quotas: Some(form::Quotas { quotas: vec![quota(Period::Week), quota(Period::Year)] }),
        adult_in_charge: Some(true),
        terms_version: Some(1),
        prices: Some(form::Prices { rows }),
        cancellation: Some(form::Cancellation { deadlines: vec![deadline] }),
        handling: Some(form::Handling { required: false, holds_slot: true, answer_minutes: 60 }),
        holding: Some(form::Holding { form_minutes: 10, offer_minutes: 60 }),
    }
}

async fn quotes(server: &DugnadServer, town: &Town) -> Result<(f64, f64)> {
    let mut client = server.rooms(&caller())?;
    let mut took = Vec::with_capacity(QUOTES);
    for _ in 0..QUOTES {
        let wanted = town.booking();
        let request = QuoteRequest {
            room: wanted.room,
            interval: wanted.interval,
            application: Some(says()),
            ..Default::default()
        };
        let began = Instant::now();
        let quote = client.quote(request).await?.into_inner();
        took.push(began.elapsed());
        ensure!(quote.refusals.is_empty(), "{:?}", quote.refusals);
    }
    Ok(percentiles(took))
}
