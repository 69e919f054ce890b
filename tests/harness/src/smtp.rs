//! A real SMTP server (aiosmtpd) as a child process, which keeps every e-mail as it came.
//!
//! `DUGNAD_PYTHON` names a Python that has aiosmtpd; without it the one that
//! `tests/python/prepare` makes is taken.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, Result};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::{sleep, timeout},
};

const DEADLINE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(10);

/// Listens, writes each e-mail into a directory under the next number, and tells its port. What
/// is said to it in a file `answer` is answered to the next e-mail instead, once; a file `hold`
/// keeps the answer to the next back for ever.
const SERVER: &str = r"
import asyncio, os, sys
from aiosmtpd.controller import Controller

class Keep:
    def __init__(self, path):
        self.path, self.count = path, 0
    async def handle_DATA(self, server, session, envelope):
        answer = os.path.join(self.path, 'answer')
        if os.path.exists(answer):
            text = open(answer).read()
            os.remove(answer)
            return text
        self.count += 1
        name = os.path.join(self.path, '%06d' % self.count)
        with open(name + '.part', 'wb') as file:
            file.write(envelope.content)
        os.rename(name + '.part', name + '.eml')
        hold = os.path.join(self.path, 'hold')
        if os.path.exists(hold):
            os.remove(hold)
            await asyncio.sleep(3600)
        return '250 OK'

import socket
with socket.socket() as free:
    free.bind(('127.0.0.1', 0))
    port = free.getsockname()[1]
controller = Controller(Keep(sys.argv[1]), hostname='127.0.0.1', port=port)
controller.start()
print(port, flush=True)
sys.stdin.read()
";

/// An SMTP server, gone when dropped.
pub struct SmtpServer {
    dir: TempDir,
    port: u16,
    _child: Child,
}

fn python() -> PathBuf {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/python/bin/python");
    std::env::var_os("DUGNAD_PYTHON").map_or(made, PathBuf::from)
}

impl SmtpServer {
    /// Starts one on a free port.
    ///
    /// # Errors
    /// If there is no Python with aiosmtpd.
    pub async fn start() -> Result<Self> {
        let dir = TempDir::new()?;
        let mut child = Command::new(python())
            .args(["-c", SERVER])
            .arg(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("python with aiosmtpd: run tests/python/prepare, or set DUGNAD_PYTHON")?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("stdout is piped")?;
        timeout(DEADLINE, BufReader::new(stdout).read_line(&mut line)).await??;
        let port = line.trim().parse().context("the SMTP server did not start")?;
        Ok(Self { dir, port, _child: child })
    }

    /// As `--smtp` takes it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The next e-mail is answered with this, such as `451 try later`, and not kept.
    ///
    /// # Errors
    /// If it cannot be told.
    pub fn answer_next(&self, answer: &str) -> Result<()> {
        Ok(std::fs::write(self.dir.path().join("answer"), answer)?)
    }

    /// The next e-mail is kept, and its answer does not come.
    ///
    /// # Errors
    /// If it cannot be told.
    pub fn hold_next(&self) -> Result<()> {
        Ok(std::fs::write(self.dir.path().join("hold"), "")?)
    }

    /// All e-mails so far, as they came, the first first.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn emails(&self) -> Result<Vec<String>> {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(self.dir.path())? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "eml") {
                paths.push(path);
            }
        }
        paths.sort();
        let read = |path| Ok(String::from_utf8_lossy(&std::fs::read(path)?).into_owned());
        paths.iter().map(read).collect()
    }

    /// Waits until there are so many.
    ///
    /// # Errors
    /// If they do not come.
    pub async fn wait_for(&self, count: usize) -> Result<Vec<String>> {
        let wait = async {
            loop {
                let emails = self.emails()?;
                if emails.len() >= count {
                    return Ok(emails);
                }
                sleep(LOOK).await;
            }
        };
        timeout(DEADLINE, wait).await.context("the e-mails did not come")?
    }
}

/// The text of an e-mail's parts, with the transfer encodings undone that a test reads through:
/// quoted-printable, and base64 whole lines at a time.
#[must_use]
pub fn decoded(email: &str) -> String {
    let mut out = Vec::new();
    let bytes = email.replace("=\r\n", "").replace("=\n", "");
    let mut rest = bytes.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        match pair.and_then(|it| u8::from_str_radix(it, 16).ok()).filter(|_| *byte == b'=') {
            Some(decoded) => {
                out.push(decoded);
                rest = &after[2..];
            }
            None => {
                out.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
