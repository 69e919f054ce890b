//! Asking the server: requests and answers of the JetStream API as they are on the wire.
//!
//! async-nats' own calls drop the error codes that we tell apart, and the server's clock.

use std::time::Duration;

use async_nats::{
    Client, HeaderMap, Request,
    client::RequestErrorKind,
    jetstream::{self, consumer},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures::StreamExt;
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use super::{not_a_commit, place::Place};
use crate::{AppendError, Link, MAX_COMMIT_BYTES, Partition, ReadError};

/// How long an answer may take before the server counts as away.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// Messages asked for at a time.
const BATCH: usize = 256;
/// Bytes asked for at a time.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// The server's codes that mean something of their own here.
pub(super) const NO_MESSAGE: u64 = 10037;
pub(super) const NO_STREAM: u64 = 10059;
pub(super) const STREAM_NAME_IN_USE: u64 = 10058;
const WRONG_LAST_SEQUENCE: u64 = 10071;
const WRONG_LAST_SEQUENCE_CONSTANT: u64 = 10164;

/// Why there is no answer.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// The server said no.
    Refused { code: u64, description: String },
    /// Nobody said anything that counts.
    Away(String),
}

impl Fault {
    pub(super) fn on_append(self) -> AppendError {
        match self {
            Self::Refused { code: WRONG_LAST_SEQUENCE | WRONG_LAST_SEQUENCE_CONSTANT, .. } => {
                AppendError::Conflict
            }
            // Storage that is full (10077, 10047, 10023) among them: there may be room again.
            Self::Refused { code, description } => {
                AppendError::Unavailable(format!("{description} ({code})"))
            }
            Self::Away(why) => AppendError::Unavailable(why),
        }
    }

    pub(super) fn on_read(self) -> ReadError {
        match self {
            Self::Refused { code, description } => {
                ReadError::Unavailable(format!("{description} ({code})"))
            }
            Self::Away(why) => ReadError::Unavailable(why),
        }
    }
}

/// A message of a stream.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) sequence: u64,
    pub(super) body: Bytes,
}

impl Message {
    /// Its number, which is in its link, and its sequence.
    pub(super) fn place(&self, partition: &Partition) -> Result<Place, ReadError> {
        let link = Link::read(&self.body).map_err(|_| not_a_commit(partition, self.sequence))?;
        Ok(Place { number: link.number, sequence: self.sequence })
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: Option<Refused>,
}

#[derive(Deserialize)]
struct Refused {
    code: u64,
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
struct Acked {
    seq: u64,
    #[serde(default)]
    duplicate: bool,
}

#[derive(Deserialize)]
struct Got {
    message: GotMessage,
}

#[derive(Deserialize)]
struct GotMessage {
    seq: u64,
    #[serde(default)]
    data: String,
}

/// What a stream is and holds.
#[derive(Deserialize)]
pub(super) struct StreamInfo {
    pub(super) config: serde_json::Map<String, serde_json::Value>,
    pub(super) state: StreamState,
    /// The leader's clock.
    pub(super) ts: Timestamp,
    #[serde(default)]
    total: usize,
}

#[derive(Deserialize)]
pub(super) struct StreamState {
    pub(super) last_seq: u64,
    #[serde(default)]
    subjects: std::collections::BTreeMap<String, u64>,
}

/// The connection, as something to ask.
pub(super) struct Api {
    client: Client,
    context: jetstream::Context,
}

impl Api {
    pub(super) fn new(client: Client) -> Self {
        let mut context = jetstream::new(client.clone());
        context.set_timeout(ANSWERS_WITHIN);
        Self { client, context }
    }

    pub(super) fn context(&self) -> &jetstream::Context {
        &self.context
    }

    async fn send(&self, subject: String, request: Request) -> Result<Bytes, Fault> {
        // Around everything: with the connection down, handing the request over may wait too.
        let answer = self.client.send_request(subject, request.timeout(None));
        match tokio::time::timeout(ANSWERS_WITHIN, answer).await {
            Ok(Ok(message)) => Ok(message.payload),
            Ok(Err(error)) if error.kind() == RequestErrorKind::NoResponders => {
                Err(Fault::Away("no JetStream answers there (yet)".into()))
            }
            Ok(Err(error)) => Err(Fault::Away(error.to_string())),
            Err(_) => Err(Fault::Away("the NATS server did not answer in time".into())),
        }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: &str,
        stream: &str,
        question: &serde_json::Value,
    ) -> Result<T, Fault> {
        let subject = format!("$JS.API.{method}.{stream}");
        let request = Request::new().payload(question.to_string().into());
        read_answer(&self.send(subject, request).await?)
    }

