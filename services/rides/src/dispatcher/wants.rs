//! Rides that activities ask for: each is asked for as if somebody had called, from the traveller's home
//! to where it is held, or back. One that was refused is tried again when something that it rested on
//! has changed.

use std::{
    collections::{BTreeMap, HashMap},
    sync::PoisonError,
};

use dugnad_events::{
    RideId,
    activities::Way as Direction,
    rides::{self, Home, Ride, Spot, Traveller, Wanted, Way},
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Ask, Caller, Error};
use dugnad_vault::VaultError;
use futures::future::join_all;
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::{Asked, Dispatcher, Failed, ends, fresh_id};
use crate::model::{self, Basis, Command, Refusal, State};

/// What each want rested on when it was last tried here.
pub(super) type Tried = HashMap<(Tenant, RideId), Basis>;

/// Wants that are looked at before others have their turn.
pub(super) const AT_ONCE: usize = 250;
/// Wants of which it is remembered what they rested on; forgotten, one is only tried once more.
const MOST_TRIED: usize = 2 * model::MOST_WANTS;

/// A want that is worth a try.
#[derive(Debug)]
pub(super) struct Due {
    ride: RideId,
    wanted: Wanted,
    basis: Basis,
    wait: i32,
    now: Timestamp,
}

/// Why there will be no ride for now: for machines and in words.
type NoRide = (&'static str, String);

impl Dispatcher {
    /// Some that nobody has tried as things are now.
    pub(super) async fn wants_due(&self, tenant: &Tenant) -> Result<Vec<Due>, Failed> {
        let (tried, of) = (self.tried.clone(), tenant.clone());
        let look = move |state: &State, now| {
            let tried = tried.lock().unwrap_or_else(PoisonError::into_inner);
            // Of what is past it was said why not, and stays said.
            let open =
                state.wants.iter().filter(|(_, it)| it.refused.is_none() || it.wanted.at > now);
            let due = open.filter_map(|(ride, want)| {
                let (ride, basis) = (*ride, state.basis(&want.wanted, now));
                let is_new = tried.get(&(of.clone(), ride)) != Some(&basis);
                let (wanted, wait) = (&want.wanted, state.rules.wait);
                is_new.then(|| Due { ride, wanted: wanted.clone(), basis, wait, now })
            });
            due.take(AT_ONCE).collect()
        };
        self.look(tenant, look).await
    }

    /// Answers all, those of several days at once: a day is one plan. What fails is tried again later.
    pub(super) async fn answer_all(&self, tenant: &Tenant, wants: Vec<Due>) -> Result<(), Failed> {
        let mut days: BTreeMap<Date, Vec<Due>> = BTreeMap::new();
        for due in wants {
            days.entry(model::service_day(due.wanted.at)).or_default().push(due);
        }
        let days = days.into_values().map(|wants| async move {
            for want in wants {
                self.answer_want(tenant, want).await?;
            }
            Ok(())
        });
        join_all(days).await.into_iter().collect()
    }

    /// Promises a ride that is wanted, or says why not.
    async fn answer_want(&self, tenant: &Tenant, due: Due) -> Result<(), Failed> {
        // Nil is the ledger itself: whoever signed up is known where they did.
        let caller = Caller { tenant: tenant.clone(), id: Uuid::nil() };
        let answer = match self.ride_of(tenant, &due).await? {
            Ok(asked) => match self.request(&caller, &[asked]).await {
                Ok(answer) => answer.map_err(|no| (no.reason, no.text)),
                // It was released meanwhile, or its traveller erased.
                Err(Failed::Ledger(Error::Refused(
                    Refusal::NotWanted(_) | Refusal::PersonErased(_),
                ))) => return Ok(()),
                Err(failed @ Failed::Ledger(Error::Refused(Refusal::Stale(_)))) => {
                    return Err(failed);
                }
                Err(Failed::Ledger(Error::Refused(no))) => Err((no.name(), no.to_string())),
                Err(failed) => return Err(failed),
            },
            Err(no) => Err(no),
        };
        if let Err((reason, text)) = answer {
            let (ride, reason) = (due.ride, reason.to_owned());
            let command = Command::RefuseWant { ride, reason, text };
            let ask = Ask { request_id: fresh_id(due.now), command };
            self.desk.ledger.execute(&caller, ask, None).await?;
        }
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        if tried.len() >= MOST_TRIED {
            tried.clear();
        }
        tried.insert((tenant.clone(), due.ride), due.basis);
        Ok(())
    }

    /// The ride that is to be asked for.
    async fn ride_of(&self, tenant: &Tenant, due: &Due) -> Result<Result<Asked, NoRide>, Failed> {
        let Due { ride, wanted, basis, wait, .. } = due;
        let (traveller, place) = match known(wanted, basis) {
            Ok(known) => known,
            Err(no) => return Ok(Err(no)),
        };
        let Some(home) = self.desk.vault.open(tenant.as_str(), &traveller.home).await?.known()
        else {
            return Ok(Err(no_home()));
        };
        let way = way(wanted.way, home, place);
        let key = match self.desk.vault.key(tenant.as_str(), wanted.traveller).await {
            Err(VaultError::Erased(_)) => return Ok(Err(no_home())),
            key => key?,
        };
        let sealed = key.seal(ride.0.as_bytes(), &way);
        let facts = facts(wanted, basis, traveller, *wait, sealed);
        Ok(Ok(Asked { ride: *ride, facts, ends: ends(&way), is_wanted: true }))
    }
}

/// What must be known to ask for a ride at all.
fn known<'a>(wanted: &Wanted, basis: &'a Basis) -> Result<(&'a Traveller, Spot), NoRide> {
    let areas = &wanted.areas;
    if !basis.plannable {
        return Err(("NOT_PLANNABLE", "it is over, or too far ahead to be planned".to_owned()));
    }
    if !areas.is_empty() && basis.receiver.area.as_ref().is_none_or(|it| !areas.contains(it)) {
        let areas: Vec<_> = areas.iter().map(ToString::to_string).collect();
        let text = format!("rides are offered from {} only", areas.join(", "));
        return Err(("OUTSIDE_AREAS", text));
    }
    let Some(place) = basis.place.clone() else {
        let text = "where vehicles stop there is not known; set it with SetEntrance".to_owned();
        return Err(("NO_ENTRANCE", text));
    };
    let traveller = basis.traveller.as_ref().ok_or_else(no_home)?;
    Ok((traveller, place))
}

