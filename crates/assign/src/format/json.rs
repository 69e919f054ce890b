//! The JSON form.
//!
//! ```json
//! {"needs":  [{"id": "n1", "heads": 1, "window": [480, 540], "load": 60}],
//!  "people": [{"id": "p1", "capacity": 2, "max_load": 240}],
//!  "edges":  [["n1", "p1", 37]],
//!  "open_cost": 10000}
//! ```
//!
//! Windows and loads are minutes; a window does not include its end. Optional are, of a need,
//! `window`, `load` (0 without), `open_cost` (instead of the common one) and `place`; of a person
//! `max_load`, `pinned` (ids of needs) and `round`; a fourth number of an edge, the load of this
//! person with this need; `travel` (`{"places": ["a", "b"], "minutes": [[0, 5], [5, 0]]}`) and
//! `fairness` (`{"per": "need", "steps": [0, 10, 30]}` or `{"per": "load", "every": 60, "steps":
//! […]}`). An unknown field is an error that names it.

use std::{borrow::Cow, collections::HashMap, fmt};

use serde::{
    Deserialize,
    de::{self, Deserializer, SeqAccess, Visitor},
};

use super::{Named, Unreadable};
use crate::problem::{self, Cost, Fairness, Invalid, Need, Person};

/// Reads the form above.
///
/// # Errors
/// Names the line, and the field or the id.
pub fn parse(text: &[u8]) -> Result<Named, Unreadable> {
    let reader = &mut serde_json::Deserializer::from_slice(text);
    let file: File<'_> = serde_path_to_error::deserialize(&mut *reader).map_err(|error| {
        let field = match error.path().to_string() {
            path if path == "." => "the file".to_owned(),
            path => path,
        };
        let error = error.into_inner();
        Unreadable { line: error.line().max(1), field, problem: cause(&error) }
    })?;
    reader.end().map_err(|error| Unreadable {
        line: error.line().max(1),
        field: "the end".to_owned(),
        problem: cause(&error),
    })?;
    // The field says where from here on; lines are gone.
    name(file).map_err(|Invalid { field, problem }| Unreadable {
        line: line_of(text, &field),
        field,
        problem,
    })
}

/// What serde says, without the place that stands before it anyway.
fn cause(error: &serde_json::Error) -> String {
    let said = error.to_string();
    said.rsplit_once(" at line ").map_or(said.clone(), |(cause, _)| cause.to_owned())
}

/// The line on which the `i`-th element of the top-level list of a field such as `edges[7]` starts.
fn line_of(text: &[u8], field: &str) -> usize {
    let (list, rest) = field.split_once('[').unwrap_or((field, ""));
    let index = rest.split_once(']').and_then(|(index, _)| index.parse::<usize>().ok());
    let Ok(file) = serde_json::from_slice::<HashMap<&str, &serde_json::value::RawValue>>(text)
    else {
        return 1;
    };
    let Some(list) = file.get(list) else { return 1 };
    let items: Result<Vec<&serde_json::value::RawValue>, _> = serde_json::from_str(list.get());
    let items = items.unwrap_or_default();
    let place = index.and_then(|index| items.get(index)).unwrap_or(list).get();
    let before = place.as_ptr() as usize - text.as_ptr() as usize;
    1 + text[..before].iter().filter(|&&byte| byte == b'\n').count()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    #[serde(borrow)]
    needs: Vec<NeedForm<'a>>,
    #[serde(borrow)]
    people: Vec<PersonForm<'a>>,
    #[serde(borrow)]
    edges: Vec<EdgeForm<'a>>,
    open_cost: Cost,
    #[serde(borrow)]
    travel: Option<TravelForm<'a>>,
    fairness: Option<FairnessForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NeedForm<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    heads: u32,
    window: Option<[i64; 2]>,
    #[serde(default)]
    load: u32,
    open_cost: Option<Cost>,
    #[serde(borrow)]
    place: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonForm<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    capacity: u32,
    max_load: Option<u64>,
    #[serde(borrow, default)]
    pinned: Vec<Cow<'a, str>>,
    #[serde(default)]
    round: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TravelForm<'a> {
    #[serde(borrow)]
    places: Vec<Cow<'a, str>>,
    minutes: Vec<Vec<u32>>,
}

#[derive(Deserialize)]
#[serde(tag = "per", rename_all = "lowercase", deny_unknown_fields)]
enum FairnessForm {
    Need { steps: Vec<Cost> },
    Load { every: u32, steps: Vec<Cost> },
}

struct EdgeForm<'a> {
    need: Cow<'a, str>,
    person: Cow<'a, str>,
    cost: Cost,
    load: Option<u32>,
}

