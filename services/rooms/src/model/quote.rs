//! What a booking would cost, and every rule that would refuse it: asked before it is made.

use dugnad_calendar::Interval;
use dugnad_events::rooms::{Application, Edition};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Price, Refusal, State, When,
    booking::timely,
    letting::{Asked, Opinion, deadlines},
};
use dugnad_events::RoomName;

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteFor {
    /// The room.
    pub room: RoomName,
    /// When.
    pub when: When,
    /// Who would book it.
    pub by: Uuid,
    /// What they would say.
    pub application: Application,
}

/// What the rules say to a booking that nobody has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// When it would be.
    pub span: Interval,
    /// What it would cost, with its rows.
    pub price: Price,
    /// From when on a cancellation keeps how many øre, the earliest first.
    pub deadlines: Vec<(Timestamp, i64)>,
    /// Under these rules.
    pub edition: Edition,
    /// Whether it would be a request first, and hold its slot then.
    pub request: Option<bool>,
    /// Every rule that would refuse it.
    pub refusals: Vec<Refusal>,
}

impl State {
    /// Changes nothing and holds nothing.
    ///
    /// # Errors
    /// If there is no such room, or it is closed all that day.
    pub fn quote(&self, now: Timestamp, wanted: &QuoteFor) -> Result<Quote, Refusal> {
        let (_, room) = self.existing_room(wanted.room)?;
        let span = self.span(room, wanted.when)?;
        let application = &wanted.application;
        let edition = self.edition(now, room);
        let rules = self.in_force(room, edition);
        let by = wanted.by;
        let (gone, beside) = (&[][..], &[][..]);
        let asked = Asked { now, room, span, by, application, edition, gone, beside };
        let Opinion { objections, price } = self.opinion(&asked, &rules);
        let open = match wanted.when {
            When::Span(_) => self.open_at(room, span),
            When::Day(_) => Ok(()),
        };
        let others = [
            timely(self, now, span, &[]),
            open,
            self.free(room, span, &[], &[]),
            self.stock.enough(room.name.facility, &application.equipment, span, &[]),
            self.not_around_a_season(now, room, span, application),
        ];
        let others = others.into_iter().filter_map(Result::err);
        let refusals = others.chain(objections.into_iter().map(Refusal::Letting)).collect();
        let handling = rules.section(|rules| rules.handling.as_ref()).filter(|it| it.required);
        Ok(Quote {
            span,
            deadlines: deadlines(&rules, price.oere, span.start()),
            price,
            edition,
            request: handling.map(|it| it.holds),
            refusals,
        })
    }
}
