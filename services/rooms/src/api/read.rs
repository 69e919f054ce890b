//! Requests into commands: the form of each field and its bounds. The rules are the model's.
//!
//! Nothing in here is written anywhere: what cannot be read never reaches the ledger.

use dugnad_calendar::{Interval, OpeningHours};
use dugnad_door::{Invalid, Within as _, field, local};
use dugnad_events::{
    BookingId, Code, FacilityId, RoomName,
    rooms::{Accessibility, Application, BookingDetails, Claim, Contact, Pattern, RoomTraits},
};
use dugnad_ledger::RequestId;
use dugnad_proto::rooms::v1 as pb;
use dugnad_vault::{PersonId, Sealed};
use jiff::{SignedDuration, tz::TimeZone};
use uuid::Uuid;

use super::hours;
use crate::model::{ClashPolicy, Command, LONGEST_SEARCH_DAYS, Search, When};

const LONGEST_NAME: usize = 200;
const LONGEST_PURPOSE: usize = 1000;
const LONGEST_CONTACT: usize = 200;
pub(super) const LONGEST_REASON: usize = 200;
const LONGEST_WORD: usize = 40;
const LONGEST_RRULE: usize = 1000;
const MOST_WORDS: usize = 32;
const MOST_EXDATES: usize = 1000;
const MOST_PEOPLE: i32 = 100_000;
/// Pieces of one kind of equipment.
pub(super) const MOST_PIECES: i32 = 100_000;
pub(super) const LONGEST_BOOKING: SignedDuration = SignedDuration::from_hours(31 * 24);
pub(super) const LONGEST_LIST: SignedDuration = SignedDuration::from_hours(400 * 24);
const LONGEST_SEARCH: SignedDuration = SignedDuration::from_hours(LONGEST_SEARCH_DAYS * 24);
const DAY: u32 = 24 * 60;

/// One booking that is asked for, less what is to be sealed.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) id: RequestId,
    pub(super) room: RoomName,
    pub(super) when: When,
    pub(super) person: PersonId,
    pub(super) application: Option<Box<Application>>,
    pub(super) hold: Option<BookingId>,
}

impl Wanted {
    pub(super) fn command(self, details: Sealed<BookingDetails>) -> Command {
        match (self.when, self.application, self.hold) {
            (When::Span(span), None, None) => Command::Book { room: self.room, span, details },
            (when, application, hold) => {
                let application = application.unwrap_or_default();
                Command::Apply { room: self.room, when, details, application, hold }
            }
        }
    }
}

pub(super) fn booking(request: &pb::CreateBookingRequest, caller: Uuid) -> Result<Wanted, Invalid> {
    Ok(Wanted {
        id: field::request_id(&request.request_id)?,
        room: field::name("room", &request.room)?,
        when: when(request.interval.as_ref(), &request.whole_day)?,
        person: about(&request.purpose, request.contact.as_ref(), caller)?,
        application: application(request.application.as_ref())?,
        hold: match request.hold.as_str() {
            "" => None,
            name => Some(field::name("hold", name)?),
        },
    })
}

/// The field `interval`, or `whole_day` instead.
pub(super) fn when(span: Option<&pb::Interval>, whole_day: &str) -> Result<When, Invalid> {
    if whole_day.is_empty() {
        return interval("interval", span, LONGEST_BOOKING).map(When::Span);
    }
    if span.is_some() {
        return Err(Invalid::new("whole_day", "stands instead of the interval, not beside it"));
    }
    local::date("whole_day", whole_day).map(When::Day)
}

/// The field `application`.
pub(super) fn application(
    application: Option<&pb::Application>,
) -> Result<Option<Box<Application>>, Invalid> {
    let Some(said) = application else { return Ok(None) };
    let read = || {
        Ok(Box::new(Application {
            applicant: code("applicant_kind", &said.applicant_kind)?,
            organisation: match said.organisation.as_str() {
                "" => None,
                name => Some(field::name("organisation", name)?),
            },
            purpose: code("purpose_kind", &said.purpose_kind)?,
            adult_in_charge: said.adult_in_charge,
            accepted_terms: field::within("accepted_terms", said.accepted_terms, 0..=i32::MAX)?,
            equipment: claims(&said.equipment)?,
        }))
    };
    read().map(Some).within("application")
}

