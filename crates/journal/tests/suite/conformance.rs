//! The scenarios that every journal passes, whatever lies under it.

use std::collections::BTreeMap;

use dugnad_journal::{
    AppendError, Followed, Hash, MAX_COMMIT_BYTES, Partition, Positions, ReadError, Service, Stored,
};
use futures::{FutureExt, StreamExt, stream};

use crate::{
    backends::{Backend, JetStream, Sqlite},
    make::{Shared, append_all, chain, commit, next, partition, read_all, rooms},
};

macro_rules! scenarios {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name::<super::Sqlite>().await;
            })*
        }
        mod jetstream {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name::<super::JetStream>().await;
            })*
        }
    };
}

scenarios! {
    commits_come_back_in_order_and_equal
    a_read_begins_at_any_number_and_is_bounded_by_bytes
    a_long_read_of_large_commits_comes_whole_or_in_parts
    the_last_commit_is_the_newest_one
    an_append_on_another_position_is_a_conflict_and_writes_nothing
    a_resend_of_a_commit_that_landed_is_a_conflict_and_lies_there_with_our_hash
    of_many_appenders_exactly_one_wins_each_number
    a_dropped_append_lands_whole_or_not_at_all
    partitions_are_those_of_the_service_that_hold_a_commit
    a_follower_is_given_what_was_there_then_what_comes
    a_follower_from_any_position_misses_nothing_across_an_interruption
    a_follower_that_is_ahead_of_the_journal_is_told_so
    appends_go_on_after_an_interruption
    ten_thousand_partitions_come_through_one_follower
    a_commit_of_the_largest_size_lands_and_one_byte_more_is_refused
}

async fn commits_come_back_in_order_and_equal<B: Backend>() {
    let backend = B::start().await;
    let journal = backend.journal().await;
    let (drammen, oslo) = (partition("drammen"), partition("oslo"));
    let (ours, theirs) = (chain(700, 300), chain(3, 10));

    append_all(&*journal, &drammen, &ours).await;
    append_all(&*journal, &oslo, &theirs).await;

    assert_eq!(read_all(&*journal, &drammen).await, ours);
    assert_eq!(read_all(&*journal, &oslo).await, theirs);
}

async fn a_read_begins_at_any_number_and_is_bounded_by_bytes<B: Backend>() {
    let backend = B::start().await;
    let journal = backend.journal().await;
    let (ours, others) = (chain(60, 100), chain(60, 10));
    for (our, other) in ours.iter().zip(&others) {
        journal.append(&partition("drammen"), our.clone()).await.unwrap();
        for tenant in ["oslo", "bergen"].iter().take(our.number as usize % 3) {
            let at = journal.last(&partition(tenant)).await.unwrap().map_or(0, |l| l.number);
            let next = others[at as usize].clone();
            journal.append(&partition(tenant), next).await.unwrap();
        }
        assert_eq!(other.number, our.number);
    }
    // One that has learned nothing from appending.
    let journal = backend.journal().await;

    for from in (1..=60).rev() {
        let one = journal.read(&partition("drammen"), from, 0).await.unwrap();
        assert_eq!(one, ours[from as usize - 1..from as usize]);
    }
    let size = ours[0].body.len();
    let some = journal.read(&partition("drammen"), 11, 5 * size).await.unwrap();
    let past = journal.read(&partition("drammen"), 61, 1_000).await.unwrap();
    let far = journal.read(&partition("drammen"), u64::MAX, 1_000).await.unwrap();

    assert_eq!(some[..5], ours[10..15]);
    assert!((past.is_empty(), far.is_empty()) == (true, true));
    assert!(journal.read(&partition("moss"), 1, 1_000).await.unwrap().is_empty());
}

async fn a_long_read_of_large_commits_comes_whole_or_in_parts<B: Backend>() {
    let backend = B::start().await;
    let journal = backend.journal().await;
    let commits = chain(120, 150_000);
    append_all(&*journal, &partition("drammen"), &commits).await;

    for max_bytes in [1_000_000, 5_000_000, usize::MAX] {
        let mut read = Vec::new();
        while read.len() < commits.len() {
            let from = read.len() as u64 + 1;
            let more = journal.read(&partition("drammen"), from, max_bytes).await.unwrap();
            let bytes: usize = more.iter().map(|commit| commit.body.len()).sum();
            assert!(!more.is_empty() && bytes / 4 <= max_bytes, "{bytes} of {max_bytes}");
            read.extend(more);
        }
        assert_eq!(read, commits);
    }
}

