//! The walk through a rule's local times, in order.
//!
//! Period by period (a year, a week, a minute…): the days of the period that the rule names, times
//! the times of day that it names, thinned out by `BYSETPOS`. Nothing is stored but the chosen
//! places of one period, and every look at a day or a time costs a step of a fixed budget, so that
//! no rule whatever takes long.

use std::{
    iter::successors,
    ops::ControlFlow::{self, Break, Continue},
};

use jiff::{
    Span, Timestamp,
    civil::{Date, DateTime},
    tz::Offset,
};

use super::{
    days::Days,
    rule::{Frequency, Rule, Small},
};

/// How a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The rule has no further dates before the year 10 000.
    End,
    /// The receiver wanted no more.
    Limit,
    /// The budget is used up.
    TooMuchWork,
}

/// Days and times looked at: some seven hundred years of single days, a few milliseconds.
const BUDGET: u32 = 250_000;

type Visit<'v> = &'v mut dyn FnMut(DateTime) -> ControlFlow<Stop>;

pub(super) struct Walk<'r> {
    rule: &'r Rule,
    start: DateTime,
    days: Days<'r>,
    /// Whether the zone's clock jumps over a local time.
    skipped: &'r dyn Fn(DateTime) -> bool,
    budget: u32,
}

impl<'r> Walk<'r> {
    pub(super) fn new(
        rule: &'r Rule,
        start: DateTime,
        skipped: &'r dyn Fn(DateTime) -> bool,
    ) -> Self {
        Self { rule, start, days: Days::new(rule, start), skipped, budget: BUDGET }
    }

    /// Hands every local time of the rule, from the start on, to `visit` until it breaks.
    pub(super) fn run(mut self, visit: Visit<'_>) -> Stop {
        let walked = match self.rule.frequency {
            Frequency::Yearly => self.years(visit),
            Frequency::Monthly => self.months(visit),
            Frequency::Weekly => self.spans(self.first_week(), 7, visit),
            Frequency::Daily => self.spans(self.start.date(), 1, visit),
            Frequency::Hourly => self.clock(3600, visit),
            Frequency::Minutely => self.clock(60, visit),
            Frequency::Secondly => self.clock(1, visit),
        };
        match walked {
            Break(stop) => stop,
            Continue(()) => Stop::End,
        }
    }

    fn interval(&self) -> usize {
        self.rule.interval as usize
    }

    fn years(&mut self, visit: Visit<'_>) -> ControlFlow<Stop> {
        let times = self.times_of_day();
        for year in (i32::from(self.start.year())..=9999).step_by(self.interval()) {
            let Ok(first) = Date::new(year as i16, 1, 1) else { break };
            self.period(first, first.last_of_year(), &times, visit)?;
        }
        Continue(())
    }

    fn months(&mut self, visit: Visit<'_>) -> ControlFlow<Stop> {
        let times = self.times_of_day();
        let start = i32::from(self.start.year()) * 12 + i32::from(self.start.month()) - 1;
        for month in (start..=9999 * 12 + 11).step_by(self.interval()) {
            let (year, month) = (month.div_euclid(12) as i16, month.rem_euclid(12) as i8 + 1);
            let Ok(first) = Date::new(year, month, 1) else { break };
            self.period(first, first.last_of_month(), &times, visit)?;
        }
        Continue(())
    }

    /// Periods of `days` days, from the one that begins with `first`.
    fn spans(&mut self, mut first: Date, days: i64, visit: Visit<'_>) -> ControlFlow<Stop> {
        let times = self.times_of_day();
        let step = days * i64::from(self.rule.interval);
        loop {
            let last = later(first, days - 1).unwrap_or(Date::MAX);
            self.period(first, last, &times, visit)?;
            match later(first, step) {
                Some(next) => first = next,
                None => return Continue(()),
            }
        }
    }

    fn first_week(&self) -> Date {
        let into_week = self.start.weekday().since(self.rule.week_start);
        later(self.start.date(), -i64::from(into_week)).unwrap_or(Date::MIN)
    }

    /// Periods of `unit` seconds on the clock. Days, hours and minutes that the rule does not name
    /// are leapt over.
    fn clock(&mut self, unit: i64, visit: Visit<'_>) -> ControlFlow<Stop> {
        let Ok(start) = Offset::UTC.to_timestamp(self.start) else { return Continue(()) };
        let step = unit * i64::from(self.rule.interval);
        let mut at = start.as_second() - start.as_second().rem_euclid(unit);
        let mut day: Option<(Date, bool)> = None;
        while let Ok(instant) = Timestamp::from_second(at) {
            self.spend()?;
            let shown = Offset::UTC.to_datetime(instant);
            let named = match day {
                Some((date, named)) if date == shown.date() => named,
                _ => self.days.contains(shown.date()),
            };
            day = Some((shown.date(), named));
            match if named { self.unnamed_stretch(shown) } else { Some(86_400) } {
                Some(stretch) => {
                    let resume = at - at.rem_euclid(stretch) + stretch;
                    at += ((resume - at) + step - 1) / step * step;
                }
                None => {
                    self.period(shown.date(), shown.date(), &self.times_at(shown), visit)?;
                    at += step;
                }
            }
        }
        Continue(())
    }

