//! Opening the key store, and destroying old keys in time: people's keys lie in one place, the
//! master key that wraps them in another.

use std::time::Duration;

use anyhow::{Context as _, Result};
use dugnad_vault::{Master, Vault};

use super::Args;
use crate::address::JournalAddress;

/// Opens the vault that goes with the journal; says clearly where a master key was made.
///
/// # Errors
/// If the store or its secrets cannot be opened.
pub(super) async fn open(args: &Args) -> Result<Vault> {
    let master = Master::from_setting(args.master_key.as_deref());
    let secrets = args.below_data(args.secrets.as_deref(), "secrets");
    std::fs::create_dir_all(&secrets).context("--secrets")?;
    let (vault, made) = match (args.journal(), &args.vault) {
        (JournalAddress::Nats(url), None) => Vault::nats(&url, &secrets, &master).await,
        (_, given) => {
            let folder = args.below_data(given.as_deref(), "vault");
            std::fs::create_dir_all(&folder).context("--vault")?;
            Vault::embedded(&folder, &secrets, &master).await
        }
    }
    .context("the key store")?;
    if let Some(made) = made {
        tracing::warn!("{made}");
    }
    Ok(vault)
}

/// Wraps living keys anew when an erasure is `after` old, for ever.
pub(super) async fn rotate_in_time(vault: Vault, after: Duration) {
    // Often enough that what is due waits a quarter more at most.
    let look = (after / 4).clamp(Duration::from_millis(100), Duration::from_secs(60));
    let mut clock = tokio::time::interval(look);
    loop {
        clock.tick().await;
        // A failure stays due.
        if vault.rotation_due(after)
            && let Err(error) = vault.rotate().await
        {
            tracing::error!(%error, "erased people's keys are not destroyed yet; trying again");
        }
    }
}
