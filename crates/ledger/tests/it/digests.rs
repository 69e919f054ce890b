//! Digests: what runs has come to, and what replay comes to at the same position. Invariant 9.

use dugnad_harness::sim::{Faults, SimJournal};
use dugnad_ledger::replay;

use super::places::{Places, caller, open, partition, take};

#[tokio::test(start_paused = true)]
async fn a_digest_taken_while_others_write_is_what_replay_gives_at_its_position() {
    let journal = SimJournal::new(3, Faults { slow_ms: 20, ..Faults::NONE });
    let ledger = open::<Places>(&journal);
    ledger.execute(&caller(), take(0, 0), None).await.unwrap();

    let writes = async |from: u64| {
        for n in from..from + 50 {
            ledger.execute(&caller(), take(n, n as u32), None).await.unwrap();
        }
    };
    let looks = async {
        let mut digests = Vec::new();
        for _ in 0..20 {
            digests.extend(ledger.digests().await.unwrap());
        }
        digests
    };
    let ((), (), digests) = tokio::join!(writes(1_000), writes(2_000), looks);

    let mut all = digests;
    all.append(&mut ledger.digests().await.unwrap());
    all.dedup();
    let positions: Vec<_> = all.iter().map(|it| it.position).collect();
    assert!(positions.len() > 10, "taken while nothing was written: {positions:?}");
    let replayed = replay::<Places>(&journal, &partition("places"), &positions).await.unwrap();
    assert_eq!(replayed, all);
    let at_the_end = replay::<Places>(&journal, &partition("places"), &[]).await.unwrap();
    assert_eq!(at_the_end.last(), all.last());
}
