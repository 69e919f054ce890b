//! Activities: written down with their dates, changed, made public, moved, cancelled.

use dugnad_calendar::{Interval, Occurrence as Date, expand};
use dugnad_events::{
    ActivityId, Code, FacilityId, OccurrenceId, RoomId, RoomName, SignupId,
    activities::{Activity as Facts, Event, Notice, Organiser, Schedule, Venue, What},
    rooms::BookingDetails,
};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use uuid::Uuid;

use super::{
    Occurrence, Refusal, Signup, Stage, State, VenueState,
    act::{Act, asked},
    space::Space,
};

/// The most dates of one activity.
pub const MOST_DATES: usize = 200;
/// The most occurrences that are not over at once.
pub const MOST_TO_COME: usize = 50_000;
/// How far ahead an occurrence may end: as far as helpers can be asked for.
pub const FURTHEST_AHEAD_DAYS: i64 = 365;

/// Something that is held, once or again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// All that is said of it.
    pub facts: Facts,
    /// Who wrote it down; nil: they were erased.
    pub by: Uuid,
    /// On which dates it was planned.
    pub schedule: Schedule,
    /// Whom to reach about the venue; `None`: nobody, or they were erased.
    pub contact: Option<Sealed<BookingDetails>>,
    /// Its dates, as planned.
    pub occurrences: Vec<OccurrenceId>,
}

impl Activity {
    pub(super) fn forget(&mut self, person: PersonId) {
        self.contact = self.contact.take().filter(|contact| contact.person() != person);
        if self.by == person.0 {
            self.by = Uuid::nil();
        }
    }
}

pub(super) fn create(
    state: &State,
    cx: &Context,
    facts: Box<Facts>,
    schedule: Schedule,
    contact: Option<Sealed<BookingDetails>>,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    may_plan_in_name(state, cx, facts.organiser, office)?;
    if let Some(contact) = &contact {
        state.people.not_erased(contact.person())?;
    }
    let spans = dates(cx.now, &schedule)?;
    if state.agenda.len() + spans.len() > MOST_TO_COME {
        return Err(Refusal::TooMany { what: "dates to come", limit: MOST_TO_COME });
    }
    let (activity, at, origin) = (ActivityId(cx.id(0)), cx.now, asked(cx));
    let created =
        Event::ActivityCreated { activity, origin: origin.clone(), at, facts, schedule, contact };
    let planned = (1..).zip(spans).map(|(n, span)| Event::Occurrence {
        occurrence: OccurrenceId(cx.id(n)),
        origin: origin.clone(),
        at,
        what: What::Planned { activity, span },
    });
    Ok(std::iter::once(created).chain(planned).collect())
}

fn may_plan_in_name(
    state: &State,
    cx: &Context,
    organiser: Organiser,
    office: bool,
) -> Result<(), Refusal> {
    match organiser {
        _ if office || state.plans_for(cx.caller.id, organiser) => Ok(()),
        Organiser::Municipality => Err(Refusal::NotTheMunicipality),
        Organiser::Organisation(it) => Err(Refusal::NotItsContact(it)),
    }
}

/// Every date, all to come and none too far ahead. Of a series, one that the clock jumps over is left
/// out.
fn dates(now: Timestamp, schedule: &Schedule) -> Result<Vec<Interval>, Refusal> {
    let invalid = |field, problem: String| Refusal::Invalid { field, problem };
    let zone = TimeZone::get(&schedule.zone).map_err(|_| {
        let zone = &schedule.zone;
        let problem = format!("`{zone}` is no IANA time zone, such as `Europe/Oslo`");
        invalid("schedule.time_zone", problem)
    })?;
    if schedule.rrule.is_empty() {
        return Ok(vec![in_time(now, span(&zone, schedule.start, schedule.minutes)?)?]);
    }
    let found = expand(schedule.start, &zone, &schedule.rrule, &schedule.exdates, MOST_DATES);
    let found = found.map_err(|no| invalid("schedule.rrule", no.to_string()))?;
    let starts = found.into_iter().filter_map(|date| match date {
        Date::At(start, _) => Some(start),
        Date::NoSuchLocalTime(_) => None,
    });
    let spans = starts.map(|start| in_time(now, span(&zone, start, schedule.minutes)?));
    let spans = spans.collect::<Result<Vec<_>, _>>()?;
    if spans.is_empty() {
        return Err(invalid("schedule.rrule", "gives no date".to_owned()));
    }
    Ok(spans)
}

