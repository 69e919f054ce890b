//! When to stop: SIGTERM or Ctrl-C asks for an orderly end, a second one for an immediate end.

use anyhow::Result;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that the first signal cancels.
///
/// # Errors
/// If the signals cannot be heard.
pub(super) fn on_signal() -> Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        let mut either = async || {
            tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
        };
        either().await;
        tracing::info!("stopping: finishing the calls under way");
        asked.cancel();
        either().await;
        tracing::warn!("asked again: stopping at once");
        std::process::exit(130);
    });
    Ok(stop)
}
