//! Rides: asked for, seen, called off.

use dugnad_door::{Call, Invalid, Problem, Within as _, field, page};
use dugnad_events::{
    Code, RideId,
    rides::{self, Event, Way},
};
use dugnad_ledger::RequestId;
use dugnad_proto::rides::v1 as pb;
use dugnad_vault::{PersonId, Sealed};
use jiff::Timestamp;
use tonic::Status;

use super::{ALL_OFFICES, Api, is_one_of, not_found, not_yours, read, show};
use crate::{
    dispatcher::{Asked, ends, ride_id},
    model::{Command, Happening, Standing, State},
};

impl Api {
    /// What the rules of the municipality say of waiting.
    pub(super) async fn wait(&self, call: &Call) -> Result<i32, Status> {
        self.desk.look(call, |state, _| state.rules.wait).await
    }

    pub(super) async fn request_ride(
        &self,
        call: &Call,
        request: pb::RequestRideRequest,
    ) -> Result<pb::RequestRideResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let trip = field::required("trip", request.trip.as_ref())?;
        let asked = self.asked(call, id, trip, request.home_after.as_ref()).await?;
        self.answer(call, id, asked).await
    }

    /// A trip as the rides it takes, sealed.
    pub(super) async fn asked(
        &self,
        call: &Call,
        id: RequestId,
        trip: &pb::Trip,
        home_after: Option<&prost_types::Timestamp>,
    ) -> Result<Vec<Asked>, Status> {
        let trip = read::trip(trip).within("trip")?;
        let after = read::maybe_instant("home_after", home_after)?;
        self.must_speak_for(call, trip.traveller).await?;
        let wait = self.wait(call).await?;
        let sealed = self.desk.seal(call, trip.traveller, id, &trip.way).await?;
        let there = trip.ride(sealed, wait);
        let (ride, is_wanted) = (ride_id(id.uuid(), 0), false);
        let mut asked =
            vec![Asked { ride, facts: there.clone(), ends: ends(&trip.way), is_wanted }];
        if let Some(after) = after {
            let way = trip.way_home();
            let sealed = self.desk.seal(call, trip.traveller, id, &way).await?;
            let facts = trip.home((ride, &there), after, sealed, wait)?;
            asked.push(Asked { ride: ride_id(id.uuid(), 1), facts, ends: ends(&way), is_wanted });
        }
        Ok(asked)
    }

    async fn answer(
        &self,
        call: &Call,
        id: RequestId,
        asked: Vec<Asked>,
    ) -> Result<pb::RequestRideResponse, Status> {
        let day = asked.first().map(|it| it.facts.day).unwrap_or_default();
        if let Some(known) = self.promised(call, id, &asked).await? {
            return Ok(known);
        }
        match self.dispatcher.request(&call.caller, &asked).await? {
            Ok(()) => {
                let known = self.promised(call, id, &asked).await?;
                known.ok_or_else(|| not_found(asked[0].ride))
            }
            Err(no) => Ok(pb::RequestRideResponse {
                refusal: Some(show::refusal(no, day)),
                ..pb::RequestRideResponse::default()
            }),
        }
    }

    /// What these were first promised; `None`: they are new. The way is sealed by the request's id, so that
    /// the same request asks for the same.
    async fn promised(
        &self,
        call: &Call,
        id: RequestId,
        asked: &[Asked],
    ) -> Result<Option<pb::RequestRideResponse>, Status> {
        let wanted: Vec<(RideId, rides::Ride)> =
            asked.iter().map(|it| (it.ride, it.facts.clone())).collect();
        let by = call.caller.id;
        let look = move |state: &State, now| {
            let mut found = Vec::new();
            for (ride, facts) in &wanted {
                let Some(known) = state.rides.get(ride) else { continue };
                found.push((
                    show::first(state, *ride, known, now),
                    known.facts == *facts && known.by == by,
                ));
            }
            (found, wanted.len())
        };
        let (found, all) = self.desk.look(call, look).await?;
        if found.is_empty() {
            return Ok(None);
        }
        if found.len() != all || found.iter().any(|(_, same)| !same) {
            let message = format!("request id {} was used for something else", id.uuid());
            let code = tonic::Code::AlreadyExists;
            return Err(Problem { code, reason: "REQUEST_ID_REUSED", message }.into());
        }
        let mut rides = found.into_iter().map(|(ride, _)| ride);
        Ok(Some(pb::RequestRideResponse { ride: rides.next(), home: rides.next(), refusal: None }))
    }

    pub(super) async fn request_meal_round(
        &self,
        call: &Call,
        request: pb::RequestMealRoundRequest,
    ) -> Result<pb::RequestMealRoundResponse, Status> {
        call.must_be(ALL_OFFICES)?;
        let id = field::request_id(&request.request_id)?;
        let meals = read::meals(&request)?;
        let about = format!("mealRounds/{}", id.uuid());
        let mut deliveries = Vec::with_capacity(meals.len());
        for (n, meal) in (0..).zip(meals) {
            let sealed = self.desk.seal(call, meal.receiver, id, &meal.way).await?;
            let facts = meal.ride(sealed, &about);
            let asked = Asked {
                ride: ride_id(id.uuid(), n),
                facts,
                ends: ends(&meal.way),
                is_wanted: false,
            };
            deliveries.push(self.answer(call, id, vec![asked]).await?);
        }
        Ok(pb::RequestMealRoundResponse { deliveries })
    }

    pub(super) async fn get_ride(
        &self,
        call: &Call,
        request: pb::GetRideRequest,
    ) -> Result<pb::GetRideResponse, Status> {
        let id: RideId = field::name("name", &request.name)?;
        let (caller, office) = (PersonId(call.caller.id), is_one_of(call, ALL_OFFICES));
        let look = move |state: &State, now| {
            let ride = state.rides.get(&id)?;
            let shift = ride.shift.and_then(|shift| state.shifts.get(&shift)).cloned();
            let theirs = state.speaks_for(caller, ride.facts.traveller, now);
            let drives = shift.as_ref().is_some_and(|it| it.facts.driver == caller);
            let may = office || theirs || drives;
            Some((show::ride(state, id, ride, now), ride.facts.way.clone(), shift, may, now))
        };
        let found: Option<(pb::Ride, Sealed<Way>, _, bool, Timestamp)> =
            self.desk.look(call, look).await?;
        let (mut ride, way, shift, may, now) = found.ok_or_else(|| not_found(id))?;
        if !may {
            return Err(not_yours(id));
        }
        if let Some(shift) = shift {
            self.expect(call, &shift, id, &mut ride, now).await?;
        }
        let way = self.desk.open(call, &way).await?;
        Ok(pb::GetRideResponse { ride: Some(show::opened(ride, way)) })
    }

    pub(super) async fn list_rides(
        &self,
        call: &Call,
        request: pb::ListRidesRequest,
    ) -> Result<pb::ListRidesResponse, Status> {
        let day = read::day(&request.day)?;
        let size = page::size(request.page_size)?;
        let (caller, office) = (PersonId(call.caller.id), is_one_of(call, ALL_OFFICES));
        let only_open = request.only_open;
        let query = ("ListRides", day, only_open, office, caller);
        let after: Option<RideId> = page::after(&request.page_token, &query)?;
        let look = move |state: &State, now| {
            let rides = state.days.get(&day).into_iter().flat_map(|day| &day.rides);
            let mut rides =
                rides.filter_map(|id| Some((*id, state.rides.get(id)?))).filter(|(id, ride)| {
                    let new = after.is_none_or(|after| *id > after);
                    let theirs = office || state.speaks_for(caller, ride.facts.traveller, now);
                    let open = matches!(
                        ride.standing,
                        Standing::Loose | Standing::Unserved | Standing::Stranded
                    );
                    new && theirs && (open || !only_open)
                });
            let shown = |(id, ride)| (id, show::ride(state, id, ride, now));
            let found: Vec<_> = rides.by_ref().take(size).map(shown).collect();
            let more = rides.next().and(found.last().map(|(id, _)| *id));
            (found, more)
        };
        let (found, more) = self.desk.look(call, look).await?;
        let (rides, next_page_token) = page::of(found, more, &query);
        Ok(pb::ListRidesResponse { rides, next_page_token })
    }

    pub(super) async fn cancel_ride(
        &self,
        call: &Call,
        request: pb::CancelRideRequest,
    ) -> Result<pb::CancelRideResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let ride: RideId = field::name("name", &request.name)?;
        let reason = match request.reason.as_str() {
            "" => "none-given",
            reason => reason,
        };
        let reason: Code = read::code("reason", reason)?;
        let office = is_one_of(call, ALL_OFFICES);
        let command = Command::Happened(Happening::Cancel { ride, reason, office });
        let events = self.desk.execute(call, id, command).await?;
        let cancelled = cancelled(&events);
        self.look_after(call, &events).await?;
        Ok(pb::CancelRideResponse { rides: self.shown(call, cancelled).await? })
    }

    pub(super) async fn free_rides(
        &self,
        call: &Call,
        request: pb::FreeRidesRequest,
    ) -> Result<pb::FreeRidesResponse, Status> {
        call.must_be(ALL_OFFICES)?;
        let id = field::request_id(&request.request_id)?;
        let about = read::about(&request.about)?;
        if about.is_empty() {
            return Err(Invalid::new("about", "must not be empty").into());
        }
        let command = Command::Happened(Happening::Free { about });
        let events = self.desk.execute(call, id, command).await?;
        let rides = cancelled(&events).iter().map(ToString::to_string).collect();
        self.look_after(call, &events).await?;
        Ok(pb::FreeRidesResponse { rides })
    }

    /// Rides as they are now, without what is sealed.
    pub(super) async fn shown(
        &self,
        call: &Call,
        ids: Vec<RideId>,
    ) -> Result<Vec<pb::Ride>, Status> {
        let look = move |state: &State, now| {
            let known = ids.iter().filter_map(|id| Some((*id, state.rides.get(id)?)));
            known.map(|(id, ride)| show::ride(state, id, ride, now)).collect()
        };
        self.desk.look(call, look).await
    }
}

fn cancelled(events: &[Event]) -> Vec<RideId> {
    let cancelled = events.iter().filter_map(|event| match event {
        Event::RideCancelled { ride, .. } => Some(*ride),
        _ => None,
    });
    cancelled.collect()
}
