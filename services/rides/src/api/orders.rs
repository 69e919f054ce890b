//! Standing orders, date by date.

use dugnad_door::{Call, Within as _, field, local};
use dugnad_events::{
    RideId, StandingOrderId,
    rides::{Event, StandingOrder},
};
use dugnad_proto::rides::v1 as pb;
use tonic::Status;

use super::{ALL_OFFICES, Api, is_one_of, no_such_event, not_found, not_yours, show};
use crate::model::{Command, Order, State};

const LONGEST_RULE: usize = 500;

impl Api {
    pub(super) async fn create_standing_order(
        &self,
        call: &Call,
        request: pb::CreateStandingOrderRequest,
    ) -> Result<pb::CreateStandingOrderResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let order = field::required("order", request.order.as_ref())?;
        let trip = field::required("order.trip", order.trip.as_ref())?;
        let rrule = field::label("rrule", &order.rrule, LONGEST_RULE).within("order")?.to_owned();
        let mut asked = self.asked(call, id, trip, order.home_after.as_ref()).await?.into_iter();
        let ride = asked.next().ok_or_else(no_such_event)?.facts;
        let home = asked.next().map(|home| Box::new(home.facts));
        let facts = StandingOrder { ride, home, rrule, until: None };
        let events = self.desk.execute(call, id, Command::SetOrder(Box::new(facts))).await?;
        let [Event::OrderSet { order, .. }] = &*events else { return Err(no_such_event()) };
        // Should it fail, the order stands, and its dates are looked at in the background.
        let expanded = self.dispatcher.expand(&call.caller.tenant, *order).await;
        expanded.unwrap_or_else(|why| tracing::warn!("dates are promised later: {why}"));
        let order = Some(self.order(call, *order).await?);
        Ok(pb::CreateStandingOrderResponse { order })
    }

    pub(super) async fn get_standing_order(
        &self,
        call: &Call,
        request: pb::GetStandingOrderRequest,
    ) -> Result<pb::GetStandingOrderResponse, Status> {
        let id = field::name("name", &request.name)?;
        let order = Some(self.order(call, id).await?);
        Ok(pb::GetStandingOrderResponse { order })
    }

    pub(super) async fn end_standing_order(
        &self,
        call: &Call,
        request: pb::EndStandingOrderRequest,
    ) -> Result<pb::EndStandingOrderResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let order = field::name("name", &request.name)?;
        let on = local::date("on", &request.on)?;
        // Whose it is, before anything changes.
        self.order(call, order).await?;
        let events = self.desk.execute(call, id, Command::EndOrder { order, on }).await?;
        self.look_after(call, &events).await?;
        let order = Some(self.order(call, order).await?);
        Ok(pb::EndStandingOrderResponse { order })
    }

    async fn order(&self, call: &Call, id: StandingOrderId) -> Result<pb::StandingOrder, Status> {
        let look = move |state: &State, now| {
            let order = state.orders.get(&id)?;
            let shown = |ids: &[RideId]| {
                let known = ids.iter().filter_map(|id| Some((*id, state.rides.get(id)?)));
                known.map(|(id, ride)| show::ride(state, id, ride, now)).collect::<Vec<_>>()
            };
            let mut dates: Vec<pb::StandingOrderDate> = Vec::new();
            for (day, rides) in &order.rides {
                let (day, rides) = (day.to_string(), shown(rides));
                dates.push(pb::StandingOrderDate { day, rides, ..Default::default() });
            }
            for (day, (reason, text)) in &order.refused {
                let (day, reason, text) = (day.to_string(), reason.clone(), text.clone());
                dates.push(pb::StandingOrderDate { day, rides: Vec::new(), reason, text });
            }
            dates.sort_by(|a, b| a.day.cmp(&b.day));
            Some((order.clone(), dates))
        };
        let found: Option<(Order, _)> = self.desk.look(call, look).await?;
        let (order, dates) = found.ok_or_else(|| not_found(id))?;
        let ride = &order.facts.ride;
        let caller = call.caller.id;
        let theirs = order.by == caller || ride.traveller.0 == caller;
        if !theirs && !is_one_of(call, ALL_OFFICES) {
            return Err(not_yours(id));
        }
        let trip = pb::Trip { traveller: ride.traveller.to_string(), ..pb::Trip::default() };
        let shown = pb::Ride { trip: Some(trip), ..pb::Ride::default() };
        let shown = show::opened(shown, self.desk.open(call, &ride.way).await?);
        let home = order.facts.home.as_ref();
        Ok(pb::StandingOrder {
            name: id.to_string(),
            trip: shown.trip,
            home_after: home.map(|home| show::instant(home.day, home.pickup.from)),
            rrule: order.facts.rrule,
            until: order.facts.until.map(|it| it.to_string()).unwrap_or_default(),
            dates,
        })
    }
}