/// A string that is borrowed where the text allows.
#[derive(Deserialize)]
struct Id<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for EdgeForm<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Edge;

        impl<'de> Visitor<'de> for Edge {
            type Value = EdgeForm<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an edge such as [\"n1\", \"p1\", 37]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut edge: A) -> Result<Self::Value, A::Error> {
                let missing = |at| de::Error::invalid_length(at, &self);
                let Id(need) = edge.next_element()?.ok_or_else(|| missing(0))?;
                let Id(person) = edge.next_element()?.ok_or_else(|| missing(1))?;
                let cost = edge.next_element()?.ok_or_else(|| missing(2))?;
                let load = edge.next_element()?;
                match edge.next_element::<de::IgnoredAny>()? {
                    Some(_) => Err(missing(5)),
                    None => Ok(EdgeForm { need, person, cost, load }),
                }
            }
        }

        deserializer.deserialize_seq(Edge)
    }
}

fn name(file: File<'_>) -> Result<Named, Invalid> {
    let needs = index("needs", file.needs.iter().map(|need| &need.id))?;
    let people = index("people", file.people.iter().map(|person| &person.id))?;
    let edges = edges(&file, &needs, &people)?;
    let places: HashMap<&str, u32> = match &file.travel {
        Some(travel) => index("travel.places", travel.places.iter())?,
        None => HashMap::new(),
    };
    Ok(Named {
        need_names: file.needs.iter().map(|need| need.id.to_string()).collect(),
        person_names: file.people.iter().map(|person| person.id.to_string()).collect(),
        needs: file
            .needs
            .iter()
            .enumerate()
            .map(|(n, form)| need(n, form, file.open_cost, &places))
            .collect::<Result<_, _>>()?,
        people: file
            .people
            .iter()
            .enumerate()
            .map(|(p, form)| person(p, form, &needs))
            .collect::<Result<_, _>>()?,
        edges,
        travel: file.travel.as_ref().map(travel).transpose()?,
        fairness: file.fairness.map(|fairness| match fairness {
            FairnessForm::Need { steps } => Fairness::Needs(steps),
            FairnessForm::Load { every, steps } => Fairness::Load { every, steps },
        }),
    })
}

fn index<'f>(
    list: &str,
    ids: impl Iterator<Item = &'f Cow<'f, str>>,
) -> Result<HashMap<&'f str, u32>, Invalid> {
    let mut index = HashMap::new();
    for (at, id) in ids.enumerate() {
        if index.insert(&**id, at as u32).is_some() {
            return Err(Invalid::new(
                format!("{list}[{at}]"),
                format!("{id:?} stands there twice"),
            ));
        }
    }
    Ok(index)
}

fn find(
    index: &HashMap<&str, u32>,
    id: &str,
    field: impl Fn() -> String,
    list: &str,
) -> Result<u32, Invalid> {
    let unknown = || Invalid::new(field(), format!("{id:?} is not among {list}"));
    index.get(id).copied().ok_or_else(unknown)
}

fn edges(
    file: &File<'_>,
    needs: &HashMap<&str, u32>,
    people: &HashMap<&str, u32>,
) -> Result<Vec<problem::Edge>, Invalid> {
    let edge = |(e, form): (usize, &EdgeForm<'_>)| {
        let field = || format!("edges[{e}]");
        let need = find(needs, &form.need, field, "needs")?;
        let person = find(people, &form.person, field, "people")?;
        let load = form.load.unwrap_or(file.needs[need as usize].load);
        Ok(problem::Edge { need, person, cost: form.cost, load })
    };
    file.edges.iter().enumerate().map(edge).collect()
}

fn need(
    n: usize,
    form: &NeedForm<'_>,
    open_cost: Cost,
    places: &HashMap<&str, u32>,
) -> Result<Need, Invalid> {
    let place = form
        .place
        .as_ref()
        .map(|place| find(places, place, || format!("needs[{n}].place"), "travel.places"));
    Ok(Need {
        heads: form.heads,
        window: form.window.map(|[start, end]| problem::Window { start, end }),
        place: place.transpose()?,
        open_cost: form.open_cost.unwrap_or(open_cost),
    })
}

fn person(p: usize, form: &PersonForm<'_>, needs: &HashMap<&str, u32>) -> Result<Person, Invalid> {
    let field = || format!("people[{p}].pinned");
    let pinned: Result<_, _> =
        form.pinned.iter().map(|need| find(needs, need, field, "needs")).collect();
    let (capacity, max_load, round) = (form.capacity, form.max_load, form.round);
    Ok(Person { capacity, max_load, pinned: pinned?, round })
}

fn travel(form: &TravelForm<'_>) -> Result<problem::Travel, Invalid> {
    let places = form.places.len();
    if form.minutes.len() != places || form.minutes.iter().any(|row| row.len() != places) {
        return Err(Invalid::new("travel.minutes", format!("must be {places} rows of {places}")));
    }
    Ok(problem::Travel { places: places as u32, minutes: form.minutes.concat() })
}
