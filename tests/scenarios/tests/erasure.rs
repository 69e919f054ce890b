//! Invariant 8, from the outside: from an erasure on nobody is shown the person again; after the
//! next key generation no file yields them, nor does a copy made before, with today's secrets.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::{path::Path, time::Duration};

use dugnad_harness::{
    Caller, DugnadServer, Journal, NatsServer, clients::request_id, copy_all, files_with,
};
use dugnad_proto::rooms::v1::{
    Booking, Contact, CreateBookingRequest, ErasePersonRequest, GetBookingRequest,
};
use dugnad_scenarios::{On, World, ask, book, hours, on_both, town, wish};
use tokio::time::{sleep, timeout};
use tonic::{Code, Status};
use uuid::Uuid;

const NAME: &str = "Åse Hemmelig-Navnesen";
const PHONE: &str = "+47 998 87 766";
const PURPOSE: &str = "Minnestund for Oddvar";
const DEADLINE: Duration = Duration::from_secs(30);

on_both!(
    an_erased_person_is_shown_to_nobody_and_found_nowhere,
    a_copy_made_before_the_erasure_shows_nobody_with_todays_secrets,
);

/// A world with somebody's booking in it, soon erased for good after the word is given.
struct Story {
    world: World,
    caller: Caller,
    person: String,
    booking: Booking,
    wish: CreateBookingRequest,
}

async fn story(on: On) -> Story {
    let world = World::start_with(on, &["--vault-rotate-after=100ms"]).await;
    let caller = Caller::new("lillevik");
    let rooms = &mut world.calling(&caller);
    let town = town(rooms).await;
    let person = format!("people/{}", Uuid::now_v7());
    let contact = Contact {
        person: person.clone(),
        display_name: NAME.to_owned(),
        phone: PHONE.to_owned(),
        email: String::new(),
    };
    let wish = CreateBookingRequest {
        purpose: PURPOSE.to_owned(),
        contact: Some(contact),
        ..wish(&town.room, hours(18, 20))
    };
    let booking = ask(rooms, wish.clone()).await.unwrap();
    // Somebody else, who stays.
    book(rooms, &town.room, hours(30, 32)).await.unwrap();
    Story { world, caller, person, booking, wish }
}

impl Story {
    async fn erase(&self) {
        let rooms = &mut self.world.calling(&self.caller);
        let request = ErasePersonRequest { person: self.person.clone(), request_id: request_id() };
        assert_eq!(rooms.erase_person(request).await.unwrap().into_inner().bookings, 1);
    }

