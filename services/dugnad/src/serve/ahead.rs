//! A clock that is put forward, so that the demonstration can show a month in two minutes.

use dugnad_ledger::{Clock, SystemClock};
use jiff::{SignedDuration, Timestamp};

/// As much ahead of the machine's clock.
pub(super) struct Ahead(pub(super) SignedDuration);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now();
        now.checked_add(self.0).unwrap_or(now)
    }

    fn machine(&self) -> Timestamp {
        SystemClock.now()
    }
}
