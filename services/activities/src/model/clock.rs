//! What the clock brings: places go on to the next, occurrences begin and are over.

use dugnad_events::{
    Code,
    activities::{Event, Notice, Origin, Venue, What},
};
use dugnad_ledger::Context;

use super::{Stage, State, VenueState, act::Act, space::Space};

/// As much as one commit has room for: the next tick comes at once.
pub(super) fn due(state: &State, cx: &Context) -> Vec<Event> {
    let (mut events, mut space) = (Vec::new(), Space::of_a_commit());
    for (_, id) in state.agenda.iter().take_while(|(at, _)| *at <= cx.now) {
        let Some(occurrence) = state.occurrences.get(id) else { continue };
        let Some(activity) = state.activities.get(&occurrence.activity) else { continue };
        if !space.takes(occurrence.concerned().len()) {
            break;
        }
        if let Some((origin, tell)) = occurrence.unfinished.clone() {
            let act = Act::on(state, cx, activity, occurrence, origin);
            events.extend(act.gone_on(&mut space, tell));
        } else {
            let mut act = Act::on(state, cx, activity, occurrence, Origin::Clock);
            act.lapse();
            act.take_silence_for_yes();
            act.turn();
            events.extend(act.settled_in_taken(&mut space));
        }
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
