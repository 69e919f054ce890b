//! A refusal, as the door shows it: its code, and what a program needs to go on.

use dugnad_door::{INVALID_FIELD, Rule};
use dugnad_events::Code;
use tonic::Code as Status;

use crate::model::{Objection, Refusal, SeasonRefusal, ShiftRefusal, calendar, door, word};

impl Rule for Refusal {
    fn code(&self) -> Status {
        match self {
            Self::NotFound(_) => Status::NotFound,
            Self::Stale { .. } => Status::Aborted,
            Self::Invalid { .. } => Status::InvalidArgument,
            _ => Status::FailedPrecondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            // The caller cannot tell, and need not, who found the fault.
            Self::Invalid { .. } => INVALID_FIELD,
            rule => rule.reason(),
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::Invalid { field, .. } => Some(field),
            _ => None,
        }
    }

    fn metadata(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotFound(name) => vec![("name", name.to_string())],
            Self::Stale { booking, revision } => {
                vec![("booking", booking.to_string()), ("etag", revision.to_string())]
            }
            Self::Invalid { field, .. } => vec![("field", (*field).to_owned())],
            Self::Taken { room, by, until } => vec![
                ("room", room.to_string()),
                ("by", by.to_string()),
                ("until", until.to_string()),
            ],
            Self::Closed(closed) => vec![("date", closed.date.to_string())],
            Self::Past { start } => vec![("start", start.to_string())],
            Self::TooFarAhead { until } => vec![("until", until.to_string())],
            Self::TooLong { days } => vec![("days", days.to_string())],
            Self::Over { booking, since } => {
                vec![("booking", booking.to_string()), ("since", since.to_string())]
            }
            Self::Cancelled(booking) => vec![("booking", booking.to_string())],
            Self::PersonErased(person) => vec![("person", person.to_string())],
            Self::SeriesClash { dates } => vec![("dates", dates.len().to_string())],
            Self::NoSuchLocalTime { start } => vec![("start", start.to_string())],
            Self::TooMany { what, limit } => {
                vec![("what", (*what).to_owned()), ("limit", limit.to_string())]
            }
            Self::Letting(objection) => letting(objection),
            Self::Door(refusal) => door(refusal),
            Self::NeedsApproval(booking)
            | Self::NotConfirmed(booking)
            | Self::NotRequested(booking)
            | Self::HoldLapsed(booking) => vec![("booking", booking.to_string())],
            Self::NotYours(name) => vec![("name", name.to_string())],
            Self::SlotFree { room } => vec![("room", room.to_string())],
            Self::SeriesNotRequested(series) => vec![("series", series.to_string())],
            Self::Season(refusal) => season(refusal),
            Self::Shift(refusal) => shift(refusal),
            Self::WaitsAlready { wait } => vec![("wait", wait.to_string())],
            Self::RoomClosed { room, until, .. } => {
                vec![("room", room.to_string()), ("until", until.to_string())]
            }
            Self::StockShort { item, wanted, free } => vec![
                ("item", item.to_string()),
                ("wanted", wanted.to_string()),
                ("free", free.to_string()),
            ],
            Self::StockClaimed { item, claimed } => {
                vec![("item", item.to_string()), ("claimed", claimed.to_string())]
            }
            Self::Calendar(calendar::Refusal::Outdated { taken }) => {
                vec![("sequence", taken.to_string())]
            }
            Self::Calendar(calendar::Refusal::SeriesChanged { became }) => {
                vec![("name", became.to_string())]
            }
        }
    }
}

fn letting(objection: &Objection) -> Vec<(&'static str, String)> {
    let or_none = |code: &Option<Code>| code.as_ref().map(Code::to_string).unwrap_or_default();
    match objection {
        Objection::ApplicantNotAdmitted { applicant } => {
            vec![("applicant_kind", or_none(applicant))]
        }
        Objection::PurposeNotAdmitted { applicant, purpose } => {
            vec![("applicant_kind", applicant.to_string()), ("purpose_kind", or_none(purpose))]
        }
        Objection::NotYetOpen { opens, .. } => vec![("opens", opens.to_string())],
        Objection::LeadTooShort { minutes }
        | Objection::TooShort { minutes }
        | Objection::LongerThanLet { minutes } => vec![("minutes", minutes.to_string())],
        Objection::BeyondHorizon { days, until } => {
            vec![("days", days.to_string()), ("until", until.to_string())]
        }
        Objection::OffGrid { minutes } => vec![("minutes", minutes.to_string())],
        Objection::QuotaOfBookings { limit, period } => {
            vec![("limit", limit.to_string()), ("period", word(*period).to_owned())]
        }
        Objection::QuotaOfMinutes { limit, period, used } => vec![
            ("limit", limit.to_string()),
            ("period", word(*period).to_owned()),
            ("used", used.to_string()),
        ],
        Objection::AdultRequired { age } => vec![("age", age.to_string())],
        Objection::TermsNotAccepted { version } => vec![("version", version.to_string())],
        Objection::NoPrice { at } => vec![("at", at.to_string())],
    }
}

