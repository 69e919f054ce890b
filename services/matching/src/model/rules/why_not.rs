//! A rule that keeps somebody from a need: in words, and by a name for machines.

use std::fmt::{self, Display};

use dugnad_calendar::Interval;
use dugnad_eligibility::Missing;
use dugnad_events::{AssignmentId, Code, volunteers::Gender};
use dugnad_vault::PersonId;
use jiff::civil::Date;

use crate::model::time;

/// Why somebody may not come. `Display` goes on after "This person …".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// Nobody is known by this name.
    Unknown,
    /// They are no volunteer.
    NoGiver,
    /// No coordinator took them in yet.
    NotAdmitted,
    /// They stopped.
    Left {
        /// The last day.
        on: Date,
    },
    /// They rest.
    Paused {
        /// The last day; `None`: until they say so.
        until: Option<Date>,
    },
    /// Nobody said what the role asks for.
    RoleUnknown {
        /// Which.
        role: Code,
    },
    /// Something that the role, or the need, asks for.
    Missing {
        /// What.
        lacks: Missing,
    },
    /// A skill that the need asks for.
    Skill {
        /// Which.
        skill: Code,
    },
    /// A language that the need asks for.
    Language {
        /// Which.
        language: Code,
    },
    /// The gender that the need asks for.
    Gender {
        /// Which.
        wished: Gender,
    },
    /// They have taken on something else.
    Busy {
        /// When.
        at: Interval,
        /// What.
        by: AssignmentId,
    },
    /// Not these two.
    Conflict {
        /// With whom.
        with: PersonId,
    },
    /// They do not take this kind.
    Refuses {
        /// Which.
        kind: Code,
    },
    /// Too far, or nobody knows from where.
    Distance {
        /// How far, if it is known.
        metres: Option<u32>,
        /// How far they go.
        reach_km: u16,
        /// How far the need looks, if it says.
        within_km: Option<u16>,
    },
    /// They did not say that they can then.
    NotFree {
        /// The first of the times.
        at: Interval,
    },
    /// They come this often already.
    TooMuch {
        /// In which week.
        week: String,
        /// How often at most.
        most: u8,
    },
    /// They cannot get there in time, or not in time to what they do next.
    Travel {
        /// From or to what.
        by: AssignmentId,
        /// How long it takes.
        minutes: u32,
        /// How long there is.
        gap: u32,
    },
}

impl WhyNot {
    /// The rule's name for machines, `UPPER_SNAKE_CASE`; it never changes.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN_PERSON",
            Self::NoGiver => "NO_VOLUNTEER",
            Self::NotAdmitted => "NOT_ADMITTED",
            Self::Left { .. } => "LEFT",
            Self::Paused { .. } => "PAUSED",
            Self::RoleUnknown { .. } => "ROLE_UNKNOWN",
            Self::Missing { lacks } => lacks.reason(),
            Self::Skill { .. } => "SKILL",
            Self::Language { .. } => "LANGUAGE",
            Self::Gender { .. } => "GENDER",
            Self::Busy { .. } => "BUSY",
            Self::Conflict { .. } => "CONFLICT",
            Self::Refuses { .. } => "REFUSES",
            Self::Distance { .. } => "DISTANCE",
            Self::NotFree { .. } => "NOT_FREE",
            Self::TooMuch { .. } => "TOO_MUCH",
            Self::Travel { .. } => "TRAVEL",
        }
    }

    /// Whether it holds whatever the person says.
    #[must_use]
    pub fn is_firm(&self) -> bool {
        !matches!(
            self,
            Self::Refuses { .. }
                | Self::Distance { .. }
                | Self::NotFree { .. }
                | Self::TooMuch { .. }
                | Self::Travel { .. }
        )
    }
}

impl Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("is not known"),
            Self::NoGiver => f.write_str("is no volunteer"),
            Self::NotAdmitted => f.write_str("is not admitted yet"),
            Self::Left { on } => write!(f, "stopped on {on}"),
            Self::Paused { until: Some(until) } => write!(f, "rests until {until}"),
            Self::Paused { until: None } => f.write_str("rests"),
            Self::RoleUnknown { role } => {
                write!(f, "cannot be judged: nobody said what the role {role} asks for")
            }
            Self::Missing { lacks } => write!(f, "lacks what is asked: {lacks}"),
            Self::Skill { skill } => write!(f, "lacks the skill {skill}"),
            Self::Language { language } => write!(f, "does not speak {language}"),
            Self::Gender { wished } => write!(f, "is not {}", super::gender(*wished)),
            Self::Busy { at, by } => write!(f, "has taken on {by} {}", Span(*at)),
            Self::Conflict { with } => write!(f, "must not be brought together with {with}"),
            Self::Refuses { kind } => write!(f, "does not take {kind}"),
            Self::Distance { metres: None, .. } => {
                f.write_str("cannot be placed: nobody knows from where they set out")
            }
            Self::Distance { metres: Some(metres), reach_km, within_km } => {
                let km = f64::from(*metres) / 1000.0;
                write!(f, "sets out {km:.1} km away, ")?;
                match within_km.filter(|within| within < reach_km) {
                    Some(within) => write!(f, "at most {within} km is wanted"),
                    None => write!(f, "goes {reach_km} km"),
                }
            }
            Self::NotFree { at } => write!(f, "did not say that they can {}", Span(*at)),
            Self::TooMuch { week, most } => {
                write!(f, "comes {most} times a week at most, and has that many in {week}")
            }
            Self::Travel { by, minutes, gap } => {
                write!(f, "needs {minutes} minutes between this and {by}, and has {gap}")
            }
        }
    }
}

/// A span as people read it, in local time.
struct Span(Interval);

impl Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = time::here();
        let (start, end) = (zone.to_datetime(self.0.start()), zone.to_datetime(self.0.end()));
        let [from, to] = [start, end].map(|at| at.strftime("%H:%M").to_string());
        write!(f, "on {} {from}-{to}", start.date())
    }
}

/// All of them as one sentence.
#[must_use]
pub fn in_words(rules: &[WhyNot]) -> String {
    let words: Vec<_> = rules.iter().map(ToString::to_string).collect();
    words.join(", and ")
}
