//! Things that a person must look at: logged as errors and counted by kind.

/// Raises an alarm. `kind` is one of a few fixed words; `text` says what to do.
pub(crate) fn alarm(kind: &'static str, text: &str) {
    metrics::counter!("dugnad_alarms_total", "kind" => kind).increment(1);
    tracing::error!(alarm = kind, "{text}");
}
