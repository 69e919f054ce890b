//! E-mail: one connection pool to one SMTP server.
//!
//! The Message-ID is the message's key. SMTP has no way to fold repeats: an attempt of which nothing is
//! known is made again, and two e-mails with one Message-ID may arrive, which most mailboxes show as one.

use async_trait::async_trait;
use dugnad_events::notices::Setback;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, SinglePart, header::ContentType},
    transport::smtp::PoolConfig,
};

use super::{Failure, Outgoing, Provider};

/// Connections at once.
const CONNECTIONS: u32 = 16;

/// Sends e-mail.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
}

/// Why no e-mail can be sent from here.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The URL is none of `smtp://` or `smtps://`.
    #[error("must be such as smtps://user:password@host or smtp://localhost:25: {0}")]
    Url(lettre::transport::smtp::Error),
    /// The sender's address is none.
    #[error("the sender must be an e-mail address: {0}")]
    From(lettre::address::AddressError),
}

impl Smtp {
    /// `url`: `smtps://user:password@host`, or `smtp://host:587?tls=required`; `from`: an address.
    ///
    /// # Errors
    /// If one of them is none.
    pub fn new(url: &str, from: &str) -> Result<Self, SmtpError> {
        let builder =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(SmtpError::Url)?;
        let pool = PoolConfig::new().max_size(CONNECTIONS);
        let transport = builder.pool_config(pool).build();
        Ok(Self { transport, from: from.parse().map_err(SmtpError::From)? })
    }

    /// `None`: the address cannot be written to.
    fn compose(&self, message: &Outgoing) -> Option<Message> {
        let named = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        let from = Mailbox::new(named(&message.sender), self.from.clone());
        let to = Mailbox::new(named(&message.name), message.to.parse().ok()?);
        let builder = Message::builder()
            .from(from)
            .to(to)
            .message_id(Some(format!("<{}@{}>", message.key.0, self.from.domain())))
            .subject(&message.subject);
        let texts = MultiPart::alternative_plain_html(message.text.clone(), message.html.clone());
        let parts = match &message.calendar {
            None => texts,
            Some(calendar) => MultiPart::mixed().multipart(texts).singlepart(ics(calendar)?),
        };
        builder.multipart(parts).ok()
    }
}

fn ics(calendar: &str) -> Option<SinglePart> {
    let kind = ContentType::parse("text/calendar; charset=utf-8; method=PUBLISH").ok()?;
    let name = lettre::message::header::ContentDisposition::attachment("dugnad.ics");
    Some(SinglePart::builder().header(kind).header(name).body(calendar.to_owned()))
}

#[async_trait]
impl Provider for Smtp {
    async fn send(&self, message: &Outgoing) -> Result<(), Failure> {
        let email = self.compose(message).ok_or(Failure::Never(Setback::NoAddress))?;
        match self.transport.send(email).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(Failure::Never(Setback::Refused)),
            Err(error) if error.is_transient() => Err(Failure::Later(Setback::Busy)),
            Err(error) => {
                // The server's words may hold an address: only what kind of error it was.
                let (timeout, response) = (error.is_timeout(), error.is_response());
                tracing::warn!(timeout, response, "the SMTP server could not be reached");
                Err(Failure::Later(Setback::Away))
            }
        }
    }
}
