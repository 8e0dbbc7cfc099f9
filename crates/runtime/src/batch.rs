//! Micro-batches: commands that wait together are handled together; none ever waits for a batch to fill.

use std::sync::Arc;

use db::BoxFuture;
use tokio::sync::{Mutex, mpsc, oneshot};

/// A queue in front of a handler of whole batches.
#[derive(Debug)]
pub struct Batcher<C, R> {
    queue: mpsc::Sender<(C, oneshot::Sender<R>)>,
}

impl<C, R> Clone for Batcher<C, R> {
    fn clone(&self) -> Self {
        Batcher { queue: self.queue.clone() }
    }
}

/// The handler ended without an answer: what became of the command is not known; ask again with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the batch ended without an answer")]
pub struct NoAnswer;

impl<C: Send + 'static, R: Send + 'static> Batcher<C, R> {
    /// Starts `workers` tasks that take up to `most` waiting commands at a time, in the order they came.
    /// `handle` gives one answer for each command, in the same order.
    pub fn start<F>(most: usize, workers: usize, handle: F) -> Batcher<C, R>
    where
        F: Fn(Vec<C>) -> BoxFuture<'static, Vec<R>> + Send + Sync + 'static,
    {
        // Bounded, so that a flood waits at the door instead of filling memory.
        let (queue, commands) = mpsc::channel::<(C, oneshot::Sender<R>)>(most * 8);
        let (commands, handle) = (Arc::new(Mutex::new(commands)), Arc::new(handle));
        for _ in 0..workers {
            let (commands, handle) = (commands.clone(), handle.clone());
            tokio::spawn(async move {
                let mut taken = Vec::new();
                loop {
                    let count = commands.lock().await.recv_many(&mut taken, most).await;
                    if count == 0 {
                        return;
                    }
                    let (batch, callers): (Vec<C>, Vec<_>) = taken.drain(..).unzip();
                    // A batch in its own task: should it panic, its callers hear of it and the worker goes on.
                    let answers = tokio::spawn(handle(batch)).await.unwrap_or_default();
                    for (caller, answer) in callers.into_iter().zip(answers) {
                        // A caller that went away does not undo what was committed.
                        let _ = caller.send(answer);
                    }
                }
            });
        }
        Batcher { queue }
    }

    /// Hands a command in and waits for its answer.
    pub async fn submit(&self, command: C) -> Result<R, NoAnswer> {
        let (caller, answer) = oneshot::channel();
        self.queue.send((command, caller)).await.map_err(|_| NoAnswer)?;
        answer.await.map_err(|_| NoAnswer)
    }
}
