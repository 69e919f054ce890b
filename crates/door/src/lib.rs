//! What every service's gRPC door shares: who calls, how a field is read, what an error says, how a
//! list is paged, and how a stateless solver is asked.
//!
//! No service's messages and no rule are known here. An `api.rs` reads its fields with [`field`],
//! pages with [`page`], and turns what the ledger says into one [`status`].
//!
//! Nothing in here panics on data from outside, and nothing is read that has no bound.

mod call;
mod desk;
pub mod field;
mod invalid;
pub mod local;
pub mod page;
pub mod solving;
mod status;

pub use call::{
    CALLER, Call, Interceptor, ROLE, Role, TENANT, authenticate, caller, deadline, enter,
};
pub use desk::Desk;
pub use invalid::{INVALID_FIELD, Invalid, Within};
pub use status::{DOMAIN, Problem, Rule, status};
