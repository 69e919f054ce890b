//! Opening the key store: people's keys in one place, the master key that wraps them in another.

use anyhow::{Result, bail};
use dugnad_vault::Vault;

use super::Args;

pub(super) async fn open(_args: &Args) -> Result<Vault> {
    bail!("to come")
}
