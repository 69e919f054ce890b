//! The room: asked for, held, lost, looked for again, given back.

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, RoomId,
    activities::{Notice, Place, Venue, VenueWant, VenueWish, WantId, What},
    rooms::Cause,
};
use jiff::{SignedDuration, Timestamp};

use super::{Occurrence, VenueNews, act::Act};

/// So many lost rooms, and nobody looks for another by themselves.
const MOST_LOST: usize = 10;
/// How long an organiser has to answer to another room.
const TO_ANSWER: SignedDuration = SignedDuration::from_hours(24);
/// How long before the start it is settled at the latest.
const TO_BE_TOLD: SignedDuration = SignedDuration::from_hours(3);
/// Why a room is given back that was proposed.
const SAID_NO: &str = "the organiser said no to it";

/// Where an occurrence stands with its room.
#[derive(Clone, Debug, PartialEq)]
pub enum VenueState {
    /// Nothing was asked for.
    Nothing,
    /// Rooms was asked, and has not answered.
    Wanted {
        /// What was asked.
        want: WantId,
        /// Every booking that may come, or is to be taken the place of.
        claims: Vec<BookingId>,
    },
    /// The municipality says yes or no.
    Requested {
        /// The request.
        booking: BookingId,
        /// Which room.
        room: RoomId,
    },
    /// Booked.
    Held {
        /// The booking.
        booking: BookingId,
        /// Which room.
        room: RoomId,
        /// When.
        span: Interval,
    },
    /// Booked, in another room than it was said to be in: whoever plans it is asked.
    Proposed {
        /// The booking.
        booking: BookingId,
        /// Which room.
        room: RoomId,
        /// When.
        span: Interval,
        /// Silence until then is a yes.
        until: Timestamp,
    },
    /// No room can be had for now; rooms books one when it can.
    Refused {
        /// What was asked.
        want: WantId,
        /// `UPPER_SNAKE_CASE`.
        reason: String,
        /// For a person to read.
        message: String,
    },
}

impl VenueState {
    /// Every booking that there may be.
    pub(super) fn claims(&self) -> Vec<BookingId> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Wanted { claims, .. } => claims.clone(),
            Self::Refused { want, .. } => vec![want.booking()],
            Self::Requested { booking, .. }
            | Self::Held { booking, .. }
            | Self::Proposed { booking, .. } => vec![*booking],
        }
    }

    /// Until when a proposed room waits for an answer.
    pub(super) fn answer_by(&self) -> Option<Timestamp> {
        match self {
            Self::Proposed { until, .. } => Some(*until),
            _ => None,
        }
    }

    /// The booking that there is, its room and its time.
    fn booked(&self) -> Option<(BookingId, RoomId, Interval)> {
        match self {
            Self::Held { booking, room, span } | Self::Proposed { booking, room, span, .. } => {
                Some((*booking, *room, *span))
            }
            _ => None,
        }
    }
}

impl Occurrence {
    pub(super) fn take_venue(&mut self, what: &What) {
        match what {
            What::VenueWanted(it) => {
                self.asked = Some((it.span, it.wish.clone()));
                let own = std::iter::once(it.want.booking());
                let claims = it.instead_of.iter().copied().chain(own).collect();
                self.venue = VenueState::Wanted { want: it.want, claims };
            }
            What::VenueReleased { bookings } => {
                let claims = self.venue.claims();
                // A stray answer that is given back leaves what is wanted as it is.
                if !claims.is_empty() && claims.iter().all(|claim| bookings.contains(claim)) {
                    self.venue = VenueState::Nothing;
                    self.asked = None;
                    self.said_in = self.said_in.filter(|_| self.stage.is_open());
                }
            }
            What::VenueRequested { booking, room } => {
                self.venue = VenueState::Requested { booking: *booking, room: *room };
            }
            What::VenueHeld { booking, room, span } => {
                self.venue = VenueState::Held { booking: *booking, room: *room, span: *span };
                self.said_in = Some(*room);
            }
            What::VenueProposed { booking, room, span, until } => {
                let (booking, room, span, until) = (*booking, *room, *span, *until);
                self.venue = VenueState::Proposed { booking, room, span, until };
            }
            What::VenueLost { room, .. } => {
                self.venue = VenueState::Nothing;
                self.lost.push(*room);
            }
            What::VenueRefused { reason, message } => {
                let (reason, message) = (reason.clone(), message.clone());
                if let VenueState::Wanted { want, .. } | VenueState::Refused { want, .. } =
                    self.venue
                {
                    self.venue = VenueState::Refused { want, reason, message };
                }
            }
            _ => {}
        }
    }

