//! All that the register holds of a person, for themselves to have.

use dugnad_events::volunteers::Details;
use dugnad_vault::{PersonId, Sealed};
use serde_json::json;

use super::record::Record;
use crate::model::{Held, Refusal, State};

/// What is held of one person, by part.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Name and how to be reached.
    pub details: Sealed<Details>,
    /// By part, then each under a name; a name may come more than once.
    pub parts: [(&'static str, Vec<(String, Held)>); 3],
}

impl State {
    /// All that is held of a person here.
    ///
    /// # Errors
    /// `NotFound` or `PersonErased`.
    pub fn export(&self, person: PersonId) -> Result<Exported, Refusal> {
        let record = self.people.record(person)?;
        let parts = [
            ("person", held(record)),
            ("organisations", self.organisations.held(person)),
            ("standing", self.standing.held(person)),
        ];
        Ok(Exported { details: record.details.clone(), parts })
    }
}

fn held(record: &Record) -> Vec<(String, Held)> {
    let mut held = Vec::new();
    let mut clear = |name: &str, value| held.push((name.to_owned(), Held::Clear(value)));
    clear("registered", json!(record.registered));
    clear("left", json!(record.left));
    clear("admitted", json!(record.is_admitted()));
    clear("gender", json!(record.gender));
    clear("giver", json!(record.giver));
    clear("receiver", json!(record.receiver));
    let hours = record.availability.as_ref().map(|it| json!({"zone": it.zone, "hours": it.hours}));
    clear("availability", json!(hours));
    clear("pause", json!(record.pause));
    for (representative, representation) in &record.representatives {
        let value = json!({"who": representative.to_string(), "how": representation});
        clear("representatives", value);
    }
    for receiver in &record.speaks_for {
        clear("speaks_for", json!(receiver.to_string()));
    }
    for unit in &record.contact_of {
        clear("contact_of", json!(unit.to_string()));
    }
    for (_, read) in record.reads.newest() {
        let (by, at, purpose, about) = (read.by, read.at, read.purpose, &*read.about);
        clear("reads", json!({"by": by, "at": at, "purpose": purpose, "about": about}));
    }
    if let Some(support) = &record.support {
        held.push(("support".to_owned(), Held::Text(support.clone())));
    }
    held
}
