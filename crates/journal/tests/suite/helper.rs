//! A second process: this test binary again, told by the environment what to be.

use std::{
    io::{BufRead, BufReader, Lines},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
};

use dugnad_journal::{AppendError, Journal, sqlite::SqliteJournal};

use crate::make::{chain, partition};

const JOURNAL: &str = "DUGNAD_TEST_JOURNAL";
const COMMITS: &str = "DUGNAD_TEST_COMMITS";

/// A process that appends commits of `make::chain(.., 300)` to a SQLite journal and prints
/// `acked N` for each, then `done`.
pub(crate) struct Appender {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Appender {
    /// Starts it, under another program if `wrapper` names one.
    pub(crate) fn start(wrapper: &[&str], journal: &std::path::Path, commits: u64) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut words = wrapper.iter().map(Into::into).chain([program.into_os_string()]);
        let mut command = Command::new(words.next().unwrap());
        command
            .args(words)
            .args(["--exact", "helper::appender", "--ignored", "--nocapture", "--test-threads=1"])
            .env(JOURNAL, journal)
            .env(COMMITS, commits.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Reads on until a line ends in `words`; the last number acknowledged up to there.
    pub(crate) fn acked_until(&mut self, words: &str) -> u64 {
        let mut acked = 0;
        for line in self.lines.by_ref().map_while(Result::ok) {
            if let Some((_, number)) = line.split_once("acked ") {
                acked = number.trim().parse().unwrap();
            }
            if line.ends_with(words) {
                break;
            }
        }
        acked
    }

    pub(crate) fn kill9(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end; what it said on stderr.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let mut said = String::new();
        std::io::Read::read_to_string(&mut self.child.stderr.take().unwrap(), &mut said).unwrap();
        (self.child.wait().unwrap(), said)
    }
}

#[tokio::test]
#[ignore = "no test: the process that other tests start"]
async fn appender() {
    let (Some(path), Ok(commits)) = (std::env::var_os(JOURNAL), std::env::var(COMMITS)) else {
        return;
    };
    let journal = match SqliteJournal::open(path) {
        Ok(journal) => journal,
        Err(error) => {
            eprintln!("not opened: {error}");
            std::process::exit(3);
        }
    };
    for commit in chain(commits.parse().unwrap(), 300) {
        let number = commit.number;
        match journal.append(&partition("drammen"), commit).await {
            Ok(()) | Err(AppendError::Conflict) => println!("acked {number}"),
            Err(error) => panic!("{error}"),
        }
    }
    println!("done");
}
