//! An HTTP gateway for text messages, as far as one needs it: it takes each and keeps it.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::Result;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};

const DEADLINE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(10);

/// A gateway, gone when dropped.
pub struct SmsGateway {
    dir: TempDir,
    taken: Arc<Mutex<Vec<Value>>>,
    serves: tokio::task::JoinHandle<()>,
}

impl SmsGateway {
    /// Starts one on a free port.
    ///
    /// # Errors
    /// If there is no port or no directory to be had.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let dir = TempDir::new()?;
        let gateway = json!({
            "url": format!("http://{}/send", listener.local_addr()?),
            "headers": { "content-type": "application/json" },
            "body": r#"{"to":"{to}","text":"{text}","key":"{key}"}"#,
            "from": "Lillevik",
        });
        std::fs::write(dir.path().join("sms.json"), gateway.to_string())?;
        let taken = Arc::<Mutex<Vec<Value>>>::default();
        let keep = taken.clone();
        let serves = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, keep.clone()));
            }
        });
        Ok(Self { dir, taken, serves })
    }

    /// As `--sms` takes it.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.dir.path().join("sms.json")
    }

    /// The texts so far, as they came.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let taken = self.taken.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        taken.iter().map(|it| it["text"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The first text that is as wanted, once it has come.
    ///
    /// # Errors
    /// If it does not.
    pub async fn wait_for(&self, wanted: impl Fn(&str) -> bool) -> Result<String> {
        let wait = async {
            loop {
                match self.texts().into_iter().find(|text| wanted(text)) {
                    Some(text) => return text,
                    None => sleep(LOOK).await,
                }
            }
        };
        Ok(timeout(DEADLINE, wait).await?)
    }
}

impl Drop for SmsGateway {
    fn drop(&mut self) {
        self.serves.abort();
    }
}

/// Request after request on one connection, until it is closed.
async fn serve(mut stream: TcpStream, keep: Arc<Mutex<Vec<Value>>>) {
    let mut read = Vec::new();
    let mut part = [0; 4096];
    while let Ok(n @ 1..) = stream.read(&mut part).await {
        read.extend_from_slice(&part[..n]);
        while let Some((body, end)) = body(&read) {
            keep.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(body);
            read.drain(..end);
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            if stream.write_all(answer).await.is_err() {
                return;
            }
        }
    }
}

/// What the first request in it carries, once all of it is there, and where it ends.
fn body(read: &[u8]) -> Option<(Value, usize)> {
    let head = read.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
    let lines = std::str::from_utf8(&read[..head]).ok()?.to_ascii_lowercase();
    let length = lines.lines().find_map(|line| line.strip_prefix("content-length:"))?;
    let end = head + length.trim().parse::<usize>().ok()?;
    let body = read.get(head..end)?;
    Some((serde_json::from_slice(body).unwrap_or_default(), end))
}
