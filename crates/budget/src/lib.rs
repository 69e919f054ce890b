//! Budgets: how long a solver may go on.
//!
//! A solver asks its [`Budget`] now and then, says how many steps it has made, and stops when the
//! budget is used up. It reads no clock itself: a [`Clock`] is passed in where seconds count, and
//! [`Steps`] where the same seed must give the same answer on any machine.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// How much of what a solve may use is used.
pub trait Budget: Sync {
    /// The share used, 0 at the start; from 1 on the solver returns the best it has.
    ///
    /// `steps` is how many steps the asking worker has made. Workers ask at least every millisecond.
    fn used(&self, steps: u64) -> f64;

    /// Whether nothing is left.
    fn spent(&self, steps: u64) -> bool {
        self.used(steps) >= 1.0
    }
}

/// A number of steps for each worker: the same on every machine and every run.
#[derive(Clone, Copy, Debug)]
pub struct Steps(pub u64);

impl Budget for Steps {
    fn used(&self, steps: u64) -> f64 {
        if self.0 == 0 { 1.0 } else { steps as f64 / self.0 as f64 }
    }
}

/// A span of wall time from when it was made, that may be cut short.
#[derive(Debug)]
pub struct Clock {
    from: Instant,
    span: Duration,
    cancelled: AtomicBool,
}

impl Clock {
    /// Starts now.
    #[must_use]
    pub fn lasting(span: Duration) -> Self {
        Self { from: Instant::now(), span, cancelled: AtomicBool::new(false) }
    }

    /// Uses up what is left; any thread may say so.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

impl Budget for Clock {
    fn used(&self, _steps: u64) -> f64 {
        if self.span.is_zero() || self.cancelled.load(Ordering::Relaxed) {
            return 1.0;
        }
        self.from.elapsed().as_secs_f64() / self.span.as_secs_f64()
    }
}

/// A budget within a budget: what ends first ends both.
///
/// `share` of the outer budget from where it stood when the part began.
pub struct Part<'a> {
    outer: &'a dyn Budget,
    from: f64,
    share: f64,
}

impl<'a> Part<'a> {
    /// The next `share` (0 to 1, of the whole) of `outer`, from `steps` on.
    #[must_use]
    pub fn of(outer: &'a dyn Budget, steps: u64, share: f64) -> Self {
        Self { outer, from: outer.used(steps), share }
    }
}

impl Budget for Part<'_> {
    fn used(&self, steps: u64) -> f64 {
        let used = self.outer.used(steps);
        if used >= 1.0 || self.share <= 0.0 { 1.0 } else { (used - self.from) / self.share }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_used_one_by_one() {
        let budget = Steps(4);
        assert!(!budget.spent(3));
        assert!(budget.spent(4));
        assert!(Steps(0).spent(0));
    }

    #[test]
    fn a_cancelled_clock_is_spent_at_once() {
        let clock = Clock::lasting(Duration::from_secs(3600));
        assert!(!clock.spent(0));
        clock.cancel();
        assert!(clock.spent(0));
    }

    #[test]
    fn a_part_ends_with_its_share_or_with_the_whole() {
        let whole = Steps(100);
        let part = Part::of(&whole, 20, 0.5);
        assert!((part.used(45) - 0.5).abs() < 1e-9);
        assert!(part.spent(71));
        assert!(Part::of(&whole, 90, 0.5).spent(100));
    }
}
