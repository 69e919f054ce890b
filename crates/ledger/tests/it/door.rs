//! What a caller is told, case by case.

use std::{sync::Arc, time::Duration};

use dugnad_harness::sim::{Faults, SimJournal};
use dugnad_ledger::{Ask, Caller, Error, Ledger, RequestId};
use jiff::SignedDuration;
use tokio::time::Instant;
use uuid::Uuid;

use super::places::{
    Places, PlacesCommand, PlacesRefusal, TestClock, ask, caller, config, config_at, noon, open,
    partition, request_id, take, tenant,
};

fn calm() -> SimJournal {
    SimJournal::new(1, Faults::NONE)
}

#[tokio::test(start_paused = true)]
async fn the_same_request_again_gets_the_first_answer_although_the_world_has_moved_on() {
    let journal = calm();
    let ledger = open::<Places>(&journal);
    let first = ledger.execute(&caller(), take(1, 7), None).await.unwrap();
    ledger.execute(&caller(), ask(2, PlacesCommand::Leave { place: 7 }), None).await.unwrap();

    let again = ledger.execute(&caller(), take(1, 7), None).await.unwrap();
    drop(ledger);
    let after_a_crash =
        open::<Places>(&journal).execute(&caller(), take(1, 7), None).await.unwrap();

    for answer in [again, after_a_crash] {
        assert_eq!((answer.position, answer.at, &answer.events), (1, first.at, &first.events));
    }
    assert_eq!(journal.commits(&partition("places")).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_same_id_with_another_body_or_from_another_caller_is_refused() {
    let ledger = open::<Places>(&calm());
    ledger.execute(&caller(), take(1, 7), None).await.unwrap();
    let stranger = Caller { id: Uuid::from_u128(2), ..caller() };

    let other_body = ledger.execute(&caller(), take(1, 8), None).await;
    let other_caller = ledger.execute(&stranger, take(1, 7), None).await;

    assert!(matches!(other_body, Err(Error::OtherBody(_))));
    assert!(matches!(other_caller, Err(Error::OtherBody(_))));
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_left_nothing_and_is_decided_afresh() {
    let journal = calm();
    let ledger = open::<Places>(&journal);
    ledger.execute(&caller(), take(1, 7), None).await.unwrap();

    let refused = ledger.execute(&caller(), take(2, 7), None).await;
    assert!(matches!(refused, Err(Error::Refused(PlacesRefusal::Taken { place: 7, .. }))));
    assert_eq!(journal.commits(&partition("places")).len(), 1);
    ledger.execute(&caller(), ask(3, PlacesCommand::Leave { place: 7 }), None).await.unwrap();

    ledger.execute(&caller(), take(2, 7), None).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_id_too_old_or_too_far_ahead_is_not_executed() {
    let journal = calm();
    let ledger = open::<Places>(&journal);
    let with_id =
        |at, place| Ask { request_id: request_id(at, 1), command: PlacesCommand::Take { place } };

    let old = with_id(noon() - SignedDuration::from_hours(30 * 24 + 1), 1);
    let ahead = with_id(noon() + SignedDuration::from_hours(25), 2);

    assert!(matches!(ledger.execute(&caller(), old, None).await, Err(Error::TooOld(_))));
    assert!(matches!(ledger.execute(&caller(), ahead, None).await, Err(Error::FromTheFuture(_))));
    assert!(journal.commits(&partition("places")).is_empty());
    assert!(RequestId::new(Uuid::nil()).is_err());
}

#[tokio::test(start_paused = true)]
async fn what_arrives_while_a_commit_is_in_flight_rides_in_the_next() {
    let journal = SimJournal::new(1, Faults { slow_ms: 50, ..Faults::NONE });
    let ledger = open::<Places>(&journal);

    let all = (0..500).map(|n| {
        let ledger = ledger.clone();
        async move { ledger.execute(&caller(), take(n, u32::try_from(n).unwrap()), None).await }
    });
    let outcomes = futures::future::join_all(all).await;

    assert!(outcomes.iter().all(Result::is_ok));
    let commits = journal.commits(&partition("places")).len();
    assert!(commits <= 3, "500 requests at once took {commits} commits");
}

#[tokio::test(start_paused = true)]
async fn a_large_message_goes_out_at_once_and_the_others_are_decided_while_it_is_written() {
    let journal = SimJournal::new(1, Faults { slow_ms: 50, ..Faults::NONE });
    let ledger = open::<Places>(&journal);

    let message = async |nth: u64| {
        let numbers = nth * 600..(nth + 1) * 600;
        let asks = numbers.map(|n| take(n, u32::try_from(n).unwrap())).collect();
        let outcomes = ledger.execute_many(&caller(), asks, None).await.unwrap();
        outcomes.last().unwrap().as_ref().unwrap().position
    };
    let commits = futures::future::join_all((0..4).map(message)).await;

    assert_eq!(commits, [1, 2, 2, 2]);
}

/// On threads, with one worker as on a machine of two cores: the partition takes a thread to itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn single_requests_are_answered_amid_large_messages_also_when_the_journal_is_away_at_times() {
    let journal = SimJournal::new(1, Faults { slow_ms: 2, not_taken: 10, ..Faults::NONE });
    let ledger = open::<Places>(&journal);
    let asks = |numbers: std::ops::Range<u64>| {
        numbers.map(|n| take(n, u32::try_from(n).unwrap())).collect::<Vec<_>>()
    };
    // Until accepted: "not known" is asked again under the same id.
    let sends = |asks: Vec<Ask<PlacesCommand>>| {
        let ledger = ledger.clone();
        tokio::spawn(async move {
            loop {
                match ledger.execute_many(&caller(), asks.clone(), None).await {
                    Ok(outcomes) if outcomes.iter().all(Result::is_ok) => return,
                    Ok(outcomes) => panic!("{outcomes:?}"),
                    Err(Error::Unavailable(_)) => tokio::task::yield_now().await,
                    Err(error) => panic!("{error}"),
                }
            }
        })
    };

    let large = (0..60).map(|n| sends(asks(n * 100..(n + 1) * 100)));
    let single = (6000..6200).map(|n| sends(asks(n..n + 1)));
    let all = futures::future::try_join_all(large.chain(single).collect::<Vec<_>>());
    tokio::time::timeout(Duration::from_secs(60), all)
        .await
        .expect("everybody is answered")
        .unwrap();
    ledger.shutdown().await;

    let reread = open::<Places>(&journal);
    let held = reread.query(&tenant(), None, |state, _| state.held.len()).await.unwrap();
    assert_eq!(held, 6200);
}

#[tokio::test(start_paused = true)]
async fn a_batch_past_the_size_of_a_commit_is_split_and_nothing_is_lost() {
    let journal = SimJournal::new(1, Faults { slow_ms: 50, ..Faults::NONE });
    let ledger = open::<Places>(&journal);

    let asks = (0..40).map(|n| ask(n, PlacesCommand::Pad { bytes: 100_000 })).collect();
    let outcomes = ledger.execute_many(&caller(), asks, None).await.unwrap();

    let positions: Vec<_> = outcomes.into_iter().map(|o| o.unwrap().position).collect();
    assert!(positions.is_sorted());
    let commits = journal.commits(&partition("places"));
    assert_eq!(commits.len(), 4, "ten of 100 kB fit one commit");
    assert_eq!(positions.last(), Some(&4));
    let reread = open::<Places>(&journal);
    reread.query(&tenant(), None, |_, _| ()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_act_that_fits_no_commit_is_refused_and_leaves_nothing() {
    let journal = calm();
    let ledger = open::<Places>(&journal);

    let huge = ask(1, PlacesCommand::Pad { bytes: dugnad_journal::MAX_COMMIT_BYTES });
    let outcome = ledger.execute(&caller(), huge, None).await;

    assert!(matches!(outcome, Err(Error::TooLarge { .. })));
    assert!(journal.commits(&partition("places")).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_says_when_to_come_back_and_a_passed_deadline_is_not_decided() {
    let journal = SimJournal::new(1, Faults { slow_ms: 50, ..Faults::NONE });
    let mut small = config();
    small.queue = 10;
    let ledger = Ledger::<Places>::open(Arc::new(journal.clone()), small);
    let many = |count: u64| (0..count).map(|n| take(n, u32::try_from(n).unwrap())).collect();

    let too_many = ledger.execute_many(&caller(), many(11), None).await;
    let late = ledger.execute(&caller(), take(20, 20), Some(Instant::now())).await;
    let enough = ledger.execute_many(&caller(), many(10), None).await;

    assert!(matches!(too_many, Err(Error::Overloaded { retry_after }) if !retry_after.is_zero()));
    assert!(matches!(late, Err(Error::Expired)));
    assert_eq!(enough.unwrap().len(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_is_away_is_not_known_at_once_and_served_again_when_it_is_back() {
    let journal = SimJournal::new(1, Faults { not_taken: 100, no_read: 0, ..Faults::NONE });
    let ledger = open::<Places>(&journal);

    let away = ledger.execute(&caller(), take(1, 1), None).await;
    let query = ledger.query(&tenant(), None, |state, _| state.clone()).await;
    assert!(matches!(away, Err(Error::Unavailable(_))), "{away:?}");
    assert!(matches!(query, Err(Error::Unavailable(_))), "it would show what is not durable");
    journal.heal();

    tokio::time::sleep(Duration::from_secs(2)).await;
    let again = ledger.execute(&caller(), take(1, 1), None).await.unwrap();
    assert_eq!(again.position, 1);
}

#[tokio::test(start_paused = true)]
async fn a_clock_behind_the_last_record_stops_writing_but_not_reading() {
    let journal = calm();
    open::<Places>(&journal).execute(&caller(), take(1, 1), None).await.unwrap();
    let at = |behind| TestClock::starting(noon() - SignedDuration::from_secs(behind));
    let slow = Ledger::<Places>::open(Arc::new(journal.clone()), config_at(at(61)));
    let fine = Ledger::<Places>::open(Arc::new(journal.clone()), config_at(at(59)));

    let write = slow.execute(&caller(), take(2, 2), None).await;
    let read = slow.query(&tenant(), None, |state, now| (state.held.len(), now)).await;

    assert!(matches!(write, Err(Error::Unavailable(_))));
    assert_eq!(read.unwrap(), (1, noon()), "and time never runs backwards for the rules");
    fine.execute(&caller(), take(2, 2), None).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_finishes_what_was_taken() {
    let journal = SimJournal::new(1, Faults { slow_ms: 50, ..Faults::NONE });
    let ledger = open::<Places>(&journal);
    let asked: Vec<_> = (0..50)
        .map(|n| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                ledger.execute(&caller(), take(n, u32::try_from(n).unwrap()), None).await
            })
        })
        .collect();
    tokio::task::yield_now().await;

    ledger.shutdown().await;

    for asked in asked {
        assert!(asked.await.unwrap().is_ok());
    }
    assert!(ledger.execute(&caller(), take(99, 99), None).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn tenants_see_nothing_of_one_another() {
    let journal = calm();
    let ledger = open::<Places>(&journal);
    let elsewhere = Caller { tenant: dugnad_journal::Tenant::new("bergen").unwrap(), ..caller() };
    ledger.execute(&caller(), take(1, 7), None).await.unwrap();

    ledger.execute(&elsewhere, take(1, 7), None).await.unwrap();
    let seen = ledger.query(&elsewhere.tenant, None, |state, _| state.held.len()).await.unwrap();

    assert_eq!(seen, 1);
}
