//! Li & Lim's pickup and delivery problems with time windows.
//!
//! As published by SINTEF: a first line `vehicles capacity speed` (the speed is not used), then
//! one line a node, the depot first: `node x y demand earliest latest service pickup delivery`. A
//! pickup names its delivery and 0, a delivery 0 and its pickup. Fewest vehicles first, then
//! distance.

use crate::Objective;

use super::{
    FormatError, Instance,
    instance::{Fields, Fleet, Node},
    rows::{self, Row},
};

const HEADER: &[&str] = &["vehicles", "capacity", "speed"];
const NODE: &[&str] =
    &["node", "x", "y", "demand", "earliest", "latest", "service", "pickup", "delivery"];
const FIELDS: Fields = Fields { load: 3, earliest: 4, latest: 5, service: 6 };
const PICKUP: usize = 7;
const DELIVERY: usize = 8;

/// Reads a problem.
///
/// # Errors
/// The first line and field that is not as described above, or contradicts its other half.
pub fn parse(text: &str) -> Result<Instance, FormatError> {
    let (header, rows) = rows::rows(text, HEADER, NODE)?;
    let fleet = Fleet::read(&header, [0, 1])?;
    header.amount(2)?;
    let mut nodes = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        nodes.push(Node::read(row, number, number == 0, &FIELDS)?);
    }
    let mut pairs = Vec::new();
    for number in 0..nodes.len() {
        pairs.extend(pair(number, &rows, &nodes)?);
    }
    Ok(Instance::new(&nodes, pairs, &fleet, f64::INFINITY, Objective::VehiclesThenDistance))
}

/// The pair that begins at a node; none at the depot and at deliveries.
fn pair(number: usize, rows: &[Row<'_>], nodes: &[Node]) -> Result<Option<[u32; 2]>, FormatError> {
    let row = &rows[number];
    let (pickup, delivery): (usize, usize) = (row.whole(PICKUP)?, row.whole(DELIVERY)?);
    let (field, other, back) = match (number, pickup, delivery) {
        (0, 0, 0) => return Ok(None),
        (0, ..) => return Err(row.error(PICKUP, "the depot has no other half")),
        (_, 0, 1..) => (DELIVERY, delivery, PICKUP),
        (_, 1.., 0) => (PICKUP, pickup, DELIVERY),
        _ => return Err(row.error(PICKUP, "one of pickup and delivery must be 0, the other not")),
    };
    let Some(half) = rows.get(other) else {
        return Err(row.error(field, format!("{other} is no node")));
    };
    if half.whole::<usize>(back)? != number {
        return Err(row.error(field, format!("node {other} does not name {number} as other half")));
    }
    let load = nodes[number].load;
    if nodes[other].load != -load || (load > 0) != (field == DELIVERY) {
        let problem = format!("{load} and {} are no pickup and delivery", nodes[other].load);
        return Err(row.error(FIELDS.load, problem));
    }
    Ok((field == DELIVERY).then_some([number as u32, other as u32]))
}
