//! Asking a NATS server's monitoring port whether it syncs every write: nothing else tells.

use std::{io, time::Duration};

use serde::Deserialize;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// For the whole exchange.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// The answer is about one KiB.
const ANSWER_BYTES: u64 = 1024 * 1024;

#[derive(Deserialize)]
struct Jsz {
    config: Config,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    sync_always: bool,
}

/// Whether the server behind `url` (`http://host:8222`) fsyncs before it acknowledges.
///
/// # Errors
/// If it does not answer in five seconds, or not with JetStream's configuration.
pub async fn sync_always(url: &str) -> io::Result<bool> {
    let host = url.strip_prefix("http://").unwrap_or(url).trim_end_matches('/');
    let asked = tokio::time::timeout(ANSWERS_WITHIN, get(host, "/jsz?config=true"));
    let answer = asked.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    let jsz: Jsz = serde_json::from_slice(&answer)?;
    Ok(jsz.config.sync_always)
}

/// The body of one plain answer. HTTP/1.0, so that it comes in one piece and ends.
async fn get(host: &str, path: &str) -> io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect(host).await?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    connection.take(ANSWER_BYTES).read_to_end(&mut answer).await?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or_else(|| io::Error::other("no HTTP answer"))?;
    if !answer.starts_with(b"HTTP/1.0 200") && !answer.starts_with(b"HTTP/1.1 200") {
        return Err(io::Error::other("the monitoring port did not answer with 200"));
    }
    Ok(answer.split_off(end + 4))
}
