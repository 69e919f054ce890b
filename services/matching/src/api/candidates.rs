//! Who suits a need, and who does not.

use dugnad_door::{Call, Invalid, Within as _, field};
use dugnad_events::{NeedId, matching::Need as Facts};
use dugnad_proto::matching::v1 as pb;
use dugnad_vault::PersonId;
use jiff::Timestamp;
use tonic::Status;

use super::{Api, MATCHMAKERS, read, refused, show};
use crate::model::{Judge, Missed, Refusal, State};

const MOST_CANDIDATES: i32 = 200;
const USUAL_CANDIDATES: usize = 10;
const MOST_MISSES: i32 = 50;
const MOST_PEOPLE: usize = 50;

/// What is asked of the state.
#[derive(Clone)]
struct Question {
    of: Of,
    slot: usize,
    count: usize,
    misses: usize,
    people: Vec<PersonId>,
}

#[derive(Clone)]
enum Of {
    Need(NeedId),
    Nobody(Box<Facts>),
}

impl Api {
    pub(super) async fn find_candidates(
        &self,
        call: &Call,
        request: pb::FindCandidatesRequest,
    ) -> Result<pb::FindCandidatesResponse, Status> {
        call.must_be(MATCHMAKERS)?;
        let question = question(&request)?;
        let answer = self.desk.look(call, move |state, now| answer(state, now, &question)).await?;
        answer.map_err(refused)
    }
}

fn question(request: &pb::FindCandidatesRequest) -> Result<Question, Invalid> {
    let of = match (request.need.as_str(), &request.question) {
        ("", question) => Of::Nobody(Box::new(read::need(question.as_ref(), "question")?.0)),
        (name, None) => Of::Need(field::name("need", name)?),
        _ => return Err(Invalid::new("question", "must not stand beside need")),
    };
    let count = match field::within("count", request.count, 0..=MOST_CANDIDATES)? {
        0 => USUAL_CANDIDATES,
        some => some as usize,
    };
    let people = field::at_most("people", &request.people, MOST_PEOPLE)?;
    let person = |(at, name): (usize, &String)| read::person("", name).within_item("people", at);
    Ok(Question {
        of,
        slot: read::slot(request.slot)? as usize,
        count,
        misses: field::within("misses", request.misses, 0..=MOST_MISSES)? as usize,
        people: people.iter().enumerate().map(person).collect::<Result<_, _>>()?,
    })
}

fn answer(
    state: &State,
    now: Timestamp,
    question: &Question,
) -> Result<pb::FindCandidatesResponse, Refusal> {
    let (facts, beside) = match &question.of {
        Of::Nobody(facts) => (&**facts, Vec::new()),
        Of::Need(id) => {
            let need = state.needs.get(id).ok_or_else(|| Refusal::NotFound(id.to_string()))?;
            (&need.facts, need.who(question.slot).collect())
        }
    };
    if facts.slots.get(question.slot).is_none() {
        let problem = "there is no such time".to_owned();
        return Err(Refusal::Invalid { field: "slot", problem });
    }
    let judge = Judge::new(state, now, facts, question.slot).beside(beside.iter().copied());
    let skip = |person: PersonId| beside.contains(&person);
    let found = state.find(facts, &judge, question.count, question.misses, &skip);
    let why = |person: &PersonId| {
        show::missed(&Missed { person: *person, rules: judge.why_not(*person) })
    };
    Ok(pb::FindCandidatesResponse {
        candidates: found.ranked.iter().map(show::candidate).collect(),
        misses: found.missed.iter().map(show::missed).collect(),
        people: question.people.iter().map(why).collect(),
    })
}
