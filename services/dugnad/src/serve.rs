//! `dugnad serve`: the services behind gRPC, from the first commit loaded to the last one on disk.
//!
//! What was accepted is on disk before its answer leaves, so that a stop loses nothing, however hard
//! it is. An orderly one also answers who waits: the door takes nothing new, the ledgers finish what
//! they took, then the journal is closed.

mod admin;
mod grpc;
mod journals;
mod notices;
mod parts;
mod peers;
mod ready;
mod services;
mod stop;
mod vaults;

use std::{
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use jiff::SignedDuration;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{address::JournalAddress, observe};
use parts::Parts;

pub(crate) use journals::open as open_journal;
pub(crate) use services::Service;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Which services to run; all if none is named.
    service: Vec<Service>,
    /// Where files lie that no other option places.
    #[arg(long, env = "DUGNAD_DATA", value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// sqlite:PATH (one process) or nats://HOST:PORT (as many as you like)
    /// [default: sqlite:DATA/journal.sqlite]
    #[arg(long, env = "DUGNAD_JOURNAL", value_name = "ADDRESS")]
    journal: Option<JournalAddress>,
    /// Where people's keys lie: a directory that is backed up apart from the journal.
    /// [default: DATA/vault, or a bucket of its own on NATS]
    #[arg(long, env = "DUGNAD_VAULT", value_name = "DIR")]
    vault: Option<PathBuf>,
    /// Where the master key lies that wraps people's keys: never beside a backup of them.
    /// Made on first use. [default: DATA/secrets]
    #[arg(long, env = "DUGNAD_SECRETS", value_name = "DIR")]
    secrets: Option<PathBuf>,
    /// A file with the master key, 64 hexadecimal digits; the variable may hold the digits
    /// themselves.
    /// [default: made on first use in SECRETS]
    #[arg(long, env = "DUGNAD_MASTER_KEY", value_name = "FILE", hide_env_values = true)]
    master_key: Option<String>,
    /// How long after an erasure the old keys are destroyed: an hour less than the day that is
    /// promised.
    #[arg(long, env = "DUGNAD_VAULT_ROTATE_AFTER", value_name = "TIME", default_value = "23h",
          value_parser = rotate_after)]
    vault_rotate_after: Duration,
    /// Where gRPC is served; port 0 takes a free one.
    #[arg(long, env = "DUGNAD_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:7070")]
    listen: SocketAddr,
    /// Where /metrics, /ready and /live are served; port 0 takes a free one.
    #[arg(long, env = "DUGNAD_ADMIN", value_name = "ADDRESS", default_value = "127.0.0.1:7071")]
    admin: SocketAddr,
    /// The NATS server's monitoring, such as http://127.0.0.1:8222: proves that it writes to disk
    /// before it answers (`sync_always: true`).
    #[arg(long, env = "DUGNAD_NATS_MONITOR", value_name = "URL")]
    nats_monitor: Option<String>,
    /// A service that runs in another process, such as rooms=http://127.0.0.1:7070: volunteers asks
    /// it for its part of what is held of a person, and notices asks volunteers how people are
    /// reached. May be given again.
    #[arg(long, env = "DUGNAD_PEER", value_name = "SERVICE=URL", value_delimiter = ',')]
    peer: Vec<peers::Peer>,
    /// How long calls may take to finish when stopping.
    #[arg(long, env = "DUGNAD_DRAIN", value_name = "TIME", default_value = "10s",
          value_parser = positive)]
    drain: Duration,
    #[command(flatten)]
    observe: observe::Args,
    // Last: its heading goes for all that come after it.
    #[command(flatten)]
    notices: notices::Args,
}

const EXAMPLES: &str = "\
Examples:
  dugnad serve
      everything in one process; journal, keys and secrets under ./data
  dugnad serve --journal sqlite:/var/lib/dugnad/journal.sqlite --secrets /etc/dugnad/secrets
      the same, with the master key out of the reach of the data's backup
  dugnad serve rooms --journal nats://127.0.0.1:4222 --nats-monitor http://127.0.0.1:8222
      one service on NATS, having checked that the server writes to disk before it answers

When it listens, one JSON line with the addresses goes to stdout; logs go to stderr.
SIGTERM or Ctrl-C stops it: calls under way are finished, nothing accepted is lost.";

fn positive(text: &str) -> Result<Duration, String> {
    text.parse::<SignedDuration>()
        .ok()
        .and_then(|time| Duration::try_from(time).ok())
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "must be a time such as 10s, 5m or 24h".to_owned())
}

fn rotate_after(text: &str) -> Result<Duration, String> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    positive(text)
        .and_then(|time| if time <= DAY { Ok(time) } else { Err("must be at most 24h".to_owned()) })
}

impl Args {
    fn journal(&self) -> JournalAddress {
        let file = || JournalAddress::Sqlite(self.data.join("journal.sqlite"));
        self.journal.clone().unwrap_or_else(file)
    }

    /// Those asked for, each once; all if none is named.
    fn services(&self) -> Vec<Service> {
        let all = Service::value_variants().iter().copied();
        all.filter(|it| self.service.is_empty() || self.service.contains(it)).collect()
    }

    fn below_data(&self, given: Option<&Path>, name: &str) -> PathBuf {
        given.map_or_else(|| self.data.join(name), Path::to_owned)
    }
}

pub(crate) async fn run(args: Args) -> Result<()> {
    let traces = observe::start(&args.observe)?;
    let metrics = observe::collect_metrics()?;
    // Before anything is opened: a stop asked for while loading is heard too.
    let stop = stop::on_signal()?;
    let grpc = TcpListener::bind(args.listen).await.context("--listen")?;
    let admin = TcpListener::bind(args.admin).await.context("--admin")?;
    let public = args.notices.bind().await?;
    let open = public.as_ref().map(TcpListener::local_addr).transpose()?;
    let addresses = (grpc.local_addr()?, admin.local_addr()?, open);

    let parts = Parts::open(&args, open).await?;
    let ready = ready::Ready::default();
    let closing = CancellationToken::new();
    let admin = tokio::spawn(admin::serve(admin, metrics, ready.clone(), closing.clone()));
    let doors = grpc::Doors::of(&args.services());
    let (health, reporter) = doors.health().await;
    let mut background = JoinSet::new();
    background.spawn(ready::load_and_watch(parts.clone(), ready.clone(), doors, reporter));
    background.spawn(vaults::rotate_in_time(parts.vault(), args.vault_rotate_after));
    for work in parts.background() {
        background.spawn(work);
    }
    if let (Some(listener), Some(router)) = (public, parts.public()) {
        background.spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the public port failed");
            }
        });
    }
    announce(addresses)?;

    let routes = grpc::routes(&parts, health)?;
    let finish = async {
        stop.cancelled().await;
        background.shutdown().await;
        ready.stopping();
        parts.finish().await;
    };
    let serve = grpc::serve(grpc, routes, traces.is_some(), &stop, args.drain);
    let (served, ()) = tokio::join!(serve, finish);
    // The journal is closed with its last handle: whoever opens it next finds it free.
    drop(parts);
    closing.cancel();
    let _ = admin.await;
    if let Some(traces) = traces {
        traces.stop().await;
    }
    tracing::info!("stopped");
    served
}

/// One line for programs: where it listens.
fn announce((grpc, admin, public): (SocketAddr, SocketAddr, Option<SocketAddr>)) -> Result<()> {
    let line = serde_json::json!({ "listening": grpc, "admin": admin, "public": public });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    tracing::info!(%grpc, %admin, "listening");
    Ok(())
}
