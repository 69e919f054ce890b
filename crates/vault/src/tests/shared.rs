//! Two vaults on one NATS server and one directory of secrets, as two processes have them.

use std::time::{Duration, Instant};

use dugnad_harness::nats::NatsServer;
use futures::future::join_all;

use super::{Place, files_with, person};
use crate::{Master, Opened, Vault, VaultError};

const TOWN: &str = "town";

async fn vault(server: &NatsServer, place: &Place) -> Vault {
    Vault::nats(&server.url(), &place.secrets(), &Master::Made).await.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_make_a_key_at_once_end_up_with_one() {
    let (server, place) = (NatsServer::start().unwrap(), Place::new());
    let (one, two) = (vault(&server, &place).await, vault(&server, &place).await);

    for number in 0..50 {
        let person = person(number);
        let (first, second) = tokio::join!(one.key(TOWN, person), two.key(TOWN, person));
        let sealed = first.unwrap().seal(b"", &"secret".to_owned());
        assert_eq!(second.unwrap().seal(b"", &"secret".to_owned()), sealed);
    }
    assert_eq!(one.digest_key(TOWN).await, two.digest_key(TOWN).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_by_one_process_empties_the_others_memory() {
    let (server, place) = (NatsServer::start().unwrap(), Place::new());
    let (one, two) = (vault(&server, &place).await, vault(&server, &place).await);
    let key = two.key(TOWN, person(1)).await.unwrap();
    let sealed = key.seal(b"", &"secret".to_owned());

    one.forget(TOWN, person(1)).await.unwrap();

    let deadline = Instant::now() + Duration::from_secs(20);
    while two.cached_key(TOWN, person(1)).is_some() {
        assert!(Instant::now() < deadline, "the other process never heard of it");
        tokio::task::yield_now().await;
    }
    assert_eq!(two.open(TOWN, &sealed).await, Ok(Opened::Erased));
    assert_eq!(two.key(TOWN, person(1)).await.err(), Some(VaultError::Erased(person(1))));
    assert!(two.rotation_due(Duration::ZERO));
    assert!(vault(&server, &place).await.rotation_due(Duration::from_secs(86_400)));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_one_process_makes_while_the_other_rotates_are_not_lost() {
    let (server, place) = (NatsServer::start().unwrap(), Place::new());
    let (one, two) = (vault(&server, &place).await, vault(&server, &place).await);
    let making = tokio::spawn(async move {
        let keys = (0..300).map(|number| {
            let two = two.clone();
            async move { (person(number), two.key(TOWN, person(number)).await.unwrap()) }
        });
        join_all(keys).await
    });

    let third = vault(&server, &place).await;
    let (mut rotated, mut also) = (0, 0);
    while !making.is_finished() || rotated < 3 {
        let (one, third) = tokio::join!(one.rotate(), third.rotate());
        rotated += usize::from(one.is_ok());
        also += usize::from(third.is_ok());
    }
    assert!(also > 0);
    one.rotate().await.unwrap();

    let fresh = vault(&server, &place).await;
    for (_, key) in making.await.unwrap() {
        let sealed = key.seal(b"", &"secret".to_owned());
        assert_eq!(fresh.open(TOWN, &sealed).await, Ok(Opened::Known("secret".to_owned())));
    }
    assert_eq!(fresh.0.secrets.numbers().len(), 1);
}

/// The server keeps the old value on disk for a while; what makes it useless is that its generation
/// is gone.
#[tokio::test(flavor = "multi_thread")]
async fn what_nats_keeps_of_an_erased_key_does_not_open_after_the_next_generation() {
    let (mut server, place) = (NatsServer::start().unwrap(), Place::new());
    let vault = vault(&server, &place).await;
    let key = vault.key(TOWN, person(1)).await.unwrap();
    let living = vault.key(TOWN, person(2)).await.unwrap().seal(b"", &"secret".to_owned());
    let name = format!("{TOWN}.{}", person(1).0.simple());
    let old = vault.0.store.get(&name).await.unwrap().unwrap().value;
    let raw = vault.0.read(&name).await.unwrap().unwrap().unwrap();

    vault.forget(TOWN, person(1)).await.unwrap();
    vault.rotate().await.unwrap();
    let fresh = self::vault(&server, &place).await;
    assert_eq!(fresh.open(TOWN, &living).await, Ok(Opened::Known("secret".to_owned())));
    server.stop().unwrap();

    for bytes in [&*raw, key.cipher()] {
        assert_eq!(files_with(&server.store_dir(), bytes), Vec::<String>::new());
        assert_eq!(files_with(&place.secrets(), bytes), Vec::<String>::new());
    }
    let crate::wrap::Entry::Key(wrapped) = crate::wrap::Entry::from_bytes(&old).unwrap() else {
        panic!("it was a key")
    };
    assert_eq!(wrapped.generation, 1);
    let newest = vault.0.secrets.newest().unwrap();
    assert!(vault.0.secrets.get(1).is_none());
    assert!(wrapped.unwrap(&newest, &name).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_server_it_says_so_and_goes_on_when_it_is_back() {
    let (mut server, place) = (NatsServer::start().unwrap(), Place::new());
    let vault = vault(&server, &place).await;
    let key = vault.key(TOWN, person(1)).await.unwrap();
    let sealed = key.seal(b"", &"secret".to_owned());

    server.kill9().unwrap();
    let away = vault.key(TOWN, person(2)).await;
    let cached = vault.open(TOWN, &sealed).await;
    server.restart().unwrap();

    assert!(matches!(away, Err(VaultError::Unavailable(_))));
    assert_eq!(cached, Ok(Opened::Known("secret".to_owned())));
    let deadline = Instant::now() + Duration::from_secs(60);
    while vault.key(TOWN, person(2)).await.is_err() {
        assert!(Instant::now() < deadline, "it did not come back");
    }
}
