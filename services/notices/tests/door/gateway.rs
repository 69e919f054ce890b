//! Text messages through a real HTTP gateway that is slow, busy, broken and forgetful, and what
//! it says afterwards.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use dugnad_notices::{Channels, Gateway, Sms};
use dugnad_proto::notices::v1 as pb;
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt as _, net::TcpListener};

use crate::town::{Post, SECRET, Town, by_sms, policy};

/// What the gateway does with the next message.
#[derive(Clone, Copy)]
enum Mood {
    /// 429.
    Busy,
    /// 500.
    Broken,
    /// Takes it, and says that it failed.
    TakesAndFails,
}

/// What becomes of a connection to the gateway.
#[derive(Clone, Copy)]
enum Line {
    /// Cut once the message is there.
    Drops,
    /// Nothing is ever answered on it.
    Silent,
}

/// Folds repeats by the key.
#[derive(Clone, Default)]
struct Provider {
    moods: Arc<Mutex<VecDeque<Mood>>>,
    asked: Arc<Mutex<Vec<Value>>>,
    sent: Arc<Mutex<BTreeMap<String, Value>>>,
    lines: Arc<Mutex<VecDeque<Line>>>,
    /// Messages that were read on bad lines.
    lost: Arc<AtomicUsize>,
}

async fn take(State(provider): State<Provider>, body: Bytes) -> StatusCode {
    let message: Value = serde_json::from_slice(&body).unwrap();
    provider.asked.lock().unwrap().push(message.clone());
    let mood = provider.moods.lock().unwrap().pop_front();
    let key = message["id"].as_str().unwrap().to_owned();
    let keep = || provider.sent.lock().unwrap().insert(key, message);
    match mood {
        Some(Mood::Busy) => StatusCode::TOO_MANY_REQUESTS,
        Some(Mood::Broken) => StatusCode::INTERNAL_SERVER_ERROR,
        Some(Mood::TakesAndFails) => {
            keep();
            StatusCode::BAD_GATEWAY
        }
        None => {
            keep();
            StatusCode::OK
        }
    }
}

