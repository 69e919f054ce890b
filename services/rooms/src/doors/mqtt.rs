//! The connection to the broker, and the loop that keeps all municipalities' locks.
//!
//! Commands go at QoS 1: the broker has them, or says nothing. What locks say is taken at QoS 0 and
//! in a clean session: an answer kept for later would be old, and an old answer is worse than none,
//! which is asked for again. For the same reason nothing retained is believed, nothing is sent
//! while there is no connection, and nothing is ever sent retained.

use std::{
    collections::HashMap,
    fmt,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use dugnad_journal::{Journal, Partition, Service, Tenant};
use dugnad_ledger::{Clock, Ledger, Model as _};
use dugnad_vault::Vault;
use rumqttc::{
    AsyncClient, ConnectReturnCode, Event, EventLoop, MqttOptions, Packet, QoS, SubscribeFilter,
};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior},
};

use super::{Keeper, Message, Pace};
use crate::model::Rooms;

/// How often it is looked what is wanted.
const EVERY: Duration = Duration::from_secs(1);
/// How often it is looked which municipalities there are.
const TENANTS_EVERY: Duration = Duration::from_secs(10);
/// Between two attempts to connect.
const AGAIN: Duration = Duration::from_secs(2);
/// Messages that wait, in each direction; what does not fit is dropped, and asked for again.
const WAITING: usize = 20_000;
/// Topics in one packet.
const TOPICS: usize = 200;
const LARGEST_PACKET: usize = 256 * 1024;

/// Where the broker is, and as whom to call it: `mqtt://[USER:PASSWORD@]HOST[:PORT]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Broker {
    host: String,
    port: u16,
    login: Option<(String, String)>,
}

/// Why a text is no [`Broker`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be mqtt://[USER:PASSWORD@]HOST[:PORT]")]
pub struct NotABroker;

impl FromStr for Broker {
    type Err = NotABroker;

    fn from_str(text: &str) -> Result<Self, NotABroker> {
        let rest = text.strip_prefix("mqtt://").ok_or(NotABroker)?.trim_end_matches('/');
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => {
                let (user, password) = login.split_once(':').ok_or(NotABroker)?;
                (Some((user.to_owned(), password.to_owned())), place)
            }
            None => (None, rest),
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| NotABroker)?),
            None => (place, 1883),
        };
        if host.is_empty() || host.contains('/') {
            return Err(NotABroker);
        }
        Ok(Self { host: host.to_owned(), port, login })
    }
}

/// Without the password.
impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mqtt://{}:{}", self.host, self.port)
    }
}

enum Heard {
    Connected,
    Said { topic: String, payload: Vec<u8> },
}

/// Keeps the locks of every municipality of the journal as their codes are wanted, for ever.
pub async fn keep_doors(
    journal: Arc<dyn Journal>,
    ledger: Ledger<Rooms>,
    vault: Vault,
    clock: Arc<dyn Clock>,
    broker: Broker,
    pace: Pace,
) {
    // A name of its own: a broker ends the older of two that have the same.
    let mut options = MqttOptions::new(
        format!("dugnad-{}", uuid::Uuid::now_v7().simple()),
        broker.host,
        broker.port,
    );
    options.set_clean_session(true).set_keep_alive(Duration::from_secs(30));
    options.set_max_packet_size(LARGEST_PACKET, LARGEST_PACKET);
    if let Some((user, password)) = broker.login {
        options.set_credentials(user, password);
    }
    let (client, events) = AsyncClient::new(options, WAITING);
    let connected = Arc::new(AtomicBool::new(false));
    let (tell, told) = mpsc::channel(WAITING);
    let doors = Doors { journal, ledger, vault, clock, pace, client, keepers: HashMap::new() };
    let doors = Connected { doors, connected: connected.clone() };
    tokio::select! {
        () = listen(events, tell, connected) => {}
        () = doors.keep(told) => {}
    }
}

