//! One answer in as many messages as it takes: clients take 4 MiB a message by default.

/// A message ends before its lists come to more.
const MOST_BYTES: usize = 1024 * 1024;

/// Messages of the same answer, one after the other.
#[derive(Debug)]
pub struct Pages<M> {
    head: M,
    full: Vec<M>,
    last: M,
    bytes: usize,
}

impl<M: Clone> Pages<M> {
    /// Each message begins as this one, whose lists are empty.
    pub fn new(head: M) -> Self {
        Self { last: head.clone(), head, full: Vec::new(), bytes: 0 }
    }

    /// The page that takes so many bytes more; the last one, or a new one.
    pub fn room_for(&mut self, bytes: usize) -> &mut M {
        // Its tag, and its length.
        self.bytes += bytes + 6;
        if self.bytes > MOST_BYTES {
            self.full.push(std::mem::replace(&mut self.last, self.head.clone()));
            self.bytes = bytes;
        }
        &mut self.last
    }

    /// All of them; at least one.
    #[must_use]
    pub fn into_messages(mut self) -> Vec<M> {
        self.full.push(self.last);
        self.full
    }
}
