//! A sketch of the least that a booking costs, as a peer to ours: the same message over the same wire, a
//! look whether the time is taken, one commit for all who wait, chained by its hash, in the same journal,
//! and the answer. No rules, no sealing, no receipts, no queries, nothing for what goes wrong.

use std::{collections::HashSet, process::Stdio, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use axum::{extract::Request, response::Response, routing::post};
use dugnad_journal::{Hash, Journal, Partition, Service, Stored, Tenant};
use dugnad_proto::{
    codec::Codec,
    rooms::v1::{Booking, BookingState, CreateBookingRequest, CreateBookingResponse},
};
use prost::Message as _;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    net::TcpListener,
    process::{Child, Command},
    sync::{mpsc, oneshot},
};
use tokio_util::sync::CancellationToken;
use tonic::{Status, server::Grpc, service::Routes};
use tonic_health::server::health_reporter;

use super::town::TENANT;
use crate::{
    address::JournalAddress,
    serve::{open_journal, serve_routes},
};

const METHOD: &str = "/dugnad.rooms.v1.RoomsService/CreateBooking";

/// Requests in one commit.
const MOST: usize = 512;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A journal that nobody else uses.
    journal: JournalAddress,
}

/// The sketch in a process of its own, ended when dropped.
pub(super) struct Sketch {
    pub(super) url: String,
    _process: Child,
}

impl Sketch {
    pub(super) async fn start(journal: &JournalAddress) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["bench", "sketch", &journal.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().context("its output")?;
        let line = BufReader::new(stdout).lines().next_line().await?;
        Ok(Self { url: line.context("the sketch did not start")?, _process: process })
    }
}

/// Serves until its input ends, as it does when whoever started it is gone.
pub(super) async fn serve(args: Args) -> Result<()> {
    let service = Service::new("sketch")?;
    let journal = open_journal(&args.journal, std::slice::from_ref(&service)).await?;
    let partition = Partition::new(service, Tenant::new(TENANT)?);
    let (asks, asked) = mpsc::unbounded_channel();
    let writer = tokio::spawn(write(journal, partition, asked));
    let (_, health) = health_reporter();
    let book = post(move |request: Request| answer(asks, request));
    let routes: Routes = Routes::new(health).into_axum_router().route(METHOD, book).into();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    anstream::println!("http://{}", listener.local_addr()?);
    let stop = CancellationToken::new();
    let ended = stop.clone();
    tokio::spawn(async move {
        let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
        ended.cancel();
    });
    serve_routes(listener, routes, false, &stop, Duration::ZERO).await?;
    writer.await?
}

type Ask = (CreateBookingRequest, oneshot::Sender<Booking>);

async fn answer(asks: mpsc::UnboundedSender<Ask>, request: Request) -> Response {
    let book = tower::service_fn(move |request: tonic::Request<CreateBookingRequest>| {
        let (reply, booked) = oneshot::channel();
        let asked = asks.send((request.into_inner(), reply));
        async move {
            let refused = || Status::unavailable("it clashes, or the sketch has stopped");
            asked.map_err(|_| refused())?;
            let booking = Some(booked.await.map_err(|_| refused())?);
            Ok(tonic::Response::new(CreateBookingResponse { booking }))
        }
    });
    Grpc::new(Codec::default()).unary(book, request).await.map(axum::body::Body::new)
}

/// One commit at a time for all who wait; a clash is answered by dropping the reply.
async fn write(
    journal: Arc<dyn Journal>,
    partition: Partition,
    mut asked: mpsc::UnboundedReceiver<Ask>,
) -> Result<()> {
    let (mut number, mut before, mut taken) = (0, Hash::NONE, HashSet::new());
    let mut waiting = Vec::new();
    while asked.recv_many(&mut waiting, MOST).await > 0 {
        let mut body = before.as_bytes().to_vec();
        let mut answers = Vec::with_capacity(waiting.len());
        for (request, reply) in waiting.drain(..) {
            let start = request.interval.as_ref().and_then(|it| it.start);
            if !taken.insert((request.room.clone(), start.map(|it| it.seconds))) {
                continue;
            }
            let booking = Booking {
                name: format!("bookings/{}", request.request_id),
                room: request.room,
                interval: request.interval,
                state: BookingState::Confirmed.into(),
                purpose: request.purpose,
                contact: request.contact,
                etag: "1".to_owned(),
                ..Booking::default()
            };
            booking.encode_length_delimited(&mut body)?;
            answers.push((booking, reply));
        }
        number += 1;
        let commit = Stored { number, body: body.into() };
        before = commit.hash();
        journal.append(&partition, commit).await?;
        for (booking, reply) in answers {
            // A caller that is gone wants no answer.
            let _ = reply.send(booking);
        }
    }
    Ok(())
}