/// By the clock on the wall, also over a change of summer time.
fn span(zone: &TimeZone, start: DateTime, minutes: u16) -> Result<Interval, Refusal> {
    let instant = |local: DateTime| {
        let placed = zone.to_ambiguous_timestamp(local);
        let gap = matches!(placed.offset(), jiff::tz::AmbiguousOffset::Gap { .. });
        let found = placed.earlier().ok().filter(|_| !gap);
        found.ok_or(Refusal::NoSuchLocalTime { start: local })
    };
    let end = start.saturating_add(SignedDuration::from_mins(minutes.into()));
    Interval::new(instant(start)?, instant(end)?).map_err(|_| Refusal::NoSuchLocalTime { start })
}

fn in_time(now: Timestamp, span: Interval) -> Result<Interval, Refusal> {
    let furthest = SignedDuration::from_hours(FURTHEST_AHEAD_DAYS * 24);
    let furthest = now.saturating_add(furthest).unwrap_or(Timestamp::MAX);
    if span.start() <= now {
        return Err(Refusal::Past { start: span.start() });
    }
    if span.end() > furthest {
        let problem = format!("must be over by {furthest}");
        return Err(Refusal::Invalid { field: "schedule", problem });
    }
    Ok(span)
}

pub(super) fn update(
    state: &State,
    cx: &Context,
    id: ActivityId,
    facts: Box<Facts>,
    contact: Option<Sealed<BookingDetails>>,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let known = state.activity(id)?;
    state.may_plan(cx, known.facts.organiser, office, || id.to_string())?;
    may_plan_in_name(state, cx, facts.organiser, office)?;
    if let Some(contact) = &contact {
        state.people.not_erased(contact.person())?;
    }
    let to_come = || known.occurrences.iter().filter_map(|it| state.to_come(cx.now, *it));
    let taken = to_come().map(Occurrence::taken).max().unwrap_or_default();
    if facts.capacity < taken {
        return Err(Refusal::TooFewPlaces { taken });
    }
    if known.facts == *facts && contact.is_none() {
        return Ok(Vec::new());
    }
    let contact_now = contact.clone().or_else(|| known.contact.clone());
    let as_it_will_be = Activity { facts: (*facts).clone(), contact: contact_now, ..known.clone() };
    let (activity, origin, at) = (id, asked(cx), cx.now);
    let mut events = vec![Event::ActivityChanged { activity, origin, at, facts, contact }];
    let mut space = Space::of_a_commit();
    for occurrence in to_come() {
        let act = Act::asked(state, cx, &as_it_will_be, occurrence);
        events.extend(act.settled_within(&mut space, None));
    }
    Ok(events)
}

pub(super) fn arrange(
    state: &State,
    cx: &Context,
    id: ActivityId,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let activity = state.activity(id)?;
    state.may_plan(cx, activity.facts.organiser, office, || id.to_string())?;
    let (mut events, mut space) = (Vec::new(), Space::of_a_commit());
    for occurrence in activity.occurrences.iter().filter_map(|it| state.to_come(cx.now, *it)) {
        if occurrence.stage == Stage::Draft {
            let mut act = Act::asked(state, cx, activity, occurrence);
            act.say(What::Arranging);
            events.extend(act.settled_within(&mut space, None));
        }
    }
    if events.is_empty() { Err(Refusal::NotADraft) } else { Ok(events) }
}

pub(super) fn arrange_again(
    state: &State,
    cx: &Context,
    id: OccurrenceId,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let mut act = planned_by(state, cx, id, office)?;
    let refused = matches!(act.occurrence.venue, VenueState::Refused { .. });
    if refused {
        act.want_venue();
    }
    let helpers = act.release_refused_helpers();
    let rides = act.release_refused_rides();
    if !refused && !helpers && !rides {
        return Err(Refusal::NothingRefused(id));
    }
    Ok(act.settled())
}

/// Says yes to the room that is proposed, or no: then another is looked for.
pub(super) fn answer_room(
    state: &State,
    cx: &Context,
    id: OccurrenceId,
    yes: bool,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let mut act = planned_by(state, cx, id, office)?;
    if !act.answer_room(yes) {
        return Err(Refusal::NothingProposed(id));
    }
    Ok(act.settled())
}

pub(super) fn cancel(
    state: &State,
    cx: &Context,
    id: ActivityId,
    reason: &Code,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let activity = state.activity(id)?;
    state.may_plan(cx, activity.facts.organiser, office, || id.to_string())?;
    let to_come = activity.occurrences.iter().filter_map(|it| state.to_come(cx.now, *it));
    let mut space = Space::of_a_commit();
    let acts = to_come.map(|occurrence| {
        let mut act = Act::asked(state, cx, activity, occurrence);
        act.say(What::Cancelled { reason: reason.clone() });
        act.settled_within(&mut space, Some(Notice::Cancelled { reason: reason.clone() }))
    });
    Ok(acts.flatten().collect())
}

/// One that is cancelled stays as it is.
pub(super) fn cancel_one(
    state: &State,
    cx: &Context,
    id: OccurrenceId,
    reason: Code,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    if state.occurrence(id)?.stage == Stage::Cancelled {
        return Ok(Vec::new());
    }
    let mut act = planned_by(state, cx, id, office)?;
    act.cancel(reason);
    Ok(act.settled())
}

