//! What the two benchmark families have in common: nodes with numbers, and a fleet all alike.

use crate::{Limit, Matrix, Objective, Plan, Problem, Request, Stop, Vehicle, Visit, Window};

use super::{FormatError, rows::Row};

/// A benchmark: its problem, and the numbers that its file gives to pickups and drop-offs.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// The problem.
    pub problem: Problem,
    /// The nodes of each request's pickup and drop-off.
    pub nodes: Vec<[u32; 2]>,
}

/// A node of a file.
pub(super) struct Node {
    pub(super) at: [f64; 2],
    pub(super) load: i32,
    pub(super) stop: Stop,
}

/// Where a node's numbers stand in its row; the node's number and its coordinates come first.
pub(super) struct Fields {
    pub(super) load: usize,
    pub(super) earliest: usize,
    pub(super) latest: usize,
    pub(super) service: usize,
}

impl Node {
    /// Nodes stand in the order of their numbers, each once.
    pub(super) fn read(
        row: &Row<'_>,
        number: usize,
        is_depot: bool,
        fields: &Fields,
    ) -> Result<Self, FormatError> {
        let found: usize = row.whole(0)?;
        if found != number {
            let problem = format!("is {found} where {number} is next: each stands once, in order");
            return Err(row.error(0, problem));
        }
        let window =
            Window { earliest: row.amount(fields.earliest)?, latest: row.amount(fields.latest)? };
        if window.is_empty() {
            let problem = format!("{} is before {}", window.latest, window.earliest);
            return Err(row.error(fields.latest, problem));
        }
        let service = row.amount(fields.service)?;
        let load: i32 = row.whole(fields.load)?;
        if is_depot && (load, service) != (0, 0.0) {
            return Err(row.error(fields.load, "the depot has a load or a service"));
        }
        if !is_depot && (load == 0 || load.unsigned_abs() > u16::MAX.into()) {
            return Err(row.error(fields.load, format!("{load} is not from 1 to {}", u16::MAX)));
        }
        let stop = Stop { place: number as u32, window, service };
        Ok(Self { at: [row.number(1)?, row.number(2)?], load, stop })
    }
}

/// The travel times and the distances are Euclidean, in double precision.
pub(super) fn matrix(nodes: &[Node]) -> Matrix {
    let mut seconds = Vec::with_capacity(nodes.len() * nodes.len());
    for from in nodes {
        let way = |to: &Node| (to.at[0] - from.at[0]).hypot(to.at[1] - from.at[1]);
        seconds.extend(nodes.iter().map(way));
    }
    Matrix { places: nodes.len(), seconds, metres: Vec::new() }
}

/// The fleet: so many vehicles, all alike, from the first node to `end` within their windows.
pub(super) struct Fleet {
    pub(super) vehicles: usize,
    pub(super) capacity: u16,
    pub(super) max_duration: f64,
    pub(super) end: u32,
}

impl Fleet {
    /// `fields`: where their number and capacity stand in the header.
    pub(super) fn read(header: &Row<'_>, fields: [usize; 2]) -> Result<Self, FormatError> {
        let vehicles = header.count(fields[0], Limit::VEHICLES)?;
        let capacity = header.whole(fields[1])?;
        Ok(Self { vehicles, capacity, max_duration: f64::INFINITY, end: 0 })
    }
}

