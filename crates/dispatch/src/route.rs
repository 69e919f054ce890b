//! Routes: orders of visits with their times, exact feasibility, and the cheapest insertion.
//!
//! Time variables of a used route: `t_start` (it leaves its start), `t_i` (service of visit i
//! begins), `t_end`. Their limits:
//!
//! * `shift.earliest ≤ t_start`, `t_end ≤ shift.latest`, `t_end − t_start ≤ max_duration`;
//! * `t_{i+1} ≥ t_i + service_i + travel(i, i+1)`; unreachable is infinite and never holds;
//! * each visit begins within its window and its promise; one that began, when it did;
//! * `t_drop − (t_pick + service_pick) ≤ max_ride`;
//! * nobody sets out to a pickup before its release, nor to anything that is not frozen before the
//!   vehicle's `not_before`: `t ≥ gate + travel(previous, it)`;
//! * a break has the place of the visit before it and nobody aboard; all breaks in order on every
//!   used vehicle;
//! * after each visit what is aboard fits in one of the seat configurations, any at each moment;
//! * the frozen visits are the route's beginning, in order.
//!
//! An unused vehicle with breaks still holds them in its inner route, so that the first request
//! finds them there; they leave with the plan.
//!
//! [`Net`] is the compact form of a problem, [`Route`] an order with its times, [`Route::cheapest`]
//! the insertion test. Filters of constant time come first; only what is still cheaper than the best
//! so far is settled exactly: a Bellman-Ford over the line of visits in alternating sweeps (Yen 1970),
//! `O(visits)` a sweep, one sweep per ride or duration limit that binds in a chain, in practice one
//! or two (compare Firat & Woeginger, *Operations Research Letters* 39, 2011, linear in the worst
//! case, and Gschwind & Drexl, *Transportation Science* 53(2), 2019, whose aim, few exact tests per
//! insertion, the order cheapest-first serves as well for routes of tens of visits).

mod cost;
mod insert;
mod line;
mod net;
mod sequence;
mod trial;

#[cfg(test)]
mod tests;

pub(crate) use self::{
    insert::Insertion,
    net::{Net, NodeIx, VISITS},
    sequence::{Route, Scratch},
};
