//! Copying a problem out of the state, in pieces that are each done in a moment: the state's one writer
//! waits meanwhile.

use std::collections::{BTreeMap, HashMap};

use dugnad_events::{
    NeedId,
    matching::{PlanPart, PlanScope},
};
use dugnad_vault::PersonId;
use jiff::Timestamp;

use super::{Barred, Opening, Pairs, Question, Suits};
use crate::model::{Judge, Need, State, monday, planned_rule};

/// How many candidates are looked at for each place at first, and of those that stay open.
pub(crate) const FEW: usize = 40;
pub(crate) const MANY: usize = 160;
/// At most so many for a time, however many places it has.
const MOST_SUITS: usize = 800;
/// Who nearly suits an open place.
const MISSES: usize = 5;

/// A time of a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time {
    pub(crate) start: Timestamp,
    pub(crate) need: NeedId,
    pub(crate) slot: u32,
}

/// Parts of the draft that is planned anew, which stay.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pins {
    pub(crate) parts: Vec<(Timestamp, PlanPart)>,
    of: HashMap<PersonId, Vec<(NeedId, u32)>>,
    at: HashMap<(NeedId, u32), Vec<PersonId>>,
}

impl Pins {
    fn of(&self, person: PersonId) -> &[(NeedId, u32)] {
        self.of.get(&person).map_or(&[], Vec::as_slice)
    }

    fn at(&self, time: &Time) -> &[PersonId] {
        self.at.get(&(time.need, time.slot)).map_or(&[], Vec::as_slice)
    }
}

/// Pinned parts that still have a place, and all times that begin in the period, are to come, and have a
/// place that nobody has taken or is pinned to, by start. `O(needs)`.
pub(crate) fn times(state: &State, now: Timestamp, scope: &PlanScope) -> (Pins, Vec<Time>) {
    let begins = |need: &Need, slot: usize| {
        let start = need.start(slot).filter(|start| *start > now)?;
        let within = scope.period.start() <= start && start < scope.period.end();
        within.then_some(start)
    };
    let mut pins = Pins::default();
    let old = scope.replaces.and_then(|old| state.plans.get(old));
    for part in old.into_iter().flat_map(|plan| &plan.parts) {
        let PlanPart { need: id, slot, person, pinned, .. } = part.facts;
        let (Some(person), true, Some(need)) = (person, pinned, state.needs.get(&id)) else {
            continue;
        };
        let at = pins.at.entry((id, slot)).or_default();
        if let Some(start) = begins(need, slot as usize)
            && need.is_live()
            && need.missing(slot as usize) > at.len()
        {
            at.push(person);
            pins.of.entry(person).or_default().push((id, slot));
            pins.parts.push((start, part.facts.clone()));
        }
    }
    let wanted = |need: &Need| scope.kinds.is_empty() || scope.kinds.contains(&need.facts.kind);
    let mut times = Vec::new();
    for (id, need) in state.live.iter().filter_map(|id| Some((*id, state.needs.get(id)?))) {
        for slot in 0..if wanted(need) { need.slots.len() } else { 0 } {
            let Some(start) = begins(need, slot) else { continue };
            let time = Time { start, need: id, slot: slot as u32 };
            if need.missing(slot) > pins.at(&time).len() {
                times.push(time);
            }
        }
    }
    times.sort_unstable();
    (pins, times)
}

