//! `dugnad bench city`: a city's week through the real doors of all services at once, and what it costs.
//!
//! The town, its people and its evenings are made as the demonstration makes them (`demo/`), only more of
//! them; every call is heard on the wire ([`meter`]), so that what is counted is what was called. The
//! server is a second process on the same machine (on NATS each service one), with an SMS gateway to tell
//! everybody. A refusal is an answer; anything else that is no answer is a failure, and named.

mod meter;
mod questions;
mod report;
mod rest;
mod rides;
mod week;

use std::path::Path;

use anyhow::Result;
use jiff::SignedDuration;
use uuid::Uuid;

use super::machine::Machine;
use crate::{
    address::JournalAddress,
    client::Caller,
    demo::{child::Setup, door::Door, map::Map, month::Month, phones::Phones, size::Counts, town},
};
use meter::Meter;
use report::Report;

/// Of a city of this size at scale 1.
const ROOMS: f64 = 300.0;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Prints one JSON object and nothing else.
    #[arg(long)]
    json: bool,
    /// How much of a city of 50 000 volunteers, 20 000 residents, 300 rooms, 1 500 activities and
    /// 15 000 rides a week: 0.01 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0, value_parser = share)]
    scale: f64,
    /// nats://HOST:PORT: the same there, each service a process of its own. The server must be empty.
    /// [default: a file, and one process for all]
    #[arg(long, value_name = "ADDRESS")]
    journal: Option<JournalAddress>,
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    (0.01..=1.0).contains(&share).then_some(share).ok_or_else(|| "0.01 to 1".to_owned())
}

/// All that is made, and asked.
struct City {
    setup: Setup,
    door: Door,
    phones: Phones,
    map: Map,
    month: Month,
    counts: Counts,
    /// Asked at the end.
    questions: usize,
}

pub(super) async fn run(args: Args) -> Result<()> {
    let data = tempfile::tempdir()?;
    let machine = Machine::measure(data.path())?.line();
    eprintln!("{machine}");
    let meter = Meter::default();
    let city = City::new(&args, data.path(), &meter).await?;
    let servers = city.setup.start(SignedDuration::ZERO).await?;
    let mut report = Report::new(machine, args.scale, meter, servers.pids());
    // Whatever comes between, what was measured until then is told.
    let ran = async {
        let week = week::made(&city, &mut report).await?;
        questions::asked(&city, &week, &mut report).await?;
        rest::measured(&city, servers, data.path(), &mut report).await
    };
    let ran = ran.await;
    report.print(args.json)?;
    ran
}

impl City {
    async fn new(args: &Args, data: &Path, meter: &Meter) -> Result<Self> {
        let map = Map::read()?;
        let phones = Phones::start(data).await?;
        let roads = Map::keep_in(data)?;
        let options = vec![
            "--http=127.0.0.1:0".to_owned(),
            format!("--roads={}", roads.display()),
            format!("--sms={}", phones.settings.display()),
        ];
        let setup = Setup::new(data.to_owned(), args.journal.clone(), options)?;
        let caller = Caller::new(town::TENANT, Uuid::now_v7(), "coordinator")?;
        let door = Door::open(&caller, Some(&meter.listener()), |service| setup.url(service))?;
        let part = |of: f64| (of * args.scale).ceil() as usize;
        let counts = Counts {
            organisations: part(3_000.0),
            volunteers: part(50_000.0),
            residents: part(20_000.0),
            buildings: town::with_rooms(&map, part(ROOMS)),
            series: part(1_500.0),
            rides: part(15_000.0),
            vehicles: part(80.0).max(2),
        };
        let questions = part(20_000.0).max(1_000);
        Ok(Self { setup, door, phones, map, month: Month::next(1)?, counts, questions })
    }
}
