//! Notices by whom they are to or what they are about, and answers of those who are signed in.

use dugnad_door::{Call, Invalid, Role, field, page};
use dugnad_events::{NoticeId, notices::Via};
use dugnad_proto::notices::v1 as pb;
use dugnad_vault::PersonId;
use jiff::Timestamp;
use tonic::Status;

use super::{Api, OFFICE, own_or, read, show};
use crate::model::{Command, State};

/// Whose list is asked for.
#[derive(Clone, serde::Serialize)]
enum Of {
    Person(PersonId),
    About(String),
}

impl Api {
    pub(super) async fn list_notices(
        &self,
        call: &Call,
        request: pb::ListNoticesRequest,
    ) -> Result<pb::ListNoticesResponse, Status> {
        let of = match (request.person.is_empty(), read::about(&request.about)?) {
            (_, "") => Of::Person(own_or(call, &request.person, OFFICE)?),
            (true, about) => {
                call.must_be(OFFICE)?;
                Of::About(about.to_owned())
            }
            (false, _) => return Err(Invalid::new("about", "must not stand beside person").into()),
        };
        let query = ("ListNotices", of.clone());
        let size = page::size(request.page_size)?;
        let after = page::after::<(Timestamp, NoticeId)>(&request.page_token, &query)?;
        let look = move |state: &State, now| {
            let ids = match &of {
                Of::Person(person) => state.of.get(person),
                Of::About(about) => state.about.get(about),
            };
            let kept = |id: &NoticeId| Some((*id, state.notices.get(id)?));
            let mut all: Vec<_> = ids.into_iter().flatten().filter_map(kept).collect();
            all.sort_by_key(|(id, kept)| std::cmp::Reverse((kept.facts.at, *id)));
            let key = |(id, kept): &(NoticeId, &crate::model::Kept)| (kept.facts.at, *id);
            let rest = all.iter().filter(|it| after.is_none_or(|after| key(it) < after));
            let mut page: Vec<_> = rest.take(size + 1).collect();
            let more = page.len() > size;
            page.truncate(size);
            let items = page.iter().map(|it| (key(it), show::notice(state, it.0, it.1, now)));
            let items: Vec<_> = items.collect();
            let next = items.last().map(|(key, _)| *key).filter(|_| more);
            (items, next)
        };
        let (items, next) = self.desk.look(call, look).await?;
        let (notices, next_page_token) = page::of(items, next, &query);
        Ok(pb::ListNoticesResponse { notices, next_page_token })
    }

    pub(super) async fn answer(
        &self,
        call: &Call,
        request: pb::AnswerRequest,
    ) -> Result<pb::AnswerResponse, Status> {
        call.must_be(&[Role::Person, Role::Coordinator])?;
        let id = field::request_id(&request.request_id)?;
        let notice = field::name("name", &request.name)?;
        let answer = read::answer(request.answer)?;
        let answer = answer.ok_or_else(|| Invalid::new("answer", "is required"))?;
        let person = (call.role == Role::Person).then_some(PersonId(call.caller.id));
        let command = Command::Answer { notice, person, answer, via: Via::Desk };
        self.desk.execute(call, id, command).await?;
        Ok(pb::AnswerResponse {})
    }
}
