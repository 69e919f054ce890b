//! Who may drive whom.

use dugnad_events::rides::Ride;

use super::{State, day::Shift};

/// Why a shift cannot serve somebody, whatever the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsuitable {
    /// Its name for machines.
    pub reason: &'static str,
    /// In words, without names.
    pub text: String,
}

/// Whether vehicle and driver are what a ride needs, and the two sides take each other.
///
/// # Errors
/// The first thing that stands in the way.
pub fn suits(state: &State, shift: &Shift, ride: &Ride) -> Result<(), Unsuitable> {
    let driver = state.drivers.get(&shift.facts.driver);
    let can = driver.map_or(&[][..], |driver| &driver.can);
    let missing: Vec<&str> = (ride.needs.iter())
        .filter(|need| !shift.vehicle.has.contains(need) && !can.contains(need))
        .map(|need| need.as_str())
        .collect();
    if !missing.is_empty() {
        let text = format!("vehicle and driver lack {}", missing.join(", "));
        return Err(Unsuitable { reason: "LACKS_SKILLS", text });
    }
    let refuses = driver.is_some_and(|driver| driver.refuses.contains(&ride.traveller));
    if refuses || ride.refuses.contains(&shift.facts.driver) {
        let text = "driver and traveller do not go together".to_owned();
        return Err(Unsuitable { reason: "REFUSES", text });
    }
    Ok(())
}