async fn the_last_commit_is_the_newest_one<B: Backend>() {
    let backend = B::start().await;
    let (journal, other) = (backend.journal().await, backend.journal().await);
    assert_eq!(journal.last(&partition("drammen")).await.unwrap(), None);

    for commit in chain(20, 50) {
        journal.append(&partition("drammen"), commit.clone()).await.unwrap();
        assert_eq!(other.last(&partition("drammen")).await.unwrap(), Some(commit));
    }
}

async fn an_append_on_another_position_is_a_conflict_and_writes_nothing<B: Backend>() {
    let backend = B::start().await;
    let journal = backend.journal().await;
    let there = chain(3, 20);
    append_all(&*journal, &partition("drammen"), &there).await;

    for number in [0, 1, 2, 3, 5, 6, u64::MAX] {
        let stray = commit(number, there[2].hash(), b"stray");
        let outcome = journal.append(&partition("drammen"), stray).await;
        assert_eq!(outcome, Err(AppendError::Conflict), "number {number}");
    }
    let early = commit(2, Hash::NONE, b"stray");
    assert_eq!(journal.append(&partition("oslo"), early).await, Err(AppendError::Conflict));

    assert_eq!(read_all(&*journal, &partition("drammen")).await, there);
    assert_eq!(journal.last(&partition("oslo")).await.unwrap(), None);
    let next = commit(4, there[2].hash(), b"next");
    assert_eq!(journal.append(&partition("drammen"), next).await, Ok(()));
}

async fn a_resend_of_a_commit_that_landed_is_a_conflict_and_lies_there_with_our_hash<B: Backend>() {
    let backend = B::start().await;
    let (journal, other) = (backend.journal().await, backend.journal().await);

    for commit in chain(5, 20) {
        journal.append(&partition("drammen"), commit.clone()).await.unwrap();
        for journal in [&journal, &other] {
            let again = journal.append(&partition("drammen"), commit.clone()).await;
            let there = journal.read(&partition("drammen"), commit.number, 1).await.unwrap();

            assert_eq!(again, Err(AppendError::Conflict));
            assert_eq!(there[0].hash(), commit.hash());
        }
    }
    assert_eq!(read_all(&*journal, &partition("drammen")).await, chain(5, 20));
}

async fn of_many_appenders_exactly_one_wins_each_number<B: Backend>() {
    const NUMBERS: u64 = 40;
    let backend = B::start().await;
    let journals = [backend.journal().await, backend.journal().await];

    let mut before = Hash::NONE;
    for number in 1..=NUMBERS {
        let racers = (0..16u8).map(|racer| {
            let journal = journals[usize::from(racer) % 2].clone();
            let mine = commit(number, before, &[racer]);
            tokio::spawn(async move {
                let outcome = journal.append(&partition("drammen"), mine.clone()).await;
                (outcome, mine)
            })
        });
        let mut won = Vec::new();
        for racer in racers.collect::<Vec<_>>() {
            match racer.await.unwrap() {
                (Ok(()), mine) => won.push(mine),
                (outcome, _) => assert_eq!(outcome, Err(AppendError::Conflict)),
            }
        }
        assert_eq!(won.len(), 1, "winners of number {number}");
        assert_eq!(journals[0].last(&partition("drammen")).await.unwrap().as_ref(), won.first());
        before = won[0].hash();
    }
}

