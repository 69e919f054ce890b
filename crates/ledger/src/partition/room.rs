//! Memory of large commits that are written, for those that come next: asking the system for as much
//! again, page by page, costs as much as encoding the records.

use std::sync::Mutex;

use bytes::{Bytes, BytesMut};

use crate::ledger::lock;

/// What is less comes back from the allocator as quickly.
const LARGE: usize = 64 * 1024;

/// Kept for all partitions of a ledger together; each is at most twice what a commit can be.
const MOST: usize = 8;

/// What is kept.
#[derive(Debug, Default)]
pub(crate) struct Room(Mutex<Vec<BytesMut>>);

impl Room {
    /// Empty, and perhaps with much room.
    pub(super) fn take(&self) -> BytesMut {
        lock(&self.0).pop().unwrap_or_default()
    }

    /// Takes back what a written commit lay in, if nobody else holds it.
    pub(super) fn give(&self, written: Bytes) {
        let Ok(mut bytes) = written.try_into_mut() else { return };
        let mut kept = lock(&self.0);
        if bytes.capacity() >= LARGE && kept.len() < MOST {
            bytes.clear();
            kept.push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_of_a_large_commit_is_used_again_once_nobody_holds_it() {
        let room = Room::default();
        let commit = BytesMut::zeroed(2 * LARGE).freeze();
        let held = commit.clone();

        room.give(commit);
        assert_eq!(room.take().capacity(), 0, "somebody may still read it");

        room.give(held);
        let again = room.take();
        assert!(again.is_empty());
        assert!(again.capacity() >= 2 * LARGE);
    }

    #[test]
    fn no_more_is_kept_than_a_few_and_nothing_small() {
        let room = Room::default();
        room.give(BytesMut::with_capacity(LARGE / 2).freeze());
        assert_eq!(room.take().capacity(), 0);

        for _ in 0..2 * MOST {
            room.give(BytesMut::with_capacity(LARGE).freeze());
        }
        assert_eq!(lock(&room.0).len(), MOST);
    }
}
