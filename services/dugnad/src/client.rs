//! A gRPC client as this binary's commands use it: it says who calls, for which municipality, as what.

mod wire;

use std::time::Duration;

use anyhow::{Context as _, Result};
use tonic::{
    Request, Status,
    metadata::AsciiMetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::Endpoint,
};
use uuid::Uuid;

use wire::Wire;
pub(crate) use wire::{Ended, Listener};

/// Who calls.
#[derive(Clone)]
pub(crate) struct Caller {
    tenant: AsciiMetadataValue,
    id: AsciiMetadataValue,
    role: AsciiMetadataValue,
}

impl Caller {
    pub(crate) fn new(tenant: &str, id: Uuid, role: &'static str) -> Result<Self> {
        let tenant = tenant.parse().context("the municipality")?;
        Ok(Self {
            tenant,
            id: id.to_string().parse()?,
            role: AsciiMetadataValue::from_static(role),
        })
    }
}

impl Interceptor for Caller {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let metadata = request.metadata_mut();
        metadata.insert("dugnad-tenant", self.tenant.clone());
        metadata.insert("dugnad-caller", self.id.clone());
        metadata.insert("dugnad-role", self.role.clone());
        Ok(request)
    }
}

/// A connection on which somebody calls.
pub(crate) type Called = InterceptedService<Wire, Caller>;

/// A connection that is made when first used.
pub(crate) fn called(url: &str, caller: &Caller, timeout: Duration) -> Result<Called> {
    heard(url, caller, timeout, None)
}

/// The same, with somebody who listens.
pub(crate) fn heard(
    url: &str,
    caller: &Caller,
    timeout: Duration,
    listener: Option<Listener>,
) -> Result<Called> {
    let endpoint = Endpoint::from_shared(url.to_owned())?.timeout(timeout).tcp_nodelay(true);
    let wire = Wire { channel: endpoint.connect_lazy(), listener };
    Ok(InterceptedService::new(wire, caller.clone()))
}

/// Names one intent; repeated when the same thing is asked again.
pub(crate) fn request_id() -> String {
    Uuid::now_v7().to_string()
}
