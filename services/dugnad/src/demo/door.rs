//! The way in: a real gRPC client of the rooms service.

use std::time::Duration;

use anyhow::Result;
use dugnad_proto::rooms::v1::rooms_service_client::RoomsServiceClient;

use crate::client::{Called, Caller, called};

/// A connection to a server. A clone shares it.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) rooms: RoomsServiceClient<Called>,
}

impl Door {
    pub(super) fn open(address: std::net::SocketAddr, caller: &Caller) -> Result<Self> {
        let called = called(&format!("http://{address}"), caller, Duration::from_secs(10))?;
        Ok(Self { rooms: RoomsServiceClient::new(called) })
    }
}
