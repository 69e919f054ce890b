//! Text messages through an HTTP gateway that a small file describes.
//!
//! Gateways differ in names and forms alone: the file says which URL is called with which headers
//! and which body, with `{to}`, `{text}`, `{from}` and `{key}` in their places. A gateway that
//! folds repeats by a reference gets the key; of one that does not, an attempt of which nothing
//! is known may come twice.

use std::{collections::BTreeMap, fmt, time::Duration};

use async_trait::async_trait;
use axum::http::{Request, StatusCode, Uri};
use bytes::Bytes;
use dugnad_events::notices::Setback;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::{Failure, Outgoing, Provider};

/// The longest answer that is read.
const LONGEST_ANSWER: usize = 64 * 1024;

/// How a gateway is spoken with, as its file says.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// Where; fields are percent-encoded.
    pub url: String,
    /// `POST` if nothing else is said.
    #[serde(default = "post")]
    pub method: String,
    /// Such as `content-type` and `authorization`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Fields are written as the content type asks: `application/json` or
    /// `application/x-www-form-urlencoded`.
    #[serde(default)]
    pub body: String,
    /// Whom messages come from, as the gateway knows it.
    pub from: String,
    /// Whether people can reply; the gateway passes it on to `/sms/{municipality}/in`.
    #[serde(default)]
    pub replies: bool,
    /// What delivery reports and replies are signed with; without it none are taken.
    #[serde(default)]
    pub secret: String,
}

/// Its headers and its secret get into no log.
impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gateway(..)")
    }
}

fn post() -> String {
    "POST".to_owned()
}

/// Why a gateway's file is none.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// It has another form.
    #[error("{0}")]
    Form(#[from] serde_json::Error),
    /// A field that nothing is known for.
    #[error("{part} has an unknown field `{{{field}}}`; known are to, text, from, key")]
    Field {
        /// Where.
        part: &'static str,
        /// Which.
        field: String,
    },
    /// Not HTTP.
    #[error("url must be http:// or https://, with fields in its path or query alone")]
    Url,
    /// The machine's certificates cannot be read.
    #[error("no certificates to trust: {0}")]
    Certificates(std::io::Error),
}

/// Sends text messages.
pub struct Sms {
    gateway: Gateway,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    form: Form,
}

/// How a field is written into a body.
#[derive(Clone, Copy)]
enum Form {
    Json,
    Encoded,
    Plain,
}

impl Gateway {
    /// Reads a gateway's file.
    ///
    /// # Errors
    /// Names what is wrong.
    pub fn read(json: &str) -> Result<Self, GatewayError> {
        let gateway: Self = serde_json::from_str(json)?;
        for (part, text) in [("url", &gateway.url), ("body", &gateway.body)] {
            fill(text, part, |field| known(field).then(String::new))?;
        }
        let plain = fill(&gateway.url, "url", |_| Some("x".to_owned()))?;
        let scheme = plain.parse::<Uri>().ok().and_then(|uri| uri.scheme_str().map(str::to_owned));
        let host = gateway.url.split("://").nth(1).and_then(|rest| rest.split('/').next());
        match scheme.as_deref() {
            Some("http" | "https") if host.is_some_and(|host| !host.contains('{')) => Ok(gateway),
            _ => Err(GatewayError::Url),
        }
    }
}

fn known(field: &str) -> bool {
    matches!(field, "to" | "text" | "from" | "key")
}

