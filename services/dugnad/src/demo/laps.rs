//! How long each part took.

use std::time::{Duration, Instant};

/// A clock that is looked at when a part is done.
pub(super) struct Laps {
    began: Instant,
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Laps {
    pub(super) fn start() -> Self {
        let now = Instant::now();
        Self { began: now, last: now, laps: Vec::new() }
    }

    /// What was done since the last.
    pub(super) fn lap(&mut self, what: &'static str) {
        let now = Instant::now();
        self.laps.push((what, now.duration_since(self.last)));
        self.last = now;
    }

    /// `Took 1 min 32 s: the town 4 s, …`.
    pub(super) fn in_words(&self) -> String {
        let all = self.last.duration_since(self.began);
        let parts = self.laps.iter().map(|(what, took)| format!("{what} {}", in_words(*took)));
        format!("Took {}: {}.", in_words(all), parts.collect::<Vec<_>>().join(", "))
    }
}

fn in_words(span: Duration) -> String {
    match span.as_secs() {
        0 => format!("{:.1} s", span.as_secs_f64()),
        seconds @ 1..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_said_as_people_say_it() {
        let said = [400, 4_900, 92_000].map(|millis| in_words(Duration::from_millis(millis)));
        assert_eq!(said, ["0.4 s", "4 s", "1 min 32 s"]);
    }
}
