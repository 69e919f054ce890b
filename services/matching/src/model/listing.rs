//! Lists and reports: what queries answer, a page at a time. Values of their own, so that nothing of
//! the state leaves its partition.

use std::collections::BTreeMap;

use dugnad_calendar::Interval;
use dugnad_events::{
    AssignmentId, Code, NeedId, OfferId,
    matching::{Need as Facts, Party},
};
use dugnad_vault::PersonId;
use jiff::Timestamp;

use super::{
    Assignment, State,
    need::Need,
    offer::{Answer, Offer},
    rules::Judge,
    time,
};

/// Some of many, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, K> {
    /// At most as many as asked for.
    pub items: Vec<T>,
    /// Ask with it for what comes after; `None`: this was all.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// The first `size` of `all`, each with its key.
    fn of(all: impl Iterator<Item = (K, T)>, size: usize) -> Page<(K, T), K>
    where
        K: Clone,
    {
        let mut all = all;
        let items: Vec<_> = all.by_ref().take(size).collect();
        let more = all.next().is_some();
        let next = items.last().filter(|_| more).map(|(key, _)| key.clone());
        Page { items, next }
    }
}

/// How far a need has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeedStage {
    /// Places are free.
    Open,
    /// All places are taken.
    Filled,
    /// Its last time has passed.
    Over,
    /// Somebody ended it.
    Closed,
}

/// Which needs are asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NeedFilter {
    /// Of this kind.
    pub kind: Option<Code>,
    /// In this area.
    pub area: Option<Code>,
    /// For this receiver.
    pub receiver: Option<PersonId>,
    /// With a time that touches this.
    pub span: Option<Interval>,
    /// That have come this far.
    pub stage: Option<NeedStage>,
    /// Only those that somebody posted, receives, or may ask for.
    pub of: Option<PersonId>,
}

/// Where a place stands in its list: by start, need and time of it.
pub type PlaceKey = (Timestamp, NeedId, u32);

/// A place that somebody can take.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenPlace {
    /// Of which need.
    pub need: NeedId,
    /// At which of its times.
    pub slot: u32,
    /// The offer of it, if they have one.
    pub offer: Option<OfferId>,
    /// Of the need.
    pub kind: Code,
    /// Of the need.
    pub area: Option<Code>,
    /// When.
    pub windows: Vec<Interval>,
}

/// Places that nobody took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unmet {
    /// By kind, area and week.
    pub rows: Vec<UnmetRow>,
    /// Times of needs for which somebody was asked.
    pub asked: u32,
    /// Of these, those for which an organisation was asked first.
    pub organisations_first: u32,
}

/// Places of one kind in one area in one week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnmetRow {
    /// Which kind.
    pub kind: String,
    /// Which area; empty: anywhere.
    pub area: String,
    /// Which ISO week.
    pub week: String,
    /// Places there were.
    pub wanted: u32,
    /// Places that somebody took.
    pub filled: u32,
    /// Times in which nobody took one.
    pub empty: u32,
}

impl Need {
    /// How far it has come.
    #[must_use]
    pub fn stage(&self) -> NeedStage {
        match self {
            Self { closed: Some(_), .. } => NeedStage::Closed,
            Self { over: true, .. } => NeedStage::Over,
            need if need.is_filled() => NeedStage::Filled,
            _ => NeedStage::Open,
        }
    }
}

fn area(facts: &Facts) -> Option<&Code> {
    facts.place.as_ref()?.area.as_ref()
}

impl NeedFilter {
    fn takes(&self, state: &State, now: Timestamp, need: &Need) -> bool {
        let facts = &need.facts;
        let touches = |span: Interval| {
            facts.slots.iter().flat_map(|slot| &slot.windows).any(|window| window.overlaps(&span))
        };
        let theirs = |person: PersonId| {
            need.by == person.0
                || facts.receiver.is_some_and(|it| state.speaks_for_receiver(person, it, now))
        };
        self.kind.as_ref().is_none_or(|kind| *kind == facts.kind)
            && self.area.as_ref().is_none_or(|it| area(facts) == Some(it))
            && self.receiver.is_none_or(|it| facts.receiver == Some(it))
            && self.stage.is_none_or(|stage| need.stage() == stage)
            && self.span.is_none_or(touches)
            && self.of.is_none_or(theirs)
    }
}

