//! The published language: every event of every service.
//!
//! An event is externally tagged MessagePack with named fields. From its first release on it only
//! gains fields with defaults; anything else is a new event and an upcast. Golden files of every
//! released shape lie in `tests/golden` and decode for ever. Nothing personal stands in clear:
//! what is said about a person is [`Sealed`](dugnad_vault::Sealed).

pub mod activities;
mod code;
mod ids;
pub mod matching;
pub mod notices;
pub mod rides;
pub mod rooms;
pub mod volunteers;

pub use code::{Code, LONGEST_CODE, NotACode};
pub use ids::{
    ActivityId, AgreementId, AssignmentId, BookingId, ClosureId, CodeId, ConcernId, DoorId,
    FacilityId, FeedId, FollowUpId, HoursId, MessageId, NeedId, NotAName, NoteId, NoticeId,
    OccurrenceId, OfferId, OrganisationId, PlanId, RideId, RoomId, RoomName, SeasonApplicationId,
    SeasonRoundId, SeriesId, SessionId, ShiftId, SignupId, StandingOrderId, TeamId, UnitId,
    VehicleId, WaitId,
};