fn claims(claims: &[pb::EquipmentClaim]) -> Result<Vec<Claim>, Invalid> {
    let claims = field::at_most("equipment", claims, MOST_WORDS)?;
    let mut read: Vec<Claim> = Vec::with_capacity(claims.len());
    for (i, claim) in claims.iter().enumerate() {
        let claim = claimed(claim).within_item("equipment", i)?;
        if read.iter().any(|other| other.item == claim.item) {
            return Err(Invalid::new("item", "is named twice")).within_item("equipment", i);
        }
        read.push(claim);
    }
    Ok(read)
}

fn claimed(claim: &pb::EquipmentClaim) -> Result<Claim, Invalid> {
    let count = field::within("count", claim.count, 1..=MOST_PIECES)?;
    Ok(Claim { item: field::name("item", &claim.item)?, count })
}

/// Empty: none.
pub(super) fn code(field: &str, text: &str) -> Result<Option<Code>, Invalid> {
    if text.is_empty() { Ok(None) } else { field::name(field, text).map(Some) }
}

/// Checks what is said about a booking, and says under whose key it is to be sealed.
pub(super) fn about(
    purpose: &str,
    contact: Option<&pb::Contact>,
    caller: Uuid,
) -> Result<PersonId, Invalid> {
    field::text("purpose", purpose, LONGEST_PURPOSE)?;
    match contact {
        Some(contact) => read_contact(contact, caller).within("contact"),
        None => Ok(PersonId(caller)),
    }
}

fn read_contact(contact: &pb::Contact, caller: Uuid) -> Result<PersonId, Invalid> {
    field::text("display_name", &contact.display_name, LONGEST_CONTACT)?;
    field::text("phone", &contact.phone, LONGEST_CONTACT)?;
    field::text("email", &contact.email, LONGEST_CONTACT)?;
    if contact.person.is_empty() { Ok(PersonId(caller)) } else { person(&contact.person) }
}

/// What is to be sealed of a request that [`booking`] or [`series`] has read.
pub(super) fn details(purpose: String, contact: Option<pb::Contact>) -> BookingDetails {
    let pb::Contact { person: _, display_name, phone, email } = contact.unwrap_or_default();
    BookingDetails { purpose, contact: Contact { display_name, phone, email } }
}

/// A purpose out of a text that nobody has bounded.
pub(super) fn purpose_of(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    plain.take(LONGEST_PURPOSE).collect()
}

pub(super) fn person(name: &str) -> Result<PersonId, Invalid> {
    field::id("person", name, "people").map(PersonId)
}

pub(super) fn facility(facility: Option<&pb::Facility>) -> Result<Command, Invalid> {
    let facility = field::required("facility", facility)?;
    let read = || {
        Ok(Command::RegisterFacility {
            name: field::label("display_name", &facility.display_name, LONGEST_NAME)?.to_owned(),
            zone: zone("time_zone", &facility.time_zone)?,
            hours: match &facility.opening_hours {
                Some(hours) => hours::read(hours).within("opening_hours")?,
                None => Default::default(),
            },
        })
    };
    read().within("facility")
}

fn zone(field: &str, name: &str) -> Result<String, Invalid> {
    if name.is_empty() {
        return Ok("Europe/Oslo".to_owned());
    }
    let unknown = || Invalid::new(field, "must be an IANA time zone such as Europe/Oslo");
    let zone = (name.len() <= 64).then(|| TimeZone::get(name).ok()).flatten();
    // In the spelling of the database, whatever the caller's.
    zone.as_ref().and_then(TimeZone::iana_name).map(str::to_owned).ok_or_else(unknown)
}

pub(super) fn room(request: &pb::CreateRoomRequest) -> Result<Command, Invalid> {
    let facility: FacilityId = field::name("facility", &request.facility)?;
    let room = field::required("room", request.room.as_ref())?;
    let read = || {
        let parent = match room.parent.as_str() {
            "" => None,
            name => Some(field::name::<RoomName>("parent", name)?),
        };
        if parent.is_some_and(|parent| parent.facility != facility) {
            return Err(Invalid::new("parent", "must be a room of the same facility"));
        }
        let parent = parent.map(|parent| parent.room);
        Ok(Command::RegisterRoom { facility, parent, traits: traits(room)? })
    };
    read().within("room")
}

