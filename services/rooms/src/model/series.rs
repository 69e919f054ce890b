//! Series: a room taken again and again, in the facility's local time.

use dugnad_calendar::{Interval, Occurrence, expand};
use dugnad_events::{
    BookingId, RoomId, RoomName, SeriesId,
    rooms::{Application, BookingDetails, Cause, Event, Pattern, Skipped, Terms},
};
use dugnad_ledger::Context;
use dugnad_vault::Sealed;
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use uuid::Uuid;

use super::{
    ClashPolicy, Name, Refusal, SeriesView, State,
    booking::{Booking, Taking, booked, ended, given_back, instant, may_hold},
    letting,
    register::{Ix, Register},
    request,
    room::Room,
    waiting,
};

/// The most dates of one series.
pub const MOST_DATES: usize = 1_000;
/// The longest booking of a series.
pub const LONGEST_OF_A_SERIES_MINUTES: u16 = 24 * 60;
/// Of what is said why a date was denied, in characters.
const LONGEST_DENIAL: usize = 200;

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
    let asked = Asked { room, pattern, details, by: cx.caller.id, application, season: false };
    let made = asked.made(state, cx)?;
    if made.series.is_none() || (clashes == ClashPolicy::AllOrNothing && !made.skipped.is_empty()) {
        return Err(Refusal::SeriesClash { dates: made.skipped });
    }
    Ok(made.events)
}

/// The series of a slot that was allocated: none if not one of its dates can be had.
pub(super) fn for_season(
    state: &State,
    cx: &Context,
    room: &Room,
    pattern: Pattern,
    details: Sealed<BookingDetails>,
    by: Uuid,
    application: &Application,
) -> Result<Made, Refusal> {
    Asked { room, pattern, details, by, application, season: true }.made(state, cx)
}

/// A series that somebody wants.
struct Asked<'a> {
    room: &'a Room,
    pattern: Pattern,
    details: Sealed<BookingDetails>,
    by: Uuid,
    application: &'a Application,
    /// Allocated by the municipality: no date is a request, and none lies too far ahead.
    season: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// The series and its dates; none if none could be had.
    pub(super) events: Vec<Event>,
    pub(super) series: Option<SeriesId>,
    /// Dates that could not be had.
    pub(super) skipped: Vec<Skipped>,
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
    /// `None`: it is a booking at once.
    request: Option<Until>,
}

/// Until when a request can be answered, and whether it holds its slot.
type Until = (Timestamp, bool);

type Dates = (Vec<Dated>, Vec<Skipped>);

