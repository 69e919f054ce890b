//! As the crow flies: travel times where there is no map.

use crate::{Matrix, Place, RoadsError, TravelTimes, Way};

/// The great circle, made longer by a factor and driven at one speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrowFlies {
    /// How much longer roads are than the straight line; about 1.3 in towns, more along fjords.
    pub factor: f64,
    /// Kilometres an hour, above 0; at 0 every other place is unreachable.
    pub kmh: f64,
}

impl CrowFlies {
    /// Seconds and metres, rounded, between two places on the earth.
    #[must_use]
    pub fn between(self, from: Place, to: Place) -> (u32, u32) {
        let metres = from.metres_to(to) * self.factor;
        // A cast saturates: what takes too long to count is `Matrix::UNREACHABLE`.
        ((metres * 3.6 / self.kmh).round() as u32, metres.round() as u32)
    }
}

impl TravelTimes for CrowFlies {
    fn matrix(&self, places: &[Place]) -> Result<Matrix, RoadsError> {
        Matrix::check(places)?;
        let pairs = places.iter().flat_map(|&from| places.iter().map(move |&to| (from, to)));
        let (seconds, metres) = pairs.map(|(from, to)| self.between(from, to)).unzip();
        Ok(Matrix { size: places.len(), seconds, metres })
    }

    fn way(&self, from: Place, to: Place) -> Result<Way, RoadsError> {
        Matrix::check(&[from, to])?;
        let (seconds, metres) = self.between(from, to);
        if seconds == Matrix::UNREACHABLE {
            return Err(RoadsError::NoWay { from, to });
        }
        Ok(Way { seconds, metres, line: vec![from, to] })
    }
}
