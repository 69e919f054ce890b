//! What runs the town, who dies, and what is written down for the auditor. E-mails go to a real server.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use dugnad_harness::{
    Caller, DugnadServer, Journal, NatsServer, SmtpServer,
    clients::{self, Called},
    locks::{Format, LockFaults, LocksOverMqtt, SimLock, SimLocks, over_mqtt},
    sim::Seeded,
};
use dugnad_scenarios::{On, is_away, reason, village::TENANT};
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;
use tonic::Status;

use super::{LOOK, SETTLE};

/// The services that share a process on NATS: notices asks the register where people are reached.
const PROCESSES: [&[&str]; 5] =
    [&["volunteers", "notices"], &["rooms"], &["matching"], &["activities"], &["rides"]];
/// The one lock.
pub(crate) const LOCK: &str = "hall";

/// What was answered, and where the services are.
#[derive(Clone)]
pub(crate) struct Log {
    urls: Arc<Mutex<BTreeMap<&'static str, String>>>,
    lines: Arc<Mutex<String>>,
    answered: Arc<AtomicU64>,
}

impl Log {
    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// A connection to whatever process runs the service now.
    pub(crate) fn to(&self, service: &str, caller: &Caller) -> Called {
        let url = self.urls.lock().unwrap()[service].clone();
        clients::called(&url, caller).unwrap()
    }

