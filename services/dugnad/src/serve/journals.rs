//! Opening the journal, and saying loudly when what it accepts may not survive a power cut.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use dugnad_journal::{
    Journal, Service,
    jetstream::{JetStreamJournal, sync_always},
    sqlite::SqliteJournal,
};

use crate::address::JournalAddress;

/// Opens the journal at `address`; `services` are those whose streams NATS must have.
///
/// # Errors
/// If it is not there, not ours, damaged, or another process has it.
pub(crate) async fn open(
    address: &JournalAddress,
    services: &[Service],
) -> Result<Arc<dyn Journal>> {
    Ok(match address {
        JournalAddress::Sqlite(path) => {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).context("--journal")?;
            }
            let path = path.clone();
            let opened = tokio::task::spawn_blocking(move || SqliteJournal::open(path)).await?;
            Arc::new(opened.context("--journal")?)
        }
        JournalAddress::Nats(url) => {
            Arc::new(JetStreamJournal::connect(url, services).await.context("--journal")?)
        }
    })
}

/// Warns unless the NATS server's monitoring proves that it writes to disk before it answers.
pub(super) async fn check_durability(address: &JournalAddress, monitor: Option<&str>) {
    let JournalAddress::Nats(_) = address else { return };
    let problem = match monitor {
        None => "nobody said where its monitoring answers (--nats-monitor)".to_owned(),
        Some(url) => match sync_always(url).await {
            Ok(true) => return tracing::info!("the NATS server writes to disk before it answers"),
            Ok(false) => "it does not say `sync_always: true`".to_owned(),
            Err(error) => format!("its monitoring at {url} gave no answer: {error}"),
        },
    };
    tracing::warn!(
        "ACCEPTED BOOKINGS MAY BE LOST IN A POWER CUT: this NATS server is not known to write to \
         disk before it answers: {problem}. Set `sync_interval: always` in its jetstream block \
         (see deploy/nats.conf)"
    );
}
