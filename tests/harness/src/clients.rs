//! gRPC clients that say who calls.

use std::time::Duration;

use anyhow::Result;
use dugnad_proto::rooms::v1::rooms_service_client::RoomsServiceClient;
use tonic::{
    Request, Status,
    metadata::AsciiMetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};
use uuid::Uuid;

/// Who calls, in which municipality.
#[derive(Clone, Debug)]
pub struct Caller {
    tenant: AsciiMetadataValue,
    id: AsciiMetadataValue,
}

impl Caller {
    /// Somebody in the municipality `tenant`.
    ///
    /// # Panics
    /// If `tenant` is not visible ASCII.
    pub fn new(tenant: &str) -> Self {
        let value = |text: &str| text.parse().expect("visible ASCII");
        Self { tenant: value(tenant), id: value(&Uuid::now_v7().to_string()) }
    }
}

impl Interceptor for Caller {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("dugnad-tenant", self.tenant.clone());
        request.metadata_mut().insert("dugnad-caller", self.id.clone());
        Ok(request)
    }
}

/// The rooms service, called by somebody.
pub type Rooms = RoomsServiceClient<InterceptedService<Channel, Caller>>;

/// A client on a connection of its own, made when first used.
///
/// # Errors
/// If `url` is none.
pub fn rooms(url: &str, caller: &Caller) -> Result<Rooms> {
    let channel = Endpoint::from_shared(url.to_owned())?
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(30))
        .tcp_nodelay(true)
        .connect_lazy();
    Ok(on(channel, caller))
}

/// A client on a connection that is there.
pub fn on(channel: Channel, caller: &Caller) -> Rooms {
    RoomsServiceClient::with_interceptor(channel, caller.clone())
}

/// A request id for one intent.
pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}
