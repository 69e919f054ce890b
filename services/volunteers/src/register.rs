//! What Enhetsregisteret and Frivillighetsregisteret say about organisations, from JSON as their open
//! interfaces serve it.
//!
//! A file holds pages (`_embedded`), lists, single entries, or one of these a line. Entries of both
//! registers about one number are merged; fields not named here are passed over. A sole
//! proprietorship (ENK) bears a person's name and is left out, and so are the lines of an address in
//! care of a person, and account and telephone numbers. Nothing here panics, and nothing is read that
//! has no bound.
//!
//! The forms are those of data.brreg.no, `/enhetsregisteret/api/enheter` and
//! `/frivillighetsregisteret/api/frivillige-organisasjoner`.

mod entry;
mod form;
mod page;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt};

use crate::model::organisations::Imported;

use entry::Entry;
pub(crate) use form::{in_care_of, is_form, is_icnpo, is_municipality, is_number};

/// The longest file that is read.
pub const LONGEST_FILE: usize = 256 << 20;

/// The most entries of one file: some more than the national register of voluntary organisations has.
pub const MOST_ENTRIES: usize = 200_000;

/// So many faults are told at a time.
pub const MOST_FAULTS: usize = 20;

pub(crate) const LONGEST_NAME: usize = 200;
pub(crate) const LONGEST_LINE: usize = 100;
pub(crate) const LONGEST_POSTAL_CODE: usize = 16;
pub(crate) const MOST_LINES: usize = 4;
pub(crate) const MOST_CATEGORIES: usize = 10;

/// The form of a sole proprietorship (enkeltpersonforetak).
pub(crate) const SOLE_PROPRIETORSHIP: &str = "ENK";

/// What the files say, together.
#[derive(Debug, Default, PartialEq)]
pub struct Register {
    /// By number.
    pub organisations: Vec<Imported>,
    /// Sole proprietorships, left out.
    pub sole_proprietorships: usize,
    /// Entries of Frivillighetsregisteret without one of Enhetsregisteret in the files: without a name.
    pub nameless: usize,
    /// Addresses in care of a person, of which only the town was kept.
    pub in_care_of: usize,
}

/// A field that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The path to it, such as `enheter[17].organisasjonsnummer`.
    pub field: String,
    /// What is wrong; continues the sentence.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            return f.write_str(&self.problem);
        }
        write!(f, "{}: {}", self.field, self.problem)
    }
}

/// Reads files one after another; a later entry about a number takes the place of an earlier one.
#[derive(Debug, Default)]
pub struct Reader {
    by_number: BTreeMap<String, Entry>,
}

impl Reader {
    /// Reads one file. `O(bytes)`, `O(entries)` memory.
    ///
    /// # Errors
    /// Names the first [`MOST_FAULTS`] fields that cannot be taken; nothing of the file is taken then.
    pub fn read(&mut self, file: &[u8]) -> Result<(), Vec<Fault>> {
        if file.len() > LONGEST_FILE {
            let problem = format!("the file is longer than {LONGEST_FILE} bytes");
            return Err(vec![Fault { field: String::new(), problem }]);
        }
        let mut faults = Vec::new();
        let mut entries = Vec::new();
        page::each(file, &mut |place, raw| {
            match Entry::read(raw) {
                Ok(_) if entries.len() >= MOST_ENTRIES => {
                    let problem = format!("there are more than {MOST_ENTRIES} entries");
                    faults.push(Fault { field: String::new(), problem });
                    return false;
                }
                Ok(entry) => entries.push(entry),
                Err(fault) => faults.push(fault.within(place)),
            }
            faults.len() < MOST_FAULTS
        })
        .unwrap_or_else(|fault| faults.push(fault));
        if !faults.is_empty() {
            return Err(faults);
        }
        for entry in entries {
            match self.by_number.entry(entry.number.clone()) {
                std::collections::btree_map::Entry::Vacant(vacant) => {
                    vacant.insert(entry);
                }
                std::collections::btree_map::Entry::Occupied(mut known) => {
                    known.get_mut().also(entry);
                }
            }
        }
        Ok(())
    }

    /// What all of it comes to.
    #[must_use]
    pub fn finish(self) -> Register {
        let mut register = Register::default();
        for entry in self.by_number.into_values() {
            if entry.form == SOLE_PROPRIETORSHIP {
                register.sole_proprietorships += 1;
            } else if entry.name.is_none() && !entry.gone {
                register.nameless += 1;
            } else {
                register.in_care_of += usize::from(entry.in_care_of);
                register.organisations.push(entry.into());
            }
        }
        register
    }
}

impl Fault {
    fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }

    fn within(mut self, place: &str) -> Self {
        if !self.field.is_empty() && !place.is_empty() && !place.ends_with(' ') {
            self.field.insert(0, '.');
        }
        self.field.insert_str(0, place);
        self
    }
}
