//! Other solvers on the same instance in the same run, where `just bench-peers` has installed them.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

/// What another solver made of an instance.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Peer {
    pub(super) peer: String,
    /// Vehicles, where fewer of them come first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) vehicles: Option<usize>,
    pub(super) cost: f64,
    /// Of solving alone.
    pub(super) seconds: f64,
}

/// The Python that has them, and the scripts that ask them.
pub(super) struct Peers {
    python: PathBuf,
    scripts: PathBuf,
}

impl Peers {
    /// Those of this checkout; none if they are not installed.
    pub(super) fn find() -> Option<Self> {
        let python = PathBuf::from("target/peers/bin/python");
        let scripts = PathBuf::from("tests/peers");
        if python.exists() && scripts.exists() {
            return Some(Self { python, scripts });
        }
        eprintln!("no peers to compare with: `just bench-peers` installs them");
        None
    }

    /// Runs `script kind file seconds`, and reads a line for each peer.
    pub(super) fn ask(
        &self,
        script: &str,
        kind: &str,
        file: &Path,
        seconds: f64,
    ) -> Result<Vec<Peer>> {
        let mut command = Command::new(&self.python);
        command.arg(self.scripts.join(script)).arg(kind).arg(file).arg(seconds.to_string());
        let out = command.stderr(Stdio::inherit()).output().context("asking the peers")?;
        ensure!(out.status.success(), "{script} {kind} failed: {}", out.status);
        let lines = String::from_utf8(out.stdout)?;
        lines.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }
}
