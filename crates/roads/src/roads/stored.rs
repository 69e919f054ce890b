//! Roads prepared once and kept: what is written is read back in a fraction of the time.
//!
//! A line that says what the file is, the parts as MessagePack, and a BLAKE3 hash of both. The
//! hash is what is believed: it finds a file that was cut short or damaged, not one that somebody
//! has made up. Another version of the form is another first line.

use std::io::{Read, Write};

use super::{Counts, Hierarchy, Network, Roads, Turns, snapper};
use crate::RoadsError;

/// How stored roads begin.
const FORM: &[u8] = b"dugnad roads 1\n";
/// The longest file that is read, bytes: ten times a county's.
const LONGEST: u64 = 4 << 30;

/// In the order of [`Roads`]'s fields.
type Parts = (Network, Turns, Hierarchy, Vec<[Option<u32>; 2]>, Vec<bool>, Vec<bool>, Counts);

impl Roads {
    /// Whether a file that begins so holds stored roads rather than a map extract.
    #[must_use]
    pub fn are_stored(beginning: &[u8]) -> bool {
        beginning.starts_with(FORM)
    }

    /// Writes everything but what is quickly made again; the same roads give the same bytes.
    ///
    /// # Errors
    /// [`RoadsError::Write`].
    pub fn store(&self, mut output: impl Write) -> Result<(), RoadsError> {
        let parts = (
            &self.network,
            &self.turns,
            &self.hierarchy,
            &self.arcs_of,
            &self.leads_on,
            &self.is_reached,
            self.counts,
        );
        let mut bytes = FORM.to_vec();
        let written = rmp_serde::encode::write(&mut bytes, &parts);
        written.map_err(|error| RoadsError::Write(std::io::Error::other(error)))?;
        let hash = blake3::hash(&bytes);
        bytes.extend(hash.as_bytes());
        output.write_all(&bytes).and_then(|()| output.flush()).map_err(RoadsError::Write)
    }

    /// Reads what [`store`](Self::store) wrote. `O(n log n)`.
    ///
    /// # Errors
    /// [`RoadsError::Read`], [`RoadsError::TooLarge`], and [`RoadsError::NotStored`] for every other
    /// file.
    pub fn from_stored(input: impl Read) -> Result<Self, RoadsError> {
        let mut bytes = Vec::new();
        input.take(LONGEST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LONGEST {
            return Err(RoadsError::TooLarge { what: "bytes", limit: LONGEST });
        }
        let wrong = |what| RoadsError::NotStored { what };
        if !Self::are_stored(&bytes) {
            return Err(wrong("are of another version, or something else"));
        }
        let damaged = || wrong("are cut short or damaged");
        let (stored, hash) = bytes.split_last_chunk::<{ blake3::OUT_LEN }>().ok_or_else(damaged)?;
        if blake3::hash(stored) != *hash {
            return Err(damaged());
        }
        let parts = stored.get(FORM.len()..).ok_or_else(damaged)?;
        let parts: Parts = rmp_serde::from_slice(parts).map_err(|_| damaged())?;
        let (network, turns, hierarchy, arcs_of, leads_on, is_reached, counts) = parts;
        let snapper = snapper(&network, &arcs_of);
        Ok(Self { network, turns, hierarchy, snapper, arcs_of, leads_on, is_reached, counts })
    }
}
