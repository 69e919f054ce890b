//! The smallest MQTT broker that locks and bridges need, within this process: for where nothing is
//! installed, as in `dugnad demo`. Gone when dropped.
//!
//! MQTT 3.1.1. It hands on at QoS 0, retains nothing, knows no logins and no wills: [`Amqtt`](crate::Amqtt)
//! and a nats-server are there for tests of how dugnad gets on with real ones.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::Result;
use bytes::BytesMut;
use rumqttc::{
    ConnAck, ConnectReturnCode, Packet, PubAck, Publish, QoS, SubAck, SubscribeReasonCode, matches,
    mqttbytes::Error,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
    task::JoinHandle,
};

const LARGEST_PACKET: usize = 256 * 1024;
/// Packets that wait for a client; what does not fit is dropped, as QoS 0 may be.
const WAITING: usize = 20_000;

/// A running broker.
pub struct Broker {
    port: u16,
    task: JoinHandle<()>,
}

/// What a client wants to hear, and the way to it.
struct Client {
    filters: Vec<String>,
    to: mpsc::Sender<Packet>,
}

type Clients = Arc<Mutex<BTreeMap<u64, Client>>>;

impl Broker {
    /// Starts one on a free port that anybody on this machine may call.
    ///
    /// # Errors
    /// If there is no port to be had.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let task = tokio::spawn(async move {
            let clients = Clients::default();
            for id in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                tokio::spawn(serve(stream, id, clients.clone()));
            }
        });
        Ok(Self { port, task })
    }

    /// Where it speaks MQTT.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn all(clients: &Clients) -> MutexGuard<'_, BTreeMap<u64, Client>> {
    clients.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(stream: TcpStream, id: u64, clients: Clients) {
    let _ = stream.set_nodelay(true);
    let (from, to) = stream.into_split();
    let (tell, told) = mpsc::channel(WAITING);
    all(&clients).insert(id, Client { filters: Vec::new(), to: tell });
    // Whichever ends first: the client hung up, or does not take what it is told.
    tokio::select! {
        () = listen(from, id, &clients) => {}
        () = speak(to, told) => {}
    }
    all(&clients).remove(&id);
}

async fn listen(mut from: OwnedReadHalf, id: u64, clients: &Clients) {
    let mut bytes = BytesMut::new();
    loop {
        match Packet::read(&mut bytes, LARGEST_PACKET) {
            Ok(packet) => {
                if !hear(packet, id, clients) {
                    return;
                }
            }
            Err(Error::InsufficientBytes(_)) => match from.read_buf(&mut bytes).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            },
            Err(_) => return,
        }
    }
}

async fn speak(mut to: OwnedWriteHalf, mut told: mpsc::Receiver<Packet>) {
    let mut bytes = BytesMut::new();
    while let Some(packet) = told.recv().await {
        bytes.clear();
        if packet.write(&mut bytes, LARGEST_PACKET).is_err() || to.write_all(&bytes).await.is_err()
        {
            return;
        }
    }
}

/// Whether the client stays.
fn hear(packet: Packet, id: u64, clients: &Clients) -> bool {
    let mut clients = all(clients);
    let answer = match packet {
        Packet::Connect(_) => Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false)),
        Packet::PingReq => Packet::PingResp,
        Packet::Subscribe(wanted) => {
            let Some(client) = clients.get_mut(&id) else { return false };
            let granted = vec![SubscribeReasonCode::Success(QoS::AtMostOnce); wanted.filters.len()];
            client.filters.extend(wanted.filters.into_iter().map(|filter| filter.path));
            Packet::SubAck(SubAck::new(wanted.pkid, granted))
        }
        Packet::Publish(said) => {
            for client in clients.values() {
                if client.filters.iter().any(|filter| matches(&said.topic, filter)) {
                    let on =
                        Publish::from_bytes(&said.topic, QoS::AtMostOnce, said.payload.clone());
                    let _ = client.to.try_send(Packet::Publish(on));
                }
            }
            if said.qos == QoS::AtMostOnce {
                return true;
            }
            Packet::PubAck(PubAck::new(said.pkid))
        }
        Packet::Disconnect => return false,
        _ => return true,
    };
    clients.get(&id).is_some_and(|client| client.to.try_send(answer).is_ok())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions};

    use super::*;

    fn client(name: &str, broker: &Broker) -> (AsyncClient, EventLoop) {
        AsyncClient::new(MqttOptions::new(name, "127.0.0.1", broker.port()), 10)
    }

    async fn until(events: &mut EventLoop, wanted: impl Fn(&Packet) -> bool) -> Packet {
        let wait = async {
            loop {
                match events.poll().await.expect("the broker is there") {
                    Event::Incoming(packet) if wanted(&packet) => return packet,
                    _ => {}
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), wait).await.expect("it comes")
    }

    #[tokio::test]
    async fn what_is_said_comes_to_who_listens_there_and_is_acknowledged() {
        let broker = Broker::start().await.expect("a broker");
        let (listener, mut heard) = client("listener", &broker);
        let (speaker, mut spoken) = client("speaker", &broker);
        listener.subscribe("town/+/set", QoS::AtLeastOnce).await.expect("subscribing");
        until(&mut heard, |packet| matches!(packet, Packet::SubAck(_))).await;

        for (topic, payload) in [("town/door/get", "no"), ("town/door/set", "yes")] {
            speaker.publish(topic, QoS::AtLeastOnce, false, payload).await.expect("publishing");
            until(&mut spoken, |packet| matches!(packet, Packet::PubAck(_))).await;
        }

        let packet = until(&mut heard, |packet| matches!(packet, Packet::Publish(_))).await;
        let Packet::Publish(said) = packet else { panic!("{packet:?}") };
        assert_eq!((said.topic.as_str(), &said.payload[..]), ("town/door/set", &b"yes"[..]));
    }
}
