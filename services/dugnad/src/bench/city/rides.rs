//! How residents come: one half of those who are driven say so when they sign up, and activities ask rides
//! for them; the other half telephone, and staff ask rides themselves.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use dugnad_proto::{activities::v1 as pb, rides::v1 as ways};

use crate::{
    client::request_id,
    demo::{
        door::Door,
        each::{each, until_each},
        evenings::{Evening, sign_one_up},
        fleet,
        month::wire,
        people::Resident,
        town::Building,
    },
};

/// How many of an evening's riders say it when they sign up.
fn by_sign_up(evening: &Evening) -> usize {
    evening.riders.len().div_ceil(2)
}

/// What a sign-up came to.
pub(super) struct SignedUp {
    /// `occurrences/{occurrence}`.
    occurrence: String,
    pub(super) driven: bool,
    state: pb::SignupState,
}

impl SignedUp {
    pub(super) fn is_going(&self) -> bool {
        self.state == pb::SignupState::Going
    }
}

/// Signs everybody up for everything, evening by evening.
pub(super) async fn sign_up(
    door: &Door,
    residents: &[Resident],
    evenings: &[Evening],
) -> Result<Vec<SignedUp>> {
    let all = evenings.iter().flat_map(|evening| {
        let who = evening.riders.iter().chain(&evening.walkers).enumerate();
        who.map(|(n, who)| {
            (evening.name.clone(), residents[*who].name.clone(), n < by_sign_up(evening))
        })
    });
    each("residents sign up", all.collect::<Vec<_>>(), |(occurrence, person, driven)| {
        let door = door.clone();
        async move {
            let state = sign_one_up(door, occurrence.clone(), person, driven).await?;
            Ok(SignedUp { occurrence, driven, state })
        }
    })
    .await
}

/// The evenings with those riders alone who telephone.
pub(super) fn by_phone(evenings: &[Evening]) -> Vec<Evening> {
    let mut evenings = evenings.to_vec();
    for evening in &mut evenings {
        evening.riders.drain(..by_sign_up(evening));
    }
    evenings
}

/// What rides said to those who said so when they signed up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Answered {
    pub(super) promised: usize,
    pub(super) refused: usize,
}

/// Waits until rides has promised or refused whatever these sign-ups asked for. Where an evening has no
/// room, nothing is asked for.
pub(super) async fn answered(
    door: &Door,
    evenings: &[Evening],
    signed_up: &[SignedUp],
) -> Result<Answered> {
    let mut wanted: HashMap<&str, usize> = HashMap::new();
    for it in signed_up.iter().filter(|it| it.driven && it.is_going()) {
        *wanted.entry(&it.occurrence).or_default() += 2;
    }
    let mut activities = door.activities.clone();
    let held: Vec<_> = evenings.iter().filter(|it| it.place.is_some()).collect();
    let seen = until_each("rides are promised", &held, async |evening| {
        let most = wanted.get(evening.name.as_str()).copied().unwrap_or_default();
        let request = pb::GetOccurrenceRequest { name: evening.name.clone() };
        let seen = activities.get_occurrence(request).await?.into_inner();
        let seen = seen.occurrence.context("an evening")?.rides_state.unwrap_or_default();
        let [wanted, promised, refused] =
            [seen.wanted, seen.promised, seen.refused].map(|count| count.unsigned_abs() as usize);
        let is_answered = wanted == most && promised + refused == wanted;
        Ok(is_answered.then_some(Answered { promised, refused }))
    })
    .await?;
    Ok(seen.into_iter().fold(Answered::default(), |sum, one| Answered {
        promised: sum.promised + one.promised,
        refused: sum.refused + one.refused,
    }))
}

/// What somebody's wish to be driven came to.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    /// There and home.
    Promised,
    /// Why not, in rides' own word.
    Refused(String),
}

/// Asks for everybody's way there and home: one for each rider of each evening, in their order.
pub(super) async fn ask(
    door: &Door,
    residents: &[Resident],
    buildings: &[Building],
    evenings: &[Evening],
) -> Result<Vec<Asked>> {
    let asked = evenings.iter().flat_map(|evening| {
        let at = evening.place.as_ref().map(|place| &buildings[place.building]);
        evening.riders.iter().map(move |who| at.map(|at| request(evening, &residents[*who], at)))
    });
    each("rides are promised", asked.collect::<Vec<_>>(), |request| {
        let mut rides = door.rides.clone();
        async move {
            let Some(request) = request else { return Ok(Asked::Refused("NO_ROOM".to_owned())) };
            let answer = rides.request_ride(request).await?.into_inner();
            Ok(match (answer.ride, answer.home, answer.refusal) {
                (Some(_), Some(_), _) => Asked::Promised,
                (_, _, refusal) => Asked::Refused(refusal.unwrap_or_default().reason),
            })
        }
    })
    .await
}

fn request(evening: &Evening, who: &Resident, to: &Building) -> ways::RequestRideRequest {
    let traveller = fleet::traveller(who);
    let trip = ways::Trip {
        traveller: traveller.person,
        from: traveller.home,
        to: Some(fleet::stop(to.at, &to.title)),
        arrive_by: Some(wire(evening.arrive_by())),
        load: traveller.load,
        needs: traveller.needs,
        boarding: traveller.boarding,
        alighting: traveller.alighting,
        longest_aboard: traveller.longest_aboard,
        about: evening.name.clone(),
        ..Default::default()
    };
    ways::RequestRideRequest {
        trip: Some(trip),
        home_after: Some(wire(evening.leave_after())),
        request_id: request_id(),
    }
}
