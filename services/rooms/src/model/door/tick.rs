//! What the clock brings to doors: codes that begin to go, and alarms.

use dugnad_events::rooms::{DoorEvent, Event, Fallback, Removal};
use jiff::Timestamp;

use super::{
    super::State,
    Due,
    code::{Standing, goes},
    pass::Stage,
};

/// The most that one tick does; the next comes at once.
const MOST_AT_ONCE: usize = 500;

pub(in crate::model) fn tick(state: &State, now: Timestamp) -> Vec<Event> {
    let passed = state.doors.due.iter().take_while(|(at, _)| *at <= now).take(MOST_AT_ONCE);
    passed.filter_map(|(_, due)| event(state, now, *due)).map(Event::Door).collect()
}

fn event(state: &State, now: Timestamp, due: Due) -> Option<DoorEvent> {
    match due {
        Due::Code(id) => {
            let code = state.doors.codes.get(&id)?;
            Some(match code.standing {
                Standing::Removing => DoorEvent::Overstayed { code: id },
                _ => match goes(code, Removal::Over, now) {
                    DoorEvent::Removing { code: id, why, .. } => {
                        DoorEvent::Removing { code: id, why, until: code.window.end() }
                    }
                    never_sent => never_sent,
                },
            })
        }
        Due::Pass(booking, door) => {
            let pass = state.doors.passes.get(&(booking, door))?;
            let facility = state.doors.all[door].what.facility;
            let (booking, door) = (state.bookings[booking].id, state.doors.all[door].id);
            Some(match pass.stage {
                Stage::Late => DoorEvent::LateOver { door, booking },
                _ => {
                    let guards = state.on_duty(facility, pass.span.start());
                    let fallback =
                        if guards.is_empty() { Fallback::Staff } else { Fallback::Guard };
                    DoorEvent::Late { door, booking, guards, fallback }
                }
            })
        }
    }
}
