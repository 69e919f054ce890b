//! Where a request nearly fits on a vehicle that cannot take it, and which of its own limits would
//! have to give way there. All in constant time a pair of gaps.

use crate::planner::{
    Reason,
    explain::Case,
    gaps::Pair,
    triangle::{Own, Triangle, Wish},
};

/// A limit of the request's own is named unless another one is missed by less than the first over
/// this.
const FAR: f64 = 2.0;

/// Pairs of gaps that nearly work, and by how much they miss: the nearest, and the nearest for
/// lifting the request's own limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nearby {
    pub(super) least: Option<(f64, Pair)>,
    pub(super) own: Option<(f64, Pair)>,
}

impl Nearby {
    /// Whether somebody else's limit stands in the way much more narrowly than the request's own.
    pub(super) fn others_are_near(&self) -> bool {
        match (self.least, self.own) {
            (Some((least, _)), Some((own, _))) => own > FAR * least,
            (least, _) => least.is_some(),
        }
    }
}

impl Case<'_> {
    /// The pair of gaps that misses least, and the best for lifting limits of the request's own, of
    /// the pairs where nothing blocks. One own limit is better than several, then the least miss.
    pub(super) fn nearby(&self) -> Nearby {
        let gaps = self.gaps;
        let mut near = Nearby { least: None, own: None };
        let mut is_single = false;
        // A good pair first, so that most others need not be looked at.
        let floor = |gap: &usize| gaps.pickup_miss(*gap).max(gaps.dropoff_miss(*gap));
        let open = gaps.range().filter(|&gap| gaps.clear(gap));
        if let Some(gap) = open.min_by(|a, b| floor(a).total_cmp(&floor(b))) {
            self.consider(gaps.pair(gap, gap), &mut near, &mut is_single);
        }
        for i in gaps.range() {
            let floor = gaps.pickup_miss(i);
            let least = near.least.map_or(f64::INFINITY, |(miss, _)| miss);
            for j in gaps.after(i, least) {
                let least = near.least.map_or(f64::INFINITY, |(miss, _)| miss);
                let own = near.own.filter(|_| is_single).map_or(f64::INFINITY, |(miss, _)| miss);
                let bound = least.max(own);
                if !gaps.clear(j) || floor >= bound || gaps.is_past(j, bound) {
                    break;
                }
                let lack = gaps.lack(i, j);
                let bound = if lack > 0.0 { least } else { bound };
                if gaps.dropoff_miss(j).max(floor).max(lack) < bound {
                    self.consider(gaps.pair(i, j), &mut near, &mut is_single);
                }
                if gaps.pause(j) {
                    break;
                }
            }
        }
        near
    }

    fn consider(&self, pair: Pair, near: &mut Nearby, is_single: &mut bool) {
        let free = self.gaps.triangle(&self.slot.network, self.wish, pair);
        let miss = -free.within(self.wish).slack();
        if miss < near.least.map_or(f64::INFINITY, |(least, _)| least) {
            near.least = Some((miss, pair));
        }
        let is_less = near.own.is_none_or(|(own, _)| miss < own);
        if !pair.exact || *is_single && !is_less || !free.holds() {
            return;
        }
        let single = Own::ALL.iter().any(|&own| Self::lifts(free, self.wish, own));
        if single && !*is_single || single == *is_single && is_less {
            (near.own, *is_single) = (Some((miss, pair)), single);
        }
    }

    /// Whether lifting one own limit is enough.
    pub(super) fn lifts(free: Triangle, wish: &Wish, lifted: Own) -> bool {
        if wish.most(lifted) == f64::INFINITY {
            return false;
        }
        let others = Own::ALL.iter().filter(|&&own| own != lifted);
        others.fold(free, |triangle, &own| triangle.with(wish, own)).holds()
    }

    /// The fewest limits of the request's own to lift where nothing else stands in the way of two
    /// times, and the limits that are left.
    pub(super) fn own_reasons(&self, free: Triangle) -> (Vec<Reason>, Triangle) {
        let holds = free.within(self.wish).holds();
        let single = Own::ALL.iter().find(|&&own| !holds && Self::lifts(free, self.wish, own));
        let mut kept = free;
        let mut lifted = Vec::new();
        // What comes first in the order is lifted rather than what comes last.
        for &own in Own::ALL.iter().rev() {
            let with = kept.with(self.wish, own);
            if single.map_or_else(|| with.holds(), |&single| single != own) {
                kept = with;
            } else {
                lifted.push(own);
            }
        }
        let reasons = lifted.iter().map(|&own| self.own_reason(own, kept.needed(own))).collect();
        (reasons, kept)
    }

    fn own_reason(&self, own: Own, needed: f64) -> Reason {
        let wish = self.wish;
        let wanted = &self.problem.requests[wish.request as usize];
        match own {
            Own::PickupLatest => Reason::PickupLate { arrives: needed, closes: wish.pickup.latest },
            Own::DropoffLatest => {
                Reason::DropoffLate { arrives: needed, closes: wish.dropoff.latest }
            }
            Own::PickupEarliest => Reason::PickupEarly { by: needed, opens: wish.pickup.earliest },
            Own::DropoffEarliest => {
                Reason::DropoffEarly { by: needed, opens: wish.dropoff.earliest }
            }
            Own::Ride => {
                Reason::Aboard { takes: needed - wanted.pickup.service, most: wanted.max_ride }
            }
        }
    }
}
