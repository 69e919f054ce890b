//! Invariant 8: after the next key generation no file, and no copy made before, yields the person.

use std::{fs, path::Path, process::Command};

use futures::future::join_all;

use super::{Place, files_with, person};
use crate::{Master, OpenError, Opened, Sealed, Vault, VaultError};

const TOWN: &str = "town";
const NAME: &str = "Kari Nordmann, born in Bodø";

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_is_gone_at_once_and_for_good() {
    let place = Place::new();
    let vault = place.open().await;
    let key = vault.key(TOWN, person(1)).await.unwrap();
    let sealed = key.seal(b"", &NAME.to_owned());
    assert_eq!(vault.open(TOWN, &sealed).await, Ok(Opened::Known(NAME.to_owned())));
    assert!(vault.cached_key(TOWN, person(1)).is_some());

    vault.forget(TOWN, person(1)).await.unwrap();
    vault.forget(TOWN, person(2)).await.unwrap(); // who never had a key

    assert_erased(&vault, &sealed).await;
    drop(vault);
    assert_erased(&place.open().await, &sealed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_holds_the_key_wrapped_or_raw_after_the_next_generation() {
    let place = Place::new();
    let vault = place.open().await;
    for number in 0..50 {
        vault.key(TOWN, person(number)).await.unwrap();
    }
    let name = format!("{TOWN}.{}", person(1).0.simple());
    let wrapped = vault.0.store.get(&name).await.unwrap().unwrap().value;
    let raw = vault.0.read(&name).await.unwrap().unwrap().unwrap();
    let key = vault.key(TOWN, person(1)).await.unwrap();
    let old = fs::read_to_string(place.secrets().join("generation-1.key")).unwrap();
    assert!(!files_with(place.dir.path(), &wrapped[5..]).is_empty(), "the search must find it");

    vault.forget(TOWN, person(1)).await.unwrap();
    let rotated = vault.rotate().await.unwrap();

    assert_eq!((rotated.generation, rotated.rewrapped), (2, 49));
    for bytes in [&wrapped[5..], &*raw, old.as_bytes(), key.cipher()] {
        assert_eq!(files_with(place.dir.path(), bytes), Vec::<String>::new());
    }
    drop(vault);
    for bytes in [&wrapped[5..], &*raw, old.as_bytes()] {
        assert_eq!(files_with(place.dir.path(), bytes), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_before_the_erasure_gives_nothing_with_todays_secrets() {
    let place = Place::new();
    let (copy, yesterday) = (Place::new(), Place::new());
    let sealed: Sealed<String>;
    {
        let vault = place.open().await;
        let (erased, living) = (person(1), person(2));
        sealed = vault.key(TOWN, erased).await.unwrap().seal(b"", &NAME.to_owned());
        vault.key(TOWN, living).await.unwrap();
        copy_all(&place.keys(), &copy.keys());
        copy_all(&place.secrets(), &yesterday.secrets());
        vault.forget(TOWN, erased).await.unwrap();
        assert!(vault.rotation_due(std::time::Duration::ZERO));
        vault.rotate().await.unwrap();
        assert!(!vault.rotation_due(std::time::Duration::ZERO));
    }
    copy_all(&place.secrets(), &copy.secrets());

    let today = copy.open().await;

    let opened = today.open(TOWN, &sealed).await;
    assert!(matches!(opened, Err(VaultError::Unavailable(_))), "{opened:?}");
    drop(today);
    // It is the secret that is missing, nothing else: with yesterday's the same copy opens.
    fs::remove_dir_all(copy.secrets()).unwrap();
    copy_all(&yesterday.secrets(), &copy.secrets());
    let opened = copy.open().await.open(TOWN, &sealed).await;
    assert_eq!(opened, Ok(Opened::Known(NAME.to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_stays_due_over_a_restart_until_it_was_rotated_away() {
    let day = std::time::Duration::from_secs(86_400);
    let place = Place::new();
    let vault = place.open().await;
    vault.key(TOWN, person(1)).await.unwrap();
    assert!(!vault.rotation_due(day));
    vault.forget(TOWN, person(1)).await.unwrap();
    assert!(!vault.rotation_due(day));
    drop(vault);

    let vault = place.open().await;
    assert!(vault.rotation_due(day));
    vault.rotate().await.unwrap();
    assert!(!vault.rotation_due(std::time::Duration::ZERO));
    drop(vault);

    assert!(!place.open().await.rotation_due(std::time::Duration::ZERO));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_or_missing_secret_is_told_and_nothing_new_is_made_over_it() {
    let place = Place::new();
    let (vault, made) =
        Vault::embedded(&place.keys(), &place.secrets(), &Master::Made).await.unwrap();
    vault.key(TOWN, person(1)).await.unwrap();
    drop(vault);
    let open = async |master| {
        Vault::embedded(&place.keys(), &place.secrets(), &master).await.map(|_| ()).unwrap_err()
    };
    let master = place.secrets().join("master.key");
    assert_eq!(made.unwrap().0, master);

    let wrong = open(Master::from_setting(Some(&"ab".repeat(32)))).await;
    let no_key = open(Master::File(place.keys().join("keys.sqlite.lock"))).await;
    let right = fs::read_to_string(&master).unwrap();
    fs::remove_file(&master).unwrap();
    let gone = open(Master::Made).await;
    fs::remove_file(place.secrets().join("generation-1.key")).unwrap();
    let all_gone = open(Master::from_setting(Some(right.trim()))).await;

    assert!(matches!(wrong, OpenError::WrongMasterKey(_)), "{wrong}");
    assert!(matches!(no_key, OpenError::NoMasterKey(_)), "{no_key}");
    assert!(matches!(gone, OpenError::SecretsMissing(_)), "{gone}");
    assert!(matches!(all_gone, OpenError::SecretsMissing(_)), "{all_gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_for_their_owner_only_and_a_second_process_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let _vault = place.open().await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;

    assert_eq!(mode(&place.secrets()), 0o700);
    for entry in fs::read_dir(place.secrets()).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
    let second = Vault::embedded(&place.keys(), &place.secrets(), &Master::Made).await;
    assert!(matches!(second, Err(OpenError::InUse(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_calls_for_one_person_get_one_key_and_a_tenant_has_one_digest_key() {
    let place = Place::new();
    let vault = place.open().await;

    let calls = (0..200).map(|_| {
        let vault = vault.clone();
        tokio::spawn(async move { vault.key(TOWN, person(1)).await.unwrap() })
    });
    let keys: Vec<_> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    let digest = vault.digest_key(TOWN).await.unwrap();

    let sealed = keys[0].seal(b"", &NAME.to_owned());
    assert!(keys.iter().all(|key| key.seal(b"", &NAME.to_owned()) == sealed));
    assert_ne!(vault.digest_key("other-town").await.unwrap(), digest);
    vault.rotate().await.unwrap();
    drop(vault);
    let vault = place.open().await;
    assert_eq!(vault.digest_key(TOWN).await.unwrap(), digest);
    assert_eq!(vault.open(TOWN, &sealed).await, Ok(Opened::Known(NAME.to_owned())));
}

async fn assert_erased(vault: &Vault, sealed: &Sealed<String>) {
    for erased in [person(1), person(2)] {
        assert!(vault.cached_key(TOWN, erased).is_none());
        assert_eq!(vault.key(TOWN, erased).await.err(), Some(VaultError::Erased(erased)));
    }
    assert_eq!(vault.open(TOWN, sealed).await, Ok(Opened::Erased));
    assert!(vault.key("other-town", person(1)).await.is_ok());
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let _ = fs::remove_dir_all(to);
    let copied = Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}
