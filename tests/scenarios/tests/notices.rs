//! From a need to an e-mail, from its link to a confirmed volunteer: through real servers.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

#[path = "notices/code.rs"]
mod code;
#[path = "notices/ride.rs"]
mod ride;

use dugnad_harness::{
    Caller, DugnadServer, Journal, NatsServer, Notices, SmtpServer, clients::request_id,
    smtp::decoded,
};
use dugnad_proto::{
    notices::v1::{ListNoticesRequest, Notice, Policy, SetPolicyRequest, State},
    volunteers::v1::{
        AdmitRequest, Details, ErasePersonRequest, ExportPersonRequest, Giver, ListReadsRequest,
        Purpose, SignUpRequest,
    },
};
use dugnad_scenarios::{
    On, World, on_both,
    village::{Coordinator, TENANT, within},
};

on_both!(
    an_offer_goes_out_by_e_mail_and_the_link_in_it_makes_somebody_come,
    what_was_claimed_when_the_process_was_killed_goes_out_under_the_same_key,
);

const LOOK: std::time::Duration = std::time::Duration::from_millis(10);

fn notices(server: &DugnadServer) -> Notices {
    Notices::new(server.called(&Caller::new(TENANT).acting_as("coordinator")).unwrap())
}

/// At any hour, and at once: the test runs at any hour.
async fn tells_at_once(server: &DugnadServer) {
    let policy = Policy {
        sender: "Lillevik".into(),
        bundle_minutes: 0,
        daily_limit: 50,
        climb_minutes: 10,
        ..Default::default()
    };
    let request = SetPolicyRequest { policy: Some(policy), request_id: request_id() };
    notices(server).set_policy(request).await.unwrap();
}

/// A visitor who can be written to.
async fn takes_in(kari: &mut Coordinator, name: &str, email: &str) -> String {
    let details = Details { display_name: name.into(), email: email.into(), ..Default::default() };
    let person = registers(kari, details).await;
    kari.certifies(&person, "").await;
    person
}

/// Somebody new in the register.
async fn registers(kari: &mut Coordinator, details: Details) -> String {
    let request = SignUpRequest {
        details: Some(details),
        giver: Some(Giver { standing: true, ..Default::default() }),
        request_id: request_id(),
        ..Default::default()
    };
    let person = kari.people.sign_up(request).await.unwrap().into_inner().person.unwrap().name;
    let request = AdmitRequest { person: person.clone(), request_id: request_id() };
    kari.people.admit(request).await.unwrap();
    person
}

async fn to(server: &DugnadServer, person: &str) -> Vec<Notice> {
    let request = ListNoticesRequest { person: person.into(), ..Default::default() };
    notices(server).list_notices(request).await.unwrap().into_inner().notices
}

async fn start(on: On, smtp: &SmtpServer) -> World {
    let smtp = format!("--smtp={}", smtp.url());
    World::start_with(on, &[&smtp, "--http=127.0.0.1:0"]).await
}

/// The link in an e-mail.
fn link(email: &str) -> String {
    let text = decoded(email);
    let (_, rest) = text.split_once("http://").unwrap();
    let end = rest.find(|c: char| c.is_whitespace() || c == '"' || c == '<').unwrap();
    format!("http://{}", &rest[..end])
}

