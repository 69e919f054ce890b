//! The `dugnad` binary as a child process, on free ports and in a directory of its own.
//!
//! `kill9` and `start` leave the directory, so that a test sees what a crash leaves.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::clients::{Called, Caller, Rooms};

/// No step of a test may take longer; a loaded machine with two cores needs most of it.
const DEADLINE: Duration = Duration::from_secs(60);
/// Between two looks at a condition.
const LOOK: Duration = Duration::from_millis(10);

/// Where the server keeps its journal.
#[derive(Clone, Debug)]
pub enum Journal {
    /// A file in the server's directory.
    Sqlite,
    /// A NATS server's URL.
    Nats(String),
}

/// One `dugnad serve`, killed when dropped.
pub struct DugnadServer {
    dir: TempDir,
    journal: Journal,
    options: Vec<String>,
    running: Option<Running>,
}

struct Running {
    child: Child,
    grpc: SocketAddr,
    admin: SocketAddr,
    http: Option<SocketAddr>,
}

/// The built binary: `DUGNAD_BIN`; or this very program, if it is `dugnad`; or beside the tests' own
/// directory under `target`.
///
/// # Errors
/// If it is not built.
pub fn binary() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("DUGNAD_BIN") {
        return Ok(path.into());
    }
    let this = std::env::current_exe()?;
    if this.file_stem().is_some_and(|name| name == "dugnad") {
        return Ok(this);
    }
    // target/debug/deps/some-test → target/debug/dugnad
    let target = this.parent().and_then(Path::parent).context("no target directory")?;
    let path = target.join("dugnad");
    if !path.is_file() {
        bail!("{} is not there: run `cargo build --bin dugnad`", path.display());
    }
    Ok(path)
}

impl DugnadServer {
    /// Starts a server in a new directory and waits until it is ready.
    ///
    /// # Errors
    /// If it does not become ready; its log is in the error.
    pub async fn start(journal: Journal) -> Result<Self> {
        Self::start_with(journal, &[]).await
    }

    /// The same with more options for `dugnad serve`.
    ///
    /// # Errors
    /// As [`DugnadServer::start`].
    pub async fn start_with(journal: Journal, options: &[&str]) -> Result<Self> {
        let mut server = Self::prepare(journal, options)?;
        server.restart().await?;
        Ok(server)
    }

    /// A server that is not started yet: for tests that put something into its directory first.
    ///
    /// # Errors
    /// If there is no directory to be had.
    pub fn prepare(journal: Journal, options: &[&str]) -> Result<Self> {
        let options = options.iter().map(ToString::to_string).collect();
        Ok(Self { dir: TempDir::new()?, journal, options, running: None })
    }

    /// One more option for `dugnad serve`, from its next start on.
    pub fn also(&mut self, option: &str) {
        self.options.push(option.to_owned());
    }

    /// Starts it again in the same directory (on new ports) after `kill9` or `terminate`.
    ///
    /// # Errors
    /// As [`DugnadServer::start`].
    pub async fn restart(&mut self) -> Result<()> {
        self.spawn().await?;
        self.ready().await
    }

