//! What only a server across a network can do to us: lose an answer, go away, be something else,
//! come back as it was yesterday, run out of storage.

use std::{path::Path, sync::Arc};

use dugnad_harness::NatsServer;
use dugnad_journal::{
    AppendError, Followed, Journal, Positions, ReadError,
    jetstream::{ConnectError, JetStreamJournal, sync_always},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::make::{append_all, chain, next, partition, read_all, rooms, until};

async fn connect(server: &NatsServer) -> Arc<JetStreamJournal> {
    Arc::new(JetStreamJournal::connect(&server.url(), &[]).await.unwrap())
}

/// Sends on what clients say; what the server says only while it is told to.
struct Proxy {
    url: String,
    answers: watch::Sender<bool>,
    cut: Arc<tokio::sync::Notify>,
}

impl Proxy {
    async fn to(server: &NatsServer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("nats://{}", listener.local_addr().unwrap());
        let (answers, pass) = watch::channel(true);
        let cut = Arc::new(tokio::sync::Notify::new());
        let (cutting, to) = (cut.clone(), server.url().replace("nats://", ""));
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(&to).await.unwrap();
                let (cutting, pass) = (cutting.clone(), pass.clone());
                tokio::spawn(async move {
                    // The cut first: an answer that comes with it must not slip through.
                    tokio::select! {
                        biased;
                        () = cutting.notified() => {}
                        () = carry(client, server, pass) => {}
                    }
                });
            }
        });
        Self { url, answers, cut }
    }
}

