//! Everybody's telephones: an SMS gateway of the demonstration's own, which keeps what it is given.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use axum::{Router, extract::State, http::StatusCode, routing::post};
use serde::Deserialize;
use tokio::net::TcpListener;

/// One text message.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Sms {
    pub(super) to: String,
    pub(super) text: String,
}

type Inbox = Arc<Mutex<Vec<Sms>>>;

/// What everybody got so far. The gateway goes with the process.
pub(crate) struct Phones {
    inbox: Inbox,
    /// How `dugnad serve --sms` reaches it.
    pub(crate) settings: PathBuf,
}

impl Phones {
    pub(crate) async fn start(data: &Path) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let settings = serde_json::json!({
            "url": format!("http://{}/", listener.local_addr()?),
            "headers": {"content-type": "application/json"},
            "body": r#"{"to":"{to}","text":"{text}"}"#,
            "from": super::town::TOWN,
            "replies": false,
        });
        let path = data.join("sms.json");
        std::fs::write(&path, settings.to_string())?;
        let inbox = Inbox::default();
        let app = Router::new().route("/", post(keep)).with_state(inbox.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { inbox, settings: path })
    }

    pub(crate) fn count(&self) -> usize {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// What came to a number so far.
    pub(super) fn to(&self, number: &str) -> Vec<String> {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        let number = digits(number);
        let theirs = inbox.iter().filter(|sms| digits(&sms.to) == number);
        theirs.map(|sms| sms.text.clone()).collect()
    }
}

async fn keep(State(inbox): State<Inbox>, body: String) -> StatusCode {
    let Ok(sms) = serde_json::from_str(&body) else { return StatusCode::BAD_REQUEST };
    inbox.lock().unwrap_or_else(PoisonError::into_inner).push(sms);
    StatusCode::OK
}
