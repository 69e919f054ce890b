//! Connecting: bounded at first, for ever after; and the least that a server must be.

use std::time::Duration;

use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, ServerAddr};
use tokio::sync::watch;

use crate::MAX_COMMIT_BYTES;

/// The first version whose streams and error codes we know.
const FLOOR: (u64, u64) = (2, 12);
/// How long the first connection may take.
const CONNECTS_WITHIN: Duration = Duration::from_secs(10);
/// Between two tries.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(200);
/// What the server needs beside a body: subject and headers.
const HEADER_ROOM: usize = 4 * 1024;

/// Why there is no journal on this server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The URL is none.
    #[error("{0} (wanted: nats://host:port)")]
    Url(String),
    /// Nobody there, or nobody who lets us in.
    #[error("no NATS server at {servers}: {why}")]
    Away {
        /// Where was looked, without passwords.
        servers: String,
        /// What the last try said.
        why: String,
    },
    /// Too old.
    #[error(
        "the NATS server at {servers} is version {found}; {}.{} or later is needed",
        FLOOR.0, FLOOR.1
    )]
    TooOld {
        /// Where.
        servers: String,
        /// Its version.
        found: String,
    },
    /// It takes only smaller messages than a commit may be.
    #[error(
        "the NATS server at {servers} takes messages of at most {found} bytes; set max_payload to \
         1MB or more"
    )]
    TooNarrow {
        /// Where.
        servers: String,
        /// Its `max_payload`.
        found: usize,
    },
    /// A stream could not be made, or is not what it must be.
    #[error("{0}")]
    Stream(String),
}

/// Connects; the receiver counts the connections made.
pub(super) async fn connect(url: &str) -> Result<(Client, watch::Receiver<u64>), ConnectError> {
    let servers: Vec<ServerAddr> = url
        .split(',')
        .map(|one| one.trim().parse())
        .collect::<std::io::Result<_>>()
        .map_err(|e| ConnectError::Url(e.to_string()))?;
    let names = servers.iter().map(|s| format!("{}:{}", s.host(), s.port()));
    let names = names.collect::<Vec<_>>().join(", ");
    let (count, connections) = watch::channel(0);
    let client = connect_within(&servers, &names, &count).await?;
    check(&client, names)?;
    Ok((client, connections))
}

async fn connect_within(
    servers: &[ServerAddr],
    names: &str,
    count: &watch::Sender<u64>,
) -> Result<Client, ConnectError> {
    let mut why = "it does not answer".to_owned();
    let tries = async {
        loop {
            match options(count.clone()).connect(servers.to_vec()).await {
                Ok(client) => return Ok(client),
                Err(error) => {
                    why = error.to_string();
                    use ConnectErrorKind::{Authentication, AuthorizationViolation};
                    if matches!(error.kind(), Authentication | AuthorizationViolation) {
                        return Err(());
                    }
                }
            }
            tokio::time::sleep(TRY_AGAIN_AFTER).await;
        }
    };
    match tokio::time::timeout(CONNECTS_WITHIN, tries).await {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(())) | Err(_) => Err(ConnectError::Away { servers: names.to_owned(), why }),
    }
}

fn options(count: watch::Sender<u64>) -> ConnectOptions {
    ConnectOptions::new()
        .name("dugnad")
        .max_reconnects(None)
        .ping_interval(Duration::from_secs(10))
        .event_callback(move |event| {
            match event {
                Event::Connected => count.send_modify(|count| *count += 1),
                Event::Disconnected => tracing::warn!("the NATS server is away"),
                other => tracing::debug!(event = %other, "NATS"),
            }
            std::future::ready(())
        })
}

fn check(client: &Client, servers: String) -> Result<(), ConnectError> {
    let info = client.server_info();
    let mut numbers = info.version.split('.').map(|n| n.parse::<u64>().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if version < FLOOR {
        return Err(ConnectError::TooOld { servers, found: info.version });
    }
    if info.max_payload < MAX_COMMIT_BYTES + HEADER_ROOM {
        return Err(ConnectError::TooNarrow { servers, found: info.max_payload });
    }
    Ok(())
}
