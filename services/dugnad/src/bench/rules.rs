//! To come.
use anyhow::Result;
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}
pub(super) async fn run(_args: Args) -> Result<()> {
    Ok(())
}
