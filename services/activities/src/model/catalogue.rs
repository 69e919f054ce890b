//! The catalogue: what goes on, where, when and for whom.

use dugnad_calendar::Interval;
use dugnad_events::{
    Code, OccurrenceId,
    activities::{Activity as Facts, Organiser},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Activity, Occurrence, Stage, State};

/// What is looked for. Empty: whatever it is.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// That touch this.
    pub span: Option<Interval>,
    /// Words of title, text or place, lower case; all of them.
    pub words: Vec<String>,
    /// Of this kind.
    pub topic: Option<Code>,
    /// For these; what is for everybody is for them too.
    pub audience: Option<Code>,
    /// In this area.
    pub area: Option<Code>,
    /// In this name.
    pub organiser: Option<Organiser>,
    /// What they are.
    pub stages: Vec<Stage>,
    /// With a free place.
    pub with_places: bool,
    /// What somebody else's drafts are to: this caller sees their own alone. `None`: all drafts.
    pub seen_by: Option<Uuid>,
}

/// Where a page ended.
pub type Key = (Timestamp, OccurrenceId);

/// Some of many, in order.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// At most as many as asked for.
    pub items: Vec<T>,
    /// Ask with it for what comes after; `None`: this was all.
    pub next: Option<Key>,
}

impl State {
    /// Occurrences by their start, after the key. `O(occurrences from there on)`.
    pub fn search<T>(
        &self,
        filter: &Filter,
        after: Option<Key>,
        size: usize,
        show: impl Fn(&Activity, &Occurrence) -> T,
    ) -> Page<(Key, T)> {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        let longest = jiff::SignedDuration::from_hours(25);
        let first = filter.span.and_then(|it| it.start().checked_sub(longest).ok());
        let from = match (after, first) {
            (Some(after), _) => Excluded(after),
            (None, Some(first)) => Included((first, OccurrenceId(Uuid::nil()))),
            (None, None) => Unbounded,
        };
        let mut items = Vec::new();
        for key in self.by_start.range((from, Unbounded)) {
            if filter.span.is_some_and(|span| key.0 >= span.end()) {
                break;
            }
            let Some(occurrence) = self.occurrences.get(&key.1) else { continue };
            let Some(activity) = self.activities.get(&occurrence.activity) else { continue };
            if !self.suits(filter, activity, occurrence) {
                continue;
            }
            if items.len() == size {
                let next = items.last().map(|(key, _)| *key);
                return Page { items, next };
            }
            items.push((*key, show(activity, occurrence)));
        }
        Page { items, next: None }
    }

    fn suits(&self, filter: &Filter, activity: &Activity, occurrence: &Occurrence) -> bool {
        let facts = &activity.facts;
        let is = |wanted: &Option<Code>, has: &[Code]| {
            wanted.as_ref().is_none_or(|wanted| has.contains(wanted))
        };
        let for_all = facts.audience.is_empty();
        filter.span.is_none_or(|span| span.overlaps(&occurrence.span))
            && self.sees(filter.seen_by, activity, occurrence)
            && is(&filter.topic, &facts.topics)
            && (for_all || is(&filter.audience, &facts.audience))
            && (filter.area.is_none() || filter.area == facts.area)
            && filter.organiser.is_none_or(|it| it == facts.organiser)
            && (filter.stages.is_empty() || filter.stages.contains(&occurrence.stage))
            && (!filter.with_places || occurrence.taken() < facts.capacity)
            && self.says(&filter.words, facts, occurrence)
    }

    /// Whether somebody may know of it: drafts are their organiser's. `None`: may know of all.
    #[must_use]
    pub fn sees(&self, who: Option<Uuid>, activity: &Activity, occurrence: &Occurrence) -> bool {
        let drafted = occurrence.stage == Stage::Draft;
        let never_public =
            drafted || occurrence.reason.as_ref().is_some_and(|it| it.as_str() == "never-public");
        !never_public || who.is_none_or(|who| self.plans_for(who, activity.facts.organiser))
    }

    fn says(&self, words: &[String], facts: &Facts, occurrence: &Occurrence) -> bool {
        if words.is_empty() {
            return true;
        }
        let place = self.place_in_words(facts, occurrence);
        let text = format!("{} {} {place}", facts.title, facts.text).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    }
}
