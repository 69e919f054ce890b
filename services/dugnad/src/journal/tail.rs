//! `dugnad journal tail`: commits of any service as JSON, without knowing what they mean.

use std::{
    collections::HashMap,
    io::{self, Write},
};

use anyhow::{Context as _, Result};
use dugnad_journal::{Followed, Journal, Partition, Positions, Stored};
use futures::StreamExt as _;
use rmpv::Value;
use serde_json::{Map, json};
use uuid::Uuid;

use super::Which;

/// Read at a time.
const READ_BYTES: usize = 1024 * 1024;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// How many commits of each partition.
    #[arg(long, value_name = "N", default_value_t = 10)]
    last: u64,
    /// Stays, and shows what is appended. Only NATS can be followed while it is used.
    #[arg(long)]
    follow: bool,
}

pub(super) async fn run(args: Args) -> Result<()> {
    let journal = super::open(&args.which.journal).await?;
    let mut shown = Positions::new();
    for partition in args.which.partitions(&*journal).await? {
        let last = journal.last(&partition).await?.map_or(0, |last| last.number);
        show_from(&*journal, &partition, last.saturating_sub(args.last) + 1).await?;
        shown.insert(partition, last);
    }
    if args.follow { follow(&*journal, &args.which, shown).await } else { Ok(()) }
}

async fn show_from(journal: &dyn Journal, partition: &Partition, mut from: u64) -> Result<()> {
    loop {
        let commits = journal.read(partition, from, READ_BYTES).await?;
        for commit in &commits {
            show(partition, commit)?;
        }
        match commits.last() {
            Some(last) => from = last.number + 1,
            None => return Ok(()),
        }
    }
}

async fn follow(journal: &dyn Journal, which: &Which, shown: Positions) -> Result<()> {
    let mut streams = Vec::new();
    for service in super::services() {
        let after: HashMap<_, _> = shown.iter().map(|(p, n)| (p.clone(), *n)).collect();
        streams.push(journal.follow(&service, after).await?);
    }
    let mut all = futures::stream::select_all(streams);
    while let Some(next) = all.next().await {
        if let Followed::Commit(partition, commit) = next?
            && (which.partition.is_empty() || which.partition.contains(&partition))
        {
            show(&partition, &commit)?;
        }
    }
    Ok(())
}

fn show(partition: &Partition, commit: &Stored) -> Result<()> {
    let value = rmpv::decode::read_value(&mut &commit.body[..])
        .with_context(|| format!("{partition} is damaged at commit {}", commit.number))?;
    let line = json!({
        "partition": partition.to_string(),
        "number": commit.number,
        "hash": commit.hash().to_string(),
        "commit": shown(value),
    });
    writeln!(io::stdout().lock(), "{line}")?;
    Ok(())
}

/// Sixteen bytes are shown as a UUID, which they mostly are; others as hexadecimal digits.
fn shown(value: Value) -> serde_json::Value {
    match value {
        Value::Nil => json!(null),
        Value::Boolean(value) => json!(value),
        Value::Integer(value) => value
            .as_i64()
            .map(|value| json!(value))
            .or_else(|| value.as_u64().map(|value| json!(value)))
            .unwrap_or_default(),
        Value::F32(value) => json!(value),
        Value::F64(value) => json!(value),
        Value::String(value) => json!(String::from_utf8_lossy(value.as_bytes())),
        Value::Binary(bytes) | Value::Ext(_, bytes) => match Uuid::from_slice(&bytes) {
            Ok(id) => json!(id.to_string()),
            Err(_) => json!(hex::encode(bytes)),
        },
        Value::Array(values) => values.into_iter().map(shown).collect(),
        Value::Map(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (name(key), shown(value)));
            serde_json::Value::Object(entries.collect::<Map<_, _>>())
        }
    }
}

fn name(key: Value) -> String {
    match shown(key) {
        serde_json::Value::String(name) => name,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_shown_without_knowing_its_fields() {
        let id = Uuid::from_u128(7);
        let value = Value::Map(vec![
            ("number".into(), 3.into()),
            ("id".into(), Value::Binary(id.as_bytes().to_vec())),
            ("sealed".into(), Value::Binary(vec![0xab, 0xcd])),
            (1.into(), Value::Array(vec![Value::Nil, true.into()])),
        ]);

        assert_eq!(
            shown(value),
            json!({"number": 3, "id": id.to_string(), "sealed": "abcd", "1": [null, true]})
        );
    }
}
