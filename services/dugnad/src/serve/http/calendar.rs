//! `GET /calendar/{token}.ics`: a feed for calendar programs.
//!
//! Whoever asks without a token that opens a feed learns nothing, not even whether there is such a
//! municipality: neither from the answer nor by having the server load what nobody uses.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use dugnad_journal::{Journal, Service};
use dugnad_ledger::Ledger;
use dugnad_rooms::{Rooms, tenant_of};
use dugnad_vault::Vault;

use super::{later, tenants::Tenants};

/// For one who has the address alone, who asks each time.
const PRIVATE: &str = "private, no-cache";

/// What a feed is made from.
struct Source {
    ledger: Ledger<Rooms>,
    vault: Vault,
    origin: String,
    tenants: Tenants,
}

pub(in crate::serve) fn pages(
    journal: Arc<dyn Journal>,
    service: Service,
    ledger: Ledger<Rooms>,
    vault: Vault,
    origin: &str,
) -> Router {
    let (origin, tenants) = (origin.to_owned(), Tenants::new(journal, service));
    let source = Source { ledger, vault, origin, tenants };
    Router::new().route("/calendar/{file}", get(show)).with_state(Arc::new(source))
}

async fn show(
    State(source): State<Arc<Source>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(token) = file.strip_suffix(".ics") else { return nothing() };
    let Some(tenant) = tenant_of(token) else { return nothing() };
    if !source.tenants.knows(&tenant).await {
        return nothing();
    }
    let address = format!("{}/calendar/{file}", source.origin);
    match dugnad_rooms::feed(&source.ledger, &source.vault, token, Some(address)).await {
        Ok(Some(feed)) => shown(feed.text, &feed.etag, PRIVATE, &headers),
        Ok(None) => nothing(),
        Err(status) => {
            tracing::warn!(code = ?status.code(), "a calendar could not be shown");
            later(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// The same whatever is wrong.
pub(super) fn nothing() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// The calendar, unless the caller has this version.
pub(super) fn shown(text: String, etag: &str, cached: &'static str, asked: &HeaderMap) -> Response {
    let etag = format!("\"{etag}\"");
    let headers: [(HeaderName, &str); 4] = [
        (header::ETAG, &etag),
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, cached),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    if has(asked, &etag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, text).into_response()
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
