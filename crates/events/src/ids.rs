//! Typed names. `Display` is the resource name that clients see, `FromStr` reads it back.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text is no resource name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have the form `{form}`")]
pub struct NotAName {
    /// The form it must have.
    pub form: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $id:ident, $collection:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $id(pub Uuid);

        impl From<$id> for Uuid {
            fn from(id: $id) -> Self {
                id.0
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($collection, "/{}"), self.0)
            }
        }

        impl FromStr for $id {
            type Err = NotAName;

            fn from_str(name: &str) -> Result<Self, NotAName> {
                name.strip_prefix(concat!($collection, "/"))
                    .and_then(hyphenated)
                    .map(Self)
                    .ok_or(NotAName { form: concat!($collection, "/{uuid}") })
            }
        }
    };
}

id! {
    /// Names one building. `Display` is `facilities/<uuid>`.
    FacilityId, "facilities"
}
id! {
    /// Names one room or part of a room. `Display` is `rooms/<uuid>`; clients see a [`RoomName`].
    RoomId, "rooms"
}
id! {
    /// Names one booking. `Display` is `bookings/<uuid>`.
    BookingId, "bookings"
}
id! {
    /// Names one series of bookings. `Display` is `series/<uuid>`.
    SeriesId, "series"
}
id! {
    /// Names one span in which a room is closed. `Display` is `closures/<uuid>`.
    ClosureId, "closures"
}
id! {
    /// Names one place in a waiting list for a room. `Display` is `waits/<uuid>`.
    WaitId, "waits"
}
id! {
    /// Names one round of season allocation. `Display` is `seasonRounds/<uuid>`.
    SeasonRoundId, "seasonRounds"
}
id! {
    /// Names one application in such a round. `Display` is `seasonApplications/<uuid>`.
    SeasonApplicationId, "seasonApplications"
}

id! {
    /// Names one door. `Display` is `doors/<uuid>`.
    DoorId, "doors"
}
id! {
    /// Names one code on a door. `Display` is `codes/<uuid>`.
    CodeId, "codes"
}
id! {
    /// Names one calendar feed. `Display` is `feeds/<uuid>`.
    FeedId, "feeds"
}

id! {
    /// Names one unit that receives help, such as a care home. `Display` is `units/<uuid>`.
    UnitId, "units"
}
id! {
    /// Names one organisation (lag og forening). `Display` is `organisations/<uuid>`.
    OrganisationId, "organisations"
}
id! {
    /// Names one team that is asked as one. `Display` is `teams/<uuid>`.
    TeamId, "teams"
}
id! {
    /// Names one cooperation agreement (samarbeidsavtale). `Display` is `agreements/<uuid>`.
    AgreementId, "agreements"
}
id! {
    /// Names one session of a course. `Display` is `sessions/<uuid>`.
    SessionId, "sessions"
}
id! {
    /// Names one follow-up talk (oppfølgingssamtale). `Display` is `followUps/<uuid>`.
    FollowUpId, "followUps"
}
id! {
    /// Names one concern (bekymringsmelding). `Display` is `concerns/<uuid>`.
    ConcernId, "concerns"
}
id! {
    /// Names one note about a receiver. `Display` is `notes/<uuid>`.
    NoteId, "notes"
}
id! {
    /// Names one entry of hours. `Display` is `hours/<uuid>`.
    HoursId, "hours"
}
id! {
    /// Names one need for help (behov). `Display` is `needs/<uuid>`.
    NeedId, "needs"
}
id! {
    /// Names one offer of a need to somebody. `Display` is `offers/<uuid>`.
    OfferId, "offers"
}
id! {
    /// Names one person's place in a need (kobling). `Display` is `assignments/<uuid>`.
    AssignmentId, "assignments"
}
id! {
    /// Names one draft plan. `Display` is `plans/<uuid>`.
    PlanId, "plans"
}

id! {
    /// Names one activity, held once or again and again. `Display` is `activities/<uuid>`.
    ActivityId, "activities"
}
id! {
    /// Names one date of an activity. `Display` is `occurrences/<uuid>`.
    OccurrenceId, "occurrences"
}
id! {
    /// Names one person's part in an occurrence. `Display` is `signups/<uuid>`.
    SignupId, "signups"
}
id! {
    /// Names one vehicle. `Display` is `vehicles/<uuid>`.
    VehicleId, "vehicles"
}
id! {
    /// Names some hours of duty: a guard's at a building, or a driver's with a vehicle (skift).
    /// `Display` is `shifts/<uuid>`.
    ShiftId, "shifts"
}
id! {
    /// Names one ride, or one thing brought. `Display` is `rides/<uuid>`.
    RideId, "rides"
}
id! {
    /// Names one standing order of rides (fast bestilling). `Display` is `standingOrders/<uuid>`.
    StandingOrderId, "standingOrders"
}

id! {
    /// Names one thing that somebody is told (varsel). `Display` is `notices/<uuid>`.
    NoticeId, "notices"
}
id! {
    /// Names what is sent at one go: one notice or several. It is the key that a provider folds
    /// repeats by. `Display` is `messages/<uuid>`.
    MessageId, "messages"
}

/// A room with its facility, as clients name it. `Display` is `facilities/<uuid>/rooms/<uuid>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RoomName {
    /// The building.
    pub facility: FacilityId,
    /// The room in it.
    pub room: RoomId,
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.facility, self.room)
    }
}

impl FromStr for RoomName {
    type Err = NotAName;

    fn from_str(name: &str) -> Result<Self, NotAName> {
        let read = || {
            let (facility, room) = name.split_at_checked(name.find("/rooms/")?)?;
            Some(Self { facility: facility.parse().ok()?, room: room.get(1..)?.parse().ok()? })
        };
        read().ok_or(NotAName { form: "facilities/{uuid}/rooms/{uuid}" })
    }
}

/// One spelling an id, so that equal names are equal texts: lower case, with hyphens.
fn hyphenated(text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok()?;
    (text.len() == 36 && !text.bytes().any(|b| b.is_ascii_uppercase())).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f3c2e-8d4a-7b61-9c05-2f6f0c1a9e77";

    #[test]
    fn a_name_reads_back() {
        let name = format!("facilities/{ID}/rooms/{ID}");

        assert_eq!(name.parse::<RoomName>().unwrap().to_string(), name);
        assert_eq!(format!("bookings/{ID}").parse(), Ok(BookingId(ID.parse().unwrap())));
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_form_it_should_have() {
        let upper = format!("bookings/{}", ID.to_uppercase());
        for text in ["", "bookings", "bookings/", "bookings/1", "series/x", &upper] {
            let refused = text.parse::<BookingId>().unwrap_err();
            assert_eq!(refused.to_string(), "must have the form `bookings/{uuid}`", "{text}");
        }
        for text in ["/rooms/", "facilities/x/rooms/y", &format!("facilities/{ID}/rooms/")] {
            assert!(text.parse::<RoomName>().is_err(), "{text}");
        }
    }
}
