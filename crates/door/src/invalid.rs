//! A field that cannot be taken, and the path to it.
//!
//! Whoever reads a field names only that field; each message around it adds its own name on the way
//! out. So the path costs nothing while all is well.

use std::fmt;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::{Problem, status::DOMAIN};

/// The one reason of all fields that cannot be taken; the field is in the metadata and in
/// `BadRequest`.
pub const INVALID_FIELD: &str = "INVALID_FIELD";

/// A field that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    field: String,
    problem: String,
}

impl Invalid {
    /// An empty `field` is the item itself, for [`Within::within_item`] to name. `problem` continues the sentence that begins with the field's name: "must not be empty".
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }

    /// The path from the request to the field, as `room.buffer_before`.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// As one item of many carries it.
    pub fn problem(&self) -> Problem {
        Problem { code: Code::InvalidArgument, reason: INVALID_FIELD, message: self.to_string() }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.problem)
    }
}

impl std::error::Error for Invalid {}

impl From<Invalid> for Status {
    fn from(invalid: Invalid) -> Self {
        let message = invalid.to_string();
        let mut details = ErrorDetails::new();
        details.set_error_info(
            INVALID_FIELD,
            DOMAIN,
            [("field".to_owned(), invalid.field.clone())],
        );
        details.add_bad_request_violation(invalid.field, invalid.problem);
        Self::with_error_details(Code::InvalidArgument, message, details)
    }
}

/// Adds the message around a field to the field's path.
pub trait Within {
    /// `field` is that of the message around.
    #[must_use]
    fn within(self, field: &str) -> Self;

    /// The same for item `index` of a repeated field.
    #[must_use]
    fn within_item(self, field: &str, index: usize) -> Self;
}

impl Within for Invalid {
    fn within(mut self, field: &str) -> Self {
        if !self.field.is_empty() {
            self.field.insert(0, '.');
        }
        self.field.insert_str(0, field);
        self
    }

    fn within_item(self, field: &str, index: usize) -> Self {
        self.within(&format!("{field}[{index}]"))
    }
}

impl<T> Within for Result<T, Invalid> {
    fn within(self, field: &str) -> Self {
        self.map_err(|invalid| invalid.within(field))
    }

    fn within_item(self, field: &str, index: usize) -> Self {
        self.map_err(|invalid| invalid.within_item(field, index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_that_is_no_message_has_no_field_of_its_own() {
        let invalid = Invalid::new("", "must be a word").within_item("words", 3).within("room");

        assert_eq!(invalid.to_string(), "room.words[3] must be a word");
    }

    #[test]
    fn a_field_is_named_by_its_whole_path() {
        let invalid = Invalid::new("opens", "must be HH:MM")
            .within_item("windows", 1)
            .within_item("days", 2)
            .within("opening_hours");

        let status = Status::from(invalid);

        let path = "opening_hours.days[2].windows[1].opens";
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(status.message(), format!("{path} must be HH:MM"));
        let bad = status.get_details_bad_request().unwrap();
        assert_eq!(bad.field_violations[0].field, path);
        let info = status.get_details_error_info().unwrap();
        assert_eq!((info.reason.as_str(), info.domain.as_str()), ("INVALID_FIELD", "dugnad"));
        assert_eq!(info.metadata["field"], path);
    }
}
