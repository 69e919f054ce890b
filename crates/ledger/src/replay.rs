//! Replaying a journal aside: what its state comes to at given positions, by the code that production
//! replays with. Invariant 9 is held by comparing it with what a running service says.

use dugnad_journal::{Hash, Journal, Partition, ReadError};

use crate::{
    digest::digest,
    model::Model,
    partition::{Core, decode},
};

const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// What a partition's state was after a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateDigest {
    /// Whose.
    pub partition: Partition,
    /// After which commit.
    pub position: u64,
    /// The digest; it is compared within one version of the program.
    pub digest: Hash,
}

/// The digest after each of `positions` (ascending) that the journal reaches; with none, after the
/// last commit. `O(commits)`, and each digest is as long as what `Debug` shows of the state.
///
/// # Errors
/// Names the commit that does not decode or hang on the one before.
pub async fn replay<M: Model>(
    journal: &dyn Journal,
    partition: &Partition,
    positions: &[u64],
) -> Result<Vec<StateDigest>, ReadError> {
    let mut core = Core::<M>::new(partition.clone(), 1);
    let mut digests = Vec::new();
    let here = |core: &Core<M>| StateDigest {
        partition: partition.clone(),
        position: core.durable,
        digest: digest(&core.state),
    };
    loop {
        let page = journal.read(partition, core.durable + 1, PAGE_BYTES).await?;
        if page.is_empty() {
            if positions.is_empty() {
                digests.push(here(&core));
            }
            return Ok(digests);
        }
        for commit in decode::<M>(partition, &page)? {
            core.replay(vec![commit])?;
            if positions.contains(&core.durable) {
                digests.push(here(&core));
            }
            if positions.last().is_some_and(|last| *last == core.durable) {
                return Ok(digests);
            }
        }
    }
}
