//! Timers: a model's deadline is met by a command like any other, also after a restart.

use dugnad_harness::sim::{Faults, SimJournal};
use dugnad_ledger::Ledger;
use jiff::SignedDuration;
use tokio::time::{Duration, sleep};

use super::places::{
    Places, PlacesCommand, TestClock, ask, caller, config_at, noon, open, partition, tenant,
};

async fn held(ledger: &Ledger<Places>) -> usize {
    ledger.query(&tenant(), None, |state, _| state.held.len()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_hold_is_let_go_at_its_deadline_without_anybody_asking() {
    let ledger = open::<Places>(&SimJournal::new(1, Faults::NONE));
    let hold = PlacesCommand::Hold { place: 1, until: noon() + SignedDuration::from_mins(5) };
    ledger.execute(&caller(), ask(1, hold), None).await.unwrap();

    sleep(Duration::from_secs(299)).await;
    assert_eq!(held(&ledger).await, 1);
    sleep(Duration::from_secs(2)).await;

    assert_eq!(held(&ledger).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_passed_while_nobody_ran_is_met_at_the_start() {
    let journal = SimJournal::new(1, Faults::NONE);
    let ledger = open::<Places>(&journal);
    let hold = PlacesCommand::Hold { place: 1, until: noon() + SignedDuration::from_mins(5) };
    ledger.execute(&caller(), ask(1, hold), None).await.unwrap();
    ledger.shutdown().await;

    let later = TestClock::starting(noon() + SignedDuration::from_hours(1));
    let ledger = Ledger::<Places>::open(std::sync::Arc::new(journal.clone()), config_at(later));
    ledger.load_all().await.unwrap();
    let mut changes = ledger.watch(&tenant(), Some(1)).await.unwrap();
    let change = futures::StreamExt::next(&mut changes).await.unwrap().unwrap();

    assert_eq!(change.position, 2);
    assert_eq!(journal.commits(&partition("places")).len(), 2, "and it is met once");
    assert_eq!(held(&ledger).await, 0);
}
