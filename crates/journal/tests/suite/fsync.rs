//! A killed process cannot lose what the kernel holds, so here the system calls themselves are
//! watched: an fsync lies between the write and the answer, and a failed one ends the process.

use std::{
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
};

use dugnad_harness::NatsServer;
use dugnad_journal::{jetstream::JetStreamJournal, sqlite::SqliteJournal};
use tempfile::TempDir;

use crate::{
    helper::Appender,
    make::{append_all, chain, partition, read_all, until},
};

/// `DUGNAD_STRACE`, else one on the `PATH`, else what `tests/tools/install-strace` left.
fn strace() -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
    std::env::var("DUGNAD_STRACE").ok().unwrap_or_else(|| {
        let dirs = std::env::split_paths(&path).chain([tools]);
        let found = dirs.map(|dir| dir.join("strace")).find(|file| file.is_file());
        let found = found.expect("no strace found: run tests/tools/install-strace");
        found.to_str().unwrap().to_owned()
    })
}

/// How often an answer followed a write to `file`, each with a finished fsync of it in between.
///
/// Panics at the first answer without one.
fn synced_answers(trace: &Path, file: &str, answer: impl Fn(&str) -> bool) -> usize {
    let trace = std::fs::read_to_string(trace).unwrap();
    let (mut unsynced, mut syncing, mut answers) = (Vec::new(), String::new(), 0);
    for line in trace.lines() {
        let thread = line.split(' ').next().unwrap_or_default();
        if line.contains("write") && line.contains(file) {
            unsynced.push(line);
        } else if line.contains("sync(") && line.contains(file) {
            if line.ends_with("= 0") {
                unsynced.clear();
            } else if line.contains("unfinished") {
                thread.clone_into(&mut syncing);
            }
        } else if line.contains("sync resumed") && line.ends_with("= 0") && thread == syncing {
            unsynced.clear();
        } else if answer(line) {
            assert!(unsynced.is_empty(), "answered before an fsync:\n{line}\n{unsynced:?}");
            answers += 1;
        }
    }
    answers
}

#[tokio::test]
async fn sqlite_answers_after_the_fsync_of_what_it_wrote() {
    let dir = TempDir::new().unwrap();
    let (trace, path) = (dir.path().join("trace"), dir.path().join("journal.db"));
    let strace = strace();
    let watch = "trace=fsync,fdatasync,write,pwrite64";
    let wrapper = [&*strace, "-D", "-f", "-y", "-o", trace.to_str().unwrap(), "-e", watch];

    let mut appender = Appender::start(&wrapper, &path, 50);
    assert_eq!(appender.acked_until("done"), 50);
    assert!(appender.end().0.success());

    end_of(&trace).await;
    let answers = synced_answers(&trace, "journal.db-wal", |line| {
        line.contains("write(1<") && line.contains("\"acked ")
    });
    assert_eq!(answers, 50);
}

/// The tracer ends a moment after the process it traces.
async fn end_of(trace: &Path) {
    let ended = || std::fs::read_to_string(trace).unwrap().trim_end().ends_with("+++");
    until("the trace ends", || async { ended() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nats_server_with_our_settings_answers_after_the_fsync_of_what_it_wrote() {
    let dir = TempDir::new().unwrap();
    let trace = dir.path().join("trace");
    let wrapper = [&*strace(), "-D", "-f", "-y", "-s", "256", "-o", trace.to_str().unwrap()];
    let wrapper = wrapper.into_iter().chain(["-e", "trace=fsync,fdatasync,write,pwrite64,writev"]);
    let mut server =
        NatsServer::start_under(&wrapper.map(str::to_owned).collect::<Vec<_>>()).unwrap();

    let journal = JetStreamJournal::connect(&server.url(), &[]).await.unwrap();
    append_all(&journal, &partition("drammen"), &chain(50, 300)).await;
    drop(journal);
    server.kill9().unwrap();

    end_of(&trace).await;
    let answers = synced_answers(&trace, ".blk>", |line| {
        line.contains("socket:") && line.contains(r#"\"seq\":"#)
    });
    assert!(answers >= 50, "{answers}");
}

fn inject(dir: &Path, what: &str, only: &[&str]) -> Vec<String> {
    let trace = dir.join("trace");
    let mut words = vec![strace(), "-D".into(), "-f".into(), "-o".into()];
    words.push(trace.to_str().unwrap().to_owned());
    words.extend(["-e", "trace=fsync,fdatasync", "-e", what].map(str::to_owned));
    words.extend(only.iter().map(|word| (*word).to_owned()));
    words
}

/// Starts an appender whose fsyncs fail as told, and returns how many it had acknowledged when it
/// was aborted.
fn acked_before_abort(wrapper: &[String], path: &Path, commits: u64) -> u64 {
    let wrapper: Vec<&str> = wrapper.iter().map(String::as_str).collect();
    let mut appender = Appender::start(&wrapper, path, commits);
    let acked = appender.acked_until("done");
    let (status, said) = appender.end();
    assert_eq!(status.signal(), Some(6), "{status}: {said}");
    assert!(said.contains("failed an fsync"), "{said}");
    acked
}

#[tokio::test]
async fn a_failed_fsync_ends_the_process_before_it_answers() {
    let dir = TempDir::new().unwrap();
    let path: PathBuf = dir.path().join("journal.db");
    // The file is there already, so that the writer's own thread meets the failure.
    drop(SqliteJournal::open(&path).unwrap());
    let wrapper = inject(dir.path(), "inject=fsync,fdatasync:error=EIO:when=12", &[]);

    let acked = acked_before_abort(&wrapper, &path, 100);

    assert!((5..20).contains(&acked), "{acked}");
    let journal = SqliteJournal::open(&path).unwrap();
    let there = read_all(&journal, &partition("drammen")).await;
    assert!(there.len() as u64 >= acked);
    assert_eq!(there, chain(there.len() as u64, 300));
}

#[tokio::test]
async fn a_failed_fsync_of_a_checkpoint_ends_the_process() {
    let dir = TempDir::new().unwrap();
    let path: PathBuf = dir.path().join("journal.db");
    drop(SqliteJournal::open(&path).unwrap());
    // Only the database file itself, which nothing but a checkpoint syncs.
    let db = path.to_str().unwrap();
    let wrapper = inject(dir.path(), "inject=fsync,fdatasync:error=EIO:when=1", &["-P", db]);

    let acked = acked_before_abort(&wrapper, &path, 5_000);

    assert!(acked > 100, "{acked}");
    let journal = SqliteJournal::open(&path).unwrap();
    let there = read_all(&journal, &partition("drammen")).await;
    assert!(there.len() as u64 >= acked);
}
