//! What can be asked on the command line. Options live beside the command they belong to.

use clap::{Parser, Subcommand};

use crate::{assign, bench, calendar, demo, dispatch, import, journal, serve};

/// Dugnad: rooms, volunteers and rides of a municipality, booked without a clash.
///
/// One binary. `dugnad demo` shows what it does in two minutes; `dugnad serve` runs it.
#[derive(Debug, Parser)]
#[command(name = "dugnad", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  dugnad demo                      a town's month, arranged, broken, repaired and shown
  dugnad serve                     everything in one process, its data under ./data
  dugnad serve rooms --journal nats://127.0.0.1:4222
  dugnad journal verify            proves that the journal has no hole
  dugnad import organisations --tenant drammen enheter.json
  dugnad import roads drammen.osm.pbf
  dugnad assign solve week.json    who helps whom, at the least cost
  dugnad dispatch solve today.json who drives whom, at the least cost
  dugnad calendar expand --dtstart 2026-03-01T18:00 --rrule 'FREQ=WEEKLY;COUNT=10'

Each option can also be given as the environment variable that its help names.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the services behind gRPC.
    Serve(Box<serve::Args>),
    /// Arranges a town's month on a real map, breaks an evening, kills itself, and shows the repair.
    Demo(demo::Args),
    /// Takes in what others know: organisations of registers, roads of a map.
    Import(import::Args),
    /// Proves, shows, copies out and copies in what was decided.
    Journal(journal::Args),
    /// Who helps whom: needs and people from a file, at the least cost.
    Assign(assign::Args),
    /// Who drives whom: requests and vehicles from a file, at the least cost.
    Dispatch(dispatch::Args),
    /// Local time, recurrence and time zones.
    Calendar(calendar::Args),
    /// Measures this machine.
    Bench(bench::Args),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }
}
