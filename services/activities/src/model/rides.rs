//! Rides of those who come: asked for once it is known where it is held, asked for anew when that or
//! the time changes, released when they do not come.

use dugnad_events::{
    SignupId,
    activities::{Notice, Place, RideWant, WantId, Way, What},
};
use jiff::Timestamp;

use super::{Occurrence, Signup, Stage, Standing, act::Act, space::Space};

/// One ride, as it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Ride {
    /// What was asked.
    pub want: WantId,
    /// There or home.
    pub way: Way,
    at: Timestamp,
    place: Place,
    /// Whether it will be given.
    pub promised: bool,
    /// Why it cannot be given.
    pub refused: Option<String>,
}

impl Occurrence {
    pub(super) fn take_ride(&mut self, what: &What) {
        match what {
            What::RideWanted(it) => {
                let (want, way, at, place) = (it.want, it.way, it.at, it.place.clone());
                let ride = Ride { want, way, at, place, promised: false, refused: None };
                if let Some(signup) = self.signups.get_mut(&it.signup) {
                    signup.rides.push(ride);
                }
            }
            What::RidesReleased { rides } => {
                for signup in self.signups.values_mut() {
                    signup.rides.retain(|ride| !rides.contains(&ride.want));
                }
            }
            What::RidePromised { ride } => self.on_ride(*ride, |ride| {
                (ride.promised, ride.refused) = (true, None);
            }),
            What::RideRefused { ride, message } => self.on_ride(*ride, |ride| {
                (ride.promised, ride.refused) = (false, Some(message.clone()));
            }),
            _ => {}
        }
    }

    fn on_ride(&mut self, want: WantId, change: impl FnOnce(&mut Ride)) {
        let rides = self.signups.values_mut().flat_map(|signup| &mut signup.rides);
        if let Some(ride) = rides.into_iter().find(|ride| ride.want == want) {
            change(ride);
        }
    }

    fn ride(&self, want: WantId) -> Option<(SignupId, &Ride)> {
        self.signups.iter().find_map(|(id, signup)| {
            signup.rides.iter().find(|ride| ride.want == want).map(|ride| (*id, ride))
        })
    }

    /// All rides that are asked for.
    pub fn rides(&self) -> impl Iterator<Item = &Ride> {
        self.signups.values().flat_map(|signup| &signup.rides)
    }
}

impl Act<'_> {
    /// Whether all were asked for, or there was no space for them.
    pub(super) fn settle_rides(&mut self, space: &mut Space) -> bool {
        let cancelled = self.occurrence.stage == Stage::Cancelled;
        if !cancelled && !self.is_arranged() {
            return true;
        }
        let (mut gone, mut wanted) = (Vec::new(), Vec::new());
        for (id, signup) in &self.occurrence.signups {
            let wishes = if cancelled { Vec::new() } else { self.wishes(signup) };
            let fits = |has: &(Way, Timestamp, Option<Place>)| {
                let (way, at, place) = has.clone();
                // While it is not known where, what was asked for stands.
                move |ride: &super::rides::Ride| {
                    ride.way == way
                        && ride.at == at
                        && place.as_ref().is_none_or(|it| *it == ride.place)
                }
            };
            let left = signup.rides.iter().filter(|ride| !wishes.iter().any(|it| fits(it)(ride)));
            gone.extend(left.map(|ride| ride.want));
            let new = wishes.into_iter().filter(|it| !signup.rides.iter().any(fits(it)));
            wanted.extend(new.filter_map(|(way, at, place)| Some((*id, way, at, place?))));
        }
        if !gone.is_empty() {
            self.say(What::RidesReleased { rides: gone });
        }
        let all = wanted.len() <= space.rides;
        for (signup, way, at, place) in wanted.into_iter().take(space.rides) {
            space.rides -= 1;
            self.want_ride(signup, way, at, place);
        }
        all
    }

    /// Lets go of rides that cannot be given, so that they are asked for anew. Whether there were such.
    pub(super) fn release_refused_rides(&mut self) -> bool {
        let refused = self.occurrence.rides().filter(|ride| ride.refused.is_some());
        let rides: Vec<_> = refused.map(|ride| ride.want).collect();
        let some = !rides.is_empty();
        if some {
            self.say(What::RidesReleased { rides });
        }
        some
    }

    /// Which rides somebody is to have.
    fn wishes(&self, signup: &Signup) -> Vec<(Way, Timestamp, Option<Place>)> {
        let span = self.occurrence.span;
        if self.facts.rides.is_none() || signup.standing != Standing::Going {
            return Vec::new();
        }
        let there = (signup.wish.ride_there, Way::There, span.start());
        let home = (signup.wish.ride_home, Way::Home, span.end());
        let wished = [there, home].into_iter().filter(|(wished, ..)| *wished);
        wished.map(|(_, way, at)| (way, at, self.place())).collect()
    }

    /// Rides says that it gives a ride, or why it does not. Whom it could promise nothing hears of it by
    /// us; of a promise that is broken, rides tells.
    pub(super) fn hear_ride(&mut self, ride: WantId, refused: Option<String>) {
        let Some((signup, known)) = self.occurrence.ride(ride) else { return };
        let (way, was_promised) = (known.way, known.promised);
        if was_promised == refused.is_none() && known.refused == refused {
            return;
        }
        let Some(message) = refused else { return self.say(What::RidePromised { ride }) };
        self.say(What::RideRefused { ride, message: message.clone() });
        if !was_promised {
            self.tell_signup(signup, Notice::RideRefused { way, message });
        }
    }

    fn want_ride(&mut self, id: SignupId, way: Way, at: Timestamp, place: Place) {
        let Some(signup) = self.occurrence.signups.get(&id) else { return };
        let (Some(person), companion) = (signup.person, signup.wish.companion) else { return };
        let areas = self.facts.rides.iter().flat_map(|it| it.areas.clone()).collect();
        let want = self.want();
        let want = RideWant { want, signup: id, person, companion, way, at, place, areas };
        self.say(What::RideWanted(Box::new(want)));
    }
}