fn traits(room: &pb::Room) -> Result<RoomTraits, Invalid> {
    Ok(RoomTraits {
        name: field::label("display_name", &room.display_name, LONGEST_NAME)?.to_owned(),
        capacity: field::within("capacity", room.capacity, 1..=MOST_PEOPLE)?,
        equipment: equipment(&room.equipment)?,
        accessibility: accessibility(&room.accessibility)?,
        minutes_before: buffer("buffer_before", room.buffer_before.as_ref())?,
        minutes_after: buffer("buffer_after", room.buffer_after.as_ref())?,
        hours: match &room.opening_hours {
            Some(hours) => Some(hours::read(hours).within("opening_hours")?),
            None => None,
        },
    })
}

fn equipment(words: &[String]) -> Result<Vec<String>, Invalid> {
    let words = field::at_most("equipment", words, MOST_WORDS)?;
    for (i, word) in words.iter().enumerate() {
        field::label("", word, LONGEST_WORD).within_item("equipment", i)?;
        if !word.chars().all(|c| c == '-' || c.is_alphanumeric() && !c.is_uppercase()) {
            let problem = "must be a word in lower case, such as projector";
            return Err(Invalid::new("", problem)).within_item("equipment", i);
        }
    }
    Ok(words.to_vec())
}

fn accessibility(asked: &[i32]) -> Result<Vec<Accessibility>, Invalid> {
    let asked = field::at_most("accessibility", asked, MOST_WORDS)?;
    let read = |value: &i32| match pb::Accessibility::try_from(*value) {
        Ok(pb::Accessibility::StepFree) => Ok(Accessibility::StepFree),
        Ok(pb::Accessibility::Lift) => Ok(Accessibility::Lift),
        Ok(pb::Accessibility::AccessibleToilet) => Ok(Accessibility::AccessibleToilet),
        Ok(pb::Accessibility::HearingLoop) => Ok(Accessibility::HearingLoop),
        Ok(pb::Accessibility::AccessibleParking) => Ok(Accessibility::AccessibleParking),
        Ok(pb::Accessibility::Unspecified) | Err(_) => {
            Err(Invalid::new("", "must be one of the values known"))
        }
    };
    let asked = asked.iter().enumerate();
    asked.map(|(i, value)| read(value).within_item("accessibility", i)).collect()
}

fn buffer(field: &str, value: Option<&prost_types::Duration>) -> Result<u16, Invalid> {
    let minutes = value.map_or(Ok(0), |value| field::minutes(field, value, 0..=DAY))?;
    Ok(u16::try_from(minutes).expect("a day has 1440 minutes"))
}

/// The hours stand beside the command because the answer shows them.
pub(super) fn opening_hours(
    request: &pb::SetOpeningHoursRequest,
) -> Result<(Command, OpeningHours), Invalid> {
    let read = field::required("opening_hours", request.opening_hours.as_ref())?;
    let read = hours::read(read).within("opening_hours")?;
    let hours = read.clone();
    let command = if let Ok(room) = request.name.parse() {
        Command::SetRoomHours { room, hours }
    } else if let Ok(facility) = request.name.parse() {
        Command::SetFacilityHours { facility, hours }
    } else {
        let form = "must have the form `facilities/{uuid}` or `facilities/{uuid}/rooms/{uuid}`";
        return Err(Invalid::new("name", form));
    };
    Ok((command, read))
}

pub(super) fn moved(
    request: &pb::MoveBookingRequest,
    as_staff: bool,
) -> Result<(BookingId, Command), Invalid> {
    let booking = field::name("name", &request.name)?;
    let room = match request.room.as_str() {
        "" => None,
        name => Some(field::name("room", name)?),
    };
    let span = match &request.interval {
        None => None,
        span => Some(interval("interval", span.as_ref(), LONGEST_BOOKING)?),
    };
    let seen = etag(&request.etag)?;
    Ok((booking, Command::Move { booking, room, span, seen, as_staff }))
}

pub(super) fn cancelled(
    request: &pb::CancelBookingRequest,
) -> Result<(BookingId, Command), Invalid> {
    let booking = field::name("name", &request.name)?;
    let reason = field::text("reason", &request.reason, LONGEST_REASON)?.to_owned();
    Ok((booking, Command::Cancel { booking, reason, seen: etag(&request.etag)? }))
}

fn etag(text: &str) -> Result<Option<u32>, Invalid> {
    if text.is_empty() {
        return Ok(None);
    }
    let unknown = || Invalid::new("etag", "must be the etag of an earlier answer, or empty");
    text.parse().map(Some).map_err(|_| unknown())
}

