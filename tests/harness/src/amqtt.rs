//! A broker by others than NATS: amqtt, in Python, on a free port. Killed when dropped.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::nats::repository;

const STARTS_WITHIN: Duration = Duration::from_secs(30);
/// It cannot be told to choose a port itself, and one that was free may be taken before it listens.
const PORTS: usize = 5;

/// A running broker.
pub struct Amqtt {
    child: Child,
    port: u16,
    _dir: TempDir,
}

impl Amqtt {
    /// Starts one that anybody may call.
    ///
    /// # Errors
    /// If it is not installed, or does not come up.
    pub fn start() -> Result<Self> {
        let tools = repository().join("target/tools");
        let packages = tools.join("amqtt");
        if !packages.is_dir() {
            bail!("no amqtt found: run tests/tools/install-amqtt with tests/python's Python");
        }
        for _ in 1..PORTS {
            match Self::listening(&tools, &packages) {
                Err(why) if format!("{why:#}").contains("address already in use") => {}
                done => return done,
            }
        }
        Self::listening(&tools, &packages)
    }

    fn listening(tools: &Path, packages: &Path) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let dir = TempDir::new()?;
        let config = dir.path().join("amqtt.yaml");
        let settings = format!(
            "listeners: {{default: {{type: tcp, bind: '127.0.0.1:{port}'}}}}\n\
             plugins: {{amqtt.plugins.authentication.AnonymousAuthPlugin: {{allow_anonymous: true}}}}\n"
        );
        std::fs::write(&config, settings)?;
        let mut command = Command::new(tools.join("python/bin/python"));
        command.args(["-m", "amqtt.scripts.broker_script", "-c"]).arg(&config);
        command.env("PYTHONPATH", packages).current_dir(dir.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let child = command.spawn().with_context(|| format!("starting {command:?}"))?;
        let mut broker = Self { child, port, _dir: dir };
        wait_until_ready(&mut broker.child)?;
        Ok(broker)
    }

    /// Where it speaks MQTT.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Amqtt {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the log until it says that it listens, and on, so that the pipe never fills.
fn wait_until_ready(child: &mut Child) -> Result<()> {
    let log = child.stderr.take().context("no log")?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            let _ = tell.send(line);
        }
    });
    let mut said = String::new();
    while !said.contains(" bind to ") {
        match told.recv_timeout(STARTS_WITHIN) {
            Ok(line) if line.contains("[Errno ") => bail!("amqtt did not come up: {line}"),
            Ok(line) => said = said + &line + "\n",
            Err(_) => bail!("amqtt did not come up:\n{said}"),
        }
    }
    Ok(())
}