    /// The stream sequence of what was published, once the server says that it is stored.
    pub(super) async fn publish(
        &self,
        partition: &Partition,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<u64, Fault> {
        let request = Request::new().headers(headers).payload(body);
        let acked: Acked = read_answer(&self.send(partition.to_string(), request).await?)?;
        if acked.duplicate {
            return Err(Fault::Away("the server took a new commit for a duplicate".into()));
        }
        Ok(acked.seq)
    }

    pub(super) async fn create_stream(
        &self,
        stream: &str,
        config: &serde_json::Value,
    ) -> Result<StreamInfo, Fault> {
        self.ask("STREAM.CREATE", stream, config).await
    }

    pub(super) async fn stream_info(&self, stream: &str) -> Result<StreamInfo, Fault> {
        self.ask("STREAM.INFO", stream, &json!({})).await
    }

    /// Every subject that holds a message.
    pub(super) async fn subjects(&self, stream: &str) -> Result<Vec<String>, Fault> {
        let mut subjects = Vec::new();
        loop {
            let question = json!({ "subjects_filter": ">", "offset": subjects.len() });
            let page: StreamInfo = self.ask("STREAM.INFO", stream, &question).await?;
            let given = page.state.subjects.len();
            subjects.extend(page.state.subjects.into_keys());
            if given == 0 || subjects.len() >= page.total {
                return Ok(subjects);
            }
        }
    }

    pub(super) async fn last_message(
        &self,
        stream: &str,
        partition: &Partition,
    ) -> Result<Message, Fault> {
        self.get(stream, &json!({ "last_by_subj": partition.to_string() })).await
    }

    /// The partition's first message at `sequence` or after.
    pub(super) async fn next_message(
        &self,
        stream: &str,
        partition: &Partition,
        sequence: u64,
    ) -> Result<Message, Fault> {
        let question = json!({ "seq": sequence, "next_by_subj": partition.to_string() });
        self.get(stream, &question).await
    }

    /// Through the leader: never the direct API, which any replica may answer.
    async fn get(&self, stream: &str, question: &serde_json::Value) -> Result<Message, Fault> {
        let got: Got = self.ask("STREAM.MSG.GET", stream, question).await?;
        let body = BASE64_STANDARD.decode(got.message.data);
        let body = body.map_err(|e| Fault::Away(format!("an answer not understood: {e}")))?;
        Ok(Message { sequence: got.message.seq, body: body.into() })
    }

    /// The partition's messages from `sequence` on that are there now, about `max_bytes` of them.
    pub(super) async fn messages(
        &self,
        stream: &str,
        partition: &Partition,
        sequence: u64,
        max_bytes: usize,
    ) -> Result<Vec<Message>, Fault> {
        let config = consumer::pull::Config {
            deliver_policy: consumer::DeliverPolicy::ByStartSequence { start_sequence: sequence },
            ack_policy: consumer::AckPolicy::None,
            filter_subject: partition.to_string(),
            memory_storage: true,
            num_replicas: 1,
            inactive_threshold: Duration::from_secs(30),
            ..Default::default()
        };
        let made = self.context.create_consumer_on_stream(config, stream).await;
        let consumer = made.map_err(|e| Fault::Away(e.to_string()))?;
        let reading = fetch(&consumer, max_bytes);
        let outcome = tokio::time::timeout(ANSWERS_WITHIN * 6, reading).await;
        let name = &consumer.cached_info().name;
        // If this fails the server drops it by itself after half a minute.
        let _ = self.context.delete_consumer_from_stream(name, stream).await;
        outcome.map_err(|_| Fault::Away("the NATS server stopped answering a read".into()))?
    }
}

async fn fetch(
    consumer: &consumer::Consumer<consumer::pull::Config>,
    max_bytes: usize,
) -> Result<Vec<Message>, Fault> {
    let away = |e: String| Fault::Away(e);
    let mut left = consumer.cached_info().num_pending;
    let (mut messages, mut bytes) = (Vec::new(), 0);
    while left > 0 && bytes < max_bytes {
        // Room for one more of any size, so that a batch is never empty for being too tight.
        let room = (max_bytes - bytes).min(BATCH_BYTES) + MAX_COMMIT_BYTES + 64 * 1024;
        let mut batch = consumer
            .fetch()
            .max_messages(BATCH)
            .max_bytes(room)
            .messages()
            .await
            .map_err(|e| away(e.to_string()))?;
        let had = messages.len();
        while let Some(message) = batch.next().await {
            let message = match message {
                Ok(message) => message,
                // A batch whose room is used up ends in an error (409), as does a broken one: what
                // it has given is good, and the next batch or read goes on from there.
                Err(_) if messages.len() > had => break,
                Err(error) => return Err(away(error.to_string())),
            };
            let info = message.info().map_err(|e| away(e.to_string()))?;
            left = info.pending;
            let sequence = info.stream_sequence;
            bytes += message.payload.len();
            messages.push(Message { sequence, body: message.message.payload });
        }
        if messages.len() == had {
            break;
        }
    }
    Ok(messages)
}

fn read_answer<T: DeserializeOwned>(answer: &[u8]) -> Result<T, Fault> {
    let unclear = |e: serde_json::Error| Fault::Away(format!("an answer not understood: {e}"));
    let refusal: Refusal = serde_json::from_slice(answer).map_err(unclear)?;
    match refusal.error {
        Some(e) => {
            let code = if e.err_code == 0 { e.code } else { e.err_code };
            Err(Fault::Refused { code, description: e.description })
        }
        None => serde_json::from_slice(answer).map_err(unclear),
    }
}
