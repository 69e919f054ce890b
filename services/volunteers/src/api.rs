//! The gRPC doors of the volunteers service: translate calls into commands and queries, nothing else.
//!
//! Three services over one ledger: people, organisations, standing. Each has a folder.

mod organisations;
mod people;
mod rule;

use dugnad_door::{Desk, authenticate};
use dugnad_ledger::Ledger;
use dugnad_proto::{
    codec::HARD_LIMIT, volunteers::v1::organisations_service_server::OrganisationsServiceServer,
};
use dugnad_vault::Vault;
use tonic::service::{RoutesBuilder, interceptor::InterceptedService};

use crate::model::Volunteers;

pub use people::reconcile_erasures;

/// Adds the gRPC doors: behind them every call has its caller, and what is too large is refused with
/// the reason.
pub fn services(routes: &mut RoutesBuilder, ledger: &Ledger<Volunteers>, vault: &Vault) {
    let desk = Desk { ledger: ledger.clone(), vault: vault.clone() };
    let organisations = OrganisationsServiceServer::new(organisations::Api::new(desk));
    let organisations = organisations.max_decoding_message_size(HARD_LIMIT);
    routes.add_service(InterceptedService::new(organisations, authenticate));
}
