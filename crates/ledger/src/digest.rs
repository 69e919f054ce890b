//! What a state comes to: one hash, the same for equal states whatever way they came about.
//!
//! It is taken of what `Debug` shows, since all that is derived shows every field, and no model has to
//! say its state a second time. Maps and sets are shown in an order of their own in each process, so
//! what stands between braces counts whatever its order. Two states are compared within one version
//! of the program: what `Debug` shows may change with the next.

use std::fmt::{self, Write as _};

use dugnad_journal::Hash;

/// The hash of a state. `O(what Debug shows)`, and 32 bytes an element of the maps that are open.
pub(crate) fn digest(state: &impl fmt::Debug) -> Hash {
    let mut canonical = Canonical::default();
    write!(canonical, "{state:?}").expect("hashing never fails");
    Hash::of(canonical.root.finalize().as_bytes())
}

#[derive(Default)]
struct Canonical {
    root: blake3::Hasher,
    open: Vec<Bracket>,
    /// The quote that ends the text being read.
    quote: Option<u8>,
    escaped: bool,
    /// The last two bytes: ` {` after a word opens a struct, whose fields have an order.
    last: [u8; 2],
}

/// What is open.
enum Bracket {
    /// A struct, a list or a tuple.
    Ordered,
    /// A map or a set.
    Unordered(Box<Elements>),
}

#[derive(Default)]
struct Elements {
    done: Vec<[u8; 32]>,
    current: blake3::Hasher,
    begun: bool,
}

impl Elements {
    fn end_one(&mut self) {
        if std::mem::take(&mut self.begun) {
            self.done.push(*self.current.finalize().as_bytes());
            self.current.reset();
        }
    }
}

impl fmt::Write for Canonical {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let bytes = text.as_bytes();
        let mut fed = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            if self.shapes(byte) {
                self.feed(&bytes[fed..at]);
                self.shape(byte);
                fed = at + 1;
            }
            self.last = [self.last[1], byte];
        }
        self.feed(&bytes[fed..]);
        Ok(())
    }
}

impl Canonical {
    /// Whether a byte is more than a part of a value. Follows quotes.
    fn shapes(&mut self, byte: u8) -> bool {
        if let Some(quote) = self.quote {
            match byte {
                _ if std::mem::take(&mut self.escaped) => {}
                b'\\' => self.escaped = true,
                _ if byte == quote => self.quote = None,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' | b'\'' => {
                self.quote = Some(byte);
                false
            }
            b',' => matches!(self.open.last(), Some(Bracket::Unordered(_))),
            _ => matches!(byte, b'{' | b'}' | b'[' | b']' | b'(' | b')'),
        }
    }

    fn shape(&mut self, byte: u8) {
        match byte {
            b'{' if !self.is_struct() => self.open.push(Bracket::Unordered(Box::default())),
            b'{' | b'[' | b'(' => {
                self.feed(&[byte]);
                self.open.push(Bracket::Ordered);
            }
            b',' => {
                if let Some(Bracket::Unordered(elements)) = self.open.last_mut() {
                    elements.end_one();
                }
            }
            _ => match self.open.pop() {
                Some(Bracket::Unordered(mut elements)) => {
                    elements.end_one();
                    elements.done.sort_unstable();
                    self.feed(b"{");
                    elements.done.iter().for_each(|element| self.feed(element));
                    self.feed(b"}");
                }
                _ => self.feed(&[byte]),
            },
        }
    }

    fn is_struct(&self) -> bool {
        let [word, space] = self.last;
        space == b' ' && (word.is_ascii_alphanumeric() || word == b'_')
    }

    /// Adds to whatever is innermost. Space between elements is none of theirs.
    fn feed(&mut self, bytes: &[u8]) {
        let unordered = self.open.iter_mut().rev().find_map(|bracket| match bracket {
            Bracket::Unordered(elements) => Some(elements),
            Bracket::Ordered => None,
        });
        match unordered {
            None => {
                self.root.update(bytes);
            }
            Some(elements) => {
                let bytes = if elements.begun { bytes } else { bytes.trim_ascii_start() };
                elements.begun |= !bytes.is_empty();
                elements.current.update(bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap, HashSet};

    use super::*;

    #[derive(Debug)]
    #[expect(dead_code, reason = "read by what `Debug` shows")]
    struct Shown {
        map: HashMap<String, Vec<HashSet<u32>>>,
        text: String,
    }

    fn shown(keys: impl Iterator<Item = u32>, text: &str) -> Shown {
        let row = |n: u32| (format!("{n} {{,\"'"), vec![(n..n + 5).collect(), [n].into()]);
        Shown { map: keys.map(row).collect(), text: text.to_owned() }
    }

    #[test]
    fn equal_states_have_one_digest_whatever_order_their_maps_are_in() {
        let one = shown(0..100, "a, {b}");
        let other = shown((0..100).rev(), "a, {b}");

        assert_ne!(
            format!("{one:?}"),
            format!("{other:?}"),
            "the order differs, or this is no test"
        );
        assert_eq!(digest(&one), digest(&other));
    }

    #[test]
    fn states_that_differ_anywhere_have_different_digests() {
        let states = [
            shown(0..3, "a"),
            shown(0..4, "a"),
            shown(0..3, "b"),
            shown(0..3, "a, {"),
            shown(0..3, "}, \"a"),
        ];
        let digests: HashSet<_> = states.iter().map(digest).collect();

        assert_eq!(digests.len(), states.len());
        // An element's place in a list counts, and which map it is in.
        assert_ne!(digest(&[1, 2]), digest(&[2, 1]));
        let in_map = |a: &[u32], b: &[u32]| {
            let set = |of: &[u32]| of.iter().copied().collect::<HashSet<_>>();
            digest(&BTreeMap::from([(1, set(a)), (2, set(b))]))
        };
        assert_ne!(in_map(&[1, 2], &[3]), in_map(&[1], &[2, 3]));
    }
}
