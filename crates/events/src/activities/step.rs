//! The steps of one date of an activity, each with what led to it: together its whole history.

use dugnad_calendar::Interval;
use dugnad_vault::{PersonId, Sealed};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Outside, VenueWish};
use crate::{
    ActivityId, AssignmentId, BookingId, Code, NeedId, OccurrenceId, RideId, RoomId, RoomName,
    SignupId,
    matching::Need,
    rooms::{BookingDetails, Cause},
};

/// Names one thing that is asked of another service. Whoever answers takes it for the id of the
/// request, and so names what it makes after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WantId(pub Uuid);

impl WantId {
    /// The booking, or the request for one, that answers it.
    #[must_use]
    pub fn booking(self) -> BookingId {
        BookingId(self.first())
    }

    /// The need that answers it.
    #[must_use]
    pub fn need(self) -> NeedId {
        NeedId(self.first())
    }

    /// The ride that answers it.
    #[must_use]
    pub fn ride(self) -> RideId {
        RideId(self.first())
    }

    /// What the ledger's context calls its first id.
    fn first(self) -> Uuid {
        Uuid::new_v5(&self.0, &0_u32.to_be_bytes())
    }
}

/// What led to a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Somebody asked for it.
    Asked {
        /// Who.
        by: Uuid,
    },
    /// Another service's event.
    Heard {
        /// Which service's.
        service: String,
        /// The number of the commit in its history.
        number: u64,
        /// The event's index within the commit.
        index: u32,
    },
    /// A time that came.
    Clock,
}

/// What happened to one date of an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is to be, then; so far a draft.
    Planned {
        /// Of which activity.
        activity: ActivityId,
        /// When.
        span: Interval,
    },
    /// It is public, and all that it needs is asked for.
    Arranging,
    /// Nothing is missing.
    Confirmed,
    /// Something is missing again.
    Reopened,
    /// It is at another time from now on.
    Moved {
        /// When.
        span: Interval,
    },
    /// It began.
    Began,
    /// It is over.
    Held,
    /// It is not held. All that hangs on it is released.
    Cancelled {
        /// Why.
        reason: Code,
    },

    /// What follows of a step is more than one commit takes: the rest is said at once, in steps of
    /// its own with the same origin.
    Unfinished {
        /// Whom it concerns is still to be told of this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tell: Option<Notice>,
    },
    /// All that was to follow has been said.
    Finished,

    /// A room is asked for. Rooms books one, or says why not.
    VenueWanted(Box<VenueWant>),
    /// What was booked for it is given back, whether or not it was heard of yet.
    VenueReleased {
        /// Every booking that may have come of what was asked.
        bookings: Vec<BookingId>,
    },
    /// The municipality will say yes or no to the room.
    VenueRequested {
        /// The request.
        booking: BookingId,
        /// Which room.
        room: RoomId,
    },
    /// A room is booked.
    VenueHeld {
        /// The booking.
        booking: BookingId,
        /// Which room.
        room: RoomId,
        /// When.
        span: Interval,
    },
    /// Another room than it was said to be in is booked, and whoever plans it says yes or no to that.
    VenueProposed {
        /// The booking.
        booking: BookingId,
        /// Which room.
        room: RoomId,
        /// When.
        span: Interval,
        /// Silence until then is a yes.
        until: Timestamp,
    },
    /// The room is lost.
    VenueLost {
        /// The booking that was.
        booking: BookingId,
        /// Which room it was.
        room: RoomId,
        /// What led to it.
        cause: Cause,
        /// In words.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// No room can be had.
    VenueRefused {
        /// `UPPER_SNAKE_CASE`.
        reason: String,
        /// For a person to read.
        message: String,
    },

    /// Helpers are asked for. Matching posts a need.
    HelpersWanted {
        /// The need is named after it.
        want: WantId,
        /// What matching is to post.
        need: Box<Need>,
        /// In whose name.
        by: Uuid,
        /// The need that it takes the place of: who comes to that is kept, as far as the rules let them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead_of: Option<NeedId>,
    },
    /// A need is to be closed.
    HelpersReleased {
        /// Which.
        need: NeedId,
    },
    /// A need was posted.
    HelpersPosted {
        /// Which.
        need: NeedId,
    },
    /// Somebody comes to help.
    HelperCame {
        /// Of which need.
        need: NeedId,
        /// Their place in it; matching says who.
        assignment: AssignmentId,
    },
    /// Somebody does not come after all.
    HelperLeft {
        /// Of which need.
        need: NeedId,
        /// Their place in it.
        assignment: AssignmentId,
    },
    /// A need was closed in matching, or could not be posted.
    HelpersRefused {
        /// Which.
        need: NeedId,
        /// `UPPER_SNAKE_CASE`.
        reason: String,
        /// For a person to read.
        message: String,
    },

    /// A ride is asked for.
    RideWanted(Box<RideWant>),
    /// A ride will be given.
    RidePromised {
        /// Which.
        ride: WantId,
    },
    /// A ride cannot be given, or not any more.
    RideRefused {
        /// Which.
        ride: WantId,
        /// For a person to read.
        message: String,
    },
    /// Rides are no longer wanted, or wanted otherwise.
    RidesReleased {
        /// Which.
        rides: Vec<WantId>,
    },

    /// Somebody signed up.
    SignedUp {
        /// Its id.
        signup: SignupId,
        /// Who comes.
        person: PersonId,
        /// With somebody along.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        companion: bool,
        /// Wants to be driven there.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ride_there: bool,
        /// Wants to be driven home.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ride_home: bool,
        /// There was no place: they wait for one.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        waits: bool,
    },
    /// Somebody does not come after all, or waits no more.
    Withdrawn {
        /// Who.
        signup: SignupId,
    },
    /// A place became free for somebody who waits.
    PlaceOffered {
        /// For whom.
        signup: SignupId,
        /// It is theirs to take until then.
        until: Timestamp,
    },
    /// Somebody who waited took the place.
    PlaceTaken {
        /// Who.
        signup: SignupId,
    },
    /// Somebody who waited did not answer in time.
    PlaceLapsed {
        /// Who.
        signup: SignupId,
    },
    /// Whether somebody came.
    Attended {
        /// Who.
        signup: SignupId,
        /// Whether they did.
        came: bool,
    },

    /// Some are to be told of something.
    Told {
        /// Whom.
        people: Vec<PersonId>,
        /// Of what.
        notice: Notice,
    },
}

