//! The messages of the `.osm.pbf` format that a road network needs, as published by the
//! OpenStreetMap project (`fileformat.proto`, `osmformat.proto`; the format's tags are fixed).
//!
//! Absent: authors, versions, bounding boxes, changesets; a decoder skips fields it does not know.
//! The members of a group stay bytes until they are wanted one by one, so that a hostile block of
//! two-byte messages cannot grow a hundredfold in memory.
//!
//! Decoded with `prost`, which the tree has anyway, rather than with the `osmpbf` crate: that one
//! adds twenty crates and a code generator to a cold build, and its delta sums overflow on hostile
//! input.

use bytes::Bytes;

/// What stands before each blob.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct BlobHeader {
    #[prost(string, required, tag = "1")]
    pub(super) kind: String,
    #[prost(int32, required, tag = "3")]
    pub(super) size: i32,
}

/// One compressed block; other compressions than zlib are of no extract we know.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Blob {
    #[prost(bytes = "bytes", optional, tag = "1")]
    pub(super) raw: Option<Bytes>,
    #[prost(int32, optional, tag = "2")]
    pub(super) raw_size: Option<i32>,
    #[prost(bytes = "bytes", optional, tag = "3")]
    pub(super) zlib: Option<Bytes>,
}

/// What a reader must understand to read the file.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct HeaderBlock {
    #[prost(string, repeated, tag = "4")]
    pub(super) required_features: Vec<String>,
}

/// Some thousands of nodes, ways or relations and the strings they use.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct PrimitiveBlock {
    #[prost(message, required, tag = "1")]
    pub(super) strings: StringTable,
    #[prost(message, repeated, tag = "2")]
    pub(super) groups: Vec<PrimitiveGroup>,
    #[prost(int32, optional, tag = "17", default = "100")]
    pub(super) granularity: Option<i32>,
    #[prost(int64, optional, tag = "19")]
    pub(super) lat_offset: Option<i64>,
    #[prost(int64, optional, tag = "20")]
    pub(super) lon_offset: Option<i64>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct StringTable {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub(super) s: Vec<Bytes>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct PrimitiveGroup {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub(super) nodes: Vec<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "2")]
    pub(super) dense: Option<Bytes>,
    #[prost(bytes = "bytes", repeated, tag = "3")]
    pub(super) ways: Vec<Bytes>,
    #[prost(bytes = "bytes", repeated, tag = "4")]
    pub(super) relations: Vec<Bytes>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Node {
    #[prost(sint64, required, tag = "1")]
    pub(super) id: i64,
    #[prost(uint32, repeated, tag = "2")]
    pub(super) keys: Vec<u32>,
    #[prost(uint32, repeated, tag = "3")]
    pub(super) vals: Vec<u32>,
    #[prost(sint64, required, tag = "8")]
    pub(super) lat: i64,
    #[prost(sint64, required, tag = "9")]
    pub(super) lon: i64,
}

/// Nodes by columns: ids and coordinates as differences, tags as `(key value)* 0` a node.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct DenseNodes {
    #[prost(sint64, repeated, tag = "1")]
    pub(super) id: Vec<i64>,
    #[prost(sint64, repeated, tag = "8")]
    pub(super) lat: Vec<i64>,
    #[prost(sint64, repeated, tag = "9")]
    pub(super) lon: Vec<i64>,
    #[prost(int32, repeated, tag = "10")]
    pub(super) keys_vals: Vec<i32>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Way {
    #[prost(int64, required, tag = "1")]
    pub(super) id: i64,
    #[prost(uint32, repeated, tag = "2")]
    pub(super) keys: Vec<u32>,
    #[prost(uint32, repeated, tag = "3")]
    pub(super) vals: Vec<u32>,
    #[prost(sint64, repeated, tag = "8")]
    pub(super) refs: Vec<i64>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Relation {
    #[prost(int64, required, tag = "1")]
    pub(super) id: i64,
    #[prost(uint32, repeated, tag = "2")]
    pub(super) keys: Vec<u32>,
    #[prost(uint32, repeated, tag = "3")]
    pub(super) vals: Vec<u32>,
    #[prost(int32, repeated, tag = "8")]
    pub(super) roles: Vec<i32>,
    #[prost(sint64, repeated, tag = "9")]
    pub(super) members: Vec<i64>,
    /// 0 a node, 1 a way, 2 a relation.
    #[prost(int32, repeated, tag = "10")]
    pub(super) kinds: Vec<i32>,
}
