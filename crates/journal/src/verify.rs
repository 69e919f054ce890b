//! Proving a partition's chain: no hole, every link fits, and, given a head kept elsewhere, nothing
//! is missing at its end (which no chain can show by itself).

use std::{fmt, str::FromStr};

use crate::{Hash, Journal, Partition, ReadError, Stored, chain::Chain};

/// Read at a time.
const READ_BYTES: usize = 4 * 1024 * 1024;

/// The last commit of a partition as someone remembers it. Written `<number>:<64 hex digits>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: Hash,
}

/// What was found in a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which.
    pub partition: Partition,
    /// Commits that are as they were written, from the first on.
    pub commits: u64,
    /// The bytes of their bodies.
    pub bytes: u64,
    /// The last of them.
    pub head: Option<Head>,
    /// The first thing that is wrong; `None` if all is well.
    pub fault: Option<Fault>,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The first commit that is not as it must be.
    pub number: u64,
    /// What is wrong with it.
    pub what: String,
}

/// A head that is written otherwise.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no head: it must be <number>:<64 hex digits>")]
pub struct HeadError(String);

/// Walks a partition from its first commit to its end, and holds it against `head`.
///
/// `O(commits)`; a commit appended meanwhile may or may not be counted.
///
/// # Errors
/// [`ReadError::Unavailable`] only: damage is what the report is for.
pub async fn verify(
    journal: &dyn Journal,
    partition: &Partition,
    head: Option<Head>,
) -> Result<Report, ReadError> {
    let mut walk = Walk {
        chain: Chain::at(1),
        head,
        report: Report {
            partition: partition.clone(),
            commits: 0,
            bytes: 0,
            head: None,
            fault: None,
        },
    };
    match walk.walk_to_end(journal).await {
        Ok(()) => walk.compare_end(),
        Err(ReadError::Damaged { number, what, .. }) => walk.fault(number, what),
        Err(ReadError::Broken(what)) => walk.fault(walk.chain.next(), what),
        Err(error @ ReadError::Unavailable(_)) => return Err(error),
    }
    Ok(walk.report)
}

struct Walk {
    chain: Chain,
    head: Option<Head>,
    report: Report,
}

impl Walk {
    async fn walk_to_end(&mut self, journal: &dyn Journal) -> Result<(), ReadError> {
        let partition = self.report.partition.clone();
        loop {
            // Asked first: what is appended later is no hole. A damaged last one is there, too;
            // what is wrong before it comes first.
            let last = match journal.last(&partition).await {
                Err(ReadError::Damaged { number, .. }) => number,
                last => last?.map_or(0, |last| last.number),
            };
            let before = self.report.commits;
            self.as_far_as_read(journal, &partition).await?;
            if self.report.commits >= last {
                return Ok(());
            }
            if self.report.commits == before {
                self.fault(before + 1, format!("it is missing; the last is {last}"));
                return Ok(());
            }
        }
    }

    async fn as_far_as_read(
        &mut self,
        journal: &dyn Journal,
        partition: &Partition,
    ) -> Result<(), ReadError> {
        let mut max_bytes = READ_BYTES;
        loop {
            let commits = match journal.read(partition, self.chain.next(), max_bytes).await {
                // One by one up to the fault, so that all before it is counted.
                Err(ReadError::Damaged { .. }) if max_bytes > 0 => {
                    max_bytes = 0;
                    continue;
                }
                commits => commits?,
            };
            if commits.is_empty() {
                return Ok(());
            }
            for commit in commits {
                self.take(partition, commit)?;
            }
        }
    }

    fn take(&mut self, partition: &Partition, commit: Stored) -> Result<(), ReadError> {
        let (hash, bytes) = (commit.hash(), commit.body.len() as u64);
        let commit = self.chain.accept(partition, commit.body, hash)?;
        self.report.commits = commit.number;
        self.report.bytes += bytes;
        self.report.head = Some(Head { number: commit.number, hash });
        if self.head.is_some_and(|head| head.number == commit.number && head.hash != hash) {
            self.fault(commit.number, "its hash is not that of the head given".into());
        }
        Ok(())
    }

    fn compare_end(&mut self) {
        let (found, Some(head)) = (self.report.commits, self.head) else { return };
        if found < head.number {
            self.fault(found + 1, format!("it is missing; the head given is {}", head.number));
        }
    }

    /// Only the first counts.
    fn fault(&mut self, number: u64, what: String) {
        self.report.fault.get_or_insert(Fault { number, what });
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.hash)
    }
}

impl FromStr for Head {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        let head = text.split_once(':').and_then(|(number, hash)| {
            Some(Self { number: number.parse().ok()?, hash: Hash::from_hex(hash)? })
        });
        head.ok_or_else(|| HeadError(text.chars().take(100).collect()))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "commit {}: {}", self.number, self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_what_it_prints() {
        let head = Head { number: 12, hash: Hash::of(b"commit") };

        assert_eq!(head.to_string().parse(), Ok(head));
        assert!("12".parse::<Head>().is_err());
        assert!("12:abc".parse::<Head>().is_err());
    }
}
