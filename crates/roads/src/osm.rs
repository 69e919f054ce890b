//! Map extracts: from the bytes of an `.osm.pbf` file to the ways a car may use.
//!
//! Holds the reading only; what a tag means for a car is [`crate::car`]'s, and what the ways
//! connect is [`crate::network`]'s. Undrivable ways are dropped while reading; every node's
//! coordinates are kept until the ways that name them are known, 16 bytes each.
//!
//! Bounded: a block holds at most 32 MiB (the format's own limit), a file at most [`MAX_NODES`]
//! nodes, [`MAX_REFS`] way points and [`MAX_BLOCKS`] blocks. No input panics.

mod features;
pub mod sketch;
mod tags;
mod wire;

use std::io::Read;

use bytes::Bytes;
use prost::Message;
use serde::{Deserialize, Serialize};

pub use features::{Feature, features};
pub(crate) use tags::Tags;

use crate::{
    RoadsError,
    car::{self, Point, Road},
};

/// Nodes in one extract: four times those of Norway's largest county.
const MAX_NODES: usize = 64_000_000;
/// Points of drivable ways in one extract.
const MAX_REFS: usize = 32_000_000;
/// Blocks of one extract; each holds some 8 000 things.
const MAX_BLOCKS: usize = 100_000;
/// The format's limit for the header of a blob, bytes.
const MAX_HEADER: u32 = 64 << 10;
/// The format's limit for a blob, packed and unpacked, bytes.
const MAX_BLOB: usize = 32 << 20;

/// A point of the map in 100 nanodegrees, about a centimetre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Coord {
    pub(crate) lon: i32,
    pub(crate) lat: i32,
}

/// A drivable way: the nodes along it.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) id: i64,
    pub(crate) refs: Vec<i64>,
    pub(crate) road: Road,
}

/// Who may not turn (or must turn) from one way into another at a node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Restriction {
    pub(crate) from: i64,
    pub(crate) via: i64,
    pub(crate) to: i64,
    /// `only_*`: every other way out is closed; else this one is.
    pub(crate) only: bool,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Extract {
    /// Sorted by id.
    nodes: Vec<(i64, Coord)>,
    /// Nodes with a meaning for a car, sorted by id.
    points: Vec<(i64, Point)>,
    pub(crate) ways: Vec<Way>,
    pub(crate) restrictions: Vec<Restriction>,
    /// Turn restrictions through ways rather than a node, or with members missing.
    pub(crate) restrictions_dropped: usize,
    refs: usize,
}

impl Extract {
    /// Reads a whole file.
    pub(crate) fn read(input: impl Read) -> Result<Self, RoadsError> {
        let mut extract = Self::default();
        each_block(input, |data, block| extract.take_block(&data, block))?;
        // Sorted files (all in practice) pass in one scan; of an id given twice the last one holds.
        extract.nodes.sort_by_key(|&(id, _)| id);
        extract.points.sort_by_key(|&(id, _)| id);
        Ok(extract)
    }

    /// Where a node is, if the extract has it.
    pub(crate) fn coord(&self, id: i64) -> Option<Coord> {
        last_of(&self.nodes, id)
    }

    /// What stands at a node.
    pub(crate) fn point(&self, id: i64) -> Point {
        last_of(&self.points, id).unwrap_or_default()
    }

    fn take_block(&mut self, data: &wire::PrimitiveBlock, block: usize) -> Result<(), RoadsError> {
        let wrong = |e: prost::DecodeError| broken(block, e);
        let strings = &data.strings.s;
        for group in &data.groups {
            each_node(data, group, block, |id, coord, tags| self.push_node(id, coord, tags))?;
            for way in &group.ways {
                self.take_way(strings, wire::Way::decode(way.clone()).map_err(wrong)?)?;
            }
            for relation in &group.relations {
                let relation = wire::Relation::decode(relation.clone()).map_err(wrong)?;
                self.take_relation(strings, &relation);
            }
        }
        Ok(())
    }

    fn push_node(
        &mut self,
        id: i64,
        coord: Option<Coord>,
        tags: &Tags<'_>,
    ) -> Result<(), RoadsError> {
        let Some(coord) = coord else { return Ok(()) }; // not on the earth: its ways end before it
        self.nodes.push((id, coord));
        let point = car::point(tags);
        if point != Point::default() {
            self.points.push((id, point));
        }
        at_most(self.nodes.len(), MAX_NODES, "nodes")
    }

