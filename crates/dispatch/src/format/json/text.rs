//! Reading JSON so that every error says where.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{Invalid, format::FormatError};

/// Reads a whole text; nothing may follow.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, FormatError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        let field = if field == "." { "the file".into() } else { field };
        said(field, error.inner())
    })?;
    json.end().map_err(|error| said("the end".into(), &error))?;
    Ok(value)
}

fn said(field: String, error: &serde_json::Error) -> FormatError {
    let words = error.to_string();
    // The line stands in the error itself.
    let problem = words.split(" at line ").next().unwrap_or(&words);
    FormatError::new(error.line(), field, problem)
}

/// Says in which line a field that has been read before stands, or what it would be part of.
pub(super) fn locate(text: &str, invalid: Invalid) -> FormatError {
    let steps: Vec<&str> =
        invalid.field.split(['.', '[', ']']).filter(|step| !step.is_empty()).collect();
    let found = (0..=steps.len()).rev().find_map(|known| {
        let mut json = serde_json::Deserializer::from_str(text);
        Seek(&steps[..known]).deserialize(&mut json).err()
    });
    FormatError::new(found.map_or(1, |here| here.line()), invalid.field, invalid.problem)
}

/// Fails just where the steps lead to, for the sake of the position in the error.
#[derive(Clone, Copy)]
struct Seek<'a>(&'a [&'a str]);

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl Seek<'_> {
    fn there<E: Error>(self) -> Result<(), E> {
        if self.0.is_empty() { Err(E::custom("here")) } else { Ok(()) }
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.there()?;
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0[0] {
                map.next_value_seed(Seek(&self.0[1..]))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.there()?;
        let wanted = self.0[0].parse::<usize>().ok();
        for at in 0.. {
            let is_there = if Some(at) == wanted {
                seq.next_element_seed(Seek(&self.0[1..]))?.is_some()
            } else {
                seq.next_element::<IgnoredAny>()?.is_some()
            };
            if !is_there {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.there()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.there()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.there()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.there()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.there()
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.there()
    }
}

/// Where something is: a name, or a point.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Named(String),
    At([f64; 2]),
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(PlaceVisitor)
    }
}

struct PlaceVisitor;

impl<'de> Visitor<'de> for PlaceVisitor {
    type Value = Place;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the id of a place or [longitude, latitude]")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Place, E> {
        Ok(Place::Named(name.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Place, A::Error> {
        let at = <[f64; 2]>::deserialize(serde::de::value::SeqAccessDeserializer::new(seq))?;
        Ok(Place::At(at))
    }
}

/// How many of what; no kind twice.
#[derive(Clone, Debug)]
pub(super) struct Counts(pub(super) Vec<(String, u16)>);

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(CountsVisitor)
    }
}

struct CountsVisitor;

impl<'de> Visitor<'de> for CountsVisitor {
    type Value = Counts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("how many of what, for instance {\"seat\": 1}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Counts, A::Error> {
        let mut counts: Vec<(String, u16)> = Vec::new();
        while let Some((kind, count)) = map.next_entry::<String, u16>()? {
            if counts.iter().any(|(known, _)| *known == kind) {
                return Err(A::Error::custom(format!("{kind:?} stands twice")));
            }
            if counts.len() == crate::Limit::DIMENSIONS {
                return Err(A::Error::custom("more kinds of load than can be told apart"));
            }
            counts.push((kind, count));
        }
        Ok(Counts(counts))
    }
}
