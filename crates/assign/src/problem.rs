//! The problem: needs, people, candidate edges, and the limits between them.
//!
//! Built once and checked once: everything later may trust it. Costs are whole numbers, so that an
//! optimum is an optimum and not nearly one.

/// Whole units of cost; what a unit means is the caller's.
pub type Cost = i64;
/// Which need: its place in [`Problem::needs`].
pub type NeedIx = u32;
/// Which person: their place in [`Problem::people`].
pub type PersonIx = u32;

/// No edge, step or open place may cost more, up or down.
pub const MAX_COST: Cost = 1 << 44;
/// No more edges than this.
pub const MAX_EDGES: usize = 1 << 27;

/// A half-open span of time, in minutes from a common start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first minute.
    pub start: i64,
    /// The first minute that is not in it.
    pub end: i64,
}

/// Something that wants people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// How many people it wants, each at most once.
    pub heads: u32,
    /// When; nobody is in two windows at once. Without one it clashes with nothing.
    pub window: Option<Window>,
    /// Where, as a place of [`Travel`]; without one the way there takes no time.
    pub place: Option<u32>,
    /// What each place left open costs.
    pub open_cost: Cost,
}

/// Somebody who takes needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// How many needs they take at most.
    pub capacity: u32,
    /// The longest total load of what they take; none is no limit.
    pub max_load: Option<u64>,
    /// Needs that are theirs already; kept in every answer. Each must have an edge.
    pub pinned: Vec<NeedIx>,
    /// Hard order: people of a lower round are assigned as well as possible before people of a
    /// higher round are looked at.
    pub round: u32,
}

/// A candidate: this person could take this need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Which need.
    pub need: NeedIx,
    /// Which person.
    pub person: PersonIx,
    /// What it costs if they take it; may be negative.
    pub cost: Cost,
    /// How much of the person's `max_load` it takes.
    pub load: u32,
}

/// Minutes between places, row by row; a person needs them between two windows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Travel {
    /// How many places there are.
    pub places: u32,
    /// `places × places` minutes, from row to column.
    pub minutes: Vec<u32>,
}

impl Travel {
    /// Whether one person cannot take both: the windows overlap, or the way is too long.
    pub(crate) fn clash(&self, a: &Need, b: &Need) -> bool {
        let (Some(first), Some(second)) = (a.window, b.window) else { return false };
        let before = |from: &Need, end: i64, to: &Need, start: i64| {
            end.saturating_add(i64::from(self.between(from.place, to.place))) <= start
        };
        !before(a, first.end, b, second.start) && !before(b, second.end, a, first.start)
    }

    fn between(&self, from: Option<u32>, to: Option<u32>) -> u32 {
        match (from, to) {
            (Some(from), Some(to)) if self.places > 0 => {
                self.minutes[from as usize * self.places as usize + to as usize]
            }
            _ => 0,
        }
    }
}

/// A convex extra cost on what one person carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fairness {
    /// The first need a person takes costs `steps[0]` extra, the next `steps[1]`; the last step
    /// repeats. Keeps the problem polynomial.
    Needs(Vec<Cost>),
    /// The same by load: each begun `every` units of a person's load costs the next step.
    Load {
        /// Units of load in one step; at least 1.
        every: u32,
        /// The steps; not negative, never falling.
        steps: Vec<Cost>,
    },
}

/// Why a problem cannot be built; names the field as the JSON form does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Invalid {
    /// For instance `edges[7].cost`.
    pub field: String,
    /// What is wrong with it, and what would be right.
    pub problem: String,
}

impl Invalid {
    /// `field` does not hold because of `problem`.
    pub(crate) fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

/// Needs, people, and who could take what. Checked when built.
#[derive(Clone, Debug)]
pub struct Problem {
    needs: Vec<Need>,
    people: Vec<Person>,
    /// Sorted by need, then person; no pair twice.
    edges: Vec<Edge>,
    /// `edges[starts[n]..starts[n + 1]]` are those of need `n`.
    starts: Vec<u32>,
    travel: Travel,
    fairness: Option<Fairness>,
}

impl Problem {
    /// Checks everything, and sorts the edges. `O(edges)`.
    ///
    /// # Errors
    /// The first field that does not hold.
    pub fn new(needs: Vec<Need>, people: Vec<Person>, edges: Vec<Edge>) -> Result<Self, Invalid> {
        validate(&needs, &people, &edges)?;
        let (edges, starts) = by_need(edges, needs.len(), people.len())?;
        let problem =
            Self { needs, people, edges, starts, travel: Travel::default(), fairness: None };
        problem.validate_pinned()?;
        Ok(problem)
    }

