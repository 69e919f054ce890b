//! All that this part holds of a person, for them to have. Who else wrote it is left out: that is
//! theirs.

use dugnad_vault::PersonId;
use serde_json::{Value, json};

use super::{Standings, people::Person};
use crate::model::Held;

impl Standings {
    /// Each with its name; nothing of somebody unknown or erased. `O(entries)`.
    #[must_use]
    pub fn held(&self, id: PersonId) -> Vec<(String, Held)> {
        let Some(person) = self.people.get(&id) else { return Vec::new() };
        let mut held = vec![("standing".to_owned(), Held::Clear(self.in_clear(person)))];
        for (.., id) in &person.follow_ups {
            let Some(talk) = self.follow_ups.get(id) else { continue };
            let facts = json!({ "due": talk.due, "held": talk.held });
            held.push((id.to_string(), Held::Clear(facts)));
            held.extend(talk.note.clone().map(|it| (format!("{id}/note"), Held::Text(it))));
        }
        for (.., id) in &person.concerns {
            let Some(concern) = self.concerns.get(id) else { continue };
            let (severity, at) = (concern.severity, concern.at);
            let closed = concern.closed.is_some();
            let facts = json!({ "severity": severity, "raised": at, "closed": closed });
            held.push((id.to_string(), Held::Clear(facts)));
            held.push((format!("{id}/text"), Held::Text(concern.text.clone())));
        }
        for (n, thanks) in person.thanks.iter().enumerate() {
            held.push((format!("thanks/{n}"), Held::Clear(json!({ "on": thanks.on }))));
            held.push((format!("thanks/{n}/text"), Held::Text(thanks.text.clone())));
        }
        for note in &person.notes {
            held.push((note.id.to_string(), Held::Clear(json!({ "at": note.at }))));
            held.push((format!("{}/text", note.id), Held::Text(note.text.clone())));
        }
        held
    }

    fn in_clear(&self, person: &Person) -> Value {
        let session = |(id, came): (&dugnad_events::SessionId, &Option<bool>)| {
            let session = self.sessions.get(id)?;
            let start = session.span.start();
            Some(json!({ "course": session.course, "start": start, "came": came }))
        };
        let presence = person.presence;
        json!({
            "facts": person.standing,
            "admitted": presence.admitted,
            "left": presence.left,
            "pause": presence.pause,
            "sessions": person.sessions.iter().filter_map(session).collect::<Vec<_>>(),
            "hours": person.hours.values().collect::<Vec<_>>(),
        })
    }
}
