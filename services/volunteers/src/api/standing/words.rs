//! Thanks, and notes about receivers: each sees what they wrote, coordinators see all.

use dugnad_door::{Call, Role, field, page};
use dugnad_events::volunteers::Event;
use dugnad_proto::volunteers::v1 as pb;
use tonic::Status;
use uuid::Uuid;

use super::{COORDINATOR, Door, paged, read, show, unexpected};
use crate::model::{
    State,
    standing::{Command, Note, Thanks},
};

impl Door {
    pub(super) async fn thank(
        &self,
        call: &Call,
        request: pb::ThankRequest,
    ) -> Result<pb::ThankResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        let text = field::label("text", &request.text, read::LONGEST_THANKS)?;
        let text = self.seal(call, person, id, text).await?;
        let events = self.execute(call, id, Command::Thank { person, text }).await?;
        let [Event::Thanked { by, on, text, .. }] = &*events else { return Err(unexpected()) };
        let thanks = Thanks { by: *by, on: *on, text: text.clone() };
        Ok(pb::ThankResponse { thanks: Some(self.thanks_of(call, &thanks).await?) })
    }

    pub(super) async fn list_thanks(
        &self,
        call: &Call,
        request: pb::ListThanksRequest,
    ) -> Result<pb::ListThanksResponse, Status> {
        let person = read::person("person", &request.person)?;
        let all = call.caller.id == person.0 || call.must_be(COORDINATOR).is_ok();
        let by = (!all).then_some(call.caller.id);
        let query = ("ListThanks", person, by);
        let size = page::size(request.page_size)?;
        let from = page::after::<usize>(&request.page_token, &query)?.map_or(0, next);
        let look = move |state: &State, _| {
            state.people.knows(person)?;
            let thanks = state.standing.person(person)?.thanks.iter().enumerate().skip(from);
            let thanks = thanks.filter(|(_, it)| by.is_none_or(|by| it.by == by));
            Ok(thanks.take(size + 1).map(|(n, it)| (n, it.clone())).collect::<Vec<_>>())
        };
        let mut items = Vec::new();
        for (n, thanks) in self.look(call, look).await? {
            items.push((n, self.thanks_of(call, &thanks).await?));
        }
        let (thanks, next_page_token) = paged(items, size, &query);
        Ok(pb::ListThanksResponse { thanks, next_page_token })
    }

    async fn thanks_of(&self, call: &Call, thanks: &Thanks) -> Result<pb::Thanks, Status> {
        let (said_by, date) = (thanks.by.to_string(), thanks.on.to_string());
        Ok(pb::Thanks { said_by, date, text: self.open(call, &thanks.text).await? })
    }

    pub(super) async fn write_note(
        &self,
        call: &Call,
        request: pb::WriteNoteRequest,
    ) -> Result<pb::WriteNoteResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let about = read::person("person", &request.person)?;
        let text = field::label("text", &request.text, read::LONGEST_TEXT)?;
        let text = self.seal(call, about, id, text).await?;
        let events = self.execute(call, id, Command::WriteNote { about, text }).await?;
        let [Event::NoteWritten { note, by, text, at, .. }] = &*events else {
            return Err(unexpected());
        };
        let note = Note { id: *note, by: *by, at: *at, text: text.clone() };
        Ok(pb::WriteNoteResponse { note: Some(self.note_of(call, &note).await?) })
    }

    pub(super) async fn list_notes(
        &self,
        call: &Call,
        request: pb::ListNotesRequest,
    ) -> Result<pb::ListNotesResponse, Status> {
        let about = read::person("person", &request.person)?;
        let by: Option<Uuid> = (call.role != Role::Coordinator).then_some(call.caller.id);
        let query = ("ListNotes", about, by);
        let size = page::size(request.page_size)?;
        let from = page::after::<usize>(&request.page_token, &query)?.map_or(0, next);
        let look = move |state: &State, _| {
            state.people.knows(about)?;
            let notes = state.standing.person(about)?.notes(by, from).take(size + 1);
            Ok(notes.map(|(n, note)| (n, note.clone())).collect::<Vec<_>>())
        };
        let mut items = Vec::new();
        for (n, note) in self.look(call, look).await? {
            items.push((n, self.note_of(call, &note).await?));
        }
        let (notes, next_page_token) = paged(items, size, &query);
        Ok(pb::ListNotesResponse { notes, next_page_token })
    }

    async fn note_of(&self, call: &Call, note: &Note) -> Result<pb::Note, Status> {
        Ok(pb::Note {
            name: note.id.to_string(),
            written_by: note.by.to_string(),
            write_time: Some(show::instant(note.at)),
            text: self.open(call, &note.text).await?,
        })
    }
}

fn next(last: usize) -> usize {
    last.saturating_add(1)
}