impl Asked<'_> {
    fn made(self, state: &State, cx: &Context) -> Result<Made, Refusal> {
        let (dates, skipped) = self.dates(state, cx)?;
        if dates.is_empty() {
            return Ok(Made { skipped, ..Made::default() });
        }
        let (series, room, by) = (SeriesId(cx.id(0)), self.room.name.room, self.by);
        let (pattern, details) = (self.pattern, self.details);
        let head =
            Event::SeriesBooked { series, room, pattern, by, details, skipped: skipped.clone() };
        let bookings = dates.into_iter().map(|Dated { booking, span, terms, request }| {
            let series = Some(series);
            match (request, terms) {
                (Some((until, holds)), Some(terms)) => {
                    let (details, terms) = (None, Box::new(terms));
                    Event::Requested {
                        booking,
                        room,
                        span,
                        by,
                        details,
                        series,
                        terms,
                        until,
                        holds,
                    }
                }
                (_, terms) => booked(cx.now, booking, room, span, by, None, series, terms),
            }
        });
        let events = std::iter::once(head).chain(bookings).collect();
        Ok(Made { events, series: Some(series), skipped })
    }

    /// The dates that can be had, and those that cannot with the rule that says no.
    fn dates(&self, state: &State, cx: &Context) -> Result<Dates, Refusal> {
        let (room, pattern) = (self.room, &self.pattern);
        let (facility, _) = state.hours_of(room);
        let zone = &facility.zone;
        let occurrences = expand(pattern.start, zone, &pattern.rrule, &pattern.exdates, MOST_DATES)
            .map_err(|problem| invalid_rule(problem.to_string()))?;
        if occurrences.is_empty() && !self.season {
            return Err(invalid_rule("gives no date".to_owned()));
        }
        let (mut dates, mut skipped) = (Vec::<Dated>::new(), Vec::new());
        let mut spans = Vec::<Interval>::new();
        for (n, occurrence) in (1..).zip(occurrences) {
            let booking = BookingId(cx.id(n));
            let (start, outcome) = match occurrence {
                Occurrence::NoSuchLocalTime(start) => {
                    (start, Err(Refusal::NoSuchLocalTime { start }))
                }
                Occurrence::At(start, at) => {
                    let held = span(start, at, pattern.minutes, zone).and_then(|span| {
                        may_hold(state, cx.now, room, span, &[])?;
                        apart(room, dates.last(), span)?;
                        let (terms, request) = self.agreed(state, cx, span, &spans)?;
                        Ok(Dated { booking, span, terms, request })
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

    /// What the letting rules say to one date, and whether it is a request first; those before it
    /// count for its quota.
    fn agreed(
        &self,
        state: &State,
        cx: &Context,
        span: Interval,
        before: &[Interval],
    ) -> Result<(Option<Terms>, Option<Until>), Refusal> {
        let (room, application) = (self.room, self.application);
        if state.lets_freely() && *application == Application::default() {
            return Ok((None, None));
        }
        if !self.season {
            state.not_around_a_season(cx.now, room, span, application)?;
        }
        let terms = letting::Agreeing { now: cx.now, by: self.by, season: self.season }.agree(
            state,
            room,
            span,
            application.clone(),
            &[],
            before,
        )?;
        let request = match self.season {
            true => None,
            false => request::needed(state, cx.now, room, span, &terms),
        };
        Ok((Some(terms), request))
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

/// What of a series is still a request becomes a booking, each date that nobody has taken meanwhile;
/// the others are denied with the reason.
pub(super) fn approve(state: &State, cx: &Context, id: SeriesId) -> Result<Vec<Event>, Refusal> {
    let (mut events, mut gone, mut taken) = (Vec::new(), Vec::new(), Vec::new());
    for ix in state.open_requests(cx.now, id)? {
        let booking = &state.bookings[ix];
        match request::approved(state, cx, ix) {
            Ok(event) => {
                let room = &state.rooms[booking.room];
                taken.push(Taking::booking(booking.room, room, booking.span));
                events.push(event);
            }
            Err(no) => {
                let reason = format!("{}: {no}", no.reason());
                let reason: String = reason.chars().take(LONGEST_DENIAL).collect();
                events.push(ended(booking, Cause::Denied, &reason, None));
                gone.push(ix);
            }
        }
    }
    events.extend(waiting::offers(state, cx, &gone, taken));
    Ok(events)
}

/// The municipality says no to all that is still open.
pub(super) fn deny(
    state: &State,
    cx: &Context,
    id: SeriesId,
    reason: &str,
) -> Result<Vec<Event>, Refusal> {
    let open = state.open_requests(cx.now, id)?;
    let denied = open.iter().map(|ix| ended(&state.bookings[*ix], Cause::Denied, reason, None));
    let mut events: Vec<_> = denied.collect();
    events.extend(waiting::offers(state, cx, &open, Vec::new()));
    Ok(events)
}

impl State {
    fn open_requests(&self, now: Timestamp, id: SeriesId) -> Result<Vec<Ix<Booking>>, Refusal> {
        let series = self.series.get(id).ok_or(Refusal::NotFound(Name::Series(id)))?;
        let open = |ix: &Ix<Booking>| request::is_open(&self.bookings[*ix], now);
        let open: Vec<_> = series.bookings.iter().copied().filter(open).collect();
        if open.is_empty() { Err(Refusal::SeriesNotRequested(id)) } else { Ok(open) }
    }

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
