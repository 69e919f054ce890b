//! Some of many, in order.

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, K> {
    /// At most as many as asked for.
    pub items: Vec<T>,
    /// Ask with it for what comes after; `None`: this was all.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// The first `size` of `all`.
    pub(crate) fn of(mut all: impl Iterator<Item = T>, size: usize, key: impl Fn(&T) -> K) -> Self {
        let items: Vec<T> = all.by_ref().take(size).collect();
        let more = all.next().is_some();
        Self { next: items.last().filter(|_| more).map(key), items }
    }
}
