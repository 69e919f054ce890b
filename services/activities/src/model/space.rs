//! How much fits into one commit. What is past it follows at once, in commits of its own
//! ([`What::Unfinished`](dugnad_events::activities::What::Unfinished)): so an evening with thousands
//! of sign-ups, or a series with hundreds of dates, is moved and cancelled like any other, and none
//! of the steps is past the journal's limit.
//!
//! By the largest that each can be: a date asks for a room (5 kB) and ten kinds of helpers (4 kB), a
//! ride with a place outside takes 2 kB, somebody who is told and driven both ways 60 bytes.

/// Dates that one commit settles.
const MOST_DATES: usize = 32;
/// People whom it concerns.
const MOST_PEOPLE: usize = 4_000;
/// Rides that it asks for.
const MOST_RIDES: usize = 200;

/// What one commit has room for yet.
#[derive(Clone, Copy)]
pub(super) struct Space {
    dates: usize,
    people: usize,
    /// Rides that may still be asked for.
    pub(super) rides: usize,
}

impl Space {
    pub(super) fn of_a_commit() -> Self {
        Self { dates: MOST_DATES, people: MOST_PEOPLE, rides: MOST_RIDES }
    }

    /// Takes the room that a date needs which concerns so many people. The first always has it.
    pub(super) fn takes(&mut self, people: usize) -> bool {
        let first = self.dates == MOST_DATES;
        let fits = self.dates > 0 && (first || people <= self.people);
        if fits {
            self.dates -= 1;
            self.people = self.people.saturating_sub(people);
        }
        fits
    }
}