    /// The hour, minute or second (in seconds) around `shown`, if the rule names it not.
    fn unnamed_stretch(&self, shown: DateTime) -> Option<i64> {
        let out = |set: Small, shown: i8| !set.is_empty() && !set.contains(shown);
        let rule = self.rule;
        if out(rule.hours, shown.hour()) {
            Some(3600)
        } else if rule.frequency >= Frequency::Minutely && out(rule.minutes, shown.minute()) {
            Some(60)
        } else if rule.frequency >= Frequency::Secondly && out(rule.seconds, shown.second()) {
            Some(1)
        } else {
            None
        }
    }

    /// The times of one day, where a period is a day or more.
    fn times_of_day(&self) -> Times {
        Times {
            hours: named_or(self.rule.hours, self.start.hour()),
            minutes: named_or(self.rule.minutes, self.start.minute()),
            seconds: named_or(self.rule.seconds, self.start.second()),
        }
    }

    /// The times of the one hour, minute or second at `shown`.
    fn times_at(&self, shown: DateTime) -> Times {
        let rule = self.rule;
        Times {
            hours: vec![shown.hour()],
            minutes: match rule.frequency {
                Frequency::Hourly => named_or(rule.minutes, self.start.minute()),
                _ => vec![shown.minute()],
            },
            seconds: match rule.frequency {
                Frequency::Secondly => vec![shown.second()],
                _ => named_or(rule.seconds, self.start.second()),
            },
        }
    }

    /// One period: its days from `first` to `last`, each with `times`.
    fn period(
        &mut self,
        first: Date,
        last: Date,
        times: &Times,
        visit: Visit<'_>,
    ) -> ControlFlow<Stop> {
        self.spend()?;
        if !self.rule.positions.is_empty() {
            for local in self.places(first, last, times)? {
                self.hand(local, visit)?;
            }
            return Continue(());
        }
        let mut date = Some(first.max(self.start.date()));
        while let Some(day) = date.filter(|day| *day <= last) {
            self.spend()?;
            if self.days.contains(day) {
                for at in 0..times.len() {
                    self.spend()?;
                    self.hand(times.on(day, at), visit)?;
                }
            }
            date = match self.days.in_month(day) {
                true => day.tomorrow().ok(),
                false => day.last_of_month().tomorrow().ok(),
            };
        }
        Continue(())
    }

    fn hand(&self, local: DateTime, visit: Visit<'_>) -> ControlFlow<Stop> {
        if local < self.start { Continue(()) } else { visit(local) }
    }

    /// The times of a period that `BYSETPOS` chooses, in order.
    fn places(
        &mut self,
        first: Date,
        last: Date,
        times: &Times,
    ) -> ControlFlow<Stop, Vec<DateTime>> {
        let rule = self.rule;
        let forth = successors(Some(first), |day| day.tomorrow().ok());
        let back = successors(Some(last), |day| day.yesterday().ok());
        let count = times.len();
        let mut chosen = Vec::new();
        self.count_off(
            &rule.positions.front,
            forth.take_while(|day| *day <= last),
            |day, at| times.on(day, at),
            count,
            &mut chosen,
        )?;
        self.count_off(
            &rule.positions.back,
            back.take_while(|day| *day >= first),
            |day, at| times.on(day, count - 1 - at),
            count,
            &mut chosen,
        )?;
        chosen.sort_unstable();
        chosen.dedup();
        Continue(chosen)
    }

    /// Counts from one end of a period up to the furthest place wanted, and no further.
    fn count_off(
        &mut self,
        wanted: &[u16],
        days: impl Iterator<Item = Date>,
        time: impl Fn(Date, usize) -> DateTime,
        times: usize,
        chosen: &mut Vec<DateTime>,
    ) -> ControlFlow<Stop> {
        let Some(furthest) = wanted.last() else { return Continue(()) };
        let mut place = 0;
        for day in days {
            self.spend()?;
            if !self.days.contains(day) {
                continue;
            }
            for local in (0..times).map(|at| time(day, at)) {
                self.spend()?;
                if (self.skipped)(local) {
                    continue;
                }
                place += 1;
                if wanted.binary_search(&place).is_ok() {
                    chosen.push(local);
                }
                if place == *furthest {
                    return Continue(());
                }
            }
        }
        Continue(())
    }

    fn spend(&mut self) -> ControlFlow<Stop> {
        match self.budget.checked_sub(1) {
            Some(left) => self.budget = left,
            None => return Break(Stop::TooMuchWork),
        }
        Continue(())
    }
}

/// The times of one day that a period holds: every hour with every minute with every second.
struct Times {
    hours: Vec<i8>,
    minutes: Vec<i8>,
    seconds: Vec<i8>,
}

impl Times {
    fn len(&self) -> usize {
        self.hours.len() * self.minutes.len() * self.seconds.len()
    }

    /// The `at`th time, on `day`.
    fn on(&self, day: Date, at: usize) -> DateTime {
        let (minutes, seconds) = (self.minutes.len(), self.seconds.len());
        day.at(
            self.hours[at / (minutes * seconds)],
            self.minutes[at / seconds % minutes],
            self.seconds[at % seconds],
            0,
        )
    }
}

fn named_or(named: Small, otherwise: i8) -> Vec<i8> {
    if named.is_empty() { vec![otherwise] } else { named.iter().collect() }
}

/// The date `days` later, if the calendar has it.
fn later(date: Date, days: i64) -> Option<Date> {
    date.checked_add(Span::new().try_days(days).ok()?).ok()
}