fn season(refusal: &SeasonRefusal) -> Vec<(&'static str, String)> {
    match refusal {
        SeasonRefusal::NotOpen { round, opens, closes } => vec![
            ("round", round.to_string()),
            ("opens", opens.to_string()),
            ("closes", closes.to_string()),
        ],
        SeasonRefusal::NotClosed { round, closes } => {
            vec![("round", round.to_string()), ("closes", closes.to_string())]
        }
        SeasonRefusal::HasOpened(round)
        | SeasonRefusal::NoDraft(round)
        | SeasonRefusal::IsPublished(round)
        | SeasonRefusal::RoundPending(round) => vec![("round", round.to_string())],
        SeasonRefusal::DraftChanged { round, revision } => {
            vec![("round", round.to_string()), ("revision", revision.to_string())]
        }
        SeasonRefusal::SlotsOverlap { one, other } => {
            vec![("one", one.to_string()), ("other", other.to_string())]
        }
        SeasonRefusal::SlotTooShort { slot, minutes } => {
            vec![("slot", slot.to_string()), ("minutes", minutes.to_string())]
        }
        SeasonRefusal::RoomTooSmall { slot, capacity } => {
            vec![("slot", slot.to_string()), ("capacity", capacity.to_string())]
        }
        SeasonRefusal::Quota { limit, used } => {
            vec![("limit", limit.to_string()), ("used", used.to_string())]
        }
        SeasonRefusal::SlotGranted { slot, by } => {
            vec![("slot", slot.to_string()), ("by", by.to_string())]
        }
        SeasonRefusal::TimesClash { application, with } => {
            vec![("application", application.to_string()), ("with", with.to_string())]
        }
        SeasonRefusal::NotLive(application) => vec![("application", application.to_string())],
    }
}

fn shift(refusal: &ShiftRefusal) -> Vec<(&'static str, String)> {
    match refusal {
        ShiftRefusal::NotAHost(shift)
        | ShiftRefusal::NotHandedOver(shift)
        | ShiftRefusal::Dropped(shift) => vec![("shift", shift.to_string())],
        ShiftRefusal::NotInCharge { shift, by } => {
            vec![("shift", shift.to_string()), ("by", by.to_string())]
        }
        ShiftRefusal::NotAmongHosts { person } => vec![("person", person.to_string())],
        ShiftRefusal::NotBegun { shift, start } => {
            vec![("shift", shift.to_string()), ("start", start.to_string())]
        }
    }
}

