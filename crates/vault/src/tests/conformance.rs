//! What both key stores must do alike.

use std::{collections::HashMap, sync::Arc};

use dugnad_harness::nats::NatsServer;
use futures::{TryStreamExt, future::join_all};
use tempfile::TempDir;

use crate::{
    nats::NatsStore,
    sqlite::SqliteStore,
    store::{KeyStore, Replacement, Stored},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_sqlite_store_keeps_the_contract() {
    let dir = TempDir::new().unwrap();
    conforms(Arc::new(SqliteStore::open(dir.path()).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nats_store_keeps_the_contract() {
    let server = NatsServer::start().unwrap();
    conforms(Arc::new(NatsStore::connect(&server.url()).await.unwrap())).await;
}

async fn conforms(store: Arc<dyn KeyStore>) {
    nothing_lies_where_nothing_was_put(&*store).await;
    the_first_creation_stands(&*store).await;
    of_many_creations_at_once_all_get_the_same(&store).await;
    a_replacement_needs_the_revision_it_was_made_for(&*store).await;
    what_was_put_is_not_created_again(&*store).await;
    all_gives_every_row_once(&*store).await;
    store.tidy().await.unwrap();
}

async fn nothing_lies_where_nothing_was_put(store: &dyn KeyStore) {
    assert_eq!(store.get("town.none").await, Ok(None));
    assert_eq!(rows(store).await, HashMap::new());
}

async fn the_first_creation_stands(store: &dyn KeyStore) {
    let first = store.create("town.a", b"one".to_vec()).await.unwrap();
    let second = store.create("town.a", b"two".to_vec()).await.unwrap();

    assert_eq!(first.value, b"one");
    assert_eq!(second, first);
    assert_eq!(store.get("town.a").await.unwrap(), Some(first));
}

async fn of_many_creations_at_once_all_get_the_same(store: &Arc<dyn KeyStore>) {
    let creations = (0..100u8).map(|n| {
        let store = store.clone();
        tokio::spawn(async move { store.create("town.race", vec![n]).await.unwrap() })
    });
    let got: Vec<Stored> = join_all(creations).await.into_iter().map(Result::unwrap).collect();

    assert!(got.iter().all(|stored| *stored == got[0]));
    assert_eq!(store.get("town.race").await.unwrap(), Some(got[0].clone()));
}

async fn a_replacement_needs_the_revision_it_was_made_for(store: &dyn KeyStore) {
    let stored = store.create("town.b", b"one".to_vec()).await.unwrap();
    let replace = |value: &[u8]| Replacement {
        name: "town.b".into(),
        revision: stored.revision,
        value: value.to_vec(),
    };

    store.replace(vec![replace(b"two")]).await.unwrap();
    store.replace(vec![replace(b"too late")]).await.unwrap();

    let now = store.get("town.b").await.unwrap().unwrap();
    assert_eq!(now.value, b"two");
    assert_ne!(now.revision, stored.revision);
}

async fn what_was_put_is_not_created_again(store: &dyn KeyStore) {
    let stored = store.create("town.c", b"key".to_vec()).await.unwrap();
    store.put("town.c", b"erased".to_vec()).await.unwrap();
    let (name, revision) = ("town.c".to_owned(), stored.revision);
    store.replace(vec![Replacement { name, revision, value: b"back".into() }]).await.unwrap();

    assert_eq!(store.create("town.c", b"key".to_vec()).await.unwrap().value, b"erased");
    store.put("town.never", b"erased".to_vec()).await.unwrap();
    assert_eq!(store.create("town.never", b"key".to_vec()).await.unwrap().value, b"erased");
}

async fn all_gives_every_row_once(store: &dyn KeyStore) {
    let before = rows(store).await;
    let names: Vec<String> = (0..2500).map(|n| format!("other-town.{n}")).collect();
    join_all(names.iter().map(|name| store.create(name, name.clone().into_bytes()))).await;

    let rows = rows(store).await;

    assert_eq!(rows.len(), before.len() + names.len());
    assert!(names.iter().all(|name| rows[name].value == name.as_bytes()));
}

/// Panics if a name comes twice.
async fn rows(store: &dyn KeyStore) -> HashMap<String, Stored> {
    let rows: Vec<_> = store.all().try_collect().await.unwrap();
    let count = rows.len();
    let rows: HashMap<_, _> = rows.into_iter().collect();
    assert_eq!(rows.len(), count);
    rows
}
