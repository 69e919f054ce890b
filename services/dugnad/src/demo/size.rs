//! How much of a town is made, and how long its month is.

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Size {
    /// A village, in seconds: for a first look, and for tests.
    Small,
    /// 1 400 organisations, 5 000 volunteers, 3 000 residents, 300 evenings and 4 000 rides.
    Full,
}

/// How many of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) organisations: usize,
    pub(crate) volunteers: usize,
    pub(crate) residents: usize,
    /// Buildings of the map that are let.
    pub(crate) buildings: usize,
    /// Activities, each held on one weekday of [`WEEKS`] weeks.
    pub(crate) series: usize,
    /// Ways there and home of the whole month, that people ask for.
    pub(crate) rides: usize,
    /// Minibuses, each driven on every day.
    pub(crate) vehicles: usize,
}

/// Of the month.
pub(super) const WEEKS: i32 = 4;

impl Size {
    pub(super) fn counts(self) -> Counts {
        match self {
            Self::Small => Counts {
                organisations: 40,
                volunteers: 240,
                residents: 100,
                buildings: 6,
                series: 4,
                rides: 96,
                vehicles: 2,
            },
            Self::Full => Counts {
                organisations: 1_400,
                volunteers: 5_000,
                residents: 3_000,
                buildings: 18,
                series: 75,
                rides: 4_000,
                vehicles: 3,
            },
        }
    }
}
