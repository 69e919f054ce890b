//! Carrying partitions between journals as JSON lines, one commit a line:
//! `{"partition":"dugnad.rooms.drammen","number":1,"hash":"<hex>","body":"<base64>"}`.
//!
//! Kept true: the bytes of a commit are carried unchanged, so hashes and heads hold on both sides.
//! An import may stop anywhere and be run again: what is there is compared, never overwritten.

use std::{collections::VecDeque, io};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::{
    AppendError, Hash, Journal, Link, MAX_COMMIT_BYTES, Partition, ReadError, Stored, chain::Chain,
};

/// Read at a time.
const READ_BYTES: usize = 1024 * 1024;
/// The longest line: the largest body in base64, and room for the other fields.
const LINE_BYTES: u64 = (MAX_COMMIT_BYTES as u64).div_ceil(3) * 4 + 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    partition: Partition,
    number: u64,
    hash: String,
    body: String,
}

/// How much an import found and wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Commits that were not there yet.
    pub written: u64,
    /// Commits that were there already, equal to the byte.
    pub there: u64,
}

/// Why carrying stopped. Nothing that was carried is undone: run it again to go on.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// Reading or writing the lines failed.
    #[error("the lines: {0}")]
    Io(#[from] io::Error),
    /// Reading the journal failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Writing the journal failed.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A line is not what an export writes.
    #[error("line {line}: {what}")]
    Line {
        /// From 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// The journal has another commit at that number.
    #[error("{partition} holds another commit {number} than the one on line {line}")]
    Differs {
        /// From 1.
        line: u64,
        /// Where.
        partition: Partition,
        /// The commit's number.
        number: u64,
    },
    /// The commits before it are neither in the journal nor on the lines before.
    #[error("line {line} is commit {number} of {partition}, but the one before is not there")]
    Gap {
        /// From 1.
        line: u64,
        /// Where.
        partition: Partition,
        /// The commit's number.
        number: u64,
    },
}

/// Writes a partition's commits from number `from` to its end; says how many.
///
/// # Errors
/// See [`TransferError`]; damage stops it at the damaged commit.
pub async fn export(
    journal: &dyn Journal,
    partition: &Partition,
    from: u64,
    out: &mut (impl AsyncWrite + Unpin + Send),
) -> Result<u64, TransferError> {
    let mut chain = Chain::at(from.max(1));
    let mut count = 0;
    loop {
        let commits = journal.read(partition, chain.next(), READ_BYTES).await?;
        if commits.is_empty() {
            out.flush().await?;
            return Ok(count);
        }
        for commit in commits {
            let hash = commit.hash();
            let commit = chain.accept(partition, commit.body, hash)?;
            let line = Line {
                partition: partition.clone(),
                number: commit.number,
                hash: hash.to_string(),
                body: BASE64_STANDARD.encode(&commit.body),
            };
            let mut line = serde_json::to_vec(&line).map_err(io::Error::from)?;
            line.push(b'\n');
            out.write_all(&line).await?;
            count += 1;
        }
    }
}

/// Appends the commits on the lines, of any partitions; those that are there already must be equal.
///
/// # Errors
/// See [`TransferError`]; the line is named, and all before it are in the journal.
pub async fn import(
    journal: &dyn Journal,
    lines: &mut (impl AsyncBufRead + Unpin + Send),
) -> Result<Imported, TransferError> {
    let mut import = Import { journal, line: 0, there: None, imported: Imported::default() };
    let mut line = Vec::new();
    loop {
        line.clear();
        import.line += 1;
        let read = lines.take(LINE_BYTES).read_until(b'\n', &mut line).await?;
        if read == 0 {
            return Ok(import.imported);
        }
        if line.last() != Some(&b'\n') && read as u64 == LINE_BYTES {
            return Err(import.wrong(format!("it is longer than {LINE_BYTES} bytes")));
        }
        if !line.trim_ascii().is_empty() {
            let (partition, commit) = import.parse(&line)?;
            import.take(partition, commit).await?;
        }
    }
}

struct Import<'a> {
    journal: &'a dyn Journal,
    line: u64,
    /// Commits read ahead for comparing: a partition's next ones.
    there: Option<(Partition, VecDeque<Stored>)>,
    imported: Imported,
}

impl Import<'_> {
    fn wrong(&self, what: impl Into<String>) -> TransferError {
        TransferError::Line { line: self.line, what: what.into() }
    }

    fn parse(&self, line: &[u8]) -> Result<(Partition, Stored), TransferError> {
        let line: Line = serde_json::from_slice(line).map_err(|e| self.wrong(e.to_string()))?;
        let body = BASE64_STANDARD.decode(&line.body).map_err(|e| self.wrong(e.to_string()))?;
        let commit = Stored { number: line.number, body: body.into() };
        if Hash::from_hex(&line.hash) != Some(commit.hash()) {
            return Err(self.wrong("the hash is not that of the body"));
        }
        let link = Link::read(&commit.body).map_err(|_| self.wrong("the body is no commit"))?;
        if link.number != commit.number {
            return Err(self.wrong("the number is not that in the body"));
        }
        Ok((line.partition, commit))
    }

    async fn take(&mut self, partition: Partition, commit: Stored) -> Result<(), TransferError> {
        if self.is_there(&partition, &commit)? {
            self.imported.there += 1;
            return Ok(());
        }
        self.check_link(&partition, &commit).await?;
        match self.journal.append(&partition, commit.clone()).await {
            Ok(()) => {
                self.imported.written += 1;
                self.there = Some((partition, VecDeque::from([commit])));
                Ok(())
            }
            Err(AppendError::Conflict) => {
                let read = self.journal.read(&partition, commit.number, READ_BYTES).await?;
                self.there = Some((partition.clone(), read.into()));
                if self.is_there(&partition, &commit)? {
                    self.imported.there += 1;
                    return Ok(());
                }
                Err(TransferError::Gap { line: self.line, partition, number: commit.number })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the commit is among those read ahead.
    fn is_there(&mut self, partition: &Partition, commit: &Stored) -> Result<bool, TransferError> {
        let Some((of, there)) = &mut self.there else { return Ok(false) };
        while of == partition && there.front().is_some_and(|first| first.number < commit.number) {
            if there.len() == 1 {
                // The one that the next hangs on.
                return Ok(false);
            }
            there.pop_front();
        }
        match there.front() {
            Some(first) if of == partition && first.number == commit.number => {
                if first == commit {
                    return Ok(true);
                }
                let (line, partition) = (self.line, partition.clone());
                Err(TransferError::Differs { line, partition, number: commit.number })
            }
            _ => Ok(false),
        }
    }

    /// A commit that hangs on another predecessor than the journal's is a differing one, and must
    /// not be appended: the chain would be broken for ever.
    async fn check_link(
        &self,
        partition: &Partition,
        commit: &Stored,
    ) -> Result<(), TransferError> {
        let link = Link::read(&commit.body).map_err(|_| self.wrong("the body is no commit"))?;
        let number = commit.number.saturating_sub(1);
        let before = match &self.there {
            _ if number == 0 => Some(Hash::NONE),
            Some((of, there)) if of == partition && there.len() == 1 => {
                there.front().filter(|last| last.number == number).map(Stored::hash)
            }
            _ => None,
        };
        let before = match before {
            Some(before) => before,
            None => match self.journal.read(partition, number, 0).await?.first() {
                Some(before) => before.hash(),
                // Appending will say that it is a gap.
                None => return Ok(()),
            },
        };
        if before == link.before {
            return Ok(());
        }
        let (line, partition) = (self.line, partition.clone());
        Err(TransferError::Differs { line, partition, number })
    }
}
