//! Whether codes are in the municipality's lists.

use dugnad_events::{
    Code,
    volunteers::{Giver, List, Receiver},
};

use super::People;
use crate::model::Refusal;

/// Checks codes of one message; those that were there before are good.
struct Check<'a> {
    people: &'a People,
    message: &'static str,
}

impl Check<'_> {
    fn all(&self, field: &str, list: List, codes: &[Code], had: &[Code]) -> Result<(), Refusal> {
        let bad = |code: &Code| !had.contains(code) && !self.people.term(list, code);
        match codes.iter().position(bad) {
            Some(i) => Err(self.unknown(&format!("{field}[{i}]"))),
            None => Ok(()),
        }
    }

    fn one(
        &self,
        field: &str,
        list: List,
        code: Option<&Code>,
        had: Option<&Code>,
    ) -> Result<(), Refusal> {
        match code {
            Some(code) if Some(code) != had && !self.people.term(list, code) => {
                Err(self.unknown(field))
            }
            _ => Ok(()),
        }
    }

    fn unknown(&self, field: &str) -> Refusal {
        let field = format!("{}.{field}", self.message);
        Refusal::Invalid { field, problem: "is not in the municipality's list".to_owned() }
    }
}

pub(super) fn of_giver(people: &People, new: &Giver, old: Option<&Giver>) -> Result<(), Refusal> {
    let none = Giver::default();
    let old = old.unwrap_or(&none);
    let check = Check { people, message: "giver" };
    check.all("interests", List::Interests, &new.interests, &old.interests)?;
    check.all("skills", List::Skills, &new.skills, &old.skills)?;
    check.all("languages", List::Languages, &new.languages, &old.languages)?;
    check.all("experiences", List::Experiences, &new.experiences, &old.experiences)?;
    check.one("area", List::Areas, new.area.as_ref(), old.area.as_ref())?;
    check.all("wants", List::Kinds, &new.wants, &old.wants)?;
    check.all("refuses", List::Kinds, &new.refuses, &old.refuses)
}

pub(super) fn of_receiver(
    people: &People,
    new: &Receiver,
    old: Option<&Receiver>,
) -> Result<(), Refusal> {
    let none = Receiver::default();
    let old = old.unwrap_or(&none);
    let check = Check { people, message: "receiver" };
    check.all("interests", List::Interests, &new.interests, &old.interests)?;
    check.all("languages", List::Languages, &new.languages, &old.languages)?;
    check.one("area", List::Areas, new.area.as_ref(), old.area.as_ref())?;
    check.all("access_needs", List::AccessNeeds, &new.access, &old.access)?;
    check.all("ride_needs", List::RideNeeds, &new.rides, &old.rides)?;
    match new.unit {
        Some(unit) if !people.units.contains_key(&unit) => Err(Refusal::NotFound(unit.to_string())),
        _ => Ok(()),
    }
}

pub(super) fn of_unit(
    people: &People,
    area: Option<&Code>,
    old: Option<&Code>,
) -> Result<(), Refusal> {
    Check { people, message: "unit" }.one("area", List::Areas, area, old)
}
