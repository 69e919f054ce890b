//! Bit-sliced numbers: one small number for each of many people, kept bit by bit across them.
//!
//! A bitmap for each binary digit makes "everybody whose number is at least x" and "add w for all
//! of these" a handful of bitmap operations, however many people there are. After O'Neil & Quass,
//! *Improved query performance with variant indexes*, SIGMOD 1997, and Rinfret, O'Neil & O'Neil,
//! *Bit-sliced index arithmetic*, SIGMOD 2001.
//!
//! Whoever was never given a number has 0. Slots stand for people, see the pool.

use super::bits::{Bits, WORDS};

/// A number for each slot. `planes[j]` holds the slots whose number has binary digit `j` set.
#[derive(Clone, Debug, Default)]
pub(super) struct Sliced {
    planes: Vec<Bits>,
}

impl Sliced {
    /// The number of `slot` becomes `new`; it must have been `old`. `O(digits that differ)`.
    pub(super) fn replace(&mut self, slot: u32, old: u64, new: u64) {
        let mut differ = old ^ new;
        while differ != 0 {
            let digit = differ.trailing_zeros();
            self.plane(digit as usize).put(slot, new >> digit & 1 == 1);
            differ &= differ - 1;
        }
    }

    /// Adds `weight` to the numbers of all of `slots`. Sums must stay below 2^64.
    pub(super) fn add(&mut self, slots: Bits, weight: u64) {
        let mut left = weight;
        while left != 0 {
            let mut digit = left.trailing_zeros() as usize;
            let mut carry = slots.clone();
            while !carry.is_empty() {
                self.plane(digit).add(&mut carry);
                digit += 1;
            }
            left &= left - 1;
        }
    }

    /// Those of `among` whose number is `least` or more.
    pub(super) fn at_least(&self, among: Bits, least: u64) -> Bits {
        if self.planes.len() < 64 && least >> self.planes.len() != 0 {
            return Bits::default();
        }
        let mut among = among;
        for (at, equal) in among.blocks_mut() {
            let mut more = [0; WORDS];
            for (digit, plane) in self.planes.iter().enumerate().rev() {
                let plane = plane.block(at).unwrap_or(&[0; WORDS]);
                let wanted = if least >> digit & 1 == 1 { u64::MAX } else { 0 };
                for ((equal, more), has) in equal.iter_mut().zip(&mut more).zip(plane) {
                    *more |= *equal & has & !wanted;
                    *equal &= !(has ^ wanted);
                }
            }
            equal.iter_mut().zip(more).for_each(|(equal, more)| *equal |= more);
        }
        among
    }

    /// `among` in groups of equal number, the highest number first, none of them empty.
    pub(super) fn descending(&self, among: Bits) -> Descending<'_> {
        Descending { planes: &self.planes, open: vec![(self.planes.len(), 0, among)] }
    }

    /// Whether nobody has a number but 0.
    pub(super) fn is_zero(&self) -> bool {
        self.planes.iter().all(Bits::is_empty)
    }

    fn plane(&mut self, digit: usize) -> &mut Bits {
        if self.planes.len() <= digit {
            self.planes.resize_with(digit + 1, Bits::default);
        }
        &mut self.planes[digit]
    }
}

/// See [`Sliced::descending`]. Splits a group only when it is its turn.
pub(super) struct Descending<'a> {
    planes: &'a [Bits],
    /// Digits still to look at, the number so far, who has it.
    open: Vec<(usize, u64, Bits)>,
}

impl Iterator for Descending<'_> {
    type Item = (u64, Bits);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (digits, number, slots) = self.open.pop()?;
            if slots.is_empty() {
                continue;
            }
            let Some(digit) = digits.checked_sub(1) else { return Some((number, slots)) };
            let set = slots.clone().and(&self.planes[digit]);
            self.open.push((digit, number, slots.minus(&self.planes[digit])));
            self.open.push((digit, number | 1 << digit, set));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn adding_comparing_and_ordering_agree_with_plain_numbers(
            first in prop::collection::vec(0u64..70, 1..40),
            adds in prop::collection::vec((0u64..200, any::<u64>()), 0..6),
            least in 0u64..300,
        ) {
            let mut plain = first.clone();
            let mut sliced = Sliced::default();
            for (slot, &number) in first.iter().enumerate() {
                sliced.replace(slot as u32, 0, number ^ 5);
                sliced.replace(slot as u32, number ^ 5, number);
            }
            for &(weight, who) in &adds {
                let slots = (0..plain.len() as u32).filter(|slot| who >> slot & 1 == 1);
                let slots: Bits = slots.collect();
                slots.iter().for_each(|slot| plain[slot as usize] += weight);
                sliced.add(slots, weight);
            }
            let all: Bits = (0..plain.len() as u32).collect();

            let reach = sliced.at_least(all.clone(), least);
            let groups: Vec<_> = sliced.descending(all).collect();

            for (slot, &number) in plain.iter().enumerate() {
                prop_assert_eq!(reach.contains(slot as u32), number >= least);
                let group = groups.iter().find(|(_, slots)| slots.contains(slot as u32));
                prop_assert_eq!(group.map(|group| group.0), Some(number));
            }
            prop_assert!(groups.windows(2).all(|pair| pair[0].0 > pair[1].0));
            prop_assert_eq!(sliced.is_zero(), plain.iter().all(|&number| number == 0));
        }
    }
}
