//! The volunteers service: the one register of people, givers and receivers, and of organisations.
//!
//! [`model`] is the rule book: pure, and blind to everything in the next line. [`services`] puts the
//! gRPC doors before it. [`register`] reads
//! what the national registers say about organisations.

mod api;
mod attest;
pub mod model;
pub mod register;

use async_trait::async_trait;
use dugnad_journal::Tenant;
use dugnad_vault::PersonId;

pub use api::{forget_erased, reconcile_erasures, services};
pub use model::Volunteers;

/// Another service's part of all that is held of a person.
#[async_trait]
pub trait Holdings: Send + Sync {
    /// Its name, such as `rooms`.
    fn service(&self) -> &'static str;

    /// What it holds of the person, opened; null or an empty object if nothing.
    ///
    /// # Errors
    /// Why it cannot be had now, as the caller reads it.
    async fn held(
        &self,
        tenant: &Tenant,
        person: PersonId,
    ) -> Result<serde_json::Value, tonic::Status>;
}
