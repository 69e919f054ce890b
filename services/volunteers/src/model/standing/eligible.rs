//! Whether somebody may have a role on a day: what `dugnad-eligibility` says of the requirements, and
//! before it whether they take part at all on that day.

use std::fmt;

use dugnad_eligibility::{Missing, missing};
use dugnad_events::Code;
use dugnad_vault::PersonId;
use jiff::civil::Date;

use super::{Presence, Refusal, Role, State};

/// Why somebody may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// Nobody of that name is in the register, or they were erased.
    Unknown,
    /// No coordinator has taken them in yet.
    NotAdmitted,
    /// They left.
    Left {
        /// The last day.
        on: Date,
    },
    /// They rest.
    Paused {
        /// The last day; `None`: until they say so.
        until: Option<Date>,
    },
    /// The role asks for it.
    Missing(Missing),
}

impl State {
    /// What the person lacks for the role on the day; empty: eligible. `O(courses of the role)`.
    ///
    /// # Errors
    /// If there is no such role or person, or the person was erased.
    pub fn eligibility(
        &self,
        person: PersonId,
        role: &Code,
        day: Date,
    ) -> Result<Vec<Lack>, Refusal> {
        self.people.knows(person)?;
        let of = self.standing.role(role)?;
        Ok(self.lacks(person, role, of, day))
    }

    /// The same for many, in their order; somebody unknown is told of as such.
    ///
    /// # Errors
    /// If there is no such role.
    pub fn eligibilities(
        &self,
        persons: &[PersonId],
        role: &Code,
        day: Date,
    ) -> Result<Vec<(PersonId, Vec<Lack>)>, Refusal> {
        let of = self.standing.role(role)?;
        Ok(persons.iter().map(|person| (*person, self.lacks(*person, role, of, day))).collect())
    }

    fn lacks(&self, person: PersonId, name: &Code, role: &Role, day: Date) -> Vec<Lack> {
        let Ok(person) = self.standing.person(person) else { return vec![Lack::Unknown] };
        let mut lacks = absent(person.presence, day);
        let missing = missing(name, role.version, &role.requirements, &person.standing, day);
        lacks.extend(missing.into_iter().map(Lack::Missing));
        lacks
    }
}

fn absent(presence: Presence, day: Date) -> Vec<Lack> {
    let admitted = presence.admitted.is_some_and(|on| on <= day);
    let left = presence.left.filter(|on| *on < day).map(|on| Lack::Left { on });
    let pause = presence.pause.filter(|pause| pause.holds(day));
    let paused = pause.map(|pause| Lack::Paused { until: pause.until });
    (!admitted).then_some(Lack::NotAdmitted).into_iter().chain(left).chain(paused).collect()
}

impl Lack {
    /// For machines, `UPPER_SNAKE_CASE`; it never changes.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::NotAdmitted => "NOT_ADMITTED",
            Self::Left { .. } => "LEFT",
            Self::Paused { .. } => "PAUSED",
            Self::Missing(missing) => missing.reason(),
        }
    }

    /// The last day on which what is missing was there, or on which the pause lasts.
    #[must_use]
    pub fn until(&self) -> Option<Date> {
        match self {
            Self::Left { on } => Some(*on),
            Self::Paused { until }
            | Self::Missing(Missing::Check { until } | Missing::Course { until, .. }) => *until,
            _ => None,
        }
    }

    /// The course that is missing.
    #[must_use]
    pub fn course(&self) -> Option<&Code> {
        match self {
            Self::Missing(Missing::Course { course, .. }) => Some(course),
            _ => None,
        }
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("nobody of that name is in the register"),
            Self::NotAdmitted => f.write_str("no coordinator has taken them in"),
            Self::Left { on } => write!(f, "they left; their last day was {on}"),
            Self::Paused { until: Some(day) } => write!(f, "they rest until {day}"),
            Self::Paused { until: None } => f.write_str("they rest until they say so"),
            Self::Missing(missing) => missing.fmt(f),
        }
    }
}
