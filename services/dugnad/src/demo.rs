//! `dugnad demo`: a town's month through the real door, killed on the way, and repaired.
//!
//! A story told as it happens. The map is real, everybody on it made from a seed. The services' clocks are
//! put forward for it: a month cannot be waited for. Everything it claims it has checked: it ends with an
//! error, and a non-zero exit, if anything is not as it should be.

mod broken;
pub(crate) mod child;
pub(crate) mod door;
mod driven;
pub(crate) mod each;
mod evening;
pub(crate) mod evenings;
mod figures;
pub(crate) mod fleet;
pub(crate) mod helpers;
mod laps;
mod locks;
pub(crate) mod map;
pub(crate) mod month;
mod moved;
pub(crate) mod names;
pub(crate) mod people;
pub(crate) mod phones;
mod report;
mod say;
pub(crate) mod size;
pub(crate) mod town;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use jiff::SignedDuration;
use uuid::Uuid;

use child::{Servers, Setup};
use door::Door;
use evening::Told;
use evenings::Evening;
use fleet::{Driven, Vehicle};
use laps::Laps;
use locks::Locks;
use map::Map;
use month::Month;
use people::{Resident, Volunteer};
use phones::Phones;
use say::Story;
use size::{Counts, Size};
use town::Building;

use crate::{address::JournalAddress, bench::thousands, client::Caller, serve::Service};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Keeps everything in this directory, which must be empty; a temporary one by default.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// nats://HOST:PORT: the same there, each service a process of its own. The server must be empty.
    /// [default: a file in the data directory, and one process for all]
    #[arg(long, value_name = "ADDRESS")]
    journal: Option<JournalAddress>,
    /// How much of a town.
    #[arg(long, value_enum, default_value = "full")]
    size: Size,
    /// Where the report is written, one HTML file with its pictures. [default: dugnad-demo.html]
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Leaves it running when all is told, to play with, until Ctrl-C.
    #[arg(long)]
    serve: bool,
}

/// The town with everything in it, and the way to it.
struct World {
    setup: Setup,
    servers: Option<Servers>,
    door: Door,
    phones: Phones,
    locks: Locks,
    map: Map,
    month: Month,
    counts: Counts,
    buildings: Vec<Building>,
    volunteers: Vec<Volunteer>,
    residents: Vec<Resident>,
    vehicles: Vec<Vehicle>,
    evenings: Vec<Evening>,
    /// By evening and rider.
    driven: Vec<Vec<Driven>>,
    /// What people call whoever is `people/{person}`.
    names: HashMap<String, String>,
    /// What is told of one evening.
    story: Story,
    laps: Laps,
}

pub(crate) async fn run(args: Args) -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let data = match &args.data {
        Some(data) => empty(data)?,
        None => temporary.path(),
    };
    say::heading("Dugnad runs a month in a town: the map is real, everybody on it is made up.")?;
    say::detail(map::ATTRIBUTION)?;
    let mut world = World::start(&args, data).await?;
    world.fill().await?;
    world.plan().await?;
    let told = world.evening().await?;
    let report = args.report.clone().unwrap_or_else(|| PathBuf::from("dugnad-demo.html"));
    world.over(&told, &report).await?;
    say::done(&world.laps.in_words())?;
    if args.serve {
        world.wait(data, &told).await?;
    }
    world.kill().await
}

fn empty(data: &Path) -> Result<&Path> {
    std::fs::create_dir_all(data).context("--data")?;
    let used = std::fs::read_dir(data).context("--data")?.next().is_some();
    ensure!(!used, "--data {}: not empty; the demo brings its own town", data.display());
    Ok(data)
}

fn number(of: usize) -> String {
    thousands(of as f64)
}

