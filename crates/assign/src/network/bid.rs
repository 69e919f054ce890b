//! A first assignment by bidding: cheap, and most of it final.
//!
//! A waiting head takes its best person at the price at which it would turn to its second best;
//! who is full lets their lowest bidder go. No bid is rounded up, so the prices stay exact and
//! what is left waiting at a tie, or when the bids run out, is placed by searching (the augmenting
//! row reduction of Jonker & Volgenant 1987, for people with several seats as in the auction of
//! Bertsekas & Castañon 1989). Without steps only.

use super::{Network, Seat, Use};
use crate::problem::{Cost, NeedIx};

/// Bids a head, on average; more of them gain less than the searches they save.
const BIDS_PER_HEAD: u64 = 6;

/// What a need would do next.
struct Wish {
    at: u32,
    /// What the best link costs with the person's price.
    cost: Cost,
    /// What the next best thing costs.
    next: Cost,
    room: bool,
}

impl Network {
    /// Bids for all waiting heads. Afterwards some may wait, and some people may beckon.
    pub(crate) fn bid(&mut self, go_on: &mut dyn FnMut(u64) -> bool) {
        debug_assert!(self.steps.is_empty(), "seats of one person differ in price only by bids");
        let mut waiting: Vec<NeedIx> = (0..self.needs.len() as NeedIx).rev().collect();
        let heads: u64 = self.needs.iter().map(|need| u64::from(need.heads)).sum();
        let mut left = heads * BIDS_PER_HEAD;
        let mut ask = self.work + super::place::ASK_EVERY;
        while let Some(need) = waiting.pop() {
            while self.has_open_head(need) && left > 0 && self.bid_once(need, &mut waiting) {
                left -= 1;
            }
            if self.work >= ask {
                if !go_on(self.work) {
                    break;
                }
                ask = self.work + super::place::ASK_EVERY;
            }
        }
        for need in 0..self.needs.len() as NeedIx {
            if self.has_open_head(need) {
                self.settle_price(need);
            }
        }
    }

    /// Also at the price of leaving it open: that may be the price of another head.
    fn has_open_head(&self, need: NeedIx) -> bool {
        let node = &self.needs[need as usize];
        node.placed < node.heads
    }

    /// One bid; `false` when the need gains nothing by bidding.
    fn bid_once(&mut self, need: NeedIx, waiting: &mut Vec<NeedIx>) -> bool {
        let Some(wish) = self.wish(need) else {
            self.needs[need as usize].price = self.needs[need as usize].open_cost;
            return false;
        };
        let link = *self.links.at(need, wish.at);
        let bid = wish.next - link.cost;
        if !wish.room {
            let seats = self.seats.of(link.person).iter();
            let Some(lowest) = seats.min_by_key(|seat| seat.bid).copied() else { return false };
            if bid <= lowest.bid {
                return false;
            }
            self.release(lowest.need, lowest.at);
            waiting.push(lowest.need);
        }
        self.needs[need as usize].price = wish.next;
        self.take(need, wish.at);
        if let Some(seat) = self.seats.of_mut(link.person).last_mut() {
            seat.bid = bid;
        }
        if !self.has_room(link.person) {
            let lowest = self.seats.of(link.person).iter().map(|seat: &Seat| seat.bid).min();
            self.people[link.person as usize].price = -lowest.unwrap_or(0);
        }
        true
    }

    /// The best and the second best; `None` when leaving a head open is as good. Of equals the one
    /// with room.
    fn wish(&mut self, need: NeedIx) -> Option<Wish> {
        let open_cost = self.needs[need as usize].open_cost;
        let mut wish = Wish { at: 0, cost: open_cost, next: open_cost, room: true };
        let links = self.links.of(need);
        self.work += links.len() as u64;
        for (at, link) in links.iter().enumerate() {
            let cost = link.cost - self.people[link.person as usize].price;
            if cost >= wish.next && (cost > wish.cost || wish.room) || link.used != Use::Unused {
                continue;
            }
            if cost > wish.cost {
                wish.next = cost;
                continue;
            }
            let room = self.has_room(link.person);
            if cost < wish.cost || room && !wish.room {
                wish = Wish { at: at as u32, cost, next: wish.cost, room };
            } else {
                wish.next = cost;
            }
        }
        (wish.cost < open_cost).then_some(wish)
    }
}
