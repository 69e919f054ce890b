//! What the ledger measures, with the handles looked up once a partition.

use std::time::Duration;

use dugnad_journal::Partition;
use metrics::{Counter, Gauge, Histogram};

use crate::{Error, model::Model, partition::Prepared};

pub(crate) struct Metrics {
    pub(crate) append_seconds: Histogram,
    pub(crate) commit_records: Histogram,
    pub(crate) conflicts: Counter,
    decide_seconds: Histogram,
    accepted: Counter,
    refused: Counter,
    repeated: Counter,
    /// How many asks wait to be decided.
    pub(crate) queued: Gauge,
}

impl Metrics {
    pub(crate) fn of(partition: &Partition) -> Self {
        let service = partition.service.to_string();
        let counter = |outcome: &'static str| {
            metrics::counter!("dugnad_ledger_decided_total", "service" => service.clone(),
                "outcome" => outcome)
        };
        let histogram =
            |name: &'static str| metrics::histogram!(name, "service" => service.clone());
        Self {
            append_seconds: histogram("dugnad_ledger_append_seconds"),
            commit_records: histogram("dugnad_ledger_commit_records"),
            decide_seconds: histogram("dugnad_ledger_decide_seconds"),
            conflicts: metrics::counter!("dugnad_ledger_conflicts_total",
                "service" => service.clone()),
            accepted: counter("accepted"),
            refused: counter("refused"),
            repeated: counter("repeated"),
            queued: metrics::gauge!("dugnad_ledger_queued", "service" => service.clone()),
        }
    }

    /// What was decided since the last time, in one go.
    pub(crate) fn decided(&self, tally: &mut Tally) {
        if tally.took.is_zero() {
            return;
        }
        let Tally { took, accepted, refused, repeated } = std::mem::take(tally);
        self.decide_seconds.record(took);
        self.accepted.increment(accepted);
        self.refused.increment(refused);
        self.repeated.increment(repeated);
    }
}

/// What was decided and not yet told to the recorder: telling it of each call would cost as much as
/// deciding it.
#[derive(Default)]
pub(crate) struct Tally {
    took: Duration,
    accepted: u64,
    refused: u64,
    repeated: u64,
}

impl Tally {
    pub(crate) fn add<M: Model>(&mut self, prepared: &[Prepared<M>]) {
        for prepared in prepared {
            match prepared {
                Prepared::Done(Ok(_)) => self.accepted += 1,
                Prepared::Done(Err(Error::Refused(_))) => self.refused += 1,
                Prepared::Done(Err(_)) => {}
                Prepared::Repeat(_) => self.repeated += 1,
            }
        }
    }

    pub(crate) fn took(&mut self, took: Duration) {
        self.took += took;
    }
}
