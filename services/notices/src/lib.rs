//! The notices service: telling people, and hearing their answer.
//!
//! [`model`] is the rule book: pure, and blind to everything in the next lines. [`service`] puts
//! the gRPC door before it, [`web`] the links that people follow and what SMS gateways report;
//! `react` says which events of other services count here; [`Sender`] carries out what is due.
//!
//! How somebody is reached is asked of the register at the moment of sending ([`Contacts`]) and
//! kept nowhere.

mod api;
mod channel;
mod contacts;
pub mod model;
mod react;
mod render;
mod sender;
mod token;
mod web;

pub use api::{Api, held, service};
pub use channel::{
    Channels, Failure, Gateway, GatewayError, Outgoing, Provider, Sms, Smtp, SmtpError,
};
pub use contacts::{Contact, Contacts};
pub use model::Notices;
pub use sender::{CALLER, Sender, Settings};
pub use web::web;
