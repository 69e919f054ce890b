//! The tags of one thing on the map: key and value, both text.

use bytes::Bytes;

/// Borrowed from the block's strings. Tags that are no text or name no string are left out.
#[derive(Debug)]
pub(crate) struct Tags<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Tags<'a> {
    /// From two columns of string numbers.
    pub(super) fn of_columns(strings: &'a [Bytes], keys: &[u32], values: &[u32]) -> Self {
        let text = |&i: &u32| string(strings, i);
        Self(keys.iter().zip(values).filter_map(|(k, v)| text(k).zip(text(v))).collect())
    }

    /// From string numbers, key and value in turn.
    pub(super) fn of_pairs(strings: &'a [Bytes], pairs: &[i32]) -> Self {
        let text = |i| string(strings, i);
        Self(pairs.chunks_exact(2).filter_map(|p| text(p[0]).zip(text(p[1]))).collect())
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(k, _)| *k == key).map(|&(_, v)| v)
    }

    /// The value of the first of these keys that is there.
    pub(crate) fn first(&self, keys: &[&str]) -> Option<&'a str> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// Whether a key has this value.
    pub(crate) fn is(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }
}

#[cfg(test)]
impl<'a> From<&[(&'a str, &'a str)]> for Tags<'a> {
    fn from(pairs: &[(&'a str, &'a str)]) -> Self {
        Self(pairs.to_vec())
    }
}

/// A string by its number.
pub(super) fn string(strings: &[Bytes], index: impl TryInto<usize>) -> Option<&str> {
    std::str::from_utf8(strings.get(index.try_into().ok()?)?).ok()
}
