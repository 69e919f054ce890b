//! The gRPC doors of the volunteers service: translate calls into commands and queries, nothing else.
//!
//! Three services over one ledger: people, organisations, standing. Each has a folder.

mod people;
mod rule;
mod standing;

use dugnad_door::Desk;
use dugnad_ledger::Ledger;
use dugnad_vault::Vault;
use tonic::service::RoutesBuilder;

use crate::model::Volunteers;

pub use people::reconcile_erasures;

/// Adds the gRPC doors: behind them every call has its caller, and what is too large is refused with
/// the reason.
pub fn services(routes: &mut RoutesBuilder, ledger: &Ledger<Volunteers>, vault: &Vault) {
    let desk = Desk { ledger: ledger.clone(), vault: vault.clone() };
    routes.add_service(standing::service(desk));
}
