//! That no more come to an evening than it has places for, nobody twice, and that whoever waits is
//! offered a place as soon as there is one.

use std::collections::{BTreeMap, HashMap};

use dugnad_events::{
    ActivityId, OccurrenceId, SignupId,
    activities::{Event, What},
};
use dugnad_vault::PersonId;
use jiff::Timestamp;

use crate::{
    history::{Place, Record},
    report::{Findings, Verdict},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Comes,
    Offered,
    Waits,
}

#[derive(Debug)]
struct Guest {
    person: PersonId,
    seats: u32,
    standing: Standing,
}

#[derive(Debug)]
struct Evening {
    activity: ActivityId,
    begins: Timestamp,
    /// Whether one can come to it: it is public, and neither over nor called off.
    open: bool,
    /// Those who come or wait; whoever withdrew is none.
    guests: BTreeMap<SignupId, Guest>,
}

#[derive(Debug, Default)]
pub(crate) struct Guests {
    capacity: HashMap<ActivityId, u32>,
    evenings: BTreeMap<OccurrenceId, Evening>,
    signed_up: u64,
    waited: u64,
    moved_up: u64,
    last: Option<(Place, Timestamp)>,
    findings: Findings,
}

impl Guests {
    pub(crate) fn record(&mut self, place: &Place, record: &Record<Event>) {
        self.last = Some((place.clone(), record.at));
        let mut fuller = BTreeMap::new();
        for (at, event) in (0_u32..).zip(&record.events) {
            match event {
                Event::ActivityCreated { activity, facts, .. }
                | Event::ActivityChanged { activity, facts, .. } => {
                    self.capacity.insert(*activity, facts.capacity);
                }
                Event::Occurrence { occurrence, what, .. } => {
                    if matches!(what, What::SignedUp { .. } | What::PlaceOffered { .. }) {
                        fuller.insert(*occurrence, at);
                    }
                    if let Some(wrong) = self.step(*occurrence, what) {
                        self.findings.add(place, Some(at), format!("{occurrence}: {wrong}"));
                    }
                }
                _ => {}
            }
        }
        for (occurrence, at) in fuller {
            let Some(evening) = self.evenings.get(&occurrence) else { continue };
            let (taken, places) = (evening.taken(), self.places(evening));
            if taken > places {
                let what = format!("{occurrence}: {taken} places are taken of {places}");
                self.findings.add(place, Some(at), what);
            }
        }
    }

    /// Takes a step in; what is wrong with it.
    fn step(&mut self, occurrence: OccurrenceId, what: &What) -> Option<String> {
        if let What::Planned { activity, span } = what {
            let (activity, begins) = (*activity, span.start());
            let new = Evening { activity, begins, open: false, guests: BTreeMap::new() };
            self.evenings.insert(occurrence, new);
        }
        let evening = self.evenings.get_mut(&occurrence)?;
        match what {
            What::Arranging => evening.open = true,
            What::Began | What::Held | What::Cancelled { .. } => evening.open = false,
            What::Moved { span } => evening.begins = span.start(),
            What::SignedUp { signup, person, companion, waits, .. } => {
                self.signed_up += 1;
                self.waited += u64::from(*waits);
                let twice = evening.guests.values().any(|guest| guest.person == *person);
                let standing = if *waits { Standing::Waits } else { Standing::Comes };
                let guest = Guest { person: *person, seats: 1 + u32::from(*companion), standing };
                evening.guests.insert(*signup, guest);
                return twice.then(|| format!("{person} comes twice"));
            }
            What::Withdrawn { signup } | What::PlaceLapsed { signup } => {
                evening.guests.remove(signup);
            }
            What::PlaceOffered { signup, .. } => {
                self.moved_up += 1;
                return evening.goes_on(*signup, Standing::Waits, Standing::Offered);
            }
            What::PlaceTaken { signup } => {
                return evening.goes_on(*signup, Standing::Offered, Standing::Comes);
            }
            _ => {}
        }
        None
    }

    fn places(&self, evening: &Evening) -> u32 {
        self.capacity.get(&evening.activity).copied().unwrap_or_default()
    }

    pub(crate) fn conclude(mut self, verdict: &mut Verdict, settled: bool) {
        verdict.count(self.signed_up, "signed up");
        verdict.count(self.waited, "waited");
        verdict.count(self.moved_up, "moved up");
        if let Some((place, last)) = self.last.take().filter(|_| settled) {
            for (occurrence, evening) in &self.evenings {
                let free = self.places(evening).saturating_sub(evening.taken());
                if evening.open && evening.begins > last && evening.has_waiting(free) {
                    let what = format!("{occurrence}: {free} places are free, and somebody waits");
                    self.findings.add(&place, None, what);
                }
            }
        }
        verdict.take(self.findings);
    }
}

impl Evening {
    fn taken(&self) -> u32 {
        let takes = self.guests.values().filter(|guest| guest.standing != Standing::Waits);
        takes.map(|guest| guest.seats).sum()
    }

    /// Whether somebody waits for whom so many places would do.
    fn has_waiting(&self, free: u32) -> bool {
        let mut guests = self.guests.values();
        guests.any(|guest| guest.standing == Standing::Waits && guest.seats <= free)
    }

    fn goes_on(&mut self, signup: SignupId, from: Standing, to: Standing) -> Option<String> {
        let guest = self.guests.get_mut(&signup).filter(|guest| guest.standing == from);
        let Some(guest) = guest else { return Some(format!("{signup}: not {from:?} before")) };
        guest.standing = to;
        None
    }
}