impl State {
    /// Needs by their first start, each as `show` makes it.
    pub fn list_needs<T>(
        &self,
        now: Timestamp,
        filter: &NeedFilter,
        after: Option<(Timestamp, NeedId)>,
        size: usize,
        show: impl Fn(NeedId, &Need) -> T,
    ) -> Page<((Timestamp, NeedId), T), (Timestamp, NeedId)> {
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let all = self.by_start.range((from, std::ops::Bound::Unbounded));
        let all = all.filter_map(|key| Some((*key, self.needs.get(&key.1)?)));
        let all = all.filter(|(_, need)| filter.takes(self, now, need));
        Page::<T, _>::of(all.map(|(key, need)| (key, show(key.1, need))), size)
    }

    /// Offers by time, each with its need; with an instant those alone that can be answered then,
    /// whether or not the clock's own word on them has been written down.
    pub fn list_offers(
        &self,
        ids: impl Iterator<Item = OfferId>,
        open_at: Option<Timestamp>,
        after: Option<(Timestamp, OfferId)>,
        size: usize,
    ) -> Page<((Timestamp, OfferId), Offer), (Timestamp, OfferId)> {
        let known = ids.filter_map(|id| Some((id, self.offers.get(&id)?)));
        let is_open = |offer: &Offer, at| offer.state == Answer::Open && at < offer.expires;
        let wanted = known.filter(|(_, offer)| open_at.is_none_or(|at| is_open(offer, at)));
        let mut all: Vec<_> = wanted.map(|(id, offer)| ((offer.at, id), offer)).collect();
        all.retain(|(key, _)| after.is_none_or(|after| *key > after));
        all.sort_unstable_by_key(|(key, _)| *key);
        Page::<Offer, _>::of(all.into_iter().map(|(key, offer)| (key, offer.clone())), size)
    }

    /// Offers to a person and to organisations that they speak for.
    #[must_use]
    pub fn offers_to(&self, person: PersonId) -> Vec<OfferId> {
        let own = self.people.get(person).into_iter().flat_map(|it| it.asked.iter().copied());
        let theirs = self.organisations.values().filter(|it| it.contacts.contains(&person));
        own.chain(theirs.flat_map(|it| it.asked.iter().copied())).collect()
    }

    /// Assignments by the first start of their time.
    pub fn list_assignments(
        &self,
        ids: impl Iterator<Item = AssignmentId>,
        ended: bool,
        after: Option<(Timestamp, AssignmentId)>,
        size: usize,
    ) -> Page<((Timestamp, AssignmentId), Assignment), (Timestamp, AssignmentId)> {
        let known = ids.filter_map(|id| Some((id, self.assignments.get(&id)?)));
        let wanted = known.filter(|(_, it)| ended || it.ended.is_none());
        let start = |it: &Assignment| self.needs.get(&it.need)?.start(it.slot as usize);
        let mut all: Vec<_> = wanted.filter_map(|(id, it)| Some(((start(it)?, id), it))).collect();
        all.retain(|(key, _)| after.is_none_or(|after| *key > after));
        all.sort_unstable_by_key(|(key, _)| *key);
        Page::<Assignment, _>::of(all.into_iter().map(|(key, it)| (key, it.clone())), size)
    }

    /// Every assignment of a need, also those that ended.
    pub fn assignments_of(&self, need: NeedId) -> impl Iterator<Item = AssignmentId> {
        self.needs.get(&need).into_iter().flat_map(|need| need.came.iter().copied())
    }

