//! What reaches a partition's writer, and what waits for its answer.

use dugnad_journal::{Hash, Partition, Stored};
use jiff::Timestamp;
use tokio::{sync::oneshot, time::Instant};

use crate::{
    Ask, Error, Outcome,
    commit::Digest,
    model::{Caller, Model},
};

/// What a caller wants of a partition.
pub(crate) enum Message<M: Model> {
    Execute(Execute<M>),
    Look(Box<dyn Question<M>>),
    /// How far each foreign history was taken in.
    Reached(oneshot::Sender<Vec<crate::commit::Reached>>),
    /// What the state comes to, and after which commit.
    Digest(oneshot::Sender<Digested<M>>),
}

/// A state's digest and the commit after which it is so.
pub(crate) type Digested<M> = Result<(u64, Hash), Error<<M as Model>::Refusal>>;

/// One outcome an ask, or one error for all.
pub(crate) type Outcomes<M> = Result<Vec<Outcome<M>>, Error<<M as Model>::Refusal>>;

/// Commands, each decided on its own, in order.
pub(crate) struct Execute<M: Model> {
    pub(crate) caller: Caller,
    pub(crate) asks: Vec<(Ask<M::Command>, Digest)>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) reply: oneshot::Sender<Outcomes<M>>,
}

/// A commit of another service.
#[derive(Clone, Debug)]
pub(crate) struct Foreign {
    pub(crate) from: Partition,
    pub(crate) commit: Stored,
}

/// What one ask came to before it is certain.
pub(crate) enum Prepared<M: Model> {
    Done(Outcome<M>),
    /// Accepted before: the first answer lies in this commit.
    Repeat(u64),
}

/// Something that was answered in memory and waits until what it saw is durable.
pub(crate) enum Waiting<M: Model> {
    Execute(Execute<M>, Vec<Prepared<M>>),
    Look(Box<dyn Question<M>>),
    Foreign(Foreign),
}

/// A query: looks at the state, perhaps again, and answers when what it saw is certain.
pub(crate) trait Question<M: Model>: Send {
    fn deadline(&self) -> Option<Instant>;
    fn look(&mut self, state: &M::State, now: Timestamp);
    fn answer(self: Box<Self>, failed: Option<Error<M::Refusal>>);
    fn abandoned(&self) -> bool;
}

/// The one kind of [`Question`].
pub(crate) struct Look<F, R, E> {
    pub(crate) look: F,
    pub(crate) seen: Option<R>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) reply: oneshot::Sender<Result<R, E>>,
}

impl<M, F, R> Question<M> for Look<F, R, Error<M::Refusal>>
where
    M: Model,
    R: Send + 'static,
    F: Fn(&M::State, Timestamp) -> R + Send,
{
    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    fn look(&mut self, state: &M::State, now: Timestamp) {
        self.seen = Some((self.look)(state, now));
    }

    fn answer(self: Box<Self>, failed: Option<Error<M::Refusal>>) {
        let answer = match (failed, self.seen) {
            (Some(error), _) => Err(error),
            (None, Some(seen)) => Ok(seen),
            (None, None) => Err(Error::Unavailable("the query was not run".to_owned())),
        };
        // The caller may be gone: then nobody wants the answer.
        let _ = self.reply.send(answer);
    }

    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }
}

/// A digest that was taken and waits until it is of what is durable. It cannot be taken again: where
/// another process wrote in between, whoever asked asks again.
pub(crate) struct Sum<E> {
    pub(crate) taken: Option<(u64, Hash)>,
    pub(crate) reply: oneshot::Sender<Result<(u64, Hash), E>>,
}

impl<M: Model> Question<M> for Sum<Error<M::Refusal>> {
    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn look(&mut self, _state: &M::State, _now: Timestamp) {
        self.taken = None;
    }

    fn answer(self: Box<Self>, failed: Option<Error<M::Refusal>>) {
        let again = || Error::Unavailable("another process wrote meanwhile".to_owned());
        let answer = failed.map_or_else(|| self.taken.ok_or_else(again), Err);
        let _ = self.reply.send(answer);
    }

    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }
}

impl<M: Model> Execute<M> {
    pub(crate) fn fail(self, error: Error<M::Refusal>) {
        let _ = self.reply.send(Err(error));
    }
}

impl<M: Model> Message<M> {
    /// How much of the queue it takes: one an ask.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Execute(execute) => execute.asks.len(),
            Self::Look(_) | Self::Reached(_) | Self::Digest(_) => 1,
        }
    }

    pub(crate) fn fail(self, error: Error<M::Refusal>) {
        match self {
            Self::Execute(execute) => execute.fail(error),
            Self::Look(question) => question.answer(Some(error)),
            Self::Reached(reply) => drop(reply),
            Self::Digest(reply) => drop(reply.send(Err(error))),
        }
    }
}
