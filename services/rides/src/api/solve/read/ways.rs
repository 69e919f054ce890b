//! Ways between places: the caller's own rows, or looked up.

use dugnad_dispatch::{Limit, Matrix};
use dugnad_door::{Invalid, Within as _, solving::Ids};
use dugnad_proto::rides::v1 as pb;
use dugnad_roads::Place;

use crate::ways::{UNREACHABLE, Ways};

/// The caller's rows, in the order they came.
#[derive(Debug, Default)]
pub(super) struct Rows {
    seconds: Vec<Vec<f64>>,
    metres: Vec<Vec<f64>>,
    /// By row: which place it is from.
    from: Vec<u32>,
    /// By place: whether its row has come.
    has: Vec<bool>,
}

impl Rows {
    pub(super) fn count(&self) -> usize {
        self.from.len()
    }

    pub(super) fn take(
        &mut self,
        row: pb::SolveRow,
        ids: &Ids,
        places: usize,
    ) -> Result<(), Invalid> {
        let from = ids.find("from", &row.from, "places")?;
        self.has.resize(places, false);
        if std::mem::replace(&mut self.has[from as usize], true) {
            return Err(Invalid::new("from", format!("{:?} has a row already", row.from)));
        }
        numbers("seconds", &row.seconds, places)?;
        let alike =
            self.metres.first().is_none_or(|first| first.is_empty() == row.metres.is_empty());
        if !alike {
            return Err(Invalid::new("metres", "must stand in all rows or in none"));
        }
        if !row.metres.is_empty() {
            numbers("metres", &row.metres, places)?;
        }
        self.from.push(from);
        self.seconds.push(row.seconds);
        self.metres.push(row.metres);
        Ok(())
    }

    /// All of them by their places.
    pub(super) fn matrix(self, places: &[String]) -> Result<Matrix, Invalid> {
        let count = places.len();
        let missing = (0..count).find(|&at| !self.has.get(at).is_some_and(|has| *has));
        if let Some(at) = missing {
            return Err(Invalid::new("rows", format!("{:?} has none", places[at])));
        }
        if let Some(at) = self.seconds.iter().position(|row| row.len() != count) {
            let problem = format!("must be {count} numbers: more places came after it");
            return Err(Invalid::new("seconds", problem).within_item("rows", at));
        }
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_unstable_by_key(|&row| self.from[row]);
        let in_order =
            |rows: &[Vec<f64>]| order.iter().flat_map(|&row| &rows[row]).copied().collect();
        Ok(Matrix {
            places: count,
            seconds: in_order(&self.seconds),
            metres: in_order(&self.metres),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.from.is_empty()
    }
}

fn numbers(field: &str, numbers: &[f64], places: usize) -> Result<(), Invalid> {
    let fits = |number: &f64| *number == f64::INFINITY || (0.0..=Limit::TIME).contains(number);
    if numbers.len() == places && numbers.iter().all(fits) {
        return Ok(());
    }
    let most = Limit::TIME;
    let problem = format!("must be {places} numbers from 0 to {most}, or infinity for no way");
    Err(Invalid::new(field, problem))
}

/// All ways in one hour, and which places no road is near.
pub(super) fn look_up(
    ways: &dyn Ways,
    locations: &[Option<pb::Location>],
    hour: u8,
) -> Result<(Matrix, Vec<usize>), Invalid> {
    let place = |(at, location): (usize, &Option<pb::Location>)| {
        let missing = || Invalid::new("at", "is required where there are no rows");
        let location = location.ok_or_else(missing).within_item("places", at)?;
        let degrees = |millionths: i32| f64::from(millionths) / 1e6;
        let place = Place { lon: degrees(location.lon_e6), lat: degrees(location.lat_e6) };
        let nowhere = Invalid::new("at", "is no point on the earth");
        place.is_valid().then_some(place).ok_or(nowhere).within_item("places", at)
    };
    let places: Vec<Place> = locations.iter().enumerate().map(place).collect::<Result<_, _>>()?;
    let table = ways.table(&places, &places, hour);
    let number = |&cell: &u32| match cell {
        UNREACHABLE => f64::INFINITY,
        cell => f64::from(cell),
    };
    let matrix = Matrix {
        places: places.len(),
        seconds: table.seconds.iter().map(number).collect(),
        metres: table.metres.iter().map(number).collect(),
    };
    Ok((matrix, table.off_road_from))
}
