//! The gRPC doors of the volunteers service: translate calls into commands and queries, nothing else.
//!
//! Three services over one ledger: people, organisations, standing. Each has a folder.

mod organisations;
mod people;
mod rule;
mod standing;

use std::sync::Arc;

use dugnad_door::{Desk, Interceptor, authenticate};
use dugnad_ledger::Ledger;
use dugnad_proto::{
    codec::HARD_LIMIT,
    volunteers::v1::{
        organisations_service_server::OrganisationsServiceServer,
        people_service_server::PeopleServiceServer,
    },
};
use dugnad_vault::Vault;
use tonic::service::{RoutesBuilder, interceptor::InterceptedService};

use crate::model::Volunteers;

pub use people::{Holdings, contacts, forget_erased, reconcile_erasures};

/// Adds the gRPC doors: behind them every call has its caller, and what is too large is refused with
/// the reason. `others` are the services of this process that an export asks too.
pub fn services(
    routes: &mut RoutesBuilder,
    ledger: &Ledger<Volunteers>,
    vault: &Vault,
    others: Vec<Arc<dyn Holdings>>,
) {
    let desk = Desk { ledger: ledger.clone(), vault: vault.clone() };
    routes.add_service(standing::service(desk.clone()));
    let organisations = OrganisationsServiceServer::new(organisations::Api::new(desk.clone()));
    let organisations = organisations.max_decoding_message_size(HARD_LIMIT);
    routes.add_service(InterceptedService::new(organisations, authenticate as Interceptor));
    let people = PeopleServiceServer::new(people::Api { desk, others: others.into() });
    let people = people.max_decoding_message_size(HARD_LIMIT);
    routes.add_service(InterceptedService::new(people, authenticate as Interceptor));
}
