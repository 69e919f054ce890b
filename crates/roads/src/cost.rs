//! What driving costs: how much it is avoided, how long it takes, how far it is.
//!
//! The three travel together, so that one search yields the way, its seconds and its metres. Costs
//! compare by `weight` first; the others only break ties, which makes every answer the only one.

use serde::{Deserialize, Serialize};

/// Sums saturate: what is [`Cost::FAR`] in one part is not to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(crate) struct Cost {
    /// Milliseconds with what is avoided counted dearer: what the fastest way is chosen by.
    pub(crate) weight: u32,
    /// Milliseconds.
    pub(crate) millis: u32,
    /// Decimetres.
    pub(crate) decimetres: u32,
}

impl Cost {
    pub(crate) const ZERO: Self = Self { weight: 0, millis: 0, decimetres: 0 };
    pub(crate) const FAR: Self = Self { weight: u32::MAX, millis: u32::MAX, decimetres: u32::MAX };

    /// Time that is spent, in milliseconds, without moving.
    pub(crate) fn wait(millis: u32) -> Self {
        Self { weight: millis, millis, decimetres: 0 }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            weight: self.weight.saturating_add(other.weight),
            millis: self.millis.saturating_add(other.millis),
            decimetres: self.decimetres.saturating_add(other.decimetres),
        }
    }

    /// Part by part, never below zero.
    pub(crate) fn minus(self, other: Self) -> Self {
        Self {
            weight: self.weight.saturating_sub(other.weight),
            millis: self.millis.saturating_sub(other.millis),
            decimetres: self.decimetres.saturating_sub(other.decimetres),
        }
    }

    /// The larger of each part.
    pub(crate) fn upper(self, other: Self) -> Self {
        Self {
            weight: self.weight.max(other.weight),
            millis: self.millis.max(other.millis),
            decimetres: self.decimetres.max(other.decimetres),
        }
    }

    /// The given share, 0 to 1, rounded; grows with the share in every part.
    pub(crate) fn times(self, share: f64) -> Self {
        let part = |whole: u32| (f64::from(whole) * share).round() as u32;
        Self {
            weight: part(self.weight),
            millis: part(self.millis),
            decimetres: part(self.decimetres),
        }
    }

    /// Whether a sum went over what can be counted (49 days).
    pub(crate) fn is_far(self) -> bool {
        self.weight == u32::MAX
    }
}
