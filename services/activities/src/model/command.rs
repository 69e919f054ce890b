//! What can be asked of activities. The api checks the form of the fields; the rules are elsewhere.

use dugnad_calendar::Interval;
use dugnad_events::{
    ActivityId, AssignmentId, BookingId, Code, NeedId, NoticeId, OccurrenceId, RideId, RoomId,
    SignupId,
    activities::{Activity, Fact, Origin, Schedule, WantId},
    rooms::{BookingDetails, Cause},
};
use dugnad_vault::{PersonId, Sealed};
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::Wish;

/// One intent of a caller. `office`: whether it is the caller's office to do it for anybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Write down an activity: a draft.
    Create {
        /// All that is said of it.
        facts: Box<Activity>,
        /// On which dates.
        schedule: Schedule,
        /// Whom to reach about the venue.
        contact: Option<Sealed<BookingDetails>>,
        /// See above.
        office: bool,
    },
    /// Say something else of it. What that changes is asked for anew.
    Update {
        /// Which.
        activity: ActivityId,
        /// From now on.
        facts: Box<Activity>,
        /// Whom to reach; `None`: as before.
        contact: Option<Sealed<BookingDetails>>,
        /// See above.
        office: bool,
    },
    /// Make it public, and ask for all that its dates need.
    Arrange {
        /// Which.
        activity: ActivityId,
        /// See above.
        office: bool,
    },
    /// Ask once more for what was refused.
    ArrangeAgain {
        /// Which date.
        occurrence: OccurrenceId,
        /// See above.
        office: bool,
    },
    /// Say yes or no to another room that is proposed.
    AnswerRoom {
        /// For which date.
        occurrence: OccurrenceId,
        /// Yes, or no.
        yes: bool,
        /// See above.
        office: bool,
    },
    /// Hold none of its dates that are to come.
    CancelActivity {
        /// Which.
        activity: ActivityId,
        /// Why.
        reason: Code,
        /// See above.
        office: bool,
    },
    /// Do not hold one date.
    Cancel {
        /// Which.
        occurrence: OccurrenceId,
        /// Why.
        reason: Code,
        /// See above.
        office: bool,
    },
    /// Hold one date at another time.
    Move {
        /// Which.
        occurrence: OccurrenceId,
        /// The local start.
        start: DateTime,
        /// How long; `None`: as long as before.
        minutes: Option<u16>,
        /// See above.
        office: bool,
    },
    /// Come, or have somebody come.
    SignUp {
        /// To which date.
        occurrence: OccurrenceId,
        /// Who comes.
        person: PersonId,
        /// With what.
        wish: Wish,
        /// See above.
        office: bool,
    },
    /// Not come after all.
    Withdraw {
        /// Which.
        signup: SignupId,
        /// See above.
        office: bool,
    },
    /// Take a place that became free.
    TakePlace {
        /// Whose.
        signup: SignupId,
        /// See above.
        office: bool,
    },
    /// Write down whether somebody came.
    Attend {
        /// Who.
        signup: SignupId,
        /// Whether they did.
        came: bool,
        /// See above.
        office: bool,
    },
    /// Another service said something.
    Hear(HeardCommand),
    /// A deadline has passed.
    Tick,
}

/// What another service said, and where it stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeardCommand {
    /// Where.
    pub origin: Origin,
    /// What.
    pub heard: Heard,
}

/// What another service said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Heard {
    /// Rooms, of a booking that is ours.
    Venue {
        /// Which.
        booking: BookingId,
        /// What.
        news: VenueNews,
    },
    /// Rooms has no room.
    VenueRefused {
        /// What was wanted.
        want: WantId,
        /// `UPPER_SNAKE_CASE`.
        reason: String,
        /// For a person to read.
        message: String,
    },
    /// Matching has room for one more need.
    NeedFreed,
    /// Matching posted a need.
    NeedPosted(NeedId),
    /// Matching posted none, or somebody closed it there.
    NeedRefused {
        /// Which.
        need: NeedId,
        /// `UPPER_SNAKE_CASE`.
        reason: String,
        /// For a person to read.
        message: String,
    },
    /// Somebody comes to help.
    HelperCame {
        /// Of which need.
        need: NeedId,
        /// Their place.
        assignment: AssignmentId,
    },
    /// Somebody does not come after all.
    HelperLeft(AssignmentId),
    /// Somebody answered a notice about their part in a date.
    Answered {
        /// Which notice.
        notice: NoticeId,
        /// Who.
        person: PersonId,
        /// Their part.
        signup: SignupId,
        /// Whether they take the place that is theirs to take; else they do not come.
        takes: bool,
    },
    /// Rides gives a ride, or gives it again.
    RidePromised(RideId),
    /// Rides gives none, or not any more.
    RideRefused {
        /// Which.
        ride: RideId,
        /// For a person to read.
        message: String,
    },
    /// Anything else that counts.
    Fact(Fact),
}

/// What became of a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VenueNews {
    /// The municipality will say yes or no.
    Requested {
        /// Which room.
        room: RoomId,
    },
    /// It is made, or at another time or in another room from now on.
    Held {
        /// Which room.
        room: RoomId,
        /// When.
        span: Interval,
    },
    /// It is no more.
    Gone {
        /// What led to it.
        cause: Cause,
        /// In words.
        reason: String,
    },
}
