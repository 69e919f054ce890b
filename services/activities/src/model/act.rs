//! One decision about one occurrence. Each step is made part of a copy at once, so that the next is
//! decided on what the one before left; at the end the occurrence is *settled*.
//!
//! Settling compares what the occurrence needs with what was asked of others, and asks for the
//! difference or releases it. It is the one place that says anything to another service. It can stop
//! anywhere and go on later, since what was asked for is not asked for again.

use dugnad_events::{
    SignupId,
    activities::{Event, Notice, Origin, WantId, What},
};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use uuid::Uuid;

use super::{Activity, Occurrence, Stage, State, space::Space};
use dugnad_events::{activities::Activity as Facts, rooms::BookingDetails};

/// A decision under way.
#[derive(Clone)]
pub(super) struct Act<'a> {
    pub(super) state: &'a State,
    pub(super) cx: &'a Context,
    pub(super) facts: &'a Facts,
    pub(super) contact: Option<&'a Sealed<BookingDetails>>,
    /// Who wrote the activity down.
    pub(super) by: Uuid,
    pub(super) occurrence: Occurrence,
    origin: Origin,
    ids: u32,
    events: Vec<Event>,
}

impl<'a> Act<'a> {
    pub(super) fn on(
        state: &'a State,
        cx: &'a Context,
        activity: &'a Activity,
        occurrence: &Occurrence,
        origin: Origin,
    ) -> Self {
        Self {
            state,
            cx,
            facts: &activity.facts,
            contact: activity.contact.as_ref(),
            by: activity.by,
            occurrence: occurrence.clone(),
            origin,
            ids: 0,
            events: Vec::new(),
        }
    }

    /// As somebody asked for it.
    pub(super) fn asked(
        state: &'a State,
        cx: &'a Context,
        activity: &'a Activity,
        occurrence: &Occurrence,
    ) -> Self {
        Self::on(state, cx, activity, occurrence, asked(cx))
    }

    pub(super) fn say(&mut self, what: What) {
        let (at, origin) = (self.cx.now, self.origin.clone());
        self.occurrence.take(at, &origin, &what);
        self.events.push(Event::Occurrence { occurrence: self.occurrence.id, origin, at, what });
    }

    pub(super) fn tell(&mut self, people: Vec<PersonId>, notice: Notice) {
        if !people.is_empty() {
            self.say(What::Told { people, notice });
        }
    }

    /// Everybody who comes, waits, or is offered a place.
    pub(super) fn tell_concerned(&mut self, notice: Notice) {
        self.tell(self.occurrence.concerned(), notice);
    }

    pub(super) fn tell_signup(&mut self, signup: SignupId, notice: Notice) {
        let person = self.occurrence.signups.get(&signup).and_then(|it| it.person);
        self.tell(person.into_iter().collect(), notice);
    }

    /// Named after the request and the occurrence, so that deciding again names the same things.
    pub(super) fn id(&mut self) -> Uuid {
        self.ids += 1;
        let of_occurrence = Uuid::new_v5(&self.cx.request, self.occurrence.id.0.as_bytes());
        Uuid::new_v5(&of_occurrence, &self.ids.to_be_bytes())
    }

    pub(super) fn want(&mut self) -> WantId {
        WantId(self.id())
    }

    pub(super) fn has_begun(&self) -> bool {
        self.occurrence.span.start() <= self.cx.now
    }

    /// Whether what it needs is asked for: public, and still to come.
    pub(super) fn is_arranged(&self) -> bool {
        self.occurrence.stage.is_open() && !self.has_begun()
    }

    /// What follows of all that was said.
    pub(super) fn settled(self) -> Vec<Event> {
        self.settled_in_taken(&mut Space::of_a_commit())
    }

    /// The same, and whom it concerns is told, as far as there is space: the rest follows by itself.
    pub(super) fn settled_within(mut self, space: &mut Space, tell: Option<Notice>) -> Vec<Event> {
        let (mut settled, mut left) = (self.clone(), *space);
        if let Some(notice) = tell.clone() {
            settled.tell_concerned(notice);
        }
        let complete = settled.settle(&mut left);
        if settled.events.len() == self.events.len() && complete {
            return self.events;
        }
        if space.takes(self.occurrence.concerned().len()) {
            space.rides = left.rides;
            return settled.or_unfinished(complete);
        }
        if self.occurrence.unfinished.is_none() || tell.is_some() {
            self.say(What::Unfinished { tell });
        }
        self.events
    }

    /// In space that was taken for it.
    pub(super) fn settled_in_taken(mut self, space: &mut Space) -> Vec<Event> {
        let complete = self.settle(space);
        self.or_unfinished(complete)
    }

    fn or_unfinished(mut self, complete: bool) -> Vec<Event> {
        if !complete && self.occurrence.unfinished.is_none() {
            self.say(What::Unfinished { tell: None });
        }
        self.events
    }

    /// Goes on with what more is to follow.
    pub(super) fn gone_on(mut self, space: &mut Space, tell: Option<Notice>) -> Vec<Event> {
        let told = tell.is_some();
        if let Some(notice) = tell {
            self.tell_concerned(notice);
        }
        if self.settle(space) {
            self.say(What::Finished);
        } else if told {
            self.say(What::Unfinished { tell: None });
        }
        self.events
    }

    /// Whether all that follows was said.
    fn settle(&mut self, space: &mut Space) -> bool {
        let tells = self.events.iter().any(is_of_arranging);
        self.settle_venue();
        self.settle_helpers();
        self.settle_places();
        let complete = self.settle_rides(space);
        self.settle_stage(tells);
        complete
    }

    /// The same, if anything was said at all.
    pub(super) fn settled_if_changed(self) -> Vec<Event> {
        if self.events.is_empty() { self.events } else { self.settled() }
    }

    fn settle_stage(&mut self, tells: bool) {
        let missing = self.state.missing(self.facts, &self.occurrence);
        let complete = !missing.iter().any(super::Missing::holds_up);
        match self.occurrence.stage {
            Stage::Arranging if complete => self.say(What::Confirmed),
            Stage::Confirmed if !complete => {
                self.say(What::Reopened);
                if tells {
                    self.tell(self.state.organisers(self.facts, self.by), Notice::Missing);
                }
            }
            _ => {}
        }
    }
}

/// Whether somebody else took away what was arranged: the organiser then hears of it.
fn is_of_arranging(event: &Event) -> bool {
    let Event::Occurrence { what, origin, .. } = event else { return false };
    let lost = matches!(
        what,
        What::VenueLost { .. } | What::HelperLeft { .. } | What::HelpersRefused { .. }
    );
    lost && matches!(origin, Origin::Heard { .. })
}

/// As the caller asked for it.
pub(super) fn asked(cx: &Context) -> Origin {
    Origin::Asked { by: cx.caller.id }
}
