//! The one binary: every service, the demonstration, and the tools around the journal.
//!
//! This file picks the command and turns its outcome into an exit code; each command has a file.

mod address;
mod bench;
mod calendar;
mod cli;
mod demo;
mod journal;
mod observe;
mod serve;

use std::{io, process::ExitCode};

use clap::Parser as _;

use crate::cli::{Cli, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Calendar(args) => calendar::run(&args),
        Command::Serve(args) => in_runtime(serve::run(*args)),
        Command::Demo(args) => in_runtime(demo::run(args)),
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

fn in_runtime(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(Box::pin(command))
}

fn reader_went_away(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
