//! A document of letting rules, as clients write it and as the rules know it.

use dugnad_door::{Invalid, Within as _, field};
use dugnad_events::rooms::{
    Applicant, Deadline, Handling, Holding, LettingRules, Per, Period, PriceRow, Quota,
};
use dugnad_proto::rooms::v1::{self as pb, letting_rules as form};

use crate::api::{hours, read::code, show};

const MOST_APPLICANTS: usize = 50;
const MOST_PURPOSES: usize = 50;
const MOST_QUOTAS: usize = 20;
const MOST_ROWS: usize = 200;
const MOST_DEADLINES: usize = 20;
/// A million kroner.
const MOST_OERE: i64 = 100_000_000;
const DAY: i32 = 24 * 60;
/// Three years and a bit: nothing can be booked further ahead.
const MOST_DAYS: i32 = 1_100;
const MOST_MINUTES: i32 = MOST_DAYS * DAY;

pub(super) fn read(rules: &pb::LettingRules) -> Result<LettingRules, Invalid> {
    let minutes = |name: &str, value: Option<i32>, most: i32| {
        value.map(|value| field::within(name, value, 0..=most)).transpose()
    };
    Ok(LettingRules {
        applicants: section("applicants", rules.applicants.as_ref(), |it| {
            items("by_priority", &it.by_priority, MOST_APPLICANTS, applicant)
        })?,
        lead_minutes: minutes("lead_minutes", rules.lead_minutes, MOST_MINUTES)?,
        shortest_minutes: minutes("shortest_minutes", rules.shortest_minutes, MOST_MINUTES)?,
        longest_minutes: minutes("longest_minutes", rules.longest_minutes, MOST_MINUTES)?,
        grid_minutes: minutes("start_grid_minutes", rules.start_grid_minutes, DAY)?.map(short),
        horizon_days: minutes("horizon_days", rules.horizon_days, MOST_DAYS)?.map(short),
        quotas: section("quotas", rules.quotas.as_ref(), |it| {
            items("quotas", &it.quotas, MOST_QUOTAS, quota)
        })?,
        adult_in_charge: rules.adult_in_charge,
        terms: minutes("terms_version", rules.terms_version, i32::MAX)?,
        prices: section("prices", rules.prices.as_ref(), |it| {
            items("rows", &it.rows, MOST_ROWS, row)
        })?,
        cancellation: section("cancellation", rules.cancellation.as_ref(), |it| {
            items("deadlines", &it.deadlines, MOST_DEADLINES, deadline)
        })?,
        handling: section("handling", rules.handling.as_ref(), |it| {
            let (required, holds) = (it.required, it.holds_slot);
            let answer_minutes =
                field::within("answer_minutes", it.answer_minutes, 1..=MOST_MINUTES)?;
            Ok(Handling { required, holds, answer_minutes })
        })?,
        holding: section("holding", rules.holding.as_ref(), |it| {
            Ok(Holding {
                form_minutes: field::within("form_minutes", it.form_minutes, 1..=DAY)?,
                offer_minutes: field::within("offer_minutes", it.offer_minutes, 1..=30 * DAY)?,
            })
        })?,
    })
}

fn section<T, R>(
    name: &str,
    value: Option<&T>,
    read: impl FnOnce(&T) -> Result<R, Invalid>,
) -> Result<Option<R>, Invalid> {
    value.map(read).transpose().within(name)
}

fn items<T, R>(
    name: &str,
    items: &[T],
    most: usize,
    read: impl Fn(&T) -> Result<R, Invalid>,
) -> Result<Vec<R>, Invalid> {
    let items = field::at_most(name, items, most)?.iter().enumerate();
    items.map(|(i, item)| read(item).within_item(name, i)).collect()
}

