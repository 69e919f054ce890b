//! Shifts, as clients read them.

use dugnad_events::rooms::{LogKind, ShiftHours, ShiftRules, Staffing, Unhosted};
use dugnad_proto::rooms::v1 as pb;
use dugnad_vault::PersonId;

use crate::{
    api::{hours, show},
    model::{Entry, Shift, Wrote},
};

pub(super) fn rules(rules: &ShiftRules) -> pb::ShiftRules {
    let stretch = |it: &ShiftHours| {
        let (weekdays, hours) = hours::show_stretch(it.weekdays, it.from, it.to);
        pb::ShiftHours { weekdays, hours }
    };
    let staffed = |it: &Staffing| pb::ShiftStaffing {
        kind: it.kind.to_string(),
        heads: show::count(it.heads.into()),
        required: it.required,
    };
    pb::ShiftRules {
        before_minutes: Some(rules.before_minutes.into()),
        after_minutes: Some(rules.after_minutes.into()),
        longest_minutes: Some(rules.longest_minutes.into()),
        merge_minutes: Some(rules.merge_minutes.into()),
        horizon_days: Some(rules.horizon_days.into()),
        staffing: rules.staffing.iter().map(staffed).collect(),
        hours: rules.hours.iter().map(stretch).collect(),
        purpose_kinds: rules.purposes.iter().map(ToString::to_string).collect(),
        deadline_hours: rules.deadline.map_or(0, |it| show::count(it.hours.into())),
        unhosted: unhosted(rules.deadline.map(|it| it.then)).into(),
    }
}

fn unhosted(then: Option<Unhosted>) -> pb::UnhostedAction {
    match then {
        None => pb::UnhostedAction::Unspecified,
        Some(Unhosted::Warn) => pb::UnhostedAction::Warn,
        Some(Unhosted::Release) => pb::UnhostedAction::Release,
        Some(Unhosted::ManualOpening) => pb::UnhostedAction::ManualOpening,
    }
}

/// Without its log.
pub(super) fn shift(shift: &Shift) -> pb::Shift {
    let person = |person: Option<PersonId>| person.map(|it| it.to_string()).unwrap_or_default();
    let hosts = shift.hosts.iter().map(|(assignment, host)| pb::ShiftHost {
        assignment: assignment.to_string(),
        person: host.person.to_string(),
        missed: host.missed,
    });
    pb::Shift {
        name: shift.id.to_string(),
        facility: shift.facility.to_string(),
        date: shift.day.to_string(),
        kind: shift.facts.kind.to_string(),
        heads: show::count(shift.facts.heads.into()),
        interval: Some(show::interval(shift.facts.span)),
        revision: show::count(shift.revision.into()),
        dropped: shift.dropped,
        need: shift.id.need(shift.revision).to_string(),
        hosts: hosts.collect(),
        unhosted: unhosted(shift.unhosted).into(),
        in_charge: person(shift.in_charge),
        handed_over_to: person(shift.handover.map(|(_, to)| to)),
        log: Vec::new(),
    }
}

pub(super) fn is_about_somebody(entry: &Entry) -> bool {
    matches!(entry.what, Wrote::Log(_, Some(_)))
}

/// `theirs`: whether the caller wrote it, or may see whom it is about.
pub(super) fn entry(entry: &Entry, text: String, theirs: bool) -> pb::ShiftLogEntry {
    let (kind, about) = match entry.what {
        Wrote::Log(LogKind::Note, about) => (pb::ShiftLogKind::Note, about.filter(|_| theirs)),
        Wrote::Log(LogKind::Deviation, about) => {
            (pb::ShiftLogKind::Deviation, about.filter(|_| theirs))
        }
        Wrote::Handover(to) => (pb::ShiftLogKind::Handover, Some(to)),
    };
    let person = |person: PersonId| {
        if person.0.is_nil() { String::new() } else { person.to_string() }
    };
    pb::ShiftLogEntry {
        kind: kind.into(),
        author: person(PersonId(entry.by)),
        time: Some(show::timestamp(entry.at)),
        about: about.map(person).unwrap_or_default(),
        text,
    }
}
