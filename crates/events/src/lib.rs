//! The published language: every event of every service.
//!
//! An event is externally tagged MessagePack with named fields. From its first release on it only
//! gains fields with defaults; anything else is a new event and an upcast. Golden files of every
//! released shape lie in `tests/golden` and decode for ever. Nothing personal stands in clear:
//! what is said about a person is [`Sealed`](dugnad_vault::Sealed).

mod ids;
pub mod rooms;

pub use ids::{BookingId, FacilityId, NotAName, RoomId, RoomName, SeriesId};
