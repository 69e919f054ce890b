//! What other services say, and what follows from it here.

use dugnad_events::{
    NoticeId, OccurrenceId, SignupId,
    activities::{Event, Fact, Origin, What},
};
use dugnad_ledger::{Caller, Context};
use dugnad_vault::PersonId;

use super::{Heard, HeardCommand, Standing, State, act::Act, signup, space::Space};

pub(super) fn hear(state: &State, cx: &Context, said: HeardCommand) -> Vec<Event> {
    let HeardCommand { origin, heard } = said;
    let on = |id: Option<OccurrenceId>, act: &dyn Fn(&mut Act<'_>)| {
        let Some(occurrence) = id.and_then(|id| state.occurrences.get(&id)) else {
            return Vec::new();
        };
        let Some(activity) = state.activities.get(&occurrence.activity) else { return Vec::new() };
        let mut hearing = Act::on(state, cx, activity, occurrence, origin.clone());
        act(&mut hearing);
        hearing.settled_if_changed()
    };
    match heard {
        Heard::Venue { booking, news } => {
            let id = state.bookings.get(&booking).copied();
            on(id, &|act| act.hear_venue(booking, news.clone()))
        }
        Heard::VenueRefused { want, reason, message } => {
            let id = state.bookings.get(&want.booking()).copied();
            on(id, &|act| act.hear_no_venue(want, reason.clone(), message.clone()))
        }
        Heard::NeedFreed => on(state.unasked.first().copied(), &|act| {
            act.release_refused_helpers();
        }),
        Heard::NeedPosted(need) => {
            on(state.needs.get(&need).copied(), &|act| act.hear_posted(need))
        }
        Heard::NeedRefused { need, reason, message } => {
            let id = state.needs.get(&need).copied();
            on(id, &|act| act.hear_no_helpers(need, reason.clone(), message.clone()))
        }
        Heard::HelperCame { need, assignment } => {
            let id = state.needs.get(&need).copied();
            on(id, &|act| act.hear_came(need, assignment))
        }
        Heard::HelperLeft(assignment) => match state.assignments.get(&assignment) {
            Some((id, need)) => on(Some(*id), &|act| act.hear_left(*need, assignment)),
            None => Vec::new(),
        },
        Heard::Answered { notice, person, signup, takes } => {
            answered(state, cx, notice, person, (signup, takes))
        }
        Heard::RidePromised(ride) => match state.rides.get(&ride) {
            Some((id, want)) => on(Some(*id), &|act| act.hear_ride(*want, None)),
            None => Vec::new(),
        },
        Heard::RideRefused { ride, message } => match state.rides.get(&ride) {
            Some((id, want)) => on(Some(*id), &|act| act.hear_ride(*want, Some(message.clone()))),
            None => Vec::new(),
        },
        Heard::Fact(Fact::Erased(person)) => erased(state, cx, &origin, person),
        Heard::Fact(fact) if state.knows(&fact) => Vec::new(),
        Heard::Fact(fact) => vec![Event::Heard { fact }],
    }
}

/// Whoever is erased comes nowhere any more; before they are forgotten, after that nobody could say
/// whose place it was.
fn erased(state: &State, cx: &Context, origin: &Origin, person: PersonId) -> Vec<Event> {
    if state.people.is_erased(person) {
        return Vec::new();
    }
    let (mut events, mut space) = (Vec::new(), Space::of_a_commit());
    for signup in state.people.signups_of(person) {
        let Ok((occurrence, theirs)) = state.signup(signup) else { continue };
        let Ok(activity) = state.activity_of(occurrence) else { continue };
        let to_come = occurrence.stage.is_open() && occurrence.span.start() > cx.now;
        if to_come && theirs.standing != Standing::Withdrawn {
            let mut act = Act::on(state, cx, activity, occurrence, origin.clone());
            act.say(What::Withdrawn { signup });
            events.extend(act.settled_within(&mut space, None));
        }
    }
    events.push(Event::Heard { fact: Fact::Erased(person) });
    events
}

/// Done in their own name. Nobody waits for a refusal, so it is an event: whoever told them tells
/// them that too.
fn answered(
    state: &State,
    cx: &Context,
    notice: NoticeId,
    person: PersonId,
    (signup, takes): (SignupId, bool),
) -> Vec<Event> {
    let caller = Caller { tenant: cx.caller.tenant.clone(), id: person.0 };
    let cx = Context { caller, ..cx.clone() };
    let done = match takes {
        true => signup::take_place(state, &cx, signup, false),
        false => signup::withdraw(state, &cx, signup, false),
    };
    done.unwrap_or_else(|refusal| {
        let (about, reason) = (signup.to_string(), refusal.reason().to_owned());
        vec![Event::AnswerRefused { notice, person, about, reason }]
    })
}
