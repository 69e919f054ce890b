//! Made-up maps, drawn in metres and written as `.osm.pbf` bytes: for tests and for benchmarks.
//!
//! One block, which readers take up to 32 MiB of: some half a million nodes. Blobs are not packed,
//! so that bytes changed by a test reach the messages within.

use bytes::Bytes;
use prost::Message;

use super::wire;
use crate::{Place, Roads, RoadsError};

/// The strings of a block, by number; number 0 is empty by the format's rule.
#[derive(Debug)]
struct Strings(Vec<Bytes>);

impl Default for Strings {
    fn default() -> Self {
        Self(vec![Bytes::new()])
    }
}

impl Strings {
    fn number(&mut self, text: &str) -> u32 {
        let known = self.0.iter().position(|s| s == text.as_bytes());
        known.unwrap_or_else(|| {
            self.0.push(Bytes::copy_from_slice(text.as_bytes()));
            self.0.len() - 1
        }) as u32
    }

    fn columns(&mut self, tags: &[(&str, &str)]) -> (Vec<u32>, Vec<u32>) {
        tags.iter().map(|(key, value)| (self.number(key), self.number(value))).unzip()
    }
}

/// A map in the making.
#[derive(Debug, Default)]
pub struct Sketch {
    strings: Strings,
    dense: Vec<(i64, f64, f64, Vec<i32>)>,
    group: wire::PrimitiveGroup,
}

/// Where a sketch lies: metres east and north of a point in Norway.
#[must_use]
pub fn at(east: f64, north: f64) -> Place {
    Place { lon: 10.0 + east / 55_597.0, lat: 60.0 + north / 111_195.0 }
}

impl Sketch {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A node with nothing on it, metres east and north.
    #[must_use]
    pub fn node(self, id: i64, east: f64, north: f64) -> Self {
        self.tagged(id, east, north, &[])
    }

    /// A node with tags.
    #[must_use]
    pub fn tagged(mut self, id: i64, east: f64, north: f64, tags: &[(&str, &str)]) -> Self {
        let (keys, values) = self.strings.columns(tags);
        let pairs = keys.into_iter().zip(values);
        let tags = pairs.flat_map(|(k, v)| [k as i32, v as i32]).collect();
        self.dense.push((id, east, north, tags));
        self
    }

    /// A node written as a message of its own, as some programs do.
    #[must_use]
    pub fn lone(mut self, id: i64, east: f64, north: f64, tags: &[(&str, &str)]) -> Self {
        let (keys, vals) = self.strings.columns(tags);
        let (lon, lat) = units(east, north);
        let node = wire::Node { id, keys, vals, lat, lon };
        self.group.nodes.push(node.encode_to_vec().into());
        self
    }

    /// A way along nodes.
    #[must_use]
    pub fn way(mut self, id: i64, nodes: &[i64], tags: &[(&str, &str)]) -> Self {
        let (keys, vals) = self.strings.columns(tags);
        let way = wire::Way { id, keys, vals, refs: deltas(nodes.iter().copied()) };
        self.group.ways.push(way.encode_to_vec().into());
        self
    }

    /// A residential street.
    #[must_use]
    pub fn street(self, id: i64, nodes: &[i64]) -> Self {
        self.way(id, nodes, &[("highway", "residential")])
    }

    /// A one-way street.
    #[must_use]
    pub fn one_way(self, id: i64, nodes: &[i64]) -> Self {
        self.way(id, nodes, &[("highway", "residential"), ("oneway", "yes")])
    }

    /// A restriction from a way through a node to a way.
    #[must_use]
    pub fn turn(mut self, (from, via, to): (i64, i64, i64), tags: &[(&str, &str)]) -> Self {
        let tags: Vec<_> = tags.iter().chain(&[("type", "restriction")]).copied().collect();
        let (keys, vals) = self.strings.columns(&tags);
        let roles = ["from", "via", "to"].map(|role| self.strings.number(role) as i32);
        let relation = wire::Relation {
            id: 1,
            keys,
            vals,
            roles: roles.to_vec(),
            members: deltas([from, via, to].into_iter()),
            kinds: vec![1, 0, 1],
        };
        self.group.relations.push(relation.encode_to_vec().into());
        self
    }

    /// The file.
    #[must_use]
    pub fn pbf(mut self) -> Vec<u8> {
        let place = |n: &(i64, f64, f64, Vec<i32>)| units(n.1, n.2);
        let tags = self.dense.iter().flat_map(|n| n.3.iter().copied().chain([0]));
        let dense = wire::DenseNodes {
            id: deltas(self.dense.iter().map(|n| n.0)),
            lat: deltas(self.dense.iter().map(|n| place(n).1)),
            lon: deltas(self.dense.iter().map(|n| place(n).0)),
            keys_vals: tags.collect(),
        };
        self.group.dense = Some(dense.encode_to_vec().into());
        let block = wire::PrimitiveBlock {
            strings: wire::StringTable { s: self.strings.0 },
            groups: vec![self.group],
            ..wire::PrimitiveBlock::default()
        };
        let features = vec!["OsmSchema-V0.6".to_owned(), "DenseNodes".to_owned()];
        let header = wire::HeaderBlock { required_features: features };
        let mut file = blob("OSMHeader", &header.encode_to_vec());
        file.extend(blob("OSMData", &block.encode_to_vec()));
        file
    }

    /// The roads of the map.
    ///
    /// # Errors
    /// As [`Roads::from_pbf`].
    pub fn roads(self) -> Result<Roads, RoadsError> {
        Roads::from_pbf(self.pbf().as_slice())
    }
}

/// One blob of a file.
pub(crate) fn blob(kind: &str, data: &[u8]) -> Vec<u8> {
    let raw = Some(Bytes::copy_from_slice(data));
    let blob = wire::Blob { raw, raw_size: None, zlib: None }.encode_to_vec();
    let header = wire::BlobHeader { kind: kind.to_owned(), size: blob.len() as i32 };
    let header = header.encode_to_vec();
    [&(header.len() as u32).to_be_bytes()[..], &header, &blob].concat()
}

/// Hundred nanodegrees.
fn units(east: f64, north: f64) -> (i64, i64) {
    let Place { lon, lat } = at(east, north);
    ((lon * 1e7).round() as i64, (lat * 1e7).round() as i64)
}

fn deltas(values: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut last = 0;
    values.map(|value| value - std::mem::replace(&mut last, value)).collect()
}
