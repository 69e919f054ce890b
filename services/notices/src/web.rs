//! What is open to the world: links that answer, and what an SMS gateway has to say.
//!
//! A link opens a page that asks, and answers only when a button is pressed: mail programs and
//! scanners open every link by themselves. What a gateway says counts only with its signature.
//! Nothing here says more to a stranger than that there is nothing.

mod gateway;
mod page;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State as Shared},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use dugnad_events::{
    NoticeId,
    notices::{Answer, Language, Via},
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Ask, Caller, Error, Ledger};
use dugnad_vault::Vault;

use crate::{
    contacts::Contacts,
    model::{self, Command, Notices, Refusal, Standing, State},
    render, sender,
    sender::Settings,
};

/// The longest request that is read, in bytes.
const LONGEST_BODY: usize = 16 * 1024;

/// Everything that answers needs.
#[derive(Clone)]
struct Web {
    ledger: Ledger<Notices>,
    vault: Vault,
    contacts: Arc<dyn Contacts>,
    settings: Arc<Settings>,
}

/// `/a/{municipality}/{token}` for people, `/sms/{municipality}/report` and `/in` for gateways.
pub fn web(
    ledger: Ledger<Notices>,
    vault: Vault,
    contacts: Arc<dyn Contacts>,
    settings: Settings,
) -> Router {
    let web = Web { ledger, vault, contacts, settings: Arc::new(settings) };
    Router::new()
        .route("/a/{tenant}/{token}", get(ask))
        .route("/a/{tenant}/{token}/{answer}", post(take))
        .route("/sms/{tenant}/report", post(gateway::report))
        .route("/sms/{tenant}/in", post(gateway::reply))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(web)
}

/// What a page says.
struct Page {
    language: Language,
    sender: String,
    words: Vec<String>,
    /// What can be pressed.
    answers: Vec<Answer>,
}

async fn ask(Shared(web): Shared<Web>, Path((tenant, token)): Path<(String, String)>) -> Response {
    let Some((tenant, notice)) = web.read(&tenant, &token).await else { return nothing() };
    match web.page(&tenant, notice).await {
        Ok(Some(page)) => shown(StatusCode::OK, page::ask(&page, &format!("/a/{tenant}/{token}"))),
        Ok(None) => nothing(),
        Err(()) => away(),
    }
}

async fn take(
    Shared(web): Shared<Web>,
    Path((tenant, token, answer)): Path<(String, String, String)>,
) -> Response {
    let Some(answer) = page::read(&answer) else { return nothing() };
    let Some((tenant, notice)) = web.read(&tenant, &token).await else { return nothing() };
    let before = web.page(&tenant, notice).await;
    let (Ok(Some(page)), Ok(request_id)) = (before, sender::request_id(&web.ledger, &tenant).await)
    else {
        return away();
    };
    let caller = Caller { tenant, id: sender::CALLER };
    let command = Command::Answer { notice, person: None, answer, via: Via::Link };
    match web.ledger.execute(&caller, Ask { request_id, command }, None).await {
        Ok(_) => shown(StatusCode::OK, page::thanks(&page, answer)),
        Err(Error::Refused(refusal)) => shown(StatusCode::CONFLICT, page::refused(&page, &refusal)),
        Err(_) => away(),
    }
}

impl Web {
    /// The notice that a link is about, if it is one of ours.
    async fn read(&self, tenant: &str, token: &str) -> Option<(Tenant, NoticeId)> {
        let tenant = Tenant::new(tenant).ok()?;
        // A stranger's municipality gets no key of its own.
        let known = self.ledger.last(&tenant).await.is_ok_and(|last| last > 0);
        if !known {
            return None;
        }
        let keys = sender::keys(&self.vault, &tenant).await.ok()?;
        let notice = keys.read(&tenant, token)?;
        Some((tenant, notice))
    }

    /// `None`: there is no such notice any more.
    async fn page(&self, tenant: &Tenant, notice: NoticeId) -> Result<Option<Page>, ()> {
        let look = move |state: &State, now| {
            let kept = state.notices.get(&notice)?;
            let person = kept.facts.to.filter(|it| !state.erased.contains(it))?;
            let language = state.preference(person).map(|it| it.language).unwrap_or_default();
            let part = render::part(state, notice, language, now)?;
            let sender = render::sender(&state.policy);
            let none = |_| String::new();
            let answers = render::Answers { link: &none, replies: false };
            let fields = render::Fields {
                sender: &sender,
                name: "",
                answers: &answers,
                language,
                alone: false,
            };
            let mut words = vec![part.fill(&part.text().subject, &fields)];
            words.extend(kept.facts.span.map(|_| part.when().to_owned()));
            let answers = match model::standing(state, notice, now).ok()? {
                Standing::Open(answers) => answers,
                Standing::Closed(refusal) => {
                    words.push(page::why(&refusal, language));
                    Vec::new()
                }
            };
            Some(Page { language, sender, words, answers })
        };
        self.ledger.query(tenant, None, look).await.map_err(|_: Error<Refusal>| ())
    }
}

fn shown(status: StatusCode, html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
        ),
    ];
    (status, headers, html).into_response()
}

fn nothing() -> Response {
    shown(StatusCode::NOT_FOUND, page::nothing())
}

fn away() -> Response {
    shown(StatusCode::SERVICE_UNAVAILABLE, page::away())
}