    /// With minutes between places. Pinned needs must still be possible.
    ///
    /// # Errors
    /// A matrix of another size than `places × places`, a need's place outside it.
    pub fn with_travel(mut self, travel: Travel) -> Result<Self, Invalid> {
        let cells = travel.places as usize * travel.places as usize;
        if travel.minutes.len() != cells {
            return Err(Invalid::new(
                "travel",
                format!("has {} minutes; {cells} are wanted", travel.minutes.len()),
            ));
        }
        for (n, need) in self.needs.iter().enumerate() {
            if need.place.is_some_and(|place| place >= travel.places) {
                return Err(Invalid::new(format!("needs[{n}].place"), "is no place of travel"));
            }
        }
        self.travel = travel;
        self.validate_pinned()?;
        Ok(self)
    }

    /// With a convex extra cost on what one person carries.
    ///
    /// # Errors
    /// No steps, a negative or a falling one, `every` of 0.
    pub fn with_fairness(mut self, fairness: Fairness) -> Result<Self, Invalid> {
        let steps = match &fairness {
            Fairness::Load { every: 0, .. } => {
                return Err(Invalid::new("fairness.every", "is 0; at least 1 is wanted"));
            }
            Fairness::Needs(steps) | Fairness::Load { steps, .. } => steps,
        };
        let rises = steps.windows(2).all(|pair| pair[0] <= pair[1]);
        let within = steps.iter().all(|step| (0..=MAX_COST).contains(step));
        if steps.is_empty() || !rises || !within {
            return Err(Invalid::new(
                "fairness.steps",
                format!("must be some costs between 0 and {MAX_COST} that never fall"),
            ));
        }
        self.fairness = Some(fairness);
        Ok(self)
    }

    /// All needs.
    #[must_use]
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// All people.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// All edges, sorted by need, then person.
    #[must_use]
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The edges of one need, sorted by person.
    #[must_use]
    pub fn edges_of(&self, need: NeedIx) -> &[Edge] {
        let need = need as usize;
        &self.edges[self.starts[need] as usize..self.starts[need + 1] as usize]
    }

    /// Where the edges of each need begin in [`Problem::edges`]; one more than there are needs.
    #[must_use]
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// The edge between the two, if there is one. `O(log degree)`.
    #[must_use]
    pub fn edge(&self, need: NeedIx, person: PersonIx) -> Option<&Edge> {
        let edges = self.edges_of(need);
        edges.binary_search_by_key(&person, |edge| edge.person).ok().map(|at| &edges[at])
    }

    /// Minutes between places.
    #[must_use]
    pub fn travel(&self) -> &Travel {
        &self.travel
    }

    /// The extra cost on what one person carries.
    #[must_use]
    pub fn fairness(&self) -> Option<&Fairness> {
        self.fairness.as_ref()
    }

    /// Whether one person cannot take both: the windows overlap, or the way is too long.
    #[must_use]
    pub fn clash(&self, one: NeedIx, other: NeedIx) -> bool {
        self.travel.clash(&self.needs[one as usize], &self.needs[other as usize])
    }

    /// What a person pays extra for carrying this many needs of this total load.
    #[must_use]
    pub fn fairness_cost(&self, needs: u32, load: u64) -> Cost {
        match &self.fairness {
            None => 0,
            Some(Fairness::Needs(steps)) => climb(steps, u64::from(needs)),
            Some(Fairness::Load { every, steps }) => climb(steps, load.div_ceil((*every).into())),
        }
    }
}

/// The sum of the first `count` steps, the last one repeating.
fn climb(steps: &[Cost], count: u64) -> Cost {
    let given = steps.len() as u64;
    let first: Cost = steps.iter().take(count.min(given) as usize).sum();
    let rest = count.saturating_sub(given);
    steps.last().map_or(0, |last| last.saturating_mul(rest as Cost)).saturating_add(first)
}

mod round;
mod validate;

use validate::{by_need, validate};