    /// Whether a room is held for all of its time.
    pub(super) fn has_room(&self) -> bool {
        match self.venue {
            VenueState::Held { span, .. } => {
                span.start() <= self.span.start() && self.span.end() <= span.end()
            }
            _ => false,
        }
    }
}

impl Act<'_> {
    /// What rooms says of a booking that may be ours.
    pub(super) fn hear_venue(&mut self, booking: BookingId, news: VenueNews) {
        let claims = self.occurrence.venue.claims();
        if !claims.contains(&booking) {
            // An answer to what is no longer wanted.
            if !matches!(news, VenueNews::Gone { .. }) {
                self.say(What::VenueReleased { bookings: vec![booking] });
            }
            return;
        }
        let expected = match &self.occurrence.venue {
            VenueState::Wanted { want, .. } => Some(want.booking()),
            _ => None,
        };
        match news {
            VenueNews::Requested { room } if expected == Some(booking) => {
                self.say(What::VenueRequested { booking, room });
            }
            VenueNews::Held { room, span } => {
                // What is to be taken the place of may still be answered as it was wanted before.
                let asked = self.occurrence.asked.as_ref().map(|(asked, _)| *asked);
                let answers = expected.is_none_or(|it| it == booking) || asked == Some(span);
                if answers && self.occurrence.venue.booked() != Some((booking, room, span)) {
                    self.hear_held(booking, room, span);
                }
            }
            VenueNews::Gone { cause, reason } => match self.occurrence.venue {
                VenueState::Held { room, .. }
                | VenueState::Proposed { room, .. }
                | VenueState::Requested { room, .. } => {
                    self.say(What::VenueLost { booking, room, cause, reason });
                }
                // What is to be taken the place of may go.
                _ => {}
            },
            VenueNews::Requested { .. } => {}
        }
    }

    fn hear_held(&mut self, booking: BookingId, room: RoomId, span: Interval) {
        let elsewhere = self.occurrence.said_in.is_some_and(|said| said != room);
        let until = self.to_answer();
        if elsewhere && self.facts.asks_before_moving && self.is_arranged() && until > self.cx.now {
            self.say(What::VenueProposed { booking, room, span, until });
            let organisers = self.state.organisers(self.facts, self.by);
            self.tell(organisers, Notice::VenueProposed { until });
        } else {
            self.take_room(booking, room, span);
        }
    }

    fn take_room(&mut self, booking: BookingId, room: RoomId, span: Interval) {
        let elsewhere = self.occurrence.said_in.is_some_and(|said| said != room);
        self.say(What::VenueHeld { booking, room, span });
        if elsewhere {
            self.tell_concerned(Notice::VenueChanged);
        }
    }

    /// Until when the organiser can say no: people must hear of it before they set out.
    fn to_answer(&self) -> Timestamp {
        let after = self.cx.now.saturating_add(TO_ANSWER).unwrap_or(Timestamp::MAX);
        let start = self.occurrence.span.start();
        after.min(start.saturating_sub(TO_BE_TOLD).unwrap_or(Timestamp::MIN))
    }

    /// Yes, or no, to the room that is proposed. Whether there was one.
    pub(super) fn answer_room(&mut self, yes: bool) -> bool {
        let VenueState::Proposed { booking, room, span, .. } = self.occurrence.venue else {
            return false;
        };
        if yes {
            self.take_room(booking, room, span);
        } else {
            self.say(What::VenueReleased { bookings: vec![booking] });
            let (cause, reason) = (Cause::Asked, SAID_NO.to_owned());
            self.say(What::VenueLost { booking, room, cause, reason });
        }
        true
    }

    /// Nobody said no to the room that is proposed.
    pub(super) fn take_silence_for_yes(&mut self) {
        if self.occurrence.venue.answer_by().is_some_and(|until| until <= self.cx.now) {
            self.answer_room(true);
        }
    }

    pub(super) fn hear_no_venue(&mut self, want: WantId, reason: String, message: String) {
        let waits_for = match &self.occurrence.venue {
            VenueState::Wanted { want, .. } => *want,
            // Rooms tried again, and something else is in the way.
            VenueState::Refused { want, message: known, .. } if *known != message => *want,
            _ => return,
        };
        if waits_for == want {
            self.say(What::VenueRefused { reason, message });
        }
    }

    pub(super) fn settle_venue(&mut self) {
        let claims = self.occurrence.venue.claims();
        let wanted = matches!(self.facts.venue, Venue::Room(_));
        let over = matches!(self.occurrence.stage, super::Stage::Cancelled);
        if over || (!wanted && self.is_arranged()) {
            if !claims.is_empty() {
                self.say(What::VenueReleased { bookings: claims });
            }
            return;
        }
        if self.is_arranged() && self.wants_anew() {
            self.want_venue();
        }
    }

    /// Whether something else is wanted than what was asked for last.
    fn wants_anew(&self) -> bool {
        let (Some(wish), Some(contact)) = (self.wish(), self.contact) else { return false };
        if self.state.people.is_erased(contact.person()) || self.occurrence.lost.len() > MOST_LOST {
            return false;
        }
        let Some((span, asked)) = &self.occurrence.asked else { return true };
        let booked = self.occurrence.venue.booked();
        // Somebody moved the booking in rooms, and now the occurrence follows.
        if booked.is_some_and(|(.., span)| span == self.occurrence.span) {
            return false;
        }
        let nothing = self.occurrence.venue == VenueState::Nothing;
        nothing || *span != self.occurrence.span || (booked.is_none() && *asked != wish)
    }

    /// What is wished for; once a room was lost, any that fits. Of one that was named without saying
    /// for how many, that is any for as many as can come.
    fn wish(&self) -> Option<VenueWish> {
        let Venue::Room(wish) = &self.facts.venue else { return None };
        let room = wish.room.filter(|_| self.occurrence.lost.is_empty());
        let unsaid = wish.room.is_some() && wish.capacity == 0;
        let capacity = if unsaid { self.facts.capacity } else { wish.capacity };
        Some(VenueWish { room, capacity, ..wish.clone() })
    }

    pub(super) fn want_venue(&mut self) {
        let (Some(wish), Some(contact)) = (self.wish(), self.contact) else { return };
        let want = VenueWant {
            want: self.want(),
            about: self.occurrence.id,
            by: self.by,
            span: self.occurrence.span,
            wish,
            not: self.occurrence.lost.clone(),
            instead_of: self.occurrence.venue.claims(),
            details: contact.clone(),
        };
        self.say(What::VenueWanted(Box::new(want)));
    }

    /// Where it is held, once that is known.
    pub(super) fn place(&self) -> Option<Place> {
        match (&self.facts.venue, &self.occurrence.venue) {
            (Venue::Outside(outside), _) => Some(Place::Outside(outside.clone())),
            (Venue::Room(_), VenueState::Held { room, .. }) => {
                self.state.room_name(*room).map(Place::Room)
            }
            _ => None,
        }
    }
}
