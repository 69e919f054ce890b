//! The gRPC door for calendars: addresses that show bookings, free/busy, and import of a file.
//!
//! A token is drawn from the tenant's secret and the request that asks for it: nobody can guess it,
//! a repeated request gets the same, and nothing has to keep it. It names its municipality, for
//! whoever comes with it alone. It stands in no log, and in no answer but the first.

mod content;
mod entries;
mod import;
mod token;

use dugnad_calendar::ical::FreeBusy;
use dugnad_door::{Call, Interceptor, Invalid, Problem, authenticate, enter, field};
use dugnad_events::{
    FeedId, OrganisationId, RoomName,
    rooms::{CalendarEvent, Event, FeedOf},
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Caller, Ledger};
use dugnad_proto::{
    codec::HARD_LIMIT,
    rooms::v1::{
        self as pb,
        calendar_service_server::{CalendarService, CalendarServiceServer},
    },
};
use dugnad_vault::{PersonId, Vault};
use jiff::SignedDuration;
use tonic::{Code, Request, Response, Status, service::interceptor::InterceptedService};

use super::{Answer, Api, STAFF, no_such_event, not_found, read};
use crate::model::{Command, Name, Rooms, State, calendar};
use token::Token;

pub use content::Feed;
pub use token::tenant_of;

const LONGEST_FREE_BUSY: SignedDuration = SignedDuration::from_hours(92 * 24);

/// The gRPC door for calendars, as [`super::service`].
pub fn calendar_service(
    ledger: Ledger<Rooms>,
    vault: Vault,
) -> InterceptedService<CalendarServiceServer<Api>, Interceptor> {
    let server = CalendarServiceServer::new(Api::new(ledger, vault));
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What the feed of `token` shows, with `source` as where it is fetched; `None`: no such feed.
///
/// # Errors
/// When the journal or the key store is away.
pub async fn feed(
    ledger: &Ledger<Rooms>,
    vault: &Vault,
    token: &str,
    source: Option<String>,
) -> Result<Option<Feed>, Status> {
    let Some(token) = Token::read(token) else { return Ok(None) };
    Api::new(ledger.clone(), vault.clone()).feed(&token, source).await
}

impl Api {
    async fn feed(&self, token: &Token, source: Option<String>) -> Result<Option<Feed>, Status> {
        let hash = token.hash();
        let look = move |state: &State, now| state.feed(hash, now).map(|view| (view, now));
        let found = self.desk.ledger.query(token.tenant(), None, look).await;
        let found = found.map_err(|error| dugnad_door::status(&error))?;
        match found {
            None => Ok(None),
            Some((view, now)) => self.shown(token.tenant(), view, now, source).await.map(Some),
        }
    }

    async fn feed_made(
        &self,
        call: &Call,
        request: &pb::CreateFeedRequest,
    ) -> Result<pb::CreateFeedResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let of = feed_of(&request.of)?;
        match of {
            FeedOf::Organisation(_) => call.must_be(&STAFF)?,
            FeedOf::Person(person) if person.0 != call.caller.id => return Err(not_theirs(person)),
            FeedOf::Room(_) | FeedOf::Person(_) => {}
        }
        if let Ok(room) = request.of.parse::<RoomName>() {
            self.find(call, Name::Room(room), move |state| state.room(room)).await?;
        }
        let Caller { tenant, id: caller } = &call.caller;
        let secret = self.desk.vault.digest_key(tenant.as_str()).await;
        let secret = secret.map_err(|error| Problem::from(&error))?;
        let token = Token::draw(tenant.clone(), &secret, *caller, id);
        let command = calendar::Command::MakeFeed { of, token: token.hash() };
        let events = self.desk.execute(call, id, Command::Calendar(command)).await?;
        let feed = events.iter().find_map(|event| match event {
            Event::Calendar(CalendarEvent::FeedMade { feed, .. }) => Some(*feed),
            _ => None,
        });
        let name = feed.ok_or_else(no_such_event)?.to_string();
        let feed = Some(pb::Feed { name, of: request.of.clone() });
        let token = token.to_string();
        Ok(pb::CreateFeedResponse { feed, path: format!("/calendar/{token}.ics"), token })
    }
}

