//! Cordeau's and Cordeau & Laporte's dial-a-ride problems.
//!
//! A first line `vehicles nodes max_duration capacity max_ride`, then one line a node, the depot
//! first: `node x y service load earliest latest`. Of `n` requests the pickups are the nodes
//! `1..=n`, the drop-offs `n + 1..=2n`. Files are about that count in the header in two minds, and
//! some repeat the depot as last node, the end of all routes; all four are read, since the lines
//! tell them apart. The time aboard counts from the end of service at the pickup to the beginning
//! of it at the drop-off, and vehicles leave the depot whenever they like. The shortest distance
//! is wanted.

use crate::Objective;

use super::{
    FormatError, Instance,
    instance::{Fields, Fleet, Node},
    rows::{self, Row},
};

const HEADER: &[&str] = &["vehicles", "nodes", "max_duration", "capacity", "max_ride"];
const NODE: &[&str] = &["node", "x", "y", "service", "load", "earliest", "latest"];
const FIELDS: Fields = Fields { load: 4, earliest: 5, latest: 6, service: 3 };

/// Reads a problem.
///
/// # Errors
/// The first line and field that is not as described above, or contradicts its other half.
pub fn parse(text: &str) -> Result<Instance, FormatError> {
    let (header, rows) = rows::rows(text, HEADER, NODE)?;
    let mut fleet = Fleet::read(&header, [0, 3])?;
    fleet.max_duration = header.amount(2)?;
    let max_ride = header.amount(4)?;
    let requests = requests(&header, rows.len())?;
    let mut nodes = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let is_depot = number == 0 || number > 2 * requests;
        nodes.push(Node::read(row, number, is_depot, &FIELDS)?);
    }
    if nodes.len() > 2 * requests + 1 {
        fleet.end = (nodes.len() - 1) as u32;
    }
    let mut pairs = Vec::new();
    for pickup in 1..=requests {
        let dropoff = pickup + requests;
        let (load, unload) = (nodes[pickup].load, nodes[dropoff].load);
        if load < 0 || unload != -load {
            let problem = format!("node {pickup} takes up {load}, node {dropoff} {unload}");
            let row = if load < 0 { pickup } else { dropoff };
            return Err(rows[row].error(FIELDS.load, problem));
        }
        pairs.push([pickup as u32, dropoff as u32]);
    }
    Ok(Instance::new(&nodes, pairs, &fleet, max_ride, Objective::Distance))
}

/// How many requests there are, by the header and by the lines together.
fn requests(header: &Row<'_>, rows: usize) -> Result<usize, FormatError> {
    let count: usize = header.count(1, rows)?;
    let has = |stops: usize| rows == stops + 1 || rows == stops + 2;
    if has(count) && count.is_multiple_of(2) {
        Ok(count / 2)
    } else if has(2 * count) {
        Ok(count)
    } else {
        let problem = format!(
            "{count} is neither the number of requests nor the even number of stops in the {rows} \
             lines that follow"
        );
        Err(header.error(1, problem))
    }
}
