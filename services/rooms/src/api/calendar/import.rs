//! A calendar file into bookings: event by event, each with what became of it.
//!
//! Each event is a request of its own with an id made from the import's, so that an import that broke
//! off goes on where it was, and none of it is a commit that outgrows the journal's.

use std::{collections::BTreeMap, sync::Arc};

use dugnad_calendar::{Interval, ical};
use dugnad_door::{Call, Invalid, Problem, field, local};
use dugnad_events::{
    RoomName,
    rooms::{Application, Became, BookingDetails, EntryKey, Event, Skipped},
};
use dugnad_ledger::{Ask, Context, Error, RequestId};
use dugnad_proto::rooms::v1::{self as pb, imported_event::Outcome};
use dugnad_vault::PersonId;
use jiff::{civil::DateTime, tz::TimeZone};
use tonic::Status;
use uuid::Uuid;

use super::{
    super::{Api, STAFF, not_found, read, show},
    entries::{Draft, Reader, refused},
};
use crate::model::{
    Command, Name, Refusal, State,
    calendar::{self, Entry, What, Wish},
};

/// One import under way.
struct Import<'a> {
    call: &'a Call,
    room: RoomName,
    application: Application,
    /// `None`: it is only asked what would become of it.
    request: Option<RequestId>,
    /// What a dry run has taken so far: seconds since 1970, buffers included.
    taken: BTreeMap<i64, i64>,
    /// Seconds kept free before and after.
    buffers: (i64, i64),
    /// The room's.
    home: TimeZone,
}

impl Api {
    pub(super) async fn import(
        &self,
        call: &Call,
        request: pb::ImportCalendarRequest,
    ) -> Result<pb::ImportCalendarResponse, Status> {
        call.must_be(&STAFF)?;
        let room: RoomName = field::name("room", &request.room)?;
        let until = local::maybe_date("series_until", &request.series_until)?;
        let application = read::application(request.application.as_ref())?.unwrap_or_default();
        let id = match request.dry_run {
            true => None,
            false => Some(field::request_id(&request.request_id)?),
        };
        let file = ical::read(&request.calendar);
        let file = file.map_err(|problem| Invalid::new("calendar", problem.to_string()))?;
        let look = move |state: &State, _| state.place_to_import(room);
        let place = self.desk.look(call, look).await?;
        let (home, buffers) = place.ok_or_else(|| not_found(Name::Room(room)))?;
        let secret = self.desk.vault.digest_key(call.caller.tenant.as_str()).await;
        let secret = secret.map_err(|error| Problem::from(&error))?;
        let key = |uid: &str, of: Option<DateTime>| entry_key(&secret, room, uid, of);
        let drafts = Reader { home: &home, until, key: &key }.drafts(file)?;

        let application = *application;
        let taken = BTreeMap::new();
        let mut import = Import { call, room, application, request: id, taken, buffers, home };
        let mut events = Vec::with_capacity(drafts.len());
        for draft in drafts {
            events.push(self.entry(&mut import, draft).await?);
        }
        Ok(pb::ImportCalendarResponse { events })
    }

    async fn entry(
        &self,
        import: &mut Import<'_>,
        draft: Draft,
    ) -> Result<pb::ImportedEvent, Status> {
        let told = pb::ImportedEvent {
            line: i32::try_from(draft.line).unwrap_or(i32::MAX),
            uid: draft.uid,
            ..Default::default()
        };
        let entry = match draft.entry {
            Ok(entry) => entry,
            Err(problem) => return Ok(with_problem(told, problem)),
        };
        let (key, what) = (entry.key, entry.what.clone());
        let outcome = match import.request {
            None => self.would_take(import, entry, &draft.summary).await?,
            Some(request) => self.take(import, request, entry, &draft.summary).await?,
        };
        let events = match outcome {
            Ok(events) => events,
            Err(problem) => return Ok(with_problem(told, problem)),
        };
        let skipped = skipped(&events).to_vec();
        let (events, late) = match import.request {
            Some(_) => (events, Vec::new()),
            None => match import.beside_others(&events) {
                Ok(late) => (events, late),
                Err(problem) => return Ok(with_problem(told, problem)),
            },
        };
        let became = match import.request {
            Some(_) => self.desk.look(import.call, move |state, _| state.imported(key)).await?,
            None => None,
        };
        let skipped = skipped.into_iter().chain(late).map(show::skipped);
        Ok(pb::ImportedEvent {
            outcome: outcome_of(&events, &what).into(),
            name: became.map(name).unwrap_or_default(),
            skipped: skipped.collect(),
            ..told
        })
    }

    /// The inner error is the event's, the outer one the whole import's.
    async fn take(
        &self,
        import: &Import<'_>,
        request: RequestId,
        entry: Entry,
        summary: &str,
    ) -> Result<Result<Arc<[Event]>, Problem>, Status> {
        let request_id = of_entry(request, entry.key);
        let wish = self.wish(import, request_id, entry, summary).await?;
        let command = Command::Calendar(calendar::Command::Import(Box::new(wish)));
        let ask = Ask { request_id, command };
        let Call { caller, deadline, .. } = import.call;
        match self.desk.ledger.execute(caller, ask, *deadline).await {
            Ok(accepted) => Ok(Ok(accepted.events)),
            Err(error @ Error::Refused(Refusal::NotFound(_))) => Err(dugnad_door::status(&error)),
            Err(error @ (Error::Refused(_) | Error::TooLarge { .. })) => {
                Ok(Err(Problem::from(&error)))
            }
            Err(error) => Err(dugnad_door::status(&error)),
        }
    }

