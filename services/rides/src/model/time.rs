//! Service days and the moments in them.

use dugnad_events::rides::{Moment, Span};
pub use dugnad_events::rides::{here, instant, service_day};
use jiff::{Timestamp, civil::Date};

/// The first moment of a service day.
pub const FIRST: Moment = 4 * 3_600;
/// The last moment that anything of a service day may lie at: noon of the day after.
pub const LAST: Moment = 36 * 3_600;

/// Seconds since the local midnight of a day; saturates far outside it.
#[must_use]
pub fn moment(day: Date, at: Timestamp) -> Moment {
    let seconds = at.as_second() - instant(day, 0).as_second();
    Moment::try_from(seconds).unwrap_or(if seconds < 0 { Moment::MIN / 2 } else { Moment::MAX / 2 })
}

/// What the clock shows at a moment: `HH:MM`.
#[must_use]
pub fn clock(day: Date, moment: Moment) -> String {
    here().to_datetime(instant(day, moment)).strftime("%H:%M").to_string()
}

/// The hour that the clock shows, 0 to 23.
#[must_use]
pub fn hour(day: Date, moment: Moment) -> u8 {
    here().to_datetime(instant(day, moment)).hour().unsigned_abs()
}

/// When somebody may be fetched and dropped off who is to be there by a moment: at most `wait` seconds
/// before it, `longest` aboard, after `boarding` to get in.
#[must_use]
pub fn arriving(by: Moment, wait: i32, boarding: i32, longest: i32) -> (Span, Span) {
    let pickup = Span { from: by - wait - longest - boarding, until: by - boarding };
    (pickup, Span { from: by - wait, until: by })
}

/// The same for somebody who leaves after a moment, at most `wait` seconds later.
#[must_use]
pub fn leaving(after: Moment, wait: i32, boarding: i32, longest: i32) -> (Span, Span) {
    let first = after + boarding;
    (Span { from: after, until: after + wait }, Span { from: first, until: first + wait + longest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_back_on_both_nights_of_the_clock_change() {
        for day in ["2026-03-29", "2026-10-25", "2026-11-23"] {
            let day: Date = day.parse().unwrap();
            for at in [FIRST, 9 * 3_600, 26 * 3_600] {
                assert_eq!(moment(day, instant(day, at)), at);
            }
        }
    }

    #[test]
    fn the_small_hours_belong_to_the_evening_before() {
        let at = |text: &str| service_day(text.parse().unwrap()).to_string();

        assert_eq!(at("2026-11-24T02:59:59Z"), "2026-11-23");
        assert_eq!(at("2026-11-24T03:00:00Z"), "2026-11-24");
    }

    #[test]
    fn the_clock_shows_local_time_after_the_hour_that_was_left_out() {
        let day = "2026-03-29".parse().unwrap();

        assert_eq!(clock(day, moment(day, "2026-03-29T07:00:00Z".parse().unwrap())), "09:00");
    }
}
