//! The room: asked for, held, lost, looked for again, given back.

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, RoomId,
    activities::{Notice, Place, Venue, VenueWant, VenueWish, WantId, What},
};

use super::{Occurrence, VenueNews, act::Act};

/// So many lost rooms, and nobody looks for another by themselves.
const MOST_LOST: usize = 10;

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
    /// No room can be had.
    Refused {
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
            Self::Nothing | Self::Refused { .. } => Vec::new(),
            Self::Wanted { claims, .. } => claims.clone(),
            Self::Requested { booking, .. } | Self::Held { booking, .. } => vec![*booking],
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
                }
            }
            What::VenueRequested { booking, room } => {
                self.venue = VenueState::Requested { booking: *booking, room: *room };
            }
            What::VenueHeld { booking, room, span } => {
                self.venue = VenueState::Held { booking: *booking, room: *room, span: *span };
            }
            What::VenueLost { room, .. } => {
                self.venue = VenueState::Nothing;
                self.lost.push(*room);
            }
            What::VenueRefused { reason, message } => {
                let (reason, message) = (reason.clone(), message.clone());
                self.venue = VenueState::Refused { reason, message };
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
                if answers && !self.holds(booking, room, span) {
                    let elsewhere = self.is_elsewhere(room);
                    self.say(What::VenueHeld { booking, room, span });
                    if elsewhere {
                        self.tell_concerned(Notice::VenueChanged);
                    }
                }
            }
            VenueNews::Gone { cause, reason } => match self.occurrence.venue {
                VenueState::Held { room, .. } | VenueState::Requested { room, .. } => {
                    self.say(What::VenueLost { booking, room, cause, reason });
                }
                // What is to be taken the place of may go.
                _ => {}
            },
            VenueNews::Requested { .. } => {}
        }
    }

    /// Whether it was said to be in another room before.
    fn is_elsewhere(&self, room: RoomId) -> bool {
        match self.occurrence.venue {
            VenueState::Held { room: before, .. } => before != room,
            _ => !self.occurrence.lost.is_empty(),
        }
    }

    fn holds(&self, booking: BookingId, room: RoomId, span: Interval) -> bool {
        self.occurrence.venue == VenueState::Held { booking, room, span }
    }

    pub(super) fn hear_no_venue(&mut self, want: WantId, reason: String, message: String) {
        let VenueState::Wanted { want: waits_for, claims } = &self.occurrence.venue else { return };
        if *waits_for != want {
            return;
        }
        // What it was to take the place of stood in its own way: it is given back by now.
        let in_its_own_way = claims.len() > 1;
        self.say(What::VenueRefused { reason, message });
        if in_its_own_way && self.is_arranged() {
            self.want_venue();
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
        let held = match self.occurrence.venue {
            // Somebody moved the booking in rooms, and now the occurrence follows.
            VenueState::Held { span, .. } if span == self.occurrence.span => return false,
            VenueState::Held { .. } => true,
            _ => false,
        };
        let nothing = self.occurrence.venue == VenueState::Nothing;
        nothing || *span != self.occurrence.span || (!held && *asked != wish)
    }

    /// What is wished for; once a room was lost, any that fits.
    fn wish(&self) -> Option<VenueWish> {
        let Venue::Room(wish) = &self.facts.venue else { return None };
        let room = wish.room.filter(|_| self.occurrence.lost.is_empty());
        Some(VenueWish { room, ..wish.clone() })
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