/// A time with its best candidates, `k` for each place; `None` if it is no more. As dear as `k` searches'
/// worth of rules.
pub(crate) fn opening(
    state: &State,
    now: Timestamp,
    time: &Time,
    pins: &Pins,
    k: usize,
) -> Option<Opening> {
    let need = state.needs.get(&time.need).filter(|need| need.is_live())?;
    let slot = time.slot as usize;
    let pinned = pins.at(time);
    let places = need.missing(slot).checked_sub(pinned.len()).filter(|places| *places > 0)?;
    let judge = Judge::new(state, now, &need.facts, slot);
    let judge = judge.beside(need.who(slot).chain(pinned.iter().copied()));
    let skip = |person| {
        need.silenced.contains(&person)
            || pinned.contains(&person)
            || state.is_asked_then(person, time.need, judge.windows())
    };
    let k = (k * places).min(MOST_SUITS);
    let found = state.find(&need.facts, &judge, k, 0, &skip);
    let all = found.ranked.len() < k;
    let free = |person| match (pins.of(person), state.people.get(person)) {
        ([], _) => true,
        (theirs, Some(known)) => judge.judge(person, &state.as_planned(known, theirs)).is_empty(),
        (_, None) => false,
    };
    let suits = found.ranked.into_iter().filter(|ranked| free(ranked.person));
    Some(Opening {
        time: *time,
        places: places as u32,
        windows: judge.windows().to_vec(),
        point: judge.point(),
        suits: suits
            .map(|it| Suits { person: it.person, score: it.score, reasons: it.reasons })
            .collect(),
        all,
        barred: Vec::new(),
    })
}

/// Who nearly suits a time, with the rules.
pub(crate) fn misses(state: &State, now: Timestamp, time: &Time) -> Vec<Barred> {
    let Some(need) = state.needs.get(&time.need) else { return Vec::new() };
    let judge = Judge::new(state, now, &need.facts, time.slot as usize);
    let judge = judge.beside(need.who(time.slot as usize));
    let found =
        state.find(&need.facts, &judge, 0, MISSES, &|person| need.silenced.contains(&person));
    let missed = found.missed.into_iter();
    missed
        .map(|it| Barred { person: it.person, rules: it.rules.iter().map(planned_rule).collect() })
        .collect()
}

/// How many places somebody takes in the weeks of the period beside those taken and pinned; `None`: any
/// number.
pub(crate) fn most(state: &State, scope: &PlanScope, pins: &Pins, person: PersonId) -> Option<u32> {
    let known = state.people.get(person)?;
    let most = u32::from(known.giver.as_ref()?.most_a_week?);
    let (first, last) = (monday(scope.period.start()), monday(scope.period.end()));
    let mut weeks: BTreeMap<_, u32> = BTreeMap::new();
    let known = state.as_planned(known, pins.of(person));
    for taken in &known.taken {
        *weeks.entry(monday(taken.span.start())).or_default() += 1;
    }
    let days = last.duration_since(first).as_hours() / 24;
    let all = u32::try_from(days / 7 + 1).unwrap_or(1);
    let within = weeks.range(first..=last);
    let used: u32 = within.map(|(_, taken)| (*taken).min(most)).sum();
    Some((all * most).saturating_sub(used))
}

/// The answer by person, the needs of each in their order.
pub(crate) fn by_person(pairs: &Pairs) -> Vec<(PersonId, Vec<u32>)> {
    let mut people: BTreeMap<PersonId, Vec<u32>> = BTreeMap::new();
    for (opening, person) in pairs {
        people.entry(*person).or_default().push(*opening);
    }
    people.into_iter().collect()
}

/// What the rule book takes out of an answer when it sees each person with all they would take, and each
/// time with all who would come.
pub(crate) fn broken(
    state: &State,
    now: Timestamp,
    question: &Question,
    pins: &Pins,
    (person, theirs): &(PersonId, Vec<u32>),
    beside: &HashMap<u32, Vec<PersonId>>,
) -> Vec<(u32, Barred)> {
    let mut stands = pins.of(*person).to_vec();
    let mut broken = Vec::new();
    for at in theirs {
        let time = question.openings[*at as usize].time;
        // Of two who must not meet, one goes.
        let others = beside.get(at).into_iter().flatten().filter(|other| *other < person);
        let others = others.chain(pins.at(&time)).copied();
        let key = (time.need, time.slot);
        let rules = state.why_not_planned(now, key, *person, &stands, others, false);
        if rules.is_empty() {
            stands.push(key);
        } else {
            let rules = rules.iter().map(planned_rule).collect();
            broken.push((*at, Barred { person: *person, rules }));
        }
    }
    broken
}