impl World {
    async fn start(args: &Args, data: &Path) -> Result<Self> {
        let mut laps = Laps::start();
        let map = Map::read()?;
        let roads = Map::keep_in(data)?;
        let phones = Phones::start(data).await?;
        let counts = args.size.counts();
        let locks = Locks::start(counts.buildings).await?;
        let options = vec![
            format!("--mqtt={}", locks.url()),
            // The wire is this machine's own.
            "--mqtt-settle=400ms".to_owned(),
            // Where links in messages lead.
            "--http=127.0.0.1:0".to_owned(),
            format!("--roads={}", roads.display()),
            format!("--sms={}", phones.settings.display()),
        ];
        let setup = Setup::new(data.to_owned(), args.journal.clone(), options)?;
        let servers = Some(setup.start(SignedDuration::ZERO).await?);
        let caller = Caller::new(town::TENANT, Uuid::now_v7(), "coordinator")?;
        let mut door = Door::open(&caller, None, |service| setup.url(service))?;
        ensure!(
            people::nobody_is_there(&mut door).await?,
            "--journal: the town of an earlier demo is there already; it needs an empty one"
        );
        laps.lap("starting");
        Ok(Self {
            setup,
            servers,
            door,
            phones,
            locks,
            map,
            month: Month::next(size::WEEKS)?,
            counts,
            buildings: Vec::new(),
            volunteers: Vec::new(),
            residents: Vec::new(),
            vehicles: Vec::new(),
            evenings: Vec::new(),
            driven: Vec::new(),
            names: HashMap::new(),
            story: Story::default(),
            laps,
        })
    }

    /// The town and its people.
    async fn fill(&mut self) -> Result<()> {
        let Self { door, map, month, counts, laps, .. } = self;
        say::heading("1  A town")?;
        town::set_words(door, &map.areas).await?;
        self.buildings = town::register(door, map, month, counts.buildings).await?;
        let rooms: usize = self.buildings.iter().map(|it| it.rooms.len()).sum();
        say::done(&format!(
            "{} buildings of the map with {rooms} rooms and a lock each, from {} to {}",
            self.buildings.len(),
            self.buildings.first().map_or("", |it| &it.title),
            self.buildings.last().map_or("", |it| &it.title),
        ))?;
        laps.lap("buildings");
        let organisations = people::import_organisations(door, map, counts.organisations).await?;
        self.volunteers = people::sign_up(door, map, month, counts.volunteers).await?;
        self.residents = people::register_residents(door, map, counts.residents).await?;
        let volunteers = self.volunteers.iter().map(|it| (it.name.clone(), it.called.clone()));
        let residents = self.residents.iter().map(|it| (it.name.clone(), it.called.clone()));
        self.names = volunteers.chain(residents).collect();
        say::done(&format!(
            "{} organisations, {} volunteers with their hours, {} residents at {} real addresses",
            number(organisations),
            number(self.volunteers.len()),
            number(self.residents.len()),
            number(map.homes.len()),
        ))?;
        laps.lap("people");
        // Nobody drives while they welcome.
        let drivers = self.volunteers.iter().filter(|it| !it.is_host).take(4 * counts.vehicles);
        let drivers: Vec<_> = drivers.map(|it| it.name.clone()).collect();
        self.vehicles =
            fleet::register(door, month, &self.buildings, &drivers, counts.vehicles).await?;
        say::done(&format!(
            "{} minibuses, driven by {} volunteers in turn",
            self.vehicles.len(),
            drivers.len()
        ))?;
        people::heard(door, month, &self.volunteers).await?;
        laps.lap("minibuses");
        Ok(())
    }

