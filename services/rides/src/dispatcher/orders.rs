//! The next dates of standing orders: each is asked for as if somebody had called.

use std::{collections::HashMap, sync::PoisonError};

use dugnad_events::{StandingOrderId, rides};
use dugnad_journal::Tenant;
use dugnad_ledger::{Ask, Caller};
use jiff::civil::Date;
use uuid::Uuid;

use super::{Asked, Dispatcher, Failed, ends, fresh_id, ride_id};
use crate::model::{self, Command, Order, State};

/// How many shifts a day had when a date of an order was refused: it is tried again when there are more.
pub(super) type Retried = HashMap<(Tenant, StandingOrderId, Date), usize>;

/// What is to be promised next.
struct Due {
    dates: Vec<Date>,
    order: Order,
    through: Date,
}

impl Dispatcher {
    /// Promises the dates of an order that the horizon has reached, and tries those again that were
    /// refused when fewer drove.
    pub(crate) async fn expand(&self, tenant: &Tenant, id: StandingOrderId) -> Result<(), Failed> {
        let look = move |state: &State, now| {
            let order = state.orders.get(&id)?.clone();
            let (today, through) = (model::service_day(now), state.horizon(now));
            let mut dates = order.dates(through).unwrap_or_default();
            let until = order.facts.until.unwrap_or(Date::MAX);
            dates.extend(order.refused.keys().filter(|day| **day <= until));
            dates.retain(|day| *day >= today && !order.rides.contains_key(day));
            let shifts = |day: &Date| state.days.get(day).map_or(0, |day| day.shifts.len());
            let shifts: Vec<usize> = dates.iter().map(shifts).collect();
            Some((Due { dates, order, through }, shifts, now))
        };
        let Some((due, shifts, now)) = self.look(tenant, look).await? else { return Ok(()) };
        let caller = Caller { tenant: tenant.clone(), id: due.order.by };
        let mut refused = Vec::new();
        for (&day, shifts) in due.dates.iter().zip(shifts) {
            if due.order.refused.contains_key(&day) && !self.is_worth_it(tenant, id, day, shifts) {
                continue;
            }
            if let Err((reason, text)) = self.promise_date(&caller, id, &due.order, day).await? {
                self.note(tenant, id, day, shifts);
                refused.push((day, reason, text));
            }
        }
        let command = Command::Expanded { order: id, through: due.through, refused };
        let ask = Ask { request_id: fresh_id(now), command };
        let nobody = Caller { tenant: tenant.clone(), id: Uuid::nil() };
        let done = self.desk.ledger.execute(&nobody, ask, None).await;
        Ok(done.map(drop)?)
    }

    /// The inner error is why the date cannot be promised.
    async fn promise_date(
        &self,
        caller: &Caller,
        id: StandingOrderId,
        order: &Order,
        day: Date,
    ) -> Result<Result<(), (String, String)>, Failed> {
        let of = Uuid::new_v5(&id.0, day.to_string().as_bytes());
        let rides = std::iter::once(&order.facts.ride).chain(order.facts.home.as_deref());
        let mut asked: Vec<Asked> = Vec::new();
        for (n, ride) in (0..).zip(rides) {
            let way = self.desk.vault.open(caller.tenant.as_str(), &ride.way).await;
            let way = way?.known();
            let Some(way) = way else {
                return Ok(Err((
                    "PERSON_ERASED".to_owned(),
                    "the traveller was erased".to_owned(),
                )));
            };
            let return_of = (n > 0).then(|| ride_id(of, 0));
            let facts = rides::Ride { return_of, ..model::on_day(ride, day) };
            asked.push(Asked { ride: ride_id(of, n), facts, ends: ends(&way), is_wanted: false });
        }
        let answer = self.request(caller, &asked).await?;
        Ok(answer.map_err(|no| (no.reason.to_owned(), no.text)))
    }

    fn is_worth_it(&self, tenant: &Tenant, id: StandingOrderId, day: Date, shifts: usize) -> bool {
        let retried = self.retried.lock().unwrap_or_else(PoisonError::into_inner);
        retried.get(&(tenant.clone(), id, day)).is_none_or(|before| *before < shifts)
    }

    fn note(&self, tenant: &Tenant, id: StandingOrderId, day: Date, shifts: usize) {
        let mut retried = self.retried.lock().unwrap_or_else(PoisonError::into_inner);
        // Bounded by what is refused within a horizon; forgotten, a date is only tried once more.
        if retried.len() > 100_000 {
            retried.clear();
        }
        retried.insert((tenant.clone(), id, day), shifts);
    }

    /// Whether refused dates of an order are worth another try.
    pub(super) fn has_retries(
        &self,
        tenant: &Tenant,
        refused: &[(StandingOrderId, Date, usize)],
    ) -> Vec<StandingOrderId> {
        let mut again: Vec<StandingOrderId> = refused
            .iter()
            .filter(|(id, day, shifts)| self.is_worth_it(tenant, *id, *day, *shifts))
            .map(|(id, ..)| *id)
            .collect();
        again.dedup();
        again
    }
}
