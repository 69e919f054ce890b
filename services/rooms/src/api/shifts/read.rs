//! Takes requests about shifts apart, each field within its bounds.

use dugnad_door::{Invalid, Within as _, field};
use dugnad_events::{
    Code,
    rooms::{HostDeadline, LogKind, ShiftHours, ShiftRules, Staffing, Unhosted},
};
use dugnad_proto::rooms::v1 as pb;
use dugnad_vault::PersonId;
use jiff::civil::Date;

use crate::{
    api::hours,
    model::{FURTHEST_SHIFT_DAYS, MOST_HOSTS, MOST_STAFFING},
};

pub(super) const LONGEST_TEXT: usize = 2_000;
const MOST_HOURS: usize = 20;
const MOST_PURPOSES: usize = 20;
const LONGEST_LIST_DAYS: i32 = 400;

pub(super) fn rules(rules: &pb::ShiftRules) -> Result<ShiftRules, Invalid> {
    let minutes = |name: &str, value: Option<i32>, usual, bounds| {
        let minutes = value.map_or(Ok(usual), |value| field::within(name, value, bounds));
        minutes.map(|minutes| u16::try_from(minutes).unwrap_or(u16::MAX))
    };
    let hours = field::at_most("hours", &rules.hours, MOST_HOURS)?.iter().enumerate();
    let hours = hours.map(|(i, it)| stretch(it).within_item("hours", i));
    let purposes = field::at_most("purpose_kinds", &rules.purpose_kinds, MOST_PURPOSES)?;
    let purposes = purposes.iter().enumerate();
    let purposes = purposes.map(|(i, it)| field::name("", it).within_item("purpose_kinds", i));
    let furthest = i32::from(FURTHEST_SHIFT_DAYS);
    Ok(ShiftRules {
        before_minutes: minutes("before_minutes", rules.before_minutes, 15, 0..=240)?,
        after_minutes: minutes("after_minutes", rules.after_minutes, 30, 0..=240)?,
        longest_minutes: minutes("longest_minutes", rules.longest_minutes, 300, 30..=1440)?,
        merge_minutes: minutes("merge_minutes", rules.merge_minutes, 60, 0..=720)?,
        horizon_days: minutes("horizon_days", rules.horizon_days, 60, 1..=furthest)?,
        staffing: staffing(&rules.staffing)?,
        hours: hours.collect::<Result<_, _>>()?,
        purposes: purposes.collect::<Result<_, _>>()?,
        deadline: deadline(rules)?,
    })
}

fn staffing(staffing: &[pb::ShiftStaffing]) -> Result<Vec<Staffing>, Invalid> {
    let staffing = field::at_most("staffing", staffing, MOST_STAFFING)?;
    let mut read: Vec<Staffing> = Vec::with_capacity(staffing.len());
    for (i, one) in staffing.iter().enumerate() {
        let one = staffed(one).within_item("staffing", i)?;
        if read.iter().any(|other| other.kind == one.kind) {
            return Err(Invalid::new("kind", "is named twice")).within_item("staffing", i);
        }
        read.push(one);
    }
    Ok(read)
}

fn staffed(one: &pb::ShiftStaffing) -> Result<Staffing, Invalid> {
    let kind: Code = field::name("kind", &one.kind)?;
    let heads = field::within("heads", one.heads, 1..=i32::try_from(MOST_HOSTS).unwrap_or(1))?;
    Ok(Staffing { kind, heads, required: one.required })
}

fn stretch(it: &pb::ShiftHours) -> Result<ShiftHours, Invalid> {
    let (weekdays, window) = hours::read_stretch(&it.weekdays, it.hours.as_ref())?;
    Ok(ShiftHours { weekdays, from: window.opens(), to: window.closes() })
}

fn deadline(rules: &pb::ShiftRules) -> Result<Option<HostDeadline>, Invalid> {
    let hours = field::within("deadline_hours", rules.deadline_hours, 0..=720)?;
    let then = match pb::UnhostedAction::try_from(rules.unhosted) {
        Ok(pb::UnhostedAction::Unspecified) if hours == 0 => return Ok(None),
        Ok(pb::UnhostedAction::Warn) if hours > 0 => Unhosted::Warn,
        Ok(pb::UnhostedAction::Release) if hours > 0 => Unhosted::Release,
        Ok(pb::UnhostedAction::ManualOpening) if hours > 0 => Unhosted::ManualOpening,
        _ => return Err(Invalid::new("unhosted", "is set with the deadline, and not without it")),
    };
    Ok(Some(HostDeadline { hours, then }))
}

pub(super) fn kind(kind: i32) -> Result<LogKind, Invalid> {
    match pb::ShiftLogKind::try_from(kind) {
        Ok(pb::ShiftLogKind::Note) => Ok(LogKind::Note),
        Ok(pb::ShiftLogKind::Deviation) => Ok(LogKind::Deviation),
        _ => Err(Invalid::new("kind", "must be a note or a deviation")),
    }
}

/// Empty is nobody.
pub(super) fn person(name: &str, text: &str) -> Result<Option<PersonId>, Invalid> {
    if text.is_empty() {
        return Ok(None);
    }
    field::id(name, text, "people").map(|id| Some(PersonId(id)))
}

pub(super) fn days(first: Date, last: Date) -> Result<(), Invalid> {
    let days = last.since(first).map_or(-1, |span| span.get_days());
    if (0..LONGEST_LIST_DAYS).contains(&days) {
        return Ok(());
    }
    Err(Invalid::new("last_date", "must be from the first date to 400 days after it"))
}
