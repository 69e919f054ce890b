//! Which days a rule names: one question a day, the same for every frequency.

use jiff::civil::{Date, DateTime, Weekday};

use super::rule::{Frequency, Places, Rule, Small};

/// The day parts of a rule, with what it leaves unsaid taken from the start (RFC 5545 3.3.10).
pub(super) struct Days<'r> {
    rule: &'r Rule,
    months: Small,
    weekdays: Small,
    /// The day of the month the start gives, where the rule names no day in any other way.
    month_day: Option<i8>,
}

impl<'r> Days<'r> {
    pub(super) fn new(rule: &'r Rule, start: DateTime) -> Self {
        let unnamed = rule.weeks.is_empty()
            && rule.year_days.is_empty()
            && rule.month_days.is_empty()
            && rule.weekdays.is_empty()
            && rule.nth_weekdays.iter().all(Places::is_empty);
        let mut days = Self { rule, months: rule.months, weekdays: rule.weekdays, month_day: None };
        match rule.frequency {
            Frequency::Yearly | Frequency::Monthly if unnamed => {
                days.month_day = Some(start.day());
                if rule.frequency == Frequency::Yearly && rule.months.is_empty() {
                    days.months.insert(start.month().unsigned_abs());
                }
            }
            Frequency::Weekly if unnamed => {
                days.weekdays.insert(start.weekday().to_monday_zero_offset().unsigned_abs());
            }
            _ => {}
        }
        days
    }

    /// Whether the rule can name a day in the month of `date`.
    pub(super) fn in_month(&self, date: Date) -> bool {
        self.months.is_empty() || self.months.contains(date.month())
    }

    /// Whether the rule names this day.
    pub(super) fn contains(&self, date: Date) -> bool {
        self.in_month(date)
            && self.month_day.is_none_or(|day| day == date.day())
            && self.month_day_matches(date)
            && self.weekday_matches(date)
            && self.year_day_matches(date)
            && self.week_matches(date)
    }

    fn month_day_matches(&self, date: Date) -> bool {
        let days = &self.rule.month_days;
        days.is_empty() || {
            let (day, last) = (i16::from(date.day()), i16::from(date.days_in_month()));
            days.contains(day, last - day + 1)
        }
    }

    fn year_day_matches(&self, date: Date) -> bool {
        let days = &self.rule.year_days;
        days.is_empty() || {
            let day = date.day_of_year();
            days.contains(day, date.days_in_year() - day + 1)
        }
    }

    fn weekday_matches(&self, date: Date) -> bool {
        let rule = self.rule;
        let ordinals = rule.nth_weekdays.iter().any(|places| !places.is_empty());
        if self.weekdays.is_empty() && !ordinals {
            return true;
        }
        let weekday = date.weekday().to_monday_zero_offset();
        if self.weekdays.contains(weekday) {
            return true;
        }
        // The second Tuesday of the year, unless the rule is about months.
        let of_year = rule.frequency == Frequency::Yearly && rule.months.is_empty();
        let (day, last) = match of_year {
            true => (date.day_of_year(), date.days_in_year()),
            false => (i16::from(date.day()), i16::from(date.days_in_month())),
        };
        ordinals
            && rule.nth_weekdays[usize::from(weekday.unsigned_abs())]
                .contains((day - 1) / 7 + 1, (last - day) / 7 + 1)
    }

    /// A day belongs to the week it lies in, also where that week is counted to the year before or
    /// after.
    fn week_matches(&self, date: Date) -> bool {
        let weeks = &self.rule.weeks;
        weeks.is_empty() || {
            let (week, last) = week_of(date, self.rule.week_start);
            weeks.contains(week, last - week + 1)
        }
    }
}

/// The number of the week a day lies in, and of the last week of the year that week is counted to.
/// Week 1 is the first with at least four days in the year (RFC 5545 3.3.10).
fn week_of(date: Date, week_start: Weekday) -> (i16, i16) {
    let year = date.year();
    let day = date.day_of_year() - 1;
    let days = date.days_in_year();
    let into_week = i16::from(date.weekday().since(week_start));
    // Days from 1 January to the first day of week 1, given the weekday a year begins with.
    let first_week = |new_year: i16| if new_year <= 3 { -new_year } else { 7 - new_year };
    let new_year = (into_week - day).rem_euclid(7);
    let begins = first_week(new_year);
    let ends = days + first_week((new_year + days) % 7);
    if day < begins {
        let before = if leap(year - 1) { 366 } else { 365 };
        let begins = first_week((new_year - before).rem_euclid(7)) - before;
        let last = (first_week(new_year) - begins) / 7;
        ((day - begins) / 7 + 1, last)
    } else if day >= ends {
        let after = if leap(year + 1) { 366 } else { 365 };
        let next_new_year = (new_year + days) % 7;
        let last =
            (after + first_week((next_new_year + after) % 7) - first_week(next_new_year)) / 7;
        ((day - ends) / 7 + 1, last)
    } else {
        ((day - begins) / 7 + 1, (ends - begins) / 7)
    }
}

fn leap(year: i16) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}