    /// Asks until there is an answer, under one id, and writes down each try before going on.
    pub(crate) async fn ask<T>(
        &self,
        service: &str,
        (call, request_id): (&str, &str),
        caller: &Caller,
        asks: impl AsyncFn(Called) -> Result<(T, Vec<String>), Status>,
    ) -> Result<T, Status> {
        let write = |outcome: &str, names: &[String], reason: &str| {
            let line = json!({
                "partition": format!("dugnad.{service}.{TENANT}"), "call": call,
                "request_id": request_id, "outcome": outcome, "names": names, "reason": reason,
                "at": now(),
            });
            writeln!(self.lines.lock().unwrap(), "{line}").unwrap();
        };
        loop {
            match asks(self.to(service, caller)).await {
                Ok((answer, names)) => {
                    write("accepted", &names, "");
                    self.answered.fetch_add(1, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(status) if is_away(&status) => {
                    write("unknown", &[], "");
                    sleep(LOOK).await;
                }
                Err(status) => {
                    let why = reason(&status);
                    assert!(!why.is_empty(), "{call}: no refusal: {status:?}");
                    write("refused", &[], &why);
                    self.answered.fetch_add(1, Ordering::Relaxed);
                    return Err(status);
                }
            }
        }
    }
}

/// The time by a fresh request id, which every caller makes by the machine's clock.
fn now() -> String {
    let id: uuid::Uuid = clients::request_id().parse().unwrap();
    let millis = i64::try_from(id.as_u128() >> 80).unwrap();
    jiff::Timestamp::from_millisecond(millis).unwrap().to_string()
}

/// The processes, the journal beneath them, and the lock.
pub(crate) struct Town {
    processes: Vec<(Vec<&'static str>, DugnadServer)>,
    nats: Option<NatsServer>,
    pub(crate) log: Log,
    locks: LocksOverMqtt,
    _broker: NatsServer,
    _smtp: SmtpServer,
    papers: TempDir,
    /// How often each was killed.
    killed: BTreeMap<String, u32>,
}

impl Town {
    pub(crate) async fn start(on: On) -> Self {
        let broker = NatsServer::start_with_mqtt().unwrap();
        let port = broker.mqtt_port().unwrap();
        let lock = SimLock::new(&format!("{TENANT}/zigbee2mqtt/{LOCK}"), Format::Zigbee2mqtt);
        let locks = over_mqtt(port, SimLocks::new(vec![lock], 1, LockFaults::NONE)).await.unwrap();
        let mqtt = format!("--mqtt=mqtt://127.0.0.1:{port}");
        let settle = format!("--mqtt-settle={}s", SETTLE.as_secs());
        let doors = [mqtt.as_str(), settle.as_str()];
        let smtp = SmtpServer::start().await.unwrap();
        let tells = format!("--smtp={}", smtp.url());
        let nats = (on == On::Nats).then(|| NatsServer::start().unwrap());
        let mut processes: Vec<(Vec<&'static str>, DugnadServer)> = Vec::new();
        if let Some(nats) = &nats {
            for services in PROCESSES {
                let journal = Journal::Nats(nats.url());
                let secrets = processes.first().map(|(_, first)| first.dir().join("secrets"));
                let secrets = secrets.map(|dir| format!("--secrets={}", dir.display()));
                let mut options = services.to_vec();
                options.extend(secrets.as_deref());
                if services.contains(&"rooms") {
                    options.extend(doors);
                }
                if services.contains(&"notices") {
                    options.push(&tells);
                }
                let server = DugnadServer::start_with(journal, &options).await.unwrap();
                processes.push((services.to_vec(), server));
            }
        } else {
            let options = [&doors[..], &[&tells]].concat();
            let server = DugnadServer::start_with(Journal::Sqlite, &options).await.unwrap();
            processes.push((PROCESSES.concat(), server));
        }
        let log = Log { urls: Arc::default(), lines: Arc::default(), answered: Arc::default() };
        let town = Self {
            processes,
            nats,
            log,
            locks,
            _broker: broker,
            _smtp: smtp,
            papers: TempDir::new().unwrap(),
            killed: BTreeMap::new(),
        };
        town.tell_where();
        town
    }

    fn tell_where(&self) {
        let mut urls = self.log.urls.lock().unwrap();
        for (services, server) in &self.processes {
            urls.extend(services.iter().map(|service| (*service, server.url().unwrap())));
        }
    }

    /// `kill -9` in the middle of whatever it does: of the journal's server every third time, else of
    /// any process.
    pub(crate) async fn kill_one(&mut self, random: &mut Seeded) {
        let any = usize::try_from(random.below(self.processes.len() as u64)).unwrap();
        let name = match self.nats.as_mut().filter(|_| random.below(3) == 0) {
            Some(nats) => {
                nats.kill9().unwrap();
                nats.restart().unwrap();
                "nats-server".to_owned()
            }
            None => {
                let (services, server) = &mut self.processes[any];
                server.kill9().await.unwrap();
                server.restart().await.unwrap();
                services.join(" + ")
            }
        };
        eprintln!("killed {name} after {} answers", self.log.answered());
        *self.killed.entry(name).or_default() += 1;
        self.tell_where();
    }

    /// How often each was killed, in words.
    pub(crate) fn killed(&self) -> String {
        let each = self.killed.iter().map(|(name, times)| format!("{name} {times}"));
        each.collect::<Vec<_>>().join(", ")
    }

    /// What the auditor says. A file is read while nobody has it open.
    pub(crate) async fn audit(&mut self) -> (bool, String) {
        let mut digests = String::new();
        for (_, server) in &self.processes {
            let (status, lines) = server.admin("/digest").await.unwrap();
            assert_eq!(status, 200, "{lines}");
            digests += &lines;
        }
        let clients = self.paper("clients", &self.log.lines.lock().unwrap());
        let locks = self.paper("locks", &self.locks.log());
        let digests = self.paper("digests", &digests);
        let export = self.papers.path().join("journal.jsonl");
        if self.nats.is_none() {
            self.processes[0].1.terminate().await.unwrap();
        }
        let (_, server) = &self.processes[0];
        let journal = format!("--journal={}", server.journal_address());
        let to = export.display().to_string();
        let (exported, said) = server.dugnad(&["journal", "export", &journal, &to]).await.unwrap();
        assert!(exported.success(), "{said}");
        let audit = ["journal", "audit", "--settled", "--clients", &clients, "--locks", &locks];
        let args = [&audit[..], &["--digests", &digests, &to]].concat();
        let (status, said) = server.dugnad(&args).await.unwrap();
        if self.nats.is_none() {
            self.processes[0].1.restart().await.unwrap();
            self.tell_where();
        }
        (status.success(), said)
    }

    fn paper(&self, name: &str, text: &str) -> String {
        let path: PathBuf = Path::new(self.papers.path()).join(format!("{name}.jsonl"));
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}
