//! Codes: short words that a municipality gives its own meaning, such as a skill or a role.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The longest code, in characters.
pub const LONGEST_CODE: usize = 40;

/// A word that the municipality's own lists explain: `[a-z0-9][a-z0-9-]{0,39}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(Box<str>);

/// Why a text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a code: lower-case letters a-z, digits and hyphens, at most {LONGEST_CODE}")]
pub struct NotACode;

impl Code {
    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let begins = text.bytes().next().is_some_and(plain);
        let holds = text.len() <= LONGEST_CODE && text.bytes().all(|b| plain(b) || b == b'-');
        if begins && holds { Ok(Self(text.into())) } else { Err(NotACode) }
    }
}

impl TryFrom<String> for Code {
    type Error = NotACode;

    fn try_from(text: String) -> Result<Self, NotACode> {
        text.parse()
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0.into_string()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_short_word_in_lower_case() {
        for text in ["nb", "first-aid", "3d-print", &"a".repeat(40)] {
            assert_eq!(text.parse::<Code>().unwrap().as_str(), text);
        }
        for text in ["", "-a", "Ål", "a b", "A", "a_b", &"a".repeat(41)] {
            assert_eq!(text.parse::<Code>(), Err(NotACode), "{text}");
        }
    }
}
