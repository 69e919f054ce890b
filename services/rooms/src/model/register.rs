//! Things by id, each at a fixed place: an index of four bytes stands for an id of sixteen.
//!
//! They lie in chunks, and their ids in shards: a vector or a map of a million bookings that doubles
//! would hold up everyone for as long as it takes to move them.

use std::{array, collections::HashMap, fmt, hash::Hash, marker::PhantomData};

use uuid::Uuid;

/// Things in one chunk.
const CHUNK: usize = 1024;

/// Maps from ids; an id's last byte says in which it is.
const SHARDS: usize = 16;

/// The place of one `T` in its [`Register`].
pub(super) struct Ix<T>(u32, PhantomData<fn() -> T>);

impl<T> Ix<T> {
    /// Not after any other.
    pub(super) const FIRST: Self = Self(0, PhantomData);

    #[cfg(test)]
    pub(super) const fn nth(place: u32) -> Self {
        Self(place, PhantomData)
    }
}

/// What was registered, in that order. Nothing ever leaves.
#[derive(Debug)]
pub(super) struct Register<Id, T> {
    /// All full but the last.
    chunks: Vec<Vec<T>>,
    by_id: [HashMap<Id, Ix<T>>; SHARDS],
}

impl<Id: Copy + Eq + Hash + Into<Uuid>, T> Register<Id, T> {
    pub(super) fn add(&mut self, id: Id, item: T) -> Ix<T> {
        let place = u32::try_from(self.len()).expect("memory ends before 4 billion");
        let ix = Ix(place, PhantomData);
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => last.push(item),
            // A small municipality's first chunk grows with it.
            last => {
                let mut chunk = Vec::with_capacity(last.map_or(1, |_| CHUNK));
                chunk.push(item);
                self.chunks.push(chunk);
            }
        }
        self.by_id[shard(id)].insert(id, ix);
        ix
    }

    pub(super) fn find(&self, id: Id) -> Option<Ix<T>> {
        self.by_id[shard(id)].get(&id).copied()
    }

    pub(super) fn get(&self, id: Id) -> Option<&T> {
        self.find(id).map(|ix| &self[ix])
    }

    pub(super) fn len(&self) -> usize {
        self.chunks.last().map_or(0, |last| (self.chunks.len() - 1) * CHUNK + last.len())
    }

    /// In the order of registration.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Ix<T>, &T)> {
        (0..).map(|place| Ix(place, PhantomData)).zip(self.chunks.iter().flatten())
    }

    /// The same, to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.chunks.iter_mut().flatten()
    }
}

fn shard<Id: Into<Uuid>>(id: Id) -> usize {
    usize::from(id.into().as_bytes()[15]) % SHARDS
}

impl<Id, T> std::ops::Index<Ix<T>> for Register<Id, T> {
    type Output = T;

    fn index(&self, ix: Ix<T>) -> &T {
        &self.chunks[ix.0 as usize / CHUNK][ix.0 as usize % CHUNK]
    }
}

impl<Id, T> std::ops::IndexMut<Ix<T>> for Register<Id, T> {
    fn index_mut(&mut self, ix: Ix<T>) -> &mut T {
        &mut self.chunks[ix.0 as usize / CHUNK][ix.0 as usize % CHUNK]
    }
}

impl<Id, T> Default for Register<Id, T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), by_id: array::from_fn(|_| HashMap::new()) }
    }
}

impl<Id: Eq + Hash, T: PartialEq> PartialEq for Register<Id, T> {
    fn eq(&self, other: &Self) -> bool {
        self.chunks == other.chunks && self.by_id == other.by_id
    }
}

// By hand: a derive would ask the same of `T`.
impl<T> Clone for Ix<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Ix<T> {}
impl<T> PartialEq for Ix<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Ix<T> {}
impl<T> PartialOrd for Ix<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Ix<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> fmt::Debug for Ix<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}
