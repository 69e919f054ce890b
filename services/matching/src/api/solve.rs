//! The assignment engine's own door: a problem in by messages, answers out as they improve.
//!
//! Stateless: no ledger, no vault, nothing kept. `read` gathers the problem within its bounds, `show`
//! puts answers together; how a solve runs and ends is [`dugnad_door::solving`]'s.

mod read;
mod show;

use dugnad_assign::{Answer, Broken, Cost, Options, Progress, check, solve};
use dugnad_door::{
    Interceptor, Invalid, Role, authenticate, enter,
    solving::{self, Limit, Place, Workers, defect},
};
use dugnad_proto::{
    codec::HARD_LIMIT,
    matching::v1::{
        self as pb,
        solve_service_server::{SolveService, SolveServiceServer},
    },
};
use futures::stream::BoxStream;
use tonic::{Request, Response, Status, Streaming, service::interceptor::InterceptedService};

use read::{Asked, Names};

/// The gRPC door of the stateless solver.
pub fn solve_service() -> InterceptedService<SolveServiceServer<Solver>, Interceptor> {
    let server = SolveServiceServer::new(Solver::default());
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What handles each call. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Solver {
    workers: Workers,
}

#[tonic::async_trait]
impl SolveService for Solver {
    type SolveStream = BoxStream<'static, Result<pb::SolveResponse, Status>>;

    async fn solve(
        &self,
        request: Request<Streaming<pb::SolveRequest>>,
    ) -> Result<Response<Self::SolveStream>, Status> {
        let (call, messages) = enter(request)?;
        call.must_be(&[Role::Coordinator, Role::Service])?;
        let gathered = gather(self.workers.clone(), messages);
        Ok(Response::new(solving::answers(|asked: &Asked| asked.effort, gathered, Problem::build)))
    }
}

async fn gather(
    workers: Workers,
    mut messages: Streaming<pb::SolveRequest>,
) -> Result<(Asked, Place), Status> {
    let missing = || Invalid::new("options", "must stand in the first message");
    let mut first = messages.message().await?.ok_or_else(missing)?;
    let mut asked = Asked::begin(&first.options.take().ok_or_else(missing)?)?;
    let place = workers.place(asked.effort.threads)?;
    asked.take(first)?;
    while let Some(message) = messages.message().await? {
        asked.take(message)?;
    }
    Ok((asked, place))
}

/// A whole problem, and what is to be said of it.
struct Problem {
    problem: dugnad_assign::Problem,
    names: Names,
    options: Options,
    explain: bool,
    places: u64,
}

impl Problem {
    fn build(asked: Asked) -> Result<Self, Status> {
        let explain = asked.explain;
        let options =
            Options { seed: asked.seed, threads: asked.effort.threads, start: Vec::new() };
        let (problem, names) = asked.build()?;
        let places = problem.needs().iter().map(|need| u64::from(need.heads)).sum();
        Ok(Self { problem, names, options, explain, places })
    }
}

impl solving::Solve for Problem {
    type Found = Progress;
    type Message = pb::SolveResponse;

    fn solve(
        &self,
        limit: &Limit,
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Result<Vec<pb::SolveResponse>, Status> {
        let answer = solve(&self.problem, &self.options, limit, &tell);
        let judged = check(&self.problem, &answer.pairs);
        judge(&answer, judged.map(|it| (it.cost, it.open_places)))?;
        show::last(&self.problem, &self.names, &answer, self.explain).map_err(|_| defect())
    }

    fn show(&self, now: Progress) -> Result<Vec<pb::SolveResponse>, Status> {
        Ok(vec![show::progress(now, self.places)])
    }
}

/// No answer leaves unjudged.
fn judge(answer: &Answer, judged: Result<(Cost, u64), Broken>) -> Result<(), Status> {
    let holds = judged.is_ok_and(|judged| judged == (answer.cost, answer.open_places));
    if holds { Ok(()) } else { Err(defect()) }
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;

    #[test]
    fn an_answer_that_costs_something_else_than_it_says_is_a_defect() {
        let answer = Answer { pairs: Vec::new(), cost: 3, bound: 3, open_places: 1, duals: None };

        assert!(judge(&answer, Ok((3, 1))).is_ok());
        assert_eq!(judge(&answer, Ok((4, 1))).unwrap_err().code(), Code::Internal);
        assert_eq!(judge(&answer, Err(Broken::NoEdge(0, 0))).unwrap_err().code(), Code::Internal);
    }
}
