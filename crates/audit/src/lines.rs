//! What others write down beside the journal, one JSON object a line: clients what they were told,
//! locks what they truly held, services what their state comes to.

use dugnad_journal::Partition;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// One answer to one try of a request, as its client wrote it down before doing anything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientLine {
    /// Whose history it is to be in.
    pub partition: Partition,
    /// What was called.
    pub call: String,
    /// Under which id; the same on every retry.
    pub request_id: Uuid,
    /// What came of it.
    pub outcome: Outcome,
    /// Resource names in the answer, each of something that the request made or changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The reason of a refusal, `UPPER_SNAKE_CASE`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When it came.
    pub at: Timestamp,
}

/// What an answer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is on disk.
    Accepted,
    /// It left no effect.
    Refused,
    /// Nothing about the outcome.
    Unknown,
}

/// That a lock began or ceased to hold a code in one of its slots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockLine {
    /// The lock's topic; it begins with the municipality's name.
    pub lock: String,
    /// Its own number for the code.
    pub slot: u16,
    /// Whether it holds one from then on.
    pub holds: bool,
    /// When.
    pub at: Timestamp,
}

/// What a service's state came to at a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestLine {
    /// Whose state.
    pub partition: Partition,
    /// After which commit.
    pub position: u64,
    /// Its digest, in hexadecimal digits.
    pub digest: String,
}

/// A line that is none of its kind.
#[derive(Debug, thiserror::Error)]
#[error("line {number}: {why}")]
pub struct BadLine {
    /// From 1.
    number: u64,
    why: serde_json::Error,
}

/// Reads one line; `None`: it is empty.
///
/// # Errors
/// Names the line.
pub fn read_line<T: DeserializeOwned>(number: u64, text: &str) -> Result<Option<T>, BadLine> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    serde_json::from_str(text).map(Some).map_err(|why| BadLine { number, why })
}