/// What was bounded by the days of three years, or the minutes of one.
fn short(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

fn applicant(it: &form::Applicant) -> Result<Applicant, Invalid> {
    let opens = it.opens_days.map(|days| field::within("opens_days", days, 0..=MOST_DAYS));
    Ok(Applicant {
        kind: field::name("kind", &it.kind)?,
        purposes: items("purposes", &it.purposes, MOST_PURPOSES, |it| field::name("", it))?,
        opens_days: opens.transpose()?.map(short),
    })
}

fn quota(it: &form::Quota) -> Result<Quota, Invalid> {
    let at_most = |name: &str, value: Option<i32>| {
        value.map(|value| field::within(name, value, 0..=i32::MAX)).transpose()
    };
    Ok(Quota {
        applicant: code("applicant_kind", &it.applicant_kind)?,
        period: match pb::Period::try_from(it.period) {
            Ok(pb::Period::Day) => Period::Day,
            Ok(pb::Period::Week) => Period::Week,
            Ok(pb::Period::Month) => Period::Month,
            Ok(pb::Period::Year) => Period::Year,
            Ok(pb::Period::Unspecified) | Err(_) => {
                return Err(Invalid::new("period", "must be one of the values known"));
            }
        },
        bookings: at_most("bookings", it.bookings)?,
        minutes: at_most("minutes", it.minutes)?,
    })
}

fn row(it: &form::PriceRow) -> Result<PriceRow, Invalid> {
    let (weekdays, hours) = hours::read_stretch(&it.weekdays, it.hours.as_ref())?;
    if !(0..=MOST_OERE).contains(&it.oere) {
        return Err(Invalid::new("oere", format!("must be from 0 to {MOST_OERE}")));
    }
    Ok(PriceRow {
        applicant: code("applicant_kind", &it.applicant_kind)?,
        purpose: code("purpose_kind", &it.purpose_kind)?,
        weekdays,
        from: hours.opens(),
        to: hours.closes(),
        oere: it.oere,
        per: if it.per_hour { Per::Hour } else { Per::Booking },
        vat: code("vat_code", &it.vat_code)?,
    })
}

fn deadline(it: &form::Deadline) -> Result<Deadline, Invalid> {
    let hours = field::within("hours_before_start", it.hours_before_start, 0..=MOST_DAYS * 24)?;
    let per_mille = field::within("kept_per_mille", it.kept_per_mille, 0..=1000)?;
    Ok(Deadline { hours, per_mille: short(per_mille) })
}

/// Shows a document so that reading it again gives the same.
pub(super) fn show(rules: &LettingRules) -> pb::LettingRules {
    let number = |value: Option<u32>| value.map(|value| show::count(value.into()));
    let list = |all: &Option<Vec<_>>| all.clone();
    pb::LettingRules {
        applicants: list(&rules.applicants).map(|them| form::Applicants {
            by_priority: them.into_iter().map(show_applicant).collect(),
        }),
        lead_minutes: number(rules.lead_minutes),
        shortest_minutes: number(rules.shortest_minutes),
        longest_minutes: number(rules.longest_minutes),
        start_grid_minutes: rules.grid_minutes.map(i32::from),
        horizon_days: rules.horizon_days.map(i32::from),
        quotas: rules
            .quotas
            .as_ref()
            .map(|all| form::Quotas { quotas: all.iter().map(show_quota).collect() }),
        adult_in_charge: rules.adult_in_charge,
        terms_version: number(rules.terms),
        prices: rules
            .prices
            .as_ref()
            .map(|rows| form::Prices { rows: rows.iter().map(show_row).collect() }),
        cancellation: rules
            .cancellation
            .as_ref()
            .map(|all| form::Cancellation { deadlines: all.iter().map(show_deadline).collect() }),
        handling: rules.handling.map(|it| form::Handling {
            required: it.required,
            holds_slot: it.holds,
            answer_minutes: show::count(it.answer_minutes.into()),
        }),
        holding: rules.holding.map(|it| form::Holding {
            form_minutes: show::count(it.form_minutes.into()),
            offer_minutes: show::count(it.offer_minutes.into()),
        }),
    }
}

fn show_applicant(it: Applicant) -> form::Applicant {
    form::Applicant {
        kind: it.kind.into(),
        purposes: it.purposes.into_iter().map(String::from).collect(),
        opens_days: it.opens_days.map(i32::from),
    }
}

fn show_quota(it: &Quota) -> form::Quota {
    let period = match it.period {
        Period::Day => pb::Period::Day,
        Period::Week => pb::Period::Week,
        Period::Month => pb::Period::Month,
        Period::Year => pb::Period::Year,
    };
    form::Quota {
        applicant_kind: show::code(it.applicant.clone()),
        period: period.into(),
        bookings: it.bookings.map(|value| show::count(value.into())),
        minutes: it.minutes.map(|value| show::count(value.into())),
    }
}

fn show_row(it: &PriceRow) -> form::PriceRow {
    let (weekdays, hours) = hours::show_stretch(it.weekdays, it.from, it.to);
    form::PriceRow {
        applicant_kind: show::code(it.applicant.clone()),
        purpose_kind: show::code(it.purpose.clone()),
        weekdays,
        hours,
        oere: it.oere,
        per_hour: it.per == Per::Hour,
        vat_code: show::code(it.vat.clone()),
    }
}

fn show_deadline(it: &Deadline) -> form::Deadline {
    form::Deadline {
        hours_before_start: show::count(it.hours.into()),
        kept_per_mille: it.per_mille.into(),
    }
}
