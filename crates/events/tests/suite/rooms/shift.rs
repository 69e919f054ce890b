//! One of each event of evening shifts.

use dugnad_events::{
    AssignmentId, BookingId, FacilityId, ShiftId,
    rooms::{
        HostDeadline, LogKind, ShiftEvent, ShiftFacts, ShiftHours, ShiftRules, Staffing, Unhosted,
    },
};
use dugnad_vault::PersonId;

use super::{
    super::{id, sealed, span},
    code,
};

pub(super) fn samples() -> Vec<(&'static str, ShiftEvent)> {
    let (shift, facility) = (ShiftId(id(30)), FacilityId(id(2)));
    let (assignment, person) = (AssignmentId(id(31)), PersonId(id(1)));
    let (day, at) = ("2026-12-01".parse().unwrap(), "2026-11-22T09:00:00Z".parse().unwrap());
    let facts = || ShiftFacts { kind: code("host"), heads: 2, span: span() };
    let bookings = vec![BookingId(id(5))];
    let unhosted =
        |then| ShiftEvent::Unhosted { shift, at, hosts: 0, then, bookings: bookings.clone() };
    let logged =
        |kind, about| ShiftEvent::Logged { shift, by: id(7), at, kind, about, text: sealed() };
    let handed =
        |text| ShiftEvent::HandedOver { shift, by: person, to: PersonId(id(32)), at, text };
    vec![
        ("rules_set", ShiftEvent::RulesSet { facility, from: day, rules: Box::new(rules()) }),
        ("planned", ShiftEvent::Planned { shift, facility, day, facts: facts(), at }),
        ("changed", ShiftEvent::Changed { shift, revision: 2, facts: facts(), at }),
        ("dropped", ShiftEvent::Dropped { shift, revision: 2 }),
        ("derived", ShiftEvent::Derived { facility, day }),
        ("host_found", ShiftEvent::HostFound { shift, assignment, person }),
        ("host_lost", ShiftEvent::HostLost { shift, assignment, at }),
        ("unhosted", unhosted(Unhosted::Warn)),
        ("unhosted_released", unhosted(Unhosted::Release)),
        ("unhosted_opened", unhosted(Unhosted::ManualOpening)),
        ("logged", logged(LogKind::Note, None)),
        ("logged_about", logged(LogKind::Deviation, Some(person))),
        ("handed_over", handed(Some(sealed()))),
        ("handed_over_silently", handed(None)),
        ("taken_over", ShiftEvent::TakenOver { shift, by: person, at }),
        ("no_show", ShiftEvent::NoShow { shift, assignment, by: id(7), at }),
    ]
}

fn rules() -> ShiftRules {
    ShiftRules {
        before_minutes: 15,
        after_minutes: 30,
        longest_minutes: 300,
        merge_minutes: 60,
        horizon_days: 60,
        staffing: vec![Staffing { kind: code("host"), heads: 2, required: true }],
        hours: vec![ShiftHours { weekdays: 0b001_1111, from: 960, to: 1440 }],
        purposes: vec![code("party")],
        deadline: Some(HostDeadline { hours: 48, then: Unhosted::Release }),
    }
}
