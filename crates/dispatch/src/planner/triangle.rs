//! Two new times, of a pickup and of a drop-off, and time zero: the limits between the three.
//!
//! The rest of the route enters through its closed network, so that whether the times exist, how
//! far the request's windows would have to be shifted and which of its own limits would have to
//! give way are each a handful of sums.

use crate::{Problem, RequestIx, Window, planner::limits::EPSILON};

/// The tightest limits between time zero, the pickup and the drop-off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triangle {
    pub(super) zero_pickup: f64,
    pub(super) pickup_zero: f64,
    pub(super) zero_dropoff: f64,
    pub(super) dropoff_zero: f64,
    pub(super) pickup_dropoff: f64,
    pub(super) dropoff_pickup: f64,
    pub(super) slack: f64,
}

/// The windows of a request, promises included, and its longest ride from begin to begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub(super) request: RequestIx,
    pub(super) pickup: Window,
    pub(super) dropoff: Window,
    /// The windows, and what they and the longest ride imply of each other.
    pub(super) near_pickup: Window,
    pub(super) near_dropoff: Window,
    most: f64,
    /// From the begin of the pickup straight to the begin of the drop-off.
    pub(super) straight: f64,
}

impl Wish {
    pub(super) fn of(problem: &Problem, request: RequestIx) -> Self {
        let wanted = &problem.requests[request as usize];
        let promise = wanted.promise;
        let straight = problem.matrix.time(wanted.pickup.place, wanted.dropoff.place);
        let pickup = wanted.pickup.window.and(promise.map_or(Window::ALWAYS, |p| p.pickup));
        let dropoff = wanted.dropoff.window.and(promise.map_or(Window::ALWAYS, |p| p.dropoff));
        let most = wanted.pickup.service + wanted.max_ride;
        Self {
            request,
            pickup,
            dropoff,
            near_pickup: Window {
                earliest: pickup.earliest.max(dropoff.earliest - most),
                ..pickup
            },
            near_dropoff: Window { latest: dropoff.latest.min(pickup.latest + most), ..dropoff },
            most,
            straight: wanted.pickup.service + straight,
        }
    }

    /// A limit of its own, as the most that one time can be after another.
    pub(super) fn most(&self, own: Own) -> f64 {
        match own {
            Own::DropoffLatest => self.dropoff.latest,
            Own::PickupLatest => self.pickup.latest,
            Own::Ride => self.most,
            Own::PickupEarliest => -self.pickup.earliest,
            Own::DropoffEarliest => -self.dropoff.earliest,
        }
    }
}

/// A limit of the request's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    DropoffLatest,
    PickupLatest,
    Ride,
    PickupEarliest,
    DropoffEarliest,
}

impl Own {
    /// All of them; those that are named rather than others come first.
    pub(super) const ALL: [Self; 5] = [
        Self::DropoffLatest,
        Self::PickupLatest,
        Self::Ride,
        Self::PickupEarliest,
        Self::DropoffEarliest,
    ];
}

impl Triangle {
    pub(super) const FREE: Self = Self {
        zero_pickup: f64::INFINITY,
        pickup_zero: f64::INFINITY,
        zero_dropoff: f64::INFINITY,
        dropoff_zero: f64::INFINITY,
        pickup_dropoff: f64::INFINITY,
        dropoff_pickup: f64::INFINITY,
        slack: 0.0,
    };

    /// The same with the request's own limits.
    pub(super) fn within(self, wish: &Wish) -> Self {
        Own::ALL.iter().fold(self, |triangle, &own| triangle.with(wish, own))
    }

    /// The same with one more of the request's own limits.
    pub(super) fn with(mut self, wish: &Wish, own: Own) -> Self {
        let limit = match own {
            Own::DropoffLatest => &mut self.zero_dropoff,
            Own::PickupLatest => &mut self.zero_pickup,
            Own::Ride => &mut self.pickup_dropoff,
            Own::PickupEarliest => &mut self.pickup_zero,
            Own::DropoffEarliest => &mut self.dropoff_zero,
        };
        *limit = limit.min(wish.most(own));
        self
    }

    /// The tightest limits that follow from all.
    fn closed(&self) -> Self {
        Self {
            zero_pickup: self.zero_pickup.min(self.zero_dropoff + self.dropoff_pickup),
            zero_dropoff: self.zero_dropoff.min(self.zero_pickup + self.pickup_dropoff),
            pickup_zero: self.pickup_zero.min(self.pickup_dropoff + self.dropoff_zero),
            dropoff_zero: self.dropoff_zero.min(self.dropoff_pickup + self.pickup_zero),
            pickup_dropoff: self.pickup_dropoff.min(self.pickup_zero + self.zero_dropoff),
            dropoff_pickup: self.dropoff_pickup.min(self.dropoff_zero + self.zero_pickup),
            slack: self.slack,
        }
    }

    /// One of the request's own limits, left out here, as it would have to be.
    pub(super) fn needed(&self, own: Own) -> f64 {
        let closed = self.closed();
        match own {
            Own::DropoffLatest => -closed.dropoff_zero,
            Own::PickupLatest => -closed.pickup_zero,
            Own::Ride => -closed.dropoff_pickup,
            Own::PickupEarliest => closed.zero_pickup,
            Own::DropoffEarliest => closed.zero_dropoff,
        }
    }

    /// The weight of the most negative cycle, or 0: how much the limits miss each other by.
    pub(super) fn slack(&self) -> f64 {
        if self.slack == f64::NEG_INFINITY {
            return self.slack;
        }
        (self.zero_pickup + self.pickup_zero)
            .min(self.zero_dropoff + self.dropoff_zero)
            .min(self.pickup_dropoff + self.dropoff_pickup)
            .min(self.zero_pickup + self.pickup_dropoff + self.dropoff_zero)
            .min(self.zero_dropoff + self.dropoff_pickup + self.pickup_zero)
            .min(self.slack)
    }

    /// Whether times exist.
    pub(super) fn holds(&self) -> bool {
        self.slack() >= -EPSILON
    }

    /// How far both windows of the request may be shifted together for it to fit; `self` is without
    /// its limits. None where no shift helps.
    pub(super) fn shifts(self, wish: &Wish) -> Option<Window> {
        let free = self.with(wish, Own::Ride);
        if !free.holds() {
            return None;
        }
        let free = free.closed();
        if wish.pickup.latest + free.pickup_dropoff < wish.dropoff.earliest - EPSILON
            || wish.dropoff.latest + free.dropoff_pickup < wish.pickup.earliest - EPSILON
        {
            return None;
        }
        let [pickup, dropoff] = [wish.pickup, wish.dropoff];
        let shifts = Window {
            earliest: (-free.pickup_zero - pickup.latest).max(-free.dropoff_zero - dropoff.latest),
            latest: (free.zero_pickup - pickup.earliest).min(free.zero_dropoff - dropoff.earliest),
        };
        (shifts.earliest <= shifts.latest + EPSILON).then_some(shifts)
    }
}
