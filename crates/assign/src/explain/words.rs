//! Explanations in words. Needs, people and rules are indices; the caller knows their names.

use std::fmt::{self, Display};

use super::{Change, Explanation, Limit, Move, Relaxation, Terms, Verdict};

impl Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { need, person, terms, verdict } = self;
        match verdict {
            Verdict::Pinned => write!(f, "Need {need} was given to person {person} beforehand.")?,
            Verdict::NoEdge => write!(f, "Person {person} is no candidate for need {need}.")?,
            Verdict::Barred { rules } => {
                write!(
                    f,
                    "Person {person} is barred from need {need} by {}.",
                    List("rule", rules)
                )?;
            }
            Verdict::Assigned { without } => {
                write!(f, "Person {person} takes need {need}")?;
                if let Some(terms) = terms {
                    write!(f, " for {terms}")?;
                }
                match without {
                    Some(without) => write!(f, ". Otherwise {without}.")?,
                    None => f.write_str(".")?,
                }
            }
            Verdict::Passed { limits, with } => {
                write!(f, "Person {person} does not take need {need}")?;
                write_limits(f, ": ", limits)?;
                match with {
                    Some(with) => write_cheaper(f, with)?,
                    None => f.write_str(". No answer that has them was found.")?,
                }
            }
        }
        Ok(())
    }
}

fn write_limits(f: &mut fmt::Formatter<'_>, opening: &str, limits: &[Limit]) -> fmt::Result {
    for (at, limit) in limits.iter().enumerate() {
        write!(f, "{}{limit}", if at == 0 { opening } else { "; " })?;
    }
    Ok(())
}

fn write_cheaper(f: &mut fmt::Formatter<'_>, with: &Change) -> fmt::Result {
    let moves = Moves(&with.moves);
    match with.dearer {
        ..0 => write!(f, ". A cheaper answer has them: {moves}."),
        0 => write!(f, ". An answer just as cheap has them: {moves}."),
        dearer => {
            let about = if with.exact { "" } else { "about " };
            write!(f, ". They would need to be {about}{dearer} cheaper; then {moves}.")
        }
    }
}

impl Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fairness {
            0 => write!(f, "{}", self.edge),
            fairness => write!(f, "{} and {fairness} for fairness", self.edge),
        }
    }
}

impl Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, by) = match self.dearer {
            dearer @ ..0 => ("less", dearer.unsigned_abs()),
            dearer => ("more", dearer.unsigned_abs()),
        };
        let about = if self.exact { "" } else { " about" };
        write!(f, "{}, which costs{about} {by} {sign}", Moves(&self.moves))
    }
}

struct Moves<'a>(&'a [Move]);

impl Display for Moves<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing moves");
        }
        for (at, one) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { ", " })?;
            one.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let need = self.need;
        match (self.from, self.to) {
            (Some(from), Some(to)) => {
                write!(f, "need {need} goes from person {from} to person {to}")
            }
            (Some(from), None) => write!(f, "need {need} loses person {from} and is left open"),
            (None, Some(to)) => write!(f, "an open place of need {need} goes to person {to}"),
            (None, None) => write!(f, "need {need} stays open"),
        }
    }
}

impl Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule { rule } => write!(f, "rule {rule} bars them"),
            Self::Full { by } => write!(f, "its places are taken by {}", List("person", by)),
            Self::Capacity { by } if by.is_empty() => f.write_str("they take nothing"),
            Self::Capacity { by } => write!(f, "they take no more than {}", List("need", by)),
            Self::Clash { with } => write!(f, "need {with} of theirs is at the same time"),
            Self::Load { has, adds, max } => {
                write!(f, "they carry {has}, {adds} more would be above {max}")
            }
            Self::Price { over } => write!(f, "that costs {over} more than leaving it open"),
        }
    }
}

impl Display for Relaxation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { person, need, limits, terms } = self;
        write!(f, "Person {person} could take need {need} for {terms}")?;
        write_limits(f, " but for this: ", limits)?;
        f.write_str(".")
    }
}

/// `need 3`, or `needs 3 and 4`, or `needs 3, 4 and 5`; of people, `person 3` and `people 3 and 4`.
struct List<'a>(&'a str, &'a [u32]);

impl Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1.len()) {
            (one, 1) => f.write_str(one)?,
            ("person", _) => f.write_str("people")?,
            (one, _) => write!(f, "{one}s")?,
        }
        for (at, index) in self.1.iter().enumerate() {
            let comma = match self.1.len() - at {
                _ if at == 0 => "",
                1 => " and",
                _ => ",",
            };
            write!(f, "{comma} {index}")?;
        }
        Ok(())
    }
}
