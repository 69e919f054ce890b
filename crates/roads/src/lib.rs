//! Travel times: over a real road network, or as the crow flies.
//!
//! [`Roads`] reads an extract of OpenStreetMap and answers matrices, ways and nearest points;
//! [`CrowFlies`] needs no map. Both are [`TravelTimes`]. Pure: no clock, no files, no randomness;
//! the caller hands in bytes.
//!
//! Absent: traffic, turns that are closed at some hours, restrictions that lead through ways
//! rather than a node (counted, see [`Counts`]).

mod car;
mod cost;
mod crow;
mod error;
mod hierarchy;
mod matrix;
mod network;
mod osm;
mod place;
mod roads;
mod snap;
#[cfg(test)]
mod tests;

pub use crow::CrowFlies;
pub use error::RoadsError;
pub use matrix::{Matrix, Table, TravelTimes, Way};
pub use osm::{Feature, features, sketch};
pub use place::Place;
pub use roads::{Counts, Ends, FARTHEST_FROM_ROAD, Roads};
pub use snap::Snapped;
