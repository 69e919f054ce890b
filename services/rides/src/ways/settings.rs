//! What travel times are made of beside roads: the crow's detour and speed, and the hours of a
//! day.

use dugnad_roads::CrowFlies;
use serde::Deserialize;

/// Hours of a day.
pub const HOURS: usize = 24;

/// The least and the greatest factor, of the detour and of an hour. Beyond it stands a mistake.
const FACTORS: [f64; 2] = [0.1, 10.0];
/// The least and the greatest speed, kilometres an hour.
const SPEEDS: [f64; 2] = [1.0, 200.0];

/// Data of a server, checked. By default 1.3 times the great circle at 40 km/h, at every hour
/// alike: when a town is slow is for those who know it to say.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Settings {
    detour: f64,
    kmh: f64,
    hours: [f64; HOURS],
}

/// A setting that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct BadSettings {
    /// Which one, as the file calls it: `hours[8]`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

/// As a file has it: `{"detour": 1.3, "kmh": 40, "hours": [1.0, 1.0, …]}`, each part optional.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    detour: f64,
    kmh: f64,
    hours: Vec<f64>,
}

impl Default for Written {
    fn default() -> Self {
        Self { detour: 1.3, kmh: 40.0, hours: vec![1.0; HOURS] }
    }
}

impl Default for Settings {
    fn default() -> Self {
        let Written { detour, kmh, .. } = Written::default();
        Self { detour, kmh, hours: [1.0; HOURS] }
    }
}

impl TryFrom<Written> for Settings {
    type Error = BadSettings;

    fn try_from(written: Written) -> Result<Self, BadSettings> {
        let Written { detour, kmh, hours } = written;
        let hours: [f64; HOURS] = hours.try_into().map_err(|hours: Vec<f64>| BadSettings {
            field: "hours".to_owned(),
            problem: format!("has {} factors, but a day has {HOURS} hours", hours.len()),
        })?;
        Self::new(detour, kmh, hours)
    }
}

impl Settings {
    /// How much longer than the great circle a way is and how fast it is driven where no road is
    /// known; and by what the seconds of every way are multiplied in each hour of the local day.
    ///
    /// # Errors
    /// Factors outside 0.1 to 10, speeds outside 1 to 200 km/h.
    pub fn new(detour: f64, kmh: f64, hours: [f64; HOURS]) -> Result<Self, BadSettings> {
        within("detour", detour, FACTORS)?;
        within("kmh", kmh, SPEEDS)?;
        for (hour, &factor) in hours.iter().enumerate() {
            within(&format!("hours[{hour}]"), factor, FACTORS)?;
        }
        Ok(Self { detour, kmh, hours })
    }

    pub(super) fn crow(&self) -> CrowFlies {
        CrowFlies { factor: self.detour, kmh: self.kmh }
    }

    /// The factor of an hour; those after a day are those of the next.
    pub(super) fn at(&self, hour: u8) -> f64 {
        self.hours[usize::from(hour) % HOURS]
    }
}

fn within(field: &str, value: f64, [least, most]: [f64; 2]) -> Result<(), BadSettings> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let problem = format!("is {value}, which is not from {least} to {most}");
    Err(BadSettings { field: field.to_owned(), problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Settings, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn what_a_file_leaves_out_is_as_usual() {
        let mut hours = [1.0; HOURS];
        hours[23] = 0.9;

        assert_eq!(read("{}"), Ok(Settings::default()));
        assert_eq!(
            read(&format!(r#"{{"kmh": 50, "hours": {hours:?}}}"#)),
            Ok(Settings::new(1.3, 50.0, hours).unwrap())
        );
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let refused = |json: &str| read(json).unwrap_err();

        assert!(refused(r#"{"hours": [1, 1]}"#).starts_with("hours has 2 factors"));
        assert!(refused(r#"{"detour": 0}"#).starts_with("detour is 0"));
        assert!(refused(r#"{"kmh": 1000}"#).starts_with("kmh is 1000"));
        assert!(refused(r#"{"speed": 40}"#).contains("unknown field `speed`"));
        let mut hours = [1.0; HOURS];
        hours[8] = 0.0;
        assert_eq!(Settings::new(1.3, 40.0, hours).unwrap_err().field, "hours[8]");
        hours[8] = f64::NAN;
        assert_eq!(Settings::new(1.3, 40.0, hours).unwrap_err().field, "hours[8]");
    }
}
