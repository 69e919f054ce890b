//! Verifying, exporting and importing, from either journal to the other.

use dugnad_journal::{
    Hash, Journal, Stored,
    transfer::{Imported, TransferError, export, import},
    verify::{Head, verify},
};

use crate::{
    backends::{Backend, JetStream, Sqlite},
    make::{append_all, chain, commit, partition, read_all},
};

async fn exported(journal: &dyn Journal) -> Vec<u8> {
    let mut lines = Vec::new();
    for tenant in ["drammen", "oslo"] {
        export(journal, &partition(tenant), 1, &mut lines).await.unwrap();
    }
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_go_from_sqlite_to_nats_and_back_unchanged() {
    let (sqlite, nats, back) =
        (Sqlite::start().await, JetStream::start().await, Sqlite::start().await);
    let first = sqlite.journal().await;
    append_all(&*first, &partition("drammen"), &chain(300, 200)).await;
    append_all(&*first, &partition("oslo"), &chain(5, 100_000)).await;
    let mut lines = exported(&*first).await;

    for journal in [nats.journal().await, back.journal().await] {
        let imported = import(&*journal, &mut &lines[..]).await.unwrap();
        assert_eq!(imported, Imported { written: 305, there: 0 });
        lines = exported(&*journal).await;
    }

    let back = back.journal().await;
    assert_eq!(read_all(&*back, &partition("drammen")).await, chain(300, 200));
    assert_eq!(read_all(&*back, &partition("oslo")).await, chain(5, 100_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_cut_anywhere_goes_on_when_it_is_run_again() {
    let (from, to) = (Sqlite::start().await, Sqlite::start().await);
    let (from, to) = (from.journal().await, to.journal().await);
    append_all(&*from, &partition("drammen"), &chain(40, 50)).await;
    append_all(&*from, &partition("oslo"), &chain(3, 50)).await;
    let lines = exported(&*from).await;

    for cut in (0..lines.len()).step_by(lines.len() / 13) {
        let outcome = import(&*to, &mut &lines[..cut]).await;
        assert!(matches!(outcome, Ok(_) | Err(TransferError::Line { .. })), "{outcome:?}");
    }
    let all = import(&*to, &mut &lines[..]).await.unwrap();

    assert_eq!(all.written + all.there, 43);
    assert!(all.there > 30, "{all:?}");
    assert_eq!(exported(&*to).await, lines);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_over_another_history_is_refused_and_names_the_commit() {
    let (from, to) = (Sqlite::start().await, Sqlite::start().await);
    let (from, to) = (from.journal().await, to.journal().await);
    let ours = chain(10, 50);
    append_all(&*from, &partition("drammen"), &ours).await;
    let theirs = commit(5, ours[3].hash(), b"another");
    append_all(&*to, &partition("drammen"), &ours[..4]).await;
    append_all(&*to, &partition("drammen"), std::slice::from_ref(&theirs)).await;
    let lines = exported(&*from).await;
    let sixth: Vec<u8> = lines.split_inclusive(|b| *b == b'\n').nth(5).unwrap().to_vec();
    let eighth: Vec<u8> = lines.split_inclusive(|b| *b == b'\n').nth(7).unwrap().to_vec();

    let all = import(&*to, &mut &lines[..]).await;
    let on_top = import(&*to, &mut &sixth[..]).await;
    let with_a_gap = import(&*to, &mut &eighth[..]).await;

    assert!(matches!(all, Err(TransferError::Differs { line: 5, number: 5, .. })), "{all:?}");
    assert!(matches!(on_top, Err(TransferError::Differs { number: 5, .. })), "{on_top:?}");
    assert!(matches!(with_a_gap, Err(TransferError::Gap { number: 8, .. })), "{with_a_gap:?}");
    assert_eq!(to.last(&partition("drammen")).await.unwrap(), Some(theirs));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_no_export_wrote_are_refused_with_their_number() {
    let to = Sqlite::start().await;
    let to = to.journal().await;
    let body = |commit: &Stored| {
        use base64::Engine;
        base64::prelude::BASE64_STANDARD.encode(&commit.body)
    };
    let good = commit(1, Hash::NONE, b"good");
    let line = |partition: &str, number: u64, hash: &str, body: &str| {
        format!(
            r#"{{"partition":"{partition}","number":{number},"hash":"{hash}","body":"{body}"}}"#
        )
    };
    let (hash, encoded) = (good.hash().to_string(), body(&good));
    let cases = [
        "{".to_owned(),
        "\u{0}\u{ff}".to_owned(),
        line("dugnad.rooms.*", 1, &hash, &encoded),
        line("dugnad.rooms.oslo", 2, &hash, &encoded),
        line("dugnad.rooms.oslo", 1, &Hash::NONE.to_string(), &encoded),
        line("dugnad.rooms.oslo", 1, &hash, "no base64!"),
        line("dugnad.rooms.oslo", 1, &Hash::of(b"").to_string(), ""),
        "x".repeat(3 * 1024 * 1024),
    ];

    for case in cases {
        let lines = format!("\n{case}\n");
        let outcome = import(&*to, &mut lines.as_bytes()).await;
        assert!(matches!(outcome, Err(TransferError::Line { line: 2, .. })), "{outcome:?}");
    }
    assert_eq!(to.last(&partition("oslo")).await.unwrap(), None);
}

async fn a_head_shows_a_lost_tail<B: Backend>() {
    let backend = B::start().await;
    let journal = backend.journal().await;
    let (there, tenant) = (chain(20, 100), partition("drammen"));
    append_all(&*journal, &tenant, &there[..18]).await;
    let head = |commit: &Stored| Some(Head { number: commit.number, hash: commit.hash() });

    let alone = verify(&*journal, &tenant, None).await.unwrap();
    let kept = verify(&*journal, &tenant, head(&there[17])).await.unwrap();
    let older = verify(&*journal, &tenant, head(&there[3])).await.unwrap();
    let lost = verify(&*journal, &tenant, head(&there[19])).await.unwrap();
    let other = Head { number: 9, hash: Hash::of(b"another") };
    let other = verify(&*journal, &tenant, Some(other)).await.unwrap();

    for report in [&alone, &kept, &older] {
        assert_eq!(report.fault, None);
        assert_eq!((report.commits, report.head), (18, head(&there[17])));
    }
    assert_eq!(lost.fault.map(|fault| fault.number), Some(19));
    assert_eq!(other.fault.map(|fault| fault.number), Some(9));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_shows_a_lost_tail_in_sqlite() {
    a_head_shows_a_lost_tail::<Sqlite>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_shows_a_lost_tail_in_jetstream() {
    a_head_shows_a_lost_tail::<JetStream>().await;
}
