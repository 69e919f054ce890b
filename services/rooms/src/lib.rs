//! The rooms service: facilities, rooms that divide into parts, and bookings that cannot clash.
//!
//! [`model`] is the rule book: pure, and blind to everything in the next line. [`service`] puts the
//! gRPC door before it.

mod api;
pub mod model;

use dugnad_door::{Interceptor, authenticate};
use dugnad_ledger::Ledger;
use dugnad_proto::{codec::HARD_LIMIT, rooms::v1::rooms_service_server::RoomsServiceServer};
use dugnad_vault::Vault;
use tonic::service::interceptor::InterceptedService;

pub use api::{Api, reconcile_erasures};
pub use model::Rooms;

/// The gRPC door: behind it every call has its caller, and what is too large is refused with the reason.
pub fn service(
    ledger: Ledger<Rooms>,
    vault: Vault,
) -> InterceptedService<RoomsServiceServer<Api>, Interceptor> {
    let server = RoomsServiceServer::new(Api::new(ledger, vault));
    let server = server.max_decoding_message_size(HARD_LIMIT);
    InterceptedService::new(server, authenticate)
}
