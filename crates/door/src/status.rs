//! What went wrong, as the caller reads it: one status code, one `ErrorInfo`, and how to go on.

use std::time::Duration;

use dugnad_ledger::Error;
use dugnad_vault::VaultError;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// The `domain` of every `ErrorInfo`.
pub const DOMAIN: &str = "dugnad";

/// When a caller may ask again that was told that the outcome is not known.
const RETRY: Duration = Duration::from_millis(500);

/// A model's refusal, as the door shows it.
pub trait Rule: std::error::Error {
    /// `ABORTED` for a caller who acted on what is no longer so, `NOT_FOUND` for a name of nothing;
    /// a rule says `FAILED_PRECONDITION`.
    fn code(&self) -> Code {
        Code::FailedPrecondition
    }

    /// `UPPER_SNAKE_CASE`, one for each kind of refusal, stable for ever.
    fn reason(&self) -> &'static str;

    /// The field of the request that the rule cannot work with, where it is one.
    fn field(&self) -> Option<&str> {
        None
    }

    /// What a program needs to go on, such as who is in the way until when.
    fn metadata(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

/// What went wrong with one of many, or with one call: the part that both tell in the same words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The status code.
    pub code: Code,
    /// As in `ErrorInfo`.
    pub reason: &'static str,
    /// For a person to read.
    pub message: String,
}

impl<R: Rule> From<&Error<R>> for Problem {
    fn from(error: &Error<R>) -> Self {
        let (code, reason) = match error {
            Error::Refused(rule) => (rule.code(), rule.reason()),
            Error::OtherBody(_) => (Code::AlreadyExists, "REQUEST_ID_REUSED"),
            Error::TooOld(_) => (Code::FailedPrecondition, "REQUEST_ID_TOO_OLD"),
            Error::FromTheFuture(_) => (Code::InvalidArgument, "REQUEST_ID_FROM_THE_FUTURE"),
            Error::Overloaded { .. } => (Code::ResourceExhausted, "OVERLOADED"),
            Error::Expired => (Code::DeadlineExceeded, "DEADLINE_PASSED"),
            Error::Unavailable(_) => (Code::Unavailable, "OUTCOME_NOT_KNOWN"),
            Error::TooLarge { .. } => (Code::InvalidArgument, "TOO_LARGE"),
        };
        Self { code, reason, message: error.to_string() }
    }
}

/// What a person's key, or the lack of it, says to the caller.
impl From<&VaultError> for Problem {
    fn from(error: &VaultError) -> Self {
        let (code, reason) = match error {
            VaultError::Erased(_) => (Code::FailedPrecondition, "PERSON_ERASED"),
            VaultError::Unavailable(_) => (Code::Unavailable, "KEYS_UNAVAILABLE"),
            VaultError::Damaged(_) => (Code::DataLoss, "SEALED_FIELD_DAMAGED"),
        };
        Self { code, reason, message: error.to_string() }
    }
}

/// What a ledger's error says to the caller.
pub fn status<R: Rule>(error: &Error<R>) -> Status {
    let problem = Problem::from(error);
    let mut details = ErrorDetails::new();
    let metadata = match error {
        Error::Refused(rule) => rule.metadata(),
        Error::OtherBody(id) | Error::TooOld(id) | Error::FromTheFuture(id) => {
            vec![("request_id", id.to_string())]
        }
        _ => Vec::new(),
    };
    details.set_error_info(problem.reason, DOMAIN, owned(metadata));
    match error {
        Error::Refused(rule) => {
            if let Some(field) = rule.field() {
                details.add_bad_request_violation(field, rule.to_string());
            }
        }
        Error::FromTheFuture(_) => {
            details.add_bad_request_violation("request_id", "lies more than a day ahead");
        }
        Error::Overloaded { retry_after } => {
            details.set_retry_info(Some(*retry_after));
        }
        Error::Unavailable(_) => {
            details.set_retry_info(Some(RETRY));
        }
        _ => {}
    }
    Status::with_error_details(problem.code, problem.message, details)
}

/// A status with nothing but its `ErrorInfo`; with `RetryInfo` where the code asks for it.
impl From<Problem> for Status {
    fn from(problem: Problem) -> Self {
        with_details(&problem, [])
    }
}

pub(crate) fn with_details(
    problem: &Problem,
    metadata: impl IntoIterator<Item = (&'static str, String)>,
) -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info(problem.reason, DOMAIN, owned(metadata));
    if problem.code == Code::Unavailable {
        details.set_retry_info(Some(RETRY));
    }
    Status::with_error_details(problem.code, &problem.message, details)
}

fn owned(
    metadata: impl IntoIterator<Item = (&'static str, String)>,
) -> std::collections::HashMap<String, String> {
    metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use dugnad_ledger::RequestId;
    use uuid::Uuid;

    use super::*;

    #[derive(Clone, Debug, thiserror::Error)]
    #[error("the hall is taken")]
    struct Taken;

    impl Rule for Taken {
        fn reason(&self) -> &'static str {
            "TAKEN"
        }

        fn metadata(&self) -> Vec<(&'static str, String)> {
            vec![("until", "2026-12-01T19:00:00Z".to_owned())]
        }
    }

    fn every_error() -> Vec<(Error<Taken>, Code)> {
        let id = RequestId::new(Uuid::now_v7()).unwrap();
        vec![
            (Error::Refused(Taken), Code::FailedPrecondition),
            (Error::OtherBody(id), Code::AlreadyExists),
            (Error::TooOld(id), Code::FailedPrecondition),
            (Error::FromTheFuture(id), Code::InvalidArgument),
            (Error::Overloaded { retry_after: Duration::from_millis(7) }, Code::ResourceExhausted),
            (Error::Expired, Code::DeadlineExceeded),
            (Error::Unavailable("no leader".to_owned()), Code::Unavailable),
            (Error::TooLarge { bytes: 2_000_000 }, Code::InvalidArgument),
        ]
    }

    #[test]
    fn every_error_has_its_code_and_a_reason_of_its_own() {
        let mut reasons = HashSet::new();
        for (error, code) in every_error() {
            let status = status(&error);

            assert_eq!(status.code(), code, "{error:?}");
            assert_eq!(status.message(), error.to_string());
            let info = status.get_details_error_info().unwrap();
            assert_eq!(info.domain, "dugnad");
            assert!(reasons.insert(info.reason.clone()), "{} twice", info.reason);
            assert_eq!(info.reason, Problem::from(&error).reason);
        }
    }

    #[test]
    fn a_rule_tells_what_the_caller_needs_next() {
        let status = status(&Error::Refused(Taken));

        let info = status.get_details_error_info().unwrap();
        assert_eq!(info.metadata["until"], "2026-12-01T19:00:00Z");
    }

    #[test]
    fn whoever_may_ask_again_is_told_when_and_nobody_else_is() {
        for (error, code) in every_error() {
            let retry = status(&error).get_details_retry_info();

            let expected = matches!(code, Code::Unavailable | Code::ResourceExhausted);
            assert_eq!(retry.is_some_and(|info| info.retry_delay.is_some()), expected, "{error:?}");
        }
    }
}
