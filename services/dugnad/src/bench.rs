//! To come: the lead writes it.

use anyhow::{Result, bail};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) async fn run(_args: Args) -> Result<()> {
    bail!("to come")
}
