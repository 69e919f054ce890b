//! Roads that can be asked: a network, its hierarchy, and places snapped to it.
//!
//! A place lies on an edge, at some share of its length; where it is come to may be another edge
//! than where it is left from, for some roads lead only out of an extract and others only into it.
//! A way from a place to another either stays on one arc, or leaves the arc by its end and takes
//! at least one turn; the hierarchy answers the second. All three numbers of a [`Cost`] of a part
//! of an arc are rounded so that the parts add up: from the start of the arc to a point is the
//! whole less what is left from there.

#[cfg(test)]
mod plain;
mod stored;

use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::{
    Matrix, Place, RoadsError, Snapped, Table, TravelTimes, Way,
    cost::Cost,
    hierarchy::{Climb, Hierarchy, Label, Seed},
    network::{Arc, Connected, Network, Turns},
    osm::Extract,
    snap::Snapper,
};

/// A place farther than this from every road is an error, metres: a farm track may be missing from
/// the map, a valley not.
pub const FARTHEST_FROM_ROAD: f64 = 1_000.0;

/// The drivable roads of a region, ready for questions.
#[derive(Debug)]
pub struct Roads {
    network: Network,
    turns: Turns,
    hierarchy: Hierarchy,
    snapper: Snapper,
    /// By edge: its arcs forward and backward.
    arcs_of: Vec<[Option<u32>; 2]>,
    /// By arc: whether ways may begin on it, and whether they may end on it.
    leads_on: Vec<bool>,
    is_reached: Vec<bool>,
    counts: Counts,
}

/// A place as roads see it: where ways from it begin and where ways to it end, with all that a
/// search for either finds (some ten kilobytes). Of these roads alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Ends {
    place: Place,
    start: Snapped,
    goal: Snapped,
    leaving: Label,
    arriving: Label,
    /// What an arrival is counted too much.
    surplus: Cost,
}

/// What was read and what of it is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Counts {
    /// Drivable ways of the extract.
    pub ways: usize,
    /// Crossings and ends of roads.
    pub junctions: usize,
    /// Pieces of road between junctions.
    pub edges: usize,
    /// Directed pieces of road in use.
    pub arcs: usize,
    /// Directed pieces that the rest neither leads to nor is reached from.
    pub arcs_dropped: usize,
    /// Turn restrictions read.
    pub restrictions: usize,
    /// Turn restrictions through ways or with members missing.
    pub restrictions_dropped: usize,
}

impl Roads {
    /// Reads a map extract (`.osm.pbf`) and prepares its roads.
    ///
    /// One thread, in memory. Time grows faster than the network: see the crate's README for
    /// figures and for how they were measured.
    ///
    /// # Errors
    /// Input that cannot be read, is no extract, is too large, or has no roads.
    pub fn from_pbf(input: impl Read) -> Result<Self, RoadsError> {
        let extract = Extract::read(input)?;
        let mut network = Network::build(&extract)?;
        let all = Turns::build(&network, &extract);
        let Connected { kept, leads_on, is_reached } = Connected::of(&all);
        let turns = all.among(&kept);
        if turns.is_empty() {
            return Err(RoadsError::NoRoads);
        }
        let counts = Counts {
            ways: extract.ways.len(),
            junctions: network.junctions.len(),
            edges: network.edges.len(),
            arcs: kept.len(),
            arcs_dropped: network.arcs.len() - kept.len(),
            restrictions: extract.restrictions.len(),
            restrictions_dropped: extract.restrictions_dropped,
        };
        drop((extract, all));
        network.keep(&kept);
        let mut arcs_of = vec![[None; 2]; network.edges.len()];
        for (index, arc) in (0..).zip(&network.arcs) {
            arcs_of[arc.edge as usize][usize::from(!arc.forward)] = Some(index);
        }
        let snapper = snapper(&network, &arcs_of);
        let hierarchy = Hierarchy::build(&turns);
        Ok(Self { network, turns, hierarchy, snapper, arcs_of, leads_on, is_reached, counts })
    }

    /// What was read.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Every drivable piece of road between two crossings, each once: to draw them.
    pub fn lines(&self) -> impl Iterator<Item = Vec<Place>> {
        (0..self.network.edges.len() as u32).map(|edge| self.network.shape(edge).collect())
    }

    /// The point nearest to a place, however far, of the roads from which one gets everywhere and
    /// back.
    ///
    /// # Errors
    /// [`RoadsError::NotAPlace`].
    pub fn snap(&self, place: Place) -> Result<Snapped, RoadsError> {
        self.nearest(place, |arc| self.leads_on[arc] && self.is_reached[arc])
    }

