//! Needs at the door: who may post, see and end them.

use dugnad_door::{Call, Role, field, page};
use dugnad_events::{NeedId, matching::Event};
use dugnad_proto::matching::v1 as pb;
use dugnad_vault::{PersonId, Sealed};
use jiff::{SignedDuration, Timestamp};
use tonic::Status;

use super::{Api, MATCHMAKERS, OFFICE, is_one_of, no_such_event, read, refused, show};
use crate::model::{Answer, Command, Need, NeedFilter, Refusal, State};

const LONGEST_LIST: SignedDuration = SignedDuration::from_hours(400 * 24);

/// How much of a need a caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    /// All of it.
    All,
    /// What somebody must know to say yes or no: neither the receiver nor the text.
    Outline,
}

impl Api {
    pub(super) async fn post_need(
        &self,
        call: &Call,
        request: pb::PostNeedRequest,
    ) -> Result<pb::PostNeedResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let (mut facts, text) = read::need(request.need.as_ref(), "need")?;
        let mut speaks = None;
        if call.role == Role::Person {
            let receiver = facts.receiver.unwrap_or(PersonId(call.caller.id));
            facts.receiver = Some(receiver);
            speaks = Some(receiver);
        }
        let about = facts.receiver.unwrap_or(PersonId(call.caller.id));
        let sealed = match text.as_str() {
            "" => None,
            text => Some(self.desk.seal(call, about, id, &text.to_owned()).await?),
        };
        let command = Command::PostNeed { facts: Box::new(facts), text: sealed, speaks };
        let events = self.desk.execute(call, id, command).await?;
        let [Event::NeedPosted { need, facts, at, .. }, rest @ ..] = &*events else {
            return Err(no_such_event());
        };
        // The body is the same as that of the first request, or it would have been refused: so what
        // the event holds sealed is what was just read.
        let need = show::posted(*need, facts, *at, !rest.is_empty(), text);
        Ok(pb::PostNeedResponse { need: Some(need) })
    }

    pub(super) async fn close_need(
        &self,
        call: &Call,
        request: pb::CloseNeedRequest,
    ) -> Result<pb::CloseNeedResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let need = field::name("name", &request.name)?;
        let reason = read::reason(&request.reason)?;
        let command = Command::CloseNeed { need, reason, office: is_one_of(call, OFFICE) };
        self.desk.execute(call, id, command).await?;
        Ok(pb::CloseNeedResponse {})
    }

    pub(super) async fn get_need(
        &self,
        call: &Call,
        request: pb::GetNeedRequest,
    ) -> Result<pb::GetNeedResponse, Status> {
        let id: NeedId = field::name("name", &request.name)?;
        let (caller, office) = (PersonId(call.caller.id), is_one_of(call, OFFICE));
        let look = move |state: &State, now| {
            let not_found = || Refusal::NotFound(id.to_string());
            let need = state.needs.get(&id).ok_or_else(not_found)?;
            let sight = if office { Some(Sight::All) } else { sight(state, now, caller, id, need) };
            let sight = sight.ok_or_else(|| Refusal::NotYours(id.to_string()))?;
            let mut shown = show::need(state, id, need);
            let mut text: Option<Sealed<String>> = need.text.clone();
            if sight == Sight::Outline {
                shown.receiver.clear();
                shown.tally = None;
                text = None;
            }
            Ok::<_, Refusal>((shown, text))
        };
        let (mut need, text) = self.desk.look(call, look).await?.map_err(refused)?;
        if let Some(text) = text {
            need.text = self.desk.open(call, &text).await?.unwrap_or_default();
        }
        Ok(pb::GetNeedResponse { need: Some(need) })
    }

    pub(super) async fn list_needs(
        &self,
        call: &Call,
        request: pb::ListNeedsRequest,
    ) -> Result<pb::ListNeedsResponse, Status> {
        let span = request.interval.as_ref();
        let span = span.map(|it| read::span("interval", Some(it), LONGEST_LIST)).transpose()?;
        let of = (!is_one_of(call, OFFICE)).then_some(PersonId(call.caller.id));
        let filter = NeedFilter {
            kind: read::code_if_any("kind", &request.kind)?,
            area: read::code_if_any("area", &request.area)?,
            receiver: read::person_if_any("receiver", &request.receiver)?,
            span,
            stage: read::stage(request.state)?,
            of,
        };
        let bounds = (&filter.kind, &filter.area, filter.receiver, filter.span, request.state, of);
        let query = ("ListNeeds", bounds);
        let size = page::size(request.page_size)?;
        let after = page::after::<(Timestamp, NeedId)>(&request.page_token, &query)?;
        let asked = filter.clone();
        let look = move |state: &State, now| {
            state.list_needs(now, &asked, after, size, |id, need| show::need(state, id, need))
        };
        let found = self.desk.look(call, look).await?;
        let (needs, next_page_token) = page::of(found.items, found.next, &query);
        Ok(pb::ListNeedsResponse { needs, next_page_token })
    }

    pub(super) async fn start_asking(
        &self,
        call: &Call,
        request: pb::StartAskingRequest,
    ) -> Result<pb::StartAskingResponse, Status> {
        self.set_asking(call, &request.need, &request.request_id, true).await?;
        Ok(pb::StartAskingResponse {})
    }

    pub(super) async fn stop_asking(
        &self,
        call: &Call,
        request: pb::StopAskingRequest,
    ) -> Result<pb::StopAskingResponse, Status> {
        self.set_asking(call, &request.need, &request.request_id, false).await?;
        Ok(pb::StopAskingResponse {})
    }

    async fn set_asking(
        &self,
        call: &Call,
        need: &str,
        request_id: &str,
        asking: bool,
    ) -> Result<(), Status> {
        call.must_be(MATCHMAKERS)?;
        let id = field::request_id(request_id)?;
        let need = field::name("need", need)?;
        self.desk.execute(call, id, Command::SetAsking { need, asking }).await?;
        Ok(())
    }
}

/// What a person sees of a need: all, if it is theirs or they come; what it takes to answer, if they
/// are asked or may take a place.
fn sight(
    state: &State,
    now: Timestamp,
    caller: PersonId,
    id: NeedId,
    need: &Need,
) -> Option<Sight> {
    let receiver = need.facts.receiver;
    let theirs = need.by == caller.0
        || receiver.is_some_and(|it| state.speaks_for_receiver(caller, it, now));
    let known = state.people.get(caller);
    let comes = (0..need.slots.len()).any(|slot| need.who(slot).any(|it| it == caller));
    if theirs || comes {
        return Some(Sight::All);
    }
    let asked = state.offers_to(caller).into_iter().filter_map(|it| state.offers.get(&it));
    let asked = asked
        .into_iter()
        .any(|offer| offer.need == id && matches!(offer.state, Answer::Open | Answer::Waiting(_)));
    let open = need.is_live()
        && state.policy(&need.facts.kind).open
        && known.is_some_and(crate::model::Person::is_asked);
    (asked || open).then_some(Sight::Outline)
}
