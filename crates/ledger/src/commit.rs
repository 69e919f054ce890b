//! What a commit holds: a link to the one before, and the records of everyone who rode in it.
//!
//! MessagePack with named fields. Fields are only ever added, with defaults.

use bytes::BytesMut;
use dugnad_journal::{Hash, MAX_COMMIT_BYTES, Partition, Stored, decode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::model::Source;

/// A keyed digest of a request's body: enough to tell a repeat from another request under its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Digest(#[serde(with = "serde_bytes")] pub(crate) [u8; 16]);

/// How far a foreign history was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The sender's history.
    pub partition: Partition,
    /// The commit reached there.
    pub number: u64,
    /// Its hash: another one there later means that the sender was restored from a copy.
    pub hash: Hash,
    /// How many of that commit's events were taken.
    pub events: u32,
}

/// A reaction that names something not yet heard of, kept until it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Parked<C> {
    pub(crate) source: Source,
    /// The command's index among those that the event called for.
    pub(crate) command_index: u32,
    pub(crate) command: C,
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub(crate) until: Timestamp,
}

/// What one request, timer or foreign event led to.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Record<E, C> {
    pub(crate) request_id: Uuid,
    pub(crate) caller: Uuid,
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub(crate) at: Timestamp,
    /// Only of callers' requests: these leave a receipt.
    #[serde(default)]
    pub(crate) digest: Option<Digest>,
    pub(crate) events: Vec<E>,
    /// Only of foreign events: how far the sender's history is taken in with this record.
    #[serde(default)]
    pub(crate) reached: Option<Reached>,
    #[serde(default = "Vec::new")]
    pub(crate) parked: Vec<Parked<C>>,
    /// Parked commands that this record settles, as (source, command index).
    #[serde(default)]
    pub(crate) settled: Vec<(Source, u32)>,
}

/// [`Record`] as it is written: borrowed, and without the fields that are empty.
#[derive(Serialize)]
pub(crate) struct RecordRef<'a, E, C> {
    pub(crate) request_id: Uuid,
    pub(crate) caller: Uuid,
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub(crate) at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) digest: Option<Digest>,
    pub(crate) events: &'a [E],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reached: Option<Reached>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) parked: &'a [Parked<C>],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) settled: &'a [(Source, u32)],
}

/// A commit read back.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "R: DeserializeOwned"))]
pub(crate) struct Commit<R> {
    pub(crate) number: u64,
    pub(crate) before: Hash,
    pub(crate) records: Vec<R>,
}

impl<R: DeserializeOwned> Commit<R> {
    pub(crate) fn read(body: &[u8]) -> Result<Self, rmp_serde::decode::Error> {
        decode::from_slice(body)
    }
}

/// The map's keys, the number, the hash and the array's length take less than this.
const FRAME_BYTES: usize = 128;

/// What a draft has room for to begin with, some forty bookings: it seldom has to move.
const ROOM: usize = 16 * 1024;

/// A commit that still takes records.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    count: u32,
    /// From the first record on: room for the frame, then the records.
    bytes: BytesMut,
}

impl Draft {
    /// The longest record that any commit can take.
    pub(crate) const MOST: usize = MAX_COMMIT_BYTES - FRAME_BYTES;

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    pub(crate) fn fits(&self, record: &[u8]) -> bool {
        self.bytes.len().max(FRAME_BYTES) + record.len() <= MAX_COMMIT_BYTES
    }

    /// An empty draft that fills what was taken from [`Room`](crate::partition::Room).
    pub(crate) fn within(room: BytesMut) -> Self {
        Self { count: 0, bytes: room }
    }

    pub(crate) fn push(&mut self, record: &[u8]) {
        if self.bytes.is_empty() {
            self.bytes.reserve(ROOM);
            self.bytes.resize(FRAME_BYTES, 0);
        }
        self.bytes.extend_from_slice(record);
        self.count += 1;
    }

    /// Frames the records as commit `number` after the commit with hash `before`. `writer` sets it
    /// apart from what another process may make of the same requests at the same moment. The records
    /// leave the draft; it still knows how many they were.
    pub(crate) fn seal(&mut self, number: u64, before: Hash, writer: u64) -> Stored {
        let mut framed = Vec::with_capacity(FRAME_BYTES);
        frame(&mut framed, number, before, writer, self.count).expect("a Vec takes every byte");
        let mut body = std::mem::take(&mut self.bytes);
        if body.is_empty() {
            return Stored { number, body: framed.into() };
        }
        // Right before the records, so that these stay where they are.
        let start = FRAME_BYTES - framed.len();
        body[start..FRAME_BYTES].copy_from_slice(&framed);
        Stored { number, body: body.freeze().slice(start..) }
    }
}

fn frame(
    out: &mut Vec<u8>,
    number: u64,
    before: Hash,
    writer: u64,
    count: u32,
) -> Result<(), rmp::encode::ValueWriteError> {
    rmp::encode::write_map_len(out, 4)?;
    rmp::encode::write_str(out, "number")?;
    rmp::encode::write_uint(out, number)?;
    rmp::encode::write_str(out, "before")?;
    rmp::encode::write_bin(out, before.as_bytes())?;
    rmp::encode::write_str(out, "writer")?;
    rmp::encode::write_uint(out, writer)?;
    rmp::encode::write_str(out, "records")?;
    rmp::encode::write_array_len(out, count)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use dugnad_journal::Link;

    use super::*;

    fn record(text: &str) -> Vec<u8> {
        rmp_serde::to_vec_named(&RecordRef::<String, String> {
            request_id: Uuid::from_u128(7),
            caller: Uuid::nil(),
            at: Timestamp::from_second(1_800_000_000).unwrap(),
            digest: Some(Digest([1; 16])),
            events: &[text.to_owned()],
            reached: None,
            parked: &[],
            settled: &[],
        })
        .unwrap()
    }

    #[test]
    fn a_sealed_draft_reads_back_with_its_link_and_records() {
        let mut draft = Draft::default();
        draft.push(&record("one"));
        draft.push(&record("two"));

        let stored = draft.seal(3, Hash::of(b"before"), 9);

        let link = Link::read(&stored.body).unwrap();
        assert_eq!(link, Link { number: 3, before: Hash::of(b"before") });
        let commit: Commit<Record<String, String>> = Commit::read(&stored.body).unwrap();
        assert_eq!((commit.number, commit.before), (link.number, link.before));
        let events: Vec<_> = commit.records.iter().flat_map(|r| r.events.clone()).collect();
        assert_eq!(events, ["one", "two"]);
    }

    #[test]
    fn a_full_draft_stays_within_the_limit_of_the_journal() {
        let mut draft = Draft::default();
        let record = record(&"x".repeat(1000));
        while draft.fits(&record) {
            draft.push(&record);
        }

        let stored = draft.seal(u64::MAX, Hash::of(b"before"), u64::MAX);

        assert!(stored.body.len() <= MAX_COMMIT_BYTES);
        assert!(stored.body.len() + record.len() + FRAME_BYTES > MAX_COMMIT_BYTES);
    }
}
