//! Standing orders: a ride that comes again and again, promised date by date as the horizon moves on.

use std::collections::BTreeMap;

use dugnad_calendar::{Occurrence, expand_first};
use dugnad_events::{
    RideId, StandingOrderId,
    rides::{Cancelling, Event, Moment, Ride, Span, StandingOrder},
};
use dugnad_ledger::Context;
use jiff::{SignedDuration, civil::Date};
use uuid::Uuid;

use super::{Refusal, State, happen::call_off, propose::plannable, time};

/// The most standing orders that have not ended.
pub const MOST_ORDERS: usize = 5_000;
/// The most dates of one standing order that are ever looked at.
pub const MOST_DATES: usize = 1_000;

/// A ride that comes again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// What, and when.
    pub facts: StandingOrder,
    /// Who asked.
    pub by: Uuid,
    /// Its dates were looked at up to and with this day.
    pub through: Option<Date>,
    /// What was promised.
    pub rides: BTreeMap<Date, Vec<RideId>>,
    /// What could not be, and why: for machines and in words.
    pub refused: BTreeMap<Date, (String, String)>,
}

impl Order {
    pub(super) fn new(facts: StandingOrder, by: Uuid) -> Self {
        let (rides, refused) = (BTreeMap::new(), BTreeMap::new());
        Self { facts, by, through: None, rides, refused }
    }

    /// The dates that are to be promised next, up to and with a day.
    ///
    /// # Errors
    /// What is wrong with the rule.
    pub fn dates(&self, through: Date) -> Result<Vec<Date>, String> {
        let ride = &self.facts.ride;
        // The day is what comes again; the times of the day stand in the ride.
        let start = ride.day.at(12, 0, 0, 0);
        let all = expand_first(start, time::here(), &self.facts.rrule, &[], MOST_DATES)
            .map_err(|problem| problem.to_string())?;
        let until = self.facts.until.map_or(through, |until| until.min(through));
        let days = all.into_iter().filter_map(|date| match date {
            Occurrence::At(local, _) => Some(local.date()),
            Occurrence::NoSuchLocalTime(_) => None,
        });
        let new = |day: &Date| *day <= until && self.through.is_none_or(|seen| *day > seen);
        Ok(days.filter(new).collect())
    }
}

/// A ride of another day: at the same times as the clock shows them.
#[must_use]
pub fn on_day(ride: &Ride, day: Date) -> Ride {
    let shift = |moment: Moment| {
        let local = time::here().to_datetime(time::instant(ride.day, moment));
        let days = local.date().since(ride.day).map_or(0, |span| span.get_days());
        let date = day.saturating_add(jiff::Span::new().days(days));
        let there = date.to_datetime(local.time()).to_zoned(time::here().clone());
        there.map_or(moment, |there| time::moment(day, there.timestamp()))
    };
    // The ends move by the same: a window is as long as it was.
    let span = |span: Span| {
        let until = shift(span.until);
        Span { from: until - (span.until - span.from), until }
    };
    Ride { day, pickup: span(ride.pickup), dropoff: span(ride.dropoff), ..ride.clone() }
}

pub(super) fn set(
    state: &State,
    cx: &Context,
    facts: StandingOrder,
) -> Result<Vec<Event>, Refusal> {
    state.not_erased(facts.ride.traveller)?;
    plannable(cx.now, facts.ride.day)?;
    let today = time::service_day(cx.now);
    let live = |order: &&Order| order.facts.until.is_none_or(|until| until >= today);
    if state.orders.values().filter(live).count() >= MOST_ORDERS {
        return Err(Refusal::TooMany { what: "standing orders", limit: MOST_ORDERS });
    }
    let invalid = |problem| Refusal::Invalid { field: "order.rrule", problem };
    let dates = Order::new(facts.clone(), cx.caller.id).dates(Date::MAX).map_err(invalid)?;
    if dates.is_empty() {
        return Err(invalid("gives no date".to_owned()));
    }
    let (order, by) = (StandingOrderId(cx.id(0)), cx.caller.id);
    let in_order = |ride: Ride| Ride { order: Some(order), ..ride };
    let facts = StandingOrder {
        ride: in_order(facts.ride),
        home: facts.home.map(|home| Box::new(in_order(*home))),
        ..facts
    };
    Ok(vec![Event::OrderSet { order, facts, by }])
}

pub(super) fn end(
    state: &State,
    cx: &Context,
    id: StandingOrderId,
    on: Date,
) -> Result<Vec<Event>, Refusal> {
    let order = state.orders.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))?;
    if order.facts.until.is_some_and(|until| until <= on) {
        return Ok(Vec::new());
    }
    let later = order.rides.iter().filter(|(day, _)| **day > on).flat_map(|(_, rides)| rides);
    let later: Vec<_> = later.map(|ride| (*ride, Cancelling::OrderEnded)).collect();
    let mut events = vec![Event::OrderEnded { order: id, on }];
    events.extend(call_off(state, cx, &later));
    Ok(events)
}

pub(super) fn expanded(
    state: &State,
    id: StandingOrderId,
    through: Date,
    refused: Vec<(Date, String, String)>,
) -> Result<Vec<Event>, Refusal> {
    let order = state.orders.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))?;
    if order.through.is_some_and(|seen| seen >= through) {
        return Ok(Vec::new());
    }
    let new = refused.into_iter().filter(|(day, ..)| !order.refused.contains_key(day));
    let refused =
        new.map(|(day, reason, text)| Event::DateRefused { order: id, day, reason, text });
    Ok(refused.chain([Event::OrderExpanded { order: id, through }]).collect())
}

impl State {
    /// The last day that standing orders are promised for now.
    #[must_use]
    pub fn horizon(&self, now: jiff::Timestamp) -> Date {
        let days = i64::from(self.rules.horizon_days);
        let ahead = now.saturating_add(SignedDuration::from_hours(24 * days));
        time::service_day(ahead.unwrap_or(now))
    }

    /// Standing orders with dates to be looked at.
    #[must_use]
    pub fn orders_due(&self, now: jiff::Timestamp) -> Vec<StandingOrderId> {
        let horizon = self.horizon(now);
        let due = self.orders.iter().filter(|(_, order)| {
            let goes_on =
                order.facts.until.is_none_or(|until| order.through.is_none_or(|seen| seen < until));
            goes_on
                && order.through.is_none_or(|seen| seen < horizon)
                && !self.erased.contains(&order.facts.ride.traveller)
        });
        due.map(|(id, _)| *id).collect()
    }
}