    /// The month: every step by the service whose it is.
    async fn plan(&mut self) -> Result<()> {
        say::heading("2  A month")?;
        let Self { door, map, month, counts, buildings, residents, laps, .. } = self;
        let planned = evenings::plan(door, map, month, counts.series).await?;
        let mut evenings = evenings::arranged(door, buildings, planned).await?;
        let roomed = evenings.iter().filter(|it| it.place.is_some()).count();
        say::done(&format!("{} evenings, {roomed} of them in a room that fits", evenings.len()))?;
        laps.lap("rooms");
        let answers = helpers::answer(door).await?;
        say::done(&format!(
            "volunteers were asked: {} said yes, {} no, {} nothing; {} places nobody took",
            number(answers.yes),
            number(answers.no),
            number(answers.silent),
            answers.missing
        ))?;
        laps.lap("helpers");
        evenings::choose(&mut evenings, residents, counts);
        let waiting = evenings::sign_up(door, residents, &evenings).await?;
        let come: usize = evenings.iter().map(|it| it.riders.len() + it.walkers.len()).sum();
        say::done(&format!("{} sign-ups, {waiting} of them on a waiting list", number(come)))?;
        laps.lap("sign-ups");
        self.driven = fleet::answered(door, residents, &evenings).await?;
        let promised: usize = self.driven.iter().map(|it| fleet::promised(it)).sum();
        let asked = 2 * self.driven.iter().flatten().count();
        say::done(&format!(
            "{} rides promised on the real roads, there and home, by their sign-ups alone; {} refused",
            number(promised),
            number(asked - promised)
        ))?;
        laps.lap("rides");
        self.evenings = evenings;
        Ok(())
    }

    /// One evening, what goes wrong with it, and what is done about it.
    async fn evening(&mut self) -> Result<Told> {
        let index = evening::choose(self)?;
        let start = self.evenings[index].start;
        self.kill().await?;
        self.restart(month::ahead_to(start - SignedDuration::from_mins(70))).await?;
        self.laps.lap("restart");
        let told = evening::tell(self, index).await?;
        self.story.heading("4  Things go wrong")?;
        broken::driver_ill(self, &told).await?;
        broken::host_declines(self, &told).await?;
        let leaked = moved::roof_leaks(self, &told).await?;
        moved::an_hour_later(self, &told, leaked).await?;
        let booking = broken::door_silent(self, &told).await?;
        let shortly = month::ahead_to(start - SignedDuration::from_mins(14));
        broken::power_cut(self, shortly).await?;
        broken::door_repaired(self, &booking).await?;
        self.laps.lap("things that go wrong");
        Ok(told)
    }

    /// When all of it is past: what became of it.
    async fn over(&mut self, told: &Told, report: &Path) -> Result<()> {
        let [_, end] = self.month.span()?;
        self.kill().await?;
        self.restart(month::ahead_to(end + SignedDuration::from_hours(5))).await?;
        let (figures, drives) = figures::collect(self).await?;
        figures.say()?;
        report::write(report, self, told, &figures, &drives)?;
        say::done("the report, with the rooms and the map:")?;
        say::command(&format!("  {}", report.display()))?;
        self.laps.lap("figures");
        Ok(())
    }

    /// Until Ctrl-C.
    async fn wait(&self, data: &Path, told: &Told) -> Result<()> {
        say::done(&format!("It is left running, its data in {}, until Ctrl-C:", data.display()))?;
        let [from, until] = self.month.span()?;
        let explain = format!(r#"{{"occurrence": "{}"}}"#, told.evening.name);
        let search =
            format!(r#"{{"text": "Quiz", "interval": {{"start": "{from}", "end": "{until}"}}}}"#);
        for (service, data, what) in [
            (
                Service::Activities,
                explain,
                "dugnad.activities.v1.ActivitiesService/ExplainActivity",
            ),
            (
                Service::Activities,
                search,
                "dugnad.activities.v1.ActivitiesService/SearchOccurrences",
            ),
            (Service::Rides, "{}".to_owned(), "dugnad.rides.v1.RidesService/ListVehicles"),
        ] {
            let url = self.setup.url(service);
            say::command(&format!(
                "grpcurl -plaintext -H 'dugnad-tenant: {}' -H 'dugnad-role: coordinator' \\\n      \
                 -H 'dugnad-caller: {}' \\\n      \
                 -d '{data}' \\\n      \
                 {} {what}",
                town::TENANT,
                Uuid::now_v7(),
                url.trim_start_matches("http://"),
            ))?;
        }
        Ok(tokio::signal::ctrl_c().await?)
    }

    async fn kill(&mut self) -> Result<()> {
        self.servers.take().context("servers run")?.kill().await
    }

    /// With the clocks put forward.
    async fn restart(&mut self, ahead: SignedDuration) -> Result<()> {
        self.servers = Some(self.setup.start(ahead).await?);
        Ok(())
    }
}
