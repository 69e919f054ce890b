//! `GET /calendar/{token}.ics`: a feed for calendar programs.
//!
//! Whoever asks without a token that opens a feed learns nothing, not even whether there is such a
//! municipality: neither from the answer nor by having the server load what nobody uses.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use dugnad_journal::{Journal, Service, Tenant};
use dugnad_ledger::Ledger;
use dugnad_rooms::{Feed, Rooms, tenant_of};
use dugnad_vault::Vault;
use tokio::sync::Mutex;

use super::later;

/// How often it is worth looking for a municipality that was not there.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// What a feed is made from.
struct Source {
    journal: Arc<dyn Journal>,
    service: Service,
    ledger: Ledger<Rooms>,
    vault: Vault,
    origin: String,
    tenants: Mutex<Tenants>,
}

/// The municipalities that have a history.
#[derive(Default)]
struct Tenants {
    known: HashSet<Tenant>,
    looked: Option<Instant>,
}

pub(in crate::serve) fn pages(
    journal: Arc<dyn Journal>,
    service: Service,
    ledger: Ledger<Rooms>,
    vault: Vault,
    origin: &str,
) -> Router {
    let (origin, tenants) = (origin.to_owned(), Mutex::default());
    let source = Source { journal, service, ledger, vault, origin, tenants };
    Router::new().route("/calendar/{file}", get(show)).with_state(Arc::new(source))
}

async fn show(
    State(source): State<Arc<Source>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(token) = file.strip_suffix(".ics") else { return nothing() };
    let Some(tenant) = tenant_of(token) else { return nothing() };
    if !source.knows(&tenant).await {
        return nothing();
    }
    let address = format!("{}/calendar/{file}", source.origin);
    match dugnad_rooms::feed(&source.ledger, &source.vault, token, Some(address)).await {
        Ok(Some(feed)) => shown(feed, &headers),
        Ok(None) => nothing(),
        Err(status) => {
            tracing::warn!(code = ?status.code(), "a calendar could not be shown");
            later(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// The same whatever is wrong.
fn nothing() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

fn shown(feed: Feed, asked: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", feed.etag);
    let headers: [(HeaderName, &str); 4] = [
        (header::ETAG, &etag),
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    if has(asked, &etag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, feed.text).into_response()
}

/// Whether the caller has this version (RFC 9110 13.1.2; `W/` says nothing here).
fn has(asked: &HeaderMap, etag: &str) -> bool {
    let lines = asked.get_all(header::IF_NONE_MATCH).into_iter();
    let mut tags = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    tags.any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}

impl Source {
    /// Whether the municipality has a history. Strangers cannot make the server look more often than
    /// every [`LOOK_AGAIN`].
    async fn knows(&self, tenant: &Tenant) -> bool {
        let mut tenants = self.tenants.lock().await;
        if tenants.known.contains(tenant) {
            return true;
        }
        if tenants.looked.is_some_and(|looked| looked.elapsed() < LOOK_AGAIN) {
            return false;
        }
        if let Ok(partitions) = self.journal.partitions(&self.service).await {
            tenants.known = partitions.into_iter().map(|partition| partition.tenant).collect();
            tenants.looked = Some(Instant::now());
        }
        tenants.known.contains(tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_this_version_is_known_however_they_say_it() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, text.parse().unwrap());
            has(&headers, "\"ab\"")
        };

        assert!(asked("\"ab\"") && asked("*") && asked("\"x\", W/\"ab\""));
        assert!(!asked("ab") && !asked("\"abc\"") && !has(&HeaderMap::new(), "\"ab\""));
    }
}
