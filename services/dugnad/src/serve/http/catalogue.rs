//! `GET /calendar/{municipality}/activities.ics`: what goes on, for anybody. `?topic=`, `?audience=` and
//! `?area=` narrow it down.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::get,
};
use dugnad_activities::{Activities, model::Filter};
use dugnad_calendar::ical::etag;
use dugnad_events::Code;
use dugnad_journal::{Journal, Service, Tenant};
use dugnad_ledger::Ledger;
use serde::Deserialize;

use super::{
    calendar::{nothing, shown},
    later,
    tenants::Tenants,
};

/// It may be a few minutes old.
const PUBLIC: &str = "public, max-age=300";

/// What the catalogue is made from.
struct Source {
    ledger: Ledger<Activities>,
    origin: String,
    tenants: Tenants,
}

/// Codes; empty: any.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    topic: String,
    audience: String,
    area: String,
}

pub(in crate::serve) fn pages(
    journal: Arc<dyn Journal>,
    service: Service,
    ledger: Ledger<Activities>,
    origin: &str,
) -> Router {
    let tenants = Tenants::new(journal, service);
    let source = Source { ledger, origin: origin.to_owned(), tenants };
    Router::new()
        .route("/calendar/{municipality}/activities.ics", get(show))
        .with_state(Arc::new(source))
}

async fn show(
    State(source): State<Arc<Source>>,
    Path(municipality): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let filter = match filter(&asked) {
        Ok(filter) => filter,
        Err(problem) => return (StatusCode::BAD_REQUEST, problem).into_response(),
    };
    let Ok(tenant) = Tenant::new(&municipality) else { return nothing() };
    if !source.tenants.knows(&tenant).await {
        return nothing();
    }
    let address = format!("{}/calendar/{tenant}/activities.ics", source.origin);
    match dugnad_activities::published(&source.ledger, &tenant, filter, address).await {
        Ok(text) => {
            let tag = etag(&text);
            shown(text, &tag, PUBLIC, &headers)
        }
        Err(status) => {
            tracing::warn!(code = ?status.code(), "the catalogue could not be shown");
            later(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

fn filter(asked: &Asked) -> Result<Filter, String> {
    Ok(Filter {
        topic: code("topic", &asked.topic)?,
        audience: code("audience", &asked.audience)?,
        area: code("area", &asked.area)?,
        ..Filter::default()
    })
}

fn code(name: &str, text: &str) -> Result<Option<Code>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|no| format!("{name}: {no}\n"))
}
