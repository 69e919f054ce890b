//! Evening shifts: nobody hosts, somebody opens by hand, one guard hands over to another. Who is
//! asked to a shift and who comes is matching's to say.

use dugnad_events::{
    BookingId, FacilityId, ShiftId,
    notices::{Fact, Matter, Urgency, What, Whose, Withdrawal},
    rooms::{ShiftEvent, ShiftFacts, Unhosted},
};
use dugnad_vault::PersonId;

use super::super::{Steps, Telling, more, of};
use crate::model::known::Shift;

pub(super) fn hear(steps: &mut Steps<'_>, event: &ShiftEvent) {
    match event {
        ShiftEvent::Planned { shift, facility, facts, .. } => {
            steps.fact(known(*shift, *facility, facts));
        }
        ShiftEvent::Changed { shift, facts, .. } => {
            let Some(was) = steps.state.known.shifts.get(shift) else { return };
            let facility = was.facility;
            // If nobody hosts it as it is now, that is said anew.
            steps.void(shift, Withdrawal::Superseded);
            steps.fact(known(*shift, facility, facts));
        }
        // What it was called is still to be said to those who had it.
        ShiftEvent::Dropped { shift, .. } => steps.void(shift, Withdrawal::Over),
        ShiftEvent::HostFound { shift, assignment, .. } => {
            let (shift, assignment, comes) = (*shift, *assignment, true);
            let mut with = steps.state.known.shifts.get(&shift).cloned();
            let hosted = with.as_mut().is_some_and(|it| {
                it.hosts.insert(assignment);
                it.is_hosted()
            });
            steps.fact(Fact::Host { shift, assignment, comes });
            if hosted {
                steps.void(shift, Withdrawal::Over);
            }
        }
        ShiftEvent::HostLost { shift, assignment, .. } => {
            let (shift, assignment, comes) = (*shift, *assignment, false);
            steps.fact(Fact::Host { shift, assignment, comes });
        }
        ShiftEvent::Unhosted { shift, then, bookings, .. } => {
            unhosted(steps, *shift, *then, bookings);
        }
        ShiftEvent::HandedOver { shift, by, to, .. } => handed_over(steps, *shift, *by, *to),
        ShiftEvent::TakenOver { shift, .. } => {
            steps.over(handover(*shift));
            if let Some(gave) = steps.over(given(*shift)) {
                let telling = of(given(*shift), &gave, "shift-taken-over");
                steps.tell(gave.whose, Telling { urgency: Urgency::Info, ..telling });
            }
        }
        _ => {}
    }
}

fn known(shift: ShiftId, facility: FacilityId, facts: &ShiftFacts) -> Fact {
    let ShiftFacts { kind, heads, span } = facts.clone();
    Fact::Shift { shift, kind, facility, span, heads }
}

/// What somebody has who is asked to take over.
fn handover(shift: ShiftId) -> String {
    format!("{shift}/handover")
}

/// What somebody has who wants to be relieved.
fn given(shift: ShiftId) -> String {
    format!("{shift}/relief")
}

fn what(id: ShiftId, shift: &Shift) -> What {
    What::For { kind: shift.kind.clone(), about: id.to_string() }
}

/// Somebody must look at it now; whoever booked hears how they get in. What is released is told by
/// each booking's own end.
fn unhosted(steps: &mut Steps<'_>, id: ShiftId, then: Unhosted, bookings: &[BookingId]) {
    let Some(shift) = steps.state.known.shifts.get(&id).cloned() else { return };
    let reason = match then {
        Unhosted::Warn => "NO_HOST",
        Unhosted::Release => "RELEASED",
        Unhosted::ManualOpening => "MANUAL_OPENING",
    };
    steps.void(id, Withdrawal::Superseded);
    steps.alarm(Telling {
        template: "shift-unhosted",
        what: Some(what(id, &shift)),
        span: Some(shift.span),
        more: more("reason", reason),
        ..Telling::about(id)
    });
    if then == Unhosted::ManualOpening {
        for booking in bookings {
            let Some(held) = steps.state.matters.get(&booking.to_string()) else { continue };
            let matter = held.matter.clone();
            steps.tell(matter.whose, of(booking, &matter, "manual-opening"));
        }
    }
}

/// Who was asked before is not any more.
fn handed_over(steps: &mut Steps<'_>, id: ShiftId, by: PersonId, to: PersonId) {
    let Some(shift) = steps.state.known.shifts.get(&id).cloned() else { return };
    if let Some(before) = steps.over(handover(id)) {
        steps.tell(before.whose, of(handover(id), &before, "offer-withdrawn"));
    }
    let matter = |who: PersonId, own| Matter {
        whose: Whose::Person(who),
        what: Some(what(id, &shift)),
        span: Some(shift.span),
        own,
        remind: false,
        at: steps.cx.now,
        of: None,
    };
    let (asked, gave) = (matter(to, false), matter(by, true));
    let until = Some(shift.span.end());
    let telling = of(handover(id), &asked, "shift-handover");
    steps.tell(asked.whose, Telling { until, urgency: Urgency::Urgent, ..telling });
    steps.matter(handover(id), asked);
    steps.matter(given(id), gave);
}