    /// Where ways from a place begin.
    pub(crate) fn start(&self, place: Place) -> Result<Snapped, RoadsError> {
        self.nearest(place, |arc| self.leads_on[arc])
    }

    /// Where ways to a place end.
    pub(crate) fn goal(&self, place: Place) -> Result<Snapped, RoadsError> {
        self.nearest(place, |arc| self.is_reached[arc])
    }

    /// The nearest point of an edge with an arc that will do.
    fn nearest(
        &self,
        place: Place,
        will_do: impl Fn(usize) -> bool,
    ) -> Result<Snapped, RoadsError> {
        let not_a_place = RoadsError::NotAPlace { index: 0, place };
        if !place.is_valid() {
            return Err(not_a_place);
        }
        let arcs = |edge: u32| self.arcs_of[edge as usize].iter().flatten();
        let on = |edge| arcs(edge).any(|&arc| will_do(arc as usize));
        self.snapper.snap(place, on).ok_or(not_a_place)
    }

    /// Where ways from each place begin and ways to it end.
    ///
    /// One thread; a search a place in both directions, and memory for one in all.
    ///
    /// # Errors
    /// Of a place: [`RoadsError::NotAPlace`] and [`RoadsError::FarFromRoads`].
    #[must_use]
    pub fn ends(&self, places: &[Place]) -> Vec<Result<Ends, RoadsError>> {
        let mut climb = self.hierarchy.climb();
        let of = |(index, &place)| {
            self.ends_of(place, &mut climb).map_err(|error| error.of_place(index))
        };
        places.iter().enumerate().map(of).collect()
    }

    fn ends_of(&self, place: Place, climb: &mut Climb) -> Result<Ends, RoadsError> {
        let (start, goal) = self.near(place)?;
        let (seeds, surplus) = self.arriving(goal);
        let [leaving, arriving] = self.hierarchy.labels(climb, &self.leaving(start), &seeds);
        Ok(Ends { place, start, goal, leaving, arriving, surplus })
    }

    /// Where ways from a place begin and ways to it end, not too far away.
    fn near(&self, place: Place) -> Result<(Snapped, Snapped), RoadsError> {
        let near = |snapped: Snapped| {
            if snapped.metres > FARTHEST_FROM_ROAD {
                return Err(RoadsError::FarFromRoads { index: 0, place, metres: snapped.metres });
            }
            Ok(snapped)
        };
        Ok((near(self.start(place)?)?, near(self.goal(place)?)?))
    }

    /// Seconds and metres from some places to others: many-to-many over the hierarchy, one thread.
    ///
    /// About a microsecond a pair where there are few on one side, less where there are many on
    /// both.
    #[must_use]
    pub fn table(&self, from: &[&Ends], to: &[&Ends]) -> Table {
        let mut table = Table::with_columns(from.len(), to.len());
        let sources: Vec<_> = from.iter().map(|from| &from.leaving).collect();
        let targets: Vec<_> = to.iter().map(|to| &to.arriving).collect();
        self.hierarchy.many(&sources, &targets, |source, row| {
            let from = &from[source];
            for (to, &round) in to.iter().zip(row) {
                let round = if round.is_far() { round } else { round.minus(to.surplus) };
                let cost = match self.straight(from.start, to.goal) {
                    // Nobody drives from where they come to, to where they leave from.
                    _ if from.place == to.place => Cost::ZERO,
                    Some((straight, _)) => straight.min(round),
                    None => round,
                };
                table.seconds.push(seconds(cost));
                table.metres.push(metres(cost));
            }
        });
        table
    }

    /// The arcs a place lies on, and how far along each, 0 to 1.
    fn on_arcs(&self, at: Snapped) -> impl Iterator<Item = (u32, f64)> {
        let [forward, backward] = self.arcs_of[at.edge as usize];
        let forward = forward.map(|arc| (arc, at.share));
        forward.into_iter().chain(backward.map(|arc| (arc, 1.0 - at.share)))
    }

    fn arc(&self, arc: u32) -> &Arc {
        &self.network.arcs[arc as usize]
    }

    /// What is left of an arc from a share of it on.
    fn rest(&self, arc: u32, share: f64) -> Cost {
        self.arc(arc).cost.times(1.0 - share)
    }

    /// Where a way from a place may go after the arc the place is on.
    fn leaving(&self, from: Snapped) -> Vec<Seed> {
        let next = |(arc, share): (u32, f64)| {
            let rest = self.rest(arc, share);
            self.turns.after(arc).iter().map(move |&(next, cost)| (next, rest.plus(cost)))
        };
        self.on_arcs(from).flat_map(next).collect()
    }