    fn take_way(&mut self, strings: &[Bytes], way: wire::Way) -> Result<(), RoadsError> {
        let tags = Tags::of_columns(strings, &way.keys, &way.vals);
        let Some(road) = car::road(&tags) else { return Ok(()) };
        self.refs += way.refs.len();
        at_most(self.refs, MAX_REFS, "points on roads")?;
        self.ways.push(Way { id: way.id, refs: summed(way.refs), road });
        Ok(())
    }

    fn take_relation(&mut self, strings: &[Bytes], relation: &wire::Relation) {
        let tags = Tags::of_columns(strings, &relation.keys, &relation.vals);
        let Some(only) = car::restriction(&tags) else { return };
        let (mut from, mut via, mut to) = (Vec::new(), Vec::new(), Vec::new());
        let mut member = 0_i64;
        let parts = relation.members.iter().zip(&relation.kinds).zip(&relation.roles);
        for ((delta, &kind), &role) in parts {
            member = member.wrapping_add(*delta);
            match (tags::string(strings, role), kind) {
                (Some("from"), 1) => from.push(member),
                (Some("via"), 0) => via.push(member),
                (Some("to"), 1) => to.push(member),
                _ => {}
            }
        }
        // `no_entry` has several `from`, `no_exit` several `to`; more than that is a mistake.
        if via.len() != 1 || from.is_empty() || to.is_empty() || from.len().min(to.len()) > 1 {
            self.restrictions_dropped += 1;
            return;
        }
        for &from in &from {
            // `no_u_turn` back into the same way: nobody turns round here but at dead ends, and
            // the way may go straight on.
            let others = to.iter().filter(|&&to| only || to != from);
            let of = |&to: &i64| Restriction { from, via: via[0], to, only };
            self.restrictions.extend(others.map(of));
        }
    }
}

/// Hands on a file's blocks of data as they come.
fn each_block(
    mut input: impl Read,
    mut take: impl FnMut(wire::PrimitiveBlock, usize) -> Result<(), RoadsError>,
) -> Result<(), RoadsError> {
    let mut block = 0;
    while let Some((kind, data)) = next_block(&mut input, block)? {
        match kind.as_str() {
            "OSMHeader" => check_features(data).map_err(|what| broken(block, what))?,
            "OSMData" => {
                let data = wire::PrimitiveBlock::decode(data).map_err(|e| broken(block, e))?;
                take(data, block)?;
            }
            _ => {} // the format says: skip what you do not know
        }
        block += 1;
        at_most(block, MAX_BLOCKS, "blocks")?;
    }
    Ok(())
}