    async fn next_generation(&self) {
        let passed = async {
            loop {
                let (_, metrics) = self.world.server.admin("/metrics").await.unwrap();
                if metrics.contains("dugnad_vault_rotations_total 1") {
                    return;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(DEADLINE, passed).await.expect("old keys are destroyed in time");
    }

    async fn seen(&self) -> Result<Booking, Status> {
        look(&mut self.world.calling(&self.caller), &self.booking.name).await
    }
}

async fn look(rooms: &mut dugnad_harness::Rooms, name: &str) -> Result<Booking, Status> {
    let request = GetBookingRequest { name: name.to_owned() };
    Ok(rooms.get_booking(request).await?.into_inner().booking.unwrap())
}

/// Fails with the files that hold something of the person.
fn assert_nowhere(dir: &Path) {
    for secret in [NAME, PHONE, PURPOSE, "Hemmelig", "Oddvar"] {
        let found = files_with(dir, secret.as_bytes()).unwrap();
        assert!(found.is_empty(), "{secret} is in {found:?}");
    }
}

async fn an_erased_person_is_shown_to_nobody_and_found_nowhere(on: On) {
    let mut story = story(on).await;
    assert_eq!(story.seen().await.unwrap().purpose, PURPOSE, "known before");
    let wrapped = (on == On::Sqlite).then(|| wrapped_key(&story));

    story.erase().await;
    let at_once = story.seen().await.unwrap();
    let again = ask(&mut story.world.calling(&story.caller), story.wish.clone()).await;
    story.next_generation().await;

    assert_eq!(at_once.purpose, "");
    assert_eq!(at_once.contact.unwrap_or_default().display_name, "");
    assert_eq!(at_once.interval, story.booking.interval, "the booking stands");
    // Neither is the first answer given again, nor anything new taken about them.
    assert!(!format!("{again:?}").contains(NAME), "{again:?}");

    story.world.server.terminate().await.unwrap();
    let dir = story.world.server.dir().to_owned();
    let export = dir.join("export.jsonl");
    let address = story.world.server.journal_address();
    let args = ["journal", "export", "--journal", &address, export.to_str().unwrap()];
    let (status, said) = story.world.server.dugnad(&args).await.unwrap();
    assert!(status.success(), "{said}");
    let tail = ["journal", "tail", "--last=100", "--journal", &address];
    let (_, shown) = story.world.server.dugnad(&tail).await.unwrap();
    std::fs::write(dir.join("tail.jsonl"), shown).unwrap();
    assert_nowhere(&dir);
    if let Some(wrapped) = wrapped {
        assert!(files_with(&dir, &wrapped).unwrap().is_empty());
    }
    if let Some(nats) = &mut story.world.nats {
        nats.stop().unwrap();
        assert_nowhere(&nats.store_dir());
    }
}

async fn a_copy_made_before_the_erasure_shows_nobody_with_todays_secrets(on: On) {
    // Given a copy that yields the person with the secrets of its day,
    let mut story = story(on).await;
    story.world.server.kill9().await.unwrap();
    let (mut copy, _nats) = match &mut story.world.nats {
        None => {
            let copy = DugnadServer::prepare(Journal::Sqlite, &[]).unwrap();
            copy_all(story.world.server.dir(), copy.dir()).unwrap();
            (copy, None)
        }
        Some(nats) => {
            nats.kill9().unwrap();
            let copied = NatsServer::start_on_copy(&nats.store_dir()).unwrap();
            nats.restart().unwrap();
            let copy = DugnadServer::prepare(Journal::Nats(copied.url()), &[]).unwrap();
            (copy, Some(copied))
        }
    };
    let secrets = story.world.server.dir().join("secrets");
    copy_all(&secrets, &copy.dir().join("secrets")).unwrap();
    copy.restart().await.unwrap();
    let rooms = &mut copy.rooms(&story.caller).unwrap();
    assert_eq!(look(rooms, &story.booking.name).await.unwrap().purpose, PURPOSE);
    copy.kill9().await.unwrap();
    story.world.server.restart().await.unwrap();

    // when the person is erased, and the next generation has come,
    story.erase().await;
    story.next_generation().await;
    std::fs::remove_dir_all(copy.dir().join("secrets")).unwrap();
    copy_all(&secrets, &copy.dir().join("secrets")).unwrap();

    // then with today's secrets the copy may refuse to start, or to answer, but shows nothing.
    if copy.restart().await.is_ok() {
        let rooms = &mut copy.rooms(&story.caller).unwrap();
        match look(rooms, &story.booking.name).await {
            Ok(booking) => assert_eq!(booking.purpose, ""),
            Err(status) => assert_ne!(status.code(), Code::NotFound, "the booking is in the copy"),
        }
    }
    for secret in [NAME, PHONE, PURPOSE] {
        assert!(!copy.logs().contains(secret));
    }
}

/// The person's key as it lies in the embedded store. (On NATS old values lie in the stream's
/// blocks until the server compacts them; that they are of no use is what the copy shows.)
fn wrapped_key(story: &Story) -> Vec<u8> {
    let id = story.person.strip_prefix("people/").unwrap().replace('-', "");
    let keys = story.world.server.dir().join("vault/keys.sqlite");
    let read = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let keys = rusqlite::Connection::open_with_flags(keys, read).unwrap();
    let select = "SELECT value FROM keys WHERE name = ?";
    let name = format!("lillevik.{id}");
    let value: Vec<u8> = keys.query_row(select, [name], |row| row.get(0)).unwrap();
    // Past the kind and the generation's number.
    assert_eq!(value.len(), 1 + 4 + 24 + 32 + 16);
    value[5..].to_vec()
}
