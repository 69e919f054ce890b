//! `dugnad journal verify`.

use std::io::{self, Write};

use anyhow::{Context as _, Result, bail};
use comfy_table::{Table, presets::UTF8_HORIZONTAL_ONLY};
use dugnad_journal::{
    Partition,
    verify::{Head, Report, verify},
};
use indicatif::{ProgressBar, ProgressStyle};

use super::Which;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// A head kept elsewhere: its commit must be there, and be the same. May be given again.
    /// The partition can be left out where there is only one.
    #[arg(long, value_name = "[PARTITION=]N:HASH", value_parser = given)]
    head: Vec<Given>,
    /// One JSON object a partition instead of a table.
    #[arg(long)]
    json: bool,
}

/// A head, and whose.
#[derive(Clone, Debug)]
struct Given(Option<Partition>, Head);

fn given(text: &str) -> Result<Given, String> {
    let (partition, head) = match text.split_once('=') {
        Some((name, head)) => (Some(Partition::parse(name).map_err(|e| e.to_string())?), head),
        None => (None, text),
    };
    Ok(Given(
        partition,
        head.parse().map_err(|e: dugnad_journal::verify::HeadError| e.to_string())?,
    ))
}

pub(super) async fn run(args: Args) -> Result<()> {
    let journal = super::open(&args.which.journal).await?;
    let mut partitions = args.which.partitions(&*journal).await?;
    let heads = heads(&args.head, &partitions)?;
    // A partition that is gone altogether is missed only because somebody kept its head.
    let gone = heads.iter().map(|(partition, _)| partition).filter(|p| !partitions.contains(p));
    partitions.extend(gone.cloned().collect::<Vec<_>>());
    let mut reports = Vec::new();
    let bar = bar(partitions.len() as u64);
    for partition in &partitions {
        bar.set_message(partition.to_string());
        let head = heads.iter().find(|(of, _)| of == partition).map(|(_, head)| *head);
        reports.push(verify(&*journal, partition, head).await?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let mut out = io::stdout().lock();
    if args.json {
        json(&mut out, &reports)?;
    } else {
        table(&mut out, &reports)?;
    }
    out.flush()?;
    match reports.iter().find_map(|report| Some((report, report.fault.as_ref()?))) {
        None => Ok(()),
        Some((report, fault)) => bail!("{} is damaged at {fault}", report.partition),
    }
}

fn heads(given: &[Given], partitions: &[Partition]) -> Result<Vec<(Partition, Head)>> {
    let whose = |Given(partition, head): &Given| match (partition, partitions) {
        (Some(partition), _) => Ok((partition.clone(), *head)),
        (None, [only]) => Ok((only.clone(), *head)),
        (None, _) => bail!(
            "--head: there are {} partitions: say whose head it is, as PARTITION=N:HASH",
            partitions.len()
        ),
    };
    given.iter().map(whose).collect()
}

fn bar(partitions: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{pos}/{len} partitions {bar:30} {msg}");
    ProgressBar::new(partitions).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn table(out: &mut impl Write, reports: &[Report]) -> Result<()> {
    if reports.is_empty() {
        writeln!(out, "The journal is empty.")?;
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header(["partition", "commits", "bytes", "found"]);
    for report in reports {
        let found = match &report.fault {
            None => "whole".to_owned(),
            Some(fault) => fault.to_string(),
        };
        table.add_row([
            report.partition.to_string(),
            report.commits.to_string(),
            report.bytes.to_string(),
            found,
        ]);
    }
    writeln!(out, "{table}")?;
    writeln!(out, "Heads, to keep elsewhere and give back one day:")?;
    for report in reports {
        if let Some(head) = report.head {
            writeln!(out, "  --head {}={head}", report.partition)?;
        }
    }
    Ok(())
}

fn json(out: &mut impl Write, reports: &[Report]) -> Result<()> {
    for report in reports {
        let line = serde_json::json!({
            "partition": report.partition.to_string(),
            "commits": report.commits,
            "bytes": report.bytes,
            "head": report.head.map(|head| head.to_string()),
            "fault": report.fault.as_ref().map(|fault| serde_json::json!({
                "number": fault.number,
                "what": fault.what,
            })),
        });
        writeln!(out, "{line}").context("stdout")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_may_name_its_partition() {
        let hash = "ab".repeat(32);

        let Given(partition, head) = given(&format!("dugnad.rooms.lillevik=7:{hash}")).unwrap();

        assert_eq!(partition.unwrap().to_string(), "dugnad.rooms.lillevik");
        assert_eq!(head.number, 7);
        assert!(given(&format!("7:{hash}")).unwrap().0.is_none());
        assert!(given("lillevik=7:ab").is_err());
    }

    #[test]
    fn a_head_without_a_partition_fits_only_one() {
        let bare = given(&format!("7:{}", "ab".repeat(32))).unwrap();
        let partition = |tenant| Partition::parse(&format!("dugnad.rooms.{tenant}")).unwrap();
        let both = [partition("a"), partition("b")];

        assert!(heads(std::slice::from_ref(&bare), &both[..1]).is_ok());
        assert!(heads(&[bare], &both).is_err());
    }
}
