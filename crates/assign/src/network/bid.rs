//! A first assignment by bidding: cheap, and most of it final.
//!
//! A need's waiting heads take its best people at the price at which it would turn to the next
//! best; who is full lets their lowest bidder go. No bid is rounded up, so the prices stay exact,
//! and what is left waiting at a tie, or when the bids run out, is placed by searching (the
//! augmenting row reduction of Jonker & Volgenant 1987, for people with several seats as in the
//! auction of Bertsekas & Castañon 1989). Without steps only.
//!
//! While bids are made, the seats of each person are a heap, the lowest bid first.

use std::collections::BinaryHeap;

use super::{Network, Seat, Use, place::ASK_EVERY};
use crate::problem::{Cost, NeedIx};

/// Bids a head, on average; more of them gain less than the searches they save.
const BIDS_PER_HEAD: u64 = 6;
/// How often those who met a tie try again.
const PASSES: usize = 3;

/// What a link comes to; whether the person is full, so that of equals one with room comes first;
/// where the link is.
type Wish = (Cost, bool, u32);

impl Network {
    /// Bids for all heads. Afterwards some may wait, and some people may beckon.
    pub(crate) fn bid(&mut self, go_on: &mut dyn FnMut(u64) -> bool) {
        debug_assert!(self.steps.is_empty(), "seats of one person differ in price only by bids");
        let heads: u64 = self.needs.iter().map(|need| u64::from(need.heads)).sum();
        let mut left = heads.saturating_mul(BIDS_PER_HEAD);
        let mut wishes = BinaryHeap::new();
        let mut ask = self.work + ASK_EVERY;
        // What met a tie may meet none once others have bid.
        for _ in 0..PASSES {
            let needs = (0..self.needs.len() as NeedIx).rev();
            let mut waiting: Vec<NeedIx> =
                needs.filter(|&need| self.waiting_heads(need) > 0).collect();
            while let Some(need) = waiting.pop()
                && left > 0
            {
                if self.waiting_heads(need) > 0 {
                    let level = self.wish(need, &mut wishes);
                    self.needs[need as usize].price = level;
                    left = left.saturating_sub(wishes.len() as u64);
                    for (_, full, at) in wishes.drain() {
                        self.bid_for(need, at, level, full, &mut waiting);
                    }
                }
                if self.work >= ask {
                    left = if go_on(self.work) { left } else { 0 };
                    ask = self.work + ASK_EVERY;
                }
            }
        }
        for need in 0..self.needs.len() as NeedIx {
            if self.waiting_heads(need) > 0 {
                self.settle_price(need);
            }
        }
    }

    /// Also those at the price of leaving them open: that may be the price of another head.
    fn waiting_heads(&self, need: NeedIx) -> usize {
        let node = &self.needs[need as usize];
        (node.heads - node.placed) as usize
    }

    /// One head bids for one person up to `level`, cost and price together.
    fn bid_for(
        &mut self,
        need: NeedIx,
        at: u32,
        level: Cost,
        full: bool,
        waiting: &mut Vec<NeedIx>,
    ) {
        let link = *self.links.at(need, at);
        let bid = level - link.cost;
        if full {
            let Some(&lowest) = self.seats.of(link.person).first() else { return };
            if bid <= lowest.bid {
                return;
            }
            self.release(lowest.need, lowest.at);
            sink(self.seats.of_mut(link.person));
            waiting.push(lowest.need);
        }
        self.take(need, at);
        rise(self.seats.of_mut(link.person), bid);
        if !self.has_room(link.person) {
            let lowest = self.seats.of(link.person)[0].bid;
            self.people[link.person as usize].price = -lowest;
        }
    }

    /// The best links for all heads that wait, as far as they are better than leaving a head open;
    /// what the next best thing comes to.
    fn wish(&mut self, need: NeedIx, wishes: &mut BinaryHeap<Wish>) -> Cost {
        let heads = self.waiting_heads(need);
        let mut limit = self.needs[need as usize].open_cost;
        let links = self.links.of(need);
        self.work += links.len() as u64;
        for (at, link) in links.iter().enumerate() {
            let cost = link.cost - self.people[link.person as usize].price;
            if cost > limit || link.used != Use::Unused {
                continue;
            }
            let wish = (cost, !self.has_room(link.person), at as u32);
            if wishes.len() <= heads {
                wishes.push(wish);
            } else if let Some(mut worst) = wishes.peek_mut()
                && wish < *worst
            {
                *worst = wish;
            }
            if wishes.len() > heads {
                limit = wishes.peek().map_or(limit, |worst| worst.0);
            }
        }
        if wishes.len() > heads {
            wishes.pop();
        }
        limit
    }
}

/// The last of the seats gets its bid, and its place in the heap.
fn rise(seats: &mut [Seat], bid: Cost) {
    let mut at = seats.len() - 1;
    seats[at].bid = bid;
    while at > 0 && seats[(at - 1) / 2].bid > bid {
        seats.swap(at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

/// The first of the seats finds its place in the heap.
fn sink(seats: &mut [Seat]) {
    let mut at = 0;
    while let Some(child) = (2 * at + 1..seats.len().min(2 * at + 3)).min_by_key(|&c| seats[c].bid)
        && seats[child].bid < seats[at].bid
    {
        seats.swap(at, child);
        at = child;
    }
}