async fn a_dropped_append_lands_whole_or_not_at_all<B: Backend>() {
    let backend = B::start().await;
    let journal = backend.journal().await;
    let commits = chain(50, 2_000);

    for commit in &commits {
        let _ = journal.append(&partition("drammen"), commit.clone()).now_or_never();
        // The same bytes go out until there is an answer.
        match journal.append(&partition("drammen"), commit.clone()).await {
            Ok(()) | Err(AppendError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
        let there = journal.read(&partition("drammen"), commit.number, 1).await.unwrap();
        assert_eq!(there, std::slice::from_ref(commit));
    }
    assert_eq!(read_all(&*journal, &partition("drammen")).await, commits);
}

async fn partitions_are_those_of_the_service_that_hold_a_commit<B: Backend>() {
    let backend = B::start().await;
    let journal = backend.journal().await;
    let rides = Partition::parse("dugnad.rides.drammen").unwrap();
    for partition in [&partition("drammen"), &partition("oslo"), &rides] {
        append_all(&*journal, partition, &chain(2, 10)).await;
    }
    let early = commit(2, Hash::NONE, b"stray");
    journal.append(&partition("moss"), early).await.unwrap_err();

    let mut found = journal.partitions(&rooms()).await.unwrap();
    found.sort();

    assert_eq!(found, [partition("drammen"), partition("oslo")]);
    assert_eq!(journal.partitions(&Service::new("rides").unwrap()).await.unwrap(), [rides]);
    assert_eq!(journal.partitions(&Service::new("portal").unwrap()).await.unwrap(), []);
}

async fn a_follower_is_given_what_was_there_then_what_comes<B: Backend>() {
    let backend = B::start().await;
    let journal = backend.journal().await;
    let commits = chain(12, 100);
    append_all(&*journal, &partition("drammen"), &commits[..10]).await;
    append_all(&*journal, &partition("oslo"), &commits[..5]).await;
    append_all(&*journal, &Partition::parse("dugnad.rides.oslo").unwrap(), &commits).await;
    let after = Positions::from([(partition("drammen"), 7), (partition("moss"), 0)]);

    let mut stream = journal.follow(&rooms(), after).await.unwrap();
    let mut given: BTreeMap<Partition, Vec<Stored>> = BTreeMap::new();
    while let Followed::Commit(partition, commit) = next(&mut stream).await.unwrap().unwrap() {
        given.entry(partition).or_default().push(commit);
    }

    assert_eq!(given[&partition("drammen")], commits[7..10]);
    assert_eq!(given[&partition("oslo")], commits[..5]);
    assert_eq!(given.len(), 2);
    for (tenant, commit) in [("moss", &commits[0]), ("drammen", &commits[10])] {
        journal.append(&partition(tenant), commit.clone()).await.unwrap();
        let Followed::Commit(from, given) = next(&mut stream).await.unwrap().unwrap() else {
            panic!("caught up twice");
        };
        assert_eq!((from, &given), (partition(tenant), commit));
    }
    let empty = Service::new("portal").unwrap();
    let mut empty = journal.follow(&empty, Positions::new()).await.unwrap();
    assert!(matches!(next(&mut empty).await, Some(Ok(Followed::CaughtUp))));
}

async fn a_follower_from_any_position_misses_nothing_across_an_interruption<B: Backend>() {
    for start in [0, 1, 9, 10] {
        let mut backend = B::start().await;
        let journal = backend.journal().await;
        let commits = chain(30, 100);
        append_all(&*journal, &partition("drammen"), &commits[..10]).await;
        let after = Positions::from([(partition("drammen"), start)]);
        let mut stream = journal.follow(&rooms(), after).await.unwrap();
        let mut given = Vec::new();
        while let Followed::Commit(_, commit) = next(&mut stream).await.unwrap().unwrap() {
            given.push(commit);
        }
        drop(journal);

        backend.interrupt().await;
        let journal = backend.journal().await;
        append_all(&*journal, &partition("drammen"), &commits[10..]).await;

        while given.last() != commits.last() {
            match next(&mut stream).await {
                Some(Ok(Followed::Commit(_, commit))) => given.push(commit),
                Some(Ok(Followed::CaughtUp)) => {}
                Some(Err(error)) => panic!("{error}"),
                // The journal went away with its handle: go on from where we are.
                None => {
                    let position = given.last().map_or(start, |commit| commit.number);
                    let after = Positions::from([(partition("drammen"), position)]);
                    stream = journal.follow(&rooms(), after).await.unwrap();
                }
            }
        }
        assert_eq!(given, commits[start as usize..], "from {start}");
    }
}

async fn a_follower_that_is_ahead_of_the_journal_is_told_so<B: Backend>() {
    let backend = B::start().await;
    let journal = backend.journal().await;
    append_all(&*journal, &partition("drammen"), &chain(5, 50)).await;

    for (tenant, seen) in [("drammen", 6), ("drammen", u64::MAX), ("oslo", 1)] {
        let after = Positions::from([(partition(tenant), seen)]);
        let said = match journal.follow(&rooms(), after).await {
            Err(error) => error,
            Ok(mut stream) => next(&mut stream).await.unwrap().unwrap_err(),
        };
        assert!(matches!(said, ReadError::Broken(_)), "{said}");
        assert!(said.to_string().contains(&format!("commit {seen} of")), "{said}");
    }
}

async fn appends_go_on_after_an_interruption<B: Backend>() {
    let mut backend = B::start().await;
    let commits = chain(40, 100);

    for commits in commits.chunks(10) {
        let journal = backend.journal().await;
        append_all(&*journal, &partition("drammen"), commits).await;
        drop(journal);
        backend.interrupt().await;
    }

    assert_eq!(read_all(&*backend.journal().await, &partition("drammen")).await, commits);
}

async fn ten_thousand_partitions_come_through_one_follower<B: Backend>() {
    const PARTITIONS: usize = 10_000;
    let backend = B::start().await;
    let journal = backend.journal().await;
    let commits = chain(2, 30);
    let append = |round: usize| {
        let (journal, commit) = (journal.clone(), commits[round].clone());
        stream::iter(0..PARTITIONS).for_each_concurrent(256, move |i| {
            let (journal, commit) = (journal.clone(), commit.clone());
            async move { journal.append(&partition(&format!("t{i}")), commit).await.unwrap() }
        })
    };
    append(0).await;

    let stream = journal.follow(&rooms(), Positions::new()).await.unwrap();
    let following = count_until(stream, 2 * PARTITIONS);
    let (seen, ()) = tokio::join!(following, append(1));

    assert_eq!(seen.len(), PARTITIONS);
    assert!(seen.values().all(|last| *last == 2));
    assert_eq!(journal.partitions(&rooms()).await.unwrap().len(), PARTITIONS);
}

/// Follows `wanted` commits, each partition's in order; its last number by partition.
async fn count_until(
    mut stream: stream::BoxStream<'static, Result<Followed, ReadError>>,
    wanted: usize,
) -> Positions {
    let (mut seen, mut count) = (Positions::new(), 0);
    while count < wanted {
        let Followed::Commit(partition, commit) = next(&mut stream).await.unwrap().unwrap() else {
            continue;
        };
        let last = seen.insert(partition, commit.number).unwrap_or(0);
        assert_eq!(commit.number, last + 1);
        count += 1;
    }
    seen
}

async fn a_commit_of_the_largest_size_lands_and_one_byte_more_is_refused<B: Backend>() {
    let backend = B::start().await;
    let journal: Shared = backend.journal().await;
    let frame = commit(1, Hash::NONE, &[0; 100_000]).body.len() - 100_000;
    let sized = |number, before, bytes: usize| commit(number, before, &vec![7; bytes - frame]);
    let largest = sized(1, Hash::NONE, MAX_COMMIT_BYTES);
    let second = sized(2, largest.hash(), MAX_COMMIT_BYTES);
    let larger = sized(3, second.hash(), MAX_COMMIT_BYTES + 1);

    assert_eq!(journal.append(&partition("drammen"), largest.clone()).await, Ok(()));
    assert_eq!(journal.append(&partition("drammen"), second.clone()).await, Ok(()));
    let refused = journal.append(&partition("drammen"), larger).await;

    assert_eq!(refused, Err(AppendError::TooLarge { bytes: MAX_COMMIT_BYTES + 1 }));
    assert!(refused.unwrap_err().to_string().contains(&MAX_COMMIT_BYTES.to_string()));
    assert_eq!(journal.last(&partition("drammen")).await.unwrap(), Some(second.clone()));
    let both = journal.read(&partition("drammen"), 1, usize::MAX).await.unwrap();
    assert_eq!(both, [largest, second]);
    let mut stream = journal.follow(&rooms(), Positions::new()).await.unwrap();
    for commit in both {
        let Followed::Commit(_, given) = next(&mut stream).await.unwrap().unwrap() else {
            panic!("caught up too early");
        };
        assert_eq!(given, commit);
    }
}
