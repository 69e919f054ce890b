//! The municipality's own lists of words.
//!
//! Keeps true: a word that was ever on offer stays known, so that whatever names it can be read.

use std::collections::{BTreeMap, BTreeSet};

use dugnad_events::{
    Code,
    volunteers::{Event, List, Term},
};

use super::People;
use crate::model::{Page, Refusal};

/// The words that a list knows, on offer and retired.
const MOST_KNOWN: usize = 2000;

#[derive(Debug, Default, PartialEq)]
pub(super) struct Terms {
    offered: Vec<Term>,
    codes: BTreeSet<Code>,
    retired: BTreeMap<Code, Term>,
}

pub(super) fn set(people: &People, list: List, terms: Vec<Term>) -> Result<Vec<Event>, Refusal> {
    let mut codes = BTreeSet::new();
    for (i, term) in terms.iter().enumerate() {
        let invalid = |field: &str, problem: &str| {
            let field = format!("terms[{i}].{field}");
            Err(Refusal::Invalid { field, problem: problem.to_owned() })
        };
        if !codes.insert(&term.code) {
            return invalid("code", "is there twice");
        }
        match (list, term.at) {
            (List::Areas, None) => return invalid("location", "is required of an area"),
            (List::Areas, Some(_)) | (_, None) => {}
            (_, Some(_)) => return invalid("location", "is for areas only"),
        }
    }
    let known = people
        .terms
        .get(&list)
        .map_or(0, |before| before.known().filter(|(term, _)| !codes.contains(&term.code)).count());
    if known + terms.len() > MOST_KNOWN {
        return Err(Refusal::TooMany {
            what: "words in a list, retired ones too",
            most: MOST_KNOWN,
        });
    }
    Ok(vec![Event::TermsSet { list, terms }])
}

impl Terms {
    pub(super) fn offers(&self, code: &Code) -> bool {
        self.codes.is_empty() || self.codes.contains(code)
    }

    pub(super) fn replace(&mut self, terms: &[Term]) {
        let before = std::mem::replace(&mut self.offered, terms.to_vec());
        self.codes = terms.iter().map(|term| term.code.clone()).collect();
        self.retired.extend(before.into_iter().map(|term| (term.code.clone(), term)));
        self.retired.retain(|code, _| !self.codes.contains(code));
    }

    /// On offer, in the order that they were given, then those that are retired (`true`) by code.
    fn known(&self) -> impl Iterator<Item = (&Term, bool)> {
        let retired = self.retired.values().map(|term| (term, true));
        self.offered.iter().map(|term| (term, false)).chain(retired)
    }
}

impl People {
    /// A list's words, each with whether it is retired. The key is how many came before.
    #[must_use]
    pub fn terms(
        &self,
        list: List,
        retired: bool,
        after: usize,
        size: usize,
    ) -> Page<(Term, bool), usize> {
        let known = self.terms.get(&list).into_iter().flat_map(Terms::known);
        let mut rest = known.filter(|(_, gone)| retired || !gone).skip(after);
        let items: Vec<_> =
            rest.by_ref().take(size).map(|(term, gone)| (term.clone(), gone)).collect();
        let next = rest.next().map(|_| after + items.len());
        Page { items, next }
    }
}
