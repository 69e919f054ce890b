//! Finds the entries of a file, whatever they are packed in, without reading them.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Fault;

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    _embedded: Option<Embedded<'a>>,
}

#[derive(Deserialize)]
struct Embedded<'a> {
    #[serde(borrow)]
    enheter: Option<Vec<&'a RawValue>>,
    #[serde(borrow, rename = "frivilligeOrganisasjoner")]
    voluntary: Option<Vec<&'a RawValue>>,
}

/// Calls `take` with each entry and its place, until it returns `false`.
///
/// # Errors
/// If the file is no JSON, or something else than pages, lists and entries.
pub(super) fn each<'a>(
    file: &'a [u8],
    take: &mut dyn FnMut(&str, &'a RawValue) -> bool,
) -> Result<(), Fault> {
    // What spreadsheets and editors put first.
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let text = std::str::from_utf8(file)
        .map_err(|error| Fault::new("", format!("the file is no UTF-8: {error}")))?;
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let mut lines = Lines { text, at: 0, line: 1 };
    while let Some(value) = values.next() {
        let value = value.map_err(|error| Fault::new("", format!("no JSON: {error}")))?;
        let end = values.byte_offset();
        let (first, rest) = (lines.at == 0, text.get(end..).unwrap_or_default());
        let last = rest.trim_start().is_empty();
        let line = lines.of(end.saturating_sub(value.get().len()));
        // One value alone needs no line to find it.
        let place = if first && last { Cow::Borrowed("") } else { format!("line {line} ").into() };
        if !within(&place, value, take)? {
            break;
        }
    }
    Ok(())
}

fn within<'a>(
    place: &str,
    value: &'a RawValue,
    take: &mut dyn FnMut(&str, &'a RawValue) -> bool,
) -> Result<bool, Fault> {
    let text = value.get();
    let fault =
        |error: serde_json::Error| Fault::new("", super::entry::problem(&error)).within(place);
    if text.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(text).map_err(fault)?;
        return Ok(all(place, "", &items, take));
    }
    if !text.starts_with('{') {
        let problem = "must be a page, a list or an entry of the register";
        return Err(Fault::new("", problem).within(place));
    }
    let page: Page<'_> = serde_json::from_str(text).map_err(fault)?;
    match page._embedded {
        None => Ok(take(place, value)),
        Some(Embedded { enheter: None, voluntary: None }) => {
            let problem = "must hold `enheter` or `frivilligeOrganisasjoner`";
            Err(Fault::new("_embedded", problem).within(place))
        }
        Some(Embedded { enheter, voluntary }) => {
            let lists = [("enheter", enheter), ("frivilligeOrganisasjoner", voluntary)];
            let mut lists = lists.iter().filter_map(|(name, list)| Some((name, list.as_ref()?)));
            Ok(lists.all(|(name, items)| all(place, name, items, take)))
        }
    }
}

fn all<'a>(
    place: &str,
    list: &str,
    items: &[&'a RawValue],
    take: &mut dyn FnMut(&str, &'a RawValue) -> bool,
) -> bool {
    items.iter().enumerate().all(|(i, item)| take(&format!("{place}{list}[{i}]"), item))
}

/// Counts lines up to where each value begins, each byte once.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, at: usize) -> usize {
        let between = self.text.as_bytes().get(self.at..at).unwrap_or_default();
        self.line += between.iter().filter(|b| **b == b'\n').count();
        self.at = at.max(1);
        self.line
    }
}
