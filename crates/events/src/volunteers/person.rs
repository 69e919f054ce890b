//! What is known of a person.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Code, UnitId};

/// Name and how to be reached: sealed before it comes near a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// What they are called.
    pub name: String,
    /// Where they can be called.
    #[serde(default)]
    pub phone: String,
    /// Where they can be written to.
    #[serde(default)]
    pub email: String,
    /// Street, postal code and town.
    #[serde(default)]
    pub address: String,
    /// If they told.
    #[serde(default)]
    pub born: Option<Date>,
    /// How they want to be told.
    #[serde(default)]
    pub contact: Contact,
    /// Anything else they want known.
    #[serde(default)]
    pub remarks: String,
}

/// How somebody wants to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// `sms`, `email`, `phone` or `letter`; empty: whatever there is.
    #[serde(default)]
    pub channel: String,
    /// `nb` or `en`; empty: `nb`.
    #[serde(default)]
    pub language: String,
    /// Letters in large print.
    #[serde(default)]
    pub large_print: bool,
    /// `HH:MM-HH:MM` in which nothing is sent; empty: the municipality's.
    #[serde(default)]
    pub quiet: String,
}

/// If somebody told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// A woman or girl.
    Female,
    /// A man or boy.
    Male,
    /// Neither.
    Other,
}

/// Which ages a person has reached: all that a rule needs of a date of birth, and no more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ages {
    /// The highest of [`Ages::MILESTONES`] reached when it was written down; 0: none.
    pub reached: u8,
    /// Those to come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coming: Vec<Coming>,
}

/// An age that will be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coming {
    /// In whole years.
    pub age: u8,
    /// The first day.
    pub on: Date,
}

impl Ages {
    /// The ages that a rule can ask for.
    pub const MILESTONES: [u8; 7] = [13, 15, 16, 18, 20, 21, 23];

    /// What is written down on `today` of somebody born on `born`.
    #[must_use]
    pub fn of(born: Date, today: Date) -> Self {
        let on = |age: u8| birthday(born, age);
        let (past, coming): (Vec<u8>, Vec<u8>) =
            Self::MILESTONES.into_iter().partition(|age| on(*age) <= today);
        let coming = coming.into_iter().map(|age| Coming { age, on: on(age) }).collect();
        Self { reached: past.last().copied().unwrap_or_default(), coming }
    }

    /// Whether the person is at least this old on the day. Ages between milestones count as the
    /// next one.
    #[must_use]
    pub fn at_least(&self, age: u8, day: Date) -> bool {
        self.reached >= age || self.coming.iter().any(|it| it.age >= age && it.on <= day)
    }
}

/// Born on 29 February, one is a year older on 1 March.
fn birthday(born: Date, age: u8) -> Date {
    let year = born.year().saturating_add(i16::from(age));
    let same = Date::new(year, born.month(), born.day());
    same.or_else(|_| Date::new(year, 3, 1)).unwrap_or(Date::MAX)
}

/// What a volunteer (frivillig) gives. Codes are of the municipality's lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Giver {
    /// Comes regularly; otherwise now and then (ad hoc).
    #[serde(default)]
    pub standing: bool,
    /// What they like.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interests: Vec<Code>,
    /// What they can do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<Code>,
    /// What they speak.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Code>,
    /// What they have lived through and share; only with their explicit consent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub experiences: Vec<Code>,
    /// Where they set out from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Code>,
    /// How far they go, in kilometres.
    #[serde(default)]
    pub reach_km: u16,
    /// The seats they offer in a car of theirs; `None`: no car.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub car_seats: Option<u8>,
    /// Kinds of need they would rather have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wants: Vec<Code>,
    /// Kinds of need that they do not take.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refuses: Vec<Code>,
    /// How many times they come in a week at most; `None`: as it comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_a_week: Option<u8>,
}

/// What a receiver (bruker) needs, as facts. Codes are of the municipality's lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    /// What they like.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interests: Vec<Code>,
    /// What they speak.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Code>,
    /// Where they live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Code>,
    /// How a place must be for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access: Vec<Code>,
    /// What they need in a car.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rides: Vec<Code>,
    /// The unit that looks after them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

/// A rest that a volunteer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The first day.
    pub from: Date,
    /// The last day; `None`: until they say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Pause {
    /// Whether the day lies in it.
    #[must_use]
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// What somebody is to a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// A relative (pårørende).
    Relative,
    /// A guardian by law (verge).
    Guardian,
    /// Somebody the receiver trusts.
    Trusted,
}

/// What a representative may do for a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// See their details.
    Details,
    /// Ask for help on their behalf.
    Needs,
    /// Sign them up for what goes on.
    Activities,
    /// Order rides.
    Rides,
    /// Be told in their place.
    Notices,
}

/// By what right somebody speaks for a receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Representation {
    /// What they are to the receiver.
    pub relation: Relation,
    /// What the consent covers.
    pub scope: Vec<Scope>,
    /// When the receiver consented.
    pub consented: Date,
    /// The last day; `None`: until it is withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What somebody's details are read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// One's own.
    Own,
    /// Somebody speaks for them.
    Representation,
    /// To find them help, or whom to help.
    Matching,
    /// To reach them about what was agreed.
    Contact,
    /// To follow up.
    FollowUp,
    /// To put the register right.
    Register,
    /// To give them all that is held of them.
    Export,
    /// To tell them something: the notices service.
    Notice,
}

/// Why somebody was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erasure {
    /// Somebody asked.
    Asked,
    /// They had signed up and were never admitted.
    Applicant,
    /// They had left long ago.
    Left,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_age_is_reached_on_the_birthday_and_not_the_day_before() {
        let ages = Ages::of(date(2008, 12, 3), date(2026, 11, 22));

        assert_eq!(ages.reached, 16);
        assert!(!ages.at_least(18, date(2026, 12, 2)));
        assert!(ages.at_least(18, date(2026, 12, 3)));
    }

    #[test]
    fn of_a_grown_up_no_date_is_kept() {
        let ages = Ages::of(date(1950, 2, 28), date(2026, 11, 22));

        assert_eq!(ages, Ages { reached: 23, coming: Vec::new() });
    }

    #[test]
    fn born_on_a_leap_day_one_is_older_on_the_first_of_march() {
        let ages = Ages::of(date(2008, 2, 29), date(2025, 1, 1));

        assert!(!ages.at_least(18, date(2026, 2, 28)));
        assert!(ages.at_least(18, date(2026, 3, 1)));
    }
}
