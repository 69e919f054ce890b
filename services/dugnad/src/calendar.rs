//! `dugnad calendar expand`: the dates of a recurrence, one ISO 8601 line each, so that anyone can
//! hold them against another implementation's.
//!
//! A local time that the clock jumps over is no occurrence (RFC 5545 3.3.10) and prints nothing.

use std::io::{self, Write};

use anyhow::{Context as _, Result};
use clap::Subcommand;
use dugnad_calendar::Occurrence;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints the dates of a recurrence rule.
    #[command(after_help = "\
Example:
  dugnad calendar expand --dtstart 2026-03-01T18:00 --zone Europe/Oslo \\
      --rrule 'FREQ=WEEKLY;COUNT=10' --exdate 2026-03-29T18:00")]
    Expand(Expand),
}

#[derive(Debug, clap::Args)]
struct Expand {
    /// The first start in local time, such as 2026-03-01T18:00.
    #[arg(long, value_name = "LOCAL", value_parser = local)]
    dtstart: DateTime,
    /// IANA time zone.
    #[arg(long, value_name = "NAME", default_value = "Europe/Oslo", value_parser = zone)]
    zone: TimeZone,
    /// RFC 5545 recurrence rule, with or without the leading `RRULE:`.
    #[arg(long, value_name = "RULE")]
    rrule: String,
    /// A local start to leave out; may be given again.
    #[arg(long, value_name = "LOCAL", value_parser = local)]
    exdate: Vec<DateTime>,
    /// The most dates to print; a rule that gives more is an error.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = limit)]
    limit: usize,
}

fn local(text: &str) -> Result<DateTime, String> {
    // A zone or offset beside a local time would be ignored: say so instead.
    if text.ends_with(['Z', 'z', ']']) || text.parse::<Timestamp>().is_ok() {
        return Err("must be a local time without offset, such as 2026-03-01T18:00".to_owned());
    }
    text.parse().map_err(|_| "must be a local time such as 2026-03-01T18:00".to_owned())
}

fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| "no such IANA time zone".to_owned())
}

fn limit(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(limit @ 1..=100_000) => Ok(limit),
        _ => Err("must be 1 to 100000".to_owned()),
    }
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let Command::Expand(args) = &args.command;
    expand(args, &mut io::stdout().lock())
}

fn expand(args: &Expand, out: &mut impl Write) -> Result<()> {
    let rule = args.rrule.strip_prefix("RRULE:").unwrap_or(&args.rrule);
    let dates = dugnad_calendar::expand(args.dtstart, &args.zone, rule, &args.exdate, args.limit)
        .context("--rrule")?;
    for date in dates {
        if let Occurrence::At(local, instant) = date {
            let offset = args.zone.to_offset(instant);
            writeln!(out, "{local}{}", shown(offset.seconds()))?;
        }
    }
    Ok(())
}

/// `+01:00`; zones before 1900 have seconds too.
fn shown(offset: i32) -> String {
    let (sign, offset) = (if offset < 0 { '-' } else { '+' }, offset.abs());
    let text = format!("{sign}{:02}:{:02}", offset / 3600, offset / 60 % 60);
    if offset % 60 == 0 { text } else { format!("{text}:{:02}", offset % 60) }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Expand,
    }

    fn expanded(line: &[&str]) -> Result<String> {
        let line = Line::try_parse_from([&["expand"], line].concat())?;
        let mut out = Vec::new();
        expand(&line.args, &mut out)?;
        Ok(String::from_utf8(out)?)
    }

    #[test]
    fn the_offset_follows_summer_time_and_the_clock_stays() {
        let dates = expanded(&[
            "--dtstart=2026-03-22T18:00",
            "--rrule=FREQ=WEEKLY;COUNT=3",
            "--exdate=2026-03-29T18:00",
        ]);

        assert_eq!(dates.unwrap(), "2026-03-22T18:00:00+01:00\n2026-04-05T18:00:00+02:00\n");
    }

    #[test]
    fn an_error_names_its_flag() {
        let start = "--dtstart=2026-03-22T18:00";
        let rule = "--rrule=FREQ=WEEKLY;COUNT=3";
        for (line, flag) in [
            (vec!["--dtstart=yesterday", rule], "--dtstart"),
            (vec!["--dtstart=2026-03-22T18:00Z", rule], "--dtstart"),
            (vec!["--dtstart=2026-03-22T18:00+02:00", rule], "--dtstart"),
            (vec![start, rule, "--zone=Middle/Earth"], "--zone"),
            (vec![start, rule, "--exdate=x"], "--exdate"),
            (vec![start, rule, "--limit=0"], "--limit"),
            (vec![start, "--rrule=FREQ=SOMETIMES"], "--rrule"),
            (vec![start, "--rrule=FREQ=DAILY"], "--rrule"),
        ] {
            let error = format!("{:#}", expanded(&line).unwrap_err());
            assert!(error.contains(flag), "{line:?} gave {error}");
        }
    }
}
