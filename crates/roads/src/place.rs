//! Places on the earth and how far apart they are.

use std::fmt;

/// A point on the earth, degrees east and north (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Degrees east, −180 to 180.
    pub lon: f64,
    /// Degrees north, −90 to 90.
    pub lat: f64,
}

/// The earth's mean radius, metres.
const EARTH: f64 = 6_371_008.8;

impl Place {
    /// The great circle between two places, in metres (haversine).
    #[must_use]
    pub fn metres_to(self, other: Self) -> f64 {
        let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
        let cosines = self.lat.to_radians().cos() * other.lat.to_radians().cos();
        let h = half(self.lat, other.lat) + cosines * half(self.lon, other.lon);
        2.0 * EARTH * h.sqrt().min(1.0).asin()
    }

    /// Whether it is on the earth.
    #[must_use]
    pub fn is_valid(self) -> bool {
        self.lon.abs() <= 180.0 && self.lat.abs() <= 90.0
    }

    /// The point at `share` (0 to 1) of the short straight line to another.
    pub(crate) fn towards(self, other: Self, share: f64) -> Self {
        Self {
            lon: self.lon + (other.lon - self.lon) * share,
            lat: self.lat + (other.lat - self.lat) * share,
        }
    }

    /// Degrees clockwise from north of the short straight line to another.
    pub(crate) fn bearing_to(self, other: Self) -> f64 {
        let east = (other.lon - self.lon) * self.lat.to_radians().cos();
        east.atan2(other.lat - self.lat).to_degrees()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6} {:.6}", self.lon, self.lat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_of_latitude_is_111_km_and_oslo_lies_305_km_from_bergen() {
        let oslo = Place { lon: 10.7522, lat: 59.9139 };
        let bergen = Place { lon: 5.3221, lat: 60.3913 };

        let degree = oslo.metres_to(Place { lat: 60.9139, ..oslo });

        assert_eq!(degree.round(), 111_195.0);
        assert_eq!((oslo.metres_to(bergen) / 1000.0).round(), 305.0);
    }
}