async fn carry(client: TcpStream, server: TcpStream, pass: watch::Receiver<bool>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let asking = async { tokio::io::copy(&mut from_client, &mut to_server).await.map(|_| ()) };
    let answering = async {
        let mut bytes = vec![0; 64 * 1024];
        loop {
            let read = from_server.read(&mut bytes).await?;
            if read == 0 {
                return Ok(());
            }
            if *pass.borrow() {
                to_client.write_all(&bytes[..read]).await?;
            }
        }
    };
    let _ = tokio::try_join!(asking, answering);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_found_again_by_resending_the_same_bytes() {
    let server = NatsServer::start().unwrap();
    let proxy = Proxy::to(&server).await;
    let direct = connect(&server).await;
    let journal = Arc::new(JetStreamJournal::connect(&proxy.url, &[rooms()]).await.unwrap());
    let commits = chain(6, 100);
    append_all(&*journal, &partition("drammen"), &commits[..1]).await;

    for commit in &commits[1..3] {
        // It knows what to follow: only the publish's own answer is lost.
        journal.last(&partition("drammen")).await.unwrap();
        proxy.answers.send_replace(false);
        let appending = {
            let (journal, commit) = (journal.clone(), commit.clone());
            tokio::spawn(async move { journal.append(&partition("drammen"), commit).await })
        };
        until("the commit lands", || async {
            direct.last(&partition("drammen")).await.unwrap().as_ref() == Some(commit)
        })
        .await;
        proxy.cut.notify_waiters();
        proxy.answers.send_replace(true);

        let lost = appending.await.unwrap();
        let again = journal.append(&partition("drammen"), commit.clone()).await;
        let there = journal.read(&partition("drammen"), commit.number, 0).await.unwrap();

        assert!(matches!(lost, Err(AppendError::Unavailable(_))), "{lost:?}");
        assert_eq!(again, Err(AppendError::Conflict));
        assert_eq!(there[0].hash(), commit.hash());
    }

    append_all(&*journal, &partition("drammen"), &commits[3..]).await;
    assert_eq!(read_all(&*direct, &partition("drammen")).await, commits);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_server_is_away_nothing_is_certain_and_after_it_all_goes_on() {
    let mut server = NatsServer::start().unwrap();
    let journal = connect(&server).await;
    let commits = chain(3, 100);
    append_all(&*journal, &partition("drammen"), &commits[..1]).await;
    server.kill9().unwrap();

    let drammen = partition("drammen");
    let (append, read, last, clock) = tokio::join!(
        journal.append(&drammen, commits[1].clone()),
        journal.read(&drammen, 1, 0),
        journal.last(&drammen),
        journal.authority_clock(),
    );

    assert!(matches!(append, Err(AppendError::Unavailable(_))), "{append:?}");
    assert!(matches!(read, Err(ReadError::Unavailable(_))), "{read:?}");
    assert!(matches!(last, Err(ReadError::Unavailable(_))), "{last:?}");
    assert!(matches!(clock, Err(ReadError::Unavailable(_))), "{clock:?}");

    server.restart().unwrap();
    // What was handed to the connection meanwhile may have gone out by itself.
    until("an answer", || async {
        let again = journal.append(&partition("drammen"), commits[1].clone()).await;
        matches!(again, Ok(()) | Err(AppendError::Conflict))
    })
    .await;
    append_all(&*journal, &partition("drammen"), &commits[2..]).await;
    assert_eq!(read_all(&*journal, &partition("drammen")).await, commits);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_another_shape_is_refused_naming_the_field_and_both_values() {
    let ours = async_nats::jetstream::stream::Config {
        name: "DUGNAD_ROOMS".into(),
        subjects: vec!["dugnad.rooms.*".into()],
        discard: async_nats::jetstream::stream::DiscardPolicy::New,
        max_messages_per_subject: -1,
        deny_delete: true,
        deny_purge: true,
        ..Default::default()
    };
    let with = |change: fn(&mut async_nats::jetstream::stream::Config)| {
        let mut config = ours.clone();
        change(&mut config);
        config
    };
    let cases = [
        (with(|c| c.max_messages = 1_000), "`max_msgs` is 1000, wanted -1"),
        (with(|c| c.deny_purge = false), "`deny_purge` is false, wanted true"),
        (with(|c| c.allow_direct = true), "`allow_direct` is true, wanted false"),
        (with(|c| c.discard = Default::default()), "`discard` is \"old\", wanted \"new\""),
        (
            with(|c| c.max_age = std::time::Duration::from_secs(9)),
            "`max_age` is 9000000000, wanted 0",
        ),
        (
            with(|c| c.storage = async_nats::jetstream::stream::StorageType::Memory),
            "`storage` is \"memory\", wanted \"file\"",
        ),
    ];

    for (config, names) in cases {
        let server = NatsServer::start().unwrap();
        create(&server, config).await;

        let refused = JetStreamJournal::connect(&server.url(), &[rooms()]).await.map(|_| ());
        let late = connect(&server).await.last(&partition("drammen")).await;

        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("DUGNAD_ROOMS") && refused.contains(names), "{refused}");
        assert!(matches!(late, Err(ReadError::Broken(_))), "{late:?}");
    }
    let server = NatsServer::start().unwrap();
    create(&server, ours).await;
    JetStreamJournal::connect(&server.url(), &[rooms()]).await.unwrap();
}

async fn create(server: &NatsServer, config: async_nats::jetstream::stream::Config) {
    let client = async_nats::connect(server.url()).await.unwrap();
    async_nats::jetstream::new(client).create_stream(config).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn remembered_sequences_are_not_believed_when_the_stream_was_made_anew() {
    let mut server = NatsServer::start().unwrap();
    let (journal, other) = (connect(&server).await, connect(&server).await);
    let commits = chain(40, 100);
    append_all(&*journal, &partition("drammen"), &commits[..30]).await;
    journal.read(&partition("drammen"), 5, 3_000).await.unwrap();

    server.stop().unwrap();
    std::fs::remove_dir_all(server.store_dir()).unwrap();
    server.restart().unwrap();
    let fresh = connect(&server).await;
    append_all(&*fresh, &partition("oslo"), &chain(7, 10)).await;
    append_all(&*fresh, &partition("drammen"), &commits[..30]).await;

    for from in [5, 6, 15, 16, 29, 30, 1] {
        let read = journal.read(&partition("drammen"), from, 0).await.unwrap();
        assert_eq!(read[0], commits[from as usize - 1]);
    }
    append_all(&*journal, &partition("drammen"), &commits[30..]).await;
    assert_eq!(read_all(&*other, &partition("drammen")).await, commits);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_says_so_when_the_stream_was_restored_to_an_earlier_moment() {
    let mut server = NatsServer::start().unwrap();
    let journal = connect(&server).await;
    let commits = chain(10, 100);
    append_all(&*journal, &partition("drammen"), &commits[..5]).await;
    let yesterday = tempfile::TempDir::new().unwrap();
    server.stop().unwrap();
    copy(&server.store_dir(), yesterday.path());
    server.restart().unwrap();
    until("the server is back", || async { journal.last(&partition("drammen")).await.is_ok() })
        .await;
    append_all(&*journal, &partition("drammen"), &commits[5..]).await;
    let mut stream = journal.follow(&rooms(), Positions::new()).await.unwrap();
    while !matches!(next(&mut stream).await, Some(Ok(Followed::CaughtUp))) {}

    server.stop().unwrap();
    std::fs::remove_dir_all(server.store_dir()).unwrap();
    copy(yesterday.path(), &server.store_dir());
    server.restart().unwrap();

    let said = next(&mut stream).await.unwrap().unwrap_err().to_string();
    assert!(said.contains("ends at 5") && said.contains("restored"), "{said}");
    assert!(next(&mut stream).await.is_none());
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_that_is_full_is_unavailable_and_not_a_conflict() {
    let dir = tempfile::TempDir::new().unwrap();
    let config = dir.path().join("nats.conf");
    let narrow = "http: 127.0.0.1:8222\njetstream { sync_interval: always, max_file_store: 300KB }";
    std::fs::write(&config, narrow).unwrap();
    let server = NatsServer::start_with(&config).unwrap();
    let journal = connect(&server).await;
    let commits = chain(100, 10_000);

    let mut landed = 0;
    let full = loop {
        match journal.append(&partition("drammen"), commits[landed].clone()).await {
            Ok(()) => landed += 1,
            Err(error) => break error,
        }
    };

    assert!(matches!(&full, AppendError::Unavailable(why) if why.contains("(100")), "{full}");
    assert!(landed > 10);
    assert_eq!(read_all(&*journal, &partition("drammen")).await, commits[..landed]);
}

#[tokio::test(flavor = "multi_thread")]
async fn monitoring_tells_whether_every_write_is_synced() {
    let dir = tempfile::TempDir::new().unwrap();
    let config = dir.path().join("nats.conf");
    std::fs::write(&config, "http: 127.0.0.1:8222\njetstream {}").unwrap();
    let (ours, usual) = (NatsServer::start().unwrap(), NatsServer::start_with(&config).unwrap());

    assert!(sync_always(&ours.monitoring_url()).await.unwrap());
    assert!(!sync_always(&usual.monitoring_url()).await.unwrap());
    assert!(sync_always(&ours.url().replace("nats://", "http://")).await.is_err());
    assert!(sync_always("http://127.0.0.1:1").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_too_old_is_refused_with_the_version_needed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("nats://{}", listener.local_addr().unwrap());
    // No such server can be had from the same place; it only has to introduce itself.
    let old = async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let info = r#"INFO {"server_id":"A","server_name":"a","version":"2.11.4","proto":1,"#
            .to_owned()
            + r#""go":"go1","host":"127.0.0.1","port":4222,"headers":true,"client_id":5,"#
            + r#""max_payload":1048576,"jetstream":true}"#;
        client.write_all(format!("{info}\r\nPONG\r\n").as_bytes()).await.unwrap();
        tokio::io::copy(&mut client, &mut tokio::io::sink()).await.unwrap();
    };
    tokio::spawn(old);

    let refused = JetStreamJournal::connect(&url, &[]).await.map(|_| ()).unwrap_err();

    assert!(matches!(refused, ConnectError::TooOld { .. }), "{refused}");
    assert!(refused.to_string().contains("2.11.4; 2.12 or later"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_server_is_said_in_bounded_time_and_without_the_password() {
    let refused = JetStreamJournal::connect("nats://anna:hemmelig@127.0.0.1:1", &[]).await;
    let refused = refused.map(|_| ()).unwrap_err();

    assert!(matches!(refused, ConnectError::Away { .. }), "{refused}");
    assert!(refused.to_string().contains("127.0.0.1:1"), "{refused}");
    assert!(!refused.to_string().contains("hemmelig"), "{refused}");
    let malformed = JetStreamJournal::connect("ftp://", &[]).await.map(|_| ()).unwrap_err();
    assert!(matches!(malformed, ConnectError::Url(_)), "{malformed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_the_servers_and_goes_on() {
    let server = NatsServer::start().unwrap();
    let journal = JetStreamJournal::connect(&server.url(), &[rooms()]).await.unwrap();

    let first = journal.authority_clock().await.unwrap().unwrap();
    let second = journal.authority_clock().await.unwrap().unwrap();

    assert!(first < second);
    assert!(journal.shared());
}