/// Which room is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VenueWant {
    /// The booking is named after it.
    pub want: WantId,
    /// For which occurrence.
    pub about: OccurrenceId,
    /// In whose name.
    pub by: Uuid,
    /// When.
    pub span: Interval,
    /// What is wanted; its room, if it names one, and no other.
    pub wish: VenueWish,
    /// Not these: they were lost, said no to, or are to be left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<RoomId>,
    /// What it is to take the place of, if it can be had: moved where that will do, or given back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instead_of: Vec<BookingId>,
    /// What for and whom to reach.
    pub details: Sealed<BookingDetails>,
}

/// One ride of somebody who signed up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RideWant {
    /// Its id.
    pub want: WantId,
    /// Who is driven.
    pub signup: SignupId,
    /// Who is driven.
    pub person: PersonId,
    /// With somebody along.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub companion: bool,
    /// There or home.
    pub way: Way,
    /// There: to be there by. Home: to leave from.
    pub at: Timestamp,
    /// The end that is not theirs.
    pub place: Place,
    /// From these areas; none: from all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Code>,
}

/// There or home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// From where they are to the activity.
    There,
    /// Back.
    Home,
}

/// Where an occurrence is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In a room.
    Room(RoomName),
    /// Elsewhere.
    Outside(Outside),
}

/// What some are to be told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// It is not held.
    Cancelled {
        /// Why.
        reason: Code,
    },
    /// It is at another time.
    Moved {
        /// When it was.
        from: Interval,
    },
    /// It is in another place.
    VenueChanged,
    /// A place is theirs to take until then.
    PlaceOffered {
        /// By when.
        until: Timestamp,
    },
    /// The place went on to the next.
    PlaceLapsed,
    /// They cannot be driven.
    RideRefused {
        /// There or home.
        way: Way,
        /// Why, for a person to read.
        message: String,
    },
    /// To the organiser: another room was found; silence until then is a yes.
    VenueProposed {
        /// By when.
        until: Timestamp,
    },
    /// To the organiser: something that was arranged is missing again.
    Missing,
}
