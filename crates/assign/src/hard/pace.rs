//! How far one worker has come in its budget.
//!
//! A step is about a microsecond of work, so that the budget is asked a few times a millisecond and
//! a budget of steps lasts about as long on every machine.

use dugnad_budget::{Budget, Steps};

/// Steps between two questions to the budget.
const ASK: u64 = 256;

/// Counts the steps of one worker.
pub(super) struct Pace<'a> {
    budget: &'a dyn Budget,
    steps: u64,
    asked: u64,
    over: bool,
}

impl<'a> Pace<'a> {
    pub(super) fn new(budget: &'a dyn Budget, steps: u64) -> Self {
        Self { budget, steps, asked: steps, over: budget.spent(steps) }
    }

    /// Never to stop: for what is answered even when nothing is left.
    pub(super) fn endless() -> Self {
        Self::new(&Steps(u64::MAX), 0)
    }

    /// Counts `steps` more; whether to stop.
    pub(super) fn spend(&mut self, steps: u64) -> bool {
        self.steps += steps;
        if self.steps - self.asked >= ASK {
            self.asked = self.steps;
            self.over = self.over || self.budget.spent(self.steps);
        }
        self.over
    }

    /// Whether to stop, as last heard.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    pub(super) fn budget(&self) -> &'a dyn Budget {
        self.budget
    }
}
