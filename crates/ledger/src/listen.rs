//! Listening to another service: one follow of its stream, dealt out to our partitions by tenant.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use dugnad_journal::{Followed, Positions, Service};
use futures::StreamExt as _;

use crate::{
    Ledger,
    alarm::alarm,
    ledger::{Inner, lock},
    model::Model,
    partition::Foreign,
};

const AGAIN: Duration = Duration::from_millis(500);

impl<M: Model> Ledger<M> {
    /// Reacts to the events of `service`, each once, from where each partition left off.
    pub fn listen(&self, service: Service) {
        let run = run(Arc::downgrade(self.inner()), service);
        lock(&self.inner().helpers).spawn(run);
    }
}

async fn run<M: Model>(ledger: Weak<Inner<M>>, service: Service) {
    while ledger.strong_count() > 0 {
        if let Err(why) = follow(&ledger, &service).await {
            alarm("follow", &format!("following {service} was interrupted: {why}"));
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Holds the ledger only for a moment at a time, so that dropping the last handle ends it.
async fn follow<M: Model>(ledger: &Weak<Inner<M>>, service: &Service) -> Result<(), String> {
    let held = || ledger.upgrade().ok_or("the ledger is gone");
    let (journal, own) = held().map(|inner| (inner.journal.clone(), inner.service.clone()))?;
    let mut after = Positions::new();
    for partition in journal.partitions(&own).await.map_err(|e| e.to_string())? {
        let reached = Inner::reached(&*held()?, &partition.tenant).await;
        // A partition that has stopped has said so; it takes nothing in until it is started anew.
        let reached = reached.unwrap_or_default().into_iter();
        let of_service = reached.filter(|reached| reached.partition.service == *service);
        after.extend(of_service.map(|reached| (reached.partition, reached.number)));
    }
    let mut followed = journal.follow(service, after).await.map_err(|e| e.to_string())?;
    while let Some(next) = followed.next().await {
        if let Followed::Commit(from, commit) = next.map_err(|e| e.to_string())? {
            let partition = held()?.partition(&from.tenant).map_err(|e| e.to_string())?;
            let sent = partition.mailbox.send_foreign(Foreign { from, commit }).await;
            sent.map_err(|_| "a partition was stopped meanwhile".to_owned())?;
        }
    }
    Ok(())
}
