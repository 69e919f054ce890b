//! How people are reached: asked of the register at the moment of sending, and kept nowhere.

use std::{collections::HashMap, fmt};

use async_trait::async_trait;
use dugnad_events::notices::Preference;
use dugnad_journal::Tenant;
use dugnad_vault::PersonId;

/// The most people asked about at once: as many as the register shows in one call.
pub(crate) const MOST_AT_ONCE: usize = 100;

/// The register, in this process or another. Every question is recorded there as a reading.
#[async_trait]
pub trait Contacts: Send + Sync {
    /// How these can be reached, at most 100; whoever is missing is not in the register.
    ///
    /// # Errors
    /// Why it cannot be had now.
    async fn contacts(
        &self,
        tenant: &Tenant,
        people: &[PersonId],
    ) -> Result<HashMap<PersonId, Contact>, String>;
}

/// How somebody is reached. `Debug` shows nothing of it, so that none gets into a log.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// What they are called.
    pub name: String,
    /// Where they can be called; may be empty.
    pub phone: String,
    /// Where they can be written to; may be empty.
    pub email: String,
    /// Where letters reach them; may be empty.
    pub address: String,
    /// How they want to be told.
    pub preference: Preference,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(..)")
    }
}

/// A number as digits with its country: `+47` where none is said.
#[must_use]
pub(crate) fn digits(phone: &str) -> Option<String> {
    let plus = phone.trim_start().starts_with('+');
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match (plus, digits.strip_prefix("00")) {
        (true, _) if digits.len() >= 8 => Some(digits),
        (false, Some(rest)) if rest.len() >= 8 => Some(rest.to_owned()),
        (false, None) if digits.len() == 8 => Some(format!("47{digits}")),
        (false, None) if digits.len() > 8 => Some(digits),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for text in ["900 00 000", "+47 900 00 000", "004790000000", "4790000000"] {
            assert_eq!(digits(text).as_deref(), Some("4790000000"), "{text}");
        }
        for text in ["", "123", "+12", "ring meg"] {
            assert_eq!(digits(text), None, "{text}");
        }
    }
}
