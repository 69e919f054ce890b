//! What a caller calls the parts of a problem, as numbers from the first message on.

use std::collections::HashMap;

use crate::{Invalid, field};

/// The longest id, characters.
const LONGEST_ID: usize = 64;

/// Numbers by name, in the order they came.
#[derive(Debug, Default)]
pub struct Ids(HashMap<String, u32>);

impl Ids {
    /// Gives the next number to the name in the field `id`.
    ///
    /// # Errors
    /// A name that is empty, too long, or there already.
    pub fn add(&mut self, id: String) -> Result<(), Invalid> {
        field::label("id", &id, LONGEST_ID)?;
        let next = self.0.len() as u32;
        if self.0.contains_key(&id) {
            return Err(Invalid::new("id", format!("{id:?} stands there twice")));
        }
        self.0.insert(id, next);
        Ok(())
    }

    /// The number of a name; `list` is where it should have come before.
    ///
    /// # Errors
    /// A name that has not come.
    pub fn find(&self, field: &str, id: &str, list: &str) -> Result<u32, Invalid> {
        let found = self.0.get(id).copied();
        // Cut short: what is no id of ours may be of any length.
        let shown = || id.chars().take(LONGEST_ID).collect::<String>();
        found.ok_or_else(|| {
            Invalid::new(field, format!("{:?} is not among the {list} sent before", shown()))
        })
    }

    /// The names by their numbers.
    #[must_use]
    pub fn into_names(self) -> Vec<String> {
        let mut names = vec![String::new(); self.0.len()];
        self.0.into_iter().for_each(|(id, at)| names[at as usize] = id);
        names
    }
}
