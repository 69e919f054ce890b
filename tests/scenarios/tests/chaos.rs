//! A month made from a seed, while whatever runs it keeps being killed; then the independent auditor
//! reads the journals, what clients were told, what the lock truly held and what each service says its
//! state comes to, and must find nothing.
//!
//! The same month, with the same assertions, in one process on SQLite and on NATS with a process for
//! each service. `just chaos` kills a hundred times; `DUGNAD_CHAOS_KILLS` and `DUGNAD_CHAOS_SEED` say
//! otherwise.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

#[path = "chaos/guests.rs"]
mod guests;
#[path = "chaos/month.rs"]
mod month;
#[path = "chaos/town.rs"]
mod town;

use std::{sync::atomic::Ordering, time::Duration};

use dugnad_harness::sim::Seeded;
use dugnad_scenarios::{On, on_both};
use tokio::time::{sleep, timeout};

use month::Month;
use town::Town;

/// Who plan the month, and sign people up.
const CALLERS: usize = 4;
/// Answers between two kills, so that each hits a town at work.
const BETWEEN: u64 = 12;
/// No step may take longer.
const DEADLINE: Duration = Duration::from_secs(180);
const LOOK: Duration = Duration::from_millis(20);
/// How long rooms listens to its locks before it tells them anything.
const SETTLE: Duration = Duration::from_secs(1);

/// Without all of these it is no month.
const COUNTED: [&str; 18] = [
    "claims",
    "told to clients",
    "refused",
    "places taken",
    "rides promised",
    "codes",
    "spans on a lock",
    "states compared",
    "venues wanted",
    "helpers wanted",
    "shifts",
    "given back",
    "rides wanted",
    "rides given back",
    "waited",
    "moved up",
    "causes in activities",
    "messages sent",
];

on_both!(a_month_with_kills_leaves_nothing_that_the_auditor_finds);

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

async fn a_month_with_kills_leaves_nothing_that_the_auditor_finds(on: On) {
    let (kills, seed) = (setting("DUGNAD_CHAOS_KILLS", 5), setting("DUGNAD_CHAOS_SEED", 1));
    // Given a town, and callers who plan its month,
    let mut town = Town::start(on).await;
    let month = Month::prepare(&town, seed).await;
    let call = |n| Box::pin(month.call(n));

    // when one thing after the other is killed,
    let mut random = Seeded::new(seed);
    let kill = Box::pin(async {
        for _ in 0..kills {
            until_more(&month, BETWEEN + random.below(BETWEEN)).await;
            town.kill_one(&mut random).await;
        }
        until_more(&month, BETWEEN).await;
        month.stop.store(true, Ordering::Relaxed);
    });
    let all = async { tokio::join!(kill, call(0), call(1), call(2), call(3)) };
    timeout(DEADLINE * 10, all).await.expect("the callers end");

    // then all that was begun comes to an end, and the auditor finds nothing.
    let wait = async {
        loop {
            let (clean, said) = town.audit().await;
            // A lock sets its codes when it comes to it.
            let told = !is_counted(&said, "on their way");
            if clean && told && COUNTED.iter().all(|what| is_counted(&said, what)) {
                return said;
            }
            eprintln!("not yet:\n{said}");
            // The audit of a file restarts the service, which first listens to its locks for a second.
            sleep(SETTLE * 3).await;
        }
    };
    let said = timeout(DEADLINE, wait).await.expect("everything settles");
    eprintln!("seed {seed}, {kills} kills: {}\n{said}", town.killed());
}

fn is_counted(said: &str, what: &str) -> bool {
    said.contains(what) && !said.contains(&format!(" 0 {what}"))
}

async fn until_more(month: &Month, answers: u64) {
    let enough = month.log.answered() + answers;
    let wait = async {
        while month.log.answered() < enough {
            sleep(LOOK).await;
        }
    };
    timeout(DEADLINE, wait).await.expect("the month goes on");
}
