//! A real nats-server with the settings of `deploy/nats.conf`, on free ports, in a directory of its
//! own. It is killed and its directory removed when it is dropped.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// From the start of the process to the line that says it is ready, on a busy machine.
const STARTS_WITHIN: Duration = Duration::from_secs(30);

/// A running (or killed) server. Its ports and its store outlive a restart.
pub struct NatsServer {
    dir: TempDir,
    config: PathBuf,
    wrapper: Vec<String>,
    ports: Ports,
    child: Option<Child>,
}

#[derive(Clone, Copy)]
struct Ports {
    client: u16,
    monitoring: u16,
    mqtt: Option<u16>,
}

impl NatsServer {
    /// Starts one.
    ///
    /// # Errors
    /// If no server is found, or it does not come up; the error ends with what it logged.
    pub fn start() -> Result<Self> {
        Self::start_as(&repository().join("deploy/nats.conf"), &[])
    }

    /// Starts one with another configuration.
    ///
    /// # Errors
    /// As [`NatsServer::start`].
    pub fn start_with(config: &Path) -> Result<Self> {
        Self::start_as(config, &[])
    }

    /// Starts one that speaks MQTT too.
    ///
    /// # Errors
    /// As [`NatsServer::start`].
    pub fn start_with_mqtt() -> Result<Self> {
        let mut server = Self::prepare(&repository().join("deploy/nats.conf"), &[])?;
        let config = std::fs::read_to_string(&server.config)?;
        server.config = server.dir.path().join("nats.conf");
        std::fs::write(&server.config, config + "\nmqtt { host: 127.0.0.1, port: -1 }\n")?;
        server.spawn()?;
        Ok(server)
    }

    /// Starts one under another program: `strace -f -o FILE` for instance.
    ///
    /// # Errors
    /// As [`NatsServer::start`].
    pub fn start_under(wrapper: &[String]) -> Result<Self> {
        Self::start_as(&repository().join("deploy/nats.conf"), wrapper)
    }

    /// Starts one on a copy of another's store.
    ///
    /// # Errors
    /// As [`NatsServer::start`]; or if the store cannot be copied.
    pub fn start_on_copy(store: &Path) -> Result<Self> {
        let mut server = Self::prepare(&repository().join("deploy/nats.conf"), &[])?;
        crate::copy_all(store, &server.store_dir())?;
        server.spawn()?;
        Ok(server)
    }

    fn start_as(config: &Path, wrapper: &[String]) -> Result<Self> {
        let mut server = Self::prepare(config, wrapper)?;
        server.spawn()?;
        Ok(server)
    }

    fn prepare(config: &Path, wrapper: &[String]) -> Result<Self> {
        Ok(Self {
            dir: TempDir::new()?,
            config: config.to_owned(),
            wrapper: wrapper.to_owned(),
            ports: Ports { client: 0, monitoring: 0, mqtt: None },
            child: None,
        })
    }

    /// Ends the process with SIGKILL, as a power cut would, save that the kernel's cache stays.
    ///
    /// # Errors
    /// If it cannot be waited for.
    pub fn kill9(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Asks the process to end and waits for it.
    ///
    /// # Errors
    /// If it cannot be asked or waited for.
    pub fn stop(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        let asked = Command::new("kill").arg(child.id().to_string()).status()?;
        if !asked.success() {
            child.kill()?;
        }
        child.wait()?;
        Ok(())
    }

    /// Starts it again on the same store and the same ports, ending it first if it runs.
    ///
    /// # Errors
    /// As [`NatsServer::start`].
    pub fn restart(&mut self) -> Result<()> {
        self.kill9()?;
        self.spawn()
    }

    /// `nats://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.ports.client)
    }

    /// `http://127.0.0.1:<port>`.
    pub fn monitoring_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.monitoring)
    }

    /// Where it speaks MQTT, if it does; another place after a restart.
    pub fn mqtt_port(&self) -> Option<u16> {
        self.ports.mqtt
    }

    /// Where its streams lie.
    pub fn store_dir(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    fn spawn(&mut self) -> Result<()> {
        let program = find()?;
        let mut words = self.wrapper.iter().map(PathBuf::from).chain([program]);
        let mut command = Command::new(words.next().context("no program")?);
        command.args(words).arg("-c").arg(&self.config).args(["-a", "127.0.0.1"]);
        command.args(["-p", &port(self.ports.client), "-m", &port(self.ports.monitoring)]);
        command.arg("-sd").arg(self.store_dir());
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let child = child.spawn().with_context(|| format!("starting {command:?}"))?;
        let child = self.child.insert(child);
        self.ports = wait_until_ready(child)?;
        Ok(())
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        let _ = self.kill9();
    }
}

/// `-1` lets the server choose a free one.
fn port(port: u16) -> String {
    if port == 0 { "-1".to_owned() } else { port.to_string() }
}

pub(crate) fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// `DUGNAD_NATS_SERVER`, else one on the `PATH`, else what the installer left.
fn find() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("DUGNAD_NATS_SERVER") {
        return Ok(path.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|dir| dir.join("nats-server"));
    let installed = repository().join("target/tools/nats-server");
    match on_path.chain([installed]).find(|file| file.is_file()) {
        Some(file) => Ok(file),
        None => bail!("no nats-server found: run tests/tools/install-nats-server"),
    }
}

/// Reads the log until it says so, and on which ports; keeps reading it after, so that the pipe
/// never fills.
fn wait_until_ready(child: &mut Child) -> Result<Ports> {
    let log = child.stderr.take().context("no log")?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            let _ = tell.send(line);
        }
    });
    let mut said = String::new();
    while !said.contains("Server is ready") {
        match told.recv_timeout(STARTS_WITHIN) {
            Ok(line) => said = said + &line + "\n",
            Err(_) => bail!("nats-server did not come up:\n{said}"),
        }
    }
    let port = |what: &str| {
        let line = said.lines().find(|line| line.contains(what));
        let port = line.and_then(|line| line.rsplit(':').next()?.trim().parse().ok());
        port.with_context(|| format!("`{what}` names no port:\n{said}"))
    };
    Ok(Ports {
        client: port("Listening for client connections on")?,
        monitoring: port("Starting http monitor on")?,
        mqtt: port("Listening for MQTT clients on").ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_keeps_its_ports_and_store_over_a_restart() {
        let mut server = NatsServer::start().unwrap();
        let (url, monitoring) = (server.url(), server.monitoring_url());

        server.kill9().unwrap();
        server.restart().unwrap();

        assert_eq!((server.url(), server.monitoring_url()), (url, monitoring));
        assert!(server.store_dir().is_dir());
        server.stop().unwrap();
    }
}
