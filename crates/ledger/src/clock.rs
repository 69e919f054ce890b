//! The one place that reads the wall clock, and the watch that is kept over it.
//!
//! One bad clock must not expire every hold: a clock more than a minute behind the partition's last
//! record, or off the journal authority's, stops writing until it is right again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dugnad_journal::Journal;
use jiff::{SignedDuration, Timestamp};

use crate::alarm::alarm;

/// How far the clock may be off before writing stops.
pub(crate) const TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// How often the authority's clock is compared.
const EVERY: Duration = Duration::from_secs(10);

/// Tells the time. Tests and the simulation bring their own.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock.
    fn now(&self) -> Timestamp;

    /// What is compared with the journal authority's: the same, but of a clock that was put forward on
    /// purpose.
    fn machine(&self) -> Timestamp {
        self.now()
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the ledger's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The wall clock cut to the millisecond that the journal keeps, so that replay sees what was decided.
pub(crate) fn now(clock: &dyn Clock) -> Timestamp {
    let millis = clock.now().as_millisecond();
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
}

/// Why nothing may be written at this moment, if so.
#[derive(Clone, Debug, Default)]
pub(crate) struct Skew(Arc<Mutex<Option<String>>>);

impl Skew {
    pub(crate) fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Compares with the authority's clock for ever; an authority that is away changes nothing.
    pub(crate) async fn watch(self, journal: Arc<dyn Journal>, clock: Arc<dyn Clock>) {
        loop {
            match journal.authority_clock().await {
                Ok(None) => return,
                Ok(Some(theirs)) => self.set(off_by(clock.machine(), theirs)),
                Err(_) => {}
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    fn set(&self, off: Option<String>) {
        let mut held = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let (None, Some(why)) = (&*held, &off) {
            alarm("clock", why);
        }
        *held = off;
    }
}

fn off_by(ours: Timestamp, theirs: Timestamp) -> Option<String> {
    let off = ours.duration_since(theirs).abs();
    (off > TOLERANCE)
        .then(|| format!("the clock says {ours}, the journal's {theirs}: set the clock right"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_a_minute_off_is_tolerated_and_more_is_not() {
        let noon = Timestamp::from_second(1_800_000_000).unwrap();

        assert_eq!(off_by(noon, noon + TOLERANCE), None);
        assert!(off_by(noon + TOLERANCE + SignedDuration::from_secs(1), noon).is_some());
        assert!(off_by(noon, noon + TOLERANCE + SignedDuration::from_secs(1)).is_some());
    }
}
