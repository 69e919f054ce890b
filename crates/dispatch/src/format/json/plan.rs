//! Plans and schedules in JSON.

use serde::{Deserialize, Serialize};

use crate::{
    Fault, Invalid, Plan, RequestIx, RouteTimes, Times, Visit, VisitTimes, oracle, schedule,
};

use super::{
    Document,
    ids::{self, Index},
    no,
};

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScheduleForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<TotalForm>,
    routes: Vec<RouteForm>,
    #[serde(default)]
    unserved: Vec<UnservedForm>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct TotalForm {
    vehicles: usize,
    cost: f64,
    price: f64,
    unserved: usize,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RouteForm {
    vehicle: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    leaves: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<CostForm>,
    visits: Vec<VisitForm>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct CostForm {
    fixed: f64,
    vehicle_time: f64,
    distance: f64,
    aboard: f64,
    waiting_aboard: f64,
    change: f64,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct VisitForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    pickup: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dropoff: Option<String>,
    #[serde(rename = "break", skip_serializing_if = "Option::is_none")]
    pause: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arrives: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    begins: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    departs: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aboard: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ride: Option<f64>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct UnservedForm {
    request: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(super) fn write(
    document: &Document,
    plan: &Plan,
    reasons: &[(RequestIx, String)],
) -> Result<String, Vec<Fault>> {
    let verdict = oracle::check(&document.problem, plan)?;
    let times = schedule(&document.problem, plan)?;
    let used = (0..).zip(&times).filter(|(_, route)| !route.visits.is_empty());
    let routes = used.map(|(v, route)| route_form(document, v, route)).collect();
    let unserved = verdict.unserved.iter().map(|&r| UnservedForm {
        request: document.ids.requests[r as usize].clone(),
        price: document.problem.requests[r as usize].price,
        reason: reasons.iter().find(|(of, _)| *of == r).map(|(_, reason)| reason.clone()),
    });
    let total = TotalForm {
        vehicles: verdict.total.vehicles,
        cost: verdict.total.cost,
        price: verdict.price,
        unserved: verdict.total.unserved,
    };
    let form = ScheduleForm { total: Some(total), routes, unserved: unserved.collect() };
    // Nothing in the form can fail to be JSON: keys are strings and numbers finite.
    Ok(serde_json::to_string_pretty(&form).unwrap_or_default())
}

fn route_form(document: &Document, v: usize, route: &RouteTimes) -> RouteForm {
    let costs = &route.costs;
    RouteForm {
        vehicle: document.ids.vehicles[v].clone(),
        leaves: Some(route.times.start),
        ends: Some(route.times.end),
        distance: Some(route.distance),
        cost: Some(CostForm {
            fixed: costs.fixed,
            vehicle_time: costs.vehicle_time,
            distance: costs.distance,
            aboard: costs.aboard,
            waiting_aboard: costs.waiting_aboard,
            change: costs.change,
        }),
        visits: route.visits.iter().map(|visit| visit_form(document, route, visit)).collect(),
    }
}

fn visit_form(document: &Document, route: &RouteTimes, times: &VisitTimes) -> VisitForm {
    let ids = &document.ids;
    let name = |r: RequestIx| Some(ids.requests[r as usize].clone());
    let stop = times.visit.stop(&document.problem);
    let kinds = ids.kinds.iter().zip(&times.load).filter(|&(_, &count)| count > 0);
    let mut form = VisitForm {
        place: stop.map(|stop| ids.places[stop.place as usize].clone()),
        arrives: Some(times.arrive),
        begins: Some(times.begin),
        departs: Some(times.depart),
        aboard: Some(kinds.map(|(kind, &count)| (kind.clone(), count.into())).collect()),
        ..VisitForm::default()
    };
    match times.visit {
        Visit::Pickup(r) => form.pickup = name(r),
        Visit::Dropoff(r) => {
            form.dropoff = name(r);
            form.ride = route.rides.iter().find(|ride| ride.request == r).map(|ride| ride.takes);
        }
        Visit::Break(index) => form.pause = Some(index),
    }
    form
}

/// Who does what, each vehicle once; `within` is what stands before the names of the fields.
pub(super) fn routes(
    document: &Document,
    within: &str,
    form: &ScheduleForm,
) -> Result<Plan, Invalid> {
    let ids = &document.ids;
    let vehicles = Index::new("vehicles", &ids.vehicles)?;
    let requests = Index::new("requests", &ids.requests)?;
    let mut plan = Plan { routes: vec![Vec::new(); ids.vehicles.len()] };
    let mut is_given = vec![false; ids.vehicles.len()];
    for (at, route) in form.routes.iter().enumerate() {
        let field = format!("{within}routes[{at}]");
        let v = vehicles.find(&format!("{field}.vehicle"), &route.vehicle)? as usize;
        if std::mem::replace(&mut is_given[v], true) {
            return no(format!("{field}.vehicle"), format!("{:?} stands twice", route.vehicle));
        }
        for (at, form) in route.visits.iter().enumerate() {
            let field = format!("{field}.visits[{at}]");
            let (pickup, dropoff) = (form.pickup.as_ref(), form.dropoff.as_ref());
            plan.routes[v].push(ids::visit(&field, &requests, pickup, dropoff, form.pause)?);
        }
    }
    let served = plan.vehicles(ids.requests.len());
    for (at, unserved) in form.unserved.iter().enumerate() {
        let field = format!("{within}unserved[{at}].request");
        if served[requests.find(&field, &unserved.request)? as usize].is_some() {
            return no(field, format!("{:?} is served", unserved.request));
        }
    }
    Ok(plan)
}

pub(super) fn read(
    document: &Document,
    form: &ScheduleForm,
) -> Result<(Plan, Vec<Times>), Invalid> {
    let plan = routes(document, "", form)?;
    let vehicles = Index::new("vehicles", &document.ids.vehicles)?;
    let mut times = vec![Times::default(); plan.routes.len()];
    for (at, route) in form.routes.iter().enumerate() {
        let field = format!("routes[{at}]");
        let time = |name: &str, time: Option<f64>| match time {
            Some(time) => Ok(time),
            None => no(format!("{field}.{name}"), "is missing"),
        };
        let v = vehicles.find(&field, &route.vehicle)? as usize;
        times[v].start = time("leaves", route.leaves)?;
        times[v].end = time("ends", route.ends)?;
        for (at, visit) in route.visits.iter().enumerate() {
            times[v].begins.push(time(&format!("visits[{at}].begins"), visit.begins)?);
        }
    }
    Ok((plan, times))
}
