//! Who is near whom: for each request the others by how well a visit of one follows a visit of the
//! other, worked out when first asked for.
//!
//! As near as the way is short and the windows meet: the proximity of Vidal et al., *Computers &
//! Operations Research* 40(1), 2013. By the way alone, as in the routing problems with wide windows,
//! most neighbours of somebody who rides in the morning ride in the evening.

use std::cell::OnceCell;

use crate::{Matrix, PlaceIx, Problem, Request, RequestIx, Window};

/// Neighbours kept for each request.
const KEPT: usize = 100;
/// What a unit of waiting weighs against one of driving.
const WAITING: f64 = 0.2;

/// Requests near each request, nearest first.
pub(super) struct Near<'a> {
    matrix: &'a Matrix,
    ends: Vec<[End; 2]>,
    lists: Vec<OnceCell<Vec<RequestIx>>>,
}

/// A pickup or drop-off, with the window that the other end leaves it.
#[derive(Clone, Copy, Debug)]
struct End {
    place: PlaceIx,
    window: Window,
    service: f64,
}

impl<'a> Near<'a> {
    pub(super) fn new(problem: &'a Problem) -> Self {
        let matrix = &problem.matrix;
        Self {
            matrix,
            ends: problem.requests.iter().map(|request| ends(matrix, request)).collect(),
            lists: vec![OnceCell::new(); problem.requests.len()],
        }
    }

    /// Those near `request`, itself first. `O(requests)` the first time.
    pub(super) fn to(&self, request: RequestIx) -> &[RequestIx] {
        self.lists[request as usize].get_or_init(|| self.list(request))
    }

    fn list(&self, request: RequestIx) -> Vec<RequestIx> {
        let mut near: Vec<(f64, RequestIx)> = (0..self.ends.len() as RequestIx)
            .map(|other| (if other == request { -1.0 } else { self.gap(request, other) }, other))
            .collect();
        let nearer =
            |a: &(f64, RequestIx), b: &(f64, RequestIx)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        if near.len() > KEPT {
            near.select_nth_unstable_by(KEPT, nearer);
            near.truncate(KEPT);
        }
        near.sort_unstable_by(nearer);
        near.into_iter().map(|(_, other)| other).collect()
    }

    /// The least of an end of one and an end of the other, either first.
    fn gap(&self, a: RequestIx, b: RequestIx) -> f64 {
        let mut gap = f64::INFINITY;
        for one in &self.ends[a as usize] {
            for other in &self.ends[b as usize] {
                gap = gap.min(self.follow(one, other)).min(self.follow(other, one));
            }
        }
        gap
    }

    /// How far apart two ends are if the second is visited right after the first.
    fn follow(&self, first: &End, second: &End) -> f64 {
        let way = self.matrix.time(first.place, second.place);
        let takes = first.service + way;
        let waiting = second.window.earliest - (first.window.latest + takes);
        let late = first.window.earliest + takes - second.window.latest;
        way + WAITING * waiting.max(0.0) + late.max(0.0)
    }
}

fn ends(matrix: &Matrix, request: &Request) -> [End; 2] {
    let (mut pickup, mut dropoff) = (request.pickup.window, request.dropoff.window);
    if let Some(promise) = request.promise {
        pickup = pickup.and(promise.pickup);
        dropoff = dropoff.and(promise.dropoff);
    }
    let service = request.pickup.service;
    let least = service + matrix.time(request.pickup.place, request.dropoff.place);
    let most = service + request.max_ride;
    pickup.earliest = pickup.earliest.max(dropoff.earliest - most).max(request.release);
    pickup.latest = pickup.latest.min(dropoff.latest - least);
    dropoff.earliest = dropoff.earliest.max(pickup.earliest + least);
    dropoff.latest = dropoff.latest.min(pickup.latest + most);
    [
        End { place: request.pickup.place, window: pickup, service },
        End { place: request.dropoff.place, window: dropoff, service: request.dropoff.service },
    ]
}
