//! The way in: a real gRPC client that says who calls.

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

use super::town::TENANT;

/// Adds who calls, for which municipality, to every call.
#[derive(Clone)]
pub(super) struct Caller(AsciiMetadataValue);

impl Caller {
    pub(super) fn new(id: Uuid) -> Result<Self> {
        Ok(Self(id.to_string().parse()?))
    }
}

impl Interceptor for Caller {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let metadata = request.metadata_mut();
        metadata.insert("dugnad-tenant", AsciiMetadataValue::from_static(TENANT));
        metadata.insert("dugnad-caller", self.0.clone());
        Ok(request)
    }
}

/// A connection to a server. A clone shares it.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) rooms: RoomsServiceClient<InterceptedService<Channel, Caller>>,
}

impl Door {
    pub(super) async fn open(address: std::net::SocketAddr, caller: &Caller) -> Result<Self> {
        let channel = Endpoint::from_shared(format!("http://{address}"))?
            .timeout(Duration::from_secs(10))
            .tcp_nodelay(true)
            .connect()
            .await?;
        Ok(Self { rooms: RoomsServiceClient::with_interceptor(channel, caller.clone()) })
    }
}

/// Names one intent; repeated when the same thing is asked again.
pub(super) fn request_id() -> String {
    Uuid::now_v7().to_string()
}
