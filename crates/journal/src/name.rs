//! Names of services, tenants and partitions.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// Why a name was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no {kind}: it must match {pattern}")]
pub struct NameError {
    name: String,
    kind: &'static str,
    pattern: &'static str,
}

fn check(
    name: &str,
    kind: &'static str,
    pattern: &'static str,
    fits: bool,
) -> Result<Arc<str>, NameError> {
    if fits {
        return Ok(name.into());
    }
    let name = name.chars().take(64).collect();
    Err(NameError { name, kind, pattern })
}

/// A service's name: `[a-z]{1,32}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Service(Arc<str>);

/// A municipality (kommune) as a boundary between histories: `[a-z0-9][a-z0-9-]{0,31}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tenant(Arc<str>);

/// One service's history for one tenant: the consistency boundary.
///
/// `Display` is the subject `dugnad.<service>.<tenant>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Partition {
    /// Whose rules.
    pub service: Service,
    /// Whose data.
    pub tenant: Tenant,
}

impl Service {
    /// # Errors
    /// If the name does not match `[a-z]{1,32}`.
    pub fn new(name: &str) -> Result<Self, NameError> {
        let fits = (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase());
        check(name, "service", "[a-z]{1,32}", fits).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Tenant {
    /// # Errors
    /// If the name does not match `[a-z0-9][a-z0-9-]{0,31}`.
    pub fn new(name: &str) -> Result<Self, NameError> {
        let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let fits = (1..=32).contains(&name.len())
            && name.bytes().all(|b| word(b) || b == b'-')
            && name.bytes().next().is_some_and(word);
        check(name, "tenant", "[a-z0-9][a-z0-9-]{0,31}", fits).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Partition {
    /// The history of `service` for `tenant`.
    pub fn new(service: Service, tenant: Tenant) -> Self {
        Self { service, tenant }
    }

    /// Reads `dugnad.<service>.<tenant>`.
    ///
    /// # Errors
    /// If the subject has another form.
    pub fn parse(subject: &str) -> Result<Self, NameError> {
        let parts = subject.strip_prefix("dugnad.").and_then(|rest| rest.split_once('.'));
        let Some((service, tenant)) = parts else {
            check(subject, "partition", "dugnad.<service>.<tenant>", false)?;
            unreachable!("a name that does not fit is an error");
        };
        Ok(Self::new(Service::new(service)?, Tenant::new(tenant)?))
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dugnad.{}.{}", self.service, self.tenant)
    }
}

impl TryFrom<String> for Service {
    type Error = NameError;
    fn try_from(name: String) -> Result<Self, NameError> {
        Self::new(&name)
    }
}

impl TryFrom<String> for Tenant {
    type Error = NameError;
    fn try_from(name: String) -> Result<Self, NameError> {
        Self::new(&name)
    }
}

impl TryFrom<String> for Partition {
    type Error = NameError;
    fn try_from(name: String) -> Result<Self, NameError> {
        Self::parse(&name)
    }
}

impl From<Service> for String {
    fn from(name: Service) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl From<Tenant> for String {
    fn from(name: Tenant) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl From<Partition> for String {
    fn from(name: Partition) -> Self {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_is_its_subject_and_back() {
        let partition = Partition::parse("dugnad.rooms.drammen").unwrap();

        assert_eq!(partition.to_string(), "dugnad.rooms.drammen");
        assert_eq!(partition.tenant, Tenant::new("drammen").unwrap());
    }

    #[test]
    fn a_tenant_that_could_widen_a_subject_is_refused() {
        for name in ["", "-a", "a.b", "*", ">", "Ås", "a b", &"x".repeat(33)] {
            assert!(Tenant::new(name).is_err(), "{name}");
        }
    }
}
