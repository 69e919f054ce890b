//! Lists of people: ids and facts that name nobody.

use std::ops::Bound;

use dugnad_events::{Code, UnitId};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::{Entry, People, PersonView, Sight, Stage, record::Record};
use crate::model::{Page, today};

/// People looked at for one page: a page of a rare kind is short rather than slow.
const MOST_LOOKED_AT: usize = 5000;

/// What somebody is in the register for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Part {
    /// To give.
    Giver,
    /// To receive.
    Receiver,
}

/// Whom a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// `None`: everybody.
    pub part: Option<Part>,
    /// Lives there, or sets out from there.
    pub area: Option<Code>,
    /// Comes regularly, or not.
    pub standing: Option<bool>,
    /// As it is today.
    pub stage: Option<Stage>,
    /// Receivers of this unit.
    pub unit: Option<UnitId>,
}

impl Filter {
    fn takes(&self, record: &Record, today: Date) -> bool {
        let (giver, receiver) = (record.giver.as_ref(), record.receiver.as_ref());
        let part = match self.part {
            Some(Part::Giver) => giver.is_some(),
            Some(Part::Receiver) => receiver.is_some(),
            None => true,
        };
        let area = self.area.as_ref().is_none_or(|area| {
            let of_giver = giver.filter(|_| self.part != Some(Part::Receiver));
            let of_receiver = receiver.filter(|_| self.part != Some(Part::Giver));
            of_giver.is_some_and(|giver| giver.area.as_ref() == Some(area))
                || of_receiver.is_some_and(|receiver| receiver.area.as_ref() == Some(area))
        });
        let standing =
            self.standing.is_none_or(|standing| giver.is_some_and(|it| it.standing == standing));
        let unit = self.unit.is_none_or(|unit| receiver.is_some_and(|it| it.unit == Some(unit)));
        let stage = self.stage.is_none_or(|stage| record.stage(today) == stage);
        part && area && standing && unit && stage
    }
}

impl People {
    /// People by id, as `sight` shows them. A page may be short although there are more.
    #[must_use]
    pub fn list(
        &self,
        filter: &Filter,
        sight: Sight,
        after: Option<PersonId>,
        size: usize,
        now: Timestamp,
    ) -> Page<PersonView, PersonId> {
        let today = today(now);
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut rest = self.people.range((from, Bound::Unbounded));
        let (mut items, mut last) = (Vec::new(), None);
        for (id, entry) in rest.by_ref().take(MOST_LOOKED_AT) {
            last = Some(*id);
            if let Entry::Known(record) = entry
                && filter.takes(record, today)
            {
                items.push(record.view(*id, sight, today));
                if items.len() == size {
                    break;
                }
            }
        }
        Page { items, next: rest.next().and(last) }
    }
}
