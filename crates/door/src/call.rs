//! Who calls, for which municipality, and until when: read from the metadata of a call.
//!
//! [`authenticate`] is the one interceptor. It trusts the two entries as they stand; when tokens are
//! verified, that happens here, and nothing behind it changes: it sees a [`Caller`].

use std::time::Duration;

use dugnad_journal::Tenant;
use dugnad_ledger::Caller;
use tonic::{Request, Status, metadata::MetadataMap};
use uuid::Uuid;

use crate::{Problem, status::with_details};

/// The metadata entry that names the municipality: `[a-z0-9][a-z0-9-]{0,31}`.
pub const TENANT: &str = "dugnad-tenant";

/// The metadata entry that stands for whoever calls: a UUID.
pub const CALLER: &str = "dugnad-caller";

/// What stands before every service.
pub type Interceptor = fn(Request<()>) -> Result<Request<()>, Status>;

/// Reads the municipality and the caller into one [`Caller`] among the request's extensions.
///
/// # Errors
/// `UNAUTHENTICATED` if an entry is missing, `INVALID_ARGUMENT` if it has another form.
pub fn authenticate(mut request: Request<()>) -> Result<Request<()>, Status> {
    let caller = read(request.metadata())?;
    request.extensions_mut().insert(caller);
    Ok(request)
}

/// What the metadata says about one call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who, and for which municipality.
    pub caller: Caller,
    /// When they stop waiting.
    pub deadline: Option<tokio::time::Instant>,
}

/// Takes a request apart into who calls until when, and what they ask.
///
/// # Errors
/// As [`caller`].
pub fn enter<T>(request: Request<T>) -> Result<(Call, T), Status> {
    let deadline = deadline(&request);
    let (_, mut extensions, message) = request.into_parts();
    let caller = extensions.remove::<Caller>().ok_or_else(|| missing(CALLER))?;
    Ok((Call { caller, deadline }, message))
}

/// The caller that [`authenticate`] found.
///
/// # Errors
/// `UNAUTHENTICATED` if the call came in past the interceptor.
pub fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    request.extensions().get::<Caller>().cloned().ok_or_else(|| missing(CALLER))
}

/// When the caller stops waiting, by its `grpc-timeout`; `None` if it did not say.
pub fn deadline<T>(request: &Request<T>) -> Option<tokio::time::Instant> {
    let timeout = request.metadata().get("grpc-timeout")?.to_str().ok().and_then(timeout)?;
    tokio::time::Instant::now().checked_add(timeout)
}

fn read(metadata: &MetadataMap) -> Result<Caller, Status> {
    let tenant = Tenant::new(entry(metadata, TENANT)?)
        .map_err(|_| malformed(TENANT, "must match [a-z0-9][a-z0-9-]{0,31}"))?;
    let id = Uuid::try_parse(entry(metadata, CALLER)?)
        .ok()
        // Nil is the ledger itself: its timers and followers.
        .filter(|id| !id.is_nil())
        .ok_or_else(|| malformed(CALLER, "must be a UUID, and not the nil one"))?;
    Ok(Caller { tenant, id })
}

fn entry<'a>(metadata: &'a MetadataMap, key: &'static str) -> Result<&'a str, Status> {
    let value = metadata.get(key).ok_or_else(|| missing(key))?;
    value.to_str().map_err(|_| malformed(key, "must be visible ASCII"))
}

fn missing(key: &'static str) -> Status {
    with_details(
        &Problem {
            code: tonic::Code::Unauthenticated,
            reason: "CALLER_UNKNOWN",
            message: format!(
                "send the metadata `{TENANT}` (the municipality) and `{CALLER}` (a UUID that stands \
                 for whoever calls): `{key}` is missing"
            ),
        },
        [("metadata", key.to_owned())],
    )
}

fn malformed(key: &'static str, problem: &str) -> Status {
    with_details(
        &Problem {
            code: tonic::Code::InvalidArgument,
            reason: "CALLER_MALFORMED",
            message: format!("metadata `{key}` {problem}"),
        },
        [("metadata", key.to_owned())],
    )
}

/// `TimeoutValue TimeoutUnit` of the gRPC protocol: at most eight digits and one letter.
fn timeout(text: &str) -> Option<Duration> {
    let (value, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if value.len() > 8 || !value.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: u64 = value.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(value * 3600)),
        "M" => Some(Duration::from_secs(value * 60)),
        "S" => Some(Duration::from_secs(value)),
        "m" => Some(Duration::from_millis(value)),
        "u" => Some(Duration::from_micros(value)),
        "n" => Some(Duration::from_nanos(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use tonic::{Code, metadata::MetadataValue};
    use tonic_types::StatusExt as _;

    use super::*;

    const ANNA: &str = "6f1f6f0e-7d55-4c1b-9d0e-3b6a5d3f2a10";

    fn call(entries: &[(&'static str, &str)]) -> Request<()> {
        let mut request = Request::new(());
        for (key, value) in entries {
            request.metadata_mut().insert(*key, MetadataValue::try_from(*value).unwrap());
        }
        request
    }

    #[test]
    fn a_call_with_both_entries_has_its_caller() {
        let request = call(&[(TENANT, "drammen"), (CALLER, ANNA)]);

        let request = authenticate(request).unwrap();

        let caller = caller(&request).unwrap();
        assert_eq!(enter(request).unwrap().0.caller, caller);
        assert_eq!(caller.tenant.as_str(), "drammen");
        assert_eq!(caller.id.to_string(), ANNA);
    }

    #[test]
    fn a_call_without_an_entry_is_told_what_to_send() {
        for entries in [&[][..], &[(TENANT, "drammen")], &[(CALLER, ANNA)]] {
            let status = authenticate(call(entries)).unwrap_err();

            assert_eq!(status.code(), Code::Unauthenticated);
            assert!(status.message().contains(TENANT) && status.message().contains(CALLER));
            assert_eq!(status.get_details_error_info().unwrap().reason, "CALLER_UNKNOWN");
        }
    }

    #[test]
    fn a_malformed_entry_is_named() {
        let nil = Uuid::nil().to_string();
        for (tenant, caller, at_fault) in [
            ("Drammen", ANNA, TENANT),
            ("a.b", ANNA, TENANT),
            ("drammen", "anna", CALLER),
            ("drammen", &nil, CALLER),
        ] {
            let request = call(&[(TENANT, tenant), (CALLER, caller)]);

            let status = authenticate(request).unwrap_err();

            assert_eq!(status.code(), Code::InvalidArgument);
            let info = status.get_details_error_info().unwrap();
            assert_eq!(info.metadata["metadata"], at_fault);
        }
    }

    #[test]
    fn a_call_past_the_interceptor_has_no_caller() {
        let request = call(&[(TENANT, "drammen"), (CALLER, ANNA)]);

        assert_eq!(caller(&request).unwrap_err().code(), Code::Unauthenticated);
    }

    #[test]
    fn timeouts_are_read_as_the_protocol_writes_them() {
        assert_eq!(timeout("250m"), Some(Duration::from_millis(250)));
        assert_eq!(timeout("99999999H"), Some(Duration::from_secs(99_999_999 * 3600)));
        for text in ["", "5", "m", "-5m", "+5m", "100000000S", "5x", "5é", "5 S"] {
            assert_eq!(timeout(text), None, "{text}");
        }
    }
}
