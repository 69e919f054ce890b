//! Ways out: e-mail over SMTP, text messages through a gateway.

mod sms;
mod smtp;

use std::fmt;

use async_trait::async_trait;
use dugnad_events::{
    MessageId,
    notices::{Channel, Outcome, Setback},
};

pub use sms::{Gateway, GatewayError, Sms};
pub use smtp::{Smtp, SmtpError};

/// A message as it goes out. `Debug` shows nothing of it but its key, so that no address and no
/// door's code gets into a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The same at every attempt: what a provider that can folds repeats by.
    pub key: MessageId,
    /// An address, or a number in digits.
    pub to: String,
    /// What they are called; may be empty.
    pub name: String,
    /// Whom it comes from, as people read it.
    pub sender: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same with links and size.
    pub html: String,
    /// An iCalendar object, if there is something to be put into a calendar.
    pub calendar: Option<String>,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Why something did not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It may later; it may even have gone out.
    Later(Setback),
    /// It never will this way.
    Never(Setback),
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Later(setback) => Self::Later(setback),
            Failure::Never(setback) => Self::Never(setback),
        }
    }
}

/// One way out.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Hands a message over.
    ///
    /// # Errors
    /// See [`Failure`].
    async fn send(&self, message: &Outgoing) -> Result<(), Failure>;
}

/// The ways out that there are here.
#[derive(Default)]
pub struct Channels {
    /// E-mail.
    pub email: Option<Box<dyn Provider>>,
    /// Text messages.
    pub sms: Option<Box<dyn Provider>>,
}

impl Channels {
    pub(crate) fn of(&self, channel: Channel) -> Option<&dyn Provider> {
        match channel {
            Channel::Email => self.email.as_deref(),
            Channel::Sms => self.sms.as_deref(),
            Channel::Phone | Channel::Letter => None,
        }
    }
}
