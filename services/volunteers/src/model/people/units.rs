//! Units that receive help, and whom to reach there.

use dugnad_events::{Code, UnitId, volunteers::Event};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;

use super::{People, UnitView, codes, command::NewUnit};
use crate::model::{Page, Refusal};

/// Units of a municipality.
const MOST_UNITS: usize = 5000;

#[derive(Debug, PartialEq)]
pub(super) struct Unit {
    name: String,
    area: Option<Code>,
    /// `None`: was erased.
    contact: Option<PersonId>,
    deputy: Option<PersonId>,
}

pub(super) fn set(people: &People, cx: &Context, new: NewUnit) -> Result<Vec<Event>, Refusal> {
    let NewUnit { unit, name, area, contact, deputy } = new;
    let before =
        unit.map(|unit| people.units.get(&unit).ok_or_else(|| Refusal::NotFound(unit.to_string())));
    let before = before.transpose()?;
    if before.is_none() && people.units.len() >= MOST_UNITS {
        return Err(Refusal::TooMany { what: "units", most: MOST_UNITS });
    }
    people.knows(contact)?;
    if let Some(deputy) = deputy {
        people.knows(deputy)?;
        if deputy == contact {
            let (field, problem) = ("unit.deputy".to_owned(), "must be somebody else".to_owned());
            return Err(Refusal::Invalid { field, problem });
        }
    }
    codes::of_unit(people, area.as_ref(), before.and_then(|unit| unit.area.as_ref()))?;
    let unit = unit.unwrap_or_else(|| UnitId(cx.id(0)));
    Ok(vec![Event::UnitSet { unit, name, area, contact, deputy }])
}

impl People {
    /// Units by id.
    #[must_use]
    pub fn units(&self, after: Option<UnitId>, size: usize) -> Page<UnitView, UnitId> {
        let units = self.units.iter().filter(|(id, _)| after.is_none_or(|after| **id > after));
        let units = units.map(|(id, unit)| UnitView {
            id: *id,
            name: unit.name.clone(),
            area: unit.area.clone(),
            contact: unit.contact,
            deputy: unit.deputy,
        });
        Page::of(units, size, |unit| unit.id)
    }

    pub(super) fn unit_set(
        &mut self,
        id: UnitId,
        name: &str,
        area: Option<Code>,
        contact: PersonId,
        deputy: Option<PersonId>,
    ) {
        // Whoever was erased is not written down again.
        let known = |person: &PersonId| self.knows(*person).is_ok();
        let contact = Some(contact).filter(known);
        let deputy = deputy.filter(known);
        let unit = Unit { name: name.to_owned(), area, contact, deputy };
        if let Some(before) = self.units.insert(id, unit) {
            for person in before.contact.into_iter().chain(before.deputy) {
                self.change(person, |record| {
                    record.contact_of.remove(&id);
                });
            }
        }
        for person in contact.into_iter().chain(deputy) {
            self.change(person, |record| {
                record.contact_of.insert(id);
            });
        }
    }

    /// Nobody is reached at the unit through this person any more.
    pub(super) fn unit_without(&mut self, id: UnitId, person: PersonId) {
        let Some(unit) = self.units.get_mut(&id) else { return };
        unit.contact = unit.contact.filter(|it| *it != person);
        unit.deputy = unit.deputy.filter(|it| *it != person);
    }
}
