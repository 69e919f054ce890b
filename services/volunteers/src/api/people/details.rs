//! Details on the way out: the reading is on disk before anything is opened.

use std::collections::HashSet;

use dugnad_door::{Call, Role, page, status};
use dugnad_events::volunteers::{Event, Purpose};
use dugnad_ledger::{Error, RequestId};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;
use tonic::Status;
use uuid::{NoContext, Uuid};

use super::{
    Api, office, own_or, read,
    show::{self, Shown},
};
use crate::model::{
    Refusal, State,
    people::{Command, PersonView},
};

impl Api {
    pub(super) async fn get(
        &self,
        call: &Call,
        request: &pb::GetPersonRequest,
    ) -> Result<pb::Person, Status> {
        let person = read::person("person", &request.person)?;
        let purpose = read::purpose(request.purpose)?;
        let about = read::about(&request.about)?;
        self.record(call, vec![person], purpose, about).await?;
        let view = self.view(call, vec![person], purpose).await?.pop();
        let view = view.unwrap_or(Err(Refusal::NotFound(person.to_string())));
        let view = view.map_err(|refusal| status(&Error::Refused(refusal)))?;
        let opened = self.open(call, view).await?;
        opened.ok_or_else(|| status(&Error::Refused(Refusal::PersonErased(person))))
    }

    pub(super) async fn batch_get(
        &self,
        call: &Call,
        request: &pb::BatchGetPeopleRequest,
    ) -> Result<pb::BatchGetPeopleResponse, Status> {
        let asked = read::people(&request.people)?;
        let purpose = read::purpose(request.purpose)?;
        let about = read::about(&request.about)?;
        let recorded = self.record(call, asked.clone(), purpose, about).await?;
        let mut people = Vec::new();
        let mut gone: HashSet<PersonId> = asked.iter().copied().collect();
        for view in self.view(call, recorded, purpose).await?.into_iter().flatten() {
            let id = view.id;
            if let Some(person) = self.open(call, view).await? {
                gone.remove(&id);
                people.push(person);
            }
        }
        let gone = asked.iter().filter(|id| gone.contains(id)).map(ToString::to_string);
        Ok(pb::BatchGetPeopleResponse { people, gone: gone.collect() })
    }

    /// Writes down that the caller reads these people's details; whose, without those who are gone.
    pub(super) async fn record(
        &self,
        call: &Call,
        people: Vec<PersonId>,
        purpose: Purpose,
        about: String,
    ) -> Result<Vec<PersonId>, Status> {
        let id = self.request_id(call).await?;
        let command = Command::Read { people, office: office(call), purpose, about };
        let events = self.execute(call, id, command).await?;
        Ok(match &*events {
            [Event::DetailsRead { people, .. }] => people.clone(),
            _ => Vec::new(),
        })
    }

    /// A reading has no id of the caller's: reading again is another reading. By the ledger's own
    /// clock, which is not this machine's in a test.
    async fn request_id(&self, call: &Call) -> Result<RequestId, Status> {
        let now = self.desk.look(call, |_, now| now).await?;
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
        let id = Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos));
        Ok(RequestId::new(id).expect("it was made as one of version 7"))
    }

    async fn view(
        &self,
        call: &Call,
        people: Vec<PersonId>,
        purpose: Purpose,
    ) -> Result<Vec<Result<PersonView, Refusal>>, Status> {
        let (caller, office) = (call.caller.id, office(call));
        let show = move |state: &State, now| {
            let one = |id: &PersonId| state.people.show(*id, caller, office, purpose, now);
            people.iter().map(one).collect()
        };
        self.desk.look(call, show).await
    }

    /// `None` if the person was erased meanwhile.
    async fn open(&self, call: &Call, view: PersonView) -> Result<Option<pb::Person>, Status> {
        let mut shown = Shown::default();
        if let Some(details) = &view.details {
            let Some(opened) = self.desk.open(call, details).await? else { return Ok(None) };
            shown.details = Some(opened);
        }
        if let Some(support) = &view.support {
            shown.support = self.desk.open(call, support).await?;
        }
        Ok(Some(show::person(view, shown)))
    }

    pub(super) async fn reads(
        &self,
        call: &Call,
        request: &pb::ListReadsRequest,
    ) -> Result<pb::ListReadsResponse, Status> {
        let person = read::person("person", &request.person)?;
        own_or(call, person, &[Role::Coordinator])?;
        let query = ("ListReads", person);
        let size = page::size(request.page_size)?;
        let before = page::after::<u64>(&request.page_token, &query)?;
        let look = move |state: &State, _| state.people.reads(person, before, size);
        let found = self.desk.look(call, look).await?;
        let found = found.map_err(|refusal| status(&Error::Refused(refusal)))?;
        let items = found.items.into_iter().map(|(number, read)| (number, show::read(&read)));
        let (reads, next_page_token) = page::of(items.collect(), found.next, &query);
        Ok(pb::ListReadsResponse { reads, next_page_token })
    }
}