/// A series that is asked for, less what is to be sealed.
#[derive(Clone, Debug)]
pub(super) struct WantedSeries {
    pub(super) id: RequestId,
    pub(super) room: RoomName,
    pub(super) pattern: Pattern,
    pub(super) clashes: ClashPolicy,
    pub(super) person: PersonId,
    pub(super) application: Box<Application>,
}

pub(super) fn series(
    request: &pb::CreateBookingSeriesRequest,
    caller: Uuid,
) -> Result<WantedSeries, Invalid> {
    let id = field::request_id(&request.request_id)?;
    let clashes = match pb::ClashPolicy::try_from(request.clash_policy) {
        Ok(pb::ClashPolicy::Unspecified | pb::ClashPolicy::AllOrNothing) => {
            ClashPolicy::AllOrNothing
        }
        Ok(pb::ClashPolicy::Skip) => ClashPolicy::Skip,
        Err(_) => return Err(Invalid::new("clash_policy", "must be one of the values known")),
    };
    let series = field::required("series", request.series.as_ref())?;
    let read = || {
        let room = field::name("room", &series.room)?;
        let person = about(&series.purpose, series.contact.as_ref(), caller)?;
        let application = application(series.application.as_ref())?.unwrap_or_default();
        Ok(WantedSeries { id, room, pattern: pattern(series)?, clashes, person, application })
    };
    read().within("series")
}

fn pattern(series: &pb::BookingSeries) -> Result<Pattern, Invalid> {
    let start = local::date_time("first_start", &series.first_start)?;
    let minutes = field::required("duration", series.duration.as_ref())
        .and_then(|duration| field::minutes("duration", duration, 1..=DAY))?;
    let rrule = field::label("rrule", &series.rrule, LONGEST_RRULE)?.to_owned();
    let exdates = field::at_most("exdates", &series.exdates, MOST_EXDATES)?;
    let exdates = exdates
        .iter()
        .enumerate()
        .map(|(i, text)| local::date_time("", text).within_item("exdates", i));
    Ok(Pattern {
        start,
        minutes: u16::try_from(minutes).expect("a day has 1440 minutes"),
        rrule,
        exdates: exdates.collect::<Result<_, _>>()?,
    })
}

pub(super) fn series_cancelled(
    request: &pb::CancelBookingSeriesRequest,
) -> Result<Command, Invalid> {
    Ok(Command::CancelSeries {
        series: field::name("name", &request.name)?,
        from: match &request.from {
            None => None,
            from => Some(field::instant("from", from.as_ref())?),
        },
        reason: field::text("reason", &request.reason, LONGEST_REASON)?.to_owned(),
    })
}

pub(super) fn listed(request: &pb::ListBookingsRequest) -> Result<(RoomName, Interval), Invalid> {
    let room = field::name("room", &request.room)?;
    Ok((room, interval("interval", request.interval.as_ref(), LONGEST_LIST)?))
}

pub(super) fn search(request: &pb::SearchAvailabilityRequest) -> Result<Search, Invalid> {
    let span = interval("interval", request.interval.as_ref(), LONGEST_SEARCH)?;
    let seconds = match &request.duration {
        None => None,
        Some(duration) => {
            let most = u32::try_from(LONGEST_SEARCH.as_mins()).unwrap_or(u32::MAX);
            Some(i64::from(field::minutes("duration", duration, 1..=most)?) * 60)
        }
    };
    if seconds.is_some_and(|seconds| seconds > span.seconds()) {
        return Err(Invalid::new("duration", "must not be longer than the interval"));
    }
    Ok(Search {
        span,
        seconds,
        capacity: field::within("min_capacity", request.min_capacity, 0..=MOST_PEOPLE)?,
        equipment: equipment(&request.equipment)?,
        accessibility: accessibility(&request.accessibility)?,
    })
}

/// `facilities/-` is all of them.
pub(super) fn facility_or_all(name: &str) -> Result<Option<FacilityId>, Invalid> {
    if name == "facilities/-" { Ok(None) } else { field::name("facility", name).map(Some) }
}

pub(super) fn interval(
    name: &str,
    value: Option<&pb::Interval>,
    longest: SignedDuration,
) -> Result<Interval, Invalid> {
    let value = field::required(name, value)?;
    field::interval(value.start.as_ref(), value.end.as_ref(), longest).within(name)
}

#[cfg(test)]
mod tests;
