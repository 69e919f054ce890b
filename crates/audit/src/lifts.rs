//! That no evening's ride stays half arranged: what activities ask for is promised or refused by rides,
//! what they give back is not driven, and an evening knows what became of each.

use std::collections::{BTreeMap, HashMap, HashSet};

use dugnad_events::{
    OccurrenceId, RideId,
    activities::{Event as OfActivities, What},
    rides::Event as OfRides,
};
use jiff::Timestamp;

use crate::{
    history::{Place, Record},
    report::{Findings, Verdict},
};

/// How it stands with a ride, in the words of one of the two services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// Rides have written down that it is wanted.
    Waits,
    Promised,
    /// It cannot be given, or not any more.
    Refused,
    /// Rides let go of what they never promised.
    Released,
}

#[derive(Debug)]
struct Asked {
    place: Place,
    about: OccurrenceId,
    /// When it is to be there, or to leave.
    at: Timestamp,
    /// What activities heard of it last.
    heard: Option<Answer>,
}

#[derive(Debug, Default)]
pub(crate) struct Lifts {
    asked: BTreeMap<RideId, Asked>,
    back: BTreeMap<RideId, Place>,
    answers: HashMap<RideId, Answer>,
    /// Evenings that are over, which need hear no more.
    over: HashSet<OccurrenceId>,
    /// When something was last written down.
    last: Timestamp,
    findings: Findings,
}

impl Lifts {
    pub(crate) fn of_activities(&mut self, place: &Place, record: &Record<OfActivities>) {
        self.last = self.last.max(record.at);
        for (at, event) in (0_u32..).zip(&record.events) {
            let OfActivities::Occurrence { occurrence, what, .. } = event else { continue };
            let place = Place { event: place.event + at, ..place.clone() };
            match what {
                What::RideWanted(want) => {
                    let (about, at, heard) = (*occurrence, want.at, None);
                    self.asked.insert(want.want.ride(), Asked { place, about, at, heard });
                }
                What::RidePromised { ride } => self.hears(ride.ride(), Answer::Promised),
                What::RideRefused { ride, .. } => self.hears(ride.ride(), Answer::Refused),
                What::RidesReleased { rides } => {
                    self.back.extend(rides.iter().map(|want| (want.ride(), place.clone())));
                }
                What::Held => {
                    self.over.insert(*occurrence);
                }
                _ => {}
            }
        }
    }

    fn hears(&mut self, ride: RideId, answer: Answer) {
        if let Some(asked) = self.asked.get_mut(&ride) {
            asked.heard = Some(answer);
        }
    }

    pub(crate) fn of_rides(&mut self, place: &Place, record: &Record<OfRides>) {
        self.last = self.last.max(record.at);
        for (at, event) in (0_u32..).zip(&record.events) {
            let (ride, answer) = match event {
                OfRides::RideWanted { ride, .. } => (ride, Answer::Waits),
                OfRides::RidePromised { ride, .. } => (ride, Answer::Promised),
                OfRides::RideRefused { ride, .. } | OfRides::RideCancelled { ride, .. } => {
                    (ride, Answer::Refused)
                }
                OfRides::PromiseBroken { ride, why } if why.instead.is_none() => {
                    (ride, Answer::Refused)
                }
                OfRides::WantReleased { ride } => (ride, Answer::Released),
                _ => continue,
            };
            let before = self.answers.insert(*ride, answer);
            if (before, answer) == (Some(Answer::Promised), Answer::Promised) {
                self.findings.add(place, Some(at), format!("{ride} is promised twice"));
            }
        }
    }

    pub(crate) fn conclude(mut self, verdict: &mut Verdict, settled: bool) {
        verdict.count(self.asked.len() as u64, "rides wanted");
        verdict.count(self.back.len() as u64, "rides given back");
        if settled {
            self.unanswered();
            self.not_given_back();
        }
        verdict.take(self.findings);
    }

    fn unanswered(&mut self) {
        let left = self.asked.iter().filter(|(ride, _)| !self.back.contains_key(ride));
        for (ride, asked) in left {
            let is_to_come = asked.at > self.last && !self.over.contains(&asked.about);
            let what = match self.answers.get(ride) {
                None => "no answer of rides",
                Some(_) if !is_to_come => continue,
                Some(Answer::Waits) => "wanted, and neither promised nor refused",
                Some(Answer::Released) => "let go by rides, and still wanted",
                Some(answer) if asked.heard != Some(*answer) => "the answer is not heard",
                Some(_) => continue,
            };
            self.findings.add(&asked.place, Some(0), format!("{}, {ride}: {what}", asked.about));
        }
    }

    /// What is under way when it is given back is driven to its end.
    fn not_given_back(&mut self) {
        for (ride, place) in &self.back {
            let is_to_come = self.asked.get(ride).is_some_and(|asked| asked.at > self.last);
            let answer = self.answers.get(ride);
            if is_to_come && matches!(answer, Some(Answer::Promised | Answer::Waits)) {
                self.findings.add(place, Some(0), format!("{ride} was given back, and is kept"));
            }
        }
    }
}