impl Instance {
    /// Requests are pairs of nodes whose loads are each other's opposite.
    pub(super) fn new(
        nodes: &[Node],
        pairs: Vec<[u32; 2]>,
        fleet: &Fleet,
        max_ride: f64,
        objective: Objective,
    ) -> Self {
        let request = |&[pickup, dropoff]: &[u32; 2]| Request {
            pickup: nodes[pickup as usize].stop,
            dropoff: nodes[dropoff as usize].stop,
            load: vec![nodes[pickup as usize].load.unsigned_abs() as u16],
            max_ride,
            skills: 0,
            price: None,
            priority: 0,
            release: f64::NEG_INFINITY,
            pinned: None,
            return_of: None,
            promise: None,
        };
        let vehicle = Vehicle {
            start: 0,
            end: Some(fleet.end),
            shift: Window {
                earliest: nodes[0].stop.window.earliest,
                latest: nodes[fleet.end as usize].stop.window.latest,
            },
            max_duration: fleet.max_duration,
            breaks: Vec::new(),
            seats: vec![vec![fleet.capacity]],
            skills: 0,
            fixed_cost: 0.0,
            frozen: Vec::new(),
            not_before: f64::NEG_INFINITY,
        };
        let problem = Problem {
            matrix: matrix(nodes),
            requests: pairs.iter().map(request).collect(),
            vehicles: vec![vehicle; fleet.vehicles],
            apart: Vec::new(),
            objective,
            present: None,
        };
        Self { problem, nodes: pairs }
    }

    /// A plan in SINTEF's form: a line `Route 1 : 3 75 5` for each used vehicle, the depot left
    /// out.
    #[must_use]
    pub fn write_routes(&self, plan: &Plan) -> String {
        let mut text = String::new();
        let used = plan.routes.iter().filter(|route| !route.is_empty());
        for (at, route) in used.enumerate() {
            text += &format!("Route {} :", at + 1);
            for visit in route {
                let node = match *visit {
                    Visit::Pickup(r) => self.nodes[r as usize][0],
                    Visit::Dropoff(r) => self.nodes[r as usize][1],
                    Visit::Break(_) => continue,
                };
                text += &format!(" {node}");
            }
            text.push('\n');
        }
        text
    }

    /// Reads what [`Self::write_routes`] writes, or a file of SINTEF's with its header. Vehicles
    /// being all alike, the first line is the first vehicle's, whatever its number.
    ///
    /// # Errors
    /// A line or a node that is unknown, or more routes than vehicles. Whether the plan holds is
    /// the oracle's to say.
    pub fn read_routes(&self, text: &str) -> Result<Plan, FormatError> {
        let mut visits = vec![None; self.problem.matrix.places];
        for (r, &[pickup, dropoff]) in (0..).zip(&self.nodes) {
            visits[pickup as usize] = Some(Visit::Pickup(r));
            visits[dropoff as usize] = Some(Visit::Dropoff(r));
        }
        let mut routes = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let Some(nodes) = route_line(at + 1, line.trim(), routes.is_empty())? else { continue };
            if routes.len() == self.problem.vehicles.len() {
                let problem = format!("is one more than the {} vehicles", routes.len());
                return Err(FormatError::new(at + 1, "Route", problem));
            }
            let mut route = Vec::new();
            for node in nodes.split_whitespace() {
                let visit = node.parse::<usize>().ok().and_then(|node| *visits.get(node)?);
                let unknown = || {
                    let problem = "is no pickup or drop-off; depots are left out";
                    FormatError::new(at + 1, format!("node {node:?}"), problem)
                };
                route.push(visit.ok_or_else(unknown)?);
            }
            routes.push(route);
        }
        routes.resize(self.problem.vehicles.len(), Vec::new());
        Ok(Plan { routes })
    }
}

/// The nodes of a line `Route 1 : 3 75 5`; none for a blank one and those that come before routes.
fn route_line(line: usize, text: &str, is_head: bool) -> Result<Option<&str>, FormatError> {
    const HEAD: [&str; 5] = ["Instance name", "Authors", "Date", "Reference", "Solution"];
    let (key, nodes) = text.split_once(':').unwrap_or((text, ""));
    let key = key.trim();
    if text.is_empty() || (is_head && HEAD.iter().any(|head| head.eq_ignore_ascii_case(key))) {
        return Ok(None);
    }
    let number = key.strip_prefix("Route").map(|number| number.trim().parse::<u32>());
    if matches!(number, Some(Ok(_))) && text.contains(':') {
        return Ok(Some(nodes));
    }
    let problem = "is not of the form `Route 1 : 3 75 5`";
    Err(FormatError::new(line, format!("{:?}", text.chars().take(40).collect::<String>()), problem))
}