/// Hands on a group's nodes, in either of the forms that they are written in; the coordinates of
/// one that is not on the earth are missing.
fn each_node(
    data: &wire::PrimitiveBlock,
    group: &wire::PrimitiveGroup,
    block: usize,
    mut take: impl FnMut(i64, Option<Coord>, &Tags<'_>) -> Result<(), RoadsError>,
) -> Result<(), RoadsError> {
    let wrong = |e: prost::DecodeError| broken(block, e);
    let strings = &data.strings.s;
    for node in &group.nodes {
        let node = wire::Node::decode(node.clone()).map_err(wrong)?;
        let tags = Tags::of_columns(strings, &node.keys, &node.vals);
        take(node.id, coord_of(data, node.lon, node.lat), &tags)?;
    }
    let Some(dense) = &group.dense else { return Ok(()) };
    let dense = wire::DenseNodes::decode(dense.clone()).map_err(wrong)?;
    let (mut id, mut lon, mut lat) = (0_i64, 0_i64, 0_i64);
    let mut tagged = dense.keys_vals.as_slice();
    let deltas = dense.id.iter().zip(&dense.lon).zip(&dense.lat);
    for ((d_id, d_lon), d_lat) in deltas {
        id = id.wrapping_add(*d_id);
        lon = lon.wrapping_add(*d_lon);
        lat = lat.wrapping_add(*d_lat);
        let length = tagged.iter().step_by(2).position(|&key| key == 0);
        let (own, rest) = tagged.split_at(length.map_or(tagged.len(), |pairs| 2 * pairs));
        tagged = rest.get(1..).unwrap_or_default();
        take(id, coord_of(data, lon, lat), &Tags::of_pairs(strings, own))?;
    }
    Ok(())
}

/// Ids from the differences between them.
fn summed(mut deltas: Vec<i64>) -> Vec<i64> {
    let mut id = 0_i64;
    for delta in &mut deltas {
        id = id.wrapping_add(*delta);
        *delta = id;
    }
    deltas
}

/// The next blob's kind and unpacked bytes; `None` at the end of the file.
fn next_block(input: &mut impl Read, block: usize) -> Result<Option<(String, Bytes)>, RoadsError> {
    let mut size = Vec::with_capacity(4);
    input.by_ref().take(4).read_to_end(&mut size)?;
    let size = match size[..] {
        [] => return Ok(None),
        [a, b, c, d] => u32::from_be_bytes([a, b, c, d]),
        _ => return Err(broken(block, "the file ends within it")),
    };
    if size > MAX_HEADER {
        return Err(broken(block, "its header is too long for a map extract"));
    }
    let header = wire::BlobHeader::decode(take(input, size as usize, block)?)
        .map_err(|e| broken(block, e))?;
    let size = usize::try_from(header.size).unwrap_or(usize::MAX);
    if size > MAX_BLOB {
        return Err(broken(block, "it says to be larger than the format allows"));
    }
    let blob = wire::Blob::decode(take(input, size, block)?).map_err(|e| broken(block, e))?;
    Ok(Some((header.kind, unpack(blob).map_err(|what| broken(block, what))?)))
}

/// Exactly `size` bytes, taking memory only for what is there.
fn take(input: &mut impl Read, size: usize, block: usize) -> Result<Bytes, RoadsError> {
    let mut bytes = Vec::new();
    input.take(size as u64).read_to_end(&mut bytes)?;
    if bytes.len() < size {
        return Err(broken(block, "the file ends within it"));
    }
    Ok(bytes.into())
}

fn unpack(blob: wire::Blob) -> Result<Bytes, String> {
    if let Some(raw) = blob.raw {
        return Ok(raw);
    }
    let Some(packed) = blob.zlib else {
        return Err("it is neither plain nor packed with zlib".to_owned());
    };
    let limit = blob.raw_size.and_then(|n| usize::try_from(n).ok()).unwrap_or(MAX_BLOB);
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&packed, limit.min(MAX_BLOB))
        .map(Bytes::from)
        .map_err(|e| format!("it cannot be unpacked ({:?})", e.status))
}

fn check_features(data: Bytes) -> Result<(), String> {
    let header = wire::HeaderBlock::decode(data).map_err(|e| e.to_string())?;
    let known = ["OsmSchema-V0.6", "DenseNodes"];
    match header.required_features.iter().find(|f| !known.contains(&f.as_str())) {
        Some(feature) => Err(format!("it needs {feature:?}, which is not read here")),
        None => Ok(()),
    }
}

fn coord_of(block: &wire::PrimitiveBlock, lon: i64, lat: i64) -> Option<Coord> {
    let granularity = i64::from(block.granularity());
    let degrees = |raw: i64, offset: i64, most: i64| {
        let nano = raw.checked_mul(granularity)?.checked_add(offset)?;
        (nano.abs() <= most * 1_000_000_000).then_some(nano / 100)
    };
    // What Web Mercator leaves out has no roads.
    let lon = degrees(lon, block.lon_offset(), 180)?;
    let lat = degrees(lat, block.lat_offset(), 85)?;
    Some(Coord { lon: i32::try_from(lon).ok()?, lat: i32::try_from(lat).ok()? })
}

fn last_of<T: Copy>(sorted: &[(i64, T)], id: i64) -> Option<T> {
    let end = sorted.partition_point(|&(other, _)| other <= id);
    let &(found, value) = sorted.get(end.checked_sub(1)?)?;
    (found == id).then_some(value)
}

fn broken(block: usize, what: impl ToString) -> RoadsError {
    RoadsError::Broken { block, what: what.to_string() }
}

fn at_most(count: usize, limit: usize, what: &'static str) -> Result<(), RoadsError> {
    if count > limit {
        return Err(RoadsError::TooLarge { what, limit: limit as u64 });
    }
    Ok(())
}
