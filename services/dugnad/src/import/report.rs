//! What an import came to.

use std::io::{self, Write as _};

use anyhow::Result;
use comfy_table::{Table, presets::UTF8_HORIZONTAL_ONLY};
use dugnad_proto::volunteers::v1::{
    ImportOrganisationsResponse,
    import_organisations_response::{Change, Outcome as One},
};
use dugnad_volunteers::register::Register;
use serde_json::json;

use crate::bench::thousands;

/// So many changes are shown; `--json` shows all.
const SHOWN: usize = 20;

/// What became of all of them.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    new: u64,
    changed: u64,
    unchanged: u64,
    gone: u64,
    sole_proprietorships: usize,
    nameless: usize,
    in_care_of: usize,
    changes: Vec<One>,
    pub(super) seconds: f64,
}

impl Outcome {
    /// What was left out before anything was sent.
    pub(super) fn of(register: &Register) -> Self {
        Self {
            sole_proprietorships: register.sole_proprietorships,
            nameless: register.nameless,
            in_care_of: register.in_care_of,
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, answer: ImportOrganisationsResponse) {
        self.new += u64::from(answer.new.unsigned_abs());
        self.changed += u64::from(answer.changed.unsigned_abs());
        self.unchanged += u64::from(answer.unchanged.unsigned_abs());
        self.gone += u64::from(answer.gone.unsigned_abs());
        self.changes.extend(answer.outcomes);
    }

    pub(super) fn json(&self) -> Result<()> {
        let changes = self.changes.iter().map(|one| {
            json!({
                "organisation": one.organisation,
                "number": one.number,
                "name": one.display_name,
                "change": word(one),
                "fields": one.fields,
            })
        });
        let report = json!({
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "gone": self.gone,
            "sole_proprietorships": self.sole_proprietorships,
            "nameless": self.nameless,
            "in_care_of": self.in_care_of,
            "seconds": self.seconds,
            "changes": changes.collect::<Vec<_>>(),
        });
        Ok(writeln!(io::stdout().lock(), "{report}")?)
    }

    pub(super) fn table(&self) -> Result<()> {
        let mut out = io::stdout().lock();
        let (all, seconds) = (self.new + self.changed + self.unchanged + self.gone, self.seconds);
        if self.changes.is_empty() {
            writeln!(out, "nothing changed: {} · {seconds:.2} s", organisations(all))?;
        } else {
            let mut table = Table::new();
            table.load_style(UTF8_HORIZONTAL_ONLY);
            table.set_header(["", "number", "name", "what changed"]);
            for one in self.changes.iter().take(SHOWN) {
                let fields = one.fields.join(", ");
                table.add_row([word(one), &one.number, &one.display_name, &fields]);
            }
            writeln!(out, "{table}")?;
            let more = self.changes.len().saturating_sub(SHOWN);
            if more > 0 {
                writeln!(out, "and {} more; --json shows all", count(more as u64))?;
            }
            writeln!(
                out,
                "{}: {} new, {} changed, {} gone, {} as they were · {seconds:.2} s",
                organisations(all),
                count(self.new),
                count(self.changed),
                count(self.gone),
                count(self.unchanged)
            )?;
        }
        for (number, what) in [
            (self.sole_proprietorships, "sole proprietorships were left out: they bear a name"),
            (self.nameless, "entries without one of Enhetsregisteret were left out"),
            (self.in_care_of, "addresses in care of a person: only the town was kept"),
        ] {
            if number > 0 {
                writeln!(out, "{} {what}", count(number as u64))?;
            }
        }
        Ok(())
    }
}

fn count(number: u64) -> String {
    thousands(number as f64)
}

fn organisations(number: u64) -> String {
    format!("{} organisation{}", count(number), if number == 1 { "" } else { "s" })
}

fn word(one: &One) -> &'static str {
    match one.change() {
        Change::New => "new",
        Change::Changed => "changed",
        Change::Gone => "gone",
        Change::Unspecified => "",
    }
}
