//! Who calls, for which municipality, and until when: read from the metadata of a call.
//!
//! [`authenticate`] is the one interceptor. It trusts the entries as they stand; when tokens are
//! verified, that happens here, and nothing behind it changes: it sees a [`Caller`] and a [`Role`].

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

/// The metadata entry that says as what they call; without it, as a [`Role::Person`].
pub const ROLE: &str = "dugnad-role";

/// As what somebody calls. Invariant 7: of people one sees only what one's role may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// For themselves, or for whom they represent.
    Person,
    /// At a unit that receives help.
    Staff,
    /// Who brings volunteers and needs together (frivilligkoordinator): sees and does what staff
    /// may, and more.
    Coordinator,
    /// Another of our services.
    Service,
}

impl Role {
    const ALL: [Self; 4] = [Self::Person, Self::Staff, Self::Coordinator, Self::Service];

    /// As it stands in the metadata.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Staff => "staff",
            Self::Coordinator => "coordinator",
            Self::Service => "service",
        }
    }
}

/// What stands before every service.
pub type Interceptor = fn(Request<()>) -> Result<Request<()>, Status>;

/// Reads the municipality, the caller and their role into the request's extensions.
///
/// # Errors
/// `UNAUTHENTICATED` if an entry is missing, `INVALID_ARGUMENT` if it has another form.
pub fn authenticate(mut request: Request<()>) -> Result<Request<()>, Status> {
    let caller = read(request.metadata())?;
    let role = role(request.metadata())?;
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(role);
    Ok(request)
}

/// What the metadata says about one call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who, and for which municipality.
    pub caller: Caller,
    /// As what.
    pub role: Role,
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
    let role = extensions.remove::<Role>().unwrap_or(Role::Person);
    Ok((Call { caller, role, deadline }, message))
}

impl Call {
    /// That the caller has one of these roles.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` with the roles that may.
    pub fn must_be(&self, roles: &[Role]) -> Result<(), Status> {
        if roles.contains(&self.role) {
            return Ok(());
        }
        let may = roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ");
        let role = self.role.name();
        let message =
            format!("only these may: {may}; you call as {role}, by the metadata `{ROLE}`");
        let problem = Problem { code: tonic::Code::PermissionDenied, reason: "NOT_YOURS", message };
        Err(with_details(&problem, [("roles", may)]))
    }
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

fn role(metadata: &MetadataMap) -> Result<Role, Status> {
    if !metadata.contains_key(ROLE) {
        return Ok(Role::Person);
    }
    let name = entry(metadata, ROLE)?;
    let role = Role::ALL.into_iter().find(|role| role.name() == name);
    role.ok_or_else(|| malformed(ROLE, "must be person, staff, coordinator or service"))
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
    fn whoever_names_no_role_calls_as_a_person_and_may_not_what_others_may() {
        let named = |entries: &[(&'static str, &str)]| {
            enter(authenticate(call(entries)).unwrap()).unwrap().0
        };
        let anna = [(TENANT, "drammen"), (CALLER, ANNA)];

        let person = named(&anna);
        let coordinator = named(&[anna[0], anna[1], (ROLE, "coordinator")]);

        assert_eq!((person.role, coordinator.role), (Role::Person, Role::Coordinator));
        coordinator.must_be(&[Role::Coordinator]).unwrap();
        let refused = person.must_be(&[Role::Staff, Role::Coordinator]).unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
        let info = refused.get_details_error_info().unwrap();
        assert_eq!(
            (info.reason.as_str(), &*info.metadata["roles"]),
            ("NOT_YOURS", "staff, coordinator")
        );
        let unknown = authenticate(call(&[anna[0], anna[1], (ROLE, "king")])).unwrap_err();
        assert_eq!(unknown.get_details_error_info().unwrap().metadata["metadata"], ROLE);
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