fn door(refusal: &door::Refusal) -> Vec<(&'static str, String)> {
    use door::Refusal;
    match refusal {
        Refusal::LockInUse { door, code } | Refusal::UnknownOnDoor { door, code } => {
            vec![("door", door.to_string()), ("code", code.to_string())]
        }
        Refusal::LockTaken(door) | Refusal::NotWanted(door) | Refusal::NoSlot(door) => {
            vec![("door", door.to_string())]
        }
        Refusal::NotSuspended(code) | Refusal::NotRemoving(code) | Refusal::StepPassed(code) => {
            vec![("code", code.to_string())]
        }
        Refusal::TooEarly { door, from } => {
            vec![("door", door.to_string()), ("from", from.to_string())]
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use dugnad_calendar::Closed;
    use dugnad_events::{
        BookingId, CodeId, DoorId, FacilityId, RoomId, RoomName, SeasonApplicationId,
        SeasonRoundId, SeriesId, ShiftId, WaitId,
        rooms::{Became, Period},
    };
    use dugnad_ledger::Error;
    use dugnad_vault::PersonId;
    use jiff::{Timestamp, civil::date};
    use tonic::Code;
    use tonic_types::StatusExt as _;
    use uuid::Uuid;

    use super::{Objection, Refusal, SeasonRefusal, ShiftRefusal, calendar, door};
    use crate::model::Name;

    /// One of each; the match below does not compile when one is missing from it.
    fn every_refusal() -> Vec<(Refusal, Code)> {
        let booking = BookingId(Uuid::from_u128(1));
        let room = RoomName { facility: FacilityId(Uuid::nil()), room: RoomId(Uuid::nil()) };
        let at = Timestamp::UNIX_EPOCH;
        let code = || "children-youth".parse().unwrap();
        let letting = |objection| Refusal::Letting(objection);
        let (minutes, limit, period) = (30, 2, Period::Week);
        let (at_door, on_it) = (DoorId(Uuid::nil()), CodeId(Uuid::nil()));
        let door = |refusal| Refusal::Door(refusal);
        let refusals = [
            Refusal::NotFound(Name::Booking(booking)),
            Refusal::Stale { booking, revision: 3 },
            Refusal::Invalid { field: "series.rrule", problem: "gives no date".to_owned() },
            Refusal::Taken { room, by: booking, until: at },
            Refusal::Closed(Closed { date: date(2026, 12, 24), reason: String::new() }),
            Refusal::Past { start: at },
            Refusal::TooFarAhead { until: at },
            Refusal::TooLong { days: 31 },
            Refusal::Over { booking, since: at },
            Refusal::Cancelled(booking),
            Refusal::PersonErased(PersonId(Uuid::nil())),
            Refusal::SeriesClash { dates: Vec::new() },
            Refusal::NoSuchLocalTime { start: date(2026, 3, 29).at(2, 30, 0, 0) },
            Refusal::TooMany { what: "facilities", limit: 10 },
            Refusal::NeedsApproval(booking),
            Refusal::SeriesNotRequested(SeriesId(Uuid::nil())),
            Refusal::NotConfirmed(booking),
            Refusal::NotRequested(booking),
            Refusal::HoldLapsed(booking),
            Refusal::NotYours(Name::Booking(booking)),
            Refusal::SlotFree { room },
            Refusal::WaitsAlready { wait: WaitId(Uuid::nil()) },
            Refusal::RoomClosed { room, until: at, reason: String::new() },
            Refusal::StockShort { item: code(), wanted: 3, free: 2 },
            Refusal::StockClaimed { item: code(), claimed: 3 },
            door(door::Refusal::LockInUse { door: at_door, code: on_it }),
            door(door::Refusal::LockTaken(at_door)),
            door(door::Refusal::NotSuspended(on_it)),
            door(door::Refusal::NotRemoving(on_it)),
            door(door::Refusal::StepPassed(on_it)),
            door(door::Refusal::NotWanted(at_door)),
            door(door::Refusal::TooEarly { door: at_door, from: at }),
            door(door::Refusal::NoSlot(at_door)),
            door(door::Refusal::UnknownOnDoor { door: at_door, code: on_it }),
            Refusal::Calendar(calendar::Refusal::Outdated { taken: 2 }),
            Refusal::Calendar(calendar::Refusal::SeriesChanged {
                became: Became::Booking(booking),
            }),
            letting(Objection::ApplicantNotAdmitted { applicant: None }),
            letting(Objection::PurposeNotAdmitted { applicant: code(), purpose: None }),
            letting(Objection::NotYetOpen { applicant: code(), opens: date(2026, 12, 1) }),
            letting(Objection::LeadTooShort { minutes }),
            letting(Objection::BeyondHorizon { days: 90, until: at }),
            letting(Objection::TooShort { minutes }),
            letting(Objection::LongerThanLet { minutes }),
            letting(Objection::OffGrid { minutes: 15 }),
            letting(Objection::QuotaOfBookings { limit, period }),
            letting(Objection::QuotaOfMinutes { limit, period, used: 60 }),
            letting(Objection::AdultRequired { age: 18 }),
            letting(Objection::TermsNotAccepted { version: 3 }),
            letting(Objection::NoPrice { at: date(2026, 12, 1).at(18, 0, 0, 0) }),
        ];
        let code = |refusal: &Refusal| match refusal {
            Refusal::NotFound(_) => Code::NotFound,
            Refusal::Stale { .. } => Code::Aborted,
            Refusal::Invalid { .. } => Code::InvalidArgument,
            Refusal::Taken { .. }
            | Refusal::Closed(_)
            | Refusal::Past { .. }
            | Refusal::TooFarAhead { .. }
            | Refusal::TooLong { .. }
            | Refusal::Over { .. }
            | Refusal::Cancelled(_)
            | Refusal::PersonErased(_)
            | Refusal::SeriesClash { .. }
            | Refusal::NoSuchLocalTime { .. }
            | Refusal::TooMany { .. }
            | Refusal::Letting(_)
            | Refusal::Door(_)
            | Refusal::NeedsApproval(_)
            | Refusal::SeriesNotRequested(_)
            | Refusal::Calendar(_)
            | Refusal::Season(_)
            | Refusal::Shift(_)
            | Refusal::NotConfirmed(_)
            | Refusal::NotRequested(_)
            | Refusal::HoldLapsed(_)
            | Refusal::NotYours(_)
            | Refusal::SlotFree { .. }
            | Refusal::WaitsAlready { .. }
            | Refusal::RoomClosed { .. }
            | Refusal::StockShort { .. }
            | Refusal::StockClaimed { .. } => Code::FailedPrecondition,
        };
        let refusals = refusals.into_iter().chain(of_seasons().into_iter().map(Refusal::Season));
        let refusals = refusals.chain(of_shifts().into_iter().map(Refusal::Shift));
        refusals.map(|refusal| (refusal.clone(), code(&refusal))).collect()
    }

    fn of_seasons() -> Vec<SeasonRefusal> {
        let (round, at) = (SeasonRoundId(Uuid::nil()), Timestamp::UNIX_EPOCH);
        let application = SeasonApplicationId(Uuid::nil());
        vec![
            SeasonRefusal::NotOpen { round, opens: at, closes: at },
            SeasonRefusal::HasOpened(round),
            SeasonRefusal::NotClosed { round, closes: at },
            SeasonRefusal::NoDraft(round),
            SeasonRefusal::IsPublished(round),
            SeasonRefusal::DraftChanged { round, revision: 2 },
            SeasonRefusal::SlotsOverlap { one: 0, other: 1 },
            SeasonRefusal::SlotTooShort { slot: 0, minutes: 60 },
            SeasonRefusal::RoomTooSmall { slot: 0, capacity: 20 },
            SeasonRefusal::Quota { limit: 3, used: 2 },
            SeasonRefusal::SlotGranted { slot: 0, by: application },
            SeasonRefusal::TimesClash { application, with: 1 },
            SeasonRefusal::NotLive(application),
            SeasonRefusal::RoundPending(round),
        ]
    }

    fn of_shifts() -> Vec<ShiftRefusal> {
        let (shift, start) = (ShiftId(Uuid::nil()), Timestamp::UNIX_EPOCH);
        vec![
            ShiftRefusal::NotAHost(shift),
            ShiftRefusal::NotInCharge { shift, by: PersonId(Uuid::nil()) },
            ShiftRefusal::NotAmongHosts { person: PersonId(Uuid::nil()) },
            ShiftRefusal::NotHandedOver(shift),
            ShiftRefusal::NotBegun { shift, start },
            ShiftRefusal::Dropped(shift),
        ]
    }

    #[test]
    fn every_refusal_has_its_code_and_a_reason_of_its_own() {
        let mut reasons = HashSet::new();
        for (refusal, code) in every_refusal() {
            let status = dugnad_door::status(&Error::Refused(refusal.clone()));

            assert_eq!(status.code(), code, "{refusal:?}");
            assert_eq!(status.message(), refusal.to_string());
            let info = status.get_details_error_info().unwrap();
            assert!(!info.metadata.is_empty(), "{refusal:?} says nothing to a program");
            assert!(reasons.insert(info.reason.clone()), "{} twice", info.reason);
            let shape = |c: char| c.is_ascii_uppercase() || c == '_';
            assert!(info.reason.chars().all(shape), "{}", info.reason);
        }
        assert_eq!(reasons.len(), 69);
    }

    #[test]
    fn a_value_that_no_rule_can_work_with_is_blamed_on_its_field() {
        for (refusal, code) in every_refusal() {
            let named = dugnad_door::status(&Error::Refused(refusal)).get_details_bad_request();

            let fields = named.map(|bad| bad.field_violations[0].field.clone());
            let blamed = (code == Code::InvalidArgument).then(|| "series.rrule".to_owned());
            assert_eq!(fields, blamed);
        }
    }

    #[test]
    fn a_clash_tells_who_is_in_the_way_and_until_when() {
        let (taken, _) = every_refusal().remove(3);

        let info = dugnad_door::status(&Error::Refused(taken)).get_details_error_info().unwrap();

        assert_eq!(info.metadata["by"], "bookings/00000000-0000-0000-0000-000000000001");
        assert_eq!(info.metadata["until"], "1970-01-01T00:00:00Z");
    }
}
