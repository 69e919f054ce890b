//! The one binary: every service, the demonstration, and the tools around the journal.
//!
//! This file picks the command and turns its outcome into an exit code; each command has a file.

mod address;
mod assign;
mod bench;
mod calendar;
mod cli;
mod client;
mod demo;
mod dispatch;
mod import;
mod journal;
mod observe;
mod serve;
mod solving;

use std::{io, process::ExitCode};

use clap::Parser as _;

use crate::cli::{Cli, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Calendar(args) => calendar::run(&args),
        Command::Assign(args) => in_runtime(assign::run(args)),
        Command::Dispatch(args) => in_runtime(dispatch::run(args)),
        Command::Serve(args) => in_runtime(serve::run(*args)),
        Command::Demo(args) => in_runtime(demo::run(args)),
        Command::Import(args) => in_runtime(import::run(args)),
        Command::Journal(args) => in_runtime(journal::run(args)),
        Command::Bench(args) => in_runtime(bench::run(args)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // `dugnad journal tail | head` is no failure.
        Err(error) if reader_went_away(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dugnad: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// One core less than there are: the journal's thread and the kernel need theirs, and on two cores one
/// worker answers a fifth more calls than two that take work from each other (measured).
/// `TOKIO_WORKER_THREADS` says otherwise.
fn in_runtime(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if std::env::var_os("TOKIO_WORKER_THREADS").is_none() {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        runtime.worker_threads(cores.saturating_sub(1).max(1));
    }
    runtime.enable_all().build()?.block_on(Box::pin(command))
}

fn reader_went_away(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
