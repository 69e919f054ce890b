//! What an SMS gateway says: that a message arrived or did not, and what people reply.
//!
//! Signed with HMAC-SHA256 over the body, in hexadecimal, in the header `x-signature`. Saying
//! something twice, late or out of order does no harm, so that a repeated call is none.

use axum::{
    body::Bytes,
    extract::{Path, State as Shared},
    http::{HeaderMap, StatusCode},
};
use dugnad_events::{
    MessageId, NoticeId,
    notices::{Answer, Via},
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Ask, Caller, Error};
use dugnad_vault::PersonId;
use jiff::Timestamp;
use ring::hmac;
use serde::Deserialize;
use uuid::Uuid;

use super::Web;
use crate::{
    contacts::{MOST_AT_ONCE, digits},
    model::{Command, State},
    sender,
};

/// The header with the signature.
const SIGNATURE: &str = "x-signature";

#[derive(Deserialize)]
struct Report {
    /// The key that the message was sent under.
    id: Uuid,
    /// `delivered`, or why not.
    status: String,
}

#[derive(Deserialize)]
struct Reply {
    from: String,
    text: String,
    /// When it was written, by the gateway's clock: it answers nothing that was asked later,
    /// however often it is passed on.
    #[serde(default)]
    at: Option<Timestamp>,
}

pub(super) async fn report(
    Shared(web): Shared<Web>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Some(tenant) = web.signed(&tenant, &headers, &body) else {
        return StatusCode::UNAUTHORIZED;
    };
    let Ok(report) = serde_json::from_slice::<Report>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    // What is on its way yet says nothing.
    let arrived = match report.status.as_str() {
        "delivered" => true,
        "failed" | "undelivered" | "expired" | "rejected" => false,
        _ => return StatusCode::OK,
    };
    let command = Command::Report { message: MessageId(report.id), arrived };
    web.tell(&tenant, command).await
}

/// `1` is yes and `2` is no, where one question is open; all else is answered with how to answer.
pub(super) async fn reply(
    Shared(web): Shared<Web>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Some(tenant) = web.signed(&tenant, &headers, &body) else {
        return StatusCode::UNAUTHORIZED;
    };
    let Ok(reply) = serde_json::from_slice::<Reply>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    let person = match web.whose(&tenant, &reply.from).await {
        Ok(Some(person)) => person,
        // Nobody who was written to: there is nobody to answer.
        Ok(None) => return StatusCode::OK,
        Err(why) => {
            tracing::warn!(%tenant, why, "a reply waits");
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    };
    let at = reply.at;
    let look = move |state: &State, now: Timestamp| {
        let (open, closed) = state.open_questions(person, at.unwrap_or(now), now);
        (open, closed, closed.and_then(|it| state.answered(it)))
    };
    let Ok((open, closed, before)) = web.ledger.query(&tenant, None, look).await else {
        return StatusCode::SERVICE_UNAVAILABLE;
    };
    let answer = match first_word(&reply.text).as_str() {
        "1" | "ja" | "yes" => Some(Answer::Yes),
        "2" | "nei" | "no" => Some(Answer::No),
        _ => None,
    };
    match (&open[..], answer) {
        ([notice], Some(answer)) => web.answer(&tenant, *notice, person, answer).await,
        // The same once more.
        ([], Some(answer)) if before == Some(answer) => StatusCode::OK,
        _ => {
            let questions = if open.is_empty() { closed.into_iter().collect() } else { open };
            web.tell(&tenant, Command::Unclear { person, questions }).await
        }
    }
}

fn first_word(text: &str) -> String {
    let word = text.split(|c: char| !c.is_alphanumeric()).find(|it| !it.is_empty());
    word.unwrap_or_default().to_lowercase()
}

impl Web {
    fn signed(&self, tenant: &str, headers: &HeaderMap, body: &[u8]) -> Option<Tenant> {
        let secret = Some(self.settings.secret.as_bytes()).filter(|it| !it.is_empty())?;
        let signature = hex::decode(headers.get(SIGNATURE)?.to_str().ok()?).ok()?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        hmac::verify(&key, body, &signature).ok()?;
        Tenant::new(tenant).ok()
    }

    /// Who has a number, of those that were written to: a few share a part of its digest, and the
    /// register says which of them it is.
    async fn whose(&self, tenant: &Tenant, from: &str) -> Result<Option<PersonId>, String> {
        let Some(number) = digits(from) else { return Ok(None) };
        let keys = sender::keys(&self.vault, tenant).await?;
        let bucket = keys.bucket(&number);
        let look = move |state: &State, _| state.numbers.get(&bucket).cloned().unwrap_or_default();
        let people = self.ledger.query(tenant, None, look).await.map_err(|it| it.to_string())?;
        let people: Vec<_> = people.into_iter().take(MOST_AT_ONCE).collect();
        if people.is_empty() {
            return Ok(None);
        }
        let contacts = self.contacts.contacts(tenant, &people).await?;
        let is_theirs = |person: &&PersonId| {
            contacts.get(person).is_some_and(|it| digits(&it.phone).as_ref() == Some(&number))
        };
        let theirs: Vec<_> = people.iter().filter(is_theirs).collect();
        // A number that two people share says nothing about who wrote.
        Ok(if let [only] = theirs[..] { Some(*only) } else { None })
    }

    async fn answer(
        &self,
        tenant: &Tenant,
        notice: NoticeId,
        person: PersonId,
        answer: Answer,
    ) -> StatusCode {
        let command = Command::Answer { notice, person: Some(person), answer, via: Via::Sms };
        match self.ask(tenant, command).await {
            Ok(()) => StatusCode::OK,
            // It closed in this very moment: they are told so.
            Err(Error::Refused(_)) => {
                let questions = vec![notice];
                self.tell(tenant, Command::Unclear { person, questions }).await
            }
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    async fn ask(
        &self,
        tenant: &Tenant,
        command: Command,
    ) -> Result<(), Error<crate::model::Refusal>> {
        let id = sender::request_id(&self.ledger, tenant).await;
        let request_id = id.map_err(Error::Unavailable)?;
        let caller = Caller { tenant: tenant.clone(), id: sender::CALLER };
        self.ledger.execute(&caller, Ask { request_id, command }, None).await.map(|_| ())
    }

    async fn tell(&self, tenant: &Tenant, command: Command) -> StatusCode {
        match self.ask(tenant, command).await {
            // A rule said no for good: to be told again would change nothing.
            Ok(()) | Err(Error::Refused(_)) => StatusCode::OK,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
