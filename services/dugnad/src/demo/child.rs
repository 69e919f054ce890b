//! A real server as a child process: this very binary, so that it can be killed for real.

use std::{
    fs::File,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};
use tonic::transport::Endpoint;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

const STARTS_WITHIN: Duration = Duration::from_secs(30);

/// `dugnad serve` on a directory; killed when dropped.
pub(super) struct Server {
    child: Child,
    pub(super) address: SocketAddr,
}

#[derive(serde::Deserialize)]
struct Announcement {
    listening: SocketAddr,
}

impl Server {
    /// Starts it and waits until it is ready.
    pub(super) async fn start(data: &Path) -> Result<Self> {
        let log = data.join("server.log");
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", "--listen=127.0.0.1:0", "--admin=127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--journal")
            .arg(address(data))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(&log)?)
            .kill_on_drop(true)
            .spawn()
            .context("starting a server")?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let mut line = String::new();
        timeout(STARTS_WITHIN, BufReader::new(stdout).read_line(&mut line)).await??;
        let Ok(announced) = serde_json::from_str::<Announcement>(&line) else {
            bail!("the server did not start: see {}", log.display());
        };
        let server = Self { child, address: announced.listening };
        timeout(STARTS_WITHIN, server.ready()).await.context("the server did not get ready")??;
        Ok(server)
    }

    async fn ready(&self) -> Result<()> {
        let channel = Endpoint::from_shared(format!("http://{}", self.address))?.connect().await?;
        let mut health = HealthClient::new(channel);
        let mut states = health.watch(HealthCheckRequest::default()).await?.into_inner();
        while let Some(state) = states.message().await? {
            if state.status() == ServingStatus::Serving {
                return Ok(());
            }
        }
        bail!("the server went away")
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// `kill -9`: no warning, no farewell.
    pub(super) async fn kill(mut self) -> Result<()> {
        self.child.kill().await?;
        Ok(())
    }
}

fn address(data: &Path) -> String {
    format!("sqlite:{}", journal(data).display())
}

/// The journal's file.
pub(super) fn journal(data: &Path) -> PathBuf {
    data.join("journal.sqlite")
}

/// What `dugnad journal verify` says of the journal that nobody has open.
pub(super) async fn verify(data: &Path) -> Result<()> {
    let output = Command::new(std::env::current_exe()?)
        .args(["journal", "verify", "--journal"])
        .arg(address(data))
        .output()
        .await?;
    if !output.status.success() {
        bail!("journal verify: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