    /// Starts it without waiting until it is ready: for starts that may have to wait for a journal.
    ///
    /// # Errors
    /// If it does not listen.
    pub async fn spawn(&mut self) -> Result<()> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.dir.path().join("server.log"))?;
        let mut child = Command::new(binary()?)
            .args(["serve", "--listen=127.0.0.1:0", "--admin=127.0.0.1:0"])
            .arg("--journal")
            .arg(self.journal_address())
            .arg("--data")
            .arg(self.dir.path())
            .args(&self.options)
            .env("DUGNAD_LOG_FORMAT", "json")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let mut line = String::new();
        timeout(DEADLINE, BufReader::new(stdout).read_line(&mut line)).await??;
        let (Some(grpc), Some(admin)) = (field(&line, "listening"), field(&line, "admin")) else {
            bail!("dugnad did not start; its log:\n{}", self.logs());
        };
        let http = field(&line, "http");
        self.running = Some(Running { child, grpc, admin, http });
        Ok(())
    }

    /// Waits until `/ready` says so.
    ///
    /// # Errors
    /// If it never does; the log is in the error.
    pub async fn ready(&mut self) -> Result<()> {
        let ready = async {
            loop {
                if let Ok((200, _)) = self.admin("/ready").await {
                    return Ok(());
                }
                if let Some(status) = self.running_mut()?.child.try_wait()? {
                    bail!("dugnad ended with {status}");
                }
                sleep(LOOK).await;
            }
        };
        match timeout(DEADLINE, ready).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error.context(self.logs())),
            Err(_) => bail!("dugnad was not ready in {DEADLINE:?}; its log:\n{}", self.logs()),
        }
    }

    /// `kill -9`, and waits until the process is gone.
    ///
    /// # Errors
    /// If it was not running.
    pub async fn kill9(&mut self) -> Result<()> {
        let mut running = self.running.take().context("not running")?;
        running.child.kill().await?;
        Ok(())
    }

    /// SIGTERM, and waits for the end.
    ///
    /// # Errors
    /// If it does not end in time.
    pub async fn terminate(&mut self) -> Result<ExitStatus> {
        let mut running = self.running.take().context("not running")?;
        let pid = running.child.id().context("still running")?;
        let sent = Command::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
        anyhow::ensure!(sent.success(), "kill -TERM {pid} failed");
        Ok(timeout(DEADLINE, running.child.wait()).await.with_context(|| self.logs())??)
    }

    /// The process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().and_then(|running| running.child.id())
    }

    /// Where gRPC is served.
    ///
    /// # Errors
    /// If it is not running.
    pub fn url(&self) -> Result<String> {
        let running = self.running.as_ref().context("not running")?;
        Ok(format!("http://{}", running.grpc))
    }

    /// A connection of its own, for any service's client.
    ///
    /// # Errors
    /// If it is not running.
    pub fn called(&self, caller: &Caller) -> Result<Called> {
        crate::clients::called(&self.url()?, caller)
    }

    /// A client on a connection of its own.
    ///
    /// # Errors
    /// If it is not running.
    pub fn rooms(&self, caller: &Caller) -> Result<Rooms> {
        crate::clients::rooms(&self.url()?, caller)
    }

    /// Its directory: journal, vault, secrets and log.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// As `--journal` takes it.
    pub fn journal_address(&self) -> String {
        match &self.journal {
            Journal::Sqlite => {
                format!("sqlite:{}", self.dir.path().join("journal.sqlite").display())
            }
            Journal::Nats(url) => url.clone(),
        }
    }

    /// Everything it logged so far.
    pub fn logs(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("server.log")).unwrap_or_default()
    }

    /// Runs another `dugnad` command to its end and gives its status and what it printed.
    ///
    /// # Errors
    /// If it cannot be run.
    pub async fn dugnad(&self, args: &[&str]) -> Result<(ExitStatus, String)> {
        let run = Command::new(binary()?).args(args).kill_on_drop(true).output();
        let output = timeout(DEADLINE, run).await??;
        let text = [output.stdout, output.stderr].concat();
        Ok((output.status, String::from_utf8_lossy(&text).into_owned()))
    }

    /// `GET path` on the admin port: status and body.
    ///
    /// # Errors
    /// If nobody answers.
    pub async fn admin(&self, path: &str) -> Result<(u16, String)> {
        let running = self.running.as_ref().context("not running")?;
        http(&running.admin.to_string(), "GET", path, "").await
    }

    /// A page of the HTTP port: status and body.
    ///
    /// # Errors
    /// If nobody answers, or it was not asked for with `--http`.
    pub async fn page(&self, path: &str) -> Result<(u16, String)> {
        let running = self.running.as_ref().context("not running")?;
        http(&running.http.context("no --http")?.to_string(), "GET", path, "").await
    }

    /// Opens a URL of the form `http://HOST:PORT/PATH`, as people and gateways do: status and body.
    ///
    /// # Errors
    /// If nobody answers.
    pub async fn open(&self, url: &str, method: &str, body: &str) -> Result<(u16, String)> {
        let rest = url.strip_prefix("http://").context("not http")?;
        let at = rest.find('/').context("no path")?;
        http(&rest[..at], method, &rest[at..], body).await
    }

    fn running_mut(&mut self) -> Result<&mut Running> {
        self.running.as_mut().context("not running")
    }
}

async fn http(host: &str, method: &str, path: &str, body: &str) -> Result<(u16, String)> {
    let mut stream = TcpStream::connect(host).await?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    status.zip(body).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof).into())
}

/// The address that a line such as `{"listening":"127.0.0.1:1"}` holds under `name`.
fn field(line: &str, name: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once(&format!("\"{name}\":\""))?;
    rest.split_once('"')?.0.parse().ok()
}
