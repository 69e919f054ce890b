//! What the solvers' commands share: their options, reading and writing, and a bar while they work.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use dugnad_budget::{Budget, Clock, Steps};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::SignedDuration;

/// A file longer than this is refused unread.
const LONGEST: u64 = 2 << 30;

/// How long, how many, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Solving {
    /// How long to search at most, such as 500ms, 10s or 2m; what is proved sooner ends sooner.
    /// Ctrl-C ends it too, with the best answer so far.
    #[arg(long, value_name = "SPAN", default_value = "10s", value_parser = span)]
    time: Duration,
    /// Search this many steps a thread instead, so that the same seed gives the same answer on any
    /// machine.
    #[arg(long, value_name = "N", conflicts_with = "time")]
    steps: Option<u64>,
    /// Worker threads.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = threads)]
    pub(crate) threads: usize,
    /// Where chance begins.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Where the answer goes; standard output without.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Reads a span of time as the command line gives it.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let span: Option<SignedDuration> = text.parse().ok();
    span.and_then(|span| Duration::try_from(span).ok())
        .ok_or_else(|| "must be a span of time such as 500ms, 10s or 2m".to_owned())
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads @ 1..=64) => Ok(threads),
        _ => Err("must be between 1 and 64".to_owned()),
    }
}

impl Solving {
    /// Runs `solve` off the runtime's threads until it ends or its budget does. Ctrl-C uses up the
    /// rest of the clock.
    pub(crate) async fn run<A: Send + 'static>(
        &self,
        solve: impl FnOnce(&dyn Budget) -> A + Send + 'static,
    ) -> Result<A> {
        if let Some(steps) = self.steps {
            return Ok(tokio::task::spawn_blocking(move || solve(&Steps(steps))).await?);
        }
        let clock = Arc::new(Clock::lasting(self.time));
        let within = clock.clone();
        let mut work = tokio::task::spawn_blocking(move || solve(&*within));
        tokio::select! {
            answer = &mut work => return Ok(answer?),
            pressed = tokio::signal::ctrl_c() => pressed?,
        }
        clock.cancel();
        Ok(work.await?)
    }

    /// Writes the answer to where it was asked for.
    pub(crate) fn write(&self, answer: &str) -> Result<()> {
        match &self.out {
            Some(path) => {
                fs::write(path, answer).with_context(|| format!("cannot write {}", path.display()))
            }
            None => Ok(io::stdout().write_all(answer.as_bytes())?),
        }
    }
}

/// The bytes of a file, or of standard input for `-`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    read_at_most(path, LONGEST)
}

/// The same, refused if there are more than `longest`.
pub(crate) fn read_at_most(path: &Path, longest: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(longest + 1).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(longest + 1).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > longest {
        bail!("{} is longer than {longest} bytes", path.display());
    }
    Ok(bytes)
}

/// The same as text.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    String::from_utf8(read(path)?).with_context(|| format!("{} is no text", path.display()))
}

/// A line that says how far a solve has come; only on a terminal.
pub(crate) fn bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.set_style(working());
    bar.enable_steady_tick(TICK);
    bar
}

/// How often what works shows that it does.
pub(crate) const TICK: Duration = Duration::from_millis(100);

/// How what does not know how long it takes looks.
pub(crate) fn working() -> ProgressStyle {
    let style = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}");
    style.unwrap_or_else(|_| ProgressStyle::default_spinner())
}
