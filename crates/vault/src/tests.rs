//! The vault against real files, a real server and real kills.

mod conformance;
mod crash;
mod erasure;
mod sealing;
mod shared;

use std::path::Path;

use tempfile::TempDir;
use uuid::Uuid;

use crate::{Master, PersonId, Vault};

/// A directory for keys and one for secrets.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: TempDir::new().unwrap() }
    }

    fn keys(&self) -> std::path::PathBuf {
        self.dir.path().join("vault")
    }

    fn secrets(&self) -> std::path::PathBuf {
        self.dir.path().join("secrets")
    }

    async fn open(&self) -> Vault {
        Vault::embedded(&self.keys(), &self.secrets(), &Master::Made).await.unwrap().0
    }
}

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

/// Every file under `dir` that holds `bytes`.
fn files_with(dir: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else if std::fs::read(&path).unwrap().windows(bytes.len()).any(|part| part == bytes) {
            found.push(path.display().to_string());
        }
    }
    found
}
