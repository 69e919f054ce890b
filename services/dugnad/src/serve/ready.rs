//! Whether calls can be answered now: partitions are loaded, the journal answers, nobody stops us.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tonic_health::{ServingStatus, server::HealthReporter};

use super::{grpc::Doors, parts::Parts};

/// How often the journal is asked whether it is there, and how long it may take to say so.
const PULSE: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(2);

/// Shared between who finds out and who is asked.
#[derive(Clone)]
pub(super) struct Ready(Arc<Mutex<Option<&'static str>>>);

impl Default for Ready {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Some("loading"))))
    }
}

impl Ready {
    /// `None` when ready.
    pub(super) fn why_not(&self) -> Option<&'static str> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stopping(&self) {
        self.set(Some("stopping"));
    }

    /// Whether that changed anything.
    fn set(&self, why_not: Option<&'static str>) -> bool {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *now, why_not) != why_not
    }
}

/// Loads every partition, then watches the journal, for ever. Health says the same as `/ready`.
pub(super) async fn load_and_watch(
    parts: Parts,
    ready: Ready,
    doors: Doors,
    health: HealthReporter,
) {
    let mut pulse = tokio::time::interval(PULSE);
    while let Err(error) = parts.load().await {
        tracing::error!(%error, "loading failed; trying again");
        pulse.tick().await;
    }
    loop {
        let answered = tokio::time::timeout(PATIENCE, parts.journal_answers()).await;
        let why_not = match answered {
            Ok(Ok(())) => None,
            Ok(Err(_)) | Err(_) => Some("the journal is away"),
        };
        if ready.set(why_not) {
            tell(&doors, &health, why_not).await;
        }
        pulse.tick().await;
    }
}

async fn tell(doors: &Doors, health: &HealthReporter, why_not: Option<&'static str>) {
    let status = match why_not {
        None => ServingStatus::Serving,
        Some(_) => ServingStatus::NotServing,
    };
    match why_not {
        None => tracing::info!("ready"),
        Some(why) => tracing::warn!("not ready: {why}"),
    }
    doors.tell(health, status).await;
}
