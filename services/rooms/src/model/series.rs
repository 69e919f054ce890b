//! Series: a room taken again and again, in the facility's local time.

use dugnad_calendar::{Interval, Occurrence, expand};
use dugnad_events::{
    BookingId, RoomId, RoomName, SeriesId,
    rooms::{Application, BookingDetails, Event, Pattern, Skipped, Terms},
};
use dugnad_ledger::Context;
use dugnad_vault::Sealed;
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use uuid::Uuid;

use super::{
    ClashPolicy, Name, Refusal, SeriesView, State,
    booking::{Booking, booked, given_back, instant, may_hold},
    letting,
    register::{Ix, Register},
    request,
    room::Room,
};

/// The most dates of one series.
pub const MOST_DATES: usize = 1_000;
/// The longest booking of a series.
pub const LONGEST_OF_A_SERIES_MINUTES: u16 = 24 * 60;

/// A room taken again and again.
#[derive(Debug, PartialEq)]
pub(super) struct Series {
    pub(super) id: SeriesId,
    room: Ix<Room>,
    pattern: Pattern,
    by: Uuid,
    /// `None`: the person was erased.
    pub(super) details: Option<Sealed<BookingDetails>>,
    /// The same person's series before this one.
    pub(super) earlier: Option<Ix<Series>>,
    pub(super) bookings: Vec<Ix<Booking>>,
    skipped: Vec<Skipped>,
}

/// All series.
pub(super) type AllSeries = Register<SeriesId, Series>;

pub(super) fn book(
    state: &State,
    cx: &Context,
    name: RoomName,
    pattern: Pattern,
    details: Sealed<BookingDetails>,
    clashes: ClashPolicy,
    application: &Application,
) -> Result<Vec<Event>, Refusal> {
    let (_, room) = state.existing_room(name)?;
    state.people.not_erased(details.person())?;
    length_bounded(&pattern)?;
    let (spans, skipped) = dates(state, cx, room, &pattern, application)?;
    if spans.is_empty() || (clashes == ClashPolicy::AllOrNothing && !skipped.is_empty()) {
        return Err(Refusal::SeriesClash { dates: skipped });
    }
    let series = SeriesId(cx.id(0));
    let by = cx.caller.id;
    let head = Event::SeriesBooked { series, room: name.room, pattern, by, details, skipped };
    let bookings = spans.into_iter().map(|Dated { booking, span, terms }| {
        booked(cx, booking, name.room, span, None, Some(series), terms)
    });
    Ok(std::iter::once(head).chain(bookings).collect())
}

pub(super) fn cancel(
    state: &State,
    cx: &Context,
    id: SeriesId,
    from: Option<Timestamp>,
    reason: &str,
) -> Result<Vec<Event>, Refusal> {
    let series = state.series.get(id).ok_or(Refusal::NotFound(Name::Series(id)))?;
    let gone = series.bookings.iter().copied().filter(|ix| {
        let booking = &state.bookings[*ix];
        let later = from.is_none_or(|from| booking.span.start() >= from);
        booking.is_live() && !booking.is_over(cx.now) && later
    });
    Ok(given_back(state, cx, &gone.collect::<Vec<_>>(), reason))
}

fn length_bounded(pattern: &Pattern) -> Result<(), Refusal> {
    if (1..=LONGEST_OF_A_SERIES_MINUTES).contains(&pattern.minutes) {
        return Ok(());
    }
    let problem = "1 minute to 24 hours".to_owned();
    Err(Refusal::Invalid { field: "series.duration", problem })
}

/// One date that can be had.
struct Dated {
    booking: BookingId,
    span: Interval,
    terms: Option<Terms>,
}

type Dates = (Vec<Dated>, Vec<Skipped>);