impl Provider {
    async fn start(&self) -> Gateway {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", line.local_addr().unwrap());
        tokio::spawn(self.clone().carries(line, listener.local_addr().unwrap()));
        let router = Router::new().route("/send", post(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let file = json!({
            "url": url,
            "headers": {"content-type": "application/json"},
            "body": r#"{"to": "{to}", "text": "{text}", "id": "{key}"}"#,
            "from": "Drammen",
            "replies": true,
            "secret": SECRET,
        });
        Gateway::read(&file.to_string()).unwrap()
    }

    /// Bad lines first, then good ones.
    async fn carries(self, line: TcpListener, gateway: SocketAddr) {
        let mut silent = Vec::new();
        while let Ok((mut caller, _)) = line.accept().await {
            let bad = self.lines.lock().unwrap().pop_front();
            if bad.is_some() {
                let mut some = [0; 1024];
                let _ = caller.read(&mut some).await;
                self.lost.fetch_add(1, Ordering::SeqCst);
            }
            match bad {
                Some(Line::Drops) => drop(caller),
                Some(Line::Silent) => silent.push(caller),
                None => {
                    let mut to = tokio::net::TcpStream::connect(gateway).await.unwrap();
                    tokio::spawn(async move {
                        tokio::io::copy_bidirectional(&mut caller, &mut to).await
                    });
                }
            }
        }
    }

    fn sent(&self) -> Vec<Value> {
        self.sent.lock().unwrap().values().cloned().collect()
    }
}

async fn town(moods: impl IntoIterator<Item = Mood>) -> (Town, Provider) {
    let provider = Provider::default();
    provider.moods.lock().unwrap().extend(moods);
    let sms = Sms::new(provider.start().await).unwrap();
    let channels = Channels { email: None, sms: Some(Box::new(sms)) };
    let town = Town::open_with(channels, Post::default(), Post::default()).await;
    town.policy(policy()).await;
    town.knows("anna", by_sms("Anna", "900 00 000"));
    (town, provider)
}

const REPORT: &str = "/sms/drammen/report";
const REPLY: &str = "/sms/drammen/in";

#[tokio::test]
async fn a_busy_broken_and_forgetful_gateway_gets_one_message_in_the_end() {
    let (town, gateway) = town([Mood::Busy, Mood::Broken, Mood::TakesAndFails]).await;
    town.asked("anna", 7, 48).await;

    for minutes in [0, 1, 3, 9] {
        town.later(minutes);
        town.sends().await;
    }

    let keys: Vec<_> = gateway.asked.lock().unwrap().iter().map(|it| it["id"].clone()).collect();
    assert_eq!(keys.len(), 4);
    assert!(keys.iter().all(|key| *key == keys[0]), "the same key every time");
    assert_eq!(gateway.sent().len(), 1, "so that it folds the repeat");
    let text = gateway.sent()[0]["text"].as_str().unwrap().to_owned();
    assert!(
        text.starts_with("Drammen: Kan du hjelpe?") && text.contains("Svar 1 for ja"),
        "{text}"
    );
    let notice = town.to("anna").await.remove(0);
    let attempts = notice.message.unwrap().attempts;
    let outcomes: Vec<_> = attempts.iter().map(|it| it.outcome.as_str()).collect();
    assert_eq!(outcomes, ["PROVIDER_BUSY", "PROVIDER_AWAY", "PROVIDER_AWAY", "SENT"]);
}

#[tokio::test]
async fn a_line_that_is_cut_or_falls_silent_is_given_up_and_the_message_comes_once_all_the_same() {
    let (town, gateway) = town([]).await;
    gateway.lines.lock().unwrap().extend([Line::Drops, Line::Silent]);
    town.asked("anna", 7, 48).await;

    town.sends().await;
    town.later(1);
    let waits = async {
        while gateway.lost.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        // Nobody waits for a gateway longer than this, by the machine's clock.
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(11)).await;
        tokio::time::resume();
    };
    tokio::join!(town.sends(), waits);
    town.later(3);
    town.sends().await;

    assert_eq!(gateway.sent().len(), 1);
    let attempts = town.to("anna").await.remove(0).message.unwrap().attempts;
    let outcomes: Vec<_> = attempts.iter().map(|it| it.outcome.as_str()).collect();
    assert_eq!(outcomes, ["PROVIDER_AWAY", "PROVIDER_AWAY", "SENT"]);
}

#[tokio::test]
async fn reports_that_come_late_twice_and_out_of_order_tell_what_is_true() {
    let (town, gateway) = town([]).await;
    town.asked("anna", 7, 48).await;
    town.sends().await;
    let id = gateway.sent()[0]["id"].clone();
    let report = |status: &str| json!({"id": id, "status": status});

    let forged = town.hears(REPORT, &report("delivered"), "another secret").await;
    let unknown = json!({"id": uuid::Uuid::nil(), "status": "delivered"});
    let unknown = town.hears(REPORT, &unknown, SECRET).await;
    let malformed = town.hears(REPORT, &json!({"status": "delivered"}), SECRET).await;
    let before = town.to("anna").await[0].state();
    for status in ["buffered", "delivered", "failed", "delivered", "failed"] {
        assert_eq!(town.hears(REPORT, &report(status), SECRET).await, 200);
    }

    assert_eq!((forged, unknown, malformed), (401, 200, 400));
    assert_eq!(before, pb::State::Sent);
    assert_eq!(town.to("anna").await[0].state(), pb::State::Delivered);
}

#[tokio::test]
async fn what_did_not_arrive_goes_another_way_unless_it_arrives_after_all() {
    let (town, gateway) = town([]).await;
    for number in [7, 8] {
        town.asked("anna", number, 48).await;
        town.sends().await;
    }
    let ids: Vec<_> =
        town.to("anna").await.into_iter().map(|it| it.message.unwrap().name).collect();
    let report =
        |n: usize, status: &str| json!({"id": ids[n].strip_prefix("messages/"), "status": status});
    for n in [0, 1] {
        town.hears(REPORT, &report(n, "failed"), SECRET).await;
    }
    town.hears(REPORT, &report(1, "delivered"), SECRET).await;
    town.sends().await;

    // There is no e-mail here: the desk calls.
    assert_eq!(gateway.sent().len(), 2);
    let states: Vec<_> = town.to("anna").await.iter().map(pb::Notice::state).collect();
    assert_eq!(states, [pb::State::ByTelephone, pb::State::Delivered]);
}

#[tokio::test]
async fn one_and_two_answer_the_one_question_that_is_open() {
    let (town, _) = town([]).await;
    town.asked("anna", 7, 48).await;
    town.sends().await;
    let reply = |text: &str| json!({"from": "+4790000000", "text": text, "at": town.now()});

    let forged = town.hears(REPLY, &reply("1"), "another secret").await;
    let unanswered = town.to("anna").await[0].answer();
    let first = town.hears(REPLY, &reply("1 "), SECRET).await;
    let again = town.hears(REPLY, &reply("1"), SECRET).await;

    assert_eq!((forged, unanswered, first, again), (401, pb::AnswerKind::Unspecified, 200, 200));
    let told = town.to("anna").await;
    assert_eq!((told.len(), told[0].answer()), (1, pb::AnswerKind::Yes));
}

#[tokio::test]
async fn a_reply_that_is_passed_on_late_answers_nothing_that_was_asked_after_it() {
    let (town, _) = town([]).await;
    town.asked("anna", 7, 48).await;
    town.sends().await;
    let reply = json!({"from": "90000000", "text": "2", "at": town.now()});
    town.hears(REPLY, &reply, SECRET).await;
    town.later(5);
    town.asked("anna", 8, 48).await;
    town.sends().await;

    town.hears(REPLY, &reply, SECRET).await;

    let answers: Vec<_> = town.to("anna").await.iter().map(pb::Notice::answer).collect();
    assert_eq!(answers, [pb::AnswerKind::No, pb::AnswerKind::Unspecified]);
}

#[tokio::test]
async fn a_doubtful_or_late_reply_is_answered_and_a_strangers_is_not() {
    let (town, gateway) = town([]).await;
    for number in [7, 8] {
        town.asked("anna", number, 48).await;
        town.sends().await;
    }
    let reply = |from: &str, text: &str| json!({"from": from, "text": text});
    let last = |gateway: &Provider| {
        let asked = gateway.asked.lock().unwrap();
        asked.last().unwrap()["text"].as_str().unwrap().to_owned()
    };

    town.hears(REPLY, &reply("90000000", "1"), SECRET).await;
    town.sends().await;
    assert!(last(&gateway).contains("forsto ikke svaret"), "two questions: {}", last(&gateway));
    town.hears(REPLY, &reply("90000000", "Hva gjelder det?"), SECRET).await;
    town.sends().await;
    assert_eq!(gateway.sent().len(), 4);
    town.later(25 * 60);
    town.hears(REPLY, &reply("90000000", "1"), SECRET).await;
    town.sends().await;
    assert!(last(&gateway).contains("kom dessverre for sent"), "{}", last(&gateway));
    let stranger = town.hears(REPLY, &reply("41111111", "1"), SECRET).await;
    town.sends().await;
    assert_eq!((stranger, gateway.sent().len()), (200, 5));
    assert!(town.to("anna").await.iter().all(|it| it.answer() == pb::AnswerKind::Unspecified));
}
