//! Who lost their place is given another, within their promise where that is possible at all.
//!
//! First each by the cheapest insertion, the most urgent first; then, if some are left, by a short search
//! over the whole day, for others may make room. Whoever is left then gets the nearest windows that would
//! work, and is told that the promise is broken; without any such windows nobody comes, and somebody must
//! see to it.

use dugnad_budget::Steps;
use dugnad_dispatch::RequestIx;
use dugnad_events::{
    RideId,
    rides::{Broken, Promise},
};
use dugnad_journal::Tenant;
use dugnad_ledger::Caller;
use jiff::civil::Date;
use uuid::Uuid;

use super::{ATTEMPTS, Dispatcher, Failed, Held, blocking, replica, snapshot};
use crate::model::{self, Moment, Proposal, Ride, Standing, State};

/// What the search over the whole day may use.
const STEPS: u64 = 2_000;
/// Nearest windows farther from what was promised than this help nobody.
const FARTHEST: Moment = 2 * 3_600;

impl Dispatcher {
    /// Looks after everyone of a day who lost their place. Done when nobody is loose any more.
    pub(crate) async fn repair(&self, tenant: &Tenant, day: Date) -> Result<(), Failed> {
        let loose =
            move |state: &State, _| state.days.get(&day).is_some_and(|it| !it.loose.is_empty());
        if !self.look(tenant, loose).await? {
            return Ok(());
        }
        // Nil is the ledger itself: nobody asked for this.
        let caller = Caller { tenant: tenant.clone(), id: Uuid::nil() };
        let mut held = self.hold(tenant, day, &[]).await?;
        for attempt in 0..2 * ATTEMPTS {
            let is_last = attempt + 2 >= 2 * ATTEMPTS;
            let (back, proposal) = blocking(move || tried(held, is_last)).await?;
            held = back;
            let Some(proposal) = proposal else {
                held.keep();
                return Ok(());
            };
            let goes_on = proposal.broken.iter().any(|(_, why)| why.instead.is_some());
            if self.propose(&caller, &mut held, proposal).await?.is_some() && !goes_on {
                held.keep();
                return Ok(());
            }
            held = self.anew(held, tenant, day, &[]).await?;
        }
        Err(held.given_up())
    }
}

/// A proposal that leaves nobody loose; `None`: nobody is.
fn tried(mut held: Held, is_last: bool) -> (Held, Option<Proposal>) {
    let replica = &mut held.replica;
    let now = model::moment(replica.day, held.now).saturating_add(snapshot::LEAD);
    let mut loose: Vec<(RequestIx, Ride)> = replica
        .wanting
        .iter()
        .filter(|(_, ride)| ride.standing == Standing::Loose)
        .map(|(r, ride)| (*r, ride.clone()))
        .collect();
    if loose.is_empty() {
        return (held, None);
    }
    loose.sort_by_key(|(r, ride)| {
        (std::cmp::Reverse(ride.facts.priority), ride.promise.pickup.until, *r)
    });
    loose.retain(|(r, _)| replica.ask_again(*r, now).is_err());
    if !loose.is_empty() {
        replica.planner.improve(u64::from(loose[0].0), &Steps(STEPS));
        loose.retain(|(r, _)| !replica.planner.standing(*r).is_some_and(|it| it.is_served()));
    }
    let mut broken: Vec<(RideId, Broken)> = Vec::new();
    for (r, ride) in &loose {
        let nearest = match replica.ask_again(*r, now) {
            Ok(_) => continue,
            Err((_, nearest)) => nearest.filter(|it| it.shift.abs() <= f64::from(FARTHEST)),
        };
        let instead = nearest.map(|it| replica::promise(it.windows)).filter(|_| !is_last);
        broken.push((replica.rides[*r as usize], why(replica.day, ride, instead)));
    }
    // Who was without a promise may have gained one by the search: that is told apart.
    let gained = replica.wanting.iter().filter(|(_, ride)| ride.standing == Standing::Unserved);
    let gained = gained.filter_map(|(r, _)| replica.gained(*r)).collect();
    let proposal = Proposal {
        day: replica.day,
        based_on: replica.version,
        routes: replica.changed(),
        broken,
        gained,
        ..Proposal::default()
    };
    (held, Some(proposal))
}

fn why(day: Date, ride: &Ride, instead: Option<Promise>) -> Broken {
    let (reason, because) =
        ride.loosened.clone().unwrap_or_else(|| ("NO_VEHICLE".to_owned(), String::new()));
    let no = "no other can come between";
    let (from, until) = (ride.promise.pickup.from, ride.promise.pickup.until);
    let (from, until) = (model::clock(day, from), model::clock(day, until));
    let text = format!("{because}; {no} {from} and {until}");
    Broken { reason, text: text.trim_start_matches("; ").to_owned(), instead }
}
