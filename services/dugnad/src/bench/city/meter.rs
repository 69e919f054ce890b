//! What was called, how long each answer took, and what it said: heard on the wire.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use hdrhistogram::Histogram;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{
    bench::load::{micros, new_histogram},
    client::{Ended, Listener},
};

/// Calls by their name, `rooms Quote`.
pub(super) type Calls = BTreeMap<String, Tally>;

/// A clone counts into the same.
#[derive(Clone, Default)]
pub(super) struct Meter(Arc<Mutex<Calls>>);

/// One kind of call.
pub(super) struct Tally {
    /// Of all of them, in microseconds.
    pub(super) took: Histogram<u64>,
    /// How many were refused, by reason.
    pub(super) refused: BTreeMap<String, u64>,
    /// How many were not answered, by what was said instead.
    pub(super) failed: BTreeMap<String, u64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self { took: new_histogram(), refused: BTreeMap::new(), failed: BTreeMap::new() }
    }
}

impl Meter {
    /// To be given to a connection.
    pub(super) fn listener(&self) -> Listener {
        let meter = self.clone();
        Arc::new(move |ended: Ended<'_>| meter.count(&ended))
    }

    /// What was counted since the last time.
    pub(super) fn take(&self) -> Calls {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn count(&self, ended: &Ended<'_>) {
        let name = name(ended.path);
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = calls.entry(name).or_default();
        tally.took.saturating_record(micros(ended.took));
        match ended.status.code() {
            Code::Ok => {}
            code if refuses(code) => {
                *tally.refused.entry(reason(ended.status)).or_default() += 1;
            }
            code => {
                let said = format!("{code:?} {}", reason(ended.status));
                *tally.failed.entry(said.trim().to_owned()).or_default() += 1;
            }
        }
    }
}

/// `/dugnad.rooms.v1.RoomsService/Quote` is `rooms Quote`.
fn name(path: &str) -> String {
    let (package, rpc) = path.rsplit_once('/').unwrap_or(("", path));
    format!("{} {rpc}", package.split('.').nth(1).unwrap_or(package))
}

/// Whether it was decided, by a rule or on the present state: an answer as good as a yes.
fn refuses(code: Code) -> bool {
    matches!(code, Code::FailedPrecondition | Code::NotFound | Code::AlreadyExists | Code::Aborted)
}

fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    details.error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, time::Duration};

    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_refusal_is_an_answer_and_anything_else_a_failure_by_name() {
        let meter = Meter::default();
        let listener = meter.listener();
        let says = |code, reason: &str| {
            let details = ErrorDetails::with_error_info(reason, "dugnad", HashMap::new());
            let status = Status::with_error_details(code, "", details);
            let took = Duration::from_millis(2);
            let path = "/dugnad.rooms.v1.RoomsService/Quote";
            listener(Ended { path, took, status: &status });
        };

        says(Code::Ok, "");
        says(Code::FailedPrecondition, "TAKEN");
        says(Code::Unavailable, "JOURNAL_AWAY");

        let calls = meter.take();
        let quote = &calls["rooms Quote"];
        assert_eq!((calls.len(), quote.took.len(), quote.took.max() / 1_000), (1, 3, 2));
        assert_eq!(quote.refused, BTreeMap::from([("TAKEN".to_owned(), 1)]));
        assert_eq!(quote.failed, BTreeMap::from([("Unavailable JOURNAL_AWAY".to_owned(), 1)]));
        assert!(meter.take().is_empty(), "counted once");
    }
}
