//! Puts plans together, each held against the oracle first, in messages that a client can take.

use dugnad_dispatch::{
    Fault, Plan, RouteTimes, Verdict, Visit, VisitTimes, oracle, planner, schedule,
};
use dugnad_door::{
    Invalid,
    solving::{Pages, defect},
};
use dugnad_proto::rides::v1 as pb;
use pb::solve_visit::Visit as Seen;
use prost::Message as _;
use tonic::Status;

use super::{read::Given, reason};

/// Rides left out that are explained; the first ones.
const MOST_EXPLAINED: usize = 100;

/// A plan on the way.
pub(super) fn better(given: &Given, plan: &Plan) -> Result<Vec<pb::SolveResponse>, Status> {
    Ok(messages(whole(given, plan, false)?))
}

/// The last plan, explained if that was asked for.
pub(super) fn last(given: &Given, plan: &Plan) -> Result<Vec<pb::SolveResponse>, Status> {
    let mut pages = whole(given, plan, true)?;
    for &place in &given.off_road {
        let place = &given.ids.places[place];
        pages.room_for(place.len()).off_road.push(place.clone());
    }
    Ok(messages(pages))
}

fn messages(pages: Pages<pb::SolveResponse>) -> Vec<pb::SolveResponse> {
    let mut messages = pages.into_messages();
    if let Some((_, before)) = messages.split_last_mut() {
        before.iter_mut().for_each(|message| message.goes_on = true);
    }
    messages
}

fn whole(given: &Given, plan: &Plan, is_last: bool) -> Result<Pages<pb::SolveResponse>, Status> {
    // No answer leaves unjudged.
    let judged = oracle::check(&given.problem, plan).map_err(|faults| broken(given, &faults));
    let Verdict { total, unserved, price, .. } = judged?;
    let times = schedule(&given.problem, plan).map_err(|_| defect())?;
    let mut pages = Pages::new(pb::SolveResponse {
        r#final: is_last,
        vehicles: total.vehicles as u32,
        cost: total.cost,
        price,
        left_out: unserved.len() as u32,
        ..Default::default()
    });
    for ((vehicle, times), visits) in given.ids.vehicles.iter().zip(&times).zip(&plan.routes) {
        if !visits.is_empty() {
            let route = route(given, vehicle, times, visits);
            pages.room_for(route.encoded_len()).routes.push(route);
        }
    }
    for (at, &ride) in unserved.iter().enumerate() {
        let is_explained = is_last && given.explain && at < MOST_EXPLAINED;
        let obstacles = match is_explained {
            true => planner::why_unserved(&given.problem, plan, ride),
            false => Vec::new(),
        };
        let left = pb::SolveUnserved {
            ride: given.ids.requests[ride as usize].clone(),
            price: given.problem.requests[ride as usize].price,
            obstacles: obstacles.iter().map(|one| reason::obstacle(given, one)).collect(),
        };
        pages.room_for(left.encoded_len()).unserved.push(left);
    }
    Ok(pages)
}

/// What is done already may keep no limit whatever comes after it; all else is our own fault.
fn broken(given: &Given, faults: &[Fault]) -> Status {
    let is_done = |fault: &&Fault| {
        let vehicles = &given.problem.vehicles;
        let of = fault.vehicle().map_or(&vehicles[..], |one| &vehicles[one as usize..][..1]);
        of.iter().any(|vehicle| !vehicle.frozen.is_empty())
    };
    match faults.iter().find(is_done) {
        Some(fault) => Invalid::new("done", fault.in_words(&given.ids)).into(),
        None => defect(),
    }
}

fn route(given: &Given, vehicle: &str, times: &RouteTimes, visits: &[Visit]) -> pb::SolveRoute {
    let vehicle = vehicle.to_owned();
    if times.visits.is_empty() {
        // Something was done, but nobody is driven: there are no times.
        let visit = |&visit: &Visit| pb::SolveVisit {
            visit: Some(seen(given, visit)),
            ..Default::default()
        };
        return pb::SolveRoute {
            vehicle,
            visits: visits.iter().map(visit).collect(),
            ..Default::default()
        };
    }
    let costs = &times.costs;
    pb::SolveRoute {
        vehicle,
        visits: times.visits.iter().map(|visit| timed(given, times, visit)).collect(),
        leaves: Some(times.times.start),
        ends: Some(times.times.end),
        distance: times.distance,
        costs: Some(pb::SolveCosts {
            fixed: costs.fixed,
            vehicle_time: costs.vehicle_time,
            distance: costs.distance,
            aboard: costs.aboard,
            waiting_aboard: costs.waiting_aboard,
            change: costs.change,
        }),
    }
}

fn timed(given: &Given, route: &RouteTimes, times: &VisitTimes) -> pb::SolveVisit {
    let ride = match times.visit {
        Visit::Dropoff(r) => route.rides.iter().find(|ride| ride.request == r),
        Visit::Pickup(_) | Visit::Break(_) => None,
    };
    pb::SolveVisit {
        visit: Some(seen(given, times.visit)),
        arrives: Some(times.arrive),
        begins: Some(times.begin),
        departs: Some(times.depart),
        aboard: times.load.clone(),
        ride: ride.map(|ride| ride.takes),
    }
}

fn seen(given: &Given, visit: Visit) -> Seen {
    match visit {
        Visit::Pickup(r) => Seen::Pickup(given.ids.requests[r as usize].clone()),
        Visit::Dropoff(r) => Seen::Dropoff(given.ids.requests[r as usize].clone()),
        Visit::Break(at) => Seen::Pause(at),
    }
}
