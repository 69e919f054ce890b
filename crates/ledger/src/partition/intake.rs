//! What the writer takes from its mailbox before a commit goes out, and on which thread it decides.

use tokio::task::block_in_place;

use super::{
    message::Message,
    operation::{blocking, threaded},
    writer::{Stop, Writer},
};
use crate::model::Model;

/// How many asks are decided between two looks at the operation in flight. As many are enough for a
/// commit to go out: the next are decided while it is written.
const DRAIN: usize = 512;

/// From how many asks on a message is decided beside the other tasks of its thread, which read the
/// next and send answers meanwhile.
const LARGE: usize = 64;

/// How often, at most, others are let run before a commit goes out.
const GATHER: usize = 16;

impl<M: Model> Writer<M> {
    /// Lets callers that are ready to run send what they have, as long as they do and it is not enough
    /// yet: it rides along for the same fsync.
    pub(super) async fn gather(&mut self) {
        for _ in 0..GATHER {
            if self.batches.records() >= DRAIN {
                return;
            }
            tokio::task::yield_now().await;
            let Ok(message) = self.mailbox.try_recv() else { return };
            self.drain(message);
        }
    }

    pub(super) fn drain(&mut self, first: Message<M>) {
        let began = std::time::Instant::now();
        self.large = false;
        let mut asks = self.receive(first);
        while asks < DRAIN {
            let Ok(message) = self.mailbox.try_recv() else { break };
            asks += self.receive(message);
        }
        self.tally.took(began.elapsed());
    }

    /// How many asks it was.
    fn receive(&mut self, message: Message<M>) -> usize {
        let asks = message.weight();
        self.shared.queued.sub(asks);
        if asks < LARGE {
            self.handle(message);
        } else {
            self.large = true;
            blocking(|| self.handle(message));
        }
        asks
    }

    /// Serves with this thread to itself while large messages come: whoever reads the next ones and sends
    /// the answers would wait for it, and it for them. Where there is no thread to spare, each large
    /// message has one for as long as it takes.
    pub(super) fn serve_apart(&mut self) -> Result<(), Stop> {
        if !self.is_pressed() {
            return Ok(());
        }
        let Some(runtime) = threaded() else { return Ok(()) };
        let Ok(_thread) = self.shared.threads.clone().try_acquire_owned() else { return Ok(()) };
        block_in_place(|| {
            runtime.block_on(async {
                while self.is_pressed() {
                    self.turn().await?;
                }
                Ok(())
            })
        })
    }

    /// It ends by itself: no thread is held by a partition that waits for messages or for the journal
    /// to come back, nor by one that nobody has a handle of.
    fn is_pressed(&self) -> bool {
        self.large && self.open && self.has_work() && self.away.is_none()
    }
}
