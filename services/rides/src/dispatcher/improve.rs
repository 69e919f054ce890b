//! A day planned anew, inside every promise: what is under way stays, and nobody loses their place.

use std::sync::Arc;

use dugnad_budget::Budget;
use dugnad_dispatch::{Answer, Options, Progress, solve};
use dugnad_events::RideId;
use dugnad_ledger::Caller;
use jiff::civil::Date;

use super::{ATTEMPTS, Dispatcher, Failed, blocking, replica::Named};
use crate::model::Proposal;

/// Searches side by side; now and then all go on from the best.
const SEARCHES: usize = 2;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Improved {
    /// What the plan cost when it began.
    pub(crate) before: f64,
    /// What it costs now.
    pub(crate) cost: f64,
    pub(crate) moved: Vec<RideId>,
    pub(crate) gained: Vec<RideId>,
    /// Rides that nobody serves.
    pub(crate) unserved: usize,
    /// Groups of shifts whose part no longer held, or saved nothing.
    pub(crate) dropped: usize,
}

/// A plan that is being made.
pub(crate) struct Improving {
    /// Used up at once when whoever asked goes away.
    pub(crate) budget: Arc<dyn Budget + Send + Sync>,
    /// Hears how far it has come: the cost before, and what is best so far.
    pub(crate) tell: Arc<dyn Fn(f64, Progress) + Send + Sync>,
}

impl Dispatcher {
    /// Plans a day anew. The day goes on meanwhile: what of the answer does not hold then is left out.
    pub(crate) async fn improve(
        &self,
        caller: &Caller,
        day: Date,
        improving: Improving,
    ) -> Result<Improved, Failed> {
        let tenant = &caller.tenant;
        self.repair(tenant, day).await?;
        let held = self.hold(tenant, day, &[]).await?;
        let before = held.replica.planner.cost();
        let job = held.replica.planner.job();
        // The rides' names are wanted once the planner has gone on.
        let names = held.replica.names();
        held.keep();
        let (job, answer): (_, Answer) = blocking(move || {
            let start = job.problem.present.clone();
            let options = Options { start, threads: SEARCHES, ..Options::default() };
            let progress = |progress: Progress| (improving.tell)(before, progress);
            let answer = solve(&job.problem, &options, &*improving.budget, &progress);
            (job, answer)
        })
        .await?;
        let named: Arc<Named> = Arc::new(names.named(&job, &answer.plan));
        let mut held = self.hold(tenant, day, &[]).await?;
        for _ in 0..ATTEMPTS {
            let named = named.clone();
            let (back, adopted) = blocking(move || {
                let replica = &mut held.replica;
                let job = replica.planner.job();
                let plan = replica.plan(&job, &named);
                let adopted = replica.planner.adopt(&job, &plan);
                (held, adopted)
            })
            .await?;
            held = back;
            let replica = &held.replica;
            let name = |r: u32| replica.rides[r as usize];
            let proposal = Proposal {
                day,
                based_on: replica.version,
                routes: replica.changed(),
                gained: adopted.gained.iter().filter_map(|(r, _)| replica.gained(*r)).collect(),
                ..Proposal::default()
            };
            let improved = Improved {
                before,
                cost: adopted.cost[1],
                moved: adopted.moved.iter().map(|(r, _)| name(*r)).collect(),
                gained: adopted.gained.iter().map(|(r, _)| name(*r)).collect(),
                unserved: replica.wanting.len() - adopted.gained.len(),
                dropped: adopted.dropped.len(),
            };
            if proposal.routes.is_empty()
                || self.propose(caller, &mut held, proposal).await?.is_some()
            {
                held.keep();
                return Ok(improved);
            }
            held = self.anew(held, tenant, day, &[]).await?;
        }
        Err(held.given_up())
    }
}
