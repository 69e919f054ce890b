//! What an audit comes to: one verdict an invariant, with what was counted and what was found.

use std::fmt;

use serde::Serialize;

use crate::history::Place;

/// So many findings of a verdict are kept; the others are counted.
pub const MOST_SHOWN: usize = 20;

/// All verdicts, in the order of the invariants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// One an invariant.
    pub verdicts: Vec<Verdict>,
}

impl Report {
    /// How much was found, in all.
    #[must_use]
    pub fn found(&self) -> u64 {
        self.verdicts.iter().map(|verdict| verdict.found).sum()
    }
}

/// What became of one invariant. `Display` is a line, and one more a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Its number in ARCHITECTURE.md; `None`: it has none.
    pub number: Option<u8>,
    /// What must be true.
    pub claim: &'static str,
    /// What it was held against: how many, and of what.
    pub counted: Vec<(u64, &'static str)>,
    /// How often it was not true.
    pub found: u64,
    /// What that is called.
    pub fault: &'static str,
    /// The first of them.
    pub findings: Vec<Finding>,
}

/// Where something must not be as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whose history, as `dugnad.<service>.<tenant>`.
    pub partition: String,
    /// Which commit of it.
    pub commit: u64,
    /// Which event of that, from 0; `None`: the commit as a whole, or what is missing after it.
    pub event: Option<u32>,
    /// What is wrong.
    pub what: String,
}

impl Verdict {
    pub(crate) fn new(number: u8, claim: &'static str, fault: &'static str) -> Self {
        Self { number: Some(number), ..Self::unnumbered(claim, fault) }
    }

    pub(crate) fn unnumbered(claim: &'static str, fault: &'static str) -> Self {
        Self { number: None, claim, counted: Vec::new(), found: 0, fault, findings: Vec::new() }
    }

    /// Adds to what was counted: each municipality counts for itself.
    pub(crate) fn count(&mut self, many: u64, of: &'static str) {
        match self.counted.iter_mut().find(|(_, what)| *what == of) {
            Some((sum, _)) => *sum += many,
            None => self.counted.push((many, of)),
        }
    }

    pub(crate) fn take(&mut self, findings: Findings) {
        self.found += findings.found;
        let room = MOST_SHOWN.saturating_sub(self.findings.len());
        self.findings.extend(findings.kept.into_iter().take(room));
    }
}

/// What is found as history goes by.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    kept: Vec<Finding>,
    found: u64,
}

impl Findings {
    pub(crate) fn add(&mut self, place: &Place, event: Option<u32>, what: impl Into<String>) {
        self.found += 1;
        if self.kept.len() < MOST_SHOWN {
            let (partition, commit) = (place.partition.to_string(), place.commit);
            let event = event.map(|event| place.event + event);
            self.kept.push(Finding { partition, commit, event, what: what.into() });
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) => write!(f, "{number} {}: ", self.claim)?,
            None => write!(f, "– {}: ", self.claim)?,
        }
        for (many, of) in &self.counted {
            write!(f, "{} {of}, ", spaced(*many))?;
        }
        write!(f, "{} {}", spaced(self.found), self.fault)?;
        for finding in &self.findings {
            write!(f, "\n  {finding}")?;
        }
        match self.found - self.findings.len() as u64 {
            0 => Ok(()),
            more => write!(f, "\n  and {} more", spaced(more)),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} commit {}", self.partition, self.commit)?;
        if let Some(event) = self.event {
            write!(f, " event {event}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// With a space between thousands.
fn spaced(number: u64) -> String {
    let digits = number.to_string();
    let mut spaced = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            spaced.push(' ');
        }
        spaced.push(digit);
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_says_what_was_counted_and_where_it_failed() {
        let partition = dugnad_journal::Partition::parse("dugnad.rooms.drammen").unwrap();
        let mut place = Place::new(&partition, 812);
        place.event = 2;
        let mut findings = Findings::default();
        findings.add(&place, Some(1), "taken twice");
        let mut verdict = Verdict::new(1, "no double booking", "overlaps");

        verdict.count(5_000, "claims");
        verdict.count(320, "claims");
        verdict.take(findings);

        assert_eq!(
            verdict.to_string(),
            "1 no double booking: 5 320 claims, 1 overlaps\n  \
             dugnad.rooms.drammen commit 812 event 3: taken twice"
        );
    }

    #[test]
    fn of_very_many_findings_the_first_are_shown_and_all_are_counted() {
        let partition = dugnad_journal::Partition::parse("dugnad.rooms.drammen").unwrap();
        let mut findings = Findings::default();
        for commit in 1..=1_020 {
            findings.add(&Place::new(&partition, commit), None, "wrong");
        }
        let mut verdict = Verdict::new(1, "no double booking", "overlaps");

        verdict.take(findings);

        assert_eq!((verdict.found, verdict.findings.len()), (1_020, MOST_SHOWN));
        assert!(verdict.to_string().ends_with("and 1 000 more"));
    }
}
