//! Activities: who signed up, what became of the evening, and what an organiser lacks.

use dugnad_calendar::Interval;
use dugnad_events::{
    OccurrenceId, RoomId, SignupId,
    activities::{Activity, Event, Notice, Origin, Venue, What as Step},
    notices::{Fact, Matter, Urgency, What, Whose, Withdrawal},
};
use dugnad_vault::PersonId;
use jiff::Timestamp;

use super::{Steps, Telling, more, of};

pub(super) fn hear(steps: &mut Steps<'_>, event: &Event) {
    match event {
        Event::ActivityCreated { activity, facts, .. }
        | Event::ActivityChanged { activity, facts, .. } => {
            let (title, place) = (facts.title.clone(), place(facts));
            steps.fact(Fact::Activity { activity: *activity, title, place });
        }
        Event::Occurrence { occurrence, origin, what, .. } => {
            on(steps, *occurrence, origin, what);
        }
        Event::AnswerRefused { about, person, reason, .. } => {
            super::answer_refused(steps, about, *person, reason);
        }
        Event::Heard { .. } => {}
    }
}

fn place(facts: &Activity) -> String {
    match &facts.venue {
        Venue::Outside(outside) => outside.place.clone(),
        Venue::Room(_) => String::new(),
    }
}

fn on(steps: &mut Steps<'_>, id: OccurrenceId, origin: &Origin, what: &Step) {
    if is_of_venue(what) {
        // That another room was found has its answer, or is about yet another one.
        steps.void_kinds(id, &["venue-proposed"], Withdrawal::Over);
    }
    match what {
        Step::Planned { activity, span } => {
            let (occurrence, activity, span, room) = (id, *activity, *span, None);
            steps.fact(Fact::Occurrence { occurrence, activity, span, room });
        }
        Step::Moved { span } => moved(steps, id, *span),
        Step::VenueHeld { room, .. } => venue(steps, id, Some(*room)),
        Step::VenueLost { .. } => venue(steps, id, None),
        // Nothing is missing: organisers need look no more.
        Step::Confirmed => steps.void(id, Withdrawal::Over),
        Step::SignedUp { signup, person, waits, .. } => {
            let own = matches!(origin, Origin::Asked { by } if *by == person.0);
            let template = match (waits, own) {
                (true, _) => "waiting",
                (false, true) => "signed-up",
                (false, false) => "invited",
            };
            let urgency = if own { Urgency::Info } else { Urgency::Normal };
            signed_up(steps, id, (*signup, *person), !waits, (template, urgency));
        }
        Step::PlaceTaken { signup } => {
            let Some(person) = person_of(steps, *signup) else { return };
            steps.void(signup, Withdrawal::Superseded);
            signed_up(steps, id, (*signup, person), true, ("signed-up", Urgency::Info));
        }
        Step::PlaceOffered { signup, until } => {
            place_offered(steps, *signup, *until);
        }
        Step::PlaceLapsed { signup } => {
            if let Some(was) = steps.over(signup) {
                steps.tell(was.whose, of(signup, &was, "place-lapsed"));
            }
        }
        Step::Withdrawn { signup } => {
            if let Some(was) = steps.over(signup) {
                let telling = of(signup, &was, "signed-off");
                steps.tell(was.whose, Telling { urgency: Urgency::Info, ..telling });
            }
        }
        Step::Told { people, notice } => told(steps, id, people, notice),
        _ => {}
    }
}

fn is_of_venue(what: &Step) -> bool {
    matches!(
        what,
        Step::VenueHeld { .. }
            | Step::VenueLost { .. }
            | Step::VenueProposed { .. }
            | Step::VenueReleased { .. }
            | Step::VenueRefused { .. }
    )
}

/// A place is theirs to take; what was said before of waiting holds no more.
fn place_offered(steps: &mut Steps<'_>, signup: SignupId, until: Timestamp) {
    let Some(held) = steps.state.matters.get(&signup.to_string()) else { return };
    let matter = held.matter.clone();
    steps.void(signup, Withdrawal::Superseded);
    let (until, urgency) = (Some(until), Urgency::Urgent);
    steps.tell(matter.whose, Telling { until, urgency, ..of(signup, &matter, "place-offered") });
}

