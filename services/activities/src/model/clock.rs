//! What the clock brings: places go on to the next, occurrences begin and are over.

use dugnad_events::{
    Code,
    activities::{Event, Notice, Origin, Venue, What},
};
use dugnad_ledger::Context;

use super::{Stage, State, VenueState, act::Act};

/// How many occurrences one tick works off: the next comes at once.
const MOST_A_TICK: usize = 64;
/// How much one tick says, so that it fits a commit however many are told.
const MOST_CONCERNED: usize = 10_000;

pub(super) fn due(state: &State, cx: &Context) -> Vec<Event> {
    let (mut events, mut concerned) = (Vec::new(), 0);
    for (_, id) in state.agenda.iter().take_while(|(at, _)| *at <= cx.now).take(MOST_A_TICK) {
        let Some(occurrence) = state.occurrences.get(id) else { continue };
        let Some(activity) = state.activities.get(&occurrence.activity) else { continue };
        if concerned > MOST_CONCERNED {
            break;
        }
        concerned += occurrence.signups.len();
        let mut act = Act::on(state, cx, activity, occurrence, Origin::Clock);
        act.lapse();
        act.turn();
        events.extend(act.settled());
    }
    events
}

impl Act<'_> {
    /// Begins what is to begin, and ends what is over.
    fn turn(&mut self) {
        if self.occurrence.stage.is_to_come() && self.has_begun() {
            self.begin();
        }
        if self.occurrence.stage == Stage::UnderWay && self.occurrence.span.end() <= self.cx.now {
            self.say(What::Held);
        }
    }

    /// Without a place to be in, and unknown to everybody, it is not held.
    fn begin(&mut self) {
        let held = matches!(self.occurrence.venue, VenueState::Held { .. });
        let has_place = matches!(self.facts.venue, Venue::Outside(_)) || held;
        match (self.occurrence.stage, has_place) {
            (Stage::Draft, _) => self.cancel(code("never-public")),
            (_, false) => self.cancel(code("no-venue")),
            (_, true) => self.say(What::Began),
        }
    }

    pub(super) fn cancel(&mut self, reason: Code) {
        self.say(What::Cancelled { reason: reason.clone() });
        self.tell_concerned(Notice::Cancelled { reason });
    }
}

fn code(word: &str) -> Code {
    word.parse().expect("our own words are codes")
}
