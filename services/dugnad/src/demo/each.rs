//! Many calls at a time, and waiting until something is so.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use futures::{StreamExt as _, TryStreamExt as _};

use super::say;

/// On their way at once.
const CALLERS: usize = 64;
/// Between two looks: at first, and once it has taken long. Looking costs those who do the work.
const LOOKS: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(250)];
/// Nothing takes longer, on a slow machine that others use too.
const PATIENCE: Duration = Duration::from_secs(300);

/// Does it for each under a moving bar; what came of them, in their order.
pub(crate) async fn each<T, R, F>(
    what: &str,
    items: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator + Send>,
    act: impl Fn(T) -> F + Send,
) -> Result<Vec<R>>
where
    R: Send + 'static,
    F: Future<Output = Result<R>> + Send + 'static,
{
    let items = items.into_iter();
    let bar = say::bar(items.len() as u64, what);
    let done = futures::stream::iter(items)
        .map(|item| tokio::spawn(act(item)))
        .buffered(CALLERS)
        .map(|done| {
            bar.inc(1);
            done?
        })
        .try_collect()
        .await;
    bar.finish_and_clear();
    done
}

/// Looks at one after the other until each is as it should be; what was seen then, in their order. One look
/// at a time, for looking must not be what the server does.
pub(crate) async fn until_each<T, R>(
    what: &'static str,
    items: &[T],
    mut look: impl AsyncFnMut(&T) -> Result<Option<R>>,
) -> Result<Vec<R>> {
    let bar = say::bar(items.len() as u64, what);
    let mut seen = Vec::with_capacity(items.len());
    for item in items {
        let mut wait = Wait::until(what);
        loop {
            if let Some(one) = look(item).await? {
                seen.push(one);
                break;
            }
            wait.a_moment().await?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(seen)
}

/// Looking again and again until something is so.
pub(super) struct Wait {
    what: &'static str,
    began: Instant,
    next: Duration,
}

impl Wait {
    pub(super) fn until(what: &'static str) -> Self {
        Self { what, began: Instant::now(), next: LOOKS[0] }
    }

    /// Between two looks; an error when it has taken too long.
    pub(super) async fn a_moment(&mut self) -> Result<()> {
        if self.began.elapsed() > PATIENCE {
            bail!("{}: not so after {PATIENCE:?}", self.what);
        }
        tokio::time::sleep(self.next).await;
        self.next = LOOKS[1].min(self.next * 3 / 2);
        Ok(())
    }
}
