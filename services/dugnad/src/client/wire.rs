//! A connection on which somebody may listen: what was called, how long the answer took, what it said.
//!
//! An answer is over when its last byte is there, not when its first is. A call whose answer nobody
//! waited for is not heard of.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use http_body_util::BodyExt as _;
use tonic::{
    Status,
    body::Body,
    codegen::{BoxFuture, Service, http},
    transport::{Channel, Error},
};

/// How a call ended.
pub(crate) struct Ended<'a> {
    /// `/dugnad.rooms.v1.RoomsService/Quote`.
    pub(crate) path: &'a str,
    pub(crate) took: Duration,
    pub(crate) status: &'a Status,
}

/// Hears how each call ended.
pub(crate) type Listener = Arc<dyn Fn(Ended<'_>) + Send + Sync>;

/// A connection, and who listens on it.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(super) channel: Channel,
    pub(super) listener: Option<Listener>,
}

/// A call on its way.
struct Call {
    path: String,
    began: Instant,
    listener: Listener,
}

impl Call {
    fn ended(&self, status: &Status) {
        (self.listener)(Ended { path: &self.path, took: self.began.elapsed(), status });
    }
}

impl Service<http::Request<Body>> for Wire {
    type Response = http::Response<Body>;
    type Error = Error;
    type Future = BoxFuture<Self::Response, Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.channel.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let call = self.listener.clone().map(|listener| Call {
            path: request.uri().path().to_owned(),
            began: Instant::now(),
            listener,
        });
        let answer = self.channel.call(request);
        match call {
            None => Box::pin(answer),
            Some(call) => Box::pin(async move { heard(answer.await, call) }),
        }
    }
}

fn heard(
    answer: Result<http::Response<Body>, Error>,
    call: Call,
) -> Result<http::Response<Body>, Error> {
    let answer = answer.inspect_err(|error| {
        call.ended(&Status::unavailable(error.to_string()));
    })?;
    // A refusal has no body and says so at once; else the end of the body does.
    if let Some(status) = Status::from_header_map(answer.headers()) {
        call.ended(&status);
        return Ok(answer);
    }
    Ok(answer.map(|body| {
        Body::new(body.inspect_frame(move |frame| {
            if let Some(status) = frame.trailers_ref().and_then(Status::from_header_map) {
                call.ended(&status);
            }
        }))
    }))
}