/// `{word}` of lower-case letters is a field; every other brace, as JSON has them, is text.
fn fill(
    text: &str,
    part: &'static str,
    value: impl Fn(&str) -> Option<String>,
) -> Result<String, GatewayError> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let word = after.split_once('}').map(|(word, _)| word);
        let is_word =
            |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
        match word.filter(is_word) {
            Some(field) => {
                let unknown = || GatewayError::Field { part, field: field.to_owned() };
                out.push_str(&value(field).ok_or_else(unknown)?);
                rest = &after[field.len() + 1..];
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn percent(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

impl Form {
    fn of(gateway: &Gateway) -> Self {
        let kind =
            gateway.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        match kind.map(|(_, value)| value.as_str()) {
            Some(value) if value.contains("json") => Self::Json,
            Some(value) if value.contains("urlencoded") => Self::Encoded,
            _ => Self::Plain,
        }
    }

    fn write(self, value: &str) -> String {
        match self {
            Self::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            Self::Encoded => percent(value),
            Self::Plain => value.to_owned(),
        }
    }
}

impl Sms {
    /// # Errors
    /// If the machine has no certificates to trust.
    pub fn new(gateway: Gateway) -> Result<Self, GatewayError> {
        let https = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(GatewayError::Certificates)?
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(20))
            .build(https);
        let form = Form::of(&gateway);
        Ok(Self { gateway, client, form })
    }

    fn request(&self, message: &Outgoing) -> Option<Request<Full<Bytes>>> {
        let value = |field: &str| {
            Some(match field {
                "to" => message.to.clone(),
                "text" => message.text.clone(),
                "from" => self.gateway.from.clone(),
                "key" => message.key.0.to_string(),
                _ => return None,
            })
        };
        let url = fill(&self.gateway.url, "url", |it| value(it).map(|it| percent(&it))).ok()?;
        let body = fill(&self.gateway.body, "body", |it| value(it).map(|it| self.form.write(&it)));
        let mut request = Request::builder().method(self.gateway.method.as_str()).uri(url);
        for (name, value) in &self.gateway.headers {
            request = request.header(name, value);
        }
        request.body(Full::new(Bytes::from(body.ok()?))).ok()
    }
}

#[async_trait]
impl Provider for Sms {
    async fn send(&self, message: &Outgoing) -> Result<(), Failure> {
        let request = self.request(message).ok_or(Failure::Never(Setback::Refused))?;
        let answer = self.client.request(request).await;
        let answer = answer.map_err(|_| Failure::Later(Setback::Away))?;
        let status = answer.status();
        // Read to its end, so that the connection can be used again.
        let _ = Limited::new(answer.into_body(), LONGEST_ANSWER).collect().await;
        if status.is_success() {
            return Ok(());
        }
        tracing::warn!(%status, "the SMS gateway did not take a message");
        Err(match status {
            StatusCode::TOO_MANY_REQUESTS => Failure::Later(Setback::Busy),
            // It has this key already: a repeat that it folds.
            StatusCode::CONFLICT => return Ok(()),
            status if status.is_server_error() => Failure::Later(Setback::Away),
            StatusCode::REQUEST_TIMEOUT => Failure::Later(Setback::Away),
            _ => Failure::Never(Setback::Refused),
        })
    }
}

#[cfg(test)]
mod tests {
    use dugnad_events::MessageId;
    use uuid::Uuid;

    use super::*;

    fn message(text: &str) -> Outgoing {
        Outgoing {
            key: MessageId(Uuid::from_u128(1)),
            to: "4790000000".to_owned(),
            name: String::new(),
            sender: String::new(),
            subject: String::new(),
            text: text.to_owned(),
            html: String::new(),
            calendar: None,
        }
    }

    #[tokio::test]
    async fn what_a_text_holds_cannot_become_part_of_the_request() {
        let json = r#"{"url": "http://localhost/send?to={to}", "from": "Drammen",
            "headers": {"Content-Type": "application/json"},
            "body": "{\"text\": \"{text}\", \"from\": \"{from}\", \"id\": \"{key}\"}"}"#;
        let sms = Sms::new(Gateway::read(json).unwrap()).unwrap();

        let request = sms.request(&message("a\", \"to\": \"{key}\n& æ")).unwrap();

        assert_eq!(request.uri(), "http://localhost/send?to=4790000000");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["text"], "a\", \"to\": \"{key}\n& æ");
        assert_eq!(body.as_object().unwrap().len(), 3);
    }

    #[test]
    fn a_file_with_an_unknown_field_or_no_url_is_refused_and_says_which() {
        let read = |json: &str| Gateway::read(json).unwrap_err().to_string();

        let field = read(r#"{"url": "https://x/{number}", "from": "D"}"#);
        let host = read(r#"{"url": "https://{to}/", "from": "D"}"#);
        let scheme = read(r#"{"url": "ftp://x/", "from": "D"}"#);
        let name = read(r#"{"url": "https://x/", "from": "D", "retries": 3}"#);

        assert!(field.contains("url has an unknown field `{number}`"), "{field}");
        assert!(host.contains("path or query alone") && scheme.contains("path or query alone"));
        assert!(name.contains("unknown field `retries`"), "{name}");
    }
}
