//! Micro-batches: commands that wait together are handled together; none ever waits for a batch to fill.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use db::BoxFuture;
use tokio::sync::{Notify, oneshot};

use crate::lanes::Lanes;

/// A queue in front of a handler of whole batches. Who waits in different lanes takes turns.
pub struct Batcher<C, R>(Arc<Door<C, R>>);

impl<C, R> Clone for Batcher<C, R> {
    fn clone(&self) -> Self {
        Batcher(self.0.clone())
    }
}

/// A way back to a queue that does not keep it open.
pub(crate) struct WayBack<C, R>(Weak<Door<C, R>>);

impl<C, R> WayBack<C, R> {
    /// The queue, while somebody keeps it open.
    pub(crate) fn find(&self) -> Option<Batcher<C, R>> {
        self.0.upgrade().map(Batcher)
    }
}

/// What the queue and its workers share.
struct Queue<C, R> {
    state: Mutex<State<C, R>>,
    news: Notify,
}

struct State<C, R> {
    lanes: Lanes<(C, oneshot::Sender<R>)>,
    is_shut: bool,
}

impl<C, R> Queue<C, R> {
    fn state(&self) -> MutexGuard<'_, State<C, R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Some that wait, as soon as any do; none when the door is shut and all are gone.
    async fn take(&self, most: usize) -> Vec<(C, oneshot::Sender<R>)> {
        loop {
            // Before the look, so that what comes during it is not missed.
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            {
                let mut state = self.state();
                let taken = state.lanes.take(most);
                if !taken.is_empty() || state.is_shut {
                    if !state.lanes.is_empty() {
                        self.news.notify_one();
                    }
                    return taken;
                }
            }
            news.await;
        }
    }
}

/// Shut when the last who could come in has gone.
struct Door<C, R>(Arc<Queue<C, R>>);

impl<C, R> Drop for Door<C, R> {
    fn drop(&mut self) {
        self.0.state().is_shut = true;
        self.0.news.notify_waiters();
    }
}

/// The handler ended without an answer: what became of the command is not known; ask again with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the batch ended without an answer")]
pub struct NoAnswer;

impl<C: Send + 'static, R: Send + 'static> Batcher<C, R> {
    /// Starts `workers` tasks that take up to `most` waiting commands at a time: of each lane in turn, and within a lane
    /// in the order they came. `handle` gives one answer for each command, in the same order.
    pub fn start<F>(most: usize, workers: usize, handle: F) -> Batcher<C, R>
    where
        F: Fn(Vec<C>) -> BoxFuture<'static, Vec<R>> + Send + Sync + 'static,
    {
        // Bounded, so that a flood waits at the door instead of filling memory.
        let state = Mutex::new(State { lanes: Lanes::new(most * 8), is_shut: false });
        let (queue, handle) = (Arc::new(Queue { state, news: Notify::new() }), Arc::new(handle));
        for _ in 0..workers {
            let (queue, handle) = (queue.clone(), handle.clone());
            tokio::spawn(async move {
                loop {
                    let taken = queue.take(most).await;
                    if taken.is_empty() {
                        return;
                    }
                    let (batch, callers): (Vec<C>, Vec<_>) = taken.into_iter().unzip();
                    // A batch in its own task: should it panic, its callers hear of it and the worker goes on.
                    let answers = tokio::spawn(handle(batch)).await.unwrap_or_default();
                    for (caller, answer) in callers.into_iter().zip(answers) {
                        // A caller that went away does not undo what was committed.
                        let _ = caller.send(answer);
                    }
                }
            });
        }
        Batcher(Arc::new(Door(queue)))
    }

    pub(crate) fn way_back(&self) -> WayBack<C, R> {
        WayBack(Arc::downgrade(&self.0))
    }

    /// Hands a command in at the end of a lane and waits for its answer.
    pub async fn submit(&self, lane: &str, command: C) -> Result<R, NoAnswer> {
        let queue = &self.0.0;
        let room = queue.state().lanes.room(lane);
        let permit = room.acquire_owned().await.map_err(|_| NoAnswer)?;
        let (caller, answer) = oneshot::channel();
        queue.state().lanes.push(lane, (command, caller), Some(permit));
        queue.news.notify_one();
        answer.await.map_err(|_| NoAnswer)
    }
}