    /// What a person can take, by time.
    #[must_use]
    pub fn open_places(
        &self,
        person: PersonId,
        now: Timestamp,
        after: Option<PlaceKey>,
        size: usize,
    ) -> Page<(PlaceKey, OpenPlace), PlaceKey> {
        let offers = self.people.get(person).into_iter().flat_map(|known| &known.offers);
        let offers = offers.filter_map(|id| Some((*id, self.offers.get(id)?)));
        let offers: BTreeMap<_, _> =
            offers.map(|(id, offer)| ((offer.need, offer.slot), id)).collect();
        let mut places: Vec<_> = Vec::new();
        for (id, need) in self.live.iter().filter_map(|id| Some((*id, self.needs.get(id)?))) {
            let open = self.policy(&need.facts.kind).open;
            for slot in 0..need.slots.len() as u32 {
                let offer = offers.get(&(id, slot)).copied();
                let Some(start) = need.start(slot as usize).filter(|start| *start > now) else {
                    continue;
                };
                let key = (start, id, slot);
                if (offer.is_none() && !open) || after.is_some_and(|after| key <= after) {
                    continue;
                }
                if self.can_take(person, now, need, slot as usize, offer.is_some()) {
                    places.push((key, offer));
                }
            }
        }
        places.sort_unstable_by_key(|(key, _)| *key);
        let show = |(key, offer): (PlaceKey, Option<OfferId>)| {
            let facts = &self.needs.get(&key.1)?.facts;
            let place = OpenPlace {
                need: key.1,
                slot: key.2,
                offer,
                kind: facts.kind.clone(),
                area: area(facts).cloned(),
                windows: facts.slots[key.2 as usize].windows.clone(),
            };
            Some((key, place))
        };
        Page::<OpenPlace, _>::of(places.into_iter().filter_map(show), size)
    }

    fn can_take(
        &self,
        person: PersonId,
        now: Timestamp,
        need: &Need,
        slot: usize,
        offered: bool,
    ) -> bool {
        let Some(known) = self.people.get(person) else { return false };
        let judge = Judge::new(self, now, &need.facts, slot).beside(need.who(slot));
        if offered {
            return judge.firm(person, known, None).is_empty();
        }
        need.missing(slot) > self.promised(need, slot, None)
            && judge.judge(person, known).is_empty()
    }

    /// What became of times that begin in the span.
    #[must_use]
    pub fn unmet(&self, span: Interval) -> Unmet {
        let mut unmet = Unmet::default();
        let mut rows = BTreeMap::<_, UnmetRow>::new();
        let closed = |need: &&Need| need.closed.is_none();
        for need in self.needs.values().filter(closed) {
            for slot in 0..need.slots.len() {
                let within = |start: &Timestamp| span.start() <= *start && *start < span.end();
                let Some(start) = need.start(slot).filter(within) else { continue };
                self.count_first(need, slot, &mut unmet);
                let missing = need.missing(slot) as u32;
                if missing == 0 {
                    continue;
                }
                let area = area(&need.facts).map(ToString::to_string).unwrap_or_default();
                let (kind, week) = (need.facts.kind.to_string(), time::week(start));
                let key = (kind.clone(), area.clone(), week.clone());
                let fresh = UnmetRow { kind, area, week, ..UnmetRow::default() };
                let row = rows.entry(key).or_insert(fresh);
                row.wanted += need.facts.heads;
                row.filled += need.facts.heads - missing.min(need.facts.heads);
                row.empty += u32::from(missing == need.facts.heads);
            }
        }
        unmet.rows = rows.into_values().collect();
        unmet
    }

    fn count_first(&self, need: &Need, slot: usize, unmet: &mut Unmet) {
        let offers = need.offers.iter().filter_map(|id| Some((self.offers.get(id)?, id)));
        let of_slot = offers.filter(|(offer, _)| offer.slot as usize == slot && !offer.waited);
        if let Some((first, _)) = of_slot.min_by_key(|(offer, id)| (offer.at, **id)) {
            unmet.asked += 1;
            unmet.organisations_first += u32::from(matches!(first.to, Party::Organisation(_)));
        }
    }

    /// Open offers of a time by which a place was promised to somebody who waited.
    pub(super) fn promised(&self, need: &Need, slot: usize, but: Option<OfferId>) -> usize {
        let Some(slot) = need.slots.get(slot) else { return 0 };
        let open = slot.open.iter().filter(|id| Some(**id) != but);
        open.filter(|id| self.offers.get(id).is_some_and(|offer| offer.waited)).count()
    }
}
