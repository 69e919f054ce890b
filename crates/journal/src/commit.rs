//! The part of a commit that every journal understands: its number and the hash of the one before.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A BLAKE3 hash of a commit's bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hash(#[serde(with = "serde_bytes")] [u8; 32]);

impl Hash {
    /// What the first commit of a partition carries as the hash before it.
    pub const NONE: Self = Self([0; 32]);

    /// The hash of a commit's bytes.
    pub fn of(body: &[u8]) -> Self {
        Self(*blake3::hash(body).as_bytes())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// How a commit hangs on the one before. Every commit body is a MessagePack map with these fields
/// among its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Dense within the partition, from 1.
    pub number: u64,
    /// BLAKE3 of the body of commit `number - 1`; [`Hash::NONE`] for the first.
    pub before: Hash,
}

impl Link {
    /// Reads the link out of a commit body, whatever else it holds. Quick where the two fields come
    /// first, as the ledger writes them.
    ///
    /// # Errors
    /// If the body is no MessagePack map with these two fields.
    pub fn read(body: &[u8]) -> Result<Self, rmp_serde::decode::Error> {
        match Self::at_front(body) {
            Some(link) => Ok(link),
            None => crate::decode::from_slice(body),
        }
    }

    /// The link if the body begins with it: a map header, `number`, `before`.
    fn at_front(body: &[u8]) -> Option<Self> {
        let rest = match body {
            [0x82..=0x8f, rest @ ..] | [0xde, _, _, rest @ ..] => rest,
            _ => return None,
        };
        let (number, rest) = unsigned(rest.strip_prefix(b"\xa6number")?)?;
        let before = rest.strip_prefix(b"\xa6before\xc4\x20")?.first_chunk()?;
        Some(Self { number, before: Hash(*before) })
    }
}

/// A MessagePack unsigned integer and what follows it.
fn unsigned(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (&kind, rest) = bytes.split_first()?;
    let width = match kind {
        0..=0x7f => return Some((kind.into(), rest)),
        0xcc..=0xcf => 1 << (kind - 0xcc),
        _ => return None,
    };
    let (digits, rest) = rest.split_at_checked(width)?;
    Some((digits.iter().fold(0, |number, &digit| number << 8 | u64::from(digit)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct LinkFirst {
        number: u64,
        before: Hash,
        records: Vec<String>,
    }

    #[derive(Serialize)]
    struct LinkLast {
        records: Vec<String>,
        before: Hash,
        number: u64,
    }

    #[test]
    fn a_link_is_read_wherever_it_stands_among_the_fields() {
        for number in [1, 127, 128, 255, 256, 65_535, 65_536, u64::from(u32::MAX) + 1, u64::MAX] {
            let (before, records) = (Hash::of(b"before"), vec!["a".to_owned()]);
            let first = LinkFirst { number, before, records: records.clone() };
            let last = LinkLast { records, before, number };

            let first = rmp_serde::to_vec_named(&first).unwrap();
            let last = rmp_serde::to_vec_named(&last).unwrap();

            assert_eq!(Link::at_front(&first), Some(Link { number, before }));
            assert_eq!(Link::at_front(&last), None);
            assert_eq!(Link::read(&last).unwrap(), Link { number, before });
        }
    }

    #[test]
    fn a_body_cut_anywhere_in_its_link_has_none() {
        let link = Link { number: 70_000, before: Hash::NONE };
        let body = rmp_serde::to_vec_named(&link).unwrap();

        for end in 0..body.len() {
            assert!(Link::read(&body[..end]).is_err(), "cut at {end}");
        }
    }
}
