//! What is done without anybody asking: places for who lost theirs by what was heard or before a crash,
//! the next dates of standing orders, and rides that activities ask for.

use std::{sync::Arc, time::Duration};

use dugnad_events::StandingOrderId;
use dugnad_journal::{Journal, Partition, Service, Tenant};
use dugnad_ledger::Model as _;
use jiff::{Timestamp, civil::Date};

use super::{Dispatcher, Failed, wants::AT_ONCE};
use crate::model::{self, Rides, State};

/// How soon it follows.
const EVERY: Duration = Duration::from_secs(1);

/// Looks after every municipality of the journal, within about a second, for ever. What fails is tried
/// again.
pub async fn keep(journal: Arc<dyn Journal>, dispatcher: Dispatcher) {
    let service = Service::new(Rides::SERVICE).expect("it is a service's name");
    let mut every = tokio::time::interval(EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        // A journal that is away is asked again at the next tick.
        for Partition { tenant, .. } in journal.partitions(&service).await.unwrap_or_default() {
            if let Err(why) = dispatcher.look_after(&tenant).await {
                tracing::warn!(%tenant, "rides are looked after later: {why}");
            }
        }
    }
}

/// What is to be done.
struct Work {
    loose: Vec<Date>,
    orders: Vec<StandingOrderId>,
    refused: Vec<(StandingOrderId, Date, usize)>,
}

impl Dispatcher {
    /// Does what is to be done for one municipality now.
    ///
    /// # Errors
    /// When the journal or the keys are away.
    pub async fn look_after(&self, tenant: &Tenant) -> Result<(), Failed> {
        let Work { loose, mut orders, refused } = self.look(tenant, work).await?;
        for day in loose {
            self.repair(tenant, day).await?;
        }
        orders.extend(self.has_retries(tenant, &refused));
        orders.dedup();
        for order in orders {
            self.expand(tenant, order).await?;
        }
        self.answer_wants(tenant).await
    }

    /// Whoever loses their place meanwhile need not wait for all of them.
    async fn answer_wants(&self, tenant: &Tenant) -> Result<(), Failed> {
        loop {
            let due = self.wants_due(tenant).await?;
            let are_all = due.len() < AT_ONCE;
            self.answer_all(tenant, due).await?;
            if are_all {
                return Ok(());
            }
            for day in self.look(tenant, work).await?.loose {
                self.repair(tenant, day).await?;
            }
        }
    }
}

fn work(state: &State, now: Timestamp) -> Work {
    let today = model::service_day(now);
    let days = state.days.range(today..);
    let loose = days.filter(|(_, day)| !day.loose.is_empty()).map(|(day, _)| *day).collect();
    let shifts = |day: &Date| state.days.get(day).map_or(0, |day| day.shifts.len());
    let refused = state.orders.iter().flat_map(|(id, order)| {
        let days = order.refused.range(today..).map(|(day, _)| *day);
        days.map(|day| (*id, day, shifts(&day)))
    });
    Work { loose, orders: state.orders_due(now), refused: refused.collect() }
}
