//! The locks' side of doors: makes them hold the codes that the model wants, and nothing else.
//!
//! ```text
//!  model ──work──▶ Keeper ──Reconciler──▶ Bridge ──messages──▶ broker ──▶ bridge ──▶ lock
//!    ▲                │        ▲                                             │
//!    └────steps───────┘        └─────────── what the lock said ◀─────────────┘
//! ```
//! * [`reconciler`](Reconciler) decides what to tell and ask when, and believes a lock only when it
//!   was asked; it does no I/O and reads no clock.
//! * [`bridge`] is the two formats, zigbee2mqtt and nuki_hub, as pure functions.
//! * [`keeper`](Keeper) draws digits, opens them for the lock alone, and tells the ledger each step.
//! * `mqtt` is the connection.
//!
//! Digits are in no log, topic, retained message or `Debug` here.

mod bridge;
mod draw;
mod keeper;
mod mqtt;
mod reconciler;

pub use bridge::Message;
pub use keeper::Keeper;
pub use mqtt::{Broker, NotABroker, keep_doors};
pub use reconciler::Pace;