pub(super) fn move_to(
    state: &State,
    cx: &Context,
    id: OccurrenceId,
    (start, minutes): (DateTime, Option<u16>),
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let mut act = planned_by(state, cx, id, office)?;
    let zone = &state.activity(act.occurrence.activity)?.schedule.zone;
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let from = act.occurrence.span;
    let to = match minutes {
        Some(minutes) => span(&zone, start, minutes)?,
        None => {
            let minutes = u16::try_from(from.seconds() / 60).unwrap_or(u16::MAX);
            span(&zone, start, minutes)?
        }
    };
    let to = in_time(cx.now, to).map_err(|no| match no {
        Refusal::Invalid { problem, .. } => Refusal::Invalid { field: "start_time", problem },
        other => other,
    })?;
    if to == from {
        return Ok(Vec::new());
    }
    act.say(What::Moved { span: to });
    act.tell_concerned(Notice::Moved { from });
    Ok(act.settled())
}

/// A decision about an occurrence to come, of who plans it.
fn planned_by<'a>(
    state: &'a State,
    cx: &'a Context,
    id: OccurrenceId,
    office: bool,
) -> Result<Act<'a>, Refusal> {
    let occurrence = state.occurrence(id)?;
    let activity = state.activity_of(occurrence)?;
    state.may_plan(cx, activity.facts.organiser, office, || id.to_string())?;
    let stage = occurrence.stage;
    if state.to_come(cx.now, id).is_none() {
        return Err(Refusal::NotToCome { occurrence: id, stage });
    }
    Ok(Act::asked(state, cx, activity, occurrence))
}

impl State {
    pub(super) fn activity(&self, id: ActivityId) -> Result<&Activity, Refusal> {
        self.activities.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))
    }

    pub(super) fn occurrence(&self, id: OccurrenceId) -> Result<&Occurrence, Refusal> {
        self.occurrences.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))
    }

    pub(super) fn activity_of(&self, occurrence: &Occurrence) -> Result<&Activity, Refusal> {
        self.activity(occurrence.activity)
    }

    /// An occurrence that everybody may know of.
    pub(super) fn public(&self, id: OccurrenceId) -> Result<(&Activity, &Occurrence), Refusal> {
        let occurrence = self.occurrence(id)?;
        Ok((self.activity_of(occurrence)?, occurrence))
    }

    /// A sign-up, and to what.
    ///
    /// # Errors
    /// If there is none.
    pub fn signup(&self, id: SignupId) -> Result<(&Occurrence, &Signup), Refusal> {
        let occurrence = self.signups.get(&id).and_then(|it| self.occurrences.get(it));
        let found = occurrence.and_then(|it| Some((it, it.signups.get(&id)?)));
        found.ok_or_else(|| Refusal::NotFound(id.to_string()))
    }

    /// If it has not begun and is not cancelled.
    fn to_come(&self, now: Timestamp, id: OccurrenceId) -> Option<&Occurrence> {
        let occurrence = self.occurrences.get(&id)?;
        (occurrence.stage.is_to_come() && occurrence.span.start() > now).then_some(occurrence)
    }

    pub(super) fn has_contact(&self, id: ActivityId) -> bool {
        self.activities.get(&id).is_some_and(|it| it.contact.is_some())
    }

    /// A room's name, once rooms was heard to have it.
    #[must_use]
    pub fn room_name(&self, room: RoomId) -> Option<RoomName> {
        self.rooms.get(&room).map(|(facility, _)| RoomName { facility: *facility, room })
    }

    /// What people call where an occurrence is held: `Storsalen, Kulturhuset`, or a place outside.
    #[must_use]
    pub fn place_in_words(&self, facts: &Facts, occurrence: &Occurrence) -> String {
        let room = match (&facts.venue, &occurrence.venue) {
            (Venue::Outside(outside), _) => return outside.place.clone(),
            (Venue::Room(_), VenueState::Held { room, .. }) => self.rooms.get(room),
            (_, VenueState::Proposed { .. }) => None,
            (Venue::Room(wish), _) => wish
                .room
                .filter(|it| !occurrence.lost.contains(&it.room))
                .and_then(|it| self.rooms.get(&it.room)),
        };
        room.map(|known| self.named(known)).unwrap_or_default()
    }

    /// What people call a room.
    pub(super) fn room_in_words(&self, room: RoomId) -> String {
        self.rooms.get(&room).map(|known| self.named(known)).unwrap_or_default()
    }

    fn named(&self, (facility, room): &(FacilityId, String)) -> String {
        match self.facilities.get(facility) {
            Some(facility) => format!("{room}, {facility}"),
            None => room.clone(),
        }
    }
}
