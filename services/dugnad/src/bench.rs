//! `dugnad bench`: what this machine can do, measured and printed as it came out.

mod assign;
mod book;
mod city;
mod dispatch;
mod figure;
mod load;
mod machine;
mod matching;
mod notices;
mod peers;
mod report;
mod rides;
mod rooms;
mod rules;
mod sketch;
mod streamed;
mod town;

use anyhow::Result;

pub(crate) use self::{matching::organisation_number, report::thousands};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Debug, clap::Subcommand)]
enum Bench {
    /// Bookings a second through gRPC, each on disk when it is answered, beside a bare health check.
    ///
    /// The server is a second process on the same machine. 128 callers are measured in five pairs
    /// (health check, booking), one after the other; the median is shown with the spread beside it.
    Book(book::Args),
    /// The server behind `bench book --sketch`.
    #[command(hide = true)]
    Sketch(sketch::Args),
    /// The rules and the ledger alone, in this process: decide, replay, start, search.
    Rules(rules::Args),
    /// What rooms are let by: a booking with all rules on beside a bare health check, a quote, a season.
    ///
    /// The server is a second process on the same machine.
    Rooms(rooms::Args),
    /// Volunteers and matching: import, candidates, eligibility, a plan and a restart, through gRPC.
    ///
    /// The server is a second process on the same machine; signing everybody up takes a minute or two.
    Match(matching::Args),
    /// Notices: ten thousand made, rendered and handed to a local SMTP server; and from a reply to
    /// what it does in matching.
    ///
    /// The server is a second process on the same machine; the SMTP server is in this one, and takes
    /// everything.
    Notices(notices::Args),
    /// The assignment engine beside what it must reach, and beside other solvers where
    /// `just bench-peers` has installed them.
    Assign(assign::Args),
    /// The dispatch engine beside the best known, and beside other solvers where
    /// `just bench-peers` has installed them. All of it takes an hour; `--only` takes a part.
    Dispatch(dispatch::Args),
    /// A city's week through all services at once: each call, memory, journal, start.
    ///
    /// The server is a second process on the same machine. All of it takes minutes; `--scale 0.05` does
    /// with a twentieth of the city.
    City(city::Args),
    /// A municipality's day of rides, through gRPC, on a made-up town's roads and as the crow flies.
    Rides(rides::Args),
}

pub(crate) async fn run(args: Args) -> Result<()> {
    match args.bench {
        Bench::Book(args) => book::run(args).await,
        Bench::Sketch(args) => sketch::serve(args).await,
        Bench::Rules(args) => rules::run(args).await,
        Bench::Rooms(args) => rooms::run(args).await,
        Bench::Match(args) => matching::run(args).await,
        Bench::Notices(args) => notices::run(args).await,
        Bench::Assign(args) => assign::run(&args),
        Bench::Dispatch(args) => dispatch::run(&args),
        Bench::City(args) => Box::pin(city::run(args)).await,
        Bench::Rides(args) => rides::run(args).await,
    }
}
