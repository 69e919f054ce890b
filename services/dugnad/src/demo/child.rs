//! Real servers as child processes: this very binary, so that it can be killed for real.
//!
//! On SQLite one process holds all services, on NATS each service is a process of its own. Their clocks can
//! be put forward at a start, as a month cannot be waited for.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum as _;
use futures::future::{join_all, try_join_all};
use jiff::SignedDuration;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};
use tonic::transport::Endpoint;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::{address::JournalAddress, serve::Service};

/// On a slow machine, with a month to replay.
const STARTS_WITHIN: Duration = Duration::from_secs(120);

/// How servers are started, each time anew.
pub(crate) struct Setup {
    data: PathBuf,
    journal: JournalAddress,
    /// Those that share a process, and where it listens; the same at each start, for the others know it.
    processes: Vec<(Vec<Service>, SocketAddr)>,
    options: Vec<String>,
}

/// Servers that run; killed when dropped.
pub(crate) struct Servers(Vec<Child>);

#[derive(serde::Deserialize)]
struct Announcement {
    listening: SocketAddr,
}

impl Setup {
    /// `options` go to every server.
    pub(crate) fn new(
        data: PathBuf,
        journal: Option<JournalAddress>,
        options: Vec<String>,
    ) -> Result<Self> {
        let all = Service::value_variants().to_vec();
        let file = || JournalAddress::Sqlite(data.join("journal.sqlite"));
        let journal = journal.unwrap_or_else(file);
        let groups: Vec<Vec<Service>> = match journal {
            JournalAddress::Sqlite(_) => vec![all],
            JournalAddress::Nats(_) => all.into_iter().map(|service| vec![service]).collect(),
        };
        // Held until all are known, so that no two are one.
        let held: Vec<TcpListener> =
            groups.iter().map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<_, _>>()?;
        let addresses = held.iter().map(TcpListener::local_addr);
        let processes = groups.into_iter().zip(addresses).map(|(group, at)| Ok((group, at?)));
        let processes = processes.collect::<Result<_>>()?;
        Ok(Self { data, journal, processes, options })
    }

    /// Where a service answers.
    pub(crate) fn url(&self, service: Service) -> String {
        let runs = |it: &&(Vec<Service>, SocketAddr)| it.0.contains(&service);
        let process = self.processes.iter().find(runs);
        process.map(|(_, at)| format!("http://{at}")).unwrap_or_default()
    }

    /// Starts all and waits until they are ready, their clocks put forward by `ahead`.
    pub(crate) async fn start(&self, ahead: SignedDuration) -> Result<Servers> {
        // One after another: the first of them makes the secrets that all share.
        let mut running = Vec::new();
        for (services, address) in &self.processes {
            running.push(self.spawn(services, *address, ahead).await?);
        }
        let ready = self.processes.iter().map(|(_, address)| ready(*address));
        timeout(STARTS_WITHIN, try_join_all(ready))
            .await
            .context("a server did not get ready")??;
        Ok(Servers(running))
    }

    async fn spawn(
        &self,
        services: &[Service],
        address: SocketAddr,
        ahead: SignedDuration,
    ) -> Result<Child> {
        let log = self.log();
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").args(services.iter().map(|it| it.name().to_string()));
        command.args(["--admin=127.0.0.1:0", "--listen"]).arg(address.to_string());
        command.arg("--data").arg(&self.data).arg("--journal").arg(self.journal());
        command.arg("--clock-ahead").arg(ahead.to_string()).args(&self.options);
        for (others, at) in self.processes.iter().filter(|it| it.1 != address) {
            let peers = others.iter().map(|it| format!("--peer={}=http://{at}", it.name()));
            command.args(peers);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(&log)?)
            .kill_on_drop(true)
            .spawn()
            .context("starting a server")?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let mut line = String::new();
        timeout(STARTS_WITHIN, BufReader::new(stdout).read_line(&mut line)).await??;
        if serde_json::from_str::<Announcement>(&line).is_ok_and(|it| it.listening == address) {
            return Ok(child);
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        bail!("a server did not start: {}", said.lines().next_back().unwrap_or_default())
    }

    fn log(&self) -> PathBuf {
        self.data.join("server.log")
    }

    /// How the journal is named on the command line, with its password if it has one.
    fn journal(&self) -> String {
        match &self.journal {
            JournalAddress::Sqlite(_) => self.journal.to_string(),
            JournalAddress::Nats(url) => url.clone(),
        }
    }

    /// What `dugnad journal verify` says of the journal.
    pub(super) async fn verify(&self) -> Result<()> {
        let output = Command::new(std::env::current_exe()?)
            .args(["journal", "verify", "--journal"])
            .arg(self.journal())
            .output()
            .await?;
        if !output.status.success() {
            bail!("journal verify: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }
}

async fn ready(address: SocketAddr) -> Result<()> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
    let mut health = HealthClient::new(channel);
    let mut states = health.watch(HealthCheckRequest::default()).await?.into_inner();
    while let Some(state) = states.message().await? {
        if state.status() == ServingStatus::Serving {
            return Ok(());
        }
    }
    bail!("a server went away")
}

impl Servers {
    pub(crate) fn pids(&self) -> Vec<u32> {
        self.0.iter().filter_map(Child::id).collect()
    }

    /// `kill -9` of all: no warning, no farewell.
    pub(crate) async fn kill(mut self) -> Result<()> {
        let killed = join_all(self.0.iter_mut().map(Child::kill)).await;
        Ok(killed.into_iter().collect::<Result<_, _>>()?)
    }
}