    async fn would_take(
        &self,
        import: &Import<'_>,
        entry: Entry,
        summary: &str,
    ) -> Result<Result<Arc<[Event]>, Problem>, Status> {
        let request = RequestId::new(of_nothing()).expect("made as a UUIDv7");
        let wish = self.wish(import, request, entry, summary).await?;
        let caller = import.call.caller.clone();
        let look = move |state: &State, now| {
            let context = Context { now, caller: caller.clone(), request: request.uuid() };
            state.would_import(&context, wish.clone())
        };
        let outcome = self.desk.look(import.call, look).await?;
        let outcome = outcome.map_err(|refusal| Problem::from(&Error::Refused(refusal)));
        Ok(outcome.map(Arc::from))
    }

    async fn wish(
        &self,
        import: &Import<'_>,
        id: RequestId,
        entry: Entry,
        summary: &str,
    ) -> Result<Wish, Problem> {
        let purpose = read::purpose_of(summary);
        let details = BookingDetails { purpose, ..Default::default() };
        let person = PersonId(import.call.caller.id);
        let details = self.desk.seal(import.call, person, id, &details).await?;
        let (room, application) = (import.room, import.application.clone());
        Ok(Wish { room, entry, details, application })
    }
}

impl Import<'_> {
    /// Nothing is written in a dry run: what the file itself takes is remembered here. Dates of a
    /// series that others of the file have taken are told; a single event is refused.
    fn beside_others(&mut self, events: &[Event]) -> Result<Vec<Skipped>, Problem> {
        let mut late = Vec::new();
        let recurs = events.iter().any(|event| matches!(event, Event::SeriesBooked { .. }));
        for span in events.iter().filter_map(taken_by) {
            if self.take(span) {
                continue;
            }
            let message = "another event of the file takes the room then".to_owned();
            let reason = "TAKEN_IN_FILE";
            if !recurs {
                return Err(refused(reason, message));
            }
            let start = self.home.to_datetime(span.start());
            late.push(Skipped { start, reason: reason.to_owned(), message });
        }
        Ok(late)
    }

    fn take(&mut self, span: Interval) -> bool {
        let (before, after) = self.buffers;
        let (start, end) = span.into();
        let (start, end) = (start - before, end + after);
        let last = self.taken.range(..end).next_back();
        let free = last.is_none_or(|(_, other)| *other <= start);
        if free {
            self.taken.insert(start, end);
        }
        free
    }
}

fn taken_by(event: &Event) -> Option<Interval> {
    match event {
        Event::Booked { span, .. } | Event::Moved { span, .. } => Some(*span),
        Event::Requested { span, holds: true, .. } => Some(*span),
        _ => None,
    }
}

fn skipped(events: &[Event]) -> &[Skipped] {
    events
        .iter()
        .find_map(|event| match event {
            Event::SeriesBooked { skipped, .. } => Some(skipped.as_slice()),
            _ => None,
        })
        .unwrap_or_default()
}

fn outcome_of(events: &[Event], what: &What) -> Outcome {
    if *what == What::Cancelled {
        return Outcome::Cancelled;
    }
    let first = events.iter().find_map(|event| match event {
        Event::SeriesBooked { .. } | Event::Booked { .. } => Some(Outcome::Taken),
        Event::Requested { .. } => Some(Outcome::Requested),
        Event::Moved { .. } => Some(Outcome::Moved),
        _ => None,
    });
    first.unwrap_or(Outcome::Unchanged)
}

fn name(became: Became) -> String {
    match became {
        Became::Booking(booking) => booking.to_string(),
        Became::Series(series) => series.to_string(),
    }
}

fn with_problem(told: pb::ImportedEvent, problem: Problem) -> pb::ImportedEvent {
    let Problem { code, reason, message } = problem;
    let problem = pb::Problem { code: code.into(), reason: reason.to_owned(), message };
    pb::ImportedEvent { outcome: Outcome::Refused.into(), problem: Some(problem), ..told }
}

/// Keyed, since a UID may be somebody's address.
fn entry_key(secret: &[u8; 32], room: RoomName, uid: &str, of: Option<DateTime>) -> EntryKey {
    let key = blake3::derive_key("dugnad rooms: events of calendar files", secret);
    let mut hasher = blake3::Hasher::new_keyed(&key);
    hasher.update(room.room.0.as_bytes()).update(uid.as_bytes());
    if let Some(of) = of {
        hasher.update(b"\n").update(of.to_string().as_bytes());
    }
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    EntryKey(Uuid::from_bytes(bytes))
}

/// As old as the import's, and of this entry alone.
fn of_entry(import: RequestId, entry: EntryKey) -> RequestId {
    let mut bytes = Uuid::new_v5(&import.uuid(), entry.0.as_bytes()).into_bytes();
    bytes[..6].copy_from_slice(&import.uuid().as_bytes()[..6]);
    let id = uuid::Builder::from_bytes(bytes).with_version(uuid::Version::SortRand).into_uuid();
    RequestId::new(id).expect("made as a UUIDv7")
}

fn of_nothing() -> Uuid {
    uuid::Builder::nil().with_version(uuid::Version::SortRand).into_uuid()
}