fn feed_of(name: &str) -> Result<FeedOf, Invalid> {
    if let Ok(room) = name.parse::<RoomName>() {
        return Ok(FeedOf::Room(room.room));
    }
    if let Ok(organisation) = name.parse::<OrganisationId>() {
        return Ok(FeedOf::Organisation(organisation));
    }
    let form = "must have the form `facilities/{uuid}/rooms/{uuid}`, `organisations/{uuid}` or \
                `people/{uuid}`";
    let person = field::id("of", name, "people").map_err(|_| Invalid::new("of", form))?;
    Ok(FeedOf::Person(PersonId(person)))
}

fn not_theirs(person: PersonId) -> Status {
    let message = format!("a feed of {person} is for them alone to make");
    Problem { code: Code::PermissionDenied, reason: "NOT_YOURS", message }.into()
}

/// Says nothing of whether there ever was one.
fn no_such_feed() -> Status {
    let message = "there is no feed with this token".to_owned();
    Problem { code: Code::NotFound, reason: "NOT_FOUND", message }.into()
}

#[tonic::async_trait]
impl CalendarService for Api {
    async fn create_feed(
        &self,
        request: Request<pb::CreateFeedRequest>,
    ) -> Answer<pb::CreateFeedResponse> {
        let (call, request) = enter(request)?;
        self.feed_made(&call, &request).await.map(Response::new)
    }

    async fn list_feeds(
        &self,
        request: Request<pb::ListFeedsRequest>,
    ) -> Answer<pb::ListFeedsResponse> {
        let (call, _) = enter(request)?;
        let by = call.caller.id;
        let look = move |state: &State, _| -> Vec<_> {
            let feeds = state.feeds_by(by).into_iter();
            feeds.filter_map(|(feed, of)| Some((feed, shown_of(state, of)?))).collect()
        };
        let feeds = self.desk.look(&call, look).await?.into_iter();
        let feeds = feeds.map(|(feed, of)| pb::Feed { name: feed.to_string(), of });
        Ok(Response::new(pb::ListFeedsResponse { feeds: feeds.collect() }))
    }

    async fn revoke_feed(
        &self,
        request: Request<pb::RevokeFeedRequest>,
    ) -> Answer<pb::RevokeFeedResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let feed: FeedId = field::name("name", &request.name)?;
        let as_staff = STAFF.contains(&call.role);
        let command = calendar::Command::RevokeFeed { feed, as_staff };
        self.desk.execute(&call, id, Command::Calendar(command)).await?;
        Ok(Response::new(pb::RevokeFeedResponse {}))
    }

    async fn get_feed(&self, request: Request<pb::GetFeedRequest>) -> Answer<pb::GetFeedResponse> {
        let (call, request) = enter(request)?;
        let token = Token::read(&request.token);
        let token = token.filter(|token| *token.tenant() == call.caller.tenant);
        let found = match token {
            None => None,
            Some(token) => self.feed(&token, None).await?,
        };
        let Feed { text: calendar, etag } = found.ok_or_else(no_such_feed)?;
        Ok(Response::new(pb::GetFeedResponse { calendar, etag }))
    }

    async fn get_free_busy(
        &self,
        request: Request<pb::GetFreeBusyRequest>,
    ) -> Answer<pb::GetFreeBusyResponse> {
        let (call, request) = enter(request)?;
        let room: RoomName = field::name("room", &request.room)?;
        let span = read::interval("interval", request.interval.as_ref(), LONGEST_FREE_BUSY)?;
        let look = move |state: &State, now| state.free_busy(room, span).map(|busy| (busy, now));
        let found = self.desk.look(&call, look).await?;
        let (busy, now) = found.ok_or_else(|| not_found(Name::Room(room)))?;
        let uid = room.room.0.to_string();
        let calendar = FreeBusy { uid: &uid, span, busy: &busy }.text(now);
        Ok(Response::new(pb::GetFreeBusyResponse { calendar }))
    }

    async fn import_calendar(
        &self,
        request: Request<pb::ImportCalendarRequest>,
    ) -> Answer<pb::ImportCalendarResponse> {
        let (call, request) = enter(request)?;
        self.import(&call, request).await.map(Response::new)
    }
}

fn shown_of(state: &State, of: FeedOf) -> Option<String> {
    Some(match of {
        FeedOf::Room(room) => state.room_name(room)?.to_string(),
        FeedOf::Organisation(organisation) => organisation.to_string(),
        FeedOf::Person(person) => person.to_string(),
    })
}

/// Of the ledger's query in the name of a feed's maker.
fn in_the_name_of(tenant: &Tenant, maker: uuid::Uuid) -> Call {
    let caller = Caller { tenant: tenant.clone(), id: maker };
    Call { caller, role: dugnad_door::Role::Person, deadline: None }
}
