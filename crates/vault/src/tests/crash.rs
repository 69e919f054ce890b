//! A rotation that ends half-way, at each of its steps and wherever SIGKILL finds it.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    time::Duration,
};

use super::{Place, person};
use crate::{
    Master, Opened, PersonId, Sealed, Vault, VaultError,
    rotation::Step,
    wrap::{Entry, Wrapped},
};

const TOWN: &str = "town";

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_ended_at_any_step_is_finished_by_the_next() {
    for step in [Step::Made, Step::BatchRewrapped, Step::AllRewrapped, Step::Destroyed] {
        let place = Place::new();
        let vault = place.open().await;
        let sealed = seal_for(&vault, 1200).await;
        let mut seen = 0;

        let ended = vault
            .0
            .rotate(|at| {
                seen += usize::from(at == step);
                match at == step {
                    true => Err(VaultError::Unavailable("power cut".into())),
                    false => Ok(()),
                }
            })
            .await;
        assert!(ended.is_err() && seen == 1, "{step:?}");
        drop(vault);

        let vault = place.open().await;
        assert_eq!(vault.rotation_due(Duration::MAX), step != Step::Destroyed, "{step:?}");
        assert_opens(&vault, &sealed).await;
        vault.rotate().await.unwrap();
        assert!(!vault.rotation_due(Duration::ZERO), "{step:?}");
        drop(vault);

        let vault = place.open().await;
        assert_opens(&vault, &sealed).await;
        let generation = if step == Step::Destroyed { 3 } else { 2 };
        assert_eq!(vault.0.secrets.numbers(), [generation], "{step:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_after_a_broken_off_rotation_gets_a_generation_of_its_own() {
    let place = Place::new();
    let vault = place.open().await;
    let sealed = seal_for(&vault, 3).await;
    let ended = vault.0.rotate(|_| Err(VaultError::Unavailable("power cut".into()))).await;
    assert!(ended.is_err());

    vault.forget(TOWN, person(0)).await.unwrap();
    vault.rotate().await.unwrap();

    assert_eq!(vault.0.secrets.numbers(), [3]);
    assert_opens(&vault, &sealed[1..]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_generation_is_lost_says_so_and_holds_up_no_erasure() {
    let (place, elsewhere) = (Place::new(), Place::new());
    let vault = place.open().await;
    let sealed = seal_for(&vault, 3).await;
    let name = format!("{TOWN}.{}", person(9).0.simple());
    vault.rotate().await.unwrap();
    let lost = elsewhere.open().await.0.secrets.newest().unwrap();
    let wrapped = Wrapped::wrap(&lost, &name, &[1; 32]).unwrap();
    vault.0.store.put(&name, Entry::Key(wrapped).to_bytes()).await.unwrap();

    vault.forget(TOWN, person(0)).await.unwrap();
    vault.rotate().await.unwrap();

    assert_eq!(vault.0.secrets.numbers(), [3]);
    assert_opens(&vault, &sealed[1..]).await;
    let orphan = vault.key(TOWN, person(9)).await.err().unwrap();
    assert!(orphan.to_string().contains("generation 1 is gone"), "{orphan}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generation_overwritten_but_not_yet_removed_is_cleared_away() {
    let place = Place::new();
    let vault = place.open().await;
    let sealed = seal_for(&vault, 3).await;
    vault.rotate().await.unwrap();
    drop(vault);
    std::fs::write(place.secrets().join("generation-1.key"), [0; 82]).unwrap();

    let vault = place.open().await;

    assert_opens(&vault, &sealed).await;
    assert_eq!(vault.0.secrets.numbers(), [2]);
    assert!(!place.secrets().join("generation-1.key").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_made_while_another_process_rotates_is_not_lost() {
    let place = Place::new();
    let vault = place.open().await;
    let maker = vault.clone();
    let making = tokio::spawn(async move { seal_for(&maker, 300).await });

    for _ in 0..10 {
        vault.rotate().await.unwrap();
    }
    let sealed = making.await.unwrap();
    vault.rotate().await.unwrap();
    drop(vault);

    assert_opens(&place.open().await, &sealed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_opens_after_kill_9_in_the_middle_of_rotations() {
    let place = Place::new();
    let mut acknowledged: Vec<(PersonId, Sealed<String>)> = Vec::new();
    for round in 0..5u128 {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "tests::crash::child", "--ignored", "--nocapture"])
            .env("DUGNAD_TEST_PLACE", place.dir.path())
            .env("DUGNAD_TEST_FROM", (round * 10_000).to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let sealed = lines.by_ref().filter_map(|line| {
            let (number, sealed) = line.strip_prefix("sealed ")?.split_once(' ')?;
            let person = person(number.parse().ok()?);
            Some((person, Sealed::new(person, hex::decode(sealed).ok()?.into())))
        });
        acknowledged.extend(sealed.take(40 + 37 * round as usize));
        child.kill().unwrap();
        child.wait().unwrap();

        assert_eq!(acknowledged.len() as u128, (0..=round).map(|r| 40 + 37 * r).sum::<u128>());
        assert_opens(&place.open().await, &acknowledged).await;
    }
    let vault = place.open().await;
    vault.rotate().await.unwrap();
    assert_opens(&vault, &acknowledged).await;
    assert_eq!(vault.0.secrets.numbers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the process that the test above starts and kills"]
async fn child() {
    let Some(dir) = env::var_os("DUGNAD_TEST_PLACE") else { return };
    let dir = std::path::PathBuf::from(dir);
    let from: u128 = env::var("DUGNAD_TEST_FROM").unwrap().parse().unwrap();
    let opened = Vault::embedded(&dir.join("vault"), &dir.join("secrets"), &Master::Made).await;
    let vault = opened.unwrap().0;
    let rotating = vault.clone();
    tokio::spawn(async move {
        loop {
            rotating.rotate().await.unwrap();
        }
    });
    for number in from..from + 10_000 {
        let key = vault.key(TOWN, person(number)).await.unwrap();
        let sealed = key.seal(b"", &secret_of(person(number)));
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nsealed {number} {}", hex::encode(&sealed.sealed)).unwrap();
    }
}

fn secret_of(person: PersonId) -> String {
    format!("the secret of {person}")
}

async fn seal_for(vault: &Vault, count: u128) -> Vec<(PersonId, Sealed<String>)> {
    let mut sealed = Vec::new();
    for person in (0..count).map(person) {
        let key = vault.key(TOWN, person).await.unwrap();
        sealed.push((person, key.seal(b"", &secret_of(person))));
    }
    sealed
}

async fn assert_opens(vault: &Vault, sealed: &[(PersonId, Sealed<String>)]) {
    for (person, sealed) in sealed {
        let opened = vault.open(TOWN, sealed).await.unwrap();
        assert_eq!(opened, Opened::Known(secret_of(*person)));
    }
}
