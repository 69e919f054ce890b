//! Invariant 9: replaying a journal gives the state that was running.

use crate::{
    history::Place,
    lines::DigestLine,
    report::{Findings, Verdict},
};

#[derive(Debug, Default)]
pub(crate) struct Digests {
    compared: u64,
    findings: Findings,
}

impl Digests {
    pub(crate) fn compare(&mut self, said: &DigestLine, replayed: Option<&str>) {
        self.compared += 1;
        let what = match replayed {
            Some(replayed) if replayed == said.digest => return,
            Some(replayed) => {
                format!("replay comes to {replayed}, and what ran had come to {}", said.digest)
            }
            None => "a state was shown here, and the journal does not reach so far".to_owned(),
        };
        self.findings.add(&Place::new(&said.partition, said.position), None, what);
    }

    pub(crate) fn conclude(&mut self) -> Verdict {
        let mut verdict = Verdict::new(9, "replay is what runs", "different");
        verdict.count(self.compared, "states compared");
        verdict.take(std::mem::take(&mut self.findings));
        verdict
    }
}
