//! A local SMTP server that takes everything, counts it and keeps the last.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
};

const PATIENCE: Duration = Duration::from_secs(300);

/// The server; it goes with the process.
pub(super) struct Sink {
    port: u16,
    taken: watch::Receiver<usize>,
    last: Arc<Mutex<String>>,
}

impl Sink {
    pub(super) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let (count, taken) = watch::channel(0);
        let last: Arc<Mutex<String>> = Arc::default();
        let keep = last.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, count.clone(), keep.clone()));
            }
        });
        Ok(Self { port, taken, last })
    }

    pub(super) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub(super) fn count(&self) -> usize {
        *self.taken.borrow()
    }

    pub(super) fn last(&self) -> String {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until there are so many e-mails.
    pub(super) async fn wait_for(&self, count: usize) -> Result<()> {
        let mut taken = self.taken.clone();
        let wait = taken.wait_for(|it| *it >= count);
        tokio::time::timeout(PATIENCE, wait).await.context("the e-mails did not come")??;
        Ok(())
    }
}

async fn talk(
    stream: TcpStream,
    count: watch::Sender<usize>,
    last: Arc<Mutex<String>>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        if !line.starts_with("DATA") {
            stream.write_all(b"250 ok\r\n").await?;
            continue;
        }
        stream.write_all(b"354 go on\r\n").await?;
        let mut email = String::new();
        while !email.ends_with("\r\n.\r\n") {
            if stream.read_line(&mut email).await? == 0 {
                return Ok(());
            }
        }
        *last.lock().unwrap_or_else(PoisonError::into_inner) = email;
        stream.write_all(b"250 ok\r\n").await?;
        count.send_modify(|count| *count += 1);
    }
}
