//! Instances as the peers' script reads them.

use std::{io::Write as _, path::Path};

use anyhow::Result;
use dugnad_assign::Problem;

/// `n`, then `n × n` costs.
pub(super) fn matrix(path: &Path, n: usize, costs: &[i64]) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    put(&mut file, n as i64)?;
    costs.iter().try_for_each(|&cost| put(&mut file, cost))?;
    Ok(file.flush()?)
}

/// Needs, people and edges; see `tests/peers/assign.py`.
pub(super) fn roster(path: &Path, problem: &Problem) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let (needs, people, edges) = (problem.needs(), problem.people(), problem.edges());
    let price = needs.first().map_or(0, |need| need.open_cost);
    let sizes = [needs.len(), people.len(), edges.len()];
    sizes.iter().try_for_each(|&size| put(&mut file, size as i64))?;
    put(&mut file, price)?;
    needs.iter().try_for_each(|need| put(&mut file, need.heads.into()))?;
    people.iter().try_for_each(|person| put(&mut file, person.capacity.into()))?;
    let longest = people.iter().map(|person| person.max_load.unwrap_or(0) as i64);
    longest.into_iter().try_for_each(|longest| put(&mut file, longest))?;
    for need in needs {
        let (start, end) = need.window.map_or((0, 0), |window| (window.start, window.end));
        put(&mut file, start)?;
        put(&mut file, end)?;
    }
    for edge in edges {
        for number in [edge.need.into(), edge.person.into(), edge.cost, edge.load.into()] {
            put(&mut file, number)?;
        }
    }
    Ok(file.flush()?)
}

fn put(file: &mut impl std::io::Write, number: i64) -> Result<()> {
    // The peers read 32 bits: signed for costs, unsigned for the rest.
    let bits = u32::try_from(number).or_else(|_| i32::try_from(number).map(|n| n as u32))?;
    Ok(file.write_all(&bits.to_le_bytes())?)
}