    /// The arcs at whose ends a way to a place is counted, and what is counted too much.
    fn arriving(&self, to: Snapped) -> (Vec<Seed>, Cost) {
        let rest = |(arc, share)| self.rest(arc, share);
        let surplus = self.on_arcs(to).map(rest).fold(Cost::ZERO, Cost::upper);
        let seed = |(arc, share)| (arc, surplus.minus(self.rest(arc, share)));
        (self.on_arcs(to).map(seed).collect(), surplus)
    }

    /// The cost and the arc of driving straight on to a place on the same road.
    fn straight(&self, from: Snapped, to: Snapped) -> Option<(Cost, u32)> {
        if from.edge != to.edge {
            return None;
        }
        let ahead = self.on_arcs(from).zip(self.on_arcs(to)).filter(|(f, t)| f.1 <= t.1);
        ahead.map(|((a, f), (_, t))| (self.rest(a, f).minus(self.rest(a, t)), a)).min()
    }

    /// The cheapest way between two places, as the arcs driven.
    fn route(&self, from: Snapped, to: Snapped) -> Option<(Cost, Vec<u32>)> {
        let (targets, surplus) = self.arriving(to);
        let leaving = self.leaving(from);
        let round = self.hierarchy.way(&leaving, &targets).and_then(|(cost, mut arcs)| {
            let first = *arcs.first()?;
            let by = |arc: u32, share| {
                let cost = self.turns.after(arc).iter().find(|t| t.0 == first)?.1;
                Some((self.rest(arc, share).plus(cost), arc))
            };
            let (_, start) = self.on_arcs(from).filter_map(|(a, s)| by(a, s)).min()?;
            arcs.insert(0, start);
            Some((cost.minus(surplus), arcs))
        });
        let straight = self.straight(from, to).map(|(cost, arc)| (cost, vec![arc]));
        straight.into_iter().chain(round).min()
    }

    /// The points of the arcs driven between two places.
    fn line(&self, arcs: &[u32], from: Snapped, to: Snapped) -> Vec<Place> {
        let mut line = vec![from.place];
        let share_of = |at: Snapped, arc: u32| {
            if self.arc(arc).forward { at.share } else { 1.0 - at.share }
        };
        for (i, &arc) in arcs.iter().enumerate() {
            let start = if i == 0 { share_of(from, arc) } else { 0.0 };
            let end = if i + 1 == arcs.len() { share_of(to, arc) } else { 1.0 };
            let Arc { edge, forward, .. } = *self.arc(arc);
            let mut shape: Vec<Place> = self.network.shape(edge).collect();
            if !forward {
                shape.reverse();
            }
            let metres = self.network.edges[edge as usize].metres;
            let mut before = 0.0;
            for (place, last) in shape.iter().skip(1).zip(&shape) {
                before += last.metres_to(*place);
                if before > start * metres && before < end * metres {
                    line.push(*place);
                }
            }
            if i + 1 < arcs.len() {
                line.extend(shape.last());
            }
        }
        line.push(to.place);
        line.dedup();
        line
    }
}

impl TravelTimes for Roads {
    /// Many-to-many over the hierarchy; one thread.
    fn matrix(&self, places: &[Place]) -> Result<Matrix, RoadsError> {
        Matrix::check(places)?;
        let ends = self.ends(places).into_iter().collect::<Result<Vec<_>, _>>()?;
        let ends: Vec<_> = ends.iter().collect();
        let Table { columns: size, seconds, metres } = self.table(&ends, &ends);
        Ok(Matrix { size, seconds, metres })
    }

    fn way(&self, from: Place, to: Place) -> Result<Way, RoadsError> {
        let near = |index: usize, place| self.near(place).map_err(|error| error.of_place(index));
        let (from_road, to_road) = (near(0, from)?.0, near(1, to)?.1);
        if from == to {
            return Ok(Way { seconds: 0, metres: 0, line: vec![from_road.place] });
        }
        let (cost, arcs) = self.route(from_road, to_road).ok_or(RoadsError::NoWay { from, to })?;
        let line = self.line(&arcs, from_road, to_road);
        Ok(Way { seconds: seconds(cost), metres: metres(cost), line })
    }
}

/// Over the edges that are in use.
fn snapper(network: &Network, arcs_of: &[[Option<u32>; 2]]) -> Snapper {
    let in_use = (0..).zip(arcs_of).filter(|(_, arcs)| **arcs != [None; 2]);
    Snapper::new(network, in_use.map(|(edge, _)| edge))
}

fn seconds(cost: Cost) -> u32 {
    if cost.is_far() { Matrix::UNREACHABLE } else { cost.millis.saturating_add(500) / 1000 }
}

fn metres(cost: Cost) -> u32 {
    if cost.is_far() { Matrix::UNREACHABLE } else { cost.decimetres.saturating_add(5) / 10 }
}
