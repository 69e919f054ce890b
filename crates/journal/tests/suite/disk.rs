//! A full disk, a second process, a killed one: what the machine does to one file.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use dugnad_journal::{AppendError, Journal, sqlite::SqliteJournal};
use tempfile::TempDir;

use crate::{
    helper::Appender,
    make::{append_all, chain, partition, read_all},
};

const SMALL_DISK: &str = "DUGNAD_TEST_SMALL_DISK";

#[test]
fn a_second_process_on_the_same_file_is_refused_at_once_and_told_what_to_do() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("journal.db");
    let first = SqliteJournal::open(&path).unwrap();

    let (status, said) = Appender::start(&[], &path, 1).end();

    assert_eq!(status.code(), Some(3), "{said}");
    assert!(said.contains(&format!("in use by process {}", std::process::id())), "{said}");
    assert!(said.contains("stop it first"), "{said}");
    drop(first);
    let (status, said) = Appender::start(&[], &path, 1).end();
    assert!(status.success(), "{said}");
}

#[test]
fn a_second_handle_in_the_same_process_is_refused_too() {
    let dir = TempDir::new().unwrap();
    let first = SqliteJournal::open(dir.path().join("journal.db")).unwrap();

    let second = SqliteJournal::open(dir.path().join("journal.db"));

    assert!(second.is_err());
    drop(first);
    SqliteJournal::open(dir.path().join("journal.db")).unwrap();
}

#[tokio::test]
async fn what_a_killed_process_had_acknowledged_is_there() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("journal.db");
    let mut acked = 0;
    for round in 1..=5 {
        let mut appender = Appender::start(&[], &path, 5_000);
        acked = appender.acked_until(&format!("acked {}", acked + round * 7));
        appender.kill9();

        let journal = SqliteJournal::open(&path).unwrap();
        let there = read_all(&journal, &partition("drammen")).await;

        assert!(there.len() as u64 >= acked, "{} of {acked}", there.len());
        assert_eq!(there, chain(there.len() as u64, 300));
        acked = there.len() as u64;
    }
}

/// Runs this test binary again with a small disk mounted, in a mount namespace that ends with it.
#[test]
fn a_full_disk_is_unavailable_and_served_again_when_there_is_room() {
    let dir = TempDir::new().unwrap();
    let run = |unshare: &[&str]| {
        let program = std::env::current_exe().unwrap();
        let mount = r#"mount -t tmpfs -o size=2m none "$0" && exec "$@""#;
        let mut command = Command::new("unshare");
        command.args(unshare).args(["sh", "-c", mount]).arg(dir.path()).arg(program);
        command.args(["--exact", "disk::on_a_small_disk", "--ignored", "--nocapture"]);
        command.env(SMALL_DISK, dir.path()).output().unwrap()
    };

    let mut ran = run(&["-rm"]);
    if String::from_utf8_lossy(&ran.stderr).contains("unshare") {
        ran = run(&["-m"]);
    }

    let said = String::from_utf8_lossy(&ran.stdout) + String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "no test of its own: it runs on the small disk that another test mounts"]
async fn on_a_small_disk() {
    let Some(dir) = std::env::var_os(SMALL_DISK).map(PathBuf::from) else { return };
    let ballast = dir.join("ballast");
    std::fs::write(&ballast, vec![1; 512 * 1024]).unwrap();
    let path = dir.join("journal.db");
    let journal = SqliteJournal::open(&path).unwrap();
    let commits = chain(400, 10_000);

    let mut landed = 0;
    let full = loop {
        match journal.append(&partition("drammen"), commits[landed].clone()).await {
            Ok(()) => landed += 1,
            Err(error) => break error,
        }
    };
    let again = journal.append(&partition("drammen"), commits[landed].clone()).await;

    assert!(landed > 10);
    for error in [full, again.unwrap_err()] {
        assert!(matches!(error, AppendError::Unavailable(_)), "{error}");
        assert!(error.to_string().contains("full"), "{error}");
    }
    assert_eq!(read_all(&journal, &partition("drammen")).await, commits[..landed]);

    std::fs::remove_file(ballast).unwrap();
    append_all(&journal, &partition("drammen"), &commits[landed..landed + 10]).await;
    drop(journal);
    there(&path, &commits[..landed + 10]).await;
}

async fn there(path: &Path, commits: &[dugnad_journal::Stored]) {
    let journal = SqliteJournal::open(path).unwrap();
    assert_eq!(read_all(&journal, &partition("drammen")).await, commits);
}
