//! What the outside sees of a running service: logs, metrics and traces.
//!
//! No line and no label holds personal data. A call makes no log line at `info`.

mod traces;

use std::{io::IsTerminal as _, str::FromStr};

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{
    EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

pub(crate) use traces::{Traces, call_span};

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// What to log: error, warn, info, debug, trace, or a filter such as
    /// `info,dugnad_ledger=debug`.
    #[arg(long, env = "DUGNAD_LOG", value_name = "FILTER", default_value = "info")]
    log: String,
    /// [default: human on a terminal, else json]
    #[arg(long, env = "DUGNAD_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<LogFormat>,
    /// Sends traces to this OTLP endpoint (gRPC), such as http://127.0.0.1:4317. Off by default.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    otlp: Option<String>,
}

/// Starts logging to stderr, and traces where an endpoint is configured. Call once, in the runtime.
///
/// # Errors
/// If the filter or the endpoint cannot be read.
pub(crate) fn start(args: &Args) -> Result<Option<Traces>> {
    let filter = EnvFilter::from_str(&args.log).context("--log")?;
    let format = args.log_format.unwrap_or_else(|| {
        if std::io::stderr().is_terminal() { LogFormat::Human } else { LogFormat::Json }
    });
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Human => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let traces = args.otlp.as_deref().map(Traces::start).transpose().context("--otlp")?;
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(traces.as_ref().map(Traces::layer))
        .try_init()?;
    Ok(traces)
}

/// From 10 µs, a command decided in memory, to 10 s, a journal that hangs.
const SECONDS: [f64; 13] =
    [1e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 1e-1, 2.5e-1, 1.0, 10.0];

/// Collects what the libraries count, for `/metrics`. Call once.
///
/// # Errors
/// If something else collects already.
pub(crate) fn collect_metrics() -> Result<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()
        .context("metrics")
}
