//! What can be wrong with an extract or with a place.

use crate::Place;

/// Why there are no roads, or no travel times between these places.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RoadsError {
    /// The bytes could not be had.
    #[error("reading the map extract: {0}")]
    Read(#[from] std::io::Error),
    /// The roads could not be kept.
    #[error("storing the roads: {0}")]
    Write(std::io::Error),
    /// The bytes are no `.osm.pbf` file, or a broken one.
    #[error("the map extract is broken in block {block}: {what}")]
    Broken {
        /// Which block of the file, from 0.
        block: usize,
        /// What is wrong with it.
        what: String,
    },
    /// The extract holds more than this machine should be asked to keep.
    #[error("the map extract has more than {limit} {what}: cut out the region first")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much is taken.
        limit: u64,
    },
    /// The bytes are no roads that were stored, or not as they were stored.
    #[error("the stored roads {what}: import the map extract again")]
    NotStored {
        /// What is wrong with them.
        what: &'static str,
    },
    /// Nothing in the extract can be driven there and back.
    #[error("the map extract has no drivable roads")]
    NoRoads,
    /// A place is no point on the earth.
    #[error("place {index} is no point on the earth: {place}")]
    NotAPlace {
        /// Its position in the list asked about, from 0.
        index: usize,
        /// The place itself.
        place: Place,
    },
    /// A place is too far from every road.
    #[error("place {index} ({place}) is {metres:.0} m from the nearest road")]
    FarFromRoads {
        /// Its position in the list asked about, from 0.
        index: usize,
        /// The place itself.
        place: Place,
        /// Metres to the nearest road.
        metres: f64,
    },
    /// There is no way from one place to another.
    #[error("there is no way from {from} to {to}")]
    NoWay {
        /// Where it would start.
        from: Place,
        /// Where it would end.
        to: Place,
    },
    /// Too many places at once.
    #[error("{count} places are more than the {limit} of one matrix")]
    TooManyPlaces {
        /// How many were asked about.
        count: usize,
        /// How many are taken.
        limit: usize,
    },
}

impl RoadsError {
    /// The same of a place of a list.
    pub(crate) fn of_place(mut self, at: usize) -> Self {
        if let Self::NotAPlace { index, .. } | Self::FarFromRoads { index, .. } = &mut self {
            *index = at;
        }
        self
    }
}
