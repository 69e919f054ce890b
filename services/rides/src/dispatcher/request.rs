//! A ride that is asked for: promised at once, or refused with what stands in the way.

use dugnad_dispatch::planner::{Nearest, Refused};
use dugnad_events::{
    RideId,
    rides::{self, Promise},
};
use dugnad_ledger::Caller;
use jiff::civil::Date;

use super::{ATTEMPTS, Dispatcher, Failed, Held, InTheWay, blocking, replica, snapshot};
use crate::model::{self, Offered, Proposal, Refusal, State};

/// A way there, and perhaps the way home.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) ride: RideId,
    pub(crate) facts: rides::Ride,
    pub(crate) ends: replica::Ends,
    /// It answers a want.
    pub(crate) is_wanted: bool,
}

/// Why there is no ride.
#[derive(Clone, Debug)]
pub(crate) struct NoRide {
    pub(crate) reason: &'static str,
    pub(crate) text: String,
    pub(crate) obstacles: Vec<InTheWay>,
    pub(crate) nearest: Option<Promise>,
    pub(crate) is_way_home: bool,
}

impl Dispatcher {
    /// Promises rides of one day, all or none. Those that are promised already stay as they are.
    pub(crate) async fn request(
        &self,
        caller: &Caller,
        asked: &[Asked],
    ) -> Result<Result<(), NoRide>, Failed> {
        let Some(first) = asked.first() else { return Ok(Ok(())) };
        let (tenant, day) = (&caller.tenant, first.facts.day);
        let facts: Vec<rides::Ride> = asked.iter().map(|it| it.facts.clone()).collect();
        let mut held = self.hold(tenant, day, &facts).await?;
        for _ in 0..ATTEMPTS {
            let ids: Vec<RideId> = asked.iter().map(|it| it.ride).collect();
            let version = held.replica.version;
            let look = move |state: &State, now| {
                let known = ids.iter().all(|id| state.rides.contains_key(id));
                (known, state.version(day) == version, now)
            };
            if held.replica.shifts.is_empty() {
                let (known, is_fresh, _) = self.look(tenant, look).await?;
                held.keep();
                return match (known, is_fresh) {
                    (true, _) => Ok(Ok(())),
                    (_, true) => Ok(Err(no_shift(day))),
                    _ => Err(Refusal::Stale(day).into()),
                };
            }
            let (back, found) = self.try_out(held, asked.to_vec()).await?;
            held = back;
            match found {
                None => {}
                Some(Ok(proposal)) => {
                    let proposed = self.propose(caller, &mut held, proposal).await?;
                    if proposed.is_some() {
                        held.keep();
                        return Ok(Ok(()));
                    }
                    let (known, ..) = self.look(tenant, look).await?;
                    if known {
                        return Ok(Ok(()));
                    }
                }
                Some(Err(no_ride)) => {
                    let (known, is_fresh, _) = self.look(tenant, look).await?;
                    if known || is_fresh {
                        held.keep();
                        return Ok(if known { Ok(()) } else { Err(no_ride) });
                    }
                }
            }
            held = self.anew(held, tenant, day, &facts).await?;
        }
        Err(held.given_up())
    }

    /// `None`: the planner is to be built anew.
    async fn try_out(
        &self,
        held: Held,
        asked: Vec<Asked>,
    ) -> Result<(Held, Option<Result<Proposal, NoRide>>), Failed> {
        let ways = self.ways.clone();
        blocking(move || {
            let mut held = held;
            let day = held.replica.day;
            let now = model::moment(day, held.now).saturating_add(snapshot::LEAD);
            let wanted: Vec<_> =
                asked.iter().map(|it| (it.ride, it.facts.clone(), it.ends)).collect();
            let found = held.replica.insert(&wanted, &*ways, now);
            let replica = &held.replica;
            let found = found.map(|found| match found {
                Ok(promised) => {
                    let mut vehicles: Vec<u32> = promised.iter().map(|it| it.vehicle).collect();
                    vehicles.sort_unstable();
                    vehicles.dedup();
                    let offered =
                        asked.into_iter().zip(promised).map(|(asked, promised)| Offered {
                            ride: asked.ride,
                            facts: asked.facts,
                            promise: replica::promise(promised.promise),
                            shift: replica.shifts[promised.vehicle as usize].id,
                            is_wanted: asked.is_wanted,
                        });
                    let routes =
                        vehicles.iter().map(|&v| (replica.shifts[v as usize].id, replica.route(v)));
                    Ok(Proposal {
                        day,
                        based_on: replica.version,
                        rides: offered.collect(),
                        routes: routes.collect(),
                        ..Proposal::default()
                    })
                }
                Err((_, refused)) => Err(no_ride(replica, &asked, refused)),
            });
            (held, found)
        })
        .await
    }
}

fn no_shift(day: Date) -> NoRide {
    NoRide {
        reason: "NO_SHIFT",
        text: format!("nobody drives on {day}"),
        obstacles: Vec::new(),
        nearest: None,
        is_way_home: false,
    }
}

fn no_ride(replica: &replica::Replica, asked: &[Asked], refused: Refused) -> NoRide {
    let (obstacles, nearest) = match refused {
        Refused::Nobody { obstacles, nearest } => (obstacles, nearest),
        other => {
            let mut no = no_shift(replica.day);
            (no.reason, no.text) = ("NO_VEHICLE", other.to_string());
            return no;
        }
    };
    let obstacles: Vec<InTheWay> = obstacles.iter().map(|it| replica.in_the_way(it)).collect();
    let is_way_home = asked.get(1).is_some_and(|home| is_of(nearest.as_ref(), &home.facts));
    let text = match obstacles.first() {
        Some(first) if obstacles.len() == 1 => format!("{}: {}", first.title, first.text),
        _ => format!("none of {} vehicles can take it", obstacles.len()),
    };
    let nearest = nearest.map(|nearest| replica::promise(nearest.windows));
    NoRide { reason: "NO_VEHICLE", text, obstacles, nearest, is_way_home }
}

/// Whether the windows that would work are those of this ride, shifted.
fn is_of(nearest: Option<&Nearest>, facts: &rides::Ride) -> bool {
    nearest.is_some_and(|nearest| {
        let unshifted = nearest.windows.pickup.earliest - nearest.shift;
        (unshifted - f64::from(facts.pickup.from)).abs() < 0.5
    })
}
