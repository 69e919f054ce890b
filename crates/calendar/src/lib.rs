//! Windows, opening hours and recurrence: what "every Tuesday at six" and "open until ten" mean.
//!
//! Pure and synchronous: no clock is read, the zone arrives as an argument. People think in local
//! time, the journal in instants, so everything here is worked out in local time first and then
//! placed in the zone; that is what makes both ends of daylight saving time come out right.
//! Absent: all-day dates, durations of occurrences.
//! [`ical`] writes and reads it all as other programs do.

pub mod ical;
mod interval;
mod opening;
mod recurrence;
mod window;

pub use interval::{Interval, IntervalError};
pub use opening::{Closed, Exception, OpeningHours};
pub use recurrence::{Occurrence, RecurrenceError, expand, expand_first};
pub use window::{LocalWindow, LocalWindowError};
