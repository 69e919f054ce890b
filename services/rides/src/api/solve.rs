//! The dispatch engine's own door: a problem in by messages, plans out as they improve.
//!
//! Stateless: no ledger, no vault, nothing kept. `read` gathers the problem within its bounds, `show`
//! puts plans together; how a solve runs and ends is [`dugnad_door::solving`]'s. Nothing leaves that
//! the oracle has not allowed.

mod read;
mod reason;
mod show;

use std::sync::Arc;

use dugnad_dispatch::{Plan, solve_telling};
use dugnad_door::{
    Interceptor, Invalid, Role, authenticate, enter,
    solving::{self, Limit, Place, Workers},
};
use dugnad_proto::{
    codec::HARD_LIMIT,
    rides::v1::{
        self as pb,
        solve_service_server::{SolveService, SolveServiceServer},
    },
};
use futures::stream::BoxStream;
use tonic::{Request, Response, Status, Streaming, service::interceptor::InterceptedService};

use crate::ways::Ways;
use read::{Asked, Given};

/// The gRPC door of the stateless solver; the ways between places that have no rows are looked up.
pub fn solve_service(
    ways: Arc<dyn Ways>,
) -> InterceptedService<SolveServiceServer<Solver>, Interceptor> {
    let server = SolveServiceServer::new(Solver { workers: Workers::default(), ways });
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What handles each call. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Solver {
    workers: Workers,
    ways: Arc<dyn Ways>,
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
        let ways = self.ways.clone();
        let prepare = move |asked: Asked| Ok(Solving(asked.build(&*ways)?));
        Ok(Response::new(solving::answers(|asked: &Asked| asked.effort, gathered, prepare)))
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

/// A solve under way.
struct Solving(Given);

impl solving::Solve for Solving {
    type Found = Arc<Plan>;
    type Message = pb::SolveResponse;

    fn solve(
        &self,
        limit: &Limit,
        tell: &(dyn Fn(Arc<Plan>) + Sync),
    ) -> Result<Vec<pb::SolveResponse>, Status> {
        let better = |_, plan: &dyn Fn() -> Plan| tell(Arc::new(plan()));
        let answer = solve_telling(&self.0.problem, &self.0.options, limit, &better);
        show::last(&self.0, &answer.plan)
    }

    fn show(&self, plan: Arc<Plan>) -> Result<Vec<pb::SolveResponse>, Status> {
        show::better(&self.0, &plan)
    }
}
