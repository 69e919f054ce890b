//! E-mail: one connection pool to one SMTP server.
//!
//! The Message-ID is the message's key. SMTP has no way to fold repeats: an attempt of which
//! nothing is known is made again, and two e-mails with one Message-ID may arrive, which most
//! mailboxes show as one.

use async_trait::async_trait;
use dugnad_events::notices::Setback;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, SinglePart, header::ContentType},
    transport::smtp::PoolConfig,
};

use super::{Failure, Outgoing, Provider};
use crate::render::clean;

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
    /// `url`: `smtps://user:password@host`, or `smtp://host:587?tls=required`; `from`: an
    /// address.
    ///
    /// # Errors If one of them is none.
    pub fn new(url: &str, from: &str) -> Result<Self, SmtpError> {
        let builder =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(SmtpError::Url)?;
        let pool = PoolConfig::new().max_size(CONNECTIONS);
        let transport = builder.pool_config(pool).build();
        Ok(Self { transport, from: from.parse().map_err(SmtpError::From)? })
    }

    /// `None`: the address cannot be written to.
    fn compose(&self, message: &Outgoing) -> Option<Message> {
        // The library panics on a name with a line end: it never gets one.
        let named = |name: &str| Some(clean(name)).filter(|name| !name.is_empty());
        let from = Mailbox::new(named(&message.sender), self.from.clone());
        let to = Mailbox::new(named(&message.name), message.to.parse().ok()?);
        let builder = Message::builder()
            .from(from)
            .to(to)
            .message_id(Some(format!("<{}@{}>", message.key.0, self.from.domain())))
            .subject(message.subject.replace(char::is_control, " "));
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

#[cfg(test)]
mod tests {
    use dugnad_events::MessageId;
    use uuid::Uuid;

    use super::*;

    fn composed(name: &str, subject: &str) -> String {
        let smtp = Smtp::new("smtp://localhost", "dugnad@example.org").unwrap();
        let message = Outgoing {
            key: MessageId(Uuid::from_u128(7)),
            to: "anna@example.org".to_owned(),
            name: name.to_owned(),
            sender: "Drammen".to_owned(),
            subject: subject.to_owned(),
            text: "Hei\r\n.\r\nDATA".to_owned(),
            html: "<p>Hei</p>".to_owned(),
            calendar: Some("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned()),
        };
        String::from_utf8(smtp.compose(&message).unwrap().formatted()).unwrap()
    }

    #[tokio::test]
    async fn an_e_mail_has_its_key_a_plain_and_a_rich_text_and_what_calendars_read() {
        let email = composed("Åse Ødegård", "Kan du hjelpe?");

        assert!(email.contains("Message-ID: <00000000-0000-0000-0000-000000000007@example.org>"));
        for part in ["text/plain", "text/html", "text/calendar; charset=utf-8; method=PUBLISH"] {
            assert!(email.contains(part), "{part}: {email}");
        }
    }

    #[tokio::test]
    async fn no_name_or_subject_becomes_a_header_of_its_own() {
        let evil = "Eve\r\nBcc: all@example.org\r\n\r\nBody";
        for hostile in [evil, "\"<x@y>, Bcc: z@y", &"n".repeat(10_000), "שלום\u{202e}gpj.exe"] {
            let email = composed(hostile, hostile);
            let (headers, _) = email.split_once("\r\n\r\n").unwrap();
            let names = headers.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
            let names: Vec<_> = names.filter_map(|line| line.split_once(':')).collect();
            assert!(!names.iter().any(|(name, _)| name.eq_ignore_ascii_case("bcc")), "{headers}");
            assert_eq!(names.iter().filter(|(name, _)| *name == "To").count(), 1, "{headers}");
        }
    }
}