fn no_home() -> NoRide {
    ("NO_HOME", "where they are fetched is not known; set it with SetTraveller".to_owned())
}

fn way(direction: Direction, home: Home, place: Spot) -> Way {
    let Home { spot, note } = home;
    match direction {
        Direction::There => Way { from: spot, to: place, note },
        Direction::Home => Way { from: place, to: spot, note },
    }
}

fn facts(
    wanted: &Wanted,
    basis: &Basis,
    traveller: &Traveller,
    wait: i32,
    way: dugnad_vault::Sealed<rides::Way>,
) -> Ride {
    let day = model::service_day(wanted.at);
    let moment = model::moment(day, wanted.at);
    let (boarding, longest) = (traveller.service[0], traveller.longest);
    let (pickup, dropoff) = match wanted.way {
        Direction::There => model::arriving(moment, wait, boarding, longest),
        Direction::Home => model::leaving(moment, wait, boarding, longest),
    };
    let mut load = traveller.load;
    load.seats += u16::from(wanted.companion);
    let mut needs = traveller.needs.clone();
    let more = basis.receiver.needs.iter().filter(|need| !traveller.needs.contains(need));
    needs.extend(more.cloned());
    Ride {
        day,
        traveller: wanted.traveller,
        way,
        pickup,
        dropoff,
        service: traveller.service,
        load,
        needs,
        refuses: traveller.refuses.clone(),
        longest,
        priority: 0,
        delivery: false,
        about: wanted.about.to_string(),
        return_of: None,
        order: None,
    }
}