async fn listen(mut events: EventLoop, tell: mpsc::Sender<Heard>, connected: Arc<AtomicBool>) {
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(ack))) if ack.code == ConnectReturnCode::Success => {
                tracing::info!("connected to the MQTT broker");
                connected.store(true, Ordering::Release);
                if tell.send(Heard::Connected).await.is_err() {
                    return;
                }
            }
            Ok(Event::Incoming(Packet::Publish(said))) if !said.retain => {
                let (topic, payload) = (said.topic, said.payload.to_vec());
                // Full: the lock is asked again.
                let _ = tell.try_send(Heard::Said { topic, payload });
            }
            Ok(_) => {}
            Err(why) => {
                if connected.swap(false, Ordering::AcqRel) {
                    tracing::warn!("the MQTT broker is away: {why}");
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

struct Doors {
    journal: Arc<dyn Journal>,
    ledger: Ledger<Rooms>,
    vault: Vault,
    clock: Arc<dyn Clock>,
    pace: Pace,
    client: AsyncClient,
    /// Each with the generation of its topics that was subscribed to.
    keepers: HashMap<Tenant, (Keeper, Option<u64>)>,
}

struct Connected {
    doors: Doors,
    connected: Arc<AtomicBool>,
}

impl Connected {
    async fn keep(mut self, mut told: mpsc::Receiver<Heard>) {
        let mut every = tokio::time::interval(EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut tenants_at = Instant::now();
        loop {
            tokio::select! {
                _ = every.tick() => {
                    if tenants_at <= Instant::now() {
                        tenants_at = Instant::now() + TENANTS_EVERY;
                        self.doors.tenants().await;
                    }
                    let connected = self.connected.load(Ordering::Acquire);
                    self.doors.look(connected).await;
                }
                heard = told.recv() => match heard {
                    None => return,
                    Some(Heard::Connected) => self.doors.keepers.values_mut().for_each(|it| it.1 = None),
                    Some(Heard::Said { topic, payload }) => self.doors.hear(&topic, &payload).await,
                },
            }
        }
    }
}

impl Doors {
    async fn tenants(&mut self) {
        let service = Service::new(Rooms::SERVICE).expect("it is a service's name");
        // A journal that is away is asked again.
        for Partition { tenant, .. } in self.journal.partitions(&service).await.unwrap_or_default()
        {
            let (ledger, vault, pace) = (self.ledger.clone(), self.vault.clone(), self.pace);
            self.keepers.entry(tenant.clone()).or_insert_with(|| {
                (
                    Keeper::new(ledger, vault, tenant, pace, uuid::Uuid::now_v7().as_u64_pair().1),
                    None,
                )
            });
        }
    }

    /// While there is no connection codes are drawn and steps looked at, but nothing is told: what is
    /// not sent is not answered, and somebody hears of it.
    async fn look(&mut self, connected: bool) {
        let now = self.clock.now();
        for (tenant, (keeper, subscribed)) in &mut self.keepers {
            match keeper.look(now).await {
                Ok(messages) if connected => publish(&self.client, messages),
                Ok(_) => {}
                Err(why) => tracing::warn!(%tenant, "doors are looked at again: {why}"),
            }
            if connected && *subscribed != keeper.generation() {
                subscribe(&self.client, keeper.topics());
                *subscribed = keeper.generation();
            }
        }
    }

    async fn hear(&mut self, topic: &str, payload: &[u8]) {
        let now = self.clock.now();
        let tenant = topic.split('/').next().unwrap_or_default();
        let Some((keeper, _)) = Tenant::new(tenant).ok().and_then(|it| self.keepers.get_mut(&it))
        else {
            return;
        };
        match keeper.hear(now, topic, payload).await {
            Ok(messages) => publish(&self.client, messages),
            Err(why) => tracing::warn!(tenant, "a lock is asked again: {why}"),
        }
    }
}

/// What does not fit is not sent: it is told again when no answer comes.
fn publish(client: &AsyncClient, messages: Vec<Message>) {
    for Message { topic, payload } in messages {
        if client.try_publish(&topic, QoS::AtLeastOnce, false, payload).is_err() {
            tracing::warn!(topic, "too much at once for the MQTT broker");
        }
    }
}

fn subscribe<'a>(client: &AsyncClient, topics: impl Iterator<Item = &'a str>) {
    let filter = |topic: &str| SubscribeFilter::new(topic.to_owned(), QoS::AtMostOnce);
    let filters: Vec<_> = topics.map(filter).collect();
    for some in filters.chunks(TOPICS) {
        if client.try_subscribe_many(some.iter().cloned()).is_err() {
            tracing::warn!("too much at once for the MQTT broker");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_is_named_with_or_without_a_login_and_shows_no_password() {
        let plain: Broker = "mqtt://broker.local".parse().unwrap();
        let login: Broker = "mqtt://dugnad:s3:cr@t@10.0.0.7:1884".parse().unwrap();

        assert_eq!(format!("{plain:?}"), "mqtt://broker.local:1883");
        assert_eq!(format!("{login:?}"), "mqtt://10.0.0.7:1884");
        assert_eq!(login.login, Some(("dugnad".to_owned(), "s3:cr@t".to_owned())));
        for bad in ["", "mqtt://", "broker", "nats://x:1", "mqtt://x:y", "mqtt://user@x:1"] {
            assert_eq!(bad.parse::<Broker>(), Err(NotABroker), "{bad}");
        }
    }
}
