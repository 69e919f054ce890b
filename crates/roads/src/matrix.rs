//! What travel times are: the interface that roads and the crow share.

use crate::{Place, RoadsError};

/// Travel times and distances between all pairs of some places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// How many places there are.
    pub size: usize,
    /// Seconds, by rows: from place `i` to place `j` at `i * size + j`.
    pub seconds: Vec<u32>,
    /// Metres, in the same order.
    pub metres: Vec<u32>,
}

impl Matrix {
    /// Stands for the seconds and the metres of a way that does not exist.
    pub const UNREACHABLE: u32 = u32::MAX;
    /// The most places of one matrix: their numbers take 800 MB.
    pub const MOST_PLACES: usize = 10_000;

    /// Seconds from one place to another, if there is a way.
    #[must_use]
    pub fn seconds(&self, from: usize, to: usize) -> Option<u32> {
        self.seconds.get(from * self.size + to).copied().filter(|&s| s != Self::UNREACHABLE)
    }

    /// Metres from one place to another, if there is a way.
    #[must_use]
    pub fn metres(&self, from: usize, to: usize) -> Option<u32> {
        self.metres.get(from * self.size + to).copied().filter(|&m| m != Self::UNREACHABLE)
    }

    /// Not too many places, and each on the earth.
    pub(crate) fn check(places: &[Place]) -> Result<(), RoadsError> {
        let count = places.len();
        if count > Self::MOST_PLACES {
            return Err(RoadsError::TooManyPlaces { count, limit: Self::MOST_PLACES });
        }
        match (0..).zip(places).find(|(_, place)| !place.is_valid()) {
            Some((index, &place)) => Err(RoadsError::NotAPlace { index, place }),
            None => Ok(()),
        }
    }
}

/// Travel times and distances from some places to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// How many places are gone to.
    pub columns: usize,
    /// Seconds, by rows; [`Matrix::UNREACHABLE`] where there is no way.
    pub seconds: Vec<u32>,
    /// Metres, in the same order.
    pub metres: Vec<u32>,
}

impl Table {
    /// An empty table to be filled by rows.
    pub(crate) fn with_columns(rows: usize, columns: usize) -> Self {
        let cells = || Vec::with_capacity(rows * columns);
        Self { columns, seconds: cells(), metres: cells() }
    }
}

/// The way from one place to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// Travel time.
    pub seconds: u32,
    /// Length.
    pub metres: u32,
    /// The way on a map; begins and ends at the points of the road nearest to the two places.
    pub line: Vec<Place>,
}

/// Something that knows how long it takes from place to place.
pub trait TravelTimes: Send + Sync {
    /// Seconds and metres between all pairs of places; not symmetric in general.
    ///
    /// # Errors
    /// A place that is none, or that is too far from every road; too many places.
    fn matrix(&self, places: &[Place]) -> Result<Matrix, RoadsError>;

    /// The way from one place to another; its seconds and metres are the matrix's.
    ///
    /// # Errors
    /// As [`matrix`](Self::matrix), and [`RoadsError::NoWay`].
    fn way(&self, from: Place, to: Place) -> Result<Way, RoadsError>;
}