async fn an_offer_goes_out_by_e_mail_and_the_link_in_it_makes_somebody_come(on: On) {
    let smtp = SmtpServer::start().await.unwrap();
    let world = start(on, &smtp).await;
    let mut kari = Coordinator::of(&world.server);
    kari.sets_up().await;
    tells_at_once(&world.server).await;
    let anna = takes_in(&mut kari, "Anna Ås", "anna@example.org").await;
    let need = kari.needs_visitor(18, 20).await;
    kari.until_suit(&need, &[&anna]).await;

    kari.asks(&need, 1).await;
    let email = smtp.wait_for(1).await.unwrap().remove(0);
    let asked = world.server.open(&link(&email), "GET", "").await.unwrap();
    let before = kari.assigned(&need).await;
    let (status, _) =
        world.server.open(&format!("{}/yes", link(&email)), "POST", "").await.unwrap();

    assert!(asked.1.contains("<button>Ja, jeg kan</button>"), "{}", asked.1);
    assert_eq!((asked.0, before.len(), status), (200, 0, 200), "only a button answers");
    within(async {
        while kari.assigned(&need).await != [anna.clone()] {
            tokio::time::sleep(LOOK).await;
        }
    })
    .await;
    let confirmed = smtp.wait_for(2).await.unwrap().remove(1);
    assert!(confirmed.contains("text/calendar"), "{confirmed}");
    assert!(email.contains("To: Anna") || decoded(&email).contains("anna@example.org"));
    // Who read her address, and for what, stands in the register.
    let request = ListReadsRequest { person: anna.clone(), ..Default::default() };
    let reads = kari.people.list_reads(request).await.unwrap().into_inner().reads;
    assert!(reads.iter().any(|read| read.purpose() == Purpose::Notice), "{reads:?}");
    let request = ExportPersonRequest { person: anna.clone() };
    let exported = kari.people.export_person(request).await.unwrap().into_inner();
    assert!(exported.json.contains("\"template\":\"assigned\""), "{}", exported.json);
    let request = ErasePersonRequest { person: anna.clone(), request_id: request_id() };
    kari.people.erase_person(request).await.unwrap();
    within(async {
        let (_, page) = world.server.open(&link(&email), "GET", "").await.unwrap();
        while page.contains("<button>") {
            tokio::time::sleep(LOOK).await;
        }
    })
    .await;
}

async fn what_was_claimed_when_the_process_was_killed_goes_out_under_the_same_key(on: On) {
    let smtp = SmtpServer::start().await.unwrap();
    let mut world = start(on, &smtp).await;
    let mut kari = Coordinator::of(&world.server);
    kari.sets_up().await;
    tells_at_once(&world.server).await;
    let anna = takes_in(&mut kari, "Anna", "anna@example.org").await;
    let need = kari.needs_visitor(18, 20).await;
    kari.until_suit(&need, &[&anna]).await;
    // The server holds the e-mail, and its answer comes after the kill.
    smtp.hold_next().unwrap();
    kari.asks(&need, 1).await;
    let first = smtp.wait_for(1).await.unwrap().remove(0);

    world.server.kill9().await.unwrap();
    world.server.restart().await.unwrap();
    let second = smtp.wait_for(2).await.unwrap().remove(1);

    let key = |email: &str| {
        email.lines().find(|line| line.starts_with("Message-ID:")).unwrap().to_owned()
    };
    assert_eq!(key(&first), key(&second));
    within(async {
        loop {
            let told = to(&world.server, &anna).await.remove(0);
            if told.state() == State::Sent {
                assert_eq!(told.message.unwrap().attempts.len(), 2);
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_in_another_process_is_asked_how_people_are_reached() {
    let nats = NatsServer::start().unwrap();
    let journal = || Journal::Nats(nats.url());
    let smtp = SmtpServer::start().await.unwrap();
    let volunteers = DugnadServer::start_with(journal(), &["volunteers"]).await.unwrap();
    let secrets = format!("--secrets={}", volunteers.dir().join("secrets").display());
    let peer = format!("--peer=volunteers={}", volunteers.url().unwrap());
    let url = format!("--smtp={}", smtp.url());
    let options = ["matching", "notices", &secrets, &peer, &url, "--http=127.0.0.1:0"];
    let rest = DugnadServer::start_with(journal(), &options).await.unwrap();
    let mut kari = Coordinator::of_two(&volunteers, &rest);
    kari.sets_up().await;
    tells_at_once(&rest).await;
    let anna = takes_in(&mut kari, "Anna", "anna@example.org").await;
    let need = kari.needs_visitor(18, 20).await;
    kari.until_suit(&need, &[&anna]).await;

    kari.asks(&need, 1).await;

    let email = smtp.wait_for(1).await.unwrap().remove(0);
    assert!(email.contains("anna@example.org"), "{email}");
    let alone = DugnadServer::start_with(journal(), &["notices", &secrets]).await;
    let why = format!("{:?}", alone.err().unwrap());
    assert!(why.contains("--peer volunteers=URL"), "{why}");
}
