//! Who is near whom: for each request the others by how close their ends are, worked out when first
//! asked for.

use std::cell::OnceCell;

use crate::{Problem, RequestIx};

/// Neighbours kept for each request.
const KEPT: usize = 100;

/// Requests near each request, nearest first.
pub(super) struct Near<'a> {
    problem: &'a Problem,
    lists: Vec<OnceCell<Vec<RequestIx>>>,
}

impl<'a> Near<'a> {
    pub(super) fn new(problem: &'a Problem) -> Self {
        Self { problem, lists: vec![OnceCell::new(); problem.requests.len()] }
    }

    /// Those near `request`, itself first. `O(requests)` the first time.
    pub(super) fn to(&self, request: RequestIx) -> &[RequestIx] {
        self.lists[request as usize].get_or_init(|| self.list(request))
    }

    fn list(&self, request: RequestIx) -> Vec<RequestIx> {
        let requests = self.problem.requests.len();
        let mut near: Vec<(f64, RequestIx)> = (0..requests as RequestIx)
            .map(|other| (if other == request { -1.0 } else { self.gap(request, other) }, other))
            .collect();
        let by_gap = |a: &(f64, RequestIx), b: &(f64, RequestIx)| a.0.total_cmp(&b.0);
        if requests > KEPT {
            near.select_nth_unstable_by(KEPT, |a, b| by_gap(a, b).then(a.1.cmp(&b.1)));
            near.truncate(KEPT);
        }
        near.sort_unstable_by(|a, b| by_gap(a, b).then(a.1.cmp(&b.1)));
        near.into_iter().map(|(_, other)| other).collect()
    }

    /// The shortest way between an end of one and an end of the other, either way.
    fn gap(&self, a: RequestIx, b: RequestIx) -> f64 {
        let ends = |r: RequestIx| {
            let request = &self.problem.requests[r as usize];
            [request.pickup.place, request.dropoff.place]
        };
        let mut gap = f64::INFINITY;
        for from in ends(a) {
            for to in ends(b) {
                let matrix = &self.problem.matrix;
                gap = gap.min(matrix.distance(from, to)).min(matrix.distance(to, from));
            }
        }
        gap
    }
}