fn person_of(steps: &Steps<'_>, signup: SignupId) -> Option<PersonId> {
    match steps.state.matters.get(&signup.to_string())?.matter.whose {
        Whose::Person(person) => Some(person),
        Whose::Organisation(_) => None,
    }
}

fn signed_up(
    steps: &mut Steps<'_>,
    id: OccurrenceId,
    (signup, person): (SignupId, PersonId),
    goes: bool,
    (template, urgency): (&'static str, Urgency),
) {
    let Some(known) = steps.state.known.occurrences.get(&id) else { return };
    let matter = Matter {
        whose: Whose::Person(person),
        what: Some(What::Named(id.to_string())),
        span: Some(known.span),
        own: true,
        remind: goes,
        at: steps.cx.now,
        of: Some(id.to_string()),
    };
    steps.tell(matter.whose, Telling { urgency, ..of(signup, &matter, template) });
    steps.matter(signup, matter);
}

/// All that was said of the time before holds no more; the telling follows by name.
fn moved(steps: &mut Steps<'_>, id: OccurrenceId, span: Interval) {
    let Some(known) = steps.state.known.occurrences.get(&id).cloned() else { return };
    let (occurrence, activity, room) = (id, known.activity, known.room);
    steps.fact(Fact::Occurrence { occurrence, activity, span, room });
    steps.void(id, Withdrawal::Superseded);
    for (name, matter) in parts(steps, id) {
        steps.void(&name, Withdrawal::Superseded);
        steps.matter(name, Matter { span: Some(span), at: steps.cx.now, ..matter });
    }
}

fn venue(steps: &mut Steps<'_>, id: OccurrenceId, room: Option<RoomId>) {
    let Some(known) = steps.state.known.occurrences.get(&id).cloned() else { return };
    let (occurrence, activity, span) = (id, known.activity, known.span);
    steps.fact(Fact::Occurrence { occurrence, activity, span, room });
}

/// The sign-ups to an occurrence, with whose they are.
fn parts(steps: &Steps<'_>, id: OccurrenceId) -> Vec<(String, Matter)> {
    let names = steps.state.parts.get(&id.to_string()).into_iter().flatten();
    let held = names
        .filter_map(|name| Some((name.clone(), steps.state.matters.get(name)?.matter.clone())));
    held.collect()
}

fn told(steps: &mut Steps<'_>, id: OccurrenceId, people: &[PersonId], notice: &Notice) {
    let all = parts(steps, id);
    for person in people {
        let part = all.iter().find(|(_, it)| it.whose == Whose::Person(*person));
        match (notice, part) {
            (Notice::Missing, _) => organiser(steps, id, *person, "activity-missing", None),
            (Notice::VenueProposed { until }, _) => {
                organiser(steps, id, *person, "venue-proposed", Some(*until));
            }
            (Notice::RideRefused { .. }, Some((name, matter))) => {
                steps.tell(matter.whose, of(name, matter, "ride-none"));
            }
            (Notice::Cancelled { .. }, Some((name, matter))) => {
                steps.over(name);
                steps.tell(matter.whose, of(name, matter, "activity-cancelled"));
            }
            (Notice::Moved { from }, Some((name, matter))) => {
                let telling = of(name, matter, "activity-moved");
                let starts = matter.span.map(|it| it.start());
                let until = starts.into_iter().chain([from.start()]);
                let until = until.filter(|it| *it > steps.cx.now).min();
                let more = more("before", from.start());
                steps.tell(matter.whose, Telling { until, more, ..telling });
            }
            (Notice::VenueChanged, Some((name, matter))) => {
                steps.void_kinds(name, &["activity-venue"], Withdrawal::Superseded);
                steps.tell(matter.whose, of(name, matter, "activity-venue"));
            }
            // Whose place it is, and until when, is told with the place itself.
            (Notice::PlaceOffered { .. } | Notice::PlaceLapsed, _) | (_, None) => {}
        }
    }
}

/// The organiser must see to it.
fn organiser(
    steps: &mut Steps<'_>,
    id: OccurrenceId,
    who: PersonId,
    template: &'static str,
    until: Option<Timestamp>,
) {
    let Some(known) = steps.state.known.occurrences.get(&id) else { return };
    let (urgency, span) = (Urgency::Urgent, Some(known.span));
    let what = Some(What::Named(id.to_string()));
    let telling = Telling { template, urgency, what, span, until, ..Telling::about(id) };
    steps.tell(Whose::Person(who), telling);
}
