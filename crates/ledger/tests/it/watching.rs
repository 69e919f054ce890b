//! Watching: every durable change once, in order, from any position, live or from the past.

use dugnad_harness::sim::{Faults, SimJournal};
use dugnad_ledger::Ledger;
use futures::{StreamExt as _, stream::BoxStream};

use super::places::{Places, PlacesEvent, caller, open, take, tenant};

async fn places<E: std::fmt::Debug>(
    changes: BoxStream<'static, Result<dugnad_ledger::Change<PlacesEvent>, E>>,
    count: usize,
) -> Vec<u32> {
    let changes: Vec<_> = changes.take(count).collect().await;
    let place = |event: &PlacesEvent| match event {
        PlacesEvent::Taken { place, .. } => Some(*place),
        _ => None,
    };
    changes.iter().flat_map(|c| c.as_ref().unwrap().events.iter().filter_map(place)).collect()
}

async fn take_all(ledger: &Ledger<Places>, range: std::ops::Range<u32>) {
    for place in range {
        ledger.execute(&caller(), take(u64::from(place), place), None).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_watcher_from_the_beginning_sees_the_past_and_then_what_comes() {
    let journal = SimJournal::new(3, Faults { slow_ms: 20, ..Faults::NONE });
    let ledger = open::<Places>(&journal);
    take_all(&ledger, 0..5).await;

    let changes = ledger.watch(&tenant(), Some(0)).await.unwrap();
    let other_process = open::<Places>(&journal);
    let (seen, ()) = tokio::join!(places(changes, 10), take_all(&other_process, 5..10));

    assert_eq!(seen, (0..10).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_watcher_far_behind_misses_nothing() {
    let ledger = open::<Places>(&SimJournal::new(3, Faults::NONE));
    let changes = ledger.watch(&tenant(), None).await.unwrap();

    take_all(&ledger, 0..1000).await;

    assert_eq!(places(changes, 1000).await, (0..1000).collect::<Vec<_>>());
}
