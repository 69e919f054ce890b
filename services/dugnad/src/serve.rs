//! `dugnad serve`: the services behind gRPC, from the first commit loaded to the last one on disk.
//!
//! What was accepted is on disk before its answer leaves, so that a stop loses nothing, however hard
//! it is. An orderly one also answers who waits: the door takes nothing new, the ledgers finish what
//! they took, then the journal is closed.

mod admin;
mod ahead;
mod grpc;
mod http;
mod journals;
mod notices;
mod parts;
mod peers;
mod ready;
mod services;
mod stop;
mod vaults;
mod ways;
mod wire;

use std::{
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use dugnad_rooms::doors::Broker;
use jiff::SignedDuration;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{address::JournalAddress, observe};
use parts::Parts;

pub(crate) use grpc::serve as serve_routes;
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
    /// Where calendar programs fetch feeds over HTTP, the links in messages are answered without
    /// signing in, and an SMS gateway reports; port 0 takes a free one. Put a proxy with TLS before
    /// it. [default: not at all, and messages hold no links]
    #[arg(long, env = "DUGNAD_HTTP", value_name = "ADDRESS")]
    http: Option<SocketAddr>,
    /// How people reach --http, such as https://frivillig.drammen.kommune.no: feeds and links in
    /// messages say it. [default: http://ADDRESS]
    #[arg(long, env = "DUGNAD_HTTP_URL", value_name = "URL")]
    http_url: Option<String>,
    /// The NATS server's monitoring, such as http://127.0.0.1:8222: proves that it writes to disk
    /// before it answers (`sync_always: true`).
    #[arg(long, env = "DUGNAD_NATS_MONITOR", value_name = "URL")]
    nats_monitor: Option<String>,
    /// A service that runs in another process, such as rooms=http://127.0.0.1:7070: volunteers asks
    /// it for its part of what is held of a person, and notices asks volunteers how people are
    /// reached. May be given again.
    #[arg(long, env = "DUGNAD_PEER", value_name = "SERVICE=URL", value_delimiter = ',')]
    peer: Vec<peers::Peer>,
    /// What `dugnad import roads` kept, or a map extract, which is then prepared at each start: rides
    /// drive there.
    /// [default: DATA/roads if that is there, else as the crow flies]
    #[arg(long, env = "DUGNAD_ROADS", value_name = "FILE")]
    roads: Option<PathBuf>,
    /// How slow each hour of the day is, and what the crow flies like, as JSON:
    /// {"hours": [24 factors on the travel time], "detour": 1.3, "kmh": 40}.
    #[arg(long, env = "DUGNAD_TRAVEL", value_name = "FILE.json")]
    travel: Option<PathBuf>,
    /// The broker before the locks, such as mqtt://USER:PASSWORD@127.0.0.1:1883; a NATS server's own
    /// MQTT listener too. Without one no code is set.
    #[arg(long, env = "DUGNAD_MQTT", value_name = "URL", hide_env_values = true)]
    mqtt: Option<Broker>,
    /// How long a lock may take for a command and its answer: only what it says after that is
    /// believed.
    #[arg(long, env = "DUGNAD_MQTT_SETTLE", value_name = "TIME", default_value = "60s",
          value_parser = settle)]
    mqtt_settle: SignedDuration,
    /// How long calls may take to finish when stopping.
    #[arg(long, env = "DUGNAD_DRAIN", value_name = "TIME", default_value = "10s",
          value_parser = positive)]
    drain: Duration,
    /// How far the clock is put forward, for the demonstration: its month cannot be waited for.
    #[arg(long, value_name = "TIME", default_value = "0s", hide = true)]
    clock_ahead: SignedDuration,
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

/// Longer, and a code is not gone when its window ends.
fn settle(text: &str) -> Result<SignedDuration, String> {
    let most = SignedDuration::from_secs(60);
    text.parse::<SignedDuration>()
        .ok()
        .filter(|time| time.is_positive() && *time <= most)
        .ok_or_else(|| "must be a time such as 10s, at most 60s".to_owned())
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
    let http = http::bind(args.http, args.http_url.as_deref()).await.context("--http")?;
    let origin = http.as_ref().map(|http| http.origin().to_owned());
    let addresses = Addresses {
        grpc: grpc.local_addr()?,
        admin: admin.local_addr()?,
        http: http.as_ref().map(http::Listener::address),
    };

    let parts = Parts::open(&args, origin).await?;
    let ready = ready::Ready::default();
    let closing = CancellationToken::new();
    let admin =
        tokio::spawn(admin::serve(admin, metrics, ready.clone(), parts.clone(), closing.clone()));
    let doors = grpc::Doors::of(&args.services());
    let (health, reporter) = doors.health().await;
    let mut background = JoinSet::new();
    let routes = grpc::routes(&parts, &doors, health)?;
    background.spawn(ready::load_and_watch(parts.clone(), ready.clone(), doors, reporter));
    background.spawn(vaults::rotate_in_time(parts.vault(), args.vault_rotate_after));
    if let Some(listener) = http {
        background.spawn(listener.serve(&parts));
    }
    for work in parts.background() {
        background.spawn(work);
    }
    announce(&addresses)?;

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

/// Where it listens.
struct Addresses {
    grpc: SocketAddr,
    admin: SocketAddr,
    http: Option<SocketAddr>,
}

/// One line for programs.
fn announce(Addresses { grpc, admin, http }: &Addresses) -> Result<()> {
    let mut line = serde_json::json!({ "listening": grpc, "admin": admin });
    if let Some(http) = http {
        line["http"] = serde_json::json!(http);
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    tracing::info!(%grpc, %admin, http = ?http, "listening");
    Ok(())
}
