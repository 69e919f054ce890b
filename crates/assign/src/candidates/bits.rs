//! Sets of slots as bitmaps, in blocks of 4 096 of which the empty ones take no memory.
//!
//! Written rather than taken from a library because of what was measured: a compressed bitmap
//! counts its members and picks its form after each operation, and that, not the operation, was
//! most of a query's time and half of an update's.

/// Words in a block.
pub(super) const WORDS: usize = 64;
/// Slots in a block.
const SLOTS: usize = WORDS * 64;

/// 4 096 slots.
pub(super) type Block = [u64; WORDS];

/// A set of slots.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits {
    blocks: Vec<Option<Box<Block>>>,
}

impl Bits {
    /// Puts the slot in or out.
    pub(super) fn put(&mut self, slot: u32, member: bool) {
        let (at, word, bit) = place(slot);
        if self.blocks.len() <= at {
            if !member {
                return;
            }
            self.blocks.resize(at + 1, None);
        }
        let block = &mut self.blocks[at];
        if member {
            block.get_or_insert_with(|| Box::new([0; WORDS]))[word] |= bit;
        } else if let Some(words) = block {
            words[word] &= !bit;
            if words[word] == 0 && words.iter().all(|word| *word == 0) {
                *block = None;
            }
        }
    }

    pub(super) fn contains(&self, slot: u32) -> bool {
        let (at, word, bit) = place(slot);
        self.block(at).is_some_and(|block| block[word] & bit != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.blocks.iter().flatten().all(|block| is_zero(block))
    }

    /// Whether there are more than this many.
    pub(super) fn are_more_than(&self, count: u32) -> bool {
        let mut left = count;
        let mut words = self.blocks.iter().flatten().flat_map(|block| block.iter());
        words.any(|word| {
            let fits = left.checked_sub(word.count_ones());
            left = fits.unwrap_or(0);
            fits.is_none()
        })
    }

    /// The slots in rising order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        let blocks = self.blocks.iter().enumerate();
        let blocks = blocks.filter_map(|(at, block)| Some((at * SLOTS, block.as_deref()?)));
        let words = blocks.flat_map(|(from, block)| {
            block.iter().enumerate().map(move |(word, bits)| (from + word * 64, *bits))
        });
        words.flat_map(|(from, mut bits)| {
            std::iter::from_fn(move || {
                let slot = (bits != 0).then(|| from as u32 + bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
                slot
            })
        })
    }

    /// Those in both.
    #[must_use]
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.blocks.truncate(other.blocks.len());
        for (at, mine) in self.blocks.iter_mut().enumerate() {
            match (&mut *mine, other.block(at)) {
                (Some(mine), Some(theirs)) => each(mine, theirs, |a, b| a & b),
                _ => *mine = None,
            }
        }
        self
    }

    /// Those in this, not in the other.
    #[must_use]
    pub(super) fn minus(mut self, other: &Self) -> Self {
        for (mine, theirs) in self.blocks.iter_mut().zip(&other.blocks) {
            if let (Some(mine), Some(theirs)) = (mine, theirs) {
                each(mine, theirs, |a, b| a & !b);
            }
        }
        self
    }

    /// Those in either.
    #[must_use]
    pub(super) fn or(mut self, other: &Self) -> Self {
        self.fit(other);
        for (mine, theirs) in self.blocks.iter_mut().zip(&other.blocks) {
            match (&mut *mine, theirs) {
                (Some(mine), Some(theirs)) => each(mine, theirs, |a, b| a | b),
                (None, Some(_)) => mine.clone_from(theirs),
                (_, None) => {}
            }
        }
        self
    }

    /// Adds one binary digit: this becomes those in just one, `carry` those who were in both.
    pub(super) fn add(&mut self, carry: &mut Self) {
        self.fit(carry);
        for (sum, carry) in self.blocks.iter_mut().zip(&mut carry.blocks) {
            match (&mut *sum, &mut *carry) {
                (Some(sum), Some(carry)) => {
                    for (sum, carry) in sum.iter_mut().zip(carry.iter_mut()) {
                        (*sum, *carry) = (*sum ^ *carry, *sum & *carry);
                    }
                }
                (None, Some(_)) => *sum = carry.take(),
                (_, None) => {}
            }
        }
    }

    pub(super) fn block(&self, at: usize) -> Option<&Block> {
        self.blocks.get(at)?.as_deref()
    }

    /// The blocks that are there, with their numbers.
    pub(super) fn blocks_mut(&mut self) -> impl Iterator<Item = (usize, &mut Block)> {
        let blocks = self.blocks.iter_mut().enumerate();
        blocks.filter_map(|(at, block)| Some((at, block.as_deref_mut()?)))
    }

    fn fit(&mut self, other: &Self) {
        if self.blocks.len() < other.blocks.len() {
            self.blocks.resize(other.blocks.len(), None);
        }
    }
}

impl FromIterator<u32> for Bits {
    fn from_iter<I: IntoIterator<Item = u32>>(slots: I) -> Self {
        let mut bits = Self::default();
        slots.into_iter().for_each(|slot| bits.put(slot, true));
        bits
    }
}

fn place(slot: u32) -> (usize, usize, u64) {
    let slot = slot as usize;
    (slot / SLOTS, slot % SLOTS / 64, 1 << (slot % 64))
}

fn each(mine: &mut Block, theirs: &Block, change: impl Fn(u64, u64) -> u64) {
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine = change(*mine, *theirs);
    }
}

fn is_zero(block: &Block) -> bool {
    block.iter().fold(0, |any, word| any | word) == 0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    fn slots() -> impl Strategy<Value = BTreeSet<u32>> {
        let slot = prop_oneof![0u32..70, 4_090u32..4_100, 20_000u32..20_003];
        prop::collection::btree_set(slot, 0..60)
    }

    proptest! {
        #[test]
        fn they_are_sets(a in slots(), b in slots(), count in 0u32..60) {
            let bits = |set: &BTreeSet<u32>| set.iter().copied().collect::<Bits>();
            let list = |bits: Bits| bits.iter().collect::<Vec<u32>>();
            let (left, right) = (bits(&a), bits(&b));

            let both: Vec<u32> = a.intersection(&b).copied().collect();
            prop_assert_eq!(&list(left.clone().and(&right)), &both);
            prop_assert_eq!(
                list(left.clone().minus(&right)),
                a.difference(&b).copied().collect::<Vec<_>>()
            );
            prop_assert_eq!(
                list(left.clone().or(&right)),
                a.union(&b).copied().collect::<Vec<_>>()
            );
            let (mut sum, mut carry) = (left.clone(), right);
            sum.add(&mut carry);
            prop_assert_eq!(list(carry), both);
            prop_assert_eq!(
                list(sum),
                a.symmetric_difference(&b).copied().collect::<Vec<_>>()
            );
            prop_assert_eq!(left.are_more_than(count), a.len() > count as usize);
            prop_assert!(b.iter().all(|slot| left.contains(*slot) == a.contains(slot)));
        }

        #[test]
        fn whoever_is_put_out_takes_no_memory(a in slots(), b in slots()) {
            let mut bits: Bits = a.iter().copied().collect();
            b.iter().for_each(|slot| bits.put(*slot, false));
            prop_assert_eq!(bits.iter().collect::<BTreeSet<_>>(), &a - &b);
            a.iter().for_each(|slot| bits.put(*slot, false));
            prop_assert!(bits.is_empty() && bits.blocks.iter().all(Option::is_none));
        }
    }
}
