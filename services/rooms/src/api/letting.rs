//! Letting rules through the door: written and read, asked for a quote, and what they bring in.

mod document;

use dugnad_calendar::Interval;
use dugnad_door::{Call, Invalid, Rule as _, Within as _, field, local, page};
use dugnad_events::{
    FacilityId, RoomName,
    rooms::{Cause, Scope},
};
use dugnad_ledger::Error;
use dugnad_proto::rooms::v1 as pb;
use jiff::civil::Date;
use tonic::Status;

use super::{Api, STAFF, not_found, read, show};
use crate::model::{ChargeView, Command, Name, Quote, QuoteFor, Refusal, State, Why};

impl Api {
    pub(super) async fn set_rules(
        &self,
        call: &Call,
        request: &pb::SetLettingRulesRequest,
    ) -> Result<pb::SetLettingRulesResponse, Status> {
        call.must_be(&STAFF)?;
        let id = field::request_id(&request.request_id)?;
        let scope = scope(&request.scope)?;
        let from = local::date("effective_from", &request.effective_from)?;
        let rules = field::required("rules", request.rules.as_ref())?;
        let rules = document::read(rules).within("rules")?;
        let shown = document::show(&rules);
        let command = Command::SetLettingRules { scope, from, rules: Box::new(rules) };
        self.desk.execute(call, id, command).await?;
        // Accepted, now or the first time, are the rules that the request holds.
        Ok(pb::SetLettingRulesResponse { rules: Some(shown) })
    }

    pub(super) async fn rules(
        &self,
        call: &Call,
        request: &pb::GetLettingRulesRequest,
    ) -> Result<pb::GetLettingRulesResponse, Status> {
        let scope = scope(&request.scope)?;
        let date: Date = local::date("date", &request.date)?;
        let found = self.desk.look(call, move |state, _| state.letting_rules(scope, date)).await?;
        let (version, from, rules) = found.ok_or_else(|| not_found(Name::LettingRules))?;
        Ok(pb::GetLettingRulesResponse {
            rules: Some(document::show(&rules)),
            effective_from: from.to_string(),
            version: show::count(version.into()),
        })
    }

    pub(super) async fn quoted(
        &self,
        call: &Call,
        request: &pb::QuoteRequest,
    ) -> Result<pb::QuoteResponse, Status> {
        let wanted = QuoteFor {
            room: field::name("room", &request.room)?,
            when: read::when(request.interval.as_ref(), &request.whole_day)?,
            by: call.caller.id,
            application: *read::application(request.application.as_ref())?.unwrap_or_default(),
        };
        let look = move |state: &State, now| state.quote(now, &wanted);
        let quote = self.desk.look(call, look).await?;
        quote.map(quoted).map_err(|refusal| dugnad_door::status(&Error::Refused(refusal)))
    }

    pub(super) async fn charges(
        &self,
        call: &Call,
        request: &pb::ListChargesRequest,
    ) -> Result<pb::ListChargesResponse, Status> {
        call.must_be(&STAFF)?;
        let span: Interval =
            read::interval("interval", request.interval.as_ref(), read::LONGEST_LIST)?;
        let query = ("ListCharges", span);
        let size = page::size(request.page_size)?;
        let after = page::after::<u64>(&request.page_token, &query)?;
        let look = move |state: &State, _| state.charges(span.start(), span.end(), after, size);
        let found = self.desk.look(call, look).await?;
        let items = found.items.into_iter().map(|row| (row.number, charge(row))).collect();
        let (charges, next_page_token) = page::of(items, found.next, &query);
        Ok(pb::ListChargesResponse { charges, next_page_token })
    }
}

/// Empty is the municipality.
fn scope(name: &str) -> Result<Scope, Invalid> {
    if name.is_empty() {
        return Ok(Scope::Municipality);
    }
    if let Ok(room) = name.parse::<RoomName>() {
        return Ok(Scope::Room(room.room));
    }
    let form = "must be `facilities/{uuid}`, `facilities/{uuid}/rooms/{uuid}` or empty";
    let facility = name.parse::<FacilityId>();
    facility.map(Scope::Facility).map_err(|_| Invalid::new("scope", form))
}

fn quoted(quote: Quote) -> pb::QuoteResponse {
    let rows = quote.price.rows.iter().map(|row| pb::quote_response::Row {
        row: show::count(row.row as u64),
        duration: Some(prost_types::Duration { seconds: row.seconds, nanos: 0 }),
        oere: row.oere,
    });
    let deadlines = quote.deadlines.iter().map(|(from, kept)| pb::quote_response::Deadline {
        from: Some(show::timestamp(*from)),
        kept_oere: *kept,
    });
    pb::QuoteResponse {
        interval: Some(show::interval(quote.span)),
        price_oere: quote.price.oere,
        rows: rows.collect(),
        deadlines: deadlines.collect(),
        refusals: quote.refusals.iter().map(refusal).collect(),
        needs_approval: quote.request.is_some(),
        rules_version: show::count(quote.edition.known.into()),
        vat_code: show::code(quote.price.vat),
    }
}

fn refusal(refusal: &Refusal) -> pb::quote_response::Refusal {
    let metadata = refusal.metadata().into_iter();
    pb::quote_response::Refusal {
        reason: refusal.reason().to_owned(),
        message: refusal.to_string(),
        metadata: metadata.map(|(key, value)| (key.to_owned(), value)).collect(),
    }
}

fn charge(row: ChargeView) -> pb::Charge {
    let kind = if row.oere < 0 { pb::charge::Kind::Refund } else { pb::charge::Kind::Charge };
    let reason = match row.why {
        Why::Booked => "BOOKED",
        Why::Moved => "MOVED",
        Why::Ended(Cause::Displaced) => "DISPLACED",
        Why::Ended(Cause::RoomClosed) => "ROOM_CLOSED",
        Why::Ended(_) => "CANCELLED",
    };
    pb::Charge {
        number: i64::try_from(row.number).unwrap_or(i64::MAX),
        at: Some(show::timestamp(row.at)),
        booking: row.booking.to_string(),
        applicant: row.by.to_string(),
        organisation: row.organisation.map(|it| it.to_string()).unwrap_or_default(),
        applicant_kind: show::code(row.applicant),
        purpose_kind: show::code(row.purpose),
        kind: kind.into(),
        oere: row.oere.abs(),
        vat_code: show::code(row.vat),
        reason: reason.to_owned(),
    }
}
