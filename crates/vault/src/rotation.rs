//! When the old key generation must go, and making it go.
//!
//! An erasure stays pending while a generation that the erased key was wrapped by still has its
//! secret. Every rotation is the same four steps, each durable before the next:
//! 1. make the secret of a new generation;
//! 2. wrap every living key of an older one anew, a batch at a time;
//! 3. read everything once more, until nothing older is left;
//! 4. destroy the older secrets.
//!
//! A crash between any two leaves more than one generation behind and every living key readable; the
//! next rotation takes them all away. A process that makes a key meanwhile, and does not know of the
//! new generation yet, looks for one after its key is stored: either it sees the new generation, or
//! step 3 sees its key.

use std::time::{Duration, Instant};

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The generation that wraps every living key now.
    pub generation: u32,
    /// How many keys were wrapped anew.
    pub rewrapped: usize,
}

/// Whether there is something to destroy, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    Nothing,
    Since(Instant),
    /// From before this process started, or from a rotation that failed.
    Overdue,
}

impl Pending {
    pub(crate) fn and_since(self, now: Instant) -> Self {
        match self {
            Self::Nothing => Self::Since(now),
            earlier => earlier,
        }
    }

    /// Whether to rotate at `now`, at most `after` an erasure.
    pub(crate) fn is_due(self, now: Instant, after: Duration) -> bool {
        match self {
            Self::Nothing => false,
            Self::Since(erased) => now.saturating_duration_since(erased) >= after,
            Self::Overdue => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_is_due_once_an_erasure_has_waited_long_enough() {
        let erased = Instant::now();
        let day = Duration::from_secs(86_400);
        let pending = Pending::Nothing.and_since(erased).and_since(erased + day);

        assert!(!Pending::Nothing.is_due(erased + day, day));
        assert!(!pending.is_due(erased + day - Duration::from_secs(1), day));
        assert!(pending.is_due(erased + day, day));
    }

    #[test]
    fn what_was_pending_before_the_start_is_due_at_once() {
        assert!(Pending::Overdue.is_due(Instant::now(), Duration::from_secs(86_400)));
        assert_eq!(Pending::Overdue.and_since(Instant::now()), Pending::Overdue);
    }
}
