//! Invariant 4: by the facts that matching has heard, nobody is assigned to two things at once, nor to
//! one that needs what they lack on that day.
//!
//! It is looked at after every record, for whoever the record concerns, and for what is not over by
//! then: so a fact that breaks an assignment must come with what withdraws it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use dugnad_calendar::Interval;
use dugnad_events::{
    AssignmentId, Code, NeedId,
    matching::{Event, Fact},
};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    history::{Place, Record},
    people::{Asks, Shown},
    report::{Findings, Verdict},
};

#[derive(Debug)]
struct Need {
    kind: Code,
    min_age: Option<u8>,
    /// The windows of each of its times.
    times: Vec<Vec<Interval>>,
}

#[derive(Clone, Copy, Debug)]
struct Assignment {
    need: NeedId,
    time: u32,
    person: PersonId,
}

#[derive(Debug)]
pub(crate) struct Places {
    zone: TimeZone,
    /// The role that a kind of need asks for.
    kinds: HashMap<Code, Option<Code>>,
    roles: HashMap<Code, Asks>,
    people: HashMap<PersonId, Shown>,
    erased: HashSet<PersonId>,
    needs: HashMap<NeedId, Need>,
    /// Those that hold.
    assignments: HashMap<AssignmentId, Assignment>,
    of: HashMap<PersonId, BTreeSet<AssignmentId>>,
    to: HashMap<NeedId, BTreeSet<AssignmentId>>,
    made: u64,
    ended: u64,
    findings: Findings,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            zone: TimeZone::get("Europe/Oslo").unwrap_or(TimeZone::UTC),
            kinds: HashMap::new(),
            roles: HashMap::new(),
            people: HashMap::new(),
            erased: HashSet::new(),
            needs: HashMap::new(),
            assignments: HashMap::new(),
            of: HashMap::new(),
            to: HashMap::new(),
            made: 0,
            ended: 0,
            findings: Findings::default(),
        }
    }
}

impl Places {
    pub(crate) fn record(&mut self, place: &Place, record: &Record<Event>) {
        let mut concerned = BTreeMap::new();
        for (at, event) in (0_u32..).zip(&record.events) {
            for person in self.event(event) {
                concerned.insert(person, at);
            }
        }
        for (person, at) in concerned {
            if let Some(what) = self.wrong_with(person, record.at) {
                self.findings.add(place, Some(at), format!("{person} {what}"));
            }
        }
    }

    /// Whose places it may have made wrong.
    fn event(&mut self, event: &Event) -> Vec<PersonId> {
        match event {
            Event::KindSet { kind, policy } => {
                self.kinds.insert(kind.clone(), policy.role.clone());
                return self.of_kinds(&[kind]);
            }
            Event::Heard { fact } => return self.hear(fact),
            Event::NeedPosted { need, facts, .. } => {
                let times = facts.slots.iter().map(|slot| slot.windows.clone()).collect();
                let (kind, min_age) = (facts.kind.clone(), facts.want.min_age);
                self.needs.insert(*need, Need { kind, min_age, times });
            }
            Event::NeedClosed { need, .. } | Event::NeedOver { need, .. } => {
                for assignment in self.to.remove(need).unwrap_or_default() {
                    self.end(assignment);
                }
            }
            Event::Assigned { assignment, need, slot, person, .. } => {
                self.made += 1;
                let made = Assignment { need: *need, time: *slot, person: *person };
                self.assignments.insert(*assignment, made);
                self.of.entry(*person).or_default().insert(*assignment);
                self.to.entry(*need).or_default().insert(*assignment);
                return vec![*person];
            }
            Event::Unassigned { assignments, .. } => {
                self.ended += assignments.len() as u64;
                assignments.iter().for_each(|it| self.end(*it));
            }
            _ => {}
        }
        Vec::new()
    }

    fn end(&mut self, id: AssignmentId) {
        let Some(ended) = self.assignments.remove(&id) else { return };
        if let Some(theirs) = self.of.get_mut(&ended.person) {
            theirs.remove(&id);
        }
        if let Some(others) = self.to.get_mut(&ended.need) {
            others.remove(&id);
        }
    }

    fn hear(&mut self, fact: &Fact) -> Vec<PersonId> {
        match fact {
            Fact::Role { role, version, requirements } => {
                let asks = Asks { version: *version, requirements: requirements.clone() };
                self.roles.insert(role.clone(), asks);
                let asking = self.kinds.iter().filter(|(_, asked)| asked.as_ref() == Some(role));
                let kinds: Vec<Code> = asking.map(|(kind, _)| kind.clone()).collect();
                self.of_kinds(&kinds.iter().collect::<Vec<_>>())
            }
            Fact::Person { person, ages, .. } => {
                self.people.entry(*person).or_default().ages.clone_from(ages);
                vec![*person]
            }
            Fact::Shown { person, event } => {
                self.people.entry(*person).or_default().hear(event);
                vec![*person]
            }
            Fact::Erased(person) => {
                self.people.remove(person);
                self.erased.insert(*person);
                vec![*person]
            }
            _ => Vec::new(),
        }
    }

    /// Everybody who is assigned to a need of one of these kinds.
    fn of_kinds(&self, kinds: &[&Code]) -> Vec<PersonId> {
        let of = |id: &NeedId| self.needs.get(id).is_some_and(|need| kinds.contains(&&need.kind));
        let concerned = self.assignments.values().filter(|it| of(&it.need));
        concerned.map(|it| it.person).collect()
    }

    fn wrong_with(&self, person: PersonId, now: Timestamp) -> Option<String> {
        let mut windows: Vec<(Interval, AssignmentId)> = Vec::new();
        for id in self.of.get(&person).into_iter().flatten() {
            let assignment = self.assignments.get(id)?;
            let Some(need) = self.needs.get(&assignment.need) else {
                return Some(format!("has {id} in {}, which is none", assignment.need));
            };
            let time = usize::try_from(assignment.time).ok().and_then(|at| need.times.get(at));
            let to_come = time.into_iter().flatten().filter(|window| window.end() > now);
            for window in to_come {
                if let Some(lacked) = self.lacks(person, need, self.day(window.start())) {
                    return Some(format!("has {id} in {} and lacks {lacked}", assignment.need));
                }
                windows.push((*window, *id));
            }
        }
        windows.sort_by_key(|(window, id)| (window.start(), *id));
        let clash = windows.windows(2).find(|two| two[1].0.start() < two[0].0.end())?;
        Some(format!("has {} and {} at once", clash[0].1, clash[1].1))
    }

    fn lacks(&self, person: PersonId, need: &Need, day: Date) -> Option<&'static str> {
        if self.erased.contains(&person) {
            return Some("everything: they were erased");
        }
        let Some(shown) = self.people.get(&person) else { return Some("any entry here") };
        if need.min_age.is_some_and(|age| !shown.is(age, day)) {
            return Some("the age");
        }
        let role = self.kinds.get(&need.kind)?.as_ref()?;
        match self.roles.get(role) {
            Some(asks) => shown.lacks(role, asks, day),
            None => Some("a role that is known"),
        }
    }

    fn day(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    pub(crate) fn conclude(self, verdict: &mut Verdict) {
        verdict.count(self.made, "places taken");
        verdict.count(self.of.len() as u64, "people");
        verdict.count(self.ended, "given or taken back");
        verdict.take(self.findings);
    }
}