/// The dates that can be had, and those that cannot with the rule that says no.
fn dates(
    state: &State,
    cx: &Context,
    room: &Room,
    pattern: &Pattern,
    application: &Application,
) -> Result<Dates, Refusal> {
    let (facility, _) = state.hours_of(room);
    let occurrences =
        expand(pattern.start, &facility.zone, &pattern.rrule, &pattern.exdates, MOST_DATES)
            .map_err(|problem| invalid_rule(problem.to_string()))?;
    if occurrences.is_empty() {
        return Err(invalid_rule("gives no date".to_owned()));
    }
    let (mut dates, mut skipped) = (Vec::<Dated>::new(), Vec::new());
    let mut spans = Vec::<Interval>::new();
    for (n, occurrence) in (1..).zip(occurrences) {
        let booking = BookingId(cx.id(n));
        let (start, outcome) = match occurrence {
            Occurrence::NoSuchLocalTime(start) => (start, Err(Refusal::NoSuchLocalTime { start })),
            Occurrence::At(start, at) => {
                let held = span(start, at, pattern.minutes, &facility.zone).and_then(|span| {
                    may_hold(state, cx.now, room, span, &[])?;
                    apart(room, dates.last(), span)?;
                    let terms = agreed(state, cx, room, span, application, &spans)?;
                    Ok(Dated { booking, span, terms })
                });
                (start, held)
            }
        };
        match outcome {
            Ok(date) => {
                spans.push(date.span);
                dates.push(date);
            }
            Err(no) => {
                let (reason, message) = (no.reason().to_owned(), no.to_string());
                skipped.push(Skipped { start, reason, message });
            }
        }
    }
    Ok((dates, skipped))
}

/// What the letting rules say to one date; those before it count for its quota. A date of a series is
/// never a request: a round of applications is for that.
fn agreed(
    state: &State,
    cx: &Context,
    room: &Room,
    span: Interval,
    application: &Application,
    before: &[Interval],
) -> Result<Option<Terms>, Refusal> {
    if state.lets_freely() && *application == Application::default() {
        return Ok(None);
    }
    let terms = letting::agree(state, cx, room, span, application.clone(), &[], before)?;
    match request::needed(state, cx.now, room, span, &terms) {
        None => Ok(Some(terms)),
        Some(_) => Err(Refusal::SeriesNeedsApproval { room: room.name }),
    }
}

fn invalid_rule(problem: String) -> Refusal {
    Refusal::Invalid { field: "series.rrule", problem }
}

/// From a local start for `minutes` by the clock on the wall.
fn span(
    start: DateTime,
    at: Timestamp,
    minutes: u16,
    zone: &TimeZone,
) -> Result<Interval, Refusal> {
    let end = start
        .checked_add(SignedDuration::from_mins(i64::from(minutes)))
        .and_then(|end| zone.to_timestamp(end))
        .unwrap_or(Timestamp::MIN);
    let too_late = |_| invalid_rule(format!("{start} lies outside the calendar"));
    Interval::new(at, end).map_err(too_late)
}

/// The dates of a series do not stand in each other's way either.
fn apart(room: &Room, last: Option<&Dated>, span: Interval) -> Result<(), Refusal> {
    let Some(before) = last else { return Ok(()) };
    let until = room.claim(before.span).end;
    if room.claim(span).start < until {
        let by = before.booking;
        return Err(Refusal::Taken { room: room.name, by, until: instant(until) });
    }
    Ok(())
}

impl State {
    pub(super) fn series_booked(
        &mut self,
        id: SeriesId,
        room: RoomId,
        pattern: &Pattern,
        by: Uuid,
        details: &Sealed<BookingDetails>,
        skipped: &[Skipped],
    ) {
        let Some(room) = self.rooms.find(room) else { return };
        let series = Series {
            id,
            room,
            pattern: pattern.clone(),
            by,
            details: Some(details.clone()),
            earlier: None,
            bookings: Vec::new(),
            skipped: skipped.to_vec(),
        };
        let ix = self.series.add(id, series);
        self.series[ix].earlier = self.people.series_booked(details.person(), ix);
    }

    pub(super) fn has_pattern(&self, id: SeriesId, pattern: &Pattern) -> bool {
        self.series.get(id).is_some_and(|series| series.pattern == *pattern)
    }

    /// `O(its bookings)`.
    pub fn series(&self, id: SeriesId) -> Option<SeriesView> {
        let series = self.series.get(id)?;
        let bookings = series.bookings.iter().map(|ix| self.booking_view(&self.bookings[*ix]));
        Some(SeriesView {
            id,
            room: self.rooms[series.room].name,
            pattern: series.pattern.clone(),
            details: series.details.clone(),
            by: series.by,
            bookings: bookings.collect(),
            skipped: series.skipped.clone(),
        })
    }
}
