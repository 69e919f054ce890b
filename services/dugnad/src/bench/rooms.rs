//! `dugnad bench rooms`: what the rooms service does beside booking, beside what it must reach.

mod doors;

use std::io::Write as _;

use anyhow::Result;
use comfy_table::{Table, presets::UTF8_HORIZONTAL_ONLY};

use super::machine::Machine;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many locks there are.
    #[arg(long, value_name = "LOCKS", default_value_t = 10_000)]
    locks: usize,
}

/// What was measured, and what it has to reach.
struct Figure {
    what: String,
    measured: String,
    wanted: &'static str,
}

pub(super) async fn run(args: &Args) -> Result<()> {
    eprintln!("{}", Machine::measure(tempfile::tempdir()?.path())?.line());
    let figures = doors::run(args.locks).await?;
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header(["what", "measured", "wanted"]);
    for Figure { what, measured, wanted } in figures {
        table.add_row([what, measured, wanted.to_owned()]);
    }
    writeln!(std::io::stdout(), "{table}")?;
    Ok(())
}
