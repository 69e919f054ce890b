//! Followers: every foreign event has its effect once, across crashes, refusals and restores.

use std::time::Duration;

use dugnad_harness::sim::{Faults, SimJournal};
use dugnad_journal::{Journal as _, Service, Stored};
use dugnad_ledger::{Error, Ledger};

use super::places::{
    Notes, NotesCommand, NotesState, Places, UNLUCKY, ask, caller, open, partition, take, tenant,
};

/// The service that listens, as one process runs it.
fn notes(journal: &SimJournal) -> Ledger<Notes> {
    let ledger = open::<Notes>(journal);
    ledger.listen(Service::new("places").unwrap());
    ledger
}

async fn expect(ledger: &Ledger<Notes>, places: std::ops::Range<u32>) {
    for place in places {
        let expect = NotesCommand::Expect { place };
        let asked = ask(10_000 + u64::from(place), expect);
        while ledger.execute(&caller(), asked.clone(), None).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn state(ledger: &Ledger<Notes>) -> Result<NotesState, Error<super::places::NotesRefusal>> {
    ledger.query(&tenant(), None, |state, _| state.clone()).await
}

/// Waits, on the paused clock, until the state is as wanted.
async fn until(ledger: &Ledger<Notes>, wanted: impl Fn(&NotesState) -> bool) -> NotesState {
    for _ in 0..10_000 {
        if let Ok(state) = state(ledger).await
            && wanted(&state)
        {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came to be: {:?}", state(ledger).await);
}

#[tokio::test(start_paused = true)]
async fn every_foreign_event_is_taken_in_once_and_in_order_although_the_follower_keeps_crashing() {
    for seed in 0..20 {
        let journal = SimJournal::new(seed, Faults::MANY);
        let (calm, places) = (SimJournal::clone(&journal), open::<Places>(&journal));
        let mut follower = notes(&journal);
        expect(&follower, 0..40).await;

        for place in 0..40 {
            let taken = take(u64::from(place), place);
            while places.execute(&caller(), taken.clone(), None).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            if place % 7 == 3 {
                // Dropping it is the crash.
                follower = notes(&journal);
            }
        }
        calm.heal();

        let seen = until(&follower, |state| state.noted.len() >= 40).await;
        assert_eq!(seen.noted, (0..40).collect::<Vec<_>>(), "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_processes_that_follow_the_same_stream_note_everything_once() {
    let journal = SimJournal::new(5, Faults { slow_ms: 30, ..Faults::NONE });
    let places = open::<Places>(&journal);
    let (one, other) = (notes(&journal), notes(&journal));
    expect(&one, 0..30).await;

    for place in 0..30 {
        places.execute(&caller(), take(u64::from(place), place), None).await.unwrap();
    }

    for ledger in [&one, &other] {
        let seen = until(ledger, |state| state.noted.len() >= 30).await;
        assert_eq!(seen.noted, (0..30).collect::<Vec<_>>());
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_reaction_becomes_an_event_and_holds_up_nothing() {
    let journal = SimJournal::new(1, Faults::NONE);
    let (places, follower) = (open::<Places>(&journal), notes(&journal));
    expect(&follower, 0..20).await;

    for place in [UNLUCKY, 2] {
        places.execute(&caller(), take(u64::from(place), place), None).await.unwrap();
    }

    let seen = until(&follower, |state| !state.noted.is_empty()).await;
    assert_eq!((seen.noted, seen.refused), (vec![2], vec![UNLUCKY]));
}

#[tokio::test(start_paused = true)]
async fn a_reference_not_yet_heard_of_waits_for_it_also_across_a_restart() {
    let journal = SimJournal::new(1, Faults::NONE);
    let (places, follower) = (open::<Places>(&journal), notes(&journal));
    places.execute(&caller(), take(1, 1), None).await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(state(&follower).await.unwrap(), NotesState::default());

    drop(follower);
    let follower = notes(&journal);
    expect(&follower, 1..3).await;
    places.execute(&caller(), take(2, 2), None).await.unwrap();

    let seen = until(&follower, |state| state.noted.len() == 2).await;
    assert!(seen.noted.contains(&1) && seen.refused.is_empty(), "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn a_reference_never_heard_of_is_refused_when_its_time_is_up() {
    let journal = SimJournal::new(1, Faults::NONE);
    let (places, follower) = (open::<Places>(&journal), notes(&journal));
    places.execute(&caller(), take(1, 1), None).await.unwrap();

    let seen = until(&follower, |state| !state.refused.is_empty()).await;

    assert_eq!((seen.noted, seen.refused), (vec![], vec![1]));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_kind_of_event_stops_the_partition_and_is_never_skipped() {
    let journal = SimJournal::new(1, Faults::NONE);
    let follower = notes(&journal);
    expect(&follower, 0..3).await;
    let strange = serde_json_like_commit();

    journal.append(&partition("places"), strange).await.unwrap();

    for _ in 0..1000 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if let Err(Error::Unavailable(why)) = state(&follower).await {
            assert!(why.contains("update this service"), "{why}");
            return;
        }
    }
    panic!("it goes on as if nothing had happened");
}

/// A commit as a newer version of the sender might write it.
fn serde_json_like_commit() -> Stored {
    #[derive(serde::Serialize)]
    struct Commit {
        number: u64,
        before: dugnad_journal::Hash,
        records: Vec<Record>,
    }
    #[derive(serde::Serialize)]
    struct Record {
        request_id: uuid::Uuid,
        caller: uuid::Uuid,
        at: i64,
        events: Vec<NewerEvent>,
    }
    #[derive(serde::Serialize)]
    enum NewerEvent {
        Painted { place: u32 },
    }
    let events = vec![NewerEvent::Painted { place: 1 }];
    let record = Record {
        request_id: uuid::Uuid::nil(),
        caller: uuid::Uuid::nil(),
        at: 1_796_126_400_000,
        events,
    };
    let before = dugnad_journal::Hash::NONE;
    let body = rmp_serde::to_vec_named(&Commit { number: 1, before, records: vec![record] });
    Stored { number: 1, body: body.unwrap().into() }
}

#[tokio::test(start_paused = true)]
async fn a_follower_ahead_of_a_restored_source_says_so_and_stops() {
    let journal = SimJournal::new(1, Faults::NONE);
    let (places, follower) = (open::<Places>(&journal), notes(&journal));
    expect(&follower, 0..5).await;
    for place in 0..3 {
        places.execute(&caller(), take(u64::from(place), place), None).await.unwrap();
    }
    until(&follower, |state| state.noted.len() == 3).await;
    drop((places, follower));

    journal.restore(&partition("places"), 1);
    let follower = notes(&journal);

    let Err(Error::Unavailable(why)) = state(&follower).await else {
        panic!("a history that is gone was taken for the truth")
    };
    assert!(why.contains("ahead of a sender that was restored"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_was_restored_and_went_another_way_stops_the_follower() {
    let journal = SimJournal::new(1, Faults::NONE);
    let (places, follower) = (open::<Places>(&journal), notes(&journal));
    expect(&follower, 0..9).await;
    for place in 0..3 {
        places.execute(&caller(), take(u64::from(place), place), None).await.unwrap();
    }
    until(&follower, |state| state.noted.len() == 3).await;
    drop((places, follower));

    journal.restore(&partition("places"), 1);
    let places = open::<Places>(&journal);
    for place in 5..8 {
        places.execute(&caller(), take(u64::from(place), place), None).await.unwrap();
    }
    let follower = notes(&journal);

    assert!(matches!(state(&follower).await, Err(Error::Unavailable(_))));
}
